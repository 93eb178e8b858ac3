//! VAT ids, zones and categories of a Norwegian company that sells to its neighbours (`booking-rules 5`).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::seen::Seen;
use super::{CATEGORY_NONE, CalculateOn, Named, VatId, VatZone};
use crate::visma::VatRounding;

/// The category of the high rate of each country.
pub(in crate::visma) const HIGH: &str = "HOY";
const MIDDLE: &str = "MIDDELS";
const LOW: &str = "LAV";
const ZERO: &str = "NULL";

/// Zone, text, country, scheme.
const ZONES: [(&str, &str, &str, &str); 9] = [
    ("NO-IN", "Norge innenlands", "NO", "domestic"),
    ("SE-IOSS", "Sverige, privat (IOSS)", "SE", "ioss"),
    ("DK-IOSS", "Danmark, privat (IOSS)", "DK", "ioss"),
    ("FI-IOSS", "Finland, privat (IOSS)", "FI", "ioss"),
    ("DE-IOSS", "Tyskland, privat (IOSS)", "DE", "ioss"),
    ("AT-IOSS", "Østerrike, privat (IOSS)", "AT", "ioss"),
    ("NL-IOSS", "Nederland, privat (IOSS)", "NL", "ioss"),
    ("EU-B2B", "EU, bedrift med mva-nummer", "", "b2b"),
    ("EXPORT", "Utførsel", "", "export"),
];

/// Id, text, zone, category, schedule of (from, tenths of a per cent), level.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [((i32, u32, u32), i64)],
    &'static str,
);

const FROM: (i32, u32, u32) = (2005, 1, 1);
const RATES: [Row; 17] = [
    (
        "NO25",
        "Utgående mva 25 %",
        "NO-IN",
        HIGH,
        &[(FROM, 250)],
        "VatTypeHigh",
    ),
    (
        "NO15",
        "Utgående mva 15 %",
        "NO-IN",
        MIDDLE,
        &[(FROM, 150)],
        "VatTypeMedium",
    ),
    (
        "NO12",
        "Utgående mva 12 %",
        "NO-IN",
        LOW,
        &[((2018, 1, 1), 120)],
        "VatTypeLow",
    ),
    (
        "NO0",
        "Fritatt for mva, 0 %",
        "NO-IN",
        ZERO,
        &[(FROM, 0)],
        "VatTypeZero",
    ),
    (
        "SE25",
        "Svensk moms 25 %",
        "SE-IOSS",
        HIGH,
        &[(FROM, 250)],
        "VatTypeHigh",
    ),
    (
        "SE12",
        "Svensk moms 12 %",
        "SE-IOSS",
        MIDDLE,
        &[(FROM, 120)],
        "VatTypeMedium",
    ),
    (
        "SE6",
        "Svensk moms 6 %",
        "SE-IOSS",
        LOW,
        &[(FROM, 60)],
        "VatTypeLow",
    ),
    (
        "DK25",
        "Dansk moms 25 %",
        "DK-IOSS",
        HIGH,
        &[(FROM, 250)],
        "VatTypeHigh",
    ),
    (
        "FI255",
        "Finsk moms 25,5 %",
        "FI-IOSS",
        HIGH,
        &[((2013, 1, 1), 240), ((2024, 9, 1), 255)],
        "VatTypeHigh",
    ),
    (
        "FI135",
        "Finsk moms 13,5 %",
        "FI-IOSS",
        MIDDLE,
        &[((2013, 1, 1), 140), ((2026, 1, 1), 135)],
        "VatTypeMedium",
    ),
    (
        "FI10",
        "Finsk moms 10 %",
        "FI-IOSS",
        LOW,
        &[(FROM, 100)],
        "VatTypeLow",
    ),
    (
        "DE19",
        "Tysk mva 19 %",
        "DE-IOSS",
        HIGH,
        &[(FROM, 190)],
        "VatTypeHigh",
    ),
    (
        "DE7",
        "Tysk mva 7 %",
        "DE-IOSS",
        LOW,
        &[(FROM, 70)],
        "VatTypeLow",
    ),
    (
        "AT20",
        "Østerriksk mva 20 %",
        "AT-IOSS",
        HIGH,
        &[(FROM, 200)],
        "VatTypeHigh",
    ),
    (
        "AT10",
        "Østerriksk mva 10 %",
        "AT-IOSS",
        LOW,
        &[(FROM, 100)],
        "VatTypeLow",
    ),
    (
        "NL21",
        "Nederlandsk mva 21 %",
        "NL-IOSS",
        HIGH,
        &[((2012, 10, 1), 210)],
        "VatTypeHigh",
    ),
    (
        "NL9",
        "Nederlandsk mva 9 %",
        "NL-IOSS",
        LOW,
        &[((2019, 1, 1), 90)],
        "VatTypeLow",
    ),
];

