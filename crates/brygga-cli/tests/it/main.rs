//! The command as people use it: its exit code, its words, and with `--json` one object and nothing else.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod backup;
mod bad_input;
mod messages;
mod program;
