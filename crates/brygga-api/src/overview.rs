//! The overview page.

use std::collections::BTreeMap;
use std::sync::Arc;

use brygga_core::Problem;
use brygga_core::settings::WhoShips;
use brygga_store::{RecordKind, RecordState, StateCounts};
use chrono::{TimeDelta, Utc};

use crate::api::{Api, count, error, reason, stored, time};
use crate::contract::{ApiError, Counts, DayCount, FlowRow, Health, Nothing, Overview, RunSummary};

const DAYS: i64 = 30;

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
        let orders = store.counts(RecordKind::Order).map_err(stored)?;
        let mut held = 0;
        for kind in RecordKind::ALL {
            held += store.counts(*kind).map_err(stored)?.held;
        }
        let last_run = self.last_run()?;
        let run = self.watch.run();
        let ended = last_run.as_ref().map(|run| run.ended.clone());
        let failure = last_run
            .as_ref()
            .and_then(|run| run.failure.clone())
            .filter(|_| run.is_none());
        let health = match failure {
            Some(reason) if reason.code != "stopped" => Health::Stopped { reason },
            _ if held > 0 => Health::NeedsYou { held: count(held) },
            _ => match store.cursor("orders").map_err(stored)? {
                Some(up_to) => Health::AllWell {
                    booked: count(orders.booked),
                    up_to: time(up_to),
                },
                None => Health::NothingYet,
            },
        };
        let mut flows = Vec::with_capacity(FLOWS.len());
        let settings = self.engine.settings().map_err(error)?;
        let visma_ships = settings.invoices.who_ships == WhoShips::Visma;
        // A flow of a choice that was not made would be a row of noughts.
        let shown = |flow: &Flow| flow.kind != RecordKind::Shipment || visma_ships;
        for flow in FLOWS.into_iter().filter(shown) {
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
                last_run: ended.clone(),
            });
        }
        Ok(Overview {
            health,
            flows,
            run,
            last_run,
        })
    }

    async fn days(&self, kind: RecordKind) -> Result<Vec<DayCount>, ApiError> {
        let zone = self.engine.shop_info().await.map_err(error)?.time_zone;
        let now = self.engine.clock().now();
        let since = now - TimeDelta::days(DAYS);
        let date = |moment: chrono::DateTime<Utc>| moment.with_timezone(&zone).date_naive();
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
        let runs = self.engine.store().runs(2).map_err(stored)?;
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

fn counted(counts: &StateCounts) -> Counts {
    Counts {
        new: count(counts.new + counts.planned),
        booked: count(counts.booked),
        waiting: count(counts.waiting),
        skipped: count(counts.skipped),
        held: count(counts.held),
    }
}
