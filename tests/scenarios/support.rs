//! The file for whoever helps says what stands still and why, and nothing of anybody.

use std::collections::BTreeSet;
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::clock::JumpClock;
use brygga_core::settings::Settings;
use brygga_http::HttpConfig;
use brygga_practice::{PracticeOptions, Unconnected};
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use brygga_sandbox::practice;
use brygga_store::RecordKind;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::sync::Arc;

/// What could tell who bought, or what.
const TELLING: [&str; 8] = [
    "email", "name", "address1", "phone", "lastName", "company", "title", "sku",
];

/// Every text under one of these keys, wherever it stands.
pub(crate) fn texts(value: &Value, keys: &[&str], words: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, keys, words)),
        Value::Object(fields) => {
            for (key, value) in fields {
                if let Value::String(text) = value
                    && keys.contains(&key.as_str())
                    && text.chars().count() > 4
                {
                    words.insert(text.clone());
                }
                texts(value, keys, words);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_support_file_tells_the_causes_and_nobody() {
    let clock = Arc::new(JumpClock::at(seeded_start() + TimeDelta::days(31)));
    let options = PracticeOptions {
        pair: PairConfig::new(
            ShopSource::seeded(60, 1),
            Arc::clone(&clock) as Arc<dyn Clock>,
        ),
        seed: 1,
        http: HttpConfig::default(),
    };
    let app = Unconnected::start(options, Duration::from_mins(10))
        .await
        .expect("starts");
    let call = async |name: &str, request: Value| app.served.call(name, request).await;
    let read = |file: &Value| -> Value {
        serde_json::from_str(file["text"].as_str().expect("a text")).expect("JSON")
    };

    // While nothing is connected it is there already: that is when one needs help most.
    let refused = call(
        "setup_shop",
        json!({"domain": practice::SHOP_DOMAIN, "client_id": practice::SHOP_CLIENT_ID, "secret": "not-this-one"}),
    )
    .await;
    assert!(refused.is_err());
    let before = call("support_file", json!({})).await.expect("a file");
    assert!(
        before["name"]
            .as_str()
            .unwrap()
            .starts_with("brygga-support-2026-1")
    );
    assert_eq!(read(&before)["setup"]["connected"], json!(false));
    assert_eq!(read(&before)["lanes"], Value::Null);

    call(
        "setup_shop",
        json!({"domain": practice::SHOP_DOMAIN, "client_id": practice::SHOP_CLIENT_ID, "secret": practice::SHOP_CLIENT_SECRET}),
    )
    .await
    .expect("the shop");
    call(
        "setup_company",
        json!({"client_id": practice::VISMA_CLIENT_ID, "tenant_id": practice::VISMA_COMPANY_TENANT, "scopes": [], "secret": practice::VISMA_CLIENT_SECRET}),
    )
    .await
    .expect("the company");
    call("setup_read", json!({})).await.expect("read");
    brygga_tests::proposals::take(&app.served).await;
    let api = app.served.api().expect("connected");
    let engine = api.engine();
    // Whoever is logged in to the computer stands in the history, and nowhere else.
    let mut settings = Settings::clone(&engine.settings().expect("settings"));
    settings.trigger.grace_minutes += 1;
    engine
        .put_settings(&settings, "window:anna-olsen")
        .expect("chosen");
    let history = call("settings_history", Value::Null)
        .await
        .expect("a history");
    assert_eq!(
        (&history[0]["who"], &history[0]["user"]),
        (&json!("window"), &json!("anna-olsen"))
    );
    engine
        .sync(brygga_engine::RunOptions::default())
        .await
        .expect("a sync");

    let after = call("support_file", json!({})).await.expect("a file");
    let text = after["text"].as_str().unwrap();
    assert!(!text.contains("anna-olsen"));
    let file = read(&after);
    let store = engine.store();
    let held: usize = RecordKind::ALL
        .iter()
        .map(|kind| store.counts(*kind).unwrap().held)
        .sum();
    assert!(held > 0, "something is held in this month");
    let told: u64 = file["causes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cause| cause["state"] == "held")
        .map(|cause| cause["count"].as_u64().unwrap())
        .sum();
    assert_eq!(told, held as u64, "every held record is under a cause");
    let requests = file["requests"].as_array().unwrap();
    let booked = requests
        .iter()
        .any(|request| request["what"] == "read a sales order" && request["status"] == 200);
    assert!(booked, "{} requests", requests.len());
    assert_eq!(
        file["database"]["rows"]["mirror"].as_u64().unwrap(),
        u64::try_from(store.figures().unwrap().rows["mirror"]).unwrap()
    );
    assert!(!file["events"].as_array().unwrap().is_empty());
    assert_eq!(file["runs"][0]["what"], "sync");
    assert_eq!(file["setup"]["company"]["orders-read"], "allowed");

    // Nobody, nothing that is sold, and no secret.
    let (rows, _) = store
        .search_records(RecordKind::Order, None, None, 0, 1_000)
        .unwrap();
    let mut words = BTreeSet::from([
        practice::SHOP_CLIENT_SECRET.to_owned(),
        practice::VISMA_CLIENT_SECRET.to_owned(),
        practice::VISMA_COMPANY_TENANT.to_owned(),
        practice::SHOP_DOMAIN.to_owned(),
    ]);
    for row in rows {
        words.extend(row.party.clone());
        texts(
            &store.mirror(&row.record).unwrap().unwrap().payload,
            &TELLING,
            &mut words,
        );
    }
    assert!(words.len() > 100, "{}", words.len());
    let found: Vec<_> = words.iter().filter(|word| text.contains(*word)).collect();
    assert!(found.is_empty(), "{found:?}");
}
