//! Which item a part of an order becomes, and who is held for lack of one (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::booking::{Decision, FirstLook, first_look, wanted_items};
use brygga_core::erp::Item;
use brygga_core::settings::{GiftCards, MissingItem, Settings, SpecialItem};
use brygga_core::shop::{Duty, Fee, LineKind, Order, Side};

use crate::build::{Setting, at, line, nok, order, plain_line, setting, simple, tax, totals};

fn of_kind(kind: LineKind) -> Order {
    let mut order = simple();
    order.lines.push(plain_line("2", kind, "200.00"));
    totals(&mut order);
    order
}

fn sku(sku: Option<&str>) -> Order {
    let mut order = simple();
    order.lines[0].kind = LineKind::Product {
        variant_id: None,
        sku: sku.map(Into::into),
    };
    order
}

fn with_item(change: impl FnOnce(&mut Item)) -> Setting {
    let mut setting = setting();
    change(setting.catalogue.items.get_mut("SKU1").unwrap());
    setting
}

/// The item and the rule of the last line.
fn last(setting: &Setting, order: &Order, link: &str) -> (String, String) {
    let document = setting.document(order).unwrap();
    let index = document
        .draft
        .lines
        .iter()
        .position(|line| line.link == link)
        .unwrap();
    (
        document.draft.lines[index].item.clone(),
        document.why[index].rule.clone(),
    )
}

#[test]
fn products_are_found_by_their_exact_sku() {
    let setting = setting();
    for (text, expected) in [
        (Some("SKU1"), None),
        (Some("  SKU1\t"), None),
        (Some("sku1"), Some(Code::ItemNotFound)),
        (Some("SKU1X"), Some(Code::ItemNotFound)),
        (Some("SKU"), Some(Code::ItemNotFound)),
        (Some("  "), Some(Code::SkuMissing)),
        (Some(""), Some(Code::SkuMissing)),
        (None, Some(Code::SkuMissing)),
    ] {
        assert_eq!(setting.refusal(&sku(text)), expected, "{text:?}");
    }
    let message = setting.document(&sku(None)).unwrap_err().message();
    assert_eq!(message, "The line \"Thing 1\" of order #1001 has no SKU.");
}

#[test]
fn a_product_keeps_the_item_that_it_was_linked_with() {
    let mut setting = setting();
    let second = Item {
        number: "SKU2".into(),
        ..setting.catalogue.items["SKU1"].clone()
    };
    setting.catalogue.items.insert("SKU2".into(), second);
    let sold = |variant: Option<&str>, sku: Option<&str>| {
        let mut order = simple();
        order.lines[0].kind = LineKind::Product {
            variant_id: variant.map(Into::into),
            sku: sku.map(Into::into),
        };
        order
    };
    let by_link = |item: &str| (item.to_owned(), "product-by-link".to_owned());
    let by_sku = |item: &str| (item.to_owned(), "product-by-sku".to_owned());
    setting.linked.insert("22".into(), "SKU2".into());
    setting.linked.insert("33".into(), "GONE".into());
    for (variant, sku, expected) in [
        // Renamed in the shop, or never named there.
        (Some("22"), Some("RENAMED"), by_link("SKU2")),
        (Some("22"), None, by_link("SKU2")),
        // Its SKU went to another product.
        (Some("22"), Some("SKU1"), by_link("SKU2")),
        (Some("22"), Some("SKU2"), by_sku("SKU2")),
        // Another product, a deleted one, and one whose item is not there any more.
        (Some("44"), Some("SKU1"), by_sku("SKU1")),
        (None, Some("SKU1"), by_sku("SKU1")),
        (Some("33"), Some("SKU1"), by_sku("SKU1")),
    ] {
        let found = last(&setting, &sold(variant, sku), "line/1");
        assert_eq!(found, expected, "{variant:?} {sku:?}");
    }
    assert_eq!(
        setting.refusal(&sold(Some("33"), Some("RENAMED"))),
        Some(Code::ItemNotFound)
    );

    // Nobody waits for an item where the product has one.
    setting.settings.missing_item = MissingItem::Create;
    let renamed = sold(Some("22"), Some("RENAMED"));
    assert!(wanted_items(&renamed, setting.ground(), Side::Shop).is_empty());
    assert_eq!(setting.refusal(&renamed), None);

    // An item that was retired in favour of another.
    setting.catalogue.items.get_mut("SKU2").unwrap().status = "Inactive".into();
    let moved = sold(Some("22"), Some("SKU1"));
    assert_eq!(last(&setting, &moved, "line/1"), by_sku("SKU1"));
    assert_eq!(setting.refusal(&renamed), Some(Code::ItemInactive));
}

#[test]
fn an_item_may_stand_for_all_that_have_none() {
    let mut setting = setting();
    setting.settings.missing_item = MissingItem::DefaultItem {
        item: "DIVERSE".into(),
    };
    assert_eq!(
        last(&setting, &sku(Some("NONE")), "line/1"),
        ("DIVERSE".into(), "default-item".into())
    );
    assert_eq!(last(&setting, &sku(None), "line/1").0, "DIVERSE");
    assert_eq!(last(&setting, &sku(Some("SKU1")), "line/1").0, "SKU1");
    setting.settings.missing_item = MissingItem::DefaultItem {
        item: "GONE".into(),
    };
    assert_eq!(
        setting.refusal(&sku(Some("NONE"))),
        Some(Code::ItemNotFound)
    );
}

