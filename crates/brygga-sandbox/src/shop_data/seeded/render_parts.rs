//! Discounts, transactions, refunds and fulfilments as GraphQL would answer them.

use serde_json::{Value, json};

use super::amounts::Bag;
use super::catalogue::merge;
use super::model::{Application, Model, Parcel, Refund, Return, Tx};
use super::render_money::transaction;
use crate::shop_data::stamp;

/// The shop's places: the shop itself, which sells at the counter too, and the warehouse.
pub(super) fn location(place: usize) -> Value {
    let (id, name, street, zip) = match place {
        0 => ("61000000001", "Storgata 1", "Storgata 1", "0155"),
        _ => (
            "61000000002",
            "Lager Alnabru",
            "Alfaset 1. industrivei 4",
            "0668",
        ),
    };
    json!({
        "id": format!("gid://shopify/Location/{id}"), "legacyResourceId": id, "name": name, "isActive": true, "isPrimary": place == 0,
        "fulfillsOnlineOrders": true, "shipsInventory": true, "hasActiveInventory": true, "hasUnfulfilledOrders": true, "isFulfillmentService": false,
        "activatable": false, "deactivatable": false, "deletable": false, "deactivatedAt": null, "addressVerified": true,
        "createdAt": "2024-01-02T08:00:00Z", "updatedAt": "2024-01-02T08:00:00Z", "fulfillmentService": null, "metafields": [], "suggestedAddresses": [],
        "address": { "address1": street, "address2": null, "zip": zip, "city": "Oslo", "country": "Norway", "countryCode": "NO", "province": null,
            "provinceCode": null, "phone": null, "latitude": null, "longitude": null, "formatted": [street, format!("{zip} Oslo"), "Norway"] },
    })
}

pub(super) fn application(order: &Model, index: usize, one: &Application) -> Value {
    let mut application = json!({
        "__typename": one.typename, "index": index, "allocationMethod": one.method, "targetSelection": one.selection,
        "targetType": if one.shipping { "SHIPPING_LINE" } else { "LINE_ITEM" }, "value": order.application_value(one),
    });
    let text = match one.typename {
        "DiscountCodeApplication" => json!({ "code": one.text }),
        "ManualDiscountApplication" => json!({ "title": one.text, "description": one.text }),
        _ => json!({ "title": one.text }),
    };
    merge(&mut application, text);
    application
}

pub(super) fn refund(order: &Model, refund: &Refund) -> Value {
    let set = |bag: Bag| order.fx.json(bag);
    let money: Vec<&Tx> = refund
        .txs
        .iter()
        .filter_map(|id| order.txs.iter().find(|tx| tx.id == *id))
        .collect();
    let total: Bag = money
        .iter()
        .filter(|tx| tx.status == "SUCCESS")
        .map(|tx| tx.amount)
        .sum();
    let lines = refund.lines.iter().map(|part| {
        let line = &order.lines[part.line];
        let unit = Bag { shop: super::amounts::rounded(part.subtotal.shop, part.quantity), pres: super::amounts::rounded(part.subtotal.pres, part.quantity) };
        json!({
            "id": format!("gid://shopify/RefundLineItem/{}", part.id), "quantity": part.quantity, "restockType": part.restock, "restocked": part.restock != "NO_RESTOCK",
            "location": if part.restock == "RETURN" { location(part.place) } else { Value::Null }, "priceSet": set(unit), "subtotalSet": set(part.subtotal), "totalTaxSet": set(part.tax),
            "lineItem": { "id": format!("gid://shopify/LineItem/{}", line.id), "title": line.title, "sku": line.sku, "quantity": line.quantity },
        })
    });
    let shipping = refund.shipping.iter().enumerate().map(|(n, (at, subtotal, tax))| {
        let line = &order.shipping[*at];
        json!({
            "id": format!("gid://shopify/RefundShippingLine/{}", refund.id * 10 + i64::try_from(n).unwrap_or(0)), "subtotalAmountSet": set(*subtotal), "taxAmountSet": set(*tax),
            "shippingLine": { "id": format!("gid://shopify/ShippingLine/{}", line.id), "title": line.title },
        })
    });
    let adjustments = refund.adjustments.iter().enumerate().map(|(n, (amount, reason))| {
        json!({ "id": format!("gid://shopify/OrderAdjustment/{}", refund.id * 10 + i64::try_from(n).unwrap_or(0)), "amountSet": set(*amount), "taxAmountSet": set(Bag::default()), "reason": reason })
    });
    let duties = refund.duties.iter().map(|(line, n, amount)| {
        let duty = &order.lines[*line].duties[*n];
        json!({ "amountSet": set(*amount), "originalDuty": { "id": format!("gid://shopify/Duty/{}", duty.id), "price": set(order.fx.bag(duty.price)), "taxLines": [],
            "harmonizedSystemCode": "611020", "countryCodeOfOrigin": "NO" } })
    });
    json!({
        "id": format!("gid://shopify/Refund/{}", refund.id), "legacyResourceId": refund.id.to_string(), "createdAt": stamp(refund.at), "processedAt": stamp(refund.at), "updatedAt": stamp(refund.updated),
        "note": refund.note, "return": refund.of_return.map(|id| json!({ "id": return_gid(id) })), "staffMember": null, "duties": duties.collect::<Vec<_>>(), "totalRefundedSet": set(total),
        "refundLineItems": lines.collect::<Vec<_>>(), "refundShippingLines": shipping.collect::<Vec<_>>(), "orderAdjustments": adjustments.collect::<Vec<_>>(),
        "transactions": money.iter().map(|tx| transaction(order, tx)).collect::<Vec<_>>(),
    })
}

