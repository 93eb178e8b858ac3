#![doc = include_str!("../README.md")]

mod arguments;
mod commands;
mod data_dir;
mod end;
mod print;
mod serve;
mod stop;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::end::End;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return print::end(Err(End::Fault(error.to_string())), false),
    };
    let json = arguments.wants_json();
    let result = runtime.block_on(run(arguments));
    print::end(result, json)
}

async fn run(arguments: Arguments) -> Result<End, End> {
    let Arguments { data_dir, command } = arguments;
    match command {
        Command::Demo(options) => commands::demo::run(options).await,
        Command::Sandbox(options) => commands::sandbox::run(options).await,
        Command::Serve(options) => serve::run(options, data_dir).await,
        Command::Connect(options) => commands::connect::run(options, data_dir).await,
        Command::Settings(options) => commands::settings::run(options, data_dir).await,
        Command::Sync(options) => commands::sync::run(options, data_dir).await,
        Command::Records(options) => commands::lists::records(options, data_dir),
        Command::Activity(options) => commands::lists::activity(options, data_dir),
        Command::Held(options) => commands::lists::held(options, data_dir),
        Command::Retry(options) => commands::lists::retry(&options, data_dir),
        Command::Proof(options) => commands::proof::run(options, data_dir).await,
        Command::Backup(options) => commands::backup::run(options, data_dir),
        Command::Doctor(options) => commands::doctor::run(options, data_dir).await,
    }
}

/// The log goes to standard error, and only what `BRYGGA_LOG` asks for.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BRYGGA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
