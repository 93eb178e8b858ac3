#![doc = include_str!("../README.md")]

pub mod booked;
mod crash;
mod decide;
mod engine;
mod intake;
pub mod ports;
mod proof;
mod resolve;
mod run;
mod runner;
mod turns;

pub use engine::{Engine, Parts, SETTINGS};
pub use proof::ProofReport;
pub use run::{RunOptions, RunReport};
