use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Bench, moment};

const PAGE: &str = "query Page($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor } nodes { id name updatedAt createdAt }
  }
}";

async fn all(bench: &Bench, query: &str, size: i32) -> Vec<Value> {
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = bench
            .data(
                PAGE,
                json!({ "first": size, "after": after, "query": query }),
            )
            .await;
        found.extend(data["orders"]["nodes"].as_array().expect("a list").clone());
        if data["orders"]["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = data["orders"]["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn pages_follow_each_other_in_the_order_asked_for() {
    let bench = Bench::new().await;
    let orders = all(&bench, "", 50).await;
    assert_eq!(orders.len(), 120);
    assert_eq!(
        orders
            .iter()
            .map(|order| order["id"].to_string())
            .collect::<BTreeSet<_>>()
            .len(),
        120
    );
    assert!(
        orders.is_sorted_by_key(|order| order["updatedAt"].as_str().expect("a moment").to_owned())
    );
    let data = bench.data("{ orders(first: 3) { edges { cursor node { processedAt } } } newest: orders(last: 1, sortKey: CREATED_AT) { nodes { createdAt } } }", json!({})).await;
    let edges = data["orders"]["edges"].as_array().expect("edges");
    assert!(
        edges.is_sorted_by_key(|edge| edge["node"]["processedAt"]
            .as_str()
            .expect("a moment")
            .to_owned()),
        "PROCESSED_AT by default"
    );
    let newest = orders
        .iter()
        .map(|order| order["createdAt"].as_str().expect("a moment"))
        .max();
    assert_eq!(data["newest"]["nodes"][0]["createdAt"].as_str(), newest);
}

#[tokio::test]
async fn a_filter_by_time_goes_through_an_index_that_lags() {
    let bench = Bench::new().await;
    let orders = all(&bench, "", 250).await;
    let last = orders.last().expect("many")["updatedAt"]
        .as_str()
        .expect("a moment")
        .to_owned();
    let since = format!("updated_at:>='{last}'");
    assert!(!all(&bench, &since, 10).await.is_empty());
    let id = orders[0]["id"].as_str().expect("an id");
    let now = "2026-11-05T12:00:00Z";
    assert!(
        bench
            .server
            .change_order(id, |order| order["note"] = json!("changed"))
    );
    let query = format!("updated_at:>='{now}'");
    assert!(
        all(&bench, &query, 10).await.is_empty(),
        "the index does not know yet"
    );
    assert_eq!(
        bench
            .data(
                "query($id: ID!) { order(id: $id) { note updatedAt } }",
                json!({ "id": id })
            )
            .await["order"]["updatedAt"],
        now
    );
    bench.clock.advance(std::time::Duration::from_secs(3));
    assert_eq!(all(&bench, &query, 10).await.len(), 1);
}

#[tokio::test]
async fn orders_appear_and_change_as_the_clock_moves() {
    let bench = Bench::new().await;
    bench.clock.set(moment("2026-10-10T00:00:00Z"));
    let early = all(&bench, "", 250).await;
    assert!((10..100).contains(&early.len()), "{}", early.len());
    bench.clock.set(moment("2026-11-05T12:00:00Z"));
    let by_id = |orders: &[Value]| {
        orders
            .iter()
            .map(|order| (order["id"].to_string(), order["updatedAt"].to_string()))
            .collect::<BTreeSet<_>>()
    };
    let late = by_id(&all(&bench, "", 250).await);
    assert!(
        by_id(&early).difference(&late).count() > 0,
        "some orders have changed since"
    );
    let count = bench
        .data(
            "{ ordersCount { count precision } test: ordersCount(query: \"test:true\") { count } }",
            json!({}),
        )
        .await;
    assert_eq!(
        count["ordersCount"],
        json!({ "count": 120, "precision": "EXACT" })
    );
    assert!(
        count["test"]["count"]
            .as_i64()
            .is_some_and(|tests| tests < 60)
    );
}

#[tokio::test]
async fn an_unknown_filter_is_ignored_and_only_warned_of() {
    let bench = Bench::new().await;
    let answer = bench
        .answer(
            PAGE,
            json!({ "first": 250, "query": "updated_since:'2099-01-01'" }),
        )
        .await
        .json();
    assert_eq!(
        answer["data"]["orders"]["nodes"].as_array().map(Vec::len),
        Some(120)
    );
    let search = &answer["extensions"]["search"][0];
    assert_eq!(search["path"], json!(["orders"]));
    assert_eq!(
        search["warnings"][0],
        json!({ "field": "updated_since", "message": "Invalid search field for this query.", "code": "invalid_field" })
    );
    let refused = bench
        .answer(PAGE, json!({ "first": 1, "query": "risk_level:high" }))
        .await;
    assert!(
        refused.text.contains("cannot search by risk_level"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn an_order_with_260_lines_is_read_page_by_page() {
    let bench = Bench::new().await;
    let query = "query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id } } } }";
    let state = bench.server.state();
    let long = state["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .find(|order| {
            let full = bench
                .server
                .order(order["id"].as_str().expect("an id"))
                .expect("there");
            full["lineItems"]
                .as_array()
                .is_some_and(|lines| lines.len() == 260)
        });
    let id = long.expect("one long order")["id"].clone();
    let (mut lines, mut after) = (BTreeSet::new(), Value::Null);
    for expected in [100, 200, 260] {
        let page =
            bench.data(query, json!({ "id": id, "after": after })).await["order"]["lineItems"]
                .clone();
        lines.extend(
            page["nodes"]
                .as_array()
                .expect("lines")
                .iter()
                .map(|line| line["id"].to_string()),
        );
        assert_eq!(lines.len(), expected);
        assert_eq!(page["pageInfo"]["hasNextPage"], expected < 260);
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn nodes_of_all_kinds_are_found_by_id() {
    let bench = Bench::new().await;
    let first = bench.data("{ orders(first: 50) { nodes { id lineItems(first: 1) { nodes { id } } refunds(first: 1) { id } customer { id numberOfOrders } } } customers(first: 1) { nodes { id email orders(first: 5) { nodes { id } } } } products(first: 1) { nodes { id variants(first: 1) { nodes { id product { id } } } } } locations(first: 1) { nodes { id name } } }", json!({})).await;
    let refund = first["orders"]["nodes"]
        .as_array()
        .expect("orders")
        .iter()
        .find_map(|order| order["refunds"][0]["id"].as_str().map(str::to_owned))
        .expect("a refund");
    let product = &first["products"]["nodes"][0];
    assert_eq!(
        product["variants"]["nodes"][0]["product"]["id"],
        product["id"]
    );
    let ids = [
        first["orders"]["nodes"][0]["lineItems"]["nodes"][0]["id"].clone(),
        json!(refund),
        first["customers"]["nodes"][0]["id"].clone(),
        product["id"].clone(),
    ];
    let query = "query($ids: [ID!]!, $refund: ID!) { nodes(ids: $ids) { __typename id ... on Refund { order { id } refundLineItems(first: 250) { nodes { quantity } } } } refund(id: $refund) { id order { id } } missing: node(id: \"gid://shopify/Order/1\") { id } }";
    let data = bench
        .data(query, json!({ "ids": ids, "refund": refund }))
        .await;
    let types: Vec<_> = data["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["__typename"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(types, ["LineItem", "Refund", "Customer", "Product"]);
    assert_eq!(
        data["refund"]["order"]["id"],
        data["nodes"][1]["order"]["id"]
    );
    assert_eq!(data["missing"], Value::Null);
}
