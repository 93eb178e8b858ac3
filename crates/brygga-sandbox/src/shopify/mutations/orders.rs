//! `orderMarkAsPaid` and `orderUpdate` (`facts/shopify 9.4` to `9.6`): plain errors without codes.

use serde_json::{Value, json};

use super::metafields_set;
use crate::shopify::resolve::Context;
use crate::shopify::store::{Store, stamp};

fn missing() -> Value {
    json!({ "order": null, "userErrors": [{ "field": ["id"], "message": "Order does not exist" }] })
}

pub(super) fn mark_as_paid(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let id = arguments["input"]["id"].as_str().unwrap_or_default();
    let Some(order) = store
        .order(id, context.now)
        .filter(|order| context.visible(order))
    else {
        return missing();
    };
    if order["canMarkAsPaid"] != true {
        // The order comes along with the error (recorded).
        return json!({ "order": { "id": id }, "userErrors": [{ "field": ["id"], "message": "Order cannot be marked as paid." }] });
    }
    let number = store.fresh_number();
    let now = stamp(context.now);
    store.change_order_life(id, context.now, |order, to_come| {
        // A version still to come that tells of the payment itself is not paid twice.
        if !to_come || order["canMarkAsPaid"] == true {
            pay(order, number, &now);
        }
    });
    json!({ "order": { "id": id }, "userErrors": [] })
}

/// One SALE over what is outstanding, by the gateway "manual".
fn pay(order: &mut Value, number: u64, now: &str) {
    let outstanding = order["totalOutstandingSet"].clone();
    let nothing = zero(&outstanding);
    let transaction = json!({
        "id": format!("gid://shopify/OrderTransaction/{number}"), "kind": "SALE", "status": "SUCCESS", "gateway": "manual", "formattedGateway": "Manual",
        "test": order["test"], "createdAt": now, "processedAt": now, "amountSet": outstanding, "amountRoundingSet": null, "parentTransaction": null,
        "errorCode": null, "authorizationCode": null, "authorizationExpiresAt": null, "accountNumber": null, "paymentId": null,
        "manualPaymentGateway": true, "manuallyCapturable": false, "multiCapturable": false, "receiptJson": "{}", "fees": [], "paymentDetails": null,
        "settlementCurrency": null, "settlementCurrencyRate": null, "location": null, "user": null, "device": null, "totalUnsettledSet": nothing,
        "currencyExchangeAdjustment": null,
    });
    for key in ["totalReceivedSet", "netPaymentSet"] {
        order[key] = plus(&order[key], &outstanding);
    }
    order["totalOutstandingSet"] = nothing;
    order["displayFinancialStatus"] = json!("PAID");
    order["canMarkAsPaid"] = json!(false);
    order["fullyPaid"] = json!(true);
    order["unpaid"] = json!(false);
    order["refundable"] = json!(true);
    if let Some(list) = order["transactions"].as_array_mut() {
        list.push(transaction);
        let count = list.len();
        order["transactionsCount"] = json!({ "count": count, "precision": "EXACT" });
    }
    if let Some(names) = order["paymentGatewayNames"].as_array_mut()
        && !names.iter().any(|name| name == "manual")
    {
        names.push(json!("manual"));
    }
    let terms = &mut order["paymentTerms"];
    for schedule in terms["paymentSchedules"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        schedule["completedAt"] = json!(now);
        if let Some(amount) = schedule.get_mut("balanceDue") {
            amount["amount"] = json!("0.0");
        }
    }
}

fn zero(bag: &Value) -> Value {
    let mut bag = bag.clone();
    for side in ["shopMoney", "presentmentMoney"] {
        bag[side]["amount"] = json!("0.0");
    }
    bag
}

fn plus(left: &Value, right: &Value) -> Value {
    let mut sum = left.clone();
    for side in ["shopMoney", "presentmentMoney"] {
        let part = |bag: &Value| -> rust_decimal::Decimal {
            bag[side]["amount"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .unwrap_or_default()
        };
        sum[side]["amount"] = json!((part(left) + part(right)).to_string());
    }
    sum
}

pub(super) fn update(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let input = &arguments["input"];
    let id = input["id"].as_str().unwrap_or_default();
    let seen = store.order(id, context.now);
    if !seen.is_some_and(|order| context.visible(order)) {
        return missing();
    }
    if let Some(refused) = metafields_set::refused(store, context, id, &input["metafields"]) {
        return json!({ "order": null, "userErrors": refused });
    }
    store.change_order(id, context.now, |order| {
        // Lists replace (facts/shopify 9.4).
        for key in ["note", "email", "phone", "poNumber", "customAttributes"] {
            if let Some(value) = input.get(key) {
                order[key] = value.clone();
            }
        }
        if let Some(tags) = input["tags"].as_array() {
            let mut tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
            tags.sort_by_key(|tag| tag.to_lowercase());
            tags.dedup();
            order["tags"] = json!(tags);
        }
        if let (Some(address), Some(changes)) = (
            order["shippingAddress"].as_object_mut(),
            input["shippingAddress"].as_object(),
        ) {
            for (key, value) in changes {
                let key = if key == "countryCode" {
                    "countryCodeV2"
                } else {
                    key
                };
                address.insert(key.to_owned(), value.clone());
            }
        }
    });
    metafields_set::put(store, context, id, &input["metafields"]);
    json!({ "order": { "id": id }, "userErrors": [] })
}