#[test]
fn an_order_waits_for_all_items_that_are_made_for_it() {
    let mut setting = setting();
    setting.settings.missing_item = MissingItem::Create;
    let mut order = sku(Some(" NONE "));
    let sold = |variant: Option<&str>, sku: &str| LineKind::Product {
        variant_id: variant.map(Into::into),
        sku: Some(sku.into()),
    };
    order
        .lines
        .push(plain_line("2", sold(Some("22"), "OTHER"), "200.00"));
    order
        .lines
        .push(plain_line("3", sold(Some("1"), "SKU1"), "100.00"));
    totals(&mut order);
    let now = at("2026-10-06T10:00:00Z");
    let FirstLook::Decided(Decision::Waiting(problem, None)) =
        first_look(&order, setting.ground(), None, now)
    else {
        panic!("it waits");
    };
    assert_eq!(problem.code, Code::WaitingForItem);
    assert_eq!(problem.params["sku"], "NONE");
    let wanted: Vec<_> = wanted_items(&order, setting.ground(), Side::Shop)
        .into_iter()
        .map(|item| (item.sku, item.variant))
        .collect();
    assert_eq!(
        wanted,
        [
            ("NONE".to_owned(), None),
            ("OTHER".to_owned(), Some("22".to_owned()))
        ]
    );

    // What holds the order anyway is said first: no item is made for an order that cannot be booked.
    order.lines[1].kind = LineKind::Product {
        variant_id: Some("22".into()),
        sku: None,
    };
    assert_eq!(setting.refusal(&order), Some(Code::SkuMissing));

    // Nobody waits under another choice.
    setting.settings.missing_item = MissingItem::Hold;
    assert!(wanted_items(&order, setting.ground(), Side::Shop).is_empty());
    assert_eq!(
        setting.refusal(&sku(Some("NONE"))),
        Some(Code::ItemNotFound)
    );
}

#[test]
fn items_that_are_not_for_sale_are_held() {
    for status in ["NoSales", "Inactive", "MarkedForDeletion"] {
        let setting = with_item(|item| item.status = status.into());
        assert_eq!(
            setting.refusal(&simple()),
            Some(Code::ItemInactive),
            "{status}"
        );
    }
    for status in ["Active", "NoPurchases", "NoRequest"] {
        let setting = with_item(|item| item.status = status.into());
        assert_eq!(setting.refusal(&simple()), None, "{status}");
    }
    let setting = with_item(|item| item.unsupported = true);
    assert_eq!(setting.refusal(&simple()), Some(Code::ItemUnsupported));
}

#[test]
fn what_is_no_product_has_its_own_item() {
    let setting = setting();
    let custom = |sku: Option<&str>| {
        of_kind(LineKind::Custom {
            sku: sku.map(Into::into),
        })
    };
    for (order, link, item, rule) in [
        (of_kind(LineKind::Tip), "line/2", "TIPS", "tip"),
        (
            of_kind(LineKind::GiftCard),
            "line/2",
            "GAVEKORT",
            "gift-card",
        ),
        (custom(None), "line/2", "DIVERSE", "custom-line"),
        (custom(Some("OTHER")), "line/2", "DIVERSE", "custom-line"),
        (custom(Some("SKU2")), "line/2", "SKU2", "custom-by-sku"),
        (simple(), "shipping/1", "FRAKT", "shipping"),
    ] {
        assert_eq!(last(&setting, &order, link), (item.into(), rule.into()));
    }
    let mut order = simple();
    order.fees.push(Fee {
        id: "3".into(),
        name: "Small order".into(),
        price: nok("25.00"),
        taxes: vec![tax("5.00", "25")],
    });
    order.lines[0].duties.push(Duty {
        id: "4".into(),
        price: nok("33.00"),
        taxes: vec![],
    });
    totals(&mut order);
    assert_eq!(
        last(&setting, &order, "fee/3"),
        ("GEBYR".into(), "fee".into())
    );
    assert_eq!(
        last(&setting, &order, "duty/4"),
        ("TOLL".into(), "duty".into())
    );
    let document = setting.document(&order).unwrap();
    assert_eq!(document.draft.lines.len(), 4);
    assert_eq!(document.total, crate::build::d("233.00"));
}

