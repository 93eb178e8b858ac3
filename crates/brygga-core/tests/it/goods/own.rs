//! What the shop owns goes to Visma.net: new items, and fields that follow.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Code;
use brygga_core::goods::{
    ItemChange, ItemDraft, NewItemKind, ProductDecision, ProductGround, ProductItem,
    ProductOutcome, ProductStatus, Variant, Weight, WeightUnit, plan_products, plan_wanted,
};
use brygga_core::money::Currency;
use brygga_core::settings::{
    NewItemSettings, NewProducts, Owner, PriceSource, PriceVat, ProductField, ProductSettings,
};

use super::products::{catalogue, item};
use super::{d, variant};

fn settings() -> ProductSettings {
    ProductSettings {
        on: true,
        price_vat: PriceVat::Add { zone: "01".into() },
        new_products: NewProducts::Create,
        new_item: NewItemSettings {
            goods_class: Some("VARER".into()),
            service_class: Some("TJENESTER".into()),
            posting_class: None,
            vat_category: Some("3".into()),
        },
        ..ProductSettings::default()
    }
}

fn decide(
    items: &[ProductItem],
    variants: &[Variant],
    settings: &ProductSettings,
    currency: Currency,
) -> Vec<ProductDecision> {
    decide_for(&[], currency, |ground| {
        plan_products(items, &[], variants, ground, settings)
    })
}

