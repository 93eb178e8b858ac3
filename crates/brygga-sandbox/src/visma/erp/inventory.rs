//! `GET /v1/inventory`: items with stock per warehouse (`facts/visma 9`).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::answer::{self, Since};
use crate::visma::amounts::number;
use crate::visma::data::{Item, WAREHOUSE, WAREHOUSE_STORE, text_of};
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

/// Documented since April 2022.
const MAX_PAGE: usize = 5000;

pub(super) fn list(world: &World, call: &Call) -> Reply {
    let modified = match Since::read(world, call, "lastModifiedDateTime") {
        Ok(modified) => modified,
        Err(reply) => return reply,
    };
    let changed = changed(world);
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
        .filter(|_| modified.as_ref().is_none_or(|since| since.keeps(changed)))
        .map(|item| {
            let mut row = dto(world, item);
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
        |item| Reply::json(Value::Object(dto(world, item))),
    )
}

/// Items do not change yet: all were made long before the first request.
fn changed(world: &World) -> chrono::DateTime<chrono::Utc> {
    world
        .customers
        .values()
        .map(|customer| customer.created)
        .min()
        .unwrap_or(world.now)
}

/// Open SO orders do not touch what can be shipped; SA orders allocate it (`facts/visma 16`).
fn allocated(world: &World, item: &Item, warehouse: &str) -> (Decimal, Decimal) {
    let mut booked = Decimal::ZERO;
    let mut allocated = Decimal::ZERO;
    for order in world.orders.values().filter(|order| order.is_editable()) {
        let allocates = world
            .data
            .order_types
            .iter()
            .any(|kind| kind.id == order.order_type && kind.allocates);
        for line in order.lines.iter().filter(|line| {
            line.item == item.number
                && line.warehouse.as_deref() == Some(warehouse)
                && !line.completed
        }) {
            booked += line.quantity;
            if allocates {
                allocated += line.quantity;
            }
        }
    }
    (booked, allocated)
}

fn dto(world: &World, item: &Item) -> Map<String, Value> {
    let when = moment::local(changed(world));
    let warehouses: Vec<Value> = [
        (WAREHOUSE, item.on_hand),
        (WAREHOUSE_STORE, item.on_hand / Decimal::TEN),
    ]
    .into_iter()
    .filter(|_| item.is_stock())
    .map(|(warehouse, on_hand)| {
        let (booked, allocated) = allocated(world, item, warehouse);
        json!({
            "isDefault": warehouse == WAREHOUSE,
            "warehouse": warehouse,
            "quantityOnHand": number(on_hand),
            "available": number(on_hand - booked),
            "availableForShipment": number(on_hand - allocated),
            "lastModifiedDateTime": when,
        })
    })
    .collect();
    let cross: Vec<Value> =
        item.barcode.iter().map(|code| json!({"alternateType": "Barcode", "alternateID": code, "description": item.description, "uom": "STK"})).collect();
    answer::object(json!({
        "inventoryId": item.internal_id,
        "inventoryNumber": item.number,
        "status": item.status,
        "type": item.kind,
        "description": item.description,
        "itemClass": {"type": item.kind, "attributes": [], "id": if item.is_stock() { "VARER" } else { "TJENESTER" }, "description": if item.is_stock() { "Varer" } else { "Tjenester" }},
        "postingClass": {"id": "STD", "description": "Standard"},
        "vatCode": {"id": item.vat_category, "description": text_of(&world.data.vat_categories, &item.vat_category)},
        "defaultPrice": number(item.default_price),
        "lastModifiedDateTime": when,
        "baseUnit": "STK",
        "salesUnit": "STK",
        "purchaseUnit": "STK",
        "stockItem": item.is_stock(),
        "kitItem": false,
        "accountInformation": {"salesAccount": {"type": "Income", "number": item.sales_account, "description": text_of(&world.data.accounts, &item.sales_account)}},
        "crossReferences": cross,
        "attachments": [],
        "attributes": [],
        "warehouseDetails": warehouses,
        "inventoryUnits": [],
        "defaultWarehouse": item.is_stock().then(|| json!({"id": WAREHOUSE, "description": text_of(&world.data.warehouses, WAREHOUSE)})),
        "supplierDetails": [],
        "salesCategories": [],
        "recommendedPrice": number(item.default_price),
    }))
}
