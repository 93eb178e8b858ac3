//! What is decided row by row without being a document's account: when an order is booked, units kept back, exchange rates.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Code;
use brygga_core::settings::{RateSource, Trigger};

use super::super::Ground;
use super::super::seen::Waiting;
use super::places::location;
use super::{Cells, cells, picked, row, typed, words};
use crate::contract::{MappingColumn, MappingRow, MappingTable};
use crate::settings::Source;

/// When an order is booked, by the gateway that it was paid with (`booking-rules` 3). A gateway without a row is what the settings
/// say of all.
pub(super) fn triggers(ground: &Ground<'_>) -> MappingTable {
    let chosen = &ground.settings.trigger.by_gateway;
    let gateways: BTreeSet<&String> = ground
        .seen
        .tenders
        .iter()
        .map(|tender| &tender.gateway)
        .chain(chosen.keys())
        .collect();
    let rows = gateways.into_iter().map(|gateway| {
        let trigger = match chosen.get(gateway) {
            Some(Trigger::Created) => "created",
            Some(Trigger::Paid) => "paid",
            Some(Trigger::Fulfilled) => "fulfilled",
            None => "",
        };
        row(
            cells([("gateway", gateway.as_str())]),
            cells([("trigger", trigger)]),
            // An order that waits to be paid or sent waits for that.
            Waiting::default(),
            None,
        )
    });
    MappingTable {
        name: "triggers".into(),
        keys: vec![typed("gateway", false)],
        columns: vec![words("trigger", &["created", "paid", "fulfilled"])],
        open: true,
        rows: rows.collect(),
    }
}

/// What the orders of a sales channel have of their own (`booking-rules` 3). A channel without a row is as the settings say of all.
pub(super) fn channels(ground: &Ground<'_>) -> MappingTable {
    let chosen = &ground.settings.channels;
    let with_orders = ground.channels.iter().filter(|(_, order)| order.is_some());
    let names: BTreeSet<&String> = with_orders
        .map(|(channel, _)| channel)
        .chain(chosen.keys())
        .collect();
    let rows = names.into_iter().map(|name| {
        let values = chosen.get(name).map_or_else(Cells::new, |row| {
            let of = |value: &Option<String>| value.clone().unwrap_or_default();
            let subaccount = row.subaccount.as_ref();
            let subaccount = subaccount.map_or_else(String::new, ToString::to_string);
            cells([
                ("order_type", of(&row.order_type).as_str()),
                ("branch", of(&row.branch).as_str()),
                ("warehouse", of(&row.warehouse).as_str()),
                ("subaccount", subaccount.as_str()),
                ("project", of(&row.project).as_str()),
                ("sales_person", of(&row.sales_person).as_str()),
                ("ship_via", of(&row.ship_via).as_str()),
                ("terms", of(&row.terms).as_str()),
            ])
        });
        let key = cells([("channel", name.as_str())]);
        row(key, values, Waiting::default(), None)
    });
    let from = |name, source| picked(name, source, ground.catalogue, true);
    MappingTable {
        name: "channels".into(),
        keys: vec![typed("channel", false)],
        columns: vec![
            from("order_type", Source::OrderTypes),
            from("branch", Source::Branches),
            from("warehouse", Source::Warehouses),
            typed("subaccount", true),
            typed("project", true),
            typed("sales_person", true),
            typed("ship_via", true),
            typed("terms", true),
        ],
        open: true,
        rows: rows.collect(),
    }
}

/// Units that are kept back, of an item or at a location that shows stock. The item's go first (`booking-rules` 9).
pub(super) fn buffers(ground: &Ground<'_>) -> MappingTable {
    let stock = &ground.settings.stock;
    let units = |kept: Option<&u32>| kept.map_or_else(String::new, ToString::to_string);
    let places: BTreeSet<&String> = stock
        .locations
        .values()
        .chain(stock.buffer.locations.keys())
        .collect();
    let of_places = places.into_iter().map(|place| {
        let kept = units(stock.buffer.locations.get(place));
        (("location", place), kept)
    });
    let of_items = stock
        .buffer
        .items
        .iter()
        .map(|(item, kept)| (("item", item), units(Some(kept))));
    let rows = of_items.chain(of_places).map(|((what, id), kept)| {
        row(
            cells([(what, id.as_str())]),
            cells([("buffer", kept.as_str())]),
            Waiting::default(),
            None,
        )
    });
    MappingTable {
        name: "buffers".into(),
        keys: vec![
            typed("item", true),
            MappingColumn {
                optional: true,
                ..location(ground)
            },
        ],
        columns: vec![typed("buffer", false)],
        open: true,
        rows: rows.collect(),
    }
}

/// The merchant's own exchange rates (`booking-rules` 10), used where the settings name them as the source.
pub(super) fn rates(ground: &Ground<'_>) -> MappingTable {
    let key = |from: &str, to: &str, since: &str| {
        cells([
            ("from_currency", from),
            ("to_currency", to),
            ("since", since),
        ])
    };
    let mut rows: BTreeMap<Cells, MappingRow> = BTreeMap::new();
    for rate in &ground.settings.rates.fixed {
        let key = key(&rate.from, &rate.to, &rate.since.to_string());
        let cost = cells([("exchange_rate", rate.rate.normalize().to_string().as_str())]);
        rows.insert(key.clone(), row(key, cost, Waiting::default(), None));
    }
    // One row from the first day that a record needs serves all of them.
    let mut missing: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let own = RateSource::Fixed.as_str();
    for params in ground.seen.with(Code::RateMissing) {
        let of = |name: &str| params.get(name).map_or("", String::as_str);
        if of("source") == own {
            let first = missing
                .entry((of("from"), of("to")))
                .or_insert_with(|| of("day"));
            *first = (*first).min(of("day"));
        }
    }
    for ((from, to), since) in missing {
        let waiting = ground.seen.waiting(
            Code::RateMissing,
            &[("source", own), ("from", from), ("to", to)],
        );
        let key = key(from, to, since);
        rows.entry(key.clone())
            .or_insert_with(|| row(key, Cells::new(), waiting, None));
    }
    let currency = |name: &str| picked(name, Source::Currencies, ground.catalogue, false);
    MappingTable {
        name: "rates".into(),
        keys: vec![
            currency("from_currency"),
            currency("to_currency"),
            typed("since", false),
        ],
        columns: vec![typed("exchange_rate", false)],
        open: true,
        rows: rows.into_values().collect(),
    }
}
