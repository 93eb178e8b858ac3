//! The books of a day, both sides: what happened in the shop on its date, and what is in the ledger on that date
//! (`booking-rules` 11).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Difference;
use crate::settings::VatRow;

/// What a row of a day adds up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Account {
    /// Sales with VAT: fulfilments, and invoices.
    Sales,
    /// Refunds with VAT, and credit notes.
    Refunds,
    /// What cash rounding moved in sales, less refunds (`booking-rules` 2.5).
    CashRounding,
    /// Cents of a part of an order that its document is off by, each named; of sales, less refunds (`booking-rules` 2.4).
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
    /// The bridge between money and sales: what was paid before its invoice, less what was invoiced after its payment. What customers
    /// owe on invoices is less than nothing.
    Prepayments,
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
fn add_up(shop: &[Entry], ledger: &[Entry]) -> Vec<DayRow> {
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

/// The books of each day: both sides added up, and the bridge between the money and the sales of the day.
pub fn by_day(shop: &[Entry], ledger: &[Entry]) -> Vec<DayRow> {
    let bridged = |side: &[Entry]| {
        let bridge = side.iter().filter_map(Entry::prepaid);
        side.iter().cloned().chain(bridge).collect::<Vec<_>>()
    };
    add_up(&bridged(shop), &bridged(ledger))
}

impl Entry {
    /// What it adds to what is paid and not invoiced.
    fn prepaid(&self) -> Option<Self> {
        let amount = match self.account {
            Account::Money { .. } | Account::Refunds => self.amount,
            Account::Sales | Account::CashRounding | Account::InvoiceRounding => -self.amount,
            // VAT and cards are within a sale, and a card's use is within the money.
            Account::Vat { .. }
            | Account::VatRounding
            | Account::RefundDifference
            | Account::StoredValue
            | Account::Prepayments => return None,
        };
        Some(Self {
            account: Account::Prepayments,
            amount,
            ..self.clone()
        })
    }
}

impl Account {
    /// The same wherever the buyer is taxed: by it a document in a wrong country is told from one with a wrong amount.
    fn anywhere(&self) -> Self {
        match self {
            Account::Vat { rate, .. } => Account::Vat {
                country: String::new(),
                rate: *rate,
            },
            other => other.clone(),
        }
    }

    /// Its name in a difference.
    fn name(&self) -> String {
        match self {
            Account::Sales => "sales".to_owned(),
            Account::Refunds => "refunds".to_owned(),
            Account::CashRounding | Account::InvoiceRounding => "rounding".to_owned(),
            Account::Vat { rate, .. } => format!("vat-{}", rate.normalize()),
            Account::VatRounding => "vat-rounding".to_owned(),
            Account::RefundDifference => "refund-difference".to_owned(),
            Account::StoredValue => "stored-value".to_owned(),
            Account::Money { .. } => "money".to_owned(),
            Account::Prepayments => "prepayments".to_owned(),
        }
    }
}

/// One document of the ledger and its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its number.
    pub number: String,
    /// The date that it has.
    pub date: NaiveDate,
}

