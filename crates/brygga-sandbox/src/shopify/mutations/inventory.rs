//! `inventorySetQuantities`, `inventoryActivate` and `inventoryItemUpdate` (`facts/shopify 8.7` to `8.11`).
//! Messages of codes without a recording are the schema's own descriptions.

use std::collections::HashMap;

use apollo_compiler::resolvers::FieldError;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::wrong_size;
use crate::shopify::goods::money;
use crate::shopify::resolve::{Context, field_error};
use crate::shopify::stock::{Moves, Place, Shelf, item_gid};
use crate::shopify::store::{APP_NUMBER, Store, number_of, stamp};

/// The most rows of one call.
const MOST_ROWS: usize = 250;
/// The largest quantity.
const LARGEST: i64 = 1_000_000_000;
/// Reasons that are accepted (recorded, `facts/shopify 8.10`).
const REASONS: [&str; 17] = [
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_canceled",
    "movement_created",
    "movement_received",
    "movement_updated",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
];

/// One row, before it is believed.
struct Row<'a> {
    place: Place,
    item: &'a str,
    location: &'a str,
    quantity: i64,
    from: Option<i64>,
}

pub(super) fn set(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    let input = &arguments["input"];
    let rows: &[Value] = input["quantities"].as_array().map_or(&[], Vec::as_slice);
    wrong_size(rows.len(), MOST_ROWS)?;
    if rows
        .iter()
        .any(|row| row.get("changeFromQuantity").is_none())
    {
        // Nullable, and yet it must be there (facts/shopify 8.7).
        return Err(field_error(
            "INVALID_FIELD_ARGUMENTS",
            "InventoryQuantityInput must include the following argument: changeFromQuantity.",
        ));
    }
    let head = head_errors(input);
    if !head.is_empty() {
        return Ok(refused(head));
    }
    let name = input["name"].as_str().unwrap_or_default();
    let rows: Vec<Row<'_>> = rows.iter().map(read).collect();
    let moves = Moves::of(store, context.now);
    let errors = row_errors(store, context, name, &rows, &moves);
    if !errors.is_empty() {
        // All or nothing (facts/shopify 8.8).
        return Ok(refused(errors));
    }
    let mut changes = (Vec::new(), Vec::new());
    for row in &rows {
        let before = store.quantities(row.place, &moves, context.now);
        store.set_quantity(row.place, name, row.quantity, &moves, context.now);
        let Some(after) = store.quantities(row.place, &moves, context.now) else {
            continue;
        };
        let change = |name: &str, delta: i64| {
            json!({
                "name": name, "delta": delta, "quantityAfterChange": null, "ledgerDocumentUri": null,
                "item": { "id": row.item }, "location": { "id": row.location },
            })
        };
        let (available, on_hand) =
            before.map_or((0, 0), |before| (before.available, before.on_hand));
        if after.available != available {
            changes
                .0
                .push(change("available", after.available - available));
            changes.1.push(change("on_hand", after.on_hand - on_hand));
        }
    }
    if changes.0.is_empty() {
        // Not verified: what the real one answers when nothing changed.
        return Ok(json!({ "inventoryAdjustmentGroup": null, "userErrors": [] }));
    }
    changes.0.append(&mut changes.1);
    Ok(json!({
        "inventoryAdjustmentGroup": {
            "id": format!("gid://shopify/InventoryAdjustmentGroup/{}", store.fresh_number()), "createdAt": stamp(context.now),
            "reason": input["reason"], "referenceDocumentUri": input["referenceDocumentUri"], "changes": changes.0,
            "app": { "id": format!("gid://shopify/App/{APP_NUMBER}"), "title": "Brygga", "handle": "brygga" },
        },
        "userErrors": [],
    }))
}

fn refused(errors: Vec<Value>) -> Value {
    json!({ "inventoryAdjustmentGroup": null, "userErrors": errors })
}

