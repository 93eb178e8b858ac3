//! Long lists are read to their ends, and what changes meanwhile is read anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use brygga_core::Code;
use brygga_core::shop::OrderId;
use common::*;
use serde_json::{Value, json};
use wiremock::MockServer;

/// An order with 260 lines, 12 shipping lines, and a refund of 130 lines.
fn long_order() -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    (
        (1..=260).map(line).collect(),
        (1..=12).map(shipping_line).collect(),
        (1..=130).map(refund_line).collect(),
    )
}

fn more(operation: &str, variables: &Value) -> Value {
    let (lines, shipping, refunded) = long_order();
    let at = position(variables);
    let of_order = |field: &str, rows: &[Value]| json!({"data": {"order": {"id": variables["id"], "updatedAt": "2026-10-01T11:00:00Z", field: connection(rows, at, 250)}}});
    match operation {
        "OrdersChanged" => page_of(&[
            order(1, &lines, &shipping, &[refund(3, &refunded)]),
            order(2, &[line(1)], &[], &[]),
        ]),
        "Order" => json!({"data": {"order": order(1, &lines, &shipping, &[refund(3, &refunded)])}}),
        // a page of fewer rows than asked for, so that it takes several
        "OrderLinesMore" => {
            json!({"data": {"order": {"id": variables["id"], "updatedAt": "2026-10-01T11:00:00Z", "lineItems": connection(&lines, at, 100)}}})
        }
        "OrderShippingMore" => of_order("shippingLines", &shipping),
        "OrderRefundLinesMore" => {
            assert_eq!(variables["id"], "gid://shopify/Refund/3");
            json!({"data": {"refund": {"id": variables["id"], "refundLineItems": connection(&refunded, at, 250)}}})
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn overlong_lists_come_whole_and_in_order() {
    let server = MockServer::start().await;
    with_api(&server, more).await;
    let (shop, _) = shop(&server, by_token());
    let page = shop.orders_changed(start(), None, None).await.unwrap();
    assert_eq!((page.orders.len(), page.next), (2, None));
    let single = shop.order(&OrderId("1".to_owned())).await.unwrap().unwrap();
    assert_eq!(single, page.orders[0], "both ways of reading give the same");
    let order = brygga_shopify::wire::order(&page.orders[0].json).unwrap();
    assert_eq!(
        (
            order.lines.len(),
            order.shipping.len(),
            order.refunds[0].lines.len()
        ),
        (260, 12, 130)
    );
    assert!(
        order
            .lines
            .iter()
            .enumerate()
            .all(|(index, line)| line.id == (index + 1).to_string())
    );
    // 1 page + 3 of lines + 1 of shipping + 1 of the refund, and for the single order the same
    assert_eq!(server.received_requests().await.unwrap().len(), 12);
    assert_eq!(
        page.orders[0].json["lineItems"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["nodes"]
    );
}

#[tokio::test]
async fn pages_follow_each_other_by_cursor_and_search_is_quoted() {
    let server = MockServer::start().await;
    with_api(&server, |_, variables| {
        assert_eq!(
            variables["query"],
            "updated_at:>='2026-10-01T00:00:00Z' AND status:any"
        );
        let all: Vec<Value> = (1..=3)
            .map(|number| order(number, &[line(1)], &[], &[]))
            .collect();
        json!({"data": {"orders": connection(&all, position(variables), 2)}})
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    let first = shop.orders_changed(start(), None, None).await.unwrap();
    assert_eq!(first.next.as_deref(), Some("c2"));
    let second = shop
        .orders_changed(start(), None, first.next.as_deref())
        .await
        .unwrap();
    let names: Vec<&str> = first
        .orders
        .iter()
        .chain(&second.orders)
        .map(|order| order.name.as_str())
        .collect();
    assert_eq!((names, second.next), (vec!["#1", "#2", "#3"], None));
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_an_error() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| json!({"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": true, "endCursor": "c2"}}}})).await;
    let (shop, _) = shop(&server, by_token());
    assert_eq!(
        shop.orders_changed(start(), None, Some("c2"))
            .await
            .unwrap_err()
            .code,
        Code::RemoteUnexpected
    );
}

#[tokio::test]
async fn an_order_that_changes_while_it_is_read_is_read_anew() {
    let server = MockServer::start().await;
    let asked = AtomicUsize::new(0);
    with_api(&server, move |operation, variables| {
        let mut answer = more(operation, variables);
        // between the first page of lines and the second somebody edits the order, once
        let count = asked.fetch_add(1, Ordering::SeqCst);
        if operation == "OrderLinesMore" && count == 1 {
            answer["data"]["order"]["updatedAt"] = json!("2026-10-01T11:00:07Z");
        }
        answer
    })
    .await;
    let page = shop(&server, by_token())
        .0
        .orders_changed(start(), None, None)
        .await
        .unwrap();
    assert_eq!(
        brygga_shopify::wire::order(&page.orders[0].json)
            .unwrap()
            .lines
            .len(),
        260
    );
    let requests = server.received_requests().await.unwrap();
    let fresh = requests
        .iter()
        .filter(|request| {
            String::from_utf8_lossy(&request.body).contains("\"operationName\":\"Order\"")
        })
        .count();
    assert_eq!(fresh, 1);
}

#[tokio::test]
async fn an_order_that_never_rests_is_given_up() {
    let server = MockServer::start().await;
    let asked = AtomicUsize::new(0);
    with_api(&server, move |operation, variables| {
        let mut answer = more(operation, variables);
        if operation == "OrderLinesMore" {
            answer["data"]["order"]["updatedAt"] = json!(format!(
                "2026-10-01T12:00:{:02}Z",
                asked.fetch_add(1, Ordering::SeqCst)
            ));
        }
        answer
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    assert_eq!(
        shop.order(&OrderId("1".to_owned())).await.unwrap_err().code,
        Code::RemoteUnexpected
    );
}

#[tokio::test]
async fn an_order_that_is_not_there_is_none() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| json!({"data": {"order": null}})).await;
    assert_eq!(
        shop(&server, by_token())
            .0
            .order(&OrderId("1".to_owned()))
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn the_sweep_asks_by_creation() {
    let server = MockServer::start().await;
    with_api(&server, |operation, variables| {
        assert_eq!(operation, "OrdersWindow");
        assert_eq!(variables["query"], "created_at:>='2026-10-01T00:00:00Z' AND created_at:<='2026-10-04T00:00:00Z' AND status:any");
        page_of(&[json!({"id": "gid://shopify/Order/4", "legacyResourceId": "4", "name": "#4", "createdAt": "2026-10-01T10:00:00Z", "updatedAt": "2026-10-01T11:00:00Z"})])
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    let page = shop
        .orders_by_id_window(start(), start() + chrono::TimeDelta::days(3), None)
        .await
        .unwrap();
    assert_eq!(page.orders[0].id.0, "4");
}

#[tokio::test]
async fn customers_come_in_pages_and_alone() {
    let server = MockServer::start().await;
    with_api(&server, |operation, variables| {
        let customer = json!({"id": "gid://shopify/Customer/5", "legacyResourceId": "5", "updatedAt": "2026-10-01T10:00:00Z", "firstName": "Kari",
            "lastName": " ", "defaultEmailAddress": {"emailAddress": "kari@example.no"}, "defaultPhoneNumber": null,
            "defaultAddress": {"name": null, "city": "Oslo", "countryCodeV2": "NO"}});
        if operation == "Customer" {
            assert_eq!(variables["id"], "gid://shopify/Customer/5");
            json!({"data": {"customer": customer}, "errors": [{"message": "This app is not approved to access the name field", "path": ["customer", "defaultAddress", "name"]}]})
        } else {
            json!({"data": {"customers": {"nodes": [customer], "pageInfo": {"hasNextPage": false, "endCursor": "x"}}}})
        }
    })
    .await;
    let (shop, _) = shop(&server, by_token());
    let page = shop.customers_changed(start(), None, None).await.unwrap();
    let customer = brygga_shopify::wire::customer(&page.customers[0].json).unwrap();
    assert_eq!(
        (
            customer.first_name.as_deref(),
            customer.last_name,
            customer.email.as_deref()
        ),
        (Some("Kari"), None, Some("kari@example.no"))
    );
    let alone = shop.customer("5").await.unwrap().unwrap();
    assert_eq!(alone.json["_withheld"], json!(["defaultAddress.name"]));
}
