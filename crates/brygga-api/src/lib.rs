#![doc = include_str!("../README.md")]

mod api;
pub mod contract;
mod mapping;
mod overview;
mod pair;
mod proof;
mod settings;
mod setup;
mod spreadsheet;
mod story;
mod watch;

pub use api::{Api, Host};
pub use contract::{ApiError, Event};
pub use pair::{Pair, PairHost};
pub use watch::Watch;
