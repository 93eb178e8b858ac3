//! For every call that writes: the answer is lost after the effect, and before it. One customer, one document, to the cent.

use std::time::Duration;

use brygga_core::Clock as _;
use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::VatRounding;
use brygga_store::RecordState;
use brygga_tests::{Bench, events, orders};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ID: u64 = 940_001;
const EMAIL: &str = "tapt.svar@example.no";

fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for committed in [true, false] {
        faults.extend([
            Fault::Timeout { committed },
            Fault::Status {
                code: 503,
                committed,
            },
            Fault::Cut { committed },
        ]);
    }
    // The effect, and half an answer; a page of something in between, and no effect; a token that has just ended.
    faults.extend([
        Fault::TruncatedJson,
        Fault::Html { code: 200 },
        Fault::Html { code: 502 },
        Fault::Unauthorized,
        Fault::TooMany { retry_after_s: 2 },
        Fault::PreconditionFailed,
    ]);
    faults
}

async fn bench() -> (Bench, Value) {
    bench_with(Duration::from_millis(800)).await
}

/// With so much real time for an answer: what never comes costs this much.
async fn bench_with(patience: Duration) -> (Bench, Value) {
    let bench = Bench::patient(40, VatRounding::Line, patience).await;
    bench
        .clock
        .set(brygga_sandbox::pair::seeded_start() - TimeDelta::days(20));
    // The list lags every write by a little less than the two look-ups are apart.
    bench.practice.pair.visma().list_lag(Duration::from_secs(4));
    let mut order = orders::simple(
        bench.practice.pair.shop_data(),
        ID,
        bench.clock.now() - TimeDelta::minutes(3),
    );
    order["email"] = json!(EMAIL);
    order["customer"]["id"] = json!("gid://shopify/Customer/99001");
    order["customer"]["legacyResourceId"] = json!("99001");
    order["customer"]["defaultEmailAddress"] = json!({ "emailAddress": EMAIL });
    (bench, order)
}

/// Syncs until quiet; what a fault stopped goes on with the next run.
async fn settle(bench: &Bench) {
    for _ in 0..12 {
        let report = bench
            .practice
            .engine
            .sync(RunOptions::default())
            .await
            .expect("no other run");
        if report.failure.is_none() && report.decided == 0 {
            return;
        }
        bench.clock.advance(Duration::from_mins(20));
    }
    panic!("it does not get quiet: {:?}", bench.record(ID));
}

async fn one_of_each(bench: &Bench, total: i64, status: &str, what: &str) {
    let documents = bench.documents(ID);
    assert_eq!(documents.len(), 1, "{what}: {documents:#?}");
    assert_eq!(documents[0].status, status, "{what}");
    assert_eq!(documents[0].total, total.into(), "{what}");
    let customers = bench.practice.pair.visma().customers();
    let ours = customers
        .into_iter()
        .filter(|customer| Value::Object(customer.clone()).to_string().contains(EMAIL))
        .count();
    assert_eq!(ours, 1, "{what}: customers");
    assert_eq!(
        bench.record(ID).state,
        RecordState::Booked,
        "{what}: {:?}",
        bench.record(ID).problem
    );
    bench.proven().await;
    let writes = bench.writes();
    settle(bench).await;
    assert_eq!(bench.writes(), writes, "{what}: nothing more to write");
}

async fn lost(method: &str, path: &str, change: Option<fn(&mut Value)>, total: i64, status: &str) {
    for fault in faults() {
        // A create has no version to fail on.
        if fault == Fault::PreconditionFailed && change.is_none() {
            continue;
        }
        let what = format!("{method} {path} {fault:?}");
        let (bench, mut order) = bench().await;
        let rule = FaultRule::next(Side::Visma, fault)
            .method(method)
            .path(path)
            .times(1);
        if let Some(change) = change {
            bench.put(order.clone());
            settle(&bench).await;
            change(&mut order);
        }
        bench.practice.pair.faults().add(rule);
        bench.put(order);
        settle(&bench).await;
        assert_eq!(
            bench.practice.pair.faults().fired().len(),
            1,
            "{what}: the fault was met"
        );
        one_of_each(&bench, total, status, &what).await;
    }
}

fn edited(order: &mut Value) {
    orders::edit(order, ID);
    order["shippingAddress"]["address1"] = json!("Nye gate 7");
}

