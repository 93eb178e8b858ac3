//! From the wire to the trade's words: table tests over whole order nodes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

mod common;

use brygga_core::shop::{
    FinancialStatus, FulfillmentStatus, LineKind, Order, RestockType, TransactionKind,
    TransactionStatus,
};
use brygga_core::{Code, Decimal};
use brygga_shopify::wire;
use common::*;
use serde_json::{Value, json};

fn with(changes: &[(&str, Value)]) -> Value {
    let mut node = order(1042, &[line(1), line(2)], &[shipping_line(1)], &[]);
    for (pointer, value) in changes {
        *node
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}")) = value.clone();
    }
    node
}

fn read(node: &Value) -> Order {
    wire::order(node).unwrap_or_else(|problem| panic!("{problem}"))
}

/// A line typed by hand.
fn typed(number: usize, title: &str, amount: &str) -> Value {
    let mut line = line(number);
    for (field, value) in [
        ("title", json!(title)),
        ("variantTitle", json!(null)),
        ("vendor", json!(null)),
        ("sku", json!(null)),
        ("product", json!(null)),
        ("variant", json!(null)),
        ("requiresShipping", json!(false)),
        ("taxable", json!(false)),
        ("originalTotalSet", bag(amount)),
        ("taxLines", json!([])),
    ] {
        line[field] = value;
    }
    line
}

#[test]
fn a_plain_order_is_understood() {
    let order = read(&with(&[]));
    assert_eq!(
        (
            order.id.0.as_str(),
            order.name.as_str(),
            order.shop_currency.code()
        ),
        ("1042", "#1042", "NOK")
    );
    assert_eq!(order.financial_status, Some(FinancialStatus::Paid));
    assert_eq!(order.fulfillment_status, FulfillmentStatus::Unfulfilled);
    assert_eq!(
        order.lines[0].kind,
        LineKind::Product {
            variant_id: Some("1".to_owned()),
            sku: Some("SKU-1".to_owned())
        }
    );
    assert_eq!(order.lines[0].title, "Item 1");
    assert_eq!(
        order.lines[0].taxes[0].rate_percent,
        Some(Decimal::from(25))
    );
    assert_eq!(
        order.shipping[0].discounted.shop.amount,
        Decimal::new(7900, 2)
    );
    assert_eq!(
        (
            order.transactions[0].kind.clone(),
            order.transactions[0].status.clone()
        ),
        (TransactionKind::Sale, TransactionStatus::Success)
    );
    assert_eq!(order.tags, ["vip"]);
    assert!(order.withheld.is_empty() && order.b2b.is_none() && order.customer.is_none());
}

#[test]
fn the_nodes_of_connections_may_be_plain_lists() {
    let node = with(&[
        ("/lineItems", json!([line(1)])),
        ("/shippingLines", json!([])),
    ]);
    let order = read(&node);
    assert_eq!((order.lines.len(), order.shipping.len()), (1, 0));
}

#[test]
fn both_sides_of_the_money_are_kept() {
    let node = with(&[
        ("/presentmentCurrencyCode", json!("JPY")),
        ("/totalPriceSet", bag2("125.5", "NOK", "1900.0", "JPY")),
    ]);
    let total = read(&node).totals.total;
    assert_eq!(
        (total.shop.to_string(), total.presentment.amount.to_string()),
        ("125.50 NOK".to_owned(), "1900.0".to_owned())
    );
}

#[test]
fn values_of_next_year_survive() {
    let node = with(&[
        ("/displayFinancialStatus", json!("PAID_IN_KIND")),
        (
            "/displayFulfillmentStatus",
            json!("FULFILLMENT_NOT_REQUIRED"),
        ),
        ("/transactions/0/kind", json!("BARTER")),
        ("/transactions/0/status", json!("MAYBE")),
    ]);
    let order = read(&node);
    assert_eq!(
        order.financial_status,
        Some(FinancialStatus::Other("PAID_IN_KIND".to_owned()))
    );
    assert_eq!(order.fulfillment_status, FulfillmentStatus::NotRequired);
    assert_eq!(
        order.transactions[0].kind,
        TransactionKind::Other("BARTER".to_owned())
    );
    let mut refunded = with(&[]);
    let mut row = refund_line(1);
    row["restockType"] = json!("BURNT");
    refunded["refunds"] = json!([refund(7, &[row])]);
    assert_eq!(
        read(&refunded).refunds[0].lines[0].restock,
        RestockType::Other("BURNT".to_owned())
    );
    assert_eq!(
        read(&with(&[("/displayFinancialStatus", json!(null))])).financial_status,
        None
    );
}

