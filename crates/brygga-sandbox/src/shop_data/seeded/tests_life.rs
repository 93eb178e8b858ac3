//! Every month of 500 orders tells of every kind of event, and every order keeps Shopify's arithmetic at every moment.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::tests::{amount, list, october};
use super::tests_money::{check_owed, check_payouts};
use crate::shop_data::{Life, ShopData};

const PRES: &str = "presentmentMoney";

fn sum(parts: &[Value], field: &str) -> Decimal {
    parts.iter().map(|part| amount(&part[field], PRES)).sum()
}

fn units(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn succeeded<'a>(order: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    list(order, "transactions")
        .iter()
        .filter(move |tx| tx["kind"] == kind && tx["status"] == "SUCCESS")
}

/// Units never leave twice, and never without having been ordered.
fn check_units(order: &Value) {
    for line in list(order, "lineItems") {
        let of_line = |part: &&Value| part["lineItem"]["id"] == line["id"];
        let refunded = |cancel: bool| -> i64 {
            list(order, "refunds")
                .iter()
                .flat_map(|refund| list(refund, "refundLineItems"))
                .filter(of_line)
                .filter(|part| (part["restockType"] == "CANCEL") == cancel)
                .map(|part| units(&part["quantity"]))
                .sum()
        };
        let sent: i64 = list(order, "fulfillments")
            .iter()
            .filter(|one| one["status"] == "SUCCESS")
            .flat_map(|one| list(one, "fulfillmentLineItems"))
            .filter(of_line)
            .map(|part| units(&part["quantity"]))
            .sum();
        let (ordered, name) = (units(&line["quantity"]), &order["name"]);
        let tip = line["product"].is_null() && line["title"] == "Tip";
        assert!(
            sent + refunded(true) <= ordered,
            "{name} sends more than is left"
        );
        assert!(
            sent >= refunded(false),
            "{name} takes back what was never sent"
        );
        assert_eq!(
            units(&line["currentQuantity"]),
            ordered - refunded(true) - refunded(false),
            "{name}"
        );
        if !tip {
            assert_eq!(
                units(&line["unfulfilledQuantity"]),
                ordered - refunded(true) - sent,
                "{name}"
            );
        }
    }
}

/// What the parts of a refund come to, tax in it.
fn parts(order: &Value, refund: &Value) -> Decimal {
    let lines = list(refund, "refundLineItems");
    let shipping = list(refund, "refundShippingLines");
    let on_top = if order["taxesIncluded"] == true {
        Decimal::ZERO
    } else {
        sum(lines, "totalTaxSet")
    };
    sum(lines, "subtotalSet")
        + on_top
        + sum(shipping, "subtotalAmountSet")
        + sum(shipping, "taxAmountSet")
        + sum(list(refund, "duties"), "amountSet")
}

fn adjustments(refund: &Value) -> Decimal {
    sum(list(refund, "orderAdjustments"), "amountSet")
}

/// The new goods of the exchange that a refund belongs to, tax in it.
fn exchanged(order: &Value, refund: &Value) -> Decimal {
    let new: BTreeSet<&str> = list(order, "returns")
        .iter()
        .filter(|one| !refund["return"].is_null() && one["id"] == refund["return"]["id"])
        .flat_map(|one| list(one, "exchangeLineItems"))
        .flat_map(|one| list(one, "lineItems"))
        .filter_map(|line| line["id"].as_str())
        .collect();
    list(order, "lineItems")
        .iter()
        .filter(|line| new.contains(line["id"].as_str().unwrap()))
        .map(|line| {
            let tax = if order["taxesIncluded"] == true {
                Decimal::ZERO
            } else {
                sum(list(line, "taxLines"), "priceSet")
            };
            amount(&line["originalTotalSet"], PRES) + tax
        })
        .sum()
}

