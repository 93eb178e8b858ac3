//! Payouts: each paid one becomes one cash transaction, made, compared and released; each write is in the journal before it is
//! sent, and looked up by its document reference when its answer was lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use brygga_core::erp::{CashDraft, CashStatus, CashTransaction};
use brygga_core::payout::{NotPaidOut, PayoutDecision, decide, not_paid_out};
use brygga_core::shop::{BalanceRow, Order, Payout, PayoutStatus};
use brygga_core::{Code, Decimal, Money, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordKind, RecordRef, RecordRow, RecordState,
    Settle,
};

use super::FlowReport;
use super::preview::{PayoutLook, PayoutNext, payout_digest};
use crate::booked::internal;
use crate::crash;
use crate::engine::{Engine, Setup};
use crate::ports::{Signal, WriteError};
use crate::run::stops_the_run;

/// Kind of the links of payouts; the detail is the cash transaction as it was sent.
pub(super) const PAYOUT: &str = "payout";
/// "Not found" counts after so many look-ups, some seconds apart: a list may lag a write (`booking-rules` 3).
const LOOKUPS: u32 = 2;
/// How far back payouts are looked at again: one that was paid may fail afterwards.
const LOOK_BACK: TimeDelta = TimeDelta::days(14);
/// How far back the first run looks, where no start date is chosen.
const FIRST_LOOK: TimeDelta = TimeDelta::days(60);

/// One write, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
enum CashStep {
    /// Make the cash transaction.
    CreateCash { draft: CashDraft },
    /// Put it in the books.
    ReleaseCash { number: String },
}

impl CashStep {
    fn kind(&self) -> &'static str {
        match self {
            Self::CreateCash { .. } => "create-cash",
            Self::ReleaseCash { .. } => "release-cash",
        }
    }
}

/// Where a payout stands.
pub(super) struct Standing {
    pub(super) state: RecordState,
    pub(super) problem: Option<Problem>,
}

impl Standing {
    fn of(state: RecordState, problem: Problem) -> Self {
        Self {
            state,
            problem: Some(problem),
        }
    }
}

/// How a write ended when it did not do its work.
enum NotDone {
    /// The payout stands so.
    Stands(Box<Standing>),
    /// The flow cannot go on.
    Stops(Problem),
}

impl From<Problem> for NotDone {
    fn from(problem: Problem) -> Self {
        Self::Stops(problem)
    }
}

impl From<brygga_store::StoreError> for NotDone {
    fn from(error: brygga_store::StoreError) -> Self {
        Self::Stops(error.into())
    }
}

impl Engine {
    /// One run of the flow.
    pub(super) async fn payouts(&self, report: &mut FlowReport) -> Result<(), Problem> {
        self.settle_payouts().await?;
        let setup = self.setup().await?;
        let known = self.rows(RecordKind::Payout)?;
        let since = self.payouts_since(&setup, &known);
        for payout in self.payouts.payouts(since).await? {
            self.check_stop()?;
            report.read += 1;
            let before = known.get(&payout.id);
            let mut row = self.payout_row(&payout, before);
            let mut decided = None;
            if self.approval().is_some() {
                match self.may_pay_out(&setup, &payout, &row).await? {
                    Some(approved) => decided = approved.decision,
                    None => continue,
                }
            }
            let standing = self
                .one_payout(&setup, &payout, &mut row, decided, report)
                .await?;
            let moved = row.state != standing.state || row.problem != standing.problem;
            if moved || before.is_none() {
                report.decided += 1;
                row.changed_at = self.clock.now();
            }
            row.state = standing.state;
            row.problem = standing.problem;
            row.retry = false;
            row.settings_rev = setup.settings_rev;
            self.store.put_record(&row)?;
            if moved {
                self.events.signal(Signal::Changed);
            }
        }
        Ok(())
    }

    /// In a run of what was approved: this payout as it was shown, if it was approved and still comes out so.
    async fn may_pay_out(
        &self,
        setup: &Setup,
        payout: &Payout,
        row: &RecordRow,
    ) -> Result<Option<PayoutLook>, Problem> {
        if !self
            .approval()
            .is_some_and(|approval| approval.wants(&row.record))
        {
            return Ok(None);
        }
        let look = self.payout_look(setup, payout, row).await?;
        let fits = self.may_send(&row.record, &row.name, |shown| {
            Ok(matches!(&look.next, PayoutNext::Do(what) if payout_digest(what) == shown))
        })?;
        Ok(fits.then_some(look))
    }

