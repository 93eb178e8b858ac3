//! The preview, kept until the next one or until the program ends; approving sends exactly what was shown.

mod goods;
mod item;
mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use brygga_core::{Code, Money, Problem};
use brygga_engine::{Approved, ApprovedReport, Outcome, Preview, Previewed, RunOptions};
use brygga_store::{RecordKind, RecordRef, RecordState};

use crate::api::{Api, amount, count, error, reason, record_ref, stored, time, wrong_use};
use crate::background::unbroken;
use crate::contract::{
    ApiError, Nothing, PreviewApproval, PreviewChanged, PreviewCount, PreviewFailure, PreviewItem,
    PreviewPage, PreviewQuery, PreviewSent, PreviewView, RecordKey, RunSummary,
};

use item::back;
pub use item::{item, line};

/// At most so many rows in one answer.
const ROWS: u32 = 500;

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Looking,
    Sending,
}

/// What is kept of previews.
#[derive(Debug, Default)]
pub(crate) struct PreviewKept {
    shown: Option<Shown>,
    doing: Option<Doing>,
    failure: Option<Problem>,
    sent: Option<PreviewSent>,
}

/// A preview as it is shown. What was sent of it goes; what came out otherwise is replaced.
#[derive(Debug)]
struct Shown {
    preview: Preview,
    /// Revision of the settings when it was made.
    settings_rev: i64,
}

