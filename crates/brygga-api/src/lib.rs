#![doc = include_str!("../README.md")]

mod already;
mod api;
mod background;
pub mod contract;
mod day;
mod desktop;
mod fixes;
mod keeping;
mod mapping;
mod notices;
mod overview;
mod pair;
mod pairs;
mod practice;
pub mod preview;
mod proof;
mod pulse;
mod retry;
mod settings;
mod setup;
mod shop;
mod spreadsheet;
mod story;
mod support;
mod watch;

pub use api::{Api, Host, misused};
pub use background::{LaneAgenda, Step};
pub use contract::PairEvent;
pub use contract::{ApiError, Event};
pub use desktop::Desktop;
pub use notices::Notice;
pub use pair::{Pair, PairHost};
pub use pairs::{PRACTICE, Pairs, PairsHost, Stage, Staged, Staging, Standing};
pub use practice::{Playground, Playing};
pub use pulse::{Pulse, Tone};
pub use watch::Watch;
