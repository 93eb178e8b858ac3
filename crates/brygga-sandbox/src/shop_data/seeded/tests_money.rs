//! Gift cards, store credit and payouts add up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::kinds::{Cards, Known};
use super::must::MUST;
use super::tests::{amount, list, october};
use crate::shop_data::{Life, ShopData};

fn money(value: &Value) -> Decimal {
    assert_eq!(value["currencyCode"], "NOK");
    value["amount"].as_str().unwrap().parse().unwrap()
}

fn last(life: &Life) -> &Value {
    &life.versions.last().unwrap().1
}

#[test]
fn the_cards_that_must_be_dealt_go_together() {
    for &(buyer, basket, story) in MUST {
        let cards = Cards {
            buyer,
            basket,
            story,
            known: Known::New,
        };
        assert_eq!(cards.agreed(), cards);
    }
}

/// Payouts are the sums of their rows.
pub(super) fn check_payouts(shop: &ShopData, seed: u64) {
    let mut by_payout = BTreeMap::<String, Vec<&Value>>::new();
    for row in shop.balance_transactions.iter().map(last) {
        assert_eq!(
            money(&row["net"]),
            money(&row["amount"]) - money(&row["fee"])
        );
        let payout = row["associatedPayout"]["id"].as_str().unwrap().to_owned();
        by_payout.entry(payout).or_default().push(row);
    }
    assert_eq!(by_payout.len(), shop.payouts.len());
    let mut negative = 0;
    for payout in shop.payouts.iter().map(last) {
        let rows = &by_payout[payout["id"].as_str().unwrap()];
        let of = |transfer: bool| -> Decimal {
            rows.iter()
                .filter(|row| (row["type"] == "TRANSFER") == transfer)
                .map(|row| money(&row["net"]))
                .sum()
        };
        let net = money(&payout["net"]);
        assert_eq!((of(false), of(true)), (net, -net));
        let summary = &payout["summary"];
        let gross = [
            "chargesGross",
            "refundsFeeGross",
            "reservedFundsGross",
            "adjustmentsGross",
        ];
        let fees = [
            "chargesFee",
            "refundsFee",
            "reservedFundsFee",
            "adjustmentsFee",
        ];
        let sum = |fields: [&str; 4]| -> Decimal {
            fields.iter().map(|field| money(&summary[field])).sum()
        };
        assert_eq!(sum(gross) - sum(fees), net);
        assert_eq!(
            payout["transactionType"] == "WITHDRAWAL",
            net < Decimal::ZERO
        );
        negative += usize::from(net < Decimal::ZERO);
    }
    assert!(negative > 0, "seed {seed}: no payout is below nothing");
    let kinds = [
        "CHARGE",
        "REFUND",
        "DISPUTE_WITHDRAWAL",
        "DISPUTE_REVERSAL",
        "ADJUSTMENT",
        "RESERVED_FUNDS",
        "RESERVED_FUNDS_REVERSAL",
        "ANOMALY_DEBIT",
        "TRANSFER",
    ];
    for kind in kinds {
        assert!(
            shop.balance_transactions
                .iter()
                .any(|row| last(row)["type"] == kind),
            "no {kind}"
        );
    }
}

/// Each transaction of Shopify Payments has one row, with the shop's money and the fee; nothing else has one.
#[test]
fn the_balance_holds_every_payment_once() {
    let shop = ShopData::seeded(500, 2, october());
    let mut rows = BTreeMap::<String, (Decimal, Decimal)>::new();
    for row in shop.balance_transactions.iter().map(last) {
        let (kind, tx) = (&row["type"], row["sourceOrderTransactionId"].as_str());
        if let (true, Some(tx)) = (kind == "CHARGE" || kind == "REFUND", tx) {
            let known = rows.insert(tx.to_owned(), (money(&row["amount"]), money(&row["fee"])));
            assert_eq!(known, None);
        }
    }
    let mut met = 0;
    for order in shop
        .orders
        .iter()
        .map(last)
        .filter(|order| order["test"] == false)
    {
        for tx in list(order, "transactions") {
            let id = tx["id"].as_str().unwrap().rsplit('/').next().unwrap();
            let counts = tx["settlementCurrency"] == "NOK";
            assert_eq!(rows.contains_key(id), counts, "{} {tx}", order["name"]);
            if counts {
                let sign = if tx["kind"] == "REFUND" {
                    -Decimal::ONE
                } else {
                    Decimal::ONE
                };
                let fee: Decimal = list(tx, "fees")
                    .iter()
                    .map(|fee| money(&fee["amount"]))
                    .sum();
                assert_eq!(
                    rows[id],
                    (sign * amount(&tx["amountSet"], "shopMoney"), fee)
                );
                met += 1;
            }
        }
    }
    assert_eq!(met, rows.len());
}

