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
    /// What there is of each kind, the clearest first.
    pub counts: Vec<AlreadyCount>,
}

/// How clear it is which document an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AlreadyFit {
    /// One document, and it names the order.
    Named,
    /// One document, by amount, day and customer.
    Likely,
    /// Several, or one that may be another order's.
    Unclear,
}

/// What there is of the orders of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyCount {
    /// Which kind.
    pub fit: AlreadyFit,
    /// Nobody has decided on so many: a choice for all is for these.
    pub open: u32,
    /// On so many a person decided, and nothing is booked of them: to decide later is for these.
    pub decided: u32,
}

/// Asks for some of the orders that may be booked already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct AlreadyQuery {
    /// The first so many are left out.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// Orders that may be booked already: those that need a decision come first, then by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyPage {
    /// The orders.
    pub rows: Vec<AlreadyLine>,
    /// How many there are in all.
    pub total: u32,
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
    /// How clear it is which of them it is.
    pub fit: AlreadyFit,
    /// What was chosen, or is suggested.
    pub choice: AlreadyPick,
    /// It is booked by us by now: nothing is to be chosen any more.
    pub booked: bool,
}

/// A document that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlreadyDocument {
    /// What it is.
    pub kind: AlreadyKind,
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
    /// Name of the other order that is linked to it: then it cannot be chosen.
    pub taken_by: Option<String>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AlreadyKind {
    /// A sales order.
    SalesOrder,
    /// An invoice of the customer ledger.
    Invoice,
}

/// What shall become of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "fate", deny_unknown_fields)]
pub enum AlreadyPick {
    /// It is that document: nothing is sent.
    Link {
        /// Its number.
        document: String,
    },
    /// It is left out.
    Skip {},
    /// It is booked all the same.
    Create {},
    /// It is held until a person decides.
    Ask {},
}

/// What a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct AlreadyChoice {
    /// Id of the order.
    pub id: String,
    /// What shall become of it.
    pub pick: AlreadyPick,
}

/// What shall become of an order, whichever document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AlreadyFate {
    /// It is the one document that fits: nothing is sent.
    Link,
    /// It is left out.
    Skip,
    /// It is booked all the same.
    Create,
    /// It is held until a person decides.
    Ask,
}

/// One choice for all orders of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct AlreadyForAll {
    /// Of this kind.
    pub fit: AlreadyFit,
    /// What shall become of them.
    pub fate: AlreadyFate,
    /// For how many, as it was shown: for more or fewer nothing is changed.
    pub count: u32,
}
