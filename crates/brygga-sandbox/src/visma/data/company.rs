//! The rest of the company: currencies, rates, accounts, periods, order types, classes, terms.

use std::collections::BTreeSet;

use brygga_core::money;
use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

use super::seen::Seen;
use super::{CreditTerm, Currency, CustomerClass, OrderType, Period, RATE_TYPE, Rate, RateType};
use crate::shop_data::ShopData;
use crate::visma::amounts::round;

/// Currencies that the company always has: code, text, units of NOK for one, in ten-thousandths.
const CURRENCIES: [(&str, &str, i64); 8] = [
    ("NOK", "Norske kroner", 10_000),
    ("SEK", "Svenska kronor", 10_275),
    ("DKK", "Danske kroner", 15_630),
    ("EUR", "Euro", 116_625),
    ("USD", "US dollar", 100_840),
    ("GBP", "Pund sterling", 134_910),
    ("JPY", "Yen", 672),
    ("CAD", "Canadian dollar", 72_450),
];

pub(super) fn currencies(seen: &Seen) -> Vec<Currency> {
    let mut all: Vec<Currency> = CURRENCIES
        .iter()
        .map(|&(id, text, _)| Currency {
            id: id.to_owned(),
            text: text.to_owned(),
            base: id == "NOK",
            decimals: if id == "JPY" { 0 } else { 2 },
        })
        .collect();
    for code in &seen.currencies {
        if all.iter().all(|known| known.id != *code)
            && let Some(currency) = money::Currency::from_code(code)
        {
            all.push(Currency {
                id: code.clone(),
                text: currency.name().to_owned(),
                base: false,
                decimals: currency.exponent().map_or(2, u32::from),
            });
        }
    }
    all
}

/// One rate for all time, and over it a rate for each day that the shop's own table has: near the shop's, never the same, as banks differ.
pub(super) fn rates(codes: &BTreeSet<&str>, shop: &ShopData) -> Vec<Rate> {
    let spot = |from: &str, since, rate: Decimal| Rate {
        from: from.to_owned(),
        kind: RATE_TYPE.to_owned(),
        since,
        rate,
        written: rate,
        divide: false,
    };
    let mut all: Vec<Rate> = codes
        .iter()
        .filter(|code| **code != "NOK")
        .map(|code| {
            let known = CURRENCIES
                .iter()
                .find(|(id, _, _)| id == code)
                .map_or(100_000, |&(_, _, rate)| rate);
            spot(code, first_of(1990, 1), Decimal::new(known, 4))
        })
        .collect();
    let in_nok = shop.shop.get("currencyCode").and_then(Value::as_str) == Some("NOK");
    for day in shop
        .rates()
        .iter()
        .filter(|day| in_nok && codes.contains(day.currency.as_str()))
    {
        let rate = round(day.to_shop * Decimal::new(9_985, 4), 4);
        if rate > Decimal::ZERO {
            all.push(spot(&day.currency, day.day, rate));
        }
    }
    all
}

pub(super) fn rate_types() -> Vec<RateType> {
    vec![RateType {
        id: RATE_TYPE.to_owned(),
        text: "Dagskurs".to_owned(),
        days: 0,
    }]
}

/// Months of every year from two before the first date met to two after the last. In the seeded company the years before the last full one
/// are closed, as an accountant leaves them; recordings find all years open (`design 7`).
pub(super) fn periods(seen: &Seen) -> Vec<Period> {
    let (first, last) = seen.years.unwrap_or((2026, 2026));
    let mut all = Vec::new();
    for year in first - 2..=last + 2 {
        for month in 1..=12 {
            let from = first_of(year, month);
            let next = if month == 12 {
                first_of(year + 1, 1)
            } else {
                first_of(year, month + 1)
            };
            let past = !seen.recorded && from.year() < last - 1;
            all.push(Period {
                id: format!("{year}{month:02}"),
                from,
                to: next.pred_opt().unwrap_or(next),
                active: true,
                closed: past,
                closed_cash: past,
                closed_inventory: past,
                closed_general: past,
            });
        }
    }
    all
}

pub(super) fn order_types() -> Vec<OrderType> {
    let kind =
        |id: &str, text: &str, behavior, operation, document, allocates, practised| OrderType {
            id: id.to_owned(),
            text: text.to_owned(),
            behavior,
            operation,
            document,
            allocates,
            practised,
            hold_on_entry: false,
        };
    // SO books, SA allocates; IN, CM and RC as their predefined types are described (`facts/visma 16`).
    vec![
        kind(
            "SO",
            "Salgsordre",
            "SalesOrder",
            "Issue",
            "Invoice",
            false,
            true,
        ),
        kind(
            "SA",
            "Salgsordre med allokering",
            "SalesOrder",
            "Issue",
            "Invoice",
            true,
            true,
        ),
        kind(
            "IN",
            "Fakturaordre",
            "Invoice",
            "Issue",
            "Invoice",
            false,
            true,
        ),
        kind(
            "CM",
            "Kreditnotaordre",
            "CreditMemo",
            "Receipt",
            "CreditMemo",
            false,
            true,
        ),
        kind(
            "RC",
            "Retur mot kreditnota",
            "RMAOrder",
            "Receipt",
            "CreditMemo",
            false,
            true,
        ),
        kind("QT", "Tilbud", "Quote", "Issue", "NoUpdate", false, false),
    ]
}

pub(super) fn customer_classes(codes: &BTreeSet<&str>) -> Vec<CustomerClass> {
    let class = |id: &str,
                 text: &str,
                 zone: Option<&str>,
                 terms: &str,
                 currency: Option<&str>,
                 any_currency| CustomerClass {
        id: id.to_owned(),
        text: text.to_owned(),
        vat_zone: zone.map(str::to_owned),
        payment_method: Some("KORT".to_owned()),
        terms: Some(terms.to_owned()),
        currency: currency.map(str::to_owned),
        any_currency,
    };
    let mut all = vec![
        class(
            "PRIVAT",
            "Privatkunder Norge",
            Some("NO-IN"),
            "00",
            Some("NOK"),
            false,
        ),
        class(
            "BEDRIFT",
            "Bedriftskunder Norge",
            Some("NO-IN"),
            "14",
            Some("NOK"),
            false,
        ),
        class(
            "PRIVAT-EU",
            "Privatkunder EU",
            Some("SE-IOSS"),
            "00",
            None,
            false,
        ),
        class(
            "BEDRIFT-EU",
            "Bedriftskunder EU",
            Some("EU-B2B"),
            "30",
            None,
            false,
        ),
        class(
            "EKSPORT",
            "Kunder utenfor EU",
            Some("EXPORT"),
            "00",
            None,
            false,
        ),
        class(
            "VALUTA",
            "Kunder som handler i flere valutaer",
            Some("NO-IN"),
            "00",
            Some("NOK"),
            true,
        ),
    ];
    for code in codes {
        all.push(class(
            &format!("HUS-{code}"),
            &format!("Samlekunder nettbutikk {code}"),
            Some("NO-IN"),
            "00",
            Some(code),
            false,
        ));
    }
    all
}

pub(super) fn credit_terms() -> Vec<CreditTerm> {
    [
        ("00", "Betalt", 0),
        ("14", "14 dager netto", 14),
        ("30", "30 dager netto", 30),
    ]
    .iter()
    .map(|&(id, text, days)| CreditTerm {
        id: id.to_owned(),
        text: text.to_owned(),
        days,
    })
    .collect()
}

fn first_of(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}
