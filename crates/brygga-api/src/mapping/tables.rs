//! The tables with their rows: what is chosen, what waits, what could be chosen.

mod goods;
mod money;
mod places;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Code;
use brygga_core::erp::Catalogue;
use brygga_core::settings::VatKey;

use super::Ground;
use super::seen::Waiting;
use crate::contract::{Choice, MappingColumn, MappingRow, MappingTable, Reason, Suggestion};
use crate::settings::{Source, picks};

pub(super) const VAT_KEYS: [&str; 6] =
    ["destination", "rate", "kind", "party", "scheme", "dispatch"];
/// The columns of a VAT row's key, each with the parameter of `vat-unmapped` that tells it.
pub(crate) const VAT_CAUSE: [(&str, &str); 6] = [
    ("destination", "country"),
    ("rate", "rate"),
    ("kind", "kind"),
    ("party", "party"),
    ("scheme", "scheme"),
    ("dispatch", "dispatch"),
];
/// What has an item of its own, by the names that held records give it.
pub(crate) const ITEMS: [&str; 11] = [
    "shipping",
    "rounding",
    "custom",
    "gift_card",
    "tip",
    "duty",
    "fee",
    "channel_tax",
    "refund_difference",
    "cash_rounding",
    DEFAULT_ITEM,
];
/// What stands for products without an item of their own: an item alone, because its account is the item's.
pub(crate) const DEFAULT_ITEM: &str = "default_item";
/// Every other country.
pub(super) const ELSEWHERE: &str = "*";

type Cells = BTreeMap<String, String>;

/// Every table.
pub(super) fn all(ground: &Ground<'_>) -> Vec<MappingTable> {
    let mut tables = vec![
        vat(ground),
        money::gateways(ground),
        rules::triggers(ground),
        rules::channels(ground),
        goods::items(ground),
        goods::shipping(ground),
        places::warehouses(ground),
        places::stock(ground),
        rules::buffers(ground),
        goods::units(ground),
        goods::categories(ground),
        classes(ground),
        house(ground),
        money::payouts(ground),
        rules::rates(ground),
    ];
    for table in &mut tables {
        // Those that something waits for, then those without a choice; the rest as it was made.
        table.rows.sort_by_key(|row| {
            (
                std::cmp::Reverse(row.waiting),
                row.trouble.is_none(),
                !row.values.is_empty(),
            )
        });
    }
    tables
}

