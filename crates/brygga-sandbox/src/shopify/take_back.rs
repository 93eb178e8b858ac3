//! One thing of an order comes back: for its money, or for another thing. The sums move as Shopify's do (`facts/shopify` 7, R8).
//!
//! Only orders on which this is plain: paid by card, sent, Norwegian VAT in the price, one unit on the line, nothing given back before.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::goods::money;
use super::mutations::fulfilments;
use super::sale::{self, set};
use super::store::{Store, stamp};

/// A line that can come back.
struct Back {
    place: usize,
    price: Decimal,
    tax: Decimal,
}

/// Somebody gets the money for one thing of the order, or of the newest one of which something can come back. Gives the order's gid.
pub(super) fn refund(
    store: &mut Store,
    now: DateTime<Utc>,
    order: Option<&str>,
) -> Result<String, String> {
    let (id, back) = chosen(store, now, order)?;
    let at = stamp(now);
    let (number, part) = (store.fresh_number(), store.fresh_number());
    let paid_back = sale::transaction(store.fresh_number(), "REFUND", back.price, &at);
    let place = store.locations.first().map(|one| (**one).clone());
    store.change_order(&id, now, |order| {
        let paid_back = of_first(order, &paid_back);
        let mut entry = entry(order, number, part, &back, place.as_ref(), &at);
        entry["totalRefundedSet"] = set(back.price);
        entry["transactions"] = json!([paid_back]);
        push(order, "refunds", entry);
        gone(order, &back);
        pay(order, paid_back, -back.price);
    });
    Ok(id)
}

/// One thing of the order comes back and a thing with this SKU goes out for it; only the difference is paid.
pub(super) fn exchange(
    store: &mut Store,
    now: DateTime<Utc>,
    order: Option<&str>,
    sku: &str,
) -> Result<String, String> {
    let (id, back) = chosen(store, now, order)?;
    let new = sale::new_line(store, sku, 1, now).ok_or_else(|| format!("no SKU {sku}"))?;
    let at = stamp(now);
    let [number, part, of_return, row, exchanged, money] = [(); 6].map(|()| store.fresh_number());
    let place = store.locations.first().map(|one| (**one).clone());
    let difference = new.total - back.price;
    let kind = if difference > Decimal::ZERO {
        "SALE"
    } else {
        "REFUND"
    };
    let moved = sale::transaction(money, kind, difference.abs(), &at);
    store.change_order(&id, now, |order| {
        let gid = format!("gid://shopify/Return/{of_return}");
        let mut entry = entry(order, number, part, &back, place.as_ref(), &at);
        entry["return"] = json!({ "id": gid });
        let sent = sent_line(order, back.place);
        let new_line = json!({ "id": new.json["id"], "title": new.title, "sku": sku, "quantity": 1 });
        push(
            order,
            "returns",
            json!({
                "__typename": "Return", "id": gid, "name": format!("{}-R1", order["name"].as_str().unwrap_or_default()), "status": "CLOSED",
                "createdAt": at, "closedAt": at, "totalQuantity": 1,
                "returnLineItems": [{ "__typename": "ReturnLineItem", "id": format!("gid://shopify/ReturnLineItem/{row}"), "quantity": 1, "processableQuantity": 0,
                    "processedQuantity": 1, "unprocessedQuantity": 0, "refundableQuantity": 0, "refundedQuantity": 1, "customerNote": null, "returnReasonNote": "",
                    "fulfillmentLineItem": sent }],
                "exchangeLineItems": [{ "id": format!("gid://shopify/ExchangeLineItem/{exchanged}"), "quantity": 1, "processableQuantity": 0, "processedQuantity": 1,
                    "unprocessedQuantity": 0, "variantId": null, "lineItem": new_line, "lineItems": [new_line] }],
                "refunds": [{ "id": format!("gid://shopify/Refund/{number}"), "legacyResourceId": number.to_string() }],
            }),
        );
        gone(order, &back);
        come(order, &new);
        if !difference.is_zero() {
            let moved = if difference < Decimal::ZERO {
                let moved = of_first(order, &moved);
                entry["totalRefundedSet"] = set(-difference);
                entry["transactions"] = json!([moved]);
                moved
            } else {
                moved.clone()
            };
            pay(order, moved, difference);
        }
        push(order, "refunds", entry);
        order["displayFulfillmentStatus"] = json!("PARTIALLY_FULFILLED");
    });
    fulfilments::by_hand(store, now, &id, &[], &[])?;
    Ok(id)
}

