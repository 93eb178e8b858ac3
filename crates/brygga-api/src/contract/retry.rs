//! Trying records again, and what became of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Cause, RecordKey};

/// Asks to try records again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum Retry {
    /// All that are held.
    All,
    /// These.
    Records(Vec<RecordKey>),
    /// All that are held for these causes: the list of a cause names its first records only.
    Causes(Vec<Cause>),
    /// Those of an attempt that a preview or a choice named.
    Attempt(u32),
}

/// Records are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Retried {
    /// Records marked; the run that was started books them.
    pub count: u32,
    /// Names them, to ask what became of them.
    pub attempt: u32,
}

/// Names records that are tried again together. It is known as long as the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// As in [`Retried::attempt`].
    pub attempt: u32,
}

/// Where the records of an attempt stand now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tried {
    /// Booked.
    pub booked: u32,
    /// Still held.
    pub left: u32,
    /// Neither: waiting or left out, each for its own reason, or not decided yet.
    pub other: u32,
}
