//! For every call that writes: the answer is lost after the effect, and before it. One customer, one document, to the cent.

use std::time::Duration;

use brygga_core::Clock as _;
use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::VatRounding;
use brygga_store::RecordState;
use brygga_tests::{Bench, orders};
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
    let bench = Bench::patient(40, VatRounding::Line, Duration::from_millis(400)).await;
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
