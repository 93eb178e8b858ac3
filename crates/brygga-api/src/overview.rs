//! The overview page.

use std::collections::BTreeMap;
use std::sync::Arc;

use brygga_core::Problem;
use brygga_core::policy::{Every, Lane};
use brygga_core::settings::{Settings, WhoShips};
use brygga_store::{RecordKind, RecordState, StateCounts};
use chrono::{DateTime, TimeDelta, Utc};

use crate::api::{Api, count, error, reason, stored, time, wrong_use};
use crate::contract::{
    ApiError, AwayRow, AwaySince, Counts, DayCount, FlowRow, Nothing, Overview, RunSummary,
};

const DAYS: i64 = 30;
/// How far back an ended run is looked for.
const RUNS: usize = 20;

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

impl Api {
    pub(crate) async fn overview(self: &Arc<Self>, _: Nothing) -> Result<Overview, ApiError> {
        let store = self.engine.store();
        let agenda = self.agenda().map_err(error)?;
        let settings = self.engine.settings().map_err(error)?;
        let schedule = self.schedule().map_err(error)?;
        let now = self.engine.clock().now();
        let mut flows = Vec::with_capacity(FLOWS.len());
        let visma_ships = settings.invoices.who_ships == WhoShips::Visma;
        // A flow of a choice that was not made would be a row of noughts.
        let shown = |flow: &Flow| flow.kind != RecordKind::Shipment || visma_ships;
        for flow in FLOWS.into_iter().filter(shown) {
            let lane = Lane::of_flow(flow.name).unwrap_or(Lane::Orders);
            let own = agenda.iter().find(|known| known.lane == lane);
            let state = own.and_then(|own| own.state.as_ref());
            flows.push(FlowRow {
                flow: flow.name.into(),
                from: flow.from.into(),
                to: flow.to.into(),
                counts: counted(&store.counts(flow.kind).map_err(stored)?),
                days: if flow.by_day {
                    self.days(flow.kind).await?
                } else {
                    Vec::new()
                },
                last_run: state.map(|state| time(state.ended)),
                failure: state.and_then(|state| state.failure.as_ref()).map(reason),
                on: is_on(&settings, flow.name),
                every: word(settings.schedule.lane(lane).every).into(),
                next_run: own
                    .and_then(|own| own.due)
                    .filter(|_| schedule.paused.is_none() && is_on(&settings, flow.name))
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
        let store = self.engine.store();
        let changed = store.changed_since(since).map_err(stored)?;
        let of = |flow: &Flow, state| changed.get(&(flow.kind, state)).copied();
        Ok(FLOWS
            .iter()
            .map(|flow| AwayRow {
                flow: flow.name.into(),
                booked: count(of(flow, RecordState::Booked).unwrap_or_default()),
                held: count(of(flow, RecordState::Held).unwrap_or_default()),
            })
            .filter(|row| row.booked + row.held > 0)
            .collect())
    }

    async fn days(&self, kind: RecordKind) -> Result<Vec<DayCount>, ApiError> {
        let zone = self.shop().await.map_err(error)?.time_zone();
        let now = self.engine.clock().now();
        let since = now - TimeDelta::days(DAYS);
        let date = |moment: DateTime<Utc>| moment.with_timezone(&zone).date_naive();
        let mut days: BTreeMap<_, u32> = (0..=DAYS)
            .map(|back| (date(now - TimeDelta::days(back)), 0))
            .collect();
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
        // Those before it may have been ended by a power cut.
        let runs = self.engine.store().runs(RUNS).map_err(stored)?;
        let Some(run) = runs.into_iter().find(|run| run.finished_at.is_some()) else {
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

/// Is a flow switched on, among those that run in its lane.
fn is_on(settings: &Settings, flow: &str) -> bool {
    match flow {
        "invoices" => settings.invoices.on,
        "credit_notes" => settings.refunds.on,
        "payments" => settings.payments.on,
        "products" => settings.products.on,
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
