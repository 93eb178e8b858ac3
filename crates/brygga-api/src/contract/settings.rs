//! The merchant's choices, as the settings page shows and changes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MappingPreview, Reason};

/// What a choice is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(untagged)]
pub enum SettingValue {
    /// Not chosen.
    Nothing,
    /// On or off.
    Flag(bool),
    /// A whole number.
    Number(u32),
    /// A word, a number in Visma.net, or a date `YYYY-MM-DD`.
    Text(String),
    /// Several words.
    List(Vec<String>),
}

/// How a choice is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Control {
    /// On or off.
    Switch,
    /// A whole number.
    Number {
        /// The least that is allowed.
        least: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// A line of text.
    Text,
    /// A day.
    Date,
    /// A time of day, `HH:MM`.
    Time,
    /// One of fixed words; the page has a sentence for each.
    Choice {
        /// The words.
        of: Vec<String>,
    },
    /// One of what Visma.net is set up with.
    Pick {
        /// What there is.
        of: Vec<Choice>,
    },
    /// One of what the shop has; the page shows its text, not its id.
    Named {
        /// What there is.
        of: Vec<Choice>,
    },
    /// Several of what the shop has; the page shows their texts.
    Several {
        /// What there is.
        of: Vec<Choice>,
    },
    /// Words, one after the other.
    List,
}

/// One of the things that Visma.net is set up with, or that the shop has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Choice {
    /// Its id or number.
    pub id: String,
    /// Its text for people.
    pub label: String,
}

/// Shown only while another choice has one of these values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShownWhen {
    /// The other choice.
    pub path: String,
    /// The value that it must have.
    pub is: String,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingField {
    /// Its place in the settings file, such as `trigger/grace_minutes`; the page has words for it.
    pub path: String,
    /// How it is made.
    pub control: Control,
    /// What it is set to.
    pub value: SettingValue,
    /// What it is where nobody chose.
    pub default: SettingValue,
    /// Shown only then.
    pub when: Option<ShownWhen>,
}

/// Choices about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingSection {
    /// `orders`, `customers`, `vat`, `invoices`, `payments`, `refunds`, `products`, `stock`, `payouts`, `currencies`, `schedule`.
    pub name: String,
    /// Its choices.
    pub fields: Vec<SettingField>,
}

/// All choices that are no rows of the mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingsView {
    /// Grows with every change; a change names the one that it was made on.
    #[ts(type = "number")]
    pub revision: i64,
    /// The choices.
    pub sections: Vec<SettingSection>,
}

/// Changes some choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The revision that the page showed.
    #[ts(type = "number")]
    pub revision: i64,
    /// New values by path.
    pub values: BTreeMap<String, SettingValue>,
}

/// A text to keep as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TextFile {
    /// Name of the file.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Takes settings from a file that was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SettingsImport {
    /// The revision that the page showed.
    #[ts(type = "number")]
    pub revision: i64,
    /// What is in the file.
    pub text: String,
}

/// What taking a file over would change. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportPreview {
    /// What would change, at most 50 places.
    pub changes: Vec<ChangedPlace>,
    /// How many places would change in all.
    pub count: u32,
    /// What would become of the orders that are stored.
    pub orders: ImportOrders,
}

/// What would become of the orders that are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum ImportOrders {
    /// They were planned with both settings.
    Seen(MappingPreview),
    /// It cannot be seen now: the shop's or Visma.net's own settings could not be read.
    Unseen(Reason),
}

/// One change in the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingsEntry {
    /// The revision that it made.
    #[ts(type = "number")]
    pub revision: i64,
    /// ISO 8601.
    pub at: String,
    /// `window`, `wizard`, `command line`, `practice`.
    pub who: String,
    /// The user of this computer who did it, where that is known.
    pub user: Option<String>,
    /// What changed, at most 50 places.
    pub changes: Vec<ChangedPlace>,
    /// How many places changed in all.
    pub count: u32,
}

/// One place of the settings that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangedPlace {
    /// Place in the settings file.
    pub path: String,
    /// What it was; none where it was not there.
    pub before: Option<ChangedValue>,
    /// What it became; none where it was taken away.
    pub after: Option<ChangedValue>,
}

/// What a place held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(untagged)]
pub enum ChangedValue {
    /// One value, on one line.
    One(String),
    /// A row of a list, by the names that its cells have in the settings file. Cells that are empty are not there.
    Row(BTreeMap<String, String>),
}

/// Puts the settings back to what they were before a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SettingsBack {
    /// The revision that the page showed.
    #[ts(type = "number")]
    pub revision: i64,
    /// The change that is to be undone, with all that came after it.
    #[ts(type = "number")]
    pub before: i64,
}

/// The settings are as they were before a change, for what comes. What was made by it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SettingsGoneBack {
    /// The revision that it made.
    #[ts(type = "number")]
    pub revision: i64,
    /// Records of the books that something was sent for since the change.
    pub made: u32,
    /// A sync is under way: what it has in hand may still be booked by the change.
    pub running: bool,
}
