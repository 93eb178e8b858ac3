//! Stock per warehouse: SalesOrder v3's list of availability, else the ERP's list of items (`facts/visma` 9).

use std::collections::BTreeSet;

use brygga_core::goods::WarehouseStock;
use brygga_core::{Code, Problem};
use chrono::{DateTime, NaiveDateTime, Utc};

use super::items::{naive, parsed};
use super::wire::{Availability, Product};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::erp::wire::Row as _;
use crate::exact::Exact;
use crate::paging::Pages;
use crate::sales_order::wire::Page;
use crate::text::moment;

/// Items in a page; the default is 10,000 (`facts/visma` 9).
const PAGE: usize = 5000;
/// Items that are named in one call: the address must not get too long.
const NAMED: usize = 40;

/// So many changed items are read faster with all others.
const MANY: usize = 400;

/// One item's stock, every warehouse of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemStock {
    /// Item number, trimmed.
    pub item: String,
    /// Unit in which it is counted.
    pub base_unit: Option<String>,
    /// Its warehouses.
    pub warehouses: Vec<WarehouseStock>,
}

/// Stock as it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StockSet {
    /// The items.
    pub items: Vec<ItemStock>,
    /// The newest change among them, by Visma.net's clock: where the next read begins, less an overlap.
    pub newest: Option<DateTime<Utc>>,
}

impl Visma {
    /// The stock of all items, or of those whose stock changed from `since` on. Without the scope of SalesOrder v3, the ERP is asked.
    pub async fn stock_changed(&self, since: Option<DateTime<Utc>>) -> Result<StockSet, Problem> {
        match self.availability(since).await {
            Err(problem) if matches!(problem.code, Code::ErpScope | Code::ErpForbidden) => {
                self.stock_by_items(since).await
            }
            Ok(None) => self.stock_by_items(since).await,
            Ok(Some(set)) => Ok(set),
            Err(problem) => Err(problem),
        }
    }

