//! Pages, cursors, and facts that never go back.

use brygga_store::{PageEffect, RecordRef, RecordState, Retention, StoreError};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::{Place, at, memory, order, row};

#[test]
fn page_is_read_back_and_every_record_gets_a_state() {
    let store = memory();
    let effect = store
        .store_page(
            &[order(1, 1, "a"), order(2, 2, "b")],
            Some(("orders", at(2))),
        )
        .unwrap();
    assert_eq!(
        effect,
        PageEffect {
            new: 2,
            changed: 0,
            same: 0
        }
    );
    assert_eq!(
        store.mirror(&RecordRef::order("1")).unwrap().unwrap(),
        order(1, 1, "a")
    );
    assert_eq!(store.mirror(&RecordRef::order("3")).unwrap(), None);
    assert_eq!(store.cursor("orders").unwrap(), Some(at(2)));
    assert_eq!(store.cursor("customers").unwrap(), None);
    let record = store.record(&RecordRef::order("2")).unwrap().unwrap();
    assert_eq!(
        (record.state, record.name.as_str()),
        (RecordState::New, "#2")
    );
}

#[test]
fn cursor_moves_only_when_it_is_given() {
    let store = memory();
    store
        .store_page(&[order(1, 1, "a")], Some(("orders", at(1))))
        .unwrap();
    store.store_page(&[order(2, 9, "a")], None).unwrap();
    assert_eq!(store.cursor("orders").unwrap(), Some(at(1)));
    store.store_page(&[], Some(("orders", at(9)))).unwrap();
    assert_eq!(store.cursor("orders").unwrap(), Some(at(9)));
    store.forget_cursor("orders").unwrap();
    assert_eq!(store.cursor("orders").unwrap(), None);
}

#[test]
fn effect_tells_new_changed_and_same() {
    let store = memory();
    store
        .store_page(
            &[order(1, 1, "a"), order(2, 1, "a"), order(3, 1, "a")],
            None,
        )
        .unwrap();
    let effect = store
        .store_page(
            &[
                order(1, 1, "a"), // the overlap brings it again
                order(2, 2, "a"), // our own write-back
                order(3, 2, "b"), // edited
                order(4, 2, "a"), // new
            ],
            None,
        )
        .unwrap();
    assert_eq!(
        effect,
        PageEffect {
            new: 1,
            changed: 1,
            same: 2
        }
    );
    let newer = store.mirror(&RecordRef::order("2")).unwrap().unwrap();
    assert_eq!(
        newer.updated_at,
        at(2),
        "a newer payload is kept even if nothing economic changed"
    );
}

#[test]
fn older_row_does_not_overwrite() {
    let store = memory();
    store.store_page(&[order(1, 5, "new")], None).unwrap();
    let effect = store.store_page(&[order(1, 4, "old")], None).unwrap();
    assert_eq!(effect.same, 1);
    assert_eq!(
        store
            .mirror(&RecordRef::order("1"))
            .unwrap()
            .unwrap()
            .digest,
        "new"
    );
}

#[test]
fn same_moment_with_another_digest_is_a_change() {
    let store = memory();
    store.store_page(&[order(1, 5, "a")], None).unwrap();
    assert_eq!(
        store.store_page(&[order(1, 5, "b")], None).unwrap().changed,
        1
    );
    assert_eq!(
        store
            .mirror(&RecordRef::order("1"))
            .unwrap()
            .unwrap()
            .digest,
        "b"
    );
}

#[test]
fn page_does_not_disturb_the_state_of_a_known_record() {
    let store = memory();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    store.put_record(&row(1, RecordState::Booked)).unwrap();
    store.store_page(&[order(1, 2, "b")], None).unwrap();
    assert_eq!(
        store.record(&RecordRef::order("1")).unwrap().unwrap().state,
        RecordState::Booked
    );
}

#[test]
fn full_disk_stores_nothing_of_the_page_and_loses_nothing() {
    let place = Place::new();
    let store = place.open();
    store
        .store_page(&[order(1, 1, "a")], Some(("orders", at(1))))
        .unwrap();
    drop(store);

    let store = place.open_with(Some(60)).unwrap();
    let mut page: Vec<_> = (2..60).map(|id| order(id, 2, "a")).collect();
    for row in &mut page {
        row.payload = json!({"note": "x".repeat(8000)});
    }
    let refused = store
        .store_page(&page, Some(("orders", at(2))))
        .unwrap_err();
    assert_eq!(refused, StoreError::Full);
    assert_eq!(
        store.cursor("orders").unwrap(),
        Some(at(1)),
        "the cursor stays with what is stored"
    );
    assert_eq!(store.mirror(&RecordRef::order("2")).unwrap(), None);
    assert!(store.mirror(&RecordRef::order("1")).unwrap().is_some());
    drop(store);

    // Room again: it goes on where it stopped.
    let store = place.open();
    assert_eq!(
        store
            .store_page(&page, Some(("orders", at(2))))
            .unwrap()
            .new,
        page.len()
    );
    assert_eq!(store.cursor("orders").unwrap(), Some(at(2)));
}

#[test]
fn pruned_payload_comes_back_with_the_next_reading() {
    let place = Place::new();
    let store = place.open();
    store
        .store_page(
            &[order(1, 0, "a"), order(2, 0, "a"), order(3, 0, "a")],
            None,
        )
        .unwrap();
    for (id, state) in [
        (1, RecordState::Booked),
        (2, RecordState::Held),
        (3, RecordState::Skipped),
    ] {
        let mut row = row(id, state);
        row.decided_digest = Some("a".to_owned());
        store.put_record(&row).unwrap();
    }
    let retention = Retention {
        payloads: Some(TimeDelta::days(30)),
        ..Retention::default()
    };
    assert_eq!(
        store.prune(&retention).unwrap().payloads,
        0,
        "nothing is old yet"
    );
    place.clock.set(at(0) + TimeDelta::days(31));
    assert_eq!(
        store.prune(&retention).unwrap().payloads,
        2,
        "what is held keeps its payload"
    );
    assert_eq!(
        store.prune(&retention).unwrap().payloads,
        0,
        "once is enough"
    );
    let pruned = store.mirror(&RecordRef::order("1")).unwrap().unwrap();
    assert_eq!((pruned.payload, pruned.digest.as_str()), (Value::Null, "a"));
    assert_eq!(store.store_page(&[order(1, 0, "a")], None).unwrap().same, 1);
    assert_eq!(
        store.mirror(&RecordRef::order("1")).unwrap().unwrap(),
        order(1, 0, "a")
    );
}
