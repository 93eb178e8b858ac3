//! Fixes: the one remedy of a cause in place, its preview, and the way back while nothing was booked by it.

mod buyer;
mod way;

use std::sync::Arc;

use brygga_core::settings::Settings;
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Level, RecordKind, RecordRef, RecordRow};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::api::{Api, count, error, stored, wrong_use};
use crate::contract::{
    ApiError, Cause, Fix, FixChoice, FixPreview, FixUndo, Fixed, Nothing, Reason, Remedy,
    RemedyChoice, RemedyField, RemedyKind, SettingsView, ShopPage,
};
use crate::mapping;
use crate::settings::{back_to, changed, fields_of, refused};
use way::Way;

/// Where the last choice is remembered.
const LAST: &str = "last-fix";

/// The last choice: what has to be known to take it back.
#[derive(Serialize, Deserialize)]
struct Last {
    revision: i64,
    at: DateTime<Utc>,
    /// Kinds and ids of the records that it was made for.
    records: Vec<(String, String)>,
    /// The links that the answer to "which customer?" will have made.
    links: Vec<String>,
}

/// How a held cause is repaired.
pub(crate) fn remedy_kind(reason: &Reason) -> RemedyKind {
    reason.code.parse().map_or(RemedyKind::Elsewhere, |code| {
        Way::of(code, &reason.params).kind()
    })
}

impl Api {
    pub(crate) async fn remedy(&self, cause: Cause) -> Result<Remedy, ApiError> {
        let code = code(&cause)?;
        let way = Way::of(code, &cause.params);
        let revision = self.engine.store().settings_rev().map_err(stored)?;
        let rows = self.held_of(&cause).map_err(error)?;
        let choice = match &way {
            Way::Row(..) | Way::VatId(_) | Way::VatChoice(..) | Way::CashAccount(_) => {
                let catalogue = self.engine.catalogue().await.map_err(error)?;
                let tables = self.mapping(Nothing {}).await?.tables;
                let lead = |id: &str, category: &str, zone: &str| {
                    catalogue
                        .vat_ids_of(category, zone)
                        .iter()
                        .any(|known| known.id == id)
                };
                match way.rows(tables, lead) {
                    Some(table) if !table.rows.is_empty() => RemedyChoice::Rows(table),
                    _ => RemedyChoice::Elsewhere,
                }
            }
            Way::Settings(fields) => {
                let settings = self.engine.settings().map_err(error)?;
                let catalogue = self.engine.catalogue().await.ok();
                let shown = fields_of(&settings, catalogue.as_deref()).map_err(error)?;
                RemedyChoice::Settings(
                    fields
                        .iter()
                        .filter_map(|(path, suggested)| {
                            let field = shown.iter().find(|field| field.path == *path)?.clone();
                            Some(RemedyField {
                                field,
                                suggested: suggested.clone(),
                            })
                        })
                        .collect(),
                )
            }
            Way::Customers => match self.which_customer(&rows).await.map_err(error)? {
                Some(which) => RemedyChoice::Customers(which),
                None => RemedyChoice::Elsewhere,
            },
            Way::Approve => RemedyChoice::Approve(count(rows.len())),
            Way::Elsewhere => RemedyChoice::Elsewhere,
        };
        Ok(Remedy {
            revision,
            choice,
            shop_page: self.shop_page(rows.first()),
        })
    }

    /// What would become of the records of the cause. Looks at what was read last; sends and keeps nothing.
    pub(crate) async fn fix_preview(self: &Arc<Self>, fix: Fix) -> Result<FixPreview, ApiError> {
        let rows = self.held_of(&fix.cause).map_err(error)?;
        let settings = self.engine.settings().map_err(error)?;
        let catalogue = self.engine.catalogue().await.map_err(error)?;
        let shop = self.engine.shop_info().await.map_err(error)?;
        let chosen = self
            .chosen(&settings, &fix.choice, &rows)
            .await
            .map_err(error)?;
        let api = Arc::clone(self);
        // Thousands of orders may be held: other commands go on meanwhile.
        tokio::task::spawn_blocking(move || {
            mapping::fix_preview(&api.engine, &shop, &chosen.settings, &catalogue, &rows)
        })
        .await
        .map_err(|fault| error(Problem::new(Code::Internal).with("detail", fault)))?
        .map_err(error)
    }

