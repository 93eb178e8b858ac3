//! What became of effects whose answer was lost: looked up by their reference, never sent again blindly.

use brygga_core::booking::{Step, normal_email};
use brygga_core::code::Class;
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordKind, RecordRow, RecordState, Settle,
};

use crate::booked::{self, CUSTOMER, internal};
use crate::decide::StepBody;
use crate::engine::Engine;
use crate::ports::{Phase, Signal};
use crate::run::{SILENCES, stops_the_run};

/// "Not found" counts after so many look-ups, some seconds apart: a list may lag a write (`booking-rules` 3).
const LOOKUPS: u32 = 2;

/// What a look-up found.
enum Found {
    Customer(String),
    Order(Box<brygga_core::erp::BookedOrder>),
    Nothing,
}

impl Engine {
    /// Settles every intent that an earlier run, or a lost answer, left open; how many of them. One that cannot be looked up
    /// now stays open, and holds up its own record alone.
    pub(crate) async fn resolve_open(&self) -> Result<usize, Problem> {
        let mut open = self.store.open_intents()?;
        // The flows of goods look after their own, and so do customers that follow the shop.
        open.retain(|intent| {
            !crate::flow::has_own_flow(intent.record.kind) && !crate::follow::is_change(intent)
        });
        // Those that were never sent first: what becomes of the others has the last word on a record.
        open.sort_by_key(|intent| intent.state != IntentState::Intent);
        let count = open.len();
        let (mut settled, mut silences) = (0, 0);
        for (done, intent) in open.iter().enumerate() {
            self.check_stop()?;
            self.events
                .signal(Signal::Progress(Phase::Resolving, done, Some(count)));
            // Settled meanwhile, together with the one before it.
            if self
                .store
                .intent(intent.id)?
                .is_none_or(|now| now.state.is_settled())
            {
                continue;
            }
            let of_a_part = matches!(
                intent.record.kind,
                RecordKind::Invoice
                    | RecordKind::CreditNote
                    | RecordKind::Payment
                    | RecordKind::Shipment
            );
            let result = match intent.state {
                IntentState::Intent | IntentState::Sending | IntentState::Unknown
                    if intent.kind == crate::life::WRITE_BACK =>
                {
                    self.resolve_write_back(intent)
                }
                // Never sent: decided anew on what is true now.
                IntentState::Intent if of_a_part => self.supersede_part(intent),
                IntentState::Intent => self.supersede(intent),
                IntentState::Sending | IntentState::Unknown if of_a_part => {
                    Box::pin(self.resolve_life(intent)).await
                }
                IntentState::Sending | IntentState::Unknown => self.resolve(intent).await,
                IntentState::Done | IntentState::Refused | IntentState::Superseded => continue,
            };
            match result {
                Ok(()) => {
                    settled += 1;
                    silences = 0;
                }
                Err(problem) if stops_the_run(problem.code) => return Err(problem),
                Err(problem) if problem.code.class() == Class::Held => {
                    self.settle_undone(intent, IntentState::Superseded, &problem)?;
                    let row = self.row_of(intent)?;
                    let problem = problem.with("order", &row.name);
                    self.settle_as(row, RecordState::Held, Some(problem))?;
                    settled += 1;
                }
                Err(problem) => {
                    let row = self.row_of(intent)?;
                    let waiting = Problem::new(Code::WaitingOutcome).with("order", &row.name);
                    self.settle_as(row, RecordState::Waiting, Some(waiting))?;
                    silences += 1;
                    if silences >= SILENCES {
                        return Err(problem);
                    }
                }
            }
        }
        Ok(settled)
    }

    /// A step that was under way when everything stopped may have arrived: from now on it is one that is looked up.
    pub(crate) fn begin_look_up(&self, intent: &Intent) -> Result<(), Problem> {
        if intent.state == IntentState::Sending {
            self.store
                .mark_unknown(intent.id, serde_json::Value::Null, self.clock.now())?;
        }
        Ok(())
    }

    /// Nothing was found: a list may lag a write, so it counts after the next look alone (`booking-rules` 3).
    pub(crate) async fn look_later(&self, intent: &Intent) -> Result<(), Problem> {
        let gap = self.lookup_gap()?;
        self.store.note_lookup(intent.id, self.clock.now() + gap)?;
        self.clock.sleep(gap.to_std().unwrap_or_default()).await;
        Ok(())
    }

