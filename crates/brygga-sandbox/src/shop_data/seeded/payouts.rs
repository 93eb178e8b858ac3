//! Shopify Payments: what the balance was moved by, and what was paid out (`facts/shopify` 11).
//!
//! Every weekday what is two days old is paid out in one sum. Everything is in the shop's currency.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Europe::Oslo;
use serde_json::{Value, json};

use super::amounts::shop_money;
use super::basket::Numbers;
use super::local;
use crate::shop_data::{Life, stamp};

/// Money of an order that moves Shopify's balance. Amounts in øre.
#[derive(Debug, Clone)]
pub(super) struct Movement {
    pub(super) tx: i64,
    pub(super) order: i64,
    pub(super) name: String,
    pub(super) refund: bool,
    pub(super) amount: i64,
    pub(super) fee: i64,
    pub(super) at: DateTime<Utc>,
}

/// One `ShopifyPaymentsBalanceTransaction`. Amounts in øre; the net is amount less fee.
#[derive(Debug, Clone)]
struct Row {
    id: i64,
    kind: &'static str,
    source: Option<&'static str>,
    source_id: Option<i64>,
    amount: i64,
    fee: i64,
    at: DateTime<Utc>,
    /// Numeric id and name.
    order: Option<(i64, String)>,
    tx: Option<i64>,
    reason: Option<&'static str>,
    payout: Option<usize>,
}

/// One `ShopifyPaymentsPayout`.
#[derive(Debug, Clone, Copy)]
struct Payout {
    id: i64,
    issued: DateTime<Utc>,
    paid: DateTime<Utc>,
    net: i64,
}

/// From so many movements on, the balance has its oddities too.
const BUSY: usize = 20;
/// What the bank takes for a dispute.
const DISPUTE_FEE: i64 = 15_000;

/// The payouts and the balance transactions of the month, oldest first.
pub(super) fn payouts(
    mut movements: Vec<Movement>,
    start: DateTime<Utc>,
    numbers: &mut Numbers,
) -> (Vec<Life>, Vec<Life>) {
    movements.sort_by_key(|one| (one.at, one.tx));
    let mut rows: Vec<Row> = movements.iter().map(|one| row(one, numbers)).collect();
    if movements.len() >= BUSY {
        oddities(&movements, start, numbers, &mut rows);
    }
    rows.sort_by_key(|row| (row.at, row.id));
    let mut payouts = assign(&mut rows, numbers);
    if movements.len() >= BUSY {
        below_nothing(&mut rows, &mut payouts, numbers);
    }
    for row in &rows {
        if let Some(payout) = row.payout.and_then(|at| payouts.get_mut(at)) {
            payout.net += row.amount - row.fee;
        }
    }
    let lives = payouts
        .iter()
        .enumerate()
        .map(|(at, payout)| payout_life(*payout, rows.iter().filter(|row| row.payout == Some(at))))
        .collect();
    for (at, payout) in payouts.iter().enumerate() {
        rows.push(Row {
            id: numbers.take(),
            kind: "TRANSFER",
            source: Some("TRANSFER"),
            source_id: Some(payout.id),
            amount: -payout.net,
            fee: 0,
            at: payout.issued,
            order: None,
            tx: None,
            reason: None,
            payout: Some(at),
        });
    }
    rows.sort_by_key(|row| (row.at, row.id));
    let rows = rows.iter().map(|row| row_life(row, &payouts)).collect();
    (lives, rows)
}

fn row(one: &Movement, numbers: &mut Numbers) -> Row {
    let (kind, amount) = if one.refund {
        ("REFUND", -one.amount)
    } else {
        ("CHARGE", one.amount)
    };
    Row {
        id: numbers.take(),
        kind,
        source: Some(kind),
        source_id: Some(one.tx + 11),
        amount,
        fee: one.fee,
        at: one.at,
        order: Some((one.order, one.name.clone())),
        tx: Some(one.tx),
        reason: None,
        payout: None,
    }
}

