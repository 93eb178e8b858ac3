//! What a refund is: what of it was invoiced, what never left, what money moved, and so what its credit note comes to
//! (`booking-rules` 8, `facts/shopify` 7R).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::direct::{DIFFERENCE, KEPT};
use super::ground::Life;
use super::money::{part_of, scale, spread, vat_in};
use super::{PartKind, PartRef, PartState};
use super::{payment, returns};
use crate::booking::basis::{Component, Part};
use crate::code::{Code, Problem};
use crate::erp::{DocumentKind, OrderStatus};
use crate::settings::RefundRule;
use crate::shop::{
    MoneyBag, Refund, RestockType, Side, Transaction, TransactionKind, TransactionStatus,
};

/// Did the money of a refund move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// All of it, or there was none to move.
    Yes,
    /// Some of it is on its way.
    Pending,
    /// It did not.
    Failed(String),
}

/// Something of a refund that is on an invoice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    /// Units and money; the link of its invoice line.
    pub(super) component: Component,
    /// Did goods come back, to which location of the shop.
    pub(super) back: Option<Option<String>>,
}

/// A refund, looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refunding<'a> {
    pub(super) refund: &'a Refund,
    pub(super) part: PartRef,
    pub(super) at: DateTime<Utc>,
    pub(super) moved: Moved,
    /// Money that went back, in the documents' currency.
    pub(super) money: Decimal,
    /// What of it was invoiced.
    pub(super) given: Vec<Given>,
    /// With VAT: what of it never left.
    pub(super) unsent: Decimal,
    /// What the credit note comes to; 0: none.
    pub(super) credit: Decimal,
    /// Of the credit note, what is paid back; the rest is applied to open invoices.
    pub(super) paid_back: Decimal,
    /// The rule of its kind keeps it out.
    pub(super) kept_out: Option<PartState>,
    /// Per transaction: amount in the documents' currency, and Shopify's own minus it where rates differ.
    pub(super) transactions: BTreeMap<String, Decimal>,
}

