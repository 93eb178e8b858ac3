//! The overview page.

use std::collections::BTreeMap;
use std::sync::Arc;

use brygga_core::Problem;
use brygga_core::policy::{Every, Lane};
use brygga_core::settings::{Settings, WhoShips};
use brygga_engine::lane_of_flow;
use brygga_store::{RecordKind, RecordState, StateCounts};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::api::{Api, count, error, reason, stored, time, wrong_use};
use crate::contract::{
    ApiError, AwayRow, AwaySince, Counts, DayCount, FlowRow, Nothing, Overview, RunSummary,
};
use crate::day::begins;

/// Days before today that are shown.
const DAYS: u16 = 30;

/// A flow as the overview shows it.
struct Flow {
    name: &'static str,
    kind: RecordKind,
    from: &'static str,
    to: &'static str,
    /// Do its records have dates of their own.
    by_day: bool,
}

const fn to_visma(name: &'static str, kind: RecordKind, by_day: bool) -> Flow {
    Flow {
        name,
        kind,
        from: "shopify",
        to: "visma",
        by_day,
    }
}

const fn to_shopify(name: &'static str, kind: RecordKind) -> Flow {
    Flow {
        name,
        kind,
        from: "visma",
        to: "shopify",
        by_day: false,
    }
}

/// In the order in which a merchant thinks of them.
const FLOWS: [Flow; 9] = [
    to_visma("orders", RecordKind::Order, true),
    to_visma("customers", RecordKind::Customer, false),
    to_visma("invoices", RecordKind::Invoice, true),
    to_visma("credit_notes", RecordKind::CreditNote, true),
    to_visma("payments", RecordKind::Payment, true),
    to_shopify("shipments", RecordKind::Shipment),
    to_visma("payouts", RecordKind::Payout, true),
    to_shopify("products", RecordKind::Product),
    to_shopify("stock", RecordKind::Stock),
];

/// How many records of a kind came to a state.
type Moved = BTreeMap<(RecordKind, RecordState), usize>;

fn of(moved: &Moved, flow: &Flow, state: RecordState) -> u32 {
    count(moved.get(&(flow.kind, state)).copied().unwrap_or_default())
}

