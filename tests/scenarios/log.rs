//! The activity log, as the window asks for it.

use brygga_api::contract::ApiError;
use brygga_core::{Clock as _, Code};
use brygga_tests::Bench;
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn lines(bench: &Bench, query: Value) -> Result<Value, ApiError> {
    let mut whole = json!({"serious": false, "limit": 500});
    for (name, value) in query.as_object().expect("an object") {
        whole[name] = value.clone();
    }
    bench.ask("activity", whole).await
}

/// The bench begins at midnight in the shop, which is ten in the evening of the day before in UTC.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_the_log_is_one_of_the_shops() {
    let bench = Bench::empty().await;
    bench.quiet().await;
    let zone = bench.practice.engine.shop_info().await.unwrap().time_zone;
    let today = bench.clock.now().with_timezone(&zone).date_naive();
    assert_ne!(today, bench.clock.now().date_naive());
    let day = |after| (today + TimeDelta::days(after)).to_string();
    let all = lines(&bench, json!({})).await.unwrap();
    assert_ne!(all["rows"], json!([]));
    for of_today in [json!({"from": day(0)}), json!({"to": day(0)})] {
        assert_eq!(lines(&bench, of_today).await.unwrap()["rows"], all["rows"]);
    }
    for of_another in [json!({"from": day(1)}), json!({"to": day(-1)})] {
        let found = lines(&bench, of_another).await.unwrap();
        assert_eq!(found, json!({"rows": [], "older": null, "looked_to": null}));
    }
    let refused = lines(&bench, json!({"from": "2026-02-30"})).await;
    assert_eq!(refused.unwrap_err().code, Code::SettingRefused.as_str());
    let piece = lines(&bench, json!({"limit": 1})).await.unwrap();
    assert_eq!(piece["older"], piece["rows"][0]["id"]);
}
