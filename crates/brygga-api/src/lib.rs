#![doc = include_str!("../README.md")]

pub mod contract;

pub use contract::{ApiError, Event};
