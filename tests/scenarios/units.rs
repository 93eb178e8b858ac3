//! Items that are counted in one unit and sold in another: a bottle of the shop is never a case of twelve (`facts/visma` 7: a line
//! without a unit is of the item's sales unit).

use brygga_core::{Code, Decimal};
use brygga_sandbox::visma::Change;
use brygga_store::RecordState;
use brygga_tests::goods::MAIN;
use brygga_tests::{Bench, Sale};

/// An item that was sold already, from now on in cases of twelve.
async fn in_cases(bench: &Bench, sale: &Sale) -> String {
    let mut before = Sale::new(bench, 972_100);
    before.paid();
    bench.put_sale(&before);
    bench.quiet().await;
    let item = bench.document(before.id).lines[0].item.clone();
    bench.practice.pair.visma().change(Change::ItemUnit {
        number: item.clone(),
        unit: "KASSE".into(),
        holds: Decimal::from(12),
    });
    // What Visma.net is set up with is read anew by then.
    bench.days(1);
    bench.put_sale(sale);
    bench.quiet().await;
    assert_eq!(
        bench.code(sale.id),
        Some(Code::ItemUnitUndecided),
        "nobody guesses what one unit of the shop is"
    );
    assert!(bench.all_orders(sale.id).is_empty());
    item
}

async fn left(unit: &str, bottles: i64) {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 972_101);
    sale.paid();
    let item = in_cases(&bench, &sale).await;
    let there = bench.practice.pair.visma().on_hand(&item, MAIN);

    bench.choose(|settings| {
        settings.units.insert(item.clone(), unit.to_owned());
    });
    bench.quiet().await;
    assert_eq!(bench.record(sale.id).state, RecordState::Booked, "{unit}");
    sale.send_all();
    bench.put_sale(&sale);
    bench.quiet().await;
    bench.all_booked(&sale);
    let now = bench.practice.pair.visma().on_hand(&item, MAIN);
    assert_eq!(there - now, Decimal::from(bottles), "{unit}");
    bench.at_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_units_of_the_shop_are_three_bottles() {
    left("STK", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_units_of_the_shop_are_three_cases_where_the_merchant_says_so() {
    left("KASSE", 36).await;
}
