//! Products, stock and locations of the shop.

mod read;
mod refusal;
mod stock;
mod variants;
mod wire;

pub use refusal::{RowRefusal, Sent, WriteFailure};
pub use stock::QuantitySet;
pub use wire::Location;
