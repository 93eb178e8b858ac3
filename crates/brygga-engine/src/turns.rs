//! Two orders of one new customer must not both make it: whoever decides on a customer keeps the turn for its names until
//! the customer is linked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// The turns for some names; given back when they go.
pub(crate) type Turns = Vec<OwnedMutexGuard<()>>;

/// Who has the turn for which name.
#[derive(Debug, Default)]
pub(crate) struct TurnTable {
    names: Mutex<BTreeMap<String, Arc<Lock<()>>>>,
}

impl TurnTable {
    /// Waits until nobody else has the turn for any of `names`. They are taken in order, so that two never wait for each other.
    pub(crate) async fn take(&self, names: &BTreeSet<String>) -> Turns {
        let mut turns = Vec::with_capacity(names.len());
        for name in names {
            let lock = {
                let mut table = self.names.lock().unwrap_or_else(PoisonError::into_inner);
                table.retain(|_, lock| Arc::strong_count(lock) > 1);
                Arc::clone(table.entry(name.clone()).or_default())
            };
            turns.push(lock.lock_owned().await);
        }
        turns
    }
}
