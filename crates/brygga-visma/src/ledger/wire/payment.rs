//! Customer payments on the wire.

use serde::{Deserialize, Serialize};

use super::document::ApplicationUpdate;
use super::{Number, Operation};
use crate::erp::wire::{Row, Wrapped};
use crate::exact::Exact;
use crate::paging::Metadata;

// ---- sent ----

/// `PaymentUpdateDto`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentUpdate {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Wrapped<String>>,
    #[serde(flatten)]
    pub(crate) head: Option<Head>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) orders_to_apply: Vec<OrderUpdate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) payment_lines: Vec<ApplicationUpdate>,
}

/// What a new payment says of itself. No period: it follows the date.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) hold: Wrapped<bool>,
    pub(crate) application_date: Wrapped<String>,
    pub(crate) payment_ref: Wrapped<String>,
    pub(crate) customer: Wrapped<String>,
    pub(crate) payment_method: Wrapped<String>,
    pub(crate) cash_account: Wrapped<String>,
    pub(crate) currency: Wrapped<String>,
    pub(crate) payment_amount: Wrapped<Exact>,
    pub(crate) invoice_text: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch: Option<Wrapped<String>>,
}

/// `PaymentOrdersLinesUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderUpdate {
    pub(crate) operation: Operation,
    pub(crate) order_type: Wrapped<String>,
    pub(crate) order_number: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) applied_to_order: Option<Wrapped<Exact>>,
}

/// `ReleasePaymentActionDto`: wrapped, unlike the other actions (`facts/visma` 6).
#[derive(Debug, Serialize)]
pub(crate) struct Release {
    #[serde(rename = "type")]
    pub(crate) kind: Wrapped<String>,
}

// ---- read ----

/// `PaymentDto`. `paymentAmount` and `availableBalance` are in the payment's own currency: the other two of each pair say that they
/// are in the company's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) ref_nbr: Option<String>,
    pub(crate) time_stamp: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) application_date: Option<String>,
    pub(crate) payment_ref: Option<String>,
    pub(crate) customer: Option<Number>,
    pub(crate) cash_account: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) payment_amount: Option<Exact>,
    pub(crate) available_balance: Option<Exact>,
    pub(crate) payment_lines: Option<Vec<Line>>,
    pub(crate) orders_to_apply: Option<Vec<Order>>,
    pub(crate) metadata: Option<Metadata>,
}

impl Row for Payment {
    fn metadata(&self) -> Option<Metadata> {
        self.metadata
    }
}

/// `PaymentLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) document_type: Option<String>,
    pub(crate) ref_nbr: Option<String>,
    pub(crate) amount_paid: Option<Exact>,
}

/// `OrderToApplyDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) order_type: Option<String>,
    pub(crate) order_no: Option<String>,
    pub(crate) applied_to_order: Option<Exact>,
    pub(crate) transferred_to_invoice: Option<Exact>,
}
