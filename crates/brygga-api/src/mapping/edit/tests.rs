//! Rows as the page sends them, and what becomes of the settings.

use super::*;
use brygga_core::erp::{Item, ItemType, VatCalculation, VatId};

fn catalogue() -> Catalogue {
    let id = |id: &str, zone: &str| VatId {
        id: id.into(),
        description: id.into(),
        calculation: Some(VatCalculation::PerLine),
        zones: vec![zone.into()],
        categories: vec!["25".into(), "FOOD".into()],
        rates: Vec::new(),
        reverse: false,
    };
    let wine = Item {
        number: "WINE".into(),
        description: "Wine".into(),
        status: "Active".into(),
        item_type: ItemType::FinishedGood,
        stock: true,
        unsupported: false,
        class: None,
        vat_category: None,
        base_unit: Some("STK".into()),
        sales_unit: Some("KASSE".into()),
    };
    Catalogue {
        vat_ids: vec![id("3", "NO"), id("31", "EXP"), id("32", "EXP")],
        items: ["TIPS", "EXPRESS", "WINE"]
            .map(|number| {
                let number = number.to_owned();
                let item = Item {
                    number: number.clone(),
                    ..wine.clone()
                };
                (number, item)
            })
            .into(),
        ..Catalogue::default()
    }
}

fn cells(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn vat(values: &[(&str, &str)]) -> MappingEdit {
    MappingEdit {
        table: "vat".into(),
        key: cells(&[
            ("dispatch", "NO"),
            ("destination", "NO"),
            ("rate", "25.0"),
            ("kind", "goods"),
            ("party", "private"),
            ("scheme", "domestic"),
        ]),
        values: cells(values),
    }
}

#[test]
fn a_vat_row_comes_changes_and_goes() {
    let catalogue = catalogue();
    let with = |settings: &Settings, values: &[(&str, &str)]| {
        applied(settings, &[vat(values)], &catalogue)
    };
    let first =
        with(&Settings::default(), &[("category", "25"), ("zone", "NO")]).expect("a whole row");
    assert_eq!(first.vat.len(), 1);
    assert_eq!(first.vat[0].key.rate.to_string(), "25");
    let second = with(&first, &[("category", "FOOD"), ("zone", "NO")]).expect("another choice");
    assert_eq!(second.vat.len(), 1);
    assert_eq!(second.vat[0].category, "FOOD");
    assert_eq!(with(&second, &[]), Ok(Settings::default()));
}

#[test]
fn a_row_that_leads_nowhere_is_refused() {
    let catalogue = catalogue();
    for (values, code) in [
        (vec![("category", "25")], "mapping-incomplete"),
        (vec![("category", "99"), ("zone", "NO")], "setting-refused"),
        (
            vec![("category", "25"), ("zone", "EXP")],
            "vat-mapping-broken",
        ),
    ] {
        let problem =
            applied(&Settings::default(), &[vat(&values)], &catalogue).expect_err("refused");
        assert_eq!(problem.code.as_str(), code, "{values:?}");
    }
}

#[test]
fn a_rule_that_cannot_be_is_refused() {
    for (table, key, value, code) in [
        ("rates", "EUR EUR 2026-10-01", "11.52", "setting-refused"),
        ("rates", "EUR KRONER 2026-10-01", "11.52", "setting-refused"),
        ("rates", "EUR NOK 2026-02-30", "11.52", "setting-refused"),
        ("rates", "EUR NOK 2026-10-01", "0", "setting-refused"),
        ("rates", "EUR NOK 2026-10-01", "-11", "setting-refused"),
        ("buffers", "- -", "1", "mapping-incomplete"),
        ("buffers", "WINE 7001", "1", "setting-refused"),
        ("buffers", "WINE -", "-1", "setting-refused"),
        ("triggers", "klarna", "never", "setting-refused"),
        ("channels", "pos", "SEKSTEN-TEGN-1-2", "setting-refused"),
    ] {
        let (names, column): (&[&str], _) = match table {
            "rates" => (&["from_currency", "to_currency", "since"], "exchange_rate"),
            "buffers" => (&["item", "location"], "buffer"),
            "channels" => (&["channel"], "sales_person"),
            _ => (&["gateway"], "trigger"),
        };
        let key: Vec<_> = names
            .iter()
            .copied()
            .zip(key.split(' '))
            .filter(|(_, word)| *word != "-")
            .collect();
        let edit = MappingEdit {
            table: table.into(),
            key: cells(&key),
            values: cells(&[(column, value)]),
        };
        let problem = applied(&Settings::default(), &[edit], &catalogue()).expect_err("refused");
        assert_eq!(problem.code.as_str(), code, "{table} {key:?} {value}");
    }
}

#[test]
fn every_table_gives_its_rows_back_when_they_are_cleared() {
    let catalogue = catalogue();
    for (table, key, values) in [
        (
            "gateways",
            cells(&[("gateway", "klarna"), ("currency", "NOK")]),
            cells(&[
                ("rule", "book"),
                ("cash_account", "1901"),
                ("payment_method", "CARD"),
            ]),
        ),
        (
            "items",
            cells(&[("for", "tip")]),
            cells(&[("item", "TIPS")]),
        ),
        (
            "warehouses",
            cells(&[("location", "7001")]),
            cells(&[("warehouse", "1")]),
        ),
        (
            "shipping",
            cells(&[("method", "Express")]),
            cells(&[("item", "EXPRESS"), ("account", "3111")]),
        ),
        (
            "units",
            cells(&[("item", "WINE")]),
            cells(&[("unit", "STK")]),
        ),
        (
            "categories",
            cells(&[("class", "VARER")]),
            cells(&[("product_type", "Mugs")]),
        ),
        (
            "stock",
            cells(&[("warehouse", "1")]),
            cells(&[("location", "7001")]),
        ),
        (
            "classes",
            cells(&[("country", "*"), ("party", "company")]),
            cells(&[("class", "B2B")]),
        ),
        (
            "house",
            cells(&[("country", "SE"), ("currency", "SEK")]),
            cells(&[("customer", "10001")]),
        ),
        (
            "payouts",
            cells(&[("class", "fee")]),
            cells(&[("account", "7770")]),
        ),
        (
            "payouts",
            cells(&[("class", "SHIPPING_LABEL")]),
            cells(&[("account", "6100"), ("category", "25")]),
        ),
        (
            "triggers",
            cells(&[("gateway", "klarna")]),
            cells(&[("trigger", "created")]),
        ),
        (
            "channels",
            cells(&[("channel", "pos")]),
            cells(&[("branch", "2"), ("sales_person", "BUTIKK")]),
        ),
        (
            "buffers",
            cells(&[("item", "WINE")]),
            cells(&[("buffer", "2")]),
        ),
        (
            "buffers",
            cells(&[("location", "7001")]),
            cells(&[("buffer", "1")]),
        ),
        (
            "rates",
            cells(&[
                ("from_currency", "EUR"),
                ("to_currency", "NOK"),
                ("since", "2026-10-01"),
            ]),
            cells(&[("exchange_rate", "11,52")]),
        ),
    ] {
        let edit = MappingEdit {
            table: table.into(),
            key,
            values,
        };
        let there = applied(
            &Settings::default(),
            std::slice::from_ref(&edit),
            &catalogue,
        )
        .unwrap_or_else(|problem| panic!("{table}: {problem}"));
        assert_ne!(there, Settings::default(), "{table}");
        let cleared = MappingEdit {
            values: BTreeMap::new(),
            ..edit
        };
        assert_eq!(
            applied(&there, &[cleared], &catalogue),
            Ok(Settings::default()),
            "{table}"
        );
    }
}
