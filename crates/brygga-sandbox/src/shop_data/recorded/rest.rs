//! The documented REST answers in the shape of GraphQL: other names and cases for the same facts.

use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Is this a REST order.
pub(super) fn is_order(fields: &Map<String, Value>) -> bool {
    fields.get("id").is_some_and(Value::is_number)
        && fields.contains_key("total_price")
        && fields.contains_key("name")
}

/// The `Order`, with what the REST object says and nothing else.
pub(super) fn order(rest: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    let id = number(rest.get("id"));
    out.insert("id".into(), json!(format!("gid://shopify/Order/{id}")));
    out.insert("legacyResourceId".into(), json!(id));
    let rest = Rest(rest);
    for (from, to) in [
        ("name", "name"),
        ("test", "test"),
        ("taxes_included", "taxesIncluded"),
        ("tax_exempt", "taxExempt"),
        ("currency", "currencyCode"),
        ("presentment_currency", "presentmentCurrencyCode"),
        ("source_name", "sourceName"),
        ("note", "note"),
        ("po_number", "poNumber"),
        ("confirmed", "confirmed"),
        ("confirmation_number", "confirmationNumber"),
        ("payment_gateway_names", "paymentGatewayNames"),
        ("estimated_taxes", "estimatedTaxes"),
        ("duties_included", "dutiesIncluded"),
        ("customer_locale", "customerLocale"),
        ("number", "number"),
    ] {
        rest.copy(from, to, &mut out);
    }
    for (from, to) in [("email", "email"), ("phone", "phone")] {
        if let Some(value) = rest.0.get(from) {
            // REST writes "" where GraphQL writes null.
            out.insert(
                to.into(),
                if value == "" {
                    Value::Null
                } else {
                    value.clone()
                },
            );
        }
    }
    for (from, to) in [
        ("created_at", "createdAt"),
        ("processed_at", "processedAt"),
        ("updated_at", "updatedAt"),
        ("cancelled_at", "cancelledAt"),
        ("closed_at", "closedAt"),
    ] {
        if let Some(value) = rest.0.get(from) {
            out.insert(to.into(), moment(value));
        }
    }
    for (from, to) in [
        ("total_price_set", "totalPriceSet"),
        ("current_total_price_set", "currentTotalPriceSet"),
        ("subtotal_price_set", "subtotalPriceSet"),
        ("current_subtotal_price_set", "currentSubtotalPriceSet"),
        ("total_tax_set", "totalTaxSet"),
        ("current_total_tax_set", "currentTotalTaxSet"),
        ("total_discounts_set", "totalDiscountsSet"),
        ("current_total_discounts_set", "currentTotalDiscountsSet"),
        ("total_shipping_price_set", "totalShippingPriceSet"),
    ] {
        rest.bag(from, to, &mut out);
    }
    // The tip stands without its currency; it is the order's.
    for (from, to) in [("total_tip_received", "totalTipReceivedSet")] {
        if let (Some(amount), Some(currency)) = (rest.0.get(from), rest.0.get("currency"))
            && rest.0.get("currency") == rest.0.get("presentment_currency")
        {
            out.insert(
                to.into(),
                json!({ "shopMoney": { "amount": amount, "currencyCode": currency } }),
            );
        }
    }
    let upper = |key: &str| {
        rest.0
            .get(key)
            .map(|value| value.as_str().map(str::to_ascii_uppercase))
    };
    if let Some(status) = upper("financial_status") {
        out.insert("displayFinancialStatus".into(), json!(status));
    }
    if let Some(status) = upper("fulfillment_status") {
        let status = match status.as_deref() {
            Some("PARTIAL") => "PARTIALLY_FULFILLED",
            Some("FULFILLED") => "FULFILLED",
            _ => "UNFULFILLED",
        };
        out.insert("displayFulfillmentStatus".into(), json!(status));
    }
    if let Some(reason) = upper("cancel_reason") {
        out.insert("cancelReason".into(), json!(reason));
    }
    if let Some(tags) = rest.0.get("tags").and_then(Value::as_str) {
        out.insert(
            "tags".into(),
            tags.split(',')
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .collect(),
        );
    }
    if let Some(attributes) = rest.0.get("note_attributes") {
        out.insert(
            "customAttributes".into(),
            list(attributes)
                .iter()
                .map(|one| json!({ "key": one["name"], "value": one["value"] }))
                .collect(),
        );
    }
    for (from, to) in [
        ("billing_address", "billingAddress"),
        ("shipping_address", "shippingAddress"),
    ] {
        if let Some(value) = rest.0.get(from) {
            out.insert(to.into(), address(value, &format!("{id}-{to}")));
        }
    }
    if let Some(value) = rest.0.get("customer") {
        out.insert("customer".into(), customer(value));
    }
    if let Some(lines) = rest.0.get("line_items") {
        out.insert(
            "lineItems".into(),
            list(lines)
                .iter()
                .filter_map(Value::as_object)
                .map(line)
                .collect(),
        );
        // REST lists what an order has under these names; a missing name means that there is none.
        out.insert(
            "shippingLines".into(),
            rest.each("shipping_lines", shipping_line),
        );
        out.insert("additionalFees".into(), Value::Array(Vec::new()));
        out.insert("refunds".into(), rest.each("refunds", refund));
        out.insert(
            "fulfillments".into(),
            rest.each("fulfillments", super::parcels::of_rest),
        );
        out.insert("taxLines".into(), rest.each("tax_lines", tax_line));
    }
    Value::Object(out)
}

