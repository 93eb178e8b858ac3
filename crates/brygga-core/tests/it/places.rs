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

fn company(order: &mut Order, number: Option<&str>) {
    order.b2b = Some(B2b {
        company_id: "9".into(),
        company_name: "Bolaget AB".into(),
        location_id: None,
        external_id: None,
        tax_registration_id: number.map(str::to_owned),
    });
}

/// A table row of its own for each key; the category tells the rate, the zone the scheme.
fn with_row(
    setting: &mut crate::build::Setting,
    (dispatch, destination): (&str, &str),
    rate: &str,
    party: Party,
    scheme: Scheme,
) {
    use brygga_core::settings::{VatKey, VatRow};
    for kind in [
        VatKind::Goods,
        VatKind::Shipping,
        VatKind::GiftCard,
        VatKind::Other,
    ] {
        setting.settings.vat.push(VatRow {
            key: VatKey {
                dispatch: dispatch.into(),
                destination: destination.into(),
                rate: crate::build::d(rate),
                kind,
                party,
                scheme,
            },
            category: format!("C{rate}"),
            zone: if rate == "0" {
                "EXP".into()
            } else {
                "SE-IOSS".into()
            },
        });
    }
}

#[test]
fn a_company_in_the_union_needs_a_number_to_buy_without_vat() {
    let mut setting = setting();
    setting.settings.dispatch_country = Some("DK".into());
    with_row(
        &mut setting,
        ("DK", "SE"),
        "25",
        Party::Company,
        Scheme::Oss,
    );
    with_row(
        &mut setting,
        ("DK", "SE"),
        "0",
        Party::Company,
        Scheme::ReverseCharge,
    );
    let mut order = to("SE", "11122", None);
    company(&mut order, Some("SE556677889901"));
    assert_eq!(setting.document(&order).unwrap().draft.head.vat_zone, "EXP");
    for number in [None, Some(""), Some("  ")] {
        company(&mut order, number);
        let problem = setting.document(&order).unwrap_err();
        assert_eq!(problem.code, Code::ReverseChargeNumber, "{number:?}");
        assert!(!problem.message().contains('{'), "{}", problem.message());
    }
    // Saying that no VAT is right does not make a number.
    setting.settings.approved_without_vat.insert("5001".into());
    assert_eq!(setting.refusal(&order), Some(Code::ReverseChargeNumber));
}

#[test]
fn an_exempt_buyer_needs_no_approval_each_time() {
    let mut setting = setting();
    let order = to("NO", "0150", None);
    assert_eq!(setting.refusal(&order), Some(Code::TaxZero));
    setting.settings.exempt_buyers.insert("customer/700".into());
    assert_eq!(
        setting.document(&order).unwrap().draft.head.vat_zone,
        "NO-IN"
    );
    // Exempt at home is not exempt from being sent abroad: that is an export all the same.
    let abroad = setting.document(&to("SE", "11122", None)).unwrap();
    assert_eq!(abroad.draft.head.vat_zone, "EXP");
    let mut other = order.clone();
    other.customer.as_mut().unwrap().id = "701".into();
    assert_eq!(setting.refusal(&other), Some(Code::TaxZero));
}

#[test]
fn a_counter_abroad_is_at_home_there() {
    let mut setting = setting();
    let mut order = to("SE", "11122", Some("25"));
    order.shipping_address = None;
    order.billing = None;
    order.pos_country = Some("SE".into());
    let problem = setting.document(&order).unwrap_err();
    assert_eq!(problem.code, Code::VatUnmapped);
    assert_eq!(problem.params["scheme"], "domestic");
    assert_eq!(problem.params["dispatch"], "SE");
    with_row(
        &mut setting,
        ("SE", "SE"),
        "25",
        Party::Private,
        Scheme::Domestic,
    );
    assert_eq!(
        setting.document(&order).unwrap().draft.head.vat_zone,
        "SE-IOSS"
    );
}

