//! What a step leaves in the store, and what became of a step whose answer was lost.

use brygga_core::booking::life::{
    Books, LifeStep, Linked, PartDecision, PartKind, PartLink, PartRef, PartState,
};
use brygga_core::shop::Order;
use brygga_core::{Money, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordRef, RecordRow, RecordState, Settle,
};
use chrono::TimeDelta;

use super::books::Shelf;
use super::effect::Made;
use super::links;
use super::run::StepBody;
use super::sending;
use crate::booked::{self, erp_id, internal};
use crate::engine::Engine;
use crate::ports::Signal;

/// "Not found" counts after so many look-ups, some seconds apart (`booking-rules` 3).
const LOOKUPS: u32 = 2;
/// A part that waits for nothing that would wake it is looked at again after this.
const RECHECK: TimeDelta = TimeDelta::hours(6);

impl Engine {
    /// Settles a step that happened, with the link of what it made, in one transaction.
    pub(super) fn settle_step(
        &self,
        intent: &Intent,
        part: &PartRef,
        order: &Order,
        made: Option<Made>,
    ) -> Result<(), Problem> {
        let outcome = match &made {
            Some(made) => serde_json::json!({ "made": made.number }),
            None => serde_json::json!({ "done": intent.kind }),
        };
        let links = made
            .map(|made| {
                let part = made.of.as_ref().unwrap_or(part);
                Link {
                    kind: links::kind(part.kind, made.what),
                    shop_id: part.id.clone(),
                    erp_id: made.number,
                    detail: serde_json::json!({ "order": order.id.0 }),
                    made_at: self.clock.now(),
                }
            })
            .into_iter()
            .collect();
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome,
            links,
            record: None,
            activity: Vec::new(),
        })?;
        self.events.signal(Signal::Changed);
        Ok(())
    }

    /// Where a part stands.
    pub(super) fn settle_part(
        &self,
        mut row: RecordRow,
        decision: PartDecision,
        order: &Order,
    ) -> Result<(), Problem> {
        let side = booked::recall(&self.store, &order.id.0)?.map(|state| state.document.side);
        if let (Some(amount), Some(side)) = (decision.amount, side) {
            row.amount = Some(Money::new(amount, order.currency(side)));
        }
        row.happened_at = decision.happened_at.or(row.happened_at);
        if let Some(number) = shown(&decision.part, &decision.documents) {
            row.erp_number = Some(number);
        }
        match decision.state {
            PartState::Done => {
                let news = row.state != RecordState::Booked;
                row.state = RecordState::Booked;
                row.problem = None;
                if !news {
                    self.store.put_record(&row)?;
                    return Ok(());
                }
                let now = self.clock.now();
                row.changed_at = now;
                let told = Activity::new(now, Level::Good, event(&row.record, RecordState::Booked))
                    .about(row.record.clone(), &row.name)
                    .with("document", row.erp_number.as_deref().unwrap_or("-"));
                self.store.write_plan(&row, &[], &[told])?;
                self.events.signal(Signal::Changed);
            }
            PartState::Waiting(problem, at) => {
                row.due_at = at.or_else(|| Some(self.clock.now() + RECHECK));
                self.settle_as(row, RecordState::Waiting, Some(problem))?;
            }
            PartState::Skipped(problem) => {
                self.settle_as(row, RecordState::Skipped, Some(problem))?;
            }
            PartState::Held(problem) => {
                self.settle_as(row, RecordState::Held, Some(problem))?;
            }
            PartState::Next(_) => {
                row.state = RecordState::Planned;
                self.store.put_record(&row)?;
            }
        }
        Ok(())
    }

    /// Settles a step that an earlier run, or a lost answer, left open: by the books, never by sending it again blindly.
    pub(crate) async fn resolve_life(&self, intent: &Intent) -> Result<(), Problem> {
        let body: StepBody = serde_json::from_value(intent.body.clone()).map_err(internal)?;
        self.begin_look_up(intent)?;
        let Some(mirror) = self.store.mirror(&RecordRef::order(&body.order))? else {
            return self.supersede_part(intent);
        };
        let order = self.shop.read(&self.payload_of(&mirror).await?)?;
        let booked = booked::recall(&self.store, &body.order)?;
        let setup = self.setup().await?;
        let shelf = Shelf {
            order: &order,
            booked: booked.as_ref(),
            setup: &setup,
        };
        for look in 1..=LOOKUPS {
            let books = self.read_books(&shelf).await?;
            if let Some(made) = found(&body.step, &books) {
                let row = self.store.record(&intent.record)?;
                if let Some(row) = &row {
                    self.tell(
                        row,
                        Level::Good,
                        "looked-up",
                        &[("document", made.number.clone())],
                    )?;
                }
                self.settle_step(intent, &body.part, &order, Some(made))?;
                return self.decide_again(&intent.record);
            }
            if look < LOOKUPS {
                self.look_later(intent).await?;
            }
        }
        self.supersede_part(intent)
    }

    /// Takes a step out of the way; its part is decided again on the books as they are.
    pub(crate) fn supersede_part(&self, intent: &Intent) -> Result<(), Problem> {
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Superseded,
            outcome: serde_json::json!({ "superseded": "decided again" }),
            links: Vec::new(),
            record: None,
            activity: Vec::new(),
        })?;
        self.decide_again(&intent.record)
    }

    fn decide_again(&self, record: &RecordRef) -> Result<(), Problem> {
        if let Some(mut row) = self.store.record(record)? {
            row.state = RecordState::Planned;
            row.due_at = None;
            self.store.put_record(&row)?;
        }
        Ok(())
    }
}

