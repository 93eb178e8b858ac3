//! From Shopify's words to the trade's: the only place that knows the JSON of an order.
//!
//! Reads a whole raw order (see [`RawOrder`](crate::RawOrder)); connections may be `{"nodes": [...]}` or plain lists. What it cannot
//! read is named by its place, such as `lineItems.nodes[3].originalTotalSet`.

mod customer;
mod fulfilment;
pub(crate) mod node;
mod order;
mod refund;
mod shop;

pub use customer::{customer, customer_head, withheld};
pub(crate) use order::sending;
pub use order::{head, order};
pub use shop::shop;

/// The key under which a stored node names the fields that Shopify withheld.
pub const WITHHELD: &str = "_withheld";
