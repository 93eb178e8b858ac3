//! Fulfilment orders, sending, tracking, and the marks that a connector leaves on an order.

use serde_json::{Value, json};

use super::Bench;
use crate::faults::{Fault, FaultRule, Side};
use crate::shopify::ShopChange;

const READ: &str = "query($id: ID!) { order(id: $id) { name updatedAt displayFulfillmentStatus displayFinancialStatus canMarkAsPaid totalOutstandingSet { shopMoney { amount } } transactions(first: 20) { kind status gateway amountSet { shopMoney { amount } } } lineItems(first: 5) { nodes { id unfulfilledQuantity } } fulfillments(first: 10) { id legacyResourceId name status createdAt location { id } trackingInfo(first: 5) { number url company } fulfillmentLineItems(first: 5) { nodes { quantity lineItem { id sku originalTotalSet { shopMoney { amount } } } } } } fulfillmentOrders(first: 5) { nodes { id status updatedAt orderName fulfillmentHolds { reason } assignedLocation { name location { id name } } lineItems(first: 5) { nodes { id totalQuantity remainingQuantity sku inventoryItemId lineItem { id title quantity } variant { sku } } } } } } }";
const SEND: &str = "mutation Send($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id name status order { name displayFulfillmentStatus } trackingInfo(first: 5) { number company url } fulfillmentLineItems(first: 5) { nodes { quantity lineItem { sku } } } } userErrors { field message } } }";

async fn sold(bench: &Bench, quantity: u32) -> (String, Value) {
    let id = bench
        .server
        .act(&ShopChange::Sell {
            sku: "FF-TORCH".to_owned(),
            quantity,
        })
        .expect("sold");
    let order = read(bench, &id).await;
    (id, order)
}

async fn read(bench: &Bench, id: &str) -> Value {
    bench.clock.advance(std::time::Duration::from_secs(5));
    bench.data(READ, json!({ "id": id })).await["order"].clone()
}

async fn send(bench: &Bench, groups: Value) -> Value {
    bench.clock.advance(std::time::Duration::from_secs(5));
    let input = json!({ "lineItemsByFulfillmentOrder": groups, "notifyCustomer": false, "trackingInfo": { "numbers": ["A1", "A2"], "company": "Posten Norge" } });
    bench.data(SEND, json!({ "fulfillment": input })).await["fulfillmentCreate"].clone()
}

fn some(order: &Value, place: usize, units: i64) -> Value {
    let one = &order["fulfillmentOrders"]["nodes"][place];
    json!({ "fulfillmentOrderId": one["id"], "fulfillmentOrderLineItems": [{ "id": one["lineItems"]["nodes"][0]["id"], "quantity": units }] })
}

fn message(payload: &Value) -> &str {
    payload["userErrors"][0]["message"].as_str().unwrap_or("")
}

#[tokio::test]
async fn goods_are_sent_in_parts_and_leave_the_shelf() {
    let bench = Bench::new().await;
    let (id, order) = sold(&bench, 3).await;
    let hand = bench.server.quantity("FF-TORCH", None, "on_hand");
    let one = &order["fulfillmentOrders"]["nodes"][0];
    assert_eq!(
        (one["status"].as_str(), one["orderName"].as_str()),
        (Some("OPEN"), order["name"].as_str())
    );
    assert_eq!(one["lineItems"]["nodes"][0]["lineItem"]["quantity"], 3);
    assert_eq!(one["lineItems"]["nodes"][0]["variant"]["sku"], "FF-TORCH");
    let sent = send(&bench, json!([some(&order, 0, 2)])).await;
    assert_eq!(sent["userErrors"], json!([]), "{sent}");
    let made = &sent["fulfillment"];
    assert_eq!(
        made["order"]["displayFulfillmentStatus"],
        "PARTIALLY_FULFILLED"
    );
    assert_eq!(
        made["trackingInfo"][1],
        json!({ "number": "A2", "company": "Posten Norge", "url": null })
    );
    assert_eq!(
        made["fulfillmentLineItems"]["nodes"][0]["lineItem"]["sku"],
        "FF-TORCH"
    );
    let part = read(&bench, &id).await;
    let one = &part["fulfillmentOrders"]["nodes"][0];
    assert_eq!(one["status"], "IN_PROGRESS");
    assert_eq!(one["lineItems"]["nodes"][0]["remainingQuantity"], 1);
    assert_eq!(
        bench.server.quantity("FF-TORCH", None, "on_hand"),
        hand.map(|hand| hand - 2)
    );
    let over = send(&bench, json!([some(&part, 0, 2)])).await;
    assert_eq!(
        message(&over),
        "Invalid fulfillment order line item quantity requested."
    );
    let rest = send(&bench, json!([{ "fulfillmentOrderId": one["id"] }])).await;
    assert_eq!(
        rest["fulfillment"]["order"]["displayFulfillmentStatus"],
        "FULFILLED"
    );
    let whole = read(&bench, &id).await;
    assert_eq!(whole["fulfillmentOrders"]["nodes"][0]["status"], "CLOSED");
    assert_eq!(
        whole["fulfillments"][1]["fulfillmentLineItems"]["nodes"][0]["quantity"],
        1
    );
    let again = send(&bench, json!([{ "fulfillmentOrderId": one["id"] }])).await;
    assert!(
        message(&again).ends_with("has an unfulfillable status= closed."),
        "{again}"
    );
}

