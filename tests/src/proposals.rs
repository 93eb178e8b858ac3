//! What the wizard proposes for the mapping, and a merchant who agrees.

use std::sync::Arc;

use brygga_api::Pair;
use serde_json::{Value, json};

/// The edits that take everything that is proposed, as the page sends them when one goes on.
pub fn edits(mapping: &Value) -> Vec<Value> {
    let none = serde_json::Map::new();
    let tables = mapping["tables"].as_array().unwrap();
    let rows = tables.iter().flat_map(|table| {
        let name = &table["name"];
        let rows = table["rows"].as_array().unwrap();
        rows.iter().map(move |row| (name, row))
    });
    rows.filter(|(_, row)| {
        row["values"].as_object().unwrap_or(&none).is_empty() && !row["suggestion"].is_null()
    })
    .map(|(table, row)| {
        json!({"table": table, "key": row["key"], "values": row["suggestion"]["values"]})
    })
    .collect()
}

/// Saves what is proposed. How many rows.
pub async fn take(pair: &Arc<Pair>) -> usize {
    let mapping = pair.call("mapping", Value::Null).await.expect("a mapping");
    let rows = edits(&mapping);
    let count = rows.len();
    let change = json!({"revision": mapping["revision"], "rows": rows});
    pair.call("put_mapping", change).await.expect("it is saved");
    count
}
