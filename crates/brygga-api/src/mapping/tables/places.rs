//! Where goods lie: the shop's locations and the warehouses of Visma.net.

use brygga_core::Code;
use brygga_core::booking::suggest_places;
use brygga_core::erp::Warehouse;

use super::super::Ground;
use super::{cells, picked, row, suggestion, typed};
use crate::contract::{Choice, MappingColumn, MappingTable, Suggestion};
use crate::settings::Source;

/// The warehouse that is called as the location is.
fn same_warehouse(ground: &Ground<'_>, id: &str) -> Option<Suggestion> {
    let location = ground.locations.iter().find(|known| known.id == id)?;
    let warehouse = suggest_places::warehouse_of(location, &ground.catalogue.warehouses)?;
    Some(suggestion(
        cells([("warehouse", warehouse.id.as_str())]),
        "warehouse-name",
        [("name", warehouse.description.as_str())],
    ))
}

/// The location that is called as the warehouse is.
fn same_location(ground: &Ground<'_>, warehouse: &Warehouse) -> Option<Suggestion> {
    let location = suggest_places::location_of(warehouse, ground.locations)?;
    Some(suggestion(
        cells([("location", location.id.as_str())]),
        "location-name",
        [("name", location.name.as_str())],
    ))
}

fn only_warehouse(ground: &Ground<'_>) -> Option<Suggestion> {
    let mut active = ground
        .catalogue
        .warehouses
        .iter()
        .filter(|warehouse| warehouse.active);
    match (active.next(), active.next()) {
        (Some(warehouse), None) => Some(suggestion(
            cells([("warehouse", warehouse.id.as_str())]),
            "only-one",
            [],
        )),
        _ => None,
    }
}

/// A location by its name. One that the shop has no more is told by its number.
pub(super) fn location(ground: &Ground<'_>) -> MappingColumn {
    let name = |id: &str| {
        let known = ground.locations.iter().find(|known| known.id == id);
        known.map(|known| known.name.clone()).unwrap_or_default()
    };
    MappingColumn {
        name: "location".into(),
        choices: ground
            .seen
            .locations
            .iter()
            .map(|id| Choice {
                id: id.clone(),
                label: name(id),
            })
            .collect(),
        optional: false,
    }
}

pub(super) fn warehouses(ground: &Ground<'_>) -> MappingTable {
    let mapped = &ground.settings.invoices.warehouses;
    let rows = ground
        .seen
        .locations
        .iter()
        .map(|location| {
            let chosen = mapped.get(location).map_or("", String::as_str);
            let waits = ground.seen.waiting(
                Code::SpecialItemUnmapped,
                &[("kind", "warehouse"), ("location", location)],
            );
            row(
                cells([("location", location.as_str())]),
                cells([("warehouse", chosen)]),
                waits,
                same_warehouse(ground, location).or_else(|| only_warehouse(ground)),
            )
        })
        .collect();
    MappingTable {
        name: "warehouses".into(),
        keys: vec![location(ground)],
        columns: vec![picked(
            "warehouse",
            Source::Warehouses,
            ground.catalogue,
            false,
        )],
        open: false,
        rows,
    }
}

pub(super) fn stock(ground: &Ground<'_>) -> MappingTable {
    let rows = ground
        .catalogue
        .warehouses
        .iter()
        .filter(|warehouse| warehouse.active)
        .map(|warehouse| {
            let chosen = ground.settings.stock.locations.get(&warehouse.id);
            // Where goods are shipped from, they are sold from.
            let shipped_from = ground
                .settings
                .invoices
                .warehouses
                .iter()
                .find(|(_, there)| **there == warehouse.id)
                .map(|(location, _)| {
                    suggestion(cells([("location", location.as_str())]), "ships-from", [])
                });
            let waits = ground.seen.waiting(
                Code::StockReturnLocation,
                &[("warehouse", warehouse.id.as_str())],
            );
            row(
                cells([
                    ("warehouse", warehouse.id.as_str()),
                    ("name", warehouse.description.as_str()),
                ]),
                cells([("location", chosen.map_or("", String::as_str))]),
                waits,
                shipped_from.or_else(|| same_location(ground, warehouse)),
            )
        })
        .collect();
    MappingTable {
        name: "stock".into(),
        keys: vec![typed("warehouse", false), typed("name", true)],
        columns: vec![location(ground)],
        open: false,
        rows,
    }
}
