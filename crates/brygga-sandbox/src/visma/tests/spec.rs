//! The practice Visma.net against the official OpenAPI files, where they are at hand.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::*;
use crate::visma::shape::{Field, Kind, customer::CUSTOMER, inventory, sales_order, shipment};

const SALES_ORDER: &str = "visma-net-salesorder-v3_1.1.0.1279_2025-02.openapi3.json";
pub(super) const ERP: &str = "visma-net-erp-service-api_2025-04-24.openapi3.json";

/// A file of the official specifications, or nothing, said aloud.
pub(super) fn official(name: &str) -> Option<Value> {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/spec/visma"
    ))
    .join(name);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Some(serde_json::from_str(&text).expect("JSON"));
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Follows a `$ref`.
fn resolve<'a>(spec: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolve(
            spec,
            spec.pointer(reference.trim_start_matches('#'))
                .expect("a schema"),
        ),
        None => match schema
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([one]) => resolve(spec, one),
            _ => schema,
        },
    }
}

pub(super) fn schema<'a>(spec: &'a Value, name: &str) -> &'a Value {
    spec.pointer(&format!("/components/schemas/{name}"))
        .unwrap_or_else(|| panic!("no schema {name}"))
}

/// Compares a table of fields with a schema: the same names, types and lengths.
pub(super) fn same_fields(spec: &Value, at: &str, fields: &[Field], wanted: &Value) {
    let properties = wanted["properties"]
        .as_object()
        .unwrap_or_else(|| panic!("{at} has no properties"));
    let ours: BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
    let theirs: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(ours, theirs, "{at}");
    let required: BTreeSet<&str> = wanted["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for field in fields {
        let at = format!("{at}.{}", field.name);
        assert_eq!(field.required, required.contains(field.name), "{at}");
        same_kind(
            spec,
            &at,
            &field.kind,
            resolve(spec, &properties[field.name]),
        );
    }
}

fn same_kind(spec: &Value, at: &str, kind: &Kind, wanted: &Value) {
    let is = |name: &str| assert_eq!(wanted["type"], json!(name), "{at}");
    match kind {
        Kind::Text(max) | Kind::Email(max) => {
            is("string");
            // Custom fields of new orders tell their limit in words only.
            if let Some(limit) = wanted["maxLength"].as_u64() {
                assert_eq!(*max as u64, limit, "{at}");
            } else if !at.contains("customStr") && wanted["format"] != "uuid" {
                assert_eq!(*max, 0, "{at}");
            }
        }
        Kind::Number | Kind::Amount => is("number"),
        Kind::Between(low, high) => {
            is("number");
            assert_eq!(
                (wanted["minimum"].as_i64(), wanted["maximum"].as_i64()),
                (Some(*low), Some(*high)),
                "{at}"
            );
        }
        Kind::Integer => is("integer"),
        Kind::Flag => is("boolean"),
        Kind::Moment => assert_eq!(
            (&wanted["type"], &wanted["format"]),
            (&json!("string"), &json!("date-time")),
            "{at}"
        ),
        Kind::Choice(words) => assert_eq!(json!(words), wanted["enum"], "{at}"),
        Kind::Map => assert!(wanted["additionalProperties"].is_object(), "{at}"),
        Kind::Object(fields) => same_fields(spec, at, fields, wanted),
        Kind::List(of) => {
            is("array");
            same_kind(
                spec,
                &format!("{at}[]"),
                of,
                resolve(spec, &wanted["items"]),
            );
        }
        Kind::Wrapped(of) => {
            let properties = wanted["properties"]
                .as_object()
                .unwrap_or_else(|| panic!("{at} is not wrapped"));
            assert_eq!(properties.keys().collect::<Vec<_>>(), ["value"], "{at}");
            same_kind(spec, at, of, resolve(spec, &properties["value"]));
        }
    }
}

#[test]
fn the_bodies_it_takes_are_the_official_ones() {
    if let Some(spec) = official(SALES_ORDER) {
        for (name, fields) in [
            ("NewSalesOrderCommand", sales_order::NEW_ORDER),
            ("PatchSalesOrderCommand", sales_order::PATCH_ORDER),
            ("AddSalesOrderLinesCommand", sales_order::ADD_LINES),
            ("PatchSalesOrderLinesCommand", sales_order::PATCH_LINES),
        ] {
            same_fields(&spec, name, fields, schema(&spec, name));
        }
    }
    if let Some(spec) = official(ERP) {
        for (name, fields) in [
            ("CustomerUpdateDto", CUSTOMER),
            ("InventoryUpdateDto", inventory::UPDATE),
            ("CreateShipmentActionDto", shipment::CREATE),
            ("ShipmentUpdateDto", shipment::UPDATE),
            ("ShipmentUpdateDeleteLineDto", shipment::DELETE_LINE),
        ] {
            same_fields(&spec, name, fields, schema(&spec, name));
        }
    }
}

