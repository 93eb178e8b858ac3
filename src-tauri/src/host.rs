//! What stands behind the window.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;

use brygga_api::{ApiError, Event, Pair, PairHost, Watch};
use brygga_engine::folder;
use brygga_practice::{fresh, watched};
use brygga_sandbox::faults::Faults;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::arguments::Arguments;

/// The program behind the window.
pub(crate) struct Host {
    pair: Arc<Pair>,
    /// The practice pair lives as long as the program.
    _practice: Option<Box<dyn Any + Send + Sync>>,
}

impl Host {
    /// Opens the pair in `folder`; with `--practice`, a practice pair instead. What is not set up yet begins with the wizard.
    pub(crate) async fn open(arguments: &Arguments, folder: &Path) -> anyhow::Result<Self> {
        if !arguments.practice {
            let ground = Arc::new(folder::open(folder)?);
            return Ok(Self {
                pair: Pair::open(ground, Watch::new(), PairHost::default())?,
                _practice: None,
            });
        }
        let (orders, seed) = (arguments.orders, arguments.seed);
        if arguments.fresh {
            let started = fresh(orders, seed, Faults::default()).await?;
            return Ok(Self {
                pair: Arc::clone(&started.served),
                _practice: Some(Box::new(started)),
            });
        }
        let started = watched(orders, seed, arguments.speed, Faults::default()).await?;
        Ok(Self {
            pair: Arc::clone(&started.served),
            _practice: Some(Box::new(started)),
        })
    }

    /// Runs a command of the contract.
    pub(crate) async fn call(&self, name: &str, payload: Value) -> Result<Value, ApiError> {
        self.pair.call(name, payload).await
    }

    /// Everything that happens from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.pair.events()
    }

    /// The pair, for what the shell does by itself.
    pub(crate) fn pair(&self) -> &Arc<Pair> {
        &self.pair
    }
}
