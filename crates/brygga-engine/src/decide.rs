//! From a record that is due to a plan in the journal, or to the reason why there is none.

use brygga_core::booking::{
    self, BookedState, Change, Decision, Document, FirstLook, Identity, LookedUp, Ours, Plan, Step,
    customer,
};
use brygga_core::erp::{BookedOrder, Customer, HeadDraft, OrderStatus};
use brygga_core::shop::{Order, Side};
use brygga_core::{Code, Money, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordKind, RecordRef, RecordRow, RecordState,
    StoreError,
};
use uuid::Uuid;

use crate::booked::{self, CUSTOMER, VAT_CONFIRMED, internal};
use crate::engine::{Engine, Setup};
use crate::turns::Turns;

/// What was decided of one record.
pub(crate) enum Decided {
    /// Waiting, skipped, held, or as it should be: nothing to send.
    Settled,
    /// Linked, and as it should be as far as we know: to be read back.
    Verify(Box<BookedState>),
    /// A plan with effects, written to the journal.
    Planned(Box<Planned>),
}

/// A plan in the journal.
pub(crate) struct Planned {
    pub(crate) record: RecordRow,
    pub(crate) plan: Plan,
    pub(crate) intents: Vec<Intent>,
    /// The document's number, when it is there already.
    pub(crate) booked: Option<BookedState>,
    /// The document that it was decided on.
    pub(crate) there: Option<BookedOrder>,
    /// Nobody else decides on this customer until the plan is carried out.
    pub(crate) turns: Turns,
}

/// What was found on both sides, and what is to be done about it.
pub(crate) struct Looked {
    pub(crate) decision: Decision,
    /// The document that is there already.
    pub(crate) there: Option<BookedOrder>,
    /// Its ETag, where there is one document.
    pub(crate) version: Option<String>,
}

/// May an order on which the VAT modes differ go first (`booking-rules` 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// It waits for a confirmed document.
    Wait,
    /// It is itself the one document.
    GoFirst,
}

impl Engine {
    /// Decides on one order. Reads both sides, writes to the store alone.
    pub(crate) async fn decide(
        &self,
        record: &RecordRef,
        setup: &Setup,
        probe: Probe,
    ) -> Result<Decided, Problem> {
        let Some(mirror) = self.store.mirror(record)? else {
            return Ok(Decided::Settled);
        };
        let mut row = self
            .store
            .record(record)?
            .unwrap_or_else(|| RecordRow::new(record.clone(), &mirror.name, self.clock.now()));
        let asked = std::mem::take(&mut row.retry);
        row.name.clone_from(&mirror.name);
        row.decided_digest = Some(mirror.digest.clone());
        row.settings_rev = setup.settings_rev;
        row.due_at = None;
        let payload = self.payload_of(&mirror).await?;
        let order = match self.shop.read(&payload) {
            Ok(order) => order,
            Err(problem) => {
                let problem = problem.with("order", &mirror.name);
                return self.settle_as(row, RecordState::Held, Some(problem));
            }
        };
        let known = booked::recall(&self.store, &order.id.0)?;
        describe(&mut row, &order, known.as_ref(), setup);
        if self.store.is_erased(record)? {
            row.party = None;
        }

        if asked {
            self.ask_for_items_again(&order.id.0)?;
        }
        let first = self.first(&order, known.as_ref(), setup)?;
        if known.is_none()
            && let Some(document) = self.linked_to(&order)?
        {
            row.erp_number = Some(document);
        }
        match first {
            FirstLook::Decided(decision) => {
                if !self.may_conclude(&row, &decision, None)? {
                    return Ok(Decided::Settled);
                }
                self.conclude(row, decision, known)
            }
            FirstLook::New(document) => self.decide_new(row, &order, *document, setup, probe).await,
            FirstLook::Changed(change) => {
                let Some(state) = known else {
                    return Err(internal("a change without a booked document"));
                };
                self.decide_change(row, &order, *change, state, asked).await
            }
        }
    }

    /// What an order alone decides, after what was chosen of one that somebody else booked. What it waits for is noted.
    pub(crate) fn first(
        &self,
        order: &Order,
        known: Option<&BookedState>,
        setup: &Setup,
    ) -> Result<FirstLook, Problem> {
        let ground = setup.ground();
        let look = self.look_alone(order, known, ground)?;
        self.note_wanted_by(order, known, &look, ground)?;
        self.or_why_not(order, known, look, ground)
    }

