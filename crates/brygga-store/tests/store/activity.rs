//! Events and exchanges.

use brygga_store::{
    Activity, ActivityFilter, ActivityRow, Exchange, Level, RecordKind, RecordRef, RecordRow,
    Retention,
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::common::{Place, at, memory};

fn event(number: i64) -> Activity {
    Activity::new(at(number), Level::Info, "order-seen")
        .about(RecordRef::order(number.to_string()), format!("#{number}"))
        .with("party", "Kari Nordmann")
        .in_run(Uuid::from_u128(1))
}

fn names(rows: &[ActivityRow]) -> Vec<&str> {
    rows.iter()
        .map(|row| row.name.as_deref().unwrap())
        .collect()
}

fn before(id: i64) -> ActivityFilter<'static> {
    ActivityFilter {
        before: Some(id),
        ..ActivityFilter::default()
    }
}

fn searched(text: &str) -> ActivityFilter<'_> {
    ActivityFilter {
        search: Some(text),
        ..ActivityFilter::default()
    }
}

fn of<'a>(record: &'a RecordRef, search: Option<&'a str>) -> ActivityFilter<'a> {
    ActivityFilter {
        record: Some(record),
        search,
        ..ActivityFilter::default()
    }
}

#[test]
fn event_is_read_back_whole() {
    let store = memory();
    let bare = Activity::new(at(0), Level::Bad, "run-failed");
    let person = Activity::new(at(1), Level::Good, "customer-created")
        .about(RecordRef::customer("5"), "Kari Nordmann");
    let ids = store
        .log(&[event(1), bare.clone(), person.clone()])
        .unwrap();
    assert_eq!(ids, [1, 2, 3]);
    let rows = store.activity_after(0).unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| row.activity.clone())
            .collect::<Vec<_>>(),
        [event(1), bare, person]
    );
    assert_eq!(store.activity_after(2).unwrap()[0].id, 3);
    assert_eq!(store.last_activity().unwrap(), 3);
}

#[test]
fn activity_is_counted_as_it_is_given() {
    let store = memory();
    let warned = Activity::new(at(9), Level::Warn, "order-held").about(RecordRef::order("3"), "#3");
    let person = Activity::new(at(10), Level::Good, "customer-created")
        .about(RecordRef::customer("5"), "Kari Nordmann");
    let mut events: Vec<_> = (1..=6).map(event).collect();
    events.extend([warned, person]);
    let ids = store.log(&events).unwrap();
    let third = RecordRef::order("3");
    for (filter, count) in [
        (ActivityFilter::default(), 8),
        (before(ids[2]), 2),
        (of(&third, None), 2),
        (searched("#3"), 2),
        (
            ActivityFilter {
                kind: Some(RecordKind::Order),
                ..ActivityFilter::default()
            },
            7,
        ),
        (
            ActivityFilter {
                serious: true,
                ..ActivityFilter::default()
            },
            1,
        ),
    ] {
        assert_eq!(store.activity_count(&filter).unwrap(), count, "{filter:?}");
        assert_eq!(
            store.activity(&filter, 99).unwrap().len(),
            count,
            "{filter:?}"
        );
    }
}

