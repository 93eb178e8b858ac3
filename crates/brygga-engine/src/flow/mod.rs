//! The flows that run after the orders, each with its own switch; one that fails does not stop the others.

mod open;
mod payouts;
mod preview;
mod products;
mod send;
mod shelf;
mod standing;
mod stock;
mod wanted;

use serde::{Deserialize, Serialize};

use brygga_core::policy::{Lane, Lanes};
use brygga_core::settings::ProductsRun;
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Level, RecordKind};

use crate::engine::Engine;
use crate::run::RunReport;

pub use standing::StockRow;

/// Kind of the links of payouts that were booked.
pub(crate) const PAYOUT: &str = payouts::PAYOUT;
/// Kinds of links in which the other end is the company's: what was read of its items, prices, stock and orders.
pub(crate) const OF_THE_COMPANY: &[&str] = &[
    shelf::ITEM,
    shelf::PRICE,
    shelf::STOCK,
    shelf::OTHER,
    shelf::PRODUCT,
    shelf::DECIDED,
    wanted::WANTED,
    wanted::UNMADE,
];
/// How far the company was read.
pub(crate) const READ_OF_THE_COMPANY: &[&str] = &[
    products::WHOLE,
    products::ITEMS,
    products::PRICES,
    stock::WHOLE,
    stock::CHANGES,
    open::OTHERS,
];

/// What a flow did in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowReport {
    /// Rows read of both sides, overlap included.
    pub read: usize,
    /// Records decided on.
    pub decided: usize,
    /// Records written.
    pub written: usize,
    /// Calls that wrote.
    pub calls: usize,
    /// Why it ended early, if it did.
    pub failure: Option<Problem>,
}

/// What the flows of one run share.
#[derive(Debug, Default)]
struct Round {
    /// The variants that changed, once they were read.
    variants: Option<std::collections::BTreeSet<String>>,
}

/// Does a flow of its own look after records of this kind, its open intents among them.
pub(crate) fn has_own_flow(kind: RecordKind) -> bool {
    matches!(
        kind,
        RecordKind::Product | RecordKind::Stock | RecordKind::Payout
    )
}

impl Engine {
    /// Runs the flows that are asked for and switched on. Only being stopped ends them all.
    pub(crate) async fn run_flows(
        &self,
        lanes: Lanes,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let settings = self.settings()?;
        let mut round = Round::default();
        if lanes.has(Lane::Customers) && settings.customers.takes_all() {
            let mut own = FlowReport::default();
            let result = Box::pin(self.customers(&mut own)).await;
            self.end_flow(report, "customers", own, result)?;
        }
        let products = match settings.products_run() {
            Some(ProductsRun::Whole) => true,
            Some(ProductsRun::ItemsForOrders) => self.has_items_to_make(&settings)?,
            None => false,
        };
        if lanes.has(Lane::Products) && products {
            let mut own = FlowReport::default();
            let result = Box::pin(self.products(&mut round, &mut own)).await;
            self.end_flow(report, "products", own, result)?;
        }
        if lanes.has(Lane::Stock) && settings.stock.on {
            let mut own = FlowReport::default();
            let result = Box::pin(self.stock(&mut round, &mut own)).await;
            self.end_flow(report, "stock", own, result)?;
        }
        if lanes.has(Lane::Payouts) && settings.payouts.on {
            let mut own = FlowReport::default();
            let result = Box::pin(self.payouts(&mut own)).await;
            self.end_flow(report, "payouts", own, result)?;
        }
        Ok(())
    }

    /// Notes how a flow ended.
    pub(crate) fn end_flow(
        &self,
        report: &mut RunReport,
        name: &str,
        mut own: FlowReport,
        result: Result<(), Problem>,
    ) -> Result<(), Problem> {
        own.failure = result.err();
        let now = self.clock.now();
        let told = match &own.failure {
            Some(problem) => Some(
                Activity::new(now, Level::Bad, "flow-failed")
                    .with("flow", name)
                    .with("code", problem.code),
            ),
            None if own.written > 0 => Some(
                Activity::new(now, Level::Info, "flow-finished")
                    .with("flow", name)
                    .with("written", own.written),
            ),
            None => None,
        };
        if let Some(told) = told {
            self.store.log(&[told])?;
        }
        let stopped = own
            .failure
            .as_ref()
            .filter(|problem| problem.code == Code::Stopped)
            .cloned();
        report.flows.insert(name.to_owned(), own);
        stopped.map_or(Ok(()), Err)
    }
}
