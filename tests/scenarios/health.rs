//! What the overview and the tray say is never better than the truth: what was read and not sent is said, what waits is counted, and what was
//! not proven is not called proven.

use std::sync::Arc;
use std::time::Duration;

use brygga_api::contract::{Health, Proven};
use brygga_api::{Api, Notice, Tone};
use brygga_core::Clock as _;
use brygga_core::policy::ProofEvery;
use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::{RecordKind, RecordState};
use brygga_tests::{Bench, Sale};
use chrono::TimeDelta;
use serde_json::{Value, json};

const DAY: u64 = 24 * 60 * 60;

fn api(bench: &Bench) -> &Arc<Api> {
    &bench.practice.api
}

/// A shop of which the test knows every record: some of its items are held, whatever the orders do.
async fn shop() -> Bench {
    let bench = Bench::empty().await;
    bench.choose(|settings| {
        settings.products.on = false;
        settings.stock.on = false;
    });
    bench
}

async fn flow(bench: &Bench, name: &str) -> Value {
    let overview = api(bench).call("overview", json!({})).await;
    let overview = overview.expect("an overview");
    let rows = overview["flows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["flow"] == name);
    row.expect("a row").clone()
}

/// Puts a paid order into the shop; how it is paid can still be changed.
fn put(bench: &Bench, id: u64, change: impl FnOnce(&mut Value)) {
    let mut order = bench.plain(id, bench.clock.now() - TimeDelta::minutes(3));
    change(&mut order);
    bench.put(order);
}

async fn prove(bench: &Bench) {
    prove_of(bench, json!({"from": null, "to": null})).await;
}

async fn prove_of(bench: &Bench, days: Value) {
    let begun = api(bench).call("prove", days).await;
    begun.expect("it begins");
    while !api(bench).call("proof", json!({})).await.expect("a view")["running"].is_null() {
        tokio::task::yield_now().await;
    }
}

/// The first sync of a shop is long; somebody presses Stop in the middle of it. What is read by then is in no document.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_was_stopped_leaves_no_all_well_behind() {
    let bench = shop().await;
    for id in 0..40 {
        put(&bench, 930_000 + id, |_| ());
    }
    let (_, run) = api(&bench)
        .start(RunOptions::default())
        .expect("nothing else runs");
    while bench.practice.pair.visma().orders().is_empty() {
        assert!(!run.is_finished(), "it ended too early");
        tokio::task::yield_now().await;
    }
    // Nobody has to look while they are being sent; nobody is told that they are there, either.
    let (at_work, tone) = bench.health();
    assert!(matches!(at_work, Health::Unsent { .. }), "{at_work:?}");
    assert_eq!(tone, Tone::Well);
    bench.practice.engine.stop();
    let report = run.await.expect("ended");
    assert!(report.failure.is_some(), "it was stopped: {report:?}");

    let store = bench.practice.engine.store();
    let counts = store.counts(RecordKind::Order).expect("readable");
    let left = u32::try_from(counts.new + counts.planned).expect("few");
    assert!(left > 0 && counts.booked > 0, "{counts:?}");
    let (stopped, tone) = bench.health();
    let Health::Unsent { orders, records } = stopped else {
        panic!("{stopped:?}");
    };
    assert_eq!((orders, tone), (left, Tone::Unusual));
    assert!(records >= orders);
    let row = flow(&bench, "orders").await;
    assert_eq!(row["counts"]["new"], left);
    bench.clock.advance(Duration::from_secs(4 * DAY));
    let lag = flow(&bench, "orders").await["lag"].as_u64();
    assert!(lag >= Some(4 * DAY), "{lag:?}");

    // The next run finishes it: all of it is there, and nothing of any kind is left undecided.
    bench.quiet().await;
    let (done, tone) = bench.health();
    let all = Health::AllWell {
        booked: 40,
        waiting: 0,
        others: 0,
        up_to: match &done {
            Health::AllWell { up_to, .. } => up_to.clone(),
            other => panic!("{other:?}"),
        },
        proven: Proven::Never,
    };
    assert_eq!((done, tone), (all, Tone::Well));
    for name in ["orders", "customers", "invoices", "payments", "payouts"] {
        let row = flow(&bench, name).await;
        assert_eq!(
            (&row["lag"], &row["counts"]["new"]),
            (&json!(null), &json!(0)),
            "{row}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_waits_is_counted_and_is_not_behind() {
    let bench = shop().await;
    put(&bench, 931_000, |_| ());
    put(&bench, 931_001, |order| {
        order["displayFinancialStatus"] = json!("PENDING");
    });
    bench.quiet().await;
    assert_eq!(bench.record(931_001).state, RecordState::Waiting);
    for _ in 0..2 {
        let (now, tone) = bench.health();
        assert!(
            matches!(
                now,
                Health::AllWell {
                    booked: 1,
                    waiting: 1,
                    ..
                }
            ),
            "{now:?}"
        );
        assert_eq!(tone, Tone::Well);
        assert_eq!(flow(&bench, "orders").await["lag"], json!(null));
        // Its customer takes their time; that is nothing left undone here.
        bench.days(4);
        bench.quiet().await;
    }
}

/// Booked is not proven: each says so for itself, and a proof that fails says nothing of what it did not see.
#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_it_rests_on() {
    let bench = shop().await;
    put(&bench, 932_000, |_| ());
    bench.quiet().await;
    assert_eq!(bench.well_proven(), (Proven::Never, Tone::Well));
    prove(&bench).await;
    let (first, tone) = bench.well_proven();
    assert!(matches!(first, Proven::Agrees { .. }), "{first:?}");
    assert_eq!(tone, Tone::Well);

    // A proof of one day says nothing of the others.
    let today = bench.clock_date();
    prove_of(&bench, json!({"from": today, "to": today})).await;
    let (part, _) = bench.well_proven();
    assert!(matches!(part, Proven::Part { .. }), "{part:?}");
    prove(&bench).await;
    let (whole, _) = bench.well_proven();
    let Proven::Agrees { at } = whole.clone() else {
        panic!("{whole:?}");
    };

    // Eight days later it says nothing of today. One should have been made by itself by then; where somebody chose to ask, nothing is amiss.
    bench.days(8);
    let old = |late| Proven::Old {
        at: Some(at.clone()),
        late,
    };
    assert_eq!(bench.well_proven(), (old(true), Tone::Unusual));
    bench.choose(|settings| settings.schedule.proof = ProofEvery::ByHand);
    assert_eq!(bench.well_proven(), (old(false), Tone::Well));

    let cut = Fault::Cut { committed: false };
    let faults = bench.practice.pair.faults();
    faults.add(FaultRule::next(Side::Visma, cut).times(u32::MAX));
    prove(&bench).await;
    let (failed, tone) = bench.well_proven();
    assert!(matches!(failed, Proven::Failed { .. }), "{failed:?}");
    assert_eq!(tone, Tone::Unusual);

    bench.practice.pair.faults().clear();
    prove(&bench).await;
    let (again, tone) = bench.well_proven();
    assert!(matches!(again, Proven::Agrees { .. }), "{again:?}");
    assert_eq!(tone, Tone::Well);
}

/// Orders and payments run in one lane; that the lane ran a minute ago says nothing of a payment that Visma.net has not taken for days.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_not_taken_for_days_is_behind_and_nothing_else() {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.products.on = false;
        settings.stock.on = false;
    });
    let mut sale = Sale::new(&bench, 933_000);
    sale.paid();
    sale.send_all();
    let broken = Fault::Status {
        code: 503,
        committed: false,
    };
    let refused = FaultRule::next(Side::Visma, broken)
        .method("POST")
        .path("customerPayment")
        .times(u32::MAX);
    bench.practice.pair.faults().add(refused);
    bench.put_sale(&sale);
    let sync = async || {
        let run = bench.practice.engine.sync(RunOptions::default()).await;
        run.expect("no other run")
    };
    for _ in 0..9 {
        sync().await;
        bench.clock.advance(Duration::from_hours(12));
    }
    sync().await;
    let lag = flow(&bench, "payments").await["lag"].as_u64();
    assert!(
        (Some(4 * DAY)..=Some(5 * DAY)).contains(&lag),
        "{lag:?} {:?}",
        bench.practice.engine.store().counts(RecordKind::Payment)
    );
    assert_eq!(flow(&bench, "orders").await["lag"], json!(null));
    let (late, tone) = bench.health();
    // The payment, and what follows after it.
    let Health::Delayed {
        orders: 0, records, ..
    } = late
    else {
        panic!("{late:?}");
    };
    assert!(records > 0);
    assert_eq!(tone, Tone::NeedsYou);
    assert_eq!(told(&bench), [Notice::Delayed { records }]);
    assert_eq!(told(&bench), []);

    bench.practice.pair.faults().clear();
    bench.clock.advance(Duration::from_mins(10));
    bench.quiet().await;
    let (after, _) = bench.health();
    assert!(matches!(after, Health::AllWell { .. }), "{after:?}");
    assert_eq!(flow(&bench, "payments").await["lag"], json!(null));
    assert_eq!(flow(&bench, "payments").await["counts"]["booked"], 1);
}

