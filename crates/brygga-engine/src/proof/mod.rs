//! Proof: every booked document read back, against a fresh read of the shop (`booking-rules` 11).

mod changed;
mod life;
mod report;
mod side;
mod strangers;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};

use brygga_core::Problem;
use brygga_core::booking::{Explained, is_changeable};
use brygga_core::erp::OrderStatus;
use brygga_core::proof::{Difference, Entry, by_day, compare};
use brygga_core::shop::OrderId;
use brygga_store::{Link, RecordRef, RecordState};
use chrono::TimeDelta;

use crate::booked::{self, ORDER};
use crate::engine::{Engine, Setup};
use crate::ports::{Phase, Signal};
use crate::run::stops_the_run;

pub use report::{Period, ProofReport};

use changed::Scope;

/// What the proof of one order came to.
#[derive(Debug, Default)]
struct Proven {
    differences: Vec<Difference>,
    explained: Vec<Explained>,
    /// Events of the shop.
    shop: Vec<Entry>,
    /// Documents of the ledger.
    ledger: Vec<Entry>,
    /// On another day, for a named reason.
    dated: Vec<Difference>,
    /// The app does not see the order any more: its name.
    beyond: Option<String>,
    /// The order's name.
    name: Option<String>,
}

const SIDE_BY_SIDE: usize = 4;
/// So many orders are read while nothing else may be written; then whoever waits to write goes first.
const AT_ONCE: usize = 16;
/// Orders in a row that cannot be read: then it is not the orders.
const TOO_MANY: usize = 8;
/// Without `read_all_orders` an app sees orders this far back (`facts/shopify` 2.2).
const HORIZON: TimeDelta = TimeDelta::days(60);

impl Engine {
    /// Proves all linked orders. Reads both sides; writes nothing.
    pub async fn prove(&self) -> Result<ProofReport, Problem> {
        self.prove_of(Period::default()).await
    }

    /// Proves the orders of which something happened in `period`. Syncs go on between a few orders and the next; an order that cannot be
    /// read is a difference of its own.
    ///
    /// `Err` with what would stop a run, too, and with `stopped` after [`Engine::stop_proof`].
    pub async fn prove_of(&self, period: Period) -> Result<ProofReport, Problem> {
        self.prove_within(Scope::of(period)).await
    }

    async fn prove_within(&self, scope: Scope) -> Result<ProofReport, Problem> {
        let period = scope.period;
        let mut report = ProofReport {
            period,
            every_document: period.from.is_none() || scope.every_document,
            ..ProofReport::default()
        };
        let (setup, links) = {
            let _still = self.books_at_rest().await;
            let setup = self.setup().await?;
            let links = self.store.links(ORDER)?;
            self.look_for_strangers(&links, &mut report).await?;
            self.check_proof_stop()?;
            self.look_for_unread(&setup, &mut report).await?;
            (setup, links)
        };
        let all = links.len();
        let links = self.links_of(links, &scope, &setup)?;
        let total = links.len();
        report.whole = total == all;
        let (mut shop_side, mut ledger_side) = (Vec::new(), Vec::new());
        let (mut done, mut failed) = (0, 0);
        for some in links.chunks(AT_ONCE) {
            self.check_proof_stop()?;
            let _still = self.books_at_rest().await;
            let setup = &setup;
            let mut work: Vec<BoxFuture<'_, _>> = Vec::with_capacity(some.len());
            for link in some {
                work.push(Box::pin(async move {
                    (link, self.prove_linked(link, setup).await)
                }));
            }
            let mut results = stream::iter(work).buffer_unordered(SIDE_BY_SIDE);
            while let Some((link, result)) = results.next().await {
                done += 1;
                report.looked.insert(link.shop_id.clone());
                match result {
                    Ok(Looked::Proven(proven)) => {
                        failed = 0;
                        shop_side.extend(proven.shop.iter().cloned());
                        ledger_side.extend(proven.ledger.iter().cloned());
                        report.take(*proven);
                    }
                    Ok(Looked::Undecided(name)) => report.undecided.push(name),
                    // Everything else would meet it, too.
                    Err(problem) if stops_the_run(problem.code) || failed >= TOO_MANY => {
                        return Err(problem);
                    }
                    Err(problem) => {
                        failed += 1;
                        report.differences.push(self.not_read(link, &problem)?);
                    }
                }
                self.events
                    .signal(Signal::Progress(Phase::Proving, done, Some(total)));
            }
        }
        self.check_proof_stop()?;
        report.days = by_day(&shop_side, &ledger_side);
        report.days.retain(|row| period.has(row.date));
        let _still = self.books_at_rest().await;
        match self.stock_standing(&setup).await {
            Ok(rows) => report.stock = rows,
            Err(problem) => report.stock_unread = Some(problem),
        }
        report.undecided.sort();
        report.beyond.sort();
        report
            .dated
            .sort_by(|a, b| (&a.order, &a.document).cmp(&(&b.order, &b.document)));
        report
            .differences
            .sort_by(|a, b| (&a.order, &a.what).cmp(&(&b.order, &b.what)));
        Ok(report)
    }

