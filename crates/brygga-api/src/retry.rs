//! Trying held records again: all of a cause, however many, and what became of them.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRef, RecordState};

use crate::api::{Api, count, error, record_ref, stored};
use crate::contract::{ApiError, Attempt, Cause, Retried, Retry, SyncNow, Tried};

/// So many attempts are remembered; the page asks about its last one.
const KEPT: usize = 8;

/// Records that are tried again together. A page names an attempt, not its records: there may be thousands of them.
#[derive(Default)]
pub(crate) struct Attempts {
    last: u32,
    kept: VecDeque<(u32, Arc<[RecordRef]>)>,
}

impl Attempts {
    fn keep(&mut self, records: Vec<RecordRef>) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.kept.push_back((self.last, records.into()));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        self.last
    }

    fn of(&self, attempt: u32) -> Option<Arc<[RecordRef]>> {
        let known = self.kept.iter().find(|(number, _)| *number == attempt);
        known.map(|(_, records)| Arc::clone(records))
    }
}

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Api {
    pub(crate) async fn retry(self: &Arc<Self>, request: Retry) -> Result<Retried, ApiError> {
        let store = self.engine.store();
        let (attempt, records) = match request {
            Retry::Attempt(attempt) => (attempt, self.records_of(attempt)?),
            Retry::All => self.begin_attempt(self.all_held()?),
            Retry::Records(keys) => {
                self.begin_attempt(keys.iter().map(record_ref).collect::<Result<_, _>>()?)
            }
            Retry::Causes(causes) => {
                let mut records = Vec::new();
                for cause in &causes {
                    records.extend(self.held_for(cause).map_err(error)?);
                }
                self.begin_attempt(records)
            }
        };
        let marked = store.mark_retry(&records).map_err(stored)?;
        // Somebody may have repaired what Visma.net is set up with.
        self.engine.forget_setup();
        self.sync_now(SyncNow::default()).await?;
        Ok(Retried {
            count: count(marked),
            attempt,
        })
    }

    /// Where the records of an attempt stand now: all of them, not only those that the page could name.
    pub(crate) async fn tried(&self, asked: Attempt) -> Result<Tried, ApiError> {
        let records = self.records_of(asked.attempt)?;
        let mut tried = Tried::default();
        for (state, number) in self.engine.store().states_of(&records).map_err(stored)? {
            let sum = match state {
                RecordState::Booked => &mut tried.booked,
                RecordState::Held => &mut tried.left,
                RecordState::New
                | RecordState::Planned
                | RecordState::Waiting
                | RecordState::Skipped => &mut tried.other,
            };
            *sum = sum.saturating_add(count(number));
        }
        Ok(tried)
    }

    /// Remembers records that will be tried together.
    pub(crate) fn attempt(&self, records: Vec<RecordRef>) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.keep(records)
    }

    fn begin_attempt(&self, mut records: Vec<RecordRef>) -> (u32, Arc<[RecordRef]>) {
        records.sort();
        records.dedup();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.keep(records);
        (attempt, attempts.of(attempt).unwrap_or_default())
    }

    fn records_of(&self, attempt: u32) -> Result<Arc<[RecordRef]>, ApiError> {
        let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        // Remembered as long as the program runs: after it was started anew the page looks again.
        attempts
            .of(attempt)
            .ok_or_else(|| error(Code::FixChanged.into()))
    }

    fn all_held(&self) -> Result<Vec<RecordRef>, ApiError> {
        let store = self.engine.store();
        let mut records = Vec::new();
        for kind in RecordKind::ALL {
            for group in store.held_groups(*kind).map_err(stored)? {
                records.extend(group.records);
            }
        }
        Ok(records)
    }

    /// All held records of a cause as the page shows it: the group itself, or where it names other parameters by now, all that fit it.
    fn held_for(&self, cause: &Cause) -> Result<Vec<RecordRef>, Problem> {
        let store = self.engine.store();
        let code: Code = cause
            .code
            .parse()
            .map_err(|()| Problem::new(Code::WrongUse).with("detail", &cause.code))?;
        let mut records = Vec::new();
        for kind in kinds_of(cause.kind.parse()?) {
            let groups = store.held_groups(kind)?;
            let group = groups
                .into_iter()
                .find(|group| group.code == code && group.params == cause.params);
            records.extend(match group {
                Some(group) => group.records,
                None => store.held_with(kind, code, &cause.params)?,
            });
        }
        Ok(records)
    }
}

/// A customer that is held and the orders that are held for it are of one cause: one answer is for both.
pub(crate) fn kinds_of(kind: RecordKind) -> Vec<RecordKind> {
    match kind {
        RecordKind::Order | RecordKind::Customer => vec![RecordKind::Order, RecordKind::Customer],
        kind => vec![kind],
    }
}