/// The order that was named, or the newest one of which something can come back.
fn chosen(
    store: &Store,
    now: DateTime<Utc>,
    order: Option<&str>,
) -> Result<(String, Back), String> {
    let found = store
        .orders
        .iter()
        .filter(|life| {
            // One of which more is to come has a story of its own.
            life.versions.last().is_some_and(|(since, _)| *since <= now)
        })
        .filter_map(|life| life.at(now))
        .filter(|candidate| order.is_none_or(|id| candidate["id"] == id))
        .filter_map(|candidate| Some((candidate, plain(candidate)?)))
        .max_by_key(|(candidate, _)| candidate["createdAt"].as_str().map(str::to_owned));
    let (candidate, back) = found.ok_or("there is no order of which something can come back")?;
    let id = candidate["id"].as_str().unwrap_or_default().to_owned();
    Ok((id, back))
}

/// The line that can come back, where the order is plain.
fn plain(order: &Value) -> Option<Back> {
    let is = |key: &str, value: Value| order[key] == value;
    let none = |key: &str| order[key].as_array().is_none_or(Vec::is_empty);
    let paid = order["transactions"].as_array()?;
    let [only] = paid.as_slice() else {
        return None;
    };
    let is_plain = is("test", json!(false))
        && order["cancelledAt"].is_null()
        && is("currencyCode", json!("NOK"))
        && is("presentmentCurrencyCode", json!("NOK"))
        && is("taxesIncluded", json!(true))
        && is("displayFinancialStatus", json!("PAID"))
        && is("displayFulfillmentStatus", json!("FULFILLED"))
        && [
            "refunds",
            "returns",
            "discountApplications",
            "additionalFees",
        ]
        .into_iter()
        .all(none)
        && only["kind"] == "SALE"
        && only["status"] == "SUCCESS"
        && only["gateway"] == "shopify_payments"
        && only["amountSet"]["shopMoney"]["amount"]
            == order["totalPriceSet"]["shopMoney"]["amount"];
    if !is_plain {
        return None;
    }
    let lines = order["lineItems"].as_array()?;
    lines.iter().enumerate().find_map(|(place, line)| {
        let fits = line["quantity"] == 1
            && line["currentQuantity"] == 1
            && line["requiresShipping"] == true
            && line["isGiftCard"] == false
            && line["discountAllocations"]
                .as_array()
                .is_none_or(Vec::is_empty)
            && line["duties"].as_array().is_none_or(Vec::is_empty)
            && line["taxLines"].as_array().is_some_and(|taxes| {
                taxes.len() == 1 && taxes[0]["ratePercentage"].as_f64() == Some(25.0)
            });
        let back = Back {
            place,
            price: amount(&line["discountedTotalSet"])?,
            tax: amount(&line["taxLines"][0]["priceSet"])?,
        };
        (fits && back.price > Decimal::ZERO).then_some(back)
    })
}

fn amount(set: &Value) -> Option<Decimal> {
    set["shopMoney"]["amount"].as_str()?.parse().ok()
}

/// A refund of the line, without money yet.
fn entry(
    order: &Value,
    number: u64,
    part: u64,
    back: &Back,
    place: Option<&Value>,
    at: &str,
) -> Value {
    let line = &order["lineItems"][back.place];
    json!({
        "id": format!("gid://shopify/Refund/{number}"), "legacyResourceId": number.to_string(), "createdAt": at, "processedAt": at, "updatedAt": at,
        "note": null, "return": null, "staffMember": null, "duties": [], "totalRefundedSet": set(Decimal::ZERO),
        "refundLineItems": [{
            "id": format!("gid://shopify/RefundLineItem/{part}"), "quantity": 1, "restockType": "RETURN", "restocked": true, "location": place,
            "priceSet": set(back.price), "subtotalSet": set(back.price), "totalTaxSet": set(back.tax),
            "lineItem": { "id": line["id"], "title": line["title"], "sku": line["sku"], "quantity": 1 },
        }],
        "refundShippingLines": [], "orderAdjustments": [], "transactions": [],
    })
}