#[test]
fn every_kind_of_line_is_told_apart() {
    let kind = |change: &dyn Fn(&mut Value)| {
        let mut one = line(1);
        change(&mut one);
        read(&order(1, &[one], &[], &[])).lines[0].kind.clone()
    };
    let sku = Some("SKU-1".to_owned());
    assert_eq!(
        kind(&|line| line["isGiftCard"] = json!(true)),
        LineKind::GiftCard
    );
    assert_eq!(
        kind(&|line| line["sku"] = json!("")),
        LineKind::Product {
            variant_id: Some("1".to_owned()),
            sku: None
        }
    );
    // deleted since: no product, no variant, but a vendor
    let gone = |line: &mut Value| {
        line["product"] = json!(null);
        line["variant"] = json!(null);
    };
    assert_eq!(
        kind(&|line| gone(line)),
        LineKind::Product {
            variant_id: None,
            sku: sku.clone()
        }
    );
    // typed by hand, with a SKU all the same
    let by_hand = |line: &mut Value| {
        gone(line);
        line["vendor"] = json!(null);
        line["variantTitle"] = json!(null);
    };
    assert_eq!(kind(&|line| by_hand(line)), LineKind::Custom { sku });
    let titled = |line: &mut Value| line["variantTitle"] = json!("Large / Blue");
    let mut one = line(1);
    titled(&mut one);
    assert_eq!(
        read(&order(1, &[one], &[], &[])).lines[0].title,
        "Item 1 - Large / Blue"
    );
}

#[test]
fn tips_are_recognized_by_their_exact_money_and_by_nothing_less() {
    let tips = |lines: &[Value], tip: &str| {
        let mut node = order(1, lines, &[], &[]);
        node["totalTipReceivedSet"] = bag(tip);
        read(&node)
            .lines
            .iter()
            .map(|line| line.kind == LineKind::Tip)
            .collect::<Vec<_>>()
    };
    let taxed = || {
        let mut line = typed(4, "Tip", "20.00");
        line["taxLines"] = json!([{"title": "MVA", "rate": 0.25, "ratePercentage": 25.0, "priceSet": bag("4.00")}]);
        line
    };
    assert_eq!(
        tips(&[line(1), typed(2, "Tip", "20.00")], "20.0"),
        [false, true]
    );
    assert_eq!(
        tips(&[line(1), typed(2, "Driks", "20.00")], "20.0"),
        [false, true]
    );
    assert_eq!(
        tips(
            &[typed(1, "Engraving", "50.00"), typed(2, "Driks", "20.00")],
            "20.0"
        ),
        [false, true]
    );
    // two alike: the one that is called so
    assert_eq!(
        tips(
            &[typed(1, "Engraving", "20.00"), typed(2, "Tip", "20.00")],
            "20.0"
        ),
        [false, true]
    );
    // two alike and no name: not guessed
    assert_eq!(
        tips(&[typed(1, "A", "20.00"), typed(2, "B", "20.00")], "20.0"),
        [false, false]
    );
    // two tips
    assert_eq!(
        tips(
            &[typed(1, "Driks", "20.00"), typed(2, "Mer driks", "5.00")],
            "25.0"
        ),
        [true, true]
    );
    assert_eq!(tips(&[typed(1, "Tip", "20.00")], "0.0"), [false]);
    assert_eq!(tips(&[typed(1, "Tip", "20.00")], "19.0"), [false]);
    assert_eq!(tips(&[taxed()], "20.0"), [false]);
}

#[test]
fn removed_shipping_lines_are_left_out() {
    let mut gone = shipping_line(2);
    gone["isRemoved"] = json!(true);
    let mut nameless = shipping_line(3);
    nameless["id"] = json!(null);
    let order = read(&order(
        1,
        &[line(1)],
        &[shipping_line(1), gone, nameless],
        &[],
    ));
    assert_eq!(
        order
            .shipping
            .iter()
            .map(|line| line.id.as_str())
            .collect::<Vec<_>>(),
        ["1", "3"]
    );
}

#[test]
fn refunds_and_transactions_come_oldest_first() {
    let mut early = refund(9, &[refund_line(1)]);
    early["createdAt"] = json!("2026-10-01T12:00:00Z");
    early["refundShippingLines"] = json!({"nodes": [{"id": "gid://shopify/RefundShippingLine/1", "subtotalAmountSet": bag("80.00"), "taxAmountSet": bag("20.00")}]});
    let mut node = order(1, &[line(1)], &[], &[refund(8, &[]), early]);
    let sale = node["transactions"][0].clone();
    let mut void = sale.clone();
    for (field, value) in [
        ("id", json!("gid://shopify/OrderTransaction/10")),
        ("kind", json!("VOID")),
        (
            "parentTransaction",
            json!({"id": "gid://shopify/OrderTransaction/9"}),
        ),
    ] {
        void[field] = value;
    }
    node["transactions"] = json!([void, sale]);
    let order = read(&node);
    assert_eq!(
        order
            .refunds
            .iter()
            .map(|refund| refund.id.as_str())
            .collect::<Vec<_>>(),
        ["9", "8"]
    );
    assert_eq!(
        order.refunds[0].shipping[0].tax.shop.amount,
        Decimal::new(2000, 2)
    );
    assert_eq!(
        order
            .transactions
            .iter()
            .map(|one| one.id.as_str())
            .collect::<Vec<_>>(),
        ["9", "10"]
    );
    assert_eq!(order.transactions[1].parent_id.as_deref(), Some("9"));
}

