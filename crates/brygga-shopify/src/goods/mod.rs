//! Products, stock and locations of the shop.

mod read;
mod refusal;
mod stock;
mod variants;
mod wire;

pub use refusal::{RowRefusal, Sent, WriteFailure};
pub(crate) use refusal::{accepted, payload, refusals};
pub use stock::QuantitySet;
