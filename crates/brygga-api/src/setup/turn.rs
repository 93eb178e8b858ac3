//! The run's place, for what is done to a connection: nothing that uses it begins meanwhile, and the end of the program waits for it.

use std::sync::Arc;

use brygga_core::{Code, Problem};

use crate::pair::Pair;
use crate::watch::Watch;

/// Has the run's place until it is dropped.
pub(crate) struct Turn {
    watch: Arc<Watch>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.watch.place_left();
    }
}

impl Pair {
    /// Takes the run's place. [`Code::SyncUnderWay`] while a run, a preview or another check has it.
    pub(crate) fn take_turn(&self) -> Result<Turn, Problem> {
        let run = self.ground.ids.next_id();
        self.watch
            .try_start(&run.to_string())
            .map_err(|_| Problem::from(Code::SyncUnderWay))?;
        Ok(Turn {
            watch: Arc::clone(&self.watch),
        })
    }

    /// The same, once whatever has it has ended.
    pub(crate) async fn wait_for_turn(&self) -> Turn {
        let mut events = self.watch.subscribe();
        loop {
            if let Ok(turn) = self.take_turn() {
                return turn;
            }
            // Whatever comes, or is missed: the question is asked again.
            let _ = events.recv().await;
        }
    }
}
