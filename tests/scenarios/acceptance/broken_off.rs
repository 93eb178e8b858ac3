//! What breaks off by a fault of the program leaves the place of the run: else nothing would be synced until the next start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brygga_api::{Api, Host, Watch};
use brygga_core::clock::Wait;
use brygga_core::{Clock, Code};
use brygga_store::DataKey;
use brygga_tests::Bench;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::twice::program_by;

/// A clock that fails as a fault of the program does, while it is told to.
#[derive(Debug)]
struct Faulty {
    clock: Arc<dyn Clock>,
    broken: AtomicBool,
}

impl Clock for Faulty {
    fn now(&self) -> DateTime<Utc> {
        assert!(
            !self.broken.load(Ordering::SeqCst),
            "a fault of the program"
        );
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Wait<'_> {
        self.clock.sleep(duration)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_breaks_off_leaves_the_place_of_the_run() {
    let bench = Bench::morning().await;
    let folder = tempfile::tempdir().unwrap();
    let key = DataKey::generate().unwrap();
    let faulty = Arc::new(Faulty {
        clock: Arc::clone(&bench.clock) as Arc<dyn Clock>,
        broken: AtomicBool::new(false),
    });
    let clock = Arc::clone(&faulty) as Arc<dyn Clock>;
    let engine = program_by(&bench, &folder.path().join("brygga.db"), &key, clock).await;
    let api = Api::new(Arc::new(engine), Watch::new(), Host::default());

    faulty.broken.store(true, Ordering::SeqCst);
    let broken = api.call("already_find", json!({})).await.unwrap_err();
    assert_eq!(broken.code, Code::Internal.as_str());
    faulty.broken.store(false, Ordering::SeqCst);
    api.call("already_find", json!({}))
        .await
        .expect("the place is free again");
}
