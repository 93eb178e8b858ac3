//! Fulfilments, returns, refunds and payments of an order: understood, and read to their ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

mod common;

use brygga_core::shop::{Order, OrderId};
use brygga_core::{Code, Decimal};
use brygga_shopify::wire;
use common::*;
use serde_json::{Value, json};
use wiremock::MockServer;

fn fulfilled(number: usize, line: usize, quantity: u32) -> Value {
    json!({"id": format!("gid://shopify/FulfillmentLineItem/{number}"), "quantity": quantity, "lineItem": {"id": format!("gid://shopify/LineItem/{line}")}})
}

fn fulfilment(number: usize, status: &str, created_at: &str, lines: &[Value]) -> Value {
    json!({
        "id": format!("gid://shopify/Fulfillment/{number}"), "legacyResourceId": number.to_string(), "createdAt": created_at, "status": status,
        "location": {"id": "gid://shopify/Location/11", "legacyResourceId": "11"},
        "trackingInfo": [{"number": "370000000000000001", "url": null, "company": "Posten"}, {"number": null, "url": null, "company": null}],
        "fulfillmentLineItems": connection(lines, 0, 20)
    })
}

fn exchanged(number: usize, line: usize) -> Value {
    json!({"id": format!("gid://shopify/ExchangeLineItem/{number}"), "lineItems": [{"id": format!("gid://shopify/LineItem/{line}")}]})
}

fn returned(number: usize, status: &str, exchanged: &[Value], first: usize) -> Value {
    json!({"id": format!("gid://shopify/Return/{number}"), "status": status, "exchangeLineItems": connection(exchanged, 0, first)})
}

fn read(node: &Value) -> Order {
    wire::order(node).unwrap_or_else(|problem| panic!("{problem}"))
}

fn plain() -> Value {
    order(1, &[line(1), line(2)], &[], &[])
}

#[test]
fn fulfilments_that_stand_come_oldest_first() {
    let mut node = plain();
    let at = |hour: u32| format!("2026-10-03T{hour:02}:00:00Z");
    node["fulfillments"] = json!([
        fulfilment(
            9,
            "SUCCESS",
            &at(12),
            &[fulfilled(1, 2, 1), fulfilled(2, 1, 0)]
        ),
        fulfilment(4, "CANCELLED", &at(8), &[fulfilled(3, 1, 1)]),
        fulfilment(5, "FAILURE", &at(8), &[fulfilled(3, 1, 1)]),
        fulfilment(6, "ERROR", &at(8), &[fulfilled(3, 1, 1)]),
        fulfilment(8, "SUCCESS", &at(9), &[fulfilled(4, 1, 1)]),
        fulfilment(10, "A_STATUS_OF_NEXT_YEAR", &at(12), &[]),
    ]);
    node["fulfillments"][4]["location"] = json!(null);
    let order = read(&node);
    let seen: Vec<_> = order
        .fulfilments
        .iter()
        .map(|one| (one.id.as_str(), one.location_id.as_deref(), one.lines.len()))
        .collect();
    assert_eq!(
        seen,
        [("8", None, 1), ("9", Some("11"), 1), ("10", Some("11"), 0)]
    );
    assert_eq!(order.fulfilments[1].tracking, ["370000000000000001"]);
    assert_eq!(
        (
            order.fulfilments[1].lines[0].line_id.as_str(),
            order.fulfilments[1].lines[0].quantity
        ),
        ("2", 1)
    );
    // An order that was stored before fulfilments were asked for.
    assert!(read(&plain()).fulfilments.is_empty());
}

#[test]
fn goods_that_came_with_an_exchange_are_known() {
    let mut node = plain();
    node["returns"] = json!({"nodes": [
        returned(1, "CLOSED", &[exchanged(1, 12), exchanged(2, 3)], 5),
        returned(2, "CANCELED", &[exchanged(3, 7)], 5),
        returned(3, "OPEN", &[exchanged(4, 12)], 5),
        returned(4, "DECLINED", &[exchanged(5, 8)], 5),
    ]});
    assert_eq!(read(&node).exchange_lines, ["3", "12"]);
    assert!(read(&plain()).exchange_lines.is_empty());
}

