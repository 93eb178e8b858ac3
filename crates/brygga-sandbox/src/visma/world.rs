//! Everything that the practice Visma.net remembers between two requests.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::background::{self, Jobs};
use super::connect::{Company, Connect};
use super::data::VismaData;
use super::ledger::Ledger;
use super::orders::{self, SalesOrder};
use super::quota::Window;
use super::shipping::Shipment;
use super::stock::Stock;
use super::{VismaConfig, VismaCounters};

/// The state behind one server.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: VismaConfig,
    pub(crate) data: VismaData,
    /// `http://127.0.0.1:PORT`.
    pub(crate) base_url: String,
    /// By type and number.
    pub(crate) orders: BTreeMap<(String, String), SalesOrder>,
    /// What the list still shows of deleted orders.
    pub(crate) deleted_orders: Vec<Vec<(DateTime<Utc>, Option<Value>)>>,
    /// By number.
    pub(crate) customers: BTreeMap<String, Customer>,
    /// Invoices, credit notes, payments.
    pub(crate) ledger: Ledger,
    /// By number.
    pub(crate) shipments: BTreeMap<String, Shipment>,
    pub(crate) stock: Stock,
    /// When items were changed since the first day, by number.
    items_modified: BTreeMap<String, DateTime<Utc>>,
    /// When price rows were changed, by record.
    prices_modified: BTreeMap<i32, DateTime<Utc>>,
    /// What is taken on and not done.
    pub(crate) jobs: Jobs,
    /// How much later than their answer actions take effect.
    pub(crate) action_delay: TimeDelta,
    /// Does v3 take the types whose behaviour is not a sales order's.
    pub(crate) v3_order_types: bool,
    /// When everything was set up that was there before the first request.
    pub(crate) began: DateTime<Utc>,
    pub(crate) connect: Connect,
    /// The other company of the same people; made when somebody looks into it.
    sister: Option<Box<World>>,
    pub(crate) window: Window,
    pub(crate) counters: VismaCounters,
    /// The company rounds document totals to this, if it does (`booking-rules 2`).
    pub(crate) round_total_to: Option<Decimal>,
    /// How long lists lag a write.
    pub(crate) list_lag: TimeDelta,
    /// The moment of the request that is being served.
    pub(crate) now: DateTime<Utc>,
    /// How far back a stale list looks in this request, beyond the usual lag.
    pub(crate) stale: TimeDelta,
    versions: u64,
    order_numbers: BTreeMap<String, u32>,
    shipment_number: u32,
    customer_number: u32,
    customer_id: i32,
}

/// One customer: its `CustomerDto`, and what the lists show of it.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) number: String,
    pub(crate) internal_id: i32,
    /// `CustomerDto` without metadata.
    pub(crate) dto: Map<String, Value>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) modified: DateTime<Utc>,
    pub(crate) version: u64,
    /// Rows of the list from their moments on.
    pub(crate) listed: Vec<(DateTime<Utc>, Map<String, Value>)>,
}

impl Customer {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.dto
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// The id of a look-up such as `customerClass`.
    pub(crate) fn id_of(&self, name: &str) -> Option<&str> {
        self.dto
            .get(name)
            .and_then(|value| value.get("id"))
            .and_then(Value::as_str)
    }
}

impl World {
    pub(crate) fn new(
        config: VismaConfig,
        data: VismaData,
        base_url: String,
        now: DateTime<Utc>,
    ) -> Self {
        let mut world = Self {
            list_lag: TimeDelta::from_std(config.list_lag).unwrap_or_default(),
            window: Window::new(config.calls_per_hour),
            connect: Connect::of(&config.company, &config.tenant),
            sister: None,
            counters: VismaCounters::default(),
            orders: BTreeMap::new(),
            deleted_orders: Vec::new(),
            customers: BTreeMap::new(),
            ledger: Ledger::default(),
            shipments: BTreeMap::new(),
            stock: Stock::default(),
            items_modified: BTreeMap::new(),
            prices_modified: BTreeMap::new(),
            jobs: Jobs::default(),
            action_delay: TimeDelta::from_std(config.actions_async).unwrap_or_default(),
            v3_order_types: config.v3_order_types,
            began: now - TimeDelta::days(400),
            round_total_to: None,
            now,
            stale: TimeDelta::zero(),
            versions: 1_000,
            order_numbers: BTreeMap::new(),
            shipment_number: 500,
            customer_number: 10_000,
            customer_id: 5_000,
            base_url,
            config,
            data,
        };
        // What was there before the first request was there long before.
        let existing = world.data.customers.clone();
        world.now = world.began;
        for dto in existing {
            let number = dto.get("number").and_then(Value::as_str).map(str::to_owned);
            world.put_customer(number, dto);
        }
        world.now = now;
        world
    }

    /// The other company of the same people: set up like this one, with another name and nothing in it.
    pub(crate) fn sister(&mut self) -> &mut World {
        let (config, data, base_url, now) = (&self.config, &self.data, &self.base_url, self.now);
        self.sister.get_or_insert_with(|| {
            let mut data = data.clone();
            data.branches = vec![super::data::Named::new(
                "1",
                self.connect.name_of(Company::Other),
            )];
            Box::new(Self::new(config.clone(), data, base_url.clone(), now))
        })
    }

