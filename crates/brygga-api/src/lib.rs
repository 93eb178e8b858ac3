#![doc = include_str!("../README.md")]

mod already;
mod api;
mod background;
pub mod contract;
mod desktop;
mod mapping;
mod notices;
mod overview;
mod pair;
pub mod preview;
mod proof;
mod pulse;
mod settings;
mod setup;
mod shop;
mod spreadsheet;
mod story;
mod watch;

pub use api::{Api, Host, misused};
pub use background::{LaneAgenda, Step};
pub use contract::{ApiError, Event};
pub use desktop::Desktop;
pub use notices::Notice;
pub use pair::{Pair, PairHost};
pub use pulse::{Pulse, Tone};
pub use watch::Watch;
