//! `productCreate`, `productUpdate`, `productSet` and `publishablePublish` (`facts/shopify 8.1` to `8.5`).

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::{metafields_set, variants};
use crate::shopify::goods::{self, New};
use crate::shopify::resolve::{Context, field_error};
use crate::shopify::store::{Store, stamp};

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn plain(field: &[&str], message: &str) -> Value {
    json!([{ "field": field, "message": message }])
}

fn coded(field: &[&str], message: &str, code: &str) -> Value {
    json!([{ "field": field, "message": message, "code": code }])
}

fn product<'s>(store: &'s Store, context: &Context<'_>, id: &str) -> Option<&'s Value> {
    store
        .record(id, context.now)
        .filter(|_| id.starts_with("gid://shopify/Product/"))
}

pub(super) fn create(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    // `input` is the deprecated twin of `product`.
    let input = [&arguments["product"], &arguments["input"]]
        .into_iter()
        .find(|one| one.is_object())
        .cloned()
        .unwrap_or(Value::Null);
    let shop = (*store.shop).clone();
    let refused = |errors: Value| json!({ "product": null, "shop": shop, "userErrors": errors });
    if input["title"]
        .as_str()
        .is_none_or(|title| title.trim().is_empty())
    {
        return refused(plain(&["title"], "Title can't be blank"));
    }
    let id = add(store, context, &input);
    metafields_set::put(store, context, &id, &input["metafields"]);
    json!({ "product": { "id": id }, "shop": shop, "userErrors": [] })
}

/// Adds a product with one variant; a new product is in no sales channel (`facts/shopify 8.5`).
fn add(store: &mut Store, context: &Context<'_>, input: &Value) -> String {
    let now = stamp(context.now);
    // The variant has the next number.
    let number = store.fresh_number();
    let _variant = store.fresh_number();
    let new = New {
        title: input["title"].as_str().unwrap_or_default(),
        sku: None,
        price: "0.00",
        product_type: input["productType"].as_str().unwrap_or_default(),
        number,
        grams: 0,
    };
    let mut product = new.product(&now, &json!([]));
    product["publishedAt"] = Value::Null;
    product["tracksInventory"] = json!(false);
    // A variant that is made along is not tracked until somebody says so (recorded: tracksInventory false).
    product["variants"][0]["inventoryItem"]["tracked"] = json!(false);
    let handle = free_handle(
        store,
        context,
        input["handle"].as_str().unwrap_or(new.title),
    );
    change(&mut product, input, &now);
    product["handle"] = json!(handle);
    // Options are made with their first values on the one variant.
    let first: Vec<Value> = list(&input["productOptions"])
        .filter_map(|option| {
            Some(json!({ "optionName": option["name"], "name": option["values"].get(0)?["name"] }))
        })
        .collect();
    if !first.is_empty() {
        let title = product["title"].as_str().unwrap_or_default().to_owned();
        variants::change(
            &mut product["variants"][0],
            &json!({ "optionValues": first }),
            &title,
        );
        product["hasOnlyDefaultVariant"] = json!(false);
        product["options"] = goods::options_of(&product);
    }
    let id = product["id"].as_str().unwrap_or_default().to_owned();
    store.add_product(context.now, product);
    id
}

fn free_handle(store: &Store, context: &Context<'_>, wanted: &str) -> String {
    let wanted = goods::handle(wanted);
    let taken = |handle: &str| {
        store
            .products_at(context.now)
            .any(|one| one["handle"] == handle)
    };
    if !taken(&wanted) {
        return wanted;
    }
    // Among one more than there are products one is free.
    let most = store.products_at(context.now).count() + 1;
    (1..=most)
        .map(|n| format!("{wanted}-{n}"))
        .find(|handle| !taken(handle))
        .unwrap_or(wanted)
}

