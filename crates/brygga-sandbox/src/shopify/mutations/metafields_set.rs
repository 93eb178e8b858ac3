//! `metafieldsSet`: an upsert of at most 25, all or nothing, with `compareDigest` as an optimistic lock (`facts/shopify 9.1`, `9.2`).

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Owner, need_scope, owner, write_scope};
use crate::shopify::resolve::{Context, field_error};
use crate::shopify::store::{APP_NUMBER, Store, stamp};

/// The most metafields of one call.
const MOST: usize = 25;
/// Limits of a key and a namespace (`spec/shopify`, MetafieldsSetInput).
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;

pub(super) fn run(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    let inputs: &[Value] = arguments["metafields"]
        .as_array()
        .map_or(&[], Vec::as_slice);
    if inputs.len() > MOST {
        let message = format!(
            "The input array size of {} is greater than the maximum allowed of {MOST}.",
            inputs.len()
        );
        return Err(field_error("MAX_INPUT_SIZE_EXCEEDED", message));
    }
    let mut errors = Vec::new();
    let mut rows = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let id = input["ownerId"].as_str().unwrap_or_default();
        let Some(owner) = owner(store, context, id) else {
            errors.push(error(
                index,
                "ownerId",
                "Owner does not exist.",
                Some("INVALID"),
            ));
            continue;
        };
        if let Some(scope) = write_scope(&owner) {
            need_scope(context, "metafieldsSet", scope)?;
        }
        let row = Row::read(input, owner);
        if let Some(refused) = row.refused(index, store) {
            errors.push(refused);
        }
        rows.push(row);
    }
    if !errors.is_empty() {
        return Ok(json!({ "metafields": null, "userErrors": errors }));
    }
    let set: Vec<Value> = rows.iter().map(|row| row.store(store, context)).collect();
    for row in &rows {
        match &row.owner {
            Owner::Order => store.change_order(&row.id, context.now, |_| ()),
            Owner::Customer => store.change_customer(&row.id, context.now, |_| ()),
            Owner::Product(product) => store.change_product(product, context.now, |_| ()),
            Owner::Installation | Owner::Other => false,
        };
    }
    Ok(json!({ "metafields": set, "userErrors": [] }))
}

/// What is wrong with the metafields that another mutation brings along for `id`, as plain errors; nothing when all is well.
pub(super) fn refused(
    store: &Store,
    context: &Context<'_>,
    id: &str,
    inputs: &Value,
) -> Option<Vec<Value>> {
    let mut errors = Vec::new();
    for (index, input) in inputs.as_array()?.iter().enumerate() {
        let owner = owner(store, context, id).unwrap_or(Owner::Other);
        let mut row = Row::read(input, owner);
        id.clone_into(&mut row.id);
        if let Some(found) = row.refused(index, store) {
            errors.push(json!({ "field": found["field"], "message": found["message"] }));
        }
    }
    (!errors.is_empty()).then_some(errors)
}

/// Stores the metafields that another mutation brings along for `id`; what is wrong with them was said before.
pub(super) fn put(store: &mut Store, context: &Context<'_>, id: &str, inputs: &Value) {
    for input in inputs.as_array().into_iter().flatten() {
        let owner = owner(store, context, id).unwrap_or(Owner::Other);
        let mut row = Row::read(input, owner);
        id.clone_into(&mut row.id);
        row.store(store, context);
    }
}

struct Row<'a> {
    id: String,
    owner: Owner,
    namespace: String,
    key: &'a str,
    value: &'a str,
    kind: Option<&'a str>,
    /// Absent: no lock. Null: must not exist. A digest: must be this.
    compare: Option<&'a Value>,
}

impl<'a> Row<'a> {
    fn read(input: &'a Value, owner: Owner) -> Self {
        let app = format!("app--{APP_NUMBER}");
        let namespace = match input["namespace"].as_str() {
            None | Some("$app") => app,
            Some(name) => name
                .strip_prefix("$app:")
                .map_or_else(|| name.to_owned(), |rest| format!("{app}--{rest}")),
        };
        Self {
            id: input["ownerId"].as_str().unwrap_or_default().to_owned(),
            owner,
            namespace,
            key: input["key"].as_str().unwrap_or_default(),
            value: input["value"].as_str().unwrap_or_default(),
            kind: input["type"].as_str(),
            compare: input.get("compareDigest"),
        }
    }

    fn address(&self) -> (String, String, String) {
        (self.id.clone(), self.namespace.clone(), self.key.to_owned())
    }