#[tokio::test]
async fn one_call_serves_one_order_from_one_location_and_nothing_on_hold() {
    let bench = Bench::new().await;
    let (id, order) = sold(&bench, 2).await;
    let (_, other) = sold(&bench, 1).await;
    let both = send(&bench, json!([some(&order, 0, 1), some(&other, 0, 1)])).await;
    assert!(
        message(&both).starts_with("All fulfillment orders must belong to the same order."),
        "{both}"
    );
    let none = send(&bench, json!([some(&order, 0, 0)])).await;
    assert_eq!(message(&none), "Quantity must be greater than 0");
    assert_eq!(
        none["userErrors"][0]["field"],
        json!([
            "fulfillment",
            "lineItemsByFulfillmentOrder",
            "0",
            "fulfillmentOrderLineItems",
            "0",
            "quantity"
        ])
    );
    let nobody = send(
        &bench,
        json!([{ "fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1" }]),
    )
    .await;
    assert_eq!(message(&nobody), "Fulfillment order does not exist.");

    let before = order["updatedAt"].clone();
    bench
        .server
        .act(&ShopChange::Hold {
            order: id.clone(),
            reason: Some("HIGH_RISK_OF_FRAUD".to_owned()),
        })
        .expect("held");
    let held = read(&bench, &id).await;
    let one = &held["fulfillmentOrders"]["nodes"][0];
    assert_eq!(
        (
            one["status"].as_str(),
            one["fulfillmentHolds"][0]["reason"].as_str()
        ),
        (Some("ON_HOLD"), Some("HIGH_RISK_OF_FRAUD"))
    );
    assert_eq!(held["updatedAt"], before, "a hold does not move the order");
    assert!(one["updatedAt"].as_str() > before.as_str());
    let refused = send(&bench, json!([some(&held, 0, 1)])).await;
    assert!(message(&refused).ends_with("status= on_hold."), "{refused}");
    bench
        .server
        .act(&ShopChange::Hold {
            order: id.clone(),
            reason: None,
        })
        .expect("released");
    bench
        .server
        .act(&ShopChange::AssignLine {
            order: id.clone(),
            line: 0,
            location: 61_000_000_002,
        })
        .expect("assigned");
    let moved = read(&bench, &id).await;
    let one = &moved["fulfillmentOrders"]["nodes"][0];
    assert_eq!(one["assignedLocation"]["location"]["name"], "Lager Alnabru");
    let sent = send(&bench, json!([some(&moved, 0, 1)])).await;
    assert_eq!(sent["userErrors"], json!([]));
    let sent = read(&bench, &id).await;
    assert_eq!(
        sent["fulfillments"][0]["location"]["id"],
        "gid://shopify/Location/61000000002"
    );
}