    /// What is decided of a payout that has no cash transaction.
    pub(super) async fn payout_decision(
        &self,
        setup: &Setup,
        payout: &Payout,
    ) -> Result<PayoutDecision, Problem> {
        let rows = if payout.status == PayoutStatus::Paid {
            self.payouts.balance_of(&payout.id).await?
        } else {
            Vec::new()
        };
        let booked = self.on_clearing_accounts(&rows)?;
        Ok(decide(
            payout,
            &rows,
            &booked,
            &setup.shop,
            &setup.settings,
            &setup.catalogue,
        ))
    }

    /// From when payouts are read: from the oldest that is not settled, and always some days back.
    pub(super) fn payouts_since(
        &self,
        setup: &Setup,
        known: &BTreeMap<String, RecordRow>,
    ) -> DateTime<Utc> {
        let now = self.clock.now();
        if known.is_empty() {
            let start = setup
                .settings
                .start_date
                .and_then(|day| day.and_hms_opt(0, 0, 0))
                // A day of room for the shop's time zone; what is too early is told as such.
                .map(|at| at.and_utc() - TimeDelta::days(1));
            return start.unwrap_or(now - FIRST_LOOK);
        }
        known
            .values()
            .filter(|row| !matches!(row.state, RecordState::Booked | RecordState::Skipped))
            .filter_map(|row| row.happened_at)
            .min()
            .map_or(now - LOOK_BACK, |oldest| oldest.min(now - LOOK_BACK))
    }

    pub(super) fn payout_row(&self, payout: &Payout, before: Option<&RecordRow>) -> RecordRow {
        let mut row = before.cloned().unwrap_or_else(|| {
            RecordRow::new(
                RecordRef::new(RecordKind::Payout, &payout.id),
                payout.id.clone(),
                self.clock.now(),
            )
        });
        row.amount = Some(payout.net);
        row.happened_at = Some(payout.issued_at);
        row
    }

    async fn one_payout(
        &self,
        setup: &Setup,
        payout: &Payout,
        row: &mut RecordRow,
        decided: Option<PayoutDecision>,
        report: &mut FlowReport,
    ) -> Result<Standing, Problem> {
        let result = if let Some(link) = self.store.link(PAYOUT, &payout.id)? {
            self.bring_to_the_books(payout, row, &link, report).await
        } else {
            // What was approved is what was looked at: another read could come out otherwise.
            let decision = match decided {
                Some(decision) => decision,
                None => self.payout_decision(setup, payout).await?,
            };
            self.first_booking(decision, payout, row, report).await
        };
        match result {
            Ok(standing) => Ok(standing),
            Err(NotDone::Stands(standing)) => Ok(*standing),
            Err(NotDone::Stops(problem)) => Err(problem),
        }
    }

    /// Makes the cash transaction of a payout that has none.
    async fn first_booking(
        &self,
        decision: PayoutDecision,
        payout: &Payout,
        row: &mut RecordRow,
        report: &mut FlowReport,
    ) -> Result<Standing, NotDone> {
        let drafts = match decision {
            PayoutDecision::Book(drafts) => *drafts,
            PayoutDecision::Waiting(problem) => {
                return Ok(Standing::of(RecordState::Waiting, problem));
            }
            PayoutDecision::Skipped(problem) => {
                return Ok(Standing::of(RecordState::Skipped, problem));
            }
            PayoutDecision::Held(problem) => return Ok(Standing::of(RecordState::Held, problem)),
        };
        // The payout's own last: while it has no link, all of them are decided on.
        for draft in drafts.converted.iter().chain([&drafts.own]) {
            if let Some(link) = self.store.link(PAYOUT, link_key(draft))? {
                // Made in an earlier run that was broken off, from what stood on the accounts then.
                let made: CashDraft = serde_json::from_value(link.detail).map_err(internal)?;
                if let Some(differs) = made_otherwise(&link.erp_id, &made, draft) {
                    return Ok(Standing::of(RecordState::Held, differs));
                }
                continue;
            }
            // Somebody, or an earlier database, may have made it already: it is adopted, never doubled.
            let found = self.payouts.cash_by_reference(&draft.reference).await?;
            match found.as_slice() {
                [] => {
                    self.create_cash(row, draft, report).await?;
                }
                [one] => self.store.put_link(&self.link_of(&one.number, draft)?)?,
                several => return Ok(doubled(&draft.reference, several)),
            }
        }
        let link = self
            .store
            .link(PAYOUT, &payout.id)?
            .ok_or_else(|| internal("a cash transaction without its link"))?;
        self.bring_to_the_books(payout, row, &link, report).await
    }

