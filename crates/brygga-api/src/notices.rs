//! What a person is told without having asked: only what needs one, and never twice the same thing.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use brygga_core::Problem;
use brygga_core::policy::Lane;
use brygga_store::RecordKind;
use serde::{Deserialize, Serialize};

use crate::api::{Api, count, reason};
use crate::contract::Reason;
use crate::pulse::standstills;

/// Under this name what was told is remembered.
const TOLD: &str = "told";

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
    /// Lanes that stand still, with their codes.
    still: BTreeSet<String>,
    /// Differences, by order and what differs.
    differences: BTreeSet<String>,
}

impl Told {
    /// How many of `now` were not told before. What is gone is forgotten with it: it is news when it comes again.
    fn new_in(before: &BTreeSet<String>, now: &BTreeSet<String>) -> u32 {
        count(now.difference(before).count())
    }
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
        for still in standstills(&agenda, self.engine.clock().now()) {
            let key = format!("{}/{}", still.lane.as_str(), still.problem.code);
            if still.passing {
                continue;
            }
            if !before.still.contains(&key) {
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
            now.still.insert(key);
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
