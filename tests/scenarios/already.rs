//! Orders that somebody has booked in Visma.net before us: found before the first run, and never booked twice.

use brygga_core::booking::Document;
use brygga_core::booking::already::Choice;
use brygga_core::erp::{HeadDraft, LineDraft, SalesOrderDraft};
use brygga_core::policy::Lane;
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::{Already, Outcome, RunOptions, What};
use brygga_store::{RecordKind, RecordRef, RecordState};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::Value;

const KNOWN: u64 = 940_000;
const NAMED: u64 = 940_001;
const LIKELY: u64 = 940_002;
const FREE: u64 = 940_003;

fn simple(bench: &Bench, id: u64) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        id,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

/// The document that an order would become.
async fn planned(bench: &Bench, id: u64) -> Document {
    let shown = bench.practice.engine.preview(RunOptions {
        lanes: Lane::Orders.into(),
        ..RunOptions::default()
    });
    let shown = shown.await.expect("both sides answer");
    let order = RecordRef::order(id.to_string());
    let found = shown.items.into_iter().find(|item| item.record == order);
    match found.map(|item| item.outcome) {
        Some(Outcome::Send { what, .. }) => match *what {
            What::Order(shown) => shown.plan.document.expect("a document"),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// A sales order as somebody makes it by hand: one line of the same amount, with none of our marks.
async fn by_hand(bench: &Bench, document: &Document, text: &str) -> String {
    let draft = &document.draft;
    let net = draft.lines.iter().map(LineDraft::net).sum();
    let by_hand = SalesOrderDraft {
        head: HeadDraft {
            customer_order: "by phone".into(),
            customer_ref: "-".into(),
            custom_id: None,
            description: text.into(),
            ..draft.head.clone()
        },
        lines: vec![LineDraft {
            link: "by-hand".into(),
            quantity: Decimal::ONE,
            unit_price: net,
            discount: Decimal::ZERO,
            ..draft.lines[0].clone()
        }],
        ..draft.clone()
    };
    let customer = bench.document(KNOWN).customer;
    let number = bench
        .practice
        .engine
        .erp()
        .create_order(&by_hand, &customer)
        .await
        .expect("made");
    number.to_string()
}

async fn find(bench: &Bench) -> Already {
    let before = bench.writes();
    let found = bench.practice.engine.find_already().await;
    let found = found.expect("both sides answer");
    assert_eq!(bench.writes(), before, "looking writes nothing");
    assert_eq!(found.not_read, None);
    found
}

fn choose(bench: &Bench, id: u64, choice: Choice) {
    let engine = &bench.practice.engine;
    engine
        .choose_already(&[(id.to_string(), choice)])
        .expect("kept");
}

fn state(bench: &Bench, id: u64) -> (RecordState, Option<Code>) {
    (bench.record(id).state, bench.code(id))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_booked_is_found_and_never_booked_twice() {
    let bench = Bench::empty().await;
    bench.put(simple(&bench, KNOWN));
    bench.quiet().await;
    let mut named = simple(&bench, NAMED);
    bench.put(named.clone());
    let mut likely = simple(&bench, LIKELY);
    orders::edit(&mut likely, LIKELY);
    bench.put(likely);
    bench.put(simple(&bench, FREE));
    let name = named["name"].as_str().expect("a name").to_owned();
    let document = planned(&bench, NAMED).await;
    let number = by_hand(&bench, &document, &format!("Webshop {name}, paid by card")).await;
    let guess = by_hand(&bench, &planned(&bench, LIKELY).await, "Kari by phone").await;
    let orders = bench.practice.pair.visma().orders().len();

    let found = find(&bench).await;
    assert_eq!((found.looked, found.documents), (3, 2), "ours is left out");
    let told: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let mark = &row.mark;
            let number = mark.documents[0].number.clone();
            (row.row.record.id.clone(), number, mark.certain, mark.choice)
        })
        .collect();
    assert_eq!(
        told,
        [
            (NAMED.to_string(), number.clone(), true, Choice::Link),
            (LIKELY.to_string(), guess.clone(), false, Choice::Ask),
        ]
    );

    // Nobody has looked at the list: nothing is booked twice all the same.
    bench.quiet().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    assert_eq!(bench.record(NAMED).erp_number, Some(number));
    assert_eq!(
        state(&bench, LIKELY),
        (RecordState::Held, Some(Code::MaybeBooked))
    );
    assert_eq!(state(&bench, FREE), (RecordState::Booked, None));
    assert_eq!(bench.practice.pair.visma().orders().len(), orders + 1);
    for row in bench
        .practice
        .engine
        .store()
        .parts_of(&NAMED.to_string())
        .expect("readable")
    {
        assert_eq!(row.state, RecordState::Skipped, "{:?}", row.problem);
    }

    // An edit afterwards is shown as a difference; nothing is sent for it.
    orders::edit(&mut named, NAMED);
    let writes = bench.writes();
    bench.put(named);
    bench.quiet().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBookedDiffers))
    );
    assert_eq!(bench.writes(), writes);

    // A person decides; what was decided stays when it is looked for again.
    choose(&bench, LIKELY, Choice::Skip);
    bench.quiet().await;
    assert_eq!(
        state(&bench, LIKELY),
        (RecordState::Skipped, Some(Code::SkippedByChoice))
    );
    let again = find(&bench).await;
    let kept: Vec<_> = again.rows.iter().map(|row| row.mark.choice).collect();
    assert_eq!(kept, [Choice::Link, Choice::Skip]);
    assert_eq!(bench.writes(), writes);

    // And everything can be undone.
    choose(&bench, LIKELY, Choice::Create);
    bench.quiet().await;
    assert_eq!(state(&bench, LIKELY), (RecordState::Booked, None));
    assert_eq!(bench.document(LIKELY).total, Decimal::from(475));
    let counts = bench.practice.engine.store().counts(RecordKind::Order);
    assert_eq!(counts.expect("readable").booked, 3);
    bench.proven().await;
}

/// A database that is lost: our own documents carry the id, and are adopted as before.
#[tokio::test(flavor = "multi_thread")]
async fn our_own_documents_are_nobody_elses() {
    let bench = Bench::empty().await;
    bench.put(simple(&bench, KNOWN));
    bench.quiet().await;
    let store = bench.practice.engine.store();
    let order = KNOWN.to_string();
    store
        .remove_link(brygga_engine::booked::ORDER, &order)
        .expect("removable");
    let found = find(&bench).await;
    assert_eq!((found.looked, found.rows), (1, Vec::new()));
    store
        .mark_retry(&[RecordRef::order(&order)])
        .expect("known");
    bench.quiet().await;
    assert_eq!(state(&bench, KNOWN), (RecordState::Booked, None));
    assert_eq!(bench.documents(KNOWN).len(), 1);
}
