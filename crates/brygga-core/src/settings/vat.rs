//! Where the merchant is registered for VAT (`booking-rules` 5). No threshold is ever guessed: until the merchant tells, the
//! VAT table alone decides what is booked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Is the merchant registered in a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "registered")]
pub enum Registered {
    /// Not told: a sale that looks like the scheme is booked if the VAT table has a row for it, else held.
    #[default]
    NotTold,
    /// Yes, with the number if there is one.
    Yes {
        /// The scheme's number, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// No: a sale that was taxed as if it were is held; within the EU it is taxed at home.
    No,
}

/// The merchant's registrations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registrations {
    /// One stop shop, for sales within the EU. `No` is a merchant under the threshold, who charges the VAT of home.
    pub oss: Registered,
    /// Import one stop shop, for consignments into the EU.
    pub ioss: Registered,
    /// Norway's scheme for foreign shops.
    pub voec: Registered,
    /// ISO countries and special territories abroad where the merchant is registered like a shop of that place: what is
    /// taxed there is a domestic sale of that place.
    pub local: BTreeSet<String>,
}
