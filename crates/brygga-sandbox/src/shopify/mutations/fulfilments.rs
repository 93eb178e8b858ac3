//! `fulfillmentCreate` and `fulfillmentTrackingInfoUpdate`. Messages and the order of the checks are recorded
//! (`examples/shopify/recorded-2026-04/orders/fulfillment-create-*.json`); they have no codes.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::shopify::fulfilment;
use crate::shopify::resolve::Context;
use crate::shopify::store::{Store, number_of, stamp};

fn refused(field: &Value, message: &str) -> Value {
    json!({ "fulfillment": null, "userErrors": [{ "field": field, "message": message }] })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The order that a fulfilment order belongs to, with it.
fn find<'s>(store: &'s Store, context: &Context<'_>, id: &str) -> Option<(&'s Value, &'s Value)> {
    store
        .orders_at(context.now)
        .filter(|order| context.visible(order))
        .find_map(|order| {
            let one = list(&order["fulfillmentOrders"]).find(|one| one["id"] == id)?;
            Some((order, one))
        })
}

pub(super) fn create(store: &mut Store, context: &Context<'_>, arguments: &Value) -> Value {
    let input = &arguments["fulfillment"];
    let (order_id, location, what) = match wanted(store, context, input) {
        Ok(wanted) => wanted,
        Err(refused) => return refused,
    };
    let id = store.fresh_number();
    let Some(order) = store.order(&order_id, context.now) else {
        return refused(&json!(["fulfillment"]), "Fulfillment order does not exist.");
    };
    let fulfilment = made(order, id, &location, &what, input, &stamp(context.now));
    store.change_order_life(&order_id, context.now, |order, to_come| {
        fulfilment::send(order, &fulfilment, &what, to_come);
    });
    let mut shown = fulfilment;
    shown["order"] = json!({ "id": order_id });
    json!({ "fulfillment": shown, "userErrors": [] })
}

/// People at the shop fulfil lines of an order, by their places with units; all that waits when none are named.
pub(in crate::shopify) fn by_hand(
    store: &mut Store,
    now: DateTime<Utc>,
    order_id: &str,
    lines: &[(usize, u32)],
    tracking: &[String],
) -> Result<String, String> {
    let id = store.fresh_number();
    let gone = || format!("no order {order_id}");
    let order = store.order(order_id, now).ok_or_else(gone)?;
    let mut what = Vec::new();
    for (place, line) in list(&order["lineItems"]).enumerate() {
        let waiting = line["unfulfilledQuantity"].as_i64().unwrap_or(0);
        let named = lines.iter().find(|(known, _)| *known == place);
        let units = match named {
            Some((_, units)) => i64::from(*units),
            None if lines.is_empty() => waiting,
            None => 0,
        };
        if units > waiting {
            return Err(format!("line {place} has only {waiting} left to send"));
        }
        if units > 0 {
            let line = line["id"].as_str().unwrap_or_default();
            what.push((line.to_owned(), units));
        }
    }
    let Some((first, _)) = what.first() else {
        return Err("nothing is left to send".to_owned());
    };
    let place = list(&order["fulfillmentOrders"])
        .find(|one| list(&one["lineItems"]).any(|row| row["lineItem"]["id"] == first.as_str()))
        .map(|one| one["assignedLocation"]["location"].clone())
        .unwrap_or_default();
    let place = place["id"]
        .as_str()
        .and_then(|id| store.record(id, now))
        .cloned()
        .unwrap_or(place);
    let input = json!({ "trackingInfo": { "numbers": tracking } });
    let fulfilment = made(order, id, &place, &what, &input, &stamp(now));
    let gid = fulfilment["id"].as_str().unwrap_or_default().to_owned();
    store.change_order_life(order_id, now, |order, to_come| {
        fulfilment::send(order, &fulfilment, &what, to_come);
    });
    Ok(gid)
}

/// Order, location, and units by line; or the payload that refuses.
type Wanted = (String, Value, Vec<(String, i64)>);