#[test]
fn companies_persons_and_places_are_understood() {
    let address = json!({"name": "Kari Nordmann", "company": "", "address1": "Storgata 1", "address2": null, "zip": "0155", "city": "Oslo",
        "provinceCode": null, "countryCodeV2": "NO", "phone": null});
    let node = with(&[
        ("/shippingAddress", address),
        (
            "/retailLocation",
            json!({"id": "gid://shopify/Location/1", "address": {"countryCode": "NO"}}),
        ),
        (
            "/purchasingEntity",
            json!({
                "company": {"id": "gid://shopify/Company/3", "name": "Kunde AB", "externalId": "K-3"},
                "location": {"id": "gid://shopify/CompanyLocation/4", "externalId": null, "taxSettings": {"taxExempt": true, "taxRegistrationId": "SE556677889901"}}
            }),
        ),
        ("/poNumber", json!("PO-7")),
    ]);
    let order = read(&node);
    let b2b = order.b2b.unwrap();
    assert_eq!(
        (
            b2b.company_id.as_str(),
            b2b.location_id.as_deref(),
            b2b.tax_registration_id.as_deref()
        ),
        ("3", Some("4"), Some("SE556677889901"))
    );
    assert_eq!(order.pos_country.as_deref(), Some("NO"));
    let address = order.shipping_address.unwrap();
    assert_eq!(
        (
            address.company,
            address.zip.as_deref(),
            address.country.as_deref()
        ),
        (None, Some("0155"), Some("NO"))
    );
    assert_eq!(order.po_number.as_deref(), Some("PO-7"));
    // a private buyer, of whom nothing is asked here
    assert!(
        read(&with(&[("/purchasingEntity", json!({}))]))
            .b2b
            .is_none()
    );
}

#[test]
fn duties_and_fees_are_money_too() {
    let mut one = line(1);
    one["duties"] = json!([{"id": "gid://shopify/Duty/6", "price": bag("12.00"), "taxLines": []}]);
    let mut node = order(1, &[one], &[], &[]);
    node["additionalFees"] = json!([{"id": "gid://shopify/AdditionalFee/2", "name": "Import", "price": bag("30.00"), "taxLines": []}]);
    let order = read(&node);
    assert_eq!(order.lines[0].duties[0].id, "6");
    assert_eq!(order.fees[0].price.shop.amount, Decimal::new(3000, 2));
}

#[test]
fn what_cannot_be_read_is_named_by_order_and_place() {
    for (pointer, value, reason) in [
        (
            "/lineItems/nodes/1/originalTotalSet",
            json!(null),
            "lineItems.nodes[1].originalTotalSet: missing",
        ),
        (
            "/lineItems/nodes/0/quantity",
            json!(-1),
            "lineItems.nodes[0].quantity: no count",
        ),
        (
            "/lineItems/nodes/0/taxLines/0/priceSet/shopMoney/amount",
            json!("abc"),
            "lineItems.nodes[0].taxLines[0].priceSet.shopMoney.amount: no amount",
        ),
        ("/currencyCode", json!("XQQ"), "currencyCode: no currency"),
        ("/createdAt", json!("yesterday"), "createdAt: no moment"),
        ("/refunds", json!(null), "refunds: missing"),
        ("/transactions", json!({}), "transactions: no list"),
        ("/test", json!(null), "test: no yes or no"),
        ("/legacyResourceId", json!("abc"), "id: no numeric id"),
    ] {
        let problem = wire::order(&with(&[(pointer, value)])).unwrap_err();
        assert_eq!(problem.code, Code::RecordUnreadable);
        assert_eq!(
            (
                problem.params["reason"].as_str(),
                problem.params["order"].as_str()
            ),
            (reason, "#1042")
        );
    }
}

#[test]
fn nonsense_never_panics() {
    for value in [
        json!(null),
        json!([]),
        json!("x"),
        json!(7),
        json!({}),
        json!({"lineItems": {"nodes": [null]}}),
    ] {
        assert!(wire::order(&value).is_err());
        assert!(wire::head(&value).is_err());
        assert!(wire::customer(&value).is_err());
        assert!(wire::shop(&value).is_err());
    }
}
