use serde_json::{Value, json};

use super::Bench;
use crate::faults::{Fault, FaultRule, Side};
use crate::shopify::installation_id;

const SET: &str = "mutation Set($fields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $fields) { metafields { id namespace key value compareDigest ownerType } userErrors { field message code } } }";
const TAG: &str = "mutation Tag($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { node { id ... on Order { name tags updatedAt } } userErrors { field message } } }";

async fn first_order(bench: &Bench) -> Value {
    bench
        .data("{ orders(first: 1) { nodes { id name } } }", json!({}))
        .await["orders"]["nodes"][0]
        .clone()
}

#[tokio::test]
async fn metafields_are_upserts_with_a_lock() {
    let bench = Bench::new().await;
    let id = first_order(&bench).await["id"].clone();
    let row = |value: &str, digest: Value| json!([{ "ownerId": id, "namespace": "visma", "key": "number", "type": "single_line_text_field", "value": value, "compareDigest": digest }]);
    let set = bench
        .data(SET, json!({ "fields": row("000223", Value::Null) }))
        .await["metafieldsSet"]
        .clone();
    assert_eq!(set["userErrors"], json!([]));
    let digest = set["metafields"][0]["compareDigest"].clone();
    let stale = bench
        .data(SET, json!({ "fields": row("000224", Value::Null) }))
        .await["metafieldsSet"]
        .clone();
    assert_eq!(
        (
            stale["metafields"].clone(),
            stale["userErrors"][0]["code"].as_str()
        ),
        (Value::Null, Some("STALE_OBJECT"))
    );
    let next = bench
        .data(SET, json!({ "fields": row("000224", digest) }))
        .await["metafieldsSet"]
        .clone();
    assert_eq!(next["metafields"][0]["id"], set["metafields"][0]["id"]);
    let read = bench.data("query($id: ID!) { order(id: $id) { updatedAt metafield(namespace: \"visma\", key: \"number\") { value jsonValue owner { ... on Order { name } } } metafields(first: 5, namespace: \"visma\") { nodes { key } } } }", json!({ "id": id })).await;
    assert_eq!(read["order"]["metafield"]["value"], "000224");
    assert_eq!(
        read["order"]["metafields"]["nodes"],
        json!([{ "key": "number" }])
    );
    assert_eq!(
        read["order"]["updatedAt"], "2026-11-05T12:00:00Z",
        "our own write moves updatedAt"
    );
    assert_eq!(
        (
            bench.server.counters().writes,
            bench.server.counters().lease_writes
        ),
        (3, 0)
    );
}

#[tokio::test]
async fn the_lease_is_counted_apart() {
    let bench = Bench::new().await;
    let fields = json!([{ "ownerId": installation_id(), "namespace": "$app:lease", "key": "holder", "type": "json", "value": "{\"who\":\"desk\"}" }]);
    let set = bench.data(SET, json!({ "fields": fields })).await["metafieldsSet"].clone();
    assert_eq!(set["metafields"][0]["ownerType"], "API_PERMISSION");
    let read = bench.data("{ currentAppInstallation { metafield(namespace: \"$app:lease\", key: \"holder\") { value namespace } } }", json!({})).await;
    assert_eq!(
        read["currentAppInstallation"]["metafield"]["value"],
        "{\"who\":\"desk\"}"
    );
    assert_eq!(
        (
            bench.server.counters().writes,
            bench.server.counters().lease_writes
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn tags_are_a_set_and_stay_in_later_versions() {
    let bench = Bench::new().await;
    let order = first_order(&bench).await;
    let tagged = bench
        .data(
            TAG,
            json!({ "id": order["id"], "tags": ["booked", "Booked"] }),
        )
        .await["tagsAdd"]
        .clone();
    let tags = tagged["node"]["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter(|tag| *tag == "booked")
        .count();
    assert_eq!(
        (tags, tagged["node"]["name"].clone()),
        (1, order["name"].clone())
    );
    let nobody = bench
        .data(TAG, json!({ "id": "gid://shopify/Order/1", "tags": ["x"] }))
        .await["tagsAdd"]
        .clone();
    assert_eq!(nobody["node"], Value::Null);
    assert!(nobody["userErrors"][0]["message"].is_string());
    bench.server.grant_scope("write_orders", false);
    bench.server.grant_scope("read_orders", true);
    let denied = bench
        .answer(TAG, json!({ "id": order["id"], "tags": ["x"] }))
        .await;
    assert_eq!(denied.code(), "ACCESS_DENIED");
}

#[tokio::test]
async fn an_answer_lost_after_the_effect_leaves_the_effect() {
    let bench = Bench::new().await;
    let order = first_order(&bench).await;
    bench.faults.add(
        FaultRule::next(
            Side::Shopify,
            Fault::Status {
                code: 503,
                committed: true,
            },
        )
        .operation("tagsAdd"),
    );
    assert_eq!(
        bench
            .answer(TAG, json!({ "id": order["id"], "tags": ["lost"] }))
            .await
            .status,
        503
    );
    bench.faults.add(
        FaultRule::next(
            Side::Shopify,
            Fault::Status {
                code: 503,
                committed: false,
            },
        )
        .operation("Tag"),
    );
    assert_eq!(
        bench
            .answer(TAG, json!({ "id": order["id"], "tags": ["never"] }))
            .await
            .status,
        503
    );
    let tags = bench
        .data(
            "query($id: ID!) { order(id: $id) { tags } }",
            json!({ "id": order["id"] }),
        )
        .await["order"]["tags"]
        .to_string();
    assert!(tags.contains("lost") && !tags.contains("never"), "{tags}");
}
