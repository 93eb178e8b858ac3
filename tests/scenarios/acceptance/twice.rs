//! Two instances, and a backup that was put back (`pains` 2): what is in the books already is adopted, and nothing is made twice.

use std::path::Path;
use std::sync::Arc;

use brygga_api::{Api, Host, Watch};
use brygga_core::ids::RandomIds;
use brygga_core::{Clock, Problem};
use brygga_engine::connect::Ground;
use brygga_engine::ports::Unwatched;
use brygga_engine::{Engine, Place, RateHosts, RunOptions};
use brygga_http::HttpConfig;
use brygga_http::secrets::Memory;
use brygga_store::{DataKey, OpenOptions, RecordKind, RecordState, Store};
use brygga_tests::{Back, Bench, Sale};

fn same_key(key: &DataKey) -> DataKey {
    DataKey::from_base64(&key.to_base64()).expect("a key")
}

/// Another program on the bench's pair, with a file of its own and the same choices.
pub(super) async fn program(bench: &Bench, path: &Path, key: &DataKey) -> Engine {
    program_by(bench, path, key, Arc::clone(&bench.clock) as Arc<dyn Clock>).await
}

/// The same by another clock.
pub(super) async fn program_by(
    bench: &Bench,
    path: &Path,
    key: &DataKey,
    clock: Arc<dyn Clock>,
) -> Engine {
    let options = OpenOptions::new(path, same_key(key));
    let ground = Ground {
        store: Arc::new(Store::open(options, Arc::clone(&clock)).expect("a file")),
        secrets: Arc::new(Memory::default()),
        clock,
        ids: Arc::new(RandomIds),
        http: HttpConfig::default(),
        rates: RateHosts::at(bench.practice.pair.rates_url()).expect("loopback"),
        place: Place::default(),
    };
    let pair = &bench.practice.pair;
    brygga_practice::connect(&ground, &pair.shopify_url(), &pair.visma_url())
        .await
        .expect("connected");
    let engine = ground.engine(Arc::new(Unwatched)).expect("connected");
    let settings = bench.practice.engine.settings().expect("readable");
    engine.put_settings(&settings, "test").expect("kept");
    engine
}

pub(super) async fn quiet(bench: &Bench, engine: &Engine) -> Result<(), Problem> {
    for _ in 0..10 {
        let report = engine.sync(RunOptions::default()).await?;
        assert_eq!(report.failure, None);
        if report.decided == 0 {
            return Ok(());
        }
        bench.clock.advance(std::time::Duration::from_mins(20));
    }
    panic!("it does not get quiet");
}

/// Nothing of the sale is held or waits in a program's own list.
fn all_booked(engine: &Engine, sale: &Sale) {
    let store = engine.store();
    for part in store.parts_of(&sale.id.to_string()).expect("readable") {
        assert_eq!(part.state, RecordState::Booked, "{:?}", part.problem);
    }
    let held = store.counts(RecordKind::Order).expect("readable").held;
    assert_eq!(held, 0);
}

const WHOLE: [&str; 6] = [
    "SO 500.00 Completed",
    "RC 250.00 Completed",
    "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
    "CreditNote 2026-09-12 250.00 VAT 50.00 Closed 0.00",
    "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
    "Refund 2026-09-12 250.00 on 1950-NOK Closed",
];

/// A second computer comes later and knows nothing: it finds every document and makes none.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_computer_adopts_every_document_and_makes_none() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 976_001);
    sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    bench.days(1);
    sale.give_back(&Back::units(1, 1, "RETURN"));
    bench.tell(&sale).await;
    assert_eq!(bench.books(&sale), WHOLE);
    let written = bench.practice.pair.counters().visma.writes;

    let folder = tempfile::tempdir().expect("a folder");
    let key = DataKey::generate().expect("random numbers");
    let other = program(&bench, &folder.path().join("other.db"), &key).await;
    quiet(&bench, &other).await.expect("no other run");
    assert_eq!(bench.practice.pair.counters().visma.writes, written);
    all_booked(&other, &sale);
    assert_eq!(bench.books(&sale), WHOLE);
    bench.at_rest().await;
    let proof = other.prove().await.expect("both sides answer");
    assert_eq!(proof.differences, Vec::new());
}

/// A backup from before the sale, and one from the middle of it, is put back: the program goes on from what is true.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_goes_on_from_what_is_in_the_books() {
    let bench = Bench::morning().await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = DataKey::generate().expect("random numbers");
    let path = folder.path().join("brygga.db");
    let saved = |name: &str| folder.path().join(name);
    let copy = |from: &Path, to: &Path| {
        std::fs::copy(from, to).expect("copied");
    };

    let mut sale = Sale::new(&bench, 976_101);
    let engine = program(&bench, &path, &key).await;
    quiet(&bench, &engine).await.expect("no other run");
    drop(engine);
    copy(&path, &saved("before.db"));

    let engine = program(&bench, &path, &key).await;
    sale.paid();
    sale.send_all();
    bench.put_sale(&sale);
    quiet(&bench, &engine).await.expect("no other run");
    drop(engine);
    copy(&path, &saved("sold.db"));

    let engine = program(&bench, &path, &key).await;
    bench.days(1);
    sale.give_back(&Back::units(1, 1, "RETURN"));
    bench.put_sale(&sale);
    quiet(&bench, &engine).await.expect("no other run");
    drop(engine);
    assert_eq!(bench.books(&sale), WHOLE);
    let written = bench.practice.pair.counters().visma.writes;

    for (name, knows) in [("before.db", false), ("sold.db", true)] {
        let engine = program(&bench, &saved(name), &key).await;
        let known = engine.store().link("order", &sale.id.to_string());
        assert_eq!(known.expect("readable").is_some(), knows, "{name}");
        quiet(&bench, &engine).await.expect("no other run");
        assert_eq!(
            bench.practice.pair.counters().visma.writes,
            written,
            "{name}: nothing is written"
        );
        all_booked(&engine, &sale);
        let proof = engine.prove().await.expect("both sides answer");
        assert_eq!(proof.differences, Vec::new(), "{name}");
    }
    assert_eq!(bench.books(&sale), WHOLE);
}

