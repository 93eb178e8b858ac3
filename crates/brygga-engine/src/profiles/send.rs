//! A customer that is made without an order: in the journal before it is sent, settled with its link. One of which nothing is known is
//! looked up before anything is sent again, as one that an order makes (`resolve.rs`).

use brygga_core::booking::Step;
use brygga_core::booking::follow::Profile;
use brygga_core::erp::CustomerDraft;
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordRow, RecordState, Settle, StoreError,
};

use super::Answered;
use crate::booked::{self, CUSTOMER, internal};
use crate::crash;
use crate::decide::StepBody;
use crate::engine::{Engine, Setup};
use crate::ports::{Signal, WriteError};
use crate::run::stops_the_run;

impl Engine {
    pub(super) async fn make_customer(
        &self,
        mut row: RecordRow,
        draft: CustomerDraft,
        profile: &Profile,
        setup: &Setup,
    ) -> Result<Answered, Problem> {
        let now = self.clock.now();
        let id = self.ids.next_id();
        let key = draft.reference.clone();
        let step = Step::CreateCustomer {
            key: key.clone(),
            draft: Box::new(draft.clone()),
        };
        let kind = step.name();
        let body = StepBody { step, plan: None };
        let intent = Intent::new(
            id,
            id,
            row.record.clone(),
            kind,
            format!("{kind}/{key}"),
            serde_json::to_value(&body).map_err(internal)?,
            now,
        );
        row.state = RecordState::Planned;
        row.problem = None;
        row.changed_at = now;
        match self
            .store
            .write_plan(&row, std::slice::from_ref(&intent), &[])
        {
            // An order is making the same customer, and it is not known yet what became of that: looked up first.
            Err(StoreError::AlreadyPlanned) => {
                row.due_at = Some(now);
                let waiting = Problem::new(Code::WaitingOutcome).with("order", &row.name);
                self.settle_as(row, RecordState::Waiting, Some(waiting))?;
                return Ok(Answered::No);
            }
            written => written?,
        }
        crash::point(kind, "before");
        self.store.mark_sending(id)?;
        crash::point(kind, "sending");
        let result = self.erp.create_customer(&draft).await;
        crash::point(kind, "answered");
        match result {
            Ok(number) => {
                self.customer_made(row, &intent, &draft, &number, profile, setup)?;
                crash::point(kind, "settled");
                Ok(Answered::Yes)
            }
            Err(WriteError::Unknown(problem)) => {
                self.wait_for_outcome(row, &intent, &problem)?;
                Ok(Answered::No)
            }
            Err(WriteError::Refused(problem)) => {
                self.settle_undone(&intent, IntentState::Refused, &problem)?;
                let problem = problem.with("order", &row.name);
                self.settle_as(row, RecordState::Held, Some(problem))?;
                Ok(Answered::Yes)
            }
            Err(WriteError::NotSent(problem) | WriteError::Conflict(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                self.wait_for_remote(row, &problem)?;
                if stops_the_run(problem.code) {
                    return Err(problem);
                }
                Ok(Answered::No)
            }
        }
    }

    fn customer_made(
        &self,
        mut row: RecordRow,
        intent: &Intent,
        draft: &CustomerDraft,
        number: &str,
        profile: &Profile,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let key = &draft.reference;
        let mut links = vec![Link {
            kind: CUSTOMER.into(),
            shop_id: key.clone(),
            erp_id: number.to_owned(),
            detail: booked::made_from(draft),
            made_at: now,
        }];
        if setup.settings.customers.update {
            links.push(self.memory_of_new(key, number, profile)?);
        }
        row.state = RecordState::Booked;
        row.erp_number = Some(number.to_owned());
        row.changed_at = now;
        let told = Activity::new(now, Level::Good, "customer-created")
            .about(row.record.clone(), &row.name)
            .with("number", number);
        let record = row.record.clone();
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome: serde_json::json!({ "customer": number }),
            links,
            record: Some(row),
            activity: vec![told],
        })?;
        // Whoever was erased is not in the journal again.
        if self.store.is_erased(&record)? {
            self.store.empty_bodies(&[record])?;
        }
        self.events.signal(Signal::Changed);
        Ok(())
    }
}
