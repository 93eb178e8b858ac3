//! What changed between two settings, place by place.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::count;
use crate::contract::{ChangedPlace, ChangedValue};

/// At most so many places of one change are shown.
const PLACES: usize = 50;

/// The places that differ, and how many there are in all.
pub(super) fn between(before: &Value, after: &Value) -> (Vec<ChangedPlace>, u32) {
    let mut places = Vec::new();
    compare("", Some(before), Some(after), &mut places);
    let all = count(places.len());
    places.truncate(PLACES);
    (places, all)
}

/// Goes down to single values and rows; a table that was not there before, or is not there any more, is one without rows.
fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    places: &mut Vec<ChangedPlace>,
) {
    if before == after {
        return;
    }
    let mut changed = |before: Option<&Value>, after: Option<&Value>| {
        let place = ChangedPlace {
            path: path.to_owned(),
            before: before.and_then(shown),
            after: after.and_then(shown),
        };
        if place.before != place.after {
            places.push(place);
        }
    };
    match (given(before), given(after)) {
        (Some(Value::Object(_)) | None, Some(Value::Object(_)))
        | (Some(Value::Object(_)), None) => {
            let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
            let (one, other) = (
                fields(before).unwrap_or_default(),
                fields(after).unwrap_or_default(),
            );
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for name in names {
                let deeper = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}/{name}")
                };
                compare(&deeper, one.get(name), other.get(name), places);
            }
        }
        // Rows have no place of their own: those that went and those that came.
        (Some(Value::Array(_)) | None, Some(Value::Array(_))) | (Some(Value::Array(_)), None) => {
            let rows = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
            let (one, other) = (
                rows(before).unwrap_or_default(),
                rows(after).unwrap_or_default(),
            );
            for row in one.iter().filter(|row| !other.contains(row)) {
                changed(Some(row), None);
            }
            for row in other.iter().filter(|row| !one.contains(row)) {
                changed(None, Some(row));
            }
        }
        (before, after) => changed(before, after),
    }
}

/// What is there: `null` is not.
fn given(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// A row by the names of its cells, anything else on one line; none where it is empty.
fn shown(value: &Value) -> Option<ChangedValue> {
    let cell = |value: &Value| Some(text(value)).filter(|text| !text.is_empty());
    match value {
        Value::Object(row) => Some(ChangedValue::Row(
            row.iter()
                .filter_map(|(name, value)| Some((name.clone(), cell(value)?)))
                .collect(),
        )),
        one => cell(one).map(ChangedValue::One),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(before: &Value, after: &Value) -> Value {
        let (places, count) = between(before, after);
        assert_eq!(places.len(), count as usize);
        let told = |place: ChangedPlace| json!([place.path, place.before, place.after]);
        places.into_iter().map(told).collect()
    }

    #[test]
    fn rows_come_and_go_by_the_names_of_their_cells_and_places_change() {
        let before =
            json!({"rounding_limit": 5, "vat": [{"rate": "25", "zone": "NO"}], "x": {"on": true}});
        let after =
            json!({"rounding_limit": 5, "vat": [{"rate": "15", "zone": ""}], "x": {"on": false}});
        assert_eq!(
            told(&before, &after),
            json!([
                ["vat", {"rate": "25", "zone": "NO"}, null],
                ["vat", null, {"rate": "15"}],
                ["x/on", "true", "false"],
            ])
        );
    }

    #[test]
    fn the_first_row_of_a_table_has_its_place_and_so_has_the_last() {
        let none = json!({"special_items": {"tip": null}});
        let some = json!({
            "special_items": {"tip": {"item": "TIP"}, "shipping_methods": {"Bring": {"item": "B", "account": "3105"}}},
            "registrations": {"local": ["SE"]},
        });
        let path = "special_items/shipping_methods/Bring";
        assert_eq!(
            told(&none, &some),
            json!([
                ["registrations/local", null, "SE"],
                [format!("{path}/account"), null, "3105"],
                [format!("{path}/item"), null, "B"],
                ["special_items/tip/item", null, "TIP"],
            ])
        );
        assert_eq!(
            told(&some, &none),
            json!([
                ["registrations/local", "SE", null],
                [format!("{path}/account"), "3105", null],
                [format!("{path}/item"), "B", null],
                ["special_items/tip/item", "TIP", null],
            ])
        );
    }
}
