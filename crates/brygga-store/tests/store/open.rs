//! What is refused at the door, each by its own name; and that the file tells nobody's name.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use brygga_core::{Code, Problem};
use brygga_store::{DataKey, OpenOptions, RecordRef, RecordRow, RecordState, StoreError};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use crate::common::{Place, at, intent, nok, order, row};

fn code(error: StoreError) -> Code {
    Problem::from(error).code
}

#[test]
fn second_instance_is_kept_out_until_the_first_has_gone() {
    let place = Place::new();
    let first = place.open();
    let refused = place.try_open().unwrap_err();
    assert_eq!(refused, StoreError::InUse);
    assert_eq!(code(refused), Code::StoreInUse);
    drop(first);
    place.open();
}

#[test]
fn newer_file_is_refused_untouched() {
    let place = Place::new();
    drop(place.open());
    let db = Connection::open(&place.path).unwrap();
    db.pragma_update(None, "user_version", 9999).unwrap();
    drop(db);
    let before = fs::read(&place.path).unwrap();
    let refused = place.try_open().unwrap_err();
    assert!(matches!(refused, StoreError::Newer { file: 9999, known } if known > 0));
    let problem = Problem::from(refused);
    assert_eq!(
        (problem.code, problem.params["file"].as_str()),
        (Code::StoreNewer, "9999")
    );
    assert_eq!(fs::read(&place.path).unwrap(), before);
}

fn set_read_only(path: &std::path::Path, read_only: bool) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(read_only);
    fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn read_only_file_and_folder_are_refused_by_name() {
    let place = Place::new();
    drop(place.open());
    let folder = place.path.parent().unwrap();
    for marked in [place.path.as_path(), folder] {
        set_read_only(marked, true);
        let refused = place.try_open().unwrap_err();
        set_read_only(marked, false);
        let path = marked.display().to_string();
        assert_eq!(refused, StoreError::ReadOnly { path: path.clone() });
        let problem = Problem::from(refused);
        assert_eq!(
            (problem.code, &problem.params["path"]),
            (Code::StoreReadOnly, &path)
        );
        place.open();
    }
}

#[test]
fn wrong_key_is_refused_and_changes_nothing() {
    let mut place = Place::new();
    let store = place.open();
    store.store_page(&[order(1, 1, "a")], None).unwrap();
    drop(store);
    let right = std::mem::replace(&mut place.key, DataKey::generate().unwrap());
    let refused = place.try_open().unwrap_err();
    assert_eq!(refused, StoreError::Key);
    assert_eq!(code(refused), Code::StoreKey);
    place.key = right;
    assert!(
        place
            .open()
            .mirror(&RecordRef::order("1"))
            .unwrap()
            .is_some()
    );
}

#[test]
fn damaged_file_is_refused() {
    let place = Place::new();
    let store = place.open();
    for id in 0..200 {
        store.store_page(&[order(id, 1, "a")], None).unwrap();
    }
    drop(store);
    let sound = fs::read(&place.path).unwrap();

    let mut torn = sound.clone();
    let pages = torn.len() / 4096;
    for page in 2..pages {
        torn[page * 4096..page * 4096 + 64].fill(0xAA);
    }
    fs::write(&place.path, torn).unwrap();
    let refused = place.try_open().unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert_eq!(code(refused), Code::StoreDamaged);

    fs::write(
        &place.path,
        "this is a letter, not a database, and long enough to be read as a header of one",
    )
    .unwrap();
    assert!(matches!(place.try_open(), Err(StoreError::Damaged { .. })));

    fs::write(&place.path, sound).unwrap();
    place.open();
}

#[test]
fn database_of_another_program_is_refused() {
    let place = Place::new();
    fs::create_dir_all(place.path.parent().unwrap()).unwrap();
    let db = Connection::open(&place.path).unwrap();
    db.execute_batch("CREATE TABLE birds (name TEXT); PRAGMA user_version = 3")
        .unwrap();
    drop(db);
    assert!(matches!(place.try_open(), Err(StoreError::Damaged { .. })));
}

#[test]
fn disk_that_is_full_from_the_start_has_its_code() {
    let place = Place::new();
    let refused = place.open_with(Some(3)).unwrap_err();
    assert_eq!(refused, StoreError::Full);
    assert_eq!(code(refused), Code::StoreFull);
    place.open();
}

