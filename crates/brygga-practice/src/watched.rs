//! The pair for somebody who watches: half of the practice month has passed, and orders keep coming in.

use std::sync::Arc;

use brygga_core::Clock;
use brygga_http::HttpConfig;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use chrono::TimeDelta;

use crate::clock::FastClock;
use crate::demo::DemoError;
use crate::setup::{Practice, PracticeOptions};

/// How much faster than life the practice clock runs: five minutes a second.
const SPEED: u32 = 300;

/// Starts the seeded shop at noon of the fifteenth day, with a clock that runs.
pub async fn watched(orders: u32, seed: u64, faults: Faults) -> Result<Practice, DemoError> {
    let now = seeded_start() + TimeDelta::days(14) + TimeDelta::hours(12);
    let clock: Arc<dyn Clock> = Arc::new(FastClock::from(now, SPEED));
    let pair = PairConfig {
        faults,
        ..PairConfig::new(ShopSource::seeded(orders, seed), clock)
    };
    Practice::start(PracticeOptions {
        pair,
        seed,
        http: HttpConfig::default(),
    })
    .await
}
