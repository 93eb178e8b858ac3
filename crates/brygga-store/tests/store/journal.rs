//! Plans, sending, settling, links: together or not at all, and never twice.

use brygga_store::{
    Activity, ActivityFilter, IntentState, JournalHead, Level, Link, RecordKind, RecordRef,
    RecordState, Retention, Settle, Store, StoreError,
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::common::{Place, at, intent, memory, null, row};

fn event() -> Activity {
    Activity::new(at(0), Level::Good, "order-booked").about(RecordRef::order("1"), "#1")
}

fn link(erp_id: &str) -> Link {
    Link {
        kind: "order".to_owned(),
        shop_id: "1".to_owned(),
        erp_id: erp_id.to_owned(),
        detail: json!({"version": "abc"}),
        made_at: at(1),
    }
}

fn done(number: u128) -> Settle {
    Settle {
        intent: Uuid::from_u128(number),
        state: IntentState::Done,
        outcome: json!({"number": "SO/000223"}),
        links: vec![link("SO/000223")],
        record: Some(row(1, RecordState::Booked)),
        activity: vec![event()],
    }
}

fn plan(store: &Store, numbers: &[(u128, &str)]) -> Result<(), StoreError> {
    let record = row(1, RecordState::Planned);
    let intents: Vec<_> = numbers
        .iter()
        .map(|(number, key)| intent(*number, &record.record, key))
        .collect();
    store.write_plan(&record, &intents, &[event()])
}

fn state(store: &Store, number: u128) -> IntentState {
    store
        .intent(Uuid::from_u128(number))
        .unwrap()
        .unwrap()
        .state
}

#[test]
fn plan_is_written_whole_and_read_back_in_order() {
    let store = memory();
    plan(&store, &[(2, "b"), (1, "a")]).unwrap();
    let open = store.open_intents().unwrap();
    let record = RecordRef::order("1");
    assert_eq!(open, [intent(1, &record, "a"), intent(2, &record, "b")]);
    assert_eq!(store.intents_of(&record).unwrap(), open);
    assert_eq!(
        store.record(&record).unwrap().unwrap().state,
        RecordState::Planned
    );
    assert_eq!(
        store
            .activity(&ActivityFilter::default(), 10)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn second_plan_with_the_same_key_leaves_nothing() {
    let store = memory();
    plan(&store, &[(1, "a")]).unwrap();
    store.put_record(&row(1, RecordState::Waiting)).unwrap();
    assert_eq!(
        plan(&store, &[(2, "b"), (3, "a")]),
        Err(StoreError::AlreadyPlanned)
    );
    assert_eq!(
        store.open_intents().unwrap().len(),
        1,
        "not even the first of the refused plan"
    );
    assert_eq!(
        store.record(&RecordRef::order("1")).unwrap().unwrap().state,
        RecordState::Waiting
    );
    assert_eq!(
        store
            .activity(&ActivityFilter::default(), 10)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn key_stays_taken_once_done_and_is_free_once_refused_or_superseded() {
    for (end, free) in [
        (IntentState::Done, false),
        (IntentState::Refused, true),
        (IntentState::Superseded, true),
    ] {
        let store = memory();
        plan(&store, &[(1, "a")]).unwrap();
        store
            .settle(Settle {
                state: end,
                ..done(1)
            })
            .unwrap();
        assert_eq!(plan(&store, &[(2, "a")]).is_ok(), free, "{end}");
    }
}

#[test]
fn same_id_twice_is_a_fault_and_not_a_known_plan() {
    let store = memory();
    plan(&store, &[(1, "a")]).unwrap();
    assert!(matches!(
        plan(&store, &[(1, "b")]),
        Err(StoreError::Fault { .. })
    ));
}

#[test]
fn intent_goes_its_way_to_done() {
    let place = Place::new();
    let store = place.open();
    plan(&store, &[(1, "a")]).unwrap();
    let id = Uuid::from_u128(1);

    place.clock.set(at(1));
    store.mark_sending(id).unwrap();
    let sending = store.intent(id).unwrap().unwrap();
    assert_eq!(
        (sending.state, sending.attempts, sending.sent_at),
        (IntentState::Sending, 1, Some(at(1)))
    );

    store
        .mark_unknown(id, json!({"error": "timeout"}), at(2))
        .unwrap();
    store.note_lookup(id, at(3)).unwrap();
    let unknown = store.intent(id).unwrap().unwrap();
    assert_eq!(
        (unknown.state, unknown.lookups, unknown.next_lookup_at),
        (IntentState::Unknown, 1, Some(at(3)))
    );
    assert_eq!(unknown.outcome, Some(json!({"error": "timeout"})));
    store.note_lookup(id, None).unwrap();
    assert_eq!(store.intent(id).unwrap().unwrap().lookups, 2);

    place.clock.set(at(4));
    store.mark_sending(id).unwrap();
    assert_eq!(store.intent(id).unwrap().unwrap().attempts, 2);

    store.settle(done(1)).unwrap();
    let settled = store.intent(id).unwrap().unwrap();
    assert_eq!(
        (settled.state, settled.settled_at),
        (IntentState::Done, Some(at(4)))
    );
    assert_eq!(settled.outcome, Some(json!({"number": "SO/000223"})));
    assert!(store.open_intents().unwrap().is_empty());
    assert_eq!(store.link("order", "1").unwrap(), Some(link("SO/000223")));
    assert_eq!(
        store.record(&RecordRef::order("1")).unwrap().unwrap().state,
        RecordState::Booked
    );
}

#[test]
fn settled_intent_is_never_touched_again() {
    let store = memory();
    plan(&store, &[(1, "a")]).unwrap();
    store.settle(done(1)).unwrap();
    let id = Uuid::from_u128(1);
    let wrong = |to| {
        Err(StoreError::WrongState {
            id,
            from: IntentState::Done,
            to,
        })
    };
    assert_eq!(store.mark_sending(id), wrong(IntentState::Sending));
    assert_eq!(
        store.mark_unknown(id, null(), at(1)),
        wrong(IntentState::Unknown)
    );
    assert_eq!(store.note_lookup(id, at(1)), wrong(IntentState::Unknown));
    assert_eq!(store.settle(done(1)), wrong(IntentState::Done));
    let id = Uuid::from_u128(9);
    assert_eq!(store.mark_sending(id), Err(StoreError::NoIntent { id }));
}

#[test]
fn settling_that_fails_leaves_the_intent_open_and_no_link() {
    let store = memory();
    plan(&store, &[(1, "a")]).unwrap();
    let unsettled = Settle {
        state: IntentState::Unknown,
        ..done(1)
    };
    assert!(matches!(
        store.settle(unsettled),
        Err(StoreError::Fault { .. })
    ));
    assert_eq!(state(&store, 1), IntentState::Intent);
    assert_eq!(store.link("order", "1").unwrap(), None);
    assert_eq!(
        store
            .activity(&ActivityFilter::default(), 10)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn settling_on_a_full_disk_leaves_everything_as_it_was() {
    let place = Place::new();
    drop(place.open());
    let store = place.open_with(Some(70)).unwrap();
    plan(&store, &[(1, "a")]).unwrap();
    store.mark_sending(Uuid::from_u128(1)).unwrap();
    let large = Settle {
        outcome: json!("x".repeat(1_000_000)),
        ..done(1)
    };
    assert_eq!(store.settle(large), Err(StoreError::Full));
    assert_eq!(state(&store, 1), IntentState::Sending);
    assert_eq!(store.link("order", "1").unwrap(), None);
    drop(store);
    let store = place.open();
    assert_eq!(
        state(&store, 1),
        IntentState::Sending,
        "looked up at the next start"
    );
    store.settle(done(1)).unwrap();
}

#[test]
fn intent_needs_its_record() {
    let store = memory();
    let record = row(1, RecordState::Planned);
    let stray = intent(1, &RecordRef::order("2"), "a");
    assert!(matches!(
        store.write_plan(&record, &[stray], &[]),
        Err(StoreError::Fault { .. })
    ));
    assert_eq!(store.record(&record.record).unwrap(), None);
}

#[test]
fn head_counts_by_state() {
    let store = memory();
    assert_eq!(store.journal_head().unwrap(), JournalHead::default());
    plan(&store, &[(1, "a"), (2, "b"), (3, "c"), (4, "d")]).unwrap();
    store.mark_sending(Uuid::from_u128(2)).unwrap();
    store
        .mark_unknown(Uuid::from_u128(3), null(), None)
        .unwrap();
    store.settle(done(4)).unwrap();
    let head = store.journal_head().unwrap();
    assert_eq!(
        (head.intent, head.sending, head.unknown, head.done),
        (1, 1, 1, 1)
    );
    assert_eq!(
        (head.last_created, head.last_settled),
        (Some(at(0)), Some(at(0)))
    );
}

#[test]
fn links_are_found_from_both_sides() {
    let store = memory();
    let customer = |shop_id: &str| Link {
        kind: "customer".to_owned(),
        shop_id: shop_id.to_owned(),
        ..link("10042")
    };
    store.put_link(&customer("12/NOK")).unwrap();
    store.put_link(&customer("7/NOK")).unwrap();
    store.put_link(&link("SO/000001")).unwrap();
    store.put_link(&link("SO/000002")).unwrap();
    assert_eq!(
        store.link("order", "1").unwrap().unwrap().erp_id,
        "SO/000002",
        "the later one stands"
    );
    assert_eq!(
        store.links("customer").unwrap(),
        [customer("7/NOK"), customer("12/NOK")]
    );
    let ends = store.ends("customer").unwrap();
    assert_eq!(ends.len(), 2);
    assert!(ends.values().all(|number| number == "10042"));
    assert_eq!(ends.keys().collect::<Vec<_>>(), ["12/NOK", "7/NOK"]);
    assert!(store.ends("product").unwrap().is_empty());
    assert_eq!(store.links_to("customer", "10042").unwrap().len(), 2);
    assert!(store.links_to("order", "10042").unwrap().is_empty());
    assert!(store.remove_link("order", "1").unwrap());
    assert!(!store.remove_link("order", "1").unwrap());
    assert_eq!(store.link("order", "1").unwrap(), None);
}

#[test]
fn bodies_of_old_settled_intents_can_be_removed() {
    let place = Place::new();
    let store = place.open();
    plan(&store, &[(1, "a"), (2, "b")]).unwrap();
    store.settle(done(1)).unwrap();
    place.clock.set(at(0) + TimeDelta::days(31));
    let retention = Retention {
        payloads: Some(TimeDelta::days(30)),
        ..Retention::default()
    };
    assert_eq!(store.prune(&retention).unwrap().bodies, 1);
    let settled = store.intent(Uuid::from_u128(1)).unwrap().unwrap();
    assert_eq!((settled.body, settled.outcome), (null(), None));
    assert_ne!(
        store.intent(Uuid::from_u128(2)).unwrap().unwrap().body,
        null()
    );
    assert_eq!(
        plan(&store, &[(3, "a")]),
        Err(StoreError::AlreadyPlanned),
        "the key stays"
    );
    assert_eq!(store.counts(RecordKind::Order).unwrap().total(), 1);
}