fn cancelled(order: &mut Value) {
    order["cancelledAt"] = order["createdAt"].clone();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_new_customer() {
    lost("POST", "/v1/customer", None, 450, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_new_order() {
    lost("POST", "/api/v3/SalesOrders", None, 450, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_changed_line() {
    lost("PATCH", "/lines", Some(edited), 475, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_changed_head() {
    lost("PATCH", "/api/v3/SalesOrders", Some(edited), 475, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_added_line() {
    lost("POST", "/lines", Some(edited), 475, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_removed_line() {
    lost("DELETE", "/lines", Some(edited), 475, "Open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_cancellation() {
    lost(
        "PATCH",
        "/api/v3/SalesOrders",
        Some(cancelled),
        450,
        "Cancelled",
    )
    .await;
}

/// The shop's order shows what stands in the books. An answer about that, lost, keeps nothing from going on: neither the
/// order's parts, nor what is edited afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_written_back() {
    for fault in faults() {
        if fault == Fault::PreconditionFailed {
            continue;
        }
        let what = format!("write-back {fault:?}");
        let (bench, mut order) = bench().await;
        let at = order["createdAt"].as_str().expect("text").to_owned();
        events::paid(&mut order, ID * 10, "450.0");
        events::sent(&mut order, ID * 10 + 5, &at, &[(1, 1)]);
        let rule = FaultRule::next(Side::Shopify, fault).operation("MetafieldsSet");
        bench.practice.pair.faults().add(rule.times(1));
        bench.put(order.clone());
        settle(&bench).await;
        assert_eq!(bench.practice.pair.faults().fired().len(), 1, "{what}");
        let shopify = bench.practice.pair.shopify();
        let number = shopify.order_metafield(ID, "visma", "invoice_number");
        assert!(number.is_some(), "{what}: the order shows its invoice");
        order["shippingAddress"]["address1"] = json!("Nye gate 7");
        bench.put(order);
        settle(&bench).await;
        assert_eq!(bench.documents(ID).len(), 1, "{what}");
        assert_eq!(bench.record(ID).problem, None, "{what}");
    }
}

/// What one order does not know of its new customer, the other orders of that customer do not know either: they wait for it,
/// and nothing else stops.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_customer_with_several_orders() {
    for fault in faults() {
        let what = format!("several orders, {fault:?}");
        let (bench, order) = bench().await;
        let data = bench.practice.pair.shop_data();
        let at = bench.clock.now() - TimeDelta::minutes(3);
        let mut ids = vec![ID];
        bench.put(order.clone());
        for id in ID + 1..ID + 4 {
            let mut other = orders::simple(data, id, at);
            for field in ["email", "customer"] {
                other[field] = order[field].clone();
            }
            bench.put(other);
            ids.push(id);
        }
        // One of somebody else, who has nothing to do with it.
        bench.put(orders::simple(data, ID + 4, at));
        ids.push(ID + 4);
        let rule = FaultRule::next(Side::Visma, fault.clone());
        let rule = rule.method("POST").path("/v1/customer");
        bench.practice.pair.faults().add(rule);
        let report = bench.practice.engine.sync(RunOptions::default()).await;
        let report = report.expect("no other run");
        assert_eq!(report.failure, None, "{what}");
        settle(&bench).await;
        for id in ids {
            assert_eq!(bench.documents(id).len(), 1, "{what}: order {id}");
        }
        one_of_each(&bench, 450, "Open", &what).await;
    }
}

/// An order whose new customer may be there or not, while customers cannot be looked up.
async fn left_open() -> (Bench, Value) {
    let (bench, order) = bench_with(Duration::from_secs(10)).await;
    let mut known = order.clone();
    for field in ["id", "legacyResourceId", "name"] {
        let text = known[field].as_str().expect("text");
        known[field] = json!(text.replace(&ID.to_string(), &(ID + 1).to_string()));
    }
    known["email"] = json!("kjent.fra.for@example.no");
    known["customer"]["id"] = json!("gid://shopify/Customer/99002");
    known["customer"]["legacyResourceId"] = json!("99002");
    bench.put(known.clone());
    settle(&bench).await;
    // Read now, so that the next calls are about customers alone.
    let catalogue = bench.practice.engine.catalogue().await;
    catalogue.expect("Visma.net answers");
    let faults = bench.practice.pair.faults();
    let lost = Fault::Cut { committed: true };
    faults.add(
        FaultRule::next(Side::Visma, lost)
            .method("POST")
            .path("/v1/customer"),
    );
    let broken = Fault::Status {
        code: 500,
        committed: false,
    };
    // The look-up before the customer is made passes, those after it do not.
    let rule = FaultRule::next(Side::Visma, broken)
        .method("GET")
        .path("/v1/customer");
    faults.add(rule.after(1).times(100_000));
    bench.put(order);
    let report = bench.practice.engine.sync(RunOptions::default()).await;
    report.expect("no other run");
    assert_eq!(bench.documents(ID).len(), 0);
    let code = bench.code(ID);
    assert_eq!(code, Some(brygga_core::Code::WaitingOutcome));
    (bench, known)
}

/// Another order of the buyer that is known already.
fn next_of(bench: &Bench, known: &Value) -> u64 {
    let data = bench.practice.pair.shop_data();
    let mut next = orders::simple(data, ID + 2, bench.clock.now());
    for field in ["email", "customer"] {
        next[field] = known[field].clone();
    }
    bench.put(next);
    ID + 2
}

#[tokio::test(flavor = "multi_thread")]
async fn that_cannot_be_looked_up_stop_nobody_else() {
    let (bench, known) = left_open().await;
    let next = next_of(&bench, &known);
    let report = bench.practice.engine.sync(RunOptions::default()).await;
    assert_eq!(report.expect("no other run").failure, None);
    assert_eq!(bench.documents(next).len(), 1);
    assert_eq!(bench.record(ID).state, RecordState::Waiting);
    bench.practice.pair.faults().clear();
    settle(&bench).await;
    one_of_each(&bench, 450, "Open", "after all").await;
}

/// While it was not known, somebody copied the customer in Visma.net: a question about one order, and about no other.
#[tokio::test(flavor = "multi_thread")]
async fn that_became_two_customers_are_a_question() {
    let (bench, known) = left_open().await;
    let visma = bench.practice.pair.visma();
    let made = visma
        .customers()
        .into_iter()
        .find(|customer| Value::Object(customer.clone()).to_string().contains(EMAIL));
    let made = made.expect("the answer was lost, not the customer");
    let twin = visma.add_duplicate_customer(made["number"].as_str().expect("a number"));
    twin.expect("a twin");
    bench.practice.pair.faults().clear();
    let next = next_of(&bench, &known);
    settle(&bench).await;
    assert_eq!(bench.documents(next).len(), 1);
    let row = bench.record(ID);
    assert_eq!(row.state, RecordState::Held);
    let code = row.problem.expect("a question").code;
    assert_eq!(code, brygga_core::Code::CustomerAmbiguous);
    assert_eq!(bench.documents(ID).len(), 0);
}
