//! How it stands, in one look: for the overview's sentence and for the tray, which must never disagree.

use std::sync::PoisonError;

use brygga_core::Problem;
use brygga_core::policy::{Lane, Trouble};
use brygga_engine::Period;
use brygga_store::{RecordKind, StateCounts};
use chrono::{DateTime, TimeDelta, Utc};

use crate::api::{Api, count, reason, time};
use crate::background::LaneAgenda;
use crate::contract::{Health, Proven, ScheduleView};
use crate::proof::LastProof;

/// What passes by itself is expected to have passed by then; after it a person had better look.
const PATIENCE: TimeDelta = TimeDelta::hours(6);
/// A proof older than this says nothing of today: too much was booked since.
const PROOF_HOLDS: TimeDelta = TimeDelta::days(7);

/// Does anybody have to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nobody: it is as it should be, or on its way there.
    Well,
    /// Nobody yet: nothing was read so far, what was read lies there unsent, it is paused, a proof did not come to its end, or something is
    /// out of order that passes by itself.
    Unusual,
    /// Somebody.
    NeedsYou,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulse {
    /// The overview's sentence.
    pub health: Health,
    /// What starts by itself, and when.
    pub schedule: ScheduleView,
    /// Is a run under way.
    pub running: bool,
}

impl Pulse {
    /// Does anybody have to look.
    pub fn tone(&self) -> Tone {
        let health = match &self.health {
            Health::AllWell {
                proven: Proven::Failed { .. },
                ..
            } => Tone::Unusual,
            // That none was made yet, or not lately, is said; it is nothing out of order.
            Health::AllWell { .. } => Tone::Well,
            Health::Unsent { .. } if self.running => Tone::Well,
            Health::Unsent { .. }
            | Health::NothingYet
            | Health::Stopped { passing: true, .. }
            | Health::FlowStopped { passing: true, .. } => Tone::Unusual,
            Health::NeedsYou { .. }
            | Health::Differs { .. }
            | Health::Stopped { passing: false, .. }
            | Health::FlowStopped { passing: false, .. } => Tone::NeedsYou,
        };
        if self.schedule.paused.is_some() {
            health.max(Tone::Unusual)
        } else {
            health
        }
    }
}

/// A lane that stands still.
pub(crate) struct Standstill<'a> {
    pub(crate) lane: Lane,
    pub(crate) problem: &'a Problem,
    /// It passes by itself.
    pub(crate) passing: bool,
}

/// The lanes that stand still.
pub(crate) fn standstills(agenda: &[LaneAgenda], now: DateTime<Utc>) -> Vec<Standstill<'_>> {
    agenda
        .iter()
        .filter(|lane| lane.on)
        .filter_map(|lane| {
            let state = lane.state.as_ref()?;
            let problem = state.failure.as_ref()?;
            let long = state.well.is_none_or(|well| now - well > PATIENCE) && state.failures > 3;
            Some(Standstill {
                lane: lane.lane,
                problem,
                passing: Trouble::of(problem.code) == Trouble::Passing && !long,
            })
        })
        .collect()
}

impl Api {
    /// How it stands.
    pub fn pulse(&self) -> Result<Pulse, Problem> {
        let agenda = self.agenda()?;
        Ok(Pulse {
            health: self.health(&agenda)?,
            schedule: self.schedule_of(&agenda)?,
            running: self.watch.run().is_some(),
        })
    }

    /// The overview's sentence: what needs a person first.
    pub(crate) fn health(&self, agenda: &[LaneAgenda]) -> Result<Health, Problem> {
        let store = self.engine.store();
        let now = self.engine.clock().now();
        let still = standstills(agenda, now);
        if let Some(still) = still.iter().find(|still| !still.passing) {
            return Ok(stopped(still));
        }
        let proof = self.last_proof()?;
        if let Some(proof) = &proof
            && let Some(differences) = differences(proof)
        {
            return Ok(Health::Differs {
                differences,
                at: time(proof.at),
            });
        }
        let mut records = StateCounts::default();
        for kind in RecordKind::ALL {
            let own = store.counts(*kind)?;
            records.held += own.held;
            records.new += own.new + own.planned;
        }
        if records.held > 0 {
            return Ok(Health::NeedsYou {
                held: count(records.held),
                unsent: count(records.new),
            });
        }
        if let Some(still) = still.first() {
            return Ok(stopped(still));
        }
        let orders = store.counts(RecordKind::Order)?;
        if records.new > 0 {
            return Ok(Health::Unsent {
                orders: count(orders.new + orders.planned),
                records: count(records.new),
            });
        }
        Ok(match store.cursor("orders")? {
            Some(up_to) => Health::AllWell {
                booked: count(orders.booked),
                waiting: count(orders.waiting),
                up_to: time(up_to),
                proven: self.proven(proof.as_ref(), now),
            },
            None => Health::NothingYet,
        })
    }

    /// What the proofs say, where the last one that ended found no difference.
    fn proven(&self, last: Option<&LastProof>, now: DateTime<Utc>) -> Proven {
        let failed = self.unproven.lock().unwrap_or_else(PoisonError::into_inner);
        match (failed.as_ref(), last) {
            (Some(problem), _) => Proven::Failed {
                reason: reason(problem),
            },
            (None, None) => Proven::Never,
            (None, Some(proof)) => {
                let at = time(proof.at);
                if now - proof.at > PROOF_HOLDS {
                    Proven::Old { at }
                } else if proof.report.period != Period::default() {
                    Proven::Part { at }
                } else {
                    Proven::Agrees { at }
                }
            }
        }
    }
}

/// How many figures a proof found to differ; none where both sides agree.
fn differences(proof: &LastProof) -> Option<u32> {
    let found = proof.report.differences.len();
    (found > 0).then(|| count(found))
}

fn stopped(still: &Standstill<'_>) -> Health {
    let reason = reason(still.problem);
    match still.lane {
        Lane::Orders => Health::Stopped {
            reason,
            passing: still.passing,
        },
        lane => Health::FlowStopped {
            flow: lane.as_str().into(),
            reason,
            passing: still.passing,
        },
    }
}
