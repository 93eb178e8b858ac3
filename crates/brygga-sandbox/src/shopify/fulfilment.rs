//! Fulfilment orders: what is to be sent from where, derived from an order's lines, and the sending itself.

use serde_json::{Value, json};

use super::store::{number_of, tail};

/// Our own fulfilment orders have the order's number, this, and the last digit of the location's number.
const OFFSET: u64 = 300;
/// Where a line goes out when not from the first location: line gid to location. No name of the schema begins so.
pub(super) const ASSIGNED: &str = "_assigned";
/// When people last held or moved what is to be sent.
pub(super) const TOUCHED: &str = "_touched";

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn units(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// How many units of a line were sent.
fn sent(order: &Value, line: &Value) -> i64 {
    list(&order["fulfillments"])
        .filter(|one| one["status"] == "SUCCESS")
        .flat_map(|one| list(&one["fulfillmentLineItems"]))
        .filter(|part| part["lineItem"]["id"] == line["id"])
        .map(|part| units(&part["quantity"]))
        .sum()
}

/// Derives an order's fulfilment orders anew; those that the data itself brought along are left alone. Holds stay.
pub(super) fn refresh(order: &mut Value, first_location: Option<&Value>) {
    let number = order["id"].as_str().map_or(0, number_of);
    let ours = |one: &Value| {
        let id = one["id"].as_str().map_or(0, number_of);
        (number + OFFSET..number + OFFSET + 10).contains(&id)
    };
    if list(&order["fulfillmentOrders"]).any(|one| !ours(one)) {
        return;
    }
    let Some(first_location) = first_location else {
        return;
    };
    let usual = if order["retailLocation"]["id"].is_string() {
        &order["retailLocation"]
    } else {
        first_location
    };
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for line in list(&order["lineItems"]) {
        let sent = sent(order, line);
        let waiting = units(&line["unfulfilledQuantity"]);
        // Tips are never sent; neither is what was taken out before.
        let nothing = units(&line["nonFulfillableQuantity"]) >= units(&line["quantity"]);
        if sent + waiting == 0 || (nothing && sent == 0) {
            continue;
        }
        let assigned = &order[ASSIGNED][line["id"].as_str().unwrap_or_default()];
        let went = list(&order["fulfillments"]).find(|one| {
            list(&one["fulfillmentLineItems"]).any(|part| part["lineItem"]["id"] == line["id"])
        });
        let location = if assigned.is_object() {
            assigned
        } else {
            went.map(|one| &one["location"])
                .filter(|one| one["id"].is_string())
                .unwrap_or(usual)
        };
        let part = json!({
            "id": format!("gid://shopify/FulfillmentOrderLineItem/{}", line["id"].as_str().map_or(0, number_of) + 7),
            "lineItem": { "id": line["id"] }, "totalQuantity": sent + waiting, "remainingQuantity": waiting, "sku": line["sku"],
            "productTitle": line["title"], "variantTitle": line["variantTitle"], "vendor": line["vendor"], "requiresShipping": line["requiresShipping"],
            "inventoryItemId": line["variant"]["inventoryItem"]["id"], "variant": line["variant"]["id"].as_str().map(|id| json!({ "id": id })),
            "weight": line["weight"],
        });
        match groups
            .iter_mut()
            .find(|(known, _)| known["id"] == location["id"])
        {
            Some((_, parts)) => parts.push(part),
            None => groups.push((location.clone(), vec![part])),
        }
    }
    let cancelled = !order["cancelledAt"].is_null();
    let made: Vec<Value> = groups
        .into_iter()
        .map(|(location, parts)| {
            let place = location["id"].as_str().map_or(0, number_of) % 10;
            let id = format!("gid://shopify/FulfillmentOrder/{}", number + OFFSET + place);
            let known = list(&order["fulfillmentOrders"]).find(|one| one["id"] == id.as_str());
            let holds = known.map_or_else(|| json!([]), |known| known["fulfillmentHolds"].clone());
            let waiting: i64 = parts.iter().map(|part| units(&part["remainingQuantity"])).sum();
            let total: i64 = parts.iter().map(|part| units(&part["totalQuantity"])).sum();
            let status = if cancelled || waiting == 0 {
                "CLOSED"
            } else if list(&holds).next().is_some() {
                "ON_HOLD"
            } else if waiting < total {
                "IN_PROGRESS"
            } else {
                "OPEN"
            };
            let moments = list(&order["fulfillments"]).map(|one| &one["updatedAt"]);
            // Not the order's own updatedAt: that does not move with these, nor these with it (facts/shopify 5.6).
            let updated = moments.chain([&order["createdAt"], &order["cancelledAt"], &order[TOUCHED]]).filter_map(Value::as_str).max();
            json!({
                "__typename": "FulfillmentOrder", "id": id, "status": status, "requestStatus": "UNSUBMITTED", "createdAt": order["createdAt"], "updatedAt": updated,
                "fulfillAt": order["createdAt"], "fulfillBy": null, "orderId": order["id"], "orderName": order["name"], "orderProcessedAt": order["processedAt"],
                "order": { "id": order["id"] }, "fulfillmentHolds": holds, "lineItems": parts,
                "fulfillments": list(&order["fulfillments"]).filter(|one| one["location"]["id"] == location["id"]).map(|one| json!({ "id": one["id"] })).collect::<Vec<_>>(),
                "assignedLocation": {
                    "name": location["name"], "location": { "id": location["id"] }, "address1": location["address"]["address1"], "address2": location["address"]["address2"],
                    "city": location["address"]["city"], "zip": location["address"]["zip"], "countryCode": location["address"]["countryCode"],
                    "phone": location["address"]["phone"], "province": location["address"]["province"],
                },
            })
        })
        .collect();
    order["fulfillmentOrders"] = Value::Array(made);
}

/// Sends units of lines, given as line gid and number. A version that is still to come may tell of sending the same units: what it tells is
/// then less by so many, or the goods would go out twice.
pub(super) fn send(
    order: &mut Value,
    fulfilment: &Value,
    what: &[(String, i64)],
    still_to_come: bool,
) {
    for (line_id, number) in what {
        let waiting = list(&order["lineItems"])
            .find(|line| line["id"] == line_id.as_str())
            .map_or(0, |line| units(&line["unfulfilledQuantity"]));
        if still_to_come && waiting < *number {
            take_back(order, line_id, number - waiting);
        }
        let lines = order["lineItems"].as_array_mut().into_iter().flatten();
        for line in lines.filter(|line| line["id"] == line_id.as_str()) {
            for key in ["unfulfilledQuantity", "fulfillableQuantity"] {
                line[key] = json!((units(&line[key]) - number).max(0));
            }
            line["merchantEditable"] = json!(units(&line["unfulfilledQuantity"]) > 0);
        }
    }
    if let Some(list) = order["fulfillments"].as_array_mut() {
        list.push(fulfilment.clone());
    } else {
        order["fulfillments"] = json!([fulfilment]);
    }
    settle(order);
    reduce_given(order, what);
}

/// Takes units of a line out of the fulfilments that an order's story tells of, the last first.
fn take_back(order: &mut Value, line_id: &str, mut number: i64) {
    if let Some(fulfilments) = order["fulfillments"].as_array_mut() {
        for one in fulfilments.iter_mut().rev() {
            if let Some(parts) = one["fulfillmentLineItems"].as_array_mut() {
                for part in parts
                    .iter_mut()
                    .filter(|part| part["lineItem"]["id"] == line_id)
                {
                    let less = units(&part["quantity"]).min(number);
                    part["quantity"] = json!(units(&part["quantity"]) - less);
                    number -= less;
                }
                parts.retain(|part| units(&part["quantity"]) > 0);
            }
        }
        fulfilments.retain(|one| list(&one["fulfillmentLineItems"]).next().is_some());
    }
    let lines = order["lineItems"].as_array_mut().into_iter().flatten();
    for line in lines.filter(|line| line["id"] == line_id) {
        line["unfulfilledQuantity"] = json!(units(&line["unfulfilledQuantity"]) + number.max(0));
    }
}

/// The order's own words about how far it is sent.
fn settle(order: &mut Value) {
    let to_send: i64 = list(&order["lineItems"])
        .filter(|line| units(&line["nonFulfillableQuantity"]) < units(&line["quantity"]))
        .map(|line| units(&line["unfulfilledQuantity"]))
        .sum();
    let any = list(&order["fulfillments"]).any(|one| one["status"] == "SUCCESS");
    order["displayFulfillmentStatus"] = json!(match (to_send, any) {
        (0, true) => "FULFILLED",
        (_, true) => "PARTIALLY_FULFILLED",
        _ => "UNFULFILLED",
    });
    order["fulfillable"] = json!(to_send > 0);
    order["fulfillmentsCount"] =
        json!({ "count": list(&order["fulfillments"]).count(), "precision": "EXACT" });
}

/// Fulfilment orders that the data brought along are worn down here; our own are derived anew.
fn reduce_given(order: &mut Value, what: &[(String, i64)]) {
    let number = order["id"].as_str().map_or(0, number_of);
    for one in order["fulfillmentOrders"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let id = one["id"].as_str().map_or(0, number_of);
        if (number + OFFSET..number + OFFSET + 10).contains(&id) {
            continue;
        }
        for part in one["lineItems"].as_array_mut().into_iter().flatten() {
            if let Some((_, units_sent)) = what
                .iter()
                .find(|(line, _)| part["lineItem"]["id"] == line.as_str())
            {
                part["remainingQuantity"] =
                    json!((units(&part["remainingQuantity"]) - units_sent).max(0));
            }
        }
        let waiting: i64 = list(&one["lineItems"])
            .map(|part| units(&part["remainingQuantity"]))
            .sum();
        one["status"] = json!(if waiting == 0 {
            "CLOSED"
        } else {
            "IN_PROGRESS"
        });
    }
}

/// Puts the fulfilment order at a place on hold, or releases it.
pub(super) fn hold(order: &mut Value, reason: Option<&str>, since: &str) {
    let number = tail(order["id"].as_str().unwrap_or_default()).to_owned();
    order[TOUCHED] = json!(since);
    for (place, one) in order["fulfillmentOrders"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .enumerate()
    {
        one["fulfillmentHolds"] = match reason {
            Some(reason) => json!([{
                "id": format!("gid://shopify/FulfillmentHold/{number}{place}"), "reason": reason, "displayReason": reason.to_lowercase().replace('_', " "),
                "reasonNotes": null, "handle": "", "heldByRequestingApp": false,
            }]),
            None => json!([]),
        };
    }
}
