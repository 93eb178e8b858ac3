//! Invoices and credit notes on the wire.

use serde::{Deserialize, Serialize};

use super::{Customer, Number, Operation};
use crate::erp::wire::{Id, Wrapped};
use crate::exact::Exact;
use crate::paging::Metadata;

// ---- sent ----

/// `CustomerInvoiceUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceUpdate {
    #[serde(flatten)]
    pub(crate) head: Option<Head>,
    pub(crate) invoice_lines: Vec<LineUpdate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tax_detail_lines: Vec<TaxUpdate>,
}

/// `CustomerCreditNoteUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditNoteUpdate {
    #[serde(flatten)]
    pub(crate) head: Option<Head>,
    pub(crate) lines: Vec<LineUpdate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tax_details: Vec<TaxUpdate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) application_lines: Vec<ApplicationUpdate>,
}

/// What both have in common. No financial period: it follows the date.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) customer_number: Wrapped<String>,
    pub(crate) currency_id: Wrapped<String>,
    pub(crate) document_date: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) orig_invoice_date: Option<Wrapped<String>>,
    pub(crate) customer_ref_number: Wrapped<String>,
    pub(crate) external_reference: Wrapped<String>,
    pub(crate) customer_vat_zone_id: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_number: Option<Wrapped<String>>,
    pub(crate) invoice_text: Wrapped<String>,
    /// On credit notes since 2026 (`facts/visma` 13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_rate: Option<Wrapped<Exact>>,
    pub(crate) hold: Wrapped<bool>,
    pub(crate) dont_print: Wrapped<bool>,
    pub(crate) dont_email: Wrapped<bool>,
}

/// `CustomerInvoiceLinesUpdateDto`, `CustomerCreditNoteLineUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineUpdate {
    pub(crate) operation: Operation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inventory_number: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uom: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_number: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subaccount: Option<Vec<SegmentUpdate>>,
    pub(crate) description: Wrapped<String>,
    pub(crate) quantity: Wrapped<Exact>,
    pub(crate) unit_price_in_currency: Wrapped<Exact>,
    pub(crate) manual_amount_in_currency: Wrapped<Exact>,
    pub(crate) vat_code_id: Wrapped<String>,
}

/// `SegmentUpdateDto`: not wrapped.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SegmentUpdate {
    pub(crate) segment_id: u16,
    pub(crate) segment_value: String,
}

/// `TaxDetailUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaxUpdate {
    pub(crate) tax_id: Wrapped<String>,
    pub(crate) taxable_amount: Wrapped<Exact>,
    pub(crate) vat_amount: Wrapped<Exact>,
}

/// `PaymentLineBaseUpdateDto` of a credit note, `PaymentLinesUpdateDto` of a payment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationUpdate {
    pub(crate) operation: Operation,
    pub(crate) document_type: Wrapped<String>,
    pub(crate) ref_nbr: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount_paid: Option<Wrapped<Exact>>,
}

// ---- read ----

/// Amounts come in pairs, `amount` and `amountInCurrency`. The one in the currency of the document is taken to be the latter, as in
/// the bodies that are sent (`unitPriceInCurrency` is the price in the document's currency). Unverified: the descriptions in the file
/// say the contrary, "in your default currency" (`facts/visma` 13). In the company's own currency both are equal; elsewhere the
/// read-back shows at once which it is, as it compares the total with Shopify's.
pub(crate) fn in_currency(own: Option<Exact>, other: Option<Exact>) -> Option<Exact> {
    own.or(other)
}

/// An invoice or a credit note, whichever it was read as.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) document_type: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) time_stamp: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) due: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) customer: Option<Customer>,
    pub(crate) vat_zone: Option<Id>,
    pub(crate) reference: Option<String>,
    pub(crate) external: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) total: Option<Exact>,
    pub(crate) balance: Option<Exact>,
    pub(crate) vat_total: Option<Exact>,
    pub(crate) rounding: Option<Exact>,
    pub(crate) rate: Option<Exact>,
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
    pub(crate) applications: Vec<Adjustment>,
    pub(crate) metadata: Option<Metadata>,
}

