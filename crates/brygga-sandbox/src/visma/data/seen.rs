//! What the shop's records name: SKUs, currencies, countries, VAT rates, years and people. The company is set up for these.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::shop_data::ShopData;
use crate::visma::amounts::decimal;

/// Everything the company must know to take this shop's orders.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Is the shop made of recordings, whose countries and taxes are whatever they are.
    pub(crate) recorded: bool,
    /// Products by trimmed SKU.
    pub(crate) products: BTreeMap<String, Product>,
    /// ISO currency codes.
    pub(crate) currencies: BTreeSet<String>,
    /// ISO country codes, two letters.
    pub(crate) countries: BTreeSet<String>,
    /// VAT rates in per cent.
    pub(crate) rates: BTreeSet<Decimal>,
    /// First and last year of any date.
    pub(crate) years: Option<(i32, i32)>,
    /// Customers that bought something, in the order of their first purchase.
    pub(crate) buyers: Vec<Buyer>,
}

/// A product of the shop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Product {
    pub(crate) title: String,
    pub(crate) price: Option<Decimal>,
    pub(crate) barcode: Option<String>,
    pub(crate) needs_shipping: bool,
}

/// A customer of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) country: String,
    pub(crate) currency: String,
    pub(crate) city: Option<String>,
    /// Name and VAT registration number, if it buys as a company.
    pub(crate) company: Option<(String, String)>,
}

impl Seen {
    /// Reads through all versions of all records.
    pub(crate) fn in_shop(shop: &ShopData) -> Self {
        let mut seen = Self {
            recorded: shop.recorded,
            ..Self::default()
        };
        seen.walk(&shop.shop);
        for product in shop.products.iter().chain(&shop.customers) {
            seen.walk(product);
        }
        for life in &shop.orders {
            for (at, order) in &life.versions {
                seen.year(&at.to_rfc3339());
                seen.walk(order);
                seen.buyer(order);
            }
        }
        seen
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(values) => {
                for value in values {
                    self.walk(value);
                }
            }
            Value::Object(map) => {
                self.product(value);
                for (name, inner) in map {
                    match (name.as_str(), inner) {
                        ("currencyCode" | "presentmentCurrencyCode", Value::String(code))
                            if code.len() == 3 =>
                        {
                            self.currencies.insert(code.clone());
                        }
                        ("countryCodeV2" | "countryCode", Value::String(code))
                            if code.len() == 2 =>
                        {
                            self.countries.insert(code.clone());
                        }
                        ("createdAt" | "processedAt" | "updatedAt", Value::String(moment)) => {
                            self.year(moment);
                        }
                        ("taxLines", Value::Array(lines)) => {
                            for line in lines {
                                self.tax(line);
                            }
                        }
                        _ => {}
                    }
                    self.walk(inner);
                }
            }
            _ => {}
        }
    }

    fn tax(&mut self, line: &Value) {
        let percent = line.get("ratePercentage").and_then(decimal).or_else(|| {
            line.get("rate")
                .and_then(decimal)
                .map(|rate| rate * Decimal::ONE_HUNDRED)
        });
        if let Some(percent) = percent {
            self.rates.insert(percent.normalize());
        }
    }

    fn year(&mut self, moment: &str) {
        if let Some(year) = moment.get(..4).and_then(|year| year.parse().ok()) {
            let (first, last) = self.years.unwrap_or((year, year));
            self.years = Some((first.min(year), last.max(year)));
        }
    }

    fn product(&mut self, value: &Value) {
        let Some(sku) = value
            .get("sku")
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|sku| !sku.is_empty())
        else {
            return;
        };
        let text = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let price = value
            .pointer("/originalUnitPriceSet/shopMoney/amount")
            .or_else(|| value.get("price"))
            .and_then(|amount| {
                amount
                    .as_str()
                    .and_then(|text| Decimal::from_str(text).ok())
                    .or_else(|| decimal(amount))
            });
        let known = self.products.entry(sku.to_owned()).or_default();
        if known.title.is_empty() {
            known.title = text("displayName")
                .or_else(|| text("name"))
                .or_else(|| text("title"))
                .unwrap_or_default();
        }
        known.price = known.price.or(price);
        known.barcode = known.barcode.take().or_else(|| text("barcode"));
        known.needs_shipping |= value
            .get("requiresShipping")
            .and_then(Value::as_bool)
            .unwrap_or(true);
    }

    fn buyer(&mut self, order: &Value) {
        let text = |path: &str| {
            order
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        if text("/customer/id").is_none() {
            return;
        }
        let email = text("/customer/defaultEmailAddress/emailAddress")
            .or_else(|| text("/customer/email"))
            .or_else(|| text("/email"));
        let Some(email) = email.map(|email| email.to_lowercase()) else {
            return;
        };
        if self.buyers.iter().any(|buyer| buyer.email == email) {
            return;
        }
        let country = text("/shippingAddress/countryCodeV2")
            .or_else(|| text("/billingAddress/countryCodeV2"))
            .unwrap_or_else(|| "NO".to_owned());
        let currency = text("/presentmentCurrencyCode")
            .or_else(|| text("/currencyCode"))
            .unwrap_or_else(|| "NOK".to_owned());
        self.buyers.push(Buyer {
            name: text("/customer/displayName").unwrap_or_else(|| email.clone()),
            email,
            country,
            currency,
            city: text("/shippingAddress/city").or_else(|| text("/billingAddress/city")),
            company: text("/purchasingEntity/company/name").map(|name| {
                let path = "/purchasingEntity/location/taxSettings/taxRegistrationId";
                (name, text(path).unwrap_or_default())
            }),
        });
    }
}