/// What in `value` the schema does not allow: unknown names, wrong types, unknown enum values.
pub(super) fn strays(
    spec: &Value,
    at: &str,
    wanted: &Value,
    value: &Value,
    later: &Map<String, Value>,
    found: &mut Vec<String>,
) {
    let wanted = resolve(spec, wanted);
    if value.is_null() {
        return;
    }
    let fits = match wanted["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !fits {
        found.push(format!("{at}: {value} is no {}", wanted["type"]));
    }
    if let Some(words) = wanted["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at}: {value} is none of {words:?}"));
    }
    match value {
        Value::Array(values) => {
            let at = format!("{at}[]");
            for value in values {
                strays(spec, &at, &wanted["items"], value, later, found);
            }
        }
        Value::Object(map) => {
            let Some(properties) = wanted["properties"].as_object() else {
                return;
            };
            for (name, value) in map {
                match properties.get(name) {
                    Some(inner) => {
                        strays(spec, &format!("{at}.{name}"), inner, value, later, found);
                    }
                    // Fields that the API got after the file was written.
                    None if later
                        .values()
                        .flat_map(|names| names.as_array().into_iter().flatten())
                        .any(|known| known == name) => {}
                    None => found.push(format!("{at}.{name} is not declared")),
                }
            }
        }
        _ => {}
    }
}

/// The schema of the 200 answer of `GET path`.
pub(super) fn answer_schema<'a>(spec: &'a Value, path: &str) -> &'a Value {
    let content = &spec["paths"][path]["get"]["responses"]["200"]["content"];
    let content = content
        .as_object()
        .unwrap_or_else(|| panic!("{path} has no answer"));
    content
        .get("application/json")
        .or_else(|| content.values().next())
        .map(|kind| &kind["schema"])
        .expect("a schema")
}

