//! Items and what they are in the shop: those for what is no product, shipping methods, units, product types.

use std::collections::BTreeSet;

use brygga_core::Code;
use brygga_core::settings::SpecialItem;

use super::super::Ground;
use super::super::edit::special;
use super::super::seen::Waiting;
use super::{Cells, ITEMS, account_trouble, cells, picked, row, suggestion, typed, words};
use crate::contract::{Choice, MappingColumn, MappingRow, MappingTable, Reason};
use crate::settings::Source;

/// What is no product has an item of its own.
pub(super) fn items(ground: &Ground<'_>) -> MappingTable {
    let values = |item: Option<&SpecialItem>| {
        item.map_or_else(Cells::new, |special| {
            cells([
                ("item", special.item.as_str()),
                ("account", special.account.as_deref().unwrap_or_default()),
            ])
        })
    };
    let rows = ITEMS
        .iter()
        .map(|kind| {
            let chosen = special(ground.settings, kind);
            let suggested = special(&ground.suggested, kind);
            let evidence = suggested.map(|special| {
                let item = ground.catalogue.items.get(&special.item);
                suggestion(
                    values(Some(&special)),
                    "item-name",
                    [("name", item.map_or("", |item| item.description.as_str()))],
                )
            });
            // Held records write the names of some kinds with a blank or a hyphen.
            let waits = ["_", " ", "-"]
                .iter()
                .map(|between| kind.replace('_', between))
                .collect::<BTreeSet<_>>()
                .iter()
                .map(|name| {
                    ground
                        .seen
                        .waiting(Code::SpecialItemUnmapped, &[("kind", name)])
                })
                .fold(Waiting::default(), Waiting::and);
            let mut row = row(
                cells([("for", *kind)]),
                values(chosen.as_ref()),
                waits,
                evidence,
            );
            row.trouble = chosen
                .as_ref()
                .filter(|special| !ground.catalogue.items.contains_key(&special.item))
                .map(|special| Reason {
                    code: Code::ItemNotFound.to_string(),
                    params: cells([("sku", special.item.as_str())]),
                })
                .or_else(|| {
                    let account = chosen
                        .as_ref()
                        .and_then(|special| special.account.as_deref());
                    account_trouble(ground, account)
                });
            row
        })
        .collect();
    MappingTable {
        name: "items".into(),
        keys: vec![words("for", &ITEMS)],
        columns: vec![
            picked("item", Source::Items, ground.catalogue, false),
            picked("account", Source::Accounts, ground.catalogue, true),
        ],
        open: false,
        rows,
    }
}

/// Shipping methods with an item or account of their own. A method without a row is what the table of items says of shipping.
pub(super) fn shipping(ground: &Ground<'_>) -> MappingTable {
    let special = &ground.settings.special_items;
    let methods: BTreeSet<&String> = ground
        .seen
        .methods
        .iter()
        .chain(special.shipping_methods.keys())
        .collect();
    let of = |item: &SpecialItem| {
        cells([
            ("item", item.item.as_str()),
            ("account", item.account.as_deref().unwrap_or_default()),
        ])
    };
    let rows = methods.into_iter().map(|method| {
        let chosen = special.shipping_methods.get(method);
        MappingRow {
            trouble: account_trouble(ground, chosen.and_then(|item| item.account.as_deref())),
            ..row(
                cells([("method", method.as_str())]),
                chosen.map_or_else(Cells::new, of),
                // An order is never held for a method: what is chosen for shipping as a whole counts.
                Waiting::default(),
                None,
            )
        }
    });
    MappingTable {
        name: "shipping".into(),
        keys: vec![typed("method", false)],
        columns: vec![
            picked("item", Source::Items, ground.catalogue, false),
            picked("account", Source::Accounts, ground.catalogue, true),
        ],
        open: true,
        rows: rows.collect(),
    }
}

/// Items that are counted in another unit than they are sold in.
pub(super) fn units(ground: &Ground<'_>) -> MappingTable {
    let mut names = BTreeSet::new();
    let mut rows: Vec<MappingRow> = Vec::new();
    for item in ground.catalogue.items.values() {
        let Some((base, sales)) = item.two_units() else {
            continue;
        };
        names.extend([base.to_owned(), sales.to_owned()]);
        let number = item.number.as_str();
        let chosen = ground.settings.units.get(number);
        let waiting = ground
            .seen
            .waiting(Code::ItemUnitUndecided, &[("sku", number)]);
        rows.push(row(
            cells([("item", number)]),
            cells([("unit", chosen.map_or("", String::as_str))]),
            waiting,
            // A shop sells by the piece, and stock is counted by the piece.
            Some(suggestion(
                cells([("unit", base)]),
                "base-unit",
                [
                    ("name", item.description.as_str()),
                    ("base", base),
                    ("sales", sales),
                ],
            )),
        ));
    }
    MappingTable {
        name: "units".into(),
        keys: vec![picked("item", Source::Items, ground.catalogue, false)],
        columns: vec![MappingColumn {
            name: "unit".into(),
            choices: names
                .into_iter()
                .map(|name| Choice {
                    id: name,
                    label: String::new(),
                })
                .collect(),
            optional: false,
        }],
        open: false,
        rows,
    }
}

/// Which type of product the items of a class are in the shop.
pub(super) fn categories(ground: &Ground<'_>) -> MappingTable {
    let chosen = &ground.settings.products.product_types;
    let classes: BTreeSet<&String> = ground
        .catalogue
        .items
        .values()
        .filter_map(|item| item.class.as_ref())
        .chain(chosen.keys())
        .collect();
    let rows = classes.into_iter().map(|class| {
        row(
            cells([("class", class.as_str())]),
            cells([("product_type", chosen.get(class).map_or("", String::as_str))]),
            Waiting::default(),
            None,
        )
    });
    MappingTable {
        name: "categories".into(),
        keys: vec![typed("class", false)],
        columns: vec![typed("product_type", false)],
        open: true,
        rows: rows.collect(),
    }
}
