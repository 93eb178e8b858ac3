//! `GET /v1/inventory`: items with stock per warehouse (`facts/visma 9`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{self, Since};
use crate::visma::amounts::number;
use crate::visma::data::{BASE_UNIT, Item, WAREHOUSE, text_of};
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::stock::{self, Place, Taken};
use crate::visma::world::World;

/// Documented since April 2022.
const MAX_PAGE: usize = 5000;

pub(super) fn list(world: &World, call: &Call) -> Reply {
    let modified = match Since::read(world, call, "lastModifiedDateTime") {
        Ok(modified) => modified,
        Err(reply) => return reply,
    };
    let available = match Since::read(world, call, "availabilityLastModifiedDateTime") {
        Ok(available) => available,
        Err(reply) => return reply,
    };
    let created = match Since::read(world, call, "createdDateTime") {
        Ok(created) => created,
        Err(reply) => return reply,
    };
    let taken = world.taken();
    let equals = |name: &str, value: Option<&str>| {
        call.param(name).is_none_or(|wanted| {
            value.is_some_and(|value| value.to_lowercase() == wanted.to_lowercase())
        })
    };
    let kinds: Vec<&str> = call.params("inventoryTypes").collect();
    // These parts are in the rows unless they are asked away (`facts/visma 4`).
    let leave_out: Vec<&str> = [
        ("expandCrossReference", "crossReferences"),
        ("expandWarehouseDetail", "warehouseDetails"),
        ("expandAccountInformation", "accountInformation"),
    ]
    .into_iter()
    .filter(|(flag, _)| {
        call.param(flag)
            .is_some_and(|value| value.eq_ignore_ascii_case("false"))
    })
    .map(|(_, field)| field)
    .collect();
    let rows = world
        .data
        .items
        .values()
        .filter(|item| {
            equals("inventoryNumber", Some(&item.number))
                && equals("alternateID", item.barcode.as_deref())
        })
        .filter(|item| {
            equals("status", Some(&item.status)) && equals("description", Some(&item.description))
        })
        .filter(|item| kinds.is_empty() || kinds.contains(&item.kind))
        .filter(|item| {
            modified
                .as_ref()
                .is_none_or(|since| since.keeps(world.item_modified(&item.number)))
        })
        .filter(|_| {
            created
                .as_ref()
                .is_none_or(|since| since.keeps(world.began))
        })
        .filter(|item| {
            available.as_ref().is_none_or(|since| {
                item.is_stock()
                    && world.data.warehouses.iter().any(|warehouse| {
                        let place = (item.number.clone(), warehouse.id.clone());
                        since.keeps(world.stock_modified(&place))
                    })
            })
        })
        .map(|item| {
            let mut row = dto(world, item, &taken);
            for field in &leave_out {
                row.remove(*field);
            }
            row
        })
        .collect();
    answer::page(world, call, rows, MAX_PAGE)
}

pub(super) fn one(world: &World, number: &str) -> Reply {
    world.data.items.get(number).map_or_else(
        || answer::not_found(world, "inventory item", number),
        |item| Reply::json(Value::Object(dto(world, item, &world.taken()))),
    )
}

pub(super) fn by_id(world: &World, id: &str) -> Reply {
    let item = world
        .data
        .items
        .values()
        .find(|item| item.internal_id.to_string() == id);
    match item {
        Some(item) => one(world, &item.number),
        None => answer::not_found(world, "inventory item", id),
    }
}

/// `GET /v1/inventory/itemClass`, whole or one.
pub(super) fn classes(world: &World, path: &[&str]) -> Reply {
    let rows = CLASSES
        .iter()
        .map(|(id, _)| ((*id).to_owned(), class(id)))
        .collect();
    answer::all_or_one(world, "item class", path, rows)
}

/// The company's only posting class.
pub(super) const POSTING_CLASS: &str = "STD";

/// What the items of a class are, unless they say otherwise.
pub(super) fn kind_of(class: &str) -> Option<&'static str> {
    CLASSES.iter().find(|(known, _)| *known == class)?;
    Some(if class == "VARER" {
        "FinishedGoodItem"
    } else {
        "NonStockItem"
    })
}

/// The company's item classes: id and text.
const CLASSES: [(&str, &str); 2] = [("VARER", "Varer"), ("TJENESTER", "Tjenester")];

fn class(id: &str) -> Value {
    let kind = kind_of(id).unwrap_or("NonStockItem");
    let text = CLASSES.iter().find(|(known, _)| *known == id);
    json!({"type": kind, "attributes": [], "id": id, "description": text.map(|(_, text)| text)})
}

fn dto(world: &World, item: &Item, taken: &BTreeMap<Place, Taken>) -> Map<String, Value> {
    let when = moment::local(world.item_modified(&item.number));
    let warehouses = stock::warehouse_details(world, item, taken);
    let cross: Vec<Value> =
        item.barcode.iter().map(|code| json!({"alternateType": "Barcode", "alternateID": code, "description": item.description, "uom": "STK"})).collect();
    answer::object(json!({
        "inventoryId": item.internal_id,
        "inventoryNumber": item.number,
        "status": item.status,
        "type": item.kind,
        "description": item.description,
        "itemClass": class(&item.class),
        "postingClass": {"id": POSTING_CLASS, "description": "Standard"},
        "vatCode": {"id": item.vat_category, "description": text_of(&world.data.vat_categories, &item.vat_category)},
        "defaultPrice": number(item.default_price),
        "lastModifiedDateTime": when,
        "baseUnit": BASE_UNIT,
        "salesUnit": item.sold_in(),
        "purchaseUnit": BASE_UNIT,
        "stockItem": item.is_stock(),
        "kitItem": false,
        "accountInformation": {"salesAccount": {"type": "Income", "number": item.sales_account, "description": text_of(&world.data.accounts, &item.sales_account)}},
        "crossReferences": cross,
        "attachments": [],
        "attributes": [],
        "warehouseDetails": warehouses,
        "inventoryUnits": [],
        "defaultWarehouse": item.is_stock().then(|| json!({"id": WAREHOUSE, "description": text_of(&world.data.warehouses, WAREHOUSE)})),
        "packaging": {"baseItemWeight": number(item.weight), "weightUOM": "KG", "baseItemVolume": 0.0, "volumeUOM": null},
        "supplierDetails": [],
        "salesCategories": [],
        "recommendedPrice": number(item.default_price),
    }))
}
