#![doc = include_str!("../README.md")]

mod clock;
mod demo;
mod flows;
mod play;
mod report;
mod setup;
mod stage;
mod watched;

pub use clock::FastClock;
pub use demo::{DemoError, DemoOptions, demo};
pub use play::{PracticePeople, Skip};
pub use report::DemoReport;
pub use setup::{Practice, PracticeOptions, Unconnected, connect, practice_host, settings};
pub use stage::PracticeStage;
pub use watched::{SPEED, fresh, watched};
