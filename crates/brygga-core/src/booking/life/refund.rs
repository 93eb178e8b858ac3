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
use crate::settings::RefundKind;
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
    /// Did goods come back that are counted in stock.
    pub(super) came_back: bool,
    /// To which location of the shop.
    pub(super) location: Option<String>,
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
    /// What the merchant chooses a rule and an account for.
    pub(super) kind: RefundKind,
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

pub(super) fn look<'a>(
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
            came_back: back && stock,
            location: row.location_id.clone(),
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
                came_back: false,
                location: None,
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
        kind: RefundKind::Partial,
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
        came_back: false,
        location: None,
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

/// A refund's credit may not exceed what was invoiced (`facts/visma` 16, error 1829).
pub(super) fn over_invoice(life: &Life<'_>, credits: Decimal, invoices: Decimal) -> Problem {
    life.problem(Code::RefundOverInvoice)
        .with("ours", credits.normalize())
        .with("theirs", invoices.normalize())
}

/// The kind of a credit note.
pub(super) const CREDIT: DocumentKind = DocumentKind::CreditNote;