pub(super) fn parcel(order: &Model, n: usize, parcel: &Parcel) -> Value {
    let at = stamp(parcel.at);
    let lines = (0..parcel.units.len()).map(|place| parcel_line(order, parcel, place));
    let by_itself = parcel.place.is_none();
    let tracking = if order.pos || by_itself {
        json!([])
    } else {
        json!([{ "company": "Posten Norge", "number": format!("70{:012}", parcel.id % 1_000_000_000_000), "url": null }])
    };
    let (status, shown) = match parcel.cancelled {
        Some(_) => ("CANCELLED", "CANCELED"),
        None => ("SUCCESS", "FULFILLED"),
    };
    // Shopify's own service hands out gift cards; everything else is packed by the merchant.
    let cards = by_itself
        && parcel
            .units
            .iter()
            .all(|(place, _)| order.lines[*place].gift_card);
    json!({
        "id": format!("gid://shopify/Fulfillment/{}", parcel.id), "legacyResourceId": parcel.id.to_string(), "name": format!("#{}-F{}", order.number, n + 1),
        "status": status, "displayStatus": shown, "createdAt": at, "updatedAt": parcel.cancelled.map_or(at, stamp), "deliveredAt": null, "estimatedDeliveryAt": null,
        "inTransitAt": null, "requiresShipping": !order.pos && !by_itself, "totalQuantity": parcel.units.iter().map(|(_, units)| units).sum::<i64>(),
        "location": parcel.place.map(location), "trackingInfo": tracking, "originAddress": null, "events": [], "fulfillmentLineItems": lines.collect::<Vec<_>>(),
        "service": cards.then(|| json!({ "id": "gid://shopify/FulfillmentService/gift_card", "handle": "gift_card", "serviceName": "Gift Card", "type": "GIFT_CARD" })),
    })
}

fn parcel_line(order: &Model, parcel: &Parcel, n: usize) -> Value {
    let (place, units) = parcel.units[n];
    let line = &order.lines[place];
    json!({
        "id": format!("gid://shopify/FulfillmentLineItem/{}", parcel.id + 1 + i64::try_from(n).unwrap_or(0)), "quantity": units,
        "originalTotalSet": order.fx.json(order.fx.bag(line.unit * units)), "discountedTotalSet": order.fx.json(order.line_after(line).share(0, units, line.quantity)),
        "lineItem": { "id": format!("gid://shopify/LineItem/{}", line.id), "title": line.title, "sku": line.sku, "quantity": line.quantity },
    })
}

fn return_gid(id: i64) -> String {
    format!("gid://shopify/Return/{id}")
}

/// A return, with what comes in exchange: the new lines are the order's (`facts/shopify` R8).
pub(super) fn returned(order: &Model, n: usize, one: &Return) -> Value {
    let done = one.closed.is_some();
    let refunds = order
        .refunds
        .iter()
        .filter(|refund| refund.of_return == Some(one.id));
    let lines = one.units.iter().enumerate().map(|(k, (place, units))| {
        let sent = order.parcels.iter().filter(|parcel| parcel.cancelled.is_none()).find_map(|parcel| {
            let at = parcel.units.iter().position(|(line, _)| line == place)?;
            Some(parcel_line(order, parcel, at))
        });
        let (now, later) = if done { (*units, 0) } else { (0, *units) };
        json!({
            "__typename": "ReturnLineItem", "id": format!("gid://shopify/ReturnLineItem/{}", one.id + 100 + i64::try_from(k).unwrap_or(0)), "quantity": units,
            "processableQuantity": later, "processedQuantity": now, "unprocessedQuantity": later, "refundableQuantity": later, "refundedQuantity": now,
            "customerNote": null, "returnReasonNote": "", "fulfillmentLineItem": sent,
        })
    });
    let new: Vec<Value> = one
        .exchanged
        .iter()
        .map(|place| {
            let line = &order.lines[*place];
            json!({ "id": format!("gid://shopify/LineItem/{}", line.id), "title": line.title, "sku": line.sku, "quantity": line.quantity })
        })
        .collect();
    let (now, later) = if done {
        (one.wanted, 0)
    } else {
        (0, one.wanted)
    };
    json!({
        "__typename": "Return", "id": return_gid(one.id), "name": format!("#{}-R{}", order.number, n + 1), "status": if done { "CLOSED" } else { "OPEN" },
        "createdAt": stamp(one.at), "closedAt": one.closed.map(stamp), "totalQuantity": one.units.iter().map(|(_, units)| units).sum::<i64>(),
        "returnLineItems": lines.collect::<Vec<_>>(),
        "exchangeLineItems": [{ "id": format!("gid://shopify/ExchangeLineItem/{}", one.id + 200), "quantity": one.wanted, "processableQuantity": later, "processedQuantity": now,
            "unprocessedQuantity": later, "variantId": null, "lineItem": new.first(), "lineItems": new }],
        "refunds": refunds.map(|refund| json!({ "id": format!("gid://shopify/Refund/{}", refund.id), "legacyResourceId": refund.id.to_string() })).collect::<Vec<_>>(),
    })
}
