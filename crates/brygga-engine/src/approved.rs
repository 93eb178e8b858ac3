//! Sending what a preview showed and a person approved: the same decisions, the same journal and the same runner as in a sync, but
//! only of the records that were approved, and only if they still come out as they were shown (`docs/adr/0001`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use brygga_core::booking::shown::{MadeMeanwhile, known_customer, plan_digest};
use brygga_core::booking::{Decision, Plan};
use brygga_core::policy::{Lane, Lanes};
use brygga_core::shop::OrderId;
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Level, RecordKind, RecordRef, RecordRow};
use serde::{Deserialize, Serialize};

use crate::booked::{CUSTOMER, internal};
use crate::decide::Probe;
use crate::engine::Engine;
use crate::flow::FlowReport;
use crate::ports::{Phase, Signal};
use crate::run::RunReport;

/// How often records that could not begin are tried again: behind the first with its VAT, or behind another order's customer.
const ROUNDS: usize = 20;

/// One thing of a preview that shall be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Which record.
    pub record: RecordRef,
    /// Digest of what was shown of it.
    pub digest: String,
}

/// What came of sending what was approved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ApprovedReport {
    /// As of every run.
    pub run: RunReport,
    /// What was sent, or tried: each record's own state says how it ended.
    pub begun: Vec<RecordRef>,
    /// What is not any more what was shown: nothing of it was sent, each with [`Code::PreviewChanged`].
    pub changed: Vec<(RecordRef, Problem)>,
    /// What the run did not come to.
    pub left: Vec<RecordRef>,
}

#[derive(Debug, Clone, PartialEq)]
enum Fate {
    Begun,
    Changed(Problem),
}

/// What a run may send, where it may not send everything.
#[derive(Debug)]
pub(crate) struct Approval {
    wanted: BTreeMap<RecordRef, String>,
    fates: Mutex<BTreeMap<RecordRef, Fate>>,
}

impl Approval {
    fn of(approved: Vec<Approved>) -> Self {
        Self {
            wanted: approved
                .into_iter()
                .map(|approved| (approved.record, approved.digest))
                .collect(),
            fates: Mutex::default(),
        }
    }

    /// Was the record approved, in whatever form.
    pub(crate) fn wants(&self, record: &RecordRef) -> bool {
        self.wanted.contains_key(record)
    }

    /// Records of a kind that were approved and have not begun.
    fn left(&self, kind: RecordKind) -> Vec<RecordRef> {
        let fates = self.fates();
        self.wanted
            .keys()
            .filter(|record| record.kind == kind && !fates.contains_key(*record))
            .cloned()
            .collect()
    }

    fn is_part(kind: RecordKind) -> bool {
        matches!(
            kind,
            RecordKind::Invoice
                | RecordKind::CreditNote
                | RecordKind::Payment
                | RecordKind::Shipment
        )
    }

    fn fates(&self) -> std::sync::MutexGuard<'_, BTreeMap<RecordRef, Fate>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the engine back to ordinary runs when it goes.
struct Gate<'a>(&'a Engine);

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        self.0.let_through(None);
    }
}

