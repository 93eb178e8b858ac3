//! Which invoices and credit notes changed: paid, closed, voided, released, by us or by people (`booking-rules` 6).

use brygga_core::Problem;
use brygga_core::erp::{DocumentKind, LedgerNews, LedgerStatus};
use chrono::NaiveDateTime;
use serde::de::DeserializeOwned;

use super::document::{Collection, NOT_EXPANDED, PAGE};
use super::wire::document as wire;
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::paging::Pages;
use crate::text::some;

impl Visma {
    /// Documents changed at or after `since`, on Visma.net's own wall clock (`facts/visma` 4: the time zone of its timestamps is
    /// not documented, so the caller reads with an overlap).
    pub async fn ledger_news(
        &self,
        kind: &DocumentKind,
        since: NaiveDateTime,
    ) -> Result<Vec<LedgerNews>, Problem> {
        match Collection::of(kind)? {
            Collection::Invoices => self.news::<wire::Invoice>(kind, since).await,
            Collection::CreditNotes => self.news::<wire::CreditNote>(kind, since).await,
        }
    }

    async fn news<T: DeserializeOwned + Into<wire::Document>>(
        &self,
        kind: &DocumentKind,
        since: NaiveDateTime,
    ) -> Result<Vec<LedgerNews>, Problem> {
        let mut news = Vec::new();
        let mut pages = Pages::of(PAGE, "list of the customer ledger");
        let path = ["v1", Collection::of(kind)?.name()];
        loop {
            // Both have to be there: the time alone is ignored (`facts/visma` 4).
            let mut call = Call::get(Api::Erp, &path, "find what changed in the customer ledger")
                .query(
                    "lastModifiedDateTime",
                    since.format("%Y-%m-%d %H:%M:%S").to_string(),
                )
                .query("lastModifiedDateTimeCondition", ">=");
            for name in NOT_EXPANDED {
                call = call.query(name, "false");
            }
            let rows: Vec<T> = self.erp_page(call, &mut pages).await?;
            let rows: Vec<wire::Document> = rows.into_iter().map(Into::into).collect();
            let more = pages.after_erp(rows.len(), rows.first().and_then(|row| row.metadata))?;
            for row in rows {
                let of_kind = row
                    .document_type
                    .as_deref()
                    .is_none_or(|word| word == kind.as_str());
                if !of_kind {
                    continue;
                }
                if let (Some(number), Some(status)) = (some(row.number), row.status) {
                    news.push(LedgerNews {
                        kind: kind.clone(),
                        number,
                        status: LedgerStatus::from(status),
                        balance: row.balance.map(|balance| balance.0).unwrap_or_default(),
                    });
                }
            }
            if !more {
                return Ok(news);
            }
        }
    }
}