struct Rest<'a>(&'a Map<String, Value>);

impl Rest<'_> {
    fn copy(&self, from: &str, to: &str, out: &mut Map<String, Value>) {
        if let Some(value) = self.0.get(from) {
            out.insert(to.to_owned(), value.clone());
        }
    }

    fn bag(&self, from: &str, to: &str, out: &mut Map<String, Value>) {
        if let Some(value) = self.0.get(from) {
            out.insert(to.to_owned(), bag(value));
        }
    }

    fn each(&self, key: &str, turn: impl Fn(&Map<String, Value>) -> Value) -> Value {
        self.0
            .get(key)
            .map(list)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
            .map(turn)
            .collect()
    }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An id, as text.
pub(super) fn number(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Moments in UTC, as GraphQL writes them.
pub(super) fn moment(value: &Value) -> Value {
    let at = value
        .as_str()
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    at.map_or(Value::Null, |at| {
        json!(
            at.with_timezone(&Utc)
                .to_rfc3339_opts(SecondsFormat::Secs, true)
        )
    })
}

fn money(value: &Value) -> Value {
    json!({ "amount": value["amount"], "currencyCode": value["currency_code"] })
}

fn bag(value: &Value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    json!({ "shopMoney": money(&value["shop_money"]), "presentmentMoney": money(&value["presentment_money"]) })
}

fn times(value: &Value, units: &Value) -> Value {
    let one = value["amount"]
        .as_str()
        .and_then(|text| text.parse::<Decimal>().ok());
    let units = units.as_i64().map(Decimal::from);
    let product = one.zip(units).map(|(one, units)| (one * units).to_string());
    json!({ "amount": product, "currencyCode": value["currencyCode"] })
}

fn tax_line(rest: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    let rest = Rest(rest);
    rest.copy("title", "title", &mut out);
    rest.copy("rate", "rate", &mut out);
    rest.copy("channel_liable", "channelLiable", &mut out);
    rest.bag("price_set", "priceSet", &mut out);
    Value::Object(out)
}

fn allocation(rest: &Map<String, Value>) -> Value {
    json!({ "allocatedAmountSet": rest.get("amount_set").map(bag) })
}

fn line(rest: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    out.insert(
        "id".into(),
        json!(format!("gid://shopify/LineItem/{}", number(rest.get("id")))),
    );
    let rest = Rest(rest);
    for (from, to) in [
        ("title", "title"),
        ("name", "name"),
        ("variant_title", "variantTitle"),
        ("sku", "sku"),
        ("vendor", "vendor"),
        ("quantity", "quantity"),
        ("current_quantity", "currentQuantity"),
        ("fulfillable_quantity", "unfulfilledQuantity"),
        ("gift_card", "isGiftCard"),
        ("requires_shipping", "requiresShipping"),
        ("taxable", "taxable"),
    ] {
        rest.copy(from, to, &mut out);
    }
    if let Some(price) = rest.0.get("price_set") {
        let unit = bag(price);
        let units = rest.0.get("quantity").unwrap_or(&Value::Null);
        out.insert("originalTotalSet".into(), json!({ "shopMoney": times(&unit["shopMoney"], units), "presentmentMoney": times(&unit["presentmentMoney"], units) }));
        out.insert("originalUnitPriceSet".into(), unit);
    }
    for (key, typename) in [("variant_id", "ProductVariant"), ("product_id", "Product")] {
        let field = if typename == "Product" {
            "product"
        } else {
            "variant"
        };
        if let Some(id) = rest.0.get(key) {
            let id = id.is_number().then(|| json!({ "id": format!("gid://shopify/{typename}/{id}"), "legacyResourceId": id.to_string() }));
            out.insert(field.into(), json!(id));
        }
    }
    out.insert("taxLines".into(), rest.each("tax_lines", tax_line));
    out.insert(
        "discountAllocations".into(),
        rest.each("discount_allocations", allocation),
    );
    out.insert("duties".into(), Value::Array(Vec::new()));
    Value::Object(out)
}

fn shipping_line(rest: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    out.insert(
        "id".into(),
        json!(format!(
            "gid://shopify/ShippingLine/{}",
            number(rest.get("id"))
        )),
    );
    let rest = Rest(rest);
    for (from, to) in [
        ("title", "title"),
        ("code", "code"),
        ("source", "source"),
        ("is_removed", "isRemoved"),
    ] {
        rest.copy(from, to, &mut out);
    }
    rest.bag("price_set", "originalPriceSet", &mut out);
    rest.bag("discounted_price_set", "discountedPriceSet", &mut out);
    out.insert("taxLines".into(), rest.each("tax_lines", tax_line));
    out.insert(
        "discountAllocations".into(),
        rest.each("discount_allocations", allocation),
    );
    Value::Object(out)
}

fn refund(rest: &Map<String, Value>) -> Value {
    let id = number(rest.get("id"));
    let created = rest.get("created_at").map_or(Value::Null, moment);
    let rest = Rest(rest);
    let lines = rest.each("refund_line_items", |line| {
        let restock = line.get("restock_type").and_then(Value::as_str).map(str::to_ascii_uppercase);
        json!({
            "id": format!("gid://shopify/RefundLineItem/{}", number(line.get("id"))), "quantity": line.get("quantity"), "restockType": restock,
            "subtotalSet": line.get("subtotal_set").map(bag), "totalTaxSet": line.get("total_tax_set").map(bag),
            "lineItem": { "id": format!("gid://shopify/LineItem/{}", number(line.get("line_item_id"))) },
        })
    });
    let paid = rest
        .0
        .get("transactions")
        .map(list)
        .unwrap_or_default()
        .iter()
        .filter(|tx| tx["kind"] == "refund" && tx["status"] == "success");
    let (mut sum, mut currency) = (Decimal::ZERO, Value::Null);
    for tx in paid {
        sum += tx["amount"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or(Decimal::ZERO);
        currency = tx["currency"].clone();
    }
    let total = json!({ "amount": sum.to_string(), "currencyCode": currency });
    let mut out = json!({
        "id": format!("gid://shopify/Refund/{id}"), "legacyResourceId": id, "createdAt": created, "refundLineItems": lines,
        // Shipping that was given back would stand in `order_adjustments`.
        "refundShippingLines": rest.each("order_adjustments", |_| Value::Null), "orderAdjustments": [], "transactions": [],
    });
    if !currency.is_null() {
        out["totalRefundedSet"] = json!({ "shopMoney": total });
    }
    out
}

fn customer(rest: &Value) -> Value {
    let Some(fields) = rest.as_object() else {
        return Value::Null;
    };
    let mut out = Map::new();
    let id = number(fields.get("id"));
    out.insert("id".into(), json!(format!("gid://shopify/Customer/{id}")));
    out.insert("legacyResourceId".into(), json!(id));
    let rest = Rest(fields);
    for (from, to) in [
        ("email", "email"),
        ("phone", "phone"),
        ("first_name", "firstName"),
        ("last_name", "lastName"),
        ("note", "note"),
        ("tax_exempt", "taxExempt"),
        ("verified_email", "verifiedEmail"),
    ] {
        rest.copy(from, to, &mut out);
    }
    for (from, to) in [("created_at", "createdAt"), ("updated_at", "updatedAt")] {
        if let Some(value) = fields.get(from) {
            out.insert(to.into(), moment(value));
        }
    }
    if let Some(value) = fields.get("default_address") {
        out.insert("defaultAddress".into(), address(value, &id));
    }
    Value::Object(out)
}

fn address(rest: &Value, id: &str) -> Value {
    let Some(fields) = rest.as_object() else {
        return Value::Null;
    };
    let mut out = Map::new();
    out.insert(
        "id".into(),
        json!(format!("gid://shopify/MailingAddress/{id}")),
    );
    let rest = Rest(fields);
    for (from, to) in [
        ("first_name", "firstName"),
        ("last_name", "lastName"),
        ("name", "name"),
        ("company", "company"),
        ("address1", "address1"),
        ("address2", "address2"),
        ("zip", "zip"),
        ("city", "city"),
        ("province", "province"),
        ("province_code", "provinceCode"),
        ("country", "country"),
        ("country_code", "countryCodeV2"),
        ("phone", "phone"),
    ] {
        rest.copy(from, to, &mut out);
    }
    Value::Object(out)
}
