//! Choices read from the settings file and put into it. What the table does not name stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Problem;
use brygga_core::erp::Catalogue;
use brygga_core::settings::{
    CustomerField, CustomerSettings, Known, Owner, ProductField, ProductSettings, Settings,
};
use chrono::NaiveTime;
use serde_json::{Map, Value};

use super::table::{CUSTOMER_OWNERS, Field, Kind, OWNERS, OfShop, SECTIONS};
use super::{picks, plain, refused, typed};
use crate::contract::{Control, SettingField, SettingSection, SettingValue, ShownWhen};

/// Every section as the page shows it.
pub(crate) fn sections(
    settings: &Settings,
    catalogue: Option<&Catalogue>,
    known: Option<&Known>,
) -> Result<Vec<SettingSection>, Problem> {
    let now = plain(settings)?;
    let unset = plain(&Settings::default())?;
    Ok(SECTIONS
        .iter()
        .map(|(name, fields)| SettingSection {
            name: (*name).to_owned(),
            fields: fields
                .iter()
                .map(|field| {
                    let default = read(&unset, field.path);
                    let value = at(&now, field.path).map_or_else(|| default.clone(), shown);
                    SettingField {
                        path: field.path.to_owned(),
                        control: control(field.kind, catalogue, known),
                        value,
                        default,
                        when: field.when.map(|(path, is)| ShownWhen {
                            path: path.to_owned(),
                            is: is.to_owned(),
                        }),
                    }
                })
                .collect(),
        })
        .collect())
}

/// The settings with these choices made. What they name of the shop is put as it has it by [`Settings::named`].
pub(crate) fn changed(
    settings: &Settings,
    values: &BTreeMap<String, SettingValue>,
    catalogue: Option<&Catalogue>,
) -> Result<Settings, Problem> {
    let unset = plain(&Settings::default())?;
    let mut all = plain(settings)?;
    for (path, value) in values {
        let field = SECTIONS
            .iter()
            .flat_map(|(_, fields)| fields.iter())
            .find(|field| field.path == path)
            .ok_or_else(|| refused(path, words(value)))?;
        let value = checked(field, value, at(&unset, path), catalogue)?;
        put(&mut all, path, value);
    }
    // A choice that brings another one with it must have that one too.
    for field in SECTIONS.iter().flat_map(|(_, fields)| fields.iter()) {
        let Some((other, is)) = field.when else {
            continue;
        };
        if at(&all, other).and_then(Value::as_str) != Some(is) {
            continue;
        }
        match (field.path, at(&all, field.path)) {
            ("missing_item/item" | "products/price_vat/zone", None | Some(Value::Null)) => {
                return Err(refused(field.path, "-"));
            }
            ("document_currency/mapped", None) => {
                let mapped = catalogue
                    .map(|catalogue| catalogue.cash_currencies.iter().cloned().collect())
                    .unwrap_or_default();
                put(&mut all, field.path, Value::Array(mapped_values(mapped)));
            }
            _ => {}
        }
    }
    typed(all)
}

fn mapped_values(words: Vec<String>) -> Vec<Value> {
    words.into_iter().map(Value::String).collect()
}

fn control(kind: Kind, catalogue: Option<&Catalogue>, known: Option<&Known>) -> Control {
    let of_shop = |list: OfShop| known.map_or_else(Vec::new, |known| list.of(known));
    match kind {
        Kind::Switch => Control::Switch,
        Kind::Number(least, most) => Control::Number { least, most },
        Kind::Text => Control::Text,
        Kind::Date => Control::Date,
        Kind::Time => Control::Time,
        Kind::Choice(of) => Control::Choice {
            of: of.iter().map(|word| (*word).to_owned()).collect(),
        },
        Kind::Pick(source) => Control::Pick {
            of: picks(catalogue, source),
        },
        Kind::Named(list) => Control::Named { of: of_shop(list) },
        Kind::Several(list) => Control::Several { of: of_shop(list) },
        Kind::List => Control::List,
    }
}

