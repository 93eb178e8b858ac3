//! Stock: how many units the shop may sell at each location.
//!
//! Pushed is the usable quantity less every open unit that it has not already deducted (`booking-rules` 9). What Shopify itself holds
//! back for open orders (`committed`) is read together with `available`, so that an order which nobody has read yet counts too.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::code::{Code, Problem};
use crate::settings::{StockQuantity, StockSettings};
use crate::shop::{FulfillmentStatus, LineKind, Order};

/// An item that is paired with a variant of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockItem {
    /// Item number.
    pub item: String,
    /// Numeric id of the shop's inventory item.
    pub inventory_item: String,
    /// Does the shop count it.
    pub tracked: bool,
    /// A bundle has no stock of its own (`facts/shopify` 7.18).
    pub bundle: bool,
    /// Unit in which Visma.net counts it.
    pub base_unit: Option<String>,
    /// Unit in which it is sold.
    pub sales_unit: Option<String>,
}

/// An item's quantities in one warehouse of Visma.net (`facts/visma` 9).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WarehouseStock {
    /// Item number.
    pub item: String,
    /// Warehouse.
    pub warehouse: String,
    /// `quantityOnHand`.
    #[serde(with = "rust_decimal::serde::str")]
    pub on_hand: Decimal,
    /// `quantityAvailableForShipment`.
    #[serde(with = "rust_decimal::serde::str")]
    pub available_for_shipment: Decimal,
    /// `quantityAvailable`.
    #[serde(with = "rust_decimal::serde::str")]
    pub available: Decimal,
}

impl WarehouseStock {
    fn usable(&self, quantity: StockQuantity) -> Decimal {
        match quantity {
            StockQuantity::OnHand => self.on_hand,
            StockQuantity::AvailableForShipment => self.available_for_shipment,
            StockQuantity::Available => self.available,
        }
    }
}

/// An inventory item's quantities at one location of the shop, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopLevel {
    /// Numeric id of the inventory item.
    pub inventory_item: String,
    /// Numeric id of the location.
    pub location: String,
    /// `available`: what may be sold; below 0 when more was sold.
    pub available: i64,
    /// `committed`: what Shopify holds back for open orders.
    pub committed: i64,
}

/// Open units of one item, counted from the shop's orders and the ERP's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OpenUnits {
    /// Unfulfilled, and in no sales order yet.
    pub unbooked: i64,
    /// Unfulfilled, in a sales order of Visma.net.
    pub booked: i64,
    /// Those of `booked` in orders of a type that allocates (SA).
    pub allocated: i64,
    /// Sent by the shop, but not taken out of Visma.net's stock yet.
    pub leaving: i64,
    /// In open sales orders of other channels, per warehouse; an empty name is a warehouse that is not known.
    pub other: BTreeMap<String, Decimal>,
}

/// One quantity to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockWrite {
    /// Item number, for the record.
    pub item: String,
    /// Numeric id of the inventory item.
    pub inventory_item: String,
    /// Numeric id of the location.
    pub location: String,
    /// What was there when it was decided; sent along, so that a change in between is seen.
    pub from: i64,
    /// What shall be there.
    pub to: i64,
}

/// An item to be connected to a location, with its first quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockConnection {
    /// Item number, for the record.
    pub item: String,
    /// Numeric id of the inventory item.
    pub inventory_item: String,
    /// Numeric id of the location.
    pub location: String,
    /// What shall be there.
    pub available: i64,
}

/// What one item has at one location, and what it should have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockPlace {
    /// Item number.
    pub item: String,
    /// Numeric id of the location.
    pub location: String,
    /// In the shop; 0 where the item is not stocked.
    pub shopify: i64,
    /// By Visma.net's stock, less open units and buffer.
    pub visma: i64,
}

/// What to set, and what keeps the rest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StockPlan {
    /// Quantities to be set; those that are right already are not among them.
    pub writes: Vec<StockWrite>,
    /// Items to be connected first.
    pub connections: Vec<StockConnection>,
    /// Every place that was decided on, right already or not.
    pub places: Vec<StockPlace>,
    /// Why an item is not, or not everywhere, pushed; at most one reason each.
    pub problems: BTreeMap<String, Problem>,
}