/// The control equation (`facts/shopify` R6), with its known exceptions; then the same for the whole order (R11).
fn check_refunds(order: &Value) {
    let name = &order["name"];
    let mut explained = Decimal::ZERO;
    for refund in list(order, "refunds") {
        let total = amount(&refund["totalRefundedSet"], PRES);
        let moved: Decimal = list(refund, "transactions")
            .iter()
            .filter(|tx| tx["status"] == "SUCCESS")
            .map(|tx| amount(&tx["amountSet"], PRES))
            .sum();
        assert_eq!(total, moved, "{name}");
        let (parts, said) = (parts(order, refund), adjustments(refund));
        let tried = !list(refund, "transactions").is_empty();
        let cancelled = list(refund, "refundLineItems")
            .iter()
            .all(|part| part["restockType"] == "CANCEL");
        if !refund["return"].is_null() {
            // The refund of an exchange is net; what is dearer is paid.
            let net = parts - exchanged(order, refund);
            assert_eq!(total, net.max(Decimal::ZERO), "{name} exchange");
        } else if tried && total.is_zero() {
            // Pending or failed: no money yet.
        } else if !tried && cancelled {
            // Quantities only (R7).
        } else if parts.is_zero() && said.is_zero() {
            // Money alone: it settles an edit, or two adjustments cancel out (`eu_amounts`).
            if !list(refund, "orderAdjustments").is_empty() {
                explained += total;
            }
        } else {
            assert_eq!(total, parts + said, "{name} {}", refund["id"]);
        }
        if !(tried && total.is_zero()) {
            explained += said;
        }
    }
    let quiet = order["cancelledAt"].is_null()
        && amount(&order["totalOutstandingSet"], PRES).is_zero()
        && amount(&order["totalReceivedSet"], PRES) > Decimal::ZERO;
    if quiet {
        assert_eq!(
            amount(&order["currentTotalPriceSet"], PRES) - amount(&order["netPaymentSet"], PRES),
            explained,
            "{name} as a whole"
        );
    }
}

