//! A subaccount as people know it from Visma.net: its segments by their numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::{Code, Problem};

/// The most letters of a segment's value: Visma.net says no limit; a subaccount is at most 30 long in its list.
const LONGEST: usize = 30;

/// Segments of a subaccount by number, written `1=10, 2=200`. SalesOrder v3 takes them as pairs of id and value, the customer ledger as
/// `SegmentUpdateDto` (`facts/visma-schemas`); that v3's id is the segment's number is expected, not verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subaccount(BTreeMap<u16, String>);

impl Subaccount {
    /// Number and value of each segment, in the order of their numbers.
    pub fn segments(&self) -> impl Iterator<Item = (u16, &str)> {
        self.0.iter().map(|(id, value)| (*id, value.as_str()))
    }
}

impl FromStr for Subaccount {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let no = || Problem::new(Code::SubaccountMistyped).with("subaccount", text.trim());
        let mut segments = BTreeMap::new();
        for part in text.split(',') {
            let (id, value) = part.split_once('=').ok_or_else(no)?;
            let (id, value) = (id.trim(), value.trim());
            let digits = !id.is_empty() && id.bytes().all(|letter| letter.is_ascii_digit());
            let id: u16 = id
                .parse()
                .ok()
                .filter(|id| digits && *id > 0)
                .ok_or_else(no)?;
            let fits = !value.is_empty()
                && value.chars().count() <= LONGEST
                && !value.contains('=')
                && !value.chars().any(char::is_control);
            if !fits || segments.insert(id, value.to_owned()).is_some() {
                return Err(no());
            }
        }
        Ok(Self(segments))
    }
}

impl fmt::Display for Subaccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (id, value)) in self.segments().enumerate() {
            let between = if place == 0 { "" } else { ", " };
            write!(f, "{between}{id}={value}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Subaccount {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        text.parse()
    }
}

impl From<Subaccount> for String {
    fn from(subaccount: Subaccount) -> Self {
        subaccount.to_string()
    }
}
