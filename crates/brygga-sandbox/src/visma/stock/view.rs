//! Stock as the three places show it: v3 `Inventory`, the item's `warehouseDetails`, and `inventorysummary`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Place, Taken};
use crate::visma::amounts::number;
use crate::visma::data::{Item, WAREHOUSE, text_of};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::orders;
use crate::visma::world::World;

/// `GET /api/v3/Inventory`: stock items with the numbers of each warehouse; the best delta of stock (`facts/visma 9`).
pub(crate) fn inventory(world: &World, call: &Call) -> Reply {
    let bad = |name: &str| {
        Reply::problem(
            400,
            "Bad Request",
            Some(&format!("The value is not valid for {name}.")),
        )
    };
    let since = match call.param("modifiedSince").map(moment::parse_utc) {
        Some(None) => return bad("modifiedSince"),
        given => given.flatten(),
    };
    // Without a condition, >= counts (`facts/visma 9`).
    let condition = call.param("modifiedSinceCondition").unwrap_or(">=");
    if !["<", ">", "<=", ">=", "="].contains(&condition) {
        return bad("modifiedSinceCondition");
    }
    let known = ["None", "Location", "Attribute", "LotSerial", "All"];
    if let Some(word) = call
        .params("expand")
        .find(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    {
        return bad(&format!("expand: {word}"));
    }
    let keeps = |at: DateTime<Utc>| {
        since.is_none_or(|since| match condition {
            "<" => at < since,
            ">" => at > since,
            "<=" => at <= since,
            "=" => at == since,
            _ => at >= since,
        })
    };
    // Nobody gave the practice company's items attributes, and nothing lies on a named location.
    let no_rows = call.params("attributeFilter").any(|text| !text.is_empty())
        || call.params("locationId").any(|text| !text.is_empty());
    let items: Vec<&str> = call
        .params("inventoryId")
        .filter(|id| !id.is_empty())
        .collect();
    let warehouses: Vec<&str> = call
        .params("warehouseId")
        .filter(|id| !id.is_empty())
        .collect();
    let taken = world.taken();
    let mut rows = Vec::new();
    for item in world.data.items.values().filter(|item| {
        !no_rows && item.is_stock() && (items.is_empty() || items.contains(&item.number.as_str()))
    }) {
        let mut availability = Vec::new();
        let mut changed = false;
        for (warehouse, id) in world.data.warehouses.iter().zip(1..) {
            if !warehouses.is_empty() && !warehouses.contains(&warehouse.id.as_str()) {
                continue;
            }
            let place: Place = (item.number.clone(), warehouse.id.clone());
            let figures = world.figures(&place, &taken);
            let modified = world.stock_modified(&place);
            changed |= keeps(modified);
            availability.push(json!({
                "internalWarehouseId": id,
                "warehouseId": warehouse.id,
                "description": warehouse.text,
                "quantityOnHand": number(figures.on_hand),
                "quantityAvailable": number(figures.available()),
                "quantityAvailableForShipment": number(figures.for_shipment()),
                "quantityNotAvailable": 0.0,
                "quantityPurchaseOrders": 0.0,
                "lastModified": moment::utc(modified),
            }));
        }
        if changed {
            rows.push(json!({
                "inventoryId": item.number,
                "internalId": item.internal_id,
                "description": item.description,
                "baseUnit": "STK",
                "availability": availability,
            }));
        }
    }
    orders::page(world, call, rows, 10_000)
}

/// `InventoryDto.warehouseDetails`.
pub(crate) fn warehouse_details(
    world: &World,
    item: &Item,
    taken: &BTreeMap<Place, Taken>,
) -> Vec<Value> {
    if !item.is_stock() {
        return Vec::new();
    }
    world
        .data
        .warehouses
        .iter()
        .map(|warehouse| {
            let place: Place = (item.number.clone(), warehouse.id.clone());
            let figures = world.figures(&place, taken);
            json!({
                "isDefault": warehouse.id == WAREHOUSE,
                "warehouse": warehouse.id,
                "quantityOnHand": number(figures.on_hand),
                "available": number(figures.available()),
                "availableForShipment": number(figures.for_shipment()),
                "lastModifiedDateTime": moment::local(world.stock_modified(&place)),
            })
        })
        .collect()
}

/// `GET /v1/inventorysummary/{number}`: one row per warehouse of one item.
pub(crate) fn summary(world: &World, call: &Call, number_of: &str) -> Reply {
    let Some(item) = world.data.items.get(number_of) else {
        return answer::not_found(world, "inventory item", number_of);
    };
    let taken = world.taken();
    let rows: Vec<Map<String, Value>> = world
        .data
        .warehouses
        .iter()
        .filter(|warehouse| {
            item.is_stock() && call.param("warehouse").is_none_or(|id| id == warehouse.id)
        })
        .map(|warehouse| {
            let place: Place = (item.number.clone(), warehouse.id.clone());
            let figures = world.figures(&place, &taken);
            answer::object(json!({
                "inventory": {"number": item.number, "description": item.description},
                "warehouse": {"id": warehouse.id, "description": text_of(&world.data.warehouses, &warehouse.id)},
                "location": null,
                "available": number(figures.available()),
                "availableForShipment": number(figures.for_shipment()),
                "notAvailable": 0.0,
                "soBooked": number(figures.taken.booked),
                "soAllocated": number(figures.taken.allocated),
                "soShipped": number(figures.taken.shipping),
                "soBackOrdered": number(figures.taken.back_ordered),
                "inIssues": 0.0,
                "inReceipts": 0.0,
                "inTransit": 0.0,
                "onHand": number(figures.on_hand),
                "baseUnit": "STK",
            }))
        })
        .collect();
    let most = rows.len().max(1);
    answer::page(world, call, rows, most)
}