/// The value as the file has it, or why it cannot be.
fn checked(
    field: &Field,
    value: &SettingValue,
    default: Option<&Value>,
    catalogue: Option<&Catalogue>,
) -> Result<Value, Problem> {
    let no = || refused(field.path, words(value));
    Ok(match (field.kind, value) {
        (Kind::Switch, SettingValue::Flag(on)) => Value::Bool(*on),
        (Kind::Number(least, most), SettingValue::Number(number))
            if (least..=most).contains(number) =>
        {
            Value::from(*number)
        }
        (Kind::Choice(of), SettingValue::Text(word)) if of.contains(&word.as_str()) => {
            Value::String(word.clone())
        }
        (Kind::List | Kind::Several(_), SettingValue::List(list)) => {
            let words: BTreeSet<&str> = list
                .iter()
                .map(|word| word.trim())
                .filter(|word| !word.is_empty())
                .collect();
            words.into_iter().map(Value::from).collect()
        }
        (
            Kind::Text | Kind::Pick(_) | Kind::Named(_) | Kind::Date | Kind::Time,
            SettingValue::Nothing,
        ) => empty(default, no)?,
        (
            Kind::Text | Kind::Pick(_) | Kind::Named(_) | Kind::Date | Kind::Time,
            SettingValue::Text(text),
        ) => {
            let text = text.trim();
            if text.is_empty() {
                empty(default, no)?
            } else {
                match field.kind {
                    Kind::Time if NaiveTime::parse_from_str(text, "%H:%M").is_err() => {
                        return Err(no());
                    }
                    Kind::Date if text.parse::<chrono::NaiveDate>().is_err() => return Err(no()),
                    Kind::Pick(source) => {
                        let known = picks(catalogue, source);
                        if !known.is_empty() && known.iter().all(|choice| choice.id != text) {
                            return Err(no());
                        }
                    }
                    _ => {}
                }
                if field.path == "dispatch_country" && !is_country(text) {
                    return Err(no());
                }
                Value::from(text)
            }
        }
        _ => return Err(no()),
    })
}

/// Nothing, where nothing may be.
fn empty(default: Option<&Value>, no: impl FnOnce() -> Problem) -> Result<Value, Problem> {
    match default {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.is_empty() => Ok(Value::String(String::new())),
        Some(_) => Err(no()),
    }
}

/// ISO 3166, two capital letters.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn words(value: &SettingValue) -> String {
    match value {
        SettingValue::Nothing => "-".into(),
        SettingValue::Flag(on) => on.to_string(),
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Text(text) => text.clone(),
        SettingValue::List(list) => list.join(", "),
    }
}

fn at<'a>(all: &'a Value, path: &str) -> Option<&'a Value> {
    all.pointer(&format!("/{path}"))
}

/// Where nobody chose who owns a part of a product or customer, the part itself says.
fn read(unset: &Value, path: &str) -> SettingValue {
    let owner = match (
        path.strip_prefix(OWNERS),
        path.strip_prefix(CUSTOMER_OWNERS),
    ) {
        (Some(part), _) => Some(
            ProductField::ALL
                .into_iter()
                .find(|known| known.as_str() == part)
                .map(|known| ProductSettings::default().owner(known)),
        ),
        (None, Some(part)) => Some(
            CustomerField::ALL
                .into_iter()
                .find(|known| known.as_str() == part)
                .map(|known| CustomerSettings::default().owner(known)),
        ),
        (None, None) => None,
    };
    if let Some(owner) = owner {
        let word = match owner {
            Some(Owner::Shop) => "shop",
            Some(Owner::Erp) | None => "erp",
        };
        return SettingValue::Text(word.into());
    }
    at(unset, path).map_or(SettingValue::Nothing, shown)
}

fn shown(value: &Value) -> SettingValue {
    match value {
        Value::Bool(on) => SettingValue::Flag(*on),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .map_or(SettingValue::Nothing, SettingValue::Number),
        Value::String(text) => SettingValue::Text(text.clone()),
        Value::Array(list) => SettingValue::List(
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        ),
        Value::Null | Value::Object(_) => SettingValue::Nothing,
    }
}

