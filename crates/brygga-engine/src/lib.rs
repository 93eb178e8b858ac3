#![doc = include_str!("../README.md")]

mod adapters;
pub mod booked;
pub mod connect;
mod crash;
mod decide;
mod engine;
mod exchanges;
mod intake;
mod life;
pub mod ports;
mod proof;
mod resolve;
mod run;
mod runner;
mod setup;
mod turns;

pub use adapters::{ShopifyShop, VismaErp};
pub use engine::{Engine, Parts, SETTINGS};
pub use exchanges::ExchangeLog;
pub use proof::ProofReport;
pub use run::{RunOptions, RunReport};
pub use setup::Preview;