pub(super) fn cells<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Cells {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn row(key: Cells, values: Cells, waiting: Waiting, suggestion: Option<Suggestion>) -> MappingRow {
    // Where it is chosen, it says why; beside another choice it would only be in the way.
    let suggestion = suggestion.filter(|suggested| values.is_empty() || suggested.values == values);
    MappingRow {
        id: key
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("|"),
        key,
        values,
        waiting: waiting.count,
        records: waiting.records,
        suggestion,
        trouble: None,
    }
}

/// An account that Visma.net does not have, where it tells which it has.
fn account_trouble(ground: &Ground<'_>, account: Option<&str>) -> Option<Reason> {
    let number = account.filter(|number| !number.is_empty())?;
    let known = ground.catalogue.accounts.as_ref()?;
    (!known.iter().any(|account| account.number == number)).then(|| Reason {
        code: Code::AccountNotFound.to_string(),
        params: cells([("account", number)]),
    })
}

fn suggestion<'a>(
    values: Cells,
    evidence: &str,
    params: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Suggestion {
    Suggestion {
        values,
        evidence: Reason {
            code: evidence.to_owned(),
            params: cells(params),
        },
    }
}

fn typed(name: &str, optional: bool) -> MappingColumn {
    MappingColumn {
        name: name.to_owned(),
        choices: Vec::new(),
        optional,
    }
}

fn words(name: &str, words: &[&str]) -> MappingColumn {
    MappingColumn {
        name: name.to_owned(),
        choices: words
            .iter()
            .map(|word| Choice {
                id: (*word).to_owned(),
                label: String::new(),
            })
            .collect(),
        optional: false,
    }
}

fn picked(name: &str, source: Source, catalogue: &Catalogue, optional: bool) -> MappingColumn {
    MappingColumn {
        name: name.to_owned(),
        choices: picks(Some(catalogue), source),
        optional,
    }
}

pub(super) fn vat_cells(key: &VatKey) -> Cells {
    cells([
        ("destination", key.destination.as_str()),
        ("rate", key.rate.normalize().to_string().as_str()),
        ("kind", key.kind.as_str()),
        ("party", key.party.as_str()),
        ("scheme", key.scheme.as_str()),
        ("dispatch", key.dispatch.as_str()),
    ])
}

fn vat(ground: &Ground<'_>) -> MappingTable {
    let catalogue = ground.catalogue;
    let waiting = |key: &Cells| {
        let of = |name: &str| key.get(name).map_or("", String::as_str);
        ground.seen.waiting(
            Code::VatUnmapped,
            &VAT_CAUSE.map(|(column, name)| (name, of(column))),
        )
    };
    let mut suggested: BTreeMap<Cells, Suggestion> = BTreeMap::new();
    for row in &ground.suggested.vat {
        let ids = catalogue.vat_ids_of(&row.category, &row.zone);
        let names: Vec<&str> = ids.iter().map(|vat| vat.description.as_str()).collect();
        suggested.insert(
            vat_cells(&row.key),
            suggestion(
                cells([
                    ("category", row.category.as_str()),
                    ("zone", row.zone.as_str()),
                ]),
                "vat-id",
                [
                    ("vat_id", names.join(", ").as_str()),
                    ("rate", row.key.rate.normalize().to_string().as_str()),
                    ("zone", row.zone.as_str()),
                ],
            ),
        );
    }
    let mut rows: BTreeMap<Cells, MappingRow> = BTreeMap::new();
    for mapped in &ground.settings.vat {
        let key = vat_cells(&mapped.key);
        let broken = [
            ("category", mapped.category.as_str()),
            ("zone", mapped.zone.as_str()),
        ];
        let waits = waiting(&key).and(ground.seen.waiting(Code::VatMappingBroken, &broken));
        let ids = catalogue.vat_ids_of(&mapped.category, &mapped.zone);
        let fits = ids.len() == 1 || (ids.is_empty() && mapped.key.rate.is_zero());
        let mut row = row(
            key.clone(),
            cells(broken),
            waits,
            suggested.get(&key).cloned(),
        );
        row.trouble = (!fits).then(|| Reason {
            code: Code::VatMappingBroken.to_string(),
            params: cells(broken),
        });
        rows.insert(key, row);
    }
    let held = ground.seen.with(Code::VatUnmapped).map(|params| {
        let of = |name: &str| params.get(name).map_or("", String::as_str);
        cells(VAT_CAUSE.map(|(column, name)| (column, of(name))))
    });
    let keys: BTreeSet<Cells> = held.chain(suggested.keys().cloned()).collect();
    for key in keys {
        if key.len() == VAT_KEYS.len() && !rows.contains_key(&key) {
            let row = row(
                key.clone(),
                Cells::new(),
                waiting(&key),
                suggested.get(&key).cloned(),
            );
            rows.insert(key, row);
        }
    }
    MappingTable {
        name: "vat".into(),
        keys: vec![
            typed("destination", false),
            typed("rate", false),
            words("kind", &["goods", "shipping", "gift_card", "other"]),
            words("party", &["private", "company"]),
            words(
                "scheme",
                &[
                    "domestic",
                    "oss",
                    "ioss",
                    "voec",
                    "export",
                    "reverse_charge",
                    "marketplace",
                ],
            ),
            typed("dispatch", false),
        ],
        columns: vec![
            picked("category", Source::Categories, catalogue, false),
            picked("zone", Source::Zones, catalogue, false),
        ],
        open: true,
        rows: rows.into_values().collect(),
    }
}

fn classes(ground: &Ground<'_>) -> MappingTable {
    let mut rows: BTreeMap<Cells, MappingRow> = BTreeMap::new();
    let waiting = |country: &str, party: &str| {
        ground.seen.waiting(
            Code::CustomerClassUnmapped,
            &[("country", country), ("kind", party)],
        )
    };
    let mut suggested: BTreeMap<Cells, Suggestion> = BTreeMap::new();
    for row in &ground.suggested.customers.classes {
        let class = ground
            .catalogue
            .customer_classes
            .iter()
            .find(|class| class.id == row.class);
        suggested.insert(
            cells([
                ("country", row.country.as_str()),
                ("party", row.party.as_str()),
            ]),
            suggestion(
                cells([("class", row.class.as_str())]),
                "class-name",
                [("name", class.map_or("", |class| class.description.as_str()))],
            ),
        );
    }
    for mapped in &ground.settings.customers.classes {
        let key = cells([
            ("country", mapped.country.as_str()),
            ("party", mapped.party.as_str()),
        ]);
        let waits = waiting(&mapped.country, mapped.party.as_str());
        let row = row(
            key.clone(),
            cells([
                ("class", mapped.class.as_str()),
                ("terms", mapped.terms.as_deref().unwrap_or_default()),
            ]),
            waits,
            suggested.get(&key).cloned(),
        );
        rows.insert(key, row);
    }
    let held = ground.seen.with(Code::CustomerClassUnmapped).map(|params| {
        let of = |name: &str| params.get(name).map_or("", String::as_str);
        cells([("country", of("country")), ("party", of("kind"))])
    });
    let everywhere =
        ["private", "company"].map(|party| cells([("country", ELSEWHERE), ("party", party)]));
    let keys: BTreeSet<Cells> = held
        .chain(suggested.keys().cloned())
        .chain(everywhere)
        .collect();
    for key in keys {
        let of = |name: &str| key.get(name).map_or("", String::as_str);
        let waits = waiting(of("country"), of("party"));
        rows.entry(key.clone()).or_insert_with(|| {
            let suggestion = suggested.get(&key).cloned();
            row(key, Cells::new(), waits, suggestion)
        });
    }
    MappingTable {
        name: "classes".into(),
        keys: vec![
            typed("country", false),
            words("party", &["private", "company"]),
        ],
        columns: vec![
            picked("class", Source::Classes, ground.catalogue, false),
            typed("terms", true),
        ],
        open: true,
        rows: rows.into_values().collect(),
    }
}

fn house(ground: &Ground<'_>) -> MappingTable {
    let mut rows: BTreeMap<Cells, MappingRow> = BTreeMap::new();
    let waiting = |country: &str, currency: &str| {
        ground.seen.waiting(
            Code::HouseCustomerMissing,
            &[("country", country), ("currency", currency)],
        )
    };
    for mapped in &ground.settings.customers.house {
        let key = cells([
            ("country", mapped.country.as_str()),
            ("currency", mapped.currency.as_str()),
        ]);
        let row = row(
            key.clone(),
            cells([("customer", mapped.customer.as_str())]),
            waiting(&mapped.country, &mapped.currency),
            None,
        );
        rows.insert(key, row);
    }
    let held = ground.seen.with(Code::HouseCustomerMissing).map(|params| {
        let of = |name: &str| params.get(name).map_or("", String::as_str);
        cells([("country", of("country")), ("currency", of("currency"))])
    });
    let own = cells([
        ("country", ELSEWHERE),
        ("currency", ground.shop.currency.code()),
    ]);
    let keys: BTreeSet<Cells> = held.chain([own]).collect();
    for key in keys {
        let of = |name: &str| key.get(name).map_or("", String::as_str);
        let waits = waiting(of("country"), of("currency"));
        rows.entry(key.clone())
            .or_insert_with(|| row(key, Cells::new(), waits, None));
    }
    MappingTable {
        name: "house".into(),
        keys: vec![
            typed("country", false),
            picked("currency", Source::Currencies, ground.catalogue, false),
        ],
        columns: vec![typed("customer", false)],
        open: true,
        rows: rows.into_values().collect(),
    }
}
