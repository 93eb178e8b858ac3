//! Data in the merchant's hands: what is kept of a customer, how long, and the copies of the database.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Looks for a customer by name, e-mail, phone or customer number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PeopleQuery {
    /// What was typed.
    pub search: String,
}

/// A customer, with how much is kept on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PersonView {
    /// Who it is, for the erasure.
    pub key: String,
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Customer numbers in Visma.net.
    pub numbers: Vec<String>,
    /// Names of orders that are finished, at most 50.
    pub orders: Vec<String>,
    /// How many orders are finished.
    pub finished: u32,
    /// How many are still to be booked; they keep what is needed for that.
    pub open: u32,
    /// Records of the shop that are kept whole.
    pub payloads: u32,
    /// Requests and answers.
    pub exchanges: u32,
    /// Journal rows with their content.
    pub bodies: u32,
    /// Lines of the activity log.
    pub events: u32,
}

/// Names a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PersonKey {
    /// As in [`PersonView::key`].
    pub key: String,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Erased {
    /// Orders that hold nothing of the customer any more.
    pub orders: u32,
    /// Orders that are still to be booked and were left as they are.
    pub left: u32,
}

/// What was removed last because it was too old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RemovedView {
    /// ISO 8601.
    pub at: String,
    /// Records of the shop.
    pub payloads: u32,
    /// Requests and answers.
    pub exchanges: u32,
    /// Lines of the activity log.
    pub events: u32,
}

/// Why a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum BackupKind {
    /// The day's.
    Daily,
    /// Before the program brought the file up.
    Update,
    /// By hand.
    ByHand,
    /// Before another copy was put back.
    Restore,
}

/// A copy of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BackupView {
    /// Name of the file.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// When it was made, ISO 8601.
    pub at: String,
    /// Why.
    pub kind: BackupKind,
    /// Kilobytes.
    pub kilobytes: u32,
}

/// What is kept, and the copies of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeptView {
    /// What was removed last.
    pub removed: Option<RemovedView>,
    /// The copies, newest first; none where the database is in memory only.
    pub backups: Option<Vec<BackupView>>,
}

/// Names a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct BackupName {
    /// As in [`BackupView::name`].
    pub name: String,
}

/// The key to write down. It crosses to the page only when a person asks to see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecoveryKeyView {
    /// Groups of letters and digits; none where nothing is kept, as in practice.
    pub key: Option<String>,
}

impl std::fmt::Debug for RecoveryKeyView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKeyView(..)")
    }
}