#[test]
fn every_part_of_a_refund_is_read() {
    let mut refunded = refund(3, &[refund_line(1)]);
    refunded["refundLineItems"]["nodes"][0]["location"] =
        json!({"id": "gid://shopify/Location/12", "legacyResourceId": "12"});
    refunded["duties"] = json!([{"amountSet": bag("12.00")}]);
    refunded["orderAdjustments"]["nodes"] = json!([
        {"id": "gid://shopify/OrderAdjustment/1", "reason": "REFUND_DISCREPANCY", "amountSet": bag("-67.56"), "taxAmountSet": bag("0.0")},
        {"id": "gid://shopify/OrderAdjustment/2", "reason": null, "amountSet": bag("67.56"), "taxAmountSet": bag("0.0")},
    ]);
    refunded["transactions"]["nodes"] = json!([{"id": "gid://shopify/OrderTransaction/77", "kind": "REFUND", "status": "SUCCESS", "gateway": "manual", "amountSet": bag("125.00")}]);
    let order = read(&order(1, &[line(1)], &[], &[refunded]));
    let refund = &order.refunds[0];
    assert_eq!(refund.lines[0].location_id.as_deref(), Some("12"));
    assert_eq!(refund.duties[0].shop.amount, Decimal::new(1200, 2));
    assert_eq!(
        refund
            .adjustments
            .iter()
            .map(|one| one.amount.shop.amount)
            .sum::<Decimal>(),
        Decimal::ZERO
    );
    assert_eq!(
        refund.adjustments[0].reason.as_deref(),
        Some("REFUND_DISCREPANCY")
    );
    assert_eq!(refund.transactions, ["77"]);
}

#[test]
fn methods_and_cash_rounding_of_payments_are_read() {
    let mut node = plain();
    node["transactions"][0]["paymentDetails"] = json!({"paymentMethodName": "klarna"});
    node["transactions"][0]["amountRoundingSet"] = bag("0.25");
    node["totalCashRoundingAdjustment"] = json!({"paymentSet": bag("0.25")});
    let order = read(&node);
    assert_eq!(order.transactions[0].method.as_deref(), Some("klarna"));
    assert_eq!(
        order.transactions[0].rounding.unwrap().shop.amount,
        Decimal::new(25, 2)
    );
    assert_eq!(
        order.cash_rounding.unwrap().shop.amount,
        Decimal::new(25, 2)
    );

    // A union of which nothing was asked is an empty object; a rounding of nothing is none.
    node["transactions"][0]["paymentDetails"] = json!({});
    node["transactions"][0]["amountRoundingSet"] = bag("0.0");
    node["totalCashRoundingAdjustment"] = json!({"paymentSet": bag("0.0")});
    let order = read(&node);
    assert_eq!(
        (
            order.transactions[0].method.as_deref(),
            order.transactions[0].rounding,
            order.cash_rounding
        ),
        (None, None, None)
    );
}

fn scopes(extra: &[&str]) -> Value {
    let scopes: Vec<Value> = ["read_orders", "read_customers"]
        .iter()
        .chain(extra)
        .map(|handle| json!({"handle": handle}))
        .collect();
    json!({"data": {
        "shop": {"name": "Fjord & Fjell", "myshopifyDomain": "fjord-og-fjell.myshopify.com", "currencyCode": "NOK", "ianaTimezone": "Europe/Oslo",
            "taxesIncluded": true, "shopAddress": {"countryCodeV2": "NO"}},
        "currentAppInstallation": {"accessScopes": scopes}
    }})
}

