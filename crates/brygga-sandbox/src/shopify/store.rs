//! The shop's records over time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

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

/// One order through time; see [`crate::shop_data::OrderLife`]. Versions are shared, because a reset needs the first ones again.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) versions: Vec<(DateTime<Utc>, Arc<Value>)>,
}

impl Life {
    /// What the order looks like at `now`; nothing before it was made.
    pub(super) fn at(&self, now: DateTime<Utc>) -> Option<&Value> {
        self.versions
            .iter()
            .rev()
            .find(|(since, _)| *since <= now)
            .map(|(_, order)| &**order)
    }
}

/// Where a record is kept.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Order(usize),
    Customer(usize),
    Product(usize),
    Variant(usize, usize),
    Location(usize),
}

/// All records of the shop.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) shop: Arc<Value>,
    pub(super) orders: Vec<Life>,
    pub(super) customers: Vec<Arc<Value>>,
    pub(super) products: Vec<Arc<Value>>,
    pub(super) locations: Vec<Arc<Value>>,
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
            products: share(&data.products),
            locations: share(&data.locations),
            metafields: BTreeMap::new(),
            thin: data.recorded,
            index: HashMap::new(),
            next_id: 7_000_000_001,
        };
        for (at, customer) in store.customers.iter().enumerate() {
            note(&mut store.index, customer, Slot::Customer(at));
        }
        for (at, product) in store.products.iter().enumerate() {
            note(&mut store.index, product, Slot::Product(at));
            for (inner, variant) in product["variants"]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
            {
                note(&mut store.index, variant, Slot::Variant(at, inner));
            }
        }
        for (at, location) in store.locations.iter().enumerate() {
            note(&mut store.index, location, Slot::Location(at));
        }
        for life in &data.orders {
            store.add_order(Life {
                versions: life
                    .versions
                    .iter()
                    .map(|(at, order)| (*at, Arc::new(order.clone())))
                    .collect(),
            });
        }
        store
    }

    /// Adds an order, or a further version of one that is there; versions stay in the order of time.
    pub(super) fn add_version(&mut self, at: DateTime<Utc>, order: Value) {
        let known = order["id"]
            .as_str()
            .and_then(|id| self.index.get(id))
            .copied();
        match known {
            Some(Slot::Order(index)) => {
                let versions = &mut self.orders[index].versions;
                let place = versions.partition_point(|(since, _)| *since <= at);
                versions.insert(place, (at, Arc::new(order)));
            }
            _ => self.add_order(Life {
                versions: vec![(at, Arc::new(order))],
            }),
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

    /// A customer, product, variant or location by its gid. Orders need a moment: [`Store::order`].
    pub(super) fn record(&self, id: &str) -> Option<&Value> {
        match *self.index.get(id)? {
            Slot::Order(_) => None,
            Slot::Customer(at) => Some(&*self.customers[at]),
            Slot::Product(at) => Some(&*self.products[at]),
            Slot::Variant(at, inner) => self.products[at]["variants"].get(inner),
            Slot::Location(at) => Some(&*self.locations[at]),
        }
    }

    /// The product that a variant belongs to.
    pub(super) fn product_of(&self, variant_id: &str) -> Option<&Value> {
        match *self.index.get(variant_id)? {
            Slot::Variant(at, _) => Some(&*self.products[at]),
            _ => None,
        }
    }

    /// Changes an order now and in all its versions to come, and moves `updatedAt` to `now`, as every write does (`facts/shopify 9.5`).
    pub(super) fn change_order(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        change: impl Fn(&mut Value),
    ) -> bool {
        let Some(&Slot::Order(index)) = self.index.get(id) else {
            return false;
        };
        let versions = &mut self.orders[index].versions;
        let Some(mut current) = versions
            .iter()
            .rev()
            .find(|(since, _)| *since <= now)
            .map(|(_, order)| (**order).clone())
        else {
            return false;
        };
        for (_, order) in versions.iter_mut().filter(|(since, _)| *since > now) {
            change(Arc::make_mut(order));
        }
        change(&mut current);
        current["updatedAt"] = json!(stamp(now));
        let place = versions.partition_point(|(since, _)| *since <= now);
        versions.insert(place, (now, Arc::new(current)));
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

fn note(index: &mut HashMap<String, Slot>, record: &Value, slot: Slot) {
    if let Some(id) = record["id"].as_str() {
        index.insert(id.to_owned(), slot);
    }
}
