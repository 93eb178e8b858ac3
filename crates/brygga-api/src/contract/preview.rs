//! The preview: what the next sync would do, and approving some or all of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, PlanLine, Reason, RecordKey, RemedyKind, SampleVat};

/// The newest preview, and what is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewView {
    /// `looking` while a preview is being made, `sending` while approved documents are sent.
    pub doing: Option<String>,
    /// When it was made, ISO 8601; none before the first.
    pub at: Option<String>,
    /// The settings were changed since.
    pub stale: bool,
    /// What there is of each kind, in the order of the rows.
    pub counts: Vec<PreviewCount>,
    /// Flows that could not be looked at, and why.
    pub failures: Vec<PreviewFailure>,
    /// Why the newest attempt could not be finished.
    pub failure: Option<Reason>,
    /// What came of the last approval.
    pub sent: Option<PreviewSent>,
}

/// What there is of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewCount {
    /// Kind of record, as in [`RecordKey::kind`].
    pub kind: String,
    /// Would be sent.
    pub send: u32,
    /// Not due yet.
    pub waiting: u32,
    /// Would be left out.
    pub skipped: u32,
    /// Need a person.
    pub held: u32,
    /// What would be sent comes to, per currency.
    pub money: Vec<Amount>,
}

/// A flow that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewFailure {
    /// As in [`super::FlowRow::flow`].
    pub flow: String,
    /// Why.
    pub reason: Reason,
}

/// What came of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewSent {
    /// Sent, or tried: the records say how each ended.
    pub begun: u32,
    /// Of these, how many a person has to look at.
    pub held: u32,
    /// Not any more what was shown: nothing of these was sent.
    pub changed: Vec<PreviewChanged>,
    /// What it did not come to.
    pub left: u32,
    /// Why it stopped early, if it did.
    pub failure: Option<Reason>,
}

/// One that is not any more what was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewChanged {
    /// Which.
    pub record: RecordKey,
    /// Why nothing was sent.
    pub reason: Reason,
}

/// Asks for rows of the preview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuery {
    /// Only `send`, `waiting`, `skipped` or `held`.
    pub outcome: Option<String>,
    /// Only this kind of record.
    pub kind: Option<String>,
    /// Part of a name, a customer or an id.
    pub search: Option<String>,
    /// The first so many are left out.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// Rows of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewPage {
    /// The rows.
    pub rows: Vec<PreviewLine>,
    /// How many there are in all.
    pub total: u32,
}

/// What would be done about one record, in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewLine {
    /// Kind of record.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The customer.
    pub party: Option<String>,
    /// `send`, `waiting`, `skipped` or `held`.
    pub outcome: String,
    /// What would be done: `make`, `adopt`, `change`, `cancel`, or the name of a step such as `create-payment`; none where nothing is.
    pub what: Option<String>,
    /// What it comes to.
    pub amount: Option<Amount>,
    /// Date of the document, `YYYY-MM-DD`, where it has one.
    pub date: Option<String>,
    /// By it the row is approved; none where nothing would be sent.
    pub digest: Option<String>,
    /// Why it is not sent.
    pub reason: Option<Reason>,
    /// It would be sent, but only after something.
    pub note: Option<Reason>,
}

/// Everything that would be done about one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewItem {
    /// The row.
    pub line: PreviewLine,
    /// Heads and fields: before and after, or only after where it is new.
    pub facts: Vec<PreviewFact>,
    /// Lines of the document.
    pub lines: Vec<PreviewDocumentLine>,
    /// VAT per rate, as Visma.net will compute it.
    pub vat: Vec<SampleVat>,
    /// ISO currency of the lines; none where there are none.
    pub currency: Option<String>,
    /// What is booked on accounts: payouts.
    pub postings: Vec<PreviewPosting>,
    /// The steps, by name, in their order.
    pub steps: Vec<String>,
    /// What follows and is decided then: kind of record, how many.
    pub follows: Vec<PreviewFollows>,
    /// How it is repaired, where it is held.
    pub remedy: Option<RemedyKind>,
    /// It stands in Fixes, with the others of its cause.
    pub in_fixes: bool,
    /// What Visma.net alone knows, once it has made it: `shipment`, `invoice` or `credit-note`.
    pub later: Option<String>,
    /// What the shop's order is told afterwards; none where nothing is.
    pub back: Option<PreviewBack>,
}

/// What the shop's order is told of its documents beside number, status, amount, due date and balance, which Visma.net alone knows until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewBack {
    /// The tag that it gets.
    pub tag: Option<String>,
    /// It is marked as paid, once its invoices are paid in Visma.net.
    pub marks_paid: bool,
}

/// One fact, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewFact {
    /// Stable name, such as `customer`, `date`, `price`.
    pub name: String,
    /// Which of several, such as a location.
    pub of: Option<String>,
    /// As it is; none where nothing is there, or nothing changes.
    pub before: Option<String>,
    /// As it will be.
    pub after: Option<String>,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewDocumentLine {
    /// `same`, `new`, `changed` or `gone`.
    pub change: String,
    /// As it is; only where it changes or goes.
    pub before: Option<PlanLine>,
    /// As it will be; as it is where it goes.
    pub line: PlanLine,
    /// Names of what differs.
    pub fields: Vec<String>,
}

/// One line of a cash transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewPosting {
    /// Reference of the document.
    pub document: String,
    /// Cash account of the document.
    pub cash_account: String,
    /// Text.
    pub text: String,
    /// Account.
    pub account: String,
    /// Decimal text, in the cash account's currency.
    pub amount: String,
    /// VAT category.
    pub vat_category: Option<String>,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewFollows {
    /// Kind of record.
    pub kind: String,
    /// How many.
    pub count: u32,
}

/// Sends what is approved of the preview that was made `at`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PreviewApproval {
    /// [`PreviewView::at`] of what was looked at.
    pub at: String,
    /// Everything that would be sent, but for `items`; else only `items`.
    pub all: bool,
    /// What alone is sent, or with `all` what is left out.
    pub items: Vec<PreviewChoice>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PreviewChoice {
    /// Kind of record.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What was shown of it.
    pub digest: String,
}
