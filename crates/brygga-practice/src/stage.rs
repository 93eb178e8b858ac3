//! Practice pairs for a host: the usual one, and further ones, each with a shop and a company of its own.

use std::sync::Arc;

use brygga_api::{Stage, Staged, Staging};
use brygga_core::{Code, Problem};
use brygga_sandbox::faults::Faults;

use crate::demo::DemoError;
use crate::watched;

/// What the practice pairs are like.
#[derive(Debug, Clone)]
pub struct PracticeStage {
    /// Orders of the seeded month.
    pub orders: u32,
    /// Seed of the first; each further one has the next.
    pub seed: u64,
    /// How many times faster than life their clocks run.
    pub speed: u32,
    /// Fault profile: `none`, `rough`, `storm`.
    pub faults: String,
    /// The first begins with the set-up too.
    pub fresh: bool,
}

impl PracticeStage {
    /// The practice pair with this number.
    pub async fn staged(&self, number: u32) -> Result<Staged, DemoError> {
        let seed = self.seed + u64::from(number.saturating_sub(1));
        let faults = Faults::profile(&self.faults, seed).ok_or_else(|| {
            DemoError::Options(format!("There is no fault profile {}.", self.faults))
        })?;
        let options = watched::options(self.orders, seed, self.speed, faults).numbered(number);
        if number > 1 || self.fresh {
            let started = options.fresh().await?;
            return Ok(Staged {
                pair: Arc::clone(&started.served),
                servers: Box::new(started),
            });
        }
        let started = options.watched().await?;
        Ok(Staged {
            pair: Arc::clone(&started.served),
            servers: Box::new(started),
        })
    }
}

impl Stage for PracticeStage {
    fn start(&self, number: u32) -> Staging<'_> {
        Box::pin(async move {
            self.staged(number).await.map_err(|fault| match fault {
                DemoError::Problem(problem) => problem,
                other => Problem::new(Code::Internal).with("detail", other),
            })
        })
    }
}
