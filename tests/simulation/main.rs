//! Faults on the way: answers that are lost after the effect, before it, half of them, the wrong ones. The books come out
//! the same.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and a skipped one says so"
)]

mod lost_answers;
mod rough_weather;
mod stopped;
mod wrong_clock;
