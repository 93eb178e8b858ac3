//! The proof: started from the window, kept until the next.

use std::sync::{Arc, PoisonError};

use brygga_core::money::decimals;
use brygga_core::proof::{Account, DayRow, Difference};
use brygga_core::{Code, Currency, Problem};
use brygga_engine::{Period, ProofReport};
use brygga_store::Link;
use chrono::{DateTime, NaiveDate, Utc};
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

/// A proof as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    report: ProofReport,
}

/// The last proof that ended.
pub(crate) struct LastProof {
    /// When both sides were read.
    pub(crate) at: DateTime<Utc>,
    pub(crate) report: ProofReport,
}

impl Api {
    /// The last proof that ended. One that an older program kept in another form is made again when somebody asks for it.
    pub(crate) fn last_proof(&self) -> Result<Option<LastProof>, Problem> {
        let kept = self.engine.store().link(PROOF, LAST)?;
        Ok(kept.and_then(|link| {
            let kept: Kept = serde_json::from_value(link.detail).ok()?;
            Some(LastProof {
                at: link.made_at,
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
        if self.watch.proof_started() {
            let api = Arc::clone(self);
            tokio::spawn(async move {
                let proving = Arc::clone(&api);
                let failure = unbroken(async move { proving.prove_and_keep(period).await })
                    .await
                    .err()
                    // Somebody wished it so.
                    .filter(|problem| problem.code != Code::Stopped);
                *api.unproven.lock().unwrap_or_else(PoisonError::into_inner) = failure;
                api.watch.proof_ended();
            });
        }
        self.proof(Nothing {}).await
    }

    /// Ends the proof that is under way; the last one that ended stays.
    pub(crate) async fn prove_stop(&self, _: Nothing) -> Result<ProofView, ApiError> {
        self.engine.stop_proof();
        self.proof(Nothing {}).await
    }

    async fn prove_and_keep(&self, period: Period) -> Result<(), Problem> {
        let mut report = self.engine.prove_of(period).await?;
        if let Some(last) = self.last_proof()? {
            report.carry_over(&last.report);
        }
        let detail = serde_json::to_value(Kept { report })
            .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))?;
        self.engine.store().put_link(&Link {
            kind: PROOF.into(),
            shop_id: LAST.into(),
            erp_id: String::new(),
            detail,
            made_at: self.engine.clock().now(),
        })?;
        Ok(())
    }
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
