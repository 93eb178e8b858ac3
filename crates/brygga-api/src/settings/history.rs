//! What changed between two settings, place by place.

use serde_json::Value;

use crate::api::count;
use crate::contract::ChangedPlace;

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

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    places: &mut Vec<ChangedPlace>,
) {
    if before == after {
        return;
    }
    let changed = |before: Option<&Value>, after: Option<&Value>| ChangedPlace {
        path: path.to_owned(),
        before: before.map(text),
        after: after.map(text),
    };
    match (before, after) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
            names.sort();
            names.dedup();
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
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for row in one.iter().filter(|row| !other.contains(row)) {
                places.push(changed(Some(row), None));
            }
            for row in other.iter().filter(|row| !one.contains(row)) {
                places.push(changed(None, Some(row)));
            }
        }
        _ => places.push(changed(before, after)),
    }
}

/// A value on one line, as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map
            .values()
            .map(text)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_come_and_go_and_places_change() {
        let before =
            json!({"rounding_limit": 5, "vat": [{"rate": "25", "zone": "NO"}], "x": {"on": true}});
        let after =
            json!({"rounding_limit": 5, "vat": [{"rate": "15", "zone": "NO"}], "x": {"on": false}});
        let (places, count) = between(&before, &after);
        let shown: Vec<_> = places
            .iter()
            .map(|place| {
                (
                    place.path.as_str(),
                    place.before.as_deref(),
                    place.after.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("vat", Some("25 · NO"), None),
                ("vat", None, Some("15 · NO")),
                ("x/on", Some("true"), Some("false")),
            ]
        );
        assert_eq!(count, 3);
    }
}