impl Api {
    pub(crate) async fn overview(self: &Arc<Self>, _: Nothing) -> Result<Overview, ApiError> {
        let store = self.engine.store();
        let agenda = self.agenda().map_err(error)?;
        let settings = self.engine.settings().map_err(error)?;
        let schedule = self.schedule_of(&agenda).map_err(error)?;
        let now = self.engine.clock().now();
        let mut flows = Vec::with_capacity(FLOWS.len());
        let moved = self.moved_today(now).await.map_err(error)?;
        let visma_ships = settings.invoices.who_ships == WhoShips::Visma;
        // A flow of a choice that was not made would be a row of noughts.
        let shown = |flow: &Flow| flow.kind != RecordKind::Shipment || visma_ships;
        for flow in FLOWS.into_iter().filter(shown) {
            let lane = lane_of_flow(flow.name, &settings).unwrap_or(Lane::Orders);
            let own = agenda.iter().find(|known| known.lane == lane);
            let state = own.and_then(|own| own.state.as_ref());
            let on = is_on(&settings, flow.name);
            flows.push(FlowRow {
                flow: flow.name.into(),
                lane: lane.as_str().into(),
                from: flow.from.into(),
                to: flow.to.into(),
                counts: counted(&store.counts(flow.kind).map_err(stored)?),
                today: of(&moved, &flow, RecordState::Booked),
                days: if flow.by_day {
                    self.days(flow.kind).await?
                } else {
                    Vec::new()
                },
                lag: if on { self.lag(flow.kind, now)? } else { None },
                last_run: state.map(|state| time(state.ended)),
                well: state.and_then(|state| state.well).map(time),
                failure: state.and_then(|state| state.failure.as_ref()).map(reason),
                on,
                every: word(settings.schedule.lane(lane).every).into(),
                next_run: own
                    .and_then(|own| own.due)
                    .filter(|_| schedule.paused.is_none() && on)
                    .map(|due| time(due.max(now))),
            });
        }
        Ok(Overview {
            health: self.health(&agenda).map_err(error)?,
            flows,
            run: self.watch.run(),
            last_run: self.last_run()?,
            schedule,
        })
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn away(&self, request: AwaySince) -> Result<Vec<AwayRow>, ApiError> {
        let since: DateTime<Utc> = request
            .since
            .parse()
            .map_err(|_| wrong_use(&format!("no moment {}", request.since)))?;
        let changed = self.engine.store().changed_since(since).map_err(stored)?;
        Ok(FLOWS
            .iter()
            .map(|flow| AwayRow {
                flow: flow.name.into(),
                booked: of(&changed, flow, RecordState::Booked),
                held: of(&changed, flow, RecordState::Held),
            })
            .filter(|row| row.booked + row.held > 0)
            .collect())
    }

    /// For how long the oldest work on records of `kind` has been left undone, in seconds.
    fn lag(&self, kind: RecordKind, now: DateTime<Utc>) -> Result<Option<u32>, ApiError> {
        let store = self.engine.store();
        let since = store.undone_since(kind, now).map_err(stored)?;
        // A clock that was put back makes nothing late.
        Ok(since.map(|since| u32::try_from((now - since).num_seconds()).unwrap_or_default()))
    }

    /// What came to where it is since the shop's midnight.
    async fn moved_today(&self, now: DateTime<Utc>) -> Result<Moved, Problem> {
        let zone = self.shop().await?.time_zone();
        let today = now.with_timezone(&zone).date_naive();
        let midnight = begins(&today.to_string(), 0, zone)?;
        Ok(self.engine.store().changed_since(midnight)?)
    }

    async fn days(&self, kind: RecordKind) -> Result<Vec<DayCount>, ApiError> {
        let zone = self.shop().await.map_err(error)?.time_zone();
        let now = self.engine.clock().now();
        let mut days: BTreeMap<_, u32> = last_days(now, zone).map(|day| (day, 0)).collect();
        // Wide enough for the longest day at either end; what is of no day shown is not counted.
        let since = now - TimeDelta::days(i64::from(DAYS) + 2);
        let date = |moment: DateTime<Utc>| moment.with_timezone(&zone).date_naive();
        for moment in self
            .engine
            .store()
            .happened(kind, RecordState::Booked, since)
            .map_err(stored)?
        {
            if let Some(day) = days.get_mut(&date(moment)) {
                *day += 1;
            }
        }
        Ok(days
            .into_iter()
            .map(|(date, count)| DayCount {
                date: date.to_string(),
                count,
            })
            .collect())
    }

    fn last_run(&self) -> Result<Option<RunSummary>, ApiError> {
        let Some(run) = self.engine.store().last_ended_run().map_err(stored)? else {
            return Ok(None);
        };
        let (Some(ended), Some(summary)) = (run.finished_at, run.summary) else {
            return Ok(None);
        };
        let report: brygga_engine::RunReport =
            serde_json::from_value(summary).map_err(|fault| {
                error(Problem::new(brygga_core::Code::StoreFault).with("detail", fault))
            })?;
        Ok(Some(RunSummary {
            run: run.id.to_string(),
            started: time(run.started_at),
            ended: time(ended),
            read: count(report.read),
            written: count(report.written),
            failure: report.failure.as_ref().map(reason),
        }))
    }
}

/// Today and the days before it, by the shop's calendar: a day there may have 23 hours or 25.
fn last_days(now: DateTime<Utc>, zone: Tz) -> impl Iterator<Item = NaiveDate> {
    let today = now.with_timezone(&zone).date_naive();
    std::iter::successors(Some(today), NaiveDate::pred_opt).take(usize::from(DAYS) + 1)
}

/// Is a flow switched on, among those that run in its lane.
fn is_on(settings: &Settings, flow: &str) -> bool {
    match flow {
        "invoices" => settings.invoices.on,
        "credit_notes" => settings.refunds.on,
        "payments" => settings.payments.on,
        "products" => settings.products_run().is_some(),
        "stock" => settings.stock.on,
        "payouts" => settings.payouts.on,
        _ => true,
    }
}

fn word(every: Every) -> &'static str {
    match every {
        Every::Continuous => "continuous",
        Every::Quarter => "quarter",
        Every::Hour => "hour",
        Every::Day => "day",
        Every::ByHand => "by_hand",
    }
}

fn counted(counts: &StateCounts) -> Counts {
    Counts {
        new: count(counts.new + counts.planned),
        booked: count(counts.booked),
        waiting: count(counts.waiting),
        skipped: count(counts.skipped),
        held: count(counts.held),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Oslo;

    use super::*;

    fn days_at(now: &str) -> Vec<String> {
        let now: DateTime<Utc> = now.parse().expect("a moment");
        last_days(now, Oslo).map(|day| day.to_string()).collect()
    }

    /// Half an hour after midnight on the day after the change, 24 hours back is the day before it: it has 23 hours.
    #[test]
    fn no_day_is_lost_to_summer_time() {
        let days = days_at("2026-03-29T22:30:00Z");
        assert_eq!(days[..3], ["2026-03-30", "2026-03-29", "2026-03-28"]);
        assert_eq!((days.len(), days[30].as_str()), (31, "2026-02-28"));
        // Four weeks later it is within the days all the same.
        let days = days_at("2026-04-26T22:30:00Z");
        assert!(days.contains(&"2026-03-29".to_owned()), "{days:?}");
        assert_eq!((days.len(), days[30].as_str()), (31, "2026-03-28"));
    }

    /// Half an hour before midnight, 24 hours back is the same day: it has 25.
    #[test]
    fn no_day_is_there_twice() {
        let days = days_at("2026-10-25T22:30:00Z");
        assert_eq!(days[..3], ["2026-10-25", "2026-10-24", "2026-10-23"]);
        let days = days_at("2026-11-20T22:30:00Z");
        assert_eq!((days.len(), days[30].as_str()), (31, "2026-10-21"));
    }
}
