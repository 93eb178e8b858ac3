//! Items, prices and stock of Visma.net (`facts/visma` 9).

mod items;
mod stock;
pub(crate) mod wire;

pub use items::{ItemClass, ItemSet, PriceSet};
pub use stock::{ItemStock, StockSet};