fn head_errors(input: &Value) -> Vec<Value> {
    let error = |field: &str, message: &str, code: &str| json!({ "field": ["input", field], "message": message, "code": code });
    let mut errors = Vec::new();
    if !matches!(input["name"].as_str(), Some("available" | "on_hand")) {
        errors.push(error(
            "name",
            "The quantity name must be either 'available' or 'on_hand'.",
            "INVALID_NAME",
        ));
    }
    if !input["reason"]
        .as_str()
        .is_some_and(|reason| REASONS.contains(&reason))
    {
        let message = format!(
            "The specified reason is invalid. Valid values are: {}.",
            REASONS.join(", ")
        );
        errors.push(error("reason", &message, "INVALID_REASON"));
    }
    if input["referenceDocumentUri"]
        .as_str()
        .is_some_and(|uri| !uri.contains("://"))
    {
        errors.push(error(
            "referenceDocumentUri",
            "The specified reference document is invalid.",
            "INVALID_REFERENCE_DOCUMENT",
        ));
    }
    errors
}

fn read(row: &Value) -> Row<'_> {
    let (item, location) = (
        row["inventoryItemId"].as_str().unwrap_or_default(),
        row["locationId"].as_str().unwrap_or_default(),
    );
    Row {
        place: (number_of(item), number_of(location)),
        item,
        location,
        quantity: row["quantity"].as_i64().unwrap_or(0),
        from: row["changeFromQuantity"].as_i64(),
    }
}

fn row_errors(
    store: &Store,
    context: &Context<'_>,
    name: &str,
    rows: &[Row<'_>],
    moves: &Moves,
) -> Vec<Value> {
    let mut seen: HashMap<Place, usize> = HashMap::new();
    for row in rows {
        *seen.entry(row.place).or_default() += 1;
    }
    let mut errors = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut error = |field: &str, message: &str, code: &str| {
            errors.push(json!({ "field": ["input", "quantities", index.to_string(), field], "message": message, "code": code }));
        };
        if seen.get(&row.place).is_some_and(|times| *times > 1) {
            error(
                "locationId",
                "The combination of inventoryItemId and locationId must be unique.",
                "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
            );
            continue;
        }
        if row.quantity > LARGEST {
            error(
                "quantity",
                "The quantity can't be higher than 1,000,000,000.",
                "INVALID_QUANTITY_TOO_HIGH",
            );
        } else if row.quantity < 0 {
            error(
                "quantity",
                "The quantity can't be negative.",
                "INVALID_QUANTITY_NEGATIVE",
            );
        }
        let is = |id: &str, kind: &str| id.starts_with(&format!("gid://shopify/{kind}/"));
        if !is(row.item, "InventoryItem") || store.record(row.item, context.now).is_none() {
            error(
                "inventoryItemId",
                "The specified inventory item could not be found.",
                "INVALID_INVENTORY_ITEM",
            );
            continue;
        }
        if !is(row.location, "Location") || store.record(row.location, context.now).is_none() {
            error(
                "locationId",
                "The specified location could not be found.",
                "INVALID_LOCATION",
            );
            continue;
        }
        let known = store.quantities(row.place, moves, context.now);
        let tracked = store
            .record(row.item, context.now)
            .is_some_and(|item| item["tracked"] == true);
        // From 2026-10 on a quantity may be set at any location (facts/shopify 4.5, 8.11). What happens to an item that is not tracked is
        // not verified: it has no levels, so it is refused like one that is not stocked there.
        if known.is_none() && (context.version < "2026-10" || !tracked) {
            let code = if context.version < "2026-10" {
                "ITEM_NOT_STOCKED_AT_LOCATION"
            } else {
                "NON_MUTABLE_INVENTORY_ITEM"
            };
            error(
                "locationId",
                "The specified inventory item is not stocked at the location.",
                code,
            );
            continue;
        }
        let present = known
            .and_then(|quantities| quantities.named(name))
            .unwrap_or(0);
        if row.from.is_some_and(|from| from != present) {
            error(
                "changeFromQuantity",
                "The changeFromQuantity value does not match persisted value.",
                "CHANGE_FROM_QUANTITY_STALE",
            );
        }
    }
    errors
}

