//! Brygga's window: the only code that knows Tauri.
//!
//! It is thin on purpose. It decides what must be decided before a window exists ([`arguments`], [`display`]), opens the program's
//! host ([`host`]), and then carries commands and events between the page and [`brygga_api`] without looking into them ([`rpc`]).

mod arguments;
mod display;
mod host;
mod rpc;
mod window;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tauri::Manager as _;

use crate::arguments::Arguments;

/// Runs the program: arguments, display, host, window. Returns when the last window is closed.
pub fn main() -> ExitCode {
    // `--version` and `--help` end here, before anything needs a display.
    let arguments = Arguments::parse();
    if let Err(message) = display::check(&display::Surroundings::of_this_process()) {
        complain(message);
        return ExitCode::from(2);
    }
    display::start_again_with_workarounds();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("Brygga could not start: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("BRYGGA_LOG")
                .unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // One runtime for the engine and for Tauri: a second one would only double the threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    tauri::async_runtime::set(runtime.handle().clone());

    tauri::Builder::default()
        // First of all plugins: a second start must end before it opens anything.
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| window::focus(app),
        ))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(move |app| {
            // After the plugins: a second start has ended by now.
            // One folder per pair; this version has one pair.
            let folder = app.path().app_data_dir()?.join("pairs").join("default");
            let host = tauri::async_runtime::block_on(host::Host::open(&arguments, &folder))?;
            rpc::forward_events(app.handle().clone(), &host);
            app.manage(host);
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// A sentence for the person at the terminal; there may be no window to show it in.
fn complain(message: &str) {
    // Nothing can be done about a closed standard error.
    let _ = writeln!(std::io::stderr(), "{message}");
}
