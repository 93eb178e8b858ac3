//! States, what is due, groups of held records, and search.

use brygga_core::{Code, Currency, Decimal, Money, Problem};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState, StateCounts};
use serde_json::json;

use crate::common::{at, held, ids, intent, memory, nok, order, params, row, vat_unmapped};

fn full_row() -> RecordRow {
    RecordRow {
        problem: Some(vat_unmapped(1, "12")),
        party: Some("Kari Nordmann".to_owned()),
        amount: Some(Money::new(
            "1234.50".parse::<Decimal>().unwrap(),
            Currency::SEK,
        )),
        erp_number: Some("SO/000223".to_owned()),
        decided_digest: Some("a".to_owned()),
        booked_digest: Some("b".to_owned()),
        settings_rev: 7,
        due_at: Some(at(9)),
        retry: true,
        changed_at: at(3),
        ..row(1, RecordState::Held)
    }
}

#[test]
fn row_is_read_back_whole() {
    let store = memory();
    store.put_record(&full_row()).unwrap();
    assert_eq!(
        store.record(&full_row().record).unwrap().unwrap(),
        full_row()
    );
    let customer = RecordRow::new(RecordRef::customer("1"), "Ola Nordmann", at(0));
    store.put_record(&customer).unwrap();
    assert_eq!(store.record(&customer.record).unwrap().unwrap(), customer);
    assert_eq!(store.record(&RecordRef::order("2")).unwrap(), None);
}

#[test]
fn later_row_keeps_when_it_was_first_seen() {
    let store = memory();
    store.put_record(&row(1, RecordState::New)).unwrap();
    let mut later = row(1, RecordState::Booked);
    later.first_seen = at(50);
    store.put_record(&later).unwrap();
    let stored = store.record(&later.record).unwrap().unwrap();
    assert_eq!(
        (stored.first_seen, stored.state),
        (at(0), RecordState::Booked)
    );
}

#[test]
fn counts_add_up() {
    let store = memory();
    for (id, state) in RecordState::ALL.iter().enumerate() {
        store.put_record(&row(id as u64, *state)).unwrap();
    }
    store.put_record(&row(90, RecordState::Held)).unwrap();
    let counts = store.counts(RecordKind::Order).unwrap();
    assert_eq!(
        counts,
        StateCounts {
            new: 1,
            planned: 1,
            booked: 1,
            waiting: 1,
            skipped: 1,
            held: 2
        }
    );
    assert_eq!(counts.total(), 7);
    assert_eq!(
        store.counts(RecordKind::Customer).unwrap(),
        StateCounts::default()
    );
}

/// Stores a record in `state` decided on its mirror, changed by `change`, and tells if it is due at minute 10.
fn is_due(state: RecordState, change: impl FnOnce(&mut RecordRow)) -> bool {
    let store = memory();
    store.put_setting("x", json!(1), "test").unwrap();
    store.store_page(&[order(1, 0, "a")], None).unwrap();
    let mut row = row(1, state);
    row.decided_digest = Some("a".to_owned());
    row.settings_rev = 1;
    change(&mut row);
    store.put_record(&row).unwrap();
    !store.due(RecordKind::Order, at(10), 10).unwrap().is_empty()
}

#[test]
fn due_is_what_must_be_decided() {
    for state in [RecordState::New, RecordState::Planned] {
        assert!(is_due(state, |_| ()), "{state}");
    }
    for state in [
        RecordState::Booked,
        RecordState::Waiting,
        RecordState::Skipped,
        RecordState::Held,
    ] {
        assert!(!is_due(state, |_| ()), "{state} as decided");
        assert!(is_due(state, |row| row.retry = true), "{state}, retry");
        assert!(
            is_due(state, |row| row.decided_digest = Some("old".into())),
            "{state}, other digest"
        );
        assert!(
            is_due(state, |row| row.decided_digest = None),
            "{state}, never decided"
        );
        assert!(
            is_due(state, |row| row.due_at = Some(at(10))),
            "{state}, due now"
        );
        assert!(
            !is_due(state, |row| row.due_at = Some(at(11))),
            "{state}, due later"
        );
        let on_settings = matches!(state, RecordState::Waiting | RecordState::Held);
        assert_eq!(
            is_due(state, |row| row.settings_rev = 0),
            on_settings,
            "{state}, older settings"
        );
    }
}

