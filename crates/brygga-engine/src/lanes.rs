//! How each lane went last time, kept for the schedule and for the screens; and being paused.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use brygga_core::policy::{Lane, Lanes, Last, Trouble};
use brygga_core::settings::Settings;
use brygga_core::{Code, Problem};

use crate::booked::internal;
use crate::engine::Engine;
use crate::run::RunReport;

/// While this is remembered, nothing starts by itself.
const PAUSED: &str = "paused";

/// How a lane went last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneState {
    /// When its last run ended.
    pub ended: DateTime<Utc>,
    /// When its last run that went well ended.
    pub well: Option<DateTime<Utc>>,
    /// Failures in a row up to now.
    pub failures: u32,
    /// Why the last run did not end well.
    pub failure: Option<Problem>,
}

impl LaneState {
    /// As the schedule counts it.
    pub fn last(&self) -> Last {
        Last {
            ended: self.ended,
            failed: self
                .failure
                .as_ref()
                .map(|problem| (self.failures, Trouble::of(problem.code))),
        }
    }
}

fn place(lane: Lane) -> String {
    format!("lane.{}", lane.as_str())
}

fn is_on(settings: &Settings, lane: Lane) -> bool {
    match lane {
        Lane::Orders => true,
        Lane::Products => settings.products.on,
        Lane::Stock => settings.stock.on,
        Lane::Payouts => settings.payouts.on,
    }
}

impl Engine {
    /// The lanes that are switched on.
    pub fn lanes_on(&self, settings: &Settings) -> Lanes {
        Lane::ALL
            .into_iter()
            .filter(|lane| is_on(settings, *lane))
            .collect()
    }

    /// How a lane went last time; `None` if it never ran to an end.
    pub fn lane(&self, lane: Lane) -> Result<Option<LaneState>, Problem> {
        // What another version of the program remembers in another form is only worth a run.
        Ok(self
            .store
            .remembered(&place(lane))?
            .and_then(|value| serde_json::from_value(value).ok()))
    }

    /// Since when nothing starts by itself; `None` if it does.
    pub fn paused(&self) -> Result<Option<DateTime<Utc>>, Problem> {
        Ok(match self.store.remembered(PAUSED)? {
            None => None,
            Some(Value::String(text)) => Some(text.parse().unwrap_or_else(|_| self.clock.now())),
            Some(_) => Some(self.clock.now()),
        })
    }

    /// Nothing starts by itself until [`Engine::resume`], also after a new start of the program.
    pub fn pause(&self) -> Result<(), Problem> {
        if self.paused()?.is_none() {
            let now = self.clock.now().to_rfc3339();
            self.store.remember(PAUSED, &Value::String(now))?;
        }
        Ok(())
    }

    /// Runs start by themselves again.
    pub fn resume(&self) -> Result<(), Problem> {
        Ok(self.store.forget(PAUSED)?)
    }

    /// Notes how the lanes of a run went. One that was stopped keeps what was known of it: it did not fail, and it is not done.
    ///
    /// [`Engine::sync`] does so itself; this is for a run that broke off before it could.
    pub fn note_lanes(&self, lanes: Lanes, report: &RunReport) -> Result<(), Problem> {
        let now = self.clock.now();
        // Settings that cannot be read are why the run failed; that is noted all the same.
        let on = self
            .settings()
            .map_or(Lanes::all(), |settings| self.lanes_on(&settings));
        for lane in lanes.iter().filter(|lane| on.has(*lane)) {
            let failure = match report.flows.get(lane.as_str()) {
                Some(own) => own.failure.as_ref(),
                // The orders, or a flow that the run did not come to.
                None => report.failure.as_ref(),
            };
            if failure.is_some_and(|problem| problem.code == Code::Stopped) {
                continue;
            }
            let before = self.lane(lane)?;
            let state = LaneState {
                ended: now,
                well: match failure {
                    None => Some(now),
                    Some(_) => before.as_ref().and_then(|state| state.well),
                },
                failures: match failure {
                    None => 0,
                    Some(_) => before.map_or(0, |state| state.failures).saturating_add(1),
                },
                failure: failure.cloned(),
            };
            let value = serde_json::to_value(&state).map_err(internal)?;
            self.store.remember(&place(lane), &value)?;
        }
        Ok(())
    }
}
