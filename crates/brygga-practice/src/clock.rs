//! The practice clock of the window: it starts in the practice month and runs faster than life, so that orders come in
//! while one watches.

use std::sync::atomic::{AtomicI64, Ordering};
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
    /// Milliseconds that were left out.
    skipped: AtomicI64,
}

impl FastClock {
    /// A clock that shows `start` now.
    pub fn from(start: DateTime<Utc>, speed: u32) -> Self {
        Self {
            began: Instant::now(),
            start,
            speed: speed.max(1),
            skipped: AtomicI64::new(0),
        }
    }

    /// So much time passes at once.
    pub fn skip(&self, by: TimeDelta) {
        self.skipped
            .fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let life = TimeDelta::from_std(self.began.elapsed()).unwrap_or_default();
        let skipped = TimeDelta::milliseconds(self.skipped.load(Ordering::SeqCst));
        self.start + life * i32::try_from(self.speed).unwrap_or(1) + skipped
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
