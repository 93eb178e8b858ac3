//! What the orders of a sales channel have of their own, from the mapping to the document (`booking-rules` 3).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use brygga_core::{Clock as _, Code};
use brygga_store::RecordState;
use brygga_tests::{Back, Bench, Sale, orders};
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

async fn put_row(bench: &Bench, values: Value) -> Result<Value, String> {
    let mapping = bench.call("mapping", json!({})).await;
    let row = json!({"table": "channels", "key": {"channel": "web"}, "values": values});
    let change = json!({"revision": mapping["revision"], "rows": [row]});
    let answer = bench.ask("put_mapping", change).await;
    answer.map_err(|error| error.code)
}

/// Segments of every line of an order's sales orders, invoices and credit notes, each once.
fn segments(bench: &Bench, sale: &Sale) -> Vec<String> {
    let text = |all: &BTreeMap<u16, String>| {
        let all: Vec<String> = all
            .iter()
            .map(|(id, value)| format!("{id}={value}"))
            .collect();
        all.join(", ")
    };
    let mut found = BTreeSet::new();
    for order in bench.all_orders(sale.id) {
        for line in &order.lines {
            found.insert(format!("{} {}", order.order_type, text(&line.subaccount)));
        }
    }
    for (kind, documents) in [
        ("invoice", bench.invoices(sale)),
        ("credit", bench.credit_notes(sale)),
    ] {
        for line in documents.iter().flat_map(|document| &document.lines) {
            found.insert(format!("{kind} {}", text(&line.subaccount)));
        }
    }
    found.into_iter().collect()
}

/// A sale that was paid and sent, by the online store.
fn sent(bench: &Bench, id: u64) -> Sale {
    let mut sale = Sale::new(bench, id);
    sale.paid();
    sale.send_all();
    bench.put_sale(&sale);
    sale
}

/// The subaccount goes with every line, from the order to the return; what is booked stays where it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_channels_documents_have_its_subaccount() {
    let bench = Bench::morning().await;
    let wrong = put_row(&bench, json!({"subaccount": "20-200"})).await;
    assert_eq!(wrong, Err(Code::SubaccountMistyped.to_string()));
    let mapping = put_row(&bench, json!({"subaccount": "2=200,1=20"}))
        .await
        .unwrap();
    assert_eq!(
        channel(&mapping, "web")["values"]["subaccount"],
        "1=20, 2=200"
    );

    let mut sale = sent(&bench, 7_700_011);
    bench.quiet().await;
    let before = ["SO 1=20, 2=200", "invoice 1=20, 2=200"];
    assert_eq!(segments(&bench, &sale), before);
    // The row goes: what was booked stays.
    put_row(&bench, json!({})).await.unwrap();
    bench.quiet().await;
    assert_eq!(segments(&bench, &sale), before);
    // What comes back has what is chosen then, as it has the branch.
    put_row(&bench, json!({"subaccount": "1=10"}))
        .await
        .unwrap();
    bench.days(1);
    sale.give_back(&Back::units(0, 1, "RETURN").adjusted("20"));
    bench.tell(&sale).await;
    assert_eq!(
        segments(&bench, &sale),
        [
            "RC 1=10",
            "SO 1=20, 2=200",
            "credit 1=10",
            "invoice 1=20, 2=200"
        ]
    );
    bench.all_booked(&sale);
    bench.at_rest().await;
}

/// Visma.net says whether it has the segments: where it has not, the order is held, and goes on once the row is right.
#[tokio::test(flavor = "multi_thread")]
async fn a_subaccount_that_visma_does_not_have_holds_the_order() {
    let bench = Bench::morning().await;
    put_row(&bench, json!({"subaccount": "1=99"}))
        .await
        .unwrap();
    let mut sale = sent(&bench, 7_700_021);
    bench.quiet().await;
    assert_eq!(bench.record(sale.id).state, RecordState::Held);
    let problem = bench.record(sale.id).problem.unwrap();
    assert_eq!(problem.code, Code::SubaccountRefused);
    assert_eq!(problem.params["subaccount"], "1=99");
    put_row(&bench, json!({"subaccount": "1=20"}))
        .await
        .unwrap();
    bench.quiet().await;
    bench.all_booked(&sale);
    let sold = ["SO 1=20", "invoice 1=20"];
    assert_eq!(segments(&bench, &sale), sold);
    // The customer ledger has no codes, only words.
    put_row(&bench, json!({"subaccount": "2=99"}))
        .await
        .unwrap();
    sale.give_back(&Back::amount("10"));
    bench.tell(&sale).await;
    let held = bench.parts(&sale).into_iter().find_map(|row| {
        let problem = row.problem?;
        (problem.code == Code::SubaccountRefused).then_some(problem)
    });
    assert_eq!(held.unwrap().params["subaccount"], "2=99");
    assert_eq!(segments(&bench, &sale), sold);
    put_row(&bench, json!({"subaccount": "2=100"}))
        .await
        .unwrap();
    bench.quiet().await;
    bench.all_booked(&sale);
    assert_eq!(
        segments(&bench, &sale),
        ["SO 1=20", "credit 2=100", "invoice 1=20"]
    );
    bench.at_rest().await;
}
