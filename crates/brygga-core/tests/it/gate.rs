//! The totals gate by example: moved nets, rounding lines, limits, unit prices (`booking-rules` 2 and 3).

use brygga_core::booking::Explained;
use brygga_core::booking::gate::price;
use brygga_core::erp::{LineDraft, VatCalculation};
use brygga_core::settings::DocumentCurrency;
use brygga_core::shop::{Discount, MoneyBag, Order, Side};
use brygga_core::{Code, Currency, Decimal, Money};

use crate::build::{Setting, catalogue_by, d, line, nok, order, set, setting, simple, totals};

fn by(calculation: VatCalculation) -> Setting {
    Setting {
        catalogue: catalogue_by(|_| calculation),
        ..setting()
    }
}

fn rounding(lines: &[LineDraft]) -> Option<&LineDraft> {
    lines.iter().find(|line| line.link == "rounding")
}

#[test]
fn a_unit_price_is_rounded_up_and_the_rest_is_a_discount() {
    for (net, quantity, decimals, unit_price, discount) in [
        ("100.00", "1", 2, "100.00", "0"),
        ("100.00", "3", 2, "33.34", "0.02"),
        ("0.00", "3", 2, "0", "0"),
        ("0.01", "999", 2, "0.01", "9.98"),
        ("10.00", "4", 2, "2.50", "0"),
        ("100", "3", 0, "34", "2"),
        // Two decimals at most, also where the currency has three.
        ("1.001", "1", 3, "1.01", "0.009"),
        ("99999999.99", "998", 2, "100200.41", "9.19"),
    ] {
        let price = price(d(net), d(quantity), decimals);
        assert_eq!(price.unit_price, d(unit_price), "{net} / {quantity}");
        assert_eq!(price.discount, d(discount), "{net} / {quantity}");
        assert_eq!(price.unit_price * d(quantity) - price.discount, d(net));
    }
}

/// 0.17 at 5.5 % included: tax 0.01 and net 0.16, of which 5.5 % is 0.0088.
#[test]
fn vat_per_line_that_agrees_moves_nothing() {
    let order = order(vec![line("1", "SKU1", 1, "0.17", "5.5")], vec![]);
    let document = by(VatCalculation::PerLine).document(&order).unwrap();
    assert_eq!(document.draft.lines.len(), 1);
    assert_eq!(document.draft.lines[0].net(), d("0.16"));
    assert!(document.explained.is_empty());
}

/// 0.18 at 25 % included: tax 0.036 = 0.04, net 0.14; 25 % of 0.14 is 0.035 = 0.04. 0.22: tax 0.044 = 0.04, net 0.18,
/// of which 25 % is 0.045 = 0.05: the net goes down by a cent, and the cent to the rounding line.
#[test]
fn vat_per_line_that_disagrees_moves_a_cent_to_the_rounding_line() {
    let order = order(vec![line("1", "SKU1", 1, "0.22", "25")], vec![]);
    let document = by(VatCalculation::PerLine).document(&order).unwrap();
    assert_eq!(document.draft.lines[0].net(), d("0.17"));
    let extra = rounding(&document.draft.lines).unwrap();
    assert_eq!(
        (extra.unit_price, extra.quantity),
        (d("0.01"), Decimal::ONE)
    );
    assert_eq!(
        (extra.item.as_str(), extra.vat_category.as_str()),
        ("AVRUNDING", "C0")
    );
    assert_eq!(
        document.explained,
        [Explained::RoundingLine { amount: d("0.01") }]
    );
    assert_eq!(document.vat["25"], "0.04");
    assert!(document.depends_on_mode);
}

#[test]
fn vat_per_document_is_a_class_of_its_own() {
    // Each 0.22 has 0.04 tax; 25 % of 0.54 is 0.135 = 0.14, three taxes are 0.12.
    let three = ["1", "2", "3"].map(|id| line(id, "SKU1", 1, "0.22", "25"));
    let order = order(three.to_vec(), vec![]);
    let document = by(VatCalculation::PerDocument).document(&order).unwrap();
    assert_eq!(
        document.explained,
        [
            Explained::VatPerDocument {
                rate: d("25"),
                difference: d("0.02")
            },
            Explained::RoundingLine { amount: d("-0.02") },
        ]
    );
    assert_eq!(
        rounding(&document.draft.lines).unwrap().unit_price,
        d("-0.02")
    );
    assert_eq!(document.total, d("0.66"));
}