impl Api {
    fn kept_preview(&self) -> std::sync::MutexGuard<'_, PreviewKept> {
        self.previewed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was shown and sent: it may name who is erased, or be of a database that is not there any more.
    pub(crate) fn forget_preview(&self) {
        let mut kept = self.kept_preview();
        kept.shown = None;
        kept.failure = None;
        kept.sent = None;
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn preview(&self, _: Nothing) -> Result<PreviewView, ApiError> {
        let revision = self.engine.store().settings_rev().map_err(stored)?;
        let kept = self.kept_preview();
        let shown = kept.shown.as_ref();
        Ok(PreviewView {
            doing: kept.doing.map(|doing| {
                match doing {
                    Doing::Looking => "looking",
                    Doing::Sending => "sending",
                }
                .into()
            }),
            at: shown.map(|shown| time(shown.preview.at)),
            stale: shown.is_some_and(|shown| shown.settings_rev != revision),
            counts: shown
                .map(|shown| counts(&shown.preview.items))
                .unwrap_or_default(),
            failures: shown
                .map(|shown| {
                    shown
                        .preview
                        .failures
                        .iter()
                        .map(|(flow, problem)| PreviewFailure {
                            flow: flow.clone(),
                            reason: reason(problem),
                        })
                        .collect()
                })
                .unwrap_or_default(),
            failure: kept.failure.as_ref().map(reason),
            sent: kept.sent.clone(),
        })
    }

    /// Begins a preview, unless a run is under way.
    pub(crate) async fn preview_start(
        self: &Arc<Self>,
        _: Nothing,
    ) -> Result<PreviewView, ApiError> {
        let run = self.engine.ids().next_id();
        self.begin(Doing::Looking, &run.to_string())?;
        let api = Arc::clone(self);
        tokio::spawn(async move {
            let settings_rev = api.engine.store().settings_rev().unwrap_or_default();
            let engine = Arc::clone(&api.engine);
            let result = unbroken(async move { engine.preview(RunOptions::default()).await }).await;
            {
                let mut kept = api.kept_preview();
                kept.doing = None;
                match result {
                    Ok(preview) => {
                        kept.failure = None;
                        kept.sent = None;
                        kept.shown = Some(Shown {
                            preview,
                            settings_rev,
                        });
                    }
                    Err(problem) => kept.failure = Some(problem),
                }
            }
            api.watch.place_left();
            api.look_again();
        });
        self.preview(Nothing {}).await
    }

    /// Takes the place of the one run at a time.
    fn begin(&self, doing: Doing, run: &str) -> Result<(), ApiError> {
        self.watch
            .try_start(run)
            .map_err(|_| error(Code::SyncUnderWay.into()))?;
        let mut kept = self.kept_preview();
        kept.doing = Some(doing);
        kept.failure = None;
        Ok(())
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn preview_rows(&self, query: PreviewQuery) -> Result<PreviewPage, ApiError> {
        let search = query
            .search
            .as_deref()
            .map(|text| text.trim().to_lowercase())
            .filter(|text| !text.is_empty());
        let zone = self.known_zone().map_err(error)?;
        let kept = self.kept_preview();
        let fits = |found: &&Previewed| {
            let texts = [
                Some(&found.name),
                found.party.as_ref(),
                Some(&found.record.id),
            ];
            query
                .outcome
                .as_deref()
                .is_none_or(|wanted| wanted == outcome(found))
                && query
                    .kind
                    .as_deref()
                    .is_none_or(|kind| kind == found.record.kind.as_str())
                && search.as_ref().is_none_or(|search| {
                    texts
                        .into_iter()
                        .flatten()
                        .any(|text| text.to_lowercase().contains(search))
                })
        };
        let found: Vec<&Previewed> = kept
            .shown
            .iter()
            .flat_map(|shown| &shown.preview.items)
            .filter(fits)
            .collect();
        Ok(PreviewPage {
            total: count(found.len()),
            rows: found
                .into_iter()
                .skip(query.offset as usize)
                .take(query.limit.clamp(1, ROWS) as usize)
                .map(|found| line(found, zone))
                .collect(),
        })
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn preview_item(&self, key: RecordKey) -> Result<PreviewItem, ApiError> {
        let record = record_ref(&key)?;
        let zone = self.known_zone().map_err(error)?;
        let row = self.engine.store().record(&record).map_err(stored)?;
        let kept = self.kept_preview();
        let found = kept
            .shown
            .iter()
            .flat_map(|shown| &shown.preview.items)
            .find(|found| found.record == record)
            .ok_or_else(|| wrong_use(&format!("{record} is not in the preview")))?;
        let mut shown = item(found, zone);
        let settings = self.engine.settings().map_err(error)?;
        shown.back = back(found, &settings.invoices);
        shown.in_fixes =
            shown.remedy.is_some() && row.is_some_and(|row| row.state == RecordState::Held);
        Ok(shown)
    }

    /// Sends what was approved, and looks again at what it left.
    pub(crate) async fn preview_send(
        self: &Arc<Self>,
        approval: PreviewApproval,
    ) -> Result<PreviewView, ApiError> {
        let approved = self.approvals(&approval)?;
        let run = self.engine.ids().next_id();
        self.begin(Doing::Sending, &run.to_string())?;
        let started = time(self.engine.clock().now());
        let api = Arc::clone(self);
        tokio::spawn(async move {
            let engine = Arc::clone(&api.engine);
            let report =
                unbroken(async move { engine.send_approved(approved, Some(run)).await }).await;
            let report = report.unwrap_or_else(|problem| ApprovedReport {
                run: brygga_engine::RunReport {
                    failure: Some(problem),
                    ..brygga_engine::RunReport::default()
                },
                ..ApprovedReport::default()
            });
            let report = Arc::new(report);
            let (looking, sent) = (Arc::clone(&api), Arc::clone(&report));
            // What it left is looked at for the page alone; it was sent either way.
            let _seen = unbroken(async move {
                looking.shown_after(&sent).await;
                Ok(())
            })
            .await;
            api.kept_preview().doing = None;
            api.watch.run_ended(RunSummary {
                run: run.to_string(),
                started,
                ended: time(api.engine.clock().now()),
                read: count(report.run.read),
                written: count(report.run.written),
                failure: report.run.failure.as_ref().map(reason),
            });
            api.watch.preview_changed();
            api.look_again();
        });
        self.preview(Nothing {}).await
    }

    /// The rows that are approved. Another preview than the one that was looked at approves nothing.
    fn approvals(&self, approval: &PreviewApproval) -> Result<Vec<Approved>, ApiError> {
        let mut named: BTreeMap<RecordRef, &str> = BTreeMap::new();
        for choice in &approval.items {
            let key = RecordKey {
                kind: choice.kind.clone(),
                id: choice.id.clone(),
            };
            named.insert(record_ref(&key)?, &choice.digest);
        }
        let kept = self.kept_preview();
        let shown = kept
            .shown
            .as_ref()
            .filter(|shown| time(shown.preview.at) == approval.at)
            .ok_or_else(|| error(Problem::new(Code::PreviewChanged).with("name", &approval.at)))?;
        if !approval.all {
            return Ok(named
                .into_iter()
                .map(|(record, digest)| Approved {
                    record,
                    digest: digest.to_owned(),
                })
                .collect());
        }
        Ok(shown
            .preview
            .items
            .iter()
            .filter(|found| !named.contains_key(&found.record))
            .filter_map(|found| match &found.outcome {
                Outcome::Send { digest, .. } => Some(Approved {
                    record: found.record.clone(),
                    digest: digest.clone(),
                }),
                Outcome::Waiting(_) | Outcome::Skipped(_) | Outcome::Held(_) => None,
            })
            .collect())
    }

    /// What the preview shows after some of it was sent: those records, and their orders with all parts, are looked at anew.
    async fn shown_after(&self, report: &ApprovedReport) {
        let touched: BTreeSet<RecordRef> = report
            .begun
            .iter()
            .chain(report.changed.iter().map(|(record, _)| record))
            .cloned()
            .collect();
        let mut orders: BTreeSet<String> = BTreeSet::new();
        {
            let kept = self.kept_preview();
            let items = kept.shown.iter().flat_map(|shown| &shown.preview.items);
            for found in items.filter(|found| touched.contains(&found.record)) {
                if found.record.kind == RecordKind::Order {
                    orders.insert(found.record.id.clone());
                }
                orders.extend(found.part_of.clone());
            }
        }
        let goods = touched.iter().any(|record| flow_of(record.kind).is_some());
        if goods {
            // The item that an order waited for may be there now.
            let kept = self.kept_preview();
            let items = kept.shown.iter().flat_map(|shown| &shown.preview.items);
            let waiting = items.filter(|found| {
                found.record.kind == RecordKind::Order
                    && matches!(&found.outcome, Outcome::Waiting(problem)
                        if problem.code == Code::WaitingForItem)
            });
            orders.extend(waiting.map(|found| found.record.id.clone()));
        }
        let customers: BTreeSet<RecordRef> = touched
            .iter()
            .filter(|record| record.kind == RecordKind::Customer)
            .cloned()
            .collect();
        let again = self.engine.preview_again(&orders, &customers, goods).await;
        let held = report
            .begun
            .iter()
            .filter(|record| {
                let row = self.engine.store().record(record).ok().flatten();
                row.is_some_and(|row| row.state == RecordState::Held)
            })
            .count();
        let mut kept = self.kept_preview();
        if let Some(shown) = &mut kept.shown {
            let begun: BTreeSet<&RecordRef> = report.begun.iter().collect();
            match again {
                Ok(anew) => {
                    // What of a flow could not be looked at anew stays as it was shown.
                    let failed = |kind: RecordKind| {
                        flow_of(kind).is_some_and(|flow| anew.failures.contains_key(flow))
                    };
                    shown.preview.items.retain(|found| {
                        let of_order = orders.contains(&found.record.id)
                            && found.record.kind == RecordKind::Order
                            || found
                                .part_of
                                .as_ref()
                                .is_some_and(|order| orders.contains(order));
                        let of_goods = goods
                            && flow_of(found.record.kind).is_some()
                            && !failed(found.record.kind);
                        let anew = anew.items.iter().any(|item| item.record == found.record);
                        let changed = customers.contains(&found.record);
                        !(begun.contains(&found.record) || of_order || of_goods || anew || changed)
                    });
                    shown.preview.items.extend(anew.items);
                    if goods {
                        shown.preview.failures = anew.failures;
                    }
                }
                // Nothing is known of the rest: it stays as it was shown, and comes out otherwise if it changed.
                Err(problem) => {
                    let items = &mut shown.preview.items;
                    items.retain(|found| !begun.contains(&found.record));
                    kept.failure = Some(problem);
                }
            }
        }
        kept.sent = Some(PreviewSent {
            begun: count(report.begun.len()),
            held: count(held),
            changed: report
                .changed
                .iter()
                .map(|(record, problem)| PreviewChanged {
                    record: RecordKey {
                        kind: record.kind.as_str().into(),
                        id: record.id.clone(),
                    },
                    reason: reason(problem),
                })
                .collect(),
            left: count(report.left.len()),
            failure: report.run.failure.as_ref().map(reason),
        });
    }
}

/// The flow of its own that looks after a kind.
fn flow_of(kind: RecordKind) -> Option<&'static str> {
    match kind {
        RecordKind::Product => Some("products"),
        RecordKind::Stock => Some("stock"),
        RecordKind::Payout => Some("payouts"),
        _ => None,
    }
}

/// `send`, `waiting`, `skipped` or `held`.
fn outcome(found: &Previewed) -> &'static str {
    match &found.outcome {
        Outcome::Send { .. } => "send",
        Outcome::Waiting(_) => "waiting",
        Outcome::Skipped(_) => "skipped",
        Outcome::Held(_) => "held",
    }
}

/// Counts and money per kind, as the command line and the page show them.
pub fn counts(items: &[Previewed]) -> Vec<PreviewCount> {
    let mut list = Vec::new();
    for kind in RecordKind::ALL {
        let mut row = PreviewCount {
            kind: kind.as_str().into(),
            send: 0,
            waiting: 0,
            skipped: 0,
            held: 0,
            money: Vec::new(),
        };
        let mut money: Vec<Money> = Vec::new();
        for found in items.iter().filter(|found| found.record.kind == *kind) {
            match &found.outcome {
                Outcome::Send { .. } => {
                    row.send += 1;
                    if let Some(more) = found.amount {
                        match money.iter_mut().find(|one| one.currency == more.currency) {
                            Some(one) => one.amount += more.amount,
                            None => money.push(more),
                        }
                    }
                }
                Outcome::Waiting(_) => row.waiting += 1,
                Outcome::Skipped(_) => row.skipped += 1,
                Outcome::Held(_) => row.held += 1,
            }
        }
        money.sort_by_key(|one| one.currency.code());
        row.money = money.iter().map(amount).collect();
        if row.send + row.waiting + row.skipped + row.held > 0 {
            list.push(row);
        }
    }
    list
}