/// A clock that was ahead by a week wrote down when to try again; it was put right since. What waits for the business waits on.
#[test]
fn what_a_wrong_clock_put_off_is_due() {
    const WEEK: i64 = 7 * 24 * 60;
    let cases = [
        (Code::WaitingRemote, 12, WEEK),
        (Code::WaitingOutcome, 20, WEEK),
        (Code::WaitingErp, 11, WEEK),
        (Code::WaitingDocument, 10 + 6 * 60, WEEK),
    ];
    for (code, usual, wrong) in cases {
        for (minute, due) in [(usual, false), (wrong, true)] {
            let put_off = |row: &mut RecordRow| {
                row.problem = Some(Problem::new(code));
                row.due_at = Some(at(minute));
            };
            assert_eq!(
                is_due(RecordState::Waiting, put_off),
                due,
                "{code} {minute}"
            );
            let store = memory();
            let part = RecordRef::new(RecordKind::Payment, "5");
            let mut row = RecordRow {
                record: part,
                part_of: Some("1".into()),
                ..row(5, RecordState::Waiting)
            };
            put_off(&mut row);
            store.put_record(&row).unwrap();
            let lives = store.due_lives(at(10), 10).unwrap();
            assert_eq!(!lives.is_empty(), due, "a part, {code} {minute}");
        }
    }
    assert!(!is_due(RecordState::Waiting, |row| {
        row.problem = Some(Problem::new(Code::WaitingForPayment));
        row.due_at = Some(at(WEEK));
    }));
}

#[test]
fn open_intent_keeps_a_record_from_being_due() {
    let store = memory();
    let record = row(1, RecordState::Planned);
    store
        .write_plan(&record, &[intent(1, &record.record, "k")], &[])
        .unwrap();
    store
        .mark_retry(std::slice::from_ref(&record.record))
        .unwrap();
    assert!(store.due(RecordKind::Order, at(10), 10).unwrap().is_empty());
    store
        .settle(brygga_store::Settle {
            intent: uuid::Uuid::from_u128(1),
            state: brygga_store::IntentState::Refused,
            outcome: json!(null),
            links: vec![],
            record: None,
            activity: vec![],
        })
        .unwrap();
    assert_eq!(
        store.due(RecordKind::Order, at(10), 10).unwrap(),
        [record.record]
    );
}

