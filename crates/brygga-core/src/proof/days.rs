//! The books of a day, both sides: what happened in the shop on its date, and what is in the ledger on that date
//! (`booking-rules` 11).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::settings::VatRow;

/// What a row of a day adds up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Account {
    /// Sales with VAT: fulfilments, and invoices.
    Sales,
    /// Refunds with VAT, and credit notes.
    Refunds,
    /// What cash rounding moved (`booking-rules` 2.5).
    CashRounding,
    /// Cents of a part of an order that its document is off by, each named (`booking-rules` 2.4).
    InvoiceRounding,
    /// VAT of invoices less credit notes.
    Vat {
        /// ISO country or special territory where the buyer is taxed; in the ledger, what the document's VAT zone stands for.
        country: String,
        /// Per cent.
        #[serde(with = "rust_decimal::serde::str")]
        rate: Decimal,
    },
    /// Cents of VAT by which a document is off, each named: rounded per document, per invoice, or converted (`booking-rules` 2.3).
    VatRounding,
    /// VAT in the difference between what was paid back and what was given back (`booking-rules` 8).
    RefundDifference,
    /// What the shop owes on gift cards and store credit: sold and paid back to them, less what was bought with them.
    StoredValue,
    /// Money of one gateway, in less out.
    Money {
        /// Gateway as Shopify writes it.
        gateway: String,
    },
}

/// One event of the shop, or one document of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its date: the event's in the shop's time zone, or the document's.
    pub date: NaiveDate,
    /// What it belongs to.
    pub account: Account,
    /// ISO currency.
    pub currency: String,
    /// Amount.
    pub amount: Decimal,
}

/// One row of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// Date.
    pub date: NaiveDate,
    /// What is added up.
    #[serde(flatten)]
    pub account: Account,
    /// ISO currency.
    pub currency: String,
    /// In Shopify.
    #[serde(with = "rust_decimal::serde::str")]
    pub shopify: Decimal,
    /// In Visma.net.
    #[serde(with = "rust_decimal::serde::str")]
    pub visma: Decimal,
    /// Visma.net minus Shopify.
    #[serde(with = "rust_decimal::serde::str")]
    pub difference: Decimal,
}

/// Adds both sides up, per day, account and currency; the oldest first.
pub fn add_up(shop: &[Entry], ledger: &[Entry]) -> Vec<DayRow> {
    let mut sums: BTreeMap<(NaiveDate, &Account, &str), (Decimal, Decimal)> = BTreeMap::new();
    for entry in shop {
        sums.entry((entry.date, &entry.account, &entry.currency))
            .or_default()
            .0 += entry.amount;
    }
    for entry in ledger {
        sums.entry((entry.date, &entry.account, &entry.currency))
            .or_default()
            .1 += entry.amount;
    }
    sums.into_iter()
        .map(|((date, account, currency), (shopify, visma))| DayRow {
            date,
            account: account.clone(),
            currency: currency.to_owned(),
            shopify,
            visma,
            difference: visma - shopify,
        })
        .collect()
}

/// The country that a VAT zone stands for, by the merchant's VAT table: the expected one where the zone is among its own, else the
/// only one that has the zone, else the zone itself, so that a document in a wrong zone shows.
pub fn country_of(zone: Option<&str>, expected: &str, table: &[VatRow]) -> String {
    let zone = zone.unwrap_or_default();
    let countries: BTreeSet<&str> = table
        .iter()
        .filter(|row| row.zone == zone)
        .map(|row| row.key.destination.as_str())
        .collect();
    if countries.contains(expected) {
        return expected.to_owned();
    }
    let mut countries = countries.into_iter();
    match (countries.next(), countries.next()) {
        (Some(only), None) => only.to_owned(),
        _ => zone.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Party, Scheme, VatKey, VatKind};

    fn entry(day: u32, account: Account, amount: &str) -> Entry {
        Entry {
            date: NaiveDate::from_ymd_opt(2026, 10, day).unwrap(),
            account,
            currency: "NOK".into(),
            amount: amount.parse().unwrap(),
        }
    }

    #[test]
    fn a_document_on_another_day_shows_on_both_days() {
        let rows = add_up(
            &[entry(3, Account::Sales, "100.00")],
            &[entry(4, Account::Sales, "100.00")],
        );
        let found: Vec<_> = rows.iter().map(|row| row.difference.to_string()).collect();
        assert_eq!(found, ["-100.00", "100.00"]);
    }

    #[test]
    fn a_document_in_a_wrong_zone_shows_in_another_country() {
        let row = |destination: &str, zone: &str| VatRow {
            key: VatKey {
                dispatch: "NO".into(),
                destination: destination.into(),
                rate: Decimal::from(25),
                kind: VatKind::Goods,
                party: Party::Private,
                scheme: Scheme::Domestic,
            },
            category: "1".into(),
            zone: zone.into(),
        };
        let table = [
            row("NO", "01"),
            row("SE", "03"),
            row("DK", "03"),
            row("US", "02"),
        ];
        let of = |zone: Option<&str>| country_of(zone, "SE", &table);
        assert_eq!(of(Some("03")), "SE");
        assert_eq!(of(Some("01")), "NO");
        assert_eq!(of(Some("04")), "04");
        assert_eq!(of(None), "");
        assert_eq!(country_of(Some("03"), "NO", &table), "03");
    }

    #[test]
    fn accounts_and_gateways_are_kept_apart() {
        let card = || Account::Money {
            gateway: "shopify_payments".into(),
        };
        let rows = add_up(
            &[
                entry(3, card(), "100.00"),
                entry(3, Account::Sales, "90.00"),
            ],
            &[
                entry(3, card(), "100.00"),
                entry(3, Account::Sales, "90.01"),
            ],
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].difference.to_string(), "0.01");
        assert!(rows[1].difference.is_zero());
    }
}
