//! Scopes, withheld data, validation: what is refused, and in which words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Bench;
use crate::shopify::ShopifyConfig;
use crate::shopify::resolve::{PROTECTED, RULES};

fn spec(name: &str) -> Option<String> {
    let path = format!(
        "{}/../../../shared/spec/shopify/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: {path} is not there");
    }
    text
}

#[test]
fn the_access_rules_are_those_of_the_specification() {
    let Some(text) = spec("access-2026-10.tsv") else {
        return;
    };
    let official: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split('\t').nth(1).zip(line.split('\t').nth(2)))
        .collect();
    for rule in &RULES {
        assert_eq!(official.get(rule.name), Some(&rule.text), "{}", rule.name);
        assert!(
            // Some official texts name no scope at all.
            !rule.text.contains('`')
                || rule
                    .scopes
                    .iter()
                    .all(|scope| rule.text.contains(&format!("`{scope}`"))),
            "{}",
            rule.name
        );
    }
}

#[test]
fn all_protected_fields_of_the_schema_are_known() {
    let Some(text) = spec("protected-customer-fields-2026-10.tsv") else {
        return;
    };
    let schema =
        apollo_compiler::Schema::parse(include_str!("../schema.graphql"), "schema.graphql")
            .expect("parses");
    for name in text
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
    {
        let (owner, field) = name.split_once('.').expect("Type.field");
        if schema.type_field(owner, field).is_ok() {
            assert!(
                PROTECTED
                    .iter()
                    .any(|(on, fields)| *on == owner && fields.contains(&field)),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_access_denied_in_a_200() {
    let bench = Bench::new().await;
    bench.server.grant_scope("read_customers", false);
    let answer = bench
        .answer(
            "{ orders(first: 50) { nodes { id customer { id } } } shop { name } }",
            json!({}),
        )
        .await;
    let body = answer.json();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (200, "ACCESS_DENIED")
    );
    let error = &body["errors"][0];
    assert_eq!(
        error["message"],
        "Access denied for customer field. Required access: `read_customers` access scope."
    );
    assert_eq!(
        error["extensions"]["requiredAccess"],
        "`read_customers` access scope."
    );
    assert_eq!(error["path"], json!(["orders", "nodes", 0, "customer"]));
    assert!(
        body["data"]["orders"]["nodes"][0]["id"].is_string(),
        "partial data"
    );

    bench.server.grant_scope("write_orders", false);
    let denied = bench
        .answer("{ orders(first: 1) { nodes { id } } }", json!({}))
        .await;
    assert!(denied.json()["data"].is_null());
    assert_eq!(
        denied.json()["errors"][0]["message"],
        "Access denied for orders field. Required access: `read_orders` access scope, `read_marketplace_orders` access scope or `read_quick_sale` access scope."
    );
    let scopes = bench
        .data(
            "{ currentAppInstallation { id accessScopes { handle } app { id } } }",
            json!({}),
        )
        .await;
    let handles: Vec<_> = scopes["currentAppInstallation"]["accessScopes"]
        .as_array()
        .expect("scopes")
        .iter()
        .map(|scope| scope["handle"].as_str().unwrap_or_default())
        .collect();
    assert!(
        handles.contains(&"read_products") && !handles.contains(&"write_orders"),
        "{handles:?}"
    );
}

#[tokio::test]
async fn without_read_all_orders_old_orders_are_not_there() {
    let bench = Bench::new().await;
    let oldest = bench
        .data(
            "{ orders(first: 1, sortKey: CREATED_AT) { nodes { id } } }",
            json!({}),
        )
        .await["orders"]["nodes"][0]["id"]
        .clone();
    bench.clock.set(super::moment("2026-12-10T00:00:00Z"));
    let query = "query($id: ID!) { order(id: $id) { name } ordersCount { count } }";
    assert!(bench.data(query, json!({ "id": oldest })).await["order"]["name"].is_string());
    bench.server.grant_scope("read_all_orders", false);
    let data = bench.data(query, json!({ "id": oldest })).await;
    assert_eq!(data["order"], Value::Null, "null, not an error");
    assert!(
        data["ordersCount"]["count"]
            .as_i64()
            .is_some_and(|count| count > 0 && count < 120)
    );
}

#[tokio::test]
async fn withheld_customer_data_is_null_with_an_error() {
    let bench = Bench::with(ShopifyConfig {
        level_2_withheld: true,
        ..ShopifyConfig::default()
    })
    .await;
    let query = "{ orders(first: 100) { nodes { email billingAddress { firstName city countryCodeV2 } customer { id firstName } } } }";
    let answer = bench.answer(query, json!({})).await;
    let body = answer.json();
    assert_eq!(answer.status, 200);
    let orders = body["data"]["orders"]["nodes"].as_array().expect("orders");
    assert!(orders.iter().all(|order| order["email"].is_null() && order["billingAddress"]["firstName"].is_null()));
    assert!(
        orders
            .iter()
            .any(|order| order["billingAddress"]["city"].is_string()),
        "the town is not protected"
    );
    assert!(
        body["errors"][0]["message"]
            .as_str()
            .is_some_and(|message| message.starts_with("This app is not approved to access the "))
    );
}

#[tokio::test]
async fn invalid_documents_fail_in_shopifys_words() {
    let bench = Bench::new().await;
    for (query, code, message) in [
        (
            "{ shop { nmae } }",
            "undefinedField",
            "Field 'nmae' doesn't exist on type 'Shop'",
        ),
        (
            "{ order(id: \"x\") { lineItems(firts: 1) { nodes { id } } } }",
            "argumentNotAccepted",
            "Field 'lineItems' doesn't accept argument 'firts'",
        ),
        (
            "{ order { id } }",
            "missingRequiredArguments",
            "Field 'order' is missing required arguments: id",
        ),
        (
            "query Q($x: Int) { shop { name } }",
            "variableNotUsed",
            "Variable $x is declared by Q but not used",
        ),
        (
            "{ shop @idempotency(key: \"x\") { name } }",
            "undefinedDirective",
            "Directive @idempotency is not defined",
        ),
        (
            "mutation M { tagsAdd(id: \"x\", tags: []) { userErrors { field message code } } }",
            "undefinedField",
            "Field 'code' doesn't exist on type 'UserError'",
        ),
        (
            "mutation M { metafieldsSet(metafields: [{ ownerId: \"x\", key: \"kk\", value: \"v\", color: 1 }]) { userErrors { code } } }",
            "argumentNotAccepted",
            "InputObject 'MetafieldsSetInput' doesn't accept argument 'color'",
        ),
    ] {
        let answer = bench.answer(query, json!({})).await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(answer.code(), code, "{query}: {}", answer.text);
        assert_eq!(answer.json()["errors"][0]["message"], message);
        assert!(answer.json().get("data").is_none());
    }
    let variable = bench
        .answer(
            "query($n: Int!) { orders(first: $n) { nodes { id } } }",
            json!({ "n": "ten" }),
        )
        .await;
    assert_eq!(variable.code(), "INVALID_VARIABLE", "{}", variable.text);
    let syntax = bench.answer("{ shop { name }", json!({})).await;
    assert_eq!(syntax.status, 200);
    assert!(syntax.json()["errors"][0]["message"].is_string());
    let not_json = bench
        .send(bench.post(super::API).body("query"))
        .await
        .expect("an answer");
    assert_eq!(not_json.status, 400);
}
