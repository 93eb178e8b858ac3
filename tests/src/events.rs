//! What happens to an order after it was placed, as the shop would answer it: money taken, goods sent, money given back.

use serde_json::{Value, json};

use crate::orders::bag;

/// A gateway of the practice shop that is mapped to an account of its own.
pub const GATEWAY: &str = "shopify_payments";

/// A successful transaction of an order.
pub fn transaction(id: u64, kind: &str, amount: &str, at: &Value) -> Value {
    json!({
        "id": format!("gid://shopify/OrderTransaction/{id}"), "kind": kind, "status": "SUCCESS", "gateway": GATEWAY, "formattedGateway": "Shopify Payments",
        "test": false, "createdAt": at, "processedAt": at, "amountSet": bag(amount), "amountRoundingSet": null, "parentTransaction": null,
        "errorCode": null, "authorizationCode": null, "authorizationExpiresAt": null, "accountNumber": null, "paymentId": format!("c{id}.1"),
        "manualPaymentGateway": false, "manuallyCapturable": false, "multiCapturable": false, "receiptJson": "{}", "fees": [], "paymentDetails": null,
        "settlementCurrency": null, "settlementCurrencyRate": null, "location": null, "user": null, "device": null,
        "totalUnsettledSet": bag("0.0"), "currencyExchangeAdjustment": null,
    })
}

/// The whole amount, taken when the order was placed.
pub fn paid(order: &mut Value, id: u64, amount: &str) {
    let sale = transaction(id, "SALE", amount, &order["createdAt"]);
    order["transactions"] = json!([sale]);
}

/// Goods leave: so many units of each of these lines, by their place.
pub fn sent(order: &mut Value, id: u64, at: &str, units: &[(usize, u32)]) {
    let lines: Vec<Value> = units
        .iter()
        .enumerate()
        .map(|(place, (line, quantity))| {
            let line = &order["lineItems"][line];
            json!({
                "id": format!("gid://shopify/FulfillmentLineItem/{}", id + 1 + place as u64), "quantity": quantity,
                "originalTotalSet": bag("0.0"), "discountedTotalSet": bag("0.0"),
                "lineItem": { "id": line["id"], "title": line["title"], "sku": line["sku"], "quantity": line["quantity"] },
            })
        })
        .collect();
    let known = order["fulfillments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let name = format!(
        "{}-F{}",
        order["name"].as_str().unwrap_or_default(),
        known.len() + 1
    );
    let parcel = json!({
        "id": format!("gid://shopify/Fulfillment/{id}"), "legacyResourceId": id.to_string(), "name": name, "status": "SUCCESS",
        "displayStatus": "FULFILLED", "createdAt": at, "updatedAt": at, "deliveredAt": null, "estimatedDeliveryAt": null, "inTransitAt": null,
        "requiresShipping": true, "totalQuantity": units.iter().map(|(_, quantity)| quantity).sum::<u32>(), "location": null, "trackingInfo": [],
        "originAddress": null, "events": [], "fulfillmentLineItems": lines, "service": null,
    });
    order["fulfillments"] = known.into_iter().chain([parcel]).collect();
}