    /// The same under other settings than the merchant's.
    pub fn first_under(
        &self,
        order: &Order,
        known: Option<&BookedState>,
        ground: booking::Ground<'_>,
    ) -> Result<FirstLook, Problem> {
        let look = self.look_alone(order, known, ground)?;
        self.or_why_not(order, known, look, ground)
    }

    fn look_alone(
        &self,
        order: &Order,
        known: Option<&BookedState>,
        ground: booking::Ground<'_>,
    ) -> Result<FirstLook, Problem> {
        if known.is_none()
            && let Some(mark) = self.mark_of(&order.id.0)?
        {
            let side = booking::document::side(order, ground.settings);
            let total = crate::already::sold_for(order, side);
            let currency = order.currency(side).code();
            if let Some(decision) = booking::already::decision(&mark, &order.name, total, currency)
            {
                return Ok(FirstLook::Decided(decision));
            }
        }
        let now = self.clock.now();
        Ok(booking::first_look(order, ground, known, now))
    }

    async fn decide_new(
        &self,
        mut row: RecordRow,
        order: &Order,
        document: Document,
        setup: &Setup,
        probe: Probe,
    ) -> Result<Decided, Problem> {
        if document.depends_on_mode
            && setup.settings.confirm_vat_mode
            && probe == Probe::Wait
            && !self.all_confirmed(&document)?
        {
            row.due_at = Some(self.clock.now());
            let problem = Problem::new(Code::VatModeUnconfirmed).with("order", &order.name);
            return self.settle_as(row, RecordState::Waiting, Some(problem));
        }
        let identity = &document.identity;
        let key = identity.link_key(&document.draft.currency);
        let turns = self.turn_of(identity, &document.draft.currency).await;
        let Looked {
            decision,
            version,
            there,
        } = self.look_new(order, document, setup).await?;
        if !self.may_conclude(&row, &decision, version.as_deref())? {
            return Ok(Decided::Settled);
        }
        if let Decision::Held(problem) = &decision
            && matches!(
                problem.code,
                Code::CustomerAmbiguous | Code::CustomerInactive
            )
        {
            self.note_customer(&key, RecordState::Held, None, Some(problem.clone()))?;
        }
        let mut decided = self.conclude(row, decision, None)?;
        if let Decided::Planned(planned) = &mut decided {
            planned.turns = turns;
            planned.there = there;
        }
        Ok(decided)
    }

    /// Plans the first booking of an order on what Visma.net has now.
    pub(crate) async fn look_new(
        &self,
        order: &Order,
        document: Document,
        setup: &Setup,
    ) -> Result<Looked, Problem> {
        let found = self.look_up_for(&document).await?;
        Ok(Looked {
            decision: booking::plan(order, setup.ground(), document, &found),
            version: match found.documents.as_slice() {
                [one] => Some(one.etag.clone()),
                _ => None,
            },
            there: found.documents.into_iter().next(),
        })
    }

    /// Plans the change of a booked order on the document as it is now. `row` is the order's own as it is kept.
    pub(crate) async fn look_changed(
        &self,
        row: &RecordRow,
        order: &Order,
        change: Change,
        state: &BookedState,
        asked: bool,
    ) -> Result<Looked, Problem> {
        let there = self.erp.order(booked::order_number(state)?).await?;
        let sent = self.sent_since_whole(&row.record)?;
        let was_held_for = row.problem.as_ref().map(|problem| problem.code);
        let ours = if asked && was_held_for == Some(Code::DocumentChanged) {
            Ours::Anything
        } else {
            Ours::AndSteps(&sent)
        };
        Ok(Looked {
            decision: booking::plan_change_beside(order, change, state, ours, there.as_ref()),
            version: there.as_ref().map(|there| there.etag.clone()),
            there,
        })
    }

    /// Looks up in Visma.net what the first booking of an order depends on.
    pub(crate) async fn look_up_for(&self, document: &Document) -> Result<LookedUp, Problem> {
        let key = document.identity.link_key(&document.draft.currency);
        let linked_customer = self.store.link(CUSTOMER, &key)?.map(|link| link.erp_id);
        // Where sales orders are closed to us none of them is ours; one can only be made where it can be found again.
        let mut documents = if self.erp.opens_sales_orders() {
            self.documents_of(&document.draft.head).await?
        } else {
            Vec::new()
        };
        documents.retain(|document| document.status != OrderStatus::Cancelled);
        let candidates = if linked_customer.is_some() || !documents.is_empty() {
            customer::Candidates::default()
        } else {
            self.candidates(&document.identity, &document.draft.currency)
                .await?
        };
        Ok(LookedUp {
            linked_customer,
            candidates,
            documents,
        })
    }

