//! What a person chooses of orders that others may have booked: which document it is, for one order or for all of a kind.

use brygga_core::booking::already::{Choice, Fate, Match};
use brygga_core::{Code, Problem};
use brygga_engine::Already;
use brygga_store::RecordState;
use brygga_tests::{Bench, orders};

use super::{
    FREE, LIKELY, NAMED, by_hand, choose, find, link, listed, name, planned, rows, simple, state,
    with,
};

/// Two orders of the same buyer, day and amount, and two documents that somebody made of them.
async fn two_and_two() -> (Bench, [String; 2]) {
    let bench = with(NAMED).await;
    bench.put(simple(&bench, LIKELY));
    let document = planned(&bench, NAMED).await;
    let first = by_hand(&bench, &document, "by phone").await;
    let second = by_hand(&bench, &document, "by phone").await;
    find(&bench).await;
    let open = [NAMED, LIKELY].map(|id| (id.to_string(), Choice::Ask));
    assert_eq!(listed(&bench), open);
    for row in rows(&bench) {
        let found = row.found.iter().map(|one| one.document.number.as_str());
        assert_eq!(found.collect::<Vec<_>>(), [&first, &second]);
        assert_eq!(row.clear, Match::Unclear);
    }
    (bench, [first, second])
}

fn refused(code: Code, document: &str, order: &str, other: Option<&str>) -> Problem {
    let problem = Problem::new(code)
        .with("document", document)
        .with("order", order);
    match other {
        Some(other) => problem.with("other", other),
        None => problem,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_documents_the_chosen_one_is_linked_and_to_one_order_alone() {
    let (bench, [first, second]) = two_and_two().await;
    let engine = &bench.practice.engine;
    let [named, likely] = [NAMED, LIKELY].map(|id| name(&bench, id));
    let chosen = |id: u64, choice| engine.choose_already(&[(id.to_string(), choice)]);
    assert_eq!(
        chosen(NAMED, link("SO 999999")),
        Err(refused(Code::DocumentNotFound, "SO 999999", &named, None))
    );
    choose(&bench, NAMED, link(&second));
    assert_eq!(
        chosen(LIKELY, link(&second)),
        Err(refused(Code::DocumentTaken, &second, &likely, Some(&named)))
    );
    let rest = rows(&bench).remove(0);
    assert_eq!((rest.row.name, rest.choice), (likely.clone(), Choice::Ask));
    let taken = rest.found.into_iter().map(|one| one.taken_by);
    assert_eq!(taken.collect::<Vec<_>>(), [None, Some(named.clone())]);
    // Nor both at once; then neither is changed.
    let both = [NAMED, LIKELY].map(|id| (id.to_string(), link(&first)));
    assert_eq!(
        engine.choose_already(&both),
        Err(refused(Code::DocumentTaken, &first, &likely, Some(&named)))
    );
    bench.quiet().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    assert_eq!(bench.record(NAMED).erp_number, Some(second.clone()));
    assert_eq!(
        state(&bench, LIKELY),
        (RecordState::Held, Some(Code::MaybeBooked))
    );

    // Both at once the other way round: each is free by the same choice.
    let crossed = [
        (NAMED.to_string(), link(&first)),
        (LIKELY.to_string(), link(&second)),
    ];
    engine.choose_already(&crossed).expect("kept");
    bench.quiet().await;
    for (id, number) in [(NAMED, first), (LIKELY, second)] {
        assert_eq!(
            state(&bench, id),
            (RecordState::Skipped, Some(Code::AlreadyBooked))
        );
        assert_eq!(bench.record(id).erp_number, Some(number));
        assert_eq!(bench.documents(id).len(), 0);
    }
}

/// A person gave the document to one order; another that it names came later.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_gave_to_one_order_is_suggested_for_no_other() {
    let bench = with(LIKELY).await;
    let other = name(&bench, FREE);
    let number = by_hand(
        &bench,
        &planned(&bench, LIKELY).await,
        &format!("Webshop {other}"),
    )
    .await;
    find(&bench).await;
    choose(&bench, LIKELY, link(&number));
    bench.put(simple(&bench, FREE));
    find(&bench).await;
    let kept = [
        (FREE.to_string(), Choice::Ask),
        (LIKELY.to_string(), link(&number)),
    ];
    assert_eq!(listed(&bench), kept);
    let row = rows(&bench).remove(0);
    assert_eq!(row.clear, Match::Unclear);
    assert_eq!(row.found[0].taken_by, Some(name(&bench, LIKELY)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_choice_is_for_all_of_a_kind_that_nobody_has_decided_on() {
    let (bench, _) = two_and_two().await;
    let mut edited = simple(&bench, FREE);
    orders::edit(&mut edited, FREE);
    bench.put(edited);
    let guess = by_hand(&bench, &planned(&bench, FREE).await, "by phone").await;
    let found = find(&bench).await;
    let counts = |found: &Already| -> Vec<_> {
        let told = found.counts.iter();
        told.map(|one| (one.of, one.open, one.decided)).collect()
    };
    assert_eq!(
        counts(&found),
        [(Match::Likely, 1, 0), (Match::Unclear, 2, 0)]
    );
    let engine = &bench.practice.engine;
    // Not as many as were shown; and what is unclear is linked by nobody but a person, one by one.
    for (of, fate, count) in [
        (Match::Unclear, Fate::Skip, 1),
        (Match::Unclear, Fate::Link, 2),
        (Match::Named, Fate::Skip, 1),
    ] {
        let refused = engine.choose_already_for_all(of, fate, count);
        assert_eq!(refused, Err(Code::FixChanged.into()));
    }
    choose(&bench, NAMED, Choice::Create);
    engine
        .choose_already_for_all(Match::Unclear, Fate::Skip, 1)
        .expect("kept");
    engine
        .choose_already_for_all(Match::Likely, Fate::Link, 1)
        .expect("kept");
    let kept = [
        (NAMED.to_string(), Choice::Create),
        (LIKELY.to_string(), Choice::Skip),
        (FREE.to_string(), link(&guess)),
    ];
    assert_eq!(listed(&bench), kept);
    // Taken back at once, as long as nothing is booked of it.
    engine
        .choose_already_for_all(Match::Unclear, Fate::Ask, 2)
        .expect("kept");
    let found = engine.already().expect("readable");
    assert_eq!(
        counts(&found),
        [(Match::Likely, 0, 1), (Match::Unclear, 2, 0)]
    );
    let page = engine.already_rows(1, 1).expect("readable");
    assert_eq!((page.total, page.rows.len()), (3, 1));
    assert_eq!(page.rows[0].row.record.id, LIKELY.to_string());
    choose(&bench, NAMED, Choice::Create);
    bench.quiet().await;
    assert_eq!(state(&bench, NAMED), (RecordState::Booked, None));
    assert_eq!(
        state(&bench, LIKELY),
        (RecordState::Held, Some(Code::MaybeBooked))
    );
    assert_eq!(
        state(&bench, FREE),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    // What is booked by us needs no decision, and none can be taken back.
    let found = engine.already().expect("readable");
    assert_eq!(
        counts(&found),
        [(Match::Likely, 0, 1), (Match::Unclear, 1, 0)]
    );
}
