//! VAT ids, rates by date, several taxes (`booking-rules` 2 and 5).

use brygga_core::Code;
use brygga_core::erp::{Catalogue, VatCalculation, VatId};
use brygga_core::shop::Order;

use crate::build::{Setting, address, at, d, line, nok, order, setting, simple, tax, totals};

fn food(country: &str, rate: &str, moment: &str) -> Order {
    let mut order = order(vec![line("1", "SKU1", 1, "125.00", rate)], vec![]);
    order.shipping_address = Some(address(country, "11122"));
    order.processed_at = at(moment);
    order
}

#[test]
fn rates_are_those_of_the_day() {
    let setting = setting();
    // Finland: 14 until the end of 2025, 13.5 since. The category of 14 has the new rate from 2026 on.
    assert_eq!(
        setting.refusal(&food("FI", "14", "2025-12-31T12:00:00Z")),
        None
    );
    assert_eq!(
        setting.refusal(&food("FI", "14", "2026-01-01T12:00:00Z")),
        Some(Code::VatRateUnknown)
    );
    // In Oslo it is 2026 at 23:00 UTC.
    assert_eq!(
        setting.refusal(&food("FI", "14", "2025-12-31T23:30:00Z")),
        Some(Code::VatRateUnknown)
    );
    assert_eq!(
        setting.refusal(&food("FI", "13.5", "2026-01-01T12:00:00Z")),
        None
    );
    // Sweden: food at 6 % from 2026-04-01 to 2027-12-31.
    assert_eq!(
        setting.refusal(&food("SE", "6", "2026-03-31T12:00:00Z")),
        Some(Code::VatRateUnknown)
    );
    assert_eq!(
        setting.refusal(&food("SE", "6", "2026-04-01T12:00:00Z")),
        None
    );
    assert_eq!(
        setting.refusal(&food("SE", "6", "2027-12-31T12:00:00Z")),
        None
    );
    assert_eq!(
        setting.refusal(&food("SE", "12", "2026-03-31T12:00:00Z")),
        None
    );
}

#[test]
fn an_unknown_rate_names_id_rate_and_day() {
    let problem = setting()
        .document(&food("FI", "14", "2026-01-01T12:00:00Z"))
        .unwrap_err();
    assert_eq!(
        problem.message(),
        "Visma.net's VAT id V14-FI-IOSS has no rate of 14 % on 2026-01-01."
    );
}

fn with_ids(change: impl FnOnce(&mut Vec<VatId>)) -> Setting {
    let mut catalogue: Catalogue = setting().catalogue;
    change(&mut catalogue.vat_ids);
    Setting {
        catalogue,
        ..setting()
    }
}

fn position(ids: &[VatId], id: &str) -> usize {
    ids.iter().position(|vat| vat.id == id).unwrap()
}

#[test]
fn category_and_zone_lead_to_exactly_one_id() {
    let none = with_ids(|ids| ids.retain(|id| id.id != "V25-NO-IN"));
    assert_eq!(none.refusal(&simple()), Some(Code::VatMappingBroken));
    let two = with_ids(|ids| {
        let mut other = ids[position(ids, "V25-NO-IN")].clone();
        other.id = "OTHER".into();
        ids.push(other);
    });
    assert_eq!(two.refusal(&simple()), Some(Code::VatMappingBroken));
    let unknown = with_ids(|ids| {
        let index = position(ids, "V25-NO-IN");
        ids[index].calculation = None;
    });
    assert_eq!(unknown.refusal(&simple()), Some(Code::VatMappingBroken));
    let not_yet = with_ids(|ids| {
        let index = position(ids, "V25-NO-IN");
        ids[index].rates[0].from = crate::build::day("2030-01-01");
    });
    assert_eq!(not_yet.refusal(&simple()), Some(Code::VatRateUnknown));
}

#[test]
fn what_has_no_vat_needs_no_id() {
    let setting = with_ids(|ids| ids.retain(|id| id.id != "V0-NO-IN"));
    let mut order = simple();
    order.lines.push(crate::build::plain_line(
        "2",
        brygga_core::shop::LineKind::Tip,
        "20.00",
    ));
    totals(&mut order);
    let document = setting.document(&order).unwrap();
    assert_eq!(document.vat.len(), 1);
}

#[test]
fn an_inclusive_id_is_held_by_name() {
    let setting = with_ids(|ids| {
        let index = position(ids, "V25-NO-IN");
        ids[index].calculation = Some(VatCalculation::Inclusive);
    });
    let problem = setting.document(&simple()).unwrap_err();
    assert_eq!(problem.code, Code::VatIdInclusive);
    assert!(
        problem.message().contains("V25-NO-IN"),
        "{}",
        problem.message()
    );
}

#[test]
fn a_reverse_charge_id_computes_nothing() {
    let setting = with_ids(|ids| {
        let index = position(ids, "V25-NO-IN");
        ids[index].reverse = true;
    });
    assert_eq!(setting.refusal(&simple()), Some(Code::VatRateUnknown));
}

#[test]
fn taxes_that_are_not_ours_to_guess() {
    let setting = setting();
    let with = |change: fn(&mut Order)| {
        let mut order = simple();
        change(&mut order);
        totals(&mut order);
        setting.refusal(&order)
    };
    let several = with(|o| o.lines[0].taxes.push(tax("3.00", "3")));
    assert_eq!(several, Some(Code::SeveralTaxes));
    let nothing = with(|o| o.lines[0].taxes.push(tax("0.00", "0")));
    assert_eq!(nothing, None, "a tax of nothing is no second tax");
    let rateless = with(|o| o.lines[0].taxes[0].rate_percent = None);
    assert_eq!(rateless, Some(Code::TaxRateMissing));
    let channel = with(|o| o.lines[0].taxes[0].channel_liable = true);
    assert_eq!(channel, Some(Code::ChannelLiable));
    let on_shipping = with(|o| o.shipping[0].taxes[0].channel_liable = true);
    assert_eq!(on_shipping, Some(Code::ChannelLiable));
    let free = with(|o| {
        o.lines[0].taxes.push(tax("0.00", "5"));
        o.lines[0].taxes[1].channel_liable = true;
        o.lines[0].taxes[1].rate_percent = Some(d("0"));
    });
    assert_eq!(free, None);
}

#[test]
fn rates_are_compared_as_numbers() {
    let setting = setting();
    let mut order = simple();
    order.lines[0].taxes[0].rate_percent = Some(d("25.00"));
    order.shipping[0].taxes[0].rate_percent = Some(d("25.0"));
    assert_eq!(setting.refusal(&order), None);
    let mut wrong = simple();
    wrong.lines[0].taxes[0].rate_percent = Some(d("24.99"));
    assert_eq!(setting.refusal(&wrong), Some(Code::VatUnmapped));
}

#[test]
fn a_tax_that_the_rate_does_not_give_is_held() {
    let setting = setting();
    let mut order = order(vec![line("1", "SKU1", 1, "125.00", "25")], vec![]);
    order.lines[0].taxes[0].amount = nok("24.50");
    totals(&mut order);
    let problem = setting.document(&order).unwrap_err();
    assert_eq!(problem.code, Code::VatDiffers);
    assert_eq!(
        problem.message(),
        "VAT at 25 % would be 25.13 in Visma.net, but Shopify charged 24.5."
    );
}
