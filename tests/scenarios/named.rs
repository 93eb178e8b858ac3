//! Choices that name a location or a channel of the shop: offered as the shop has them, refused where it has none.

use brygga_api::contract::ApiError;
use brygga_core::Code;
use brygga_store::{RecordRef, RecordState};
use brygga_tests::{Bench, Sale};
use serde_json::{Value, json};

async fn put(bench: &Bench, values: Value) -> Result<Value, ApiError> {
    let settings = bench.call("settings", json!({})).await;
    let change = json!({"revision": settings["revision"], "values": values});
    bench.ask("put_settings", change).await
}

fn field<'a>(settings: &'a Value, path: &str) -> &'a Value {
    let sections = settings["sections"].as_array().unwrap();
    sections
        .iter()
        .flat_map(|section| section["fields"].as_array().unwrap())
        .find(|field| field["path"] == path)
        .unwrap_or_else(|| panic!("no field {path}"))
}

fn ids(field: &Value) -> Vec<&str> {
    let choices = field["control"]["of"].as_array().unwrap();
    choices
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_is_chosen_by_its_name_and_kept_by_its_number() {
    let bench = Bench::morning().await;
    let settings = bench.call("settings", json!({})).await;
    let back = field(&settings, "stock/return_locations");
    let location = back["control"]["of"][1].clone();
    let (id, name) = (&location["id"], location["label"].as_str().unwrap());
    assert!(ids(field(&settings, "stock/first_location")).len() > 1);

    let typed = format!(" {} ", name.to_uppercase());
    let values = json!({"stock/return_locations": [typed], "stock/first_location": typed});
    let kept = put(&bench, values).await.unwrap();
    assert_eq!(field(&kept, "stock/return_locations")["value"], json!([id]));
    assert_eq!(field(&kept, "stock/first_location")["value"], *id);

    let before = bench.practice.engine.settings().unwrap();
    for values in [
        json!({"stock/return_locations": ["Nowhere"]}),
        json!({"stock/first_location": "123456"}),
    ] {
        let refused = put(&bench, values).await.expect_err("refused");
        assert_eq!(refused.code, Code::LocationUnknown.as_str());
        assert!(
            refused.params.values().any(|known| known.contains(name)),
            "{refused:?}"
        );
    }
    let mut file = serde_json::to_value(&*before).unwrap();
    file["stock"]["return_locations"] = json!(["Nowhere"]);
    let import = json!({"revision": kept["revision"], "text": file.to_string()});
    let refused = bench.refused("import_settings", import).await;
    assert_eq!(refused, Code::LocationUnknown.as_str());
    assert_eq!(*bench.practice.engine.settings().unwrap(), *before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_offered_once_an_order_came_from_it_and_leaves_its_orders_out() {
    let bench = Bench::morning().await;
    let refused = put(&bench, json!({"leave_out/channels": ["The Fair"]})).await;
    assert_eq!(
        refused.expect_err("not seen yet").code,
        Code::ChannelUnknown.as_str()
    );

    let mut sale = Sale::new(&bench, 977_301);
    sale.field("sourceName", json!("the-fair"));
    sale.paid();
    bench.tell(&sale).await;
    let settings = bench.call("settings", json!({})).await;
    let offered = ids(field(&settings, "leave_out/channels"));
    for channel in ["pos", "web", "shopify_draft_order", "the-fair"] {
        assert!(offered.contains(&channel), "{channel} of {offered:?}");
    }
    let kept = put(
        &bench,
        json!({"leave_out/channels": ["The-Fair", "Point of Sale"]}),
    )
    .await;
    assert_eq!(
        field(&kept.unwrap(), "leave_out/channels")["value"],
        json!(["pos", "the-fair"])
    );
    let mut over_the_counter = Sale::new(&bench, 977_302);
    over_the_counter.field("sourceName", json!("pos"));
    over_the_counter.paid();
    bench.tell(&over_the_counter).await;
    let record = RecordRef::order(over_the_counter.id.to_string());
    let record = bench.practice.engine.store().record(&record).unwrap();
    assert_eq!(record.unwrap().state, RecordState::Skipped);
}
