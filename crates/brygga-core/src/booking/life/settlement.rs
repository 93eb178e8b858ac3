//! What the refunds of an order come to together with its payments: how much of each is credited, and what each payment is in
//! the documents' currency (`booking-rules` 1, 7 and 8).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::direct::DIFFERENCE;
use super::ground::Life;
use super::money::scale;
use super::refund::{Given, Moved, Refunding, look};
use super::{PartState, payment, returns};
use crate::booking::basis::{Component, Part};
use crate::code::Code;
use crate::settings::{RefundKind, RefundRule};
use crate::shop::{Refund, Transaction};

/// The refunds of an order, and what its payments come to.
pub(super) struct Settled<'a> {
    /// Oldest first.
    pub(super) refunds: Vec<Refunding<'a>>,
    /// What each money-in transaction comes to in the documents' currency.
    pub(super) received: BTreeMap<String, Decimal>,
}

/// Looks at all refunds and payments of an order.
///
/// `drift` is what the invoices have more than what Shopify says of the same units now: cents, where others of a line were
/// taken out after it was invoiced in part. The refund that took them out gives them back.
pub(super) fn settled<'a>(life: &Life<'a>, drift: Decimal) -> Settled<'a> {
    let mut refunds = looked(life);
    if drift > Decimal::ZERO {
        give_cents(life, &mut refunds, drift);
    }
    let rounding = super::direct::cash_rounding(life).unwrap_or_default();
    let charged = life.total + rounding;
    let received;
    if let Some(seen) = life.as_seen() {
        // What is credited beyond the money is a question of what the customer has paid, in the customer's currency.
        let mut theirs = looked(&seen);
        let rounding = super::direct::cash_rounding(&seen).unwrap_or_default();
        let paid: Decimal = payment::seen(life).map(|(_, amount)| amount).sum();
        give_overpaid_back(life, &mut theirs, paid - seen.total - rounding);
        for (one, theirs) in refunds.iter_mut().zip(&theirs) {
            if is_money_alone(one) && theirs.unsent > Decimal::ZERO {
                one.unsent = scale(one.money, theirs.unsent, theirs.money, life.decimals);
            }
        }
        let extras = extras(&seen, &theirs, seen.total + rounding - paid);
        for ((one, theirs), extra) in refunds.iter_mut().zip(&theirs).zip(&extras) {
            let extra = scale(kept(life, one), *extra, kept(&seen, theirs), life.decimals);
            settle(life, one, extra);
        }
        let due_seen =
            seen.total + rounding + unsent_back(&theirs) - extras.iter().sum::<Decimal>();
        let extra: Decimal = refunds.iter().map(|one| one.credit - one.paid_back).sum();
        received = payment::at_own_rate(
            life,
            due_seen,
            charged + drift + unsent_back(&refunds) - extra,
        );
        let settled = paid - back(&theirs) == seen.total + rounding - credits(&theirs, &extras);
        if settled {
            let over = received.values().sum::<Decimal>() - back(&refunds) - charged - drift
                + refunds.iter().map(|one| one.credit).sum::<Decimal>();
            meet(life, &mut refunds, over);
        }
    } else {
        received = payment::as_paid(life);
        let paid: Decimal = received.values().sum();
        give_overpaid_back(life, &mut refunds, paid - charged - drift);
        let extras = extras(life, &refunds, charged + drift.max(Decimal::ZERO) - paid);
        for (one, extra) in refunds.iter_mut().zip(extras) {
            settle(life, one, extra);
        }
    }
    let paid: Decimal = payment::seen(life).map(|(_, amount)| amount).sum();
    for one in &mut refunds {
        one.kind = kind(life, one, paid);
        one.kept_out = rule(life, one);
    }
    Settled { refunds, received }
}

fn looked<'a>(life: &Life<'a>) -> Vec<Refunding<'a>> {
    let mut sent: BTreeMap<&str, u32> = BTreeMap::new();
    for row in life.order.fulfilments.iter().flat_map(|one| &one.lines) {
        *sent.entry(row.line_id.as_str()).or_default() += row.quantity;
    }
    life.order
        .refunds
        .iter()
        .map(|refund| look(life, refund, &mut sent))
        .collect()
}

