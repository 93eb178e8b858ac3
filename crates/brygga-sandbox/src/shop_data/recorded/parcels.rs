//! Fulfilments of recordings: what left, told whole or not at all.

use serde_json::{Map, Value, json};

use super::complete::{Work, items};
use super::rest::{list, moment, number};

/// A `Fulfillment` of what REST says of one.
pub(super) fn of_rest(rest: &Map<String, Value>) -> Value {
    let id = number(rest.get("id"));
    let lines: Vec<Value> = rest
        .get("line_items")
        .map(list)
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(n, line)| {
            json!({
                "id": format!("gid://shopify/FulfillmentLineItem/{id}{n:03}"), "quantity": line["quantity"],
                "lineItem": { "id": format!("gid://shopify/LineItem/{}", number(line.get("id"))) },
            })
        })
        .collect();
    let text = |key: &str| rest.get(key).cloned().unwrap_or(Value::Null);
    let numbers = rest.get("tracking_numbers").map(list).unwrap_or_default();
    let tracking: Vec<Value> = numbers
        .iter()
        .map(|number| json!({ "company": text("tracking_company"), "number": number, "url": text("tracking_url") }))
        .collect();
    let mut out = json!({
        "id": format!("gid://shopify/Fulfillment/{id}"), "legacyResourceId": id, "name": text("name"), "trackingInfo": tracking, "fulfillmentLineItems": lines,
        "status": rest.get("status").and_then(Value::as_str).map(str::to_ascii_uppercase),
        "location": rest.get("location_id").filter(|id| id.is_number()).map(|id| json!({ "id": format!("gid://shopify/Location/{id}"), "legacyResourceId": id.to_string() })),
    });
    for (from, to) in [("created_at", "createdAt"), ("updated_at", "updatedAt")] {
        if let Some(at) = rest.get(from) {
            out[to] = moment(at);
        }
    }
    out
}

impl Work {
    /// A fulfilment of which nobody recorded what was in it says nothing that can be booked: it is left out, and that is reported.
    pub(super) fn parcels(&mut self) {
        let whole = |one: &Value| {
            let lines = items(one, "fulfillmentLineItems");
            let told =
                |line: &Value| line["quantity"].is_u64() && line["lineItem"]["id"].is_string();
            one["id"].is_string()
                && one["status"].is_string()
                && !lines.is_empty()
                && lines.iter().all(told)
        };
        let known = items(&self.order, "fulfillments").to_vec();
        let mut kept: Vec<Value> = known.iter().filter(|one| whole(one)).cloned().collect();
        if kept.len() < known.len() {
            self.fills("fulfillments");
        }
        for (n, one) in kept.iter_mut().enumerate() {
            let id = one["id"].as_str().and_then(|id| id.rsplit('/').next());
            let id = id.unwrap_or_default().to_owned();
            let lines = items(one, "fulfillmentLineItems");
            let units: u64 = lines
                .iter()
                .filter_map(|line| line["quantity"].as_u64())
                .sum();
            for (key, value) in [
                ("legacyResourceId", json!(id)),
                (
                    "name",
                    json!(format!(
                        "{}-F{}",
                        self.order["name"].as_str().unwrap_or_default(),
                        n + 1
                    )),
                ),
                ("totalQuantity", json!(units)),
                ("trackingInfo", json!([])),
                ("requiresShipping", json!(true)),
            ] {
                if one[key].is_null() {
                    one[key] = value;
                    self.fills(&format!("fulfillments.{key}"));
                }
            }
        }
        if self.has("fulfillments") {
            self.order["fulfillments"] = Value::Array(kept);
        }
    }
}
