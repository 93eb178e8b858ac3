//! Every choice can be seen and made in the window: in the settings, in a table of the mapping, or as the answer to a record.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::erp::{Catalogue, Item, ItemType, VatCalculation, VatId};
use brygga_core::settings::Settings;
use serde_json::Value;

use super::plain;
use super::table::SECTIONS;
use crate::contract::MappingEdit;
use crate::mapping::applied;

/// What else writes a choice.
const ELSEWHERE: [(&str, &str); 9] = [
    ("approved_without_vat", "fixes: yes to an order"),
    ("exempt_buyers", "fixes: yes to a buyer"),
    ("customers/chosen", "fixes: which customer"),
    ("refunds/approved", "fixes: yes to a refund"),
    ("products/approved_archives", "fixes: yes to a product"),
    // Shown once something is chosen; the pages put the whole place.
    ("products/owners", "settings: products/owners/..."),
    ("customers/owners", "settings: customers/owners/..."),
    // Told as limits in the README: without them the usual one counts.
    (
        "payouts/cash_accounts",
        "file: else the account of the payments table",
    ),
    (
        "rates/riksbank_units",
        "file: else the units that are known",
    ),
];

/// Places of the file where something stands or could stand.
fn leaves(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}/{name}")
                };
                leaves(value, &below, into);
            }
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

fn catalogue() -> Catalogue {
    let service = Item {
        number: "X".into(),
        description: "Anything".into(),
        status: "Active".into(),
        item_type: ItemType::FinishedGood,
        stock: false,
        unsupported: false,
        class: None,
        vat_category: None,
        base_unit: Some("STK".into()),
        sales_unit: Some("KASSE".into()),
    };
    Catalogue {
        items: [("X".to_owned(), service)].into(),
        vat_ids: vec![VatId {
            id: "3".into(),
            description: "25 %".into(),
            calculation: Some(VatCalculation::PerLine),
            zones: vec!["NO".into()],
            categories: vec!["25".into()],
            rates: Vec::new(),
            reverse: false,
        }],
        ..Catalogue::default()
    }
}

/// One row of every table: `column=value` of its key, then of its values.
const ROWS: [(&str, &str, &str); 14] = [
    (
        "vat",
        "dispatch=NO destination=NO rate=25 kind=goods party=private scheme=domestic",
        "category=25 zone=NO",
    ),
    ("gateways", "gateway=klarna currency=NOK", "rule=leave"),
    ("triggers", "gateway=klarna", "trigger=created"),
    ("channels", "channel=pos", "sales_person=BUTIKK"),
    ("shipping", "method=Express", "item=X"),
    ("warehouses", "location=7001", "warehouse=1"),
    ("stock", "warehouse=1", "location=7001"),
    ("units", "item=X", "unit=STK"),
    ("categories", "class=VARER", "product_type=Mugs"),
    ("classes", "country=* party=company", "class=B2B"),
    ("house", "country=SE currency=SEK", "customer=10001"),
    ("payouts", "class=fee", "account=7770"),
    ("payouts", "class=SHIPPING_LABEL", "account=6100"),
    (
        "rates",
        "from_currency=EUR to_currency=NOK since=2026-10-01",
        "exchange_rate=11.5",
    ),
];

fn cells(text: &str) -> BTreeMap<String, String> {
    text.split(' ')
        .filter_map(|cell| cell.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The places that the tables of the mapping write.
fn of_the_mapping(unset: &Value, all: &BTreeSet<String>) -> BTreeSet<String> {
    let mut rows: Vec<(&str, String, &str)> = ROWS
        .iter()
        .map(|(table, key, values)| (*table, (*key).to_owned(), *values))
        .collect();
    for kind in crate::mapping::ITEMS {
        rows.push(("items", format!("for={kind}"), "item=X"));
    }
    rows.push(("buffers", "item=X".into(), "buffer=2"));
    rows.push(("buffers", "location=7001".into(), "buffer=2"));
    let mut written = BTreeSet::new();
    for (table, key, values) in rows {
        let edit = MappingEdit {
            table: table.into(),
            key: cells(&key),
            values: cells(values),
        };
        let settings = applied(&Settings::default(), &[edit], &catalogue())
            .unwrap_or_else(|problem| panic!("{table} {key}: {problem}"));
        let after = plain(&settings).expect("plain");
        let places: Vec<&String> = all
            .iter()
            .filter(|path| {
                let at = format!("/{path}");
                unset.pointer(&at) != after.pointer(&at)
            })
            .collect();
        assert!(!places.is_empty(), "{table} {key} writes nothing");
        written.extend(places.into_iter().cloned());
    }
    written
}

#[test]
fn every_choice_can_be_made_in_the_window() {
    let unset = plain(&Settings::default()).expect("plain");
    let mut all = BTreeSet::new();
    leaves(&unset, "", &mut all);
    // The one place that the file leaves out while nothing stands there.
    all.insert("special_items/shipping_methods".to_owned());
    let fields: BTreeSet<&str> = SECTIONS
        .iter()
        .flat_map(|(_, fields)| fields.iter())
        .map(|field| field.path)
        .collect();
    let mapped = of_the_mapping(&unset, &all);
    let named: BTreeSet<&str> = ELSEWHERE.iter().map(|(path, _)| *path).collect();
    let missing: Vec<&String> = all
        .iter()
        .filter(|path| {
            let path = path.as_str();
            !fields.contains(path) && !mapped.contains(path) && !named.contains(path)
        })
        .collect();
    assert!(missing.is_empty(), "only in the file: {missing:?}");
    // A name on the list that is a choice no more, or has come to a page, goes from it.
    for path in named {
        assert!(all.contains(path), "no such place: {path}");
        assert!(!fields.contains(path) && !mapped.contains(path), "{path}");
    }
}
