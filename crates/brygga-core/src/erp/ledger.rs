use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{BookedTax, OrderNumber, Subaccount};
use crate::rates::RateUsed;
use crate::shop::known_or_other;

known_or_other! {
    /// Status of an invoice, a credit note or a payment.
    LedgerStatus {
        /// A draft.
        Hold = "Hold",
        /// Ready, not yet in the books.
        Balanced = "Balanced",
        /// In the books, with a balance.
        Open = "Open",
        /// In the books, balance 0.
        Closed = "Closed",
        /// Taken back.
        Voided = "Voided",
        /// To come.
        Scheduled = "Scheduled",
        /// To be printed first.
        PendingPrint = "PendingPrint",
        /// To be e-mailed first.
        PendingEmail = "PendingEmail",
        /// Stopped for credit.
        CreditHold = "CreditHold",
        /// Reserved.
        Reserved = "Reserved",
    }
}
known_or_other! {
    /// Kind of a document in the customer ledger.
    DocumentKind {
        /// An invoice.
        Invoice = "Invoice",
        /// A credit note.
        CreditNote = "CreditNote",
        /// A payment.
        Payment = "Payment",
        /// Money before the invoice.
        Prepayment = "Prepayment",
        /// Money paid back.
        Refund = "Refund",
    }
}

impl LedgerStatus {
    /// Is the document in the books.
    pub fn is_released(&self) -> bool {
        matches!(self, Self::Open | Self::Closed)
    }
}

/// An invoice or a credit note as Visma.net has it. Amounts are in its own currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerDocument {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// `referenceNumber`.
    pub number: String,
    /// The ETag for the next change, where the answer told one.
    pub etag: Option<String>,
    /// Status.
    pub status: LedgerStatus,
    /// Date.
    pub date: Option<NaiveDate>,
    /// Due date.
    pub due: Option<NaiveDate>,
    /// ISO currency.
    pub currency: String,
    /// Customer number.
    pub customer: String,
    /// VAT zone.
    pub vat_zone: Option<String>,
    /// `customerRefNumber`: the order's name.
    pub reference: Option<String>,
    /// `externalReference`: our id.
    pub external: Option<String>,
    /// Total with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// What is still open.
    #[serde(with = "rust_decimal::serde::str")]
    pub balance: Decimal,
    /// VAT of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub vat_total: Decimal,
    /// `roundingDiff`: not 0 is the company's invoice rounding (`booking-rules` 2.3).
    #[serde(with = "rust_decimal::serde::str")]
    pub rounding: Decimal,
    /// Exchange rate, where told.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub rate: Option<Decimal>,
    /// Lines.
    pub lines: Vec<LedgerLine>,
    /// VAT per VAT id.
    pub taxes: Vec<BookedTax>,
    /// Payments and credit notes applied to it.
    pub applications: Vec<Application>,
}

/// That a document changed, as the list tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerNews {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Number.
    pub number: String,
    /// Status.
    pub status: LedgerStatus,
    /// What is still open.
    #[serde(with = "rust_decimal::serde::str")]
    pub balance: Decimal,
}

/// One line of an invoice or credit note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Line number.
    pub line_number: i32,
    /// Inventory number.
    pub item: Option<String>,
    /// Account.
    pub account: Option<String>,
    /// Text.
    pub description: String,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Net price of one unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Net amount after discount.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT category.
    pub vat_category: Option<String>,
    /// The sales order it comes from.
    pub order: Option<OrderNumber>,
    /// `soOrderLineNbr`, where the answer tells it.
    pub order_line: Option<i32>,
    /// The shipment it comes from.
    pub shipment: Option<String>,
    /// `externalLink`: of lines that come from a sales order it is that line's, as far as is known.
    #[serde(default)]
    pub link: Option<String>,
}

/// A document applied to another, or reserved for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Kind of the other document.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Amount, with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

/// An invoice or a credit note to be made directly (`/v2/customerinvoice`, `/v2/customerCreditNote`): non-stock items and
/// accounts only, with exact VAT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerDraft {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Customer number.
    pub customer: String,
    /// ISO currency.
    pub currency: String,
    /// Date.
    pub date: NaiveDate,
    /// Date of the invoice that is credited.
    pub original_date: Option<NaiveDate>,
    /// `customerRefNumber`: the order's name.
    pub reference: String,
    /// `externalReference`: `fulfilment/ID` or `refund/ID`; what makes it ours.
    pub external: String,
    /// VAT zone.
    pub vat_zone: String,
    /// Branch.
    pub branch: Option<String>,
    /// Text of the document.
    pub text: String,
    /// Exchange rate with its source and day, where the merchant's source gives it (`booking-rules` 10); none follows the
    /// company's own table.
    pub rate: Option<RateUsed>,
    /// Lines.
    pub lines: Vec<LedgerLineDraft>,
    /// VAT per VAT id, exactly as Shopify has it (`booking-rules` 2.6).
    pub taxes: Vec<TaxDraft>,
    /// Documents to apply it to.
    pub applications: Vec<Application>,
}

/// One line of a direct document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerLineDraft {
    /// Which part of the shop's order this is: `line/123`, `shipping/5`, `difference`. For our own story; not sent.
    pub link: String,
    /// Inventory number of a non-stock item.
    pub item: Option<String>,
    /// Unit of measure, where the item has two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Account, where not the item's own.
    pub account: Option<String>,
    /// Subaccount, where not Visma.net's own choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subaccount: Option<Subaccount>,
    /// Text.
    pub description: String,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Net price of one unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Net amount of the line: exact, whatever price times quantity rounds to.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT category.
    pub vat_category: String,
}

/// VAT of one VAT id, exact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxDraft {
    /// VAT id.
    pub vat_id: String,
    /// Base.
    #[serde(with = "rust_decimal::serde::str")]
    pub taxable: Decimal,
    /// VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

/// A change of a Balanced invoice before its release: a rounding line, exact VAT (`booking-rules` 2.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct LedgerChange {
    /// Lines to be added.
    pub add: Vec<LedgerLineDraft>,
    /// VAT per VAT id; empty leaves it as it is.
    pub taxes: Vec<TaxDraft>,
    /// Invoices that a credit note is applied to, from now on, with what is applied to each; released or not.
    #[serde(default)]
    pub applications: Vec<Application>,
}