    async fn decide_change(
        &self,
        row: RecordRow,
        order: &Order,
        change: Change,
        state: BookedState,
        asked: bool,
    ) -> Result<Decided, Problem> {
        let looked = self
            .look_changed(&row, order, change, &state, asked)
            .await?;
        if looked.there.is_none() && asked {
            // The merchant looked and asked for it again: the link goes, and the order is booked as if for the first time.
            self.store.remove_link(booked::ORDER, &order.id.0)?;
            let mut row = row;
            row.erp_number = None;
            row.booked_digest = None;
            row.retry = true;
            self.store.put_record(&row)?;
            return Ok(Decided::Settled);
        }
        let Looked {
            decision,
            version,
            there,
        } = looked;
        if !self.may_conclude(&row, &decision, version.as_deref())? {
            return Ok(Decided::Settled);
        }
        let mut decided = self.conclude(row, decision, Some(state))?;
        if let Decided::Planned(planned) = &mut decided {
            planned.there = there;
        }
        Ok(decided)
    }

    /// The steps of changes that were broken off since the document was last as a whole what we planned.
    fn sent_since_whole(&self, record: &RecordRef) -> Result<Vec<Step>, Problem> {
        let mut intents = self.store.intents_of(record)?;
        // What is written back to the shop's order stands under the order too, and is no step of its document.
        intents.retain(|intent| intent.kind != crate::life::WRITE_BACK);
        let mut sent = Vec::new();
        for plan in intents.chunk_by(|one, next| one.plan == next.plan) {
            if plan.iter().all(|intent| intent.state == IntentState::Done) {
                sent.clear();
                continue;
            }
            for intent in plan {
                // Taken out by retention or an erasure: the document as it is says what was done.
                if intent.body.is_null() {
                    continue;
                }
                if intent.sent_at.is_some() && intent.state != IntentState::Refused {
                    let body: StepBody =
                        serde_json::from_value(intent.body.clone()).map_err(internal)?;
                    sent.push(body.step);
                }
            }
        }
        Ok(sent)
    }

    /// Writes a decision down: as a state with its reason, or as a plan.
    pub(crate) fn conclude(
        &self,
        mut row: RecordRow,
        decision: Decision,
        booked: Option<BookedState>,
    ) -> Result<Decided, Problem> {
        match decision {
            Decision::UpToDate => match booked {
                Some(state) if row.state != RecordState::Booked => {
                    self.store.put_record(&row)?;
                    Ok(Decided::Verify(Box::new(state)))
                }
                _ => {
                    self.store.put_record(&row)?;
                    Ok(Decided::Settled)
                }
            },
            Decision::Waiting(problem, at) => {
                row.due_at = at;
                self.settle_as(row, RecordState::Waiting, Some(problem))
            }
            Decision::Skipped(problem) => self.settle_as(row, RecordState::Skipped, Some(problem)),
            Decision::Held(problem) => self.settle_as(row, RecordState::Held, Some(problem)),
            Decision::Do(plan) => self.write_plan(row, *plan, booked),
        }
    }

