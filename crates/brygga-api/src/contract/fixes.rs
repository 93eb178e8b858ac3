//! Fixes: the one thing to do about a cause, tried before it is kept, kept, and taken back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::mapping::{MappingEdit, MappingTable};
use super::settings::{SettingField, SettingValue};
use super::{Amount, Reason, RecordLine};

/// How a cause is repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// A row of the mapping.
    Rows,
    /// A setting.
    Settings,
    /// Which of several customers it is.
    Customers,
    /// A yes to these records.
    Approve,
    /// In Shopify, in Visma.net, or by hand; then it is tried again.
    Elsewhere,
}

/// Held records of one kind for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// Kind of its records.
    pub kind: String,
    /// The code.
    pub code: String,
    /// What all of its records have in common; what is left out may be anything.
    pub params: BTreeMap<String, String>,
}

/// What there is to do about a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Remedy {
    /// The revision of the settings; a choice names the one that it was made on.
    #[ts(type = "number")]
    pub revision: i64,
    /// Fingerprint of the records that it is about; a choice names it.
    pub looked: String,
    /// What can be chosen in place.
    pub choice: RemedyChoice,
    /// A record to look at in Shopify, where that is the place to repair it.
    pub shop_page: Option<ShopPage>,
}

/// What can be chosen in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum RemedyChoice {
    /// A table of the mapping with exactly the rows that repair it, each with its suggestion.
    Rows(MappingTable),
    /// The settings that decide it.
    Settings(Vec<RemedyField>),
    /// Which customer it is.
    Customers(WhichCustomer),
    /// A yes to so many records.
    Approve(u32),
    /// Nothing: it is repaired elsewhere.
    Elsewhere,
}

/// A setting, with what it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RemedyField {
    /// The setting as it is.
    pub field: SettingField,
    /// What would let the records pass.
    pub suggested: Option<SettingValue>,
}

/// The buyer, and the customers of Visma.net that it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichCustomer {
    /// The buyer as the shop knows it.
    pub buyer: FoundCustomer,
    /// The customers, by number.
    pub customers: Vec<FoundCustomer>,
}

/// A customer on one of the sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundCustomer {
    /// Number in Visma.net; none for the buyer.
    pub number: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// VAT or organisation number.
    pub registration: Option<String>,
    /// ISO currency.
    pub currency: Option<String>,
    /// Customer class.
    pub class: Option<String>,
    /// Status in Visma.net.
    pub status: Option<String>,
    /// It was made from this shop.
    pub ours: bool,
}

/// A page in Shopify's admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShopPage {
    /// Name of the record, such as `#1042`.
    pub name: String,
    /// Its address.
    pub url: String,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum FixChoice {
    /// Rows of the mapping.
    Rows(Vec<MappingEdit>),
    /// Settings by path.
    Settings(BTreeMap<String, SettingValue>),
    /// Number of the customer that it is.
    Customer(String),
    /// Yes.
    Approve,
}

/// A choice for a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// The revision that the page showed.
    #[ts(type = "number")]
    pub revision: i64,
    /// The fingerprint of the records that the page showed: a choice is for these, as they were.
    pub looked: String,
    /// What it is for.
    pub cause: Cause,
    /// The choice.
    pub choice: FixChoice,
}

/// What would become of the records of a cause. Nothing was sent and nothing kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FixPreview {
    /// Records of the cause.
    pub looked: u32,
    /// Would be booked now.
    pub pass: u32,
    /// Would still be held.
    pub held: u32,
    /// Would wait for something else.
    pub waiting: u32,
    /// Would be left out.
    pub skipped: u32,
    /// Only trying tells: what decides it is asked in Visma.net.
    pub open: u32,
    /// The records, at most 200.
    pub rows: Vec<FixRow>,
}

/// What would become of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FixRow {
    /// The record as it is.
    pub record: RecordLine,
    /// `pass`, `held`, `waiting`, `skipped`, `open`.
    pub outcome: String,
    /// Why, where it would not pass.
    pub reason: Option<Reason>,
    /// Date of the document, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Total of the document with VAT.
    pub total: Option<Amount>,
    /// Number of its customer in Visma.net, where it is known already.
    pub customer: Option<String>,
}

/// A choice that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Fixed {
    /// The revision that it made, for taking it back.
    #[ts(type = "number")]
    pub revision: i64,
    /// Records of the cause; they are tried again with the next run.
    pub count: u32,
    /// Names them, to try them at once.
    pub attempt: u32,
}

/// Takes the last choice back, where nothing was booked by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct FixUndo {
    /// The revision that the choice made.
    #[ts(type = "number")]
    pub revision: i64,
}