    /// Brings a payout's cash transactions that are there into the books: those of other currencies, then its own.
    async fn bring_to_the_books(
        &self,
        payout: &Payout,
        row: &mut RecordRow,
        link: &Link,
        report: &mut FlowReport,
    ) -> Result<Standing, NotDone> {
        row.erp_number = Some(link.erp_id.clone());
        if matches!(
            payout.status,
            PayoutStatus::Failed | PayoutStatus::Cancelled
        ) {
            let problem = Problem::new(Code::PayoutFailed)
                .with("payout", &payout.id)
                .with("document", &link.erp_id)
                .with("status", payout.status.as_str());
            return Ok(Standing::of(RecordState::Held, problem));
        }
        if row.state == RecordState::Booked {
            return Ok(Standing {
                state: RecordState::Booked,
                problem: None,
            });
        }
        let of_payout = format!("{}/", payout.id);
        for other in self.store.links(PAYOUT)? {
            if other.shop_id.starts_with(&of_payout) {
                let standing = self.release_and_read(payout, row, &other, report).await?;
                if standing.state != RecordState::Booked {
                    return Ok(standing);
                }
            }
        }
        let standing = self.release_and_read(payout, row, link, report).await?;
        if standing.state == RecordState::Booked {
            report.written += 1;
        }
        Ok(standing)
    }

    /// Releases one cash transaction that is what was sent, and reads it again.
    async fn release_and_read(
        &self,
        payout: &Payout,
        row: &mut RecordRow,
        link: &Link,
        report: &mut FlowReport,
    ) -> Result<Standing, NotDone> {
        let draft: CashDraft = serde_json::from_value(link.detail.clone()).map_err(internal)?;
        let mut stored = self.read_cash(&link.erp_id).await?;
        if let Some(standing) = wrong(&stored, &draft) {
            return Ok(standing);
        }
        if stored.status == CashStatus::Balanced {
            let number = stored.number.clone();
            self.release_cash(row, &number, report).await?;
            stored = self.read_cash(&number).await?;
            if let Some(standing) = wrong(&stored, &draft) {
                return Ok(standing);
            }
        }
        Ok(standing(&stored, payout))
    }

    /// Where a cash transaction that was made stands; none where it is as it was made and would be released.
    pub(super) async fn cash_stands(
        &self,
        payout: &Payout,
        number: &str,
        draft: &CashDraft,
    ) -> Result<Option<Standing>, Problem> {
        let stored = match self.read_cash(number).await {
            Ok(stored) => stored,
            Err(NotDone::Stands(standing)) => return Ok(Some(*standing)),
            Err(NotDone::Stops(problem)) => return Err(problem),
        };
        if let Some(standing) = wrong(&stored, draft) {
            return Ok(Some(standing));
        }
        Ok((stored.status != CashStatus::Balanced).then(|| standing(&stored, payout)))
    }

    async fn read_cash(&self, number: &str) -> Result<CashTransaction, NotDone> {
        self.payouts.cash(number).await?.ok_or_else(|| {
            NotDone::Stands(Box::new(Standing::of(
                RecordState::Held,
                Problem::new(Code::DocumentGone).with("document", number),
            )))
        })
    }

    /// What stands on the clearing accounts for the transactions of these rows, each in the currency of its account.
    fn on_clearing_accounts(
        &self,
        rows: &[BalanceRow],
    ) -> Result<BTreeMap<String, Money>, Problem> {
        let mut booked = BTreeMap::new();
        for balance in rows {
            let Some(transaction) = &balance.transaction else {
                continue;
            };
            let record = RecordRef::new(RecordKind::Payment, transaction);
            let Some(amount) = self
                .store
                .record(&record)?
                .filter(|row| row.state == RecordState::Booked)
                .and_then(|row| row.amount)
            else {
                continue;
            };
            // A record's amount has no sign; the row of the balance has.
            let sign = if balance.amount < Decimal::ZERO {
                Decimal::NEGATIVE_ONE
            } else {
                Decimal::ONE
            };
            let signed = Money::new(amount.amount.abs() * sign, amount.currency);
            booked.insert(transaction.clone(), signed);
        }
        Ok(booked)
    }

    async fn create_cash(
        &self,
        row: &mut RecordRow,
        draft: &CashDraft,
        report: &mut FlowReport,
    ) -> Result<String, NotDone> {
        let step = CashStep::CreateCash {
            draft: draft.clone(),
        };
        let intent = self.journal_cash(row, &step)?;
        report.calls += 1;
        let result = self.payouts.create_cash(draft).await;
        crash::point(step.kind(), "answered");
        match result {
            Ok(number) => {
                let link = self.link_of(&number, draft)?;
                let told = Activity::new(self.clock.now(), Level::Good, "payout-booked")
                    .about(row.record.clone(), &row.name)
                    .with("document", &number);
                self.settle_cash(&intent, vec![link], vec![told])?;
                crash::point(step.kind(), "settled");
                Ok(number)
            }
            Err(error) => Err(self.not_done(row, &intent, error)?),
        }
    }

