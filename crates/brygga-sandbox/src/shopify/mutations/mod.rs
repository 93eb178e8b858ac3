//! The mutations, one module each: they check, change the store, and answer with a payload in the schema's shape.

mod definitions;
pub(super) mod fulfilments;
mod inventory;
mod metafields_set;
mod orders;
mod products;
mod tags;
mod variants;

use apollo_compiler::resolvers::FieldError;
use apollo_compiler::response::{JsonMap, JsonValue};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::resolve::{Context, field_error};
use super::store::{Store, UsedKey};

/// How long a key is remembered (`facts/shopify 6.3`).
const KEY_LIFE: TimeDelta = TimeDelta::hours(24);

/// Mutations that are refused without `@idempotent` since 2026-04 (`facts/shopify 6.1`, `6.2`).
const NEED_KEY: [&str; 16] = [
    "inventoryActivate",
    "inventoryAdjustQuantities",
    "inventoryMoveQuantities",
    "inventorySetOnHandQuantities",
    "inventorySetQuantities",
    "inventoryShipmentAddItems",
    "inventoryShipmentCreate",
    "inventoryShipmentCreateInTransit",
    "inventoryShipmentReceive",
    "inventoryTransferCreate",
    "inventoryTransferCreateAsReadyToShip",
    "inventoryTransferDuplicate",
    "inventoryTransferSetItems",
    "locationActivate",
    "locationDeactivate",
    "refundCreate",
];

/// Runs one root field of a mutation.
pub(super) fn run(
    store: &mut Store,
    context: &Context<'_>,
    name: &str,
    arguments: &JsonMap,
    key: Option<&str>,
) -> Result<Value, FieldError> {
    let arguments = plain(arguments);
    if !NEED_KEY.contains(&name) {
        return perform(store, context, name, &arguments);
    }
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return Err(field_error(
            "BAD_REQUEST",
            "The @idempotent directive is required for this mutation but was not provided.",
        ));
    };
    let request = Sha256::digest(format!("{name} {arguments}"))
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    store
        .used_keys
        .retain(|_, used| context.now - used.at < KEY_LIFE);
    if let Some(used) = store.used_keys.get(key) {
        // The payload names records by id only: what they hold is read anew (`facts/shopify 6.3`).
        return Ok(if used.request != request {
            key_refused(
                name,
                "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
                "The same idempotency key cannot be used with different operation parameters.",
            )
        } else if used.payload["userErrors"]
            .as_array()
            .is_some_and(|errors| !errors.is_empty())
        {
            key_refused(
                name,
                "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
                "A previous request with this idempotency key failed. Retry with a new idempotency key.",
            )
        } else {
            used.payload.clone()
        });
    }
    let payload = perform(store, context, name, &arguments)?;
    let used = UsedKey {
        at: context.now,
        request,
        payload: payload.clone(),
    };
    store.used_keys.insert(key.to_owned(), used);
    Ok(payload)
}

/// The payload that refuses a key; errors of `inventoryActivate` have no code.
fn key_refused(name: &str, code: &str, message: &str) -> Value {
    let error = if name == "inventoryActivate" {
        json!({ "field": null, "message": message })
    } else {
        json!({ "field": null, "message": message, "code": code })
    };
    json!({ "userErrors": [error] })
}

