//! What a person is told without having asked: only what needs one, and never twice the same thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use brygga_core::Problem;
use brygga_core::policy::{Lane, Trouble};
use brygga_store::RecordKind;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::api::{Api, count, reason};
use crate::background::LaneAgenda;
use crate::contract::Reason;
use crate::pulse::standstills;

/// Under this name what was told is remembered.
const TOLD: &str = "told";

/// Under this key stands trouble that passes by itself, whichever form it takes.
const OUTAGE: &str = "outage";
/// Records that come to be late while others are late already are told of once in so long.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// Something that needs a person and that nobody was told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Records are held that were not before.
    Held {
        /// How many are new.
        new: u32,
    },
    /// Sync stands still until somebody does something.
    Stopped {
        /// Why.
        reason: Reason,
    },
    /// One flow stands still; everything else goes on.
    FlowStopped {
        /// Which.
        flow: String,
        /// Why.
        reason: Reason,
    },
    /// Records were tried for hours in vain that were not told of before.
    Delayed {
        /// How many are late, those among them that were told of.
        records: u32,
    },
    /// The proof found differences.
    Differs {
        /// How many.
        differences: u32,
    },
}

/// What is there to tell, or was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// Held records with their codes.
    held: BTreeSet<String>,
    /// Why lanes stand still, and when it was told: a lane whose trouble began before that has no other.
    trouble: BTreeMap<String, DateTime<Utc>>,
    /// Records that are late.
    late: BTreeSet<String>,
    /// When it was last told that records are late.
    late_at: Option<DateTime<Utc>>,
    /// Differences, by order and what differs.
    differences: BTreeSet<String>,
}

impl Told {
    /// How many of `now` were not told before. What is gone is forgotten with it: it is news when it comes again.
    fn new_in(before: &BTreeSet<String>, now: &BTreeSet<String>) -> u32 {
        count(now.difference(before).count())
    }
}

/// What is to be told of the lanes that stand still. One outage is told once: by however many lanes it is met, at whatever moment each of
/// them has had enough of it, and whatever each try meets. It is over for a lane with its first run that goes well.
fn still(
    agenda: &[LaneAgenda],
    before: &Told,
    now: &mut Told,
    moment: DateTime<Utc>,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    let all = standstills(agenda);
    now.trouble = before.trouble.clone();
    // A clock that was put back since says nothing of what was told.
    now.trouble
        .retain(|_, told| *told <= moment && all.iter().any(|still| still.since <= *told));
    for still in all.iter().filter(|still| !still.passing) {
        let code = still.problem.code;
        let key = match Trouble::of(code) {
            Trouble::Passing => OUTAGE,
            Trouble::NeedsPerson => code.as_str(),
        };
        let known = now.trouble.get(key);
        if known.is_some_and(|told| still.since <= *told) {
            continue;
        }
        now.trouble.insert(key.to_owned(), moment);
        notices.push(match still.lane {
            Lane::Orders => Notice::Stopped {
                reason: reason(still.problem),
            },
            lane => Notice::FlowStopped {
                flow: lane.as_str().into(),
                reason: reason(still.problem),
            },
        });
    }
    notices
}

impl Api {
    /// What is to be told now. It counts as told from here on, whatever becomes of it.
    ///
    /// A database that can be read and not written keeps nobody from being told, and from being told once.
    pub fn notices(&self) -> Result<Vec<Notice>, Problem> {
        let store = self.engine.store();
        let mut unkept = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before: Told = match unkept.clone() {
            Some(told) => told,
            None => store
                .remembered(TOLD)?
                .and_then(|value| serde_json::from_value(value).ok())
                .unwrap_or_default(),
        };
        let mut now = Told::default();
        for kind in RecordKind::ALL {
            for group in store.held_groups(*kind)? {
                for record in &group.records {
                    let kind = kind.as_str();
                    now.held
                        .insert(format!("{kind}/{}/{}", record.id, group.code));
                }
            }
        }
        let mut notices = Vec::new();
        let agenda = self.agenda()?;
        let moment = self.engine.clock().now();
        notices.extend(still(&agenda, &before, &mut now, moment));
        let delayed = self.delayed(&agenda)?;
        now.late = delayed.records.iter().map(ToString::to_string).collect();
        if !now.late.is_empty() {
            let recently = before.late_at.is_some_and(|at| (moment - at).abs() < AGAIN);
            now.late_at = before.late_at;
            if recently {
                // Those that came since are told of with the next.
                now.late.retain(|record| before.late.contains(record));
            } else if Told::new_in(&before.late, &now.late) > 0 {
                now.late_at = Some(moment);
                notices.push(Notice::Delayed {
                    records: count(now.late.len()),
                });
            }
        }
        if let Some(proof) = self.last_proof()? {
            now.differences = proof
                .report
                .differences
                .iter()
                .map(|difference| format!("{}/{}", difference.order, difference.what))
                .collect();
        }
        let differences = Told::new_in(&before.differences, &now.differences);
        if differences > 0 {
            notices.push(Notice::Differs { differences });
        }
        let new = Told::new_in(&before.held, &now.held);
        if new > 0 {
            notices.push(Notice::Held { new });
        }
        if now != before {
            let value = serde_json::to_value(&now)
                .map_err(|fault| Problem::new(brygga_core::Code::Internal).with("detail", fault))?;
            *unkept = match store.remember(TOLD, &value) {
                Ok(()) => None,
                Err(problem) => {
                    tracing::warn!(%problem, "what was told could not be written down");
                    Some(now)
                }
            };
        }
        Ok(notices)
    }
}
