use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::Oslo;
use rust_decimal::Decimal;
use serde_json::Value;

use super::amounts::{Exchange, plain, rounded, spread, tax};
use crate::shop_data::ShopData;

pub(super) fn october() -> DateTime<Utc> {
    Oslo.with_ymd_and_hms(2026, 10, 1, 0, 0, 0)
        .unwrap()
        .with_timezone(&Utc)
}

pub(super) fn amount(bag: &Value, side: &str) -> Decimal {
    bag[side]["amount"]
        .as_str()
        .unwrap_or_else(|| panic!("no {side} in {bag}"))
        .parse()
        .unwrap()
}

pub(super) fn list<'a>(object: &'a Value, field: &str) -> &'a [Value] {
    object[field]
        .as_array()
        .unwrap_or_else(|| panic!("{field} is no list"))
}

fn sum<'a>(parts: impl IntoIterator<Item = &'a Value>, field: &str, side: &str) -> Decimal {
    parts
        .into_iter()
        .map(|part| amount(&part[field], side))
        .sum()
}

fn taxes(object: &Value, side: &str) -> Decimal {
    sum(list(object, "taxLines"), "priceSet", side)
}

fn allocations(object: &Value, side: &str) -> Decimal {
    sum(
        list(object, "discountAllocations"),
        "allocatedAmountSet",
        side,
    )
}

/// The order total and the tax, added up from the parts of the JSON alone.
fn parts(order: &Value, side: &str) -> (Decimal, Decimal) {
    let mut net_or_gross = Decimal::ZERO;
    let mut tax = Decimal::ZERO;
    for line in list(order, "lineItems") {
        net_or_gross += amount(&line["originalTotalSet"], side) - allocations(line, side)
            + sum(list(line, "duties"), "price", side);
        tax += taxes(line, side);
    }
    for line in list(order, "shippingLines") {
        assert_eq!(
            amount(&line["discountedPriceSet"], side),
            amount(&line["originalPriceSet"], side) - allocations(line, side)
        );
        net_or_gross += amount(&line["discountedPriceSet"], side);
        tax += taxes(line, side);
    }
    for fee in list(order, "additionalFees") {
        net_or_gross += amount(&fee["price"], side);
        tax += taxes(fee, side);
    }
    let total = if order["taxesIncluded"].as_bool().unwrap() {
        net_or_gross
    } else {
        net_or_gross + tax
    };
    (total, tax)
}

fn check_sums(order: &Value) {
    let name = &order["name"];
    for side in ["shopMoney", "presentmentMoney"] {
        let included = order["taxesIncluded"].as_bool().unwrap();
        let (total, tax) = parts(order, side);
        assert_eq!(
            amount(&order["totalPriceSet"], side),
            total,
            "{name} total {side}"
        );
        assert_eq!(
            amount(&order["totalTaxSet"], side),
            tax,
            "{name} tax {side}"
        );
        assert_eq!(taxes(order, side), tax, "{name} grouped tax {side}");

        let mut gone = Decimal::ZERO;
        let mut tax_gone = Decimal::ZERO;
        for refund in list(order, "refunds") {
            let lines = list(refund, "refundLineItems");
            let line_tax = sum(lines, "totalTaxSet", side);
            let shipping = list(refund, "refundShippingLines");
            let shipping_tax = sum(shipping, "taxAmountSet", side);
            gone += sum(lines, "subtotalSet", side)
                + sum(shipping, "subtotalAmountSet", side)
                + sum(list(refund, "duties"), "amountSet", side);
            gone += if included {
                shipping_tax
            } else {
                line_tax + shipping_tax
            };
            tax_gone += line_tax + shipping_tax;
        }
        assert_eq!(
            amount(&order["currentTotalPriceSet"], side),
            total - gone,
            "{name} current total {side}"
        );
        assert_eq!(
            amount(&order["currentTotalTaxSet"], side),
            tax - tax_gone,
            "{name} current tax {side}"
        );
        let current = sum(list(order, "currentTaxLines"), "priceSet", side);
        assert_eq!(current, tax - tax_gone, "{name} current tax lines {side}");
        assert!(total - gone >= Decimal::ZERO, "{name} is below nothing");

        let money = |kinds: &[&str]| -> Decimal {
            let done = list(order, "transactions").iter().filter(|tx| {
                tx["status"] == "SUCCESS" && kinds.contains(&tx["kind"].as_str().unwrap())
            });
            sum(done, "amountSet", side)
        };
        let (received, refunded) = (money(&["SALE", "CAPTURE"]), money(&["REFUND"]));
        assert_eq!(amount(&order["totalReceivedSet"], side), received, "{name}");
        assert_eq!(amount(&order["totalRefundedSet"], side), refunded, "{name}");
        assert_eq!(
            sum(list(order, "refunds"), "totalRefundedSet", side),
            refunded,
            "{name} refunds {side}"
        );
    }
    // Each tax line is what the rate makes of its line in the shop's currency: rounded per line, nothing else.
    let included = order["taxesIncluded"].as_bool().unwrap();
    let side = "shopMoney";
    for line in list(order, "lineItems") {
        let after = amount(&line["originalTotalSet"], side) - allocations(line, side);
        for tax in list(line, "taxLines") {
            let rate: Decimal = tax["rate"].to_string().parse().unwrap();
            assert_eq!(
                tax["ratePercentage"]
                    .to_string()
                    .parse::<Decimal>()
                    .unwrap(),
                (rate * Decimal::from(100)).normalize()
            );
            let exact = if included {
                after * rate / (Decimal::ONE + rate)
            } else {
                after * rate
            };
            let off = (amount(&tax["priceSet"], side) - exact).abs();
            assert!(off <= Decimal::new(5, 3), "{}: {off} off", order["name"]);
        }
        assert!(
            line["currentQuantity"].as_i64().unwrap() >= 0
                && line["unfulfilledQuantity"].as_i64().unwrap() >= 0
        );
    }
}

