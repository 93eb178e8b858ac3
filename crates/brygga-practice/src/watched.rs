//! The pair for somebody who watches: half of the practice month has passed, and orders keep coming in.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::policy::Every;
use brygga_core::settings::LaneSchedule;
use brygga_http::HttpConfig;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use chrono::TimeDelta;

use crate::clock::FastClock;
use crate::demo::DemoError;
use crate::setup::{Practice, PracticeOptions, Unconnected};

/// How much faster than life the practice clock runs: five minutes a second.
pub const SPEED: u32 = 300;
/// With a clock that is faster, everything runs hourly, and only when it is let.
const HOURLY_ABOVE: u32 = 10;

/// Minutes of life in which a person signs in.
const PATIENCE_MINUTES: u64 = 10;

fn options(orders: u32, seed: u64, speed: u32, faults: Faults) -> PracticeOptions {
    let now = seeded_start() + TimeDelta::days(14) + TimeDelta::hours(12);
    let clock: Arc<dyn Clock> = Arc::new(FastClock::from(now, speed));
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

/// Starts the seeded shop at noon of the fifteenth day, with a clock that runs `speed` times as fast as life.
pub async fn watched(
    orders: u32,
    seed: u64,
    speed: u32,
    faults: Faults,
) -> Result<Practice, DemoError> {
    let practice = Practice::start(options(orders, seed, speed, faults)).await?;
    if speed > HOURLY_ABOVE {
        // Nothing runs by itself until the watcher says so: the first sync is something to see.
        practice.engine.pause()?;
        // An hour of the practice clock is some seconds: a minute would be over before anybody has seen what came of it.
        let mut settings = practice.engine.settings()?;
        let hourly = LaneSchedule {
            every: Every::Hour,
            ..LaneSchedule::default()
        };
        settings.schedule.orders = hourly;
        settings.schedule.products = hourly;
        settings.schedule.stock = hourly;
        settings.schedule.payouts = hourly;
        practice.engine.put_settings(&settings, "practice")?;
    }
    Ok(practice)
}

/// The same with nothing connected: the wizard is where it begins.
pub async fn fresh(orders: u32, seed: u64, faults: Faults) -> Result<Unconnected, DemoError> {
    let patience = Duration::from_mins(PATIENCE_MINUTES * u64::from(SPEED));
    Unconnected::start(options(orders, seed, SPEED, faults), patience).await
}
