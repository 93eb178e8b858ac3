//! Running by itself: what is due runs, what sleeps catches up, what fails is tried again without a storm, a pause is kept, a person is told once,
//! and the program can end at any time.

mod outages;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use brygga_api::contract::Health;
use brygga_api::{Api, Notice, Step, Tone, Watch};
use brygga_core::Clock as _;
use brygga_core::policy::{Every, Lane};
use brygga_engine::ports::{Events, Phase, Signal};
use brygga_engine::{Engine, RunOptions, RunReport};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::pair::seeded_start;
use brygga_sandbox::visma::VatRounding;
use brygga_store::RecordKind;
use brygga_tests::Bench;
use chrono::TimeDelta;
use serde_json::{Value, json};

/// A minute and a little.
const MINUTE: Duration = Duration::from_secs(61);

async fn month() -> Bench {
    let bench = Bench::with(40, VatRounding::Line).await;
    bench.clock.set(seeded_start() + TimeDelta::days(14));
    bench
}

fn api(bench: &Bench) -> &Arc<Api> {
    &bench.practice.api
}

/// Steps until nothing is due; what ran.
async fn caught_up(api: &Arc<Api>) -> Vec<RunReport> {
    let mut runs = Vec::new();
    for _ in 0..10 {
        match api.step().await {
            Step::Ran(report) => runs.push(report),
            Step::Waits(_) => return runs,
        }
    }
    panic!("it runs without end: {runs:?}");
}

fn last_run(bench: &Bench) -> String {
    let run = bench.practice.engine.store().last_run().expect("readable");
    run.expect("a run").what
}

async fn call(api: &Arc<Api>, name: &str, payload: Value) -> Result<Value, String> {
    api.call(name, payload).await.map_err(|error| error.code)
}

/// Waits until something is so, which happens before the run ends.
async fn until(run: &tokio::task::JoinHandle<RunReport>, is_so: impl Fn() -> bool) {
    while !is_so() {
        assert!(!run.is_finished(), "it ended too early");
        tokio::task::yield_now().await;
    }
}

/// The orders that stand in Visma.net, by their ids in the shop.
fn in_the_books(bench: &Bench) -> BTreeSet<String> {
    let orders = bench.practice.pair.visma().orders();
    orders
        .into_iter()
        .filter(|order| order.status != "Cancelled")
        .filter_map(|order| order.custom_str1.or(order.ref_no))
        .collect()
}

