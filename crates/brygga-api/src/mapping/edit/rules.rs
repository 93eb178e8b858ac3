//! Rows of what is no document's account: when an order is booked, units kept back, exchange rates.

use brygga_core::settings::{ChannelRow, FixedRate, Settings, Trigger};
use brygga_core::{Currency, Problem};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Row;
use crate::settings::{Source, refused};

/// The most units that can be kept back, as in the settings.
const MOST_UNITS: u32 = 100_000;

impl Row<'_> {
    pub(super) fn trigger(&self, settings: &mut Settings) -> Result<(), Problem> {
        let gateway = self.key("gateway")?.to_owned();
        let rows = &mut settings.trigger.by_gateway;
        if self.is_empty() {
            rows.remove(&gateway);
            return Ok(());
        }
        let trigger = match self.value("trigger")?.as_str() {
            "created" => Trigger::Created,
            "paid" => Trigger::Paid,
            "fulfilled" => Trigger::Fulfilled,
            other => return Err(refused("trigger", other)),
        };
        rows.insert(gateway, trigger);
        Ok(())
    }

    pub(super) fn channel(&self, settings: &mut Settings) -> Result<(), Problem> {
        let channel = self.key("channel")?.to_owned();
        if self.is_empty() {
            settings.channels.remove(&channel);
            return Ok(());
        }
        let picked = |column, source| match self.maybe(column) {
            Some(_) => self.picked(column, source).map(Some),
            None => Ok(None),
        };
        // Nothing of Visma.net's registers of these is read: at least they fit where they are sent (SalesOrder v3, `NewSalesOrderCommand`).
        let typed = |column, most| match self.maybe(column) {
            Some(text) if text.chars().count() > most => Err(refused(column, text)),
            text => Ok(text),
        };
        let row = ChannelRow {
            order_type: picked("order_type", Source::OrderTypes)?,
            branch: picked("branch", Source::Branches)?,
            warehouse: picked("warehouse", Source::Warehouses)?,
            subaccount: match self.maybe("subaccount") {
                Some(text) => Some(text.parse()?),
                None => None,
            },
            project: typed("project", 30)?,
            sales_person: typed("sales_person", 15)?,
            ship_via: typed("ship_via", 15)?,
            terms: self.maybe("terms"),
        };
        settings.channels.insert(channel, row);
        Ok(())
    }

    pub(super) fn buffer(&self, settings: &mut Settings) -> Result<(), Problem> {
        let of = |column: &str| Self::cell(&self.edit.key, column).map(str::to_owned);
        let buffer = &mut settings.stock.buffer;
        let (rows, id) = match (of("item"), of("location")) {
            (Some(item), None) => (&mut buffer.items, item),
            (None, Some(location)) => (&mut buffer.locations, location),
            (None, None) => return Err(self.lacks("item")),
            // An item's units are kept back wherever it is.
            (Some(_), Some(location)) => return Err(refused("location", location)),
        };
        if self.is_empty() {
            rows.remove(&id);
            return Ok(());
        }
        let units = self.value("buffer")?;
        let kept = units.parse().ok().filter(|kept| *kept <= MOST_UNITS);
        rows.insert(id, kept.ok_or_else(|| refused("buffer", units))?);
        Ok(())
    }

    pub(super) fn rate(&self, settings: &mut Settings) -> Result<(), Problem> {
        let from = self.currency("from_currency")?;
        let to = self.currency("to_currency")?;
        if from == to {
            return Err(refused("to_currency", to));
        }
        let day = self.key("since")?;
        let since: NaiveDate = day.parse().map_err(|_| refused("since", day))?;
        let rows = &mut settings.rates.fixed;
        let place = rows
            .iter()
            .position(|row| row.from == from && row.to == to && row.since == since);
        if self.is_empty() {
            if let Some(place) = place {
                rows.remove(place);
            }
            return Ok(());
        }
        // Typed by hand: a comma is what four of the five languages write.
        let typed = self.value("exchange_rate")?;
        let rate = typed.replace(',', ".").parse().ok();
        let row = FixedRate {
            from,
            to,
            since,
            rate: rate
                .filter(|rate: &Decimal| *rate > Decimal::ZERO)
                .ok_or_else(|| refused("exchange_rate", typed))?,
        };
        match place.and_then(|place| rows.get_mut(place)) {
            Some(there) => *there = row,
            None => rows.push(row),
        }
        Ok(())
    }

    fn currency(&self, column: &str) -> Result<String, Problem> {
        let code = self.key(column)?.to_uppercase();
        match Currency::from_code(&code) {
            Some(currency) => Ok(currency.code().to_owned()),
            None => Err(refused(column, code)),
        }
    }
}