fn many(count: usize) -> Order {
    let lines = (0..count).map(|id| line(&id.to_string(), "SKU1", 1, "0.22", "25"));
    order(lines.collect(), vec![])
}

#[test]
fn more_than_the_limit_is_held() {
    let mut setting = by(VatCalculation::PerLine);
    assert_eq!(setting.refusal(&many(5)), None);
    let problem = setting.document(&many(6)).unwrap_err();
    assert_eq!(problem.code, Code::RoundingOverLimit);
    assert_eq!(
        problem.message(),
        "Order #1001 would need a rounding of 0.06; the limit is 0.05."
    );
    setting.settings.rounding_limit = 6;
    assert_eq!(setting.refusal(&many(6)), None);
    setting.settings.rounding_limit = 0;
    assert_eq!(setting.refusal(&many(1)), Some(Code::RoundingOverLimit));
    assert_eq!(setting.refusal(&simple()), None);
}

#[test]
fn a_rounding_line_without_an_item_is_held_and_without_need_is_not_missed() {
    let mut setting = by(VatCalculation::PerLine);
    setting.settings.special_items.rounding = None;
    let problem = setting.document(&many(1)).unwrap_err();
    assert_eq!(problem.code, Code::SpecialItemUnmapped);
    assert_eq!(setting.refusal(&simple()), None);
}

#[test]
fn a_cent_that_no_part_explains_is_held() {
    let setting = setting();
    for (total, tax) in [
        ("175.01", "35.00"),
        ("174.99", "35.00"),
        ("175.00", "35.01"),
    ] {
        let mut order = simple();
        order.totals.total = nok(total);
        order.totals.tax = nok(tax);
        assert_eq!(
            setting.refusal(&order),
            Some(Code::TotalsDiffer),
            "{total} {tax}"
        );
    }
    let mut order = simple();
    order.totals.current_total = nok("174.00");
    let problem = setting.document(&order).unwrap_err();
    assert_eq!(
        problem.message(),
        "The lines of order #1001 add up to 175, but Shopify says 174."
    );
}

#[test]
fn a_line_is_never_negative() {
    let mut order = simple();
    order.lines[0].discounts = vec![Discount {
        amount: nok("125.01"),
    }];
    order.lines[0].taxes[0].amount = nok("0");
    totals(&mut order);
    assert_eq!(setting().refusal(&order), Some(Code::TotalsDiffer));
    order.lines[0].discounts = vec![Discount {
        amount: nok("125.00"),
    }];
    totals(&mut order);
    let document = setting().document(&order).unwrap();
    assert_eq!(document.draft.lines[0].net(), Decimal::ZERO);
    assert_eq!(document.total, d("50.00"));
}

fn in_two_currencies() -> Order {
    let bag = |shop: &str, seen: &str| MoneyBag {
        shop: Money::new(d(shop), Currency::NOK),
        presentment: Money::new(d(seen), Currency::SEK),
    };
    let mut order = order(vec![line("1", "SKU1", 1, "125.00", "25")], vec![]);
    order.presentment_currency = Currency::SEK;
    order.lines[0].original_total = bag("125.00", "120.00");
    order.lines[0].taxes[0].amount = bag("25.00", "24.00");
    order.totals.total = bag("125.00", "120.00");
    order.totals.tax = bag("25.00", "24.00");
    order.totals.current_total = bag("125.00", "120.00");
    order.totals.current_tax = bag("25.00", "24.00");
    order
}

