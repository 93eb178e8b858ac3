//! A shop made of answers, for what the practice shop does not do on demand.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "shared by the test binaries, each of which uses its own part"
)]

use std::sync::{Arc, Mutex};

use brygga_core::Clock;
use brygga_core::clock::JumpClock;
use brygga_core::ids::CountingIds;
use brygga_http::{Http, HttpConfig};
use brygga_shopify::{Auth, Shopify, ShopifyConfig};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub const TOKEN_PATH: &str = "/admin/oauth/access_token";
pub const API_PATH: &str = "/admin/api/2026-07/graphql.json";

pub fn start() -> DateTime<Utc> {
    "2026-10-01T00:00:00Z".parse().unwrap()
}

pub fn http() -> (Http, Arc<JumpClock>) {
    let clock = Arc::new(JumpClock::at(start()));
    let shared: Arc<dyn Clock> = Arc::<JumpClock>::clone(&clock);
    (
        Http::new(
            HttpConfig::default(),
            shared,
            Arc::new(CountingIds::from_seed(7)),
        )
        .unwrap(),
        clock,
    )
}

pub fn by_secret() -> Auth {
    Auth::ClientCredentials {
        client_id: "the-client-id".to_owned(),
        secret: SecretString::from("the-secret".to_owned()),
    }
}

pub fn by_token() -> Auth {
    Auth::Token(SecretString::from("shpat_old".to_owned()))
}

pub fn shop(server: &MockServer, auth: Auth) -> (Shopify, Arc<JumpClock>) {
    let (http, clock) = http();
    let config = ShopifyConfig {
        domain: "fjord.myshopify.com".to_owned(),
        auth,
        base_url: Some(server.uri()),
    };
    (Shopify::new(config, http).unwrap(), clock)
}

/// A token endpoint that numbers its tokens.
pub async fn with_tokens(server: &MockServer) {
    let count = Mutex::new(0);
    let answer = move |_: &Request| {
        let mut count = count.lock().unwrap();
        *count += 1;
        ResponseTemplate::new(200).set_body_json(json!({"access_token": format!("t{count}"), "scope": "read_orders", "expires_in": 86399}))
    };
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// Answers of the API, by operation and variables.
pub struct Api<F>(pub F);

impl<F: Fn(&str, &Value) -> Value + Send + Sync> Respond for Api<F> {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let answer = (self.0)(body["operationName"].as_str().unwrap(), &body["variables"]);
        ResponseTemplate::new(200)
            .insert_header("X-Shopify-API-Version", "2026-07")
            .set_body_json(answer)
    }
}

pub async fn with_api(
    server: &MockServer,
    answer: impl Fn(&str, &Value) -> Value + Send + Sync + 'static,
) {
    Mock::given(method("POST"))
        .and(path(API_PATH))
        .respond_with(Api(answer))
        .mount(server)
        .await;
}

pub async fn with_answer(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(path(API_PATH))
        .respond_with(answer)
        .mount(server)
        .await;
}

pub fn bag(amount: &str) -> Value {
    bag2(amount, "NOK", amount, "NOK")
}

pub fn bag2(
    shop: &str,
    shop_currency: &str,
    presentment: &str,
    presentment_currency: &str,
) -> Value {
    json!({
        "shopMoney": {"amount": shop, "currencyCode": shop_currency},
        "presentmentMoney": {"amount": presentment, "currencyCode": presentment_currency}
    })
}

/// One page of a connection over the rows from `from` on.
pub fn connection(rows: &[Value], from: usize, first: usize) -> Value {
    let end = (from + first).min(rows.len());
    json!({"nodes": rows[from..end], "pageInfo": {"hasNextPage": end < rows.len(), "endCursor": if end > from { Value::from(format!("c{end}")) } else { Value::Null }}})
}

/// Where a cursor of [`connection`] leads.
pub fn position(variables: &Value) -> usize {
    variables["after"]
        .as_str()
        .map_or(0, |cursor| cursor[1..].parse().unwrap())
}

