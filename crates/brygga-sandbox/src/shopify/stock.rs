//! What lies where. Available stock is what was put there less what orders took; committed stock is what open orders still hold
//! (`facts/shopify 8.9`). Nothing is counted twice: both follow from the orders as they are at a moment.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::store::{Store, number_of, stamp};

/// Inventory item and location, by their numbers.
pub(super) type Place = (u64, u64);

/// One item at one location.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    /// What was available before orders took from it.
    pub(super) put: i64,
    /// Set aside, by state.
    pub(super) reserved: i64,
    pub(super) damaged: i64,
    pub(super) safety_stock: i64,
    pub(super) quality_control: i64,
    pub(super) incoming: i64,
    pub(super) since: DateTime<Utc>,
    /// When somebody last set a quantity.
    pub(super) set_at: DateTime<Utc>,
}

impl Shelf {
    pub(super) fn new(put: i64, since: DateTime<Utc>) -> Self {
        Self {
            put,
            reserved: 0,
            damaged: 0,
            safety_stock: 0,
            quality_control: 0,
            incoming: 0,
            since,
            set_at: since,
        }
    }

    /// On hand without what is available or committed.
    fn aside(&self) -> i64 {
        self.reserved + self.damaged + self.safety_stock + self.quality_control
    }
}

/// What orders did to the shelves until a moment.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Held by open orders.
    committed: HashMap<Place, i64>,
    /// No longer available: held, or sent away and not come back.
    taken: HashMap<Place, i64>,
}

/// The quantities of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantities {
    pub(super) available: i64,
    pub(super) committed: i64,
    pub(super) on_hand: i64,
    reserved: i64,
    damaged: i64,
    safety_stock: i64,
    quality_control: i64,
    incoming: i64,
}

impl Quantities {
    /// A quantity by its name in the API; nothing for a name that there is not.
    pub(super) fn named(&self, name: &str) -> Option<i64> {
        Some(match name {
            "available" => self.available,
            "committed" => self.committed,
            "on_hand" => self.on_hand,
            "reserved" => self.reserved,
            "damaged" => self.damaged,
            "safety_stock" => self.safety_stock,
            "quality_control" => self.quality_control,
            "incoming" => self.incoming,
            _ => return None,
        })
    }
}

impl Moves {
    /// What the orders that exist at `now` took.
    pub(super) fn of(store: &Store, now: DateTime<Utc>) -> Self {
        let mut moves = Self::default();
        if store.shelves.is_empty() {
            return moves;
        }
        for order in store.orders_at(now) {
            moves.add(order);
        }
        moves
    }

