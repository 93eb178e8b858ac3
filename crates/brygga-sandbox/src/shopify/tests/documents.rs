//! The client's own documents run here, and the cost formula agrees with what real stores reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Bench;
use crate::shop_data::ShopData;
use crate::shopify::graphql::{self, Request};
use crate::shopify::store::Store;
use crate::shopify::world::{ShopifyConfig, World};

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn world() -> World {
    let start = crate::pair::seeded_start();
    World::new(
        ShopifyConfig::default(),
        Store::new(&ShopData::seeded(2, 1, start)),
        start,
    )
}

/// Every recorded request that the subset schema knows, with the cost that the real store named.
#[test]
fn requested_costs_agree_with_the_recordings() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/shopify");
    if !dir.exists() {
        println!("SKIPPED: {} is not there", dir.display());
        return;
    }
    fn walk(value: &Value, world: &mut World, seen: &mut BTreeMap<String, (u64, u64)>) {
        if let Some(query) = value["query"].as_str() {
            let variables = [&value["variables"], &value["request"]["variables"]]
                .into_iter()
                .find(|one| one.is_object())
                .cloned()
                .unwrap_or(Value::Null);
            let answers = [
                &value["response"],
                &value["response"]["payload"],
                &value["response"]["body"],
            ];
            let real = answers
                .into_iter()
                .find_map(|answer| answer["extensions"]["cost"]["requestedQueryCost"].as_u64());
            if let Some(real) = real
                && let Ok(prepared) = graphql::prepare(
                    world,
                    &Request {
                        query: query.to_owned(),
                        variables: variables.clone(),
                        operation_name: None,
                    },
                )
            {
                seen.insert(
                    format!("{query} {variables}"),
                    (real, u64::from(prepared.requested())),
                );
            }
        }
        match value {
            Value::Object(map) => map.values().for_each(|value| walk(value, world, seen)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, world, seen)),
            _ => {}
        }
    }
    let (mut world, mut seen) = (world(), BTreeMap::new());
    for file in files(&dir, "json") {
        if let Ok(value) = serde_json::from_slice::<Value>(&std::fs::read(&file).expect("readable"))
        {
            walk(&value, &mut world, &mut seen);
        }
    }
    let exact = seen.values().filter(|(real, ours)| real == ours).count();
    println!(
        "{exact} of {} recorded requests cost what the formula says",
        seen.len()
    );
    for (request, (real, ours)) in seen.iter().filter(|(_, (real, ours))| real != ours) {
        println!(
            "real {real}, ours {ours}: {}",
            request.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
    // The formula itself is exact for about nine of ten shapes (facts 3.4).
    assert!(exact * 10 >= seen.len() * 8, "{exact} of {}", seen.len());
}

/// A document of the client with the fragments it uses, as the client puts them together.
fn assembled(text: &str, fragments: &str) -> String {
    format!("{text}\n{}", used_fragments(text, fragments))
}

fn used_fragments(text: &str, fragments: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut todo = vec![text.to_owned()];
    let mut found = String::new();
    while let Some(text) = todo.pop() {
        for name in text
            .split("...")
            .skip(1)
            .filter_map(|rest| rest.split_whitespace().next())
        {
            if name == "on" || names.iter().any(|known| known == name) {
                continue;
            }
            names.push(name.to_owned());
            let start = fragments
                .find(&format!("fragment {name} on "))
                .unwrap_or_else(|| panic!("the fragment {name} is missing"));
            let body = &fragments[start..];
            let end = body.find("\n}").map_or(body.len(), |end| end + 2);
            found.push_str(&body[..end]);
            found.push('\n');
            todo.push(body[..end].to_owned());
        }
    }
    found
}

/// Each document of the client: valid, as dear as its first line says, and answered without an error over the whole seeded month.
#[tokio::test]
async fn the_clients_documents_run_and_cost_what_they_say() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../brygga-shopify/documents");
    let fragments: String = files(&dir.join("fragments"), "graphql")
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("readable") + "\n")
        .collect();
    let bench = Bench::new().await;
    let ids = bench
        .data(
            "{ orders(first: 250) { nodes {
                id refunds { id } customer { id } fulfillmentOrders(first: 1) { nodes { id } }
                purchasingEntity { ... on PurchasingCompany { company { id } } }
            } } }",
            json!({}),
        )
        .await["orders"]["nodes"]
        .clone();
    let orders = ids.as_array().expect("orders");
    let refund = orders
        .iter()
        .find_map(|order| order["refunds"][0]["id"].as_str())
        .expect("a refund");
    let customer = orders
        .iter()
        .find_map(|order| order["customer"]["id"].as_str())
        .expect("a customer");
    let company = orders
        .iter()
        .find_map(|order| order["purchasingEntity"]["company"]["id"].as_str())
        .expect("a company");
    let fulfilment_order = orders
        .iter()
        .find_map(|order| order["fulfillmentOrders"]["nodes"][0]["id"].as_str())
        .expect("a fulfilment order");
    let documents: Vec<PathBuf> = files(&dir, "graphql")
        .into_iter()
        .filter(|file| !file.starts_with(dir.join("fragments")))
        .collect();
    assert!(
        documents.len() >= 5,
        "the client's documents are in {}",
        dir.display()
    );
    for file in documents {
        let text = std::fs::read_to_string(&file).expect("readable");
        let cost: u64 = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# cost: "))
            .and_then(|cost| cost.trim().parse().ok())
            .expect("a cost");
        let document = assembled(&text, &fragments);
        let id = if text.contains("refund(id:") {
            refund
        } else if text.contains("customer(id:") {
            customer
        } else if text.contains("company(id:") {
            company
        } else if text.contains("fulfillmentOrder(id:") {
            fulfilment_order
        } else {
            orders[0]["id"].as_str().expect("an id")
        };
        if text.contains("\nmutation ") || text.starts_with("mutation ") {
            // Valid and as dear as it says; what it does is tested where the mutation is.
            assert_eq!(priced(&document), cost, "{}", file.display());
            continue;
        }
        let variant = "gid://shopify/ProductVariant/44100000032768";
        let item = "gid://shopify/InventoryItem/44100001032768";
        let mut variables = json!({ "id": id, "ids": [variant, item] });
        if text.contains("$query: String!") {
            let field = if text.contains("payouts(") {
                "issued_at"
            } else if text.contains("balanceTransactions(") {
                "processed_at"
            } else {
                "updated_at"
            };
            variables["query"] = json!(format!("{field}:>='2026-10-01T00:00:00Z'"));
        }
        for (name, value) in samples(&document) {
            if variables.get(&name).is_none() && name != "after" {
                variables[name] = value;
            }
        }
        // Those that go on with a list begin at its beginning here.
        if text.contains("$after: String!") {
            variables["after"] = json!(first_cursor());
        }
        let mut pages = 0;
        loop {
            let answer = bench.answer(&document, variables.clone()).await;
            let body = answer.json();
            if answer.code() == "THROTTLED" {
                bench.clock.advance(std::time::Duration::from_secs(20));
                continue;
            }
            assert!(
                body.get("errors").is_none(),
                "{}: {}",
                file.display(),
                body["errors"]
            );
            assert!(
                body["extensions"].get("search").is_none(),
                "{}: {}",
                file.display(),
                body["extensions"]["search"]
            );
            assert_eq!(
                body["extensions"]["cost"]["requestedQueryCost"],
                cost,
                "{}",
                file.display()
            );
            pages += 1;
            let root = body["data"]
                .as_object()
                .and_then(|data| data.values().next())
                .cloned()
                .unwrap_or(Value::Null);
            assert!(!root.is_null(), "{}", file.display());
            if root["pageInfo"]["hasNextPage"] != true {
                break;
            }
            variables["after"] = root["pageInfo"]["endCursor"].clone();
        }
        println!("{}: {pages} pages", file.display());
    }
}

