//! The first reading of the shop's orders: another start date, coming back to it, leaving it in the middle.

use std::sync::Arc;

use brygga_sandbox::faults::{Fault, FaultRule, Side};
use serde_json::{Value, json};

use super::{call, choose, fresh, go, listed, mapped, right_company, right_shop};

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_start_date_is_read_and_what_it_left_out_is_decided_again() {
    let app = fresh().await;
    let first = mapped(&app, "2026-10-04").await;
    let later = listed(&app, Value::Null).await.len();
    assert_eq!(first["read"].as_u64(), Some(later as u64));
    // One of before was edited since: it is there, and left out because of the date.
    choose(&app, json!({"start_date": "2026-10-01"})).await;
    let again = call(&app, "setup_read", Value::Null).await.unwrap();
    let rows = listed(&app, Value::Null).await;
    let early = rows.iter().filter(|row| {
        let at = row["happened"].as_str().unwrap_or_default();
        at < "2026-10-03T22:00:00Z"
    });
    assert!(early.count() > 3, "{again} after {first}");
    assert!(rows.len() > later);
    // Whatever was left out is left out by the new date.
    let left_out = rows.iter().filter(|row| {
        let reason = &row["reason"];
        reason["code"] == "skipped-before-start" && reason["params"]["start"] != "2026-10-01"
    });
    assert_eq!(left_out.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_back_to_the_mapping_counts_what_stands_there() {
    let app = fresh().await;
    let first = mapped(&app, "2026-10-01").await;
    assert!(first["read"].as_u64() > Some(0));
    // Something is missing, and its orders are held.
    let engine = Arc::clone(app.served.api().unwrap().engine());
    let mut settings = Arc::unwrap_or_clone(engine.settings().unwrap());
    settings.vat.clear();
    engine.put_settings(&settings, "test").unwrap();
    let second = call(&app, "setup_read", Value::Null).await.unwrap();
    let third = call(&app, "setup_read", Value::Null).await.unwrap();
    assert_eq!(second, third, "nothing was changed in between");
    assert!(third["held"].as_u64() > Some(0), "{third}");
    assert_eq!(
        third["held"].as_u64(),
        Some(listed(&app, json!("held")).await.len() as u64)
    );
    assert_eq!(
        third["read"].as_u64(),
        Some(listed(&app, Value::Null).await.len() as u64)
    );
}

/// A long read goes on when its page is left: who comes back waits for the same one, and may stop it and ask again.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_during_the_first_reading_waits_for_it() {
    let app = fresh().await;
    call(&app, "setup_shop", right_shop()).await.unwrap();
    call(&app, "setup_company", right_company()).await.unwrap();
    choose(&app, json!({"start_date": "2026-10-04"})).await;
    go(&app, "mapping", "flows").await;
    let api = app.served.api().unwrap();
    let slow = || FaultRule::next(Side::Shopify, Fault::SlowBody { millis: 600 });
    app.pair.faults().add(slow().times(3));
    let under_way = async {
        while api.call("overview", Value::Null).await.unwrap()["run"].is_null() {
            tokio::task::yield_now().await;
        }
    };
    // Whoever asked goes away in the middle.
    tokio::select! {
        answer = call(&app, "setup_read", Value::Null) => panic!("it takes a moment: {answer:?}"),
        () = under_way => {}
    }
    // Another start date was chosen meanwhile: it is the one that counts.
    choose(&app, json!({"start_date": "2026-10-01"})).await;
    let read = call(&app, "setup_read", Value::Null)
        .await
        .expect("it waits");
    assert_eq!(
        read["read"].as_u64(),
        Some(listed(&app, Value::Null).await.len() as u64)
    );
    let early = listed(&app, Value::Null).await;
    let early = early.iter().filter(|row| {
        let at = row["happened"].as_str().unwrap_or_default();
        at < "2026-10-03T22:00:00Z"
    });
    assert!(early.count() > 3);

    // Two at once are one, and one stop ends it for both; then it is read again.
    app.pair.faults().clear();
    let before = app.pair.faults().fired().len();
    app.pair.faults().add(slow());
    let stop = async {
        while api.call("overview", Value::Null).await.unwrap()["run"].is_null() {
            tokio::task::yield_now().await;
        }
        while app.pair.faults().fired().len() <= before {
            tokio::task::yield_now().await;
        }
        call(&app, "sync_stop", Value::Null).await.unwrap();
    };
    let (one, other, ()) = tokio::join!(
        call(&app, "setup_read", Value::Null),
        call(&app, "setup_read", Value::Null),
        stop
    );
    assert_eq!((one, other), (Err("stopped".into()), Err("stopped".into())));
    call(&app, "setup_read", Value::Null).await.expect("again");
}