/// Lays the fields of a product input over a product; variants and options apart.
fn change(product: &mut Value, input: &Value, now: &str) {
    for key in ["title", "vendor", "productType", "status", "templateSuffix"] {
        if let Some(value) = input.get(key).filter(|value| !value.is_null()) {
            product[key] = value.clone();
        }
    }
    if let Some(handle) = input["handle"].as_str() {
        product["handle"] = json!(goods::handle(handle));
    }
    if let Some(html) = input["descriptionHtml"].as_str() {
        product["descriptionHtml"] = json!(html);
        product["description"] = json!(without_tags(html));
    }
    if let Some(tags) = input["tags"].as_array() {
        let mut tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
        tags.sort_by_key(|tag| tag.to_lowercase());
        tags.dedup();
        product["tags"] = json!(tags);
    }
    let mut collections: Vec<Value> = match input["collections"].as_array() {
        Some(all) => all.iter().map(|id| json!({ "id": id })).collect(),
        None => list(&product["collections"]).cloned().collect(),
    };
    collections.retain(|one| !list(&input["collectionsToLeave"]).any(|id| *id == one["id"]));
    for id in list(&input["collectionsToJoin"]) {
        if !collections.iter().any(|one| one["id"] == *id) {
            collections.push(json!({ "id": id }));
        }
    }
    product["collections"] = Value::Array(collections);
    product["updatedAt"] = json!(now);
}

fn without_tags(html: &str) -> String {
    let mut inside = false;
    html.chars()
        .filter(|letter| {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    return false;
                }
                _ => {}
            }
            !inside
        })
        .collect()
}

