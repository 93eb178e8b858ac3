//! An order's life: waits, is booked, is edited, is cancelled; our books follow, and never twice.

use brygga_core::{Clock as _, Code, Decimal};
use brygga_store::RecordState;
use brygga_tests::Bench;
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Money as Shopify writes it, the same on both sides.
fn bag(amount: &str) -> Value {
    json!({ "shopMoney": { "amount": amount, "currencyCode": "NOK" }, "presentmentMoney": { "amount": amount, "currencyCode": "NOK" } })
}

fn line(id: u64, template: &Value, quantity: u32, current: u32, total: &str, tax: &str) -> Value {
    let mut line = template.clone();
    line["id"] = json!(format!("gid://shopify/LineItem/{id}"));
    line["quantity"] = json!(quantity);
    line["currentQuantity"] = json!(current);
    line["originalTotalSet"] = bag(total);
    line["discountAllocations"] = json!([]);
    line["duties"] = json!([]);
    line["taxLines"][0]["priceSet"] = bag(tax);
    line["taxLines"][0]["rate"] = json!(0.25);
    line["taxLines"][0]["ratePercentage"] = json!(25.0);
    line
}

/// An order of two lines of 100 kroner and one of 250, VAT 25 % included, nothing else.
fn simple(bench: &Bench, id: u64) -> Value {
    let mut order = bench.plain(id, bench.clock.now() - TimeDelta::minutes(3));
    let template = order["lineItems"][0].clone();
    order["lineItems"] = json!([line(id * 10, &template, 2, 2, "200.0", "40.0"), line(id * 10 + 1, &template, 1, 1, "250.0", "50.0")]);
    order["shippingLines"] = json!([]);
    order["additionalFees"] = json!([]);
    set_totals(&mut order, "450.0", "90.0", "450.0", "90.0");
    order
}

fn set_totals(order: &mut Value, total: &str, tax: &str, current: &str, current_tax: &str) {
    order["totalPriceSet"] = bag(total);
    order["totalTaxSet"] = bag(tax);
    order["currentTotalPriceSet"] = bag(current);
    order["currentTotalTaxSet"] = bag(current_tax);
    order["totalTipReceivedSet"] = bag("0.0");
    order["currencyCode"] = json!("NOK");
    order["presentmentCurrencyCode"] = json!("NOK");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_for_its_payment_and_goes_on_by_itself() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench, 920_001);
    order["displayFinancialStatus"] = json!("PENDING");
    bench.put(order.clone());
    bench.quiet().await;
    assert_eq!((bench.record(920_001).state, bench.code(920_001)), (RecordState::Waiting, Some(Code::WaitingForPayment)));
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

    // One more line, one unit less, the other line gone: with the zero-amount refund that Shopify makes of it.
    let template = order["lineItems"][0].clone();
    order["edited"] = json!(true);
    order["lineItems"] = json!([
        line(id * 10, &template, 2, 1, "200.0", "40.0"),
        line(id * 10 + 1, &template, 1, 0, "250.0", "50.0"),
        line(id * 10 + 2, &template, 3, 3, "375.0", "75.0"),
    ]);
    set_totals(&mut order, "825.0", "165.0", "475.0", "95.0");
    let removed = |line: u64, quantity: u32, subtotal: &str, tax: &str| {
        json!({
            "id": format!("gid://shopify/RefundLineItem/{line}"), "quantity": quantity, "restockType": "CANCEL", "restocked": true,
            "lineItem": { "id": format!("gid://shopify/LineItem/{line}") },
            "priceSet": bag(subtotal), "subtotalSet": bag(subtotal), "totalTaxSet": bag(tax),
        })
    };
    order["refunds"] = json!([{
        "id": "gid://shopify/Refund/1", "legacyResourceId": "1", "createdAt": order["createdAt"], "processedAt": order["createdAt"], "updatedAt": order["createdAt"],
        "totalRefundedSet": bag("0.0"),
        "refundLineItems": [removed(id * 10, 1, "100.0", "20.0"), removed(id * 10 + 1, 1, "250.0", "50.0")],
        "refundShippingLines": [], "orderAdjustments": [], "duties": [], "transactions": [],
    }]);
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
    assert_eq!((bench.record(920_020).state, bench.code(920_020)), (RecordState::Skipped, Some(Code::SkippedCancelled)));
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
    bench.practice.pair.visma().ship_order(&document.order_type, &document.id);
    let template = order["lineItems"][0].clone();
    order["lineItems"] = json!([
        line(9_200_300, &template, 2, 2, "200.0", "40.0"),
        line(9_200_301, &template, 1, 1, "250.0", "50.0"),
        line(9_200_302, &template, 1, 1, "50.0", "10.0"),
    ]);
    set_totals(&mut order, "500.0", "100.0", "500.0", "100.0");
    bench.put(order);
    bench.quiet().await;
    assert_eq!((bench.record(920_030).state, bench.code(920_030)), (RecordState::Held, Some(Code::EditedAfterInvoice)));
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
    store.mark_retry(&[brygga_store::RecordRef::order("920040")]).expect("known");
    bench.quiet().await;
    assert_eq!(bench.document(920_040).id, number);
    assert_eq!(bench.record(920_040).state, RecordState::Booked);
    bench.proven().await;
}
