//! Since when work is left undone: kept from the first attempt, gone when it is done, and never for what the business has to do first.

use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRow, RecordState, Store};
use chrono::{DateTime, Utc};

use crate::common::{Place, at, memory, order, row};

const DAY: i64 = 24 * 60;

fn since(store: &Store, minute: i64) -> Option<DateTime<Utc>> {
    store.undone_since(RecordKind::Order, at(minute)).unwrap()
}

fn seen(id: u64, minute: i64) -> RecordRow {
    RecordRow {
        changed_at: at(minute),
        ..row(id, RecordState::New)
    }
}

fn waiting(id: u64, code: Code, changed: i64) -> RecordRow {
    RecordRow {
        problem: Some(Problem::new(code).with("at", changed.to_string())),
        changed_at: at(changed),
        ..row(id, RecordState::Waiting)
    }
}

#[test]
fn what_is_read_and_not_decided_is_undone_from_when_it_was_seen() {
    let store = memory();
    assert_eq!(since(&store, 0), None, "nothing is behind where nothing is");
    // The page is stored at minute 0, by the store's clock.
    store.store_page(&[order(1, -9, "a")], None).unwrap();
    store.put_record(&seen(2, 9)).unwrap();
    assert_eq!(since(&store, 4 * DAY), Some(at(0)));
    assert_eq!(
        store
            .undone_since(RecordKind::Payment, at(4 * DAY))
            .unwrap(),
        None,
        "each kind for itself"
    );
    store.put_record(&row(1, RecordState::Booked)).unwrap();
    assert_eq!(since(&store, 4 * DAY), Some(at(9)));
    store.put_record(&row(2, RecordState::Held)).unwrap();
    assert_eq!(since(&store, 4 * DAY), None, "held is for a person");
}

/// Each attempt changes what the record says of itself; the first of them is when it should have been done.
#[test]
fn an_attempt_that_fails_does_not_make_it_younger() {
    let store = memory();
    let mut planned = row(1, RecordState::Planned);
    planned.changed_at = at(10);
    store.put_record(&planned).unwrap();
    for minute in [11, DAY, 2 * DAY, 4 * DAY] {
        let mut next = waiting(1, Code::WaitingRemote, minute);
        next.due_at = Some(at(minute + 1));
        store.put_record(&next).unwrap();
        assert_eq!(
            since(&store, minute),
            Some(at(10)),
            "after {minute} minutes"
        );
        planned.changed_at = at(minute);
        store.put_record(&planned).unwrap();
    }
    store.put_record(&row(1, RecordState::Booked)).unwrap();
    assert_eq!(since(&store, 4 * DAY), None);
    // An edit of it a week later is new work.
    planned.changed_at = at(7 * DAY);
    store.put_record(&planned).unwrap();
    assert_eq!(since(&store, 8 * DAY), Some(at(7 * DAY)));
}

#[test]
fn what_waits_for_the_business_is_not_behind() {
    let store = memory();
    for (id, code) in [
        (1, Code::WaitingForPayment),
        (2, Code::WaitingForFulfilment),
        (3, Code::WaitingRelease),
    ] {
        store.put_record(&waiting(id, code, 0)).unwrap();
    }
    assert_eq!(since(&store, 40 * DAY), None);
    for code in [
        Code::WaitingErp,
        Code::WaitingOutcome,
        Code::WaitingDocument,
    ] {
        store.put_record(&waiting(1, code, 3)).unwrap();
        assert_eq!(since(&store, 5), Some(at(3)), "{code}");
        store
            .put_record(&waiting(1, Code::WaitingForPayment, 4))
            .unwrap();
    }
}

#[test]
fn a_moment_that_is_past_counts_from_that_moment() {
    let store = memory();
    let mut grace = waiting(1, Code::WaitingGrace, 0);
    grace.due_at = Some(at(30));
    store.put_record(&grace).unwrap();
    assert_eq!(since(&store, 29), None, "its time has not come");
    assert_eq!(since(&store, 4 * DAY), Some(at(30)));
    // One that was skipped since has no time of its own any more, whatever stands there.
    grace.state = RecordState::Skipped;
    store.put_record(&grace).unwrap();
    assert_eq!(since(&store, 4 * DAY), None);
}

/// The overview asks for every flow each time that it is looked at.
#[test]
fn it_is_read_from_an_index() {
    let place = Place::new();
    let store = place.open();
    store.put_record(&row(1, RecordState::New)).unwrap();
    drop(store);
    let db = rusqlite::Connection::open(&place.path).unwrap();
    for (sql, index) in [
        (
            "SELECT min(undone_since) FROM records WHERE kind = 'order' AND undone_since IS NOT NULL",
            "records_undone",
        ),
        (
            "SELECT min(due_at) FROM records WHERE kind = 'order' AND state = 'waiting' AND due_at <= '2026'",
            "records_late",
        ),
    ] {
        let plan: String = db
            .query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get(3))
            .unwrap();
        assert!(plan.contains(index), "{plan}");
    }
}

#[test]
fn what_was_tried_for_long_is_named_and_what_was_only_read_is_not() {
    let store = memory();
    store.put_record(&seen(1, 0)).unwrap();
    store
        .put_record(&waiting(2, Code::WaitingRemote, 5))
        .unwrap();
    store
        .put_record(&waiting(3, Code::WaitingForPayment, 5))
        .unwrap();
    store
        .put_record(&waiting(4, Code::WaitingOutcome, 50))
        .unwrap();
    let mut planned = row(5, RecordState::Planned);
    planned.changed_at = at(2);
    store.put_record(&planned).unwrap();
    let late = |minute| -> Vec<(String, DateTime<Utc>)> {
        let late = store.left_undone(RecordKind::Order, at(minute)).unwrap();
        late.into_iter()
            .map(|(record, since)| (record.id, since))
            .collect()
    };
    assert_eq!(late(1), []);
    assert_eq!(late(10), [("5".into(), at(2)), ("2".into(), at(5))]);
    assert_eq!(late(50).len(), 3);
    // A conflict is decided again and again: that is a try, too.
    let mut again = seen(1, 20);
    again.retry = true;
    store.put_record(&again).unwrap();
    assert_eq!(late(10).len(), 3);
}