#[test]
fn a_row_waits_for_its_payout_and_the_payout_for_the_bank() {
    let shop = ShopData::seeded(120, 3, october());
    for life in &shop.balance_transactions {
        let status = |at: usize| {
            life.versions[at].1["associatedPayout"]["status"]
                .as_str()
                .unwrap()
        };
        let transfer = last(life)["type"] == "TRANSFER";
        let seen: Vec<&str> = (0..life.versions.len()).map(status).collect();
        assert_eq!(
            seen,
            if transfer {
                vec!["SCHEDULED", "PAID"]
            } else {
                vec!["PENDING", "SCHEDULED", "PAID"]
            }
        );
        assert!(life.versions.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
    for life in &shop.payouts {
        assert_eq!(
            (&life.versions[0].1["status"], &last(life)["status"]),
            (&"SCHEDULED".into(), &"PAID".into())
        );
        let (issued, day) = (life.versions[0].0, |at: chrono::DateTime<chrono::Utc>| {
            at.format("%a").to_string()
        });
        assert!(day(issued) != "Sat" && day(issued) != "Sun");
    }
}

/// What is owed in cards and credit is what was sold and given, less what was used, order by order.
pub(super) fn check_owed(shop: &ShopData, seed: u64) {
    let mut used = 0;
    for life in shop.gift_cards.iter().chain(&shop.store_credit_accounts) {
        for (_, node) in &life.versions {
            assert!(money(&node["balance"]) >= Decimal::ZERO, "{}", node["id"]);
            let moved: Decimal = list(node, "transactions")
                .iter()
                .map(|one| money(&one["amount"]))
                .sum();
            assert_eq!(moved, money(&node["balance"]));
        }
        let sold = !last(life)["order"].is_null();
        used += usize::from(sold && life.versions.len() > 1);
    }
    assert!(
        used > 0,
        "seed {seed}: no card that was sold in the month was used in it"
    );
    let in_orders = |kind: &str, gateway: &str| -> Decimal {
        let orders = shop
            .orders
            .iter()
            .map(last)
            .filter(|order| order["test"] == false);
        orders
            .flat_map(|order| list(order, "transactions"))
            .filter(|tx| {
                tx["kind"] == kind && tx["status"] == "SUCCESS" && tx["gateway"] == gateway
            })
            .map(|tx| amount(&tx["amountSet"], "shopMoney"))
            .sum()
    };
    for (lives, gateway) in [
        (&shop.gift_cards, "gift_card"),
        (&shop.store_credit_accounts, "shopify_store_credit"),
    ] {
        let noted = |note: &str, sign: bool| -> Decimal {
            lives
                .iter()
                .flat_map(|life| list(last(life), "transactions"))
                .filter(|one| {
                    (one["note"] == note || gateway != "gift_card")
                        && (money(&one["amount"]) > Decimal::ZERO) == sign
                })
                .map(|one| money(&one["amount"]))
                .sum()
        };
        assert_eq!(
            -noted("used", false),
            in_orders("SALE", gateway),
            "seed {seed}: {gateway}"
        );
        if gateway == "gift_card" {
            assert_eq!(
                noted("refund", true),
                in_orders("REFUND", gateway),
                "seed {seed}"
            );
            let lines = shop
                .orders
                .iter()
                .map(last)
                .filter(|order| order["test"] == false);
            let sold: Decimal = lines
                .filter(|order| {
                    amount(&order["totalReceivedSet"], "shopMoney")
                        >= amount(&order["totalPriceSet"], "shopMoney")
                })
                .flat_map(|order| list(order, "lineItems"))
                .filter(|line| line["isGiftCard"] == true)
                .map(|line| amount(&line["originalTotalSet"], "shopMoney"))
                .sum();
            assert_eq!(noted("sold", true), sold, "seed {seed}");
        }
    }
}
