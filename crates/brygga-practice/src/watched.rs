//! The pair for somebody who watches: half of the practice month has passed, and orders keep coming in.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::policy::Every;
use brygga_core::settings::LaneSchedule;
use brygga_http::HttpConfig;
use brygga_sandbox::Identity;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use chrono::TimeDelta;

use crate::clock::FastClock;
use crate::demo::DemoError;
use crate::play::PracticePeople;
use crate::setup::{Practice, PracticeOptions, Unconnected};

/// How much faster than life the practice clock runs: five minutes a second.
pub const SPEED: u32 = 300;
/// With a clock that is faster, everything runs hourly, and only when it is let.
const HOURLY_ABOVE: u32 = 10;

/// Minutes of life in which a person signs in.
const PATIENCE_MINUTES: u64 = 10;

/// A practice pair to be watched, before it starts.
pub(crate) struct Watched {
    options: PracticeOptions,
    clock: Arc<FastClock>,
    speed: u32,
}

pub(crate) fn options(orders: u32, seed: u64, speed: u32, faults: Faults) -> Watched {
    let now = seeded_start() + TimeDelta::days(14) + TimeDelta::hours(12);
    let clock = Arc::new(FastClock::from(now, speed));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let pair = PairConfig {
        faults,
        ..PairConfig::new(ShopSource::seeded(orders, seed), shared)
    };
    Watched {
        options: PracticeOptions {
            pair,
            seed,
            http: HttpConfig::default(),
        },
        clock,
        speed,
    }
}

/// Starts the seeded shop at noon of the fifteenth day, with a clock that runs `speed` times as fast as life.
pub async fn watched(
    orders: u32,
    seed: u64,
    speed: u32,
    faults: Faults,
) -> Result<Practice, DemoError> {
    options(orders, seed, speed, faults).watched().await
}

/// The same with nothing connected: the wizard is where it begins.
pub async fn fresh(orders: u32, seed: u64, faults: Faults) -> Result<Unconnected, DemoError> {
    options(orders, seed, SPEED, faults).fresh().await
}

impl Watched {
    /// As the practice pair with this number.
    pub(crate) fn numbered(mut self, number: u32) -> Self {
        self.options.pair.identity = Identity::numbered(number);
        self
    }

    pub(crate) async fn watched(self) -> Result<Practice, DemoError> {
        let practice = Practice::start(self.options).await?;
        let people = PracticePeople::new(practice.pair.hands(), self.clock);
        practice.served.play_on(people);
        if self.speed > HOURLY_ABOVE {
            // Nothing runs by itself until the watcher says so: the first sync is something to see.
            practice.engine.pause()?;
            // An hour of the practice clock is some seconds: a minute would be over before anybody has seen what came of it.
            let mut settings = Arc::unwrap_or_clone(practice.engine.settings()?);
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

    pub(crate) async fn fresh(self) -> Result<Unconnected, DemoError> {
        let patience = Duration::from_mins(PATIENCE_MINUTES * u64::from(self.speed));
        let started = Unconnected::start(self.options, patience).await?;
        let people = PracticePeople::new(started.pair.hands(), self.clock);
        started.served.play_on(people);
        Ok(started)
    }
}
