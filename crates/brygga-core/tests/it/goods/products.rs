//! Products and prices, by tables of cases.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Code;
use brygga_core::erp::{Catalogue, CurrencyInfo, VatCalculation, VatId, VatRate};
use brygga_core::goods::{
    FieldChange, ItemStatus, PriceRow, PriceType, ProductGround, ProductItem, ProductOutcome,
    ProductStatus, Variant, Weight, WeightUnit, plan_products,
};
use brygga_core::money::Currency;
use brygga_core::settings::{
    InactiveItems, NewItems, Owner, PriceSource, PriceVat, ProductField, ProductSettings,
};

use super::{d, variant};

pub(super) fn item(number: &str) -> ProductItem {
    ProductItem {
        number: number.into(),
        description: format!("Item {number}"),
        status: ItemStatus::Active,
        stock: true,
        unsupported: false,
        class: None,
        vat_category: Some("3".into()),
        sales_unit: Some("STK".into()),
        default_price: Some(d("80")),
        recommended_price: Some(d("0")),
        barcodes: Vec::new(),
        weight: None,
    }
}

pub(super) fn catalogue() -> Catalogue {
    Catalogue {
        currencies: vec![CurrencyInfo {
            id: "NOK".into(),
            decimals: 2,
            base: true,
        }],
        vat_ids: vec![VatId {
            id: "25".into(),
            description: String::new(),
            calculation: Some(VatCalculation::PerLine),
            zones: vec!["01".into()],
            categories: vec!["3".into()],
            rates: vec![VatRate {
                from: "2020-01-01".parse().unwrap(),
                percent: d("25"),
            }],
            reverse: false,
        }],
        ..Catalogue::default()
    }
}

fn settings() -> ProductSettings {
    ProductSettings {
        on: true,
        price_vat: PriceVat::Add { zone: "01".into() },
        ..ProductSettings::default()
    }
}

fn plan_with(
    items: &[ProductItem],
    prices: &[PriceRow],
    variants: &[Variant],
    settings: &ProductSettings,
    currency: Currency,
) -> BTreeMap<String, ProductOutcome> {
    let catalogue = catalogue();
    let special = BTreeSet::from(["FRAKT".to_owned()]);
    let links = BTreeMap::new();
    let ground = ProductGround {
        currency,
        taxes_included: true,
        catalogue: &catalogue,
        special_items: &special,
        links: &links,
        wanted: &BTreeSet::new(),
        today: "2026-10-15".parse().unwrap(),
    };
    plan_products(items, prices, variants, ground, settings)
        .into_iter()
        .map(|decision| (decision.name, decision.outcome))
        .collect()
}

fn plan(
    items: &[ProductItem],
    variants: &[Variant],
    settings: &ProductSettings,
) -> BTreeMap<String, ProductOutcome> {
    plan_with(items, &[], variants, settings, Currency::NOK)
}

fn code(outcome: &ProductOutcome) -> Option<Code> {
    match outcome {
        ProductOutcome::Held(problem) | ProductOutcome::Skipped(problem) => Some(problem.code),
        _ => None,
    }
}