/// The unit is off the order, in its current sums.
fn gone(order: &mut Value, back: &Back) {
    for key in ["currentQuantity", "refundableQuantity"] {
        order["lineItems"][back.place][key] = json!(0);
    }
    for key in ["currentTotalPriceSet", "currentSubtotalPriceSet"] {
        shift(&mut order[key], -back.price);
    }
    shift(&mut order["currentTotalTaxSet"], -back.tax);
    tax(&mut order["currentTaxLines"], -back.tax);
    count(order, "currentSubtotalLineItemsQuantity", -1);
    order["returnStatus"] = json!("RETURNED");
}

/// A new line is on the order, in all its sums.
fn come(order: &mut Value, new: &sale::NewLine) {
    push(order, "lineItems", new.json.clone());
    for key in [
        "totalPriceSet",
        "subtotalPriceSet",
        "currentTotalPriceSet",
        "currentSubtotalPriceSet",
    ] {
        shift(&mut order[key], new.total);
    }
    for key in ["totalTaxSet", "currentTotalTaxSet"] {
        shift(&mut order[key], new.tax);
    }
    for key in ["taxLines", "currentTaxLines"] {
        tax(&mut order[key], new.tax);
    }
    for key in [
        "subtotalLineItemsQuantity",
        "currentSubtotalLineItemsQuantity",
    ] {
        count(order, key, 1);
    }
}

/// Money moves: in where `amount` is positive, back where it is negative.
fn pay(order: &mut Value, transaction: Value, amount: Decimal) {
    push(order, "transactions", transaction);
    let count = order["transactions"].as_array().map_or(0, Vec::len);
    order["transactionsCount"] = json!({ "count": count, "precision": "EXACT" });
    shift(&mut order["netPaymentSet"], amount);
    if amount > Decimal::ZERO {
        shift(&mut order["totalReceivedSet"], amount);
        return;
    }
    shift(&mut order["totalRefundedSet"], -amount);
    let all = self::amount(&order["netPaymentSet"]).is_none_or(|left| left <= Decimal::ZERO);
    order["displayFinancialStatus"] = json!(if all {
        "REFUNDED"
    } else {
        "PARTIALLY_REFUNDED"
    });
}

/// Money that goes back names the payment that it goes back from.
fn of_first(order: &Value, transaction: &Value) -> Value {
    let first = &order["transactions"][0];
    let mut transaction = transaction.clone();
    transaction["parentTransaction"] =
        json!({ "id": first["id"], "kind": first["kind"], "status": first["status"] });
    transaction
}

/// The line as it was sent.
fn sent_line(order: &Value, place: usize) -> Value {
    let line = &order["lineItems"][place]["id"];
    let mut rows = order["fulfillments"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| one["fulfillmentLineItems"].as_array().into_iter().flatten());
    rows.rfind(|row| row["lineItem"]["id"] == *line)
        .cloned()
        .unwrap_or_default()
}

fn push(order: &mut Value, key: &str, value: Value) {
    if let Some(list) = order[key].as_array_mut() {
        list.push(value);
    }
}

fn count(order: &mut Value, key: &str, by: i64) {
    order[key] = json!(order[key].as_i64().unwrap_or(0) + by);
}

/// Both amounts of a set move alike: the customer's currency is the shop's.
fn shift(set: &mut Value, by: Decimal) {
    for side in ["shopMoney", "presentmentMoney"] {
        let before = set[side]["amount"]
            .as_str()
            .and_then(|text| text.parse::<Decimal>().ok());
        if let Some(before) = before {
            set[side]["amount"] = json!(money(before + by));
        }
    }
}

/// The standard rate's row of the order's taxes.
fn tax(rows: &mut Value, by: Decimal) {
    let Some(rows) = rows.as_array_mut() else {
        return;
    };
    match rows
        .iter_mut()
        .find(|row| row["ratePercentage"].as_f64() == Some(25.0))
    {
        Some(row) => shift(&mut row["priceSet"], by),
        None => rows.extend(sale::vat(by).as_array().cloned().unwrap_or_default()),
    }
}