fn told(bench: &Bench) -> Vec<Notice> {
    api(bench).notices().expect("readable")
}

/// An hour, with a sync in it that comes to its end.
async fn hour(bench: &Bench) {
    bench.sync().await;
    bench.clock.advance(Duration::from_hours(1));
}

/// Another buyer, whom the books do not know yet.
fn of_a_stranger(order: &mut Value) {
    let id = order["legacyResourceId"]
        .as_str()
        .expect("an id")
        .to_owned();
    order["customer"]["id"] = json!(format!("gid://shopify/Customer/{id}"));
    order["customer"]["legacyResourceId"] = json!(id);
    order["email"] = json!(format!("kari{id}@example.com"));
}

/// Visma.net answers nothing about one order, or does not take it; every sync comes to its end, for there is nothing else that fails.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_kept_out_for_hours_needs_a_look_and_is_told_of_once() {
    for (method, path) in [("GET", "/SalesOrders"), ("POST", "/SalesOrders")] {
        let bench = shop().await;
        put(&bench, 934_000, |_| ());
        bench.quiet().await;
        let broken = Fault::Status {
            code: 500,
            committed: false,
        };
        let refused = FaultRule::next(Side::Visma, broken)
            .method(method)
            .path(path)
            .times(u32::MAX);
        bench.practice.pair.faults().add(refused);
        put(&bench, 934_001, of_a_stranger);
        for _ in 0..5 {
            hour(&bench).await;
            let (early, tone) = bench.health();
            assert!(tone < Tone::NeedsYou, "{method} {early:?}");
            assert_eq!(told(&bench), [], "{method}");
        }
        let (early, _) = bench.health();
        let not_yet = match method {
            "GET" => matches!(early, Health::AllWell { waiting: 1, .. }),
            _ => matches!(early, Health::Unsent { orders: 1, .. }),
        };
        assert!(not_yet, "{method} {early:?}");
        let mut said = Vec::new();
        for _ in 0..4 {
            hour(&bench).await;
            said.extend(told(&bench));
        }
        let (late, tone) = bench.health();
        assert!(
            matches!(late, Health::Delayed { orders: 1, .. }),
            "{method} {late:?}"
        );
        assert_eq!(tone, Tone::NeedsYou);
        assert!(
            matches!(said[..], [Notice::Delayed { .. }]),
            "{method} {said:?}"
        );

        // A second one a little later is no second outage; what is left out a day later is said again, with all of them.
        put(&bench, 934_002, of_a_stranger);
        for _ in 0..9 {
            hour(&bench).await;
        }
        assert_eq!(told(&bench), [], "{method}");
        bench.clock.advance(Duration::from_hours(16));
        bench.sync().await;
        let again = told(&bench);
        assert!(
            matches!(again[..], [Notice::Delayed { records }] if records >= 2),
            "{method} {again:?}"
        );
        assert_eq!(told(&bench), [], "{method}");

        bench.practice.pair.faults().clear();
        bench.clock.advance(Duration::from_mins(10));
        bench.quiet().await;
        let (after, tone) = bench.health();
        assert!(
            matches!(after, Health::AllWell { booked: 3, .. }),
            "{method} {after:?}"
        );
        assert!(tone < Tone::NeedsYou);
        assert_eq!(told(&bench), []);
    }
}

/// A computer that slept over an order has not tried it for hours; the first try after it is none of a person's business.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_asleep_makes_no_order_late_before_it_was_tried_again() {
    let bench = shop().await;
    put(&bench, 935_000, |_| ());
    bench.quiet().await;
    let broken = Fault::Status {
        code: 500,
        committed: false,
    };
    let refused = FaultRule::next(Side::Visma, broken).path("/SalesOrders");
    bench
        .practice
        .pair
        .faults()
        .add(refused.method("GET").times(u32::MAX));
    put(&bench, 935_001, of_a_stranger);
    bench.sync().await;
    bench.clock.advance(Duration::from_hours(12));
    let (woken, tone) = bench.health();
    assert!(matches!(woken, Health::AllWell { .. }), "{woken:?}");
    assert_eq!((tone < Tone::NeedsYou, told(&bench)), (true, vec![]));
    bench.practice.pair.faults().clear();
    bench.quiet().await;
    assert_eq!(bench.record(935_001).state, RecordState::Booked);
    assert_eq!(told(&bench), []);
}
