//! Transactions as GraphQL would answer them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::amounts::{Bag, SHOP_CURRENCY, plain, shop_money};
use super::catalogue::merge;
use super::model::{Model, Tx};
use super::render_parts::location;
use super::ways::{Details, MANUAL};
use crate::shop_data::stamp;

fn gid(id: i64) -> String {
    format!("gid://shopify/OrderTransaction/{id}")
}

/// `paymentDetails`.
fn details(tx: &Tx) -> Value {
    let method = tx.way.method;
    match tx.way.details {
        Details::Nothing => Value::Null,
        Details::Card(company, bin, wallet) => {
            json!({ "__typename": "CardPaymentDetails", "paymentMethodName": method, "company": company, "number": format!("•••• •••• •••• {}", &bin[2..]), "bin": bin, "name": null,
                "expirationMonth": 1, "expirationYear": 2030, "avsResultCode": null, "cvvResultCode": null, "wallet": wallet })
        }
        Details::PayPal => {
            json!({ "__typename": "PaypalWalletPaymentDetails", "paymentMethodName": method })
        }
        Details::Local => {
            json!({ "__typename": "LocalPaymentMethodsPaymentDetails", "paymentMethodName": method, "paymentDescriptor": null })
        }
    }
}

/// What Shopify keeps, in the shop's currency (`facts/shopify` 7.11 and 11.3).
fn fees(tx: &Tx) -> Vec<Value> {
    if tx.fee == 0 {
        return Vec::new();
    }
    let (share, flat) = tx.way.fee();
    vec![json!({
        "id": format!("gid://shopify/TransactionFee/{}", tx.id + 3), "type": "processing_fee", "amount": shop_money(tx.fee), "flatFee": shop_money(flat),
        "flatFeeName": null, "rate": plain(share, 4), "rateName": null, "taxAmount": shop_money(0),
    })]
}

pub(super) fn transaction(order: &Model, tx: &Tx) -> Value {
    let parent = tx
        .parent
        .and_then(|id| order.txs.iter().find(|one| one.id == id))
        .map(|one| json!({ "id": gid(one.id), "kind": one.kind, "status": one.status }));
    let capturable = tx.kind == "AUTHORIZATION" && order.totals().capturable.pres > 0;
    let settles =
        tx.way.pays_out() && tx.status == "SUCCESS" && !matches!(tx.kind, "AUTHORIZATION" | "VOID");
    let expires = (tx.kind == "AUTHORIZATION").then(|| stamp(tx.at + TimeDelta::days(7)));
    let rounding = (tx.rounding != 0).then(|| order.fx.json(tx.fx.bag(tx.rounding)));
    let mut node = json!({
        "id": gid(tx.id), "kind": tx.kind, "status": tx.status, "gateway": tx.way.gateway, "formattedGateway": tx.way.formatted, "test": order.test,
        "createdAt": stamp(tx.at), "processedAt": stamp(tx.done), "amountSet": order.fx.json(tx.amount), "amountRoundingSet": rounding, "parentTransaction": parent,
        "errorCode": tx.error, "authorizationCode": null, "authorizationExpiresAt": expires, "accountNumber": null, "paymentId": format!("c{}.1", tx.id),
    });
    let more = json!({
        "manualPaymentGateway": tx.way.gateway == MANUAL.gateway, "manuallyCapturable": capturable, "multiCapturable": capturable,
        "receiptJson": tx.receipt.as_deref().unwrap_or("{}"), "fees": fees(tx), "paymentDetails": details(tx),
        "settlementCurrency": settles.then_some(SHOP_CURRENCY), "settlementCurrencyRate": settles.then(|| tx.fx.to_shop().normalize().to_string()),
        "location": if order.pos { location(0) } else { Value::Null }, "user": null, "device": null,
        "totalUnsettledSet": order.fx.json(if capturable { order.totals().capturable } else { Bag::default() }), "currencyExchangeAdjustment": null,
    });
    merge(&mut node, more);
    node
}