fn perform(
    store: &mut Store,
    context: &Context<'_>,
    name: &str,
    arguments: &Value,
) -> Result<Value, FieldError> {
    match name {
        "fulfillmentCreate" => Ok(fulfilments::create(store, context, arguments)),
        "fulfillmentTrackingInfoUpdate" => {
            Ok(fulfilments::update_tracking(store, context, arguments))
        }
        "inventoryActivate" => Ok(inventory::activate(store, context, arguments)),
        "inventoryItemUpdate" => Ok(inventory::update_item(store, context, arguments)),
        "inventorySetQuantities" => inventory::set(store, context, arguments),
        "metafieldDefinitionCreate" => definitions::create(store, context, arguments),
        "metafieldsSet" => metafields_set::run(store, context, arguments),
        "orderMarkAsPaid" => Ok(orders::mark_as_paid(store, context, arguments)),
        "orderUpdate" => Ok(orders::update(store, context, arguments)),
        "productCreate" => Ok(products::create(store, context, arguments)),
        "productSet" => products::set(store, context, arguments),
        "productUpdate" => Ok(products::update(store, context, arguments)),
        "productVariantsBulkCreate" => variants::bulk_create(store, context, arguments),
        "productVariantsBulkUpdate" => variants::bulk_update(store, context, arguments),
        "publishablePublish" => Ok(products::publish(store, context, arguments)),
        "tagsAdd" => tags::run(store, context, arguments, name, tags::add),
        "tagsRemove" => tags::run(store, context, arguments, name, tags::remove),
        _ => Err(field_error(
            "INTERNAL_SERVER_ERROR",
            format_args!("The practice shop does not serve the mutation {name}."),
        )),
    }
}

/// Refuses an input list that is longer than Shopify takes (recorded).
fn wrong_size(size: usize, most: usize) -> Result<(), FieldError> {
    if size <= most {
        return Ok(());
    }
    Err(field_error(
        "MAX_INPUT_SIZE_EXCEEDED",
        format_args!(
            "The input array size of {size} is greater than the maximum allowed of {most}."
        ),
    ))
}

/// The arguments as plain JSON.
fn plain(arguments: &JsonMap) -> Value {
    serde_json::to_value(JsonValue::Object(arguments.clone())).unwrap_or(Value::Null)
}

/// What a mutation may change, by its gid.
enum Owner {
    Order,
    Customer,
    Installation,
    /// A product, or a variant of it, with the product's gid: both move its `updatedAt`.
    Product(String),
    /// It can carry metafields, but nothing of it changes with them.
    Other,
}

/// Finds what `id` names, or nothing.
fn owner(store: &Store, context: &Context<'_>, id: &str) -> Option<Owner> {
    if id == super::installation_id() {
        return Some(Owner::Installation);
    }
    if store
        .order(id, context.now)
        .is_some_and(|order| context.visible(order))
    {
        return Some(Owner::Order);
    }
    if id == store.shop["id"] {
        return Some(Owner::Other);
    }
    let record = store.record(id, context.now)?;
    if let Some(product) = store.product_of(id, context.now) {
        return Some(Owner::Product(
            product["id"].as_str().unwrap_or_default().to_owned(),
        ));
    }
    if id.starts_with("gid://shopify/Product/") {
        return Some(Owner::Product(id.to_owned()));
    }
    Some(
        if record.get("taxExempt").is_some() || id.starts_with("gid://shopify/Customer/") {
            Owner::Customer
        } else {
            Owner::Other
        },
    )
}

/// Refuses a write without its scope, in the words of `facts/shopify 2.4`.
fn need_scope(context: &Context<'_>, field: &str, scope: &str) -> Result<(), FieldError> {
    if context.config.grants(scope) {
        return Ok(());
    }
    Err(field_error(
        "ACCESS_DENIED",
        format_args!("Access denied for {field} field. Required access: `{scope}` access scope."),
    ))
}

fn write_scope(owner: &Owner) -> Option<&'static str> {
    match owner {
        Owner::Order => Some("write_orders"),
        Owner::Customer => Some("write_customers"),
        Owner::Product(_) => Some("write_products"),
        // The app's own data needs no scope; other owners are not written yet.
        Owner::Installation | Owner::Other => None,
    }
}

/// The owner after the change, for the payload.
fn shown(store: &Store, id: &str, now: DateTime<Utc>) -> Value {
    store
        .order(id, now)
        .or_else(|| store.record(id, now))
        .cloned()
        .unwrap_or_else(|| json!({ "id": id }))
}