    async fn release_cash(
        &self,
        row: &mut RecordRow,
        number: &str,
        report: &mut FlowReport,
    ) -> Result<(), NotDone> {
        let step = CashStep::ReleaseCash {
            number: number.to_owned(),
        };
        let intent = self.journal_cash(row, &step)?;
        report.calls += 1;
        let result = self.payouts.release_cash(number).await;
        crash::point(step.kind(), "answered");
        match result {
            Ok(()) => {
                self.settle_cash(&intent, Vec::new(), Vec::new())?;
                crash::point(step.kind(), "settled");
                Ok(())
            }
            Err(error) => Err(self.not_done(row, &intent, error)?),
        }
    }

    fn journal_cash(&self, row: &mut RecordRow, step: &CashStep) -> Result<Intent, Problem> {
        let id = self.ids.next_id();
        let kind = step.kind();
        row.state = RecordState::Planned;
        row.problem = None;
        // One creation per payout and currency can be open or done; a release may be tried again.
        let key = match step {
            CashStep::CreateCash { draft } => format!("{kind}/{}", link_key(draft)),
            CashStep::ReleaseCash { .. } => format!("{kind}/{id}"),
        };
        let intent = Intent::new(
            id,
            self.ids.next_id(),
            row.record.clone(),
            kind,
            key,
            serde_json::to_value(step).map_err(internal)?,
            self.clock.now(),
        );
        self.store
            .write_plan(row, std::slice::from_ref(&intent), &[])?;
        crash::point(kind, "before");
        self.store.mark_sending(id)?;
        crash::point(kind, "sending");
        Ok(intent)
    }

    fn settle_cash(
        &self,
        intent: &Intent,
        links: Vec<Link>,
        activity: Vec<Activity>,
    ) -> Result<(), Problem> {
        self.store.settle(Settle {
            intent: intent.id,
            state: IntentState::Done,
            outcome: serde_json::json!({ "done": true }),
            links,
            record: None,
            activity,
        })?;
        Ok(())
    }

    fn not_done(
        &self,
        row: &RecordRow,
        intent: &Intent,
        error: WriteError,
    ) -> Result<NotDone, Problem> {
        let stands = |state, problem| Ok(NotDone::Stands(Box::new(Standing::of(state, problem))));
        match error {
            WriteError::Unknown(problem) => {
                let outcome = serde_json::to_value(&problem).map_err(internal)?;
                let next = self.clock.now() + self.lookup_gap()?;
                self.store.mark_unknown(intent.id, outcome, next)?;
                let waiting = Problem::new(Code::WaitingOutcome).with("order", &row.name);
                stands(RecordState::Waiting, waiting)
            }
            WriteError::Refused(problem) => {
                self.settle_undone(intent, IntentState::Refused, &problem)?;
                stands(RecordState::Held, problem)
            }
            WriteError::NotSent(problem) | WriteError::Conflict(problem) => {
                self.settle_undone(intent, IntentState::Superseded, &problem)?;
                if stops_the_run(problem.code) {
                    return Ok(NotDone::Stops(problem));
                }
                let waiting = Problem::new(Code::WaitingRemote)
                    .with("remote", "Visma.net")
                    .with("order", &row.name)
                    .with("at", self.clock.now().format("%H:%M"))
                    .with("cause", problem.code);
                stands(RecordState::Waiting, waiting)
            }
        }
    }

    fn link_of(&self, number: &str, draft: &CashDraft) -> Result<Link, Problem> {
        Ok(Link {
            kind: PAYOUT.to_owned(),
            shop_id: link_key(draft).to_owned(),
            erp_id: number.to_owned(),
            detail: serde_json::to_value(draft).map_err(internal)?,
            made_at: self.clock.now(),
        })
    }

