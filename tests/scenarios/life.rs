//! An order's life: waits, is booked, is edited, is cancelled; our books follow, and never twice.

use brygga_core::{Clock as _, Code, Decimal};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::RecordState;
use brygga_tests::Bench;
use brygga_tests::orders::{self, line, set_totals};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// An order of two units of 100 kroner and one of 250, VAT 25 % included, nothing else.
fn simple(bench: &Bench, id: u64) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        id,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_for_its_payment_and_goes_on_by_itself() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench, 920_001);
    order["displayFinancialStatus"] = json!("PENDING");
    bench.put(order.clone());
    bench.quiet().await;
    assert_eq!(
        (bench.record(920_001).state, bench.code(920_001)),
        (RecordState::Waiting, Some(Code::WaitingForPayment))
    );
    assert_eq!(bench.documents(920_001).len(), 0);
    order["displayFinancialStatus"] = json!("PAID");
    bench.put(order);
    bench.quiet().await;
    assert_eq!(bench.record(920_001).state, RecordState::Booked);
    assert_eq!(bench.document(920_001).total, Decimal::from(450));
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unshipped_order_follows_every_edit() {
    let bench = Bench::empty().await;
    let id = 920_010;
    let mut order = simple(&bench, id);
    bench.put(order.clone());
    bench.quiet().await;
    let first = bench.document(id);
    assert_eq!(first.lines.len(), 2);

    orders::edit(&mut order, id);
    bench.put(order.clone());
    bench.quiet().await;
    let second = bench.document(id);
    assert_eq!(second.id, first.id, "the same document, changed");
    assert_eq!(second.total, Decimal::from(475));
    assert_eq!(second.lines.len(), 2);

    // What changes no money changes nothing.
    let writes = bench.writes();
    order["tags"] = json!(["our-own-tag"]);
    bench.put(order);
    bench.quiet().await;
    assert_eq!(bench.writes(), writes);
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_is_skipped_before_and_cancelled_after_booking() {
    let bench = Bench::empty().await;
    let mut before = simple(&bench, 920_020);
    before["cancelledAt"] = before["createdAt"].clone();
    bench.put(before);
    let mut after = simple(&bench, 920_021);
    bench.put(after.clone());
    bench.quiet().await;
    assert_eq!(
        (bench.record(920_020).state, bench.code(920_020)),
        (RecordState::Skipped, Some(Code::SkippedCancelled))
    );
    after["cancelledAt"] = after["createdAt"].clone();
    bench.put(after);
    bench.quiet().await;
    assert_eq!(bench.documents(920_020).len(), 0);
    assert_eq!(bench.document(920_021).status, "Cancelled");
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_shipped_in_visma_is_not_changed_behind_the_warehouse() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench, 920_030);
    bench.put(order.clone());
    bench.quiet().await;
    let document = bench.document(920_030);
    bench
        .practice
        .pair
        .visma()
        .ship_order(&document.order_type, &document.id);
    let template = order["lineItems"][0].clone();
    order["lineItems"] = json!([
        line(9_200_300, &template, 2, 2, "200.0", "40.0"),
        line(9_200_301, &template, 1, 1, "250.0", "50.0"),
        line(9_200_302, &template, 1, 1, "50.0", "10.0"),
    ]);
    set_totals(&mut order, "500.0", "100.0", "500.0", "100.0");
    bench.put(order);
    bench.quiet().await;
    assert_eq!(
        (bench.record(920_030).state, bench.code(920_030)),
        (RecordState::Held, Some(Code::EditedAfterInvoice))
    );
    assert_eq!(bench.document(920_030).total, Decimal::from(450));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_there_already_is_adopted_not_doubled() {
    let bench = Bench::empty().await;
    bench.put(simple(&bench, 920_040));
    bench.quiet().await;
    let number = bench.document(920_040).id;
    // The link is lost, as by an old backup.
    let store = bench.practice.engine.store();
    store.remove_link("order", "920040").expect("removable");
    store
        .mark_retry(&[brygga_store::RecordRef::order("920040")])
        .expect("known");
    bench.quiet().await;
    assert_eq!(bench.document(920_040).id, number);
    assert_eq!(bench.record(920_040).state, RecordState::Booked);
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_order_number_does_not_hide_a_document_from_the_look_up() {
    let long = "Innkjøpsordre 2026/10-15 for avdeling Nord og Sør";
    for (id, number) in [(920_050, " 4711 "), (920_051, long)] {
        let bench = Bench::empty().await;
        let mut order = simple(&bench, id);
        order["poNumber"] = json!(number);
        bench.put(order);
        bench.quiet().await;
        let first = bench.document(id);
        assert_eq!(first.custom_str1, Some(id.to_string()));
        let store = bench.practice.engine.store();
        store
            .remove_link("order", &id.to_string())
            .expect("removable");
        store
            .mark_retry(&[brygga_store::RecordRef::order(id.to_string())])
            .expect("known");
        bench.quiet().await;
        assert_eq!(bench.document(id).id, first.id, "{number}");
        bench.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_that_breaks_off_in_the_middle_goes_on_by_itself() {
    let bench = Bench::empty().await;
    let id = 920_060;
    let mut order = simple(&bench, id);
    bench.put(order.clone());
    bench.quiet().await;
    let store = bench.practice.engine.store();
    store
        .remove_link("order", &id.to_string())
        .expect("removable");
    orders::edit(&mut order, id);
    bench.put(order);
    // The first of the adoption's changes is done, its answer lost; the others were never sent.
    let lost = Fault::Status {
        code: 503,
        committed: true,
    };
    bench
        .practice
        .pair
        .faults()
        .add(FaultRule::next(Side::Visma, lost).method("PATCH").times(1));
    bench.quiet().await;
    assert_eq!(bench.practice.pair.faults().fired().len(), 1);
    assert_eq!(
        bench.record(id).state,
        RecordState::Booked,
        "{:?}",
        bench.record(id).problem
    );
    assert_eq!(bench.document(id).total, Decimal::from(475));
    bench.proven().await;
}
