//! How each lane went last time, kept for the schedule and for the screens; and being paused.

use chrono::{DateTime, TimeDelta, Utc};
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

/// Between two tries that are further apart nobody tried: the computer slept, the program was not there, it was paused. Longer than every wait
/// after a failure.
const NOBODY_TRIED: TimeDelta = TimeDelta::minutes(90);

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
    /// When the first of the failures in a row ended; none where the last run went well.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
    /// For how many seconds it has been tried since then, without success: the hours in which nobody tried are not among them.
    #[serde(default)]
    pub tried_for: i64,
}

impl LaneState {
    /// How it stands after a run that ended `now`.
    pub fn after(before: Option<&Self>, failure: Option<&Problem>, now: DateTime<Utc>) -> Self {
        let Some(problem) = failure else {
            return Self {
                ended: now,
                well: Some(now),
                failures: 0,
                failure: None,
                since: None,
                tried_for: 0,
            };
        };
        let failing = before.filter(|before| before.failure.is_some());
        let gap = failing.map_or(TimeDelta::zero(), |before| now - before.ended);
        // A clock that was put back has tried nothing, either.
        let tried = if gap < TimeDelta::zero() || gap > NOBODY_TRIED {
            0
        } else {
            gap.num_seconds()
        };
        Self {
            ended: now,
            well: before.and_then(|before| before.well),
            failures: failing
                .map_or(0, |before| before.failures)
                .saturating_add(1),
            failure: Some(problem.clone()),
            since: failing
                .and_then(|before| before.since)
                .filter(|since| *since <= now)
                .or(Some(now)),
            tried_for: failing
                .map_or(0, |before| before.tried_for)
                .saturating_add(tried),
        }
    }

    /// For how long it has been tried in vain.
    pub fn in_vain(&self) -> TimeDelta {
        TimeDelta::seconds(self.tried_for)
    }

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
        Lane::Customers => settings.customers.takes_all(),
        Lane::Products => settings.products_run().is_some(),
        Lane::Stock => settings.stock.on,
        Lane::Payouts => settings.payouts.on,
    }
}

/// The lane in which a flow runs under these settings: customers come with their orders, unless all profiles become customers. `None`
/// for a word that is no flow.
pub fn lane_of_flow(flow: &str, settings: &Settings) -> Option<Lane> {
    match Lane::of_flow(flow)? {
        Lane::Customers if !is_on(settings, Lane::Customers) => Some(Lane::Orders),
        lane => Some(lane),
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
            let state = LaneState::after(self.lane(lane)?.as_ref(), failure, now);
            let value = serde_json::to_value(&state).map_err(internal)?;
            self.store.remember(&place(lane), &value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn failing(moments: &[i64]) -> LaneState {
        let problem = Problem::from(Code::RemoteTimeout);
        let mut state = LaneState::after(None, None, at(0));
        for minute in moments {
            state = LaneState::after(Some(&state), Some(&problem), at(*minute));
        }
        state
    }

    #[test]
    fn trouble_lasts_from_its_first_failure_and_not_from_the_last_success() {
        let state = failing(&[700, 701, 703, 707]);
        assert_eq!((state.failures, state.well), (4, Some(at(0))));
        assert_eq!(state.since, Some(at(700)));
        assert_eq!(state.in_vain(), TimeDelta::minutes(7));
        let well = LaneState::after(Some(&state), None, at(708));
        assert_eq!((well.since, well.tried_for, well.failures), (None, 0, 0));
    }

    #[test]
    fn a_night_in_which_nobody_tried_is_not_a_night_of_trouble() {
        let state = failing(&[10, 11, 13, 17, 17 + 600, 17 + 605]);
        assert_eq!(state.since, Some(at(10)));
        assert_eq!(state.in_vain(), TimeDelta::minutes(12));
    }

    #[test]
    fn a_clock_that_was_put_back_makes_no_long_trouble() {
        let state = failing(&[2_000, 2_001, 20, 25]);
        assert_eq!((state.since, state.failures), (Some(at(20)), 4));
        assert_eq!(state.in_vain(), TimeDelta::minutes(6));
    }
}