/// Decides what the shop may sell.
///
/// `stock` must hold every warehouse of an item that it names; an item that it does not name is left alone. `levels` must hold every
/// level of the items.
pub fn plan_stock(
    items: &[StockItem],
    stock: &[WarehouseStock],
    levels: &[ShopLevel],
    open: &BTreeMap<String, OpenUnits>,
    settings: &StockSettings,
) -> StockPlan {
    let mut by_item: BTreeMap<&str, Vec<&WarehouseStock>> = BTreeMap::new();
    for row in stock {
        by_item.entry(&row.item).or_default().push(row);
    }
    let mut by_inventory: BTreeMap<&str, Vec<&ShopLevel>> = BTreeMap::new();
    for level in levels {
        by_inventory
            .entry(&level.inventory_item)
            .or_default()
            .push(level);
    }
    let none = OpenUnits::default();
    let mut plan = StockPlan::default();
    for item in items {
        let Some(rows) = by_item.get(item.item.as_str()) else {
            continue;
        };
        let levels = by_inventory
            .get(item.inventory_item.as_str())
            .map_or(&[][..], Vec::as_slice);
        let open = open.get(&item.item).unwrap_or(&none);
        if let Err(problem) = plan_item(item, rows, levels, open, settings, &mut plan) {
            plan.problems.insert(item.item.clone(), problem);
        }
    }
    plan
}

fn plan_item(
    item: &StockItem,
    rows: &[&WarehouseStock],
    levels: &[&ShopLevel],
    open: &OpenUnits,
    settings: &StockSettings,
    plan: &mut StockPlan,
) -> Result<(), Problem> {
    let about = |code: Code| Problem::new(code).with("item", &item.item);
    if item.bundle {
        return Err(about(Code::StockBundle));
    }
    if !item.tracked {
        return Err(about(Code::StockUntracked));
    }
    if let (Some(base), Some(sales)) = (&item.base_unit, &item.sales_unit)
        && base.trim() != sales.trim()
    {
        return Err(about(Code::StockUnitDiffers)
            .with("base", base)
            .with("sales", sales));
    }
    if settings.quantity == StockQuantity::Available && !settings.available_deducts_orders {
        return Err(Code::StockAvailableUnconfirmed.into());
    }
    let mut usable: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (warehouse, location) in &settings.locations {
        if settings.return_locations.contains(location) {
            if rows.iter().any(|row| row.warehouse == *warehouse) {
                return Err(about(Code::StockReturnLocation)
                    .with("warehouse", warehouse)
                    .with("location", location));
            }
            continue;
        }
        let here: Decimal = rows
            .iter()
            .filter(|row| row.warehouse == *warehouse)
            .map(|row| row.usable(settings.quantity))
            .sum();
        *usable.entry(location).or_default() += here;
    }
    if usable.is_empty()
        || !rows
            .iter()
            .any(|row| settings.locations.contains_key(&row.warehouse))
    {
        return Err(about(Code::StockUnmapped));
    }
    let order = places(&usable, settings);
    let taken = taken(&order, levels, open, settings);
    let left = spread(&order, &usable, &taken);
    let mut missing = None;
    for location in order {
        let buffer = Decimal::from(settings.buffer.of(&item.item, location));
        let units = left.get(location).copied().unwrap_or_default() - buffer;
        let to = units.floor().max(Decimal::ZERO).to_i64().unwrap_or(0);
        let level = levels.iter().find(|level| level.location == location);
        plan.places.push(StockPlace {
            item: item.item.clone(),
            location: location.to_owned(),
            shopify: level.map_or(0, |level| level.available),
            visma: to,
        });
        match level {
            Some(level) if level.available == to => {}
            Some(level) => plan.writes.push(StockWrite {
                item: item.item.clone(),
                inventory_item: item.inventory_item.clone(),
                location: location.to_owned(),
                from: level.available,
                to,
            }),
            // Nothing to sell where it is not stocked: as it should be.
            None if to == 0 => {}
            None if settings.connect_items => plan.connections.push(StockConnection {
                item: item.item.clone(),
                inventory_item: item.inventory_item.clone(),
                location: location.to_owned(),
                available: to,
            }),
            None => missing = Some(location),
        }
    }
    match missing {
        Some(location) => Err(about(Code::StockNotAtLocation).with("location", location)),
        None => Ok(()),
    }
}

/// The locations, the one that pays first in front.
fn places<'a>(usable: &BTreeMap<&'a str, Decimal>, settings: &StockSettings) -> Vec<&'a str> {
    let mut order: Vec<&str> = usable.keys().copied().collect();
    order.sort_by_key(|location| settings.first_location.as_deref() != Some(location));
    order
}