#[test]
fn an_item_that_is_not_chosen_is_named() {
    type Take = fn(&mut Settings) -> &mut Option<SpecialItem>;
    let mut taxed = simple();
    taxed.fees.push(Fee {
        id: "3".into(),
        name: "Fee".into(),
        price: nok("25.00"),
        taxes: vec![],
    });
    totals(&mut taxed);
    let cases: Vec<(Take, Order, &str)> = vec![
        (|s| &mut s.special_items.shipping, simple(), "shipping"),
        (|s| &mut s.special_items.tip, of_kind(LineKind::Tip), "tip"),
        (
            |s| &mut s.special_items.gift_card,
            of_kind(LineKind::GiftCard),
            "gift_card",
        ),
        (
            |s| &mut s.special_items.custom,
            of_kind(LineKind::Custom { sku: None }),
            "custom",
        ),
        (|s| &mut s.special_items.fee, taxed, "fee"),
    ];
    for (take, order, kind) in cases {
        let mut setting = setting();
        *take(&mut setting.settings) = None;
        let problem = setting.document(&order).unwrap_err();
        assert_eq!(problem.code, Code::SpecialItemUnmapped);
        assert_eq!(problem.message(), format!("No item is chosen for {kind}."));
    }
}

#[test]
fn gift_cards_sold_follow_the_kind_of_voucher() {
    let mut setting = setting();
    let untaxed = of_kind(LineKind::GiftCard);
    let mut taxed = untaxed.clone();
    taxed.lines[1].taxes = vec![tax("40.00", "25")];
    totals(&mut taxed);

    assert_eq!(setting.refusal(&untaxed), None);
    let problem = setting.document(&taxed).unwrap_err();
    assert_eq!(problem.code, Code::GiftCardUnmapped);
    assert!(problem.message().contains("#1001"), "{}", problem.message());

    setting.settings.gift_cards = GiftCards::SinglePurpose;
    assert_eq!(setting.refusal(&untaxed), Some(Code::GiftCardUnmapped));
    assert_eq!(setting.refusal(&taxed), None);
    // Held until a row for gift cards is there.
    setting
        .settings
        .vat
        .retain(|row| row.key.kind != brygga_core::settings::VatKind::GiftCard);
    assert_eq!(setting.refusal(&taxed), Some(Code::VatUnmapped));
}

#[test]
fn goods_come_from_the_warehouse_of_the_settings_and_services_from_none() {
    let mut setting = setting();
    setting.settings.warehouse = Some("2".into());
    let lines = setting.document(&simple()).unwrap().draft.lines;
    assert_eq!(lines[0].warehouse.as_deref(), Some("2"));
    assert_eq!(lines[1].warehouse, None);
}

#[test]
fn accounts_of_special_items_are_sent() {
    let mut setting = setting();
    setting.settings.special_items.shipping = Some(SpecialItem {
        item: "FRAKT".into(),
        account: Some("3100".into()),
    });
    let lines = setting.document(&simple()).unwrap().draft.lines;
    assert_eq!(
        (lines[0].account.as_deref(), lines[1].account.as_deref()),
        (None, Some("3100"))
    );
}

#[test]
fn the_same_sku_on_two_lines_stays_two_lines() {
    let setting = setting();
    let order = order(
        vec![
            line("1", "SKU1", 1, "125.00", "25"),
            line("2", "SKU1", 1, "125.00", "25"),
        ],
        vec![],
    );
    assert_eq!(setting.document(&order).unwrap().draft.lines.len(), 2);
}

/// A method with an item of its own has it; every other has the one for shipping.
#[test]
fn a_shipping_method_may_have_an_item_of_its_own() {
    let mut setting = setting();
    let own = SpecialItem {
        item: "EKSPRESS".into(),
        account: Some("3111".into()),
    };
    let methods = &mut setting.settings.special_items.shipping_methods;
    methods.insert("Express".into(), own);
    let mut order = simple();
    let shown = |setting: &Setting, order: &Order| {
        let draft = setting.document(order).unwrap().draft;
        let line = draft.lines.last().unwrap().clone();
        (line.item, line.account)
    };
    assert_eq!(shown(&setting, &order), ("FRAKT".into(), None));
    order.shipping[0].title = " Express ".into();
    assert_eq!(
        shown(&setting, &order),
        ("EKSPRESS".into(), Some("3111".into()))
    );
}

/// A line without a unit is of the item's sales unit: which of the two a unit in the shop is, only the merchant knows.
#[test]
fn an_item_of_two_units_needs_a_choice() {
    let two = |item: &mut Item| {
        item.base_unit = Some("STK".into());
        item.sales_unit = Some("ESKE".into());
    };
    let mut setting = with_item(two);
    assert_eq!(setting.refusal(&simple()), Some(Code::ItemUnitUndecided));
    for unit in ["STK", "ESKE"] {
        setting.settings.units.insert("SKU1".into(), unit.into());
        let draft = setting.document(&simple()).unwrap().draft;
        assert_eq!(draft.lines[0].unit.as_deref(), Some(unit));
        assert_eq!(draft.lines[1].unit, None);
    }
    // The unit that was chosen is no longer one of the two.
    setting.settings.units.insert("SKU1".into(), "PALL".into());
    assert_eq!(setting.refusal(&simple()), Some(Code::ItemUnitUndecided));

    let one = with_item(|item| {
        item.base_unit = Some("STK".into());
        item.sales_unit = Some(" STK ".into());
    });
    let draft = one.document(&simple()).unwrap().draft;
    assert_eq!(draft.lines[0].unit, None);
}
