//! Digests of a record's content: what changed, and did it change the money.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::shop::{Address, Order, RestockType, Side};

/// SHA-256 of a value's JSON, as 64 hex digits. The same value always gives the same text.
pub fn of<T: Serialize + ?Sized>(value: &T) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex(&Sha256::digest(&json))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Digest of all that the planner reads of an order. Our own write-back moves `updatedAt`, but not this.
pub fn content(order: &Order) -> String {
    let mut seen = order.clone();
    seen.updated_at = seen.created_at;
    of(&seen)
}

/// Digest of the economic content on the side in which the document is made: lines, quantities, prices, discounts,
/// shipping, VAT, country, currency, cancellation (`booking-rules` 3).
pub fn economic(order: &Order, side: Side) -> String {
    let country =
        |address: &Option<Address>| address.as_ref().and_then(|address| address.country.clone());
    let taxes = |lines: &[crate::shop::TaxLine]| -> Vec<String> {
        lines
            .iter()
            .map(|tax| {
                format!(
                    "{:?} {} {}",
                    tax.rate_percent.map(|rate| rate.normalize()),
                    tax.amount.on(side).amount.normalize(),
                    tax.channel_liable
                )
            })
            .collect()
    };
    let amount = |bag: &crate::shop::MoneyBag| bag.on(side).amount.normalize().to_string();
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|line| {
            (
                &line.id,
                &line.kind,
                line.quantity,
                line.removed_before_shipping(order),
                amount(&line.original_total),
                line.discounts
                    .iter()
                    .map(|discount| amount(&discount.amount))
                    .collect::<Vec<_>>(),
                taxes(&line.taxes),
                line.duties
                    .iter()
                    .map(|duty| (&duty.id, amount(&duty.price), taxes(&duty.taxes)))
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let shipping: Vec<_> = order
        .shipping
        .iter()
        .map(|line| (&line.id, amount(&line.discounted), taxes(&line.taxes)))
        .collect();
    let fees: Vec<_> = order
        .fees
        .iter()
        .map(|fee| (&fee.id, amount(&fee.price), taxes(&fee.taxes)))
        .collect();
    // Only what reduces the order is economic here: returns become credit notes of their own (booking-rules 8).
    let removed: Vec<_> = order
        .refunds
        .iter()
        .map(|refund| {
            let lines: Vec<_> = refund
                .lines
                .iter()
                .filter(|line| line.restock == RestockType::Cancel)
                .map(|line| {
                    (
                        &line.line_id,
                        line.quantity,
                        amount(&line.subtotal),
                        amount(&line.tax),
                    )
                })
                .collect();
            let shipping: Vec<_> = if refund.removes_before_shipping() {
                refund
                    .shipping
                    .iter()
                    .map(|line| (amount(&line.subtotal), amount(&line.tax)))
                    .collect()
            } else {
                Vec::new()
            };
            (lines, shipping)
        })
        .filter(|(lines, _)| !lines.is_empty())
        .collect();
    of(&(
        (
            order.currency(side).code(),
            order.taxes_included,
            order.cancelled_at.is_some(),
            amount(&order.totals.total),
            amount(&order.totals.tax),
        ),
        lines,
        shipping,
        fees,
        removed,
        (
            country(&order.shipping_address),
            country(&order.billing),
            order.b2b.as_ref().map(|b2b| &b2b.company_id),
        ),
    ))
}

/// Digest of where the goods and the invoice go: a change here makes no money, but an unshipped order follows it.
pub fn addresses(order: &Order) -> String {
    of(&(&order.shipping_address, &order.billing, &order.po_number))
}

/// A stable, unreadable name for a piece of personal data, such as a guest's e-mail.
pub fn pseudonym(text: &str) -> String {
    let mut hex = of(text);
    hex.truncate(24);
    hex
}
