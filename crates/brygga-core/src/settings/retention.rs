//! How long what is not needed for the books is kept (`design` 5).

use serde::{Deserialize, Serialize};

/// Days after which something is removed from this computer. Records, links, amounts and the rows of the journal always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionSettings {
    /// The shop's own record of orders that are booked or left out; 0 keeps it.
    pub payload_days: u32,
    /// Requests and answers.
    pub exchange_days: u32,
    /// What happened.
    pub activity_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            payload_days: 0,
            exchange_days: 30,
            activity_days: 730,
        }
    }
}
