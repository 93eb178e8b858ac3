use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Bench;

#[tokio::test]
async fn costs_are_those_of_the_formula() {
    let bench = Bench::new().await;
    for (query, requested) in [
        ("{ shop { name } }", 1),
        ("{ orders(first: 1) { nodes { id } } }", 3),
        ("{ orders(first: 5) { nodes { id } } }", 5),
        ("{ orders(first: 10) { edges { node { id } } } }", 6),
        (
            "{ orders(first: 250) { nodes { id totalPriceSet { shopMoney { amount } } } pageInfo { hasNextPage } } }",
            13,
        ),
        (
            "{ orders(first: 100) { nodes { customer { id } lineItems(first: 10) { nodes { id } } } } }",
            2 + 9 * (1 + 1 + 6),
        ),
        ("{ ordersCount { count } }", 10),
        (
            "{ orders(first: 1) { nodes { purchasingEntity { ... on Customer { id } ... on PurchasingCompany { company { id } } } } } }",
            2 + 1 + 2,
        ),
    ] {
        let answer = bench.answer(query, json!({})).await.json();
        let cost = &answer["extensions"]["cost"];
        assert_eq!(cost["requestedQueryCost"], requested, "{query}: {answer}");
        assert!(
            cost["actualQueryCost"]
                .as_i64()
                .is_some_and(|actual| actual <= requested),
            "{query}"
        );
        assert_eq!(cost["throttleStatus"]["maximumAvailable"], 2000);
    }
    assert_eq!(bench.server.counters().calls, 8);
    assert!(bench.server.counters().points > 0);
}

#[tokio::test]
async fn a_query_that_is_too_dear_is_refused_and_an_empty_bucket_throttles() {
    let bench = Bench::new().await;
    let dear = "query($n: Int!) { orders(first: $n) { nodes { lineItems(first: $n) { nodes { id taxLines { rate } product { id } variant { id } duties { id } } }
      shippingLines(first: $n) { nodes { id } } fulfillments(first: 5) { fulfillmentLineItems(first: $n) { nodes { id } } }
      refunds(first: 5) { refundLineItems(first: $n) { nodes { quantity } } } } } }";
    let answer = bench.answer(dear, json!({ "n": 250 })).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (200, "MAX_COST_EXCEEDED")
    );
    assert!(answer.json().get("data").is_none());

    let heavy = "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { id product { id } } } } } }";
    let mut throttled = None;
    for _ in 0..40 {
        let answer = bench.answer(heavy, json!({})).await;
        if answer.json().get("data").is_none() {
            throttled = Some(answer);
            break;
        }
    }
    let throttled = throttled.expect("the bucket is not endless");
    let cost = &throttled.json()["extensions"]["cost"];
    assert_eq!(
        (throttled.status, throttled.code().as_str()),
        (200, "THROTTLED")
    );
    assert!(cost["actualQueryCost"].is_null());
    let wait = (cost["requestedQueryCost"].as_f64().expect("a cost")
        - cost["throttleStatus"]["currentlyAvailable"]
            .as_f64()
            .expect("points"))
        / 100.0;
    bench
        .clock
        .advance(std::time::Duration::from_secs_f64(wait.ceil()));
    assert!(
        bench
            .answer(heavy, json!({}))
            .await
            .json()
            .get("data")
            .is_some(),
        "the clock fills the bucket"
    );
}

#[tokio::test]
async fn pages_have_a_size_and_a_limit() {
    let bench = Bench::new().await;
    for query in [
        "{ orders { nodes { id } } }",
        "{ orders(first: 251) { nodes { id } } }",
        "{ orders(first: 5, after: \"nonsense\") { nodes { id } } }",
    ] {
        let answer = bench.answer(query, json!({})).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (200, "BAD_REQUEST"),
            "{query}: {}",
            answer.text
        );
        assert!(answer.json()["data"].is_null());
    }
    assert!(
        bench
            .answer("{ orders { nodes { id } } }", json!({}))
            .await
            .text
            .contains("you must provide one of first or last")
    );
}

#[tokio::test]
async fn counts_and_paging_end_at_25_000() {
    let start = crate::pair::seeded_start();
    let mut data = crate::shop_data::ShopData::seeded(1, 1, start);
    data.orders = (1..=25_010u32)
        .map(|number| {
            let order = json!({
                "id": format!("gid://shopify/Order/{number}"), "name": format!("#{number}"),
                "createdAt": "2026-10-01T00:00:00Z", "updatedAt": "2026-10-01T00:00:00Z",
            });
            crate::shop_data::OrderLife {
                id: number.to_string(),
                versions: vec![(start, order)],
            }
        })
        .collect();
    let bench = Bench::over(&data, crate::shopify::ShopifyConfig::default()).await;
    let count = bench.data("{ ordersCount(limit: null) { count precision } some: ordersCount { count precision } }", json!({})).await;
    assert_eq!(
        count["ordersCount"],
        json!({ "count": 25_001, "precision": "AT_LEAST" })
    );
    assert_eq!(
        count["some"],
        json!({ "count": 10_000, "precision": "AT_LEAST" }),
        "the default limit"
    );
    let page = "query($after: String) { orders(first: 250, after: $after, sortKey: ID) { nodes { id } pageInfo { endCursor } } }";
    let after = |id: u32| {
        STANDARD.encode(json!({ "last_id": id.to_string(), "last_value": null }).to_string())
    };
    assert_eq!(
        bench.data(page, json!({ "after": after(24_750) })).await["orders"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(250)
    );
    let beyond = bench.answer(page, json!({ "after": after(25_000) })).await;
    assert_eq!(beyond.code(), "BAD_REQUEST", "{}", beyond.text);
}

#[tokio::test]
async fn the_version_header_tells_which_version_answered() {
    let bench = Bench::new().await;
    for (asked, answered) in [
        ("2026-07", "2026-07"),
        ("2024-01", "2026-01"),
        ("unstable", "unstable"),
    ] {
        let path = format!("/admin/api/{asked}/graphql.json");
        let answer = bench
            .send(
                bench
                    .post(&path)
                    .json(&json!({ "query": "{ publicApiVersions { handle supported } }" })),
            )
            .await
            .expect("an answer");
        assert_eq!(answer.headers["x-shopify-api-version"], answered);
        assert!(answer.headers.contains_key("x-request-id"));
        assert!(answer.text.contains("\"2026-07\""));
    }
}
