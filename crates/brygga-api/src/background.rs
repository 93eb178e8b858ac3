//! Running by itself: what is due starts, one run at a time, until the program ends. The command line and the desktop share it.
//!
//! When something is due is decided by [`brygga_core::policy::next_due`]; here is only the waiting. It looks at the wall clock at least
//! every [`LOOK`], for a sleeping computer's timers sleep with it.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brygga_core::policy::{Every, Lane, Lanes, Last, Rhythm, Trouble, next_due};
use brygga_core::{Code, Problem};
use brygga_engine::{LaneState, RunOptions, RunReport};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::api::{Api, count, reason, time};
use crate::contract::{RunProgress, RunSummary, ScheduleView};

/// The longest time without a look at the clock.
pub(crate) const LOOK: Duration = Duration::from_secs(30);
/// A wait that took so much longer than it should was slept through.
const SLEPT: TimeDelta = TimeDelta::minutes(2);

/// What running by itself keeps in memory.
#[derive(Debug, Default)]
pub(crate) struct Background {
    wake: Notify,
    closing: AtomicBool,
    /// The computer woke up: what failed for want of a network is tried at once.
    woke: AtomicBool,
    /// How lanes ended of which the database does not know. They are not begun again at once.
    unnoted: Mutex<BTreeMap<Lane, Unnoted>>,
}

/// How a lane ended of which the database does not know: its run was stopped, or broke off and could not be noted.
#[derive(Debug, Clone)]
struct Unnoted {
    ended: DateTime<Utc>,
    /// How it stands with its failures; none for a run that was stopped.
    failed: Option<LaneState>,
}

impl Unnoted {
    /// As the schedule counts it.
    fn last(&self) -> Last {
        Last {
            ended: self.ended,
            failed: self.failed.as_ref().and_then(|state| state.last().failed),
        }
    }

    /// How the lane stands with it: a full disk also keeps the failure from being written down, and it must be seen all the same.
    fn state(&self, noted: Option<LaneState>) -> Option<LaneState> {
        let is_told = |state: &&LaneState| {
            let failure = state.failure.as_ref();
            failure.is_some_and(|problem| is_failure(problem.code))
        };
        match self.failed.as_ref().filter(is_told) {
            Some(state) => Some(LaneState {
                well: noted.and_then(|noted| noted.well),
                ..state.clone()
            }),
            None => noted,
        }
    }
}

/// When a lane runs next by itself.
fn due(
    rhythm: &Rhythm,
    last: Option<Last>,
    now: DateTime<Utc>,
    woke: bool,
) -> Option<DateTime<Utc>> {
    let passing = last
        .and_then(|last| last.failed)
        .is_some_and(|(_, trouble)| trouble == Trouble::Passing);
    if woke && passing && rhythm.every != Every::ByHand {
        return Some(now);
    }
    next_due(rhythm, last, now)
}

/// Where another run is under way nothing was tried, and nothing failed.
fn is_failure(code: Code) -> bool {
    code != Code::StoreInUse
}

/// How a lane stands, and when it is due.
#[derive(Debug, Clone)]
pub struct LaneAgenda {
    /// Which.
    pub lane: Lane,
    /// Is it switched on.
    pub on: bool,
    /// How it went last time.
    pub state: Option<LaneState>,
    /// When it runs next by itself; none where it is off or only run by hand.
    pub due: Option<DateTime<Utc>>,
}

/// What came of one look at what is due.
#[derive(Debug)]
pub enum Step {
    /// A run ended.
    Ran(RunReport),
    /// Nothing is due for so long.
    Waits(Duration),
}

/// Carries `work` through. One that panics is a failure like any other: whoever waits for its end must hear of it.
pub(crate) async fn unbroken<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|fault| {
        tracing::error!(%fault, "a run broke off");
        Err(Problem::new(Code::Internal).with("detail", fault))
    })
}

impl Api {
    /// Starts a run. `Err` with the one under way.
    pub fn start(
        self: &Arc<Self>,
        options: RunOptions,
    ) -> Result<(String, JoinHandle<RunReport>), RunProgress> {
        let run = options.run.unwrap_or_else(|| self.engine.ids().next_id());
        self.watch.try_start(&run.to_string())?;
        let api = Arc::clone(self);
        let handle = tokio::spawn(async move {
            let options = RunOptions {
                run: Some(run),
                look_first: true,
                ..options
            };
            api.carried_through(run.to_string(), options).await
        });
        Ok((run.to_string(), handle))
    }

