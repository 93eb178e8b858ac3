//! Ten thousand SKUs (`pains` 34 and 35, `booking-rules` 9): few calls for what changed, one bad row stops nobody, somebody buys at
//! the worst moment, and a second run writes nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use brygga_core::{Code, Decimal};
use brygga_engine::ports::Goods;
use brygga_sandbox::shopify::ShopChange;
use brygga_store::{RecordKind, RecordState};
use brygga_tests::Bench;
use brygga_tests::goods::{Between, MAIN};

/// Ten thousand; the practice servers are not made for haste when they are built to be debugged.
const ALL: u32 = if cfg!(debug_assertions) {
    1_000
} else {
    10_000
};
/// One per cent.
const CHANGED: u32 = ALL / 100;
/// Of the first 250 changed later.
const BAD: u32 = 177;
const BOUGHT: u32 = 42;

fn sku(number: u32) -> String {
    format!("GEN-{number:05}")
}

fn count(bench: &Bench, number: u32, units: i64) {
    let visma = bench.practice.pair.visma();
    visma.set_stock(&sku(number), MAIN, Decimal::from(units));
}

async fn at_rest(bench: &Bench) {
    bench.clock.advance(Duration::from_mins(20));
    let writes = bench.writes();
    assert_eq!(bench.flow("stock").await.calls, 0);
    assert_eq!(bench.writes(), writes, "a second run writes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_skus_take_few_calls_and_nothing_is_sold_twice() {
    let bench = Arc::new(Bench::empty().await);
    // A hundred lie in the shop and in the warehouse: nothing is to be written at first.
    bench.generate(ALL, 100);
    bench.keep_stock();
    bench.choose(|settings| settings.products.on = false);
    bench.flow("stock").await;
    assert_eq!(bench.sellable(&sku(ALL)), 100);
    // What is read begins a little before the newest change: let that be one item, and no longer all of them.
    bench.clock.advance(Duration::from_mins(20));
    count(&bench, 1, 99);
    let dearer = ShopChange::SetPrice {
        sku: sku(1),
        price: Decimal::from(110),
    };
    let shop = bench.practice.pair.shopify();
    shop.act(&dearer).expect("another price");
    let flow = bench.flow("stock").await;
    assert_eq!((flow.calls, flow.written), (1, 1));
    at_rest(&bench).await;

    // One per cent changed: at most one call and one for each 250.
    for number in 1..=CHANGED {
        count(&bench, number * 100, 7);
    }
    bench.clock.advance(Duration::from_mins(20));
    let flow = bench.flow("stock").await;
    assert_eq!(flow.written, CHANGED as usize);
    assert!(flow.calls <= 1 + CHANGED.div_ceil(250) as usize, "{flow:?}");
    for (number, units) in [(100, 7), (ALL, 7), (101, 100)] {
        assert_eq!(bench.sellable(&sku(number)), units);
    }
    at_rest(&bench).await;

    // 250 changed: one is more than the shop can count and is not named by its refusal, and somebody buys between reading and
    // writing.
    for number in 1..=250 {
        count(
            &bench,
            number,
            if number == BAD { 2_000_000_000 } else { 5 },
        );
    }
    bench.clock.advance(Duration::from_mins(20));
    let customer = Arc::clone(&bench);
    let buy = move || {
        let sale = ShopChange::Sell {
            sku: sku(BOUGHT),
            quantity: 4,
        };
        let shop = customer.practice.pair.shopify();
        shop.act(&sale).expect("sold");
    };
    let between = Arc::new(Between::new(bench.practice.engine.goods(), buy));
    between.mute.store(true, Ordering::SeqCst);
    let engine = bench.engine_over(between as Arc<dyn Goods>);
    let flow = Bench::flow_of(&engine, "stock").await;
    assert_eq!((flow.failure, flow.written), (None, 249));
    // Two halves for each power of two of 250, once for the bad row and once for the one that was bought.
    assert!(flow.calls <= 1 + 2 * 2 * 8, "{} calls", flow.calls);
    // The order itself is booked as any other.
    bench.clock.advance(Duration::from_mins(20));
    bench.quiet().await;
    let bad = bench.item(RecordKind::Stock, &sku(BAD));
    assert_eq!(bad.state, RecordState::Held);
    assert_eq!(
        bad.problem.map(|problem| problem.code),
        Some(Code::ShopRefused)
    );
    for number in 1..=250 {
        let units = match number {
            BAD => 100,
            BOUGHT => 1,
            _ => 5,
        };
        assert_eq!(bench.sellable(&sku(number)), units, "{number}");
    }
    at_rest(&bench).await;
}
