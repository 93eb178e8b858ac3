//! The change of a customer: in the journal before it is sent, read back after. One of which nothing is known is looked up before
//! anything is sent again.

use brygga_core::booking::follow::{Follow, taken};
use brygga_core::erp::CustomerCard;
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordKind, RecordRow, RecordState, Settle,
};
use serde::{Deserialize, Serialize};

use super::Remembered;
use crate::booked::internal;
use crate::crash;
use crate::engine::{Engine, Setup};
use crate::ports::{Signal, WriteError};
use crate::run::stops_the_run;

/// The step's name in the journal.
pub(crate) const CHANGE_CUSTOMER: &str = "change-customer";
/// "Not changed" counts after so many looks, some seconds apart: a read may lag a write (`booking-rules` 3).
const LOOKS: u32 = 2;

/// What the journal keeps of it. Sealed, and emptied when the person is erased.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Body {
    number: String,
    follow: Follow,
}

/// May the change not be made by whom we are in Visma.net: that is this customer's trouble, not the orders'.
fn is_not_allowed(code: Code) -> bool {
    matches!(code, Code::ErpForbidden | Code::ErpScope | Code::ErpLicence)
}

impl Engine {
    pub(super) async fn change_customer(
        &self,
        row: RecordRow,
        card: &CustomerCard,
        found: Follow,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let id = self.ids.next_id();
        let body = Body {
            number: card.number.clone(),
            follow: found,
        };
        let intent = Intent::new(
            id,
            id,
            row.record.clone(),
            CHANGE_CUSTOMER,
            format!("{CHANGE_CUSTOMER}/{}/{id}", row.record.id),
            serde_json::to_value(&body).map_err(internal)?,
            now,
        );
        self.store
            .write_plan(&row, std::slice::from_ref(&intent), &[])?;
        crash::point(CHANGE_CUSTOMER, "before");
        self.store.mark_sending(id)?;
        crash::point(CHANGE_CUSTOMER, "sending");
        let result = self.erp.update_customer(card, &body.follow.patch).await;
        crash::point(CHANGE_CUSTOMER, "answered");
        match result {
            Ok(()) => match self.erp.customer_card(&card.number).await {
                Ok(Some(there)) => self.customer_changed(row, &intent, &body, &there, setup),
                Ok(None) => self.customer_gone(row, &intent, &body, setup),
                // It was taken; how it stands there now is looked up.
                Err(problem) => self.customer_unknown(&intent, &problem),
            },
            Err(WriteError::Unknown(problem)) => {
                let told = Activity::new(now, Level::Warn, "unknown-outcome")
                    .about(row.record.clone(), &row.name)
                    .with("step", CHANGE_CUSTOMER)
                    .with("code", problem.code);
                self.store.log(&[told])?;
                self.customer_unknown(&intent, &problem)
            }
            Err(WriteError::Refused(problem)) => {
                let reason = problem
                    .params
                    .get("reason")
                    .cloned()
                    .unwrap_or_else(|| problem.message());
                self.not_taken(row, &intent, &body, &reason, setup)
            }
            Err(WriteError::NotSent(problem)) if is_not_allowed(problem.code) => {
                self.not_taken(row, &intent, &body, &problem.message(), setup)
            }
            // Somebody else was there since it was read: both sides are read again.
            Err(WriteError::Conflict(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                self.taken_back(&row.record, &row.name)?;
                Ok(())
            }
            Err(WriteError::NotSent(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                if stops_the_run(problem.code) {
                    self.store.mark_retry(&[row.record])?;
                }
                Err(problem)
            }
        }
    }

    fn customer_unknown(&self, intent: &Intent, problem: &Problem) -> Result<(), Problem> {
        let next = self.clock.now() + self.lookup_gap()?;
        let outcome = serde_json::to_value(problem).map_err(internal)?;
        Ok(self.store.mark_unknown(intent.id, outcome, next)?)
    }

    /// The change is there, or something else is: either way nothing more is sent for it.
    fn customer_changed(
        &self,
        mut row: RecordRow,
        intent: &Intent,
        body: &Body,
        there: &CustomerCard,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let fields: Vec<&str> = body
            .follow
            .changes
            .iter()
            .map(|change| change.field.as_str())
            .collect();
        let fields = fields.join(", ");
        let differs = taken(&body.follow.patch, there).err();
        let known = match &differs {
            None => Remembered {
                seen: body.follow.seen.clone(),
                tried: None,
            },
            Some(_) => self.tried(&row, body)?,
        };
        let link: Link = self.memory_of(&row.record.id, &body.number, &known)?;
        row.retry = false;
        row.due_at = None;
        row.settings_rev = setup.settings_rev;
        row.changed_at = now;
        if differs.is_none() {
            row.state = RecordState::Booked;
            row.problem = None;
            if body.follow.patch.name.is_some() {
                row.name.clone_from(&there.name);
            }
        }
        // Which fields, never what stands in them: that is in the sealed journal alone.
        let told = Activity::new(now, Level::Good, "customer-updated")
            .about(row.record.clone(), &row.name)
            .with("number", &body.number)
            .with("fields", &fields);
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome: serde_json::json!({ "customer": body.number, "changed": fields }),
            links: vec![link],
            record: Some(row.clone()),
            activity: vec![told],
        })?;
        crash::point(CHANGE_CUSTOMER, "settled");
        self.events.signal(Signal::Changed);
        match differs {
            Some(problem) => self.hold_customer(row, problem, setup),
            None => Ok(()),
        }
    }