/// A refund of nothing but money.
fn is_money_alone(one: &Refunding<'_>) -> bool {
    let refund = one.refund;
    refund.lines.is_empty() && refund.shipping.is_empty() && refund.duties.is_empty()
}

/// Money that an edit made too much, and that goes back by itself (`facts/shopify` R7): it was never in an invoice, so it is no
/// credit; it comes from what the customer has paid. What Shopify calls a discrepancy (R5) is good will, unless more is too much.
fn give_overpaid_back(life: &Life<'_>, refunds: &mut [Refunding<'_>], overpaid: Decimal) {
    let mut left = overpaid - unsent_back(refunds);
    for good_will in [false, true] {
        for one in refunds.iter_mut() {
            let fits = is_money_alone(one)
                && one.moved == Moved::Yes
                && one.refund.adjustments.is_empty() != good_will
                // What is credited stays credited, whatever is edited later.
                && returns::credit_note(life, one).is_none();
            let takes = left.min(one.money - one.unsent);
            if fits && takes > Decimal::ZERO {
                one.unsent += takes;
                left -= takes;
            }
        }
    }
}

fn back(refunds: &[Refunding<'_>]) -> Decimal {
    refunds
        .iter()
        .filter(|one| one.moved == Moved::Yes)
        .map(|one| one.money)
        .sum()
}

fn credits(refunds: &[Refunding<'_>], extras: &[Decimal]) -> Decimal {
    refunds
        .iter()
        .zip(extras)
        .filter(|(one, _)| one.moved == Moved::Yes)
        .map(|(one, extra)| paid_back(one) + extra)
        .sum()
}

/// Where nothing is due in the customer's currency, nothing may be due in the shop's: cents of the rate go with a refund
/// that was not paid back in full, or was money before any invoice.
fn meet(life: &Life<'_>, refunds: &mut [Refunding<'_>], over: Decimal) {
    if over.is_zero() || over.abs() > life.unit() * Decimal::TEN {
        return;
    }
    let open = |one: &Refunding<'_>| {
        let extra = one.credit - one.paid_back;
        let from_credit = extra > Decimal::ZERO
            && extra >= over
            && one.paid_back > Decimal::ZERO
            && one.paid_back + over > Decimal::ZERO;
        let from_prepaid = one.credit.is_zero() && one.money > Decimal::ZERO;
        one.moved == Moved::Yes
            && (from_credit || from_prepaid)
            && one.money + over > Decimal::ZERO
            && one
                .transactions
                .keys()
                .all(|id| payment::booked(life, id).is_none())
    };
    if let Some(one) = refunds.iter_mut().rfind(|one| open(one)) {
        if !one.credit.is_zero() {
            one.paid_back += over;
        }
        one.money += over;
        if let Some(last) = one.transactions.values_mut().next_back() {
            *last += over;
        }
    }
}

/// Money that went back for what never left: it has paid for nothing else.
fn unsent_back(refunds: &[Refunding<'_>]) -> Decimal {
    refunds
        .iter()
        .filter(|one| one.moved == Moved::Yes)
        .map(|one| one.money.min(one.unsent))
        .sum()
}

/// What of each refund is credited beyond the money that went back: goods that the customer was charged for and has not
/// paid, as in an exchange or on an invoice on terms (`booking-rules` 8).
fn extras(life: &Life<'_>, refunds: &[Refunding<'_>], unpaid: Decimal) -> Vec<Decimal> {
    let mut uncovered = unpaid + unsent_back(refunds);
    refunds
        .iter()
        .map(|one| {
            if one.moved != Moved::Yes {
                return Decimal::ZERO;
            }
            let extra = kept(life, one).min(uncovered.max(Decimal::ZERO));
            uncovered -= extra;
            extra
        })
        .collect()
}

fn paid_back(one: &Refunding<'_>) -> Decimal {
    (one.money - one.unsent).max(Decimal::ZERO)
}