pub(super) fn activate(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let refused = |field: &str, message: &str| json!({ "inventoryLevel": null, "userErrors": [{ "field": [field], "message": message }] });
    let (item, location) = (
        arguments["inventoryItemId"].as_str().unwrap_or_default(),
        arguments["locationId"].as_str().unwrap_or_default(),
    );
    let Some(record) = store.record(item, context.now) else {
        return refused("inventoryItemId", "The inventory item could not be found.");
    };
    if record["tracked"] != true {
        // Not verified; an item that is not tracked has no levels (facts/shopify 8.11).
        return refused("inventoryItemId", "The inventory item is not tracked.");
    }
    if store.record(location, context.now).is_none() {
        return refused("locationId", "The location selected can't be found.");
    }
    let place = (number_of(item), number_of(location));
    let given = ["available", "onHand"]
        .into_iter()
        .find_map(|name| Some((name, arguments[name].as_i64()?)));
    let moves = Moves::of(store, context.now);
    if store.quantities(place, &moves, context.now).is_some() {
        if given.is_some() {
            // Not verified in its words.
            return refused(
                "available",
                "Not allowed to set available quantity when the item is already active at the location.",
            );
        }
    } else {
        store.shelves.insert(place, Shelf::new(0, context.now));
        let (name, quantity) = given.unwrap_or(("available", 0));
        let name = if name == "onHand" { "on_hand" } else { name };
        store.set_quantity(place, name, quantity, &moves, context.now);
    }
    let level = store.level(place, &moves, context.now);
    json!({ "inventoryLevel": level, "userErrors": [] })
}

pub(super) fn update_item(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let id = arguments["id"].as_str().unwrap_or_default();
    let refused = |field: &[&str], message: &str| json!({ "inventoryItem": null, "userErrors": [{ "field": field, "message": message }] });
    let Some(variant) = store.variant_of(id, context.now) else {
        return refused(
            &["id"],
            "The product couldn't be updated because it does not exist.",
        );
    };
    if decimal(&arguments["input"]["cost"]).is_some_and(|cost| cost.is_sign_negative()) {
        return refused(
            &["input", "cost"],
            "Cost per item must be greater than or equal to 0",
        );
    }
    let variant_id = variant["id"].clone();
    let product_id = store
        .product_of(id, context.now)
        .and_then(|product| product["id"].as_str())
        .unwrap_or_default()
        .to_owned();
    let input = &arguments["input"];
    store.change_product(&product_id, context.now, |product| {
        for one in product["variants"].as_array_mut().into_iter().flatten() {
            if one["id"] == variant_id {
                change_item(one, input);
                one["updatedAt"] = json!(stamp(context.now));
                one["inventoryItem"]["updatedAt"] = json!(stamp(context.now));
            }
        }
    });
    stock_when_tracked(store, context, number_of(id));
    json!({ "inventoryItem": { "id": id }, "userErrors": [] })
}

/// An item that is tracked lies somewhere: with nothing at the first location, until somebody says more.
pub(super) fn stock_when_tracked(store: &mut Store, context: &Context<'_>, item: u64) {
    let tracked = store
        .record(&item_gid(item), context.now)
        .is_some_and(|item| item["tracked"] == true);
    if !tracked || store.places_of(item).next().is_some() {
        return;
    }
    let first = store
        .locations
        .first()
        .and_then(|location| location["id"].as_str().map(number_of));
    if let Some(first) = first {
        let moves = Moves::of(store, context.now);
        store
            .shelves
            .insert((item, first), Shelf::new(0, context.now));
        store.set_quantity((item, first), "available", 0, &moves, context.now);
    }
}

/// Lays an `InventoryItemInput` over a variant's item.
pub(super) fn change_item(variant: &mut Value, input: &Value) {
    if let Some(sku) = input.get("sku") {
        variant["sku"] = sku.clone();
    }
    let item = &mut variant["inventoryItem"];
    for key in [
        "sku",
        "tracked",
        "requiresShipping",
        "countryCodeOfOrigin",
        "provinceCodeOfOrigin",
        "harmonizedSystemCode",
    ] {
        if let Some(value) = input.get(key) {
            item[key] = value.clone();
        }
    }
    if let Some(cost) = input.get("cost") {
        item["unitCost"] = decimal(cost).map_or(
            Value::Null,
            |cost| json!({ "amount": money(cost), "currencyCode": "NOK" }),
        );
    }
    let weight = &input["measurement"]["weight"];
    if weight.is_object() {
        item["measurement"]["weight"] = weight.clone();
    }
}

/// A decimal that came as text or as a number.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}