pub(super) fn update(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let input = [&arguments["product"], &arguments["input"]]
        .into_iter()
        .find(|one| one.is_object())
        .cloned()
        .unwrap_or(Value::Null);
    let id = [&input["id"], &arguments["identifier"]["id"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if product(store, context, &id).is_none() {
        return json!({ "product": null, "userErrors": plain(&["id"], "Product does not exist") });
    }
    if input["title"]
        .as_str()
        .is_some_and(|title| title.trim().is_empty())
    {
        return json!({ "product": { "id": id }, "userErrors": plain(&["title"], "Title can't be blank") });
    }
    if let Some(errors) = metafields_set::refused(store, context, &id, &input["metafields"]) {
        return json!({ "product": { "id": id }, "userErrors": errors });
    }
    let now = stamp(context.now);
    store.change_product(&id, context.now, |product| change(product, &input, &now));
    metafields_set::put(store, context, &id, &input["metafields"]);
    json!({ "product": { "id": id }, "userErrors": [] })
}

pub(super) fn set(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    if arguments["synchronous"] == false {
        return Err(field_error(
            "INTERNAL_SERVER_ERROR",
            "The practice shop serves productSet with synchronous: true only.",
        ));
    }
    let input = &arguments["input"];
    let refused = |errors: Value| json!({ "product": null, "userErrors": errors });
    let known = match target(store, context, &arguments["identifier"], input) {
        Ok(known) => known,
        Err(errors) => return Ok(refused(errors)),
    };
    if let Some(errors) = set_errors(store, context, known.as_deref(), input) {
        return Ok(refused(errors));
    }
    let id = match known {
        Some(id) => {
            let now = stamp(context.now);
            store.change_product(&id, context.now, |product| change(product, input, &now));
            id
        }
        None => add(store, context, &json_without_options(input)),
    };
    if input["variants"].is_array() {
        replace_variants(store, context, &id, input);
    }
    metafields_set::put(store, context, &id, &input["metafields"]);
    Ok(json!({ "product": { "id": id }, "userErrors": [] }))
}

/// Options and their first values come from the variants.
fn json_without_options(input: &Value) -> Value {
    let mut input = input.clone();
    if input["variants"].is_array()
        && let Some(fields) = input.as_object_mut()
    {
        fields.remove("productOptions");
    }
    input
}

/// The product that is meant, or nothing when one is to be made.
fn target(
    store: &Store,
    context: &Context<'_>,
    identifier: &Value,
    input: &Value,
) -> Result<Option<String>, Value> {
    if let Some(id) = [&identifier["id"], &input["id"]]
        .into_iter()
        .find_map(Value::as_str)
    {
        return match product(store, context, id) {
            Some(_) => Ok(Some(id.to_owned())),
            None => Err(coded(
                &["input"],
                "Product does not exist",
                "PRODUCT_DOES_NOT_EXIST",
            )),
        };
    }
    if let Some(handle) = identifier["handle"].as_str() {
        if input["handle"].as_str().is_none() {
            let message = "The input field corresponding to the identifier is required.";
            return Err(coded(&["input"], message, "MISSING_FIELD_REQUIRED"));
        }
        let found = store
            .products_at(context.now)
            .find(|one| one["handle"] == handle);
        return Ok(found.and_then(|one| one["id"].as_str()).map(str::to_owned));
    }
    let custom = &identifier["customId"];
    if custom.is_object() {
        let namespace = crate::shopify::resolve::namespace(custom["namespace"].as_str());
        let hit = store
            .metafields
            .iter()
            .find(|((owner, space, key), field)| {
                owner.starts_with("gid://shopify/Product/")
                    && *space == namespace
                    && custom["key"] == key.as_str()
                    && field["value"] == custom["value"]
            });
        return Ok(hit.map(|((owner, ..), _)| owner.clone()));
    }
    Ok(None)
}

fn set_errors(
    store: &Store,
    context: &Context<'_>,
    known: Option<&str>,
    input: &Value,
) -> Option<Value> {
    if known.is_none()
        && input["title"]
            .as_str()
            .is_none_or(|title| title.trim().is_empty())
    {
        // The code is not recorded.
        return Some(coded(
            &["input", "title"],
            "Title can't be blank",
            "INVALID_INPUT",
        ));
    }
    if let Some(handle) = input["handle"].as_str() {
        let handle = goods::handle(handle);
        let taken = store
            .products_at(context.now)
            .any(|one| one["handle"] == handle.as_str() && one["id"].as_str() != known);
        if taken {
            let message = "Handle already in use. Please provide a new handle.";
            return Some(coded(&["input", "handle"], message, "HANDLE_NOT_UNIQUE"));
        }
    }
    match (
        input["variants"].is_array(),
        input["productOptions"].is_array(),
    ) {
        (true, false) => {
            let message = "Must specify product options when updating variants.";
            return Some(coded(
                &["input", "variants"],
                message,
                "PRODUCT_OPTIONS_INPUT_MISSING",
            ));
        }
        (false, true) if known.is_some() => {
            let message = "Must specify variants when updating options.";
            return Some(coded(
                &["input", "productOptions"],
                message,
                "VARIANTS_INPUT_MISSING",
            ));
        }
        _ => {}
    }
    for (index, variant) in list(&input["variants"]).enumerate() {
        let field = ["input", "variants", &index.to_string()].map(str::to_owned);
        let field: Vec<&str> = field.iter().map(String::as_str).collect();
        for value in list(&variant["optionValues"]) {
            let option = list(&input["productOptions"]).find(|option| {
                option["name"] == value["optionName"]
                    || (option["id"].is_string() && option["id"] == value["optionId"])
            });
            let Some(option) = option else {
                return Some(coded(
                    &field,
                    "Option does not exist",
                    "OPTION_DOES_NOT_EXIST",
                ));
            };
            if !list(&option["values"]).any(|one| one["name"] == value["name"]) {
                return Some(coded(
                    &field,
                    "Option value does not exist",
                    "OPTION_VALUE_DOES_NOT_EXIST",
                ));
            }
        }
        if let Some(id) = variant["id"].as_str() {
            let own = known.and_then(|known| store.record(known, context.now));
            if !own.is_some_and(|own| list(&own["variants"]).any(|one| one["id"] == id)) {
                return Some(coded(
                    &field,
                    "Product variant does not exist",
                    "PRODUCT_VARIANT_DOES_NOT_EXIST",
                ));
            }
        }
    }
    let metafields = metafields_set::refused(
        store,
        context,
        known.unwrap_or_default(),
        &input["metafields"],
    )?;
    let message = metafields
        .first()
        .map_or(Value::Null, |one| one["message"].clone());
    Some(
        json!([{ "field": ["input", "metafields"], "message": message, "code": "INVALID_METAFIELD" }]),
    )
}

/// The variants of the input take the place of those that are there: a variant that the input does not name is deleted
/// (`facts/shopify 8.1`). One without an id is known by its option values.
fn replace_variants(store: &mut Store, context: &Context<'_>, id: &str, input: &Value) {
    let Some(product) = store.record(id, context.now).cloned() else {
        return;
    };
    let now = stamp(context.now);
    let title = product["title"].as_str().unwrap_or_default().to_owned();
    let mut kept: Vec<Value> = Vec::new();
    for (input, position) in list(&input["variants"]).zip(1..) {
        let options: Vec<&Value> = list(&input["optionValues"])
            .map(|value| &value["name"])
            .collect();
        let same_options = |one: &Value| {
            let own: Vec<&Value> = list(&one["selectedOptions"])
                .map(|option| &option["value"])
                .collect();
            own == options
        };
        let known = list(&product["variants"]).find(|one| match input["id"].as_str() {
            Some(id) => one["id"] == id,
            None => same_options(one),
        });
        let mut variant = known.cloned().unwrap_or_else(|| {
            goods::variant(store.fresh_number(), "Default Title", "Title", &now)
        });
        variants::change(&mut variant, input, &title);
        variant["updatedAt"] = json!(now);
        variant["position"] = json!(position);
        kept.push(variant);
    }
    let only_default = matches!(kept.as_slice(), [only] if only["title"] == "Default Title");
    let stocks: Vec<(Value, Value)> = kept
        .iter()
        .zip(list(&input["variants"]))
        .map(|(variant, input)| (variant["id"].clone(), input.clone()))
        .collect();
    store.change_product(id, context.now, |product| {
        product["tracksInventory"] = json!(
            kept.iter()
                .any(|one| one["inventoryItem"]["tracked"] == true)
        );
        product["hasOnlyDefaultVariant"] = json!(only_default);
        product["variants"] = Value::Array(kept);
        product["options"] = goods::options_of(product);
    });
    for (variant, input) in stocks {
        let variant = variant.as_str().unwrap_or_default();
        metafields_set::put(store, context, variant, &input["metafields"]);
        variants::stock_new(store, context, variant, &input["inventoryQuantities"]);
    }
}

pub(super) fn publish(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let id = arguments["id"].as_str().unwrap_or_default();
    let shop = (*store.shop).clone();
    let refused =
        |errors: Value| json!({ "publishable": null, "shop": shop, "userErrors": errors });
    if product(store, context, id).is_none() {
        return refused(plain(&["id"], "Resource does not exist"));
    }
    for (index, one) in list(&arguments["input"]).enumerate() {
        let known = one["publicationId"]
            .as_str()
            .and_then(|id| store.record(id, context.now));
        if known.is_none() {
            return refused(plain(
                &["input", &index.to_string(), "publicationId"],
                "Publication does not exist or is not publishable",
            ));
        }
    }
    let now = stamp(context.now);
    store.change_product(id, context.now, |product| {
        let mut all: Vec<Value> = list(&product["resourcePublications"]).cloned().collect();
        for one in list(&arguments["input"]) {
            if !all.iter().any(|known| known["publication"]["id"] == one["publicationId"]) {
                let date = if one["publishDate"].is_string() { one["publishDate"].clone() } else { json!(now) };
                all.push(json!({ "isPublished": true, "publication": { "id": one["publicationId"] }, "publishDate": date }));
            }
        }
        product["resourcePublications"] = Value::Array(all);
        if product["publishedAt"].is_null() {
            product["publishedAt"] = json!(now);
        }
    });

    json!({ "publishable": { "__typename": "Product", "id": id }, "shop": shop, "userErrors": [] })
}
