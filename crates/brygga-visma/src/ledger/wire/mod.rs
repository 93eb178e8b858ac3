//! The customer ledger and shipments as they are on the wire (ERP spec 2025-04-24 with what came since; `facts/visma` 6). Only the
//! properties that are sent or read.
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

pub(crate) mod document;
pub(crate) mod payment;
pub(crate) mod shipment;

use brygga_core::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is done to a line of a document: plain, not wrapped (`facts/visma` 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Operation {
    Insert,
    Update,
    Delete,
}

impl Operation {
    /// What makes a row that is there, or not, have this amount; nothing for one that is not there and shall not be.
    pub(crate) fn towards(there: bool, amount: Decimal) -> Option<Self> {
        match (there, amount.is_zero()) {
            (true, true) => Some(Self::Delete),
            (true, false) => Some(Self::Update),
            (false, false) => Some(Self::Insert),
            (false, true) => None,
        }
    }
}

/// `ReleaseInvoiceActionResultDto` and its kin: how an action ended, as far as it has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActionResult {
    pub(crate) action_result: Option<String>,
    pub(crate) error_info: Option<String>,
}

/// `BackgroundApiAcceptedDto`: the answer 202.
#[derive(Debug, Deserialize)]
pub(crate) struct Accepted {
    pub(crate) id: Option<String>,
}

/// `BackgroundRequestStateDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackgroundState {
    /// `Started`, `Finished`, `Failed`.
    pub(crate) status: Option<String>,
    /// Of the call itself; 0 until it is done.
    pub(crate) status_code: Option<u16>,
    pub(crate) error_message: Option<String>,
    pub(crate) has_response_content: Option<bool>,
    /// Of the call itself, such as `Location`; an object of unknown form.
    pub(crate) response_headers: Option<Value>,
}

/// A look-up value by its number.
#[derive(Debug, Deserialize)]
pub(crate) struct Number {
    pub(crate) number: Option<String>,
}

/// The customer of a document: `{number, name}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Customer {
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
}