/// What of the value of a refund was not paid back, and was not kept on purpose either: that Shopify tells as an adjustment,
/// of which pairs cancel out (`facts/shopify` R4, R6).
fn kept(life: &Life<'_>, one: &Refunding<'_>) -> Decimal {
    let adjusted: Decimal = one
        .refund
        .adjustments
        .iter()
        .map(|row| row.amount.on(life.side).amount + row.tax.on(life.side).amount)
        .sum();
    (one.value() - paid_back(one) + adjusted.min(Decimal::ZERO)).max(Decimal::ZERO)
}

/// Cents that are on an invoice and in no unit that is left: on the credit note of the refund that took the others out.
fn give_cents(life: &Life<'_>, all: &mut [Refunding<'_>], mut drift: Decimal) {
    let takes = |one: &Refunding<'_>| {
        one.moved == Moved::Yes && one.given.is_empty() && one.unsent > Decimal::ZERO
    };
    let mut give = |one: &mut Refunding<'_>, amount: Decimal| {
        let amount = amount.min(drift).min(one.unsent);
        if amount <= Decimal::ZERO {
            return;
        }
        drift -= amount;
        one.unsent -= amount;
        one.given.push(Given {
            component: Component {
                link: format!("{DIFFERENCE}rounding"),
                part: Part::Fee,
                title: "Rounding".into(),
                quantity: 1,
                net: amount,
                tax: Decimal::ZERO,
                rate: Decimal::ZERO,
                untaxed_by_default: false,
            },
            came_back: false,
            location: None,
        });
    };
    // What is in the books stays whose it is.
    for one in all.iter_mut().filter(|one| takes(one)) {
        if let Some(note) = returns::credit_note(life, one) {
            give(one, note.total);
        }
    }
    if let Some(last) = all.iter_mut().rfind(|one| takes(one)) {
        give(last, Decimal::MAX);
    }
}

/// The amount of the credit note: the money that went back for what was invoiced, and what goods that came back still
/// had to be paid for. Once it is in the books it is settled: later payments do not change what was credited.
fn settle(life: &Life<'_>, one: &mut Refunding<'_>, mut extra: Decimal) {
    if one.moved != Moved::Yes {
        return;
    }
    let paid_back = paid_back(one);
    if let Some(document) = returns::credit_note(life, one) {
        let theirs = document.total - paid_back;
        if theirs >= Decimal::ZERO && theirs <= kept(life, one) {
            extra = theirs;
        }
    }
    one.paid_back = paid_back;
    one.credit = paid_back + extra;
}

fn kind(life: &Life<'_>, one: &Refunding<'_>, received: Decimal) -> RefundKind {
    let own: Vec<&Transaction> = life
        .order
        .transactions
        .iter()
        .filter(|transaction| one.transactions.contains_key(&transaction.id))
        .collect();
    let to_credit = own.iter().any(|transaction| transaction.is_stored_value());
    let seen: Decimal = own
        .iter()
        .map(|transaction| transaction.amount.presentment.amount)
        .sum();
    if to_credit {
        RefundKind::StoreCredit
    } else if one.refund.lines.is_empty() && one.refund.shipping.is_empty() {
        RefundKind::AmountOnly
    } else if seen >= received && !seen.is_zero() {
        RefundKind::Full
    } else {
        RefundKind::Partial
    }
}

/// What the merchant's rule for this kind of refund says.
fn rule(life: &Life<'_>, one: &Refunding<'_>) -> Option<PartState> {
    if one.money.is_zero() && one.credit.is_zero() {
        return None;
    }
    let rule = life.ground.settings.refunds.rule(one.kind);
    by_rule(life, rule, one.refund, one.money)
}

/// `None`: it is booked.
pub(super) fn by_rule(
    life: &Life<'_>,
    rule: RefundRule,
    refund: &Refund,
    amount: Decimal,
) -> Option<PartState> {
    let named = |code| life.problem(code).with("amount", amount.normalize());
    match rule {
        RefundRule::Automatic => None,
        RefundRule::Ask if life.ground.settings.refunds.approved.contains(&refund.id) => None,
        RefundRule::Ask => Some(PartState::Held(named(Code::RefundNeedsApproval))),
        RefundRule::Ignore => Some(PartState::Skipped(named(Code::SkippedRefund))),
    }
}
