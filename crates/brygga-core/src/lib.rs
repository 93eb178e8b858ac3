#![doc = include_str!("../README.md")]

pub mod booking;
pub mod clock;
pub mod code;
pub mod digest;
pub mod erp;
pub mod goods;
pub mod ids;
pub mod money;
pub mod payout;
pub mod policy;
pub mod proof;
pub mod rates;
pub mod secret;
pub mod settings;
pub mod shop;

pub use clock::{Clock, JumpClock};
pub use code::{Code, Problem};
pub use ids::Ids;
pub use money::{Currency, Money};
pub use rust_decimal::Decimal;
pub use secret::SecretStore;
