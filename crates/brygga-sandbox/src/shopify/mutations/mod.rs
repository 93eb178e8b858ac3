//! The mutations, one module each: they check, change the store, and answer with a payload in the schema's shape.

mod metafields_set;
mod tags;

use apollo_compiler::resolvers::FieldError;
use apollo_compiler::response::{JsonMap, JsonValue};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::resolve::{Context, field_error};
use super::store::Store;

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
    has_key: bool,
) -> Result<Value, FieldError> {
    if NEED_KEY.contains(&name) && !has_key {
        return Err(field_error(
            "BAD_REQUEST",
            "The @idempotent directive is required for this mutation but was not provided.",
        ));
    }
    let arguments = plain(arguments);
    match name {
        "metafieldsSet" => metafields_set::run(store, context, &arguments),
        "tagsAdd" => tags::run(store, context, &arguments, name, tags::add),
        "tagsRemove" => tags::run(store, context, &arguments, name, tags::remove),
        _ => Err(field_error(
            "INTERNAL_SERVER_ERROR",
            format_args!("The practice shop does not serve the mutation {name}."),
        )),
    }
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
    let record = store.record(id)?;
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
        // The app's own data needs no scope; other owners are not written yet.
        Owner::Installation | Owner::Other => None,
    }
}

/// The owner after the change, for the payload.
fn shown(store: &Store, id: &str, now: DateTime<Utc>) -> Value {
    store
        .order(id, now)
        .or_else(|| store.record(id))
        .cloned()
        .unwrap_or_else(|| json!({ "id": id }))
}
