//! A month of 500 orders holds every kind.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::tests::{amount, list, october};
use crate::shop_data::ShopData;

/// Which kinds of life an order shows, by what is in its JSON.
fn kinds(life: &crate::shop_data::OrderLife) -> Vec<&'static str> {
    let last = &life.versions.last().unwrap().1;
    let first = &life.versions[0].1;
    let mut found = Vec::new();
    let mut see = |yes: bool, name| {
        if yes {
            found.push(name);
        }
    };
    let lines = list(last, "lineItems");
    let refunds = list(last, "refunds");
    let restock = |kind: &str| {
        refunds
            .iter()
            .flat_map(|refund| list(refund, "refundLineItems"))
            .any(|line| line["restockType"] == kind)
    };
    let gateway = |name: &str| {
        list(last, "transactions")
            .iter()
            .any(|tx| tx["gateway"] == name)
    };
    let destination = if last["shippingAddress"].is_null() {
        &last["billingAddress"]["countryCodeV2"]
    } else {
        &last["shippingAddress"]["countryCodeV2"]
    };
    for (code, name) in [
        ("NO", "to NO"),
        ("SE", "to SE"),
        ("DK", "to DK"),
        ("FI", "to FI"),
        ("DE", "to DE"),
        ("US", "to US"),
        ("JP", "to JP"),
    ] {
        see(destination == code, name);
    }
    for (code, name) in [
        ("NOK", "in NOK"),
        ("SEK", "in SEK"),
        ("DKK", "in DKK"),
        ("EUR", "in EUR"),
        ("JPY", "in JPY"),
    ] {
        see(last["presentmentCurrencyCode"] == code, name);
    }
    see(
        first["displayFinancialStatus"] == "AUTHORIZED",
        "authorized first",
    );
    see(
        first["displayFinancialStatus"] == "PENDING" && last["displayFinancialStatus"] == "PAID",
        "pending then paid",
    );
    see(
        last["displayFinancialStatus"] == "PENDING",
        "pending for ever",
    );
    see(
        last["displayFinancialStatus"] == "PARTIALLY_PAID",
        "partly paid",
    );
    see(last["displayFinancialStatus"] == "VOIDED", "voided");
    see(last["displayFinancialStatus"] == "REFUNDED", "refunded");
    see(
        last["displayFinancialStatus"] == "PARTIALLY_REFUNDED",
        "partly refunded",
    );
    see(last["displayFulfillmentStatus"] == "FULFILLED", "fulfilled");
    see(
        last["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED",
        "partly fulfilled",
    );
    see(
        last["closed"] == true && last["cancelledAt"].is_null(),
        "archived",
    );
    see(!last["cancelledAt"].is_null(), "cancelled");
    see(last["test"] == true, "test");
    see(last["edited"] == true, "edited");
    see(restock("RETURN"), "return");
    see(restock("NO_RESTOCK"), "no restock");
    see(
        restock("CANCEL") && last["cancelledAt"].is_null(),
        "removed units",
    );
    see(
        refunds
            .iter()
            .any(|refund| !list(refund, "orderAdjustments").is_empty()),
        "amount-only refund",
    );
    see(
        refunds
            .iter()
            .any(|refund| !list(refund, "refundShippingLines").is_empty()),
        "shipping refund",
    );
    see(
        refunds
            .iter()
            .any(|refund| list(refund, "transactions").is_empty()),
        "zero-amount refund",
    );
    see(last["sourceName"] == "pos", "pos");
    see(
        last["purchasingEntity"]["__typename"] == "PurchasingCompany",
        "b2b",
    );
    see(
        last["purchasingEntity"]["__typename"] == "PurchasingCompany"
            && !last["poNumber"].is_null(),
        "po number",
    );
    see(
        last["customer"].is_null() && !last["email"].is_null(),
        "guest with e-mail",
    );
    see(
        last["customer"].is_null() && last["email"].is_null(),
        "guest without e-mail",
    );
    see(
        last["taxesIncluded"] == false && amount(&last["totalTaxSet"], "shopMoney") > Decimal::ZERO,
        "tax on top",
    );
    see(
        last["taxExempt"] == true && destination == "NO",
        "tax exempt",
    );
    see(
        lines.iter().any(|line| line["isGiftCard"] == true),
        "gift card sold",
    );
    see(gateway("gift_card"), "gift card used");
    see(
        amount(&last["totalTipReceivedSet"], "shopMoney") > Decimal::ZERO,
        "tip",
    );
    see(
        lines.iter().any(|line| !list(line, "duties").is_empty()),
        "duties",
    );
    see(!list(last, "additionalFees").is_empty(), "fee");
    see(
        list(last, "shippingLines").len() > 1,
        "several shipping lines",
    );
    see(
        list(last, "discountApplications")
            .iter()
            .any(|one| one["targetType"] == "SHIPPING_LINE"),
        "shipping discount",
    );
    see(
        list(last, "discountApplications")
            .iter()
            .any(|one| one["allocationMethod"] == "ACROSS"),
        "order discount",
    );
    see(
        list(last, "discountApplications")
            .iter()
            .any(|one| one["allocationMethod"] == "EACH" && one["targetSelection"] == "EXPLICIT"),
        "line discount",
    );
    see(
        list(last, "discountApplications")
            .iter()
            .any(|one| one["targetSelection"] == "ENTITLED"),
        "buy x get y",
    );
    let mut rates: Vec<String> = lines
        .iter()
        .flat_map(|line| list(line, "taxLines"))
        .map(|tax| tax["rate"].to_string())
        .collect();
    rates.sort();
    rates.dedup();
    see(
        rates.len() > 1 && lines.iter().all(|line| list(line, "taxLines").len() < 2),
        "mixed rates",
    );
    see(
        lines.iter().any(|line| list(line, "taxLines").len() > 1),
        "several taxes on a line",
    );
    see(
        lines
            .iter()
            .flat_map(|line| list(line, "taxLines"))
            .any(|tax| tax["channelLiable"] == true),
        "channel liable",
    );
    see(lines.len() > 20, "many lines");
    see(lines.len() == 260, "260 lines");
    see(
        lines
            .iter()
            .any(|line| line["quantity"].as_i64().unwrap() > 100),
        "many units",
    );
    see(
        lines
            .iter()
            .any(|line| line["sku"].as_str().is_some_and(|sku| sku != sku.trim())),
        "sku with blanks",
    );
    see(
        lines
            .iter()
            .any(|line| line["sku"].is_null() && !line["product"].is_null()),
        "sku missing",
    );
    see(
        lines.iter().any(|line| {
            line["sku"].is_null() && line["product"].is_null() && line["title"] != "Tip"
        }),
        "custom line",
    );
    see(
        lines
            .iter()
            .any(|line| !line["sku"].is_null() && line["variant"].is_null()),
        "variant gone",
    );
    see(
        amount(&first["totalPriceSet"], "shopMoney").is_zero(),
        "nothing to pay",
    );
    see(last["shippingAddress"]["zip"] == "9170", "svalbard");
    see(
        last["billingAddress"]["countryCodeV2"] == "NO"
            && last["shippingAddress"]["countryCodeV2"] == "SE",
        "sent abroad",
    );
    see(
        life.versions
            .iter()
            .any(|(_, order)| list(order, "tags").len() > list(first, "tags").len()),
        "new tag",
    );
    see(
        last["shippingAddress"]["address1"] == "Nyveien 7 B",
        "new address",
    );
    found
}

