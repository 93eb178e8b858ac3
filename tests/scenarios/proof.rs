//! The proof reads both sides afresh: what stands elsewhere, what nobody read, what cannot be read, a period, and syncs beside it.

use std::sync::Arc;

use brygga_core::{Clock as _, Code};
use brygga_engine::{Engine, Period, ProofReport};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::Change;
use brygga_store::{RecordRef, RecordState};
use brygga_tests::books::days;
use brygga_tests::{Bench, Sale, orders};
use chrono::TimeDelta;
use serde_json::json;

const ID: u64 = 985_001;

/// The differences of a proof: what, which document, in Shopify, in Visma.net.
fn told(proof: &ProofReport) -> Vec<(String, String, String)> {
    let all = proof.differences.iter();
    all.map(|one| (one.what.clone(), one.shopify.clone(), one.visma.clone()))
        .collect()
}

async fn prove(engine: &Engine) -> ProofReport {
    engine.prove().await.expect("both sides answer")
}

/// A sale that left, with its invoice; people put invoices in the books themselves.
async fn invoiced_for_release(bench: &Bench) -> (Sale, String) {
    let engine = &bench.practice.engine;
    let mut settings = Arc::unwrap_or_clone(engine.settings().expect("readable"));
    settings.invoices.stop_before_release = true;
    engine.put_settings(&settings, "test").expect("kept");
    let mut sale = Sale::new(bench, ID);
    sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    let invoice = bench.practice.pair.visma().ledger().invoices.remove(0);
    (sale, invoice.number)
}

/// Who puts an invoice in the books may date it otherwise first: then a day and another day are off, and the proof says so by name.
#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_somebody_dated_otherwise_is_a_difference() {
    let bench = Bench::morning().await;
    let (_, number) = invoiced_for_release(&bench).await;
    let visma = bench.practice.pair.visma();
    visma.change(Change::DocumentEdited {
        kind: "Invoice".into(),
        number: number.clone(),
        with: json!({"documentDate": {"value": "2026-09-21T00:00:00"}})
            .as_object()
            .expect("a map")
            .clone(),
    });
    visma.change(Change::Released {
        kind: "Invoice".into(),
        number: number.clone(),
    });
    bench.quiet().await;
    let proof = prove(&bench.practice.engine).await;
    let date = ("date", "2026-09-11", "2026-09-21");
    let date = (date.0.to_owned(), date.1.to_owned(), date.2.to_owned());
    assert_eq!(told(&proof), [date], "{:?}", days(&proof));
    assert!(
        proof.differences[0]
            .document
            .as_ref()
            .is_some_and(|document| document.contains(&number)),
        "{:?}",
        proof.differences
    );
}

/// Without `read_all_orders` the shop gives no order that is older than 60 days (`facts/shopify` 2.2): that is no missing order.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_the_app_may_not_see_any_more_is_told_apart() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    bench.put(orders::simple(data, ID, bench.clock.now()));
    bench.quiet().await;
    bench.proven().await;
    bench
        .practice
        .pair
        .shopify()
        .grant_scope("read_all_orders", false);
    bench
        .clock
        .advance(std::time::Duration::from_hours(24 * 61));
    bench.practice.engine.forget_setup();
    let proof = prove(&bench.practice.engine).await;
    assert_eq!(told(&proof), []);
    assert_eq!((proof.checked, proof.beyond.len()), (0, 1));
}

/// An order that the search by change never showed is named by the proof, and read by the nightly sweep.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_never_read_is_named_and_then_read() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    let engine = &bench.practice.engine;
    bench.put(orders::simple(data, ID, bench.clock.now()));
    bench.quiet().await;
    // The cursor passes it by, and it is older than the sweep by change looks back.
    let mut missed = orders::simple(data, ID + 1, bench.clock.now());
    let made = bench.clock.now();
    bench.clock.advance(std::time::Duration::from_hours(24 * 5));
    bench.put(orders::simple(data, ID + 2, bench.clock.now()));
    bench.quiet().await;
    missed["updatedAt"] = missed["createdAt"].clone();
    bench
        .practice
        .pair
        .shopify()
        .add_order_version(made, missed);
    let proof = prove(engine).await;
    let what: Vec<_> = told(&proof).into_iter().map(|one| one.0).collect();
    assert_eq!(what, ["never-read"]);

    bench.clock.advance(std::time::Duration::from_hours(25));
    bench.quiet().await;
    assert_eq!(bench.record(ID + 1).state, RecordState::Booked);
    assert_eq!(bench.proven().await, 3);
}

