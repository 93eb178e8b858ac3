//! Two orders of one new customer must not both make it: whoever decides on a customer has the turn for its name.

use std::sync::PoisonError;

use crate::engine::Engine;

/// The turn for one name; given back when it goes.
pub(crate) struct Turn<'a> {
    engine: &'a Engine,
    name: String,
}

impl Engine {
    /// Waits until nobody else has the turn for `name`.
    pub(crate) async fn take_turn(&self, name: &str) -> Turn<'_> {
        loop {
            let free = self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
            if free {
                return Turn { engine: self, name: name.to_owned() };
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.engine.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}
