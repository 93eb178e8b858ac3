//! Fields that list what is kept beside the records: inventory levels, changes, payouts, store credit.

use std::borrow::Cow;

use apollo_compiler::resolvers::{FieldError, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonValue;
use serde_json::{Value, json};

use super::roots::Queries;
use super::{Record, argument_str, field_error};
use crate::shopify::search::{Kind, Search};
use crate::shopify::stock::Place;
use crate::shopify::store::{Store, number_of};

impl Record<'_> {
    /// One of the listings.
    pub(super) fn listed<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let Some(store) = self.context.store else {
            return Ok(ResolvedValue::null());
        };
        let arguments = info.arguments();
        match (&*self.type_name, info.field_name()) {
            (_, "inventoryLevel") => {
                let place = if &*self.type_name == "InventoryItem" {
                    let location = argument_str(arguments, "locationId").unwrap_or_default();
                    (number_of(self.id()), number_of(location))
                } else {
                    let item = argument_str(arguments, "inventoryItemId").unwrap_or_default();
                    (number_of(item), number_of(self.id()))
                };
                let level = store.level(place, self.context.moves(store), self.context.now);
                Ok(ResolvedValue::nullable_object(level.map(|level| {
                    Record::new(self.context, "InventoryLevel", Cow::Owned(level), None)
                })))
            }
            (owner, "inventoryLevels") => {
                let places: Vec<Place> = if owner == "InventoryItem" {
                    store.places_of(number_of(self.id())).collect()
                } else {
                    let location = number_of(self.id());
                    let all = store.shelves.keys();
                    all.filter(|place| place.1 == location).copied().collect()
                };
                self.levels(store, &places, info)
            }
            (_, "quantities") => self.quantities(info),
            (_, "changes") => Ok(self.changes(info)),
            (_, "payouts") => self.payments(store, Kind::Payouts, "ShopifyPaymentsPayout", info),
            (_, "balanceTransactions") => self.payments(
                store,
                Kind::BalanceTransactions,
                "ShopifyPaymentsBalanceTransaction",
                info,
            ),
            (_, "disputes") => self.payments(store, Kind::Disputes, "ShopifyPaymentsDispute", info),
            _ => {
                let all = store.credits.iter();
                let own = all
                    .filter_map(|one| one.at(self.context.now))
                    .filter(|one| one["owner"]["id"] == self.id());
                let items = own.map(Cow::Borrowed).collect();
                self.connect("StoreCreditAccount", items, info)
            }
        }
    }

    fn levels<'a>(
        &'a self,
        store: &'a Store,
        places: &[Place],
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let moves = self.context.moves(store);
        let query = argument_str(info.arguments(), "query").unwrap_or_default();
        let search = Search::parse(Kind::InventoryLevels, query);
        if let Some(field) = search.not_served() {
            return Err(field_error(
                "INTERNAL_SERVER_ERROR",
                format_args!("The practice shop cannot search by {field}."),
            ));
        }
        if let Some(note) = search.note(info.field_name()) {
            self.context.search_notes.borrow_mut().push(note);
        }
        let zone = self.context.zone();
        let items = places
            .iter()
            .filter_map(|place| store.level(*place, moves, self.context.now))
            .filter(|level| search.finds(level, zone))
            .map(Cow::Owned)
            .collect();
        self.connect("InventoryLevel", items, info)
    }

    /// The states asked for, in the order asked.
    fn quantities<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let names = info.arguments().get("names").and_then(JsonValue::as_array);
        let mut found = Vec::new();
        for name in names.into_iter().flatten().filter_map(JsonValue::as_str) {
            let Some(units) = self.value["_quantities"].get(name) else {
                // Not verified what the real one says to a name it does not know.
                let message = format!("The quantity name {name} does not exist.");
                return Err(field_error("INVALID_FIELD_ARGUMENTS", message));
            };
            // Set by people or programs; what follows from it has no moment of its own (recorded: on_hand null).
            let updated = (name == "available").then(|| self.value["updatedAt"].clone());
            let id = self.id().replace("InventoryLevel", "InventoryQuantity");
            let id = format!("{id}&name={name}");
            let value = json!({ "id": id, "name": name, "quantity": units, "updatedAt": updated });
            found.push(ResolvedValue::object(Record::new(
                self.context,
                "InventoryQuantity",
                Cow::Owned(value),
                None,
            )));
        }
        Ok(ResolvedValue::list(found))
    }

    fn changes<'a>(&'a self, info: &'a ResolveInfo<'a>) -> ResolvedValue<'a> {
        let asked = |argument: &str, value: &Value| {
            let wanted = info.arguments().get(argument).and_then(JsonValue::as_array);
            wanted.is_none_or(|wanted| wanted.iter().any(|one| one.as_str() == value.as_str()))
        };
        let all = self.value["changes"].as_array().into_iter().flatten();
        let kept = all.filter(|one| {
            asked("inventoryItemIds", &one["item"]["id"])
                && asked("locationIds", &one["location"]["id"])
                && asked("quantityNames", &one["name"])
        });
        ResolvedValue::list(
            kept.map(|one| {
                let value = Cow::Borrowed(one);
                ResolvedValue::object(Record::new(self.context, "InventoryChange", value, None))
            })
            .collect::<Vec<_>>(),
        )
    }

    fn payments<'a>(
        &'a self,
        store: &'a Store,
        kind: Kind,
        node: &str,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let queries = Queries {
            context: self.context,
            store,
        };
        queries.page(kind, node, info).map(ResolvedValue::object)
    }

    /// Derived stock of a variant or a product; nothing for recordings, which keep what was recorded.
    pub(super) fn stocked(&self, field: &str) -> Option<i64> {
        let store = self.context.store.filter(|store| !store.thin)?;
        let moves = self.context.moves(store);
        let now = self.context.now;
        let units = |variant: &Value, online: bool| {
            let item = variant["inventoryItem"]["id"].as_str().map_or(0, number_of);
            store.available(item, moves, now, |location| {
                !online || location["fulfillsOnlineOrders"] == true
            })
        };
        if field == "totalInventory" {
            let variants = self.raw("variants")?.as_array()?.iter();
            return Some(variants.map(|variant| units(variant, false)).sum());
        }
        let variant = store.record(self.id(), now).unwrap_or(&self.value);
        Some(units(variant, field == "sellableOnlineQuantity"))
    }
}
