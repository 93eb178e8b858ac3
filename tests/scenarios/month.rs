//! The month of the practice shop and the folder of recordings, as the demo runs them.

use brygga_practice::{DemoOptions, DemoReport, demo};
use brygga_sandbox::visma::VatRounding;

async fn run(options: DemoOptions) -> DemoReport {
    let report = demo(options, |_| {}).await.expect("the demo runs");
    let orders = &report.orders;
    assert_eq!(
        orders.seen,
        orders.booked + orders.waiting + orders.skipped + orders.held
    );
    assert_eq!(report.proof.found, Vec::new());
    assert_eq!(report.proof.checked, orders.booked);
    assert_eq!(
        report.held.len(),
        orders.held,
        "no held order without a code"
    );
    assert_eq!(report.second_sync.writes, 0);
    assert!(report.is_right());
    // Sales in six currencies, paid out in one: every payout closes.
    let payouts: Vec<_> = report
        .held_others
        .iter()
        .filter(|held| held.kind == "payout" && held.code == "payout-currency")
        .collect();
    assert!(payouts.is_empty(), "{payouts:?}");
    report
}

fn month(orders: u32, seed: u64, vat_rounding: VatRounding) -> DemoOptions {
    DemoOptions {
        orders,
        days: 31,
        seed,
        shop_data: None,
        faults: "none".into(),
        vat_rounding,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_booked_to_the_cent_with_vat_per_line() {
    let report = run(month(120, 1, VatRounding::Line)).await;
    assert_eq!(report.orders.seen, 120);
    assert!(report.orders.booked * 10 >= 120 * 8, "{:?}", report.orders);
    assert!(
        !report
            .proof
            .explained_by_class
            .contains_key("vat-per-document")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_booked_to_the_cent_with_vat_per_document() {
    let report = run(month(120, 2, VatRounding::Document)).await;
    assert_eq!(report.orders.seen, 120);
    assert!(report.orders.booked * 10 >= 120 * 8, "{:?}", report.orders);
    let classes = &report.proof.explained_by_class;
    assert!(
        classes.contains_key("vat-per-document") || classes.contains_key("vat-per-invoice"),
        "the classes that only this mode has were met: {classes:?}"
    );
    assert!(report.invoices.done > 60, "{:?}", report.invoices);
    assert!(report.payments.done > 60, "{:?}", report.payments);
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_orders_are_booked_waiting_or_held_for_the_right_reason() {
    let Some(shared) = brygga_tests::shared() else {
        println!("SKIPPED: ../shared is not there, so the recorded orders are not booked.");
        return;
    };
    let options = DemoOptions {
        shop_data: Some(shared.join("examples/shopify")),
        ..month(0, 1, VatRounding::Line)
    };
    let report = run(options).await;
    assert!(report.orders.booked >= 12, "{:?}", report.orders);
    let data = report
        .shop_data
        .as_ref()
        .expect("a report of what was served");
    assert_eq!(data.served, report.orders.seen);
    assert_eq!(data.found, data.served + data.not_served.len());
    assert!(
        data.not_served
            .iter()
            .all(|order| !order.missing.is_empty()),
        "every unserved one is named with what it lacks"
    );
    let expected = ["several-taxes-on-line", "vat-differs"];
    for held in &report.held {
        assert!(expected.contains(&held.code.as_str()), "{held:?}");
    }
}
