//! The demo: a month of the practice shop, day by day, until quiet; then the proof; then once more with nothing to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brygga_core::clock::JumpClock;
use brygga_core::{Clock, Code, Problem};
use brygga_engine::RunOptions;
use brygga_http::HttpConfig;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{PairConfig, PairCounters, PairError, ShopSource, seeded_start};
use brygga_sandbox::visma::VatRounding;
use brygga_store::{RecordKind, RecordState};
use chrono::TimeDelta;

use crate::report::{
    CustomerCounts, DemoReport, HeldRecord, OrderCounts, ProofCounts, Requests, SecondSync,
    ShopifyRequests, VismaRequests,
};
use crate::setup::{Practice, PracticeOptions};

/// What the demo shall show.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Orders of the seeded month.
    pub orders: u32,
    /// Days of it.
    pub days: u32,
    /// Seed.
    pub seed: u64,
    /// A folder of recorded orders in place of the seeded shop.
    pub shop_data: Option<PathBuf>,
    /// Fault profile: `none`, `rough`, `storm`.
    pub faults: String,
    /// How the practice company computes VAT.
    pub vat_rounding: VatRounding,
}

/// Why the demo could not run.
#[derive(Debug)]
pub enum DemoError {
    /// The pair did not start.
    Pair(PairError),
    /// The product could not go on.
    Problem(Problem),
    /// The options are wrong.
    Options(String),
}

impl From<PairError> for DemoError {
    fn from(error: PairError) -> Self {
        Self::Pair(error)
    }
}

