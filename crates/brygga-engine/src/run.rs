//! A run: read what changed, settle what is open, decide and send until nothing is due any more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use brygga_core::policy::{Lane, Lanes};
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Level, RecordKind, RecordRef, RecordRow, RecordState};

use crate::decide::{Decided, Probe};
use crate::engine::{Engine, Setup};
use crate::exchanges::subject;
use crate::ports::{Phase, Signal};
use crate::runner::Ended;

/// How many records are worked on at a time. The clients' own budgets bound the calls.
const SIDE_BY_SIDE: usize = 4;
/// How many records one look at the list of due ones takes.
const BATCH: usize = 200;
/// How often a run looks for due records again before it leaves the rest to the next run.
const PASSES: usize = 50;
/// So many records in a row without an answer from a remote end the run.
pub(crate) const SILENCES: usize = 5;

/// What a run shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOptions {
    /// Read again from this moment, whatever the cursor says.
    pub since: Option<DateTime<Utc>>,
    /// What runs.
    pub lanes: Lanes,
    /// Id of the run, where somebody already told it; else a new one.
    pub run: Option<uuid::Uuid>,
    /// Look for what others booked before the first order is ever sent. Every host asks for it: a person need not have come
    /// by the page that does.
    pub look_first: bool,
}

impl Default for RunOptions {
    /// Everything, from where it stands.
    fn default() -> Self {
        Self {
            since: None,
            lanes: Lanes::all(),
            run: None,
            look_first: false,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Orders read, overlap included.
    pub read: usize,
    /// Orders decided on.
    pub decided: usize,
    /// Effects sent.
    pub written: usize,
    /// What the flows after the orders did, by their names.
    #[serde(default)]
    pub flows: std::collections::BTreeMap<String, crate::flow::FlowReport>,
    /// Why it ended early, if it did.
    pub failure: Option<Problem>,
}

/// How a run of these lanes is called in the list of runs, where `on` are switched on.
fn what(lanes: Lanes, on: Lanes) -> String {
    if on.iter().all(|lane| lanes.has(lane)) {
        return "sync".into();
    }
    let names: Vec<_> = lanes.iter().map(Lane::as_str).collect();
    names.join("+")
}

/// Must the run end for this, since every other record would meet it too.
pub(crate) fn stops_the_run(code: Code) -> bool {
    matches!(
        code,
        Code::ShopDomain
            | Code::ShopNotFound
            | Code::ShopCredentials
            | Code::ShopToken
            | Code::ShopAppMissing
            | Code::ShopOrganization
            | Code::ShopScopes
            | Code::ShopAccess
            | Code::ShopUnavailable
            | Code::ShopVersion
            | Code::ShopQuery
            | Code::ShopSearchWarning
            | Code::ErpCredentials
            | Code::ErpApproval
            | Code::ErpTenant
            | Code::ErpTenantCustomer
            | Code::ErpScope
            | Code::ErpForbidden
            | Code::ErpLicence
            | Code::ErpSignedOut
            | Code::SignInApplication
            | Code::SignInForbidden
            | Code::SignInRole
            | Code::SignInScope
            | Code::RemoteUnreachable
            | Code::RemoteBusy
            | Code::StoreNewer
            | Code::StoreReadOnly
            | Code::StoreFull
            | Code::StoreBusy
            | Code::StoreInUse
            | Code::StoreDamaged
            | Code::StoreKey
            | Code::StoreFault
            | Code::SettingsUnreadable
            | Code::Stopped
            | Code::Internal
    )
}

impl Engine {
    /// Runs once, to the end or to the first thing that stops everything. What was stored until then stays.
    ///
    /// `Err` with [`Code::StoreInUse`] if another run is under way.
    pub async fn sync(&self, options: RunOptions) -> Result<RunReport, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::StoreInUse.into());
        };
        let _books = self.books_alone().await;
        let run = options.run.unwrap_or_else(|| self.ids.next_id());
        // Settings that cannot be read are why the run fails; it is called something all the same.
        let on = self
            .settings()
            .map_or(Lanes::all(), |settings| self.lanes_on(&settings));
        self.store.start_run(run, &what(options.lanes, on))?;
        let mut report = RunReport::default();
        let mut result = if options.lanes.has(Lane::Orders) {
            Box::pin(self.run_through(options, &mut report)).await
        } else {
            Ok(())
        };
        if result.is_ok() {
            result = Box::pin(self.run_flows(options.lanes, &mut report)).await;
        }
        report.failure = result.err();
        let now = self.clock.now();
        self.note_lanes(options.lanes, &report)?;
        // A run that found nothing to do leaves no line behind: background sync runs every minute.
        let told = match &report.failure {
            Some(problem) => {
                Some(Activity::new(now, Level::Bad, "run-failed").with("code", problem.code))
            }
            None if report.decided > 0 => Some(
                Activity::new(now, Level::Info, "run-finished")
                    .with("read", report.read)
                    .with("written", report.written),
            ),
            None => None,
        };
        if let Some(mut told) = told {
            if let Some(problem) = &report.failure {
                for (name, value) in &problem.params {
                    told = told.with(name, value);
                }
            }
            self.store.log(&[told.in_run(run)])?;
        }
        let summary = serde_json::to_value(&report).map_err(crate::booked::internal)?;
        self.store.finish_run(run, &summary)?;
        self.tidy_up();
        self.events.signal(Signal::Changed);
        Ok(report)
    }

    async fn run_through(
        &self,
        options: RunOptions,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        // First what an earlier run left open: it may be what this run would otherwise do again.
        self.resolve_open().await?;
        report.read = self.read_orders(options.since).await?.read;
        self.read_ledger_news().await?;
        self.read_shipment_news().await?;
        if options.look_first {
            self.look_for_others_once().await?;
        }
        let mut probed = BTreeSet::new();
        let mut tried: std::collections::BTreeMap<RecordRef, usize> =
            std::collections::BTreeMap::new();
        let mut lived = std::collections::BTreeMap::new();
        for _ in 0..PASSES {
            self.check_stop()?;
            let due = self.due(&mut tried)?;
            if due.is_empty() {
                if self.resolve_open().await? == 0 {
                    if let Some(record) = self.next_probe(&mut probed)? {
                        let setup = self.setup().await?;
                        Box::pin(self.worked_on(&record, &setup, Probe::GoFirst, report)).await?;
                        // What waited for it may go now.
                        tried.clear();
                    } else {
                        let mut own = RunReport::default();
                        let looked_at = Box::pin(self.live_parts(&mut lived, &mut own)).await;
                        report.decided += own.decided;
                        report.written += own.written;
                        if looked_at? == 0 {
                            return Box::pin(self.follow_customers(report)).await;
                        }
                    }
                }
                continue;
            }
            let setup = self.setup().await?;
            self.pass(&due, &setup, report).await?;
            self.resolve_open().await?;
        }
        Ok(())
    }

    /// The records that are due, those left out that this run has tried often enough.
    fn due(
        &self,
        tried: &mut std::collections::BTreeMap<RecordRef, usize>,
    ) -> Result<Vec<RecordRef>, Problem> {
        // A waiting record that stays waiting is not asked about again in the same run; one in conflict is, a few times.
        const TRIES: usize = 4;
        let all = self
            .store
            .due(RecordKind::Order, self.clock.now(), BATCH + tried.len())?;
        let due: Vec<_> = all
            .into_iter()
            .filter(|record| {
                let count = tried.entry(record.clone()).or_insert(0);
                *count += 1;
                *count <= TRIES
            })
            .take(BATCH)
            .collect();
        Ok(due)
    }

    pub(crate) async fn pass(
        &self,
        due: &[RecordRef],
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let total = due.len();
        let mut silences = 0;
        let mut work: Vec<BoxFuture<'_, (Result<Silent, Problem>, RunReport)>> =
            Vec::with_capacity(total);
        for record in due {
            work.push(Box::pin(async move {
                let mut own = RunReport::default();
                let result = Box::pin(self.worked_on(record, setup, Probe::Wait, &mut own)).await;
                (result, own)
            }));
        }
        let mut results = stream::iter(work).buffer_unordered(SIDE_BY_SIDE);
        let mut done = 0;
        let mut failure = None;
        while let Some((result, own)) = results.next().await {
            done += 1;
            report.decided += own.decided;
            report.written += own.written;
            self.events
                .signal(Signal::Progress(Phase::Sending, done, Some(total)));
            match result {
                Ok(Silent::No) => silences = 0,
                Ok(Silent::Yes) => silences += 1,
                Err(problem) => failure = failure.or(Some(problem)),
            }
            if silences >= SILENCES {
                failure = failure.or_else(|| {
                    Some(Problem::new(Code::RemoteTimeout).with("remote", "Visma.net"))
                });
            }
            if failure.is_some() {
                break;
            }
            if let Err(stopped) = self.check_stop() {
                failure = Some(stopped);
                break;
            }
        }
        // Those under way are brought to their end: an effect that was sent is settled, not dropped.
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
        failure.map_or(Ok(()), Err)
    }

    /// One record alone, as a run would work on it.
    pub(crate) async fn sent_alone(
        &self,
        record: &RecordRef,
        setup: &Setup,
        probe: Probe,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        Box::pin(self.worked_on(record, setup, probe, report))
            .await
            .map(drop)
    }

    /// One record, with its exchanges kept for its story.
    async fn worked_on(
        &self,
        record: &RecordRef,
        setup: &Setup,
        probe: Probe,
        report: &mut RunReport,
    ) -> Result<Silent, Problem> {
        // What concerns the customer alone never keeps an order from its books.
        let is_new = self.is_without_customer(record, setup).await;
        let is_new = is_new.unwrap_or(false);
        let result = brygga_http::about(
            subject(record),
            Box::pin(self.one(record, setup, probe, report)),
        )
        .await;
        if let Err(problem) = self.mark_customer(record, setup, is_new).await {
            tracing::warn!(%record, code = %problem.code, "the customer of an order was not looked at");
        }
        self.exchanges.keep(record, &self.store)?;
        self.keep_erased(record)?;
        result
    }

    /// One record from due to settled. A failure of this record alone makes it wait; the run goes on.
    async fn one(
        &self,
        record: &RecordRef,
        setup: &Setup,
        probe: Probe,
        report: &mut RunReport,
    ) -> Result<Silent, Problem> {
        if self.is_draining() {
            return Ok(Silent::No);
        }
        report.decided += 1;
        let decided = match self.decide(record, setup, probe).await {
            Ok(decided) => decided,
            Err(problem) if stops_the_run(problem.code) => return Err(problem),
            Err(problem) => {
                let row = self.store.record(record)?.unwrap_or_else(|| {
                    RecordRow::new(record.clone(), &record.id, self.clock.now())
                });
                return self.failed(row, problem);
            }
        };
        let ended = match decided {
            Decided::Settled => return Ok(Silent::No),
            Decided::Verify(state) => {
                let Some(row) = self.store.record(record)? else {
                    return Ok(Silent::No);
                };
                self.verify(row, &state).await?
            }
            Decided::Planned(planned) => {
                report.written += planned.intents.len();
                self.carry_out(*planned).await?
            }
        };
        Ok(match ended {
            Ended::Proven | Ended::Held | Ended::Again => Silent::No,
            Ended::Later => Silent::Yes,
        })
    }

    fn failed(&self, row: RecordRow, problem: Problem) -> Result<Silent, Problem> {
        match problem.code.class() {
            brygga_core::code::Class::Held => {
                let problem = problem.with("order", &row.name);
                self.settle_as(row, RecordState::Held, Some(problem))?;
                Ok(Silent::No)
            }
            brygga_core::code::Class::Waiting
            | brygga_core::code::Class::Skipped
            | brygga_core::code::Class::Failure => {
                self.wait_for_remote(row, &problem)?;
                Ok(Silent::Yes)
            }
        }
    }

    /// The oldest order that waits for a confirmed document although none can come: it goes first, alone.
    fn next_probe(&self, probed: &mut BTreeSet<String>) -> Result<Option<RecordRef>, Problem> {
        // One document that came back different is enough: a person looks at it before another goes first.
        if self
            .store
            .is_held_with(RecordKind::Order, Code::ReadBackDiffers)?
        {
            return Ok(None);
        }
        let (rows, _) = self.store.search_records(
            RecordKind::Order,
            None,
            Some(RecordState::Waiting),
            0,
            500,
        )?;
        let waiting = rows
            .into_iter()
            .filter(|row| {
                row.problem
                    .as_ref()
                    .is_some_and(|problem| problem.code == Code::VatModeUnconfirmed)
            })
            .filter(|row| !probed.contains(&row.record.id))
            .min_by(|a, b| (a.happened_at, &a.record.id).cmp(&(b.happened_at, &b.record.id)));
        if let Some(row) = &waiting {
            probed.insert(row.record.id.clone());
        }
        Ok(waiting.map(|row| row.record))
    }
}

/// Did the remote leave the record without an answer.
enum Silent {
    No,
    Yes,
}
