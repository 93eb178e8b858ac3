//! Orders that somebody has booked in Visma.net before us: found before the first run, and never booked twice.

use std::time::Duration;

use brygga_core::booking::Document;
use brygga_core::booking::already::{Choice, Match};
use brygga_core::erp::{
    DocumentKind, HeadDraft, LedgerDraft, LedgerLineDraft, LineDraft, SalesOrderDraft,
};
use brygga_core::policy::Lane;
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::{Already, AlreadyRow, Approved, Outcome, RunOptions, What};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::{RecordKind, RecordRef, RecordState};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::{Value, json};

mod chosen;

pub(crate) const KNOWN: u64 = 940_000;
pub(crate) const NAMED: u64 = 940_001;
const LIKELY: u64 = 940_002;
const FREE: u64 = 940_003;

pub(crate) fn simple(bench: &Bench, id: u64) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        id,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

/// The document that an order would become.
pub(crate) async fn planned(bench: &Bench, id: u64) -> Document {
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
pub(crate) async fn by_hand(bench: &Bench, document: &Document, text: &str) -> String {
    let draft = &document.draft;
    let net = draft.lines.iter().map(LineDraft::net).sum();
    let order = SalesOrderDraft {
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
    made(bench, &order).await
}

/// A sales order that is not made by us.
async fn made(bench: &Bench, order: &SalesOrderDraft) -> String {
    let customer = bench.document(KNOWN).customer;
    let erp = bench.practice.engine.erp();
    let number = erp.create_order(order, &customer).await.expect("made");
    number.to_string()
}

/// An order of ours that is booked, and another of the same shop that is not.
async fn with(id: u64) -> Bench {
    let bench = Bench::empty().await;
    bench.put(simple(&bench, KNOWN));
    bench.quiet().await;
    bench.put(simple(&bench, id));
    bench
}

fn name(bench: &Bench, id: u64) -> String {
    let name = simple(bench, id)["name"].as_str().map(str::to_owned);
    name.expect("a name")
}

async fn find(bench: &Bench) -> Already {
    let before = bench.writes();
    let found = bench.practice.engine.find_already().await;
    let found = found.expect("both sides answer");
    assert_eq!(bench.writes(), before, "looking writes nothing");
    assert_eq!(found.not_read, None);
    found
}

/// The list, as it stands.
fn rows(bench: &Bench) -> Vec<AlreadyRow> {
    let page = bench.practice.engine.already_rows(0, usize::MAX);
    page.expect("readable").rows
}

/// What stands there of each order, in the list's order.
fn listed(bench: &Bench) -> Vec<(String, Choice)> {
    rows(bench)
        .into_iter()
        .map(|row| (row.row.record.id, row.choice))
        .collect()
}

fn link(number: &str) -> Choice {
    Choice::Link(number.to_owned())
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
    let told: Vec<_> = rows(&bench)
        .into_iter()
        .map(|row| {
            let number = row.found[0].document.number.clone();
            (row.row.record.id, number, row.clear, row.choice)
        })
        .collect();
    assert_eq!(
        told,
        [
            (LIKELY.to_string(), guess, Match::Likely, Choice::Ask),
            (
                NAMED.to_string(),
                number.clone(),
                Match::Named,
                link(&number)
            ),
        ],
        "what needs a decision comes first"
    );

    // Nobody has looked at the list: nothing is booked twice all the same.
    bench.quiet().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    assert_eq!(bench.record(NAMED).erp_number, Some(number.clone()));
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
    find(&bench).await;
    let kept = [
        (NAMED.to_string(), link(&number)),
        (LIKELY.to_string(), Choice::Skip),
    ];
    assert_eq!(listed(&bench), kept);
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
    assert_eq!((found.looked, rows(&bench)), (1, Vec::new()));
    store
        .mark_retry(&[RecordRef::order(&order)])
        .expect("known");
    bench.quiet().await;
    assert_eq!(state(&bench, KNOWN), (RecordState::Booked, None));
    assert_eq!(bench.documents(KNOWN).len(), 1);
}

/// Another connector fills the same fields, in its own way.
#[tokio::test(flavor = "multi_thread")]
async fn another_connectors_document_is_found_though_it_carries_the_id_and_links() {
    let bench = with(NAMED).await;
    let mut order = planned(&bench, NAMED).await.draft;
    for line in &mut order.lines {
        line.link = format!("item-{}", line.link);
    }
    let number = made(&bench, &order).await;
    find(&bench).await;
    assert_eq!(listed(&bench), [(NAMED.to_string(), link(&number))]);
    bench.quiet().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    assert_eq!(bench.documents(NAMED).len(), 1);
}

/// What could not be read this time is not gone.
#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_search_takes_no_mark_away() {
    let bench = with(LIKELY).await;
    let document = planned(&bench, LIKELY).await;
    let line = &document.draft.lines[0];
    let invoice = LedgerDraft {
        kind: DocumentKind::Invoice,
        customer: bench.document(KNOWN).customer,
        currency: document.draft.currency.clone(),
        date: bench.clock_date(),
        original_date: None,
        reference: name(&bench, LIKELY),
        external: "till-7".into(),
        vat_zone: document.draft.head.vat_zone.clone(),
        branch: None,
        text: "By hand".into(),
        rate: None,
        lines: vec![LedgerLineDraft {
            link: "by-hand".into(),
            item: None,
            unit: None,
            account: Some("3000".into()),
            subaccount: None,
            description: "Goods".into(),
            quantity: Decimal::ONE,
            unit_price: Decimal::from(100),
            net: Decimal::from(100),
            vat_category: line.vat_category.clone(),
        }],
        taxes: Vec::new(),
        applications: Vec::new(),
    };
    let engine = &bench.practice.engine;
    engine.erp().create_document(&invoice).await.expect("made");
    find(&bench).await;
    let found = rows(&bench);
    assert_eq!(listed(&bench), [(LIKELY.to_string(), Choice::Ask)]);

    let closed = Fault::Status {
        code: 403,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, closed).path("/customerinvoice");
    bench.practice.pair.faults().add(rule.times(u32::MAX));
    let again = engine.find_already().await.expect("the rest is compared");
    assert_eq!(
        again.not_read.map(|problem| problem.code),
        Some(Code::ErpForbidden)
    );
    assert_eq!(rows(&bench), found);
    bench.practice.pair.faults().clear();
    bench.quiet().await;
    assert_eq!(
        state(&bench, LIKELY),
        (RecordState::Held, Some(Code::MaybeBooked))
    );
    assert_eq!(bench.documents(LIKELY).len(), 0);
}

/// The sample order of the wizard, the first sync of a host that has no wizard, a preview that was approved: nobody has looked yet.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_first_looks_first() {
    for first in ["sample", "run", "approved"] {
        let bench = with(NAMED).await;
        let text = format!("Webshop {}", name(&bench, NAMED));
        by_hand(&bench, &planned(&bench, NAMED).await, &text).await;
        let engine = &bench.practice.engine;
        assert_eq!(engine.already().expect("readable").at, None);
        let order = RecordRef::order(NAMED.to_string());
        match first {
            "sample" => engine.send_one(&order).await.expect("both sides answer"),
            "run" => {
                let run = bench.practice.api.start(RunOptions::default());
                let report = run.expect("no other run").1.await.expect("ended");
                assert_eq!(report.failure, None);
            }
            _ => {
                let options = RunOptions {
                    lanes: Lane::Orders.into(),
                    ..RunOptions::default()
                };
                let shown = engine.preview(options).await.expect("both sides answer");
                let digest = shown.items.into_iter().find_map(|item| match item.outcome {
                    Outcome::Send { digest, .. } if item.record == order => Some(digest),
                    _ => None,
                });
                let approved = Approved {
                    record: order.clone(),
                    digest: digest.expect("it would be sent"),
                };
                let report = engine.send_approved(vec![approved], None).await;
                let changed = report.expect("no other run").changed;
                assert_eq!(changed.len(), 1, "{changed:?}");
                assert_eq!(bench.documents(NAMED).len(), 0);
                bench.sync().await;
            }
        }
        assert_eq!(
            state(&bench, NAMED),
            (RecordState::Skipped, Some(Code::AlreadyBooked))
        );
        assert_eq!(bench.documents(NAMED).len(), 0);
        assert!(engine.already().expect("readable").at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_comes_not_into_a_run_and_changes_nothing_that_is_booked() {
    let bench = with(LIKELY).await;
    let number = by_hand(&bench, &planned(&bench, LIKELY).await, "by phone").await;
    find(&bench).await;
    let engine = &bench.practice.engine;
    let choice = |choice| engine.choose_already(&[(LIKELY.to_string(), choice)]);
    let still = engine.stand_still().expect("no run");
    assert_eq!(choice(Choice::Skip), Err(Code::SyncUnderWay.into()));
    drop(still);
    choice(Choice::Create).expect("kept");
    bench.quiet().await;
    let booked = bench.record(LIKELY);
    assert_eq!(booked.state, RecordState::Booked);
    assert!(booked.erp_number.is_some());

    // The page that was open meanwhile still offers the other document.
    choice(link(&number)).expect("nothing to do");
    bench.quiet().await;
    assert_eq!(bench.record(LIKELY), booked);
    let kept = rows(&bench);
    assert_eq!((&kept[0].choice, kept[0].booked), (&Choice::Create, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_may_go_away_and_the_next_run_starts() {
    let bench = with(NAMED).await;
    let api = &bench.practice.api;
    // Begun, and dropped before it has an answer.
    let asked = api.call("already_find", Value::Null);
    let answer = tokio::time::timeout(Duration::ZERO, asked).await;
    assert!(answer.is_err(), "it takes a moment");
    let next = async {
        loop {
            match api.start(RunOptions::default()) {
                Ok((_, run)) => return run.await.expect("ended"),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    // A limit for a test that hangs, no measure.
    let report = tokio::time::timeout(Duration::from_mins(1), next).await;
    let report = report.expect("the run's place is given back");
    assert_eq!(report.failure, None);
    let engine = &bench.practice.engine;
    assert!(
        engine.already().expect("readable").at.is_some(),
        "it went on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_mapping_lets_no_order_pass_that_may_be_booked() {
    let bench = with(LIKELY).await;
    by_hand(&bench, &planned(&bench, LIKELY).await, "by phone").await;
    find(&bench).await;
    bench.quiet().await;
    let api = &bench.practice.api;
    let mapping = api.call("mapping", Value::Null).await.expect("readable");
    let change = json!({ "revision": mapping["revision"], "rows": [] });
    let shown = api.call("mapping_preview", change).await.expect("shown");
    assert_eq!((&shown["held"], &shown["pass"]), (&json!(1), &json!(0)));
}

/// Somebody went on by hand between the look and the start; a person's choice stays.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_looks_again_and_what_was_chosen_stays() {
    let bench = with(NAMED).await;
    bench.put(simple(&bench, FREE));
    let text = format!("Webshop {}", name(&bench, FREE));
    by_hand(&bench, &planned(&bench, FREE).await, &text).await;
    find(&bench).await;
    assert_eq!(rows(&bench).len(), 1);
    choose(&bench, FREE, Choice::Skip);
    // A week later.
    let text = format!("Webshop {}", name(&bench, NAMED));
    let number = by_hand(&bench, &planned(&bench, NAMED).await, &text).await;
    for step in ["shop", "company", "flows", "mapping"] {
        let go = json!({"step": "start", "finished": step});
        bench
            .practice
            .served
            .call("setup_go", go)
            .await
            .expect("kept");
    }
    let secret = |domain: bool| {
        if domain {
            json!({
                "domain": brygga_sandbox::practice::SHOP_DOMAIN,
                "client_id": brygga_sandbox::practice::SHOP_CLIENT_ID, "secret": null,
            })
        } else {
            json!({
                "client_id": brygga_sandbox::practice::VISMA_CLIENT_ID,
                "tenant_id": brygga_sandbox::practice::VISMA_COMPANY_TENANT, "scopes": [], "secret": null,
            })
        }
    };
    let served = &bench.practice.served;
    served
        .call("setup_shop", secret(true))
        .await
        .expect("connected");
    served
        .call("setup_company", secret(false))
        .await
        .expect("connected");
    let mut events = served.events();
    served
        .call("setup_start", Value::Null)
        .await
        .expect("started");
    while !matches!(
        events.recv().await,
        Ok(brygga_api::contract::Event::Finished(_))
    ) {}
    let told = [
        (NAMED.to_string(), link(&number)),
        (FREE.to_string(), Choice::Skip),
    ];
    assert_eq!(listed(&bench), told);
    assert_eq!(bench.documents(NAMED).len(), 0);
    assert_eq!(bench.documents(FREE).len(), 0);
}

/// Orders of before the start date were left out of the search.
#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_start_date_is_looked_at_before_anything_of_it_is_sent() {
    let bench = with(NAMED).await;
    let document = planned(&bench, NAMED).await;
    let text = format!("Webshop {}", name(&bench, NAMED));
    by_hand(&bench, &document, &text).await;
    let tomorrow = bench.clock_date().succ_opt();
    bench.choose(|settings| settings.start_date = tomorrow);
    find(&bench).await;
    assert_eq!(rows(&bench).len(), 0);
    let run = || async {
        let run = bench.practice.api.start(RunOptions::default());
        let report = run.expect("no other run").1.await.expect("ended");
        assert_eq!(report.failure, None);
    };
    run().await;
    let today = bench.clock_date();
    bench.choose(|settings| settings.start_date = Some(today));
    run().await;
    assert_eq!(
        state(&bench, NAMED),
        (RecordState::Skipped, Some(Code::AlreadyBooked))
    );
    assert_eq!(bench.documents(NAMED).len(), 0);
    // What was looked at is not looked at again.
    let at = bench.practice.engine.already().expect("readable").at;
    bench.clock.advance(Duration::from_mins(5));
    run().await;
    assert_eq!(bench.practice.engine.already().expect("readable").at, at);
}