fn wanted(store: &Store, context: &Context<'_>, input: &Value) -> Result<Wanted, Value> {
    let groups: Vec<&Value> = list(&input["lineItemsByFulfillmentOrder"]).collect();
    let general = json!(["fulfillment"]);
    // Quantities come first, whatever else is wrong (recorded).
    for (place, group) in groups.iter().enumerate() {
        for (inner, line) in list(&group["fulfillmentOrderLineItems"]).enumerate() {
            if line["quantity"].as_i64().is_none_or(|units| units <= 0) {
                let field = json!([
                    "fulfillment",
                    "lineItemsByFulfillmentOrder",
                    place.to_string(),
                    "fulfillmentOrderLineItems",
                    inner.to_string(),
                    "quantity"
                ]);
                return Err(refused(&field, "Quantity must be greater than 0"));
            }
        }
    }
    let mut found = Vec::new();
    for group in &groups {
        let id = group["fulfillmentOrderId"].as_str().unwrap_or_default();
        let Some((order, one)) = find(store, context, id) else {
            return Err(refused(&general, "Fulfillment order does not exist."));
        };
        found.push((*group, order, one));
    }
    let Some((_, order, first)) = found.first().copied() else {
        return Err(refused(&general, "Fulfillment order does not exist."));
    };
    let numbers = |mut ids: Vec<u64>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let orders = numbers(
        found
            .iter()
            .filter_map(|(_, order, _)| order["id"].as_str().map(number_of))
            .collect(),
    );
    if orders.len() > 1 {
        let message = format!(
            "All fulfillment orders must belong to the same order. Multiple orders with ids {orders:?} were found."
        );
        return Err(refused(&general, &message));
    }
    let location = |one: &Value| {
        one["assignedLocation"]["location"]["id"]
            .as_str()
            .map(number_of)
    };
    let places = numbers(
        found
            .iter()
            .filter_map(|(_, _, one)| location(one))
            .collect(),
    );
    if places.len() > 1 {
        let message = format!(
            "All fulfillment orders must be assigned to a single location. Multiple locations with ids {places:?} were found."
        );
        return Err(refused(&general, &message));
    }
    for (_, _, one) in &found {
        let status = one["status"].as_str().unwrap_or_default();
        if !matches!(status, "OPEN" | "IN_PROGRESS") {
            let message = format!(
                "Fulfillment order {} has an unfulfillable status= {}.",
                one["id"].as_str().map_or(0, number_of),
                status.to_lowercase()
            );
            return Err(refused(&general, &message));
        }
    }
    let mut what: Vec<(String, i64)> = Vec::new();
    for (group, _, one) in &found {
        let all = list(&group["fulfillmentOrderLineItems"]).next().is_none();
        let asked: Vec<(&Value, i64)> = if all {
            list(&one["lineItems"])
                .map(|line| (line, line["remainingQuantity"].as_i64().unwrap_or(0)))
                .filter(|(_, units)| *units > 0)
                .collect()
        } else {
            let mut asked = Vec::new();
            for line in list(&group["fulfillmentOrderLineItems"]) {
                let Some(known) = list(&one["lineItems"]).find(|known| known["id"] == line["id"])
                else {
                    return Err(refused(
                        &general,
                        "Fulfillment order line item does not exist.",
                    ));
                };
                let units = line["quantity"].as_i64().unwrap_or(0);
                if units > known["remainingQuantity"].as_i64().unwrap_or(0) {
                    return Err(refused(
                        &general,
                        "Invalid fulfillment order line item quantity requested.",
                    ));
                }
                asked.push((known, units));
            }
            asked
        };
        for (line, units) in asked {
            let id = line["lineItem"]["id"].as_str().unwrap_or_default();
            match what.iter_mut().find(|(known, _)| known == id) {
                Some((_, sum)) => *sum += units,
                None => what.push((id.to_owned(), units)),
            }
        }
    }
    let place = first["assignedLocation"]["location"]["id"]
        .as_str()
        .and_then(|id| store.record(id, context.now))
        .cloned()
        .unwrap_or_else(|| first["assignedLocation"]["location"].clone());
    let order_id = order["id"].as_str().unwrap_or_default().to_owned();
    Ok((order_id, place, what))
}