    async fn availability(
        &self,
        since: Option<DateTime<Utc>>,
    ) -> Result<Option<StockSet>, Problem> {
        let filter: Vec<(&'static str, String)> = match since {
            None => Vec::new(),
            Some(since) => vec![
                ("modifiedSince", moment(since)),
                ("modifiedSinceCondition", ">=".to_owned()),
            ],
        };
        let Some(rows) = self.availability_rows(&filter).await? else {
            return Ok(None);
        };
        let newest = newest_of(&rows);
        if since.is_none() {
            let items = rows.into_iter().filter_map(item).collect();
            return Ok(Some(StockSet { items, newest }));
        }
        // Whether a change brings all warehouses of its item or the changed one alone is not documented: the items are read whole.
        let changed: BTreeSet<String> = rows
            .into_iter()
            .filter_map(|row| row.inventory_id)
            .collect();
        if changed.len() > MANY {
            let Some(rows) = self.availability_rows(&[]).await? else {
                return Ok(None);
            };
            let items = rows.into_iter().filter_map(item).collect();
            return Ok(Some(StockSet { items, newest }));
        }
        let changed: Vec<String> = changed.into_iter().collect();
        let mut items = Vec::with_capacity(changed.len());
        for part in changed.chunks(NAMED) {
            let named: Vec<(&'static str, String)> = part
                .iter()
                .map(|number| ("inventoryId", number.clone()))
                .collect();
            if let Some(rows) = self.availability_rows(&named).await? {
                items.extend(rows.into_iter().filter_map(item));
            }
        }
        Ok(Some(StockSet { items, newest }))
    }

    /// `None` if the list is not there.
    async fn availability_rows(
        &self,
        filter: &[(&'static str, String)],
    ) -> Result<Option<Vec<Availability>>, Problem> {
        let mut rows = Vec::new();
        let mut pages = Pages::of(PAGE, "list of availability");
        loop {
            let mut call = Call::get(Api::Orders, &["api", "v3", "Inventory"], "read the stock");
            call.query = filter.to_vec();
            let call = call
                .query("pageSize", pages.size())
                .query("pageIndex", pages.index());
            let Some((mut page, _)) = self.read::<Page<Availability>>(call).await? else {
                return Ok(None);
            };
            let more =
                pages.after_v3(page.value.len(), page.next_page.is_some(), page.total_count)?;
            rows.append(&mut page.value);
            if !more {
                return Ok(Some(rows));
            }
        }
    }

    /// Each item carries all its warehouses here.
    async fn stock_by_items(&self, since: Option<DateTime<Utc>>) -> Result<StockSet, Problem> {
        let since = since.map(|since| since.naive_utc());
        let filter = since.map(|since| {
            [
                ("availabilityLastModifiedDateTime", naive(since)),
                ("availabilityLastModifiedDateTimeCondition", ">=".to_owned()),
            ]
        });
        let filter = filter.as_ref().map_or(&[][..], |filter| &filter[..]);
        let rows = self.product_rows(filter, true).await?;
        let newest = rows
            .iter()
            .flat_map(|row| row.warehouse_details.iter().flatten())
            .filter_map(|row| parsed(row.last_modified_date_time.as_deref()?))
            .max()
            .map(|newest: NaiveDateTime| newest.and_utc());
        let items = rows.into_iter().map(item_of_product).collect();
        Ok(StockSet { items, newest })
    }

    pub(super) async fn product_rows(
        &self,
        filter: &[(&'static str, String)],
        warehouses: bool,
    ) -> Result<Vec<Product>, Problem> {
        let mut rows: Vec<Product> = Vec::new();
        let mut pages = Pages::of(1000, "list of items");
        loop {
            let mut call = Call::get(Api::Erp, &["v1", "inventory"], "read the items");
            for name in crate::erp::NOT_EXPANDED {
                let wanted = match name {
                    "expandWarehouseDetail" => warehouses,
                    "expandCrossReference" => !warehouses,
                    _ => false,
                };
                call = call.query(name, wanted);
            }
            for (name, value) in filter {
                call = call.query(name, value);
            }
            let mut page: Vec<Product> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(page.len(), page.first().and_then(Product::metadata))?;
            rows.append(&mut page);
            if !more {
                return Ok(rows);
            }
        }
    }
}

fn newest_of(rows: &[Availability]) -> Option<DateTime<Utc>> {
    rows.iter()
        .flat_map(|row| row.availability.iter().flatten())
        .filter_map(|row| {
            let text = row.last_modified.as_deref()?;
            // Without an offset v3 means UTC (`facts/visma` 4).
            DateTime::parse_from_rfc3339(text)
                .map(|at| at.with_timezone(&Utc))
                .ok()
                .or_else(|| Some(parsed(text)?.and_utc()))
        })
        .max()
}

fn amount(value: Option<Exact>) -> rust_decimal::Decimal {
    value.unwrap_or_default().0
}

fn item(row: Availability) -> Option<ItemStock> {
    let item = row.inventory_id?.trim().to_owned();
    let warehouses = row
        .availability
        .unwrap_or_default()
        .into_iter()
        .filter_map(|row| {
            Some(WarehouseStock {
                item: item.clone(),
                warehouse: row.warehouse_id?.trim().to_owned(),
                on_hand: amount(row.quantity_on_hand),
                available_for_shipment: amount(row.quantity_available_for_shipment),
                available: amount(row.quantity_available),
            })
        })
        .collect();
    Some(ItemStock {
        item,
        base_unit: row.base_unit,
        warehouses,
    })
}

fn item_of_product(row: Product) -> ItemStock {
    let item = row.inventory_number.trim().to_owned();
    let warehouses = row
        .warehouse_details
        .unwrap_or_default()
        .into_iter()
        .filter_map(|row| {
            Some(WarehouseStock {
                item: item.clone(),
                warehouse: row.warehouse?.trim().to_owned(),
                on_hand: amount(row.quantity_on_hand),
                available_for_shipment: amount(row.available_for_shipment),
                available: amount(row.available),
            })
        })
        .collect();
    ItemStock {
        item,
        base_unit: row.base_unit,
        warehouses,
    }
}
