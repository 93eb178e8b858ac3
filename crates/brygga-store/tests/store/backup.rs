//! Copies: before each migration, once a day, kept 14 days.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use brygga_store::{BackupReason, OpenOptions, RecordKind, RecordRef, Store, StoreError};
use chrono::TimeDelta;
use rusqlite::Connection;

use crate::common::{Place, at, memory, order};

/// The names of the copies, sorted.
fn copies(place: &Place) -> Vec<String> {
    let Ok(folder) = fs::read_dir(place.path.with_file_name("backups")) else {
        return Vec::new();
    };
    let mut names: Vec<_> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn put_back(store: &Store, name: &str, keep: &[&str]) -> Result<PathBuf, StoreError> {
    store.restore(name, keep, |_, _| Ok(()))
}

#[test]
fn one_copy_a_day_is_made_and_opens() {
    let place = Place::new();
    let store = place.open();
    assert_eq!(
        copies(&place),
        Vec::<String>::new(),
        "an empty file needs no copy"
    );
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_daily().unwrap().unwrap();
    assert_eq!(store.backup_daily().unwrap(), None);
    assert_eq!(copies(&place), ["brygga-2026-10-01.sqlite"]);

    let copied = Store::open(
        OpenOptions::new(copy, place.key.clone()),
        Arc::clone(&place.clock) as _,
    );
    assert!(
        copied
            .unwrap()
            .mirror(&RecordRef::order("1"))
            .unwrap()
            .is_some()
    );
    assert_eq!(memory().backup_daily().unwrap(), None);
}

#[test]
fn opening_makes_the_copy_of_the_day() {
    let place = Place::new();
    drop(place.open());
    drop(place.open());
    drop(place.open());
    assert_eq!(copies(&place), ["brygga-2026-10-01.sqlite"]);
}

#[test]
fn copies_go_after_14_days_but_never_the_last() {
    let place = Place::new();
    let store = place.open();
    for day in 0..20 {
        place.clock.set(at(0) + TimeDelta::days(day));
        store.backup_daily().unwrap().unwrap();
    }
    let kept = copies(&place);
    assert_eq!(kept.len(), 15);
    assert_eq!(kept[0], "brygga-2026-10-06.sqlite");
    let stranger = place
        .path
        .with_file_name("backups")
        .join("brygga-of-mine.sqlite");
    fs::write(&stranger, "").unwrap();

    place.clock.set(at(0) + TimeDelta::days(4000));
    store.backup_daily().unwrap().unwrap();
    assert_eq!(
        copies(&place).len(),
        4,
        "three copies, and the file that is none of ours"
    );
    assert!(stranger.exists());
}

#[test]
fn older_file_is_copied_and_then_brought_up() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    drop(store);
    // The file as the program before the last ten steps left it.
    let db = Connection::open(&place.path).unwrap();
    let version: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    db.execute_batch(
        "DROP TRIGGER records_named; DROP TRIGGER records_renamed; DROP TRIGGER records_unnamed; DROP TABLE record_names;
         DROP TABLE background; DROP TABLE erased; DROP INDEX records_by_name; DROP INDEX activity_by_kind; DROP INDEX activity_serious;
         DROP INDEX activity_serious_by_kind; DROP INDEX records_by_order; DROP INDEX records_undone; DROP INDEX records_late; DROP INDEX records_by_change;
         ALTER TABLE records DROP COLUMN undone_since; ALTER TABLE records DROP COLUMN part_of; ALTER TABLE mirror DROP COLUMN erased",
    )
    .unwrap();
    let older = version - 10;
    db.pragma_update(None, "user_version", older).unwrap();
    drop(db);

    let store = place.open();
    let row = store.record(&RecordRef::order("1")).unwrap().unwrap();
    assert_eq!(row.part_of, None, "the column is there again");
    let found = store.find_records(RecordKind::Order, Some(&row.name), None, 0, 1);
    assert_eq!(found.unwrap().total, 1, "names of before are in the index");
    assert!(store.mirror(&RecordRef::order("1")).unwrap().is_some());
    let copy = format!("brygga-2026-10-01-before-update-of-{older}.sqlite");
    assert!(copies(&place).contains(&copy), "{:?}", copies(&place));
    let db = Connection::open(place.path.with_file_name("backups").join(copy)).unwrap();
    let copied: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(copied, older, "the copy is the file as it was");
}