/// An order with a fulfilment of 130 lines, and with returns when they are asked for.
fn long(operation: &str, variables: &Value, extra: &[&str]) -> Value {
    let lines: Vec<Value> = (1..=130).map(|number| fulfilled(number, 1, 1)).collect();
    let exchanged: Vec<Value> = (1..=7).map(|number| exchanged(number, number)).collect();
    let mut node = plain();
    node["fulfillments"] = json!([fulfilment(8, "SUCCESS", "2026-10-03T12:00:00Z", &lines)]);
    if variables["returns"] == true {
        node["returns"] = connection(&[returned(1, "CLOSED", &exchanged, 5)], 0, 3);
    }
    let at = position(variables);
    match operation {
        "Shop" => scopes(extra),
        "Order" => json!({"data": {"order": node}}),
        "OrdersChanged" => page_of(&[node]),
        "OrderFulfilmentLinesMore" => {
            assert_eq!(variables["id"], "gid://shopify/Fulfillment/8");
            json!({"data": {"fulfillment": {"id": variables["id"], "fulfillmentLineItems": connection(&lines, at, 60)}}})
        }
        "OrderReturns" => {
            json!({"data": {"order": {"id": variables["id"], "updatedAt": node["updatedAt"], "returns": connection(&[returned(1, "CLOSED", &exchanged, 50)], 0, 50)}}})
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn long_fulfilments_and_returns_come_whole() {
    let server = MockServer::start().await;
    with_api(&server, |operation, variables| {
        long(operation, variables, &["read_returns"])
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    shop.shop_info().await.unwrap();
    let page = shop.orders_changed(start(), None, None).await.unwrap();
    let one = shop.order(&OrderId("1".to_owned())).await.unwrap().unwrap();
    assert_eq!(one, page.orders[0], "both ways of reading give the same");
    let order = read(&one.json);
    assert_eq!(order.fulfilments[0].lines.len(), 130);
    assert_eq!(order.exchange_lines, ["1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test]
async fn a_shop_whose_returns_may_not_be_read_is_not_asked_for_them() {
    let server = MockServer::start().await;
    with_api(&server, |operation, variables| {
        assert_ne!(variables["returns"], true, "{operation}");
        long(operation, variables, &[])
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    // Before anything is known of the permissions, and after.
    for _ in 0..2 {
        let page = shop.orders_changed(start(), None, None).await.unwrap();
        assert!(read(&page.orders[0].json).exchange_lines.is_empty());
        shop.shop_info().await.unwrap();
    }
}

#[tokio::test]
async fn an_order_whose_returns_change_while_they_are_read_is_read_anew() {
    let server = MockServer::start().await;
    with_api(&server, |operation, variables| {
        let mut answer = long(operation, variables, &["read_returns"]);
        if operation == "OrderReturns" {
            answer["data"]["order"]["updatedAt"] = json!("2026-10-09T00:00:00Z");
        }
        answer
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    shop.shop_info().await.unwrap();
    // It changes every time: bounded, and said so.
    assert_eq!(
        shop.order(&OrderId("1".to_owned())).await.unwrap_err().code,
        Code::RemoteUnexpected
    );
}

#[tokio::test]
async fn a_place_that_is_withheld_is_not_the_end_of_an_order() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| {
        let mut node = plain();
        node["fulfillments"] = json!([fulfilment(8, "SUCCESS", "2026-10-03T12:00:00Z", &[fulfilled(1, 1, 1)])]);
        node["fulfillments"][0]["location"] = json!(null);
        let mut answer = page_of(&[node]);
        answer["errors"] = json!([{"message": "Access denied for location field.", "path": ["orders", "nodes", 0, "fulfillments", 0, "location"],
            "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_locations` access scope."}}]);
        answer
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    let page = shop.orders_changed(start(), None, None).await.unwrap();
    let order = read(&page.orders[0].json);
    assert_eq!(order.fulfilments[0].location_id, None);
    assert_eq!(order.withheld, ["fulfillments.location"]);
}
