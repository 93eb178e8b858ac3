//! The ledger as tests and proofs see it: every document, every payment, and what every account holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{AccountBalance, Application, Document, Key, Payment, payment_view, posting, view};
use crate::visma::vat::TaxRow;
use crate::visma::world::World;

/// Everything in the books and on the way there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LedgerSnapshot {
    /// Invoices by number.
    pub invoices: Vec<DocumentSnapshot>,
    /// Credit notes by number.
    pub credit_notes: Vec<DocumentSnapshot>,
    /// Payments, prepayments and refunds.
    pub payments: Vec<PaymentSnapshot>,
    /// Cash transactions.
    pub cash_transactions: Vec<CashSnapshot>,
    /// What each general ledger account holds, by currency.
    pub accounts: Vec<AccountBalance>,
    /// What each cash account holds: clearing accounts and the liabilities of gift cards and store credit among them.
    pub cash_accounts: Vec<AccountBalance>,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentSnapshot {
    /// Number.
    pub number: String,
    /// Status.
    pub status: String,
    /// Customer number.
    pub customer: String,
    /// ISO currency.
    pub currency: String,
    /// Units of the company's currency for one of its own.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
    /// Date.
    pub date: NaiveDate,
    /// Due date.
    pub due: Option<NaiveDate>,
    /// `YYYYMM`.
    pub period: String,
    /// VAT zone.
    pub vat_zone: Option<String>,
    /// `customerRefNumber`.
    pub customer_ref: Option<String>,
    /// `externalReference`.
    pub external: Option<String>,
    /// Lines.
    pub lines: Vec<DocumentLine>,
    /// Without VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT per VAT id.
    pub taxes: Vec<TaxRow>,
    /// VAT of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub tax_total: Decimal,
    /// With VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// Still open.
    #[serde(with = "rust_decimal::serde::str")]
    pub balance: Decimal,
    /// What the company's rounding added.
    #[serde(with = "rust_decimal::serde::str")]
    pub rounding: Decimal,
    /// What is applied to it, and what it is applied to.
    pub applied: Vec<AppliedSnapshot>,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentLine {
    /// Line number.
    pub number: i32,
    /// Inventory number.
    pub item: Option<String>,
    /// Account.
    pub account: String,
    /// Segments of its subaccount by number.
    pub subaccount: BTreeMap<u16, String>,
    /// Text.
    pub description: String,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Without VAT, after discount.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT category.
    pub vat_category: Option<String>,
    /// `externalLink`.
    pub link: Option<String>,
    /// Type and number of the sales order.
    pub order: Option<(String, String)>,
    /// Line of the sales order.
    pub order_line: Option<i32>,
    /// Shipment.
    pub shipment: Option<String>,
    /// Warehouse.
    pub warehouse: Option<String>,
}

/// One document applied to another, seen from one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedSnapshot {
    /// Kind of the other.
    pub kind: &'static str,
    /// Number of the other.
    pub number: String,
    /// Amount.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Written off beside it.
    #[serde(with = "rust_decimal::serde::str")]
    pub write_off: Decimal,
    /// In the books.
    pub released: bool,
}

/// A payment, prepayment or refund.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaymentSnapshot {
    /// `Payment`, `Prepayment` or `Refund`.
    pub kind: &'static str,
    /// Number.
    pub number: String,
    /// Status.
    pub status: String,
    /// Customer number.
    pub customer: String,
    /// Payment method.
    pub method: String,
    /// Cash account.
    pub cash_account: String,
    /// ISO currency.
    pub currency: String,
    /// Date.
    pub date: NaiveDate,
    /// `paymentRef`.
    pub reference: String,
    /// Amount.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Applied to nothing and kept for nothing.
    #[serde(with = "rust_decimal::serde::str")]
    pub available: Decimal,
    /// Orders it is kept for.
    pub orders: Vec<ReservedSnapshot>,
    /// Documents.
    pub applied: Vec<AppliedSnapshot>,
}

/// Money kept for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReservedSnapshot {
    /// Order type.
    pub order_type: String,
    /// Order number.
    pub order_number: String,
    /// Still kept.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Gone on to invoices.
    #[serde(with = "rust_decimal::serde::str")]
    pub transferred: Decimal,
}

