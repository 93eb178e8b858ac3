//! Where Visma.net ships: what the warehouse has done is read by its changes, and what the shop says of the sending with it
//! (`booking-rules` 6). The steps are those of every other part: decided, journalled, sent, looked up.

use std::collections::BTreeMap;

use brygga_core::Problem;
use brygga_core::booking::life::{Books, Linked, PartKind, PartLink, PartRef};
use brygga_core::code::Class;
use brygga_core::erp::{Operation, OrderNumber, ShipmentNews};
use brygga_core::settings::{BookingMode, Settings, WhoShips};
use brygga_core::shop::{FulfilmentDraft, Order};
use brygga_store::{Link, RecordKind, RecordRef, RecordRow};
use chrono::{DateTime, TimeDelta, Utc};

use super::books::Shelf;
use super::links;
use crate::booked::{self, erp_id};
use crate::engine::{Engine, Setup};

/// The flow's name in the cursor table.
pub(super) const SHIPMENTS: &str = "shipments";
/// Each read begins so far back: an hour in which the time zone of Visma.net's timestamps may be another, and the lag of its lists
/// (`facts/visma` 4).
const OVERLAP: TimeDelta = TimeDelta::minutes(70);
/// So far back the first read looks, and never before the start date: what the warehouse shipped just before this was switched on.
const FIRST: TimeDelta = TimeDelta::days(14);
/// Kind of the marks of shipments: their status and change when they were last looked at.
pub(super) const SEEN: &str = "shipment-seen";

/// Does Visma.net ship. Only sales orders have shipments.
fn visma_ships(settings: &Settings) -> bool {
    settings.invoices.who_ships == WhoShips::Visma
        && settings.booking_mode == BookingMode::SalesOrder
}

/// What people call a shipment.
pub(super) fn name(order: &str, shipment: &str) -> String {
    format!("{order} {shipment}")
}

impl Engine {
    /// Wakes the orders whose shipments changed in Visma.net. How many.
    pub(crate) async fn read_shipment_news(&self) -> Result<usize, Problem> {
        if !visma_ships(&*self.settings()?) {
            return Ok(0);
        }
        let setup = self.setup().await?;
        let now = self.clock.now();
        let from = match self.store.cursor(SHIPMENTS)? {
            Some(cursor) => cursor,
            None => first(now, &setup),
        } - OVERLAP;
        let since = from.with_timezone(&setup.shop.time_zone).naive_local();
        let mut woken = 0;
        for news in self.erp.shipment_news(since).await? {
            self.check_stop()?;
            if news.operation == Operation::Issue && self.wake_shipment(&news).await? {
                woken += 1;
            }
        }
        self.store.store_page(&[], Some((SHIPMENTS, now)))?;
        Ok(woken)
    }

    async fn wake_shipment(&self, news: &ShipmentNews) -> Result<bool, Problem> {
        let mark = format!(
            "{} {}",
            news.status.as_str(),
            news.modified.as_deref().unwrap_or("-")
        );
        let seen = self.store.link(SEEN, &news.number)?;
        if seen.is_some_and(|seen| seen.erp_id == mark) {
            return Ok(false);
        }
        let mut orders = news.orders.clone();
        if orders.is_empty() {
            let read = self.erp.shipment(&news.number).await?;
            let lines = read.iter().flat_map(|shipment| &shipment.lines);
            orders.extend(lines.map(|line| line.order.clone()));
        }
        let mut order = None;
        for number in &orders {
            if order.is_none() {
                order = self.order_of(number)?;
            }
        }
        // A shipment of something else than our orders.
        let Some(order) = order else {
            return Ok(false);
        };
        let record = RecordRef::new(RecordKind::Shipment, &news.number);
        if self.store.record(&record)?.is_some() {
            self.store.mark_retry(std::slice::from_ref(&record))?;
        } else {
            let of = self.store.record(&RecordRef::order(&order))?;
            let of = of.map_or_else(|| order.clone(), |row| row.name);
            let mut row = RecordRow::new(record, name(&of, &news.number), self.clock.now());
            row.part_of = Some(order);
            row.erp_number = Some(news.number.clone());
            self.store.put_record(&row)?;
        }
        self.store.put_link(&Link {
            kind: SEEN.into(),
            shop_id: news.number.clone(),
            erp_id: mark,
            detail: serde_json::Value::Null,
            made_at: self.clock.now(),
        })?;
        Ok(true)
    }