#[test]
fn what_is_alike_stays_and_each_field_follows_its_owner() {
    // 80 and 25 % VAT are 100.
    assert_eq!(
        plan(&[item("A")], &[variant(1, "A")], &settings())["A"],
        ProductOutcome::Same
    );
    let mut changed = item("A");
    changed.description = "A better name".into();
    changed.default_price = Some(d("99.996"));
    changed.recommended_price = Some(d("160"));
    changed.barcodes = vec![" 7038010000000 ".into()];
    changed.weight = Some(Weight {
        value: d("0.25"),
        unit: WeightUnit::Kilograms,
    });
    changed.class = Some("KOPPER".into());
    let mut all = settings();
    all.owners.insert(ProductField::CompareAt, Owner::Erp);
    all.product_types.insert("KOPPER".into(), "Kopper".into());
    let ProductOutcome::Change(fields) =
        &plan(std::slice::from_ref(&changed), &[variant(1, "A")], &all)["A"]
    else {
        panic!("a change");
    };
    assert_eq!(
        fields,
        &[
            FieldChange::Title {
                from: "Item A".into(),
                to: "A better name".into()
            },
            FieldChange::Price {
                from: d("100"),
                to: d("125")
            },
            FieldChange::CompareAt {
                from: None,
                to: Some(d("200"))
            },
            FieldChange::Barcode {
                from: None,
                to: "7038010000000".into()
            },
            FieldChange::Weight {
                from: None,
                to: changed.weight.clone().unwrap()
            },
            FieldChange::ProductType {
                from: String::new(),
                to: "Kopper".into()
            },
        ]
    );
    // Everything owned by the shop: nothing is touched.
    let mut shops = settings();
    for field in ProductField::ALL {
        shops.owners.insert(field, Owner::Shop);
    }
    assert_eq!(
        plan(&[changed.clone()], &[variant(1, "A")], &shops)["A"],
        ProductOutcome::Same
    );
    // One of several variants does not rename its product.
    let sibling = Variant {
        alone: false,
        ..variant(1, "A")
    };
    let ProductOutcome::Change(fields) = &plan(&[changed], &[sibling], &settings())["A"] else {
        panic!("a change");
    };
    assert!(!fields.iter().any(FieldChange::is_of_product));
}

#[test]
fn what_visma_does_not_know_empties_nothing() {
    let mut full = variant(1, "A");
    full.barcode = Some("123".into());
    full.weight = Some(Weight {
        value: d("250"),
        unit: WeightUnit::Grams,
    });
    full.product_type = "Kopper".into();
    full.compare_at = Some(d("150"));
    assert_eq!(
        plan(&[item("A")], &[full.clone()], &settings())["A"],
        ProductOutcome::Same
    );
    // The same weight in another unit is the same weight; any of the item's barcodes is a right one.
    let mut same = item("A");
    same.weight = Some(Weight {
        value: d("0.25"),
        unit: WeightUnit::Kilograms,
    });
    same.barcodes = vec!["999".into(), "123".into()];
    assert_eq!(
        plan(&[same], &[full], &settings())["A"],
        ProductOutcome::Same
    );
}

