//! A practice pair in the hands of somebody who lets things happen on it while it runs: the same as `/__control`, from inside the program.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::faults::Faults;
use crate::shopify::{ShopChange, ShopHands};

/// Hands on a practice pair. They do not keep it running.
#[derive(Debug, Clone)]
pub struct Hands {
    pub(crate) shop: ShopHands,
    pub(crate) faults: Arc<Faults>,
}

impl Hands {
    /// Does what people at the shop do; tells the gid of what was made or changed, or why it cannot be done.
    pub fn act(&self, change: &ShopChange) -> Result<String, String> {
        self.shop.act(change)
    }

    /// An order as it is now, by its gid.
    pub fn order(&self, gid: &str) -> Option<Value> {
        self.shop.order(gid)
    }

    /// How many orders were placed after `from` and until `to`.
    pub fn orders_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        self.shop.orders_between(from, to)
    }

    /// What goes wrong on both servers.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}
