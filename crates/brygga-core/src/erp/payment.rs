use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Application, DocumentKind, LedgerStatus, OrderNumber};

/// A customer payment to be made (`POST /v1/customerPayment`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentDraft {
    /// Payment, Prepayment or Refund.
    pub kind: DocumentKind,
    /// Customer number.
    pub customer: String,
    /// Payment method of the cash account.
    pub method: String,
    /// Cash account: the provider's clearing account, or the liability of gift cards.
    pub cash_account: String,
    /// ISO currency: the cash account's own.
    pub currency: String,
    /// Amount, above 0 for every kind.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Date of the transaction in the shop's time zone.
    pub date: NaiveDate,
    /// `paymentRef`: the numeric id of Shopify's transaction; what makes it ours.
    pub reference: String,
    /// Text, at most 50 characters.
    pub text: String,
    /// Branch.
    pub branch: Option<String>,
    /// Sales orders it is reserved for.
    pub orders: Vec<OrderApplication>,
    /// Documents it is applied to.
    pub documents: Vec<Application>,
}

/// A payment reserved for a sales order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderApplication {
    /// Type and number.
    pub order: OrderNumber,
    /// Amount reserved; in answers, what is not yet on an invoice.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// In answers: what has followed to invoices.
    #[serde(with = "rust_decimal::serde::str")]
    pub transferred: Decimal,
}

/// A customer payment as Visma.net has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// Payment, Prepayment or Refund.
    pub kind: DocumentKind,
    /// `refNbr`; unique within its kind.
    pub number: String,
    /// The ETag for the next change, where the answer told one.
    pub etag: Option<String>,
    /// Status.
    pub status: LedgerStatus,
    /// Customer number.
    pub customer: String,
    /// Cash account.
    pub cash_account: String,
    /// ISO currency.
    pub currency: String,
    /// Amount.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// What is applied to nothing.
    #[serde(with = "rust_decimal::serde::str")]
    pub available: Decimal,
    /// Date.
    pub date: Option<NaiveDate>,
    /// `paymentRef`.
    pub reference: Option<String>,
    /// Sales orders it is reserved for.
    pub orders: Vec<OrderApplication>,
    /// Documents it is applied to.
    pub documents: Vec<Application>,
}

/// What a payment that is there shall be applied to from now on; rows with amount 0 are taken away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct PaymentChange {
    /// Sales orders.
    pub orders: Vec<OrderApplication>,
    /// Documents.
    pub documents: Vec<Application>,
}

/// A cash account (`GET /v1/cashaccount`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashAccount {
    /// Number.
    pub number: String,
    /// Text.
    pub description: String,
    /// ISO currency.
    pub currency: String,
    /// Ids of the entry types that cash transactions on it may have.
    pub entry_types: Vec<EntryType>,
}

/// An entry type of a cash account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryType {
    /// Id.
    pub id: String,
    /// Text.
    pub description: String,
    /// Money in (`Receipt`) or out (`Disbursement`).
    pub receipt: bool,
    /// Account it is offset to by default.
    pub offset_account: Option<String>,
}
