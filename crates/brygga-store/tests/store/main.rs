//! The store from outside, by its parts.

#![expect(
    clippy::print_stdout,
    reason = "figures for whoever looks, and the way a child process tells"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

mod activity;
mod backup;
mod bulk;
mod common;
mod crash;
mod journal;
mod mirror;
mod open;
mod records;
mod restore;
mod settings;
mod speed;
mod undone;
