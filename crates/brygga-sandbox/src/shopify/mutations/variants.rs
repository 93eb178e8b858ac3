//! `productVariantsBulkUpdate` and `productVariantsBulkCreate`. The checks, their words and what the payload shows beside them are recorded
//! (`examples/shopify/recorded-2025-01/products/product-variants-bulk-validation-atomicity.json`), unless it is said otherwise.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::inventory::{change_item, decimal, stock_when_tracked};
use super::{metafields_set, wrong_size};
use crate::shopify::goods::{self, money};
use crate::shopify::resolve::Context;
use crate::shopify::stock::{Moves, Shelf};
use crate::shopify::store::{Store, number_of, stamp};

/// The most variants of one call.
const MOST: usize = 250;

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn error(index: usize, tail: &[&str], message: &str, code: Option<&str>) -> Value {
    let field: Vec<String> = ["variants".to_owned(), index.to_string()]
        .into_iter()
        .chain(tail.iter().map(|part| (*part).to_owned()))
        .collect();
    json!({ "field": field, "message": message, "code": code })
}

/// A product by its gid, if it is one.
fn product<'s>(store: &'s Store, context: &Context<'_>, id: &str) -> Option<&'s Value> {
    store
        .record(id, context.now)
        .filter(|_| id.starts_with("gid://shopify/Product/"))
}

