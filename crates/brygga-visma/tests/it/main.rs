//! The client over real HTTP on loopback.
#![allow(clippy::expect_used, reason = "tests")]

mod answers;
mod customers;
mod ledger;
mod orders;
mod practice;
mod token;
mod waits;
mod world;