    async fn carried_through(&self, run: String, options: RunOptions) -> RunReport {
        let started = self.engine.clock().now();
        let engine = Arc::clone(&self.engine);
        let result = unbroken(async move { engine.sync(options).await }).await;
        let broke_off = result.is_err();
        let report = result.unwrap_or_else(|problem| RunReport {
            failure: Some(problem),
            ..RunReport::default()
        });
        let ended = self.engine.clock().now();
        self.note_ended(options.lanes, &report, broke_off, ended);
        if report.failure.is_none()
            && let Err(problem) = self.remember_shop().await
        {
            tracing::debug!(%problem, "what the shop says of itself could not be remembered");
        }
        self.watch.run_ended(RunSummary {
            run,
            started: time(started),
            ended: time(ended),
            read: count(report.read),
            written: count(report.written),
            failure: report.failure.as_ref().map(reason),
        });
        self.background.wake.notify_one();
        report
    }

    /// What a run that came to its end noted itself is in the database. One that broke off did not: without a note it would be due at
    /// once, and break off again, without end.
    fn note_ended(&self, lanes: Lanes, report: &RunReport, broke_off: bool, now: DateTime<Utc>) {
        let failure = report.failure.as_ref();
        let code = failure.map(|problem| problem.code);
        let is_noted = if broke_off {
            code.is_some_and(is_failure)
                && self
                    .engine
                    .note_lanes(lanes, report)
                    .inspect_err(|problem| tracing::warn!(%problem, "a run that broke off could not be noted"))
                    .is_ok()
        } else {
            code != Some(Code::Stopped)
        };
        let mut unnoted = self.unnoted();
        for lane in lanes.iter() {
            if is_noted {
                unnoted.remove(&lane);
                continue;
            }
            let before = unnoted.get(&lane).and_then(|own| own.failed.as_ref());
            let failed = failure
                .filter(|problem| problem.code != Code::Stopped)
                .map(|problem| LaneState::after(before, Some(problem), now));
            unnoted.insert(lane, Unnoted { ended: now, failed });
        }
    }

    /// Every lane, with when it is due.
    pub fn agenda(&self) -> Result<Vec<LaneAgenda>, Problem> {
        let settings = self.engine.settings()?;
        let on = self.engine.lanes_on(&settings);
        let zone = self.known_zone()?;
        let now = self.engine.clock().now();
        let woke = self.background.woke.load(Ordering::SeqCst);
        let mut agenda = Vec::with_capacity(Lane::ALL.len());
        for lane in Lane::ALL {
            let noted = self.engine.lane(lane)?;
            let unnoted = self.unnoted().get(&lane).cloned();
            let last = match &unnoted {
                Some(own) => Some(own.last()),
                None => noted.as_ref().map(LaneState::last),
            };
            let is_on = on.has(lane);
            let due = if is_on {
                due(&settings.schedule.rhythm(lane, zone), last, now, woke)
            } else {
                None
            };
            let state = match unnoted {
                Some(own) => own.state(noted),
                None => noted,
            };
            agenda.push(LaneAgenda {
                lane,
                on: is_on,
                state,
                due,
            });
        }
        Ok(agenda)
    }

    /// What starts by itself, and when.
    pub fn schedule(&self) -> Result<ScheduleView, Problem> {
        self.schedule_of(&self.agenda()?)
    }

    /// The same for whoever has the agenda in hand.
    pub(crate) fn schedule_of(&self, agenda: &[LaneAgenda]) -> Result<ScheduleView, Problem> {
        let paused = self.engine.paused()?;
        let now = self.engine.clock().now();
        let next = agenda
            .iter()
            .filter_map(|lane| lane.due)
            .min()
            .filter(|_| paused.is_none());
        Ok(ScheduleView {
            paused: paused.map(time),
            next_run: next.map(|next| time(next.max(now))),
        })
    }

    /// Pauses, or goes on; kept over a new start.
    pub fn set_paused(&self, paused: bool) -> Result<(), Problem> {
        if paused {
            self.engine.pause()?;
        } else {
            self.engine.resume()?;
            // Whoever says so wants to see it go.
            self.unnoted().clear();
        }
        self.watch.schedule_changed(self.schedule()?);
        self.background.wake.notify_one();
        Ok(())
    }

