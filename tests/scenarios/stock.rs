//! Stock: what changed is set in few calls, one bad row stops nobody, and nothing is sold that is not there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use brygga_core::policy::Lane;
use brygga_core::{Code, Decimal};
use brygga_engine::RunOptions;
use brygga_engine::ports::Goods;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_store::{RecordKind, RecordState, Retention};
use brygga_tests::Bench;
use brygga_tests::goods::{Between, MAIN};
use chrono::TimeDelta;

/// A bench with so many SKUs of 40 units each, in step.
async fn in_step(count: u32) -> Bench {
    let bench = Bench::empty().await;
    bench.generate(count, 40);
    bench.keep_stock();
    bench.flow("stock").await;
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(
        bench.flow("stock").await.calls,
        0,
        "a second run sends nothing"
    );
    bench
}

fn sku(number: u32) -> String {
    format!("GEN-{number:05}")
}

fn count(bench: &Bench, number: u32, units: i64) {
    bench
        .practice
        .pair
        .visma()
        .set_stock(&sku(number), MAIN, Decimal::from(units));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_per_cent_of_ten_thousand_takes_one_call() {
    // The practice servers are not made for haste when they are built to be debugged.
    let hundreds = if cfg!(debug_assertions) { 15 } else { 100 };
    let bench = in_step(hundreds * 100).await;
    assert_eq!(bench.sellable(&sku(hundreds * 100)), 40);
    for number in 1..=hundreds {
        count(&bench, number * 100, 7);
    }
    bench.clock.advance(Duration::from_mins(20));
    let flow = bench.flow("stock").await;
    assert_eq!((flow.calls, flow.written), (1, hundreds as usize));
    assert_eq!(
        (bench.sellable("GEN-00100"), bench.sellable("GEN-00101")),
        (7, 40)
    );
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("stock").await.calls, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_of_250_is_named_and_the_others_are_written() {
    for mute in [false, true] {
        let bench = in_step(250).await;
        for number in 1..=250 {
            // More than the shop can count.
            count(&bench, number, if number == 77 { 2_000_000_000 } else { 9 });
        }
        bench.clock.advance(Duration::from_mins(20));
        let between = Arc::new(Between::new(bench.practice.engine.goods(), || ()));
        between.mute.store(mute, Ordering::SeqCst);
        let engine = bench.engine_over(between as Arc<dyn Goods>);
        let flow = Bench::flow_of(&engine, "stock").await;
        assert_eq!(flow.failure, None);
        assert_eq!(flow.written, 249);
        // Named: once more without it. Not named: halves, two for each power of two.
        assert!(flow.calls <= if mute { 17 } else { 2 }, "{}", flow.calls);
        let bad = bench.item(RecordKind::Stock, &sku(77));
        assert_eq!(bad.state, RecordState::Held);
        assert_eq!(
            bad.problem.map(|problem| problem.code),
            Some(Code::ShopRefused)
        );
        for number in 1..=250 {
            assert_eq!(
                bench.sellable(&sku(number)),
                if number == 77 { 40 } else { 9 }
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_between_reading_and_writing_is_not_sold_twice() {
    let bench = Arc::new(in_step(20).await);
    for number in 1..=20 {
        count(&bench, number, 5);
    }
    bench.clock.advance(Duration::from_mins(20));
    let customer = Arc::clone(&bench);
    let buy = move || {
        let sale = ShopChange::Sell {
            sku: sku(3),
            quantity: 4,
        };
        let shop = customer.practice.pair.shopify();
        shop.act(&sale).expect("sold");
    };
    let between = Arc::new(Between::new(bench.practice.engine.goods(), buy));
    let engine = bench.engine_over(between as Arc<dyn Goods>);
    let flow = Bench::flow_of(&engine, "stock").await;
    assert_eq!((flow.failure, flow.written), (None, 20));
    assert_eq!(bench.sellable(&sku(3)), 1, "five there are, four are sold");
    assert_eq!(bench.sellable(&sku(4)), 5);
    // Booked in Visma.net or not, it stays one.
    bench.clock.advance(Duration::from_mins(20));
    bench.quiet().await;
    count(&bench, 3, 6);
    bench.clock.advance(Duration::from_mins(20));
    bench.flow("stock").await;
    assert_eq!(bench.sellable(&sku(3)), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_settled_by_what_is_there() {
    let bench = in_step(5).await;
    count(&bench, 2, 11);
    bench.clock.advance(Duration::from_mins(20));
    let lost = Fault::Status {
        code: 503,
        committed: true,
    };
    bench.practice.pair.faults().add(
        FaultRule::next(Side::Shopify, lost)
            .operation("InventorySet")
            .times(20),
    );
    bench.flow("stock").await;
    let row = bench.item(RecordKind::Stock, &sku(2));
    assert_eq!(row.state, RecordState::Waiting);
    bench.practice.pair.faults().clear();
    bench.clock.advance(Duration::from_mins(20));
    assert_eq!(bench.flow("stock").await.calls, 0, "it was done");
    assert_eq!(
        bench.item(RecordKind::Stock, &sku(2)).state,
        RecordState::Booked
    );
    assert_eq!(bench.sellable(&sku(2)), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn untracked_doubled_and_unmapped_items_have_their_reason() {
    let bench = Bench::empty().await;
    bench.keep_stock();
    bench.flow("stock").await;
    let code = |sku: &str| {
        bench
            .item(RecordKind::Stock, sku)
            .problem
            .map(|problem| problem.code)
    };
    assert_eq!(code("FF-STICK"), Some(Code::StockUntracked));
    assert_eq!(code("FF-TORCH"), Some(Code::ProductSkuDoubled));
    let before = bench.practice.pair.shopify().counters().writes;
    bench.choose(|settings| settings.stock.locations.clear());
    bench.clock.advance(Duration::from_mins(20));
    let flow = bench.flow("stock").await;
    assert_eq!(flow.calls, 0);
    assert_eq!(bench.practice.pair.shopify().counters().writes, before);
}

/// Runs some flows alone, as each does at its own rhythm.
async fn lanes(bench: &Bench, lanes: &[Lane]) {
    let options = RunOptions {
        lanes: lanes.iter().copied().collect(),
        ..RunOptions::default()
    };
    let report = bench.practice.engine.sync(options).await;
    let report = report.expect("no other run");
    assert_eq!(report.failure, None);
    for (name, flow) in report.flows {
        assert_eq!(flow.failure, None, "{name}");
    }
}

fn track(bench: &Bench, number: u32, tracked: bool) {
    let sku = sku(number);
    let shop = bench.practice.pair.shopify();
    let change = ShopChange::Track { sku, tracked };
    shop.act(&change).expect("changed");
    bench.clock.advance(Duration::from_mins(20));
}

/// A variant that another flow, or a preview, has read first.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_variant_that_the_products_read_first_gets_its_stock() {
    for preview in [false, true] {
        let bench = in_step(5).await;
        bench.keep_products();
        bench.quiet().await;
        track(&bench, 3, false);
        bench.quiet().await;
        count(&bench, 3, 9);
        bench.clock.advance(Duration::from_mins(20));
        bench.quiet().await;
        let code = bench.item(RecordKind::Stock, &sku(3)).problem;
        assert_eq!(code.map(|problem| problem.code), Some(Code::StockUntracked));
        track(&bench, 3, true);
        if preview {
            let options = RunOptions {
                lanes: Lane::Products.into(),
                ..RunOptions::default()
            };
            let shown = bench.practice.engine.preview(options).await;
            assert_eq!(shown.expect("readable").failures.len(), 0);
        } else {
            lanes(&bench, &[Lane::Products]).await;
        }
        bench.clock.advance(Duration::from_mins(5));
        lanes(&bench, &[Lane::Stock]).await;
        assert_eq!(bench.sellable(&sku(3)), 9);
        assert_eq!(
            bench.item(RecordKind::Stock, &sku(3)).state,
            RecordState::Booked
        );
    }
}

/// And the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_variant_that_stock_read_first_is_decided_by_the_products() {
    let bench = in_step(5).await;
    bench.keep_products();
    bench.quiet().await;
    let price = async || {
        let goods = bench.practice.engine.goods();
        let found = goods.variants_by_sku(&sku(3)).await.expect("readable");
        found[0].price
    };
    let before = price().await;
    let cheap = ShopChange::SetPrice {
        sku: sku(3),
        price: Decimal::ONE,
    };
    let shop = bench.practice.pair.shopify();
    shop.act(&cheap).expect("changed");
    bench.clock.advance(Duration::from_mins(20));
    lanes(&bench, &[Lane::Stock]).await;
    bench.clock.advance(Duration::from_mins(5));
    assert_eq!(price().await, Decimal::ONE);
    lanes(&bench, &[Lane::Products]).await;
    assert_eq!(price().await, before);
}

/// Nobody else gets the goods of an order because retention took its payload out.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_payload_was_removed_still_waits_for_its_goods() {
    let bench = Bench::empty().await;
    bench.generate(3, 40);
    let sale = ShopChange::Sell {
        sku: sku(2),
        quantity: 4,
    };
    bench.practice.pair.shopify().act(&sale).expect("sold");
    bench.clock.advance(Duration::from_mins(20));
    bench.quiet().await;
    let store = bench.practice.engine.store();
    let retention = Retention {
        payloads: Some(TimeDelta::zero()),
        ..Retention::default()
    };
    let pruned = store.prune(&retention).expect("pruned");
    assert_eq!(pruned.payloads, 1);
    count(&bench, 2, 10);
    bench.clock.advance(Duration::from_mins(20));
    bench.keep_stock();
    lanes(&bench, &[Lane::Stock]).await;
    assert_eq!(bench.sellable(&sku(2)), 6, "ten there are, four are sold");
}
