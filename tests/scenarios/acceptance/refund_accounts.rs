//! Each kind of refund can stand on an account of its own (`booking-rules` 8).

use brygga_tests::{Back, Bench, Sale};
use serde_json::{Value, json};

use super::refunds::sold;

/// Account and net of each line of an order's credit notes.
fn credited(bench: &Bench, sale: &Sale) -> Vec<String> {
    let notes = bench.credit_notes(sale);
    let mut lines: Vec<String> = notes
        .iter()
        .flat_map(|note| &note.lines)
        .map(|line| {
            let item = line.item.as_deref().unwrap_or("-");
            format!("{} {item} {:.2}", line.account, line.net)
        })
        .collect();
    lines.sort();
    lines
}

async fn choose(bench: &Bench, values: Value) {
    let settings = bench.call("settings", Value::Null).await;
    let change = json!({"revision": settings["revision"], "values": values});
    bench.call("put_settings", change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_goods_stands_on_the_account_of_its_kind_of_refund() {
    let bench = Bench::morning().await;
    let mut sales = sold(&bench, 970_401, 4).await;
    // No account of this number is in the company: refused where it is chosen.
    let settings = bench.call("settings", Value::Null).await;
    let values = json!({"refunds/accounts/amount_only": "0001"});
    let change = json!({"revision": settings["revision"], "values": values});
    assert_eq!(
        bench.refused("put_settings", change).await,
        "setting-refused"
    );

    bench.days(1);
    sales[0].give_back(&Back::amount("33.33"));
    bench.put_sale(&sales[0]);
    bench.quiet().await;
    let before = credited(&bench, &sales[0]);
    assert_eq!(before.len(), 1, "{before:?}");
    assert!(!before[0].starts_with("7830 "), "{before:?}");

    choose(
        &bench,
        json!({"refunds/accounts/amount_only": "7830", "refunds/accounts/partial": "3900"}),
    )
    .await;
    sales[1].give_back(&Back::amount("33.33"));
    // Goods that came back, and more money than they are worth: one order of returns, two accounts.
    sales[2].give_back(&Back::units(0, 1, "RETURN").adjusted("20"));
    sales[3].give_back(&Back::units(0, 1, "RETURN"));
    for sale in &sales[1..] {
        bench.put_sale(sale);
    }
    bench.quiet().await;
    assert_eq!(credited(&bench, &sales[1]), ["7830 REFDIFF 26.66"]);
    let both = credited(&bench, &sales[2]);
    let goods = credited(&bench, &sales[3]);
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.contains(&"3900 REFDIFF 16.00".to_owned()), "{both:?}");
    // Goods keep the account of their item.
    assert!(both.contains(&goods[0]), "{both:?} {goods:?}");
    assert!(!goods[0].starts_with("3900 "), "{goods:?}");
    // What is booked does not follow a later choice.
    choose(&bench, json!({"refunds/accounts/amount_only": "3900"})).await;
    bench.quiet().await;
    assert_eq!(credited(&bench, &sales[0]), before);
    assert_eq!(credited(&bench, &sales[1]), ["7830 REFDIFF 26.66"]);
    for sale in &sales {
        bench.all_booked(sale);
    }
    bench.at_rest().await;
}
