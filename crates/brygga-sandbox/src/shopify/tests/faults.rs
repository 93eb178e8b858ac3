use std::time::Duration;

use serde_json::json;

use super::Bench;
use crate::faults::{Fault, FaultRule, Side};

const QUERY: &str =
    "query Names { orders(first: 250, query: \"test:false\") { nodes { id } } shop { name } }";

#[tokio::test]
async fn each_fault_looks_as_it_would() {
    let bench = Bench::new().await;
    let order = |fault: Fault| {
        bench
            .faults
            .add(FaultRule::next(Side::Shopify, fault).operation("Names"));
    };
    order(Fault::TooMany { retry_after_s: 7 });
    let many = bench.answer(QUERY, json!({})).await;
    assert_eq!(
        (many.status, many.headers["retry-after"].to_str().ok()),
        (429, Some("7"))
    );
    order(Fault::Throttled);
    assert_eq!(bench.answer(QUERY, json!({})).await.code(), "THROTTLED");
    order(Fault::Html { code: 502 });
    let page = bench.answer(QUERY, json!({})).await;
    assert!(page.status == 502 && page.text.starts_with("<!DOCTYPE html>"));
    order(Fault::TruncatedJson);
    let half = bench.answer(QUERY, json!({})).await;
    assert!(half.status == 200 && serde_json::from_str::<serde_json::Value>(&half.text).is_err());
    order(Fault::EmptyPage);
    assert_eq!(
        bench.data(QUERY, json!({})).await["orders"]["nodes"],
        json!([])
    );
    order(Fault::StaleIndex {
        seconds: 40 * 86_400,
    });
    assert_eq!(
        bench.data(QUERY, json!({})).await["orders"]["nodes"],
        json!([])
    );
    order(Fault::Duplicate);
    let twice = bench.data(QUERY, json!({})).await["orders"]["nodes"].clone();
    assert_eq!(twice[0], twice[1]);
    order(Fault::Cut { committed: false });
    assert!(
        bench
            .send(bench.post(super::API).json(&json!({ "query": QUERY })))
            .await
            .is_err()
    );
    order(Fault::SlowBody { millis: 5 });
    assert!(bench.data(QUERY, json!({})).await["shop"]["name"].is_string());
    order(Fault::Timeout { committed: false });
    let hurried = bench
        .post(super::API)
        .json(&json!({ "query": QUERY }))
        .timeout(Duration::from_millis(200));
    assert!(
        bench
            .send(hurried)
            .await
            .is_err_and(|error| error.is_timeout())
    );
    assert_eq!(bench.faults.fired().len(), 10);
    assert!(
        bench.data(QUERY, json!({})).await["orders"]["nodes"]
            .as_array()
            .is_some_and(|orders| orders.len() > 90)
    );
}

#[tokio::test]
async fn a_dead_access_token_can_be_replaced() {
    let mut bench = Bench::new().await;
    bench.token = bench.token_request(&super::GOOD).await.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    bench
        .faults
        .add(FaultRule::next(Side::Shopify, Fault::Unauthorized).path("graphql.json"));
    assert_eq!(bench.answer(QUERY, json!({})).await.status, 401);
    assert_eq!(bench.answer(QUERY, json!({})).await.status, 401);
    bench.token = bench.token_request(&super::GOOD).await.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(bench.answer(QUERY, json!({})).await.status, 200);
}

#[tokio::test]
async fn control_shows_and_changes_the_server() {
    let bench = Bench::new().await;
    let url = |path: &str| format!("{}/__control/{path}", bench.server.url());
    let rule = json!({ "side": "shopify", "operation": "Names", "fault": { "kind": "status", "code": 500, "committed": false } });
    assert_eq!(
        bench
            .send(bench.http.post(url("faults")).json(&rule))
            .await
            .expect("an answer")
            .status,
        200
    );
    assert_eq!(bench.answer(QUERY, json!({})).await.status, 500);
    let config = bench
        .send(
            bench
                .http
                .post(url("config"))
                .json(&json!({ "index_lag_s": 60 })),
        )
        .await
        .expect("an answer");
    assert_eq!(
        (
            config.json()["index_lag_s"].as_i64(),
            config.json()["app_installed"].as_bool()
        ),
        (Some(60), Some(true))
    );
    assert_eq!(
        bench
            .send(bench.http.post(url("config")).json(&json!({ "colour": 1 })))
            .await
            .expect("an answer")
            .status,
        400
    );
    let clock = bench
        .send(
            bench
                .http
                .post(url("clock"))
                .json(&json!({ "advance_s": 30 })),
        )
        .await
        .expect("an answer");
    assert_eq!(clock.json()["now"], "2026-11-05T12:00:30Z");
    let state = bench
        .send(bench.http.get(url("state")))
        .await
        .expect("an answer")
        .json();
    assert_eq!(state["orders"].as_array().map(Vec::len), Some(120));
    assert_eq!(state["counters"]["calls"], 1);
    assert_eq!(state["faults"]["fired"][0]["operation"], "Names");
    bench
        .send(bench.http.post(url("reset")))
        .await
        .expect("an answer");
    assert_eq!(bench.server.counters().calls, 0);
    assert_eq!(bench.server.config().index_lag_s, 3);
}