    /// Keeps the choice. The records are tried again with the next run.
    pub(crate) async fn fix(&self, fix: Fix) -> Result<Fixed, ApiError> {
        let rows = self.held_of(&fix.cause).map_err(error)?;
        if rows.is_empty() {
            return Err(error(Code::SettingsStale.into()));
        }
        let before = self.engine.settings().map_err(error)?;
        let chosen = self
            .chosen(&before, &fix.choice, &rows)
            .await
            .map_err(error)?;
        self.choose(fix.revision, |settings| {
            // The revision is the one that `before` had.
            if *settings == before {
                Ok(chosen.settings)
            } else {
                Err(Code::SettingsStale.into())
            }
        })
        .map_err(error)?;
        let store = self.engine.store();
        let revision = store.settings_rev().map_err(stored)?;
        let now = self.engine.clock().now();
        let last = Last {
            revision,
            at: now,
            records: rows
                .iter()
                .map(|row| (row.record.kind.as_str().to_owned(), row.record.id.clone()))
                .collect(),
            links: chosen.links,
        };
        let last = serde_json::to_value(last)
            .map_err(|fault| error(Problem::new(Code::Internal).with("detail", fault)))?;
        store.remember(LAST, &last).map_err(stored)?;
        let records: Vec<RecordRef> = rows.iter().map(|row| row.record.clone()).collect();
        store.mark_retry(&records).map_err(stored)?;
        let told = Activity::new(now, Level::Info, "fix-chosen").with("count", rows.len());
        store.log(&[told]).map_err(stored)?;
        Ok(Fixed {
            revision,
            count: count(rows.len()),
        })
    }

    /// Takes the last choice back. What was booked by it stays booked, so then the choice stays, too.
    pub(crate) async fn fix_undo(&self, undo: FixUndo) -> Result<SettingsView, ApiError> {
        // No run may decide on the choice while it is taken back.
        let _still = self
            .engine
            .stand_still()
            .ok_or_else(|| error(Code::SyncUnderWay.into()))?;
        let store = self.engine.store();
        let last: Last = store
            .remembered(LAST)
            .map_err(stored)?
            .and_then(|value| serde_json::from_value(value).ok())
            .filter(|last: &Last| last.revision == undo.revision)
            .ok_or_else(|| error(Code::SettingsStale.into()))?;
        let mut sent: usize = 0;
        for (kind, id) in &last.records {
            let record = RecordRef::new(kind.parse().map_err(stored)?, id);
            let intents = store.intents_of(&record).map_err(stored)?;
            if intents
                .iter()
                .any(|intent| intent.sent_at.is_some_and(|at| at >= last.at))
            {
                sent = sent.saturating_add(1);
            }
        }
        if sent > 0 {
            return Err(error(Problem::new(Code::FixBooked).with("count", sent)));
        }
        back_to(self, undo.revision, undo.revision).map_err(error)?;
        for key in &last.links {
            let by_choice = store
                .link(brygga_engine::booked::CUSTOMER, key)
                .map_err(stored)?
                .is_some_and(|link| link.detail["by"] == "choice");
            if by_choice {
                store
                    .remove_link(brygga_engine::booked::CUSTOMER, key)
                    .map_err(stored)?;
            }
        }
        store.forget(LAST).map_err(stored)?;
        let now = self.engine.clock().now();
        store
            .log(&[Activity::new(now, Level::Info, "fix-undone")])
            .map_err(stored)?;
        self.settings(Nothing {}).await
    }

