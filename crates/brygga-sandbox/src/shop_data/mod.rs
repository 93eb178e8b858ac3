//! What the practice shop sells, and to whom: a seeded Nordic shop with a month of life, or any folder of recorded orders.
//!
//! Every record is a JSON object in the shape of the GraphQL schema (`spec/shopify`), with connections as plain arrays.
//! The arithmetic here is Shopify's, written for itself: it shares nothing with the product, so that an error there shows.

mod recorded;
mod report;
mod seeded;
#[cfg(test)]
mod shape;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

pub use recorded::ShopDataError;
pub use report::{Filled, NotServed, ShopDataReport};

/// One record through time: an order, a payout, a balance transaction, a gift card, a store credit account.
#[derive(Debug, Clone)]
pub struct Life {
    /// Numeric id, as text (`legacyResourceId`).
    pub id: String,
    /// What the record looked like from a moment on, oldest first. Each version of an order has its moment as `updatedAt`.
    pub versions: Vec<(DateTime<Utc>, Value)>,
}

/// One order through time.
pub type OrderLife = Life;

impl Life {
    /// The version that is visible at `now`; `None` before the record was made.
    pub fn at(&self, now: DateTime<Utc>) -> Option<&Value> {
        self.versions
            .iter()
            .rev()
            .find(|(since, _)| *since <= now)
            .map(|(_, order)| order)
    }
}

/// A SKU that the shop sells, or has sold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sku {
    /// As the shop writes it: blanks around it are kept.
    pub sku: String,
    /// Text for people.
    pub title: String,
}

/// What one unit of a currency was worth on a day, in the shop's own currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRate {
    /// ISO 4217.
    pub currency: String,
    /// The day, in the shop's time zone.
    pub day: NaiveDate,
    /// Units of the shop's currency for one unit of `currency`.
    pub to_shop: Decimal,
}

/// A shop: all its records, and how its orders change over time.
#[derive(Debug, Clone)]
pub struct ShopData {
    /// The `Shop` object.
    pub shop: Value,
    /// The orders, oldest first.
    pub orders: Vec<OrderLife>,
    /// The `Customer` objects.
    pub customers: Vec<Value>,
    /// The `Product` objects, each with its `variants`.
    pub products: Vec<Value>,
    /// The `Location` objects.
    pub locations: Vec<Value>,
    /// The `ShopifyPaymentsAccount` without its lists; null where the shop has none.
    pub payments_account: Value,
    /// The `ShopifyPaymentsPayout` objects through time (SCHEDULED, then PAID), oldest first.
    pub payouts: Vec<Life>,
    /// The `ShopifyPaymentsBalanceTransaction` objects through time, oldest first: each gets its payout later (`facts/shopify` 11.4). The
    /// rows of type `TRANSFER` are the payouts themselves.
    pub balance_transactions: Vec<Life>,
    /// The `GiftCard` objects through time, all in the shop's currency: the sum of their balances is what the shop owes.
    pub gift_cards: Vec<Life>,
    /// The `StoreCreditAccount` objects through time, all in the shop's currency.
    pub store_credit_accounts: Vec<Life>,
    /// What a recorded folder held and what of it can be served; `None` for the seeded shop.
    pub report: Option<ShopDataReport>,
    /// Was this read from recordings.
    pub recorded: bool,
    rates: Vec<DayRate>,
    /// What is added to the numbers of records that are made while the shop runs.
    pub(crate) ids_after: i64,
}

impl ShopData {
    /// The Nordic shop with so many orders in the 31 days from `start` (a local midnight in Oslo). The same seed gives the same shop.
    pub fn seeded(orders: u32, seed: u64, start: DateTime<Utc>) -> Self {
        seeded::shop(orders, seed, start, 0)
    }

    /// The same for another practice shop: its orders and customers have numbers of their own.
    pub(crate) fn seeded_as(
        orders: u32,
        seed: u64,
        start: DateTime<Utc>,
        identity: &crate::Identity,
    ) -> Self {
        seeded::shop(orders, seed, start, identity.ids_after())
    }

    /// The same shop under another name and address, and with numbers of its own for what is made in it from now on.
    pub(crate) fn rename(&mut self, identity: &crate::Identity) {
        self.shop["name"] = identity.name.clone().into();
        self.shop["myshopifyDomain"] = identity.shop_domain.clone().into();
        self.shop["url"] = format!("https://{}", identity.shop_domain).into();
        self.ids_after = identity.ids_after();
    }

    /// The orders that are recorded below `dir`, as far as they can be served by the rules of `design` 7.
    pub fn recorded(dir: &Path) -> Result<Self, ShopDataError> {
        recorded::read(dir)
    }

    /// Every SKU of the products and of all versions of all orders, each with one title.
    pub fn skus(&self) -> BTreeSet<Sku> {
        let mut found = std::collections::BTreeMap::<String, String>::new();
        for product in &self.products {
            for variant in product["variants"].as_array().into_iter().flatten() {
                if let Some(sku) = variant["sku"].as_str() {
                    let title = variant["displayName"]
                        .as_str()
                        .or_else(|| product["title"].as_str());
                    found
                        .entry(sku.to_owned())
                        .or_insert_with(|| title.unwrap_or(sku).to_owned());
                }
            }
        }
        for (_, order) in self.orders.iter().flat_map(|life| &life.versions) {
            for line in order["lineItems"].as_array().into_iter().flatten() {
                let sku = line["sku"]
                    .as_str()
                    .or_else(|| line["variant"]["sku"].as_str());
                if let Some(sku) = sku {
                    found
                        .entry(sku.to_owned())
                        .or_insert_with(|| line["title"].as_str().unwrap_or(sku).to_owned());
                }
            }
        }
        found
            .into_iter()
            .filter(|(sku, _)| !sku.trim().is_empty())
            .map(|(sku, title)| Sku { sku, title })
            .collect()
    }

    /// Every currency that an order states amounts in, and the shop's own.
    pub fn currencies(&self) -> BTreeSet<String> {
        let orders = self
            .orders
            .iter()
            .flat_map(|life| &life.versions)
            .map(|(_, order)| order);
        orders
            .flat_map(|order| [&order["currencyCode"], &order["presentmentCurrencyCode"]])
            .chain([&self.shop["currencyCode"]])
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect()
    }

    /// The day rates by which the shop converted, oldest first; empty for recordings.
    pub fn rates(&self) -> &[DayRate] {
        &self.rates
    }

    /// When the last change of any order happens.
    pub fn last_change(&self) -> Option<DateTime<Utc>> {
        self.orders
            .iter()
            .filter_map(|life| life.versions.last())
            .map(|(at, _)| *at)
            .max()
    }
}

/// As Shopify writes moments.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