impl Refunding<'_> {
    /// Shopify's value of what was invoiced.
    pub(super) fn value(&self) -> Decimal {
        self.given
            .iter()
            .map(|given| given.component.net + given.component.tax)
            .sum()
    }

    /// The lines of the credit note: what was given back, and the difference to its amount with VAT in proportion to the
    /// order's rates.
    pub(super) fn components(&self, life: &Life<'_>) -> Vec<Component> {
        let mut components: Vec<Component> = self
            .given
            .iter()
            .map(|given| given.component.clone())
            .collect();
        let difference = self.credit - self.value();
        if difference.is_zero() {
            return components;
        }
        let mut rates: BTreeMap<Decimal, Decimal> = BTreeMap::new();
        for one in &life.components {
            // A gift card or tip is no taxed sale.
            if !matches!(one.part, Part::GiftCard | Part::Tip | Part::Duty) {
                *rates.entry(one.rate.normalize()).or_default() += one.net + one.tax;
            }
        }
        rates.retain(|_, gross| *gross > Decimal::ZERO);
        if rates.is_empty() {
            rates.insert(Decimal::ZERO, Decimal::ONE);
        }
        let weights: Vec<Decimal> = rates.values().copied().collect();
        let shares = spread(difference, &weights, life.decimals);
        for (rate, gross) in rates.keys().zip(shares) {
            if gross.is_zero() {
                continue;
            }
            let tax = vat_in(gross, *rate, life.decimals);
            components.push(Component {
                link: format!("{DIFFERENCE}{}", rate.normalize()),
                // Goods, by whose row of the VAT table it is taxed.
                part: Part::Custom { sku: None },
                title: "Refund difference".into(),
                quantity: 1,
                net: gross - tax,
                tax,
                rate: *rate,
                untaxed_by_default: false,
            });
        }
        components
    }
}

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
        let theirs = looked(&seen);
        let rounding = super::direct::cash_rounding(&seen).unwrap_or_default();
        let paid: Decimal = payment::seen(life).map(|(_, amount)| amount).sum();
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
        let extras = extras(life, &refunds, charged + drift.max(Decimal::ZERO) - paid);
        for (one, extra) in refunds.iter_mut().zip(extras) {
            settle(life, one, extra);
        }
    }
    let paid: Decimal = payment::seen(life).map(|(_, amount)| amount).sum();
    for one in &mut refunds {
        one.kept_out = rule(life, one, paid);
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
            back: None,
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

fn look<'a>(
    life: &Life<'a>,
    refund: &'a Refund,
    sent: &mut BTreeMap<&'a str, u32>,
) -> Refunding<'a> {
    let mut given = Vec::new();
    let mut unsent = Decimal::ZERO;
    for row in &refund.lines {
        let (net, tax) = life.refund_money(row.subtotal, row.tax);
        let line = life.order.lines.iter().find(|line| line.id == row.line_id);
        let link = format!("line/{}", row.line_id);
        let late = row.restock == RestockType::Cancel && life.is_late_row(refund, row);
        let was_sent = match &row.restock {
            RestockType::Cancel if !late => 0,
            _ if late || line.is_some_and(|line| life.is_service(line)) => row.quantity,
            _ => {
                let left = sent.entry(row.line_id.as_str()).or_default();
                let units = row.quantity.min(*left);
                *left -= units;
                units
            }
        };
        let of = |amount| part_of(amount, was_sent, row.quantity, life.decimals);
        let (given_net, given_tax) = if was_sent == 0 {
            (Decimal::ZERO, Decimal::ZERO)
        } else {
            (of(net), of(tax))
        };
        unsent += net + tax - given_net - given_tax;
        if was_sent == 0 {
            continue;
        }
        let known = life.components.iter().find(|one| one.link == link);
        let back = matches!(
            row.restock,
            RestockType::Return | RestockType::LegacyRestock
        );
        let stock = returns::is_stock(life, &link);
        let (part, title, rate) = known.map_or_else(
            || {
                let rate = line
                    .and_then(|line| line.taxes.iter().find_map(|tax| tax.rate_percent))
                    .unwrap_or_default();
                let title = line.map_or_else(String::new, |line| line.title.clone());
                (Part::Custom { sku: None }, title, rate)
            },
            |known| (known.part.clone(), known.title.clone(), known.rate),
        );
        given.push(Given {
            component: Component {
                link: if stock && !back {
                    format!("{KEPT}{}", row.line_id)
                } else {
                    link
                },
                part,
                title,
                quantity: was_sent,
                net: given_net,
                tax: given_tax,
                rate: rate.normalize(),
                untaxed_by_default: false,
            },
            back: (back && stock).then(|| row.location_id.clone()),
        });
    }
    let in_the_order = refund.removes_before_shipping() && !life.is_late_shipping(refund);
    for (index, row) in refund.shipping.iter().enumerate() {
        let (net, tax) = (
            row.subtotal.on(life.side).amount,
            row.tax.on(life.side).amount,
        );
        if in_the_order {
            unsent += net + tax;
        } else if !net.is_zero() || !tax.is_zero() {
            given.push(shipping(life, index, net, tax));
        }
    }
    for (index, duty) in refund.duties.iter().enumerate() {
        let amount = duty.on(life.side).amount;
        if !amount.is_zero() {
            given.push(Given {
                component: Component {
                    link: format!("duty/back-{index}"),
                    part: Part::Duty,
                    title: "Duty".into(),
                    quantity: 1,
                    net: amount,
                    tax: Decimal::ZERO,
                    rate: Decimal::ZERO,
                    untaxed_by_default: false,
                },
                back: None,
            });
        }
    }
    let (moved, transactions) = moved(life, refund);
    // Of a cancelled order nothing left, whatever the refund's lines say of their units.
    let nothing_left = life
        .base
        .is_some_and(|base| base.status == OrderStatus::Cancelled)
        || (life.order.cancelled_at.is_some()
            && life.order.fulfilments.is_empty()
            && super::whole_part(life.order).is_none());
    if nothing_left {
        for one in given.drain(..) {
            unsent += one.component.net + one.component.tax;
        }
    }
    let value = unsent
        + given
            .iter()
            .map(|one| one.component.net + one.component.tax)
            .sum::<Decimal>();
    let amounts = amounts(life, refund, &transactions, value);
    let money: Decimal = amounts.values().sum();
    Refunding {
        refund,
        part: PartRef {
            kind: PartKind::CreditNote,
            id: refund.id.clone(),
        },
        at: refund.created_at.unwrap_or(life.order.updated_at),
        moved,
        money,
        given,
        unsent: if nothing_left {
            unsent.max(money)
        } else {
            unsent
        },
        credit: Decimal::ZERO,
        paid_back: Decimal::ZERO,
        kept_out: None,
        transactions: amounts,
    }
}

fn shipping(life: &Life<'_>, index: usize, net: Decimal, tax: Decimal) -> Given {
    let line = life
        .components
        .iter()
        .filter(|one| one.part == Part::Shipping)
        .nth(index)
        .or_else(|| {
            life.components
                .iter()
                .find(|one| one.part == Part::Shipping)
        });
    let rate = line.map_or_else(
        || {
            life.order
                .shipping
                .iter()
                .flat_map(|line| &line.taxes)
                .find_map(|tax| tax.rate_percent)
                .unwrap_or_default()
        },
        |line| line.rate,
    );
    Given {
        component: Component {
            link: format!("shipping/back-{index}"),
            part: Part::Shipping,
            title: line.map_or_else(|| "Shipping".to_owned(), |line| line.title.clone()),
            quantity: 1,
            net,
            tax,
            rate: if tax.is_zero() && net.is_zero() {
                Decimal::ZERO
            } else {
                rate.normalize()
            },
            untaxed_by_default: false,
        },
        back: None,
    }
}

