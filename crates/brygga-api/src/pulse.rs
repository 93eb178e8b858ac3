//! How it stands, in one look: for the overview's sentence and for the tray, which must never disagree.

use std::sync::PoisonError;

use brygga_core::Problem;
use brygga_core::policy::{Lane, Trouble};
use brygga_store::{RecordKind, RecordRef, StateCounts};
use chrono::{DateTime, TimeDelta, Utc};

use crate::api::{Api, count, reason, time};
use crate::background::LaneAgenda;
use crate::contract::{Health, Proven, ScheduleView};
use crate::proof::LastProof;

/// What passes by itself is expected to have passed by then; after it a person had better look.
pub(crate) const PATIENCE: TimeDelta = TimeDelta::hours(6);

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
                proven: Proven::Failed { .. } | Proven::Old { late: true, .. },
                ..
            } => Tone::Unusual,
            // That none was asked for, or was due yet, is said; it is nothing out of order.
            Health::AllWell { .. } => Tone::Well,
            Health::Unsent { .. } if self.running => Tone::Well,
            Health::Unsent { .. }
            | Health::NothingYet
            | Health::Stopped { passing: true, .. }
            | Health::FlowStopped { passing: true, .. } => Tone::Unusual,
            Health::NeedsYou { .. }
            | Health::Differs { .. }
            | Health::Delayed { .. }
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
    /// When the first of its failures in a row ended.
    pub(crate) since: DateTime<Utc>,
}

/// Records that were tried in vain for longer than what passes by itself takes.
#[derive(Debug, Default)]
pub(crate) struct Delayed {
    pub(crate) records: Vec<RecordRef>,
    /// Since when the oldest is left undone.
    pub(crate) since: Option<DateTime<Utc>>,
}

/// The lanes that stand still. What passes by itself is long when it was tried for so long: a night in which the computer slept is none of it,
/// and a lane that runs once a day is not late by what it waited for its time.
pub(crate) fn standstills(agenda: &[LaneAgenda]) -> Vec<Standstill<'_>> {
    agenda
        .iter()
        .filter(|lane| lane.on)
        .filter_map(|lane| {
            let state = lane.state.as_ref()?;
            let problem = state.failure.as_ref()?;
            let long = state.in_vain() > PATIENCE && state.failures > 3;
            Some(Standstill {
                lane: lane.lane,
                problem,
                passing: Trouble::of(problem.code) == Trouble::Passing && !long,
                since: state.since.unwrap_or(state.ended),
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
        let still = standstills(agenda);
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
        // Each is counted once: between two looks at the same records a sync may have moved some.
        let orders = store.counts(RecordKind::Order)?;
        let mut others = StateCounts::default();
        for kind in RecordKind::ALL
            .iter()
            .filter(|kind| **kind != RecordKind::Order)
        {
            let own = store.counts(*kind)?;
            others.held += own.held;
            others.new += own.new + own.planned;
            others.waiting += own.waiting;
        }
        let unsent = orders.new + orders.planned + others.new;
        if orders.held + others.held > 0 {
            return Ok(Health::NeedsYou {
                held: count(orders.held + others.held),
                unsent: count(unsent),
            });
        }
        let delayed = self.delayed(agenda)?;
        if let Some(since) = delayed.since {
            let is_order = |record: &&RecordRef| record.kind == RecordKind::Order;
            return Ok(Health::Delayed {
                orders: count(delayed.records.iter().filter(is_order).count()),
                records: count(delayed.records.len()),
                since: time(since),
            });
        }
        if let Some(still) = still.first() {
            return Ok(stopped(still));
        }
        if unsent > 0 {
            return Ok(Health::Unsent {
                orders: count(orders.new + orders.planned),
                records: count(unsent),
            });
        }
        Ok(match store.cursor("orders")? {
            Some(up_to) => Health::AllWell {
                booked: count(orders.booked),
                waiting: count(orders.waiting),
                others: count(others.waiting),
                up_to: time(up_to),
                proven: self.proven(proof.as_ref(), now)?,
            },
            None => Health::NothingYet,
        })
    }

    /// What a run that went well has left undone for too long. One that did not says so for itself, and says nothing of its records.
    pub(crate) fn delayed(&self, agenda: &[LaneAgenda]) -> Result<Delayed, Problem> {
        let mut delayed = Delayed::default();
        for kind in RecordKind::ALL {
            let own = agenda.iter().find(|lane| lane.lane == lane_of(*kind));
            // Customers come with their orders, unless all profiles become customers.
            let with_orders = || agenda.iter().find(|lane| lane.lane == Lane::Orders);
            let lane = match own {
                Some(lane) if lane.lane == Lane::Customers && !lane.on => with_orders(),
                own => own,
            };
            let Some(well) = lane
                .filter(|lane| lane.on)
                .and_then(|lane| lane.state.as_ref()?.well)
            else {
                continue;
            };
            // Tried again by then: a computer that slept over it has not made it late.
            for (record, since) in self.engine.store().left_undone(*kind, well - PATIENCE)? {
                delayed.since = Some(delayed.since.map_or(since, |oldest| oldest.min(since)));
                delayed.records.push(record);
            }
        }
        Ok(delayed)
    }

    /// What the proofs say, where the last one that ended found no difference.
    fn proven(&self, last: Option<&LastProof>, now: DateTime<Utc>) -> Result<Proven, Problem> {
        let failed = self
            .unproven
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(reason);
        if let Some(reason) = failed {
            return Ok(Proven::Failed { reason });
        }
        let every = self.engine.settings()?.schedule.proof;
        let up_to = self.proven_up_to()?;
        let late = up_to.is_some_and(|up_to| every.is_late(up_to, now));
        let Some(proof) = last else {
            return Ok(if late {
                Proven::Old { at: None, late }
            } else {
                Proven::Never
            });
        };
        let at = time(proof.at);
        Ok(if late || every.is_old(proof.at, now) {
            Proven::Old { at: Some(at), late }
        } else if proof.whole {
            Proven::Agrees { at }
        } else {
            Proven::Part { at }
        })
    }
}

/// The lane in which records of `kind` are worked on.
fn lane_of(kind: RecordKind) -> Lane {
    match kind {
        RecordKind::Customer => Lane::Customers,
        RecordKind::Order
        | RecordKind::Invoice
        | RecordKind::CreditNote
        | RecordKind::Payment
        | RecordKind::Shipment => Lane::Orders,
        RecordKind::Payout => Lane::Payouts,
        RecordKind::Product => Lane::Products,
        RecordKind::Stock => Lane::Stock,
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
