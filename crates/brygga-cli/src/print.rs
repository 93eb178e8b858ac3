//! What goes to standard output: with `--json` one object and nothing else.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this module is for"
)]

use std::process::ExitCode;

use serde::Serialize;

use crate::end::End;

/// Prints one JSON object.
pub(crate) fn json<T: Serialize>(value: &T) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error}"),
    }
}

/// Prints a line.
pub(crate) fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Prints a line for people beside the output.
pub(crate) fn aside(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// Prints why a command could not go on, and gives its exit code.
pub(crate) fn end(result: Result<End, End>, as_json: bool) -> ExitCode {
    let end = match result {
        Ok(end) | Err(end) => end,
    };
    match &end {
        End::Done | End::Left => {}
        End::Problem(problem) => {
            if as_json {
                json(
                    &serde_json::json!({ "error": { "code": problem.code, "params": problem.params, "message": problem.message(), "remedy": problem.code.remedy() } }),
                );
            }
            eprintln!("{}", problem.message());
            if !problem.code.remedy().is_empty() {
                eprintln!("{}", problem.code.remedy());
            }
            if let Some(hint) = problem.params.get("hint") {
                eprintln!("Perhaps you mean {hint}.");
            }
            eprintln!("[{}]", problem.code);
        }
        End::Use(text) | End::Fault(text) => eprintln!("{text}"),
    }
    ExitCode::from(end.exit_code())
}
