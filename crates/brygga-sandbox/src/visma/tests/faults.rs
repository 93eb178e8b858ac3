use std::time::Duration;

use serde_json::json;

use super::*;
use crate::faults::{Fault, FaultRule, Side};

fn rule(fault: Fault) -> FaultRule {
    FaultRule::next(Side::Visma, fault)
        .method("POST")
        .path("/SalesOrders")
}

fn body() -> Value {
    order(json!([line("DIVERSE", 1.0, 10.0, 0.0, "HOY")]))
}

#[tokio::test]
async fn a_lost_answer_may_leave_an_order_behind() {
    for (committed, orders) in [(false, 0), (true, 1)] {
        for fault in [
            Fault::Status {
                code: 503,
                committed,
            },
            Fault::Cut { committed },
            Fault::Timeout { committed },
        ] {
            let bench = Bench::new().await;
            bench.faults.add(rule(fault.clone()));
            let patient = if matches!(fault, Fault::Timeout { .. }) {
                Duration::from_millis(200)
            } else {
                Duration::from_secs(3)
            };
            let answer = send(
                bench
                    .request(Method::POST, ORDERS)
                    .json(&body())
                    .timeout(patient),
            )
            .await;
            match fault {
                Fault::Status { .. } => assert_eq!(answer.expect("answers").status, 503),
                _ => assert!(answer.is_err(), "{fault:?}: {answer:?}"),
            }
            assert_eq!(bench.server.orders().len(), orders, "{fault:?}");
            assert_eq!(bench.server.counters().writes, 1);
        }
    }
}

#[tokio::test]
async fn the_other_faults_look_as_they_do_in_life() {
    let mut bench = Bench::new().await;
    bench.order(json!([])).await;
    let all = |fault| FaultRule::next(Side::Visma, fault);

    bench.faults.add(all(Fault::TooMany { retry_after_s: 7 }));
    let answer = bench.get(ORDERS).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));

    bench.faults.add(all(Fault::Html { code: 502 }));
    let answer = bench.get(ORDERS).await;
    assert!(answer.status == 502 && answer.text.starts_with("<!DOCTYPE html>"));

    bench.faults.add(all(Fault::TruncatedJson));
    assert!(serde_json::from_str::<Value>(&bench.get(ORDERS).await.text).is_err());

    bench.faults.add(all(Fault::EmptyPage));
    assert_eq!(bench.get(ORDERS).await.json()["value"], json!([]));
    bench.faults.add(all(Fault::EmptyPage));
    assert_eq!(bench.get("/v1/customer").await.json(), json!([]));

    bench.faults.add(all(Fault::StaleIndex { seconds: 30 }));
    assert_eq!(bench.get(ORDERS).await.json()["totalCount"], 0);
    assert_eq!(bench.get(ORDERS).await.json()["totalCount"], 1);

    bench.faults.add(all(Fault::PreconditionFailed));
    assert_eq!(
        bench
            .patch(&format!("{ORDERS}/SO/000223"), "\"x\"", json!({}))
            .await
            .status,
        412
    );

    bench.faults.add(all(Fault::Unauthorized));
    assert_eq!(bench.get(ORDERS).await.status, 401);
    assert_eq!(bench.get(ORDERS).await.status, 401, "the token is dead");
    bench.renew().await;
    assert_eq!(bench.get(ORDERS).await.status, 200);

    bench.faults.add(all(Fault::RevokedGrant));
    assert_eq!(bench.get(ORDERS).await.status, 401);
    assert_eq!(
        bench
            .token(&[("tenant_id", practice::VISMA_COMPANY_TENANT)])
            .await
            .json()["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn the_control_page_shows_orders_and_takes_faults() {
    let bench = Bench::new().await;
    bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let url = bench.server.url();
    let state = send(bench.client.get(format!("{url}/__control/state")))
        .await
        .expect("answers")
        .json();
    assert_eq!(state["orders"][0]["ref_no"], "5551001");
    assert_eq!(state["orders"][0]["total"], "125.00");
    assert_eq!(state["counters"]["writes"], 1);

    let fault = json!({"side": "visma", "path_contains": "/currency", "fault": {"kind": "html", "code": 503}});
    assert_eq!(
        send(
            bench
                .client
                .post(format!("{url}/__control/faults"))
                .json(&fault)
        )
        .await
        .expect("answers")
        .status,
        204
    );
    assert_eq!(bench.get("/v1/currency").await.status, 503);

    send(
        bench
            .client
            .post(format!("{url}/__control/clock"))
            .json(&json!({"advance_s": 86400})),
    )
    .await
    .expect("answers");
    assert_eq!(
        brygga_core::Clock::now(&*bench.clock),
        start() + chrono::TimeDelta::days(1)
    );

    send(bench.client.post(format!("{url}/__control/reset")))
        .await
        .expect("answers");
    assert_eq!(bench.server.orders(), []);
    assert_eq!(bench.server.counters().calls, 0);
}

#[tokio::test]
async fn another_process_changes_the_company_too() {
    let bench = Bench::new().await;
    let url = format!("{}/__control/change", bench.server.url());
    let change = async |body: Value| {
        send(bench.client.post(&url).json(&body))
            .await
            .expect("answers")
    };
    let closed = change(json!({"change": "period", "id": "202610", "closed": true})).await;
    assert_eq!(closed.status, 200);
    let refused = bench.post(ORDERS, body()).await;
    assert_eq!(refused.codes(), ["1601-FinancialPeriodClosed"]);
    let second = change(json!({"change": "duplicate_customer", "number": "10001"})).await;
    assert!(second.json()["number"].is_string());
    assert_eq!(change(json!({"change": "weather"})).await.status, 400);
    for body in [
        json!({"change": "list_lag", "seconds": 30}),
        json!({"change": "item_gone", "number": "DIVERSE"}),
        json!({"change": "invoice_rounding", "to": "1"}),
        json!({"change": "role", "missing": true}),
    ] {
        assert_eq!(change(body.clone()).await.status, 200, "{body}");
    }
}

#[tokio::test]
async fn a_server_that_is_shut_down_is_gone() {
    let bench = Bench::new().await;
    let url = bench.server.url();
    bench.server.shutdown().await;
    assert!(bench.client.get(url).send().await.is_err());
}
