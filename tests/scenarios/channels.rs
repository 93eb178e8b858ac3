//! What the orders of a sales channel have of their own, from the mapping to the document (`booking-rules` 3).

use std::time::Duration;

use brygga_core::Clock as _;
use brygga_tests::{Bench, orders};
use serde_json::{Value, json};

fn channel(mapping: &Value, name: &str) -> Value {
    let tables = mapping["tables"].as_array().unwrap();
    let table = tables
        .iter()
        .find(|table| table["name"] == "channels")
        .expect("the table");
    let rows = table["rows"].as_array().unwrap();
    rows.iter()
        .find(|row| row["key"] == json!({ "channel": name }))
        .cloned()
        .unwrap_or_else(|| panic!("no row {name} in {rows:?}"))
}

/// An order by telephone comes in; its channel is in the table by itself, and the next one has what was chosen there.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_order_of_a_channel_has_what_was_chosen_for_it() {
    let bench = Bench::morning().await;
    let put = |id: u64, source: &str| {
        let mut order = bench.plain(id, bench.clock.now());
        orders::unsent(&mut order);
        order["sourceName"] = json!(source);
        bench.put(order);
    };
    put(7_700_001, "telephone");
    bench.quiet().await;
    let first = bench.document(7_700_001);
    assert_eq!(first.order_type, "SO");

    let mapping = bench.call("mapping", json!({})).await;
    assert_eq!(channel(&mapping, "telephone")["values"], json!({}));
    let values =
        json!({"order_type": "SA", "warehouse": "BUTIKK", "ship_via": "BRING", "terms": "30"});
    let row = json!({"table": "channels", "key": {"channel": "telephone"}, "values": values});
    let change = json!({"revision": mapping["revision"], "rows": [row]});
    let mapping = bench.call("put_mapping", change).await;
    assert_eq!(channel(&mapping, "telephone")["values"], values);
    let history = bench.call("settings_history", Value::Null).await;
    let changed = history[0]["changes"].to_string();
    assert!(changed.contains("channels/telephone"), "{changed}");
    let file = bench.call("export_settings", Value::Null).await;
    assert!(file["text"].to_string().contains("telephone"));

    bench.clock.advance(Duration::from_mins(20));
    put(7_700_002, "telephone");
    put(7_700_003, "web");
    bench.quiet().await;
    let second = bench.document(7_700_002);
    assert_eq!(second.order_type, "SA");
    let warehouses = |lines: &[brygga_sandbox::visma::LineSnapshot]| -> Vec<String> {
        let mut all: Vec<_> = lines
            .iter()
            .filter_map(|line| line.warehouse.clone())
            .collect();
        all.dedup();
        all
    };
    assert_eq!(warehouses(&second.lines), ["BUTIKK"]);
    // What was booked before stays, and the other channels are as the settings say.
    assert_eq!(bench.document(7_700_001), first);
    let web = bench.document(7_700_003);
    assert_eq!(web.order_type, "SO");
    assert_eq!(warehouses(&web.lines), warehouses(&first.lines));
}
