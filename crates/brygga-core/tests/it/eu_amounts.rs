//! Amounts of real orders of a shop in the EU (`examples/shopify/eu_amounts.json`), where the folder of examples is present.

use std::path::Path;

use brygga_core::booking::Explained;
use brygga_core::booking::document::document;
use brygga_core::erp::VatCalculation;
use brygga_core::shop::{MoneyBag, Order, Refund, Side};
use brygga_core::{Code, Currency, Decimal, Money};
use serde_json::Value;

use crate::build::{Setting, address, catalogue_by, d, line, order, setting, shipping};

/// One case by its name; `None`, with a line that says so, where the folder is absent.
fn case(id: &str) -> Option<Value> {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/examples/shopify/eu_amounts.json"
    ));
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {id}: no folder of examples beside this one");
        return None;
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["id"] == id);
    Some(case.unwrap_or_else(|| panic!("no case {id}")).clone())
}

fn bag(amount: &Value, shop: Currency, seen: Currency) -> MoneyBag {
    let of = |side: &str| d(amount[side].as_str().unwrap_or("0"));
    MoneyBag {
        shop: Money::new(of("shop"), shop),
        presentment: Money::new(of("pres"), seen),
    }
}

/// One line of the case's whole amount, taxed at `rate` where there is tax.
fn one_line(case: &Value, seen: Currency, rate: &str) -> Order {
    let country = case["country"].as_str().unwrap_or("NO");
    let bag = |key: &str| bag(&case[key], Currency::EUR, seen);
    let mut order = order(vec![line("1", "SKU1", 1, "0", rate)], vec![]);
    order.shop_currency = Currency::EUR;
    order.presentment_currency = seen;
    order.shipping_address = Some(address(country, "11122"));
    order.lines[0].original_total = bag("total");
    order.lines[0].taxes[0].amount = bag("tax");
    order.totals.total = bag("total");
    order.totals.tax = bag("tax");
    order.totals.current_total = bag("total");
    order.totals.current_tax = bag("tax");
    order
}

/// A Norwegian shop's table, by which each country is at home: these cases are about amounts.
fn at_home(country: &str, calculation: VatCalculation) -> Setting {
    let mut setting = Setting {
        catalogue: catalogue_by(|_| calculation),
        ..setting()
    };
    setting.settings.dispatch_country = Some(country.into());
    for row in &mut setting.settings.vat {
        if row.key.destination == "NO" {
            row.key.destination = country.into();
            row.key.dispatch = country.into();
        }
    }
    setting
}

fn refused(setting: &Setting, order: &Order, side: Side) -> Option<Code> {
    document(order, setting.ground(), Some(side))
        .err()
        .map(|problem| problem.code)
}

#[test]
fn se_full_refund() {
    let Some(case) = case("SE-full-refund") else {
        return;
    };
    let setting = at_home("SE", VatCalculation::PerLine);
    let mut order = one_line(&case, Currency::SEK, "25");
    for (side, net, vat) in [
        (Side::Shop, "269.28", "67.32"),
        (Side::Presentment, "2988.80", "747.2"),
    ] {
        let document = document(&order, setting.ground(), Some(side)).unwrap();
        assert_eq!(document.draft.lines[0].net(), d(net));
        assert_eq!(document.vat["25"], vat);
        assert!(document.explained.is_empty());
    }
    // Money that went back is no part of the sale: a credit note follows it.
    order.refunds.push(Refund {
        id: "1".into(),
        created_at: None,
        total: order.totals.total,
        lines: vec![],
        shipping: vec![],
        duties: vec![],
        adjustments: vec![],
        transactions: vec![],
    });
    assert_eq!(refused(&setting, &order, Side::Presentment), None);
}

/// 396.74 of 1984.00, where 25 % included is 396.80: the tax was rounded per line. As one line nobody may book it.
#[test]
fn dk_as_111185() {
    let Some(case) = case("DK-AS-111185") else {
        return;
    };
    let order = one_line(&case, Currency::DKK, "25");
    for calculation in [VatCalculation::PerLine, VatCalculation::PerDocument] {
        let setting = at_home("DK", calculation);
        assert_eq!(
            refused(&setting, &order, Side::Presentment),
            Some(Code::VatDiffers)
        );
        // In the shop's own currency it is 53.08 of 265.42: right to the cent.
        assert_eq!(refused(&setting, &order, Side::Shop), None);
    }
}

/// What left an order must be told: the current total is below the original, and no line says why.
#[test]
fn dk_as_111185_with_its_current_total() {
    let Some(case) = case("DK-AS-111185") else {
        return;
    };
    let mut order = one_line(&case, Currency::DKK, "25");
    order.totals.current_total = bag(&case["current_total"], Currency::EUR, Currency::DKK);
    let setting = at_home("DK", VatCalculation::PerLine);
    assert_eq!(
        refused(&setting, &order, Side::Shop),
        Some(Code::TotalsDiffer)
    );
}