#[test]
fn an_empty_compare_at_price_is_not_zero() {
    let mut ours = settings();
    ours.owners.insert(ProductField::CompareAt, Owner::Erp);
    let table = [
        // recommended in Visma.net, in the shop, what changes
        ("0", None, None),
        ("0", Some("150"), Some(None)),
        ("0", Some("0"), Some(None)),
        ("80", None, None),
        ("120", None, Some(Some("150"))),
        ("120", Some("150"), None),
    ];
    for (recommended, before, expected) in table {
        let mut one = item("A");
        one.recommended_price = Some(d(recommended));
        let mut shop = variant(1, "A");
        shop.compare_at = before.map(d);
        let got = match &plan(&[one], &[shop], &ours)["A"] {
            ProductOutcome::Same => None,
            ProductOutcome::Change(fields) => match fields.as_slice() {
                [FieldChange::CompareAt { to, .. }] => Some(*to),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert_eq!(
            got,
            expected.map(|to: Option<&str>| to.map(d)),
            "{recommended} {before:?}"
        );
    }
}

#[test]
fn prices_that_nobody_can_vouch_for_are_held() {
    let base = item("A");
    let with = |price: Option<&str>| ProductItem {
        default_price: price.map(d),
        ..base.clone()
    };
    let undecided = ProductSettings {
        price_vat: PriceVat::Undecided,
        ..settings()
    };
    let zero_is_fine = ProductSettings {
        allow_zero_price: true,
        ..settings()
    };
    let wrong_zone = ProductSettings {
        price_vat: PriceVat::Add { zone: "99".into() },
        ..settings()
    };
    let table = [
        (
            with(None),
            settings(),
            Currency::NOK,
            Some(Code::ProductPriceMissing),
        ),
        (
            with(Some("0")),
            settings(),
            Currency::NOK,
            Some(Code::ProductPriceZero),
        ),
        (
            with(Some("-1")),
            zero_is_fine.clone(),
            Currency::NOK,
            Some(Code::ProductPriceZero),
        ),
        (with(Some("0")), zero_is_fine, Currency::NOK, None),
        (
            with(Some("80")),
            undecided,
            Currency::NOK,
            Some(Code::ProductPriceVat),
        ),
        (
            with(Some("80")),
            wrong_zone,
            Currency::NOK,
            Some(Code::VatMappingBroken),
        ),
        (
            with(Some("80")),
            settings(),
            Currency::SEK,
            Some(Code::ProductPriceCurrency),
        ),
    ];
    for (item, settings, currency, expected) in table {
        let outcome = plan_with(
            std::slice::from_ref(&item),
            &[],
            &[variant(1, "A")],
            &settings,
            currency,
        );
        assert_eq!(code(&outcome["A"]), expected, "{item:?}");
    }
}

#[test]
fn a_price_list_gives_the_row_that_holds_today() {
    let row = |id: i64, price: &str| PriceRow {
        id,
        item: "A".into(),
        price_type: PriceType::PriceClass,
        price_code: Some("NETT".into()),
        unit: Some("STK".into()),
        break_quantity: d("0"),
        currency: "NOK".into(),
        price: d(price),
        promotion: false,
        from: None,
        to: None,
    };
    let list = ProductSettings {
        price: PriceSource::List {
            price_class: Some("NETT".into()),
        },
        ..settings()
    };
    let price = |rows: &[PriceRow]| match &plan_with(
        &[item("A")],
        rows,
        &[variant(1, "A")],
        &list,
        Currency::NOK,
    )["A"]
    {
        ProductOutcome::Change(fields) => match fields.as_slice() {
            [FieldChange::Price { to, .. }] => Ok(*to),
            other => panic!("{other:?}"),
        },
        ProductOutcome::Same => Ok(d("100")),
        other => Err(code(other)),
    };
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(price(&[row(1, "40")]), Ok(d("50")));
    assert_eq!(price(&[]), Err(Some(Code::ProductPriceMissing)));
    let others = [
        PriceRow {
            currency: "SEK".into(),
            ..row(2, "1")
        },
        PriceRow {
            unit: Some("ESKE".into()),
            ..row(3, "2")
        },
        PriceRow {
            break_quantity: d("10"),
            ..row(4, "3")
        },
        PriceRow {
            from: day("2026-10-16"),
            ..row(5, "4")
        },
        PriceRow {
            to: day("2026-10-14"),
            ..row(6, "5")
        },
        PriceRow {
            price_code: Some("VIP".into()),
            ..row(7, "6")
        },
        PriceRow {
            price_type: PriceType::Base,
            price_code: None,
            ..row(8, "7")
        },
    ];
    assert_eq!(price(&others), Err(Some(Code::ProductPriceMissing)));
    let mut rows = others.to_vec();
    rows.push(row(9, "40"));
    rows.push(PriceRow {
        from: day("2026-10-01"),
        ..row(10, "48")
    });
    assert_eq!(price(&rows), Ok(d("60")));
    // An offer goes before the list while it lasts.
    rows.push(PriceRow {
        promotion: true,
        from: day("2026-10-10"),
        to: day("2026-10-15"),
        ..row(11, "32")
    });
    assert_eq!(price(&rows), Ok(d("40")));
}

#[test]
fn new_items_become_drafts_where_that_makes_sense() {
    let class = |name: &str| ProductItem {
        class: Some(name.into()),
        ..item("A")
    };
    let only = ProductSettings {
        classes: BTreeSet::from(["WEB".to_owned()]),
        ..settings()
    };
    let leave = ProductSettings {
        new_items: NewItems::Leave,
        ..settings()
    };
    let table: [(ProductItem, ProductSettings, bool); 8] = [
        (item("A"), settings(), true),
        (item("A"), leave, false),
        (
            ProductItem {
                stock: false,
                ..item("A")
            },
            settings(),
            false,
        ),
        (
            ProductItem {
                unsupported: true,
                ..item("A")
            },
            settings(),
            false,
        ),
        (
            ProductItem {
                status: ItemStatus::Inactive,
                ..item("A")
            },
            settings(),
            false,
        ),
        (item("FRAKT"), settings(), false),
        (class("WEB"), only.clone(), true),
        (class("B2B"), only, false),
    ];
    for (item, settings, made) in table {
        let outcome = &plan(std::slice::from_ref(&item), &[], &settings)[item.number.as_str()];
        match outcome {
            ProductOutcome::Create(draft) => {
                assert!(made, "{item:?}");
                assert_eq!(draft.price, d("100"));
            }
            other => {
                assert!(!made, "{item:?}");
                assert_eq!(code(other), Some(Code::ProductNotInShop));
            }
        }
    }
}

#[test]
fn products_of_inactive_items_are_put_away_only_when_somebody_said_so() {
    let gone = |number: &str| ProductItem {
        status: ItemStatus::NoSales,
        ..item(number)
    };
    let archive = ProductSettings {
        inactive: InactiveItems::Archive,
        ..settings()
    };
    let leave = ProductSettings {
        inactive: InactiveItems::Leave,
        ..settings()
    };
    let approved = ProductSettings {
        approved_archives: BTreeSet::from(["A".to_owned()]),
        ..settings()
    };
    let of =
        |settings: &ProductSettings| plan(&[gone("A")], &[variant(1, "A")], settings)["A"].clone();
    assert_eq!(code(&of(&settings())), Some(Code::ProductArchiveProposed));
    assert_eq!(code(&of(&leave)), Some(Code::ProductInactiveLeft));
    assert_eq!(of(&archive), ProductOutcome::Archive);
    assert_eq!(of(&approved), ProductOutcome::Archive);
    let away = Variant {
        status: ProductStatus::Archived,
        ..variant(1, "A")
    };
    assert_eq!(
        plan(&[gone("A")], &[away], &archive)["A"],
        ProductOutcome::Same
    );
    // A word that nobody knows takes nothing away.
    let strange = ProductItem {
        status: ItemStatus::Other("Paused".into()),
        ..item("A")
    };
    assert_eq!(
        plan(&[strange], &[variant(1, "A")], &archive)["A"],
        ProductOutcome::Same
    );
    // Of two variants one is still sold.
    let both = [variant(1, "A"), variant(2, "B")].map(|variant| Variant {
        product_id: "9".into(),
        alone: false,
        ..variant
    });
    let outcomes = plan(&[gone("A"), item("B")], &both, &archive);
    assert_eq!(code(&outcomes["A"]), Some(Code::ProductInactiveLeft));
    let outcomes = plan(&[gone("A"), gone("B")], &both, &archive);
    assert_eq!(outcomes["A"], ProductOutcome::Archive);
}

#[test]
fn every_variant_and_every_item_is_decided_on() {
    let mut nameless = variant(3, "");
    nameless.sku = None;
    let variants = [variant(1, "A"), variant(2, "A"), nameless, variant(4, "X")];
    let outcomes = plan(&[item("A"), item("B")], &variants, &settings());
    let codes: BTreeMap<_, _> = outcomes
        .iter()
        .filter_map(|(name, outcome)| Some((name.as_str(), code(outcome)?)))
        .collect();
    assert_eq!(
        codes,
        BTreeMap::from([
            ("A", Code::ProductSkuDoubled),
            ("Item ", Code::ProductSkuMissing),
            ("Item X", Code::ItemNotFound),
        ])
    );
    assert!(matches!(outcomes["B"], ProductOutcome::Create(_)));
}