pub fn line(number: usize) -> Value {
    json!({
        "id": format!("gid://shopify/LineItem/{number}"), "title": format!("Item {number}"), "variantTitle": "Default Title", "vendor": "Fjord",
        "sku": format!("SKU-{number}"), "quantity": 1, "currentQuantity": 1, "isGiftCard": false, "requiresShipping": true, "taxable": true,
        "product": {"id": "gid://shopify/Product/1"}, "variant": {"id": format!("gid://shopify/ProductVariant/{number}")},
        "originalTotalSet": bag("125.00"), "discountAllocations": [],
        "taxLines": [{"title": "MVA", "rate": 0.25, "ratePercentage": 25.0, "channelLiable": false, "priceSet": bag("25.00")}],
        "duties": []
    })
}

pub fn shipping_line(number: usize) -> Value {
    json!({
        "id": format!("gid://shopify/ShippingLine/{number}"), "title": "Posten", "code": "standard", "isRemoved": false,
        "originalPriceSet": bag("99.00"), "discountedPriceSet": bag("79.00"), "currentDiscountedPriceSet": bag("79.00"),
        "taxLines": [{"title": "MVA", "rate": 0.25, "ratePercentage": 25.0, "channelLiable": false, "priceSet": bag("15.80")}]
    })
}

pub fn refund_line(number: usize) -> Value {
    json!({
        "id": format!("gid://shopify/RefundLineItem/{number}"), "quantity": 1, "restockType": "CANCEL",
        "lineItem": {"id": format!("gid://shopify/LineItem/{number}")}, "subtotalSet": bag("125.00"), "totalTaxSet": bag("25.00")
    })
}

/// An order with nothing special, connections as pages of the document's sizes.
pub fn order(number: usize, lines: &[Value], shipping: &[Value], refunds: &[Value]) -> Value {
    let mut node = json!({
        "id": format!("gid://shopify/Order/{number}"), "legacyResourceId": number.to_string(), "name": format!("#{number}"),
        "createdAt": "2026-10-01T10:00:00Z", "processedAt": "2026-10-01T10:00:00Z", "updatedAt": "2026-10-01T11:00:00Z",
        "cancelledAt": null, "cancelReason": null, "closedAt": null, "test": false, "edited": false, "taxesIncluded": true,
        "currencyCode": "NOK", "presentmentCurrencyCode": "NOK", "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
        "tags": ["vip"], "sourceName": "web", "poNumber": null, "email": "kari@example.no", "phone": null
    });
    let more = json!({
        "totalPriceSet": bag("125.00"), "totalTaxSet": bag("25.00"), "currentTotalPriceSet": bag("125.00"), "currentTotalTaxSet": bag("25.00"),
        "totalTipReceivedSet": bag("0.0"), "totalReceivedSet": bag("125.00"), "totalRefundedSet": bag("0.0"), "totalOutstandingSet": bag("0.0"),
        "retailLocation": null, "customer": null, "purchasingEntity": null, "billingAddress": null, "shippingAddress": null, "additionalFees": [],
        "lineItems": connection(lines, 0, 20), "shippingLines": connection(shipping, 0, 5), "refunds": refunds,
        "transactions": [{
            "id": "gid://shopify/OrderTransaction/9", "kind": "SALE", "status": "SUCCESS", "gateway": "shopify_payments", "test": false,
            "processedAt": "2026-10-01T10:00:05Z", "createdAt": "2026-10-01T10:00:05Z", "amountSet": bag("125.00"), "parentTransaction": null
        }]
    });
    let fields = node.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    node
}

pub fn refund(number: usize, lines: &[Value]) -> Value {
    json!({
        "id": format!("gid://shopify/Refund/{number}"), "legacyResourceId": number.to_string(), "createdAt": "2026-10-02T10:00:00Z",
        "processedAt": "2026-10-02T10:00:00Z", "totalRefundedSet": bag("0.0"), "duties": [],
        "refundLineItems": connection(lines, 0, 20), "refundShippingLines": connection(&[], 0, 5),
        "orderAdjustments": connection(&[], 0, 5), "transactions": connection(&[], 0, 5)
    })
}

pub fn page_of(orders: &[Value]) -> Value {
    json!({"data": {"orders": {"nodes": orders, "pageInfo": {"hasNextPage": false, "endCursor": null}}}})
}