    /// A version that nothing had before.
    pub(crate) fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// Stores a new customer under its own number or the next of the series.
    pub(crate) fn put_customer(
        &mut self,
        number: Option<String>,
        mut dto: Map<String, Value>,
    ) -> String {
        let number = number.unwrap_or_else(|| {
            self.customer_number += 1;
            self.customer_number.to_string()
        });
        self.customer_id += 1;
        dto.insert("number".to_owned(), Value::String(number.clone()));
        dto.insert("internalId".to_owned(), self.customer_id.into());
        let customer = Customer {
            number: number.clone(),
            internal_id: self.customer_id,
            dto,
            created: self.now,
            modified: self.now,
            version: 0,
            listed: Vec::new(),
        };
        self.save_customer(customer);
        number
    }

    /// Stores a changed customer under a new version.
    pub(crate) fn save_customer(&mut self, mut customer: Customer) -> &Customer {
        self.versions += 1;
        customer.version = self.versions;
        customer.modified = self.now;
        customer.listed.push((self.now, customer.dto.clone()));
        let number = customer.number.clone();
        self.customers
            .entry(number)
            .insert_entry(customer)
            .into_mut()
    }

    pub(crate) fn next_order_id(&mut self, order_type: &str) -> String {
        loop {
            let number = self
                .order_numbers
                .entry(order_type.to_owned())
                .or_insert(222);
            *number += 1;
            let id = format!("{number:06}");
            // A number forced by hand may stand in the way of the series.
            if !self
                .orders
                .contains_key(&(order_type.to_owned(), id.clone()))
            {
                return id;
            }
        }
    }

    /// Gives a written order its version, its time and its row in the list.
    fn stamp(&mut self, order: &mut SalesOrder) {
        self.versions += 1;
        order.version = self.versions;
        order.modified = self.now;
        let row = orders::list_row(self, order);
        order.listed.push((self.now, Some(row)));
    }

    /// Stores an order under a new version.
    pub(crate) fn put_order(&mut self, mut order: SalesOrder) -> &SalesOrder {
        self.stamp(&mut order);
        let key = order.key();
        let before = self.orders.get(&key).cloned();
        self.touch_taken(before.as_ref(), Some(&order));
        self.orders.entry(key).insert_entry(order).into_mut()
    }

    /// Deletes an order; lists may still show it for a while.
    pub(crate) fn drop_order(&mut self, key: &(String, String)) {
        if let Some(order) = self.orders.remove(key) {
            self.touch_taken(Some(&order), None);
            let mut listed = order.listed;
            listed.push((self.now, None));
            self.deleted_orders.push(listed);
        }
    }

    pub(crate) fn next_shipment_number(&mut self) -> String {
        self.shipment_number += 1;
        format!("{:06}", self.shipment_number)
    }

    /// When an item's own fields were last changed; its stock has moments of its own.
    pub(crate) fn item_modified(&self, number: &str) -> DateTime<Utc> {
        self.items_modified
            .get(number)
            .copied()
            .unwrap_or(self.began)
    }

    pub(crate) fn touch_item(&mut self, number: &str) {
        self.items_modified.insert(number.to_owned(), self.now);
    }

    pub(crate) fn price_modified(&self, record: i32) -> DateTime<Utc> {
        self.prices_modified
            .get(&record)
            .copied()
            .unwrap_or(self.began)
    }

    pub(crate) fn touch_price(&mut self, record: i32) {
        self.prices_modified.insert(record, self.now);
    }

    /// The clock is at `now`; what was to be done until then is done.
    pub(crate) fn arrive(&mut self, now: DateTime<Utc>) {
        self.now = now;
        background::run_due(self);
    }

    /// The latest moment whose writes a list shows.
    pub(crate) fn listed_until(&self) -> DateTime<Utc> {
        self.now - self.list_lag.max(self.stale)
    }

    /// The rows of all orders that lists show now, with the times the orders were made.
    pub(crate) fn listed_orders(&self) -> Vec<(DateTime<Utc>, &Value)> {
        let until = self.listed_until();
        let alive = self.orders.values().map(|order| &order.listed);
        alive
            .chain(&self.deleted_orders)
            .filter_map(|rows| {
                let created = rows.first()?.0;
                let row = rows
                    .iter()
                    .rev()
                    .find(|(since, _)| *since <= until)?
                    .1
                    .as_ref()?;
                Some((created, row))
            })
            .collect()
    }

    /// What lists show of customers now.
    pub(crate) fn listed_customers(&self) -> Vec<(&Customer, &Map<String, Value>)> {
        let until = self.listed_until();
        self.customers
            .values()
            .filter_map(|customer| {
                customer
                    .listed
                    .iter()
                    .rev()
                    .find(|(since, _)| *since <= until)
                    .map(|(_, dto)| (customer, dto))
            })
            .collect()
    }
}
