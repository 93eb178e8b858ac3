//! The tables of the mapping and what they say would change.

use brygga_core::{Clock as _, Code, Problem};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use brygga_tests::Bench;
use serde_json::{Value, json};

/// A part of an order that is held for `problem`.
fn held(bench: &Bench, kind: RecordKind, id: &str, problem: Problem) {
    let mut row = RecordRow::new(
        RecordRef::new(kind, id),
        format!("#{id}"),
        bench.clock.now(),
    );
    row.state = RecordState::Held;
    row.problem = Some(problem);
    bench.practice.engine.store().put_record(&row).unwrap();
}

async fn call(bench: &Bench, name: &str, request: Value) -> Value {
    bench
        .practice
        .served
        .call(name, request)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn table<'a>(mapping: &'a Value, name: &str) -> &'a Value {
    mapping["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|table| table["name"] == name)
        .unwrap_or_else(|| panic!("no table {name}"))
}

fn row<'a>(table: &'a Value, key: &Value) -> &'a Value {
    table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["key"] == *key)
        .unwrap_or_else(|| panic!("no row {key}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_without_a_warehouse_is_counted_and_its_row_lets_the_record_pass() {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.warehouse = None;
        settings.invoices.warehouses.clear();
    });
    let problem = Problem::new(Code::SpecialItemUnmapped)
        .with("kind", "warehouse")
        .with("location", "7009");
    held(&bench, RecordKind::Invoice, "1", problem);
    let mapping = call(&bench, "mapping", json!({})).await;
    let warehouses = table(&mapping, "warehouses");
    let first = &warehouses["rows"][0];
    assert_eq!(
        first["key"],
        json!({"location": "7009"}),
        "what waits comes first"
    );
    assert_eq!(
        (&first["waiting"], &first["records"][0]["name"]),
        (&json!(1), &json!("#1"))
    );

    let warehouse = &warehouses["columns"][0]["choices"][0]["id"];
    let preview = async |location: &str| {
        let change = json!({"revision": mapping["revision"], "rows": [
            {"table": "warehouses", "key": {"location": location}, "values": {"warehouse": warehouse}},
        ]});
        call(&bench, "mapping_preview", change).await
    };
    let shown = preview("7009").await;
    assert_eq!((&shown["pass"], &shown["held"]), (&json!(1), &json!(0)));
    let other = preview("7010").await;
    assert_eq!((&other["pass"], &other["held"]), (&json!(0), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_documents_tell_is_said_to_be_tried() {
    let bench = Bench::morning().await;
    bench.map_gateway("klarna", "NOK", "1902", "KLARNA");
    let problem = Problem::new(Code::CashAccountCurrency)
        .with("account", "1902")
        .with("theirs", "SEK")
        .with("ours", "NOK");
    held(&bench, RecordKind::Payment, "2", problem);
    let key = json!({"destination": "NO", "rate": "25", "kind": "goods", "party": "private", "scheme": "domestic", "dispatch": "NO"});
    let mut problem = Problem::new(Code::VatUnmapped).with("country", "NO");
    for name in ["rate", "kind", "party", "scheme", "dispatch"] {
        problem = problem.with(name, key[name].as_str().unwrap());
    }
    held(&bench, RecordKind::CreditNote, "3", problem);
    bench.choose(|settings| settings.vat.retain(|row| row.key.rate.to_string() != "25"));

    let mapping = call(&bench, "mapping", json!({})).await;
    let preview = async |rows: Value| {
        let change = json!({"revision": mapping["revision"], "rows": rows});
        call(&bench, "mapping_preview", change).await
    };
    let leave = json!({"table": "gateways", "key": {"gateway": "klarna", "currency": "NOK"}, "values": {"rule": "leave"}});
    let shown = preview(json!([leave])).await;
    assert_eq!(shown["open"], 1, "{shown}");
    assert_eq!(shown["rows"][0]["outcome"], "open");
    assert_eq!(shown["rows"][0]["record"]["name"], "#2");
    assert_eq!((&shown["pass"], &shown["held"]), (&json!(0), &json!(1)));

    let suggested = &row(table(&mapping, "vat"), &key)["suggestion"]["values"];
    let again = json!({"table": "vat", "key": key, "values": suggested});
    let shown = preview(json!([again])).await;
    assert_eq!(
        (&shown["pass"], &shown["open"]),
        (&json!(1), &json!(0)),
        "{shown}"
    );
}
