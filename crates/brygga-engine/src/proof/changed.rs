//! What can have changed since an earlier proof: its days and those after it, the orders that moved, and those whose sales order, invoice or
//! credit note somebody changed in Visma.net. So a proof a day is a few calls and not all of them. What it cannot see of older orders is
//! what leaves no trace in those: a document that was deleted, a payment that was changed. A whole proof sees both.

use std::collections::BTreeSet;

use brygga_core::Problem;
use brygga_core::booking::life::{Linked, PartKind};
use brygga_core::erp::DocumentKind;
use brygga_core::proof::Difference;
use brygga_store::{Link, RecordRef};
use chrono::{DateTime, TimeDelta, Utc};

use super::report::{Period, ProofReport, is_stranger};
use crate::booked::{self, ORDER};
use crate::engine::Engine;
use crate::life::{links, record_kind};

/// An hour in which the time zone of Visma.net's timestamps may be another, and the lag of its lists (`facts/visma` 4).
const OVERLAP: TimeDelta = TimeDelta::minutes(70);
/// Where nothing was proven yet, a proof that nobody asked for goes so far back; the whole is a person's to ask for.
const FIRST: TimeDelta = TimeDelta::days(14);

/// What a proof looks at.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// All orders of which something happened in these days.
    pub(super) period: Period,
    /// These orders, whatever their days.
    pub(super) also: BTreeSet<String>,
    /// Look for documents that nobody linked among all of them.
    pub(super) every_document: bool,
}

impl Scope {
    pub(super) fn of(period: Period) -> Self {
        Self {
            period,
            ..Self::default()
        }
    }
}

impl Engine {
    /// Proves what can have changed since `since`, when the last proof began, and looks again at what it `found`. Without one, the last two
    /// weeks.
    pub async fn prove_changed(
        &self,
        since: Option<DateTime<Utc>>,
        found: &[Difference],
    ) -> Result<ProofReport, Problem> {
        let now = self.clock.now();
        let scope = {
            let _still = self.books_at_rest().await;
            let zone = self.setup().await?.shop.time_zone;
            let from = since.map_or(now - FIRST, |since| since.min(now) - OVERLAP);
            let mut also = self.changed_since(from).await?;
            also.extend(self.named(found)?);
            Scope {
                period: Period {
                    from: Some(from.with_timezone(&zone).date_naive()),
                    to: None,
                },
                also,
                every_document: found.iter().any(is_stranger),
            }
        };
        self.prove_within(scope).await
    }

    /// The orders of which a record moved here, or a document there.
    async fn changed_since(&self, since: DateTime<Utc>) -> Result<BTreeSet<String>, Problem> {
        let mut changed: BTreeSet<String> =
            self.store.orders_moved_since(since)?.into_iter().collect();
        let zone = self.setup().await?.shop.time_zone;
        let local = since.with_timezone(&zone).naive_local();
        for kind in [DocumentKind::Invoice, DocumentKind::CreditNote] {
            self.check_proof_stop()?;
            for news in self.erp.ledger_news(&kind, local).await? {
                let what = match news.kind {
                    DocumentKind::CreditNote => Linked::CreditNote,
                    _ => Linked::Invoice,
                };
                for part in [PartKind::Invoice, PartKind::CreditNote] {
                    for link in self
                        .store
                        .links_to(&links::kind(part, what), &news.number)?
                    {
                        let record = RecordRef::new(record_kind(part), &link.shop_id);
                        let order = self.store.record(&record)?.and_then(|row| row.part_of);
                        changed.extend(order);
                    }
                }
            }
        }
        self.check_proof_stop()?;
        if self.erp.opens_sales_orders() {
            for hit in self.erp.orders_since(since).await? {
                let here = booked::erp_id(&hit.number);
                let orders = self.store.links_to(ORDER, &here)?;
                changed.extend(orders.into_iter().map(|link| link.shop_id));
            }
        }
        Ok(changed)
    }

    /// The orders that an earlier proof found something of: by their names or ids, as it wrote them down.
    fn named(&self, found: &[Difference]) -> Result<Vec<String>, Problem> {
        let names: BTreeSet<&str> = found.iter().map(|one| one.order.as_str()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let is_named = |link: &Link| -> Result<bool, Problem> {
            if names.contains(link.shop_id.as_str()) {
                return Ok(true);
            }
            let row = self.store.record(&RecordRef::order(&link.shop_id))?;
            Ok(row.is_some_and(|row| names.contains(row.name.as_str())))
        };
        let mut ids = Vec::new();
        for link in self.store.links(ORDER)? {
            if is_named(&link)? {
                ids.push(link.shop_id);
            }
        }
        Ok(ids)
    }
}
