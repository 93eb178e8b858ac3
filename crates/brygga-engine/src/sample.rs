//! Before the first sync: all orders looked at without sending anything, and one order planned, and sent if that is wanted.

use std::sync::Arc;

use brygga_core::booking::{self, BookedState, Decision, FirstLook};
use brygga_core::settings::Settings;
use brygga_core::shop::Order;
use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};

use crate::booked;
use crate::decide::{Probe, describe};
use crate::engine::{Engine, Setup};
use crate::ports::{Phase, Signal};
use crate::run::RunReport;

/// So many orders are taken from the list at a time. All of them are looked at: the last one may be the one that lacks something.
const AT_A_TIME: usize = 500;

/// How the orders stand after a look at them, whenever each was looked at last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Survey {
    /// Orders that were read.
    pub read: usize,
    /// Orders that could be booked now, as far as the order alone tells.
    pub ready: usize,
    /// Orders that need something first.
    pub held: usize,
}

/// What one order would become.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The order.
    pub order: Order,
    /// What is known of it in Visma.net.
    pub booked: Option<BookedState>,
    /// What would be done.
    pub decision: Decision,
}

impl Engine {
    /// Reads the orders from the start date on. Nothing is decided and nothing is sent.
    pub async fn read_for_setup(&self) -> Result<usize, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        let read = self.read_orders(None).await?.read;
        self.check_stop()?;
        Ok(read)
    }

    /// Decides on every order as far as it can be done from what was read, so that what is missing is known. Nothing is sent.
    ///
    /// With `proposed`, under these settings instead of the merchant's: what is held then is held whatever he makes of the proposal, and
    /// is decided again by the next run.
    pub async fn survey(&self, proposed: Option<Settings>) -> Result<Survey, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        let mut setup = self.setup().await?;
        if let Some(proposed) = proposed {
            setup.settings = Arc::new(proposed);
            setup.settings_rev -= 1;
        }
        let now = self.clock.now();
        let mut last = String::new();
        let mut done = 0;
        loop {
            // After the last one, not anew from the beginning: what could be booked stays due.
            let due = self
                .store
                .due_after(RecordKind::Order, now, &last, AT_A_TIME)?;
            let Some(end) = due.last() else { break };
            last.clone_from(&end.id);
            for record in &due {
                self.check_stop()?;
                self.look_at(record, &setup).await?;
                done += 1;
                if done % 50 == 0 {
                    self.events
                        .signal(Signal::Progress(Phase::Reading, done, None));
                }
            }
        }
        self.events.signal(Signal::Changed);
        // Not what was due just now: a held order that was looked at before stays held, and is counted.
        let counts = self.store.counts(RecordKind::Order)?;
        Ok(Survey {
            read: counts.total(),
            ready: counts.new + counts.planned,
            held: counts.held,
        })
    }

    /// One order, as far as it can be decided from what was read.
    async fn look_at(&self, record: &RecordRef, setup: &Setup) -> Result<(), Problem> {
        let Some(mirror) = self.store.mirror(record)? else {
            return Ok(());
        };
        let mut row = self
            .store
            .record(record)?
            .unwrap_or_else(|| RecordRow::new(record.clone(), &mirror.name, self.clock.now()));
        row.name.clone_from(&mirror.name);
        let read = match self.payload_of(&mirror).await {
            Ok(payload) => self.shop.read(&payload),
            Err(problem) if problem.code == Code::OrderGone => Err(problem),
            Err(problem) => return Err(problem),
        };
        let decision = match read {
            Err(problem) => Decision::Held(problem.with("order", &mirror.name)),
            Ok(order) => {
                let known = booked::recall(&self.store, &order.id.0)?;
                describe(&mut row, &order, known.as_ref(), setup);
                if self.store.is_erased(record)? {
                    row.party = None;
                }
                match self.first(&order, known.as_ref(), setup)? {
                    FirstLook::Decided(decision) => decision,
                    // The rest is decided when it is sent: then Visma.net is asked.
                    look @ (FirstLook::New(_) | FirstLook::Changed(_)) => {
                        if matches!(look, FirstLook::New(_)) {
                            // What held it, or left it out, is mended.
                            row.state = RecordState::New;
                            row.problem = None;
                        }
                        self.store.put_record(&row)?;
                        return Ok(());
                    }
                }
            }
        };
        row.decided_digest = Some(mirror.digest.clone());
        row.settings_rev = setup.settings_rev;
        row.due_at = None;
        self.conclude(row, decision, None)?;
        Ok(())
    }

    /// What one order would become now: both sides are asked, nothing is sent.
    pub async fn sample(&self, record: &RecordRef) -> Result<Sample, Problem> {
        let setup = self.setup().await?;
        let mirror = self
            .store
            .mirror(record)?
            .ok_or_else(|| Problem::new(Code::OrderGone).with("order", &record.id))?;
        let order = self.shop.read(&self.payload_of(&mirror).await?)?;
        let known = booked::recall(&self.store, &order.id.0)?;
        let decision = match self.first(&order, known.as_ref(), &setup)? {
            FirstLook::Decided(decision) => decision,
            FirstLook::New(document) => self.look_new(&order, *document, &setup).await?.decision,
            FirstLook::Changed(change) => match (&known, self.store.record(record)?) {
                (Some(state), Some(row)) if state.number.is_some() => {
                    self.look_changed(&row, &order, *change, state, false)
                        .await?
                        .decision
                }
                _ => Decision::UpToDate,
            },
        };
        Ok(Sample {
            order,
            booked: known,
            decision,
        })
    }

    /// Sends one order, and reads it back: exactly as a sync would. What others booked is looked for first, if it never was.
    pub async fn send_one(&self, record: &RecordRef) -> Result<(), Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        let _books = self.books_alone().await;
        let run = self.ids.next_id();
        self.store.start_run(run, "sample")?;
        let mut report = RunReport::default();
        let result = async {
            self.resolve_open().await?;
            self.look_for_others_once().await?;
            let setup = self.setup().await?;
            self.sent_alone(record, &setup, Probe::GoFirst, &mut report)
                .await
        }
        .await;
        report.failure = result.as_ref().err().cloned();
        let summary = serde_json::to_value(&report).map_err(booked::internal)?;
        self.store.finish_run(run, &summary)?;
        self.events.signal(Signal::Changed);
        result
    }

    /// What the settings lead to for an order that is not booked: for the documents that follow the first.
    pub fn side_of(&self, order: &Order) -> Result<brygga_core::shop::Side, Problem> {
        Ok(booking::document::side(order, &*self.settings()?))
    }
}