#[test]
fn activity_comes_newest_first_in_pages() {
    let store = memory();
    assert_eq!(store.last_activity().unwrap(), 0);
    store.log(&(1..=5).map(event).collect::<Vec<_>>()).unwrap();
    let page = store.activity(&ActivityFilter::default(), 2).unwrap();
    assert_eq!(names(&page), ["#5", "#4"]);
    let page = store.activity(&before(page[1].id), 2).unwrap();
    assert_eq!(names(&page), ["#3", "#2"]);
    let one = store
        .activity(&of(&RecordRef::order("3"), None), 9)
        .unwrap();
    assert_eq!(names(&one), ["#3"]);
    assert!(
        store
            .activity(&ActivityFilter::default(), 0)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn search_looks_into_names_parameters_and_events() {
    let store = memory();
    store.log(&(1..=12).map(event).collect::<Vec<_>>()).unwrap();
    store
        .log(&[Activity::new(at(20), Level::Warn, "customer-linked")
            .about(RecordRef::customer("77"), "Ola Dunk")])
        .unwrap();
    let found = |search: &str| names(&store.activity(&searched(search), 9).unwrap()).len();
    assert_eq!(found("#12"), 1);
    assert_eq!(found("1"), 4, "#1, #10, #11 and #12");
    assert_eq!(found("ola"), 1);
    assert_eq!(found("77"), 1);
    assert_eq!(found("linked"), 1);
    assert_eq!(found("nordmann"), 9, "no more than asked");
    let older = store
        .activity(
            &ActivityFilter {
                before: Some(3),
                ..searched("nordmann")
            },
            9,
        )
        .unwrap();
    assert_eq!(names(&older), ["#2", "#1"]);
    let both = store
        .activity(&of(&RecordRef::order("3"), Some("kari")), 9)
        .unwrap();
    assert_eq!(names(&both), ["#3"]);
}

#[test]
fn a_record_is_found_by_name_and_number_however_old_its_events_are() {
    let store = memory();
    let mut row = RecordRow::new(RecordRef::order("7"), "#7_a", at(0));
    row.erp_number = Some("SO 000223".to_owned());
    store.put_record(&row).unwrap();
    let old = Activity::new(at(0), Level::Good, "order-booked").about(row.record.clone(), "#7_a");
    store.log(&[old]).unwrap();
    let filler: Vec<_> = (0..10_001)
        .map(|_| Activity::new(at(1), Level::Info, "run-ended"))
        .collect();
    store.log(&filler).unwrap();
    let found = |search: &str| names(&store.activity(&searched(search), 9).unwrap()).len();
    assert_eq!(found("#7_A"), 1);
    assert_eq!(found("000223"), 1);
    assert_eq!(found("7"), 1, "by its id");
    assert_eq!(found("7xa"), 0, "an underscore is an underscore");
    let newest = store.find_activity(&searched("order-booked"), 9).unwrap();
    assert!(
        newest.rows.is_empty(),
        "what an event says is looked for in pieces"
    );
    assert_eq!(newest.looked_to, Some(at(1)), "and it is said how far");
    let older = ActivityFilter {
        before: newest.older,
        ..searched("order-booked")
    };
    let older = store.find_activity(&older, 9).unwrap();
    assert_eq!(names(&older.rows), ["#7_a"]);
    assert_eq!((older.older, older.looked_to), (None, None), "to the end");
    assert_eq!(store.activity_count(&searched("order-booked")).unwrap(), 1);
}

#[test]
fn the_record_that_is_named_so_comes_before_all_that_are_named_alike() {
    let store = memory();
    let named = |id: i64, name: &str| {
        let row = RecordRow::new(RecordRef::order(id.to_string()), name, at(id));
        store.put_record(&row).unwrap();
        let event = Activity::new(at(id), Level::Good, "order-booked");
        store.log(&[event.about(row.record, name)]).unwrap();
    };
    // Below what the index tells, and above.
    for (from, to) in [(0, 400), (400, 2_200)] {
        if from == 0 {
            named(1_000_000, "#1042");
            named(1_000_001, "#cd-1042x");
        }
        for number in from..to {
            named(number, &format!("#1042{number:04}"));
        }
        let filler = Activity::new(at(9), Level::Info, "run-ended");
        store.log(&vec![filler; 10_000]).unwrap();
        for typed in ["#1042", "1042"] {
            let found = store.find_activity(&searched(typed), 50).unwrap();
            let last = found.rows.last().and_then(|row| row.name.as_deref());
            assert_eq!(last, Some("#1042"), "the oldest, and there");
            assert!(found.rows.len() <= 50, "{}", found.rows.len());
        }
        let found = store.activity(&searched("CD-1042X"), 9).unwrap();
        assert_eq!(names(&found), ["#cd-1042x"], "whatever its case");
    }
}

#[test]
fn pieces_of_a_search_come_one_after_the_other_to_the_end() {
    let store = memory();
    let every: Vec<_> = (1..=25_000)
        .map(|number| {
            let event = Activity::new(at(0), Level::Info, "run-ended");
            let says = if number % 12_000 == 1 { "odd" } else { "even" };
            event.with("says", says)
        })
        .collect();
    store.log(&every).unwrap();
    let (mut before, mut found, mut pieces) = (None, Vec::new(), 0);
    loop {
        let filter = ActivityFilter {
            before,
            ..searched("odd")
        };
        let piece = store.find_activity(&filter, 9).unwrap();
        found.extend(piece.rows.iter().map(|row| row.id));
        pieces += 1;
        before = piece.older;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, [24_001, 12_001, 1]);
    assert_eq!(pieces, 3);
}

#[test]
fn a_day_is_read_without_what_came_after_it() {
    let store = memory();
    // One an hour; once the clock stood wrong by years, and was put right.
    for hour in 0..72 {
        let minute = if hour == 30 { 9_999_999 } else { hour * 60 };
        let mut event = event(hour);
        event.at = at(minute);
        event.level = if hour % 2 == 0 {
            Level::Warn
        } else {
            Level::Info
        };
        store.log(&[event]).unwrap();
    }
    let day = ActivityFilter {
        from: Some(at(24 * 60)),
        until: Some(at(48 * 60)),
        ..ActivityFilter::default()
    };
    let hours = |filter: ActivityFilter<'_>| {
        let found = store.find_activity(&filter, 99).unwrap();
        assert_eq!(store.activity_count(&filter).unwrap(), found.rows.len());
        names(&found.rows)
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let all: Vec<String> = (24..48)
        .rev()
        .filter(|hour| *hour != 30)
        .map(|hour| format!("#{hour}"))
        .collect();
    assert_eq!(hours(day), all);
    let serious = ActivityFilter {
        serious: true,
        ..day
    };
    assert_eq!(hours(serious).len(), 11);
    let of_kind = ActivityFilter {
        kind: Some(RecordKind::Order),
        ..serious
    };
    assert_eq!(hours(of_kind).len(), 11);
    let found = ActivityFilter {
        search: Some("#25"),
        ..day
    };
    assert_eq!(hours(found), ["#25"]);
    let other = ActivityFilter {
        search: Some("#50"),
        ..day
    };
    assert_eq!(hours(other).len(), 0);
    for (from, until) in [(Some(at(99 * 60)), None), (None, Some(at(0)))] {
        let empty = ActivityFilter {
            from,
            until,
            ..ActivityFilter::default()
        };
        let expected = usize::from(from.is_some());
        assert_eq!(
            hours(empty).len(),
            expected,
            "only what stands wrong is later"
        );
    }
    let older = ActivityFilter {
        before: Some(31),
        ..day
    };
    assert_eq!(hours(older).len(), 6);
}

#[test]
fn a_log_is_filtered_by_kind_and_gravity() {
    let store = memory();
    let warned = Activity::new(at(2), Level::Warn, "customer-linked")
        .about(RecordRef::customer("77"), "Ola Dunk");
    let failed = Activity::new(at(3), Level::Bad, "run-failed");
    store.log(&[event(1), warned, failed]).unwrap();
    let count = |filter: ActivityFilter<'_>| store.activity(&filter, 9).unwrap().len();
    let serious = ActivityFilter {
        serious: true,
        ..ActivityFilter::default()
    };
    assert_eq!(count(serious), 2);
    let customers = ActivityFilter {
        kind: Some(RecordKind::Customer),
        ..ActivityFilter::default()
    };
    assert_eq!(count(customers), 1);
    assert_eq!(
        count(ActivityFilter {
            search: Some("ola"),
            ..customers
        }),
        1
    );
    assert_eq!(
        count(ActivityFilter {
            search: Some("ola"),
            kind: Some(RecordKind::Order),
            ..serious
        }),
        0
    );
    assert_eq!(
        count(ActivityFilter {
            before: Some(3),
            ..serious
        }),
        1
    );
}

fn exchange(id: &str, minute: i64) -> Exchange {
    Exchange {
        record: RecordRef::order(id),
        at: at(minute),
        remote: "visma".to_owned(),
        method: "POST".to_owned(),
        target: "/api/v3/SalesOrders".to_owned(),
        request: Some(json!({"customer": "Kari Nordmann"})),
        status: Some(201),
        answer: None,
        elapsed_ms: 120,
    }
}

#[test]
fn exchanges_of_a_record_come_in_order() {
    let store = memory();
    store.put_exchange(&exchange("1", 2)).unwrap();
    store
        .put_exchanges(&[exchange("2", 3), exchange("1", 1)])
        .unwrap();
    assert_eq!(
        store.exchanges_of(&RecordRef::order("1")).unwrap(),
        [exchange("1", 2), exchange("1", 1)],
        "in the order they were stored"
    );
    assert!(
        store
            .exchanges_of(&RecordRef::order("3"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn record_keeps_its_newest_exchanges() {
    let store = memory();
    store.put_exchange(&exchange("2", 0)).unwrap();
    store
        .put_exchanges(
            &(0..205)
                .map(|minute| exchange("1", minute))
                .collect::<Vec<_>>(),
        )
        .unwrap();
    let kept = store.exchanges_of(&RecordRef::order("1")).unwrap();
    assert_eq!((kept.len(), kept[0].at), (200, at(5)));
    assert_eq!(store.exchanges_of(&RecordRef::order("2")).unwrap().len(), 1);
}

#[test]
fn history_is_pruned_by_age() {
    let place = Place::new();
    let store = place.open();
    store.log(&[event(1)]).unwrap();
    store.put_exchange(&exchange("1", 1)).unwrap();
    store.start_run(Uuid::from_u128(1), "sync").unwrap();
    let retention = Retention::default();
    place.clock.set(at(0) + TimeDelta::days(31));
    let pruned = store.prune(&retention).unwrap();
    assert_eq!((pruned.activity, pruned.exchanges, pruned.runs), (0, 1, 0));
    place.clock.set(at(0) + TimeDelta::days(731));
    let pruned = store.prune(&retention).unwrap();
    assert_eq!((pruned.activity, pruned.exchanges, pruned.runs), (1, 0, 1));
}
