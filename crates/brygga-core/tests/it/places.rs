//! Countries, territories, and orders without VAT (`booking-rules` 5).

use brygga_core::Code;
use brygga_core::settings::{Party, Scheme, VatKind};
use brygga_core::shop::{B2b, Order};

use crate::build::{address, line, order, plain_line, setting, shipping, simple, tax, totals};

/// An order to a place, taxed or with nothing said of tax.
fn to(country: &str, zip: &str, rate: Option<&str>) -> Order {
    let mut order = match rate {
        Some(rate) => order(
            vec![line("1", "SKU1", 1, "125.00", rate)],
            vec![shipping("1", "50.00", rate)],
        ),
        None => simple(),
    };
    if rate.is_none() {
        order.lines[0].taxes.clear();
        order.shipping[0].taxes.clear();
        totals(&mut order);
    }
    order.shipping_address = Some(address(country, zip));
    order
}

#[test]
fn who_is_taxed_where() {
    let setting = setting();
    for (order, zone) in [
        (to("NO", "0150", Some("25")), "NO-IN"),
        (to("SE", "11122", Some("25")), "SE-IOSS"),
        (to("FI", "00100", Some("25.5")), "FI-IOSS"),
        (to("JP", "100-0001", None), "EXP"),
        (to("NO", "9170", None), "EXP"),
        (to("FI", "22100", None), "EXP"),
    ] {
        let document = setting.document(&order).unwrap();
        assert_eq!(document.draft.head.vat_zone, zone);
    }
}

#[test]
fn the_destination_is_found_in_this_order() {
    let setting = setting();
    let destination = |order: &Order| setting.document(order).unwrap().destination;
    let mut order = to("SE", "11122", Some("25"));
    order.billing = Some(address("NO", "0150"));
    assert_eq!(destination(&order), "SE");
    // Over the counter: where the counter stands.
    order.shipping_address = None;
    order.pos_country = Some("NO".into());
    order.billing = Some(address("SE", "11122"));
    assert_eq!(destination(&order), "NO");
    order.pos_country = None;
    assert_eq!(destination(&order), "SE");
    order.billing = None;
    assert_eq!(setting.refusal(&order), Some(Code::CountryUnknown));
    order.shipping_address = Some(address("", ""));
    assert_eq!(setting.refusal(&order), Some(Code::CountryUnknown));
}

#[test]
fn a_territory_taxed_as_the_mainland_is_held() {
    let setting = setting();
    for (country, zip, rate) in [
        ("NO", "9170", "25"),
        ("FI", "22100", "25.5"),
        ("AX", "22100", "25.5"),
        ("SJ", "9170", "25"),
        ("DK", "3900", "25"),
        ("ES", "35001", "25"),
    ] {
        let problem = setting.document(&to(country, zip, Some(rate))).unwrap_err();
        assert_eq!(problem.code, Code::SpecialTerritory, "{country} {zip}");
        assert!(!problem.message().contains('{'), "{}", problem.message());
    }
}

#[test]
fn no_tax_where_tax_is_charged_is_held_until_it_is_approved() {
    let mut setting = setting();
    for (country, zip) in [("NO", "0150"), ("SE", "11122"), ("FI", "00100")] {
        let order = to(country, zip, None);
        assert_eq!(setting.refusal(&order), Some(Code::TaxZero), "{country}");
    }
    setting.settings.approved_without_vat.insert("5001".into());
    let document = setting.document(&to("NO", "0150", None)).unwrap();
    assert_eq!(document.vat.values().next().unwrap(), "0");
    // To Sweden without VAT it is an export.
    let document = setting.document(&to("SE", "11122", None)).unwrap();
    assert_eq!(document.draft.head.vat_zone, "EXP");
}

#[test]
fn one_forgotten_line_is_enough_and_what_is_not_taxable_is_none() {
    let setting = setting();
    let mut half = order(
        vec![
            line("1", "SKU1", 1, "125.00", "25"),
            line("2", "SKU2", 1, "80.00", "25"),
        ],
        vec![],
    );
    half.lines[1].taxes.clear();
    totals(&mut half);
    assert_eq!(setting.refusal(&half), Some(Code::TaxZero));
    half.lines[1].taxable = false;
    assert_eq!(setting.refusal(&half), None);
    // A rate of nought was decided by somebody: books in Norway.
    half.lines[1].taxable = true;
    half.lines[1].taxes = vec![tax("0", "0")];
    assert_eq!(setting.refusal(&half), None);
}

#[test]
fn a_company_abroad_buys_without_vat() {
    let setting = setting();
    let mut order = to("SE", "11122", None);
    order.b2b = Some(B2b {
        company_id: "9".into(),
        company_name: "Bolaget AB".into(),
        location_id: None,
        external_id: None,
        tax_registration_id: Some("SE556677889901".into()),
    });
    let document = setting.document(&order).unwrap();
    assert_eq!(document.draft.head.vat_zone, "EXP");
    assert_eq!(document.identity.party, Party::Company);
}

#[test]
fn a_missing_row_is_named() {
    let mut setting = setting();
    setting.settings.vat.retain(|row| {
        !(row.key.destination == "SE"
            && row.key.kind == VatKind::Shipping
            && row.key.scheme == Scheme::Ioss)
    });
    let problem = setting
        .document(&to("SE", "11122", Some("25")))
        .unwrap_err();
    assert_eq!(problem.code, Code::VatUnmapped);
    assert_eq!(
        problem.message(),
        "No VAT row for 25 % on shipping to SE (ioss)."
    );
    let params: Vec<_> = problem
        .params
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(
        params,
        [
            "country=SE",
            "dispatch=NO",
            "kind=shipping",
            "party=private",
            "rate=25",
            "scheme=ioss",
        ]
    );
    assert_eq!(
        setting.refusal(&to("JP", "1", Some("10"))),
        Some(Code::VatUnmapped)
    );
    assert_eq!(
        setting.refusal(&to("BR", "1", None)),
        Some(Code::VatUnmapped)
    );
}

#[test]
fn tips_and_cards_are_never_forgotten_tax() {
    let setting = setting();
    let mut order = simple();
    order
        .lines
        .push(plain_line("2", brygga_core::shop::LineKind::Tip, "20.00"));
    order.lines[1].taxable = true;
    totals(&mut order);
    assert_eq!(setting.refusal(&order), None);
}
