//! `/__control` of the practice Shopify: its state as JSON, faults, clock, set-up, reset. For tests and people, never for the product.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::{Value, json};

use super::stock::{Moves, item_gid};
use super::store::stamp;
use super::{Shared, ShopifyConfig, people};
use crate::control;

/// Everything that a test may want to count or compare.
pub(super) fn state(shared: &Shared) -> Value {
    let now = shared.clock.now();
    let mut world = shared.lock();
    let world = &mut *world;
    let available = world.bucket.available(&world.config, now);
    let orders: Vec<Value> = world
        .store
        .orders_at(now)
        .map(|order| {
            json!({
                "id": order["id"], "name": order["name"], "test": order["test"], "createdAt": order["createdAt"], "updatedAt": order["updatedAt"],
                "cancelledAt": order["cancelledAt"], "displayFinancialStatus": order["displayFinancialStatus"], "tags": order["tags"],
                "totalPriceSet": order["totalPriceSet"], "currentTotalPriceSet": order["currentTotalPriceSet"], "totalTaxSet": order["totalTaxSet"],
            })
        })
        .collect();
    json!({
        "now": stamp(now), "counters": world.counters, "config": world.config, "tokens": world.tokens.len(), "revoked": world.revoked,
        "bucket": { "available": available, "size": world.config.bucket_size, "restore_rate": world.config.restore_rate },
        "orders": orders, "customers": world.store.customers.len(), "products": world.store.products_at(now).count(),
        "metafields": world.store.metafields.values().collect::<Vec<_>>(),
        "faults": { "rules": shared.faults.rules(), "fired": shared.faults.fired() },
    })
}

/// Every level of every item with a SKU.
fn stock(shared: &Shared) -> Value {
    let now = shared.clock.now();
    let world = shared.lock();
    let store = &world.store;
    let moves = Moves::of(store, now);
    let rows = store.shelves.keys().filter_map(|place| {
        let item = store.record(&item_gid(place.0), now)?;
        let quantities = store.quantities(*place, &moves, now)?;
        Some(json!({
            "sku": item["sku"], "item": place.0.to_string(), "location": place.1.to_string(), "available": quantities.available,
            "committed": quantities.committed, "on_hand": quantities.on_hand,
        }))
    });
    Value::Array(rows.collect())
}

/// Answers a request below `/__control`.
pub(super) async fn serve(shared: &Shared, parts: &Parts, body: &Bytes) -> (StatusCode, Value) {
    let method = parts.method.as_str();
    match (method, parts.uri.path()) {
        ("GET", "/__control/state") => (StatusCode::OK, state(shared)),
        ("POST", "/__control/reset") => {
            shared.reset();
            (StatusCode::OK, json!({ "reset": true }))
        }
        ("POST", "/__control/act") => match serde_json::from_slice(body) {
            Ok(change) => {
                match people::act(&mut shared.lock().store, shared.clock.now(), &change) {
                    Ok(id) => (StatusCode::OK, json!({ "id": id })),
                    Err(reason) => (StatusCode::CONFLICT, json!({ "error": reason })),
                }
            }
            Err(error) => (
                StatusCode::BAD_REQUEST,
                json!({ "error": error.to_string() }),
            ),
        },
        ("GET", "/__control/stock") => (StatusCode::OK, stock(shared)),
        ("GET", "/__control/config") => (StatusCode::OK, json!(shared.lock().config)),
        ("POST", "/__control/config") => configure(shared, body),
        (_, "/__control/faults") => control::faults(&shared.faults, method, body),
        (_, "/__control/clock") => control::clock(&*shared.clock, method, body).await,
        _ => (
            StatusCode::NOT_FOUND,
            json!({ "error": "state, stock, act, faults, clock, config and reset are here" }),
        ),
    }
}

/// Lays a part of the set-up over what is there.
fn configure(shared: &Shared, body: &Bytes) -> (StatusCode, Value) {
    let mut world = shared.lock();
    let mut whole = json!(world.config);
    let changed = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|changes| {
            for (key, value) in changes.as_object()? {
                whole[key] = value.clone();
            }
            serde_json::from_value::<ShopifyConfig>(whole).ok()
        });
    match changed {
        Some(config) => {
            world.config = config;
            (StatusCode::OK, json!(world.config))
        }
        None => (
            StatusCode::BAD_REQUEST,
            json!({ "error": "not a part of the set-up" }),
        ),
    }
}