/// What a document costs with sample variables.
fn priced(document: &str) -> u64 {
    let request = Request {
        query: document.to_owned(),
        variables: Value::Object(samples(document).into_iter().collect()),
        operation_name: None,
    };
    match graphql::prepare(&mut world(), &request) {
        Ok(prepared) => u64::from(prepared.requested()),
        Err(refused) => panic!("{refused}: {document}"),
    }
}

/// The least that each variable of a document can be; those that may be absent are.
fn samples(document: &str) -> Vec<(String, Value)> {
    let schema = apollo_compiler::Schema::parse_and_validate(
        include_str!("../schema.graphql"),
        "schema.graphql",
    )
    .expect("valid");
    let parsed =
        apollo_compiler::ExecutableDocument::parse_and_validate(&schema, document, "document")
            .unwrap_or_else(|invalid| panic!("{}", invalid.errors));
    let operation = parsed.operations.iter().next().expect("an operation");
    operation
        .variables
        .iter()
        .filter(|variable| variable.ty.is_non_null())
        .map(|variable| (variable.name.to_string(), sample(&schema, &variable.ty)))
        .collect()
}

fn sample(schema: &apollo_compiler::Schema, ty: &apollo_compiler::ast::Type) -> Value {
    use apollo_compiler::schema::ExtendedType;
    if ty.is_list() {
        return json!([sample(schema, ty.item_type())]);
    }
    let name = ty.inner_named_type();
    match schema.types.get(name.as_str()) {
        Some(ExtendedType::Enum(kinds)) => {
            json!(
                kinds
                    .values
                    .keys()
                    .next()
                    .map(apollo_compiler::Name::as_str)
            )
        }
        Some(ExtendedType::InputObject(input)) => {
            let fields = input
                .fields
                .iter()
                .filter(|(_, field)| field.ty.is_non_null());
            let fields = fields.map(|(name, field)| (name.to_string(), sample(schema, &field.ty)));
            Value::Object(fields.collect())
        }
        _ => match name.as_str() {
            "Int" => json!(1),
            "Float" => json!(1.0),
            "Boolean" => json!(true),
            "ID" => json!("gid://shopify/Order/1"),
            _ => json!("text"),
        },
    }
}

