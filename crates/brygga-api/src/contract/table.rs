//! Tables for a spreadsheet.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A table in the user's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Name of the sheet.
    pub name: String,
    /// Heads of the columns.
    pub head: Vec<String>,
    /// The rows, each with a text per column.
    pub rows: Vec<Vec<String>>,
}

/// A file that is no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BinaryFile {
    /// What is in it, in base64.
    pub base64: String,
}
