//! Number, status, amount, due date and balance of an order's documents, written back to the shop's order and kept current
//! (`booking-rules` 6). Our own write changes no digest, so nothing follows from it.

use brygga_core::booking::life::Books;
use brygga_core::booking::write_back::{self, DEFINITIONS, Field, NAMESPACE};
use brygga_core::erp::{DocumentKind, LedgerStatus};
use brygga_core::shop::Order;
use brygga_core::{Code, Problem, digest};
use brygga_store::{Activity, Intent, IntentState, Level, Link, RecordRef, Settle};
use serde::{Deserialize, Serialize};

use crate::booked::internal;
use crate::crash;
use crate::engine::{Engine, Setup};
use crate::ports::{BackFieldDefinition, BackFieldDraft, WriteError};
use crate::run::{RunReport, stops_the_run};

/// The step's name in the journal.
pub(crate) const WRITE_BACK: &str = "write-back";
/// Kind of the links that remember what was written.
const WRITTEN: &str = "write-back";
/// Name of the mark that the definitions are there.
const DEFINED: &str = "definitions";

/// What an order in the shop shall say of us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted {
    fields: Vec<Field>,
    tag: Option<String>,
    paid: bool,
}

impl Engine {
    /// Writes what the order does not say yet. Nothing, if it says it.
    pub(super) async fn write_back(
        &self,
        order: &Order,
        books: &Books,
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let settings = &setup.settings.invoices;
        let fields = write_back::fields(books);
        if !settings.write_back || fields.is_empty() {
            return Ok(());
        }
        let wanted = Wanted {
            fields,
            tag: settings.tag.clone(),
            paid: settings.mark_paid && is_paid(books),
        };
        let print = digest::of(&wanted);
        let known = self.store.link(WRITTEN, &order.id.0)?;
        if known.as_ref().is_some_and(|known| known.erp_id == print) {
            return Ok(());
        }
        let record = RecordRef::order(&order.id.0);
        let Some(row) = self.store.record(&record)? else {
            return Ok(());
        };
        let now = self.clock.now();
        let id = self.ids.next_id();
        let body = serde_json::to_value(&wanted).map_err(internal)?;
        let key = format!("{WRITE_BACK}/{record}/{id}");
        let intent = Intent::new(id, id, record.clone(), WRITE_BACK, key, body, now);
        self.store
            .write_plan(&row, std::slice::from_ref(&intent), &[])?;
        crash::point(WRITE_BACK, "before");
        self.store.mark_sending(id)?;
        report.written += 1;
        crash::point(WRITE_BACK, "sending");
        let result = self.send_back(order, &wanted).await;
        crash::point(WRITE_BACK, "answered");
        let link = |erp_id: String, failed: Option<Code>| Link {
            kind: WRITTEN.into(),
            shop_id: order.id.0.clone(),
            erp_id,
            detail: serde_json::json!({ "failed": failed }),
            made_at: now,
        };
        let (state, outcome, link, told) = match result {
            Ok(()) => {
                let told = Activity::new(now, Level::Good, "written-back")
                    .about(record.clone(), &row.name)
                    .with("document", numbers(&wanted));
                let outcome = serde_json::json!({ "done": WRITE_BACK });
                (
                    IntentState::Done,
                    outcome,
                    Some(link(print, None)),
                    Some(told),
                )
            }
            Err(WriteError::Refused(problem)) => {
                // The documents stand; the shop's order only does not show them. Told once per cause.
                let before = known.as_ref().map(|known| known.detail["failed"].clone());
                let news = before != Some(serde_json::json!(problem.code));
                let mut told = Activity::new(now, Level::Warn, "write-back-refused")
                    .about(record.clone(), &row.name)
                    .with("code", problem.code);
                for (name, value) in &problem.params {
                    told = told.with(name, value);
                }
                let outcome = serde_json::to_value(&problem).map_err(internal)?;
                (
                    IntentState::Refused,
                    outcome,
                    Some(link("refused".into(), Some(problem.code))),
                    news.then_some(told),
                )
            }
            Err(WriteError::Unknown(problem) | WriteError::Conflict(problem)) => {
                // Setting a field twice is setting it once; what is there is read first (`facts/shopify` 6.4).
                self.look_again(order)?;
                let outcome = serde_json::to_value(&problem).map_err(internal)?;
                (IntentState::Superseded, outcome, None, None)
            }
            Err(WriteError::NotSent(problem)) => {
                self.look_again(order)?;
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                return if stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(())
                };
            }
        };
        self.store.settle(Settle {
            intent: id,
            state,
            outcome,
            links: link.into_iter().collect(),
            record: None,
            activity: told.into_iter().collect(),
        })?;
        crash::point(WRITE_BACK, "settled");
        Ok(())
    }

    /// A write-back of which nothing is known: the order's parts are looked at again, and what is missing is written.
    pub(crate) fn resolve_write_back(&self, intent: &Intent) -> Result<(), Problem> {
        self.settle_undone(
            intent,
            IntentState::Superseded,
            &Problem::new(Code::WaitingOutcome),
        )?;
        for row in self.store.parts_of(&intent.record.id)?.iter().take(1) {
            self.store.mark_retry(std::slice::from_ref(&row.record))?;
        }
        Ok(())
    }

    fn look_again(&self, order: &Order) -> Result<(), Problem> {
        for row in self.store.parts_of(&order.id.0)?.iter().take(1) {
            self.store.mark_retry(std::slice::from_ref(&row.record))?;
        }
        Ok(())
    }

    async fn send_back(&self, order: &Order, wanted: &Wanted) -> Result<(), WriteError> {
        let broken = |error: brygga_store::StoreError| WriteError::NotSent(error.into());
        if self.store.link(WRITTEN, DEFINED).map_err(broken)?.is_none() {
            let definitions: Vec<_> = DEFINITIONS
                .iter()
                .map(|definition| BackFieldDefinition {
                    namespace: NAMESPACE.into(),
                    key: definition.key.into(),
                    name: definition.name.into(),
                    kind: definition.kind.into(),
                })
                .collect();
            self.shop.ensure_definitions(&definitions).await?;
            let mark = Link {
                kind: WRITTEN.into(),
                shop_id: DEFINED.into(),
                erp_id: NAMESPACE.into(),
                detail: serde_json::Value::Null,
                made_at: self.clock.now(),
            };
            self.store.put_link(&mark).map_err(broken)?;
        }
        let there = self
            .shop
            .back_state(&order.id, NAMESPACE)
            .await
            .map_err(WriteError::NotSent)?;
        let Some(there) = there else {
            return Err(WriteError::Refused(
                Problem::new(Code::OrderGone).with("order", &order.name),
            ));
        };
        let drafts: Vec<_> = wanted
            .fields
            .iter()
            .filter_map(|field| {
                let known = there.fields.iter().find(|known| known.key == field.key);
                if known.is_some_and(|known| known.value == field.value) {
                    return None;
                }
                Some(BackFieldDraft {
                    namespace: NAMESPACE.into(),
                    key: field.key.clone(),
                    kind: field.kind.clone(),
                    value: field.value.clone(),
                    version: known.map(|known| known.version.clone()),
                })
            })
            .collect();
        if !drafts.is_empty() {
            self.shop.set_back_fields(&order.id, &drafts).await?;
        }
        if let Some(tag) = &wanted.tag
            && !there.tags.contains(tag)
        {
            self.shop
                .add_tags(&order.id, std::slice::from_ref(tag))
                .await?;
        }
        if wanted.paid && there.can_mark_as_paid {
            self.shop.mark_paid(&order.id).await?;
        }
        Ok(())
    }
}

/// Is there an invoice, and every invoice closed.
fn is_paid(books: &Books) -> bool {
    let mut invoices = books
        .ledger
        .iter()
        .filter(|document| document.kind == DocumentKind::Invoice)
        .peekable();
    invoices.peek().is_some() && invoices.all(|invoice| invoice.status == LedgerStatus::Closed)
}

fn numbers(wanted: &Wanted) -> String {
    wanted
        .fields
        .iter()
        .filter(|field| matches!(field.key.as_str(), "invoice_number" | "credit_notes"))
        .map(|field| field.value.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
