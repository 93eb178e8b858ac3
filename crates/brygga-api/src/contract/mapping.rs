//! The mapping: what of the shop is what in Visma.net, table by table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Choice, Reason, RecordLine};

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
    /// `vat`, `gateways`, `triggers`, `items`, `shipping`, `warehouses`, `stock`, `buffers`, `units`, `categories`, `classes`,
    /// `house`, `payouts`, `rates`.
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
    /// What could be chosen.
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
    /// What speaks for it: `vat-id`, `item-name`, `account-name`, `bank-import`, `class-name`, `only-one`, `base-unit`.
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

/// What would become of the held and waiting records. Nothing was sent and nothing kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingPreview {
    /// Records that were looked at.
    pub looked: u32,
    /// Would be booked now.
    pub pass: u32,
    /// Would still be held.
    pub held: u32,
    /// Would wait for something else.
    pub waiting: u32,
    /// Would be left out.
    pub skipped: u32,
    /// Are tried: the change may mend their cause, and only the documents in Visma.net tell.
    pub open: u32,
    /// Those for which something changes, at most 200.
    pub rows: Vec<PreviewRow>,
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
