//! The proof, as its page shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// The last proof, and the one under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofView {
    /// The one under way.
    pub running: Option<ProofProgress>,
    /// The last one that ended.
    pub last: Option<ProofResult>,
    /// Why the newest one could not be finished.
    pub failure: Option<Reason>,
}

/// How far a proof is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofProgress {
    /// It goes on.
    pub running: bool,
    /// Documents read back and compared.
    pub done: u32,
    /// Documents in all, if known.
    pub total: Option<u32>,
}

/// What a proof came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofResult {
    /// When both sides were read, ISO 8601.
    pub at: String,
    /// Documents read back and compared with a fresh read of the shop.
    pub checked: u32,
    /// Differences that nothing explains.
    pub differences: Vec<ProofDifference>,
    /// Differences that a rule names.
    pub explained: Vec<ProofClass>,
    /// Orders with a document that are held or waiting now, by name.
    pub undecided: Vec<String>,
    /// Each day's sales, refunds and money on both sides, of what is in the books.
    pub days: Vec<ProofDay>,
}

/// One row of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// `sales`, `refunds`, `cash_rounding`, `invoice_rounding` or `money`.
    pub account: String,
    /// Whose money, as Shopify writes it.
    pub gateway: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Decimal text, in Shopify.
    pub shopify: String,
    /// Decimal text, in Visma.net.
    pub visma: String,
    /// Visma.net minus Shopify.
    pub difference: String,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofDifference {
    /// The order's name.
    pub order: String,
    /// The document's number.
    pub document: Option<String>,
    /// What differs, such as `total`, `vat-25`, `missing`, `doubled`.
    pub what: String,
    /// In Shopify.
    pub shopify: String,
    /// In Visma.net.
    pub visma: String,
}

/// Differences of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofClass {
    /// Stable name, such as `rounding-line`.
    pub class: String,
    /// How many.
    pub count: u32,
}