impl Engine {
    /// Sends what was approved, each thing exactly as it was shown or not at all. Nothing else is touched.
    ///
    /// `Err` with [`Code::SyncUnderWay`] if a run or a preview is under way.
    pub async fn send_approved(
        &self,
        approved: Vec<Approved>,
        run: Option<uuid::Uuid>,
    ) -> Result<ApprovedReport, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        let _books = self.books_alone().await;
        let approval = Arc::new(Approval::of(approved));
        self.let_through(Some(Arc::clone(&approval)));
        let _gate = Gate(self);
        // What either side is set up with may be another by now: that is what is looked for.
        self.forget_setup();
        let run = run.unwrap_or_else(|| self.ids.next_id());
        self.store.start_run(run, "approved")?;
        let mut report = RunReport::default();
        let result = Box::pin(self.approved_through(&approval, &mut report)).await;
        report.failure = result.err();
        let fates = approval.fates().clone();
        let mut told = match &report.failure {
            Some(problem) => {
                Activity::new(self.clock.now(), Level::Bad, "run-failed").with("code", problem.code)
            }
            None => Activity::new(self.clock.now(), Level::Info, "approved-finished")
                .with("approved", approval.wanted.len())
                .with("written", report.written),
        };
        for (name, value) in report.failure.iter().flat_map(|problem| &problem.params) {
            told = told.with(name, value);
        }
        self.store.log(&[told.in_run(run)])?;
        let summary = serde_json::to_value(&report).map_err(internal)?;
        self.store.finish_run(run, &summary)?;
        self.events.signal(Signal::Changed);
        let mut ended = ApprovedReport {
            run: report,
            ..ApprovedReport::default()
        };
        for record in approval.wanted.keys() {
            match fates.get(record) {
                Some(Fate::Begun) => ended.begun.push(record.clone()),
                Some(Fate::Changed(problem)) => {
                    ended.changed.push((record.clone(), problem.clone()));
                }
                None => ended.left.push(record.clone()),
            }
        }
        Ok(ended)
    }

    async fn approved_through(
        &self,
        approval: &Approval,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        self.resolve_open().await?;
        let mut owners = BTreeSet::new();
        for record in approval.wanted.keys() {
            if record.kind == RecordKind::Order {
                owners.insert(record.id.clone());
            } else if Approval::is_part(record.kind)
                && let Some(row) = self.store.record(record)?
            {
                owners.extend(row.part_of);
            }
        }
        report.read = self.read_directly(&owners).await?;
        // As in every sync that books: a document that somebody else made makes what was shown another.
        if approval
            .wanted
            .keys()
            .any(|record| record.kind == RecordKind::Order)
        {
            self.look_for_others_once().await?;
        }
        self.approved_orders(approval, report).await?;
        self.approved_parts(approval, &owners, report).await?;
        self.approved_customers(approval, report).await?;
        let lanes: Lanes = [
            (RecordKind::Product, Lane::Products),
            (RecordKind::Stock, Lane::Stock),
            (RecordKind::Payout, Lane::Payouts),
        ]
        .into_iter()
        .filter(|(kind, _)| !approval.left(*kind).is_empty())
        .map(|(_, lane)| lane)
        .collect();
        Box::pin(self.run_flows(lanes, report)).await?;
        // A flow that could not go on says nothing about what it did not come to.
        for (kind, flow) in [
            (RecordKind::Product, "products"),
            (RecordKind::Stock, "stock"),
            (RecordKind::Payout, "payouts"),
        ] {
            let whole = report
                .flows
                .get(flow)
                .is_none_or(|flow| flow.failure.is_none());
            if whole {
                self.not_due_any_more(approval, approval.left(kind))?;
            }
        }
        Ok(())
    }

    /// Reads orders as they are now, each by its id: the list of changes may lag behind (`facts/shopify` 5.4).
    async fn read_directly(&self, orders: &BTreeSet<String>) -> Result<usize, Problem> {
        for (done, id) in orders.iter().enumerate() {
            self.check_stop()?;
            if let Some(raw) = self.shop.order(&OrderId(id.clone())).await? {
                self.store.store_page(&[self.mirror_row(&raw)], None)?;
            }
            self.events
                .signal(Signal::Progress(Phase::Reading, done, Some(orders.len())));
        }
        Ok(orders.len())
    }

    async fn approved_orders(
        &self,
        approval: &Approval,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let mut probed = BTreeSet::new();
        for _ in 0..ROUNDS {
            self.check_stop()?;
            let left = approval.left(RecordKind::Order);
            if left.is_empty() {
                break;
            }
            let due: BTreeSet<RecordRef> = self
                .store
                .due(RecordKind::Order, self.clock.now(), i32::MAX as usize)?
                .into_iter()
                .collect();
            let (due, other): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|record| due.contains(record));
            let mut settled = Vec::new();
            for record in other {
                // One whose outcome is looked up is not another: it is only not known yet.
                if !self.has_open_intent(&record)? {
                    settled.push(record);
                }
            }
            self.not_due_any_more(approval, settled)?;
            if due.is_empty() {
                break;
            }
            let setup = self.setup().await?;
            self.pass(&due, &setup, report).await?;
            self.resolve_open().await?;
            if let Some(first) = self.next_approved_probe(approval, &mut probed)? {
                Box::pin(self.sent_alone(&first, &setup, Probe::GoFirst, report)).await?;
            }
        }
        Ok(())
    }

    /// As in a sync, one order whose VAT nothing has confirmed goes first, alone (`booking-rules` 2.1).
    fn next_approved_probe(
        &self,
        approval: &Approval,
        probed: &mut BTreeSet<RecordRef>,
    ) -> Result<Option<RecordRef>, Problem> {
        if self
            .store
            .is_held_with(RecordKind::Order, Code::ReadBackDiffers)?
        {
            return Ok(None);
        }
        let mut rows: Vec<RecordRow> = Vec::new();
        for record in approval.left(RecordKind::Order) {
            rows.extend(self.store.record(&record)?.filter(|row| {
                !probed.contains(&record)
                    && row
                        .problem
                        .as_ref()
                        .is_some_and(|problem| problem.code == Code::VatModeUnconfirmed)
            }));
        }
        rows.sort_by(|a, b| (a.happened_at, &a.record.id).cmp(&(b.happened_at, &b.record.id)));
        let first = rows.into_iter().next().map(|row| row.record);
        probed.extend(first.clone());
        Ok(first)
    }

    async fn approved_parts(
        &self,
        approval: &Approval,
        owners: &BTreeSet<String>,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let parts: Vec<RecordRef> = approval
            .wanted
            .keys()
            .filter(|record| Approval::is_part(record.kind))
            .cloned()
            .collect();
        if parts.is_empty() {
            return Ok(());
        }
        let due: Vec<String> = self
            .store
            .due_lives(self.clock.now(), i32::MAX as usize)?
            .into_iter()
            .filter(|order| owners.contains(order))
            .collect();
        self.live_orders(&due, report).await?;
        for record in parts {
            let begun = approval.fates().contains_key(&record);
            if !begun && !self.has_open_intent(&record)? {
                self.not_due_any_more(approval, vec![record])?;
            }
        }
        Ok(())
    }

    /// The customers that were approved. Whose order linked it a moment ago is looked at like any other.
    async fn approved_customers(
        &self,
        approval: &Approval,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let customers = approval.left(RecordKind::Customer);
        if customers.is_empty() {
            return Ok(());
        }
        self.settle_customers().await?;
        let setup = self.setup().await?;
        let mut ready = Vec::new();
        for record in customers {
            if !self.has_open_intent(&record)? {
                ready.push(record);
            }
        }
        let (linked, profiles) = self.by_link(ready.clone())?;
        let mut own = FlowReport::default();
        let made = Box::pin(self.work_on_profiles(&profiles, &setup, &mut own)).await;
        report.decided += own.decided;
        report.written += own.written;
        made?;
        self.follow_all(&linked, &setup, report).await?;
        for record in approval.left(RecordKind::Customer) {
            if ready.contains(&record) {
                self.not_due_any_more(approval, vec![record])?;
            }
        }
        Ok(())
    }

    /// Customers that are linked, and profiles that are not.
    fn by_link(
        &self,
        customers: Vec<RecordRef>,
    ) -> Result<(Vec<RecordRef>, Vec<RecordRef>), Problem> {
        let (mut linked, mut profiles) = (Vec::new(), Vec::new());
        for record in customers {
            match self.store.link(CUSTOMER, &record.id)? {
                Some(_) => linked.push(record),
                None => profiles.push(record),
            }
        }
        Ok((linked, profiles))
    }

    pub(crate) fn has_open_intent(&self, record: &RecordRef) -> Result<bool, Problem> {
        let intents = self.store.intents_of(record)?;
        Ok(intents.iter().any(|intent| !intent.state.is_settled()))
    }

    /// Nothing is to be sent for these any more, or something else: somebody, or a sync, was there meanwhile.
    fn not_due_any_more(
        &self,
        approval: &Approval,
        records: Vec<RecordRef>,
    ) -> Result<(), Problem> {
        for record in records {
            let row = self.store.record(&record)?;
            // A remote that did not answer says nothing about what was shown: the run did not come to it.
            let unanswered = row
                .as_ref()
                .and_then(|row| row.problem.as_ref())
                .is_some_and(|problem| problem.code == Code::WaitingRemote);
            if unanswered {
                continue;
            }
            let name = row.map_or_else(|| record.id.clone(), |row| row.name);
            self.note_changed(approval, &record, &name)?;
        }
        Ok(())
    }

    fn note_changed(
        &self,
        approval: &Approval,
        record: &RecordRef,
        name: &str,
    ) -> Result<(), Problem> {
        let problem = Problem::new(Code::PreviewChanged).with("name", name);
        let before = approval
            .fates()
            .insert(record.clone(), Fate::Changed(problem));
        if !matches!(before, Some(Fate::Changed(_))) {
            let told = Activity::new(self.clock.now(), Level::Warn, "preview-changed")
                .about(record.clone(), name);
            self.store.log(&[told])?;
            self.events.signal(Signal::Changed);
        }
        Ok(())
    }

    /// May what was decided of a record be sent: always in a sync; in a run of what was approved only if `fits` the digest that
    /// was approved. What comes out otherwise than shown is noted, and nothing of it is sent.
    pub(crate) fn may_send(
        &self,
        record: &RecordRef,
        name: &str,
        fits: impl FnOnce(&str) -> Result<bool, Problem>,
    ) -> Result<bool, Problem> {
        let Some(approval) = self.approval() else {
            return Ok(true);
        };
        let Some(shown) = approval.wanted.get(record) else {
            return Ok(false);
        };
        let begun = approval.fates().contains_key(record);
        // Of a part only the step that was shown; what follows is decided on fresh books, and shown again (`docs/adr/0009`).
        if begun && Approval::is_part(record.kind) {
            return Ok(false);
        }
        if fits(shown)? {
            approval.fates().insert(record.clone(), Fate::Begun);
            return Ok(true);
        }
        if !begun {
            self.note_changed(&approval, record, name)?;
        }
        Ok(false)
    }

    /// In a run of what was approved: was this begun.
    pub(crate) fn has_begun(&self, record: &RecordRef) -> bool {
        self.approval()
            .is_some_and(|approval| approval.fates().get(record) == Some(&Fate::Begun))
    }

    /// In a run of what was approved: this was begun, and came out otherwise before the other side took any of it.
    pub(crate) fn taken_back(&self, record: &RecordRef, name: &str) -> Result<(), Problem> {
        match self.approval() {
            Some(approval) if self.has_begun(record) => self.note_changed(&approval, record, name),
            _ => Ok(()),
        }
    }

    /// The same for a decision about an order; `version` is the ETag of the document that it changes.
    pub(crate) fn may_conclude(
        &self,
        row: &RecordRow,
        decision: &Decision,
        version: Option<&str>,
    ) -> Result<bool, Problem> {
        self.may_send(&row.record, &row.name, |shown| match decision {
            Decision::Do(plan) => self.is_what_was_shown(plan, version, shown),
            Decision::UpToDate
            | Decision::Waiting(..)
            | Decision::Skipped(_)
            | Decision::Held(_) => Ok(false),
        })
    }

    fn is_what_was_shown(
        &self,
        plan: &Plan,
        version: Option<&str>,
        shown: &str,
    ) -> Result<bool, Problem> {
        if plan_digest(plan, version, None) == shown {
            return Ok(true);
        }
        // Another order of the same new customer went before, and made it from the very draft that was shown here too.
        let (Some(document), Some(number)) = (&plan.document, known_customer(plan)) else {
            return Ok(false);
        };
        let key = document.identity.link_key(&document.draft.currency);
        let link = self.store.link(CUSTOMER, &key)?;
        let made = link
            .filter(|link| link.erp_id == number)
            .and_then(|link| Some(link.detail["draft"].as_str()?.to_owned()));
        Ok(made.is_some_and(|draft| {
            let made = MadeMeanwhile {
                key: &key,
                draft: &draft,
            };
            plan_digest(plan, version, Some(made)) == shown
        }))
    }
}