macro_rules! document {
    ($(#[$doc:meta])* $name:ident, $lines:ident) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            pub(crate) document_type: Option<String>,
            pub(crate) reference_number: Option<String>,
            pub(crate) time_stamp: Option<String>,
            pub(crate) status: Option<String>,
            pub(crate) document_date: Option<String>,
            pub(crate) document_due_date: Option<String>,
            pub(crate) currency_id: Option<String>,
            pub(crate) customer: Option<Customer>,
            pub(crate) customer_vat_zone: Option<Id>,
            pub(crate) customer_ref_number: Option<String>,
            pub(crate) external_reference: Option<String>,
            pub(crate) invoice_text: Option<String>,
            pub(crate) amount: Option<Exact>,
            pub(crate) amount_in_currency: Option<Exact>,
            pub(crate) balance: Option<Exact>,
            pub(crate) balance_in_currency: Option<Exact>,
            pub(crate) vat_total: Option<Exact>,
            pub(crate) vat_total_in_currency: Option<Exact>,
            pub(crate) rounding_diff: Option<Exact>,
            pub(crate) exchange_rate: Option<Exact>,
            pub(crate) $lines: Option<Vec<Line>>,
            pub(crate) tax_details: Option<Vec<Tax>>,
            pub(crate) applications: Option<Vec<Adjustment>>,
            pub(crate) metadata: Option<Metadata>,
        }

        impl From<$name> for Document {
            fn from(wire: $name) -> Self {
                Self {
                    document_type: wire.document_type,
                    number: wire.reference_number,
                    time_stamp: wire.time_stamp,
                    status: wire.status,
                    date: wire.document_date,
                    due: wire.document_due_date,
                    currency: wire.currency_id,
                    customer: wire.customer,
                    vat_zone: wire.customer_vat_zone,
                    reference: wire.customer_ref_number,
                    external: wire.external_reference,
                    text: wire.invoice_text,
                    total: in_currency(wire.amount_in_currency, wire.amount),
                    balance: in_currency(wire.balance_in_currency, wire.balance),
                    vat_total: in_currency(wire.vat_total_in_currency, wire.vat_total),
                    rounding: wire.rounding_diff,
                    rate: wire.exchange_rate,
                    lines: wire.$lines.unwrap_or_default(),
                    taxes: wire.tax_details.unwrap_or_default(),
                    applications: wire.applications.unwrap_or_default(),
                    metadata: wire.metadata,
                }
            }
        }
    };
}

document! {
    /// `CustomerInvoiceDto`.
    Invoice, invoice_lines
}
document! {
    /// `CustomerCreditNoteDto`.
    CreditNote, lines
}

/// `CustomerInvoiceLineDto`, `CustomerCreditNoteLineDto`. Neither names the line of the sales order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) line_number: Option<i32>,
    pub(crate) inventory_number: Option<String>,
    pub(crate) account: Option<Number>,
    pub(crate) description: Option<String>,
    pub(crate) quantity: Option<Exact>,
    pub(crate) unit_price: Option<Exact>,
    pub(crate) unit_price_in_currency: Option<Exact>,
    pub(crate) amount: Option<Exact>,
    pub(crate) amount_in_currency: Option<Exact>,
    pub(crate) vat_code: Option<Id>,
    pub(crate) so_order_type: Option<String>,
    pub(crate) so_order_nbr: Option<String>,
    pub(crate) so_shipment_nbr: Option<String>,
    pub(crate) external_link: Option<String>,
}

/// `TaxDetailDto`. One amount only; taken to be in the currency of the document, as it is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tax {
    pub(crate) tax_id: Option<String>,
    pub(crate) vat_rate: Option<Exact>,
    pub(crate) taxable_amount: Option<Exact>,
    pub(crate) vat_amount: Option<Exact>,
}

/// `ArAdjustDto`: a document that is applied to this one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Adjustment {
    pub(crate) doc_type: Option<String>,
    pub(crate) ref_nbr: Option<String>,
    pub(crate) amount_paid: Option<Exact>,
    pub(crate) voided: Option<bool>,
}