/// Open units per location that the usable quantity has not deducted yet.
fn taken<'a>(
    order: &[&'a str],
    levels: &[&ShopLevel],
    open: &OpenUnits,
    settings: &StockSettings,
) -> BTreeMap<&'a str, Decimal> {
    let committed = |location: &str| -> i64 {
        levels
            .iter()
            .filter(|level| level.location == location)
            .map(|level| level.committed.max(0))
            .sum()
    };
    let ours: BTreeSet<&str> = order.iter().copied().collect();
    let elsewhere: i64 = levels
        .iter()
        .filter(|level| !ours.contains(level.location.as_str()))
        .map(|level| level.committed.max(0))
        .sum();
    let mut taken: BTreeMap<&str, Decimal> = order
        .iter()
        .map(|location| (*location, Decimal::from(committed(location))))
        .collect();
    let first = order.first().copied().unwrap_or_default();
    let held_back: Decimal = taken.values().sum();
    // What the orders say beyond what Shopify holds back: from nobody knows where.
    let counted = Decimal::from(open.unbooked.max(0) + open.booked.max(0) - elsewhere);
    *taken.entry(first).or_default() += (counted - held_back).max(Decimal::ZERO);
    // What Visma.net has deducted already, it shall not be deducted twice.
    let mut deducted = Decimal::from(match settings.quantity {
        StockQuantity::OnHand => 0,
        StockQuantity::AvailableForShipment => open.allocated.max(0),
        StockQuantity::Available => open.booked.max(0),
    });
    for location in order {
        let units = taken.entry(location).or_default();
        let part = deducted.min(*units);
        *units -= part;
        deducted -= part;
    }
    *taken.entry(first).or_default() += Decimal::from(open.leaving.max(0));
    if settings.quantity != StockQuantity::Available {
        for (warehouse, units) in &open.other {
            let location = if warehouse.is_empty() {
                Some(first)
            } else {
                // From a warehouse that the shop does not sell from: no matter of ours.
                settings
                    .locations
                    .get(warehouse)
                    .and_then(|location| ours.get(location.as_str()).copied())
            };
            if let Some(location) = location {
                *taken.entry(location).or_default() += (*units).max(Decimal::ZERO);
            }
        }
    }
    taken
}

/// What is left per location. Units that a location owes beyond its stock are paid by the others: together they never sell more than
/// there is.
fn spread<'a>(
    order: &[&'a str],
    usable: &BTreeMap<&'a str, Decimal>,
    taken: &BTreeMap<&'a str, Decimal>,
) -> BTreeMap<&'a str, Decimal> {
    let mut left: BTreeMap<&str, Decimal> = order
        .iter()
        .map(|location| {
            let have = usable.get(location).copied().unwrap_or_default();
            (
                *location,
                have - taken.get(location).copied().unwrap_or_default(),
            )
        })
        .collect();
    let mut owed: Decimal = left
        .values()
        .filter(|units| units.is_sign_negative())
        .map(|units| -*units)
        .sum();
    for units in left.values_mut() {
        if *units > Decimal::ZERO {
            let part = owed.min(*units);
            *units -= part;
            owed -= part;
        }
    }
    left
}

/// Open units of one line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLine {
    /// Numeric id of the variant.
    pub variant: Option<String>,
    /// SKU as it was at the sale, trimmed.
    pub sku: Option<String>,
    /// Units not sent yet.
    pub unfulfilled: i64,
    /// Units sent, per fulfilment (numeric id): in Visma.net's stock until its shipment is confirmed there.
    pub sent: BTreeMap<String, i64>,
}

/// What an order has open. A cancelled order has nothing unfulfilled.
pub fn open_lines(order: &Order) -> Vec<OpenLine> {
    let done = order.cancelled_at.is_some()
        || matches!(
            order.fulfillment_status,
            FulfillmentStatus::Fulfilled | FulfillmentStatus::NotRequired
        );
    let mut lines = Vec::new();
    for line in &order.lines {
        let (variant, code) = match &line.kind {
            LineKind::Product { variant_id, sku } => (variant_id.clone(), sku.as_deref()),
            LineKind::Custom { sku } => (None, sku.as_deref()),
            LineKind::Tip | LineKind::GiftCard => continue,
        };
        let code = code.and_then(super::sku).map(str::to_owned);
        if variant.is_none() && code.is_none() {
            continue;
        }
        let mut sent: BTreeMap<String, i64> = BTreeMap::new();
        for fulfilment in &order.fulfilments {
            for row in fulfilment.lines.iter().filter(|row| row.line_id == line.id) {
                *sent.entry(fulfilment.id.clone()).or_default() += i64::from(row.quantity);
            }
        }
        let unfulfilled = if done {
            0
        } else {
            // Where Shopify's figures contradict each other, every unit counts.
            let removed = line.removed_before_shipping(order).unwrap_or(0);
            let gone: i64 = sent.values().sum();
            (i64::from(line.quantity) - i64::from(removed) - gone).max(0)
        };
        if unfulfilled > 0 || !sent.is_empty() {
            lines.push(OpenLine {
                variant,
                sku: code,
                unfulfilled,
                sent,
            });
        }
    }
    lines
}