    fn owner_type(&self) -> &'static str {
        match self.owner {
            Owner::Order => "ORDER",
            Owner::Customer => "CUSTOMER",
            Owner::Installation => "API_PERMISSION",
            Owner::Product(_) if self.id.starts_with("gid://shopify/ProductVariant/") => {
                "PRODUCTVARIANT"
            }
            Owner::Product(_) => "PRODUCT",
            Owner::Other if self.id.starts_with("gid://shopify/Shop/") => "SHOP",
            Owner::Other if self.id.starts_with("gid://shopify/Location/") => "LOCATION",
            Owner::Other => "PRODUCT",
        }
    }

    /// The type that a definition lays down.
    fn definition<'s>(&self, store: &'s Store) -> Option<&'s str> {
        let owner = self.owner_type();
        let defined = store.definitions.iter().find(|one| {
            one["ownerType"] == owner
                && one["namespace"] == self.namespace.as_str()
                && one["key"] == self.key
        });
        defined.and_then(|one| one["type"]["name"].as_str())
    }

    fn refused(&self, index: usize, store: &Store) -> Option<Value> {
        let known = store.metafields.get(&self.address());
        if !KEY_LENGTH.contains(&self.key.chars().count()) {
            let code = if self.key.chars().count() < *KEY_LENGTH.start() {
                "TOO_SHORT"
            } else {
                "TOO_LONG"
            };
            return Some(error(
                index,
                "key",
                "Key must be between 2 and 64 characters.",
                Some(code),
            ));
        }
        if self.value.is_empty() {
            return Some(error(
                index,
                "value",
                "Value can't be blank.",
                Some("BLANK"),
            ));
        }
        let defined = self.definition(store);
        if let (Some(kind), Some(defined)) = (self.kind, defined)
            && defined != kind
        {
            let message = format!(
                "Type '{kind}' must be consistent with the definition's type: '{defined}'."
            );
            return Some(error(index, "type", &message, Some("INVALID_TYPE")));
        }
        if self.kind.is_none() && known.is_none() && defined.is_none() {
            return Some(error(index, "type", "Type can't be blank", Some("BLANK")));
        }
        if self.kind == Some("json") && serde_json::from_str::<Value>(self.value).is_err() {
            return Some(error(
                index,
                "value",
                "Value is invalid JSON.",
                Some("INVALID_VALUE"),
            ));
        }
        if let (Some(kind), Some(known)) = (self.kind, known)
            && known["type"] != kind
        {
            return Some(error(
                index,
                "type",
                "Type can't be changed.",
                Some("INVALID_TYPE"),
            ));
        }
        let stale = match (self.compare, known) {
            (None, _) | (Some(Value::Null), None) => false,
            (Some(digest), Some(known)) => known["compareDigest"] != *digest,
            (Some(_), None) => true,
        };
        stale.then(|| {
            let message = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.";
            json!({ "field": ["metafields", index.to_string()], "message": message, "code": "STALE_OBJECT", "elementIndex": index })
        })
    }

    fn store(&self, store: &mut Store, context: &Context<'_>) -> Value {
        let known = store
            .metafields
            .get(&self.address())
            .cloned()
            .unwrap_or(Value::Null);
        let id = known["id"].as_str().map_or_else(
            || format!("gid://shopify/Metafield/{}", store.fresh_number()),
            str::to_owned,
        );
        let kind = self
            .kind
            .or_else(|| known["type"].as_str())
            .or_else(|| self.definition(store))
            .unwrap_or("single_line_text_field")
            .to_owned();
        let now = stamp(context.now);
        let digest = Sha256::digest(self.value)
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let owner_type = self.owner_type();
        let json_value = if kind == "json" {
            serde_json::from_str(self.value).unwrap_or(Value::Null)
        } else {
            json!(self.value)
        };
        let metafield = json!({
            "__typename": "Metafield", "id": id, "namespace": self.namespace, "key": self.key, "type": kind, "value": self.value, "jsonValue": json_value,
            "ownerType": owner_type, "owner": { "id": self.id }, "compareDigest": digest, "description": null, "sizeInBytes": self.value.len(),
            "createdAt": if known["createdAt"].is_string() { known["createdAt"].clone() } else { json!(now) }, "updatedAt": now,
        });
        store.metafields.insert(self.address(), metafield.clone());
        metafield
    }
}

fn error(index: usize, field: &str, message: &str, code: Option<&str>) -> Value {
    json!({ "field": ["metafields", index.to_string(), field], "message": message, "code": code, "elementIndex": index })
}
