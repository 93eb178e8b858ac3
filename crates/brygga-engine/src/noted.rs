//! What a preview finds held is kept with its reason, so that it can be repaired before anything is sent. Nothing is decided by it:
//! such a record has no digest that it was decided on, so every run and every further preview looks at it anew, and whatever was
//! mended, on either side, counts.

use brygga_core::Problem;
use brygga_store::{Activity, Level, RecordRow, RecordState};

use crate::engine::{Engine, Setup};
use crate::preview::Outcome;

impl Engine {
    /// Keeps what a preview found of a record that no run has brought anywhere: why it is held, or that it no longer is. `looked` is
    /// the record as it was when the look began; what somebody did with it since stands.
    pub(crate) fn note_found(
        &self,
        looked: Option<&RecordRow>,
        described: &RecordRow,
        outcome: &Outcome,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let Some(looked) = looked else {
            return Ok(());
        };
        let (state, problem) = match outcome {
            Outcome::Held(problem) if may_be_held(looked) => {
                (RecordState::Held, Some(problem.clone()))
            }
            // Another preview held it, and nothing holds it any more.
            Outcome::Send { .. } | Outcome::Waiting(_) | Outcome::Skipped(_)
                if looked.state == RecordState::Held && looked.decided_digest.is_none() =>
            {
                (RecordState::New, None)
            }
            _ => return Ok(()),
        };
        if looked.state == state && looked.problem == problem {
            return Ok(());
        }
        let now = self.clock.now();
        let mut row = RecordRow {
            state,
            problem,
            decided_digest: None,
            settings_rev: setup.settings_rev,
            due_at: None,
            changed_at: now,
            ..described.clone()
        };
        if self.store.is_erased(&row.record)? {
            row.party = None;
        }
        let told: Vec<Activity> = row
            .problem
            .iter()
            .map(|problem| {
                let event = crate::life::event(&row.record, state);
                let told = Activity::new(now, Level::Bad, event)
                    .about(row.record.clone(), &row.name)
                    .with("code", problem.code);
                let params = problem.params.iter();
                params.fold(told, |told, (name, value)| told.with(name, value))
            })
            .collect();
        self.store.note(looked, &row, setup.settings_rev, &told)?;
        Ok(())
    }
}

/// Is it a record of which nothing is in the books or on its way: where it stands is only a reason.
fn may_be_held(row: &RecordRow) -> bool {
    match row.state {
        RecordState::New | RecordState::Waiting | RecordState::Skipped | RecordState::Held => {
            row.booked_digest.is_none()
        }
        RecordState::Planned | RecordState::Booked => false,
    }
}
