#![doc = include_str!("../README.md")]

mod api;
pub mod contract;
mod mapping;
mod overview;
mod proof;
mod settings;
mod spreadsheet;
mod story;
mod watch;

pub use api::{Api, Host};
pub use contract::{ApiError, Event};
pub use watch::Watch;