/// One that cannot be read does not take the proof of the others away.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_read_is_a_difference_of_its_own() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    for id in ID..ID + 3 {
        bench.put(orders::simple(data, id, bench.clock.now()));
    }
    bench.quiet().await;
    let number = bench.document(ID + 1).id;
    bench.practice.pair.faults().add(FaultRule {
        path_contains: Some(format!("/SalesOrders/SO/{number}")),
        times: u32::MAX,
        ..FaultRule::next(
            Side::Visma,
            Fault::Status {
                code: 422,
                committed: false,
            },
        )
    });
    let proof = prove(&bench.practice.engine).await;
    let what: Vec<_> = told(&proof).into_iter().map(|one| one.0).collect();
    assert_eq!((proof.checked, what), (2, vec!["not-read".to_owned()]));
}

/// A document with the id of an order of ours to which nothing is linked.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_link_is_gone_is_named() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    let engine = &bench.practice.engine;
    bench.put(orders::simple(data, ID, bench.clock.now()));
    bench.quiet().await;
    let link = (brygga_engine::booked::ORDER, ID.to_string());
    engine
        .store()
        .remove_link(link.0, &link.1)
        .expect("removable");
    let proof = prove(engine).await;
    let what: Vec<_> = told(&proof).into_iter().map(|one| one.0).collect();
    assert_eq!(what, ["document-without-link"]);
    // The next look takes it for what it is.
    engine
        .store()
        .mark_retry(&[RecordRef::order(ID.to_string())])
        .expect("known");
    bench.quiet().await;
    assert_eq!(bench.documents(ID).len(), 1);
    bench.proven().await;
}

/// A period has its own days and orders; what was found of others still stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_period_has_its_own_orders_and_forgets_no_other() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    let engine = &bench.practice.engine;
    let first = bench.clock_date();
    bench.put(orders::simple(data, ID, bench.clock.now()));
    bench.quiet().await;
    bench.clock.advance(std::time::Duration::from_hours(24 * 4));
    let second = bench.clock_date();
    bench.put(orders::simple(data, ID + 1, bench.clock.now()));
    bench.quiet().await;
    let of = |from, to| Period {
        from: Some(from),
        to: Some(to),
    };
    let day = |day| engine.prove_of(of(day, day));
    assert_eq!(day(first).await.expect("proven").checked, 1);
    assert_eq!(day(second).await.expect("proven").checked, 1);
    assert_eq!(
        engine
            .prove_of(of(first, second))
            .await
            .expect("proven")
            .checked,
        2
    );

    // The first is gone in Visma.net; a proof of the second day does not make that good.
    let number = bench.document(ID).id;
    bench.practice.pair.visma().delete_order("SO", &number);
    let all = prove(engine).await;
    assert_eq!(told(&all).len(), 1);
    let mut later = day(second).await.expect("proven");
    assert_eq!(told(&later), []);
    later.carry_over(&all);
    assert_eq!(told(&later), told(&all));
    let mut same = day(first).await.expect("proven");
    same.carry_over(&all);
    assert_eq!(told(&same), told(&all), "and is told once");
}

/// A sync that is asked for while a proof reads takes its turn, and neither sees the other's half.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_beside_a_proof_makes_no_difference() {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    for id in ID..ID + 40 {
        bench.put(orders::simple(
            data,
            id,
            bench.clock.now() - TimeDelta::minutes(3),
        ));
    }
    bench.quiet().await;
    for id in ID..ID + 40 {
        let mut order = orders::simple(data, id, bench.clock.now() - TimeDelta::minutes(3));
        orders::edit(&mut order, id);
        bench.put(order);
    }
    bench.sync().await;
    for id in ID + 40..ID + 50 {
        bench.put(orders::simple(
            data,
            id,
            bench.clock.now() - TimeDelta::minutes(3),
        ));
    }
    let (proof, _) = tokio::join!(prove(&bench.practice.engine), bench.sync());
    assert_eq!(told(&proof), []);
    assert_eq!(bench.code(ID + 45), None::<Code>);
    bench.quiet().await;
    assert_eq!(bench.proven().await, 50);
}

/// Whoever ends a proof as soon as it is said to run has ended it, also before its first look.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_is_ended_at_once_does_not_go_on() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, ID);
    sale.paid();
    bench.put_sale(&sale);
    bench.quiet().await;
    let api = &bench.practice.api;
    let whole = json!({"from": null, "to": null});
    for _ in 0..20 {
        let begun = api.call("prove", whole.clone()).await.expect("begun");
        assert_eq!(begun["running"]["running"], true);
        api.call("prove_stop", json!(null)).await.expect("ended");
        let ended = loop {
            let view = api.call("proof", json!(null)).await.expect("readable");
            if view["running"].is_null() {
                break view;
            }
            tokio::task::yield_now().await;
        };
        assert!(
            ended["last"].is_null() && ended["failure"].is_null(),
            "{ended}"
        );
    }
    api.call("prove", whole).await.expect("begun");
    while api.call("proof", json!(null)).await.expect("readable")["last"].is_null() {
        tokio::task::yield_now().await;
    }
}
