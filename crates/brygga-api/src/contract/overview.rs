//! The overview: how it stands, and each flow.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Reason, RunProgress, RunSummary, ScheduleView};

/// Counts of records by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Counts {
    /// Seen, not decided yet.
    pub new: u32,
    /// Booked and proven.
    pub booked: u32,
    /// Waiting.
    pub waiting: u32,
    /// Skipped.
    pub skipped: u32,
    /// Held.
    pub held: u32,
}

/// The health sentence: which sentence, with what in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Health {
    /// Nothing was read yet.
    NothingYet,
    /// All orders up to a moment are booked, skipped or waiting for a stated reason.
    AllWell {
        /// Orders in Visma.net, each read back when it was booked.
        booked: u32,
        /// Orders that wait, each for its reason.
        waiting: u32,
        /// Invoices, payments and other records that wait, each for its reason.
        others: u32,
        /// Read up to, ISO 8601.
        up_to: String,
        /// Whether both sides were compared as a whole.
        proven: Proven,
    },
    /// Records were read, and it is not decided yet what becomes of them, or it is not sent yet.
    Unsent {
        /// How many orders.
        orders: u32,
        /// How many records of all kinds, the orders among them.
        records: u32,
    },
    /// Records need a person.
    NeedsYou {
        /// How many.
        held: u32,
        /// How many more were read and are not sent yet.
        unsent: u32,
    },
    /// Records were tried for hours, and a side did not take them or did not answer; everything else goes on.
    Delayed {
        /// How many orders.
        orders: u32,
        /// How many records of all kinds, the orders among them.
        records: u32,
        /// Since when the oldest of them should have been done, ISO 8601.
        since: String,
    },
    /// The last proof found differences that nothing explains.
    Differs {
        /// How many.
        differences: u32,
        /// When it read both sides, ISO 8601.
        at: String,
    },
    /// The last run could not go on.
    Stopped {
        /// Why.
        reason: Reason,
        /// It passes by itself, and is tried again.
        passing: bool,
    },
    /// One flow could not go on; everything else does.
    FlowStopped {
        /// As in [`FlowRow::flow`].
        flow: String,
        /// Why.
        reason: Reason,
        /// It passes by itself, and is tried again.
        passing: bool,
    },
}

/// What the last proof says: the comparison of both sides, read afresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Proven {
    /// None was made yet.
    Never,
    /// Both sides agreed.
    Agrees {
        /// When they were read, ISO 8601.
        at: String,
    },
    /// Both sides agreed, too long ago to say anything of today; or nothing was proven, though it was time.
    Old {
        /// When they were read, ISO 8601; none where none was made yet.
        at: Option<String>,
        /// A proof should have been made by itself since.
        late: bool,
    },
    /// Both sides agreed in the days that were looked at; of the others it says nothing.
    Part {
        /// When they were read, ISO 8601.
        at: String,
    },
    /// The last one that was tried did not come to its end.
    Failed {
        /// Why.
        reason: Reason,
    },
}

/// One flow on the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FlowRow {
    /// `orders`, `customers`, `invoices`, `credit_notes`, `payments`, `payouts`, `products` or `stock`.
    pub flow: String,
    /// The lane in which it runs, and with which other flows it does: `orders`, `customers` (where all profiles become
    /// customers), `products`, `stock` or `payouts`.
    pub lane: String,
    /// Where from: `shopify` or `visma`.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Counts by state.
    pub counts: Counts,
    /// Booked since the shop's midnight: of today's own, and of what had waited.
    pub today: u32,
    /// Booked per day over the last 30 days, oldest first: (date, count).
    pub days: Vec<DayCount>,
    /// For how many seconds its oldest work has been left undone: what is not decided or on its way, what a side that does not answer keeps
    /// from being done, what waits for a moment that is past. None where it is in step or off; what waits for a payment, a parcel or a person
    /// is in step.
    pub lag: Option<u32>,
    /// End of the last run, ISO 8601, however it ended.
    pub last_run: Option<String>,
    /// End of the last run that went well, ISO 8601.
    pub well: Option<String>,
    /// Why the last run of this flow could not go on.
    pub failure: Option<Reason>,
    /// It is switched on.
    pub on: bool,
    /// `continuous`, `quarter`, `hour`, `day` or `by_hand`.
    pub every: String,
    /// When it runs next by itself, ISO 8601; none while it is off, paused or run by hand.
    pub next_run: Option<String>,
}

/// A count on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DayCount {
    /// Date, `YYYY-MM-DD`, in the shop's time zone.
    pub date: String,
    /// Records booked on it.
    pub count: u32,
}

/// The overview page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Overview {
    /// The large sentence.
    pub health: Health,
    /// One row per flow.
    pub flows: Vec<FlowRow>,
    /// The run under way.
    pub run: Option<RunProgress>,
    /// The last run that ended.
    pub last_run: Option<RunSummary>,
    /// What starts by itself, and when.
    pub schedule: ScheduleView,
}

/// Asks what happened while nobody looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct AwaySince {
    /// When somebody looked last, ISO 8601.
    pub since: String,
}

/// What happened in a flow while nobody looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AwayRow {
    /// As in [`FlowRow::flow`].
    pub flow: String,
    /// Booked since.
    pub booked: u32,
    /// Held since.
    pub held: u32,
}
