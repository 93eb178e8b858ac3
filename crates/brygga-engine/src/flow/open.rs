//! Open units: what the shop's customers, and those of other channels, have ordered and nobody has taken out of stock yet.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use brygga_core::erp::{BookedOrder, OrderStatus, SalesOrderHit};
use brygga_core::goods::{OpenLine, OpenUnits, open_lines};
use brygga_core::settings::StockQuantity;
use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRef, RecordState};

use super::shelf::{OPEN, OTHER, OVERLAP};
use crate::booked::{self, ORDER};
use crate::engine::{Engine, Setup};

/// How far the mirror's orders were counted.
const COUNTED: &str = "stock-orders";
/// How far other channels' orders were read.
pub(super) const OTHERS: &str = "stock-other-orders";

/// Open units of one item in a sales order of another channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OtherUnits {
    item: String,
    warehouse: String,
    #[serde(with = "rust_decimal::serde::str")]
    units: rust_decimal::Decimal,
}

impl Engine {
    /// Counts the orders that changed in the mirror since the last time.
    pub(super) async fn count_orders(&self) -> Result<(), Problem> {
        let since = self.since(COUNTED, false)?.unwrap_or_default();
        let mut newest = None;
        let mut counted: Vec<(String, Vec<OpenLine>)> = Vec::new();
        let mut settled = Vec::new();
        for record in self.store.mirrored_since(RecordKind::Order, since)? {
            let Some(mirror) = self.store.mirror(&record)? else {
                continue;
            };
            newest = newest.max(Some(mirror.updated_at));
            // An order that cannot be read is held; what Shopify itself holds back for it counts all the same.
            let read = match self.payload_of(&mirror).await {
                Ok(payload) => self.shop.read(&payload),
                // Not in the shop any more: nobody waits for its goods.
                Err(problem) if problem.code == Code::OrderGone => Err(problem),
                Err(problem) => return Err(problem),
            };
            let lines = match read {
                Ok(order) if !order.test => open_lines(&order),
                _ => Vec::new(),
            };
            if lines.is_empty() {
                settled.push(record.id);
            } else {
                counted.push((record.id, lines));
            }
        }
        self.put_on_shelf(OPEN, counted, false)?;
        self.take_off_shelf(OPEN, settled)?;
        self.read_until(COUNTED, newest)
    }

    /// Reads the open sales orders of other channels that changed; the items in them.
    pub(super) async fn count_other_orders(
        &self,
        setup: &Setup,
    ) -> Result<BTreeSet<String>, Problem> {
        let settings = &setup.settings.stock;
        // By its own rule, "available" has deducted them.
        if !settings.other_orders || settings.quantity == StockQuantity::Available {
            return Ok(BTreeSet::new());
        }
        let now = self.clock.now();
        let since = self
            .since(OTHERS, false)?
            .unwrap_or_else(|| now - TimeDelta::days(i64::from(settings.other_orders_days)));
        let sells: BTreeSet<&str> = setup
            .catalogue
            .order_types
            .iter()
            .filter(|kind| kind.behavior == "SalesOrder")
            .map(|kind| kind.id.as_str())
            .collect();
        let mut items = BTreeSet::new();
        for hit in self.erp.orders_since(since).await? {
            self.check_stop()?;
            let id = booked::erp_id(&hit.number);
            let ours = self.is_ours(&hit, &id)?;
            let waits = !matches!(
                hit.status,
                OrderStatus::Completed | OrderStatus::Cancelled | OrderStatus::Invoiced
            );
            // Allocated orders are deducted from what is available for shipment already (`facts/visma` 16).
            let allocated = hit.number.order_type == "SA"
                && settings.quantity == StockQuantity::AvailableForShipment;
            let counts =
                !ours && waits && !allocated && sells.contains(hit.number.order_type.as_str());
            let units = if counts {
                match self.erp.order(&hit.number).await? {
                    Some(order) => open_units(&order),
                    None => Vec::new(),
                }
            } else {
                Vec::new()
            };
            let before: Vec<OtherUnits> = match self.store.link(OTHER, &id)? {
                Some(link) => serde_json::from_value(link.detail).map_err(booked::internal)?,
                None => Vec::new(),
            };
            if before == units {
                continue;
            }
            items.extend(before.iter().chain(&units).map(|row| row.item.clone()));
            if units.is_empty() {
                self.take_off_shelf(OTHER, [id])?;
            } else {
                self.put_on_shelf(OTHER, [(id, units)], false)?;
            }
        }
        self.read_until(OTHERS, Some(now - OVERLAP))?;
        Ok(items)
    }

