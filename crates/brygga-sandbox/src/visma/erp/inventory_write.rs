//! `POST` and `PUT /v1/inventory`: wrapped values in, 201 with a Location or 204, and no body (`facts/visma 6, 9`).
//!
//! The number is mandatory and there once; the class is mandatory, and says what is not named: kind and VAT category (the descriptions
//! of `InventoryUpdateDto`). What is not practised (accounts, suppliers, attributes) is taken and left alone.

use serde_json::{Map, Value};

use super::{answer, inventory};
use crate::visma::amounts::decimal;
use crate::visma::data::{Item, has, vat};
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::{self, inventory::UPDATE};
use crate::visma::world::World;

/// Words of `InventoryDto.type` that are counted in stock.
const STOCK: [&str; 3] = ["FinishedGoodItem", "ComponentPartItem", "SubassemblyItem"];
/// Those that are not.
const OTHER: [&str; 5] = [
    "NonStockItem",
    "LaborItem",
    "ServiceItem",
    "ChargeItem",
    "ExpenseItem",
];

pub(super) fn create(world: &mut World, call: &Call) -> Reply {
    let body = match read(world, call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let Some(number) = text(&body, "inventoryNumber")
        .map(str::trim)
        .filter(|it| !it.is_empty())
    else {
        return failed(world, "creating", "'Inventory ID' cannot be empty.");
    };
    if world.data.items.contains_key(number) {
        let text = format!("The item '{number}' exists already.");
        return failed(world, "creating", &text);
    }
    let Some(class) = text(&body, "itemClass") else {
        return failed(world, "creating", "'Item Class' cannot be empty.");
    };
    let Some(usual) = inventory::kind_of(class) else {
        let text = format!("Item class '{class}' cannot be found in the system.");
        return failed(world, "creating", &text);
    };
    let internal_id = world.data.items.values().map(|item| item.internal_id).max();
    let mut item = Item {
        internal_id: internal_id.unwrap_or(100).saturating_add(1),
        number: number.to_owned(),
        description: String::new(),
        kind: usual,
        status: "Active".to_owned(),
        class: class.to_owned(),
        vat_category: vat::HIGH.to_owned(),
        default_price: rust_decimal::Decimal::ZERO,
        barcode: None,
        sales_account: "3000".to_owned(),
        sales_unit: None,
        weight: rust_decimal::Decimal::ZERO,
        on_hand: rust_decimal::Decimal::ZERO,
    };
    if let Err(text) = apply(world, &body, &mut item) {
        return failed(world, "creating", &text);
    }
    let location = format!("{}/v1/inventory/{number}", world.base_url);
    let number = item.number.clone();
    world.data.items.insert(number.clone(), item);
    world.touch_item(&number);
    Reply::empty(201).with("location", location)
}

pub(super) fn update(world: &mut World, call: &Call, number: &str) -> Reply {
    let Some(mut item) = world.data.items.get(number).cloned() else {
        return answer::not_found(world, "inventory item", number);
    };
    let body = match read(world, call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    if let Err(text) = apply(world, &body, &mut item) {
        return failed(world, "updating", &text);
    }
    let number = item.number.clone();
    world.data.items.insert(number.clone(), item);
    world.touch_item(&number);
    Reply::empty(204)
}

fn read(world: &World, call: &Call) -> Result<Map<String, Value>, Reply> {
    let dto = "InventoryUpdateDto";
    let body = call
        .json()
        .ok_or_else(|| answer::not_recognized(world, dto, "no JSON"))?;
    match shape::check(&body, UPDATE).first() {
        Some(issue) => Err(answer::not_recognized(world, dto, &issue.path)),
        None => Ok(answer::object(body)),
    }
}

fn apply(world: &World, body: &Map<String, Value>, item: &mut Item) -> Result<(), String> {
    if let Some(class) = text(body, "itemClass") {
        if inventory::kind_of(class).is_none() {
            return Err(format!(
                "Item class '{class}' cannot be found in the system."
            ));
        }
        class.clone_into(&mut item.class);
    }
    if let Some(kind) = text(body, "type") {
        let known = STOCK.iter().chain(&OTHER).find(|known| **known == kind);
        let of_class = inventory::kind_of(&item.class).unwrap_or(item.kind);
        // A class is for stock items or for the others.
        if STOCK.contains(&kind) != STOCK.contains(&of_class) {
            return Err(format!(
                "The item class '{}' is of another type.",
                item.class
            ));
        }
        item.kind = known.copied().unwrap_or(item.kind);
    }
    if let Some(status) = text(body, "status") {
        status.clone_into(&mut item.status);
    }
    if let Some(text) = text(body, "description") {
        text.clone_into(&mut item.description);
    }
    if let Some(class) = text(body, "postingClass")
        && class != inventory::POSTING_CLASS
    {
        return Err(format!(
            "Posting class '{class}' cannot be found in the system."
        ));
    }
    if let Some(category) = text(body, "vatCode") {
        if !has(&world.data.vat_categories, category) {
            return Err(format!(
                "VAT category '{category}' cannot be found in the system."
            ));
        }
        category.clone_into(&mut item.vat_category);
    }
    if let Some(price) = wrapped(body, "defaultPrice").and_then(decimal) {
        if price < rust_decimal::Decimal::ZERO {
            return Err("'Default Price' cannot be negative.".to_owned());
        }
        item.default_price = price;
    }
    if let Some(packaging) = body.get("packaging").and_then(Value::as_object) {
        if text(packaging, "weightUOM").is_some_and(|unit| unit != "KG") {
            return Err("The weight unit cannot be found in the system.".to_owned());
        }
        if let Some(weight) = wrapped(packaging, "baseItemWeight").and_then(decimal) {
            item.weight = weight;
        }
    }
    Ok(())
}

fn failed(world: &World, doing: &str, text: &str) -> Reply {
    answer::error(
        world,
        400,
        &format!("Error {doing} inventory item. Error: {text}"),
    )
}

/// The value inside `{"name": {"value": x}}`.
fn wrapped<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name)?
        .get("value")
        .filter(|value| !value.is_null())
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    wrapped(body, name).and_then(Value::as_str)
}
