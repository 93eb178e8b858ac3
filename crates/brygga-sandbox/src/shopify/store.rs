//! The shop's records over time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::stock::{Place, Shelf};
use super::{fulfilment, goods};
use crate::shop_data::ShopData;

/// The gid of the practice app, whose reserved metafield namespace is `app--{number}` (`facts/shopify 9.2`).
pub(super) const APP_NUMBER: u64 = 1_000_001;

/// A moment as the Admin API writes it.
pub(super) fn stamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The numeric tail of a gid, or the text itself.
pub(super) fn tail(id: &str) -> &str {
    let id = id.split('?').next().unwrap_or(id);
    id.rsplit('/').next().unwrap_or(id)
}

/// The numeric tail of a gid as a number; 0 for anything else.
pub(super) fn number_of(id: &str) -> u64 {
    tail(id).parse().unwrap_or(0)
}

/// So long an older state of a product is kept, for an index that lags.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// One order or product through time; see [`crate::shop_data::OrderLife`]. Versions are shared, because a reset needs the first ones again.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) versions: Vec<(DateTime<Utc>, Arc<Value>)>,
}

impl Life {
    /// What it looks like at `now`; nothing before it was made, and after it was deleted.
    pub(super) fn at(&self, now: DateTime<Utc>) -> Option<&Value> {
        self.versions
            .iter()
            .rev()
            .find(|(since, _)| *since <= now)
            .map(|(_, record)| &**record)
            .filter(|record| !record.is_null())
    }
}

impl Life {
    /// A record that is always the same.
    pub(super) fn always(record: Value) -> Self {
        Self {
            versions: vec![(DateTime::<Utc>::MIN_UTC, Arc::new(record))],
        }
    }
}

/// Where a record is kept.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Order(usize),
    Customer(usize),
    Product(usize),
    /// The place of the product.
    Variant(usize),
    /// The place of the product whose variant has it.
    Item(usize),
    Location(usize),
    Collection(usize),
    Publication(usize),
    GiftCard(usize),
}

/// A use of an `@idempotent` key (`facts/shopify 6.3`).
#[derive(Debug, Clone)]
pub(super) struct UsedKey {
    pub(super) at: DateTime<Utc>,
    /// Digest of the mutation and its arguments.
    pub(super) request: String,
    pub(super) payload: Value,
}

/// All records of the shop.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) shop: Arc<Value>,
    pub(super) orders: Vec<Life>,
    pub(super) customers: Vec<Arc<Value>>,
    pub(super) products: Vec<Life>,
    pub(super) locations: Vec<Arc<Value>>,
    pub(super) collections: Vec<Arc<Value>>,
    pub(super) publications: Vec<Arc<Value>>,
    pub(super) gift_cards: Vec<Life>,
    /// `StoreCreditAccount` objects with their `owner`.
    pub(super) credits: Vec<Life>,
    /// The `ShopifyPaymentsAccount` without its lists; null where there is none.
    pub(super) payments_account: Value,
    /// `ShopifyPaymentsPayout`, `ShopifyPaymentsBalanceTransaction` and `ShopifyPaymentsDispute` objects.
    pub(super) payouts: Vec<Life>,
    pub(super) balance_transactions: Vec<Life>,
    pub(super) disputes: Vec<Life>,
    /// What lies where, by inventory item and location.
    pub(super) shelves: BTreeMap<Place, Shelf>,
    /// `MetafieldDefinition` objects.
    pub(super) definitions: Vec<Value>,
    pub(super) used_keys: HashMap<String, UsedKey>,
    /// By owner's gid, namespace and key.
    pub(super) metafields: BTreeMap<(String, String, String), Value>,
    /// Made from recordings, which hold only what somebody once selected.
    pub(super) thin: bool,
    index: HashMap<String, Slot>,
    next_id: u64,
}