/// Two disputes, of which one is won; a correction; a reserve that is let go; and a row of a kind that nobody expects.
fn oddities(
    movements: &[Movement],
    start: DateTime<Utc>,
    numbers: &mut Numbers,
    rows: &mut Vec<Row>,
) {
    let charges: Vec<&Movement> = movements.iter().filter(|one| !one.refund).collect();
    let alone = |kind, source, amount, day: i64, reason| Row {
        id: 0,
        kind,
        source,
        source_id: None,
        amount,
        fee: 0,
        at: start + TimeDelta::days(day) + TimeDelta::hours(9),
        order: None,
        tx: None,
        reason,
        payout: None,
    };
    for (n, of) in [charges.len() / 8, charges.len() / 5]
        .into_iter()
        .enumerate()
    {
        let Some(charge) = charges.get(of) else {
            continue;
        };
        let disputed = Row {
            source_id: Some(charge.tx + 17),
            amount: -charge.amount,
            fee: DISPUTE_FEE,
            at: charge.at + TimeDelta::days(5),
            order: Some((charge.order, charge.name.clone())),
            tx: Some(charge.tx),
            ..alone("DISPUTE_WITHDRAWAL", Some("DISPUTE"), 0, 0, None)
        };
        if n == 0 {
            rows.push(Row {
                kind: "DISPUTE_REVERSAL",
                amount: charge.amount,
                fee: -DISPUTE_FEE,
                at: charge.at + TimeDelta::days(14),
                ..disputed.clone()
            });
        }
        rows.push(disputed);
    }
    rows.push(alone(
        "ADJUSTMENT",
        Some("ADJUSTMENT"),
        2_500,
        9,
        Some("Fee charged twice"),
    ));
    rows.push(alone(
        "RESERVED_FUNDS",
        Some("ADJUSTMENT"),
        -80_000,
        13,
        None,
    ));
    rows.push(alone(
        "RESERVED_FUNDS_REVERSAL",
        Some("ADJUSTMENT"),
        80_000,
        23,
        None,
    ));
    // Of the schema, but of no connector's table: that payout is held, no other.
    rows.push(alone(
        "ANOMALY_DEBIT",
        Some("SYSTEM_ADJUSTMENT"),
        -1_234,
        16,
        None,
    ));
    for row in rows.iter_mut().filter(|row| row.id == 0) {
        row.id = numbers.take();
        row.source_id = row.source_id.or(Some(row.id + 13));
    }
}

/// Every weekday takes what is two days old and not taken yet.
fn assign(rows: &mut [Row], numbers: &mut Numbers) -> Vec<Payout> {
    let day_of = |at: DateTime<Utc>| at.with_timezone(&Oslo).date_naive();
    let (Some(first), Some(last)) = (
        rows.first().map(|row| day_of(row.at)),
        rows.last().map(|row| day_of(row.at)),
    ) else {
        return Vec::new();
    };
    let mut payouts = Vec::new();
    let mut day = first;
    while day <= last + TimeDelta::days(4) {
        let old =
            |row: &&mut Row| row.payout.is_none() && day_of(row.at) + TimeDelta::days(2) <= day;
        let mut taken = rows.iter_mut().filter(old).peekable();
        if works(day) && taken.peek().is_some() {
            taken.for_each(|row| row.payout = Some(payouts.len()));
            let issued = local(day, 4 * 3600, false);
            let paid = next_work_day(day);
            payouts.push(Payout {
                id: numbers.take(),
                issued,
                paid: local(paid, 10 * 3600, false),
                net: 0,
            });
        }
        day += TimeDelta::days(1);
    }
    payouts
}