/// What a lost step made, if the books show it.
fn found(step: &LifeStep, books: &Books) -> Option<Made> {
    match step {
        LifeStep::CreateLedger { draft } => books
            .ledger
            .iter()
            .find(|document| {
                document.kind == draft.kind
                    && document.external.as_deref() == Some(draft.external.as_str())
            })
            .map(|document| {
                let what = match document.kind {
                    brygga_core::erp::DocumentKind::CreditNote => Linked::CreditNote,
                    _ => Linked::Invoice,
                };
                Made::new(what, &document.number)
            }),
        LifeStep::CreateOrder { draft, .. } => books
            .orders
            .iter()
            .find(|order| order.is_of(draft.head.order_id()))
            .map(|order| Made::new(Linked::Order, erp_id(&order.number))),
        LifeStep::CreatePayment { draft } => books
            .payments
            .iter()
            .find(|payment| {
                payment.kind == draft.kind
                    && payment.reference.as_deref() == Some(draft.reference.as_str())
            })
            .map(|payment| Made::new(Linked::Payment, &payment.number)),
        LifeStep::CreateFulfilment { shipment, draft } => {
            sending::made_of(draft, books).map(|id| Made::fulfilment(id, shipment))
        }
        // The next decision sees in the books whether these happened.
        _ => None,
    }
}

/// The number that lists show: of the invoice, the credit note, the payment; else of what there is so far.
fn shown(part: &PartRef, documents: &[PartLink]) -> Option<String> {
    let first = match part.kind {
        PartKind::Invoice => Linked::Invoice,
        PartKind::CreditNote => Linked::CreditNote,
        PartKind::Payment => Linked::Payment,
        PartKind::Shipment => return Some(part.id.clone()),
    };
    documents
        .iter()
        .find(|link| link.what == first)
        .or_else(|| documents.first())
        .map(|link| link.number.replace('/', " "))
}

/// The name of the event that tells of a record's state, such as `credit-note-held`.
pub(crate) fn event(record: &RecordRef, state: RecordState) -> String {
    let noun = match record.kind {
        brygga_store::RecordKind::Order => "order",
        brygga_store::RecordKind::Customer => "customer",
        brygga_store::RecordKind::Invoice => "invoice",
        brygga_store::RecordKind::CreditNote => "credit-note",
        brygga_store::RecordKind::Payment => "payment",
        brygga_store::RecordKind::Shipment => "shipment",
        brygga_store::RecordKind::Payout => "payout",
        brygga_store::RecordKind::Product => "product",
        brygga_store::RecordKind::Stock => "stock",
    };
    let state = match state {
        RecordState::Waiting => "waiting",
        RecordState::Skipped => "skipped",
        RecordState::Held => "held",
        RecordState::New | RecordState::Planned | RecordState::Booked => "booked",
    };
    format!("{noun}-{state}")
}