impl Store {
    pub(super) fn new(data: &ShopData) -> Self {
        let share = |values: &[Value]| values.iter().cloned().map(Arc::new).collect::<Vec<_>>();
        let mut store = Self {
            shop: Arc::new(data.shop.clone()),
            orders: Vec::new(),
            customers: share(&data.customers),
            products: Vec::new(),
            locations: Vec::new(),
            collections: Vec::new(),
            publications: Vec::new(),
            gift_cards: lives(&data.gift_cards),
            credits: lives(&data.store_credit_accounts),
            payments_account: data.payments_account.clone(),
            payouts: lives(&data.payouts),
            balance_transactions: lives(&data.balance_transactions),
            disputes: Vec::new(),
            shelves: BTreeMap::new(),
            metafields: BTreeMap::new(),
            definitions: Vec::new(),
            used_keys: HashMap::new(),
            thin: data.recorded,
            index: HashMap::new(),
            next_id: 7_000_000_001 + u64::try_from(data.ids_after).unwrap_or_default(),
        };
        for (at, customer) in store.customers.iter().enumerate() {
            note(&mut store.index, customer, Slot::Customer(at));
        }
        for location in &data.locations {
            store.add_location(location.clone());
        }
        for product in &data.products {
            store.add_product(DateTime::<Utc>::MIN_UTC, product.clone());
        }
        if !store.thin {
            goods::complete(&mut store);
        }
        for life in &data.orders {
            let versions = life.versions.iter();
            let versions = versions.map(|(at, order)| (*at, store.whole(order.clone())));
            let life = Life {
                versions: versions.collect(),
            };
            store.add_order(life);
        }
        for (at, card) in store.gift_cards.iter().enumerate() {
            if let Some((_, card)) = card.versions.first() {
                note(&mut store.index, card, Slot::GiftCard(at));
            }
        }
        store
    }

    /// An order with what the shop itself makes of it: its fulfilment orders.
    fn whole(&self, mut order: Value) -> Arc<Value> {
        if !self.thin {
            fulfilment::refresh(&mut order, self.locations.first().map(|one| &**one));
        }
        Arc::new(order)
    }

    pub(super) fn add_location(&mut self, location: Value) {
        note(
            &mut self.index,
            &location,
            Slot::Location(self.locations.len()),
        );
        self.locations.push(Arc::new(location));
    }

    pub(super) fn add_collection(&mut self, collection: Value) {
        note(
            &mut self.index,
            &collection,
            Slot::Collection(self.collections.len()),
        );
        self.collections.push(Arc::new(collection));
    }

    pub(super) fn add_publication(&mut self, publication: Value) {
        note(
            &mut self.index,
            &publication,
            Slot::Publication(self.publications.len()),
        );
        self.publications.push(Arc::new(publication));
    }

    /// Adds a product that is there from `at` on.
    pub(super) fn add_product(&mut self, at: DateTime<Utc>, product: Value) {
        let place = self.products.len();
        note(&mut self.index, &product, Slot::Product(place));
        note_variants(&mut self.index, &product, place);
        self.products.push(Life {
            versions: vec![(at, Arc::new(product))],
        });
    }

    /// Adds an order, or a further version of one that is there; versions stay in the order of time.
    pub(super) fn add_version(&mut self, at: DateTime<Utc>, order: Value) {
        let known = order["id"]
            .as_str()
            .and_then(|id| self.index.get(id))
            .copied();
        let order = self.whole(order);
        if let Some(Slot::Order(index)) = known {
            let versions = &mut self.orders[index].versions;
            let place = versions.partition_point(|(since, _)| *since <= at);
            versions.insert(place, (at, order));
        } else {
            self.add_order(Life {
                versions: vec![(at, order)],
            });
        }
    }

    fn add_order(&mut self, life: Life) {
        if let Some((_, order)) = life.versions.first() {
            note(&mut self.index, order, Slot::Order(self.orders.len()));
        }
        self.orders.push(life);
    }

    /// The order with this gid at `now`.
    pub(super) fn order(&self, id: &str, now: DateTime<Utc>) -> Option<&Value> {
        match self.index.get(id)? {
            Slot::Order(index) => self.orders[*index].at(now),
            _ => None,
        }
    }

    /// All orders that exist at `now`.
    pub(super) fn orders_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Value> {
        self.orders.iter().filter_map(move |life| life.at(now))
    }