fn made(
    order: &Value,
    id: u64,
    location: &Value,
    what: &[(String, i64)],
    input: &Value,
    now: &str,
) -> Value {
    let parts = what.iter().zip(1_u64..).map(|((line_id, units), place)| {
        let line = list(&order["lineItems"]).find(|line| line["id"] == line_id.as_str());
        let quantity = line.and_then(|line| line["quantity"].as_i64()).unwrap_or(1).max(1);
        let share = |key: &str| line.map_or(Value::Null, |line| share(&line[key], *units, quantity));
        json!({
            "id": format!("gid://shopify/FulfillmentLineItem/{}", id * 10 + place), "quantity": units, "lineItem": { "id": line_id },
            "originalTotalSet": share("originalTotalSet"), "discountedTotalSet": share("discountedTotalSet"),
        })
    });
    let number = list(&order["fulfillments"]).count() + 1;
    json!({
        "__typename": "Fulfillment", "id": format!("gid://shopify/Fulfillment/{id}"), "legacyResourceId": id.to_string(),
        "name": format!("{}-F{number}", order["name"].as_str().unwrap_or_default()), "status": "SUCCESS", "displayStatus": "FULFILLED", "createdAt": now,
        "updatedAt": now, "deliveredAt": null, "estimatedDeliveryAt": null, "inTransitAt": null, "requiresShipping": true,
        "totalQuantity": what.iter().map(|(_, units)| units).sum::<i64>(), "location": location, "trackingInfo": tracking(&input["trackingInfo"]),
        "originAddress": null, "service": null, "events": [], "fulfillmentLineItems": parts.collect::<Vec<_>>(),
    })
}

/// So many of so many units of an amount, to the cent.
fn share(bag: &Value, units: i64, of: i64) -> Value {
    let mut bag = bag.clone();
    for side in ["shopMoney", "presentmentMoney"] {
        let amount: rust_decimal::Decimal = bag[side]["amount"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let part = amount * rust_decimal::Decimal::from(units) / rust_decimal::Decimal::from(of);
        if bag[side].is_object() {
            bag[side]["amount"] = json!(part.round_dp(2).to_string());
        }
    }
    bag
}

/// One parcel for each number; the company is the same for all (recorded).
fn tracking(input: &Value) -> Value {
    let all = |many: &str, one: &str| -> Vec<Value> {
        match input[many].as_array() {
            Some(list) if !list.is_empty() => list.clone(),
            _ if input[one].is_string() => vec![input[one].clone()],
            _ => Vec::new(),
        }
    };
    let (numbers, urls) = (all("numbers", "number"), all("urls", "url"));
    let parcels = (0..numbers.len().max(urls.len())).map(|place| {
        json!({
            "number": numbers.get(place), "url": urls.get(place), "company": input["company"],
        })
    });
    Value::Array(parcels.collect())
}

pub(super) fn update_tracking(
    store: &mut Store,
    context: &Context<'_>,
    arguments: &Value,
) -> Value {
    let id = arguments["fulfillmentId"].as_str().unwrap_or_default();
    let found = store
        .orders_at(context.now)
        .filter(|order| context.visible(order))
        .find(|order| list(&order["fulfillments"]).any(|one| one["id"] == id))
        .and_then(|order| order["id"].as_str())
        .map(str::to_owned);
    let Some(order_id) = found else {
        return refused(&json!(["fulfillmentId"]), "Fulfillment does not exist.");
    };
    let parcels = tracking(&arguments["trackingInfoInput"]);
    let now = stamp(context.now);
    store.change_order(&order_id, context.now, |order| {
        for one in order["fulfillments"].as_array_mut().into_iter().flatten() {
            if one["id"] == id {
                one["trackingInfo"] = parcels.clone();
                one["updatedAt"] = json!(now);
            }
        }
    });
    let mut shown = store
        .order(&order_id, context.now)
        .and_then(|order| list(&order["fulfillments"]).find(|one| one["id"] == id))
        .cloned()
        .unwrap_or(Value::Null);
    shown["order"] = json!({ "id": order_id });
    json!({ "fulfillment": shown, "userErrors": [] })
}
