//! How it stands, in one look: for the overview's sentence and for the tray, which must never disagree.

use brygga_core::Problem;
use brygga_core::policy::{Lane, Trouble};
use brygga_store::RecordKind;
use chrono::{DateTime, TimeDelta, Utc};

use crate::api::{Api, count, reason, time};
use crate::background::LaneAgenda;
use crate::contract::{Health, ScheduleView};

/// What passes by itself is expected to have passed by then; after it a person had better look.
const PATIENCE: TimeDelta = TimeDelta::hours(6);

/// Does anybody have to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nobody: it is as it should be.
    Well,
    /// Nobody yet: nothing was read so far, it is paused, or something is out of order that passes by itself.
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
            Health::AllWell { .. } => Tone::Well,
            Health::NothingYet
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
        Ok(Pulse {
            health: self.health(&self.agenda()?)?,
            schedule: self.schedule()?,
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
            && !proof.report.differences.is_empty()
        {
            return Ok(Health::Differs {
                differences: count(proof.report.differences.len()),
                at: time(proof.at),
            });
        }
        let mut held = 0;
        for kind in RecordKind::ALL {
            held += store.counts(*kind)?.held;
        }
        if held > 0 {
            return Ok(Health::NeedsYou { held: count(held) });
        }
        if let Some(still) = still.first() {
            return Ok(stopped(still));
        }
        Ok(match store.cursor("orders")? {
            Some(up_to) => Health::AllWell {
                booked: count(store.counts(RecordKind::Order)?.booked),
                up_to: time(up_to),
                proven: proof.map(|proof| time(proof.at)),
            },
            None => Health::NothingYet,
        })
    }
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