    /// Those of which something happened in the period, and those that are named beside it.
    fn links_of(
        &self,
        links: Vec<Link>,
        scope: &Scope,
        setup: &Setup,
    ) -> Result<Vec<Link>, Problem> {
        let period = scope.period;
        if period == Period::default() {
            return Ok(links);
        }
        let mut some = Vec::new();
        for link in links {
            if scope.also.contains(&link.shop_id) {
                some.push(link);
                continue;
            }
            let order = self.store.record(&RecordRef::order(&link.shop_id))?;
            let parts = self.store.parts_of(&link.shop_id)?;
            let is_of = order.iter().chain(&parts).any(|row| {
                row.happened_at.is_some_and(|at| {
                    period.has(at.with_timezone(&setup.shop.time_zone).date_naive())
                })
            });
            if is_of {
                some.push(link);
            }
        }
        Ok(some)
    }

    /// An order that is held after it was booked (edited into something that no rule covers, say) is a named difference of its own: it
    /// stands among the held ones with its reason, until somebody decides.
    async fn prove_linked(&self, link: &Link, setup: &Setup) -> Result<Looked, Problem> {
        match self.store.record(&RecordRef::order(&link.shop_id))? {
            Some(row) if row.state != RecordState::Booked => Ok(Looked::Undecided(row.name)),
            _ => Ok(Looked::Proven(Box::new(self.prove_one(link, setup).await?))),
        }
    }

    fn not_read(&self, link: &Link, problem: &Problem) -> Result<Difference, Problem> {
        let row = self.store.record(&RecordRef::order(&link.shop_id))?;
        Ok(Difference {
            order: row.map_or_else(|| link.shop_id.clone(), |row| row.name),
            document: Some(link.erp_id.replace('/', " ")),
            what: "not-read".to_owned(),
            shopify: String::new(),
            visma: problem.code.to_string(),
        })
    }

    /// The app may not see an order of this age: nothing can be said of it.
    fn is_beyond(&self, link: &Link, setup: &Setup) -> Result<Option<String>, Problem> {
        if setup
            .shop
            .scopes
            .iter()
            .any(|scope| scope == "read_all_orders")
        {
            return Ok(None);
        }
        let row = self.store.record(&RecordRef::order(&link.shop_id))?;
        let horizon = self.clock.now() - HORIZON;
        Ok(row
            .filter(|row| row.happened_at.is_some_and(|at| at < horizon))
            .map(|row| row.name))
    }

    async fn prove_one(&self, link: &Link, setup: &Setup) -> Result<Proven, Problem> {
        let missing = |what: &str, shopify: &str, visma: &str| {
            let difference = Difference {
                order: link.shop_id.clone(),
                document: Some(link.erp_id.replace('/', " ")),
                what: what.to_owned(),
                shopify: shopify.to_owned(),
                visma: visma.to_owned(),
            };
            Ok(Proven {
                differences: vec![difference],
                ..Proven::default()
            })
        };
        let Some(state) = booked::recall(&self.store, &link.shop_id)? else {
            return missing("stale-link", &link.shop_id, &link.erp_id);
        };
        let Some(raw) = self.shop.order(&OrderId(link.shop_id.clone())).await? else {
            if let Some(name) = self.is_beyond(link, setup)? {
                return Ok(Proven {
                    beyond: Some(name),
                    ..Proven::default()
                });
            }
            return missing("document-without-order", "gone", &state.shown());
        };
        let order = self.shop.read(&raw.json)?;
        let mut proven = self.prove_life(&order, &state, setup).await?;
        proven.name = Some(order.name.clone());
        let Some(number) = &state.number else {
            return Ok(proven);
        };
        let Some(document) = self.erp.order(number).await? else {
            return missing("missing", &order.name, "gone");
        };
        // As long as nothing is sent, the sales order says what the order says; after that its invoices and credit notes do.
        if document.status == OrderStatus::Cancelled || is_changeable(&document) {
            let of_order = compare(
                &order,
                &document,
                state.document.side,
                &setup.shop,
                &setup.settings,
                &setup.catalogue,
            );
            proven.differences.extend(of_order.differences);
            proven.explained.extend(of_order.explained);
        }
        Ok(proven)
    }
}

/// What became of one link.
enum Looked {
    Proven(Box<Proven>),
    /// Held or waiting now; the order's name.
    Undecided(String),
}