    /// A customer, product, variant, inventory item, location and the like by its gid, as it is at `now`. Orders: [`Store::order`].
    pub(super) fn record(&self, id: &str, now: DateTime<Utc>) -> Option<&Value> {
        match *self.index.get(id)? {
            Slot::Order(_) => None,
            Slot::Customer(at) => Some(&*self.customers[at]),
            Slot::Product(at) => self.products[at].at(now),
            Slot::Variant(at) => self.variants_at(at, now).find(|one| one["id"] == id),
            Slot::Item(at) => self
                .variants_at(at, now)
                .map(|one| &one["inventoryItem"])
                .find(|item| item["id"] == id),
            Slot::Location(at) => Some(&*self.locations[at]),
            Slot::Collection(at) => Some(&*self.collections[at]),
            Slot::Publication(at) => Some(&*self.publications[at]),
            Slot::GiftCard(at) => self.gift_cards[at].at(now),
        }
    }

    fn variants_at(&self, at: usize, now: DateTime<Utc>) -> impl Iterator<Item = &Value> {
        let product = self.products[at].at(now);
        product
            .and_then(|product| product["variants"].as_array())
            .into_iter()
            .flatten()
    }

    /// All products that exist at `now`.
    pub(super) fn products_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Value> {
        self.products.iter().filter_map(move |life| life.at(now))
    }

    /// The product that a variant belongs to.
    pub(super) fn product_of(&self, variant_id: &str, now: DateTime<Utc>) -> Option<&Value> {
        match *self.index.get(variant_id)? {
            Slot::Variant(at) | Slot::Item(at) => self.products[at].at(now),
            _ => None,
        }
    }

    /// The variant of an inventory item.
    pub(super) fn variant_of(&self, item_id: &str, now: DateTime<Utc>) -> Option<&Value> {
        match *self.index.get(item_id)? {
            Slot::Item(at) => self
                .variants_at(at, now)
                .find(|one| one["inventoryItem"]["id"] == item_id),
            _ => None,
        }
    }

    /// The first variant with this SKU, blanks around it aside.
    pub(super) fn variant_by_sku(&self, sku: &str, now: DateTime<Utc>) -> Option<&Value> {
        self.products_at(now)
            .flat_map(|product| product["variants"].as_array().into_iter().flatten())
            .find(|variant| {
                variant["sku"]
                    .as_str()
                    .is_some_and(|own| own.trim() == sku.trim())
            })
    }