    fn not_taken(
        &self,
        row: RecordRow,
        intent: &Intent,
        body: &Body,
        reason: &str,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let problem = Problem::new(Code::CustomerUpdateRefused)
            .with("customer", &body.number)
            .with("reason", reason);
        self.settle_undone(intent, IntentState::Refused, &problem)?;
        let known = self.tried(&row, body)?;
        self.remember(&row.record.id, &body.number, &known)?;
        self.hold_customer(row, problem, setup)
    }

    fn customer_gone(
        &self,
        row: RecordRow,
        intent: &Intent,
        body: &Body,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let problem = Problem::new(Code::CustomerGone).with("customer", &body.number);
        self.settle_undone(intent, IntentState::Superseded, &problem)?;
        self.hold_customer(row, problem, setup)
    }

    fn tried(&self, row: &RecordRow, body: &Body) -> Result<Remembered, Problem> {
        Ok(Remembered {
            tried: Some(body.follow.seen.clone()),
            ..self.remembered(&row.record.id, &body.number)?
        })
    }

    /// Settles every change of a customer that an earlier run, or a lost answer, left open.
    pub(crate) async fn settle_customers(&self) -> Result<(), Problem> {
        let mut open = self.store.open_intents()?;
        open.retain(is_change);
        if open.is_empty() {
            return Ok(());
        }
        let setup = self.setup().await?;
        for intent in open {
            self.check_stop()?;
            match self.settle_customer(&intent, &setup).await {
                Ok(()) => {}
                Err(problem) if stops_the_run(problem.code) => return Err(problem),
                // It stays open, and holds up nothing but this customer's own changes.
                Err(problem) => self.customer_waits(&intent.record, problem)?,
            }
        }
        Ok(())
    }

    async fn settle_customer(&self, intent: &Intent, setup: &Setup) -> Result<(), Problem> {
        let again = || -> Result<(), Problem> {
            let outcome = Problem::new(Code::WaitingOutcome);
            self.settle_undone(intent, IntentState::Superseded, &outcome)?;
            self.store
                .mark_retry(std::slice::from_ref(&intent.record))?;
            Ok(())
        };
        // Never sent, or nothing is left of what was: decided anew on what is true now.
        if intent.state == IntentState::Intent || intent.body.is_null() {
            return again();
        }
        let Some(row) = self.store.record(&intent.record)? else {
            return again();
        };
        let body: Body = serde_json::from_value(intent.body.clone()).map_err(internal)?;
        self.begin_look_up(intent)?;
        for look in 1..=LOOKS {
            let Some(there) = self.erp.customer_card(&body.number).await? else {
                return self.customer_gone(row, intent, &body, setup);
            };
            if taken(&body.follow.patch, &there).is_ok() {
                return self.customer_changed(row, intent, &body, &there, setup);
            }
            if look < LOOKS {
                self.look_later(intent).await?;
            }
        }
        again()
    }
}

/// Is this one of ours, which [`Engine::settle_customers`] looks after.
pub(crate) fn is_change(intent: &Intent) -> bool {
    intent.record.kind == RecordKind::Customer && intent.kind == CHANGE_CUSTOMER
}