#[tokio::test]
async fn its_answers_are_the_official_ones() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let mut body = order(json!([
        line(&sku, 2.0, 100.0, 10.0, "HOY"),
        line("GAVEKORT", 1.0, 100.0, 0.0, "INGEN")
    ]));
    body["shipping"] = json!({"address": {"line1": "Storgata 1", "postalCode": "0155", "city": "Oslo", "countryId": "NO"}, "contact": {"name": "Kari", "email": "kari@example.no"}});
    body["billing"] = body["shipping"].clone();
    body["paymentSettings"] = json!({"paymentMethodId": "KORT"});
    body["customFields"] = json!({"customStr1": "5551001"});
    body["financialInformation"] = json!({"invoiceDate": "2026-10-02T12:00:00Z"});
    body["freight"] = json!({"premiumAmount": 10, "taxCategoryId": "HOY"});
    assert_eq!(bench.post(ORDERS, body).await.status, 201);
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        204
    );
    let confirmed = bench.shipment_action("000501", "confirmShipment").await;
    let prepared = bench.prepare_invoice("SO", "000223").await;
    assert_eq!(prepared.status, 204, "{}", prepared.text);
    let job = bench
        .background("/v1/shipment/000501/action/confirmShipment", None)
        .await;

    let mut found = Vec::new();
    if let Some(spec) = official(SALES_ORDER) {
        let base = "/api/v3/SalesOrders";
        for (path, template) in [
            (base.to_owned(), base.to_owned()),
            (
                format!("{base}/SO/000223?expand=All"),
                format!("{base}/{{type}}/{{orderId}}"),
            ),
            (
                format!("{base}/SO/000223/lines"),
                format!("{base}/{{type}}/{{orderId}}/lines"),
            ),
            (
                format!("{base}/SO/000223/lines/1"),
                format!("{base}/{{type}}/{{orderId}}/lines/{{lineId}}"),
            ),
            (
                format!("{base}/SO/000223/tax"),
                format!("{base}/{{type}}/{{orderId}}/tax"),
            ),
            (
                format!("{base}/SO/000223/shipment"),
                format!("{base}/{{type}}/{{orderId}}/shipment"),
            ),
            (
                format!("{base}/SO/000223/payments"),
                format!("{base}/{{type}}/{{orderId}}/payments"),
            ),
            (
                "/api/v3/Customers".to_owned(),
                "/api/v3/Customers".to_owned(),
            ),
            (
                "/api/v3/Inventory?pageSize=5&expand=Location".to_owned(),
                "/api/v3/Inventory".to_owned(),
            ),
        ] {
            let answer = bench.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            strays(
                &spec,
                &path,
                answer_schema(&spec, &template),
                &answer.json(),
                &Map::new(),
                &mut found,
            );
        }
        let refused = bench.post(ORDERS, json!({"type": "SO"})).await.json();
        strays(
            &spec,
            "refusal",
            schema(&spec, "SalesOrderValidationProblemDetails"),
            &refused,
            &Map::new(),
            &mut found,
        );
    }
    if let (Some(spec), Some(delta)) = (official(ERP), official("delta_2025-04_to_2026-08.json")) {
        let later = delta["new_fields"].as_object().expect("fields");
        let summary = format!("/v1/inventorysummary/{sku}");
        let state = format!("/v1/background/{job}");
        for (name, answer) in [
            ("ConfirmShipmentActionResultDto", confirmed),
            (
                "CreateShipmentActionResultDto",
                bench.second_shipment_in_v1(&sku).await,
            ),
        ] {
            assert_eq!(answer.status, 200, "{}", answer.text);
            let at = schema(&spec, name);
            strays(&spec, name, at, &answer.json(), later, &mut found);
        }
        for (path, template) in [
            ("/v1/customer", "/v1/customer"),
            ("/v1/customer/HUS-NOK", "/v1/customer/{customerCd}"),
            ("/v1/customer/customerClass", "/v1/customer/customerClass"),
            ("/v1/inventory", "/v1/inventory"),
            ("/v1/inventory/FRAKT", "/v1/inventory/{inventoryNumber}"),
            ("/v1/inventory/itemClass", "/v1/inventory/itemClass"),
            (&summary, "/v1/inventorysummary/{inventoryNumber}"),
            ("/v1/customerSalesPrice", "/v1/customerSalesPrice"),
            ("/v1/shipment", "/v1/shipment"),
            ("/v1/shipment/000501", "/v1/shipment/{shipmentNbr}"),
            (&state, "/v1/background/{requestId}"),
            ("/v1/vat", "/v1/vat"),
            ("/v1/vatCategory", "/v1/vatCategory"),
            ("/v1/vatZone", "/v1/vatZone"),
            ("/v1/warehouse", "/v1/warehouse"),
            ("/v1/currency", "/v1/currency"),
            ("/v1/paymentmethod", "/v1/paymentmethod"),
            ("/v1/cashaccount", "/v1/cashaccount"),
            ("/v1/account", "/v1/account"),
            ("/v2/currencyratetype", "/v2/currencyratetype"),
            ("/v1/branch", "/v1/branch"),
            ("/v1/financialPeriod", "/v1/financialPeriod"),
            ("/v1/salesordertype", "/v1/salesordertype"),
            ("/v1/creditTerm", "/v1/creditTerm"),
            ("/v1/carrier", "/v1/carrier"),
            ("/v2/currencyrate", "/v2/currencyrate"),
        ] {
            let answer = bench.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.text.len() > 20, "{path}: {}", answer.text);
            strays(
                &spec,
                path,
                answer_schema(&spec, template),
                &answer.json(),
                later,
                &mut found,
            );
        }
    }
    found.dedup();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn its_error_codes_are_official_ones() {
    let Some(codes) = official("salesorder-v3_error-codes.json") else {
        return;
    };
    let known: BTreeSet<&str> = codes
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|code| code["code"].as_str())
        .collect();
    let sources = [
        include_str!("../orders/check.rs"),
        include_str!("../orders/create.rs"),
        include_str!("../orders/lines.rs"),
        include_str!("../orders/patch.rs"),
        include_str!("../orders/problem.rs"),
        include_str!("../orders/returns.rs"),
        include_str!("../orders/shipped.rs"),
    ];
    let mut count = 0;
    for text in sources.iter().flat_map(|source| source.split('"')) {
        let mut parts = text.splitn(2, '-');
        if let (Some(number), Some(name)) = (parts.next(), parts.next())
            && number.len() == 4
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            assert!(known.contains(text), "{text}");
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}
