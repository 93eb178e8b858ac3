//! The proof: started from the window or by itself, kept until the next.

use std::sync::{Arc, PoisonError};

use brygga_core::money::decimals;
use brygga_core::policy::{Lane, ProofPlan, wait_after};
use brygga_core::proof::{Account, DayRow, Difference};
use brygga_core::{Code, Currency, Problem};
use brygga_engine::{Period, ProofReport};
use brygga_store::{Link, RecordKind};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::api::{Api, count, error, reason, time};
use crate::background::unbroken;
use crate::contract::{
    ApiError, Nothing, ProofClass, ProofDay, ProofDifference, ProofPeriod, ProofResult, ProofStock,
    ProofVat, ProofView,
};
use crate::settings::refused;

/// Under this name the last proof stands among the links: sealed like them, for it names orders.
const PROOF: &str = "proof";
const LAST: &str = "last";

/// Under this name it is remembered how far the proofs have come.
const COURSE: &str = "proofs";
/// One that somebody stopped is not begun again by itself for so long.
const STOPPED: TimeDelta = TimeDelta::days(1);

/// A proof as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    report: ProofReport,
    /// As in [`LastProof::whole`]; an older program kept only whole ones without a period.
    #[serde(default)]
    whole: Option<bool>,
}

/// How far the proofs have come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Course {
    /// What happened before it is proven, or was there before the first proof and is not proven.
    up_to: Option<DateTime<Utc>>,
    /// Everything up to there is proven.
    whole: bool,
    /// When records were first there.
    began: Option<DateTime<Utc>>,
    /// Proofs in a row that were begun by themselves and failed.
    failures: u32,
    /// No other is begun by itself before.
    not_before: Option<DateTime<Utc>>,
}

/// The last proof that ended.
pub(crate) struct LastProof {
    /// When both sides were read.
    pub(crate) at: DateTime<Utc>,
    pub(crate) report: ProofReport,
    /// With those before it, it says something of everything that is booked.
    pub(crate) whole: bool,
}

