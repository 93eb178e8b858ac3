//! Two ways: products of the shop become items in Visma.net, and fields that the shop owns follow it there (`booking-rules` 9).

use std::time::Duration;

use brygga_core::goods::ProductItem;
use brygga_core::settings::{NewProducts, Owner, ProductField};
use brygga_core::{Code, Decimal};
use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_sandbox::visma::{Change, VatRounding};
use brygga_store::{RecordKind, RecordState};
use brygga_tests::Bench;
use serde_json::json;

const SKU: &str = "GEN-00003";

/// A shop with one product whose item was never made.
async fn bench() -> Bench {
    bench_with(Duration::from_secs(20)).await
}

async fn bench_with(patience: Duration) -> Bench {
    let bench = Bench::patient(40, VatRounding::Line, patience).await;
    bench
        .clock
        .set(brygga_sandbox::pair::seeded_start() - chrono::TimeDelta::days(20));
    bench.generate(5, 40);
    bench.practice.pair.visma().change(Change::ItemGone {
        number: SKU.to_owned(),
    });
    bench.keep_products();
    bench
}

fn create(bench: &Bench) {
    bench.choose(|settings| {
        let products = &mut settings.products;
        products.new_products = NewProducts::Create;
        products.new_item.goods_class = Some("VARER".into());
        products.new_item.service_class = Some("TJENESTER".into());
        products.new_item.vat_category = Some("HOY".into());
    });
}

fn price(bench: &Bench, price: Decimal) {
    let change = ShopChange::SetPrice {
        sku: SKU.to_owned(),
        price,
    };
    bench.practice.pair.shopify().act(&change).expect("changed");
    bench.clock.advance(Duration::from_secs(30));
}

async fn item(bench: &Bench) -> Option<ProductItem> {
    let found = bench.practice.engine.goods().item(SKU).await;
    found.expect("readable")
}

async fn variant(bench: &Bench) -> brygga_core::goods::Variant {
    let found = bench.practice.engine.goods().variants_by_sku(SKU).await;
    found.expect("readable").remove(0)
}

fn items(bench: &Bench) -> usize {
    bench.practice.pair.visma().data().items.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_without_an_item_is_named_and_becomes_one_when_that_is_chosen() {
    let bench = bench().await;
    price(&bench, Decimal::from(199));
    let before = items(&bench);
    bench.flow("products").await;
    let id = format!("variant/{}", variant(&bench).await.id);
    let row = bench.item(RecordKind::Product, &id);
    assert_eq!(
        (row.state, row.problem.map(|problem| problem.code)),
        (RecordState::Held, Some(Code::ItemNotFound))
    );
    create(&bench);
    bench.clock.advance(Duration::from_mins(20));
    bench.flow("products").await;
    let made = item(&bench).await.expect("made");
    assert_eq!(items(&bench), before + 1);
    assert_eq!(made.default_price, Some(Decimal::new(15_920, 2)));
    assert_eq!(made.vat_category.as_deref(), Some("HOY"));
    assert_eq!((made.stock, made.class.as_deref()), (true, Some("VARER")));
    assert_eq!(
        bench.item(RecordKind::Product, SKU).state,
        RecordState::Booked
    );
    assert_eq!(
        bench.item(RecordKind::Product, &id).state,
        RecordState::Booked
    );
    // Nothing comes back from it, and nothing is made twice.
    for _ in 0..2 {
        bench.clock.advance(Duration::from_hours(25));
        let flow = bench.flow("products").await;
        assert_eq!(flow.calls, 0, "a second run sends nothing");
    }
    assert_eq!(variant(&bench).await.price, Decimal::from(199));
    assert_eq!(items(&bench), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_somebody_makes_meanwhile_is_linked_not_made_again() {
    let bench = bench().await;
    price(&bench, Decimal::from(199));
    bench.flow("products").await;
    create(&bench);
    // Made in Visma.net after the items were read: the look-up before the call sees it.
    bench.practice.pair.visma().change_data(|data| {
        let mut like = data.items["GEN-00001"].clone();
        like.number = SKU.to_owned();
        like.internal_id = 900_001;
        data.items.insert(SKU.to_owned(), like);
    });
    let before = items(&bench);
    bench.clock.advance(Duration::from_secs(5));
    bench.flow("products").await;
    assert_eq!(items(&bench), before);
    let link = bench
        .practice
        .engine
        .store()
        .link("product", &variant(&bench).await.id)
        .expect("readable");
    assert_eq!(link.expect("linked").erp_id, SKU);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_visma_refuses_is_held_until_the_choice_is_mended() {
    let bench = bench().await;
    price(&bench, Decimal::from(199));
    create(&bench);
    bench.choose(|settings| settings.products.new_item.goods_class = Some("UKJENT".into()));
    bench.flow("products").await;
    let id = format!("variant/{}", variant(&bench).await.id);
    let row = bench.item(RecordKind::Product, &id);
    assert_eq!(
        (row.state, row.problem.map(|problem| problem.code)),
        (RecordState::Held, Some(Code::ErpRefused))
    );
    // Not sent again only because time goes by.
    bench.clock.advance(Duration::from_hours(25));
    assert_eq!(bench.flow("products").await.calls, 0);
    create(&bench);
    bench.flow("products").await;
    assert!(item(&bench).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_the_shop_owns_follow_it_to_visma() {
    let bench = bench().await;
    price(&bench, Decimal::from(199));
    create(&bench);
    bench.choose(|settings| {
        settings.products.write_own_fields = true;
        for field in [ProductField::Title, ProductField::Price] {
            settings.products.owners.insert(field, Owner::Shop);
        }
    });
    bench.flow("products").await;
    price(&bench, Decimal::from(250));
    let fields = json!({ "title": "En helt ny tittel" });
    let change = ShopChange::EditProduct {
        sku: SKU.to_owned(),
        fields: fields.as_object().cloned().expect("an object"),
    };
    bench.practice.pair.shopify().act(&change).expect("changed");
    bench.clock.advance(Duration::from_mins(20));
    bench.flow("products").await;
    let there = item(&bench).await.expect("there");
    assert_eq!(there.default_price, Some(Decimal::from(200)));
    let variant = variant(&bench).await;
    assert_eq!(variant.price, Decimal::from(250), "and stays in the shop");
    assert_eq!(there.description, variant.name());
    bench.clock.advance(Duration::from_hours(25));
    assert_eq!(bench.flow("products").await.calls, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_item() {
    for fault in [
        Fault::Timeout { committed: true },
        Fault::Timeout { committed: false },
        Fault::Cut { committed: true },
        Fault::Status {
            code: 503,
            committed: true,
        },
        Fault::Status {
            code: 503,
            committed: false,
        },
    ] {
        let bench = bench_with(Duration::from_millis(800)).await;
        price(&bench, Decimal::from(199));
        create(&bench);
        let before = items(&bench);
        let rule = FaultRule::next(Side::Visma, fault.clone());
        let rule = rule.method("POST").path("/v1/inventory").times(1);
        bench.practice.pair.faults().add(rule);
        for _ in 0..4 {
            let report = bench.practice.engine.sync(RunOptions::default()).await;
            report.expect("no other run");
            bench.clock.advance(Duration::from_mins(20));
        }
        assert_eq!(items(&bench), before + 1, "{fault:?}");
        assert_eq!(
            bench.item(RecordKind::Product, SKU).state,
            RecordState::Booked
        );
        assert_eq!(bench.flow("products").await.calls, 0, "{fault:?}");
    }
}