    fn add(&mut self, order: &Value) {
        let lines: HashMap<&str, u64> = list(&order["lineItems"])
            .filter_map(|line| {
                let item = line["variant"]["inventoryItem"]["id"].as_str()?;
                Some((line["id"].as_str()?, number_of(item)))
            })
            .collect();
        let item = |line: &Value| line["id"].as_str().and_then(|id| lines.get(id)).copied();
        let location = |place: &Value| place["id"].as_str().map_or(0, number_of);
        let units = |value: &Value| value.as_i64().unwrap_or(0);
        for held in list(&order["fulfillmentOrders"]) {
            if held["status"] == "CLOSED" || held["status"] == "CANCELLED" {
                continue;
            }
            let at = location(&held["assignedLocation"]["location"]);
            for line in list(&held["lineItems"]) {
                if let Some(item) = item(&line["lineItem"]) {
                    let waiting = units(&line["remainingQuantity"]);
                    *self.committed.entry((item, at)).or_default() += waiting;
                    *self.taken.entry((item, at)).or_default() += waiting;
                }
            }
        }
        for sent in list(&order["fulfillments"]).filter(|one| one["status"] == "SUCCESS") {
            let at = location(&sent["location"]);
            for line in list(&sent["fulfillmentLineItems"]) {
                if let Some(item) = item(&line["lineItem"]) {
                    *self.taken.entry((item, at)).or_default() += units(&line["quantity"]);
                }
            }
        }
        for back in list(&order["refunds"]).flat_map(|refund| list(&refund["refundLineItems"])) {
            // Only goods that came back lie there again; a unit that was cancelled was never taken.
            if back["restockType"] == "RETURN"
                && back["restocked"] == true
                && let Some(item) = item(&back["lineItem"])
            {
                let at = location(&back["location"]);
                *self.taken.entry((item, at)).or_default() -= units(&back["quantity"]);
            }
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Store {
    /// The quantities of an item at a location; nothing where it is not stocked or not tracked (`facts/shopify 8.11`).
    pub(super) fn quantities(
        &self,
        place: Place,
        moves: &Moves,
        now: DateTime<Utc>,
    ) -> Option<Quantities> {
        let shelf = self.shelves.get(&place)?;
        if shelf.since > now || !self.is_tracked(place.0, now) {
            return None;
        }
        let committed = moves.committed.get(&place).copied().unwrap_or(0);
        let available = shelf.put - moves.taken.get(&place).copied().unwrap_or(0);
        Some(Quantities {
            available,
            committed,
            on_hand: available + committed + shelf.aside(),
            reserved: shelf.reserved,
            damaged: shelf.damaged,
            safety_stock: shelf.safety_stock,
            quality_control: shelf.quality_control,
            incoming: shelf.incoming,
        })
    }

    fn is_tracked(&self, item: u64, now: DateTime<Utc>) -> bool {
        self.record(&item_gid(item), now)
            .is_some_and(|item| item["tracked"] == true)
    }

    /// Where an item lies.
    pub(super) fn places_of(&self, item: u64) -> impl Iterator<Item = Place> {
        self.shelves
            .range((item, 0)..=(item, u64::MAX))
            .map(|(place, _)| *place)
    }

    /// Available stock of an item over all its locations, or over those that `counts` lets count.
    pub(super) fn available(
        &self,
        item: u64,
        moves: &Moves,
        now: DateTime<Utc>,
        counts: impl Fn(&Value) -> bool,
    ) -> i64 {
        self.places_of(item)
            .filter(|(_, location)| {
                self.record(&location_gid(*location), now)
                    .is_some_and(&counts)
            })
            .filter_map(|place| self.quantities(place, moves, now))
            .map(|quantities| quantities.available)
            .sum()
    }

    /// Puts so much there that `name` (`available` or `on_hand`) is `quantity`.
    pub(super) fn set_quantity(
        &mut self,
        place: Place,
        name: &str,
        quantity: i64,
        moves: &Moves,
        now: DateTime<Utc>,
    ) {
        let taken = moves.taken.get(&place).copied().unwrap_or(0);
        let committed = moves.committed.get(&place).copied().unwrap_or(0);
        let shelf = self
            .shelves
            .entry(place)
            .or_insert_with(|| Shelf::new(0, now));
        let available = if name == "on_hand" {
            quantity - committed - shelf.aside()
        } else {
            quantity
        };
        shelf.put = available + taken;
        shelf.set_at = now;
    }

    /// The `InventoryLevel` object of a place.
    pub(super) fn level(&self, place: Place, moves: &Moves, now: DateTime<Utc>) -> Option<Value> {
        let quantities = self.quantities(place, moves, now)?;
        let shelf = self.shelves.get(&place)?;
        let (item, location) = place;
        let named: serde_json::Map<String, Value> = [
            "available",
            "committed",
            "on_hand",
            "reserved",
            "damaged",
            "safety_stock",
            "quality_control",
            "incoming",
        ]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(quantities.named(name)?))))
        .collect();
        Some(json!({
            "__typename": "InventoryLevel", "id": level_gid(place), "isActive": true, "canDeactivate": quantities.on_hand == 0, "deactivationAlert": null,
            "createdAt": stamp(shelf.since), "updatedAt": stamp(shelf.set_at), "item": { "id": item_gid(item) }, "location": { "id": location_gid(location) },
            "_quantities": named,
        }))
    }
}

/// The gid of an inventory item.
pub(super) fn item_gid(item: u64) -> String {
    format!("gid://shopify/InventoryItem/{item}")
}

/// The gid of a location.
pub(super) fn location_gid(location: u64) -> String {
    format!("gid://shopify/Location/{location}")
}

/// The gid of a level, in the recorded shape. Real ones carry a number of their own; here it is the location's.
fn level_gid((item, location): Place) -> String {
    format!("gid://shopify/InventoryLevel/{location}?inventory_item_id={item}")
}

/// The place that the gid of a level names.
pub(super) fn level_place(id: &str) -> Option<Place> {
    let (location, item) = id
        .strip_prefix("gid://shopify/InventoryLevel/")?
        .split_once("?inventory_item_id=")?;
    Some((item.parse().ok()?, location.parse().ok()?))
}
