//! What is told back to orders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brygga_core::Code;
use brygga_core::shop::OrderId;
use brygga_shopify::{FieldDefinition, MetafieldDraft, Shopify, WriteFailure, WroteBack};
use common::*;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

fn id() -> OrderId {
    OrderId("1".to_owned())
}

fn definition(key: &str, kind: &str) -> FieldDefinition {
    FieldDefinition {
        namespace: "visma".into(),
        key: key.into(),
        name: "Invoice".into(),
        kind: kind.into(),
    }
}

fn draft(key: &str, digest: Option<&str>) -> MetafieldDraft {
    MetafieldDraft {
        namespace: "visma".into(),
        key: key.into(),
        kind: "single_line_text_field".into(),
        value: "100031".into(),
        compare_digest: digest.map(str::to_owned),
    }
}

async fn served(
    server: &MockServer,
    answer: impl Fn(&str, &Value) -> Value + Send + Sync + 'static,
) -> Shopify {
    with_api(server, answer).await;
    shop(server, by_token()).0
}

async fn operations(server: &MockServer) -> Vec<String> {
    server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            body["operationName"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn known(types: &[(&str, &str)]) -> Value {
    let rows: Vec<Value> = types
        .iter()
        .map(|(key, kind)| json!({"key": key, "type": {"name": kind}}))
        .collect();
    json!({"data": {"metafieldDefinitions": connection(&rows, 0, 50)}})
}

fn errors(root: &str, errors: &Value) -> Value {
    json!({"data": {root: {"createdDefinition": null, "metafields": null, "node": null, "order": null, "userErrors": errors}}})
}

#[tokio::test]
async fn only_definitions_that_are_not_there_are_made() {
    let server = MockServer::start().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let shop = served(&server, move |operation, variables| match operation {
        "MetafieldDefinitions" => known(&[("invoice", "single_line_text_field")]),
        "MetafieldDefinitionCreate" => {
            let made = &variables["definition"];
            assert_eq!(
                (&made["ownerType"], &made["namespace"]),
                (&json!("ORDER"), &json!("visma"))
            );
            let error =
                |code: &str| json!([{"code": code, "field": ["definition"], "message": "no"}]);
            match made["key"].as_str() {
                // Made in between.
                Some("taken") => errors("metafieldDefinitionCreate", &error("TAKEN")),
                Some("due") if made["pin"] == true => {
                    errors("metafieldDefinitionCreate", &error("PINNED_LIMIT_REACHED"))
                }
                Some("due") => {
                    tries.fetch_add(1, Ordering::SeqCst);
                    errors("metafieldDefinitionCreate", &json!([]))
                }
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other}"),
    })
    .await;
    let wanted = [
        definition("invoice", "single_line_text_field"),
        definition("taken", "date"),
        definition("due", "date"),
    ];
    assert_eq!(shop.ensure_definitions(&wanted).await, Ok(()));
    assert_eq!(
        operations(&server).await,
        [
            "MetafieldDefinitions",
            "MetafieldDefinitionCreate",
            "MetafieldDefinitionCreate",
            "MetafieldDefinitionCreate"
        ]
    );

    let other = [definition("invoice", "date")];
    assert!(
        matches!(shop.ensure_definitions(&other).await, Err(WriteFailure::Refused(problem)) if problem.code == Code::ShopRefused)
    );
}

#[tokio::test]
async fn fields_are_set_against_what_was_read() {
    let server = MockServer::start().await;
    let shop = served(&server, |operation, variables| match operation {
        "OrderWriteBackState" => {
            assert_eq!(variables["namespace"], "visma");
            let rows = [json!({"key": "invoice", "type": "single_line_text_field", "value": "100030", "compareDigest": "d1"})];
            json!({"data": {"order": {"id": variables["id"], "tags": ["vip"], "canMarkAsPaid": true, "metafields": connection(&rows, 0, 50)}}})
        }
        "MetafieldsSet" => {
            let sent = variables["metafields"].as_array().unwrap();
            // Null is sent, not left out: it says that there must be none.
            assert!(sent.iter().all(|field| field.as_object().unwrap().contains_key("compareDigest")));
            assert_eq!(sent[0]["ownerId"], "gid://shopify/Order/1");
            match sent[0]["compareDigest"].as_str() {
                Some("old") => errors("metafieldsSet", &json!([{"code": "STALE_OBJECT", "field": ["metafields", "0"], "message": "stale"}])),
                Some("bad") => errors("metafieldsSet", &json!([{"code": "INVALID_VALUE", "field": ["metafields", "0", "value"], "message": "no date"}])),
                _ => json!({"data": {"metafieldsSet": {"metafields": [], "userErrors": []}}}),
            }
        }
        other => panic!("{other}"),
    })
    .await;
    let state = shop
        .read_back_fields(&id(), "visma")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            state.fields[0].value.as_str(),
            state.fields[0].compare_digest.as_str()
        ),
        ("100030", "d1")
    );
    assert!(state.can_mark_as_paid);
    assert_eq!(state.tags, ["vip"]);

    let write = |fields: Vec<MetafieldDraft>| {
        let shop = shop.clone();
        async move { shop.write_back(&id(), &fields).await }
    };
    assert_eq!(write(vec![]).await, Ok(WroteBack::Done));
    assert_eq!(
        write(vec![draft("invoice", Some("d1")), draft("due", None)]).await,
        Ok(WroteBack::Done)
    );
    assert_eq!(
        write(vec![draft("invoice", Some("old"))]).await,
        Ok(WroteBack::Stale)
    );
    let refused = write(vec![draft("due", Some("bad"))]).await.unwrap_err();
    assert!(
        matches!(&refused, WriteFailure::Refused(problem) if problem.params["field"] == "due" && problem.params["reason"].contains("no date")),
        "{refused:?}"
    );
    // 25 in one call.
    let many: Vec<MetafieldDraft> = (0..26)
        .map(|number| draft(&format!("k{number}"), None))
        .collect();
    let before = operations(&server).await.len();
    assert_eq!(write(many).await, Ok(WroteBack::Done));
    assert_eq!(operations(&server).await.len(), before + 2);
}

#[tokio::test]
async fn an_order_that_is_not_there_has_no_state() {
    let server = MockServer::start().await;
    let shop = served(&server, |_, _| json!({"data": {"order": null}})).await;
    assert_eq!(shop.read_back_fields(&id(), "visma").await, Ok(None));
}

#[tokio::test]
async fn tags_and_paid_end_in_their_own_ways() {
    let server = MockServer::start().await;
    let shop = served(&server, |operation, variables| match operation {
        "TagsAdd" => {
            assert_eq!(variables["tags"], json!(["visma"]));
            json!({"data": {"tagsAdd": {"node": {"id": variables["id"]}, "userErrors": []}}})
        }
        "OrderMarkAsPaid" => errors(
            "orderMarkAsPaid",
            &json!([{"field": ["id"], "message": "Order cannot be marked as paid."}]),
        ),
        other => panic!("{other}"),
    })
    .await;
    assert_eq!(shop.add_tags(&id(), &[]).await, Ok(()));
    assert_eq!(shop.add_tags(&id(), &["visma".to_owned()]).await, Ok(()));
    assert!(
        matches!(shop.mark_as_paid(&id()).await, Err(WriteFailure::Refused(problem)) if problem.params["reason"] == "Order cannot be marked as paid.")
    );
    assert_eq!(operations(&server).await, ["TagsAdd", "OrderMarkAsPaid"]);
}

#[tokio::test]
async fn money_is_never_marked_twice_by_a_lost_answer() {
    let server = MockServer::start().await;
    with_answer(&server, ResponseTemplate::new(502)).await;
    let shop = shop(&server, by_token()).0;
    assert!(matches!(
        shop.mark_as_paid(&id()).await,
        Err(WriteFailure::Unknown(_))
    ));
    assert_eq!(operations(&server).await, ["OrderMarkAsPaid"]);
    assert!(matches!(
        shop.write_back(&id(), &[draft("invoice", None)]).await,
        Err(WriteFailure::Unknown(_))
    ));
    assert_eq!(
        operations(&server).await,
        ["OrderMarkAsPaid", "MetafieldsSet"]
    );
}

#[tokio::test]
async fn a_denied_write_is_not_done() {
    let server = MockServer::start().await;
    let shop = served(&server, |_, _| {
        json!({"data": {"tagsAdd": null}, "errors": [{"message": "Access denied for tagsAdd field.", "path": ["tagsAdd"],
            "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`write_orders` access scope."}}]})
    })
    .await;
    assert!(
        matches!(shop.add_tags(&id(), &["x".to_owned()]).await, Err(WriteFailure::NotSent(problem)) if problem.code == Code::ShopAccess)
    );
}