pub(super) fn setup(seen: &Seen, rounding: VatRounding) -> (Vec<VatId>, Vec<Named>, Vec<VatZone>) {
    let calculate_on = match rounding {
        VatRounding::Line => CalculateOn::ItemAmount,
        VatRounding::Document => CalculateOn::DocumentAmount,
    };
    let zero = |id: &str, text: &str, zones: Vec<String>, categories: &[&str], level| VatId {
        id: id.to_owned(),
        description: text.to_owned(),
        calculate_on,
        reverse: false,
        level,
        zones,
        categories: categories.iter().map(|&id| id.to_owned()).collect(),
        schedule: vec![(day(FROM), Decimal::ZERO)],
    };

    let mut zones: Vec<VatZone> = ZONES
        .iter()
        .map(|&(id, text, country, scheme)| VatZone {
            id: id.to_owned(),
            text: text.to_owned(),
            country: (!country.is_empty()).then(|| country.to_owned()),
            scheme,
            default_category: HIGH.to_owned(),
        })
        .collect();
    let mut categories = vec![
        Named::new(HIGH, "Høy sats"),
        Named::new(MIDDLE, "Middels sats"),
        Named::new(LOW, "Lav sats"),
        Named::new(ZERO, "Nullsats"),
        Named::new(CATEGORY_NONE, "Uten mva (avrunding, gavekort)"),
    ];
    let mut ids: Vec<VatId> = RATES
        .iter()
        .map(|&(id, text, zone, category, schedule, level)| VatId {
            id: id.to_owned(),
            description: text.to_owned(),
            calculate_on,
            reverse: false,
            level,
            zones: vec![zone.to_owned()],
            categories: vec![category.to_owned()],
            schedule: schedule
                .iter()
                .map(|&(from, tenths)| (day(from), Decimal::new(tenths, 1).normalize()))
                .collect(),
        })
        .collect();
    ids.push(zero(
        "EUB2B0",
        "EU-salg til bedrift, 0 %",
        vec!["EU-B2B".to_owned()],
        &[HIGH, MIDDLE, LOW, ZERO],
        "VatTypeZero",
    ));
    ids.push(zero(
        "EKSPORT0",
        "Utførsel, 0 %",
        vec!["EXPORT".to_owned()],
        &[HIGH, MIDDLE, LOW, ZERO],
        "VatTypeZero",
    ));
    if seen.recorded {
        // One zone per country: those that are met have their own, below; and a recorded shop may tax what it sends abroad.
        let met = |zone: &VatZone| {
            zone.scheme == "export"
                || zone
                    .country
                    .as_ref()
                    .is_some_and(|country| seen.countries.contains(country))
        };
        let gone: Vec<String> = zones
            .iter()
            .filter(|zone| met(zone))
            .map(|zone| zone.id.clone())
            .collect();
        zones.retain(|zone| !gone.contains(&zone.id));
        ids.retain(|vat| vat.zones.iter().all(|zone| !gone.contains(zone)));
        recorded(seen, calculate_on, &mut ids, &mut categories, &mut zones);
    }
    let everywhere = zones.iter().map(|zone| zone.id.clone()).collect();
    ids.push(zero(
        "INGEN0",
        "Uten mva",
        everywhere,
        &[CATEGORY_NONE],
        "VatTypeExempt",
    ));
    (ids, categories, zones)
}

/// For shops made of recordings: every country met charges every rate met, each with a category of its own (`design 7`).
fn recorded(
    seen: &Seen,
    calculate_on: CalculateOn,
    ids: &mut Vec<VatId>,
    categories: &mut Vec<Named>,
    zones: &mut Vec<VatZone>,
) {
    let mut rates = seen.rates.clone();
    rates.insert(Decimal::ZERO);
    let category = |rate: &Decimal| format!("R{}", rate.to_string().replace('.', "-"));
    for rate in &rates {
        categories.push(Named::new(&category(rate), &format!("{rate} %")));
    }
    for country in &seen.countries {
        let usual = ZONES.iter().find(|(_, _, known, _)| known == country);
        let zone = usual.map_or_else(|| format!("{country}-TAX"), |(id, ..)| (*id).to_owned());
        zones.push(VatZone {
            id: zone.clone(),
            text: format!("Sales tax {country}"),
            country: Some(country.clone()),
            scheme: "sales-tax",
            default_category: category(&Decimal::ZERO),
        });
        for rate in &rates {
            ids.push(VatId {
                id: format!("{country}-{}", category(rate)),
                description: format!("{country} {rate} %"),
                calculate_on,
                reverse: false,
                level: if rate.is_zero() {
                    "VatTypeZero"
                } else {
                    "VatTypeHigh"
                },
                zones: vec![zone.clone()],
                categories: vec![category(rate)],
                schedule: vec![(day((1990, 1, 1)), *rate)],
            });
        }
    }
}

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}
