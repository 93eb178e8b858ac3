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
    ApiError, Cause, Fix, FixChoice, FixPreview, FixUndo, Fixed, HeldGroup, Nothing, Reason,
    Remedy, RemedyChoice, RemedyField, RemedyKind, SettingsView, ShopPage,
};
use crate::mapping;
use crate::retry::kinds_of;
use crate::settings::{back_to, changed, fields_of, refused};
use way::Way;

/// Where the last choice is remembered.
const LAST: &str = "last-fix";

/// The last choice: what has to be known to take it back.
#[derive(Serialize, Deserialize)]
struct Last {
    revision: i64,
    at: DateTime<Utc>,
    /// Kind of the records that it was made for.
    kind: String,
    /// The links that the answer to "which customer?" will have made.
    links: Vec<String>,
}

/// How a held cause is repaired.
pub(crate) fn remedy_kind(reason: &Reason) -> RemedyKind {
    reason.code.parse().map_or(RemedyKind::Elsewhere, |code| {
        Way::of(code, &reason.params).kind()
    })
}

/// One cause, one group: a customer that is held stands with the orders that are held for it.
pub(crate) fn with_their_orders(groups: Vec<HeldGroup>) -> Vec<HeldGroup> {
    let (customers, mut causes): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|group| group.kind == RecordKind::Customer.as_str());
    for customer in customers {
        let theirs = causes.iter_mut().find(|group| {
            group.kind == RecordKind::Order.as_str() && group.reason == customer.reason
        });
        match theirs {
            // Its money is that of the orders.
            Some(group) => {
                group.count = group.count.saturating_add(customer.count);
                group.records.extend(customer.records);
            }
            None => causes.push(customer),
        }
    }
    causes
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
            looked: looked(&rows),
            choice,
            shop_page: self.shop_page(rows.first()),
        })
    }

    /// What would become of the records of the cause. Looks at what was read last; sends and keeps nothing.
    pub(crate) async fn fix_preview(self: &Arc<Self>, fix: Fix) -> Result<FixPreview, ApiError> {
        let rows = self.shown(&fix).map_err(error)?;
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

    /// Keeps the choice, for the records that were shown as they were. They are tried again with the next run.
    ///
    /// [`Code::FixChanged`] if they are others by now; [`Code::FixSame`] if the choice stands already: there would be nothing of its own to
    /// take back.
    pub(crate) async fn fix(&self, fix: Fix) -> Result<Fixed, ApiError> {
        let rows = self.shown(&fix).map_err(error)?;
        let before = self.engine.settings().map_err(error)?;
        let chosen = self
            .chosen(&before, &fix.choice, &rows)
            .await
            .map_err(error)?;
        // Before it is kept: what a run sends from now on may be sent by it.
        let now = self.engine.clock().now();
        let revision = self
            .choose(fix.revision, |settings| {
                // The revision is the one that `before` had.
                if *settings != *before {
                    return Err(Code::SettingsStale.into());
                }
                // Both sides were asked meanwhile, and a run may be under way.
                self.shown(&fix)?;
                if chosen.settings == *before {
                    return Err(Code::FixSame.into());
                }
                Ok(chosen.settings)
            })
            .map_err(error)?;
        let store = self.engine.store();
        let last = Last {
            revision,
            at: now,
            kind: fix.cause.kind,
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
            attempt: self.attempt(records),
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
        let kind: RecordKind = last.kind.parse().map_err(stored)?;
        // Whatever was sent since may have been decided on by it: of these records, of the orders of a customer that was chosen, of what came
        // later. Only goods and books decide nothing of each other.
        let sent = store
            .sent_since(last.at)
            .map_err(stored)?
            .into_iter()
            .filter(|record| is_of_goods(record.kind) == is_of_goods(kind))
            .count();
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
                // A profile without an order is asked about again.
                store
                    .mark_retry(&[RecordRef::customer(key.as_str())])
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

    /// Nothing is taken back any more: the journal is another, and does not tell what was sent.
    pub(crate) fn forget_fix(&self) -> Result<(), ApiError> {
        self.engine.store().forget(LAST).map_err(stored)
    }

    /// The held records that a choice is for, if they are still the ones that were shown.
    fn shown(&self, fix: &Fix) -> Result<Vec<RecordRow>, Problem> {
        let rows = self.held_of(&fix.cause)?;
        if rows.is_empty() || looked(&rows) != fix.looked {
            return Err(Code::FixChanged.into());
        }
        Ok(rows)
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
        for kind in kinds_of(kind) {
            for record in store.held_with(kind, code, &cause.params)? {
                rows.extend(store.record(&record)?);
            }
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
                if !buyer::fits_all(rows, number) {
                    return Err(refused("customer", number));
                }
                let mut settings = settings.clone();
                for buyer in self.buyers(rows).await? {
                    links.push(buyer.key.clone());
                    settings.customers.chosen.insert(buyer.key, number.clone());
                }
                settings
            }
            FixChoice::Approve => self.approved(settings, rows).await?,
        };
        Ok(Chosen { settings, links })
    }

    /// The settings with a yes to these records.
    async fn approved(&self, settings: &Settings, rows: &[RecordRow]) -> Result<Settings, Problem> {
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
                    let refund = self.refund_of(row).await?;
                    settings.refunds.approved.extend(refund);
                }
                _ => {}
            }
        }
        Ok(settings)
    }

    /// The refund that a credit note or its payment is of.
    async fn refund_of(&self, row: &RecordRow) -> Result<Option<String>, Problem> {
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
        let payload = match self.engine.payload_of(&mirror).await {
            Ok(payload) => payload,
            // The shop has it no more: there is no refund to say yes to.
            Err(problem) if problem.code == Code::OrderGone => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let order = self.engine.shop().read(&payload)?;
        Ok(order
            .refunds
            .iter()
            .find(|refund| refund.transactions.contains(&row.record.id))
            .map(|refund| refund.id.clone()))
    }

    /// The first record's order, or profile, in Shopify's admin.
    fn shop_page(&self, row: Option<&RecordRow>) -> Option<ShopPage> {
        let (admin, row) = self.host.shop_admin.as_ref().zip(row)?;
        let page = match row.record.kind {
            RecordKind::Order => format!("orders/{}", row.record.id),
            RecordKind::Customer => profile_page(&row.record.id)?,
            _ => format!("orders/{}", row.part_of.as_ref()?),
        };
        Some(ShopPage {
            name: row.name.clone(),
            url: format!("{admin}/{page}"),
        })
    }
}

/// A profile's page in Shopify's admin; `None` for a company and a guest.
pub(crate) fn profile_page(key: &str) -> Option<String> {
    let id = key.strip_prefix("customer/")?.split('/').next()?;
    Some(format!("customers/{id}"))
}

/// Settings with a choice made.
struct Chosen {
    settings: Settings,
    links: Vec<String>,
}

/// Fingerprint of records as they are shown: which they are, what they come to, and what keeps them.
fn looked(rows: &[RecordRow]) -> String {
    let mut shown: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.record.to_string(),
                row.decided_digest.as_deref(),
                row.amount.map(|amount| amount.to_string()),
                &row.problem,
            )
        })
        .collect();
    shown.sort_by(|one, other| one.0.cmp(&other.0));
    brygga_core::digest::of(&shown)
}

/// Products and stock, which no choice about orders changes, nor the other way round.
fn is_of_goods(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Product | RecordKind::Stock)
}

fn code(cause: &Cause) -> Result<Code, ApiError> {
    cause
        .code
        .parse()
        .map_err(|()| wrong_use(&format!("no code {}", cause.code)))
}
