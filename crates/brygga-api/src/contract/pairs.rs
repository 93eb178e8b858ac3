//! The pairs of the program: which there are, which one is shown, and how each of them stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Event, Health, Reason, RecordKey};

/// All pairs of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PairsView {
    /// Id of the one that was looked at last.
    pub shown: String,
    /// All of them, in the order in which they were made; the practice pair last.
    pub pairs: Vec<PairLine>,
    /// Another one can be added here.
    pub can_add: bool,
}

/// One pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PairLine {
    /// Names it in every command and event.
    pub id: String,
    /// What the person calls it, if it was given a name.
    pub label: Option<String>,
    /// The shop's name, or its address; empty before it is connected.
    pub shop: String,
    /// The company's name; empty before it is connected.
    pub company: String,
    /// It is made up, on this computer.
    pub practice: bool,
    /// It is set up; else the wizard is where it begins.
    pub set_up: bool,
    /// How it stands.
    pub state: PairState,
    /// A run is under way.
    pub running: bool,
    /// It is paused.
    pub paused: bool,
    /// It can be put away.
    pub can_put_away: bool,
}

/// How a pair stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PairState {
    /// As its overview says.
    Works {
        /// The overview's sentence.
        health: Health,
    },
    /// It cannot be opened, such as when its database is damaged. The others go on.
    Broken {
        /// Why.
        reason: Reason,
    },
    /// It begins when it is chosen: the practice pair.
    Asleep,
}

/// Names one pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PairKey {
    /// Its id.
    pub pair: String,
}

/// Gives a pair another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PairRename {
    /// Its id.
    pub pair: String,
    /// The name; empty for the shop's own.
    pub label: String,
}

/// Puts a pair away. Nothing of it is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PairPutAway {
    /// Its id.
    pub pair: String,
    /// Its name as the person saw it who confirmed this: label, else shop, else nothing.
    pub confirmed: String,
}

/// A pair was put away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PairAway {
    /// The folder in which everything of it is now.
    pub place: String,
    /// What is left.
    pub pairs: PairsView,
}

/// Puts a copy in the place of a pair's database, also where that cannot be opened. What was there is set aside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PairRestore {
    /// The pair's id.
    pub pair: String,
    /// Which copy.
    pub copy: CopyChoice,
    /// The recovery key, for a copy that was made on another computer.
    pub recovery_key: Option<String>,
}

// The key is in no log.
impl std::fmt::Debug for PairRestore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairRestore")
            .field("pair", &self.pair)
            .field("copy", &self.copy)
            .finish_non_exhaustive()
    }
}

/// Which copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CopyChoice {
    /// One of the pair's own.
    Own {
        /// As in [`super::BackupView::name`].
        name: String,
    },
    /// A file on this computer, or on a stick.
    File {
        /// The whole path.
        path: String,
    },
}

/// A copy took the place of a pair's database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PairRestored {
    /// Where that is which was there; none where nothing was.
    pub aside: Option<String>,
    /// All pairs.
    pub pairs: PairsView,
}

/// An event, and which pair it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PairEvent {
    /// Id of the pair; empty for what is of none.
    pub pair: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happens in the practice shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Play {
    /// Somebody buys.
    Sale,
    /// Somebody sends goods back and gets the money.
    Refund,
    /// Somebody sends goods back and gets others, and pays or gets the difference.
    Exchange,
    /// A day passes, with everything that people do in it.
    Day,
    /// Somebody buys, and the connection dies just when the order has reached Visma.net.
    Crash,
}

/// Lets something happen in the practice shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct PracticePlay {
    /// What.
    pub play: Play,
}

/// What happened in the practice shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PracticePlayed {
    /// What.
    pub play: Play,
    /// The order that it happened to, as the shop names it.
    pub order: Option<PlayedOrder>,
    /// How many orders came in, for a day.
    pub orders: u32,
    /// The moment in the practice shop now, ISO 8601.
    pub now: String,
}

/// An order of the practice shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlayedOrder {
    /// Its record, once it was synced.
    pub record: RecordKey,
    /// Such as `#C1234`.
    pub name: String,
    /// What it is about, such as the title of what was bought.
    pub what: String,
}