/// The window puts an older copy back while the program runs: what was booked since is found, and made no second time.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_put_back_in_the_window_books_nothing_twice() {
    let bench = Bench::morning().await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = DataKey::generate().expect("random numbers");
    let engine = program(&bench, &folder.path().join("brygga.db"), &key).await;
    quiet(&bench, &engine).await.expect("no other run");
    let copy = engine
        .store()
        .backup_now()
        .expect("a copy")
        .expect("a file");
    let name = copy
        .file_name()
        .and_then(|name| name.to_str())
        .expect("text");

    let mut sale = Sale::new(&bench, 976_201);
    sale.paid();
    sale.send_all();
    bench.put_sale(&sale);
    quiet(&bench, &engine).await.expect("no other run");
    bench.days(1);
    sale.give_back(&Back::units(1, 1, "RETURN"));
    bench.put_sale(&sale);
    quiet(&bench, &engine).await.expect("no other run");
    assert_eq!(bench.books(&sale), WHOLE);
    let written = bench.practice.pair.counters().visma.writes;

    let running = engine.stand_still().expect("at rest");
    let refused = engine.restore(name).expect_err("not while a run goes");
    assert_eq!(refused.code, brygga_core::Code::SyncUnderWay);
    drop(running);
    engine.restore(name).expect("put back");
    let known = engine.store().link("order", &sale.id.to_string());
    assert_eq!(
        known.expect("readable"),
        None,
        "the copy knows nothing of it"
    );
    bench.clock.advance(std::time::Duration::from_mins(20));
    quiet(&bench, &engine).await.expect("no other run");
    assert_eq!(
        bench.practice.pair.counters().visma.writes,
        written,
        "nothing is written"
    );
    all_booked(&engine, &sale);
    assert_eq!(bench.books(&sale), WHOLE);
    let proof = engine.prove().await.expect("both sides answer");
    assert_eq!(proof.differences, Vec::new());
}

/// A copy brings neither another connection, whose secrets this computer has not, nor another pair's data; and what was shown or could be
/// taken back before it is of a database that is not there any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_put_back_stays_connected_as_it_is() {
    const SHOP: &str = "connection.shopify";
    let bench = Bench::morning().await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = DataKey::generate().expect("random numbers");
    let engine = Arc::new(program(&bench, &folder.path().join("brygga.db"), &key).await);
    let mut sale = Sale::new(&bench, 976_301);
    sale.paid();
    bench.put_sale(&sale);
    let store = Arc::clone(engine.store());
    let copy = store.backup_now().expect("a copy").expect("a file");
    let name = copy
        .file_name()
        .and_then(|name| name.to_str())
        .expect("text");

    // Connected anew since, by another app of the same shop; and a choice was changed.
    let mut connected = store
        .setting(SHOP)
        .expect("readable")
        .expect("the connection");
    connected["client_id"] = "another-app".into();
    store
        .put_setting(SHOP, connected.clone(), "test")
        .expect("kept");
    let mut settings = Arc::unwrap_or_clone(engine.settings().expect("readable"));
    let before = settings.clone();
    settings.rounding_limit = 3;
    engine.put_settings(&settings, "test").expect("kept");

    let api = Api::new(Arc::clone(&engine), Watch::new(), Host::default());
    let nothing = || serde_json::json!({});
    api.call("preview_start", nothing()).await.expect("begun");
    loop {
        let shown = api.call("preview", nothing()).await.expect("told");
        if shown["doing"].is_null() {
            assert!(shown["at"].is_string(), "{shown}");
            break;
        }
        tokio::task::yield_now().await;
    }
    let last = serde_json::json!({"revision": 1});
    store.remember("last-fix", &last).expect("kept");
    api.call("restore", serde_json::json!({ "name": name }))
        .await
        .expect("put back");
    assert_eq!(store.setting(SHOP).expect("readable"), Some(connected));
    assert_eq!(*engine.settings().expect("readable"), before);
    let shown = api.call("preview", nothing()).await.expect("told");
    assert_eq!(shown["at"], serde_json::Value::Null, "{shown}");
    assert_eq!(store.remembered("last-fix").expect("readable"), None);

    // Of another shop or company by now: refused, and nothing changes.
    for (setting, field, value) in [
        (SHOP, "/domain", "another.myshopify.com"),
        ("connection.visma.company.tenant", "", "another-tenant"),
    ] {
        let was = store.setting(setting).expect("readable").expect("there");
        let mut other = was.clone();
        *other.pointer_mut(field).expect("a value") = value.into();
        store.put_setting(setting, other, "test").expect("kept");
        let rev = store.settings_rev().expect("readable");
        let refused = engine.restore(name).expect_err("of another");
        assert_eq!(refused.code, brygga_core::Code::BackupOther, "{setting}");
        assert_eq!(refused.params["ours"], value);
        assert!(!refused.message().contains('{'), "{refused}");
        assert_eq!(store.settings_rev().expect("readable"), rev);
        store.put_setting(setting, was, "test").expect("kept");
    }
}
