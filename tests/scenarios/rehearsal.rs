//! A change of the mapping over the orders that are stored: what it would do, what it did, and the way back.

use std::time::Duration;

use brygga_core::{Clock as _, Code};
use brygga_store::{RecordRef, RecordState};
use brygga_tests::Bench;
use serde_json::{Value, json};

use crate::bad_input::ID;

/// One order that is booked, and three that were read and not decided on: as while it is paused.
async fn paused() -> Bench {
    let bench = Bench::empty().await;
    bench.put(bench.plain(ID, bench.clock.now()));
    bench.quiet().await;
    assert_eq!(bench.record(ID).state, RecordState::Booked);
    for id in 1..=3 {
        bench.put(bench.plain(ID + id, bench.clock.now()));
    }
    bench.practice.engine.read_for_setup().await.expect("read");
    assert_eq!(bench.record(ID + 3).state, RecordState::New);
    // Past the time in which an order may still be changed.
    bench.clock.advance(Duration::from_hours(2));
    bench
}

fn table<'a>(mapping: &'a Value, name: &str) -> &'a Value {
    let mut tables = mapping["tables"].as_array().unwrap().iter();
    tables
        .find(|table| table["name"] == name)
        .unwrap_or_else(|| panic!("no table {name}"))
}

/// Another item for freight than the one that is chosen.
fn other_freight(mapping: &Value) -> (Value, String, String) {
    let items = table(mapping, "items");
    let row = items["rows"].as_array().unwrap().iter();
    let row = row
        .clone()
        .find(|row| row["key"]["for"] == "shipping")
        .unwrap_or_else(|| panic!("no freight in {items}"));
    let before = row["values"]["item"].as_str().unwrap().to_owned();
    let column = items["columns"].as_array().unwrap().iter();
    let column = column.clone().find(|one| one["name"] == "item").unwrap();
    let choices = column["choices"].as_array().unwrap();
    let other = choices
        .iter()
        .filter_map(|choice| choice["id"].as_str())
        .find(|id| *id != before)
        .unwrap()
        .to_owned();
    let mut values = row["values"].clone();
    values["item"] = json!(other);
    let edit = json!({"table": "items", "key": row["key"], "values": values});
    (edit, before, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_are_new_or_booked_show_what_becomes_another_document() {
    let bench = paused().await;
    let mapping = bench.call("mapping", json!({})).await;
    let (edit, before, after) = other_freight(&mapping);
    let change = json!({"revision": mapping["revision"], "rows": [edit]});
    let shown = bench.call("mapping_preview", change).await;
    assert_eq!(shown["pass"], 3, "{shown}");
    assert_eq!((&shown["freed"], &shown["stopped"]), (&json!(0), &json!(0)));
    assert_eq!(shown["changed"], 3, "{shown}");
    assert_eq!(
        shown["booked"],
        json!({"looked": 1, "stored": 1, "changed": 1, "held": 0})
    );
    assert_eq!(shown["acts_on"], json!([]));
    assert_eq!(shown["differing"].as_array().unwrap().len(), 4);
    let fact = &shown["differing"][0]["facts"][0];
    assert_eq!(
        (&fact["name"], &fact["before"], &fact["after"]),
        (&json!("item"), &json!(before), &json!(after)),
        "{shown}"
    );
}

/// What held them was mended before, and no run has looked since: this change frees none of them.
#[tokio::test(flavor = "multi_thread")]
async fn orders_that_pass_without_the_change_are_not_freed_by_it() {
    let bench = paused().await;
    let engine = &bench.practice.engine;
    let settings = engine.settings().unwrap();
    let mut without = (*settings).clone();
    without.vat.clear();
    engine.put_settings(&without, "test").unwrap();
    engine.survey(None).await.expect("looked at");
    assert_eq!(bench.record(ID + 1).state, RecordState::Held);
    engine.put_settings(&settings, "test").unwrap();

    let mapping = bench.call("mapping", json!({})).await;
    let (edit, ..) = other_freight(&mapping);
    let change = json!({"revision": mapping["revision"], "rows": [edit]});
    let shown = bench.call("mapping_preview", change).await;
    assert_eq!(bench.record(ID + 1).state, RecordState::Held);
    assert_eq!(
        (&shown["pass"], &shown["freed"], &shown["changed"]),
        (&json!(3), &json!(0), &json!(3)),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_would_be_held_by_a_change_are_counted_and_named() {
    let bench = paused().await;
    let mapping = bench.call("mapping", json!({})).await;
    let vat = table(&mapping, "vat")["rows"].as_array().unwrap().iter();
    let taken: Vec<_> = vat
        .filter(|row| row["key"]["destination"] == "NO" && row["key"]["rate"] == "25")
        .map(|row| json!({"table": "vat", "key": row["key"], "values": {}}))
        .collect();
    assert!(!taken.is_empty());
    let change = json!({"revision": mapping["revision"], "rows": taken});
    let shown = bench.call("mapping_preview", change).await;
    assert_eq!(
        (&shown["pass"], &shown["held"], &shown["stopped"]),
        (&json!(0), &json!(3), &json!(3)),
        "{shown}"
    );
    assert_eq!(shown["booked"]["held"], 1, "{shown}");
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "{shown}");
    assert!(
        rows.iter()
            .all(|row| row["reason"]["code"] == "vat-unmapped")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_has_no_say_in_orders_says_what_it_acts_on() {
    let bench = paused().await;
    let mapping = bench.call("mapping", json!({})).await;
    let buffer = json!({"table": "buffers", "key": {"item": "MUG-1"}, "values": {"buffer": "3"}});
    let change = json!({"revision": mapping["revision"], "rows": [buffer]});
    let shown = bench.call("mapping_preview", change).await;
    assert_eq!(shown["acts_on"], json!(["buffers"]), "{shown}");
    assert_eq!(
        (
            &shown["pass"],
            &shown["changed"],
            &shown["booked"]["looked"]
        ),
        (&json!(0), &json!(0), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_tells_how_much_was_made_meanwhile() {
    let bench = paused().await;
    let mapping = bench.call("mapping", json!({})).await;
    let (edit, _, _) = other_freight(&mapping);
    let before = bench.practice.engine.settings().unwrap();
    let change = json!({"revision": mapping["revision"], "rows": [edit]});
    let back = async |made: &Value| {
        let request = json!({"revision": made["revision"], "before": made["revision"]});
        bench.call("settings_back", request).await
    };

    let saved = bench.call("put_mapping", change.clone()).await;
    let gone_back = back(&saved).await;
    assert_eq!(
        (&gone_back["made"], &gone_back["running"]),
        (&json!(0), &json!(false)),
        "what was booked before it is not counted"
    );
    assert_eq!(bench.practice.engine.settings().unwrap(), before);

    let again = json!({"revision": gone_back["revision"], "rows": change["rows"]});
    let saved_at = bench.clock.now();
    let saved = bench.call("put_mapping", again).await;
    bench.quiet().await;
    let orders = (1..=3).filter(|id| bench.record(ID + id).state == RecordState::Booked);
    assert_eq!(orders.count(), 3);
    let gone_back = back(&saved).await;
    // The three with what came after them; what is written back to the order of before is no document.
    let earlier = RecordRef::order(ID.to_string());
    let store = bench.practice.engine.store();
    let sent = store.sent_since(saved_at).unwrap();
    let sent = sent.iter().filter(|record| **record != earlier).count();
    assert!(sent >= 3);
    assert_eq!(gone_back["made"], sent, "{gone_back}");
    assert_eq!(bench.practice.engine.settings().unwrap(), before);
    assert!(!bench.documents(ID + 1).is_empty(), "what is booked stays");
}

/// A file is seen before it is taken over, with what it does to the orders; what cannot be seen is said, and nothing is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_shows_what_it_would_change_before_it_is_taken_over() {
    let bench = paused().await;
    let engine = &bench.practice.engine;
    let before = engine.settings().unwrap();
    let revision = engine.store().settings_rev().unwrap();
    let mut other = (*before).clone();
    other.special_items.shipping.as_mut().unwrap().item = "ROUNDING".into();
    let file =
        |settings| json!({"revision": revision, "text": serde_json::to_string(settings).unwrap()});

    let shown = bench.call("import_preview", file(&other)).await;
    assert_eq!(shown["count"], 1, "{shown}");
    let place = &shown["changes"][0];
    assert_eq!(place["path"], "special_items/shipping/item");
    assert_eq!(place["after"], "ROUNDING");
    let orders = &shown["orders"]["of"];
    assert_eq!(shown["orders"]["kind"], "seen");
    assert_eq!(
        (&orders["pass"], &orders["changed"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(orders["booked"]["changed"], 1, "{shown}");

    let same = bench.call("import_preview", file(&before)).await;
    assert_eq!(same["count"], 0, "{same}");
    assert_eq!(same["orders"]["of"]["changed"], 0, "{same}");

    let garbled = json!({"revision": revision, "text": "{\"vat\": 25}"});
    let refused = bench.refused("import_preview", garbled).await;
    assert_eq!(refused, Code::SettingsUnreadable.as_str());
    assert_eq!(engine.store().settings_rev().unwrap(), revision);
    assert_eq!(*engine.settings().unwrap(), *before);

    // What changes is told also where Visma.net does not answer.
    bench.practice.pair.visma().remove_role(true);
    engine.forget_setup();
    let shown = bench.call("import_preview", file(&other)).await;
    assert_eq!(shown["count"], 1, "{shown}");
    assert_eq!(shown["orders"]["kind"], "unseen", "{shown}");
    assert_eq!(shown["orders"]["of"]["code"], Code::ErpTenant.as_str());
    bench.practice.pair.visma().remove_role(false);
    engine.forget_setup();

    bench.call("import_settings", file(&other)).await;
    assert_eq!(*engine.settings().unwrap(), other);
}