#[test]
fn the_documents_currency_is_chosen_once_and_frozen() {
    use brygga_core::booking::document::document;
    let mut setting = setting();
    let order = in_two_currencies();
    let currency = |setting: &Setting, frozen| {
        let document = document(&order, setting.ground(), frozen).unwrap();
        (document.side, document.draft.currency, document.total)
    };
    let own = (Side::Shop, "NOK".to_owned(), d("125.00"));
    let seen = (Side::Presentment, "SEK".to_owned(), d("120.00"));
    assert_eq!(currency(&setting, None), own);
    let presentment = |mapped: &[&str]| DocumentCurrency::Presentment {
        mapped: set(mapped),
    };
    setting.settings.document_currency = presentment(&["EUR"]);
    assert_eq!(currency(&setting, None), own, "no cash account in SEK");
    setting.settings.document_currency = presentment(&["SEK"]);
    assert_eq!(currency(&setting, None), seen);
    // Whatever the setting became since.
    assert_eq!(currency(&setting, Some(Side::Shop)), own);
    setting.settings.document_currency = DocumentCurrency::Shop;
    assert_eq!(currency(&setting, Some(Side::Presentment)), seen);
}

#[test]
fn a_currency_that_visma_net_lacks_is_held() {
    let mut setting = setting();
    setting
        .catalogue
        .currencies
        .retain(|currency| currency.id != "NOK");
    assert_eq!(setting.refusal(&simple()), Some(Code::CurrencyUnknown));
}

#[test]
fn decimals_are_those_of_visma_net() {
    let mut setting = setting();
    for currency in &mut setting.catalogue.currencies {
        currency.decimals = 0;
    }
    // 100.00 net and 25.00 tax have no cents; 40.00 and 10.00 neither.
    assert_eq!(setting.refusal(&simple()), None);
    let odd = order(vec![line("1", "SKU1", 1, "99.90", "25")], vec![]);
    assert!(
        setting.refusal(&odd).is_some(),
        "cents that Visma.net cannot hold"
    );
}

/// One line in EUR, whose amounts were converted from NOK: tax of `tax` in `gross`.
fn converted(gross: &str, tax: &str) -> Order {
    let euro = |amount: &str, kroner: &str| MoneyBag {
        shop: Money::new(d(kroner), Currency::NOK),
        presentment: Money::new(d(amount), Currency::EUR),
    };
    let mut order = order(vec![line("1", "SKU1", 1, "1000.00", "25")], vec![]);
    order.presentment_currency = Currency::EUR;
    order.lines[0].original_total = euro(gross, "1000.00");
    order.lines[0].taxes[0].amount = euro(tax, "200.00");
    order.totals.total = euro(gross, "1000.00");
    order.totals.tax = euro(tax, "200.00");
    order.totals.current_total = order.totals.total;
    order.totals.current_tax = order.totals.tax;
    order
}

#[test]
fn converted_vat_is_a_class_of_its_own_and_bounded() {
    let mut setting = by(VatCalculation::PerLine);
    setting.settings.document_currency = DocumentCurrency::Presentment {
        mapped: set(&["EUR"]),
    };
    // 25 % of 11.26, of 11.27 and of 11.28 is 2.82.
    for (gross, tax, explained) in [
        ("14.09", "2.82", vec![]),
        (
            "14.10",
            "2.83",
            vec![
                Explained::ConvertedVat {
                    rate: d("25"),
                    difference: d("-0.01"),
                },
                Explained::RoundingLine { amount: d("0.01") },
            ],
        ),
        (
            "14.08",
            "2.81",
            vec![
                Explained::ConvertedVat {
                    rate: d("25"),
                    difference: d("0.01"),
                },
                Explained::RoundingLine { amount: d("-0.01") },
            ],
        ),
    ] {
        let document = setting.document(&converted(gross, tax)).unwrap();
        assert_eq!(document.draft.lines[0].net(), d("11.27"));
        assert_eq!(document.draft.currency, "EUR");
        assert_eq!(document.total, d(gross));
        assert_eq!(document.explained, explained);
    }
    // Two cents are no rounding, and in one currency nothing was converted.
    assert_eq!(
        setting.refusal(&converted("14.11", "2.84")),
        Some(Code::VatDiffers)
    );
    let mut plain = order(vec![line("1", "SKU1", 1, "14.10", "25")], vec![]);
    plain.lines[0].taxes[0].amount = nok("2.83");
    totals(&mut plain);
    assert_eq!(setting.refusal(&plain), Some(Code::VatDiffers));
}