fn put(all: &mut Value, path: &str, value: Value) {
    let mut place = all;
    for step in path.split('/') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(map) = place else { return };
        place = map.entry(step.to_owned()).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, value: SettingValue) -> Result<Settings, Problem> {
        changed(
            &Settings::default(),
            &BTreeMap::from([(path.to_owned(), value)]),
            None,
        )
    }

    #[test]
    fn every_choice_can_be_put_to_its_default_again() {
        let all = sections(&Settings::default(), None, None).expect("sections");
        for field in all.iter().flat_map(|section| &section.fields) {
            assert_eq!(field.value, field.default, "{}", field.path);
            if field.when.is_none() {
                let again = change(&field.path, field.default.clone());
                let mut expected = Settings::default();
                if let Some(part) = field.path.strip_prefix(OWNERS) {
                    let part = ProductField::ALL
                        .into_iter()
                        .find(|known| known.as_str() == part)
                        .expect("a part of a product");
                    let owner = expected.products.owner(part);
                    expected.products.owners.insert(part, owner);
                }
                if let Some(part) = field.path.strip_prefix(CUSTOMER_OWNERS) {
                    let part = CustomerField::ALL
                        .into_iter()
                        .find(|known| known.as_str() == part)
                        .expect("a part of a customer");
                    let owner = expected.customers.owner(part);
                    expected.customers.owners.insert(part, owner);
                }
                assert_eq!(again, Ok(expected), "{}", field.path);
            }
        }
    }

    #[test]
    fn every_word_of_a_choice_is_one_that_the_settings_know() {
        for field in SECTIONS.iter().flat_map(|(_, fields)| fields.iter()) {
            let Kind::Choice(of) = field.kind else {
                continue;
            };
            for word in of {
                let mut values =
                    BTreeMap::from([(field.path.to_owned(), SettingValue::Text((*word).into()))]);
                // What comes with the choice.
                if *word == "default_item" {
                    values.insert("missing_item/item".into(), SettingValue::Text("X".into()));
                }
                if *word == "add" {
                    values.insert(
                        "products/price_vat/zone".into(),
                        SettingValue::Text("X".into()),
                    );
                }
                let settings = changed(&Settings::default(), &values, None).expect("a known word");
                let file = plain(&settings).expect("plain");
                assert_eq!(at(&file, field.path), Some(&Value::from(*word)));
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for (path, value) in [
            ("rounding_limit", SettingValue::Number(101)),
            ("rounding_limit", SettingValue::Text("5".into())),
            ("order_type", SettingValue::Nothing),
            ("start_date", SettingValue::Text("2026-02-30".into())),
            ("schedule/payouts/at", SettingValue::Text("25:00".into())),
            ("schedule/payouts/at", SettingValue::Nothing),
            ("schedule/pause_seconds", SettingValue::Number(5)),
            ("booking_mode", SettingValue::Text("guess".into())),
            (
                "missing_item/rule",
                SettingValue::Text("default_item".into()),
            ),
            ("dispatch_country", SettingValue::Text("Norway".into())),
            ("no/such/place", SettingValue::Flag(true)),
        ] {
            let problem = change(path, value).expect_err(path);
            assert_eq!(problem.code.as_str(), "setting-refused", "{path}");
        }
    }

    #[test]
    fn the_rest_of_the_settings_stays() {
        let mut settings = Settings::default();
        settings.approved_without_vat.insert("4711".into());
        settings
            .trigger
            .by_gateway
            .insert("manual".into(), brygga_core::settings::Trigger::Created);
        let after = changed(
            &settings,
            &BTreeMap::from([("trigger/grace_minutes".into(), SettingValue::Number(30))]),
            None,
        )
        .expect("changed");
        settings.trigger.grace_minutes = 30;
        assert_eq!(after, settings);
    }
}