impl Api {
    /// The last proof that ended. One that an older program kept in another form is made again when somebody asks for it.
    pub(crate) fn last_proof(&self) -> Result<Option<LastProof>, Problem> {
        let kept = self.engine.store().link(PROOF, LAST)?;
        Ok(kept.and_then(|link| {
            let kept: Kept = serde_json::from_value(link.detail).ok()?;
            Some(LastProof {
                at: link.made_at,
                whole: kept
                    .whole
                    .unwrap_or(kept.report.period == Period::default()),
                report: kept.report,
            })
        }))
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn proof(&self, _: Nothing) -> Result<ProofView, ApiError> {
        let last = self
            .last_proof()
            .map_err(error)?
            .map(|proof| result(time(proof.at), proof.report));
        let failure = self
            .unproven
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(reason);
        Ok(ProofView {
            running: self.watch.proof(),
            last,
            failure,
        })
    }

    /// Begins a proof, if none is under way. It goes beside the syncs: they and it take turns over a few orders (see `Engine::prove_of`).
    pub(crate) async fn prove(self: &Arc<Self>, of: ProofPeriod) -> Result<ProofView, ApiError> {
        let period = period_of(&of).map_err(error)?;
        self.begin_proof(Some(period));
        self.proof(Nothing {}).await
    }

    /// Begins one of `asked`, or by itself of what can have changed; nothing where one is under way.
    fn begin_proof(self: &Arc<Self>, asked: Option<Period>) {
        if !self.watch.proof_started() {
            return;
        }
        self.engine.proof_begins();
        let api = Arc::clone(self);
        tokio::spawn(async move {
            let proving = Arc::clone(&api);
            let failure = unbroken(async move { proving.prove_and_keep(asked).await })
                .await
                .err();
            if asked.is_none()
                && let Some(problem) = &failure
                && let Err(problem) = api.put_off(problem)
            {
                tracing::warn!(%problem, "that a proof failed could not be written down");
            }
            // Somebody wished it so.
            let failure = failure.filter(|problem| problem.code != Code::Stopped);
            *api.unproven.lock().unwrap_or_else(PoisonError::into_inner) = failure;
            api.watch.proof_ended();
        });
    }

    /// Begins a proof by itself, if it is time: never while a sync runs, fails or is paused. Syncs that come to be due meanwhile take turns
    /// with it, as with any other.
    pub(crate) fn prove_if_due(self: &Arc<Self>) -> Result<(), Problem> {
        let is_at_rest = self.watch.run().is_none() && self.watch.proof().is_none();
        if !is_at_rest || self.is_closing() || self.engine.paused()?.is_some() {
            return Ok(());
        }
        let now = self.engine.clock().now();
        let mut course = self.course()?;
        let Some(up_to) = course.up_to.or(course.began) else {
            // The first is made when the first records had a day to settle.
            if self.engine.store().counts(RecordKind::Order)?.booked > 0 {
                course.began = Some(now);
                self.keep_course(&course)?;
            }
            return Ok(());
        };
        let plan = ProofPlan {
            up_to,
            not_before: course.not_before,
        };
        let every = self.engine.settings()?.schedule.proof;
        if every.is_due(plan, now) && self.orders_go_well()? {
            self.begin_proof(None);
        }
        Ok(())
    }

    /// Where a sync fails, a proof would fail as well, and say so once more.
    fn orders_go_well(&self) -> Result<bool, Problem> {
        let agenda = self.agenda()?;
        let orders = agenda.iter().find(|lane| lane.lane == Lane::Orders);
        let state = orders.and_then(|lane| lane.state.as_ref());
        Ok(state.is_some_and(|state| state.failure.is_none()))
    }

    /// What happened before it is proven; where nothing is, since when there is something to prove.
    pub(crate) fn proven_up_to(&self) -> Result<Option<DateTime<Utc>>, Problem> {
        let course = self.course()?;
        Ok(course.up_to.or(course.began))
    }

    fn course(&self) -> Result<Course, Problem> {
        let course: Option<Course> = self
            .engine
            .store()
            .remembered(COURSE)?
            .and_then(|value| serde_json::from_value(value).ok());
        if let Some(course) = course {
            return Ok(course);
        }
        // Proofs that were made before it was kept how far they have come.
        let last = self.last_proof()?.filter(|last| last.whole);
        Ok(Course {
            up_to: last.map(|last| last.at),
            whole: true,
            ..Course::default()
        })
    }

    fn keep_course(&self, course: &Course) -> Result<(), Problem> {
        let value = serde_json::to_value(course).map_err(internal)?;
        Ok(self.engine.store().remember(COURSE, &value)?)
    }

    /// One that was begun by itself did not come to its end.
    fn put_off(&self, problem: &Problem) -> Result<(), Problem> {
        if self.is_closing() {
            return Ok(());
        }
        let mut course = self.course()?;
        let wait = if problem.code == Code::Stopped {
            STOPPED
        } else {
            course.failures = course.failures.saturating_add(1);
            wait_after(course.failures)
        };
        course.not_before = Some(self.engine.clock().now() + wait);
        self.keep_course(&course)
    }

    /// Ends the proof that is under way; the last one that ended stays.
    pub(crate) async fn prove_stop(&self, _: Nothing) -> Result<ProofView, ApiError> {
        self.engine.stop_proof();
        self.proof(Nothing {}).await
    }

    async fn prove_and_keep(&self, asked: Option<Period>) -> Result<(), Problem> {
        let begun = self.engine.clock().now();
        let last = self.last_proof()?;
        let mut course = self.course()?;
        let mut report = if let Some(period) = asked {
            self.engine.prove_of(period).await?
        } else {
            let found = last.as_ref().map(|last| &last.report.differences[..]);
            let found = found.unwrap_or_default();
            self.engine.prove_changed(course.up_to, found).await?
        };
        if let Some(last) = &last {
            report.carry_over(&last.report);
        }
        let whole = match asked {
            Some(period) => period == Period::default(),
            None => report.whole || course.up_to.is_some() && course.whole,
        };
        if whole || asked.is_none() {
            course.up_to = Some(begun);
            course.whole = whole;
            course.failures = 0;
            course.not_before = None;
        }
        let kept = Kept {
            report,
            whole: Some(whole),
        };
        let detail = serde_json::to_value(kept).map_err(internal)?;
        self.engine.store().put_link(&Link {
            kind: PROOF.into(),
            shop_id: LAST.into(),
            erp_id: String::new(),
            detail,
            made_at: self.engine.clock().now(),
        })?;
        self.keep_course(&course)
    }
}

fn internal(fault: serde_json::Error) -> Problem {
    Problem::new(Code::Internal).with("detail", fault)
}

/// The days of a request, which must be days and in their order.
fn period_of(of: &ProofPeriod) -> Result<Period, Problem> {
    let day = |name: &str, text: Option<&String>| match text {
        None => Ok(None),
        Some(text) => text
            .parse::<NaiveDate>()
            .map(Some)
            .map_err(|_| refused(name, text)),
    };
    let period = Period {
        from: day("from", of.from.as_ref())?,
        to: day("to", of.to.as_ref())?,
    };
    match (period.from, period.to) {
        (Some(from), Some(to)) if to < from => Err(refused("to", to)),
        _ => Ok(period),
    }
}

fn result(at: String, report: ProofReport) -> ProofResult {
    let day_text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    ProofResult {
        at,
        period: ProofPeriod {
            from: day_text(report.period.from),
            to: day_text(report.period.to),
        },
        beyond: report.beyond,
        stock_unread: report.stock_unread.as_ref().map(reason),
        checked: count(report.checked),
        differences: report.differences.into_iter().map(difference).collect(),
        explained: report
            .explained
            .into_iter()
            .map(|(class, number)| ProofClass {
                class,
                count: count(number),
            })
            .collect(),
        undecided: report.undecided,
        days: report.days.into_iter().map(day).collect(),
        dated: report.dated.into_iter().map(difference).collect(),
        stock: report
            .stock
            .into_iter()
            .map(|row| ProofStock {
                location: row.name,
                items: count(row.items),
                shopify: row.shopify.to_string(),
                visma: row.visma.to_string(),
                differing: row.differing,
            })
            .collect(),
    }
}

fn difference(found: Difference) -> ProofDifference {
    ProofDifference {
        order: found.order,
        document: found.document,
        what: found.what,
        shopify: found.shopify,
        visma: found.visma,
    }
}

fn day(row: DayRow) -> ProofDay {
    let plain = |account| (account, None, None);
    let (account, gateway, vat) = match row.account {
        Account::Sales => plain("sales"),
        Account::Refunds => plain("refunds"),
        Account::CashRounding => plain("cash_rounding"),
        Account::InvoiceRounding => plain("invoice_rounding"),
        Account::Vat { country, rate } => {
            let rate = rate.normalize().to_string();
            ("vat", None, Some(ProofVat { country, rate }))
        }
        Account::VatRounding => plain("vat_rounding"),
        Account::RefundDifference => plain("refund_difference"),
        Account::StoredValue => plain("stored_value"),
        Account::Money { gateway } => ("money", Some(gateway), None),
        Account::Prepayments => plain("prepayments"),
    };
    // A currency that is not known here is shown with the decimals that it came with.
    let places = Currency::from_code(&row.currency).map(decimals);
    let text = |amount: Decimal| match places {
        Some(places) => format!("{amount:.*}", places as usize),
        None => amount.to_string(),
    };
    ProofDay {
        date: row.date.to_string(),
        account: account.to_owned(),
        gateway,
        vat,
        shopify: text(row.shopify),
        visma: text(row.visma),
        difference: text(row.difference),
        currency: row.currency,
    }
}