    /// One look at the clock: runs what is due, or says for how long nothing is.
    pub async fn step(self: &Arc<Self>) -> Step {
        match self.due_now() {
            Ok((lanes, wait)) if lanes.is_empty() => {
                if let Err(problem) = self.prove_if_due() {
                    tracing::warn!(%problem, "it could not be seen if a proof is due");
                }
                Step::Waits(wait)
            }
            Ok((lanes, _)) => {
                let options = RunOptions {
                    lanes,
                    ..RunOptions::default()
                };
                match self.start(options) {
                    Ok((_, run)) => Step::Ran(run.await.unwrap_or_else(|fault| RunReport {
                        failure: Some(Problem::new(Code::Internal).with("detail", fault)),
                        ..RunReport::default()
                    })),
                    Err(_) => Step::Waits(LOOK),
                }
            }
            Err(problem) => {
                tracing::warn!(%problem, "it could not be seen what is due");
                Step::Waits(LOOK)
            }
        }
    }

    fn due_now(&self) -> Result<(Lanes, Duration), Problem> {
        let nothing = (Lanes::default(), LOOK);
        if self.watch.run().is_some() || self.is_closing() || self.engine.paused()?.is_some() {
            return Ok(nothing);
        }
        let agenda = self.agenda()?;
        self.background.woke.store(false, Ordering::SeqCst);
        let now = self.engine.clock().now();
        let lanes: Lanes = agenda
            .iter()
            .filter(|lane| lane.due.is_some_and(|due| due <= now))
            .map(|lane| lane.lane)
            .collect();
        let next = agenda.iter().filter_map(|lane| lane.due).min();
        let wait = next
            .and_then(|next| (next - now).to_std().ok())
            .map_or(LOOK, |wait| wait.min(LOOK));
        Ok((lanes, wait))
    }

    /// Runs whatever is due, until [`Api::close`]; tells of each run that ended.
    pub async fn keep_in_step(self: Arc<Self>, mut told: impl FnMut(RunReport) + Send) {
        while !self.is_closing() {
            self.round(&mut told).await;
        }
    }

    /// One run, or one wait.
    pub(crate) async fn round(self: &Arc<Self>, told: &mut (dyn FnMut(RunReport) + Send)) {
        let wait = match self.step().await {
            Step::Waits(wait) => wait,
            Step::Ran(report) => {
                told(report);
                return;
            }
        };
        let clock = Arc::clone(self.engine.clock());
        let before = clock.now();
        tokio::select! {
            () = clock.sleep(wait) => {
                let slept = clock.now() - before - TimeDelta::from_std(wait).unwrap_or_default();
                if slept > SLEPT {
                    self.background.woke.store(true, Ordering::SeqCst);
                }
            }
            () = self.background.wake.notified() => {}
        }
    }

    /// Looks again at once: settings were changed.
    pub(crate) fn look_again(&self) {
        self.background.wake.notify_one();
    }

    /// Ends the run under way after the record in hand, and begins no other; waits for it, but no longer than `patience`. Did it end? What
    /// is in the journal goes on at the next start either way.
    pub async fn close(&self, patience: Duration) -> bool {
        self.end();
        let mut events = self.watch.subscribe();
        let ended = async {
            while self.watch.run().is_some() {
                // Whatever comes, or is missed: the question is asked again.
                let _ = events.recv().await;
            }
        };
        tokio::time::timeout(patience, ended).await.is_ok()
    }

    /// Begins no other run, and tells the one under way to end; waits for nothing.
    pub(crate) fn end(&self) {
        self.background.closing.store(true, Ordering::SeqCst);
        self.engine.close();
        self.engine.stop_proof();
        self.background.wake.notify_one();
    }

    /// Takes [`Api::end`] back.
    pub(crate) fn go_on(&self) {
        self.engine.go_on();
        self.background.closing.store(false, Ordering::SeqCst);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.background.closing.load(Ordering::SeqCst)
    }

    fn unnoted(&self) -> std::sync::MutexGuard<'_, BTreeMap<Lane, Unnoted>> {
        self.background
            .unnoted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The shop's zone as it was last; before anything was read UTC.
    pub(crate) fn known_zone(&self) -> Result<Tz, Problem> {
        Ok(self
            .known_shop()?
            .and_then(|shop| shop.zone.parse().ok())
            .unwrap_or(Tz::UTC))
    }
}