#[tokio::test]
async fn two_locations_of_one_order_need_two_calls() {
    let bench = Bench::new().await;
    let id = bench
        .data("{ orders(first: 250, query: \"fulfillment_status:unfulfilled\") { nodes { id cancelledAt lineItems(first: 2) { nodes { requiresShipping unfulfilledQuantity } } } } }", json!({}))
        .await["orders"]["nodes"]
        .as_array()
        .expect("orders")
        .iter()
        .find(|order| {
            order["cancelledAt"].is_null()
                && order["lineItems"]["nodes"].as_array().is_some_and(|lines| {
                    let waits = |line: &Value| {
                        line["requiresShipping"] == true && line["unfulfilledQuantity"].as_i64() > Some(0)
                    };
                    lines.len() == 2 && lines.iter().all(waits)
                })
        })
        .and_then(|order| order["id"].as_str())
        .map(str::to_owned);
    let Some(id) = id else {
        panic!("the seeded month has no open order with two lines");
    };
    bench
        .server
        .act(&ShopChange::AssignLine {
            order: id.clone(),
            line: 1,
            location: 61_000_000_002,
        })
        .expect("assigned");
    let order = read(&bench, &id).await;
    let groups: Vec<Value> = order["fulfillmentOrders"]["nodes"]
        .as_array()
        .expect("two")
        .iter()
        .map(|one| json!({ "fulfillmentOrderId": one["id"] }))
        .collect();
    assert_eq!(groups.len(), 2);
    let both = send(&bench, json!(groups)).await;
    assert!(
        message(&both).starts_with("All fulfillment orders must be assigned to a single location."),
        "{both}"
    );
    for group in groups {
        assert_eq!(send(&bench, json!([group])).await["userErrors"], json!([]));
    }
    assert_eq!(
        read(&bench, &id).await["displayFulfillmentStatus"],
        "FULFILLED"
    );
}

#[tokio::test]
async fn fulfilment_orders_are_listed_by_their_own_change_and_without_closed_ones() {
    let bench = Bench::new().await;
    let (id, order) = sold(&bench, 1).await;
    let since = order["updatedAt"].as_str().expect("a moment").to_owned();
    const LIST: &str = "query($query: String!, $closed: Boolean) { fulfillmentOrders(first: 50, query: $query, sortKey: UPDATED_AT, includeClosed: $closed) { nodes { id status orderId order { id name } lineItems(first: 2) { nodes { remainingQuantity lineItem { sku } } } } } }";
    let query = format!("updated_at:>='{since}'");
    let listed = |closed: bool| {
        let query = query.clone();
        let bench = &bench;
        async move {
            bench.clock.advance(std::time::Duration::from_secs(10));
            bench
                .data(LIST, json!({ "query": query, "closed": closed }))
                .await["fulfillmentOrders"]["nodes"]
                .clone()
        }
    };
    let open = listed(false).await;
    assert!(
        open.as_array()
            .expect("a list")
            .iter()
            .any(|one| one["orderId"] == id.as_str())
    );
    send(
        &bench,
        json!([{ "fulfillmentOrderId": order["fulfillmentOrders"]["nodes"][0]["id"] }]),
    )
    .await;
    let ours = |list: Value| {
        list.as_array()
            .expect("a list")
            .iter()
            .find(|one| one["orderId"] == id.as_str())
            .cloned()
    };
    assert_eq!(ours(listed(false).await), None);
    let closed = ours(listed(true).await).expect("closed ones on demand");
    assert_eq!(closed["order"]["name"], order["name"]);
    assert_eq!(
        closed["lineItems"]["nodes"][0]["lineItem"]["sku"],
        "FF-TORCH"
    );
}

#[tokio::test]
async fn tracking_can_be_changed_and_costs_more() {
    let bench = Bench::new().await;
    let (_, order) = sold(&bench, 1).await;
    let sent = send(
        &bench,
        json!([{ "fulfillmentOrderId": order["fulfillmentOrders"]["nodes"][0]["id"] }]),
    )
    .await;
    const TRACK: &str = "mutation($id: ID!, $info: FulfillmentTrackingInput!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $info, notifyCustomer: false) { fulfillment { trackingInfo(first: 2) { number } order { name } } userErrors { field message } } }";
    let info = json!({ "number": "B7", "company": "Bring" });
    let answer = bench
        .answer(
            TRACK,
            json!({ "id": sent["fulfillment"]["id"], "info": info }),
        )
        .await
        .json();
    assert_eq!(
        answer["extensions"]["cost"]["requestedQueryCost"], 52,
        "50, the list of numbers and the order"
    );
    let changed = &answer["data"]["fulfillmentTrackingInfoUpdate"]["fulfillment"];
    assert_eq!(changed["trackingInfo"], json!([{ "number": "B7" }]));
    let nobody = bench
        .data(
            TRACK,
            json!({ "id": "gid://shopify/Fulfillment/1", "info": info }),
        )
        .await["fulfillmentTrackingInfoUpdate"]
        .clone();
    assert_eq!(message(&nobody), "Fulfillment does not exist.");
}