/// The transactions of a refund that moved money, and whether all did.
fn moved<'a>(life: &Life<'a>, refund: &Refund) -> (Moved, Vec<&'a Transaction>) {
    let own: Vec<&Transaction> = life
        .order
        .transactions
        .iter()
        .filter(|one| one.kind == TransactionKind::Refund && refund.transactions.contains(&one.id))
        .collect();
    let moved: Vec<_> = own
        .iter()
        .copied()
        .filter(|one| one.status == TransactionStatus::Success)
        .collect();
    let failed = |one: &&&Transaction| {
        matches!(
            one.status,
            TransactionStatus::Failure | TransactionStatus::Error
        )
    };
    let state = if own
        .iter()
        .any(|one| one.status != TransactionStatus::Success && !failed(&one))
    {
        Moved::Pending
    } else if let (true, Some(one)) = (moved.is_empty(), own.iter().find(failed)) {
        Moved::Failed(one.status.as_str().to_owned())
    } else if own.is_empty() && !refund.total.presentment.amount.is_zero() {
        Moved::Pending
    } else {
        Moved::Yes
    };
    (state, moved)
}

/// The amount of each transaction. In the shop's currency it is at the order's own rate: what the refund's lines say, or the
/// order's total (`booking-rules` 1).
fn amounts(
    life: &Life<'_>,
    refund: &Refund,
    moved: &[&Transaction],
    value: Decimal,
) -> BTreeMap<String, Decimal> {
    let seen: Vec<Decimal> = moved
        .iter()
        .map(|one| one.amount.presentment.amount)
        .collect();
    if life.side == Side::Presentment || life.order.shop_currency == life.order.presentment_currency
    {
        return moved
            .iter()
            .map(|one| (one.id.clone(), one.amount.on(life.side).amount))
            .collect();
    }
    let all: Decimal = seen.iter().sum();
    let value_seen = value_seen(life, refund);
    let total = life.order.totals.total;
    let whole = if value_seen.is_zero() {
        scale(
            total.shop.amount,
            all,
            total.presentment.amount,
            life.decimals,
        )
    } else {
        scale(value, all, value_seen, life.decimals)
    };
    moved
        .iter()
        .map(|one| one.id.clone())
        .zip(spread(whole, &seen, life.decimals))
        .map(|(id, amount)| {
            let booked = payment::booked(life, &id);
            (id, booked.unwrap_or(amount))
        })
        .collect()
}

/// What a refund's rows come to in the currency that the customer saw, with VAT.
fn value_seen(life: &Life<'_>, refund: &Refund) -> Decimal {
    let seen = |bag: &MoneyBag| bag.presentment.amount;
    let included = life.order.taxes_included;
    let lines = refund.lines.iter().map(|row| {
        let tax = if included {
            Decimal::ZERO
        } else {
            seen(&row.tax)
        };
        seen(&row.subtotal) + tax
    });
    let shipping = refund
        .shipping
        .iter()
        .map(|row| seen(&row.subtotal) + seen(&row.tax));
    lines
        .chain(shipping)
        .chain(refund.duties.iter().map(seen))
        .sum()
}

/// What the merchant's rule for this kind of refund says.
fn rule(life: &Life<'_>, one: &Refunding<'_>, received: Decimal) -> Option<PartState> {
    if one.money.is_zero() && one.credit.is_zero() {
        return None;
    }
    let settings = &life.ground.settings.refunds;
    let own: Vec<&Transaction> = life
        .order
        .transactions
        .iter()
        .filter(|transaction| one.transactions.contains_key(&transaction.id))
        .collect();
    let to_credit = own.iter().any(|transaction| {
        transaction.gateway == "gift_card" || transaction.gateway.contains("store_credit")
    });
    let seen: Decimal = own
        .iter()
        .map(|transaction| transaction.amount.presentment.amount)
        .sum();
    let rule = if to_credit {
        settings.store_credit
    } else if one.refund.lines.is_empty() && one.refund.shipping.is_empty() {
        settings.amount_only
    } else if seen >= received && !seen.is_zero() {
        settings.full
    } else {
        settings.partial
    };
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

/// A refund's credit may not exceed what was invoiced (`facts/visma` 16, error 1829).
pub(super) fn over_invoice(life: &Life<'_>, credits: Decimal, invoices: Decimal) -> Problem {
    life.problem(Code::RefundOverInvoice)
        .with("ours", credits.normalize())
        .with("theirs", invoices.normalize())
}

/// The kind of a credit note.
pub(super) const CREDIT: DocumentKind = DocumentKind::CreditNote;
