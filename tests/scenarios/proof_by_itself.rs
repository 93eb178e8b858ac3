//! A proof is made by itself, once a day: it finds what somebody changed in Visma.net, costs a few calls, and is missed where it is missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use brygga_api::contract::{Health, Proven};
use brygga_api::{Api, Notice, Step, Tone};
use brygga_core::Clock as _;
use brygga_core::policy::ProofEvery;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::Change;
use brygga_tests::{Bench, Sale};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ID: u64 = 986_001;

fn api(bench: &Bench) -> &Arc<Api> {
    &bench.practice.api
}

/// A shop of which the test knows every record.
async fn shop() -> Bench {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.products.on = false;
        settings.stock.on = false;
        settings.payouts.on = false;
        settings.invoices.stop_before_release = true;
    });
    bench
}

async fn proof(bench: &Bench) -> Value {
    let view = api(bench).call("proof", json!({})).await;
    view.expect("a view")
}

/// What is due now runs, and a proof that began comes to its end.
async fn look(bench: &Bench) {
    for _ in 0..10 {
        if matches!(api(bench).step().await, Step::Waits(_)) {
            while !proof(bench).await["running"].is_null() {
                tokio::task::yield_now().await;
            }
            return;
        }
    }
    panic!("it runs without end");
}

/// So many hours in which the program runs by itself, now and then; the moments of the proofs that it made.
async fn hours(bench: &Bench, count: u32) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for _ in 0..count.div_ceil(2) {
        look(bench).await;
        let at = proof(bench).await["last"]["at"].clone();
        made.extend(at.as_str().map(str::to_owned));
        bench.clock.advance(Duration::from_hours(2));
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_somebody_changed_is_found_by_itself() {
    let bench = shop().await;
    for id in ID + 1..ID + 9 {
        let order = bench.plain(id, bench.clock.now() - TimeDelta::minutes(3));
        bench.put(order);
    }
    let mut sale = Sale::new(&bench, ID);
    sale.paid();
    sale.send_all();
    bench.put_sale(&sale);
    assert_eq!(hours(&bench, 20).await.len(), 0, "not before a day is over");
    assert_eq!(bench.well_proven(), (Proven::Never, Tone::Well));

    // Nobody presses anything for eight days.
    let made = hours(&bench, 8 * 24).await;
    assert!((7..=9).contains(&made.len()), "once a day: {made:?}");
    let (says, tone) = bench.health();
    // The invoice that waits for its release is counted, and is no order.
    let Health::AllWell {
        waiting: 0,
        others: 1..,
        proven: Proven::Agrees { .. },
        ..
    } = says
    else {
        panic!("{says:?}");
    };
    assert_eq!(tone, Tone::Well);
    let last = proof(&bench).await["last"].clone();
    assert_eq!(last["differences"], json!([]));
    let checked = last["checked"].as_u64().expect("a count");
    assert!(
        checked <= 1,
        "of nine orders only the one that is still open is read again: {checked}"
    );
    assert_eq!(api(&bench).notices().expect("readable"), []);

    // Somebody changes an invoice of last week.
    let invoice = bench.practice.pair.visma().ledger().invoices.remove(0);
    let visma = bench.practice.pair.visma();
    visma.change(Change::DocumentEdited {
        kind: "Invoice".into(),
        number: invoice.number.clone(),
        with: json!({"documentDate": {"value": "2026-09-21T00:00:00"}})
            .as_object()
            .expect("a map")
            .clone(),
    });
    visma.change(Change::Released {
        kind: "Invoice".into(),
        number: invoice.number,
    });
    hours(&bench, 26).await;
    let (says, tone) = bench.health();
    assert!(
        matches!(says, Health::Differs { differences: 1, .. }),
        "{says:?}"
    );
    assert_eq!(tone, Tone::NeedsYou);
    let told = api(&bench).notices().expect("readable");
    assert!(
        matches!(told[..], [Notice::Differs { differences: 1 }]),
        "{told:?}"
    );
    // It stays found until it is put right, and is told once.
    hours(&bench, 50).await;
    let (says, _) = bench.health();
    assert!(
        matches!(says, Health::Differs { differences: 1, .. }),
        "{says:?}"
    );
    assert_eq!(api(&bench).notices().expect("readable"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_is_missing_is_missed() {
    let bench = shop().await;
    let order = bench.plain(ID, bench.clock.now() - TimeDelta::minutes(3));
    bench.put(order);
    hours(&bench, 30).await;
    let (says, _) = bench.well_proven();
    let Proven::Agrees { at } = says else {
        panic!("{says:?}");
    };
    // Paused, nothing begins by itself; asleep, neither.
    api(&bench).set_paused(true).expect("kept");
    assert_eq!(hours(&bench, 48).await.len(), 1);
    let old = Proven::Old {
        at: Some(at),
        late: true,
    };
    assert_eq!(bench.well_proven(), (old, Tone::Unusual));
    api(&bench).set_paused(false).expect("kept");
    look(&bench).await;
    let (says, tone) = bench.well_proven();
    assert!(matches!(says, Proven::Agrees { .. }), "{says:?}");
    assert_eq!(tone, Tone::Well);

    // A side that does not answer the proof: it says so, and does not try without end.
    let broken = Fault::Status {
        code: 503,
        committed: false,
    };
    let refused = FaultRule::next(Side::Visma, broken)
        .method("GET")
        .path("/SalesOrders")
        .times(u32::MAX);
    bench.practice.pair.faults().add(refused);
    let before = bench.practice.pair.faults().fired().len();
    assert_eq!(hours(&bench, 72).await.len(), 1);
    let (says, tone) = bench.well_proven();
    assert!(matches!(says, Proven::Failed { .. }), "{says:?}");
    assert_eq!(tone, Tone::Unusual);
    let tries = bench.practice.pair.faults().fired().len() - before;
    assert!((10..=100).contains(&tries), "{tries}");
    bench.practice.pair.faults().clear();
    hours(&bench, 5).await;
    let (says, _) = bench.well_proven();
    assert!(matches!(says, Proven::Agrees { .. }), "{says:?}");

    // Who wants to be asked is asked.
    bench.choose(|settings| settings.schedule.proof = ProofEvery::ByHand);
    assert_eq!(hours(&bench, 9 * 24).await.len(), 1);
    let (says, tone) = bench.well_proven();
    assert!(matches!(says, Proven::Old { late: false, .. }), "{says:?}");
    assert_eq!(tone, Tone::Well);
}