/// Captures stay within their reservation, refunds within their payment; the shop's side is by the day's rate.
fn check_money(shop: &ShopData, order: &Value) {
    let name = &order["name"];
    let txs = list(order, "transactions");
    for parent in txs {
        let of = |kind: &str| -> Decimal {
            succeeded(order, kind)
                .filter(|tx| tx["parentTransaction"]["id"] == parent["id"])
                .map(|tx| amount(&tx["amountSet"], PRES))
                .sum()
        };
        let whole = amount(&parent["amountSet"], PRES);
        assert!(of("CAPTURE") <= whole && of("REFUND") <= whole, "{name}");
        let settles = parent["settlementCurrency"] == "NOK";
        assert_eq!(
            settles,
            parent["gateway"] == "shopify_payments"
                && parent["status"] == "SUCCESS"
                && ["SALE", "CAPTURE", "REFUND"].contains(&parent["kind"].as_str().unwrap()),
            "{name}"
        );
        if settles {
            let rate: Decimal = parent["settlementCurrencyRate"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap();
            let off = amount(&parent["amountSet"], "shopMoney") - whole * rate;
            assert!(off.abs() <= Decimal::new(5, 3), "{name}: {off}");
            let currency = order["presentmentCurrencyCode"].as_str().unwrap();
            assert!(
                currency == "NOK"
                    || shop
                        .rates()
                        .iter()
                        .any(|day| day.currency == currency && day.to_shop == rate)
                    || parent["createdAt"].as_str().unwrap() > "2026-10-31T22",
                "{name}: {rate} is no rate of the month"
            );
        }
    }
    let received = amount(&order["totalReceivedSet"], PRES);
    let owed = amount(&order["totalPriceSet"], PRES);
    let (edited, back) = (order["edited"] == true, list(order, "returns"));
    if !edited && back.is_empty() {
        assert!(received <= owed, "{name} is paid twice");
    }
}

/// The events that one order's life shows.
fn events(life: &Life) -> Vec<&'static str> {
    let (first, last) = (&life.versions[0].1, &life.versions.last().unwrap().1);
    let mut found = Vec::new();
    let mut see = |yes: bool, name| {
        if yes {
            found.push(name);
        }
    };
    let sent: Vec<&Value> = list(last, "fulfillments")
        .iter()
        .filter(|one| one["status"] == "SUCCESS")
        .collect();
    let by_hand = || sent.iter().filter(|one| !one["location"].is_null());
    let days: BTreeSet<&str> = by_hand()
        .map(|one| &one["createdAt"].as_str().unwrap()[..10])
        .collect();
    let places: BTreeSet<&str> = by_hand()
        .map(|one| one["location"]["id"].as_str().unwrap())
        .collect();
    let pos = last["sourceName"] == "pos";
    see(by_hand().count() == 1 && !pos, "one parcel");
    see(days.len() == 2, "parcels on two days");
    see(days.len() == 3, "parcels on three days");
    see(places.len() == 2, "parcels from two places");
    see(
        list(last, "fulfillments").len() > sent.len(),
        "cancelled parcel",
    );
    see(
        sent.iter().any(|one| one["service"]["type"] == "GIFT_CARD"),
        "gift card by itself",
    );
    see(
        pos && list(first, "fulfillments").len() == 1,
        "handed over at the counter",
    );
    see(
        last["displayFulfillmentStatus"] == "UNFULFILLED" && last["cancelledAt"].is_null(),
        "never sent",
    );

    let txs = list(last, "transactions");
    let has = |kind: &str, status: &str, gateway: &str| {
        txs.iter().any(|tx| {
            tx["kind"] == kind
                && (status.is_empty() || tx["status"] == status)
                && (gateway.is_empty() || tx["gateway"] == gateway)
        })
    };
    let captures = succeeded(last, "CAPTURE").count();
    see(captures == 1, "capture");
    see(captures == 2, "two captures");
    see(last["displayFinancialStatus"] == "EXPIRED", "expired");
    see(
        has("VOID", "SUCCESS", "") && last["cancelledAt"].is_null(),
        "voided, not cancelled",
    );
    for (gateway, name) in [
        ("gift_card", "paid by gift card"),
        ("shopify_store_credit", "paid by store credit"),
        ("manual", "paid by hand"),
        ("paypal", "PayPal"),
        ("vipps", "Vipps"),
        ("swish", "Swish"),
        ("mobilepay", "MobilePay"),
        ("cash", "cash"),
    ] {
        see(has("SALE", "SUCCESS", gateway), name);
    }
    let ways: BTreeSet<&str> = succeeded(last, "SALE")
        .map(|tx| tx["gateway"].as_str().unwrap())
        .collect();
    see(ways.len() == 3, "three ways to pay");
    see(
        txs.iter()
            .any(|tx| tx["paymentDetails"]["paymentMethodName"] == "klarna"),
        "Klarna",
    );
    see(
        txs.iter().any(|tx| !tx["amountRoundingSet"].is_null()),
        "cash rounding",
    );
    see(has("SALE", "FAILURE", "") && ways.len() == 1, "failed once");
    see(
        has("SALE", "FAILURE", "") && ways.is_empty(),
        "failed for good",
    );
    see(
        has("SALE", "PENDING", "manual") && ways.is_empty() && last["cancelledAt"].is_null(),
        "on account, never paid",
    );

    let refunds = list(last, "refunds");
    let total = |refund: &Value| amount(&refund["totalRefundedSet"], PRES);
    let lines = |refund: &Value, kind: &str| {
        list(refund, "refundLineItems")
            .iter()
            .any(|part| part["restockType"] == kind)
    };
    let back = |gateway: &str, refund: &Value| {
        list(refund, "transactions")
            .iter()
            .any(|tx| tx["gateway"] == gateway && tx["parentTransaction"].is_null())
    };
    let alive = last["cancelledAt"].is_null();
    let any = |test: &dyn Fn(&Value) -> bool| refunds.iter().any(|refund| alive && test(refund));
    see(
        alive && last["displayFinancialStatus"] == "REFUNDED" && refunds.len() == 1,
        "full refund",
    );
    see(
        refunds.iter().filter(|one| lines(one, "RETURN")).count() >= 2 && refunds.len() == 3,
        "three partial refunds",
    );
    see(
        any(&|one| {
            parts(last, one).is_zero() && adjustments(one) > Decimal::ZERO && !total(one).is_zero()
        }),
        "amount only",
    );
    let pair = |one: &Value| list(one, "orderAdjustments").len() == 2;
    see(
        any(&|one| pair(one) && parts(last, one).is_zero()),
        "amount by a pair",
    );
    see(
        any(&|one| pair(one) && lines(one, "NO_RESTOCK")),
        "a pair beside lines",
    );
    let only_shipping = |one: &Value| {
        list(one, "refundLineItems").is_empty() && !list(one, "refundShippingLines").is_empty()
    };
    let vat = |one: &Value| !sum(list(one, "refundShippingLines"), "taxAmountSet").is_zero();
    see(
        any(&|one| only_shipping(one) && vat(one)),
        "shipping with VAT",
    );
    see(
        any(&|one| only_shipping(one) && !vat(one)),
        "shipping without VAT",
    );
    see(
        any(&|one| !list(one, "duties").is_empty()),
        "duties refunded",
    );
    see(any(&|one| back("gift_card", one)), "to a gift card");
    see(
        any(&|one| back("shopify_store_credit", one)),
        "to store credit",
    );
    for (kind, name) in [
        ("RETURN", "restocked"),
        ("CANCEL", "never left"),
        ("NO_RESTOCK", "not restocked"),
    ] {
        see(any(&|one| lines(one, kind)), name);
    }
    see(
        any(&|one| lines(one, "CANCEL") && !total(one).is_zero())
            && sent.len() == 1
            && last["displayFulfillmentStatus"] == "FULFILLED",
        "rest of an order that was sent in part",
    );
    see(
        any(&|one| lines(one, "RETURN") && total(one).is_zero() && one["return"].is_null()),
        "goods back, no money",
    );
    see(
        any(&|one| {
            lines(one, "RETURN") && adjustments(one) < Decimal::ZERO && !total(one).is_zero()
        }),
        "goods back, less money",
    );
    let was_pending = |one: &Value| {
        life.versions.iter().any(|(_, order)| {
            list(order, "refunds").iter().any(|then| {
                then["id"] == one["id"]
                    && list(then, "transactions")
                        .iter()
                        .any(|tx| tx["status"] == "PENDING")
            })
        })
    };
    see(
        any(&|one| was_pending(one) && !total(one).is_zero()),
        "pending, then refunded",
    );
    see(
        any(&|one| was_pending(one) && total(one).is_zero()),
        "pending, then failed",
    );
    let month = ("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z");
    see(
        last["createdAt"].as_str().unwrap() < month.0 && !refunds.is_empty(),
        "refund of an old order",
    );
    see(
        any(&|one| one["createdAt"].as_str().unwrap() > month.1 && lines(one, "RETURN")),
        "refund in the next month",
    );
    see(
        last["test"] == true && !refunds.is_empty(),
        "refund of a test",
    );

    let exchange = list(last, "returns")
        .iter()
        .any(|one| !list(one, "exchangeLineItems").is_empty());
    let net = succeeded(last, "SALE").count();
    see(
        exchange && refunds.iter().any(|one| total(one) > Decimal::ZERO),
        "cheaper exchange",
    );
    see(exchange && net == 2, "dearer exchange");
    see(
        exchange && net == 1 && refunds.iter().all(|one| total(one).is_zero()),
        "equal exchange",
    );

    let first_parcel = life
        .versions
        .iter()
        .position(|(_, order)| !list(order, "fulfillments").is_empty());
    let edit = life
        .versions
        .iter()
        .position(|(_, order)| order["edited"] == true);
    see(
        edit.is_some() && (first_parcel.is_none() || edit < first_parcel),
        "edited before it was sent",
    );
    see(
        edit.is_some() && first_parcel.is_some() && first_parcel < edit,
        "edited after it was sent",
    );
    let at = |key: &str| {
        chrono::DateTime::parse_from_rfc3339(last[key].as_str().unwrap_or_default()).ok()
    };
    if let (Some(made), Some(gone)) = (at("createdAt"), at("cancelledAt")) {
        let paid = net + captures > 0;
        let later = (gone - made).num_hours() > 1;
        see(!later, "cancelled at once");
        see(later && !paid, "cancelled unpaid");
        see(later && paid && sent.is_empty(), "cancelled, paid");
        see(
            !sent.is_empty() && by_hand().count() > 0,
            "cancelled after delivery",
        );
    }
    see(
        list(last, "lineItems")
            .iter()
            .any(|line| line["isGiftCard"] == true),
        "gift card sold",
    );
    see(!last["paymentTerms"].is_null(), "payment terms");
    found
}

