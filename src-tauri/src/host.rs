//! What stands behind the window.

use std::sync::Arc;

use brygga_api::{Api, ApiError, Event};
use brygga_practice::Practice;
use brygga_sandbox::faults::Faults;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::arguments::Arguments;

/// The program behind the window. The practice pair lives as long as it does.
pub(crate) struct Host {
    practice: Practice,
}

impl Host {
    /// Starts the practice pair and connects to it.
    pub(crate) async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        let practice =
            brygga_practice::watched(arguments.orders, arguments.seed, Faults::default()).await?;
        Ok(Self { practice })
    }

    /// Runs a command of the contract.
    pub(crate) async fn call(&self, name: &str, payload: Value) -> Result<Value, ApiError> {
        self.api().call(name, payload).await
    }

    /// Everything that happens from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.api().events()
    }

    fn api(&self) -> &Arc<Api> {
        &self.practice.api
    }
}
