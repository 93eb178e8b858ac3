//! What stands behind the window.

use brygga_api::{ApiError, Event};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::arguments::Arguments;

/// The program behind the window.
pub(crate) struct Host {
    events: broadcast::Sender<Event>,
}

impl Host {
    /// Opens it: the practice pair, or what the merchant has connected.
    pub(crate) async fn open(_arguments: &Arguments) -> anyhow::Result<Self> {
        Ok(Self {
            events: broadcast::channel(16).0,
        })
    }

    /// Runs a command of the contract.
    pub(crate) async fn call(&self, name: &str, _payload: Value) -> Result<Value, ApiError> {
        Err(ApiError {
            code: format!("no-command-{name}"),
            params: std::collections::BTreeMap::new(),
        })
    }

    /// Everything that happens from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}
