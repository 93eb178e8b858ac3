//! Items, prices and stock of Visma.net (`facts/visma` 9).

mod items;
pub(crate) mod own;
mod stock;
pub(crate) mod wire;

pub use items::{ItemClass, ItemSet, PriceSet};
pub use stock::{ItemStock, StockSet};