#[test]
fn every_month_adds_up_and_tells_of_every_event() {
    let expected = "one parcel|parcels on two days|parcels on three days|parcels from two places|cancelled parcel|gift card by itself|handed over at the counter|\
        never sent|capture|two captures|expired|voided, not cancelled|paid by gift card|paid by store credit|paid by hand|PayPal|Vipps|Swish|MobilePay|cash|\
        three ways to pay|Klarna|cash rounding|failed once|failed for good|on account, never paid|full refund|three partial refunds|amount only|amount by a pair|\
        a pair beside lines|shipping with VAT|shipping without VAT|duties refunded|to a gift card|to store credit|restocked|never left|not restocked|\
        rest of an order that was sent in part|goods back, no money|goods back, less money|pending, then refunded|pending, then failed|refund of an old order|\
        refund in the next month|refund of a test|cheaper exchange|dearer exchange|equal exchange|edited before it was sent|edited after it was sent|\
        cancelled at once|cancelled unpaid|cancelled, paid|cancelled after delivery|gift card sold|payment terms";
    for seed in 1..=5 {
        let shop = ShopData::seeded(500, seed, october());
        check_payouts(&shop, seed);
        check_owed(&shop, seed);
        for (_, order) in shop.orders.iter().flat_map(|life| &life.versions) {
            check_units(order);
            check_refunds(order);
            check_money(&shop, order);
        }
        let mut counts = BTreeMap::<&str, usize>::new();
        for event in shop.orders.iter().flat_map(events) {
            *counts.entry(event).or_default() += 1;
        }
        println!("seed {seed}: {counts:?}");
        let missing: Vec<&str> = expected
            .split('|')
            .map(str::trim)
            .filter(|event| !counts.contains_key(event))
            .collect();
        assert!(missing.is_empty(), "seed {seed} lacks {missing:?}");
    }
}