    /// Settles what an earlier run, or a lost answer, left open. A cash transaction is looked up by its reference before
    /// another one may be sent; a release is decided again on what is there.
    pub(super) async fn settle_payouts(&self) -> Result<(), Problem> {
        for intent in self.store.open_intents()? {
            if intent.record.kind != RecordKind::Payout {
                continue;
            }
            self.check_stop()?;
            let step: CashStep = serde_json::from_value(intent.body.clone()).map_err(internal)?;
            let mut found = Vec::new();
            if intent.state != IntentState::Intent {
                self.begin_look_up(&intent)?;
                if let CashStep::CreateCash { draft } = &step {
                    found = self.look_up_cash(&intent, draft).await?;
                }
            }
            let mut links = Vec::new();
            let state = match (&step, found.as_slice()) {
                (CashStep::CreateCash { draft }, [one]) => {
                    links.push(self.link_of(&one.number, draft)?);
                    IntentState::Done
                }
                // None: it is made again. Several: the next look finds them, and holds the payout.
                _ => IntentState::Superseded,
            };
            self.store.settle(Settle {
                intent: intent.id,
                state,
                outcome: serde_json::json!({ "found": found.len() }),
                links,
                record: None,
                activity: Vec::new(),
            })?;
        }
        Ok(())
    }

    async fn look_up_cash(
        &self,
        intent: &Intent,
        draft: &CashDraft,
    ) -> Result<Vec<CashTransaction>, Problem> {
        for look in 1..=LOOKUPS {
            let found = self.payouts.cash_by_reference(&draft.reference).await?;
            if !found.is_empty() || look == LOOKUPS {
                return Ok(found);
            }
            self.look_later(intent).await?;
        }
        Ok(Vec::new())
    }

    /// The paid transactions of the shop's orders since a moment that are in no payout, per gateway, with their age.
    pub async fn not_paid_out(&self, since: DateTime<Utc>) -> Result<Vec<NotPaidOut>, Problem> {
        let rows = self.payouts.balance_since(since).await?;
        let in_payout: BTreeSet<String> = rows
            .into_iter()
            .filter(|row| row.payout.is_some())
            .filter_map(|row| row.transaction)
            .collect();
        let mut orders: Vec<Order> = Vec::new();
        for record in self.store.mirrored_since(RecordKind::Order, since)? {
            if let Some(mirror) = self.store.mirror(&record)? {
                // An order that cannot be read, or is gone, is held, and told there.
                match self.payload_of(&mirror).await {
                    Ok(payload) => orders.extend(self.shop.read(&payload)),
                    Err(problem) if problem.code == Code::OrderGone => {}
                    Err(problem) => return Err(problem),
                }
            }
        }
        for order in &mut orders {
            order.transactions.retain(|transaction| {
                transaction.processed_at.unwrap_or(order.processed_at) >= since
            });
        }
        Ok(not_paid_out(&orders, &in_payout, self.clock.now()))
    }
}

fn standing(stored: &CashTransaction, payout: &Payout) -> Standing {
    match &stored.status {
        CashStatus::Released => Standing {
            state: RecordState::Booked,
            problem: None,
        },
        CashStatus::Balanced | CashStatus::Pending => Standing::of(
            RecordState::Waiting,
            Problem::new(Code::WaitingPayoutRelease)
                .with("payout", &payout.id)
                .with("document", &stored.number),
        ),
        CashStatus::Hold | CashStatus::Rejected | CashStatus::Other(_) => Standing::of(
            RecordState::Held,
            Problem::new(Code::ErpRefused).with(
                "reason",
                format!("{} is {}", stored.number, stored.status.as_str()),
            ),
        ),
    }
}

/// A cash transaction of an earlier run that was made from other amounts than those on the accounts now.
pub(super) fn made_otherwise(number: &str, made: &CashDraft, draft: &CashDraft) -> Option<Problem> {
    (made.total != draft.total).then(|| {
        Problem::new(Code::ReadBackDiffers)
            .with("document", number)
            .with("field", "total")
            .with("ours", draft.total.normalize())
            .with("theirs", made.total.normalize())
    })
}

/// What in a stored cash transaction is not what was sent. Nothing that differs is released.
fn wrong(stored: &CashTransaction, draft: &CashDraft) -> Option<Standing> {
    let (field, ours, theirs) = stored.differs_from(draft)?;
    Some(Standing::of(
        RecordState::Held,
        Problem::new(Code::ReadBackDiffers)
            .with("document", &stored.number)
            .with("field", field)
            .with("ours", ours)
            .with("theirs", theirs),
    ))
}

/// Under this id a cash transaction is linked: the payout's, and behind a slash the other currency.
pub(super) fn link_key(draft: &CashDraft) -> &str {
    draft
        .reference
        .strip_prefix("payout/")
        .unwrap_or(&draft.reference)
}

fn doubled(reference: &str, several: &[CashTransaction]) -> Standing {
    let numbers: Vec<_> = several.iter().map(|one| one.number.as_str()).collect();
    Standing::of(
        RecordState::Held,
        Problem::new(Code::DocumentDoubled)
            .with("count", several.len())
            .with("order", reference)
            .with("numbers", numbers.join(", ")),
    )
}