/// 181.02 of 968.00 at 23 %, exactly 181.008: two lines of 484.00 have 90.50 each; only Shopify's own lines tell.
#[test]
fn pl_as_113594() {
    let Some(case) = case("PL-AS-113594") else {
        return;
    };
    let order = one_line(&case, Currency::PLN, "23");
    let mut setting = at_home("PL", VatCalculation::PerLine);
    // Poland's rate is in none of the tables of these tests.
    assert_eq!(
        refused(&setting, &order, Side::Presentment),
        Some(Code::VatUnmapped)
    );
    for row in &mut setting.settings.vat {
        if row.key.rate == d("24") {
            row.key.rate = d("23");
        }
    }
    for id in &mut setting.catalogue.vat_ids {
        if id.id.starts_with("V24") {
            id.rates[0].percent = d("23");
        }
    }
    // Shop: 42.00 of 224.60, exactly 41.998.
    assert_eq!(refused(&setting, &order, Side::Shop), None);
    // Net 786.98 at 23 % is 181.0054 = 181.01; a cent more of net gives no more VAT. A cent of a conversion, by its name.
    let document = document(&order, setting.ground(), Some(Side::Presentment)).unwrap();
    assert_eq!(
        document.explained[0],
        Explained::ConvertedVat {
            rate: d("23"),
            difference: d("-0.01")
        }
    );
    // In one currency nothing was converted: held, not guessed.
    let mut plain = order.clone();
    plain.shop_currency = Currency::PLN;
    assert_eq!(
        refused(&setting, &plain, Side::Presentment),
        Some(Code::VatDiffers)
    );
    for id in &mut setting.catalogue.vat_ids {
        id.calculation = Some(VatCalculation::PerDocument);
    }
    // Per document a cent per line is a class of its own.
    assert_eq!(refused(&setting, &order, Side::Presentment), None);
}

#[test]
fn pl_zero_vat_incident() {
    let Some(case) = case("PL-zero-vat-incident") else {
        return;
    };
    let mut order = one_line(&case, Currency::PLN, "25");
    order.lines[0].taxes.clear();
    let setting = at_home("PL", VatCalculation::PerLine);
    assert_eq!(refused(&setting, &order, Side::Shop), Some(Code::TaxZero));
    // A tax of 0.00 at a rate that is not nought is no tax either.
    let order = one_line(&case, Currency::PLN, "25");
    assert_eq!(
        refused(&setting, &order, Side::Shop),
        Some(Code::VatDiffers)
    );
}

/// 5.05 + 10.15 + 17.26 = 32.46 and 52.65 + 105.72 + 179.72 = 338.09, without tax.
#[test]
fn sek_2020_rest() {
    let Some(case) = case("SEK-2020-REST") else {
        return;
    };
    let bag = |amount: &Value| bag(amount, Currency::EUR, Currency::SEK);
    let mut order = order(
        vec![
            line("1", "SKU1", 1, "0", "0"),
            line("2", "SKU2", 1, "0", "0"),
        ],
        vec![shipping("1", "0", "0")],
    );
    order.shop_currency = Currency::EUR;
    order.presentment_currency = Currency::SEK;
    order.shipping_address = Some(address("SE", "11122"));
    for (index, amount) in case["lines"].as_array().unwrap().iter().enumerate() {
        order.lines[index].original_total = bag(amount);
    }
    order.shipping[0].discounted = bag(&case["shipping"]);
    order.totals.total = bag(&case["total"]);
    order.totals.current_total = bag(&case["total"]);
    let setting = at_home("SE", VatCalculation::PerLine);
    for (side, total) in [(Side::Shop, "32.46"), (Side::Presentment, "338.09")] {
        let document = document(&order, setting.ground(), Some(side)).unwrap();
        assert_eq!(document.total, d(total));
        let sum: Decimal = document
            .draft
            .lines
            .iter()
            .map(brygga_core::erp::LineDraft::net)
            .sum();
        assert_eq!(sum, d(total), "without a rounding line");
    }
}

/// Payments have rates of their own day; the document is made of the order's amounts alone.
#[test]
fn cad_usd_fx_drift() {
    let Some(case) = case("CAD-USD-FX-drift") else {
        return;
    };
    let of = |key: &str, side: &str| d(case[key][side].as_str().unwrap());
    assert_ne!(of("order_total", "shop"), of("payment", "shop"));
    assert_eq!(of("order_total", "pres"), of("payment", "pres"));
    let amounts = |key: &str| bag(&case[key], Currency::CAD, Currency::USD);
    let mut order = order(vec![line("1", "SKU1", 1, "0", "0")], vec![]);
    order.shop_currency = Currency::CAD;
    order.presentment_currency = Currency::USD;
    order.lines[0].original_total = amounts("order_total");
    order.totals.total = amounts("order_total");
    order.totals.current_total = amounts("order_total");
    order.transactions[0].amount = amounts("payment");
    let mut setting = setting();
    for (id, decimals) in [("CAD", 2), ("USD", 2)] {
        setting
            .catalogue
            .currencies
            .push(brygga_core::erp::CurrencyInfo {
                id: id.into(),
                decimals,
                base: false,
            });
    }
    let total = |order: &Order, side| document(order, setting.ground(), Some(side)).unwrap().total;
    assert_eq!(total(&order, Side::Shop), d("13.5"));
    assert_eq!(total(&order, Side::Presentment), d("9.0"));
    // Money that went back moves neither.
    order.refunds.push(Refund {
        id: "1".into(),
        created_at: None,
        total: bag(&case["refunds"][0], Currency::CAD, Currency::USD),
        lines: vec![],
        shipping: vec![],
        duties: vec![],
        adjustments: vec![],
        transactions: vec![],
    });
    assert_eq!(total(&order, Side::Shop), d("13.5"));
}
