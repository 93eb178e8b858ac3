//! Orders that somebody else booked in Visma.net before us.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, Reason, State};

/// What was found, and what was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyView {
    /// When it was looked for, ISO 8601; none before the first time.
    pub at: Option<String>,
    /// Orders that were compared.
    pub orders: u32,
    /// Documents that they were compared with.
    pub documents: u32,
    /// Why invoices were not compared, if so.
    pub not_read: Option<Reason>,
    /// The orders that may be booked already.
    pub rows: Vec<AlreadyLine>,
}

/// One order that may be booked already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyLine {
    /// Id of the order.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The customer.
    pub party: Option<String>,
    /// What it comes to.
    pub amount: Option<Amount>,
    /// When it was made, ISO 8601.
    pub happened: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The documents that fit.
    pub found: Vec<AlreadyDocument>,
    /// The document names the order.
    pub certain: bool,
    /// `link`, `skip`, `create` or `ask`.
    pub choice: String,
}

/// A document that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyDocument {
    /// Its number.
    pub number: String,
    /// What it comes to, decimal text.
    pub total: String,
    /// ISO currency, if it is known.
    pub currency: Option<String>,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The customer there.
    pub customer: Option<String>,
}

/// What a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct AlreadyChoice {
    /// Id of the order.
    pub id: String,
    /// `link`, `skip`, `create` or `ask`.
    pub choice: String,
}
