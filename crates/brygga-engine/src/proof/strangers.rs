//! What nobody linked: documents that carry an order's id and are not its own, and orders that were never read (`booking-rules` 11:
//! from both sides, not from the mirror).

use std::collections::BTreeMap;

use brygga_core::erp::{OrderStatus, SalesOrderHit};
use brygga_core::proof::Difference;
use brygga_core::{Code, Problem};
use brygga_store::{Link, RecordRef};
use chrono::{DateTime, TimeDelta, Utc};

use super::report::ProofReport;
use crate::booked::{self, ORDER};
use crate::engine::{Engine, Setup};
use crate::intake::ORDERS;

/// An order that is younger may not be in the shop's search index yet (`facts/shopify` 5.4).
const INDEXED: TimeDelta = TimeDelta::minutes(10);

impl Engine {
    /// Documents that carry the id of one of our orders, but are not the one that is linked.
    pub(super) async fn look_for_strangers(
        &self,
        links: &[Link],
        report: &mut ProofReport,
    ) -> Result<(), Problem> {
        let by_id: BTreeMap<&str, &Link> = links
            .iter()
            .map(|link| (link.shop_id.as_str(), link))
            .collect();
        // Where a purchase order number stands in the reference, the list does not show the id: such documents are read.
        let mut by_name: BTreeMap<String, Vec<&Link>> = BTreeMap::new();
        for link in links {
            if let Some(state) = booked::recall(&self.store, &link.shop_id)?
                && state.document.draft.head.custom_id.is_some()
            {
                let name = state.document.draft.head.customer_order;
                by_name.entry(name).or_default().push(link);
            }
        }
        let hits = if self.erp.opens_sales_orders() {
            let since = since(report);
            self.erp.orders_since(since).await?
        } else {
            Vec::new()
        };
        for hit in hits {
            if hit.status == OrderStatus::Cancelled {
                continue;
            }
            let here = booked::erp_id(&hit.number);
            let name = hit.customer_order.as_deref().unwrap_or_default();
            let told = hit.customer_ref.as_deref().and_then(|id| by_id.get(id));
            let read = by_name
                .get(name)
                .filter(|links| links.iter().all(|link| link.erp_id != here));
            let owner = match (told, read) {
                (Some(link), _) => Some(*link),
                (None, Some(links)) => {
                    let document = self.erp.order(&hit.number).await?;
                    let is_of = |link: &&&Link| {
                        document
                            .as_ref()
                            .is_some_and(|document| document.is_of(&link.shop_id))
                    };
                    links.iter().find(is_of).copied()
                }
                (None, None) => {
                    report.differences.extend(self.unlinked(&hit)?);
                    None
                }
            };
            if let Some(link) = owner.filter(|link| link.erp_id != here) {
                report.differences.push(Difference {
                    order: hit
                        .customer_order
                        .clone()
                        .unwrap_or_else(|| link.shop_id.clone()),
                    document: Some(hit.number.to_string()),
                    what: "doubled".to_owned(),
                    shopify: link.erp_id.replace('/', " "),
                    visma: hit.number.to_string(),
                });
            }
        }
        Ok(())
    }

    /// A document that carries the id of an order of ours to which nothing is linked: made twice, or made before a copy of the data was put
    /// back. What others booked is known as theirs.
    fn unlinked(&self, hit: &SalesOrderHit) -> Result<Option<Difference>, Problem> {
        let Some(id) = hit.customer_ref.as_deref().filter(|id| is_id(id)) else {
            return Ok(None);
        };
        let Some(row) = self.store.record(&RecordRef::order(id))? else {
            return Ok(None);
        };
        let theirs = row.problem.as_ref().is_some_and(|problem| {
            matches!(
                problem.code,
                Code::AlreadyBooked
                    | Code::AlreadyBookedDiffers
                    | Code::MaybeBooked
                    | Code::DocumentDoubled
                    | Code::SkippedByChoice
            )
        });
        if theirs || self.store.link(ORDER, id)?.is_some() {
            return Ok(None);
        }
        Ok(Some(Difference {
            order: row.name,
            document: Some(hit.number.to_string()),
            what: "document-without-link".to_owned(),
            shopify: row.state.as_str().to_owned(),
            visma: hit.number.to_string(),
        }))
    }

    /// Orders of the shop that were never read, whatever its search index says of their changes.
    pub(super) async fn look_for_unread(
        &self,
        setup: &Setup,
        report: &mut ProofReport,
    ) -> Result<(), Problem> {
        // Before the first read there is nothing to compare with.
        let Some(cursor) = self.store.cursor(ORDERS)? else {
            return Ok(());
        };
        let zone = setup.shop.time_zone;
        let period = report.period;
        let since = since(report).max(self.begin()?);
        let until = cursor.min(self.clock.now() - INDEXED);
        for head in self.never_read(since, until).await? {
            let made = head.made_at.with_timezone(&zone).date_naive();
            if report.every_document || period.has(made) {
                report.differences.push(Difference {
                    order: head.name,
                    document: None,
                    what: "never-read".to_owned(),
                    shopify: made.to_string(),
                    visma: String::new(),
                });
            }
        }
        Ok(())
    }
}

/// From when on is looked for what nobody linked or read.
fn since(report: &ProofReport) -> DateTime<Utc> {
    let from = report.period.from.filter(|_| !report.every_document);
    from.map_or(DateTime::UNIX_EPOCH, begin_of)
}

/// No time zone is further than 14 hours from UTC.
fn begin_of(day: chrono::NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(14)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
