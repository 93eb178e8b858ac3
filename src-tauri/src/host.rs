//! What stands behind the window.

use std::path::Path;
use std::sync::Arc;

use brygga_api::{ApiError, PairEvent, Pairs, PairsHost};
use brygga_engine::folder;
use brygga_engine::pairs_folder::PairsFolder;
use brygga_practice::PracticeStage;
use serde_json::Value;
use tokio::sync::{SetOnce, broadcast};

use crate::arguments::Arguments;

/// The host once it is open; the page may ask before.
#[derive(Default)]
pub(crate) struct Opened(SetOnce<Host>);

impl Opened {
    /// It is open: whoever waited goes on.
    pub(crate) fn set(&self, host: Host) {
        // A second one would be a mistake of the start; the first stays.
        let _ = self.0.set(host);
    }

    /// The host, as soon as it is open. A program that cannot open it ends.
    pub(crate) async fn host(&self) -> &Host {
        self.0.wait().await
    }
}

/// The program behind the window.
pub(crate) struct Host {
    pairs: Arc<Pairs>,
}

impl Host {
    /// Opens the pairs in `home`, each as far as it can be; with `--practice`, practice pairs instead. What is not set up yet begins
    /// with the wizard.
    pub(crate) async fn open(arguments: &Arguments, home: &Path) -> anyhow::Result<Self> {
        let stage = PracticeStage {
            orders: arguments.orders,
            seed: arguments.seed,
            speed: arguments.speed,
            faults: "none".into(),
            fresh: arguments.fresh,
        };
        let pairs = if arguments.practice {
            Pairs::practice(stage.staged(1).await?, Arc::new(stage))
        } else {
            Pairs::open(PairsHost {
                folder: Some(PairsFolder::at(home)),
                stage: Some(Arc::new(stage)),
                clock: folder::clock(),
                patience: PairsHost::PATIENCE,
            })
        };
        Ok(Self { pairs })
    }

    /// Runs a command of the contract, for a pair or for the one that is shown.
    pub(crate) async fn call(
        &self,
        pair: Option<&str>,
        name: &str,
        payload: Value,
    ) -> Result<Value, ApiError> {
        self.pairs.call(pair, name, payload).await
    }

    /// Everything that happens from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<PairEvent> {
        self.pairs.events()
    }

    /// The pairs, for what the shell does by itself.
    pub(crate) fn pairs(&self) -> &Arc<Pairs> {
        &self.pairs
    }
}
