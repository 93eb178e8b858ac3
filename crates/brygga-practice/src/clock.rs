//! The practice clock of the window: it starts in the practice month and runs faster than life, so that orders come in
//! while one watches.

use std::time::{Duration, Instant};

use brygga_core::Clock;
use brygga_core::clock::Wait;
use chrono::{DateTime, TimeDelta, Utc};

/// A clock that runs `speed` times as fast as life.
#[derive(Debug)]
pub struct FastClock {
    began: Instant,
    start: DateTime<Utc>,
    speed: u32,
}

impl FastClock {
    /// A clock that shows `start` now.
    pub fn from(start: DateTime<Utc>, speed: u32) -> Self {
        Self {
            began: Instant::now(),
            start,
            speed: speed.max(1),
        }
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let life = TimeDelta::from_std(self.began.elapsed()).unwrap_or_default();
        self.start + life * i32::try_from(self.speed).unwrap_or(1)
    }

    fn sleep(&self, duration: Duration) -> Wait<'_> {
        let life = duration / self.speed;
        Box::pin(async move {
            #[allow(
                clippy::disallowed_methods,
                reason = "a clock is where waiting is done"
            )]
            tokio::time::sleep(life).await;
        })
    }
}