#[test]
fn every_version_of_every_order_adds_up() {
    for (seed, count) in [(1, 500), (2, 150), (3, 150)] {
        let shop = ShopData::seeded(count, seed, october());
        assert_eq!(shop.orders.len(), usize::try_from(count).unwrap());
        for life in &shop.orders {
            let mut before = None;
            for (at, order) in &life.versions {
                check_sums(order);
                assert_eq!(order["updatedAt"].as_str().unwrap(), super::stamp(*at));
                assert_eq!(order["legacyResourceId"].as_str().unwrap(), life.id);
                assert!(before < Some(*at), "{} goes back in time", order["name"]);
                before = Some(*at);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_shop() {
    let (a, b, c) = (
        ShopData::seeded(80, 7, october()),
        ShopData::seeded(80, 7, october()),
        ShopData::seeded(80, 8, october()),
    );
    let text = |shop: &ShopData| -> String {
        shop.orders
            .iter()
            .flat_map(|life| &life.versions)
            .map(|(_, order)| order.to_string())
            .collect()
    };
    assert_eq!(text(&a), text(&b));
    assert_ne!(text(&a), text(&c));
    assert_eq!(ShopData::seeded(0, 1, october()).orders.len(), 0);
    assert_eq!(ShopData::seeded(1, 1, october()).orders.len(), 1);
}

#[test]
fn orders_come_in_when_dates_go_wrong() {
    let shop = ShopData::seeded(200, 1, october());
    let times: Vec<String> = shop
        .orders
        .iter()
        .map(|life| {
            life.versions[0]
                .0
                .with_timezone(&Oslo)
                .format("%m-%d %H:%M %z")
                .to_string()
        })
        .collect();
    assert!(
        times.iter().any(|time| time.contains(" 23:30 "))
            && times.iter().any(|time| time.contains(" 00:30 "))
    );
    for night in [
        "10-25 00:30 +0200",
        "10-25 02:30 +0200",
        "10-25 02:30 +0100",
        "10-25 03:30 +0100",
        "10-25 23:30 +0100",
    ] {
        assert!(times.iter().any(|time| time == night), "none at {night}");
    }
    assert!(
        shop.orders
            .windows(2)
            .all(|pair| pair[0].versions[0].0 <= pair[1].versions[0].0)
    );
    assert!(shop.orders[0].versions[0].0 >= october());
}

#[test]
fn the_arithmetic_is_shopifys() {
    // 25 % in 1984.00 is 396.80; 12 % in 0.05 is 0.01 (0.00536 rounded).
    assert_eq!(tax(198_400, 2500, true), 39_680);
    assert_eq!(tax(5, 1200, true), 1);
    assert_eq!(tax(10_000, 2550, false), 2550);
    assert_eq!(spread(100, &[1, 1, 1]), [34, 33, 33]);
    assert_eq!(spread(5, &[0, 300, 100]), [0, 4, 1]);
    assert_eq!(spread(0, &[0, 0]), [0, 0]);
    assert_eq!((rounded(5, 2), rounded(-5, 2), rounded(4, 3)), (3, -3, 1));
    assert_eq!(
        (
            plain(1000, 2),
            plain(1250, 2),
            plain(1205, 2),
            plain(1200, 0),
            plain(-5, 2)
        ),
        (
            "10.0".into(),
            "12.5".into(),
            "12.05".into(),
            "1200.0".into(),
            "-0.05".into()
        )
    );
    let shares: Vec<i64> = (0..3)
        .map(|n| {
            super::amounts::Bag {
                shop: 100,
                pres: 100,
            }
            .share(n, 1, 3)
            .pres
        })
        .collect();
    assert_eq!(shares.iter().sum::<i64>(), 100);
    assert_eq!(Exchange::on("NOK", 3).bag(777).shop, 777);
    let euro = Exchange::on("EUR", 0);
    assert_eq!(
        euro.bag(100).shop,
        rounded(
            (euro.to_shop() * Decimal::from(100_000_000))
                .to_string()
                .parse::<Decimal>()
                .unwrap()
                .try_into()
                .unwrap(),
            1_000_000
        )
    );
}

#[test]
fn it_serves_its_skus_currencies_and_rates() {
    let shop = ShopData::seeded(50, 1, october());
    assert!(shop.skus().iter().any(|sku| sku.sku == " FF-MUG-BLUE "));
    assert!(shop.skus().len() > 30);
    assert_eq!(
        shop.currencies().into_iter().collect::<Vec<_>>(),
        ["DKK", "EUR", "JPY", "NOK", "SEK"]
    );
    assert_eq!(shop.rates().len(), 31 * 4);
    assert!(shop.rates().iter().any(|rate| rate.currency == "JPY"
        && rate.to_shop > Decimal::new(6, 2)
        && rate.to_shop < Decimal::new(8, 2)));
    assert!(shop.rates().iter().any(|rate| rate.currency == "EUR"
        && rate.to_shop > Decimal::from(11)
        && rate.to_shop < Decimal::from(13)));
}
