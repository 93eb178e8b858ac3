#![doc = include_str!("../README.md")]

mod clock;
mod demo;
mod flows;
mod report;
mod setup;
mod watched;

pub use clock::FastClock;
pub use demo::{DemoError, DemoOptions, demo};
pub use report::DemoReport;
pub use setup::{Practice, PracticeOptions, Unconnected, connect, practice_host, settings};
pub use watched::{SPEED, fresh, watched};
