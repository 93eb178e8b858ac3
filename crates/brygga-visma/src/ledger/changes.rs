//! Which invoices and credit notes changed: paid, closed, voided, released, by us or by people (`booking-rules` 6).

use brygga_core::Problem;
use brygga_core::booking::already::{DocumentIs, Existing};
use brygga_core::erp::{DocumentKind, LedgerNews, LedgerStatus, OrderNumber};
use chrono::NaiveDateTime;
use serde::de::DeserializeOwned;

use super::document::{Collection, NOT_EXPANDED, PAGE};
use super::wire::document as wire;
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::paging::Pages;
use crate::text::{day, some};

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

    /// Invoices changed at or after `since`, whoever made them, as the list tells them; voided ones left out.
    pub async fn invoices_since(&self, since: NaiveDateTime) -> Result<Vec<Existing>, Problem> {
        let mut found = Vec::new();
        for row in self
            .changed::<wire::Invoice>(&DocumentKind::Invoice, since)
            .await?
        {
            let voided = row.status.as_deref() == Some(LedgerStatus::Voided.as_str());
            let Some(number) = some(row.number).filter(|_| !voided) else {
                continue;
            };
            let from_order = row.lines.iter().find_map(|line| {
                let number = OrderNumber {
                    order_type: line.so_order_type.clone()?,
                    number: line.so_order_nbr.clone()?,
                };
                Some(number.to_string())
            });
            let (customer, customer_name) = row
                .customer
                .map(|customer| (some(customer.number), some(customer.name)))
                .unwrap_or_default();
            found.push(Existing {
                is: DocumentIs::Invoice,
                number,
                references: [row.reference, row.external]
                    .into_iter()
                    .filter_map(some)
                    .collect(),
                text: some(row.text),
                total: row.total.map(|total| total.0).unwrap_or_default(),
                currency: some(row.currency),
                date: row.date.as_deref().and_then(day),
                customer,
                customer_name,
                from_order,
            });
        }
        Ok(found)
    }

    async fn news<T: DeserializeOwned + Into<wire::Document>>(
        &self,
        kind: &DocumentKind,
        since: NaiveDateTime,
    ) -> Result<Vec<LedgerNews>, Problem> {
        let rows = self.changed::<T>(kind, since).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(LedgerNews {
                    kind: kind.clone(),
                    number: some(row.number)?,
                    status: LedgerStatus::from(row.status?),
                    balance: row.balance.map(|balance| balance.0).unwrap_or_default(),
                })
            })
            .collect())
    }

    /// The rows of a list that changed, as they came.
    async fn changed<T: DeserializeOwned + Into<wire::Document>>(
        &self,
        kind: &DocumentKind,
        since: NaiveDateTime,
    ) -> Result<Vec<wire::Document>, Problem> {
        let mut found = Vec::new();
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
            found.extend(rows.into_iter().filter(|row| {
                row.document_type
                    .as_deref()
                    .is_none_or(|word| word == kind.as_str())
            }));
            if !more {
                return Ok(found);
            }
        }
    }
}