/// The same where orders wait for items of these numbers.
fn decide_for(
    wanted: &[&str],
    currency: Currency,
    plan: impl FnOnce(ProductGround<'_>) -> Vec<ProductDecision>,
) -> Vec<ProductDecision> {
    let catalogue = catalogue();
    let special = BTreeSet::new();
    let links = BTreeMap::new();
    let ground = ProductGround {
        currency,
        taxes_included: true,
        catalogue: &catalogue,
        special_items: &special,
        links: &links,
        wanted: &wanted.iter().map(|number| (*number).to_owned()).collect(),
        today: "2026-10-15".parse().unwrap(),
    };
    plan(ground)
}

/// What becomes of a variant that no item is.
fn alone(variant: Variant, settings: &ProductSettings) -> ProductOutcome {
    let mut decisions = decide(&[], &[variant], settings, Currency::NOK);
    assert_eq!(decisions.len(), 1);
    decisions.remove(0).outcome
}

fn mug() -> Variant {
    Variant {
        sku: Some(" MUG-1 ".into()),
        title: "Mug".into(),
        alone: true,
        tracked: true,
        status: ProductStatus::Active,
        price: d("199.00"),
        weight: Some(Weight {
            value: d("350"),
            unit: WeightUnit::Grams,
        }),
        ..variant(7, "MUG-1")
    }
}

fn held(outcome: &ProductOutcome) -> Code {
    match outcome {
        ProductOutcome::Held(problem) | ProductOutcome::Skipped(problem) => problem.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_product_becomes_an_item_with_its_net_price() {
    let expected = ItemDraft {
        number: "MUG-1".into(),
        description: "Mug".into(),
        kind: NewItemKind::Goods,
        class: "VARER".into(),
        posting_class: None,
        vat_category: Some("3".into()),
        price: Some(d("159.20")),
        weight: mug().weight,
    };
    let made = alone(mug(), &settings());
    assert_eq!(made, ProductOutcome::CreateItem(expected.clone()));
    // What the shop does not count is no stock item.
    let service = Variant {
        tracked: false,
        weight: None,
        ..mug()
    };
    let made = alone(service, &settings());
    assert_eq!(
        made,
        ProductOutcome::CreateItem(ItemDraft {
            kind: NewItemKind::Service,
            class: "TJENESTER".into(),
            weight: None,
            ..expected
        })
    );
}

#[test]
fn prices_come_back_to_the_cent() {
    for cents in 1..4000 {
        let price = brygga_core::Decimal::new(cents, 2);
        let made = alone(Variant { price, ..mug() }, &settings());
        let ProductOutcome::CreateItem(draft) = made else {
            panic!("{made:?}")
        };
        let net = draft.price.unwrap();
        let gross = brygga_core::money::round(net * d("1.25"), 2);
        assert_eq!(gross, price, "{net}");
        // And the item that was made of it is not changed again.
        let there = ProductItem {
            default_price: Some(net),
            description: "Mug".into(),
            ..item("MUG-1")
        };
        let mut own = settings();
        own.write_own_fields = true;
        own.owners.insert(ProductField::Price, Owner::Shop);
        let variant = Variant { price, ..mug() };
        let decided = decide(&[there], &[variant], &own, Currency::NOK);
        assert!(
            decided[0]
                .to_item
                .iter()
                .all(|change| !matches!(change, ItemChange::Price { .. })),
            "{price}"
        );
    }
}

#[test]
fn what_cannot_become_an_item_is_named() {
    let plain = settings();
    let none = |change: fn(&mut ProductSettings)| {
        let mut settings = settings();
        change(&mut settings);
        settings
    };
    let cases: Vec<(&str, Variant, ProductSettings, Code)> = vec![
        (
            "switched off",
            mug(),
            none(|own| own.new_products = NewProducts::Leave),
            Code::ItemNotFound,
        ),
        (
            "no SKU",
            Variant { sku: None, ..mug() },
            plain.clone(),
            Code::ProductSkuMissing,
        ),
        (
            "a draft",
            Variant {
                status: ProductStatus::Draft,
                ..mug()
            },
            plain.clone(),
            Code::ProductNotForSale,
        ),
        (
            "put away",
            Variant {
                status: ProductStatus::Archived,
                ..mug()
            },
            plain.clone(),
            Code::ProductNotForSale,
        ),
        (
            "a bundle",
            Variant {
                bundle: true,
                ..mug()
            },
            plain.clone(),
            Code::StockBundle,
        ),
        (
            "no class",
            mug(),
            none(|own| own.new_item.goods_class = None),
            Code::NewItemIncomplete,
        ),
        (
            "an empty class",
            mug(),
            none(|own| own.new_item.goods_class = Some(" ".into())),
            Code::NewItemIncomplete,
        ),
        (
            "no category",
            mug(),
            none(|own| own.new_item.vat_category = None),
            Code::NewItemIncomplete,
        ),
        (
            "an unknown category",
            mug(),
            none(|own| own.new_item.vat_category = Some("9".into())),
            Code::VatMappingBroken,
        ),
        (
            "VAT undecided",
            mug(),
            none(|own| own.price_vat = PriceVat::Undecided),
            Code::ProductPriceVat,
        ),
    ];
    for (what, variant, settings, code) in cases {
        assert_eq!(held(&alone(variant, &settings)), code, "{what}");
    }
    // Letters' case alone apart from an item: a person says which is meant.
    let decided = decide(&[item("mug-1")], &[mug()], &plain, Currency::NOK);
    let unmatched = decided.iter().find(|one| one.item.is_none());
    assert_eq!(
        held(&unmatched.expect("the variant").outcome),
        Code::ProductSkuDiffers
    );
    // The company keeps its books in another currency.
    let decided = decide(&[], &[mug()], &plain, Currency::SEK);
    assert_eq!(held(&decided[0].outcome), Code::ProductPriceCurrency);
    // Where prices live in a list, the item is made without one.
    let list = none(|own| own.price = PriceSource::List { price_class: None });
    let ProductOutcome::CreateItem(draft) = alone(mug(), &list) else {
        panic!("made")
    };
    assert_eq!(draft.price, None);
}

/// What an order waits for is made although new products are left alone, and nothing else is.
#[test]
fn an_item_that_an_order_waits_for_is_made_and_no_other() {
    let leave = ProductSettings {
        new_products: NewProducts::Leave,
        ..settings()
    };
    let other = Variant {
        id: "8".into(),
        ..variant(8, "MUG-2")
    };
    let variants = [mug(), other];
    let decided = decide_for(&["MUG-1"], Currency::NOK, |ground| {
        plan_products(&[item("CUP")], &[], &variants, ground, &leave)
    });
    let of = |name: &str| {
        let found = decided
            .iter()
            .find(|one| one.variant.as_ref().map(|(id, _)| id.as_str()) == Some(name));
        found.expect("decided").outcome.clone()
    };
    let made = alone(mug(), &settings());
    assert!(matches!(made, ProductOutcome::CreateItem(_)));
    assert_eq!(of("7"), made, "the very item of a new product");
    assert_eq!(held(&of("8")), Code::ItemNotFound);

    // Where products are not kept in step, nothing else is even looked at.
    let decided = decide_for(&["MUG-1", "NONE"], Currency::NOK, |ground| {
        plan_wanted(&[item("CUP")], &variants, ground, &leave)
    });
    let outcomes: Vec<_> = decided.into_iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [made]);
    let there = decide_for(&["MUG-1"], Currency::NOK, |ground| {
        plan_wanted(&[item("MUG-1")], &variants, ground, &leave)
    });
    assert_eq!(there, []);
    let mut without = leave;
    without.new_item.goods_class = None;
    let decided = decide_for(&["MUG-1"], Currency::NOK, |ground| {
        plan_wanted(&[], &variants, ground, &without)
    });
    assert_eq!(held(&decided[0].outcome), Code::NewItemIncomplete);
}

#[test]
fn two_variants_of_one_sku_make_no_item() {
    let other = Variant {
        id: "8".into(),
        ..mug()
    };
    let decided = decide(&[], &[mug(), other], &settings(), Currency::NOK);
    let codes: Vec<Code> = decided.iter().map(|one| held(&one.outcome)).collect();
    assert_eq!(codes, [Code::ProductSkuDoubled, Code::ProductSkuDoubled]);
}

#[test]
fn fields_that_the_shop_owns_go_to_the_item() {
    let there = ProductItem {
        description: "Old mug".into(),
        default_price: Some(d("100")),
        weight: Some(Weight {
            value: d("0.35"),
            unit: WeightUnit::Kilograms,
        }),
        ..item("MUG-1")
    };
    let mut own = settings();
    for field in [
        ProductField::Title,
        ProductField::Price,
        ProductField::Weight,
    ] {
        own.owners.insert(field, Owner::Shop);
    }
    let decide = |own: &ProductSettings, there: &ProductItem| {
        let mut decided = decide(std::slice::from_ref(there), &[mug()], own, Currency::NOK);
        decided.remove(0)
    };
    let quiet = decide(&own, &there);
    assert_eq!(
        (quiet.outcome, quiet.to_item),
        (ProductOutcome::Same, vec![])
    );
    own.write_own_fields = true;
    let told = decide(&own, &there);
    assert_eq!(told.outcome, ProductOutcome::Same);
    assert_eq!(
        told.to_item,
        [
            ItemChange::Description {
                from: "Old mug".into(),
                to: "Mug".into()
            },
            ItemChange::Price {
                from: Some(d("100")),
                to: d("159.20")
            },
        ],
        "the weight is the same in another unit"
    );
    // A field has one owner: what Visma.net owns goes the other way, at the same time.
    own.owners.insert(ProductField::Price, Owner::Erp);
    let both = decide(&own, &there);
    assert!(matches!(both.outcome, ProductOutcome::Change(_)));
    assert_eq!(both.to_item.len(), 1);
    // Out of sale: left alone.
    let gone = ProductItem {
        status: brygga_core::goods::ItemStatus::Inactive,
        ..there.clone()
    };
    assert_eq!(decide(&own, &gone).to_item, []);
    // What cannot be told is held, where nothing else is to be said.
    own.owners.insert(ProductField::Price, Owner::Shop);
    own.price_vat = PriceVat::Undecided;
    assert_eq!(held(&decide(&own, &there).outcome), Code::ProductPriceVat);
}
