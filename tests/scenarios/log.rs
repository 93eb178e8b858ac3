//! The activity log, as the window asks for it.

use brygga_core::{Clock as _, Code};
use brygga_tests::Bench;
use chrono::Days;
use serde_json::{Value, json};

async fn lines(bench: &Bench, query: Value) -> Result<Value, Value> {
    let mut whole = json!({"serious": false, "limit": 500});
    for (name, value) in query.as_object().expect("an object") {
        whole[name] = value.clone();
    }
    let answer = bench.practice.served.call("activity", whole).await;
    answer.map_err(|error| json!(error))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_the_log_is_one_of_the_shops() {
    let bench = Bench::morning().await;
    bench.quiet().await;
    let zone = bench.practice.engine.shop_info().await.unwrap().time_zone;
    let today = bench.clock.now().with_timezone(&zone).date_naive();
    let day = |after| (today + Days::new(after)).to_string();
    let all = lines(&bench, json!({})).await.unwrap();
    let count = |found: &Value| found["rows"].as_array().unwrap().len();
    assert!(count(&all) > 0);
    let until_today = lines(&bench, json!({"to": day(0)})).await.unwrap();
    assert_eq!(count(&until_today), count(&all));
    let later = lines(&bench, json!({"from": day(1)})).await.unwrap();
    assert_eq!(later, json!({"rows": [], "older": null, "looked_to": null}));
    let refused = lines(&bench, json!({"from": "2026-02-30"})).await;
    assert_eq!(refused.unwrap_err()["code"], Code::SettingRefused.as_str());
    let piece = lines(&bench, json!({"limit": 1})).await.unwrap();
    assert_eq!(piece["older"], piece["rows"][0]["id"]);
}