pub(super) fn bulk_update(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    let id = arguments["productId"].as_str().unwrap_or_default();
    let inputs: Vec<Value> = list(&arguments["variants"]).cloned().collect();
    wrong_size(inputs.len(), MOST)?;
    let Some(known) = product(store, context, id) else {
        return Ok(json!({
            "product": null, "productVariants": null,
            "userErrors": [{ "field": ["productId"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST" }],
        }));
    };
    let mut errors = Vec::new();
    let mut good = Vec::new();
    let mut only_costs = true;
    for (index, input) in inputs.iter().enumerate() {
        let (found, cost) = update_errors(known, index, input);
        if found.is_empty() {
            good.push(input.clone());
        } else {
            only_costs &= cost;
        }
        errors.extend(found);
    }
    if !errors.is_empty() && arguments["allowPartialUpdates"] != true {
        // A cost that is refused leaves the variants in the answer, everything else does not (recorded).
        let shown = only_costs.then(|| {
            inputs
                .iter()
                .map(|input| json!({ "id": input["id"] }))
                .collect::<Vec<_>>()
        });
        return Ok(
            json!({ "product": { "id": id }, "productVariants": shown, "userErrors": errors }),
        );
    }
    store.change_product(id, context.now, |product| {
        let title = product["title"].clone();
        for variant in product["variants"].as_array_mut().into_iter().flatten() {
            if let Some(input) = good.iter().find(|input| input["id"] == variant["id"]) {
                change(variant, input, title.as_str().unwrap_or_default());
                variant["updatedAt"] = json!(stamp(context.now));
            }
        }
        product["options"] = goods::options_of(product);
    });
    for input in &good {
        let variant = input["id"].as_str().unwrap_or_default();
        metafields_set::put(store, context, variant, &input["metafields"]);
        let item = store
            .record(variant, context.now)
            .and_then(|one| one["inventoryItem"]["id"].as_str())
            .map_or(0, number_of);
        stock_when_tracked(store, context, item);
    }
    let shown: Vec<Value> = good
        .iter()
        .map(|input| json!({ "id": input["id"] }))
        .collect();
    Ok(json!({ "product": { "id": id }, "productVariants": shown, "userErrors": errors }))
}

/// What is wrong with one input, and whether it is only its cost.
fn update_errors(product: &Value, index: usize, input: &Value) -> (Vec<Value>, bool) {
    let Some(id) = input["id"].as_str() else {
        let message = "Product variant is missing ID attribute";
        return (
            vec![error(
                index,
                &["id"],
                message,
                Some("PRODUCT_VARIANT_ID_MISSING"),
            )],
            false,
        );
    };
    if !list(&product["variants"]).any(|one| one["id"] == id) {
        let message = "Product variant does not exist";
        return (
            vec![error(
                index,
                &["id"],
                message,
                Some("PRODUCT_VARIANT_DOES_NOT_EXIST"),
            )],
            false,
        );
    }
    if input["inventoryQuantities"].is_array() {
        let message = "Inventory quantities can only be provided during create. To update inventory for existing variants, use inventoryAdjustQuantities.";
        let code = Some("NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE");
        return (
            vec![error(index, &["inventoryQuantities"], message, code)],
            false,
        );
    }
    for (place, value) in list(&input["optionValues"]).enumerate() {
        if !option_exists(product, value) {
            let place = place.to_string();
            let code = Some("OPTION_DOES_NOT_EXIST");
            return (
                vec![error(
                    index,
                    &["optionValues", &place],
                    "Option does not exist",
                    code,
                )],
                false,
            );
        }
    }
    if let Some(found) = price_error(index, input) {
        return (vec![found], false);
    }
    if decimal(&input["inventoryItem"]["cost"]).is_some_and(|cost| cost.is_sign_negative()) {
        let words = "must be greater than or equal to 0";
        let cost = error(
            index,
            &["inventoryItem", "cost"],
            &format!("Cost per item {words}"),
            Some("GREATER_THAN_OR_EQUAL_TO"),
        );
        return (vec![error(index, &[], words, None), cost], true);
    }
    (Vec::new(), false)
}

/// Not recorded; the words are the schema's description of the code.
fn price_error(index: usize, input: &Value) -> Option<Value> {
    let below = ["price", "compareAtPrice"]
        .into_iter()
        .find(|key| decimal(&input[*key]).is_some_and(|price| price.is_sign_negative()))?;
    let message = "Price cannot take a negative value.";
    Some(error(
        index,
        &[below],
        message,
        Some("NEGATIVE_PRICE_VALUE"),
    ))
}

fn option_exists(product: &Value, value: &Value) -> bool {
    let known = |option: &Value| match (value["optionName"].as_str(), value["optionId"].as_str()) {
        (Some(name), _) => option["name"] == name,
        (None, Some(id)) => option["id"] == id,
        (None, None) => false,
    };
    list(&product["options"]).any(known)
}

/// Lays a `ProductVariantsBulkInput` or `ProductVariantSetInput` over a variant.
pub(super) fn change(variant: &mut Value, input: &Value, product_title: &str) {
    for key in ["price", "compareAtPrice"] {
        if let Some(value) = input.get(key) {
            variant[key] = decimal(value).map_or(Value::Null, |price| json!(money(price)));
        }
    }
    if variant["price"].is_null() {
        variant["price"] = json!("0.00");
    }
    for key in [
        "barcode",
        "taxable",
        "inventoryPolicy",
        "requiresComponents",
        "showUnitPrice",
        "position",
    ] {
        if let Some(value) = input
            .get(key)
            .filter(|value| !value.is_null() || key == "barcode")
        {
            variant[key] = value.clone();
        }
    }
    if let Some(sku) = input.get("sku") {
        variant["sku"] = sku.clone();
        variant["inventoryItem"]["sku"] = sku.clone();
    }
    change_item(variant, &input["inventoryItem"]);
    let chosen: Vec<Value> = list(&input["optionValues"])
        .map(|value| json!({ "name": value["optionName"], "value": value["name"] }))
        .collect();
    if !chosen.is_empty() {
        variant["selectedOptions"] = Value::Array(chosen);
        let title = title_of(variant);
        variant["displayName"] = json!(if title == "Default Title" {
            product_title.to_owned()
        } else {
            format!("{product_title} - {title}")
        });
        variant["title"] = json!(title);
    }
}

/// The values of its options, side by side.
fn title_of(variant: &Value) -> String {
    list(&variant["selectedOptions"])
        .filter_map(|option| option["value"].as_str())
        .collect::<Vec<_>>()
        .join(" / ")
}

pub(super) fn bulk_create(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Result<Value, FieldError> {
    let id = arguments["productId"].as_str().unwrap_or_default();
    let inputs: Vec<Value> = list(&arguments["variants"]).cloned().collect();
    wrong_size(inputs.len(), MOST)?;
    let refused = |errors: Vec<Value>| json!({ "product": null, "productVariants": [], "userErrors": errors });
    let Some(known) = product(store, context, id) else {
        return Ok(refused(vec![
            json!({ "field": ["productId"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST" }),
        ]));
    };
    let standalone = is_standalone(known, arguments["strategy"].as_str());
    let mut taken: Vec<String> = list(&known["variants"])
        .filter(|_| !standalone)
        .map(title_of)
        .collect();
    let errors: Vec<Value> = inputs
        .iter()
        .enumerate()
        .filter_map(|(index, input)| create_error(store, context, known, index, input, &mut taken))
        .collect();
    if !errors.is_empty() {
        return Ok(refused(errors));
    }
    let numbers: Vec<u64> = inputs.iter().map(|_| store.fresh_number()).collect();
    store.change_product(id, context.now, |product| {
        let title = product["title"].as_str().unwrap_or_default().to_owned();
        let mut variants: Vec<Value> = list(&product["variants"])
            .filter(|_| !standalone)
            .cloned()
            .collect();
        for (input, number) in inputs.iter().zip(&numbers) {
            let mut variant =
                goods::variant(*number, "Default Title", "Title", &stamp(context.now));
            change(&mut variant, input, &title);
            variant["position"] = json!(variants.len() + 1);
            variants.push(variant);
        }
        product["hasOnlyDefaultVariant"] = json!(false);
        product["variants"] = Value::Array(variants);
        product["options"] = goods::options_of(product);
    });
    let mut shown = Vec::new();
    for (input, number) in inputs.iter().zip(&numbers) {
        let variant = format!("gid://shopify/ProductVariant/{number}");
        metafields_set::put(store, context, &variant, &input["metafields"]);
        stock_new(store, context, &variant, &input["inventoryQuantities"]);
        shown.push(json!({ "id": variant }));
    }
    Ok(json!({ "product": { "id": id }, "productVariants": shown, "userErrors": [] }))
}

/// Whether the only variant makes way for the new ones: the default one by default, any single one when asked to.
fn is_standalone(product: &Value, strategy: Option<&str>) -> bool {
    let mut variants = list(&product["variants"]);
    let (Some(only), None) = (variants.next(), variants.next()) else {
        return false;
    };
    match strategy {
        Some("REMOVE_STANDALONE_VARIANT") => true,
        Some("PRESERVE_STANDALONE_VARIANT") => false,
        _ => only["title"] == "Default Title",
    }
}

fn create_error(
    store: &Store,
    context: &Context<'_>,
    product: &Value,
    index: usize,
    input: &Value,
    taken: &mut Vec<String>,
) -> Option<Value> {
    let values: Vec<&Value> = list(&input["optionValues"]).collect();
    for (place, value) in values.iter().enumerate() {
        let name = value["optionName"].as_str().unwrap_or_default();
        if values
            .iter()
            .take(place)
            .any(|other| other["optionName"] == value["optionName"])
        {
            let message = format!("Duplicated option name '{name}'");
            return Some(error(
                index,
                &["optionValues"],
                &message,
                Some("INVALID_INPUT"),
            ));
        }
        if !option_exists(product, value) {
            let place = place.to_string();
            return Some(error(
                index,
                &["optionValues", &place],
                "Option does not exist",
                Some("INVALID_INPUT"),
            ));
        }
    }
    for option in list(&product["options"]) {
        let given = values.iter().any(|value| {
            value["optionName"] == option["name"] || value["optionId"] == option["id"]
        });
        if !given {
            let message = format!(
                "You need to add option values for {}",
                option["name"].as_str().unwrap_or_default()
            );
            return Some(error(
                index,
                &[],
                &message,
                Some("NEED_TO_ADD_OPTION_VALUES"),
            ));
        }
    }
    let title = values
        .iter()
        .filter_map(|value| value["name"].as_str())
        .collect::<Vec<_>>()
        .join(" / ");
    if taken.contains(&title) {
        // The words are not recorded for this mutation.
        let message = format!("The variant '{title}' already exists.");
        return Some(error(index, &[], &message, Some("VARIANT_ALREADY_EXISTS")));
    }
    let nowhere = list(&input["inventoryQuantities"]).any(|one| {
        one["locationId"]
            .as_str()
            .and_then(|id| store.record(id, context.now))
            .is_none()
    });
    if nowhere {
        let message =
            format!("Quantity for {title} couldn't be set because the location was deleted.");
        return Some(error(
            index,
            &["inventoryQuantities"],
            &message,
            Some("TRACKED_VARIANT_LOCATION_NOT_FOUND"),
        ));
    }
    taken.push(title);
    price_error(index, input)
}

/// Puts a new variant's stock where its input says, else with nothing at the first location.
pub(super) fn stock_new(store: &mut Store, context: &Context<'_>, variant: &str, where_to: &Value) {
    let item = store
        .record(variant, context.now)
        .and_then(|one| one["inventoryItem"]["id"].as_str())
        .map_or(0, number_of);
    let moves = Moves::of(store, context.now);
    for one in list(where_to) {
        let place = (item, one["locationId"].as_str().map_or(0, number_of));
        let quantity = [&one["availableQuantity"], &one["quantity"]]
            .into_iter()
            .find_map(Value::as_i64)
            .unwrap_or(0);
        let name = one["name"].as_str().unwrap_or("available");
        store
            .shelves
            .entry(place)
            .or_insert_with(|| Shelf::new(0, context.now));
        store.set_quantity(place, name, quantity, &moves, context.now);
    }
    stock_when_tracked(store, context, item);
}
