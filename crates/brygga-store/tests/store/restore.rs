//! A copy comes back: without whom somebody erased since, and in the place of a database that cannot be opened.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brygga_store::{
    DataKey, Erasure, OpenOptions, RecordRef, Replacement, Store, StoreError, backups_of, opens,
};
use serde_json::Value;

use crate::common::{Place, order};

fn erase(store: &Store, ids: &[&str]) {
    let records: Vec<_> = ids.iter().map(|id| RecordRef::order(*id)).collect();
    let erasure = Erasure {
        records: &records,
        links: &[],
        words: &[],
        told: &[],
    };
    store.erase(&erasure).unwrap();
}

fn payload(store: &Store, id: &str) -> Value {
    let mirror = store.mirror(&RecordRef::order(id)).unwrap();
    mirror.map_or(Value::Null, |mirror| mirror.payload)
}

/// As the engine does: the orders that the copy has.
#[allow(
    clippy::unnecessary_wraps,
    reason = "the shape of what a restore runs on its copy"
)]
fn again(copy: &Store, erased: &BTreeSet<String>) -> Result<(), StoreError> {
    let ids: Vec<_> = erased.iter().map(String::as_str).collect();
    erase(copy, &ids);
    Ok(())
}

fn list(place: &Place) -> String {
    let list = place.path.with_file_name("brygga-erased.txt");
    fs::read_to_string(list).unwrap_or_default()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn whoever_was_erased_is_not_brought_back_by_a_copy_from_before() {
    let place = Place::new();
    let store = place.open();
    store
        .store_page(&[order(1, 1, "a"), order(3, 1, "c")], None)
        .unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    store.store_page(&[order(2, 2, "b")], None).unwrap();
    erase(&store, &["1", "2"]);
    assert_eq!(list(&place), "1\n2\n", "ids, and nothing else");

    let seen = std::cell::Cell::new(0);
    store
        .restore(name(&copy), &[], |copy, erased| {
            assert_ne!(payload(copy, "1"), Value::Null, "the copy is from before");
            assert_ne!(payload(copy, "3"), Value::Null);
            seen.set(erased.len());
            again(copy, erased)
        })
        .unwrap();
    assert_eq!(seen.get(), 2);
    // The one that the copy knew, and the one that it never had, when it is read again.
    store
        .store_page(
            &[order(1, 3, "a"), order(2, 3, "b"), order(3, 3, "c")],
            None,
        )
        .unwrap();
    for id in ["1", "2"] {
        assert_eq!(payload(&store, id), Value::Null, "{id}");
        assert!(store.is_erased(&RecordRef::order(id)).unwrap());
    }
    assert_ne!(payload(&store, "3"), Value::Null);
}

#[test]
fn an_amendment_that_fails_changes_nothing_and_leaves_nothing_beside() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    store.store_page(&[order(2, 2, "b")], None).unwrap();
    erase(&store, &["1"]);
    store
        .restore(name(&copy), &[], |_, _| Err(StoreError::Full))
        .unwrap_err();
    assert_eq!(payload(&store, "1"), Value::Null);
    assert_ne!(payload(&store, "2"), Value::Null);
    let left: Vec<_> = fs::read_dir(place.path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restoring"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_copy_that_somebody_put_there_by_hand_is_known_by_the_list() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    erase(&store, &["1"]);
    assert!(store.not_erased_yet().unwrap().is_empty());
    drop(store);
    fs::copy(&copy, &place.path).unwrap();
    let store = place.open();
    assert_eq!(store.not_erased_yet().unwrap(), ["1".to_owned()].into());
    again(&store, &store.not_erased_yet().unwrap()).unwrap();
    assert!(store.not_erased_yet().unwrap().is_empty());
    // A list that was lost is made anew from the file.
    drop(store);
    fs::remove_file(place.path.with_file_name("brygga-erased.txt")).unwrap();
    drop(place.open());
    assert_eq!(list(&place), "1\n");
}

/// The database with its first pages overwritten.
fn damage(place: &Place) -> Vec<u8> {
    let mut bytes = fs::read(&place.path).unwrap();
    for byte in bytes.iter_mut().skip(100).take(20_000) {
        *byte = 0xA5;
    }
    fs::write(&place.path, &bytes).unwrap();
    bytes
}

fn replacement(place: &Place, key: &DataKey, source: &Path) -> Result<Replacement, StoreError> {
    Replacement::of(
        &OpenOptions::new(&place.path, key.clone()),
        Some(&place.key),
        source,
        Arc::clone(&place.clock) as _,
    )
}

fn put(place: &Place, key: &DataKey, source: &Path) -> Result<Option<PathBuf>, StoreError> {
    replacement(place, key, source)?.put(&["connection"], again)
}

#[test]
fn a_copy_takes_the_place_of_a_damaged_database_which_is_kept() {
    let place = Place::new();
    let store = place.open();
    store
        .store_page(&[order(1, 1, "a"), order(2, 1, "b")], None)
        .unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    erase(&store, &["1"]);
    // Nobody takes its place while it is open.
    assert_eq!(put(&place, &place.key, &copy), Err(StoreError::InUse));
    drop(store);
    let damaged = damage(&place);
    assert!(matches!(place.try_open(), Err(StoreError::Damaged { .. })));
    let listed = backups_of(&place.path).unwrap();
    assert_eq!(listed[0].path, copy);

    let aside = put(&place, &place.key, &copy).unwrap().unwrap();
    assert_eq!(fs::read(&aside).unwrap(), damaged, "kept as it was");
    let store = place.open();
    assert_ne!(payload(&store, "2"), Value::Null);
    assert_eq!(payload(&store, "1"), Value::Null, "erased since");
    assert!(copy.exists(), "the copy stays");
}

#[test]
fn a_sound_database_keeps_what_is_to_stay_and_what_does_not_fit_is_refused() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let set = |value: &str| {
        store
            .put_setting("connection", value.into(), "test")
            .unwrap();
    };
    set("old");
    let copy = store.backup_now().unwrap().unwrap();
    set("new");
    drop(store);

    let strange = DataKey::generate().unwrap();
    assert_eq!(put(&place, &strange, &copy), Err(StoreError::Key));
    let rubbish = place.path.with_file_name("rubbish.sqlite");
    fs::write(&rubbish, b"no database").unwrap();
    assert!(put(&place, &place.key, &rubbish).is_err());
    assert!(!place.path.with_file_name("set-aside").exists());

    let other = replacement(&place, &place.key, &copy).unwrap();
    let there = other.settings_now(&["connection"]).unwrap().unwrap();
    assert_eq!(there["connection"], "new");
    assert_eq!(
        other.settings(&["connection"]).unwrap()["connection"],
        "old"
    );
    drop(other);
    put(&place, &place.key, &copy).unwrap().unwrap();
    let is = place.open().setting("connection").unwrap();
    assert_eq!(is, Some("new".into()));
}

#[test]
fn a_copy_of_another_computer_is_read_with_its_own_key() {
    let old = Place::new();
    let store = old.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    let new = Place::new();
    assert!(opens(&copy, &old.key) && !opens(&copy, &new.key));
    drop(new.open());
    assert_eq!(put(&new, &new.key, &copy), Err(StoreError::Key));
    let written = old.key.to_recovery().unwrap();
    let key = DataKey::from_recovery(&written).unwrap();
    put(&new, &key, &copy).unwrap().unwrap();
    let options = OpenOptions::new(&new.path, key);
    let store = Store::open(options, Arc::clone(&new.clock) as _).unwrap();
    assert_ne!(payload(&store, "1"), Value::Null);
}

/// A restore that was cut off leaves a whole database, which nothing else would find again.
#[test]
fn what_a_broken_off_restore_left_is_gone_after_the_next_start() {
    let place = Place::new();
    drop(place.open());
    let left = place.path.with_extension("restoring");
    let log = place.path.with_extension("restoring-wal");
    for file in [&left, &log] {
        fs::write(file, "a copy").unwrap();
    }
    drop(place.open());
    assert!(!left.exists() && !log.exists());
}
