//! The runner: the only part that causes effects. Each is in the journal before it is sent, and settled after; one whose
//! outcome is not known is looked up before anything is sent again (`design` 3).

use chrono::TimeDelta;

use brygga_core::booking::{BookedState, Document, Step, read_back};
use brygga_core::erp::{BookedOrder, LinePatch, OrderNumber};
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Intent, IntentState, Level, Link, RecordRow, RecordState, Settle};

use crate::booked::{self, CUSTOMER, VAT_CONFIRMED, internal};
use crate::crash;
use crate::decide::{Planned, StepBody};
use crate::engine::Engine;
use crate::ports::{Signal, WriteError};

/// How a plan ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All is there and was read back.
    Proven,
    /// A person has to look.
    Held,
    /// It goes on by itself: another try, or a look-up.
    Later,
    /// The document changed under our hands: read and decide again.
    Again,
}

/// What an effect left behind.
enum Effect {
    Customer(String),
    Order(OrderNumber),
    Changed,
}

impl Engine {
    /// Carries a plan out, step by step, then reads the document back.
    pub(crate) async fn carry_out(&self, planned: Planned) -> Result<Ended, Problem> {
        // The turns are given back when this ends.
        let Planned {
            record,
            plan,
            intents,
            booked,
            mut there,
            turns: _turns,
        } = planned;
        if let Some((key, number, by)) = &plan.link_customer {
            self.link_customer(key, number, by)?;
        }
        let mut state = booked;
        if let (Some(number), Some(document)) = (&plan.adopt, &plan.document) {
            // Linked only when it is as it should be: until then its id alone says whose it is, and an adoption that breaks
            // off is found and gone on with like one that never began.
            let adopted = booked::state(number, document);
            self.tell(
                &record,
                Level::Good,
                "order-adopted",
                &[("document", number.to_string())],
            )?;
            state = Some(adopted);
        }
        let mut customer = None;
        for (position, intent) in intents.iter().enumerate() {
            let last = position + 1 == intents.len();
            let on = On {
                state: state.as_ref(),
                there: &mut there,
                customer: customer.as_deref(),
            };
            match self.send(intent, &record, on, last).await? {
                Sent::Done(Effect::Customer(number)) => customer = Some(number),
                Sent::Done(Effect::Order(number)) => {
                    state = plan
                        .document
                        .as_ref()
                        .map(|document| booked::state(&number, document));
                }
                Sent::Done(Effect::Changed) => {}
                Sent::Ended(ended) => {
                    self.drop_rest(&intents[position + 1..])?;
                    if ended == Ended::Again && position == 0 {
                        // It is not the document that was shown, and nothing of it was sent.
                        self.taken_back(&record.record, &record.name)?;
                    }
                    return Ok(ended);
                }
            }
        }
        if intents.is_empty()
            && let Some(known) = &state
        {
            let now = match &plan.document {
                Some(document) => BookedState {
                    document: document.clone(),
                    cancelled: false,
                    ..known.clone()
                },
                None => BookedState {
                    cancelled: true,
                    ..known.clone()
                },
            };
            self.store.put_link(&booked::link(
                &self.store,
                &record.record.id,
                &now,
                self.clock.now(),
            )?)?;
        }
        if state.is_none()
            && let (Some(document), Some(customer)) =
                (&plan.document, customer.or_else(|| plan.customer.clone()))
        {
            return self.booked_without_order(record, document, customer);
        }
        let Some(state) = state else {
            return Err(internal("a plan that books nothing"));
        };
        match &plan.document {
            Some(document) => {
                self.read_back(record, document, booked::order_number(&state)?)
                    .await
            }
            None => {
                self.read_back_cancelled(record, booked::order_number(&state)?)
                    .await
            }
        }
    }

    /// An order of which no sales order is made: its invoices follow, each of its own (`booking-rules` 3).
    fn booked_without_order(
        &self,
        mut row: RecordRow,
        document: &Document,
        customer: String,
    ) -> Result<Ended, Problem> {
        let state = BookedState {
            number: None,
            document: document.clone(),
            cancelled: false,
            customer: Some(customer),
        };
        self.store.put_link(&booked::link(
            &self.store,
            &row.record.id,
            &state,
            self.clock.now(),
        )?)?;
        row.booked_digest = Some(document.economic.clone());
        let shown = state.shown();
        self.booked(row, "order-ready", &shown)
    }

