//! Orders made for a test: simple ones, whose sums can be done in the head.

use brygga_sandbox::shop_data::ShopData;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Money as Shopify writes it, the same on both sides.
pub fn bag(amount: &str) -> Value {
    json!({ "shopMoney": { "amount": amount, "currencyCode": "NOK" }, "presentmentMoney": { "amount": amount, "currencyCode": "NOK" } })
}

/// A line with VAT of 25 % in its total.
pub fn line(
    id: u64,
    template: &Value,
    quantity: u32,
    current: u32,
    total: &str,
    tax: &str,
) -> Value {
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

/// Total and VAT as ordered, and as they are now.
pub fn set_totals(order: &mut Value, total: &str, tax: &str, current: &str, current_tax: &str) {
    order["totalPriceSet"] = bag(total);
    order["totalTaxSet"] = bag(tax);
    order["currentTotalPriceSet"] = bag(current);
    order["currentTotalTaxSet"] = bag(current_tax);
    order["totalTipReceivedSet"] = bag("0.0");
    order["currencyCode"] = json!("NOK");
    order["presentmentCurrencyCode"] = json!("NOK");
}

/// A plain order of the seeded shop (paid, at home, one customer with an e-mail) with an id and a moment of its own.
pub fn plain(data: &ShopData, id: u64, at: DateTime<Utc>) -> Value {
    let plain = |order: &&Value| {
        order["displayFinancialStatus"] == "PAID"
            && order["test"] == false
            && order["taxesIncluded"] == true
            && order["cancelledAt"].is_null()
            && order["shippingAddress"]["countryCodeV2"] == "NO"
            && order["purchasingEntity"]["__typename"] != "PurchasingCompany"
            && order["refunds"].as_array().is_some_and(Vec::is_empty)
            && order["customer"]["id"].is_string()
            && order["email"].is_string()
            && order["lineItems"].as_array().is_some_and(|lines| {
                (2..=4).contains(&lines.len())
                    && lines.iter().all(|line| {
                        line["variant"]["id"].is_string()
                            && line["taxLines"]
                                .as_array()
                                .is_some_and(|taxes| taxes.len() == 1)
                    })
            })
    };
    let mut versions = data
        .orders
        .iter()
        .filter_map(|life| life.versions.first().map(|(_, order)| order));
    let mut order = versions
        .find(plain)
        .expect("the seeded shop has a plain order")
        .clone();
    order["id"] = json!(format!("gid://shopify/Order/{id}"));
    order["legacyResourceId"] = json!(id.to_string());
    order["name"] = json!(format!("#T{id}"));
    for key in ["createdAt", "processedAt", "updatedAt"] {
        order[key] = json!(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }
    order
}

/// An order of two units of 100 kroner and one of 250, VAT 25 % included, nothing else.
pub fn simple(data: &ShopData, id: u64, at: DateTime<Utc>) -> Value {
    let mut order = plain(data, id, at);
    let template = order["lineItems"][0].clone();
    order["lineItems"] = json!([
        line(id * 10, &template, 2, 2, "200.0", "40.0"),
        line(id * 10 + 1, &template, 1, 1, "250.0", "50.0")
    ]);
    order["shippingLines"] = json!([]);
    order["additionalFees"] = json!([]);
    set_totals(&mut order, "450.0", "90.0", "450.0", "90.0");
    order
}

/// Edits a [`simple`] order: one unit less of the first line, the second line gone, a third line of 375 kroner new. It
/// comes to 475 kroner. With the zero-amount refund that Shopify makes of what was removed.
pub fn edit(order: &mut Value, id: u64) {
    let template = order["lineItems"][0].clone();
    order["edited"] = json!(true);
    order["lineItems"] = json!([
        line(id * 10, &template, 2, 1, "200.0", "40.0"),
        line(id * 10 + 1, &template, 1, 0, "250.0", "50.0"),
        line(id * 10 + 2, &template, 3, 3, "375.0", "75.0"),
    ]);
    set_totals(order, "825.0", "165.0", "475.0", "95.0");
    let removed = |line: u64, quantity: u32, subtotal: &str, tax: &str| {
        json!({
            "id": format!("gid://shopify/RefundLineItem/{line}"), "quantity": quantity, "restockType": "CANCEL", "restocked": true,
            "lineItem": { "id": format!("gid://shopify/LineItem/{line}") },
            "priceSet": bag(subtotal), "subtotalSet": bag(subtotal), "totalTaxSet": bag(tax),
        })
    };
    order["refunds"] = json!([{
        "id": "gid://shopify/Refund/1", "legacyResourceId": "1",
        "createdAt": order["createdAt"], "processedAt": order["createdAt"], "updatedAt": order["createdAt"],
        "totalRefundedSet": bag("0.0"),
        "refundLineItems": [removed(id * 10, 1, "100.0", "20.0"), removed(id * 10 + 1, 1, "250.0", "50.0")],
        "refundShippingLines": [], "orderAdjustments": [], "duties": [], "transactions": [],
    }]);
}

/// Nothing of an order is sent yet.
pub fn unsent(order: &mut Value) {
    order["fulfillments"] = json!([]);
    order["displayFulfillmentStatus"] = json!("UNFULFILLED");
    for line in order["lineItems"].as_array_mut().into_iter().flatten() {
        line["unfulfilledQuantity"] = line["quantity"].clone();
        line["fulfillableQuantity"] = line["quantity"].clone();
        line["nonFulfillableQuantity"] = json!(0);
    }
}