    fn is_ours(&self, hit: &SalesOrderHit, id: &str) -> Result<bool, Problem> {
        if !self.store.links_to(ORDER, id)?.is_empty() {
            return Ok(true);
        }
        let Some(reference) = &hit.customer_ref else {
            return Ok(false);
        };
        // A part's own order is `ID-PART`.
        let order = reference.split('-').next().unwrap_or_default();
        Ok(self.store.record(&RecordRef::order(order))?.is_some())
    }

    /// Open units per item. `item_of` says which item a line's variant or SKU is.
    pub(super) fn open_by_item(
        &self,
        setup: &Setup,
        item_of: impl Fn(&OpenLine) -> Option<String>,
    ) -> Result<BTreeMap<String, OpenUnits>, Problem> {
        let mut open: BTreeMap<String, OpenUnits> = BTreeMap::new();
        let mut settled = Vec::new();
        for (order, lines) in self.shelf::<Vec<OpenLine>>(OPEN)? {
            let link = self.store.link(ORDER, &order)?;
            let state = self
                .store
                .record(&RecordRef::order(&order))?
                .map(|row| row.state);
            let allocated = link
                .as_ref()
                .is_some_and(|link| link.erp_id.starts_with("SA/"));
            let mut matters = false;
            for line in &lines {
                let mut leaving = 0;
                for (fulfilment, units) in &line.sent {
                    if self.is_leaving(setup, link.is_some(), state, fulfilment)? {
                        leaving += units;
                    }
                }
                matters |= leaving > 0 || line.unfulfilled > 0;
                let Some(item) = item_of(line) else { continue };
                let units = open.entry(item).or_default();
                units.leaving += leaving;
                if link.is_some() {
                    units.booked += line.unfulfilled;
                    if allocated {
                        units.allocated += line.unfulfilled;
                    }
                } else {
                    units.unbooked += line.unfulfilled;
                }
            }
            if !matters {
                settled.push(order);
            }
        }
        self.take_off_shelf(OPEN, settled)?;
        for (id, rows) in self.shelf::<Vec<OtherUnits>>(OTHER)? {
            // It became ours since.
            if !self.store.links_to(ORDER, &id)?.is_empty() {
                continue;
            }
            for row in rows {
                let units = open.entry(row.item).or_default();
                *units.other.entry(row.warehouse).or_default() += row.units;
            }
        }
        Ok(open)
    }

    /// Have these goods left the shop's shelves, but not Visma.net's stock.
    ///
    /// A fulfilment's own record says when it is shipped there. Where Visma.net's people ship by themselves there is none: then a
    /// booked order's units count as taken out when they leave the shop.
    fn is_leaving(
        &self,
        setup: &Setup,
        booked: bool,
        order: Option<RecordState>,
        fulfilment: &str,
    ) -> Result<bool, Problem> {
        if order == Some(RecordState::Skipped) {
            return Ok(false);
        }
        if !booked {
            return Ok(true);
        }
        if !setup.settings.invoices.on {
            return Ok(false);
        }
        let record = RecordRef::new(RecordKind::Invoice, fulfilment);
        Ok(self.store.record(&record)?.is_some_and(|row| {
            matches!(
                row.state,
                RecordState::New | RecordState::Planned | RecordState::Waiting | RecordState::Held
            )
        }))
    }
}

fn open_units(order: &BookedOrder) -> Vec<OtherUnits> {
    order
        .lines
        .iter()
        .filter(|line| line.quantity > line.shipped)
        .map(|line| OtherUnits {
            item: line.item.trim().to_owned(),
            warehouse: line.warehouse.clone().unwrap_or_default(),
            units: line.quantity - line.shipped,
        })
        .collect()
}