/// A cash transaction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CashSnapshot {
    /// Number.
    pub number: String,
    /// Cash account.
    pub cash_account: String,
    /// Entry type.
    pub entry_type: String,
    /// Money in.
    pub receipt: bool,
    /// In the books.
    pub released: bool,
    /// Date.
    pub date: NaiveDate,
    /// `documentRef`.
    pub reference: Option<String>,
    /// Sum of the details.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// Details: account, text, amount.
    pub details: Vec<(String, String, Decimal)>,
}

pub(crate) fn snapshot(world: &World) -> LedgerSnapshot {
    let documents = |kind| {
        world
            .ledger
            .documents
            .values()
            .filter(move |document| document.kind == kind)
            .map(|document| document_of(world, document))
            .collect()
    };
    LedgerSnapshot {
        invoices: documents(super::Kind::Invoice),
        credit_notes: documents(super::Kind::CreditNote),
        payments: world
            .ledger
            .payments
            .values()
            .map(|payment| payment_of(world, payment))
            .collect(),
        cash_transactions: world
            .ledger
            .cash
            .values()
            .map(|transaction| CashSnapshot {
                number: transaction.number.clone(),
                cash_account: transaction.cash_account.clone(),
                entry_type: transaction.entry_type.clone(),
                receipt: transaction.receipt,
                released: transaction.released,
                date: transaction.date,
                reference: transaction.reference.clone(),
                total: transaction.total(),
                details: transaction
                    .details
                    .iter()
                    .map(|detail| {
                        (
                            detail.account.clone(),
                            detail.description.clone(),
                            detail.amount,
                        )
                    })
                    .collect(),
            })
            .collect(),
        accounts: posting::balances(world, |row| Some(&row.account)),
        cash_accounts: posting::balances(world, |row| row.cash_account.as_deref()),
    }
}

fn applied(world: &World, key: &Key) -> Vec<AppliedSnapshot> {
    let seen = |application: &Application| {
        let other = if application.to == *key {
            &application.from
        } else {
            &application.to
        };
        AppliedSnapshot {
            kind: other.0.word(),
            number: other.1.clone(),
            amount: application.amount,
            write_off: application.write_off,
            released: application.released,
        }
    };
    world.ledger.touching(key).map(seen).collect()
}

fn document_of(world: &World, document: &Document) -> DocumentSnapshot {
    let key = document.key();
    let decimals = world.data.decimals(&document.currency);
    let totals = document.totals(&world.data, world.round_total_to);
    DocumentSnapshot {
        number: document.number.clone(),
        status: view::status(world, document).to_owned(),
        customer: document.customer.clone(),
        currency: document.currency.clone(),
        rate: document.rate,
        date: document.date,
        due: document.due,
        period: document.period.clone(),
        vat_zone: document.vat_zone.clone(),
        customer_ref: document.customer_ref.clone(),
        external: document.external.clone(),
        lines: document
            .lines
            .iter()
            .map(|line| {
                let order = line.order.as_ref();
                DocumentLine {
                    number: line.number,
                    item: line.item.clone(),
                    account: line.account.clone(),
                    subaccount: line.subaccount.clone(),
                    description: line.description.clone(),
                    quantity: line.quantity,
                    net: line.net(decimals),
                    vat_category: line.category.clone(),
                    link: line.link.clone(),
                    order: order
                        .map(|order| (order.order_type.clone(), order.order_number.clone())),
                    order_line: order.map(|order| order.line),
                    shipment: order.and_then(|order| order.shipment.clone()),
                    warehouse: order.and_then(|order| order.warehouse.clone()),
                }
            })
            .collect(),
        net: totals.lines,
        balance: if document.is_released() {
            world.ledger.balance(&key, totals.total)
        } else {
            totals.total
        },
        rounding: totals.rounding,
        tax_total: totals.tax,
        total: totals.total,
        taxes: totals.rows,
        applied: applied(world, &key),
    }
}

fn payment_of(world: &World, payment: &Payment) -> PaymentSnapshot {
    PaymentSnapshot {
        kind: payment.kind.word(),
        number: payment.number.clone(),
        status: payment_view::status(world, payment).to_owned(),
        customer: payment.customer.clone(),
        method: payment.method.clone(),
        cash_account: payment.cash_account.clone(),
        currency: payment.currency.clone(),
        date: payment.date,
        reference: payment.reference.clone(),
        amount: payment.amount,
        available: payment.available(world),
        orders: payment
            .orders
            .iter()
            .map(|row| ReservedSnapshot {
                order_type: row.order_type.clone(),
                order_number: row.order_number.clone(),
                amount: row.amount,
                transferred: row.transferred,
            })
            .collect(),
        applied: applied(world, &payment.key()),
    }
}
