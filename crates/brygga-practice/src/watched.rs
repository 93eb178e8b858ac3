//! The pair for somebody who watches: half of the practice month has passed, and orders keep coming in.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use brygga_http::HttpConfig;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use chrono::TimeDelta;

use crate::clock::FastClock;
use crate::demo::DemoError;
use crate::setup::{Practice, PracticeOptions, Unconnected};

/// How much faster than life the practice clock runs: five minutes a second.
const SPEED: u32 = 300;

/// Minutes of life in which a person signs in.
const PATIENCE_MINUTES: u64 = 10;

fn options(orders: u32, seed: u64, faults: Faults) -> PracticeOptions {
    let now = seeded_start() + TimeDelta::days(14) + TimeDelta::hours(12);
    let clock: Arc<dyn Clock> = Arc::new(FastClock::from(now, SPEED));
    let pair = PairConfig {
        faults,
        ..PairConfig::new(ShopSource::seeded(orders, seed), clock)
    };
    PracticeOptions {
        pair,
        seed,
        http: HttpConfig::default(),
    }
}

/// Starts the seeded shop at noon of the fifteenth day, with a clock that runs.
pub async fn watched(orders: u32, seed: u64, faults: Faults) -> Result<Practice, DemoError> {
    Practice::start(options(orders, seed, faults)).await
}

/// The same with nothing connected: the wizard is where it begins.
pub async fn fresh(orders: u32, seed: u64, faults: Faults) -> Result<Unconnected, DemoError> {
    let patience = Duration::from_mins(PATIENCE_MINUTES * u64::from(SPEED));
    Unconnected::start(options(orders, seed, faults), patience).await
}