fn works(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next_work_day(day: NaiveDate) -> NaiveDate {
    let mut next = day + TimeDelta::days(1);
    while !works(next) {
        next += TimeDelta::days(1);
    }
    next
}

/// One payout in the middle of the month takes money from the bank: more was held back than had come in. The next one brings it again.
fn below_nothing(rows: &mut Vec<Row>, payouts: &mut [Payout], numbers: &mut Numbers) {
    let middle = payouts.len() / 2;
    let held_back = |rows: &[Row], at: usize| {
        let of = rows.iter().filter(|row| row.payout == Some(at));
        let (sum, last) = of.fold((0, None), |(sum, _), row| {
            (sum + row.amount - row.fee, Some(row.at))
        });
        (sum, last)
    };
    let (sum, Some(last)) = held_back(rows, middle) else {
        return;
    };
    let amount = sum.max(0) + 150_000;
    let row = |kind, amount, at, payout| Row {
        id: 0,
        kind,
        source: Some("ADJUSTMENT"),
        source_id: None,
        amount,
        fee: 0,
        at,
        order: None,
        tx: None,
        reason: None,
        payout: Some(payout),
    };
    rows.push(row("RESERVED_FUNDS", -amount, last, middle));
    if let (_, Some(later)) = held_back(rows, middle + 1) {
        rows.push(row("RESERVED_FUNDS_REVERSAL", amount, later, middle + 1));
    }
    for row in rows.iter_mut().filter(|row| row.id == 0) {
        row.id = numbers.take();
        row.source_id = Some(row.id + 13);
    }
}

fn payout_life<'a>(payout: Payout, rows: impl Iterator<Item = &'a Row>) -> Life {
    let mut sums = [[0_i64; 2]; 4];
    for row in rows {
        let place = match row.kind {
            "CHARGE" => 0,
            "REFUND" => 1,
            "RESERVED_FUNDS" | "RESERVED_FUNDS_REVERSAL" => 2,
            _ => 3,
        };
        sums[place][0] += row.amount;
        sums[place][1] += row.fee;
    }
    let [charges, refunds, reserved, adjustments] =
        sums.map(|[gross, fee]| [shop_money(gross), shop_money(fee)]);
    let nothing = shop_money(0);
    let node = |status: &str| {
        json!({
            "__typename": "ShopifyPaymentsPayout", "id": payout_gid(payout.id), "legacyResourceId": payout.id.to_string(), "issuedAt": stamp(payout.issued), "status": status,
            "transactionType": if payout.net < 0 { "WITHDRAWAL" } else { "DEPOSIT" }, "net": shop_money(payout.net),
            "externalTraceId": if status == "PAID" { json!(format!("NO{}", payout.id % 1_000_000_000)) } else { Value::Null },
            "businessEntity": { "id": "gid://shopify/BusinessEntity/1", "displayName": "Fjord & Fjell AS", "companyName": "Fjord & Fjell AS", "primary": true, "archived": false },
            "summary": {
                "chargesGross": charges[0], "chargesFee": charges[1], "refundsFeeGross": refunds[0], "refundsFee": refunds[1],
                "reservedFundsGross": reserved[0], "reservedFundsFee": reserved[1], "adjustmentsGross": adjustments[0], "adjustmentsFee": adjustments[1],
                "retriedPayoutsGross": nothing, "retriedPayoutsFee": nothing, "advanceGross": nothing, "advanceFees": nothing, "usdcRebateCreditAmount": nothing,
            },
        })
    };
    Life {
        id: payout.id.to_string(),
        versions: vec![
            (payout.issued, node("SCHEDULED")),
            (payout.paid, node("PAID")),
        ],
    }
}

fn row_life(row: &Row, payouts: &[Payout]) -> Life {
    let node = |payout: Value| {
        json!({
            "__typename": "ShopifyPaymentsBalanceTransaction", "id": format!("gid://shopify/ShopifyPaymentsBalanceTransaction/{}", row.id), "type": row.kind,
            "sourceType": row.source, "sourceId": row.source_id.map(|id| id.to_string()), "sourceOrderTransactionId": row.tx.map(|id| id.to_string()),
            "amount": shop_money(row.amount), "fee": shop_money(row.fee), "net": shop_money(row.amount - row.fee), "transactionDate": stamp(row.at), "test": false,
            "associatedOrder": row.order.as_ref().map(|(id, name)| json!({ "id": format!("gid://shopify/Order/{id}"), "name": name })),
            "associatedPayout": payout, "adjustmentReason": row.reason, "adjustmentsOrders": [],
        })
    };
    let mut versions = vec![(row.at, node(json!({ "id": null, "status": "PENDING" })))];
    if let Some(payout) = row.payout.and_then(|at| payouts.get(at)) {
        let in_payout =
            |status: &str| node(json!({ "id": payout_gid(payout.id), "status": status }));
        if row.at >= payout.issued {
            versions.clear();
        }
        versions.push((payout.issued, in_payout("SCHEDULED")));
        versions.push((payout.paid, in_payout("PAID")));
    }
    Life {
        id: row.id.to_string(),
        versions,
    }
}

fn payout_gid(id: i64) -> String {
    format!("gid://shopify/ShopifyPaymentsPayout/{id}")
}

/// The `ShopifyPaymentsAccount`, without its lists.
pub(super) fn account() -> Value {
    json!({
        "__typename": "ShopifyPaymentsAccount", "id": "gid://shopify/ShopifyPaymentsAccount/88000000001", "activated": true, "country": "NO",
        "defaultCurrency": super::amounts::SHOP_CURRENCY, "balance": [shop_money(0)],
    })
}
