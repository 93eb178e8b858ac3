//! `tagsAdd` and `tagsRemove`: naturally idempotent, a set union and a set difference (`facts/shopify 6.4`).

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::{Owner, need_scope, owner, shown, write_scope};
use crate::shopify::resolve::Context;
use crate::shopify::store::Store;

/// The longest tag (recorded: "Title Tag exceeds the maximum length of 40 characters").
const LONGEST: usize = 40;

pub(super) fn run(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
    field: &str,
    change: impl Fn(&mut Vec<String>, &str),
) -> Result<Value, FieldError> {
    let id = arguments["id"].as_str().unwrap_or_default();
    let tags: Vec<String> = arguments["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|tag| tag.trim().to_owned())
        .collect();
    let refused = |message: &str| json!({ "node": null, "userErrors": [{ "field": ["id"], "message": message }] });
    let Some(owner) = owner(store, context, id) else {
        return Ok(refused("Node does not exist"));
    };
    if let Some(scope) = write_scope(&owner) {
        need_scope(context, field, scope)?;
    }
    if let Some(long) = tags.iter().find(|tag| tag.chars().count() > LONGEST) {
        let message = format!("Title Tag exceeds the maximum length of {LONGEST} characters");
        tracing::debug!(tag = long, "a tag is too long");
        return Ok(
            json!({ "node": null, "userErrors": [{ "field": ["tags"], "message": message }] }),
        );
    }
    let apply = |record: &mut Value| {
        let mut own: Vec<String> = record["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        for tag in tags.iter().filter(|tag| !tag.is_empty()) {
            change(&mut own, tag);
        }
        record["tags"] = json!(own);
    };
    match &owner {
        Owner::Order => store.change_order(id, context.now, apply),
        Owner::Customer => store.change_customer(id, context.now, apply),
        Owner::Product(product) if product == id => store.change_product(id, context.now, apply),
        Owner::Product(_) | Owner::Installation | Owner::Other => {
            return Ok(refused("Node does not exist"));
        }
    };
    let mut node = shown(store, id, context.now);
    let kind = match owner {
        Owner::Order => "Order",
        Owner::Product(_) => "Product",
        _ => "Customer",
    };
    node["__typename"] = json!(kind);
    Ok(json!({ "node": node, "userErrors": [] }))
}

pub(super) fn add(own: &mut Vec<String>, tag: &str) {
    if !own
        .iter()
        .any(|known| known.to_lowercase() == tag.to_lowercase())
    {
        own.push(tag.to_owned());
        own.sort_by_key(|tag| tag.to_lowercase());
    }
}

pub(super) fn remove(own: &mut Vec<String>, tag: &str) {
    own.retain(|known| known.to_lowercase() != tag.to_lowercase());
}