/// The same database with a program that was started anew.
fn started_anew(bench: &Bench) -> Arc<Api> {
    let watch = Watch::new();
    let engine = bench
        .practice
        .ground
        .engine(Arc::clone(&watch) as Arc<dyn Events>);
    let engine: Arc<Engine> = Arc::new(engine.expect("connected"));
    Api::new(engine, watch, brygga_api::Host::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_lane_has_a_rhythm_of_its_own() {
    let bench = month().await;
    let runs = caught_up(api(&bench)).await;
    assert_eq!(runs.len(), 1, "everything is due at first, in one run");
    assert_eq!(runs[0].failure, None);
    assert_eq!(last_run(&bench), "sync");

    bench.clock.advance(MINUTE);
    assert_eq!(caught_up(api(&bench)).await.len(), 1);
    assert_eq!(
        last_run(&bench),
        "orders+stock",
        "a minute later only what is continuous"
    );
    bench.clock.advance(Duration::from_mins(15));
    caught_up(api(&bench)).await;
    assert_eq!(last_run(&bench), "orders+products+stock");

    // The overview says the same as what happens.
    let overview = call(api(&bench), "overview", json!({}))
        .await
        .expect("an overview");
    let row = |flow: &str| {
        let rows = overview["flows"].as_array().expect("rows");
        rows.iter()
            .find(|row| row["flow"] == flow)
            .expect("a row")
            .clone()
    };
    let due = |flow: &str| {
        let next: chrono::DateTime<chrono::Utc> = row(flow)["next_run"]
            .as_str()
            .expect("a next run")
            .parse()
            .expect("a moment");
        next - bench.clock.now()
    };
    assert!(due("orders") <= TimeDelta::seconds(60), "{}", due("orders"));
    assert_eq!(row("invoices")["next_run"], row("orders")["next_run"]);
    assert!(due("products") > TimeDelta::minutes(14));
    assert!(due("payouts") > TimeDelta::minutes(40) && due("payouts") < TimeDelta::minutes(45));
    assert_eq!(overview["schedule"]["next_run"], row("orders")["next_run"]);
    assert_eq!(row("orders")["every"], "continuous");
}

/// What came to where it is since somebody looked, per flow; nothing of before, and nothing of what nobody was away from.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_is_told_what_happened_since() {
    let bench = month().await;
    let before = bench.clock.now() - TimeDelta::hours(1);
    caught_up(api(&bench)).await;
    let away = async |since: chrono::DateTime<chrono::Utc>| {
        let asked = json!({"since": since.to_rfc3339()});
        call(api(&bench), "away", asked).await.expect("an answer")
    };
    let told = away(before).await;
    let rows = told.as_array().expect("rows");
    let overview = call(api(&bench), "overview", json!({}))
        .await
        .expect("an overview");
    for flow in overview["flows"].as_array().expect("rows") {
        let (booked, held) = (&flow["counts"]["booked"], &flow["counts"]["held"]);
        let row = rows.iter().find(|row| row["flow"] == flow["flow"]);
        // All of it was since midnight.
        assert_eq!(&flow["today"], booked, "{flow}");
        match row {
            Some(row) => assert_eq!((&row["booked"], &row["held"]), (booked, held)),
            None => assert_eq!((booked, held), (&json!(0), &json!(0)), "{flow}"),
        }
    }
    assert!(rows.len() > 3, "{told}");

    bench.clock.advance(Duration::from_hours(24));
    let overview = call(api(&bench), "overview", json!({}))
        .await
        .expect("an overview");
    for flow in overview["flows"].as_array().expect("rows") {
        assert_eq!(flow["today"], 0, "of yesterday: {flow}");
    }
    assert_eq!(away(bench.clock.now()).await, json!([]));
    let wrong = call(api(&bench), "away", json!({"since": "yesterday"})).await;
    assert_eq!(wrong.expect_err("no moment"), "wrong-use");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_weeks_of_sleep_are_one_run_and_the_same_books() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    bench.clock.advance(Duration::from_hours(21 * 24));
    let runs = caught_up(api(&bench)).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].failure, None);
    bench.quiet().await;
    assert!(bench.proven().await > 20);
    let slept = in_the_books(&bench);

    let awake = month().await;
    for _ in 0..7 {
        caught_up(api(&awake)).await;
        awake.clock.advance(Duration::from_hours(3 * 24));
    }
    caught_up(api(&awake)).await;
    awake.quiet().await;
    awake.proven().await;
    // An order that came and was cancelled meanwhile has a cancelled document on the computer that was awake, and none on the other.
    assert_eq!(in_the_books(&awake), slept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_put_back_stops_nothing() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    let earlier = bench.clock.now() - TimeDelta::days(2);
    bench.clock.set(earlier);
    bench.clock.advance(MINUTE);
    caught_up(api(&bench)).await;
    bench.clock.advance(MINUTE);
    assert_eq!(
        caught_up(api(&bench)).await.len(),
        1,
        "it goes on every minute"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_it_is_tried_again_and_nobody_is_called() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    assert_eq!(
        api(&bench).notices().expect("readable").len(),
        1,
        "what is held"
    );
    for side in [Side::Shopify, Side::Visma] {
        let cut = Fault::Cut { committed: false };
        bench
            .practice
            .pair
            .faults()
            .add(FaultRule::next(side, cut).times(u32::MAX));
    }
    bench.clock.advance(MINUTE);
    let runs = caught_up(api(&bench)).await;
    assert_eq!(runs.len(), 1, "one try, and then a wait");
    assert!(runs[0].failure.is_some(), "{runs:?}");
    let pulse = api(&bench).pulse().expect("readable");
    let lane = bench
        .practice
        .engine
        .lane(Lane::Orders)
        .expect("readable")
        .expect("ran");
    assert_eq!(lane.failures, 1);
    // Records are held already, which somebody has to look at; the standstill itself calls nobody.
    assert_eq!(pulse.tone(), Tone::NeedsYou);
    assert_eq!(api(&bench).notices().expect("readable"), []);

    // An hour without a network: each lane tries every five minutes at most, and those that are due together try together.
    let before = bench.practice.pair.faults().fired().len();
    let mut tries = 0;
    for _ in 0..60 {
        bench.clock.advance(Duration::from_mins(1));
        tries += caught_up(api(&bench)).await.len();
    }
    assert!((10..=30).contains(&tries), "{tries}");
    assert!(bench.practice.pair.faults().fired().len() > before);

    // After six hours of tries a person had better look, once.
    let mut told = Vec::new();
    for _ in 0..70 {
        bench.clock.advance(Duration::from_mins(5));
        caught_up(api(&bench)).await;
        told.extend(api(&bench).notices().expect("readable"));
    }
    assert!(
        matches!(told[..], [Notice::Stopped { .. }]),
        "never twice: {told:?}"
    );

    // The network is back: it is as if nothing had been.
    bench.practice.pair.faults().clear();
    bench.clock.advance(Duration::from_mins(6));
    let runs = caught_up(api(&bench)).await;
    assert_eq!(runs.first().and_then(|run| run.failure.clone()), None);
    bench.quiet().await;
    assert!(bench.proven().await > 5);
    assert_eq!(api(&bench).notices().expect("readable"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_person_is_told_once_and_again_when_it_comes_again() {
    let bench = month().await;
    let withdraw = |withdrawn| bench.practice.pair.visma().revoke(withdrawn);
    withdraw(true);
    caught_up(api(&bench)).await;
    let stopped = |notices: Vec<Notice>| {
        notices
            .into_iter()
            .filter(|notice| matches!(notice, Notice::Stopped { .. }))
            .count()
    };
    assert_eq!(stopped(api(&bench).notices().expect("readable")), 1);
    let pulse = api(&bench).pulse().expect("readable");
    assert!(
        matches!(pulse.health, Health::Stopped { passing: false, .. }),
        "{pulse:?}"
    );
    assert_eq!(pulse.tone(), Tone::NeedsYou);
    bench.clock.advance(Duration::from_hours(2));
    caught_up(api(&bench)).await;
    assert_eq!(stopped(api(&bench).notices().expect("readable")), 0);
    // Also a program that was started anew knows what was told.
    assert_eq!(started_anew(&bench).notices().expect("readable"), []);

    withdraw(false);
    bench.clock.advance(Duration::from_hours(2));
    caught_up(api(&bench)).await;
    let held = bench
        .practice
        .engine
        .store()
        .counts(RecordKind::Order)
        .expect("readable")
        .held;
    let notices = api(&bench).notices().expect("readable");
    assert!(
        notices
            .iter()
            .any(|notice| matches!(notice, Notice::Held { new } if *new as usize >= held)),
        "{held} {notices:?}"
    );
    withdraw(true);
    bench.clock.advance(Duration::from_hours(2));
    caught_up(api(&bench)).await;
    assert_eq!(
        stopped(api(&bench).notices().expect("readable")),
        1,
        "news again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_kept_over_a_new_start() {
    let bench = month().await;
    let paused = call(api(&bench), "pause", json!({})).await.expect("paused");
    assert!(
        paused["paused"].is_string() && paused["next_run"].is_null(),
        "{paused}"
    );
    assert!(caught_up(api(&bench)).await.is_empty());
    let anew = started_anew(&bench);
    bench.clock.advance(Duration::from_hours(2));
    assert!(caught_up(&anew).await.is_empty());
    assert_eq!(anew.pulse().expect("readable").tone(), Tone::Unusual);
    // By hand it still goes.
    let started = call(&anew, "sync_now", json!({"flow": "stock"})).await;
    assert_eq!(started.expect("started")["already"], false);
    anew.close(Duration::from_mins(1)).await;
    let anew = started_anew(&bench);
    let resumed = call(&anew, "resume", Value::Null).await.expect("resumed");
    assert!(
        resumed["paused"].is_null() && resumed["next_run"].is_string(),
        "{resumed}"
    );
    assert_eq!(caught_up(&anew).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flow_runs_alone_and_an_unknown_one_not_at_all() {
    let bench = month().await;
    let run = api(&bench).start(RunOptions {
        lanes: Lane::Products.into(),
        ..RunOptions::default()
    });
    let (_, run) = run.expect("nothing else runs");
    let report = run.await.expect("ended");
    assert_eq!(report.failure, None);
    assert_eq!(report.flows.keys().collect::<Vec<_>>(), ["products"]);
    assert_eq!(report.read, 0, "no order was read");
    assert_eq!(last_run(&bench), "products");
    let before = bench.practice.pair.counters();
    let unknown = call(api(&bench), "sync_now", json!({"flow": "flwo"})).await;
    assert_eq!(unknown, Err("wrong-use".into()));
    let after = bench.practice.pair.counters();
    assert_eq!(
        (before.shopify.calls, before.visma.calls),
        (after.shopify.calls, after.visma.calls)
    );
    // What is off or run by hand starts not by itself.
    let mut settings = Arc::unwrap_or_clone(bench.practice.engine.settings().expect("readable"));
    for lane in [
        &mut settings.schedule.orders,
        &mut settings.schedule.stock,
        &mut settings.schedule.payouts,
    ] {
        lane.every = Every::ByHand;
    }
    settings.products.on = false;
    bench
        .practice
        .engine
        .put_settings(&settings, "test")
        .expect("kept");
    bench.clock.advance(Duration::from_hours(48));
    assert!(caught_up(api(&bench)).await.is_empty());
    let pulse = api(&bench).pulse().expect("readable");
    assert_eq!(pulse.schedule.next_run, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_is_not_begun_again_at_once() {
    let bench = month().await;
    let (_, run) = api(&bench)
        .start(RunOptions::default())
        .expect("nothing else runs");
    until(&run, || !bench.practice.pair.visma().orders().is_empty()).await;
    bench.practice.engine.stop();
    let report = run.await.expect("ended");
    assert_eq!(
        report.failure.map(|problem| problem.code.to_string()),
        Some("stopped".into())
    );
    assert!(caught_up(api(&bench)).await.is_empty(), "not at once");
    bench.clock.advance(MINUTE);
    assert_eq!(caught_up(api(&bench)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_in_the_middle_of_a_sync_loses_and_doubles_nothing() {
    let bench = month().await;
    let (_, run) = api(&bench)
        .start(RunOptions::default())
        .expect("nothing else runs");
    // Some of it is in Visma.net, some is not.
    until(&run, || bench.practice.pair.visma().orders().len() >= 3).await;
    assert!(
        api(&bench).close(Duration::from_mins(1)).await,
        "it came to its safe point"
    );
    let report = run.await.expect("ended");
    assert_eq!(
        report.failure.map(|problem| problem.code.to_string()),
        Some("stopped".into())
    );
    let booked = bench.practice.pair.visma().orders().len();
    assert!(caught_up(api(&bench)).await.is_empty(), "the program ends");
    let (_, late) = api(&bench)
        .start(RunOptions::default())
        .expect("nothing else runs");
    late.await.expect("ended");
    assert_eq!(
        bench.practice.pair.visma().orders().len(),
        booked,
        "and nothing begins after"
    );

    // The next start goes on where it stopped.
    let anew = started_anew(&bench);
    let runs = caught_up(&anew).await;
    assert_eq!(runs.len(), 1, "it is due at once");
    assert_eq!(runs[0].failure, None);
    let mut ids: Vec<_> = bench.practice.pair.visma().orders();
    ids.retain(|order| order.status != "Cancelled");
    assert!(ids.len() > booked);
    let mut ids: Vec<_> = ids
        .into_iter()
        .filter_map(|order| order.custom_str1.or(order.ref_no))
        .collect();
    let documents = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), documents, "no order twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_none_of_the_contract_does_nothing() {
    let bench = month().await;
    caught_up(api(&bench)).await;
    let store = bench.practice.engine.store();
    let before = bench.practice.pair.counters();
    let revision = store.settings_rev().expect("readable");
    let runs = store.runs(1000).expect("readable").len();
    let wrong = [
        ("no_such_command", json!({})),
        ("", json!({})),
        ("sync_now; sync_stop", json!({})),
        ("SYNC_NOW", json!({})),
        ("sync_now", json!({"flow": 7})),
        ("sync_now", json!({"flwo": "orders"})),
        ("sync_now", json!([])),
        ("sync_now", json!([null])),
        ("sync_now", json!("orders")),
        ("sync_now", json!(true)),
        ("pause", json!({"for": "ever"})),
        ("pause", json!([])),
        ("retry", json!({})),
        ("retry", json!({"records": []})),
        ("retry", json!({"kind": "records", "of": "all"})),
        (
            "retry",
            json!({"kind": "records", "of": [{"kind": "order"}]}),
        ),
        (
            "retry",
            json!({"kind": "records", "of": [{"kind": "no-such-kind", "id": "1"}]}),
        ),
        (
            "retry",
            json!({"kind": "causes", "of": [{"kind": "order", "code": "no-such-code", "params": {}}]}),
        ),
        ("retry", json!({"kind": "some"})),
        ("tried", json!({"attempt": "last"})),
        (
            "records",
            json!({"kind": "order'; DROP TABLE records; --", "search": null, "state": null, "offset": 0, "limit": 1}),
        ),
        (
            "records",
            json!({"kind": "order", "search": null, "state": null, "offset": -1, "limit": 1}),
        ),
        (
            "records",
            json!({"kind": "order", "search": null, "state": null, "offset": 0, "limit": 1e300}),
        ),
        ("put_settings", json!({"revision": revision})),
        ("put_settings", json!({"revision": "newest", "values": {}})),
        ("put_mapping", json!({"revision": revision, "changes": 1})),
        (
            "import_preview",
            json!({"revision": revision, "text": ["{}"]}),
        ),
        (
            "import_settings",
            json!({"revision": revision, "text": ["{}"]}),
        ),
        ("desktop_act", json!({"action": "format"})),
        ("desktop_act", json!({"action": "quit"})),
        ("put_desktop", json!({"autostart": "yes"})),
        ("put_desktop", json!({"autostart": true})),
    ];
    for (name, payload) in wrong {
        assert_eq!(
            call(api(&bench), name, payload.clone()).await,
            Err("wrong-use".into()),
            "{name} {payload}"
        );
    }
    let after = bench.practice.pair.counters();
    assert_eq!(
        (before.shopify.calls, before.visma.calls),
        (after.shopify.calls, after.visma.calls)
    );
    assert_eq!(store.settings_rev().expect("readable"), revision);
    assert_eq!(store.runs(1000).expect("readable").len(), runs);
    assert_eq!(bench.practice.engine.paused().expect("readable"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_by_itself_before_the_set_up_is_done() {
    let fresh = brygga_practice::fresh(12, 1, brygga_sandbox::faults::Faults::default());
    let fresh = fresh.await.expect("the practice pair starts");
    let pair = &fresh.served;
    assert!(pair.at_work().is_none());
    let pulse = pair.pulse().expect("readable");
    assert_eq!(
        (pulse.health.clone(), pulse.tone()),
        (Health::NothingYet, Tone::Unusual)
    );
    assert!(
        pair.close(Duration::from_secs(1)).await,
        "there is nothing to end"
    );
    // The desktop's commands are there before anything is connected; here is no desktop.
    let program = brygga_api::Pairs::of_one(Arc::clone(pair), None);
    let desktop = program.call(None, "desktop", Value::Null).await;
    assert_eq!(desktop, Ok(Value::Null));
    let act = json!({"action": "quit"});
    let quit = program.call(None, "desktop_act", act).await;
    assert_eq!(quit.map_err(|error| error.code), Err("wrong-use".into()));

    let bench = month().await;
    assert!(bench.practice.served.at_work().is_some());
}

/// A program in which something goes to pieces in the middle of a run, once.
struct Fragile {
    watch: Arc<Watch>,
    breaks: std::sync::atomic::AtomicBool,
}

impl Events for Fragile {
    fn signal(&self, signal: Signal) {
        let is_reading = matches!(signal, Signal::Progress(Phase::Reading, ..));
        assert!(
            !(is_reading && self.breaks.swap(false, Ordering::SeqCst)),
            "a mistake of the program"
        );
        self.watch.signal(signal);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_to_pieces_is_a_failure_and_the_next_one_goes() {
    let bench = month().await;
    let watch = Watch::new();
    let events = Arc::new(Fragile {
        watch: Arc::clone(&watch),
        breaks: true.into(),
    });
    let engine = bench.practice.ground.engine(events).expect("connected");
    let api = Api::new(Arc::new(engine), watch, brygga_api::Host::default());
    let runs = caught_up(&api).await;
    assert_eq!(runs.len(), 1, "it is not begun again at once");
    let failure = runs[0].failure.as_ref().expect("a failure");
    assert_eq!(failure.code, brygga_core::Code::Internal);
    // It is told, it is over, and it is kept how it went.
    let overview = call(&api, "overview", json!({})).await.expect("overview");
    assert_eq!(overview["run"], Value::Null);
    let lane = api.engine().lane(Lane::Orders).expect("readable");
    let lane = lane.expect("noted");
    assert_eq!((lane.failures, lane.well), (1, None));
    assert_eq!(api.pulse().expect("a pulse").tone(), Tone::NeedsYou);
    // The next one goes.
    bench.clock.advance(Duration::from_mins(6));
    let runs = caught_up(&api).await;
    assert_eq!(runs[0].failure, None);
    assert!(!in_the_books(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_begin_is_not_tried_again_without_end() {
    let bench = month().await;
    let engine = Arc::clone(&bench.practice.engine);
    let still = engine.stand_still().expect("nothing runs");
    let runs = caught_up(api(&bench)).await;
    let codes: Vec<_> = runs
        .iter()
        .map(|run| run.failure.as_ref().expect("a failure").code)
        .collect();
    assert_eq!(codes, [brygga_core::Code::StoreInUse]);
    assert_eq!(engine.lane(Lane::Orders).expect("readable"), None);
    drop(still);
    bench.clock.advance(MINUTE);
    let runs = caught_up(api(&bench)).await;
    assert_eq!(runs[0].failure, None);
}
