//! Discounts, transactions, refunds and fulfilments as GraphQL would answer them.

use serde_json::{Value, json};

use super::amounts::Bag;
use super::catalogue::merge;
use super::model::{Application, Model, Parcel, Refund, Tx};
use crate::shop_data::stamp;

/// The shop's only place of business.
pub(super) fn location() -> Value {
    json!({
        "id": "gid://shopify/Location/61000000001", "legacyResourceId": "61000000001", "name": "Storgata 1", "isActive": true, "isPrimary": true,
        "fulfillsOnlineOrders": true, "shipsInventory": true, "hasActiveInventory": true, "hasUnfulfilledOrders": true, "isFulfillmentService": false,
        "activatable": false, "deactivatable": false, "deletable": false, "deactivatedAt": null, "addressVerified": true,
        "createdAt": "2024-01-02T08:00:00Z", "updatedAt": "2024-01-02T08:00:00Z", "fulfillmentService": null, "metafields": [], "suggestedAddresses": [],
        "address": { "address1": "Storgata 1", "address2": null, "zip": "0155", "city": "Oslo", "country": "Norway", "countryCode": "NO", "province": null,
            "provinceCode": null, "phone": null, "latitude": null, "longitude": null, "formatted": ["Storgata 1", "0155 Oslo", "Norway"] },
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

pub(super) fn transaction(order: &Model, tx: &Tx) -> Value {
    let card = (tx.gateway == "shopify_payments").then(|| {
        json!({ "__typename": "CardPaymentDetails", "paymentMethodName": "card", "company": "Visa", "number": "•••• •••• •••• 4242", "bin": "424242", "name": null,
            "expirationMonth": 1, "expirationYear": 2030, "avsResultCode": null, "cvvResultCode": null, "wallet": null })
    });
    let manual = tx.gateway == "manual";
    let parent = tx
        .parent
        .and_then(|id| order.txs.iter().find(|one| one.id == id))
        .map(|one| json!({ "id": gid(one.id), "kind": one.kind, "status": one.status }));
    let capturable = tx.kind == "AUTHORIZATION" && order.totals().capturable.pres > 0;
    json!({
        "id": gid(tx.id), "kind": tx.kind, "status": tx.status, "gateway": tx.gateway, "formattedGateway": formatted(tx.gateway), "test": order.test,
        "createdAt": stamp(tx.at), "processedAt": stamp(tx.at), "amountSet": order.fx.json(tx.amount), "amountRoundingSet": null, "parentTransaction": parent,
        "errorCode": null, "authorizationCode": null, "authorizationExpiresAt": null, "accountNumber": null, "paymentId": format!("c{}.1", tx.id),
        "manualPaymentGateway": manual, "manuallyCapturable": capturable, "multiCapturable": false, "receiptJson": tx.receipt.as_deref().unwrap_or("{}"),
        "fees": [], "paymentDetails": card, "settlementCurrency": null, "settlementCurrencyRate": null, "location": null, "user": null, "device": null,
        "totalUnsettledSet": order.fx.json(if capturable { tx.amount } else { Bag::default() }), "currencyExchangeAdjustment": null,
    })
}

fn gid(id: i64) -> String {
    format!("gid://shopify/OrderTransaction/{id}")
}

fn formatted(gateway: &str) -> &str {
    match gateway {
        "shopify_payments" => "Shopify Payments",
        "gift_card" => "Gift Card",
        "cash" => "Cash",
        "manual" => "Manual",
        "paypal" => "PayPal",
        other => other,
    }
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
            "location": if part.restock == "RETURN" { location() } else { Value::Null }, "priceSet": set(unit), "subtotalSet": set(part.subtotal), "totalTaxSet": set(part.tax),
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
    json!({
        "id": format!("gid://shopify/Refund/{}", refund.id), "legacyResourceId": refund.id.to_string(), "createdAt": stamp(refund.at), "processedAt": stamp(refund.at), "updatedAt": stamp(refund.at),
        "note": refund.note, "return": null, "staffMember": null, "duties": [], "totalRefundedSet": set(total),
        "refundLineItems": lines.collect::<Vec<_>>(), "refundShippingLines": shipping.collect::<Vec<_>>(), "orderAdjustments": adjustments.collect::<Vec<_>>(),
        "transactions": money.iter().map(|tx| transaction(order, tx)).collect::<Vec<_>>(),
    })
}

pub(super) fn parcel(order: &Model, n: usize, parcel: &Parcel) -> Value {
    let at = stamp(parcel.at);
    let lines = parcel.units.iter().map(|(place, units)| {
        let line = &order.lines[*place];
        json!({
            "id": format!("gid://shopify/FulfillmentLineItem/{}", line.id + parcel.id % 97 + 1), "quantity": units,
            "originalTotalSet": order.fx.json(order.fx.bag(line.unit * units)), "discountedTotalSet": order.fx.json(order.line_after(line).share(0, *units, line.quantity)),
            "lineItem": { "id": format!("gid://shopify/LineItem/{}", line.id), "title": line.title, "sku": line.sku, "quantity": line.quantity },
        })
    });
    let tracking = if order.pos {
        json!([])
    } else {
        json!([{ "company": "Posten Norge", "number": format!("70{:012}", parcel.id % 1_000_000_000_000), "url": null }])
    };
    json!({
        "id": format!("gid://shopify/Fulfillment/{}", parcel.id), "legacyResourceId": parcel.id.to_string(), "name": format!("#{}-F{}", order.number, n + 1),
        "status": "SUCCESS", "displayStatus": "FULFILLED", "createdAt": at, "updatedAt": at, "deliveredAt": null, "estimatedDeliveryAt": null, "inTransitAt": null,
        "requiresShipping": !order.pos, "totalQuantity": parcel.units.iter().map(|(_, units)| units).sum::<i64>(), "location": location(), "trackingInfo": tracking,
        "originAddress": null, "service": null, "events": [], "fulfillmentLineItems": lines.collect::<Vec<_>>(),
    })
}
