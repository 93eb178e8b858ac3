//! VAT ids with their zones, categories and rates; categories; zones (`facts/visma 11`).

use serde_json::{Map, Value, json};

use super::answer;
use crate::visma::amounts::number;
use crate::visma::data::{Named, VatId, VatZone};
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

const MAX_PAGE: usize = 1000;

pub(super) fn ids(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .vat_ids
        .iter()
        .map(|vat| (vat.id.clone(), id_dto(world, vat)))
        .collect();
    answer::all_or_one(world, "VAT", path, rows)
}

fn id_dto(world: &World, vat: &VatId) -> Value {
    let data = &world.data;
    let zones: Vec<Value> = data
        .vat_zones
        .iter()
        .filter(|zone| vat.zones.contains(&zone.id))
        .map(|zone| Value::Object(zone_dto(zone)))
        .collect();
    let categories: Vec<Value> = data
        .vat_categories
        .iter()
        .filter(|category| vat.categories.contains(&category.id))
        .map(|category| category_dto(world, category, false))
        .collect();
    let schedules: Vec<Value> = vat
        .schedule
        .iter()
        .map(|(from, rate)| json!({"startDate": moment::local_day(*from), "vatRate": number(*rate), "minTaxableAmt": 0.0, "maxTaxableAmt": 0.0, "reportingGroup": "1", "deductibleVatRate": 100.0, "groupType": "Output"}))
        .collect();
    json!({
        "vatCategoryId": vat.id,
        "vatId": vat.id,
        "description": vat.description,
        "type": if vat.reverse { "ReverseVat" } else { "Vat" },
        "deductibleVat": false,
        "reverseVat": vat.reverse,
        "statisticalVat": false,
        "pendingVat": false,
        "includeinVatExemptTotal": vat.level == "VatTypeExempt",
        "includeinVatTotal": true,
        "enterFromVatInvoice": false,
        "calculateOn": vat.calculate_on.word(),
        "cashDiscount": "NoAdjust",
        "vatAgencyId": {"internalId": 1, "number": "SKATT", "name": "Skatteetaten"},
        "documentText": vat.description,
        "vismaXmlVatType": vat.level,
        "schedules": schedules,
        "categories": categories,
        "zones": zones,
    })
}

pub(super) fn categories(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .vat_categories
        .iter()
        .map(|category| (category.id.clone(), category_dto(world, category, true)))
        .collect();
    answer::all_or_one(world, "VAT category", path, rows)
}

fn category_dto(world: &World, category: &Named, with_lines: bool) -> Value {
    let mut dto = answer::object(
        json!({"vatCategoryId": category.id, "description": category.text, "active": true, "excludeListedTaxes": false}),
    );
    if with_lines {
        let lines: Vec<Value> = world
            .data
            .vat_ids
            .iter()
            .filter(|vat| vat.categories.contains(&category.id))
            .map(|vat| {
                let rates: Vec<Value> = vat
                    .schedule
                    .iter()
                    .zip(1..)
                    .map(|((from, rate), revision)| json!({"revisionID": revision.to_string(), "vatRate": number(*rate), "startDate": moment::local_day(*from)}))
                    .collect();
                json!({
                    "vatId": vat.id,
                    "description": vat.description,
                    "type": if vat.reverse { "ReverseVat" } else { "Vat" },
                    "calculateOn": vat.calculate_on.word(),
                    "cashDiscount": "NoAdjust",
                    "vatRates": rates,
                })
            })
            .collect();
        dto.insert("vatCategoryLines".to_owned(), Value::Array(lines));
    }
    Value::Object(dto)
}

/// Zones show only their default category; which ids belong to them stands at the ids.
pub(super) fn zones(world: &World, call: &Call, path: &[&str]) -> Reply {
    match path {
        [] => answer::page(
            world,
            call,
            world.data.vat_zones.iter().map(zone_dto).collect(),
            MAX_PAGE,
        ),
        [id] => world.data.zone(id).map_or_else(
            || answer::not_found(world, "VAT zone", id),
            |zone| Reply::json(Value::Object(zone_dto(zone))),
        ),
        _ => Reply::empty(404),
    }
}

fn zone_dto(zone: &VatZone) -> Map<String, Value> {
    answer::object(json!({
        "id": zone.id,
        "description": zone.text,
        "defaultVatCategory": zone.default_category,
        "defaultTaxCategory": {"number": zone.default_category, "description": null},
    }))
}
