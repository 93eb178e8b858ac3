//! All automation of the repository. `cargo xtask run` and `cargo xtask test` are the two commands of the README.
#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

mod bench_app;
mod codegen;
mod prepare;
mod project;
mod run;
mod screenshots;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::bail;

use crate::project::Project;

const USAGE: &str = "\
cargo xtask run [-- ARGUMENTS]   prepares what is missing and opens the app on the practice pair; without a display: the demo in the terminal
cargo xtask test                 prepares what is missing and runs every check
cargo xtask tidy                 checks the rules of docs/ARCHITECTURE.md
cargo xtask codegen [--check]    writes the generated files, or checks that they are current
cargo xtask screenshots          takes the pictures of the guide: every page, light and dark, large and small
cargo xtask bench-app [--minutes N]   measures start, memory and processor time at rest, and writes docs/performance.md";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> anyhow::Result<()> {
    let project = Project::open()?;
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run", rest @ ..] => run::run(&project, rest.strip_prefix(&["--"]).unwrap_or(rest)),
        ["test"] => test::test(&project),
        ["tidy"] => tidy::tidy(&project),
        ["codegen"] => codegen::write(&project),
        ["codegen", "--check"] => codegen::check(&project),
        ["screenshots"] => screenshots::take(&project),
        ["bench-app", rest @ ..] => bench_app::bench(&project, rest),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("Unknown: {}\n{USAGE}", words.join(" ")),
    }
}