#[tokio::test]
async fn a_sending_lost_on_its_way_back_shows_in_what_remains() {
    let bench = Bench::new().await;
    let (id, order) = sold(&bench, 2).await;
    bench.faults.add(
        FaultRule::next(Side::Shopify, Fault::Cut { committed: true })
            .operation("fulfillmentCreate"),
    );
    let input = json!({ "lineItemsByFulfillmentOrder": [some(&order, 0, 2)] });
    let lost = bench
        .send(
            bench
                .post(super::API)
                .json(&json!({ "query": SEND, "variables": { "fulfillment": input } })),
        )
        .await;
    assert!(lost.is_err(), "the answer is cut");
    let after = read(&bench, &id).await;
    assert_eq!(after["fulfillments"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        after["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["remainingQuantity"],
        0
    );
}

#[tokio::test]
async fn a_story_that_sends_later_does_not_send_twice() {
    let bench = Bench::new().await;
    // Back into the month, to an order whose story sends it later.
    let orders = bench.server.state()["orders"].clone();
    bench.clock.set(super::moment("2026-10-15T12:00:00Z"));
    let mut tried = 0;
    for order in orders.as_array().expect("orders") {
        let id = order["id"].as_str().expect("an id");
        let now = read(&bench, id).await;
        if now.is_null() || now["displayFulfillmentStatus"] != "UNFULFILLED" {
            continue;
        }
        let Some(one) = now["fulfillmentOrders"]["nodes"][0]["id"].as_str() else {
            continue;
        };
        let sent = send(&bench, json!([{ "fulfillmentOrderId": one }])).await;
        if !sent["userErrors"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        tried += 1;
        let here = bench.clock.clone();
        let at = brygga_core::Clock::now(&*here);
        bench.clock.set(super::moment("2026-12-15T12:00:00Z"));
        let end = read(&bench, id).await;
        for line in end["lineItems"]["nodes"].as_array().expect("lines") {
            let units: i64 = end["fulfillments"]
                .as_array()
                .expect("a list")
                .iter()
                .flat_map(|sent| {
                    sent["fulfillmentLineItems"]["nodes"]
                        .as_array()
                        .into_iter()
                        .flatten()
                })
                .filter(|part| part["lineItem"]["id"] == line["id"])
                .filter_map(|part| part["quantity"].as_i64())
                .sum();
            let before: i64 = now["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]
                .as_array()
                .expect("lines")
                .iter()
                .filter(|part| part["lineItem"]["id"] == line["id"])
                .filter_map(|part| part["totalQuantity"].as_i64())
                .sum();
            assert!(units <= before.max(1), "{id}: {units} sent of {before}");
        }
        bench.clock.set(at);
        if tried >= 3 {
            break;
        }
    }
    assert!(
        tried >= 1,
        "no order was still to be sent in the middle of the month"
    );
}

#[tokio::test]
async fn an_invoice_order_is_marked_paid_once() {
    let bench = Bench::new().await;
    let ids = bench
        .data(
            "{ orders(first: 250) { nodes { id canMarkAsPaid } } }",
            json!({}),
        )
        .await["orders"]["nodes"]
        .clone();
    let id = ids
        .as_array()
        .expect("orders")
        .iter()
        .find(|order| order["canMarkAsPaid"] == true)
        .and_then(|order| order["id"].as_str())
        .expect("an order on account")
        .to_owned();
    let before = read(&bench, &id).await;
    const PAY: &str = "mutation($input: OrderMarkAsPaidInput!) { orderMarkAsPaid(input: $input) { order { displayFinancialStatus canMarkAsPaid } userErrors { field message } } }";
    let paid = bench.data(PAY, json!({ "input": { "id": id } })).await["orderMarkAsPaid"].clone();
    assert_eq!(
        paid,
        json!({ "order": { "displayFinancialStatus": "PAID", "canMarkAsPaid": false }, "userErrors": [] })
    );
    let after = read(&bench, &id).await;
    let last = after["transactions"]
        .as_array()
        .and_then(|list| list.last())
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        (
            last["kind"].as_str(),
            last["gateway"].as_str(),
            last["amountSet"]["shopMoney"]["amount"].clone()
        ),
        (
            Some("SALE"),
            Some("manual"),
            before["totalOutstandingSet"]["shopMoney"]["amount"].clone()
        )
    );
    let again = bench.data(PAY, json!({ "input": { "id": id } })).await["orderMarkAsPaid"].clone();
    assert_eq!(message(&again), "Order cannot be marked as paid.");
    assert_eq!(
        again["order"]["displayFinancialStatus"], "PAID",
        "the order comes along"
    );
    let nobody = bench
        .data(PAY, json!({ "input": { "id": "gid://shopify/Order/1" } }))
        .await["orderMarkAsPaid"]
        .clone();
    assert_eq!(
        (nobody["order"].clone(), message(&nobody)),
        (Value::Null, "Order does not exist")
    );
    let coded = PAY.replace("field message", "field message code");
    let refused = bench.answer(&coded, json!({ "input": { "id": id } })).await;
    assert_eq!(
        refused.code(),
        "undefinedField",
        "plain errors have no code"
    );
}

#[tokio::test]
async fn an_order_takes_notes_and_definitions_are_made_once() {
    let bench = Bench::new().await;
    let (id, _) = sold(&bench, 1).await;
    const UPDATE: &str = "mutation($input: OrderInput!) { orderUpdate(input: $input) { order { note tags poNumber customAttributes { key value } metafield(namespace: \"visma\", key: \"number\") { value } } userErrors { field message } } }";
    let input = json!({ "id": id, "note": "Booked", "tags": ["b", "a"], "poNumber": "77", "customAttributes": [{ "key": "k", "value": "v" }],
        "metafields": [{ "namespace": "visma", "key": "number", "type": "single_line_text_field", "value": "000223" }] });
    let order = bench.data(UPDATE, json!({ "input": input })).await["orderUpdate"]["order"].clone();
    assert_eq!(
        order,
        json!({ "note": "Booked", "tags": ["a", "b"], "poNumber": "77", "customAttributes": [{ "key": "k", "value": "v" }], "metafield": { "value": "000223" } })
    );
    const DEFINE: &str = "mutation($definition: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $definition) { createdDefinition { id pinnedPosition type { name } capabilities { adminFilterable { enabled } } } userErrors { field message code } } }";
    let definition = json!({ "name": "Invoice", "namespace": "visma", "key": "invoice", "type": "single_line_text_field", "ownerType": "ORDER", "pin": true,
        "capabilities": { "adminFilterable": { "enabled": true } } });
    let made = bench
        .data(DEFINE, json!({ "definition": definition }))
        .await["metafieldDefinitionCreate"]
        .clone();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["createdDefinition"]["pinnedPosition"], 1);
    let again = bench
        .data(DEFINE, json!({ "definition": definition }))
        .await["metafieldDefinitionCreate"]
        .clone();
    assert_eq!(
        (
            again["createdDefinition"].clone(),
            again["userErrors"][0]["code"].as_str()
        ),
        (Value::Null, Some("TAKEN"))
    );
    let listed = bench
        .data("{ metafieldDefinitions(first: 10, ownerType: ORDER, namespace: \"visma\") { nodes { key metafieldsCount } } }", json!({}))
        .await;
    assert_eq!(
        listed["metafieldDefinitions"]["nodes"],
        json!([{ "key": "invoice", "metafieldsCount": 0 }])
    );
    const SET: &str = "mutation($fields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $fields) { metafields { type owner { ... on Order { name } } } userErrors { code } } }";
    let wrong = json!([{ "ownerId": id, "namespace": "visma", "key": "invoice", "type": "number_integer", "value": "1" }]);
    let refused = bench.data(SET, json!({ "fields": wrong })).await["metafieldsSet"].clone();
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_TYPE");
    let bare = json!([{ "ownerId": id, "namespace": "visma", "key": "invoice", "value": "1" }]);
    let set = bench.data(SET, json!({ "fields": bare })).await["metafieldsSet"].clone();
    assert_eq!(set["metafields"][0]["type"], "single_line_text_field");
}