#[test]
fn five_hundred_orders_hold_every_kind() {
    for seed in [1, 99] {
        let shop = ShopData::seeded(500, seed, october());
        let mut counts = BTreeMap::<&str, usize>::new();
        for kind in shop.orders.iter().flat_map(kinds) {
            *counts.entry(kind).or_default() += 1;
        }
        println!("seed {seed}: {counts:?}");
        let expected = [
            ("to NO", 180),
            ("to SE", 60),
            ("to DK", 30),
            ("to FI", 30),
            ("to DE", 25),
            ("to US", 8),
            ("to JP", 6),
            ("in NOK", 180),
            ("in SEK", 60),
            ("in DKK", 30),
            ("in EUR", 50),
            ("in JPY", 6),
            ("authorized first", 30),
            ("pending then paid", 15),
            ("pending for ever", 3),
            ("partly paid", 1),
            ("voided", 1),
            ("refunded", 10),
            ("partly refunded", 20),
            ("fulfilled", 100),
            ("partly fulfilled", 5),
            ("archived", 40),
            ("cancelled", 10),
            ("test", 1),
            ("edited", 25),
            ("return", 10),
            ("no restock", 2),
            ("removed units", 20),
            ("amount-only refund", 3),
            ("shipping refund", 10),
            ("zero-amount refund", 15),
            ("pos", 20),
            ("b2b", 30),
            ("po number", 15),
            ("guest with e-mail", 25),
            ("guest without e-mail", 5),
            ("tax on top", 20),
            ("tax exempt", 1),
            ("gift card sold", 5),
            ("gift card used", 6),
            ("tip", 5),
            ("duties", 3),
            ("fee", 4),
            ("several shipping lines", 4),
            ("shipping discount", 8),
            ("order discount", 40),
            ("line discount", 20),
            ("buy x get y", 6),
            ("mixed rates", 30),
            ("several taxes on a line", 2),
            ("channel liable", 1),
            ("many lines", 3),
            ("260 lines", 1),
            ("many units", 2),
            ("sku with blanks", 3),
            ("sku missing", 1),
            ("custom line", 5),
            ("variant gone", 1),
            ("nothing to pay", 2),
            ("svalbard", 1),
            ("sent abroad", 2),
            ("new tag", 5),
            ("new address", 4),
        ];
        for (kind, least) in expected {
            assert!(
                counts.get(kind).copied().unwrap_or(0) >= least,
                "seed {seed}: {kind}: {:?} of {least}",
                counts.get(kind)
            );
        }
    }
}
