//! What people and time did to our documents in Visma.net: an invoice paid, closed or voided is told on the shop's order, and
//! what is missing is seen (`booking-rules` 6).

use brygga_core::Problem;
use brygga_core::booking::life::{Books, Linked, PartKind};
use brygga_core::erp::{DocumentKind, LedgerDocument, LedgerNews};
use chrono::TimeDelta;

use super::{links, record_kind};
use crate::engine::Engine;

/// The flow's name in the cursor table.
pub(super) const LEDGER: &str = "ledger";
/// Each read begins so far back: an hour in which the time zone of Visma.net's timestamps may be another, and the lag of its lists
/// (`facts/visma` 4).
const OVERLAP: TimeDelta = TimeDelta::minutes(70);
/// Kind of the marks of documents: their status and balance when they were last looked at.
pub(super) const SEEN: &str = "ledger-seen";

impl Engine {
    /// Wakes the parts whose documents are not any more as they were last seen. How many.
    pub(crate) async fn read_ledger_news(&self) -> Result<usize, Problem> {
        if self.store.links(SEEN)?.is_empty() {
            return Ok(0);
        }
        let setup = self.setup().await?;
        let now = self.clock.now();
        let from = self.store.cursor(LEDGER)?.unwrap_or(now) - OVERLAP;
        let since = from.with_timezone(&setup.shop.time_zone).naive_local();
        let mut woken = 0;
        for kind in [DocumentKind::Invoice, DocumentKind::CreditNote] {
            for news in self.erp.ledger_news(&kind, since).await? {
                let Some(seen) = self.store.link(SEEN, &name(&news.kind, &news.number))? else {
                    continue;
                };
                if seen.erp_id != mark(&news) {
                    woken += self.wake(&news)?;
                }
            }
        }
        self.store.store_page(&[], Some((LEDGER, now)))?;
        Ok(woken)
    }

    /// Remembers how the documents are.
    pub(super) fn note_seen(&self, books: &Books) -> Result<(), Problem> {
        for document in &books.ledger {
            let name = name(&document.kind, &document.number);
            let mark = mark_of(document);
            let known = self.store.link(SEEN, &name)?;
            if known.is_none_or(|known| known.erp_id != mark) {
                self.store.put_link(&brygga_store::Link {
                    kind: SEEN.into(),
                    shop_id: name,
                    erp_id: mark,
                    detail: serde_json::Value::Null,
                    made_at: self.clock.now(),
                })?;
            }
        }
        Ok(())
    }

    fn wake(&self, news: &LedgerNews) -> Result<usize, Problem> {
        let what = match news.kind {
            DocumentKind::CreditNote => Linked::CreditNote,
            _ => Linked::Invoice,
        };
        let mut records = Vec::new();
        for part in [PartKind::Invoice, PartKind::CreditNote] {
            for link in self
                .store
                .links_to(&links::kind(part, what), &news.number)?
            {
                records.push(brygga_store::RecordRef::new(
                    record_kind(part),
                    link.shop_id,
                ));
            }
        }
        Ok(self.store.mark_retry(&records)?)
    }
}

fn name(kind: &DocumentKind, number: &str) -> String {
    format!("{}/{number}", kind.as_str())
}

fn mark(news: &LedgerNews) -> String {
    format!("{} {}", news.status.as_str(), news.balance.normalize())
}

fn mark_of(document: &LedgerDocument) -> String {
    format!(
        "{} {}",
        document.status.as_str(),
        document.balance.normalize()
    )
}
