//! Products and prices come over from Visma.net; nothing is ever deleted.

use std::time::Duration;

use brygga_core::Code;
use brygga_core::Decimal;
use brygga_core::settings::{InactiveItems, NewItems, Owner, ProductField};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_sandbox::visma::Change;
use brygga_store::{RecordKind, RecordState};
use brygga_tests::Bench;
use serde_json::json;

use crate::bad_input::{ID, simple};

fn edited(number: &str) -> Change {
    Change::ItemEdited {
        number: number.to_owned(),
        price: None,
        description: None,
        status: None,
        barcode: None,
        weight: None,
    }
}

/// The variant with a SKU, as the product sees it.
async fn variant(bench: &Bench, sku: &str) -> brygga_core::goods::Variant {
    let found = bench.practice.engine.goods().variants_by_sku(sku).await;
    found.expect("readable").remove(0)
}

async fn variants(bench: &Bench) -> usize {
    let all = bench.practice.engine.goods().variants_changed(None).await;
    all.expect("readable").len()
}

/// A bench in step, with some generated SKUs; and how many variants there are.
async fn in_step() -> (Bench, usize) {
    let bench = Bench::empty().await;
    bench.generate(30, 40);
    bench.keep_products();
    let before = variants(&bench).await;
    bench.flow("products").await;
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(
        bench.flow("products").await.calls,
        0,
        "a second run sends nothing"
    );
    (bench, before)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_changed_in_visma_comes_over_with_vat_and_others_stay() {
    let (bench, before) = in_step().await;
    assert!(variants(&bench).await >= before, "nothing is deleted");
    let other = variant(&bench, "GEN-00002").await;
    bench.practice.pair.visma().change(Change::ItemEdited {
        number: "GEN-00001".to_owned(),
        price: Some(Decimal::new(12_344, 2)),
        description: None,
        status: None,
        barcode: Some("7038010000010".to_owned()),
        weight: None,
    });
    bench.clock.advance(Duration::from_mins(20));
    let flow = bench.flow("products").await;
    assert_eq!((flow.calls, flow.written), (1, 1));
    let changed = variant(&bench, "GEN-00001").await;
    assert_eq!(changed.price, Decimal::new(15_430, 2));
    assert_eq!(changed.barcode.as_deref(), Some("7038010000010"));
    assert_eq!(variant(&bench, "GEN-00002").await, other);
    // What somebody changes in the shop on a field that Visma.net owns comes back.
    let price = ShopChange::SetPrice {
        sku: "GEN-00001".to_owned(),
        price: Decimal::ONE,
    };
    bench.practice.pair.shopify().act(&price).expect("changed");
    bench.clock.advance(Duration::from_mins(20));
    bench.flow("products").await;
    assert_eq!(
        variant(&bench, "GEN-00001").await.price,
        Decimal::new(15_430, 2)
    );
    // And stays where the shop owns it.
    bench.choose(|settings| {
        settings
            .products
            .owners
            .insert(ProductField::Price, Owner::Shop);
    });
    bench.practice.pair.shopify().act(&price).expect("changed");
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("products").await.calls, 0);
    assert_eq!(variant(&bench, "GEN-00001").await.price, Decimal::ONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_doubled_skus_are_listed_and_left_alone() {
    let bench = Bench::empty().await;
    bench.generate(5, 40);
    let shop = bench.practice.pair.shopify();
    for (sku, to) in [
        ("GEN-00001", json!(null)),
        ("GEN-00002", json!("GEN-00003")),
        ("GEN-00004", json!("gen-00004")),
    ] {
        let fields = json!({ "sku": to })
            .as_object()
            .cloned()
            .expect("an object");
        let edit = ShopChange::EditVariant {
            sku: sku.to_owned(),
            fields,
        };
        shop.act(&edit).expect("changed");
    }
    bench.keep_products();
    bench.choose(|settings| settings.products.new_items = NewItems::Leave);
    bench.flow("products").await;
    let groups = bench
        .practice
        .engine
        .store()
        .held_groups(RecordKind::Product)
        .expect("readable");
    let held: Vec<Code> = groups.iter().map(|group| group.code).collect();
    for code in [
        Code::ProductSkuMissing,
        Code::ProductSkuDoubled,
        Code::ProductSkuDiffers,
    ] {
        assert!(held.contains(&code), "{code} in {held:?}");
    }
    let doubled = bench.item(RecordKind::Product, "GEN-00003");
    assert_eq!(
        doubled.problem.map(|problem| problem.code),
        Some(Code::ProductSkuDoubled)
    );
    assert_eq!(
        bench.item(RecordKind::Product, "GEN-00002").state,
        RecordState::Skipped
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_of_an_inactive_item_is_proposed_and_archived_when_wanted() {
    let bench = Bench::empty().await;
    bench.keep_products();
    bench.flow("products").await;
    let before = variants(&bench).await;
    // A product of its own, with one variant.
    let all = bench.practice.engine.goods().variants_changed(None).await;
    let alone = all
        .expect("readable")
        .into_iter()
        .find(|variant| {
            variant.alone
                && variant.sku.as_deref().is_some_and(|sku| sku != "FF-TORCH")
                && bench
                    .practice
                    .pair
                    .visma()
                    .data()
                    .items
                    .contains_key(variant.sku.as_deref().unwrap_or_default())
        })
        .expect("a product with one variant");
    let sku = alone.sku.clone().expect("a SKU");
    bench.practice.pair.visma().change(Change::ItemEdited {
        number: sku.clone(),
        price: None,
        description: None,
        status: Some("NoSales".to_owned()),
        barcode: None,
        weight: None,
    });
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("products").await.calls, 0);
    let row = bench.item(RecordKind::Product, &sku);
    assert_eq!(
        row.problem.map(|problem| problem.code),
        Some(Code::ProductArchiveProposed)
    );
    bench.choose(|settings| settings.products.inactive = InactiveItems::Archive);
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("products").await.calls, 1);
    let archived = variant(&bench, &sku).await;
    assert_eq!(archived.status, brygga_core::goods::ProductStatus::Archived);
    assert_eq!(variants(&bench).await, before, "archived, not deleted");
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("products").await.calls, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_item_becomes_one_draft_also_when_the_answer_is_lost() {
    let (bench, _) = in_step().await;
    bench.practice.pair.visma().change_data(|data| {
        let mut item = data.items["GEN-00001"].clone();
        item.number = "NY-1".to_owned();
        item.internal_id = 600_001;
        item.description = "Noe nytt".to_owned();
        data.items.insert(item.number.clone(), item);
    });
    bench.practice.pair.visma().change(edited("NY-1"));
    bench.clock.advance(Duration::from_mins(20));
    let lost = Fault::Status {
        code: 503,
        committed: true,
    };
    let rule = FaultRule::next(Side::Shopify, lost).operation("ProductCreateDraft");
    bench.practice.pair.faults().add(rule.times(1));
    bench.flow("products").await;
    assert_eq!(
        bench.item(RecordKind::Product, "NY-1").state,
        RecordState::Waiting
    );
    bench.clock.advance(Duration::from_mins(20));
    bench.flow("products").await;
    let found = bench.practice.engine.goods().variants_by_sku("NY-1").await;
    let found = found.expect("readable");
    assert_eq!(found.len(), 1, "once, not twice");
    assert_eq!(found[0].status, brygga_core::goods::ProductStatus::Draft);
    assert_eq!(found[0].title, "Noe nytt");
    assert_eq!(
        bench.item(RecordKind::Product, "NY-1").state,
        RecordState::Booked
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_sells_the_item_that_it_was_linked_with_also_under_a_new_sku() {
    let (bench, _) = in_step().await;
    let mut order = simple(&bench);
    let sold = order["lineItems"][0]["sku"]
        .as_str()
        .expect("a SKU")
        .to_owned();
    // What Shopify keeps with the line is the SKU at the sale: the merchant renamed it a moment before.
    order["lineItems"][0]["sku"] = json!("RENAMED");
    bench.put(order);
    bench.quiet().await;
    let row = bench.record(ID);
    assert_eq!(row.state, RecordState::Booked, "{:?}", row.problem);
    let document = bench.document(ID);
    assert!(document.lines.iter().any(|line| line.item == sold));
    assert_eq!(bench.proven().await, 1);
}
