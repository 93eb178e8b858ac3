//! The mapping: what of the shop is what in Visma.net, table by table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Choice, PreviewFact, Reason, RecordLine};

/// The whole mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingView {
    /// Grows with every change of the settings; a change names the one that it was made on.
    #[ts(type = "number")]
    pub revision: i64,
    /// The tables.
    pub tables: Vec<MappingTable>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingTable {
    /// `vat`, `gateways`, `triggers`, `channels`, `items`, `shipping`, `warehouses`, `stock`, `buffers`, `units`, `categories`,
    /// `classes`, `house`, `payouts`, `rates`.
    pub name: String,
    /// What a row is about.
    pub keys: Vec<MappingColumn>,
    /// What is chosen for it.
    pub columns: Vec<MappingColumn>,
    /// May rows be added and taken away; else there is a row for everything there is.
    pub open: bool,
    /// Its rows: those that records wait for first, then those without a choice.
    pub rows: Vec<MappingRow>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingColumn {
    /// Stable name, such as `category`.
    pub name: String,
    /// What there is to choose from; empty where anything may be typed.
    pub choices: Vec<Choice>,
    /// May the column stay empty.
    pub optional: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingRow {
    /// Its address within its table.
    pub id: String,
    /// What it is about, by column.
    pub key: BTreeMap<String, String>,
    /// What is chosen, by column; nothing where nobody chose.
    pub values: BTreeMap<String, String>,
    /// How many held records wait for the row.
    pub waiting: u32,
    /// Some of them.
    pub records: Vec<RecordLine>,
    /// What could be chosen; where it is what is chosen, what speaks for it.
    pub suggestion: Option<Suggestion>,
    /// What is wrong with the choice.
    pub trouble: Option<Reason>,
}

/// What could be chosen, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Suggestion {
    /// Values by column.
    pub values: BTreeMap<String, String>,
    /// What speaks for it: `vat-id`, `item-name`, `account-name`, `bank-import`, `class-name`, `only-one`, `ships-from`,
    /// `warehouse-name`, `location-name`, `base-unit`.
    pub evidence: Reason,
}

/// Changes one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct MappingEdit {
    /// As in [`MappingTable::name`].
    pub table: String,
    /// What the row is about.
    pub key: BTreeMap<String, String>,
    /// The new choice; nothing takes the row away.
    pub values: BTreeMap<String, String>,
}

/// Changes some rows at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct MappingChange {
    /// The revision that the page showed.
    #[ts(type = "number")]
    pub revision: i64,
    /// The rows.
    pub rows: Vec<MappingEdit>,
}

/// What would become of the records that are still to be booked, and how the newest booked orders would come out. Nothing was sent and
/// nothing kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingPreview {
    /// Tables of the change that have no say in an order's document. Where they are all of it, orders that are new or booked were not
    /// looked at.
    pub acts_on: Vec<String>,
    /// Records of which something is told.
    pub looked: u32,
    /// Records that were gone through: of a kind and state the newest, at most 5000.
    pub seen: u32,
    /// Records there are of those.
    pub stored: u32,
    /// Would be booked now.
    pub pass: u32,
    /// Of these, the ones that would not be booked by the mapping as it is.
    pub freed: u32,
    /// Would be held, or still be held.
    pub held: u32,
    /// Of these, the ones that would be booked by the mapping as it is.
    pub stopped: u32,
    /// Would wait for something else.
    pub waiting: u32,
    /// Would be left out.
    pub skipped: u32,
    /// Are tried: the change may mend their cause, and only the documents in Visma.net tell.
    pub open: u32,
    /// Would be booked both ways, as another document.
    pub changed: u32,
    /// Orders that are booked, as if they came today. They stay as they are.
    pub booked: BookedPreview,
    /// Those for which something changes, at most 200.
    pub rows: Vec<PreviewRow>,
    /// Those that would be another document, at most 200.
    pub differing: Vec<PreviewDiffering>,
    /// Names those that would be booked, to try them once the change is kept.
    pub attempt: u32,
}

/// Orders that are booked, under another mapping.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BookedPreview {
    /// Orders that were looked at, the newest.
    pub looked: u32,
    /// Orders that are booked.
    pub stored: u32,
    /// Would be another document today.
    pub changed: u32,
    /// Would be held today.
    pub held: u32,
}

/// An order whose document would be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewDiffering {
    /// The order as it is.
    pub record: RecordLine,
    /// What differs, at most a handful.
    pub facts: Vec<PreviewFact>,
}

/// What would become of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewRow {
    /// The record as it is.
    pub record: RecordLine,
    /// `pass`, `held`, `waiting`, `skipped`, `open`.
    pub outcome: String,
    /// Why, where it would not pass.
    pub reason: Option<Reason>,
}