    fn write_plan(
        &self,
        mut row: RecordRow,
        plan: Plan,
        booked: Option<BookedState>,
    ) -> Result<Decided, Problem> {
        let now = self.clock.now();
        let plan_id = self.ids.next_id();
        let intents = plan
            .steps
            .iter()
            .enumerate()
            .map(|(seq, step)| {
                let body = serde_json::to_value(StepBody {
                    step: step.clone(),
                    plan: Some(plan.clone()),
                })
                .map_err(internal)?;
                let key = self.key(&row.record, step, plan_id, seq)?;
                let mut intent = Intent::new(
                    self.ids.next_id(),
                    plan_id,
                    row.record.clone(),
                    step.name(),
                    key,
                    body,
                    now,
                );
                intent.seq = u32::try_from(seq).unwrap_or(u32::MAX);
                Ok(intent)
            })
            .collect::<Result<Vec<_>, Problem>>()?;
        row.state = RecordState::Planned;
        row.problem = None;
        row.changed_at = now;
        let steps = plan
            .steps
            .iter()
            .map(Step::name)
            .collect::<Vec<_>>()
            .join(", ");
        let told = Activity::new(now, Level::Info, "planned")
            .about(row.record.clone(), &row.name)
            .with("steps", steps);
        match self.store.write_plan(&row, &intents, &[told]) {
            // Another order is making the same customer, and it is not known yet what became of that: looked up first.
            Err(StoreError::AlreadyPlanned) => {
                row.due_at = Some(now);
                let problem = Problem::new(Code::WaitingOutcome).with("order", &row.name);
                return self.settle_as(row, RecordState::Waiting, Some(problem));
            }
            written => written?,
        }
        crate::crash::point("plan", "written");
        Ok(Decided::Planned(Box::new(Planned {
            record: row,
            plan,
            intents,
            booked,
            there: None,
            turns: Turns::new(),
        })))
    }

    /// The key that keeps an effect from being in the journal twice at a time.
    fn key(
        &self,
        record: &RecordRef,
        step: &Step,
        plan: Uuid,
        seq: usize,
    ) -> Result<String, Problem> {
        Ok(match step {
            Step::CreateCustomer { key, .. } => format!("create-customer/{key}"),
            Step::CreateOrder { .. } => {
                // A document that somebody removed may be made once more; so the ones that were made are counted.
                let made = self
                    .store
                    .intents_of(record)?
                    .iter()
                    .filter(|intent| {
                        intent.kind == "create-order" && intent.state == IntentState::Done
                    })
                    .count();
                format!("create-order/{}/{made}", record.id)
            }
            Step::PatchHead { .. }
            | Step::PatchLines { .. }
            | Step::AddLines { .. }
            | Step::DeleteLines { .. }
            | Step::Cancel {} => {
                format!("{}/{}/{plan}/{seq}", step.name(), record.id)
            }
        })
    }

    /// Puts a record in a state that needs nothing more, and tells it if that is news.
    pub(crate) fn settle_as(
        &self,
        mut row: RecordRow,
        state: RecordState,
        problem: Option<Problem>,
    ) -> Result<Decided, Problem> {
        let news = row.state != state || row.problem != problem;
        row.state = state;
        row.problem = problem;
        if news {
            let now = self.clock.now();
            row.changed_at = now;
            let event = crate::life::event(&row.record, state);
            let level = match state {
                RecordState::Waiting | RecordState::Skipped => Level::Info,
                RecordState::Held => Level::Bad,
                RecordState::New | RecordState::Planned | RecordState::Booked => Level::Good,
            };
            let mut told = Activity::new(now, level, event).about(row.record.clone(), &row.name);
            if let Some(problem) = &row.problem {
                told = told.with("code", problem.code);
                for (name, value) in &problem.params {
                    told = told.with(name, value);
                }
            }
            self.store.write_plan(&row, &[], &[told])?;
            if row.record.kind == RecordKind::Order {
                // Its parts go where it goes.
                self.store.wake_parts(&row.record.id)?;
            }
        } else {
            self.store.put_record(&row)?;
        }
        Ok(Decided::Settled)
    }

    /// The documents in Visma.net that carry the id of the order that `head` is of. The name is only the search term; every
    /// document of that name is read, and its stored id decides (`booking-rules` 3).
    pub(crate) async fn documents_of(&self, head: &HeadDraft) -> Result<Vec<BookedOrder>, Problem> {
        let mut documents = Vec::new();
        for hit in self.erp.find_orders(&head.customer_order).await? {
            if let Some(document) = self.erp.order(&hit.number).await?
                && document.is_of(head.order_id())
            {
                documents.push(document);
            }
        }
        Ok(documents)
    }

    /// The turn for a buyer: by every name under which another order, or the profile, could find or make the same customer.
    pub(crate) async fn turn_of(&self, identity: &Identity, currency: &str) -> Turns {
        let key = identity.link_key(currency);
        let names = [
            Some(&key),
            identity.email.as_ref(),
            identity.registration.as_ref(),
        ];
        self.turns
            .take(&names.into_iter().flatten().cloned().collect())
            .await
    }

