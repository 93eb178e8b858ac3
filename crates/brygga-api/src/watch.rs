//! From the engine's signals to the UI's events.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use brygga_engine::ports::{Events, Phase, Signal};
use brygga_store::Store;
use tokio::sync::broadcast;

use crate::api::activity_row;
use crate::contract::{Event, Nothing, ProofProgress, RunProgress, RunSummary, ScheduleView};

/// Watches an engine for the hosts. Made before the engine, told of its store after.
#[derive(Debug)]
pub struct Watch {
    events: broadcast::Sender<Event>,
    store: OnceLock<Arc<Store>>,
    told: AtomicI64,
    run: Mutex<Option<RunProgress>>,
    proof: Mutex<Option<ProofProgress>>,
}

impl Watch {
    /// A watch with nobody listening yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            events: broadcast::channel(256).0,
            store: OnceLock::new(),
            told: AtomicI64::new(0),
            run: Mutex::new(None),
            proof: Mutex::new(None),
        })
    }

    pub(crate) fn of(&self, store: &Arc<Store>) {
        self.told
            .store(store.last_activity().unwrap_or(0), Ordering::SeqCst);
        // A second engine on one watch would be a mistake of the host; the first stays.
        let _ = self.store.set(Arc::clone(store));
    }

    /// Everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    pub(crate) fn run(&self) -> Option<RunProgress> {
        self.lock().clone()
    }

    /// Takes the place of the one run at a time; `Err` with the one that has it.
    pub(crate) fn try_start(&self, run: &str) -> Result<(), RunProgress> {
        let mut under_way = self.lock();
        if let Some(under_way) = under_way.as_ref() {
            return Err(under_way.clone());
        }
        let progress = RunProgress {
            run: run.to_owned(),
            phase: "reading".into(),
            done: 0,
            total: None,
        };
        *under_way = Some(progress.clone());
        drop(under_way);
        // Also those that did not start it see it run.
        self.tell(Event::Progress(progress));
        Ok(())
    }

    pub(crate) fn schedule_changed(&self, schedule: ScheduleView) {
        self.tell(Event::Schedule(schedule));
    }

    pub(crate) fn run_ended(&self, summary: RunSummary) {
        *self.lock() = None;
        self.tell_activity();
        self.tell(Event::Finished(summary));
    }

    /// What took the run's place and was no run is over: a preview, a search, a check of a connection.
    pub(crate) fn place_left(&self) {
        *self.lock() = None;
        self.tell_activity();
        self.preview_changed();
    }

    pub(crate) fn preview_changed(&self) {
        self.tell(Event::Preview(Nothing {}));
    }

    pub(crate) fn proof(&self) -> Option<ProofProgress> {
        *self.proving()
    }

    /// Takes the place of the one proof at a time; `false` while another is under way.
    pub(crate) fn proof_started(&self) -> bool {
        let mut proof = self.proving();
        if proof.is_some() {
            return false;
        }
        let progress = ProofProgress {
            running: true,
            ..ProofProgress::default()
        };
        *proof = Some(progress);
        drop(proof);
        self.tell(Event::Proof(progress));
        true
    }

    pub(crate) fn proof_ended(&self) {
        *self.proving() = None;
        self.tell(Event::Proof(ProofProgress::default()));
    }

    /// The settings are others now: counts and lists may be, too.
    pub(crate) fn settings_changed(&self) {
        self.tell(Event::RecordsChanged(Nothing {}));
    }

    fn proving(&self) -> std::sync::MutexGuard<'_, Option<ProofProgress>> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    fn tell_activity(&self) {
        let Some(store) = self.store.get() else {
            return;
        };
        let after = self.told.load(Ordering::SeqCst);
        let Ok(rows) = store.activity_after(after) else {
            return;
        };
        if let Some(newest) = rows.iter().map(|row| row.id).max()
            && self.told.fetch_max(newest, Ordering::SeqCst) < newest
        {
            self.tell(Event::Activity(
                rows.into_iter().rev().map(activity_row).collect(),
            ));
        }
        self.tell(Event::RecordsChanged(Nothing {}));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<RunProgress>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events for Watch {
    fn signal(&self, signal: Signal) {
        match signal {
            Signal::Changed => self.tell_activity(),
            Signal::Progress(phase, done, total) => {
                let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                if phase == Phase::Proving
                    && let Some(proof) = self.proving().as_mut()
                {
                    proof.done = count(done);
                    proof.total = total.map(count);
                    let progress = *proof;
                    self.tell(Event::Proof(progress));
                    return;
                }
                let phase = match phase {
                    Phase::Reading => "reading",
                    Phase::Resolving => "resolving",
                    Phase::Sending => "sending",
                    Phase::Previewing => "previewing",
                    Phase::Proving => "proving",
                };
                let progress = {
                    let mut run = self.lock();
                    let Some(run) = run.as_mut() else { return };
                    phase.clone_into(&mut run.phase);
                    run.done = count(done);
                    run.total = total.map(count);
                    run.clone()
                };
                self.tell(Event::Progress(progress));
            }
        }
    }
}
