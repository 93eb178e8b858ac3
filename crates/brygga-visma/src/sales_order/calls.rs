//! The calls.

use std::collections::HashSet;

use brygga_core::erp::{
    BookedOrder, HeadDraft, LineDraft, LinePatch, OrderNumber, SalesOrderDraft, SalesOrderHit,
};
use brygga_core::{Code, Problem};
use brygga_http::{HttpResponse, Method};
use chrono::{DateTime, Utc};

use super::read::{booked, hit, number_from_location};
use super::wire::{Line, ListRow, Order, Page, StatusAlone, Tax};
use super::{refusal, write};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, unexpected};
use crate::paging::Pages;
use crate::text::{cut, moment};

/// The default of the list (`facts/visma` 4); with `expand` it is the most (`facts/visma` 2), so it is always allowed.
const LIST_PAGE: usize = 100;
/// The default of the lines.
const LINE_PAGE: usize = 1000;

impl Visma {
    /// Makes a sales order for `customer` and gives back its type and number, taken from `Location`.
    pub async fn create_order(
        &self,
        draft: &SalesOrderDraft,
        customer: &str,
    ) -> Result<OrderNumber, CallError> {
        let call = Call::new(
            Api::Orders,
            Method::POST,
            &["api", "v3", "SalesOrders"],
            "create a sales order",
        );
        let call = call
            .json(&write::new_order(draft, customer))
            .map_err(CallError::NotSent)?;
        let about = refusal::About {
            customer,
            head: Some(&draft.head),
            currency: Some(&draft.currency),
            lines: draft.lines.iter().collect(),
        };
        let response = self
            .write(call)
            .await
            .map_err(|failed| refusal::explain(failed, &about))?;
        let location = response.header("location").unwrap_or_default();
        // It was made, but under which number is not known: the look-up tells.
        number_from_location(location).ok_or_else(|| {
            CallError::Unknown(unexpected(format!(
                "an order was made, Location was \"{location}\""
            )))
        })
    }

    /// Reads one document: head, all lines, VAT. `None` if there is none of this number.
    pub async fn order(&self, number: &OrderNumber) -> Result<Option<BookedOrder>, Problem> {
        // `expand` is an array in the file, so it is repeated; only the parts that are read are asked for (`facts/visma` 7).
        let call = at(number, Method::GET, &[], "read a sales order")
            .query("expand", "Customer")
            .query("expand", "CustomFields")
            .query("expand", "FinancialInformation");
        // The head first: if somebody changes the document while its lines are read, the ETag is stale and the next change is refused.
        let Some((order, response)) = self.read::<Order>(call).await? else {
            return Ok(None);
        };
        let mut lines: Vec<Line> = Vec::new();
        let mut pages = Pages::of(LINE_PAGE, "lines of a sales order");
        loop {
            let call = at(
                number,
                Method::GET,
                &["lines"],
                "read the lines of a sales order",
            );
            let call = call
                .query("pageSize", pages.size())
                .query("pageIndex", pages.index());
            let (mut page, _) = self
                .read::<Page<Line>>(call)
                .await?
                .ok_or_else(|| gone(number))?;
            let more =
                pages.after_v3(page.value.len(), page.next_page.is_some(), page.total_count)?;
            lines.append(&mut page.value);
            if !more {
                break;
            }
        }
        let call = at(
            number,
            Method::GET,
            &["tax"],
            "read the VAT of a sales order",
        );
        let (taxes, _) = self
            .read::<Vec<Tax>>(call)
            .await?
            .ok_or_else(|| gone(number))?;
        booked(number, response.header("etag"), order, lines, taxes).map(Some)
    }

    /// The documents whose `customer.order` is exactly `customer_order`. `filter` is a search over number, reference and name
    /// (`facts/visma` 4), so every row is compared here.
    pub async fn find_orders(&self, customer_order: &str) -> Result<Vec<SalesOrderHit>, Problem> {
        // As it was sent: cut to the field.
        let wanted = cut(customer_order, write::REFERENCE);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let hits = self.list(&[("filter", wanted.clone())]).await?;
        Ok(hits
            .into_iter()
            .filter(|hit| hit.customer_order.as_deref().map(str::trim) == Some(wanted.as_str()))
            .collect())
    }

    /// The documents changed since a moment, oldest change first.
    pub async fn orders_modified_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<SalesOrderHit>, Problem> {
        self.list(&[
            ("modifiedSince", moment(since)),
            ("orderBy", "lastModified asc".to_owned()),
        ])
        .await
    }