    /// Sends one intent and settles it.
    async fn send(
        &self,
        intent: &Intent,
        record: &RecordRow,
        on: On<'_>,
        last: bool,
    ) -> Result<Sent, Problem> {
        let state = on.state;
        let body: StepBody = serde_json::from_value(intent.body.clone()).map_err(internal)?;
        let step = &body.step;
        crash::point(&intent.kind, "before");
        self.store.mark_sending(intent.id)?;
        crash::point(&intent.kind, "sending");
        let result = self.effect(step, on).await;
        crash::point(&intent.kind, "answered");
        match result {
            Ok(effect) => {
                self.settle_done(
                    record,
                    &Done {
                        intent,
                        step,
                        document: body.document(),
                        effect: &effect,
                        state,
                        last,
                    },
                )?;
                crash::point(&intent.kind, "settled");
                Ok(Sent::Done(effect))
            }
            Err(WriteError::Unknown(problem)) => {
                self.wait_for_outcome(record.clone(), intent, &problem)?;
                Ok(Sent::Ended(Ended::Later))
            }
            Err(WriteError::Refused(problem)) => {
                self.settle_undone(intent, IntentState::Refused, &problem)?;
                let problem = problem.with("order", &record.name);
                self.settle_as(record.clone(), RecordState::Held, Some(problem))?;
                Ok(Sent::Ended(Ended::Held))
            }
            Err(WriteError::Conflict(problem)) => {
                self.settle_undone(intent, IntentState::Superseded, &problem)?;
                self.tell(
                    record,
                    Level::Info,
                    "conflict",
                    &[("step", intent.kind.clone())],
                )?;
                let mut row = record.clone();
                row.state = RecordState::New;
                row.retry = true;
                self.store.put_record(&row)?;
                Ok(Sent::Ended(Ended::Again))
            }
            Err(WriteError::NotSent(problem)) => {
                self.settle_undone(intent, IntentState::Superseded, &problem)?;
                self.wait_for_remote(record.clone(), &problem)?;
                if crate::run::stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(Sent::Ended(Ended::Later))
                }
            }
        }
    }

    /// The one place from which Visma.net is changed.
    async fn effect(&self, step: &Step, on: On<'_>) -> Result<Effect, WriteError> {
        match step {
            Step::CreateCustomer { draft, .. } => {
                self.erp.create_customer(draft).await.map(Effect::Customer)
            }
            Step::CreateOrder {
                draft,
                customer: known,
            } => {
                let number = known
                    .as_deref()
                    .or(on.customer)
                    .ok_or_else(|| WriteError::NotSent(internal("an order without a customer")))?;
                self.erp
                    .create_order(draft, number)
                    .await
                    .map(Effect::Order)
            }
            Step::PatchHead { head } => {
                let document = self.to_change(on).await?;
                self.erp
                    .patch_head(&document.number, &document.etag, head)
                    .await
                    .map(|()| Effect::Changed)
            }
            Step::PatchLines { lines } => {
                let document = self.to_change(on).await?;
                let by_link = |link: &str| {
                    document
                        .lines
                        .iter()
                        .find(|stored| stored.link.as_deref() == Some(link))
                        .map(|stored| stored.line_id)
                };
                let patches = lines
                    .iter()
                    .map(|line| {
                        by_link(&line.link).map(|line_id| LinePatch {
                            line_id,
                            line: line.clone(),
                        })
                    })
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| conflict(&document))?;
                self.erp
                    .patch_lines(&document.number, &document.etag, &patches)
                    .await
                    .map(|()| Effect::Changed)
            }
            Step::AddLines { lines } => {
                let document = self.to_change(on).await?;
                if lines.iter().any(|line| {
                    document
                        .lines
                        .iter()
                        .any(|stored| stored.link.as_deref() == Some(line.link.as_str()))
                }) {
                    return Err(conflict(&document));
                }
                self.erp
                    .add_lines(&document.number, &document.etag, lines)
                    .await
                    .map(|()| Effect::Changed)
            }
            Step::DeleteLines { links } => {
                let document = self.to_change(on).await?;
                let ids: Vec<i64> = document
                    .lines
                    .iter()
                    .filter(|stored| {
                        stored
                            .link
                            .as_ref()
                            .is_some_and(|link| links.contains(link))
                    })
                    .map(|stored| stored.line_id)
                    .collect();
                if ids.len() != links.len() {
                    return Err(conflict(&document));
                }
                self.erp
                    .delete_lines(&document.number, &document.etag, &ids)
                    .await
                    .map(|()| Effect::Changed)
            }
            Step::Cancel {} => {
                let document = self.to_change(on).await?;
                self.erp
                    .cancel(&document.number, &document.etag)
                    .await
                    .map(|()| Effect::Changed)
            }
        }
    }

    /// The document that a step changes. The first step goes by the ETag of the document that was decided on: whatever somebody
    /// changed since then is a conflict, and decided again. Our own step has moved it by the second.
    async fn to_change(&self, on: On<'_>) -> Result<BookedOrder, WriteError> {
        let number = on
            .state
            .and_then(|state| state.number.as_ref())
            .ok_or_else(|| WriteError::NotSent(internal("a change without a document")))?;
        match on.there.take().filter(|there| there.number == *number) {
            Some(there) => Ok(there),
            None => self.fresh(number).await,
        }
    }

    /// The document as it is now, for its ETag. Reading has no effect: a failure here means that nothing was sent.
    pub(crate) async fn fresh(&self, number: &OrderNumber) -> Result<BookedOrder, WriteError> {
        match self.erp.order(number).await {
            Ok(Some(document)) => Ok(document),
            Ok(None) => Err(WriteError::Refused(
                Problem::new(Code::DocumentGone).with("document", number),
            )),
            Err(problem) => Err(WriteError::NotSent(problem)),
        }
    }

    /// Settles an effect that happened, with its links, in one transaction.
    fn settle_done(&self, record: &RecordRow, done: &Done<'_>) -> Result<(), Problem> {
        let Done {
            intent,
            step,
            document,
            effect,
            state,
            last,
        } = *done;
        let now = self.clock.now();
        let mut links = Vec::new();
        let mut told = Vec::new();
        let mut row = record.clone();
        row.state = RecordState::Planned;
        let outcome = match effect {
            Effect::Customer(number) => {
                if let Step::CreateCustomer { key, draft } = step {
                    links.push(Link {
                        kind: CUSTOMER.into(),
                        shop_id: key.clone(),
                        erp_id: number.clone(),
                        detail: booked::made_from(draft),
                        made_at: now,
                    });
                    let mut customer =
                        self.customer_row(key, RecordState::Booked, Some(number), None)?;
                    if !self.store.is_erased(&record.record)? {
                        customer.name.clone_from(&draft.name);
                    }
                    told.push(
                        Activity::new(now, Level::Good, "customer-created")
                            .about(customer.record.clone(), &customer.name)
                            .with("number", number),
                    );
                    self.store.put_record(&customer)?;
                }
                serde_json::json!({ "customer": number })
            }
            Effect::Order(number) => {
                if let Some(document) = document {
                    links.push(booked::link(
                        &self.store,
                        &record.record.id,
                        &booked::state(number, document),
                        now,
                    )?);
                }
                row.erp_number = Some(number.to_string());
                told.push(
                    Activity::new(now, Level::Info, "sent")
                        .about(record.record.clone(), &record.name)
                        .with("document", number),
                );
                serde_json::json!({ "order": booked::erp_id(number) })
            }
            Effect::Changed => {
                if last && let Some(state) = state {
                    let now_booked = match document {
                        Some(document) => BookedState {
                            document: document.clone(),
                            cancelled: false,
                            ..state.clone()
                        },
                        None => BookedState {
                            cancelled: true,
                            ..state.clone()
                        },
                    };
                    links.push(booked::link(
                        &self.store,
                        &record.record.id,
                        &now_booked,
                        now,
                    )?);
                }
                told.push(
                    Activity::new(now, Level::Info, "changed")
                        .about(record.record.clone(), &record.name)
                        .with("step", step.name()),
                );
                serde_json::json!({ "changed": step.name() })
            }
        };
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome,
            links,
            record: Some(row),
            activity: told,
        })?;
        self.events.signal(Signal::Changed);
        Ok(())
    }

    /// Settles an effect that surely did not happen.
    pub(crate) fn settle_undone(
        &self,
        intent: &Intent,
        state: IntentState,
        problem: &Problem,
    ) -> Result<(), Problem> {
        let outcome = serde_json::to_value(problem).map_err(internal)?;
        self.store.settle(Settle {
            intent: intent.id,
            state,
            outcome,
            links: Vec::new(),
            record: None,
            activity: Vec::new(),
        })?;
        Ok(())
    }

    /// What comes after a step that did not happen is not sent.
    pub(crate) fn drop_rest(&self, rest: &[Intent]) -> Result<(), Problem> {
        for intent in rest {
            self.settle_undone(
                intent,
                IntentState::Superseded,
                &Code::WaitingOutcome.into(),
            )?;
        }
        Ok(())
    }

    /// Reads a document back and compares it with what was planned (`booking-rules` 2.3).
    pub(crate) async fn read_back(
        &self,
        mut row: RecordRow,
        document: &Document,
        number: &OrderNumber,
    ) -> Result<Ended, Problem> {
        let stored = match self.erp.order(number).await {
            Ok(stored) => stored,
            Err(problem) => {
                self.wait_for_remote(row, &problem)?;
                return if crate::run::stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(Ended::Later)
                };
            }
        };
        row.erp_number = Some(number.to_string());
        let Some(stored) = stored else {
            self.settle_as(
                row,
                RecordState::Held,
                Some(Problem::new(Code::DocumentGone).with("document", number)),
            )?;
            return Ok(Ended::Held);
        };
        if let Err(problem) = read_back::compare(document, &stored) {
            self.settle_as(row, RecordState::Held, Some(problem))?;
            return Ok(Ended::Held);
        }
        for id in &document.vat_ids {
            if self.store.link(VAT_CONFIRMED, id)?.is_none() {
                let link = Link {
                    kind: VAT_CONFIRMED.into(),
                    shop_id: id.clone(),
                    erp_id: booked::erp_id(number),
                    detail: serde_json::json!({ "order": row.record.id }),
                    made_at: self.clock.now(),
                };
                self.store.put_link(&link)?;
            }
        }
        row.booked_digest = Some(document.economic.clone());
        self.booked(row, "order-booked", number)
    }

    async fn read_back_cancelled(
        &self,
        mut row: RecordRow,
        number: &OrderNumber,
    ) -> Result<Ended, Problem> {
        row.erp_number = Some(number.to_string());
        match self.erp.order(number).await {
            Ok(Some(stored)) if stored.status == brygga_core::erp::OrderStatus::Cancelled => {
                self.booked(row, "order-cancelled", number)
            }
            Ok(stored) => {
                let status = stored.map_or_else(
                    || "gone".to_owned(),
                    |stored| stored.status.as_str().to_owned(),
                );
                let problem = Problem::new(Code::ReadBackDiffers)
                    .with("document", number)
                    .with("field", "status")
                    .with("ours", "Cancelled")
                    .with("theirs", status);
                self.settle_as(row, RecordState::Held, Some(problem))?;
                Ok(Ended::Held)
            }
            Err(problem) => {
                self.wait_for_remote(row, &problem)?;
                if crate::run::stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(Ended::Later)
                }
            }
        }
    }

    /// The record is in Visma.net, proven.
    fn booked(
        &self,
        mut row: RecordRow,
        event: &str,
        number: &impl std::fmt::Display,
    ) -> Result<Ended, Problem> {
        let now = self.clock.now();
        row.state = RecordState::Booked;
        row.problem = None;
        row.due_at = None;
        row.changed_at = now;
        let told = Activity::new(now, Level::Good, event)
            .about(row.record.clone(), &row.name)
            .with("document", number);
        self.store.write_plan(&row, &[], &[told])?;
        self.store.wake_parts(&row.record.id)?;
        self.events.signal(Signal::Changed);
        Ok(Ended::Proven)
    }

    /// Verifies an order that is linked and unchanged, but was not read back yet.
    pub(crate) async fn verify(
        &self,
        row: RecordRow,
        state: &BookedState,
    ) -> Result<Ended, Problem> {
        if state.number.is_none() {
            let mut row = row;
            row.booked_digest = Some(state.document.economic.clone());
            return self.booked(row, "order-ready", &state.shown());
        }
        let number = booked::order_number(state)?;
        if state.cancelled {
            self.read_back_cancelled(row, number).await
        } else {
            self.read_back(row, &state.document, number).await
        }
    }

    /// It is not known if a step arrived: the record waits until that is looked up (`resolve.rs`).
    pub(crate) fn wait_for_outcome(
        &self,
        mut row: RecordRow,
        intent: &Intent,
        problem: &Problem,
    ) -> Result<(), Problem> {
        let next = self.clock.now() + self.lookup_gap()?;
        let outcome = serde_json::to_value(problem).map_err(internal)?;
        self.store.mark_unknown(intent.id, outcome, next)?;
        let step = [
            ("step", intent.kind.clone()),
            ("code", problem.code.to_string()),
        ];
        self.tell(&row, Level::Warn, "unknown-outcome", &step)?;
        row.due_at = Some(next);
        let waiting = Problem::new(Code::WaitingOutcome).with("order", &row.name);
        self.settle_as(row, RecordState::Waiting, Some(waiting))?;
        Ok(())
    }

    /// The record waits until the other side answers again.
    pub(crate) fn wait_for_remote(
        &self,
        mut row: RecordRow,
        problem: &Problem,
    ) -> Result<(), Problem> {
        let at = self.clock.now() + TimeDelta::minutes(1);
        row.due_at = Some(at);
        let remote = problem
            .params
            .get("remote")
            .cloned()
            .unwrap_or_else(|| "Visma.net".into());
        let waiting = Problem::new(Code::WaitingRemote)
            .with("remote", remote)
            .with("order", &row.name)
            .with("at", at.format("%H:%M"))
            .with("cause", problem.code);
        self.settle_as(row, RecordState::Waiting, Some(waiting))?;
        Ok(())
    }

    pub(crate) fn lookup_gap(&self) -> Result<TimeDelta, Problem> {
        Ok(TimeDelta::seconds(i64::from(
            self.settings()?.lookup_gap_seconds,
        )))
    }

    pub(crate) fn tell(
        &self,
        row: &RecordRow,
        level: Level,
        event: &str,
        params: &[(&str, String)],
    ) -> Result<(), Problem> {
        let mut told =
            Activity::new(self.clock.now(), level, event).about(row.record.clone(), &row.name);
        for (name, value) in params {
            told = told.with(name, value);
        }
        self.store.log(&[told])?;
        self.events.signal(Signal::Changed);
        Ok(())
    }
}

/// What a step of a plan works on.
struct On<'a> {
    /// What is booked.
    state: Option<&'a BookedState>,
    /// The document that was decided on, until the first step has changed it.
    there: &'a mut Option<BookedOrder>,
    /// The customer that a step before it made.
    customer: Option<&'a str>,
}

/// An effect that happened, and what it was part of.
struct Done<'a> {
    intent: &'a Intent,
    step: &'a Step,
    document: Option<&'a Document>,
    effect: &'a Effect,
    state: Option<&'a BookedState>,
    /// It was the last of its plan: the document is now what was planned.
    last: bool,
}

enum Sent {
    Done(Effect),
    Ended(Ended),
}

fn conflict(document: &BookedOrder) -> WriteError {
    WriteError::Conflict(Problem::new(Code::RemoteConflict).with("document", &document.number))
}
