//! Puts pieces of one record together: the newer word counts, and what it does not mention stays.

use serde_json::{Map, Value};

/// Connections (`nodes`, `edges`) as plain lists, everywhere below.
pub(super) fn plain_lists(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain_lists).collect(),
        Value::Object(fields) => {
            if let Some(nodes) = fields.get("nodes").filter(|nodes| nodes.is_array()) {
                return plain_lists(nodes);
            }
            if let Some(edges) = fields.get("edges").and_then(Value::as_array) {
                return edges
                    .iter()
                    .map(|edge| plain_lists(&edge["node"]))
                    .collect();
            }
            Value::Object(
                fields
                    .iter()
                    .map(|(key, item)| (key.clone(), plain_lists(item)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// `older` with everything that `newer` says.
pub(super) fn join(older: Value, newer: &Value) -> Value {
    match (older, newer) {
        (Value::Object(older), Value::Object(newer)) => Value::Object(join_fields(older, newer)),
        (Value::Array(older), Value::Array(newer)) => Value::Array(join_lists(older, newer)),
        (_, newer) => newer.clone(),
    }
}

fn join_fields(mut older: Map<String, Value>, newer: &Map<String, Value>) -> Map<String, Value> {
    for (key, value) in newer {
        let known = older.remove(key).unwrap_or(Value::Null);
        older.insert(key.clone(), join(known, value));
    }
    older
}

/// Lists of records with ids are joined by id: pages of one list, and thin and full words on the same line, come together.
/// Other lists are joined place by place where they are equally long, else the newer one counts.
fn join_lists(older: Vec<Value>, newer: &[Value]) -> Vec<Value> {
    let id = |value: &Value| value["id"].as_str().map(str::to_owned);
    if older.iter().all(|item| id(item).is_some()) && newer.iter().all(|item| id(item).is_some()) {
        let mut joined = older;
        for item in newer {
            match joined.iter().position(|known| known["id"] == item["id"]) {
                Some(at) => joined[at] = join(joined[at].take(), item),
                None => joined.push(item.clone()),
            }
        }
        return joined;
    }
    if older.len() == newer.len() && newer.iter().all(Value::is_object) {
        return older
            .into_iter()
            .zip(newer)
            .map(|(older, newer)| join(older, newer))
            .collect();
    }
    newer.to_vec()
}