    async fn resolve(&self, intent: &Intent) -> Result<(), Problem> {
        let body: StepBody = serde_json::from_value(intent.body.clone()).map_err(internal)?;
        let step = &body.step;
        self.begin_look_up(intent)?;
        for look in 1..=LOOKUPS {
            match self.look_up(step).await? {
                Found::Customer(number) => return self.found_customer(intent, step, &number),
                Found::Order(order) => {
                    let now = self.clock.now();
                    let mut links = Vec::new();
                    if let Some(document) = body.document() {
                        links.push(booked::link(
                            &self.store,
                            &intent.record.id,
                            &booked::state(&order.number, document),
                            now,
                        )?);
                    }
                    let mut row = self.row_of(intent)?;
                    row.state = RecordState::Planned;
                    row.erp_number = Some(order.number.to_string());
                    let told = Activity::new(now, Level::Good, "looked-up")
                        .about(row.record.clone(), &row.name)
                        .with("document", &order.number);
                    let outcome = serde_json::json!({ "order": booked::erp_id(&order.number), "found": true });
                    self.store.settle(Settle {
                        intent: intent.id,
                        state: IntentState::Done,
                        outcome,
                        links,
                        record: Some(row),
                        activity: vec![told],
                    })?;
                    return Ok(());
                }
                Found::Nothing if look < LOOKUPS => {
                    self.look_later(intent).await?;
                }
                Found::Nothing => {}
            }
        }
        // Surely not there: whatever is still right is planned and sent again.
        self.supersede(intent)
    }

    async fn look_up(&self, step: &Step) -> Result<Found, Problem> {
        match step {
            Step::CreateCustomer { draft, .. } => {
                let mut found = self.erp.customers_by_draft(draft).await?;
                found.retain(|customer| match &customer.reference {
                    Some(reference) => *reference == draft.reference,
                    None => {
                        customer.name == draft.name
                            && customer.email.as_deref().and_then(normal_email) == draft.email
                    }
                });
                match found.as_slice() {
                    [] => Ok(Found::Nothing),
                    [one] => Ok(Found::Customer(one.number.clone())),
                    several => {
                        let numbers: Vec<_> = several
                            .iter()
                            .map(|customer| customer.number.as_str())
                            .collect();
                        Err(Problem::new(Code::CustomerAmbiguous)
                            .with("count", several.len())
                            .with("by", "reference")
                            .with("numbers", numbers.join(", ")))
                    }
                }
            }
            Step::CreateOrder { draft, .. } => {
                let found = self.documents_of(&draft.head).await?.into_iter().next();
                Ok(found.map_or(Found::Nothing, |order| Found::Order(Box::new(order))))
            }
            // A change is decided again on the document as it is: what was done is then no difference any more.
            Step::PatchHead { .. }
            | Step::PatchLines { .. }
            | Step::AddLines { .. }
            | Step::DeleteLines { .. }
            | Step::Cancel {} => Ok(Found::Nothing),
        }
    }

    fn found_customer(&self, intent: &Intent, step: &Step, number: &str) -> Result<(), Problem> {
        let Step::CreateCustomer { key, draft } = step else {
            return Err(internal("a customer for another step"));
        };
        let now = self.clock.now();
        let link = Link {
            kind: CUSTOMER.into(),
            shop_id: key.clone(),
            erp_id: number.to_owned(),
            detail: booked::made_from(draft),
            made_at: now,
        };
        let mut customer = self.customer_row(key, RecordState::Booked, Some(number), None)?;
        if !self.store.is_erased(&intent.record)? {
            customer.name.clone_from(&draft.name);
        }
        let told = Activity::new(now, Level::Good, "customer-created")
            .about(customer.record.clone(), &customer.name)
            .with("number", number)
            .with("found", "true");
        self.store.put_record(&customer)?;
        let outcome = serde_json::json!({ "customer": number, "found": true });
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome,
            links: vec![link],
            record: None,
            activity: vec![told],
        })?;
        Ok(())
    }

    /// Takes an intent out of the way; its record is decided again.
    fn supersede(&self, intent: &Intent) -> Result<(), Problem> {
        let mut row = self.row_of(intent)?;
        row.state = RecordState::Planned;
        row.due_at = None;
        let outcome = serde_json::json!({ "superseded": "decided again" });
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Superseded,
            outcome,
            links: Vec::new(),
            record: Some(row),
            activity: Vec::new(),
        })?;
        Ok(())
    }

    fn row_of(&self, intent: &Intent) -> Result<RecordRow, Problem> {
        self.store
            .record(&intent.record)?
            .ok_or_else(|| internal(format!("no record {}", intent.record)))
    }
}