/// What of one order stands on another day, in another country or with another amount than it should: whatever leaves a day unequal is a
/// difference with a name and a place (`booking-rules` 11), not only a figure in the list of days.
pub fn misplaced(
    order: &str,
    shop: &[Entry],
    ledger: &[Entry],
    documents: &[Placed],
) -> Vec<Difference> {
    let mut groups: BTreeMap<(Account, String), Vec<DayRow>> = BTreeMap::new();
    for row in add_up(shop, ledger) {
        if !row.difference.is_zero() {
            let group = (row.account.anywhere(), row.currency.clone());
            groups.entry(group).or_default().push(row);
        }
    }
    let mut found: Vec<Difference> = Vec::new();
    for ((account, _), rows) in groups {
        let off: Decimal = rows.iter().map(|row| row.difference).sum();
        let mut countries: BTreeMap<&Account, Decimal> = BTreeMap::new();
        for row in &rows {
            *countries.entry(&row.account).or_default() += row.difference;
        }
        // What is missing in the ledger is where it should be; what is too much, where it is.
        let side = |of: &dyn Fn(&DayRow) -> String, there: fn(&DayRow) -> bool| {
            let names: BTreeSet<String> = rows.iter().filter(|row| there(row)).map(of).collect();
            names.into_iter().collect::<Vec<_>>().join(", ")
        };
        let should: fn(&DayRow) -> bool = |row| !row.shopify.is_zero();
        let stands: fn(&DayRow) -> bool = |row| !row.visma.is_zero();
        let date = |row: &DayRow| row.date.to_string();
        let country = |row: &DayRow| match &row.account {
            Account::Vat { country, .. } => country.clone(),
            _ => String::new(),
        };
        let (what, shopify, visma) = if !off.is_zero() {
            let sum = |of: fn(&DayRow) -> Decimal| -> String {
                let sum: Decimal = rows.iter().map(of).sum();
                sum.normalize().to_string()
            };
            (account.name(), sum(|row| row.shopify), sum(|row| row.visma))
        } else if countries.values().all(Decimal::is_zero) {
            ("date".to_owned(), side(&date, should), side(&date, stands))
        } else {
            let what = "country".to_owned();
            (what, side(&country, should), side(&country, stands))
        };
        let document = match (what.as_str(), documents) {
            ("date", _) => documents
                .iter()
                .find(|document| document.date.to_string() == visma),
            (_, [only]) => Some(only),
            _ => None,
        };
        let difference = Difference {
            order: order.to_owned(),
            document: document.map(|document| document.number.clone()),
            what,
            shopify,
            visma,
        };
        // The sale and its VAT are of one document: its date is told once.
        if !found.contains(&difference) {
            found.push(difference);
        }
    }
    found
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

    fn money() -> Account {
        Account::Money {
            gateway: "shopify_payments".into(),
        }
    }

    fn prepaid(side: &[Entry]) -> Vec<(u32, String)> {
        use chrono::Datelike as _;
        let rows = by_day(side, side);
        let bridge = rows
            .iter()
            .filter(|row| row.account == Account::Prepayments);
        bridge
            .map(|row| {
                assert_eq!(row.shopify, row.visma);
                (row.date.day(), row.shopify.to_string())
            })
            .collect()
    }

    #[test]
    fn what_is_paid_before_its_invoice_is_a_prepayment_until_then() {
        let side = [
            entry(3, money(), "125.00"),
            entry(5, Account::Sales, "125.00"),
            entry(5, vat("NO"), "25.00"),
        ];
        assert_eq!(
            prepaid(&side),
            [(3, "125.00".into()), (5, "-125.00".into())]
        );
    }

    #[test]
    fn what_is_paid_back_closes_what_was_given_back_and_a_rounding_is_paid() {
        let side = [
            entry(3, money(), "100.00"),
            entry(3, Account::Sales, "99.60"),
            entry(3, Account::CashRounding, "0.40"),
            // Given back 50.01, by a document of 50.00.
            entry(4, Account::Refunds, "50.01"),
            entry(4, Account::InvoiceRounding, "0.01"),
            entry(4, money(), "-50.00"),
            entry(4, Account::StoredValue, "50.00"),
        ];
        let bridge = prepaid(&side);
        assert_eq!(bridge, [(3, "0.00".into()), (4, "0.00".into())]);
    }

    #[test]
    fn a_payment_that_is_missing_leaves_the_bridge_unequal_and_is_one_difference() {
        let shop = [
            entry(3, money(), "125.00"),
            entry(3, Account::Sales, "125.00"),
        ];
        let ledger = [entry(3, Account::Sales, "125.00")];
        let rows = by_day(&shop, &ledger);
        let bridge = rows.iter().find(|row| row.account == Account::Prepayments);
        assert_eq!(bridge.unwrap().difference, Decimal::new(-12500, 2));
        assert_eq!(told(&shop, &ledger), [triple("money", "125", "0")]);
    }

    fn vat(country: &str) -> Account {
        Account::Vat {
            country: country.into(),
            rate: Decimal::from(25),
        }
    }

    fn told(shop: &[Entry], ledger: &[Entry]) -> Vec<(String, String, String)> {
        let documents = [Placed {
            number: "100031".into(),
            date: NaiveDate::from_ymd_opt(2026, 10, 28).unwrap(),
        }];
        misplaced("#1001", shop, ledger, &documents)
            .into_iter()
            .map(|found| {
                assert_eq!(
                    (found.order.as_str(), found.document.as_deref()),
                    ("#1001", Some("100031"))
                );
                (found.what, found.shopify, found.visma)
            })
            .collect()
    }

    fn triple(what: &str, shopify: &str, visma: &str) -> (String, String, String) {
        (what.to_owned(), shopify.to_owned(), visma.to_owned())
    }

    #[test]
    fn a_document_with_another_date_is_one_difference_though_two_accounts_are_off() {
        let shop = [
            entry(3, Account::Sales, "125.00"),
            entry(3, vat("SE"), "25.00"),
        ];
        let ledger = [
            entry(28, Account::Sales, "125.00"),
            entry(28, vat("SE"), "25.00"),
        ];
        let date = triple("date", "2026-10-03", "2026-10-28");
        assert_eq!(told(&shop, &ledger), [date]);
        assert_eq!(told(&shop, &shop), []);
    }

    #[test]
    fn a_document_in_another_country_is_told_by_both() {
        let shop = [
            entry(28, Account::Sales, "125.00"),
            entry(28, vat("SE"), "25.00"),
        ];
        let ledger = [
            entry(28, Account::Sales, "125.00"),
            entry(28, vat("NO"), "25.00"),
        ];
        assert_eq!(told(&shop, &ledger), [triple("country", "SE", "NO")]);
    }

    #[test]
    fn another_amount_is_told_by_its_account() {
        let shop = [
            entry(28, Account::Sales, "125.00"),
            entry(28, vat("SE"), "25.00"),
        ];
        let ledger = [
            entry(28, Account::Sales, "125.00"),
            entry(28, vat("SE"), "24.00"),
        ];
        assert_eq!(told(&shop, &ledger), [triple("vat-25", "25", "24")]);
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
