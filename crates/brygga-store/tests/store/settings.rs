//! Settings, their history and the revision; runs.

use std::collections::BTreeMap;

use brygga_store::StoreError;
use serde_json::json;
use uuid::Uuid;

use crate::common::{Place, at, memory};

#[test]
fn each_change_is_one_revision_with_its_history() {
    let store = memory();
    assert_eq!(
        (
            store.settings_rev().unwrap(),
            store.setting("mode").unwrap()
        ),
        (0, None)
    );
    assert_eq!(store.put_setting("mode", json!("SO"), "wizard").unwrap(), 1);
    assert_eq!(
        store.put_setting("mode", json!("SO"), "window").unwrap(),
        1,
        "the same again is no change"
    );
    assert_eq!(store.put_setting("mode", json!("SA"), "window").unwrap(), 2);
    assert_eq!(store.setting("mode").unwrap(), Some(json!("SA")));
    assert_eq!(store.settings_rev().unwrap(), 2);

    let history = store.settings_history(None, 10).unwrap();
    assert_eq!(history.len(), 2);
    let last = &history[0];
    assert_eq!(
        (last.rev, last.before.clone(), last.after.clone()),
        (2, Some(json!("SO")), json!("SA"))
    );
    assert_eq!((last.who.as_str(), last.at), ("window", at(0)));
    assert_eq!(history[1].before, None);
    assert_eq!(store.settings_history(Some("other"), 10).unwrap(), []);
}

#[test]
fn several_settings_change_as_one() {
    let store = memory();
    let set = |pairs: &[(&str, i64)]| {
        let settings: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        store.put_settings(&settings, "import").unwrap()
    };
    assert_eq!(set(&[("a", 1), ("b", 2)]), 1);
    assert_eq!(set(&[("a", 1), ("b", 3)]), 2);
    assert_eq!(set(&[]), 2);
    assert_eq!(
        store.settings().unwrap(),
        BTreeMap::from([("a".into(), json!(1)), ("b".into(), json!(3))])
    );
    assert_eq!(store.settings_history(None, 10).unwrap().len(), 3);
    assert_eq!(store.settings_history(None, 1).unwrap()[0].name, "b");
}

#[test]
fn run_begins_and_ends() {
    let place = Place::new();
    let store = place.open();
    assert_eq!(store.last_run().unwrap(), None);
    assert_eq!(store.last_ended_run().unwrap(), None);
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    store.start_run(first, "sync").unwrap();
    place.clock.set(at(5));
    store.finish_run(first, &json!({"booked": 3})).unwrap();
    store.start_run(second, "sync").unwrap();
    let last = store.last_run().unwrap().unwrap();
    assert_eq!(
        (last.id, last.finished_at),
        (second, None),
        "a run that was stopped has no end"
    );
    let runs = store.runs(10).unwrap();
    assert_eq!(
        (runs[1].started_at, runs[1].finished_at),
        (at(0), Some(at(5)))
    );
    assert_eq!(runs[1].summary, Some(json!({"booked": 3})));
    assert_eq!(store.last_ended_run().unwrap().as_ref(), runs.get(1));
    let unknown = store.finish_run(Uuid::from_u128(3), &json!(null));
    assert!(matches!(unknown, Err(StoreError::Fault { .. })));
}

#[test]
fn what_is_remembered_is_no_choice() {
    let store = memory();
    assert_eq!(store.remembered("paused").unwrap(), None);
    store.remember("paused", &json!(true)).unwrap();
    store.remember("paused", &json!({"since": "noon"})).unwrap();
    assert_eq!(
        store.remembered("paused").unwrap(),
        Some(json!({"since": "noon"}))
    );
    assert_eq!(
        store.settings_rev().unwrap(),
        0,
        "nothing is decided anew for it, and no page is out of date"
    );
    store.forget("paused").unwrap();
    assert_eq!(store.remembered("paused").unwrap(), None);
}
