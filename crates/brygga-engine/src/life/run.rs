//! An order's parts from due to settled: decide, journal one step, send it, read what it touched, decide again.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::life::{
    self, Books, LifeStep, PartDecision, PartKind, PartRef, PartState,
};
use brygga_core::booking::shown::step_digest;
use brygga_core::booking::touched::touched;
use brygga_core::shop::Order;
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Intent, IntentState, Level, RecordRef, RecordRow, RecordState};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::books::Shelf;
use super::{effect, record_of, sending};
use crate::booked::{self, internal};
use crate::crash;
use crate::engine::{Engine, Setup};
use crate::exchanges::subject;
use crate::ports::{Phase, Signal, WriteError};
use crate::run::{RunReport, SILENCES, stops_the_run};

/// How many orders are worked on at a time.
const SIDE_BY_SIDE: usize = 4;
/// How many orders one look at the list of due ones takes.
const BATCH: usize = 200;
/// So often an order is looked at in one run.
const TRIES: usize = 4;
/// No order's life has more steps than this in one go.
const STEPS: usize = 400;
/// A step that is done so often in one go leads nowhere: its part is held, the others go on.
const SAME: usize = 3;
/// An action that was taken on and shows no effect is not sent again before this.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// When an action that was taken on is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(30);

/// What the journal keeps of a step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StepBody {
    pub(super) order: String,
    pub(super) part: PartRef,
    pub(super) step: LifeStep,
}

/// How one step ended.
enum Ended {
    /// Taken on: the books are read again.
    Sent,
    /// The books were not what they are: read all of them again.
    Stale,
    /// This part goes no further now; the others do.
    Stuck,
    /// Nothing of this order goes further now.
    Later,
}

impl Engine {
    /// Decides on every part that is due, and carries out what comes of it. How many orders were looked at.
    pub(crate) async fn live_parts(
        &self,
        tried: &mut BTreeMap<String, usize>,
        report: &mut RunReport,
    ) -> Result<usize, Problem> {
        let all = self
            .store
            .due_lives(self.clock.now(), BATCH + tried.len())?;
        let due: Vec<String> = all
            .into_iter()
            .filter(|order| {
                let count = tried.entry(order.clone()).or_insert(0);
                *count += 1;
                *count <= TRIES
            })
            .take(BATCH)
            .collect();
        self.live_orders(&due, report).await
    }

    /// The same for these orders.
    pub(crate) async fn live_orders(
        &self,
        due: &[String],
        report: &mut RunReport,
    ) -> Result<usize, Problem> {
        if due.is_empty() {
            return Ok(0);
        }
        let setup = self.setup().await?;
        let total = due.len();
        let mut work: Vec<BoxFuture<'_, (Result<bool, Problem>, RunReport)>> =
            Vec::with_capacity(total);
        for order in due {
            let setup = &setup;
            work.push(Box::pin(async move {
                let mut own = RunReport::default();
                let result = Box::pin(self.live_one_told(order, setup, &mut own)).await;
                (result, own)
            }));
        }
        let mut results = stream::iter(work).buffer_unordered(SIDE_BY_SIDE);
        let (mut done, mut silences) = (0, 0);
        let mut failure = None;
        while let Some((result, own)) = results.next().await {
            done += 1;
            report.decided += own.decided;
            report.written += own.written;
            self.events
                .signal(Signal::Progress(Phase::Sending, done, Some(total)));
            match result {
                Ok(true) => silences = 0,
                Ok(false) => silences += 1,
                Err(problem) => failure = failure.or(Some(problem)),
            }
            if silences >= SILENCES {
                failure = failure.or_else(|| {
                    Some(Problem::new(Code::RemoteTimeout).with("remote", "Visma.net"))
                });
            }
            if let Err(stopped) = self.check_stop() {
                failure = failure.or(Some(stopped));
            }
            if failure.is_some() {
                break;
            }
        }
        self.drain(true);
        while let Some((result, own)) = results.next().await {
            report.decided += own.decided;
            report.written += own.written;
            if let Err(problem) = result
                && problem.code != Code::Stopped
            {
                failure = failure.or(Some(problem));
            }
        }
        self.drain(false);
        failure.map_or(Ok(total), Err)
    }