    /// The held records of a cause.
    fn held_of(&self, cause: &Cause) -> Result<Vec<RecordRow>, Problem> {
        let store = self.engine.store();
        let kind: RecordKind = cause.kind.parse()?;
        let code = cause
            .code
            .parse()
            .map_err(|()| Problem::new(Code::WrongUse).with("detail", &cause.code))?;
        let mut rows = Vec::new();
        for record in store.held_with(kind, code, &cause.params)? {
            rows.extend(store.record(&record)?);
        }
        Ok(rows)
    }

    async fn chosen(
        &self,
        settings: &Settings,
        choice: &FixChoice,
        rows: &[RecordRow],
    ) -> Result<Chosen, Problem> {
        let mut links = Vec::new();
        let settings = match choice {
            FixChoice::Rows(edits) => {
                let catalogue = self.engine.catalogue().await?;
                mapping::applied(settings, edits, &catalogue)?
            }
            FixChoice::Settings(values) => {
                let catalogue = self.engine.catalogue().await.ok();
                changed(settings, values, catalogue.as_deref())?
            }
            FixChoice::Customer(number) => {
                let among = rows
                    .iter()
                    .filter_map(|row| row.problem.as_ref()?.params.get("numbers"))
                    .any(|numbers| numbers.split(", ").any(|known| known == number));
                if !among {
                    return Err(refused("customer", number));
                }
                let mut settings = settings.clone();
                for buyer in self.buyers(rows).await? {
                    links.push(buyer.key.clone());
                    settings.customers.chosen.insert(buyer.key, number.clone());
                }
                settings
            }
            FixChoice::Approve => self.approved(settings, rows)?,
        };
        Ok(Chosen { settings, links })
    }

    /// The settings with a yes to these records.
    fn approved(&self, settings: &Settings, rows: &[RecordRow]) -> Result<Settings, Problem> {
        let mut settings = settings.clone();
        for row in rows {
            let id = row.record.id.clone();
            match (
                row.record.kind,
                row.problem.as_ref().map(|problem| problem.code),
            ) {
                (RecordKind::Order, Some(Code::TaxZero)) => {
                    settings.approved_without_vat.insert(id);
                }
                (RecordKind::Product, Some(Code::ProductArchiveProposed)) => {
                    settings.products.approved_archives.insert(id);
                }
                (_, Some(Code::RefundNeedsApproval)) => {
                    settings.refunds.approved.extend(self.refund_of(row)?);
                }
                _ => {}
            }
        }
        Ok(settings)
    }

    /// The refund that a credit note or its payment is of.
    fn refund_of(&self, row: &RecordRow) -> Result<Option<String>, Problem> {
        if row.record.kind == RecordKind::CreditNote {
            return Ok(Some(row.record.id.clone()));
        }
        let Some(order) = &row.part_of else {
            return Ok(None);
        };
        let order = RecordRef::new(RecordKind::Order, order);
        let Some(mirror) = self.engine.store().mirror(&order)? else {
            return Ok(None);
        };
        let order = self.engine.shop().read(&mirror.payload)?;
        Ok(order
            .refunds
            .iter()
            .find(|refund| refund.transactions.contains(&row.record.id))
            .map(|refund| refund.id.clone()))
    }

    /// The first record's order in Shopify's admin.
    fn shop_page(&self, row: Option<&RecordRow>) -> Option<ShopPage> {
        let (admin, row) = self.host.shop_admin.as_ref().zip(row)?;
        let order = match row.record.kind {
            RecordKind::Order => &row.record.id,
            _ => row.part_of.as_ref()?,
        };
        Some(ShopPage {
            name: row.name.clone(),
            url: format!("{admin}/orders/{order}"),
        })
    }
}

/// Settings with a choice made.
struct Chosen {
    settings: Settings,
    links: Vec<String>,
}

fn code(cause: &Cause) -> Result<Code, ApiError> {
    cause
        .code
        .parse()
        .map_err(|()| wrong_use(&format!("no code {}", cause.code)))
}
