//! A database that can be read and not written: nothing is synced, and exactly that cannot be written down. It is seen and told all the same.

use std::sync::Arc;
use std::time::Duration;

use brygga_api::contract::Health;
use brygga_api::{Api, Notice, Step, Tone, Watch};
use brygga_core::{Clock as _, Code};
use brygga_store::{DataKey, OpenOptions};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use rusqlite::Connection;

use crate::bad_input::{same_key, with_file};

const ORDER: u64 = 960_000;

/// What the runs that are due end with, until nothing is due.
async fn ends(api: &Arc<Api>) -> Vec<Option<Code>> {
    let mut ends = Vec::new();
    while let Step::Ran(report) = api.step().await {
        ends.push(report.failure.map(|problem| problem.code));
        assert!(ends.len() < 20, "it begins again and again: {ends:?}");
    }
    ends
}

fn flow(overview: &serde_json::Value, name: &str) -> serde_json::Value {
    let rows = overview["flows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["flow"] == name);
    row.expect("a row").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_neither_green_nor_silent() {
    let bench = Bench::empty().await;
    let put = |id| {
        bench.put(orders::simple(
            bench.practice.pair.shop_data(),
            id,
            bench.clock.now() - TimeDelta::minutes(3),
        ));
    };
    put(ORDER);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("brygga.db");
    let key = DataKey::generate().expect("random numbers");
    let options = OpenOptions {
        patience: Duration::from_millis(5),
        ..OpenOptions::new(&path, same_key(&key))
    };
    let ground = with_file(&bench, options).await.expect("a database");
    let watch = Watch::new();
    let engine = ground.engine(Arc::clone(&watch) as _).expect("connected");
    let mut settings = Arc::unwrap_or_clone(bench.practice.engine.settings().expect("readable"));
    settings.products.on = false;
    settings.stock.on = false;
    settings.payouts.on = false;
    engine.put_settings(&settings, "test").expect("kept");
    let api = Api::new(Arc::new(engine), watch, brygga_api::Host::default());
    assert_eq!(ends(&api).await, [None]);
    assert_eq!(bench.documents(ORDER).len(), 1);
    assert_eq!(api.pulse().expect("readable").tone(), Tone::Well);

    // A backup takes the file, and keeps it.
    let other = Connection::open(&path).expect("the file");
    other.execute_batch("BEGIN IMMEDIATE").expect("held");
    put(ORDER + 1);
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(ends(&api).await, [Some(Code::StoreBusy)]);
    let pulse = api.pulse().expect("readable");
    assert!(
        matches!(&pulse.health, Health::Stopped { reason, passing: true } if reason.code == "store-busy"),
        "{:?}",
        pulse.health
    );
    assert_eq!(pulse.tone(), Tone::Unusual);
    let overview = api.call("overview", serde_json::json!({})).await;
    let overview = overview.expect("an overview");
    assert_eq!(flow(&overview, "orders")["failure"]["code"], "store-busy");
    assert_eq!(
        api.notices().expect("readable"),
        [],
        "it may pass by itself"
    );

    // It does not.
    for _ in 0..8 {
        bench.clock.advance(Duration::from_hours(1));
        assert_eq!(ends(&api).await, [Some(Code::StoreBusy)]);
    }
    assert_eq!(api.pulse().expect("readable").tone(), Tone::NeedsYou);
    let told = api.notices().expect("readable");
    assert!(
        matches!(told.as_slice(), [Notice::Stopped { reason }] if reason.code == "store-busy"),
        "{told:?}"
    );
    assert_eq!(api.notices().expect("readable"), [], "never twice");
    assert_eq!(bench.documents(ORDER + 1).len(), 0);

    // The file is free again: everything goes on, and nothing was lost.
    other.execute_batch("ROLLBACK").expect("free");
    bench.clock.advance(Duration::from_hours(1));
    assert_eq!(ends(&api).await, [None]);
    bench.clock.advance(Duration::from_mins(20));
    ends(&api).await;
    assert_eq!(bench.documents(ORDER + 1).len(), 1);
    assert_eq!(api.pulse().expect("readable").tone(), Tone::Well);
    assert_eq!(api.notices().expect("readable"), []);
    // What is over is forgotten: the same again is news.
    let kept = ground.store.remembered("told").expect("readable");
    assert_eq!(
        kept.map(|told| told["trouble"].clone()),
        Some(serde_json::json!({}))
    );
}