#[test]
fn a_copy_is_put_back_and_what_was_there_is_kept_aside() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
    store.store_page(&[order(2, 2, "b")], None).unwrap();

    let aside = put_back(&store, &name, &[]).unwrap();
    let there = |store: &Store, id: &str| store.mirror(&RecordRef::order(id)).unwrap().is_some();
    assert!(there(&store, "1") && !there(&store, "2"));
    let kept = store.backups().unwrap().unwrap();
    let mut reasons: Vec<_> = kept.iter().map(|backup| backup.reason).collect();
    reasons.sort_by_key(|reason| format!("{reason:?}"));
    assert_eq!(reasons, [BackupReason::ByHand, BackupReason::Restore]);

    // It is written on, and opens again as it is.
    store.store_page(&[order(3, 3, "c")], None).unwrap();
    drop(store);
    let store = place.open();
    assert!(there(&store, "1") && there(&store, "3") && !there(&store, "2"));
    // And the way back from the way back.
    let aside = aside.file_name().unwrap().to_str().unwrap();
    put_back(&store, aside, &[]).unwrap();
    assert!(there(&store, "2") && !there(&store, "3"));
}

#[test]
fn a_copy_that_does_not_fit_is_refused_and_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let folder = place.path.with_file_name("backups");
    fs::create_dir_all(&folder).unwrap();

    let other = Place::new();
    let stranger = other.open();
    stranger.store_page(&[order(9, 1, "z")], None).unwrap();
    let sealed = stranger.backup_now().unwrap().unwrap();
    fs::copy(&sealed, folder.join("brygga-2026-09-01.sqlite")).unwrap();
    fs::write(folder.join("brygga-2026-09-02.sqlite"), b"no database").unwrap();
    let newer = store.backup_now().unwrap().unwrap();
    let changed = folder.join("brygga-2026-09-03.sqlite");
    fs::rename(newer, &changed).unwrap();
    Connection::open(&changed)
        .unwrap()
        .pragma_update(None, "user_version", 10_000)
        .unwrap();

    assert!(matches!(
        put_back(&store, "brygga-2026-09-01.sqlite", &[]),
        Err(StoreError::Key)
    ));
    assert!(put_back(&store, "brygga-2026-09-02.sqlite", &[]).is_err());
    assert!(matches!(
        put_back(&store, "brygga-2026-09-03.sqlite", &[]),
        Err(StoreError::Newer { .. })
    ));
    // A name is no path.
    let outside = place.path.file_name().unwrap().to_str().unwrap();
    assert!(put_back(&store, &format!("../{outside}"), &[]).is_err());
    assert!(store.mirror(&RecordRef::order("1")).unwrap().is_some());
    assert!(
        store
            .backups()
            .unwrap()
            .unwrap()
            .iter()
            .all(|backup| backup.reason != BackupReason::Restore)
    );
    assert_eq!(memory().backups().unwrap(), None);
}

#[test]
fn a_copy_made_by_hand_is_never_thrown_away() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    for _ in 0..30 {
        place
            .clock
            .set(brygga_core::Clock::now(&*place.clock) + TimeDelta::days(1));
        store.backup_daily().unwrap();
    }
    assert!(copy.exists());
    assert_eq!(
        copies(&place).len(),
        16,
        "14 days, today and the one by hand"
    );
}

#[test]
fn what_is_to_stay_stays_when_a_copy_is_put_back() {
    let place = Place::new();
    let store = place.open();
    let set = |name: &str, value: &str| {
        store.put_setting(name, value.into(), "test").unwrap();
    };
    set("connection", "old");
    set("choice", "old");
    let copy = store.backup_now().unwrap().unwrap();
    let name = copy.file_name().unwrap().to_str().unwrap();
    set("connection", "new");
    set("choice", "new");
    set("later", "new");
    assert_eq!(
        store.settings_in(name, &["connection", "later"]).unwrap(),
        [("connection".to_owned(), "old".into())].into()
    );

    put_back(&store, name, &["connection", "later", "never"]).unwrap();
    let is = |name: &str| store.setting(name).unwrap();
    assert_eq!(is("connection"), Some("new".into()));
    assert_eq!(is("later"), Some("new".into()));
    assert_eq!(is("choice"), Some("old".into()));
    assert_eq!(is("never"), None);
    let last = store.settings_history(Some("connection"), 1).unwrap();
    assert_eq!(last[0].who, "restore");
}

#[test]
fn a_copy_that_cannot_be_brought_up_leaves_what_was_there() {
    let place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    let copy = store.backup_now().unwrap().unwrap();
    let name = copy.file_name().unwrap().to_str().unwrap();
    store.store_page(&[order(2, 2, "b")], None).unwrap();
    // It says that it is older than it is: the step that it lacks finds its work done, and fails.
    let db = Connection::open(&copy).unwrap();
    let version: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    db.pragma_update(None, "user_version", version - 1).unwrap();
    drop(db);

    put_back(&store, name, &[]).unwrap_err();
    let there = |store: &Store, id: &str| store.mirror(&RecordRef::order(id)).unwrap().is_some();
    assert!(there(&store, "1") && there(&store, "2"));
    store.store_page(&[order(3, 3, "c")], None).unwrap();
    drop(store);
    let store = place.open();
    assert!(
        there(&store, "2") && there(&store, "3"),
        "as if never asked"
    );
}