impl From<Problem> for DemoError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<brygga_store::StoreError> for DemoError {
    fn from(error: brygga_store::StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl std::fmt::Display for DemoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pair(error) => error.fmt(f),
            Self::Problem(problem) => problem.fmt(f),
            Self::Options(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for DemoError {}

/// Past index lag, overlap and every short wait.
const QUIET: Duration = Duration::from_mins(20);
/// How often a day is synced before it counts as not getting quiet.
const TRIES: usize = 12;

/// Runs the demo. `progress` is told of each day.
pub async fn demo(
    options: DemoOptions,
    mut progress: impl FnMut(&str),
) -> Result<DemoReport, DemoError> {
    let began = Instant::now();
    let start = seeded_start();
    let clock = Arc::new(JumpClock::at(start));
    let shop = match &options.shop_data {
        Some(dir) => ShopSource::Recorded(dir.clone()),
        None => ShopSource::Seeded {
            orders: options.orders,
            seed: options.seed,
            start,
        },
    };
    let unknown_profile = || {
        DemoError::Options(format!(
            "There is no fault profile {}. There are none, rough and storm.",
            options.faults
        ))
    };
    Faults::profile(&options.faults, options.seed).ok_or_else(unknown_profile)?;
    let faulty = options.faults != "none";
    let pair = PairConfig {
        vat_rounding: options.vat_rounding,
        ..PairConfig::new(shop, Arc::clone(&clock) as Arc<dyn Clock>)
    };
    // An answer that never comes must not hold the demo up for real minutes.
    let http = HttpConfig {
        total_timeout: if faulty {
            Duration::from_millis(700)
        } else {
            Duration::from_mins(1)
        },
        ..HttpConfig::default()
    };
    let practice = Practice::start(PracticeOptions {
        pair,
        seed: options.seed,
        http,
    })
    .await?;
    // Connecting and setting up met no faults: what is shown is the sync.
    practice.pair.faults().begin(&options.faults, options.seed);

    let recorded = options.shop_data.is_some();
    if recorded {
        // Recorded orders are older than the practice month; they are all there at once.
        if let Some(last) = practice.pair.shop_data().last_change() {
            clock.set(last.max(start) + TimeDelta::hours(1));
        }
        until_quiet(&practice, &clock).await?;
        progress("recorded orders");
    } else {
        for day in 1..=options.days {
            clock.set(start + TimeDelta::days(i64::from(day)));
            until_quiet(&practice, &clock).await?;
            progress(&format!("day {day} of {}", options.days));
        }
        if let Some(last) = practice.pair.shop_data().last_change()
            && options.days >= 31
            && last >= clock.now()
        {
            clock.set(last + TimeDelta::hours(1));
            until_quiet(&practice, &clock).await?;
        }
    }
    practice.pair.faults().clear();
    if let Some(problem) = until_quiet(&practice, &clock).await? {
        return Err(problem.into());
    }

    let proof = practice.engine.prove().await?;
    clock.advance(QUIET);
    let before = practice.pair.counters();
    let second = practice.engine.sync(RunOptions::default()).await?;
    if let Some(problem) = second.failure {
        return Err(problem.into());
    }
    let writes = writes(&practice.pair.counters()) - writes(&before);
    let counters = practice.pair.counters();
    let mut report = figures(&practice, &counters, began)?;
    report.proof = ProofCounts {
        checked: proof.checked,
        differences: proof.differences.len(),
        explained: proof.explained_count(),
        explained_by_class: proof.explained,
        undecided: proof.undecided.len(),
        orders: proof.checked,
        days: proof.days,
        dated: proof.dated,
        stock: proof.stock,
        found: proof.differences,
    };
    report.second_sync = SecondSync { writes };
    report
        .shop_data
        .clone_from(&practice.pair.shop_data().report);
    practice.pair.shutdown().await;
    Ok(report)
}

/// Syncs until a run decides nothing new, with the clock past lag and overlap in between. With faults about, a day may end
/// without getting quiet, for the reason given; the next goes on.
async fn until_quiet(practice: &Practice, clock: &JumpClock) -> Result<Option<Problem>, DemoError> {
    let mut last = None;
    for _ in 0..TRIES {
        let report = practice.engine.sync(RunOptions::default()).await?;
        match report.failure {
            None if report.decided == 0 => return Ok(None),
            None => last = None,
            Some(problem) if goes_on(problem.code) => last = Some(problem),
            Some(problem) => return Err(problem.into()),
        }
        clock.advance(QUIET);
    }
    Ok(last)
}

/// How many orders the shop has by now.
fn served(practice: &Practice) -> usize {
    let now = practice.engine.clock().now();
    let orders = &practice.pair.shop_data().orders;
    orders.iter().filter(|life| life.at(now).is_some()).count()
}

fn goes_on(code: Code) -> bool {
    matches!(
        code,
        Code::RemoteUnreachable
            | Code::RemoteTimeout
            | Code::RemoteBroken
            | Code::RemoteNotJson
            | Code::RemoteBusy
            | Code::RemoteEmpty
            | Code::RemoteConflict
            | Code::RemoteUnexpected
            | Code::ShopToken
            | Code::ErpCredentials
            | Code::ErpTenantCustomer
    )
}

fn writes(counters: &PairCounters) -> u64 {
    counters.shopify.writes + counters.visma.writes
}

fn figures(
    practice: &Practice,
    counters: &PairCounters,
    began: Instant,
) -> Result<DemoReport, DemoError> {
    let store = practice.engine.store();
    let orders = store.counts(RecordKind::Order)?;
    let mut held = Vec::new();
    for kind in [
        RecordKind::Order,
        RecordKind::Invoice,
        RecordKind::CreditNote,
        RecordKind::Payment,
        RecordKind::Shipment,
        RecordKind::Payout,
        RecordKind::Product,
        RecordKind::Stock,
    ] {
        let (rows, _) = store.search_records(kind, None, Some(RecordState::Held), 0, 100_000)?;
        let mut of_kind: Vec<_> = rows
            .into_iter()
            .filter_map(|row| {
                let problem = row.problem?;
                Some(HeldRecord {
                    kind: kind.as_str(),
                    order: row.name,
                    code: problem.code.to_string(),
                    message: problem.message(),
                })
            })
            .collect();
        of_kind.sort_by(|a, b| (&a.code, &a.order).cmp(&(&b.code, &b.order)));
        held.append(&mut of_kind);
    }
    let (held, held_others) = held
        .into_iter()
        .partition(|row: &HeldRecord| row.kind == RecordKind::Order.as_str());
    let links = store.links(brygga_engine::booked::CUSTOMER)?;
    let created = links
        .iter()
        .filter(|link| link.detail["by"] == "created")
        .count();
    let customers = store.counts(RecordKind::Customer)?;
    Ok(DemoReport {
        orders: OrderCounts {
            // By what the shop serves, not by what we took in: an order that was lost would be missing here.
            seen: served(practice),
            booked: orders.booked,
            waiting: orders.waiting,
            skipped: orders.skipped,
            held: orders.held,
        },
        held,
        held_others,
        customers: CustomerCounts {
            created,
            linked: links.len() - created,
            held: customers.held,
        },
        invoices: store.counts(RecordKind::Invoice)?.into(),
        credit_notes: store.counts(RecordKind::CreditNote)?.into(),
        payments: store.counts(RecordKind::Payment)?.into(),
        products: store.counts(RecordKind::Product)?.into(),
        stock: store.counts(RecordKind::Stock)?.into(),
        payouts: store.counts(RecordKind::Payout)?.into(),
        proof: ProofCounts::default(),
        requests: Requests {
            shopify: ShopifyRequests {
                calls: counters.shopify.calls,
                points: counters.shopify.points,
            },
            visma: VismaRequests {
                calls: counters.visma.calls,
                writes: counters.visma.writes,
            },
        },
        second_sync: SecondSync::default(),
        shop_data: None,
        elapsed_s: began.elapsed().as_secs_f64(),
    })
}
