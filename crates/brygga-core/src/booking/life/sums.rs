//! One order's documents added up, and what Shopify says they must come to (`booking-rules` 11).

use rust_decimal::Decimal;

use crate::erp::{DocumentKind, LedgerDocument, Payment};
use crate::shop::{Order, Refund, RestockType, Side, TransactionKind, TransactionStatus};

/// Sale, VAT and money of one order, in the currency of its documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Invoices less credit notes, with VAT.
    pub sale: Decimal,
    /// The VAT in it.
    pub vat: Decimal,
    /// Money that came in, less what went back.
    pub money: Decimal,
}

/// What is in the books of one order: released documents and payments.
pub fn net<'a>(
    ledger: impl IntoIterator<Item = &'a LedgerDocument>,
    payments: impl IntoIterator<Item = &'a Payment>,
) -> Sums {
    let mut sums = Sums::default();
    for document in ledger {
        if !document.status.is_released() {
            continue;
        }
        let sign = match document.kind {
            DocumentKind::Invoice => Decimal::ONE,
            DocumentKind::CreditNote => Decimal::NEGATIVE_ONE,
            _ => Decimal::ZERO,
        };
        sums.sale += sign * document.total;
        sums.vat += sign * document.vat_total;
    }
    for payment in payments {
        if !payment.status.is_released() {
            continue;
        }
        sums.money += match payment.kind {
            DocumentKind::Payment | DocumentKind::Prepayment => payment.amount,
            DocumentKind::Refund => -payment.amount,
            _ => Decimal::ZERO,
        };
    }
    sums
}

/// What Shopify says of an order on one side: its current sale and VAT, and the money of its successful transactions.
///
/// What a rule makes different is named in the decisions on the parts: a
/// [`RefundDifference`](crate::booking::Explained::RefundDifference) is in the books and not in Shopify's current sale,
/// [`CashRounding`](crate::booking::Explained::CashRounding) too, and a
/// [`PaymentRate`](crate::booking::Explained::PaymentRate) is in the money.
pub fn expected(order: &Order, side: Side) -> Sums {
    let money = order
        .transactions
        .iter()
        .filter(|one| one.status == TransactionStatus::Success)
        .map(|one| {
            let amount = one.amount.on(side).amount;
            match one.kind {
                TransactionKind::Sale | TransactionKind::Capture => amount,
                TransactionKind::Refund => -amount,
                _ => Decimal::ZERO,
            }
        })
        .sum();
    Sums {
        sale: order.totals.current_total.on(side).amount,
        vat: order.totals.current_tax.on(side).amount,
        money,
    }
}

/// What a refund has taken off Shopify's current sale and VAT of what was sent. A refund that is left out of the books (its money
/// failed, or the merchant left its kind out) is in Shopify's figures all the same.
pub fn taken_off(order: &Order, refund: &Refund, side: Side) -> Sums {
    let mut sums = Sums::default();
    for row in &refund.lines {
        // What never left is in no invoice.
        if row.restock == RestockType::Cancel {
            continue;
        }
        let tax = row.tax.on(side).amount;
        sums.vat += tax;
        sums.sale += row.subtotal.on(side).amount;
        if !order.taxes_included {
            sums.sale += tax;
        }
    }
    if !refund.removes_before_shipping() {
        for row in &refund.shipping {
            let tax = row.tax.on(side).amount;
            sums.vat += tax;
            sums.sale += row.subtotal.on(side).amount + tax;
        }
    }
    sums.sale += refund
        .duties
        .iter()
        .map(|duty| duty.on(side).amount)
        .sum::<Decimal>();
    sums
}