#[test]
fn due_gives_the_oldest_ids_first_and_no_more_than_asked() {
    let store = memory();
    store
        .store_page(
            &[order(1000, 0, "a"), order(7, 0, "a"), order(999, 0, "a")],
            None,
        )
        .unwrap();
    let due = store.due(RecordKind::Order, at(0), 2).unwrap();
    assert_eq!(ids(&due), ["7", "999"]);
    assert!(
        store
            .due(RecordKind::Customer, at(0), 2)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_due_can_be_gone_through_without_deciding_on_it() {
    let store = memory();
    let page: Vec<_> = [1000, 7, 999, 8].map(|id| order(id, 0, "a")).into();
    store.store_page(&page, None).unwrap();
    let mut seen = Vec::new();
    let mut last = String::new();
    loop {
        let due = store.due_after(RecordKind::Order, at(0), &last, 3).unwrap();
        let Some(end) = due.last() else { break };
        last.clone_from(&end.id);
        seen.extend(due);
    }
    assert_eq!(ids(&seen), ["7", "8", "999", "1000"]);
}

#[test]
fn where_records_stand_is_counted_of_all_that_are_known() {
    let store = memory();
    for (id, state) in [
        (1, RecordState::Held),
        (2, RecordState::Booked),
        (3, RecordState::Held),
    ] {
        store.put_record(&row(id, state)).unwrap();
    }
    let states = store
        .states_of(&["1", "2", "3", "4"].map(RecordRef::order))
        .unwrap();
    assert_eq!(
        states.into_iter().collect::<Vec<_>>(),
        [(RecordState::Booked, 1), (RecordState::Held, 2)]
    );
}

#[test]
fn retry_marks_only_what_is_known() {
    let store = memory();
    store.put_record(&row(1, RecordState::Held)).unwrap();
    let known = store
        .mark_retry(&[RecordRef::order("1"), RecordRef::order("2")])
        .unwrap();
    assert_eq!(known, 1);
    assert!(store.record(&RecordRef::order("1")).unwrap().unwrap().retry);
}

#[test]
fn held_records_are_grouped_by_cause() {
    let store = memory();
    for id in 1..=12 {
        store.put_record(&held(id, vat_unmapped(id, "12"))).unwrap();
    }
    store.put_record(&held(20, vat_unmapped(20, "15"))).unwrap();
    let mut yen = held(21, vat_unmapped(21, "12"));
    yen.amount = Some(Money::new(Decimal::from(500), Currency::JPY));
    store.put_record(&yen).unwrap();
    store.put_record(&row(30, RecordState::Waiting)).unwrap();

    let groups = store.held_groups(RecordKind::Order).unwrap();
    assert_eq!(
        groups
            .iter()
            .map(|group| group.records.len())
            .collect::<Vec<_>>(),
        [13, 1]
    );
    let first = &groups[0];
    assert_eq!(first.code, Code::VatUnmapped);
    assert_eq!(first.params, params(&[("rate", "12"), ("country", "NO")]));
    assert_eq!(
        first.amounts,
        [Money::new(Decimal::from(500), Currency::JPY), nok(1200)],
        "never added up across currencies"
    );
    assert_eq!(first.records[0].id, "1", "the oldest first");
    let twenty = RecordRef::new(RecordKind::Order, "20");
    assert!(!first.records.contains(&twenty), "it is of another cause");
    assert!(
        store
            .is_held_with(RecordKind::Order, Code::VatUnmapped)
            .unwrap()
    );
    assert!(
        !store
            .is_held_with(RecordKind::Order, Code::ItemNotFound)
            .unwrap()
    );
    assert_eq!(
        groups[1].params["order"], "#20",
        "a group of one keeps all it knows"
    );

    let all = store
        .held_with(RecordKind::Order, first.code, &first.params)
        .unwrap();
    assert_eq!(all.len(), 13);
    assert_eq!(
        store
            .held_with(RecordKind::Order, Code::ItemNotFound, &params(&[]))
            .unwrap(),
        []
    );
}

#[test]
fn waiting_records_are_grouped_too() {
    let store = memory();
    let mut waiting = row(1, RecordState::Waiting);
    waiting.problem = Some(
        Problem::new(Code::WaitingForPayment)
            .with("order", "#1")
            .with("status", "PENDING"),
    );
    store.put_record(&waiting).unwrap();
    let groups = store
        .problem_groups(RecordKind::Order, RecordState::Waiting)
        .unwrap();
    assert_eq!(
        (groups.len(), groups[0].records.len(), groups[0].code),
        (1, 1, Code::WaitingForPayment)
    );
    assert!(store.held_groups(RecordKind::Order).unwrap().is_empty());
}

#[test]
fn search_finds_by_name_number_and_party() {
    let store = memory();
    for (id, party, number) in [
        (1001, "Kari Nordmann", None),
        (1002, "Ærlig Åse", Some("SO/000777")),
        (11001, "Per", None),
    ] {
        let mut row = row(id, RecordState::Booked);
        row.party = Some(party.to_owned());
        row.erp_number = number.map(str::to_owned);
        store.put_record(&row).unwrap();
    }
    let found = |search: &str| {
        let (rows, total) = store
            .search_records(RecordKind::Order, Some(search), None, 0, 10)
            .unwrap();
        assert_eq!(rows.len(), total);
        rows.into_iter()
            .map(|row| row.record.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("1001"), ["11001", "1001"], "newest first");
    assert_eq!(found(" #1002 "), ["1002"]);
    assert_eq!(found("so/000777"), ["1002"]);
    assert_eq!(found("kari"), ["1001"]);
    assert_eq!(found("ÅSE"), ["1002"]);
    assert_eq!(found("nobody"), Vec::<String>::new());
    assert_eq!(found(" ").len(), 3, "nothing typed means all");
}

#[test]
fn search_finds_customers_by_their_sealed_name() {
    let store = memory();
    let customer = RecordRow::new(RecordRef::customer("5"), "Kari Nordmann 3", at(0));
    store.put_record(&customer).unwrap();
    for search in ["nordmann", "3", "5"] {
        let (rows, total) = store
            .search_records(RecordKind::Customer, Some(search), None, 0, 10)
            .unwrap();
        assert_eq!(
            (total, rows[0].name.as_str()),
            (1, "Kari Nordmann 3"),
            "{search}"
        );
    }
}

/// A year of a busy shop: names are sealed and searched in the newest 20,000, what is not sealed is found whatever its age.
#[test]
fn search_finds_old_records_by_what_is_not_sealed() {
    let store = memory();
    let rows: Vec<_> = (1..=20_002)
        .map(|id| {
            let mut row = row(id, RecordState::Booked);
            row.record.id = (9_000_000 + id).to_string();
            if id <= 2 {
                row.name = format!("BØ-{id}");
                row.party = Some("Kari Nordmann".into());
                row.erp_number = Some(format!("SO {id:06}-OLD"));
            }
            if id == 20_002 {
                row.party = Some("Kari Hansen".into());
            }
            row
        })
        .collect();
    store.put_records(&rows).unwrap();
    let found = |search: &str, state| {
        let found = store
            .find_records(RecordKind::Order, Some(search), state, 0, 10)
            .unwrap();
        let names: Vec<_> = found.rows.into_iter().map(|row| row.name).collect();
        assert_eq!(names.len(), found.total);
        (names, found.names_in_newest)
    };
    for search in ["BØ-1", "bø-1", "SO 000001", "so 000001-old", "9000001"] {
        assert_eq!(found(search, None).0, ["BØ-1"], "{search}");
    }
    assert_eq!(
        found("000001-", Some(RecordState::Booked)),
        (vec!["BØ-1".to_owned()], None)
    );
    assert!(
        found("bø-1", Some(RecordState::Held)).0.is_empty(),
        "only the state that was asked for"
    );
    assert_eq!(
        found("bø", None),
        (vec!["BØ-2".to_owned(), "BØ-1".to_owned()], Some(20_000)),
        "newest first, and it is told that names were not searched in all"
    );
    assert_eq!(
        found("kari", None),
        (vec!["#20002".to_owned()], Some(20_000))
    );
    assert_eq!(
        found("kari", Some(RecordState::Held)),
        (vec![], None),
        "nothing was left out of none"
    );
}

/// The index over names and numbers follows the records.
#[test]
fn search_finds_a_record_by_what_it_is_called_now() {
    let store = memory();
    let mut order = row(1, RecordState::Waiting);
    let mut found = |name: &str, number: Option<&str>, search: &str| {
        order.name = name.into();
        order.erp_number = number.map(str::to_owned);
        store.put_record(&order).unwrap();
        let found = store.search_records(RecordKind::Order, Some(search), None, 0, 9);
        found.unwrap().1
    };
    assert_eq!(found("WEB-1001", None, "web-1001"), 1);
    assert_eq!(found("WEB-1001", Some("SO 000007"), "000007"), 1);
    assert_eq!(found("WEB-1001", Some("SO 000008"), "000007"), 0);
    assert_eq!(found("SHOP-1", Some("SO 000008"), "web"), 0);
    assert_eq!(found("SHOP-1", None, "000008"), 0);
    assert_eq!(found("SHOP \"1\"", None, "shop \"1\""), 1);
    assert_eq!(
        found("SHOP 1", None, "op*"),
        0,
        "no sign means more than itself"
    );
    assert_eq!(found("SHOP 1", None, "shop OR 1"), 0);
}

/// What many have is picked out of all in order, what few have is fetched and put in order: both give the same pages.
#[test]
fn search_gives_what_many_have_in_the_order_of_the_list() {
    let store = memory();
    let rows: Vec<_> = (1..=2_400)
        .map(|id| {
            let mut row = row(id, RecordState::Booked);
            row.name = format!("{}-{id}", if id <= 2_200 { "many" } else { "few" });
            row
        })
        .collect();
    store.put_records(&rows).unwrap();
    let page = |search, offset| {
        let found = store
            .find_records(RecordKind::Order, Some(search), None, offset, 2)
            .unwrap();
        let names: Vec<_> = found.rows.into_iter().map(|row| row.name).collect();
        (names, found.total)
    };
    let names = |of: [&str; 2]| of.map(str::to_owned).to_vec();
    assert_eq!(page("many", 0), (names(["many-2200", "many-2199"]), 2_200));
    assert_eq!(page("many", 2_198), (names(["many-2", "many-1"]), 2_200));
    assert_eq!(page("many", 2_200), (vec![], 2_200));
    assert_eq!(page("few", 0), (names(["few-2400", "few-2399"]), 200));
    assert_eq!(page("few", 198), (names(["few-2202", "few-2201"]), 200));
}

#[test]
fn search_pages_and_filters() {
    let store = memory();
    for id in 1..=25 {
        let state = if id % 5 == 0 {
            RecordState::Held
        } else {
            RecordState::Booked
        };
        store.put_record(&row(id, state)).unwrap();
    }
    let page = |search, state, offset, count| {
        let (rows, total) = store
            .search_records(RecordKind::Order, search, state, offset, count)
            .unwrap();
        (
            rows.into_iter()
                .map(|row| row.record.id)
                .collect::<Vec<_>>(),
            total,
        )
    };
    assert_eq!(page(None, None, 0, 2), (vec!["25".into(), "24".into()], 25));
    assert_eq!(page(None, None, 24, 2), (vec!["1".into()], 25));
    assert_eq!(
        page(None, Some(RecordState::Held), 0, 2),
        (vec!["25".into(), "20".into()], 5)
    );
    assert_eq!(
        page(Some("2"), None, 1, 2),
        (vec!["24".into(), "23".into()], 8)
    );
    assert_eq!(
        page(Some("#2"), Some(RecordState::Held), 1, 9),
        (vec!["20".into()], 2)
    );
    assert_eq!(page(None, None, 90, 2), (vec![], 25));
}

#[test]
fn what_was_looked_at_is_noted_only_while_it_is_the_same() {
    let store = memory();
    let looked = row(1, RecordState::New);
    let found = RecordRow {
        problem: Some(vat_unmapped(1, "12")),
        ..row(1, RecordState::Held)
    };
    // Never seen: there is nothing to note it of.
    assert!(!store.note(&looked, &found, 0, &[]).unwrap());
    assert_eq!(store.record(&looked.record).unwrap(), None);

    store.put_record(&looked).unwrap();
    // Somebody asked for it again meanwhile.
    store
        .mark_retry(std::slice::from_ref(&looked.record))
        .unwrap();
    assert!(!store.note(&looked, &found, 0, &[]).unwrap());
    let asked = store.record(&looked.record).unwrap().unwrap();
    assert_eq!((asked.state, asked.retry), (RecordState::New, true));

    // Other settings by now.
    assert!(!store.note(&asked, &found, 7, &[]).unwrap());

    let found = RecordRow {
        retry: true,
        ..found
    };
    assert!(store.note(&asked, &found, 0, &[]).unwrap());
    let noted = store.record(&looked.record).unwrap().unwrap();
    assert_eq!(noted.state, RecordState::Held);
    let due = store.due(RecordKind::Order, at(0), 9).unwrap();
    assert_eq!(due, [noted.record], "it is decided on all the same");
}