    /// The shop's order that a sales order is of: the order itself, or goods that were added to it later.
    fn order_of(&self, number: &OrderNumber) -> Result<Option<String>, Problem> {
        let number = erp_id(number);
        if let Some(link) = self.store.links_to(booked::ORDER, &number)?.pop() {
            return Ok(Some(link.shop_id));
        }
        let of_part = links::kind(PartKind::Invoice, Linked::Order);
        let link = self.store.links_to(&of_part, &number)?.pop();
        Ok(link.and_then(|link| link.detail["order"].as_str().map(str::to_owned)))
    }

    /// Shipments of an order that have a record.
    pub(super) fn known_shipments(&self, order: &Order) -> Result<Vec<String>, Problem> {
        let rows = self.store.parts_of(&order.id.0)?;
        Ok(rows
            .into_iter()
            .filter(|row| row.record.kind == RecordKind::Shipment)
            .map(|row| row.record.id)
            .collect())
    }

    /// How the sending stands in the shop. Not asked before there is a shipment to tell of.
    pub(super) async fn read_sending(
        &self,
        shelf: &Shelf<'_>,
        books: &mut Books,
    ) -> Result<(), Problem> {
        books.sending = None;
        books.sending_problem = None;
        let shipped = !books.known_shipments.is_empty()
            || books
                .shipments
                .iter()
                .any(|shipment| shipment.operation == Operation::Issue);
        if !shipped || !visma_ships(&shelf.setup.settings) {
            return Ok(());
        }
        match self.shop.sending(&shelf.order.id).await {
            Ok(sending) => books.sending = sending,
            Err(problem) if problem.code.class() == Class::Held => {
                books.sending_problem = Some(problem);
            }
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    /// Which fulfilments tell of the order's shipments: also those that the mirror does not know yet.
    pub(super) fn add_shipment_links(&self, books: &mut Books) -> Result<(), Problem> {
        let kind = links::kind(PartKind::Invoice, Linked::Shipment);
        let shipments = books.shipments.iter().map(|shipment| &shipment.number);
        let numbers: Vec<String> = shipments.chain(&books.known_shipments).cloned().collect();
        for number in numbers {
            for link in self.store.links_to(&kind, &number)? {
                let link = PartLink {
                    part: PartRef {
                        kind: PartKind::Invoice,
                        id: link.shop_id,
                    },
                    what: Linked::Shipment,
                    number: link.erp_id,
                };
                if !books.links.contains(&link) {
                    books.links.push(link);
                }
            }
        }
        Ok(())
    }
}

fn first(now: DateTime<Utc>, setup: &Setup) -> DateTime<Utc> {
    let start = setup
        .settings
        .start_date
        .map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    start.map_or(now, |start| start.clamp(now - FIRST, now))
}

/// The fulfilment that a lost call has made: of exactly these units, and no shipment's yet. Somebody's of the same units in between
/// serves as well: what counts is that no unit is told twice.
pub(super) fn made_of(draft: &FulfilmentDraft, books: &Books) -> Option<String> {
    let mut wanted: BTreeMap<&str, u32> = BTreeMap::new();
    for line in draft.parts.iter().flat_map(|part| &part.lines) {
        *wanted.entry(line.line_id.as_str()).or_default() += line.units;
    }
    let fulfilments = &books.sending.as_ref()?.fulfilments;
    let found = fulfilments.iter().rev().find(|fulfilment| {
        let mut units: BTreeMap<&str, u32> = BTreeMap::new();
        for line in &fulfilment.lines {
            *units.entry(line.line_id.as_str()).or_default() += line.quantity;
        }
        let is_linked = books.links.iter().any(|link| {
            link.what == Linked::Shipment
                && link.part.kind == PartKind::Invoice
                && link.part.id == fulfilment.id
        });
        !is_linked && units == wanted
    });
    found.map(|fulfilment| fulfilment.id.clone())
}
