//! `metafieldDefinitionCreate`: what makes a metafield visible and typed in the admin (`facts/shopify 9.2`). Making it again is TAKEN.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::need_scope;
use crate::shopify::resolve::{Context, namespace};
use crate::shopify::store::Store;

pub(super) fn create(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    let input = &arguments["definition"];
    let owner = input["ownerType"].as_str().unwrap_or_default();
    // "API client to have access to the namespace and the resource type associated with the metafield definition".
    let scope = match owner {
        "ORDER" | "DRAFTORDER" => Some("write_orders"),
        "CUSTOMER" => Some("write_customers"),
        "PRODUCT" | "PRODUCTVARIANT" | "COLLECTION" => Some("write_products"),
        _ => None,
    };
    if let Some(scope) = scope {
        need_scope(context, "metafieldDefinitionCreate", scope)?;
    }
    let refused = |field: &str, message: &str, code: &str| json!({ "createdDefinition": null, "userErrors": [{ "field": ["definition", field], "message": message, "code": code }] });
    let space = namespace(input["namespace"].as_str());
    let key = input["key"].as_str().unwrap_or_default();
    if input["name"]
        .as_str()
        .is_none_or(|name| name.trim().is_empty())
    {
        return Ok(refused("name", "Name can't be blank", "BLANK"));
    }
    if key.chars().count() < 2 {
        return Ok(refused(
            "key",
            "Key is too short (minimum is 2 characters)",
            "TOO_SHORT",
        ));
    }
    if space.chars().count() < 3 {
        return Ok(refused(
            "namespace",
            "Namespace is too short (minimum is 3 characters)",
            "TOO_SHORT",
        ));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !key.chars().all(allowed) {
        return Ok(refused(
            "key",
            "Key contains one or more invalid characters.",
            "INVALID_CHARACTER",
        ));
    }
    let known = |one: &Value| {
        one["ownerType"] == owner && one["namespace"] == space.as_str() && one["key"] == key
    };
    if store.definitions.iter().any(known) {
        let message = format!(
            "Key is in use for {} metafields on the '{space}' namespace.",
            title(owner)
        );
        return Ok(refused("key", &message, "TAKEN"));
    }
    let pinned = store
        .definitions
        .iter()
        .filter(|one| one["ownerType"] == owner && !one["pinnedPosition"].is_null())
        .count();
    let enabled = |name: &str| input["capabilities"][name]["enabled"] == true;
    let access = |name: &str, usual: &str| {
        let given = &input["access"][name];
        if given.is_string() {
            given.clone()
        } else {
            json!(usual)
        }
    };
    let kind = input["type"].as_str().unwrap_or_default();
    let definition = json!({
        "__typename": "MetafieldDefinition", "id": format!("gid://shopify/MetafieldDefinition/{}", store.fresh_number()), "name": input["name"],
        "namespace": space, "key": key, "description": input["description"], "ownerType": owner,
        "pinnedPosition": (input["pin"] == true).then_some(pinned + 1), "validationStatus": "ALL_VALID",
        "type": { "name": kind, "category": category(kind), "supportsDefinitionMigrations": true },
        "access": {
            "admin": access("admin", "PUBLIC_READ_WRITE"), "storefront": access("storefront", "NONE"), "customerAccount": access("customerAccount", "NONE"),
        },
        "capabilities": {
            "adminFilterable": {
                "eligible": true, "enabled": enabled("adminFilterable"),
                "status": if enabled("adminFilterable") { "FILTERABLE" } else { "NOT_FILTERABLE" },
            },
            "uniqueValues": { "eligible": true, "enabled": enabled("uniqueValues") || kind == "id" },
        },
    });
    store.definitions.push(definition.clone());
    Ok(json!({ "createdDefinition": definition, "userErrors": [] }))
}

/// An owner type as people read it.
fn title(owner: &str) -> String {
    let lower = owner.to_lowercase();
    let mut letters = lower.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn category(kind: &str) -> &'static str {
    match kind {
        "number_integer" | "number_decimal" => "NUMBER",
        "date" | "date_time" => "DATE_TIME",
        "boolean" => "TRUE_FALSE",
        "json" => "ADVANCED",
        "id" => "ID",
        "money" => "MONEY",
        _ => "TEXT",
    }
}