#[test]
fn file_that_another_program_holds_has_its_code() {
    let place = Place::new();
    let options = OpenOptions {
        patience: Duration::from_millis(5),
        ..OpenOptions::new(&place.path, place.key.clone())
    };
    let store = brygga_store::Store::open(options, Arc::clone(&place.clock) as _).unwrap();
    let other = Connection::open(&place.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.remember("place", &json!(1)).unwrap_err();
    assert_eq!(refused, StoreError::Busy);
    assert_eq!(code(refused), Code::StoreBusy);
    // What is there can be read meanwhile, and what could not be written is written later.
    assert_eq!(store.remembered("place").unwrap(), None);
    other.execute_batch("ROLLBACK").unwrap();
    store.remember("place", &json!(1)).unwrap();
    assert_eq!(store.remembered("place").unwrap(), Some(json!(1)));
}

#[test]
fn folder_that_cannot_be_made_is_a_fault_with_its_path() {
    let mut place = Place::new();
    drop(place.open());
    place.path = place.path.join("below-a-file.sqlite");
    let refused = place.try_open().unwrap_err();
    assert!(matches!(refused, StoreError::Fault { .. }), "{refused}");
    assert_eq!(code(refused), Code::StoreFault);
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let place = Place::new();
    let store = place.open();
    assert_eq!(store.file(), Some(place.path.as_path()));
    store
        .store_page(&[order(1, 1, "a")], Some(("orders", at(1))))
        .unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(
        store.mirror(&RecordRef::order("1")).unwrap().unwrap(),
        order(1, 1, "a")
    );
    assert_eq!(store.cursor("orders").unwrap(), Some(at(1)));
}

/// Whether `text` stands anywhere in `bytes`.
fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn no_file_tells_a_person_s_name() {
    let place = Place::new();
    let store = place.open();
    store
        .store_page(&[order(1, 1, "a")], Some(("orders", at(1))))
        .unwrap();
    let customer = RecordRow::new(RecordRef::customer("5"), "Kari Nordmann", at(0));
    store.put_record(&customer).unwrap();
    let mut record = row(1, RecordState::Planned);
    record.party = Some("Kari Nordmann".to_owned());
    record.problem = Some(Problem::new(Code::CustomerInactive).with("customer", "Kari Nordmann"));
    record.amount = Some(nok(5));
    let event = brygga_store::Activity::new(at(0), brygga_store::Level::Good, "customer-created")
        .about(customer.record.clone(), "Kari Nordmann")
        .with("party", "Kari Nordmann");
    store
        .write_plan(&record, &[intent(1, &record.record, "k")], &[event])
        .unwrap();
    store
        .mark_unknown(Uuid::from_u128(1), serde_json::json!("Kari Nordmann"), None)
        .unwrap();
    store
        .put_link(&brygga_store::Link {
            kind: "customer".to_owned(),
            shop_id: "5/NOK".to_owned(),
            erp_id: "10042".to_owned(),
            detail: serde_json::json!({"name": "Kari Nordmann"}),
            made_at: at(0),
        })
        .unwrap();
    store
        .put_exchange(&brygga_store::Exchange {
            record: record.record.clone(),
            at: at(0),
            remote: "visma".to_owned(),
            method: "GET".to_owned(),
            target: "/v1/customer?name=Kari Nordmann".to_owned(),
            request: None,
            status: Some(200),
            answer: Some(serde_json::json!("Kari Nordmann")),
            elapsed_ms: 1,
        })
        .unwrap();
    store.start_run(Uuid::from_u128(5), "sync").unwrap();
    store
        .finish_run(Uuid::from_u128(5), &serde_json::json!("Kari Nordmann"))
        .unwrap();
    store.backup_daily().unwrap().unwrap();

    // With the journal file beside it, and again with everything in the database itself.
    let open = place.bytes();
    drop(store);
    let closed = place.bytes();
    for bytes in [open, closed] {
        assert!(
            contains(&bytes, "customer-created"),
            "the search must find what is plain"
        );
        assert!(!contains(&bytes, "Nordmann"));
    }
}