    /// One order's parts, with the exchanges kept for the order's story. `false` if a remote left us without an answer.
    async fn live_one_told(
        &self,
        order: &str,
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<bool, Problem> {
        if self.is_draining() {
            return Ok(true);
        }
        report.decided += 1;
        let record = RecordRef::order(order);
        let result = brygga_http::about(
            subject(&record),
            Box::pin(self.live_one(order, setup, report)),
        )
        .await;
        self.exchanges.keep(&record, &self.store)?;
        self.keep_erased(&record)?;
        match result {
            Ok(()) => Ok(true),
            Err(problem) if stops_the_run(problem.code) => Err(problem),
            Err(problem) => {
                let approval = self.approval();
                for row in self.store.parts_of(order)? {
                    if approval
                        .as_ref()
                        .is_some_and(|approval| !approval.wants(&row.record))
                    {
                        continue;
                    }
                    if matches!(row.state, RecordState::New | RecordState::Planned) || row.retry {
                        self.wait_for_remote(
                            RecordRow {
                                retry: false,
                                ..row
                            },
                            &problem,
                        )?;
                    }
                }
                Ok(false)
            }
        }
    }

    async fn live_one(
        &self,
        id: &str,
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let record = RecordRef::order(id);
        let Some(mirror) = self.store.mirror(&record)? else {
            return Ok(());
        };
        let payload = self.payload_of(&mirror).await?;
        let order = match self.shop.read(&payload) {
            Ok(order) => order,
            // The order itself is held for it.
            Err(problem) => {
                for row in self.store.parts_of(id)? {
                    let row = marked(row, &mirror.digest, setup);
                    self.settle_as(row, RecordState::Held, Some(problem.clone()))?;
                }
                return Ok(());
            }
        };
        let booked = booked::recall(&self.store, id)?;
        let order_row = self.store.record(&record)?;
        let order_problem = order_row.as_ref().and_then(|row| row.problem.clone());
        // A document that came back different blocks everything that follows from it (`booking-rules` 2.3).
        let blocked = order_problem
            .as_ref()
            .is_some_and(|problem| problem.code == Code::ReadBackDiffers);
        let booked = booked.filter(|_| !blocked);
        let shelf = Shelf {
            order: &order,
            booked: booked.as_ref(),
            setup,
        };
        let mut books = self.read_books(&shelf).await?;
        let resting = self.resting(id, &mirror.digest, setup)?;
        let mut stuck: BTreeSet<PartRef> = BTreeSet::new();
        let mut last: BTreeMap<PartRef, LifeStep> = BTreeMap::new();
        let mut done: Vec<(PartRef, LifeStep)> = Vec::new();
        for _ in 0..STEPS {
            let mut decisions = life::decide(
                &order,
                setup.ground(),
                booked.as_ref(),
                order_problem.as_ref(),
                &books,
                self.clock.now(),
            );
            self.parts_want(&order, booked.as_ref(), setup, &mut decisions)?;
            self.keep_found(&order, &decisions, &mut books)?;
            let mut next = None;
            for decision in &decisions {
                if let PartState::Next(step) = &decision.state
                    && !stuck.contains(&decision.part)
                    && resting.get(&record_of(&decision.part)) != Some(step)
                {
                    if self.may_step(&shelf, decision, step, &books)? {
                        next = Some((decision.part.clone(), step.clone()));
                        break;
                    }
                    stuck.insert(decision.part.clone());
                }
            }
            let Some((part, step)) = next else {
                if let Some(approval) = self.approval() {
                    let decisions = decisions
                        .into_iter()
                        .filter(|decision| approval.wants(&record_of(&decision.part)))
                        .collect();
                    return self.settle_parts(&order, decisions, &stuck, &mirror.digest, setup);
                }
                self.note_seen(&books)?;
                for decision in &decisions {
                    if matches!(&decision.state, PartState::Next(step)
                        if resting.get(&record_of(&decision.part)) == Some(step))
                    {
                        stuck.insert(decision.part.clone());
                    }
                }
                self.settle_parts(&order, decisions, &stuck, &mirror.digest, setup)?;
                return self.write_back(&order, &books, setup, report).await;
            };
            self.check_stop()?;
            let row = self.part_row(&order, &part, &mirror.digest, setup)?;
            if last.get(&part) == Some(&step) || self.is_under_way(&row.record, &step)? {
                // Taken on, and nothing to be seen of it yet.
                self.wait_for_erp(row, &step)?;
                stuck.insert(part);
                continue;
            }
            done.push((part.clone(), step.clone()));
            let same = done
                .iter()
                .filter(|(of, known)| *of == part && *known == step)
                .count();
            if same > SAME {
                let problem = Problem::new(Code::StepRepeats)
                    .with("order", &row.name)
                    .with("step", step.name())
                    .with("document", effect::about(&step));
                self.settle_as(row, RecordState::Held, Some(problem))?;
                stuck.insert(part);
                continue;
            }
            report.written += 1;
            match self.take_step(&order, &part, row, &step, &books).await? {
                Ended::Sent => {
                    last.insert(part, step.clone());
                    self.read_again(&shelf, &step, &mut books).await?;
                }
                Ended::Stale => {
                    // Another decides again on what is there now; a few times, then the next run does.
                    if last.insert(part.clone(), step.clone()).as_ref() == Some(&step) {
                        stuck.insert(part);
                    } else {
                        last.remove(&part);
                    }
                    books = self.read_books(&shelf).await?;
                }
                Ended::Stuck => {
                    stuck.insert(part);
                }
                Ended::Later => {
                    stuck.insert(part);
                    let approval = self.approval();
                    let decisions = decisions
                        .into_iter()
                        .filter(|decision| {
                            approval
                                .as_ref()
                                .is_none_or(|approval| approval.wants(&record_of(&decision.part)))
                        })
                        .collect();
                    return self.settle_parts(&order, decisions, &stuck, &mirror.digest, setup);
                }
            }
        }
        Err(internal(format!("the life of order {id} has no end")))
    }

    /// May a part's next step be taken: in a run of what was approved only the one that was shown.
    fn may_step(
        &self,
        shelf: &Shelf<'_>,
        decision: &PartDecision,
        step: &LifeStep,
        books: &Books,
    ) -> Result<bool, Problem> {
        let planned = shelf.booked.map(|booked| &booked.document);
        self.may_send(
            &record_of(&decision.part),
            &name_of(shelf.order, &decision.part),
            |shown| Ok(step_digest(decision, step, &touched(step, books, planned)) == shown),
        )
    }

    /// Steps that were refused, of parts that are held for it and that nobody asked to try again: they are not sent again only
    /// because another part of the order moves.
    pub(crate) fn resting(
        &self,
        order: &str,
        digest: &str,
        setup: &Setup,
    ) -> Result<BTreeMap<RecordRef, LifeStep>, Problem> {
        let mut resting = BTreeMap::new();
        for row in self.store.parts_of(order)? {
            let asked = row.retry
                || row.settings_rev < setup.settings_rev
                || row.decided_digest.as_deref() != Some(digest);
            if row.state != RecordState::Held || asked {
                continue;
            }
            let intents = self.store.intents_of(&row.record)?;
            if let Some(last) = intents.last()
                && last.state == IntentState::Refused
                && !last.body.is_null()
            {
                let body: StepBody = serde_json::from_value(last.body.clone()).map_err(internal)?;
                resting.insert(row.record, body.step);
            }
        }
        Ok(resting)
    }

    /// Was this very step taken on a short while ago, with nothing to be seen of it yet.
    pub(crate) fn is_under_way(
        &self,
        record: &RecordRef,
        step: &LifeStep,
    ) -> Result<bool, Problem> {
        let now = self.clock.now();
        let intents = self.store.intents_of(record)?;
        let recent = intents.iter().rev().find(|intent| {
            intent.kind == step.name()
                && intent.state == IntentState::Done
                && intent.settled_at.is_some_and(|at| now - at < PATIENCE)
        });
        let Some(recent) = recent else {
            return Ok(false);
        };
        // Taken out meanwhile: a step of this name was just done, and is not done again in haste.
        if recent.body.is_null() {
            return Ok(true);
        }
        let body: StepBody = serde_json::from_value(recent.body.clone()).map_err(internal)?;
        Ok(body.step == *step)
    }

    /// Journals a step, sends it, settles it.
    async fn take_step(
        &self,
        order: &Order,
        part: &PartRef,
        mut row: RecordRow,
        step: &LifeStep,
        books: &Books,
    ) -> Result<Ended, Problem> {
        let now = self.clock.now();
        let body = serde_json::to_value(StepBody {
            order: order.id.0.clone(),
            part: part.clone(),
            step: step.clone(),
        })
        .map_err(internal)?;
        let id = self.ids.next_id();
        let key = self.step_key(&row.record, step, id)?;
        let intent = Intent::new(id, id, row.record.clone(), step.name(), key, body, now);
        let news = row.state != RecordState::Planned;
        row.state = RecordState::Planned;
        row.problem = None;
        if news {
            row.changed_at = now;
        }
        let told = Activity::new(now, Level::Info, "step")
            .about(row.record.clone(), &row.name)
            .with("step", step.name())
            .with("document", effect::about(step));
        self.store
            .write_plan(&row, std::slice::from_ref(&intent), &[told])?;
        crash::point(step.name(), "before");
        self.store.mark_sending(intent.id)?;
        crash::point(step.name(), "sending");
        let result = brygga_http::about(
            subject(&row.record),
            Box::pin(self.life_effect(step, books)),
        )
        .await;
        self.exchanges.keep(&row.record, &self.store)?;
        crash::point(step.name(), "answered");
        match result {
            Ok(made) => {
                self.settle_step(&intent, part, order, made)?;
                crash::point(step.name(), "settled");
                Ok(Ended::Sent)
            }
            Err(WriteError::Unknown(problem)) => {
                self.wait_for_outcome(row, &intent, &problem)?;
                Ok(Ended::Later)
            }
            Err(WriteError::Refused(problem)) => {
                self.settle_undone(&intent, IntentState::Refused, &problem)?;
                let problem = problem.with("order", &row.name);
                self.settle_as(row, RecordState::Held, Some(problem))?;
                Ok(Ended::Stuck)
            }
            Err(WriteError::Conflict(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                Ok(Ended::Stale)
            }
            Err(WriteError::NotSent(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                self.wait_for_remote(row, &problem)?;
                if stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(Ended::Later)
                }
            }
        }
    }

    /// The key that keeps an effect from being in the journal twice at a time.
    fn step_key(
        &self,
        record: &RecordRef,
        step: &LifeStep,
        id: uuid::Uuid,
    ) -> Result<String, Problem> {
        Ok(match step {
            LifeStep::CreateLedger { .. }
            | LifeStep::CreateOrder { .. }
            | LifeStep::CreatePayment { .. }
            | LifeStep::CreateFulfilment { .. } => {
                let made = self
                    .store
                    .intents_of(record)?
                    .iter()
                    .filter(|intent| {
                        intent.kind == step.name() && intent.state == IntentState::Done
                    })
                    .count();
                format!("{}/{record}/{made}", step.name())
            }
            _ => format!("{}/{record}/{id}", step.name()),
        })
    }

    fn wait_for_erp(&self, mut row: RecordRow, step: &LifeStep) -> Result<(), Problem> {
        row.due_at = Some(self.clock.now() + LOOK_AGAIN);
        let waiting = Problem::new(Code::WaitingErp)
            .with("order", &row.name)
            .with("step", step.name())
            .with("document", effect::about(step));
        self.settle_as(row, RecordState::Waiting, Some(waiting))?;
        Ok(())
    }

    /// Documents that were found to be a part's are linked at once.
    fn keep_found(
        &self,
        order: &Order,
        decisions: &[PartDecision],
        books: &mut Books,
    ) -> Result<(), Problem> {
        for decision in decisions {
            self.keep_links(order, &decision.documents)?;
            for link in &decision.documents {
                if !books.links.contains(link) {
                    books
                        .links
                        .retain(|known| known.part != link.part || known.what != link.what);
                    books.links.push(link.clone());
                }
            }
        }
        Ok(())
    }

    fn part_row(
        &self,
        order: &Order,
        part: &PartRef,
        digest: &str,
        setup: &Setup,
    ) -> Result<RecordRow, Problem> {
        let record = record_of(part);
        let row = if let Some(row) = self.store.record(&record)? {
            row
        } else {
            let mut row = RecordRow::new(record, name_of(order, part), self.clock.now());
            row.part_of = Some(order.id.0.clone());
            row
        };
        Ok(marked(row, digest, setup))
    }

    /// Where every part stands now.
    fn settle_parts(
        &self,
        order: &Order,
        decisions: Vec<PartDecision>,
        stuck: &BTreeSet<PartRef>,
        digest: &str,
        setup: &Setup,
    ) -> Result<(), Problem> {
        for decision in decisions {
            // Its own state says why it goes no further.
            if !stuck.contains(&decision.part) {
                let row = self.part_row(order, &decision.part, digest, setup)?;
                self.settle_part(row, decision, order)?;
            }
        }
        Ok(())
    }
}

/// What people call a part that the order itself does not name.
pub(crate) fn name_of(order: &Order, part: &PartRef) -> String {
    match part.kind {
        PartKind::Shipment => sending::name(&order.name, &part.id),
        PartKind::Invoice | PartKind::CreditNote | PartKind::Payment => order.name.clone(),
    }
}

/// The row, decided on what is mirrored now.
fn marked(mut row: RecordRow, digest: &str, setup: &Setup) -> RecordRow {
    row.decided_digest = Some(digest.to_owned());
    row.settings_rev = setup.settings_rev;
    row.retry = false;
    row.due_at = None;
    row
}
