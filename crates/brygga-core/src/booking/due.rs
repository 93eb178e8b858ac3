//! Is an order to be booked, and is it time (`booking-rules` 3).

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::code::{Code, Problem};
use crate::settings::{BookingMode, Settings, Trigger, plain};
use crate::shop::{
    FinancialStatus, FulfillmentStatus, Order, ShopInfo, TransactionKind, TransactionStatus,
};

/// Why an order is not booked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotNow {
    /// It will not be booked.
    Skipped(Problem),
    /// It is not due; look again at the moment given, or when it changes.
    Waiting(Problem, Option<DateTime<Utc>>),
}

/// The date on which an order is booked: its day in the shop's time zone.
pub fn booking_date(order: &Order, shop: &ShopInfo) -> NaiveDate {
    order
        .processed_at
        .with_timezone(&shop.time_zone)
        .date_naive()
}

/// Says why an order that was never booked is not booked now, if so.
pub(super) fn not_now(
    order: &Order,
    shop: &ShopInfo,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<NotNow> {
    let named = |code| Problem::new(code).with("order", &order.name);
    if order.test {
        return Some(NotNow::Skipped(named(Code::SkippedTest)));
    }
    if let Some(start) = settings.start_date
        && booking_date(order, shop) < start
    {
        return Some(NotNow::Skipped(
            named(Code::SkippedBeforeStart).with("start", start),
        ));
    }
    if let Some(tag) = order
        .tags
        .iter()
        .find(|tag| names(&settings.leave_out.tags, tag))
    {
        return Some(NotNow::Skipped(named(Code::SkippedTag).with("tag", tag)));
    }
    if let Some(channel) = order
        .source_name
        .as_ref()
        .filter(|channel| names(&settings.leave_out.channels, channel))
    {
        return Some(NotNow::Skipped(
            named(Code::SkippedChannel).with("channel", channel),
        ));
    }
    if order.cancelled_at.is_some() {
        return Some(NotNow::Skipped(named(Code::SkippedCancelled)));
    }
    match trigger(order, settings) {
        Trigger::Created => {}
        Trigger::Paid if is_paid(order) => {}
        Trigger::Paid => {
            let status = order
                .financial_status
                .as_ref()
                .map_or("unknown", FinancialStatus::as_str);
            return Some(NotNow::Waiting(
                named(Code::WaitingForPayment).with("status", status),
                None,
            ));
        }
        Trigger::Fulfilled if is_handed_over(order) || is_begun(order, settings) => {}
        Trigger::Fulfilled => {
            return Some(NotNow::Waiting(named(Code::WaitingForFulfilment), None));
        }
    }
    let due = order.processed_at + TimeDelta::minutes(i64::from(settings.trigger.grace_minutes));
    (now < due).then(|| {
        NotNow::Waiting(
            named(Code::WaitingGrace).with("minutes", settings.trigger.grace_minutes),
            Some(due),
        )
    })
}

/// Whether one of the words is this, whatever its case: a person typed them.
fn names(words: &BTreeSet<String>, this: &str) -> bool {
    words.contains(this) || words.iter().any(|word| plain(word) == plain(this))
}

/// The latest of the triggers of the gateways that the customer used.
fn trigger(order: &Order, settings: &Settings) -> Trigger {
    order
        .transactions
        .iter()
        .filter(|transaction| {
            matches!(
                transaction.status,
                TransactionStatus::Success | TransactionStatus::Pending
            )
        })
        .map(|transaction| settings.trigger_of(Some(&transaction.gateway)))
        .max()
        .unwrap_or_else(|| settings.trigger_of(None))
}

fn is_handed_over(order: &Order) -> bool {
    matches!(
        order.fulfillment_status,
        FulfillmentStatus::Fulfilled | FulfillmentStatus::NotRequired
    )
}

/// In the invoice modes an order itself is no document: each fulfilment is invoiced as it is sent, and money that came before is a
/// prepayment. So it is begun by either.
fn is_begun(order: &Order, settings: &Settings) -> bool {
    let has_money = || {
        order.transactions.iter().any(|one| {
            matches!(one.kind, TransactionKind::Sale | TransactionKind::Capture)
                && one.status == TransactionStatus::Success
        })
    };
    settings.booking_mode != BookingMode::SalesOrder
        && (!order.fulfilments.is_empty() || (settings.payments.on && has_money()))
}

/// Must the invoice of what needs no shipping wait: in the invoice modes it has no fulfilment of its own to wait for.
pub(super) fn waits_for_fulfilment(order: &Order, settings: &Settings) -> bool {
    settings.booking_mode != BookingMode::SalesOrder
        && trigger(order, settings) == Trigger::Fulfilled
        && !is_handed_over(order)
        // Where nothing is left to hand over, nothing will be told of.
        && order.lines.iter().any(|line| line.current_quantity > 0)
}

/// Fully authorised or paid. Money that went back was paid first.
fn is_paid(order: &Order) -> bool {
    match &order.financial_status {
        Some(
            FinancialStatus::Authorized
            | FinancialStatus::Paid
            | FinancialStatus::PartiallyRefunded
            | FinancialStatus::Refunded,
        ) => true,
        Some(
            FinancialStatus::Expired
            | FinancialStatus::PartiallyPaid
            | FinancialStatus::Pending
            | FinancialStatus::Voided
            | FinancialStatus::Other(_),
        )
        | None => false,
    }
}