/// A cursor before everything.
fn first_cursor() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .encode(json!({ "last_id": "0", "last_value": null }).to_string())
}

/// Every order of a recorded shop answers all that the client asks for; what was never recorded is null.
#[tokio::test]
async fn recorded_orders_can_be_read_whole() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/shopify");
    if !dir.exists() {
        println!("SKIPPED: {} is not there", dir.display());
        return;
    }
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../brygga-shopify/documents");
    let fragments: String = files(&documents.join("fragments"), "graphql")
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("readable") + "\n")
        .collect();
    let document = assembled(
        &std::fs::read_to_string(documents.join("order.graphql")).expect("readable"),
        &fragments,
    );
    let given = samples(&document);
    let variables = |id: &Value| {
        let mut variables: serde_json::Map<String, Value> = given.iter().cloned().collect();
        variables.insert("id".to_owned(), id.clone());
        Value::Object(variables)
    };
    let data = ShopData::recorded(&dir).expect("readable");
    let bench = Bench::over(&data, ShopifyConfig::default()).await;
    bench.clock.set(super::moment("2030-01-01T00:00:00Z"));
    let mut failed = Vec::new();
    for life in &data.orders {
        bench.clock.advance(std::time::Duration::from_secs(5));
        let body = bench
            .answer(&document, variables(&life.versions[0].1["id"]))
            .await
            .json();
        if body.get("errors").is_some() || body["data"]["order"].is_null() {
            failed.push(format!("{}: {}", life.id, body["errors"]));
        }
    }
    assert!(data.orders.len() >= 12, "{}", data.orders.len());
    assert!(
        failed.is_empty(),
        "{} of {}:\n{}",
        failed.len(),
        data.orders.len(),
        failed.join("\n")
    );
    println!("{} recorded orders were read whole", data.orders.len());
}