    /// Changes a product from `now` on and moves its `updatedAt`; with null in its place it is deleted.
    pub(super) fn change_product(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Value),
    ) -> bool {
        let Some(&Slot::Product(at)) = self.index.get(id) else {
            return false;
        };
        let Some(mut product) = self.products[at].at(now).cloned() else {
            return false;
        };
        change(&mut product);
        if product.is_object() {
            product["updatedAt"] = json!(stamp(now));
            note_variants(&mut self.index, &product, at);
        }
        let versions = &mut self.products[at].versions;
        versions.push((now, Arc::new(product)));
        // The state before the oldest that an index may still know goes.
        let old = versions.partition_point(|(since, _)| *since <= now - REMEMBERED);
        versions.drain(..old.saturating_sub(1));
        true
    }

    /// Changes an order now and in all its versions to come, and moves `updatedAt` to `now`, as every write does (`facts/shopify 9.5`).
    pub(super) fn change_order(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl Fn(&mut Value),
    ) -> bool {
        self.change_order_life(id, now, |order, _| change(order))
    }

    /// Changes an order now and in all its versions to come and leaves its `updatedAt` alone: what happens to fulfilment orders does not always
    /// move it (`facts/shopify 5.6`).
    pub(super) fn touch_order(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl Fn(&mut Value),
    ) -> bool {
        let Some(&Slot::Order(index)) = self.index.get(id) else {
            return false;
        };
        let Some(mut current) = self.orders[index].at(now).cloned() else {
            return false;
        };
        change(&mut current);
        let current = self.whole(current);
        let to_come: Vec<Arc<Value>> = self.orders[index]
            .versions
            .iter()
            .filter(|(since, _)| *since > now)
            .map(|(_, order)| {
                let mut order = (**order).clone();
                change(&mut order);
                self.whole(order)
            })
            .collect();
        let versions = &mut self.orders[index].versions;
        let place = versions.partition_point(|(since, _)| *since <= now);
        for ((_, old), new) in versions.iter_mut().skip(place).zip(to_come) {
            *old = new;
        }
        versions.insert(place, (now, current));
        true
    }

    /// Like [`Store::change_order`]; `change` is told whether it looks at a version that is still to come, which may already tell of the same.
    pub(super) fn change_order_life(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl Fn(&mut Value, bool),
    ) -> bool {
        let Some(&Slot::Order(index)) = self.index.get(id) else {
            return false;
        };
        let Some(mut current) = self.orders[index].at(now).cloned() else {
            return false;
        };
        let to_come: Vec<(usize, Arc<Value>)> = self.orders[index]
            .versions
            .iter()
            .enumerate()
            .filter(|(_, (since, _))| *since > now)
            .map(|(place, (_, order))| {
                let mut order = (**order).clone();
                change(&mut order, true);
                (place, self.whole(order))
            })
            .collect();
        change(&mut current, false);
        current["updatedAt"] = json!(stamp(now));
        let current = self.whole(current);
        let versions = &mut self.orders[index].versions;
        for (place, order) in to_come {
            versions[place].1 = order;
        }
        let place = versions.partition_point(|(since, _)| *since <= now);
        versions.insert(place, (now, current));
        true
    }

    /// Changes a customer and moves its `updatedAt`.
    pub(super) fn change_customer(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl Fn(&mut Value),
    ) -> bool {
        let Some(&Slot::Customer(at)) = self.index.get(id) else {
            return false;
        };
        let customer = Arc::make_mut(&mut self.customers[at]);
        change(customer);
        customer["updatedAt"] = json!(stamp(now));
        true
    }

    /// Lays fields over a customer, and makes one that is not there yet. `Order.customer` is the same object (schema), so the orders
    /// show it too; their own `updatedAt` stays.
    pub(super) fn edit_customer(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        fields: &serde_json::Map<String, Value>,
    ) {
        if !self.index.contains_key(id) {
            let made = json!({
                "id": id, "legacyResourceId": number_of(id).to_string(), "createdAt": stamp(now), "updatedAt": stamp(now),
                "firstName": null, "lastName": null, "defaultEmailAddress": null, "defaultPhoneNumber": null, "defaultAddress": null,
            });
            note(&mut self.index, &made, Slot::Customer(self.customers.len()));
            self.customers.push(Arc::new(made));
        }
        let lay = |customer: &mut Value| {
            for (key, value) in fields {
                customer[key.as_str()] = value.clone();
            }
            customer["updatedAt"] = json!(stamp(now));
        };
        self.change_customer(id, now, lay);
        for life in &mut self.orders {
            for (_, order) in &mut life.versions {
                if order["customer"]["id"] == id {
                    lay(&mut Arc::make_mut(order)["customer"]);
                }
            }
        }
    }

    /// The metafields of one owner, by namespace and key.
    pub(super) fn metafields_of(&self, owner: &str) -> impl Iterator<Item = &Value> {
        let owner = owner.to_owned();
        let from = (owner.clone(), String::new(), String::new());
        self.metafields
            .range(from..)
            .take_while(move |((of, ..), _)| *of == owner)
            .map(|(_, metafield)| metafield)
    }

    /// A number that no record has.
    pub(super) fn fresh_number(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

/// The records of the data, shared.
fn lives(data: &[crate::shop_data::Life]) -> Vec<Life> {
    let share = |life: &crate::shop_data::Life| Life {
        versions: life
            .versions
            .iter()
            .map(|(at, record)| (*at, Arc::new(record.clone())))
            .collect(),
    };
    data.iter().map(share).collect()
}

fn note_variants(index: &mut HashMap<String, Slot>, product: &Value, place: usize) {
    for variant in product["variants"].as_array().into_iter().flatten() {
        note(index, variant, Slot::Variant(place));
        note(index, &variant["inventoryItem"], Slot::Item(place));
    }
}

fn note(index: &mut HashMap<String, Slot>, record: &Value, slot: Slot) {
    if let Some(id) = record["id"].as_str() {
        index.insert(id.to_owned(), slot);
    }
}