    pub(crate) async fn candidates(
        &self,
        identity: &Identity,
        currency: &str,
    ) -> Result<customer::Candidates, Problem> {
        let mut found = customer::Candidates::default();
        if identity.key == "house" {
            return Ok(found);
        }
        if let Some(registration) = &identity.registration {
            found.by_registration = self.erp.customers_by_registration(registration).await?;
        }
        if let Some(email) = &identity.email {
            found.by_email = self.erp.customers_by_email(email).await?;
        }
        // One that we made ourselves for this very buyer, before a restored backup forgot it, is that buyer's.
        let ours = identity.link_key(currency);
        let own: Vec<Customer> = found
            .by_email
            .iter()
            .chain(&found.by_registration)
            .filter(|customer| customer.reference.as_deref() == Some(ours.as_str()))
            .cloned()
            .collect();
        if let [one] = own.as_slice() {
            found.by_registration = vec![one.clone()];
        }
        Ok(found)
    }

    /// The customers of Visma.net that a buyer may be, by number.
    pub async fn customers_like(
        &self,
        identity: &Identity,
        currency: &str,
    ) -> Result<Vec<Customer>, Problem> {
        let found = self.candidates(identity, currency).await?;
        let mut customers = found.by_registration;
        customers.extend(found.by_email);
        customers.sort_by(|a, b| a.number.cmp(&b.number));
        customers.dedup_by(|a, b| a.number == b.number);
        Ok(customers)
    }

    pub(crate) fn all_confirmed(&self, document: &Document) -> Result<bool, Problem> {
        for id in &document.vat_ids {
            if self.store.link(VAT_CONFIRMED, id)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where the record of a customer stands. Customers have the name of their link as id.
    pub(crate) fn note_customer(
        &self,
        key: &str,
        state: RecordState,
        number: Option<&str>,
        problem: Option<Problem>,
    ) -> Result<(), Problem> {
        self.store
            .put_record(&self.customer_row(key, state, number, problem)?)?;
        Ok(())
    }

    pub(crate) fn customer_row(
        &self,
        key: &str,
        state: RecordState,
        number: Option<&str>,
        problem: Option<Problem>,
    ) -> Result<RecordRow, Problem> {
        let record = RecordRef::new(RecordKind::Customer, key);
        let now = self.clock.now();
        let mut row = self
            .store
            .record(&record)?
            .unwrap_or_else(|| RecordRow::new(record, key, now));
        row.state = state;
        row.erp_number = number.map(str::to_owned);
        row.problem = problem;
        row.due_at = None;
        row.changed_at = now;
        Ok(row)
    }

    /// Links a customer that was found.
    pub(crate) fn link_customer(&self, key: &str, number: &str, by: &str) -> Result<(), Problem> {
        let now = self.clock.now();
        let link = Link {
            kind: CUSTOMER.into(),
            shop_id: key.to_owned(),
            erp_id: number.to_owned(),
            detail: serde_json::json!({ "by": by }),
            made_at: now,
        };
        self.store.put_link(&link)?;
        let row = self.customer_row(key, RecordState::Booked, Some(number), None)?;
        let told = Activity::new(now, Level::Good, "customer-linked")
            .about(row.record.clone(), number)
            .with("number", number)
            .with("by", by);
        self.store.write_plan(&row, &[], &[told])?;
        Ok(())
    }
}

/// What the journal keeps of a step: the step, and the plan of the order that it belongs to. A customer without an order has none.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct StepBody {
    pub(crate) step: Step,
    #[serde(default)]
    pub(crate) plan: Option<Plan>,
}

impl StepBody {
    /// The document that the plan makes.
    pub(crate) fn document(&self) -> Option<&Document> {
        self.plan.as_ref()?.document.as_ref()
    }
}

/// What lists show of an order.
pub(crate) fn describe(
    row: &mut RecordRow,
    order: &Order,
    booked: Option<&BookedState>,
    setup: &Setup,
) {
    let side = booked.map_or_else(
        || booking::document::side(order, &setup.settings),
        |booked| booked.document.side,
    );
    let total = match side {
        Side::Shop => order.totals.total.shop,
        Side::Presentment => order.totals.total.presentment,
    };
    row.amount = Some(Money::new(total.amount, total.currency));
    row.happened_at = Some(order.processed_at);
    row.party = order.buyer_name().map(str::to_owned);
    if let Some(booked) = booked {
        row.erp_number = booked.number.as_ref().map(ToString::to_string);
    }
}
