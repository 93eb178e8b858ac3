//! The computer's clock is wrong, or is put right: the books come out the same.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::clock::{JumpClock, Wait};
use brygga_core::ids::CountingIds;
use brygga_engine::connect::Ground;
use brygga_engine::ports::Unwatched;
use brygga_engine::{Engine, Place, RateHosts, RunOptions};
use brygga_http::HttpConfig;
use brygga_http::secrets::Memory;
use brygga_practice::{connect, settings};
use brygga_sandbox::pair::{Pair, PairConfig, ShopSource, seeded_start};
use brygga_store::{DataKey, RecordKind, Store};
use chrono::{DateTime, TimeDelta, Utc};

/// The world's clock, seen through one that goes wrong.
#[derive(Debug)]
struct Wrong {
    world: Arc<JumpClock>,
    by: Mutex<TimeDelta>,
}

impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        self.world.now() + *self.by.lock().expect("not poisoned")
    }

    fn sleep(&self, duration: Duration) -> Wait<'_> {
        self.world.sleep(duration)
    }
}

async fn sync(engine: &Engine) {
    for _ in 0..10 {
        let report = engine.sync(RunOptions::default()).await;
        let report = report.expect("no other run");
        assert_eq!(report.failure, None);
        if report.decided == 0 {
            return;
        }
    }
    panic!("it does not get quiet");
}

/// A month during which the product's clock is off by so much on each of these days.
async fn month(errors: &[(i64, TimeDelta)]) {
    let world = Arc::new(JumpClock::at(seeded_start() + TimeDelta::days(1)));
    let shop = ShopSource::seeded(40, 1);
    let pair = Pair::start(PairConfig::new(shop, Arc::clone(&world) as Arc<dyn Clock>));
    let pair = pair.await.expect("the practice pair starts");
    let clock = Arc::new(Wrong {
        world: Arc::clone(&world),
        by: Mutex::new(TimeDelta::zero()),
    });
    let key = DataKey::generate().expect("a key");
    let store = Store::memory(key, Arc::clone(&clock) as Arc<dyn Clock>).expect("a store");
    let ground = Ground {
        store: Arc::new(store),
        secrets: Arc::new(Memory::default()),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        ids: Arc::new(CountingIds::from_seed(1)),
        http: HttpConfig::default(),
        rates: RateHosts::at(pair.rates_url()).expect("an address of this computer"),
        place: Place::default(),
    };
    let connected = connect(&ground, &pair.shopify_url(), &pair.visma_url()).await;
    connected.expect("both sides answer");
    let engine = ground.engine(Arc::new(Unwatched)).expect("connected");
    let countries = ["NO", "SE", "DK", "FI", "DE", "JP", "US"];
    let countries = countries.iter().map(ToString::to_string).collect();
    let chosen = settings(&engine, &countries).await.expect("suggestions");
    engine.put_settings(&chosen, "test").expect("kept");
    for (day, by) in errors {
        world.set(seeded_start() + TimeDelta::days(*day));
        *clock.by.lock().expect("not poisoned") = *by;
        sync(&engine).await;
    }
    // The clock is right again, and a while later nothing is missing.
    *clock.by.lock().expect("not poisoned") = TimeDelta::zero();
    world.set(seeded_start() + TimeDelta::days(40));
    sync(&engine).await;
    world.advance(Duration::from_hours(25));
    sync(&engine).await;
    let counts = engine.store().counts(RecordKind::Order).expect("readable");
    assert_eq!(counts.total(), 40, "{errors:?}");
    let proof = engine.prove().await.expect("both sides answer");
    assert_eq!(proof.differences, Vec::new(), "{errors:?}");
    assert!(
        proof.checked > 20 && proof.checked == counts.booked,
        "{errors:?}"
    );
    let writes = pair.counters().visma.writes;
    sync(&engine).await;
    assert_eq!(pair.counters().visma.writes, writes, "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_loses_nothing() {
    let zero = TimeDelta::zero();
    month(&[
        (10, zero),
        (12, -TimeDelta::hours(3)),
        (20, -TimeDelta::days(9)),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_ahead_loses_nothing() {
    month(&[
        (10, TimeDelta::days(5)),
        (12, TimeDelta::hours(2)),
        (20, TimeDelta::zero()),
    ])
    .await;
}
