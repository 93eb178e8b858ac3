//! Time comes in from outside: everything that asks for the hour, or waits, does it through [`Clock`].

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// A wait that ends when the clock says so.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The only source of time and the only way to wait.
pub trait Clock: Send + Sync + Debug {
    /// The moment, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// Waits for `duration` of this clock's time.
    fn sleep(&self, duration: Duration) -> Wait<'_>;
}

/// A clock that jumps instead of waiting: for the demo and the tests, where a month takes seconds although all quotas hold.
#[derive(Debug)]
pub struct JumpClock {
    now: Mutex<DateTime<Utc>>,
}

impl JumpClock {
    /// A clock that stands at `start` until somebody waits on it or moves it.
    pub fn at(start: DateTime<Utc>) -> Self {
        Self {
            now: Mutex::new(start),
        }
    }

    /// Moves the clock on by `duration`.
    pub fn advance(&self, duration: Duration) {
        let mut now = self.lock();
        *now += TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    }

    /// Moves the clock to `moment`; also backwards, as a computer's clock may.
    pub fn set(&self, moment: DateTime<Utc>) {
        *self.lock() = moment;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, DateTime<Utc>> {
        self.now
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for JumpClock {
    fn now(&self) -> DateTime<Utc> {
        *self.lock()
    }

    fn sleep(&self, duration: Duration) -> Wait<'_> {
        self.advance(duration);
        Box::pin(std::future::ready(()))
    }
}