#[test]
fn not_registered_is_held_whatever_rows_there_are() {
    use brygga_core::settings::Registered;
    let mut setting = setting();
    setting.settings.registrations.ioss = Registered::No;
    let problem = setting
        .document(&to("SE", "11122", Some("25")))
        .unwrap_err();
    assert_eq!(problem.code, Code::VatNotRegistered);
    assert_eq!(
        problem.message(),
        "Order #1001 to SE was taxed under ioss, for which you are not registered."
    );
    setting.settings.registrations.ioss = Registered::Yes {
        number: Some("IM5780000000".into()),
    };
    assert_eq!(setting.refusal(&to("SE", "11122", Some("25"))), None);
}

/// An order whose tax a marketplace pays: 100.00 of goods, 25.00 of tax.
fn of_marketplace() -> Order {
    let mut order = simple();
    for taxes in [&mut order.lines[0].taxes, &mut order.shipping[0].taxes] {
        taxes[0].channel_liable = true;
    }
    order
}

#[test]
fn a_marketplaces_tax_is_held_until_it_is_mapped_and_then_is_no_vat_and_no_revenue() {
    let mut setting = setting();
    let order = of_marketplace();
    assert_eq!(setting.refusal(&order), Some(Code::ChannelLiable));
    with_row(
        &mut setting,
        ("NO", "NO"),
        "0",
        Party::Private,
        Scheme::Marketplace,
    );
    assert_eq!(
        setting.refusal(&order),
        Some(Code::ChannelLiable),
        "no item for the tax"
    );
    setting.settings.special_items.channel_tax = Some(brygga_core::settings::SpecialItem {
        item: "GEBYR".into(),
        account: Some("2990".into()),
    });
    let document = setting.document(&order).unwrap();
    let lines: Vec<_> = document
        .draft
        .lines
        .iter()
        .map(|line| (line.link.as_str(), line.net(), line.vat_category.as_str()))
        .collect();
    let d = crate::build::d;
    assert_eq!(
        lines,
        [
            ("line/1", d("100.00"), "C0"),
            ("shipping/1", d("40.00"), "C0"),
            ("channel-tax", d("35.00"), "C0"),
        ]
    );
    assert_eq!(document.draft.lines[2].account.as_deref(), Some("2990"));
    assert_eq!(
        document.total,
        d("175.00"),
        "the customer owes what the shop says"
    );
    assert_eq!(document.vat.get("0").map(String::as_str), Some("0"));
    // Beside tax of one's own, whose a refund is cannot be told.
    let mut mixed = of_marketplace();
    mixed.shipping[0].taxes[0].channel_liable = false;
    assert_eq!(setting.refusal(&mixed), Some(Code::ChannelLiable));
}

#[test]
fn suggestions_hold_for_every_country_and_are_never_applied() {
    use brygga_core::booking::suggest;
    let mut setting = setting();
    let destinations = crate::build::set(&["NO", "SE", "FI", "JP", "AX"]);
    let suggested = suggest::settings(
        &setting.catalogue,
        "NO",
        &destinations,
        crate::build::day("2026-10-06"),
    );
    let goods = |country: &str, scheme: Scheme| -> Vec<String> {
        suggested
            .vat
            .iter()
            .filter(|row| {
                row.key.destination == country
                    && row.key.kind == VatKind::Goods
                    && row.key.party == Party::Private
                    && row.key.scheme == scheme
            })
            .map(|row| row.key.rate.to_string())
            .collect()
    };
    // Rates that ended within the year, and those that are known to come, have rows.
    assert_eq!(goods("SE", Scheme::Ioss), ["0", "6", "12", "25"]);
    assert_eq!(goods("FI", Scheme::Ioss), ["0", "10", "13.5", "14", "25.5"]);
    for country in ["SE", "FI", "JP", "AX"] {
        assert_eq!(goods(country, Scheme::Export), ["0"], "{country}");
    }
    assert_eq!(goods("AX", Scheme::Ioss), Vec::<String>::new());
    setting.settings.vat = suggested.vat;
    for (order, zone) in [
        (to("NO", "0150", Some("25")), "NO-IN"),
        (to("FI", "00100", Some("13.5")), "FI-IOSS"),
        (to("FI", "22100", None), "EXP"),
    ] {
        assert_eq!(setting.document(&order).unwrap().draft.head.vat_zone, zone);
    }
}