    async fn list(
        &self,
        filters: &[(&'static str, String)],
    ) -> Result<Vec<SalesOrderHit>, Problem> {
        let mut hits = Vec::new();
        let mut known = HashSet::new();
        let mut pages = Pages::of(LIST_PAGE, "list of sales orders");
        loop {
            let mut call = Call::get(
                Api::Orders,
                &["api", "v3", "SalesOrders"],
                "list sales orders",
            );
            call.query = filters.to_vec();
            let call = call
                .query("pageSize", pages.size())
                .query("pageIndex", pages.index());
            let (page, _) = self
                .read::<Page<ListRow>>(call)
                .await?
                .ok_or_else(|| unexpected("the list of sales orders is not there (404)"))?;
            let more =
                pages.after_v3(page.value.len(), page.next_page.is_some(), page.total_count)?;
            // A row can come twice when the list moves between two pages.
            hits.extend(
                page.value
                    .into_iter()
                    .filter_map(hit)
                    .filter(|found| known.insert(found.number.clone())),
            );
            if !more {
                return Ok(hits);
            }
        }
    }

    /// Changes everything in the head that follows the shop, in one call. Gives back the new ETag.
    pub async fn patch_head(
        &self,
        number: &OrderNumber,
        etag: &str,
        head: &HeadDraft,
    ) -> Result<String, CallError> {
        let call = at(number, Method::PATCH, &[], "change a sales order").if_match(etag);
        let call = call
            .json(&write::patch_head(head))
            .map_err(CallError::NotSent)?;
        self.change(
            number,
            call,
            &refusal::About {
                head: Some(head),
                ..refusal::About::default()
            },
        )
        .await
    }

    /// Changes lines. Gives back the new ETag.
    pub async fn patch_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LinePatch],
    ) -> Result<String, CallError> {
        let call = at(
            number,
            Method::PATCH,
            &["lines"],
            "change lines of a sales order",
        )
        .if_match(etag);
        let call = call
            .json(&write::patch_lines(lines))
            .map_err(CallError::NotSent)?;
        self.change(
            number,
            call,
            &refusal::About {
                lines: lines.iter().map(|patch| &patch.line).collect(),
                ..refusal::About::default()
            },
        )
        .await
    }

    /// Adds lines. Gives back the new ETag.
    pub async fn add_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LineDraft],
    ) -> Result<String, CallError> {
        let call = at(
            number,
            Method::POST,
            &["lines"],
            "add lines to a sales order",
        )
        .if_match(etag);
        let call = call
            .json(&write::add_lines(lines))
            .map_err(CallError::NotSent)?;
        self.change(
            number,
            call,
            &refusal::About {
                lines: lines.iter().collect(),
                ..refusal::About::default()
            },
        )
        .await
    }

    /// Removes lines by Visma.net's own line numbers. Gives back the new ETag.
    pub async fn delete_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        ids: &[i64],
    ) -> Result<String, CallError> {
        let mut call = at(
            number,
            Method::DELETE,
            &["lines"],
            "remove lines of a sales order",
        )
        .if_match(etag);
        for id in ids {
            call = call.query("ids", id);
        }
        self.change(number, call, &refusal::About::default()).await
    }

    /// Cancels: the status alone, as it may not be combined with other fields (`facts/visma` 7). Gives back the new ETag.
    pub async fn cancel(&self, number: &OrderNumber, etag: &str) -> Result<String, CallError> {
        let call = at(number, Method::PATCH, &[], "cancel a sales order").if_match(etag);
        let call = call
            .json(&StatusAlone {
                status: "Cancelled",
            })
            .map_err(CallError::NotSent)?;
        self.change(number, call, &refusal::About::default()).await
    }

    async fn change(
        &self,
        number: &OrderNumber,
        call: Call,
        about: &refusal::About<'_>,
    ) -> Result<String, CallError> {
        let response = self
            .write(call)
            .await
            .map_err(|failed| refusal::explain(failed, about))?;
        if let Some(etag) = etag_of(&response) {
            return Ok(etag);
        }
        // Every modification should name the new version; where one does not, the head does.
        let call = at(number, Method::GET, &[], "read a sales order");
        let read = self.read::<Order>(call).await.map_err(CallError::Unknown)?;
        let (order, response) = read.ok_or_else(|| CallError::Unknown(gone(number)))?;
        let version = || {
            order
                .version
                .as_deref()
                .map(|version| format!("\"{version}\""))
        };
        etag_of(&response)
            .or_else(version)
            .ok_or_else(|| CallError::Unknown(unexpected(format!("{number} without version"))))
    }
}

pub(crate) fn at(
    number: &OrderNumber,
    method: Method,
    below: &[&str],
    action: &'static str,
) -> Call {
    let mut path = vec![
        "api",
        "v3",
        "SalesOrders",
        &number.order_type,
        &number.number,
    ];
    path.extend(below);
    Call::new(Api::Orders, method, &path, action)
}

fn etag_of(response: &HttpResponse) -> Option<String> {
    response
        .header("etag")
        .map(str::trim)
        .filter(|etag| !etag.is_empty())
        .map(str::to_owned)
}

pub(crate) fn gone(number: &OrderNumber) -> Problem {
    Problem::new(Code::DocumentGone).with("document", number)
}
