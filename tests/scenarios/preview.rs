//! The preview shows what the next sync would do and sends nothing; what is approved is sent exactly as it was shown, or not at all
//! (`docs/adr/0001`).

use std::collections::BTreeMap;
use std::time::Duration;

use brygga_core::booking::life::LifeStep;
use brygga_core::booking::shown::plan_digest;
use brygga_core::booking::{Plan, Step};
use brygga_core::policy::{Lane, Lanes};
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::{Approved, ApprovedReport, Outcome, Preview, Previewed, RunOptions, What};
use brygga_sandbox::visma::{Change, VatRounding};
use brygga_store::{RecordKind, RecordRef, RecordState};
use brygga_tests::goods::MAIN;
use brygga_tests::{Bench, Sale, orders};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Orders and their parts alone.
async fn preview(bench: &Bench) -> Preview {
    preview_of(bench, Lane::Orders.into()).await
}

async fn preview_of(bench: &Bench, lanes: Lanes) -> Preview {
    let before = bench.writes();
    let preview = bench
        .practice
        .engine
        .preview(RunOptions {
            lanes,
            ..RunOptions::default()
        })
        .await
        .expect("both sides answer");
    assert_eq!(bench.writes(), before, "a preview writes to neither side");
    assert_eq!(preview.failures, BTreeMap::new());
    preview
}

fn approved(item: &Previewed) -> Option<Approved> {
    match &item.outcome {
        Outcome::Send { digest, .. } => Some(Approved {
            record: item.record.clone(),
            digest: digest.clone(),
        }),
        _ => None,
    }
}

fn all(preview: &Preview) -> Vec<Approved> {
    preview.items.iter().filter_map(approved).collect()
}

async fn send(bench: &Bench, what: Vec<Approved>) -> ApprovedReport {
    let report = bench
        .practice
        .engine
        .send_approved(what, None)
        .await
        .expect("no other run");
    assert_eq!(report.run.failure, None);
    report
}

fn of<'a>(preview: &'a Preview, record: &RecordRef) -> &'a Previewed {
    preview
        .items
        .iter()
        .find(|item| item.record == *record)
        .unwrap_or_else(|| panic!("{record} is not shown"))
}

fn order(id: u64) -> RecordRef {
    RecordRef::order(id.to_string())
}

fn plan(item: &Previewed) -> &Plan {
    match &item.outcome {
        Outcome::Send { what, .. } => match &**what {
            What::Order(shown) => &shown.plan,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn step(item: &Previewed) -> &LifeStep {
    match &item.outcome {
        Outcome::Send { what, .. } => match &**what {
            What::Step(shown) => &shown.step,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The plan that the journal has of an order.
fn journalled(bench: &Bench, record: &RecordRef) -> Vec<Plan> {
    let intents = bench.practice.engine.store().intents_of(record);
    intents
        .expect("readable")
        .iter()
        .filter_map(|intent| serde_json::from_value(intent.body["plan"].clone()).ok())
        .collect()
}

fn goods() -> Lanes {
    [Lane::Products, Lane::Stock].into_iter().collect()
}

fn simple(bench: &Bench, id: u64) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        id,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn approving_all_of_a_month_executes_exactly_what_was_shown() {
    for rounding in [VatRounding::Line, VatRounding::Document] {
        let bench = Bench::with(60, rounding).await;
        bench.days(12);
        let shown = preview(&bench).await;
        let store = bench.practice.engine.store();
        assert!(
            store.open_intents().expect("readable").is_empty(),
            "nothing is journalled"
        );
        let approved = all(&shown);
        assert!(approved.len() > 10, "{}", approved.len());
        assert!(
            approved
                .iter()
                .all(|one| one.record.kind == RecordKind::Order),
            "what follows an order is decided when it is booked"
        );
        let report = send(&bench, approved.clone()).await;
        assert_eq!(report.changed, Vec::new());
        assert_eq!(report.left, Vec::new());
        assert_eq!(report.begun.len(), approved.len());
        for one in &approved {
            let shown = plan(of(&shown, &one.record));
            let sent = journalled(&bench, &one.record);
            let last = sent.last().expect("in the journal");
            assert_eq!(last.document, shown.document, "{}", one.record);
            // Only a customer that another order made before may be known by now.
            let mut expected = shown.steps.clone();
            if sent.len() < expected.len() {
                assert!(matches!(expected.remove(0), Step::CreateCustomer { .. }));
            }
            let names = |steps: &[Step]| steps.iter().map(Step::name).collect::<Vec<_>>();
            assert_eq!(names(&last.steps), names(&expected), "{}", one.record);
            let row = store.record(&one.record).expect("readable").expect("seen");
            assert_eq!(row.state, RecordState::Booked, "{:?}", row.problem);
        }
        // The rest follows as in any sync, and all of it is right.
        bench.quiet().await;
        bench.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_approved_is_left_untouched() {
    let bench = Bench::empty().await;
    for id in 1..=3 {
        bench.put(simple(&bench, 930_000 + id));
    }
    let shown = preview(&bench).await;
    assert_eq!(all(&shown).len(), 3);
    let rows = |bench: &Bench| [930_002, 930_003].map(|id| bench.record(id));
    let before = rows(&bench);

    let nothing = send(&bench, Vec::new()).await;
    assert_eq!((nothing.begun.len(), nothing.run.written), (0, 0));
    assert_eq!(bench.documents(930_001).len(), 0);

    let one = approved(of(&shown, &order(930_001))).expect("would be sent");
    send(&bench, vec![one]).await;
    assert_eq!(bench.record(930_001).state, RecordState::Booked);
    assert_eq!(bench.document(930_001).total, Decimal::from(450));
    assert_eq!(rows(&bench), before, "the others are as they were");
    assert_eq!(bench.documents(930_002).len(), 0);

    // All of them have one customer, which the first has made: what was shown of the others still holds.
    let rest: Vec<Approved> = all(&shown)
        .into_iter()
        .filter(|one| one.record != order(930_001))
        .collect();
    let report = send(&bench, rest).await;
    assert_eq!(report.changed, Vec::new());
    for id in [930_002, 930_003] {
        assert_eq!(bench.record(id).state, RecordState::Booked);
        assert_eq!(
            bench.document(id).customer,
            bench.document(930_001).customer
        );
    }
    bench.quiet().await;
    assert_eq!(bench.proven().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_edited_meanwhile_is_not_sent() {
    let bench = Bench::empty().await;
    let id = 930_101;
    let mut edited = simple(&bench, id);
    bench.put(edited.clone());
    bench.put(simple(&bench, 930_102));
    let shown = preview(&bench).await;
    orders::edit(&mut edited, id);
    bench.put(edited);

    let report = send(&bench, all(&shown)).await;
    let changed: Vec<_> = report
        .changed
        .iter()
        .map(|(record, problem)| (record.clone(), problem.code))
        .collect();
    assert_eq!(changed, [(order(id), Code::PreviewChanged)]);
    assert_eq!(bench.documents(id).len(), 0, "nothing of it was sent");
    assert_eq!(bench.document(930_102).total, Decimal::from(450));
    let told = bench
        .practice
        .engine
        .store()
        .activity(
            &brygga_store::ActivityFilter {
                record: Some(&order(id)),
                ..brygga_store::ActivityFilter::default()
            },
            10,
        )
        .expect("readable");
    assert!(
        told.iter()
            .any(|row| row.activity.event == "preview-changed"),
        "its story says so"
    );

    // It is shown with its new plan, and that can be sent.
    let anew = preview(&bench).await;
    let document = plan(of(&anew, &order(id))).document.clone();
    assert_eq!(
        document.map(|document| document.total),
        Some(Decimal::from(475))
    );
    send(&bench, all(&anew)).await;
    assert_eq!(bench.document(id).total, Decimal::from(475));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_settings_or_another_version_in_visma_are_another_plan() {
    let bench = Bench::empty().await;
    let id = 930_201;
    let mut version = simple(&bench, id);
    bench.put(version.clone());
    let shown = preview(&bench).await;
    bench.choose(|settings| settings.order_type = "SA".into());
    let report = send(&bench, all(&shown)).await;
    assert_eq!(report.changed.len(), 1);
    assert_eq!(bench.documents(id).len(), 0);
    bench.choose(|settings| settings.order_type = "SO".into());
    let report = send(&bench, all(&shown)).await;
    assert_eq!(report.begun, [order(id)], "as it was shown again");

    // An edit of the shop; somebody touches the document in Visma.net meanwhile.
    orders::edit(&mut version, id);
    bench.put(version);
    let shown = preview(&bench).await;
    let one = of(&shown, &order(id));
    let names: Vec<_> = plan(one).steps.iter().map(Step::name).collect();
    assert!(names.contains(&"patch-lines"), "{names:?}");
    let document = bench.document(id);
    bench
        .practice
        .pair
        .visma()
        .set_order_status(&document.order_type, &document.id, "Hold");
    let report = send(&bench, all(&shown)).await;
    assert_eq!(
        report.changed.len(),
        1,
        "it is not the document that was shown"
    );
    assert_eq!(bench.document(id).total, Decimal::from(450));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_orders_life_only_the_step_that_was_shown_is_taken() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 930_301);
    sale.paid();
    bench.put_sale(&sale);
    let shown = preview(&bench).await;
    send(&bench, all(&shown)).await;
    assert_eq!(bench.books(&sale), ["SO 500.00 Open"]);

    let shown = preview(&bench).await;
    let payment = RecordRef::new(RecordKind::Payment, sale.last_money().to_string());
    let LifeStep::CreatePayment { draft } = step(of(&shown, &payment)) else {
        panic!("{:?}", of(&shown, &payment));
    };
    assert_eq!(
        (draft.amount, draft.cash_account.as_str()),
        (Decimal::from(500), "1950-NOK")
    );
    let report = send(&bench, all(&shown)).await;
    assert_eq!((report.begun.len(), report.changed.len()), (1, 0));
    assert_eq!(
        bench.books(&sale),
        [
            "SO 500.00 Open",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Balanced"
        ],
        "it is made, and nothing more"
    );
    let shown = preview(&bench).await;
    assert!(matches!(
        step(of(&shown, &payment)),
        LifeStep::ReleasePayment { .. }
    ));
    send(&bench, all(&shown)).await;
    assert_eq!(
        bench.books(&sale)[1],
        "Prepayment 2026-09-11 500.00 on 1950-NOK Open"
    );
    bench.quiet().await;
    bench.all_booked(&sale);
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_shown_with_what_is_there_and_sent_one_by_one() {
    let bench = Bench::empty().await;
    bench.leave_own_out();
    bench.generate(12, 40);
    bench.keep_products();
    bench.keep_stock();
    bench.quiet().await;
    bench.clock.advance(Duration::from_mins(20));
    let visma = bench.practice.pair.visma();
    for number in 1..=3 {
        visma.set_stock(&format!("GEN-{number:05}"), MAIN, Decimal::from(7));
        visma.change(Change::ItemEdited {
            number: format!("GEN-{number:05}"),
            price: Some(Decimal::from(100)),
            description: None,
            status: None,
            barcode: None,
            weight: None,
        });
    }
    bench.clock.advance(Duration::from_mins(20));
    let shown = preview_of(&bench, goods()).await;
    let count = |kind| {
        let sent = shown.items.iter().filter(|item| {
            item.record.kind == kind && matches!(item.outcome, Outcome::Send { .. })
        });
        sent.count()
    };
    assert_eq!(
        (count(RecordKind::Product), count(RecordKind::Stock)),
        (3, 3)
    );
    let stock = |number: u32| RecordRef::new(RecordKind::Stock, format!("GEN-{number:05}"));
    let Outcome::Send { what, .. } = &of(&shown, &stock(1)).outcome else {
        panic!("would be sent");
    };
    let What::Goods(brygga_engine::GoodsShown::Stock(rows)) = &**what else {
        panic!("{what:?}");
    };
    let rows: Vec<_> = rows.iter().map(|(_, from, to)| (*from, *to)).collect();
    assert_eq!(rows, [(Some(40), 7)]);

    // The second is counted anew meanwhile: it is not what was shown.
    visma.set_stock("GEN-00002", MAIN, Decimal::from(5));
    bench.clock.advance(Duration::from_mins(20));
    let some: Vec<Approved> = all(&shown)
        .into_iter()
        .filter(|one| !one.record.id.ends_with('3'))
        .collect();
    let report = send(&bench, some).await;
    let changed: Vec<_> = report
        .changed
        .iter()
        .map(|(record, _)| record.clone())
        .collect();
    assert_eq!(changed, [stock(2)]);
    let there = ["GEN-00001", "GEN-00002", "GEN-00003"].map(|sku| bench.sellable(sku));
    assert_eq!(there, [7, 40, 40]);

    // The next sync does the rest.
    bench.quiet().await;
    let there = ["GEN-00001", "GEN-00002", "GEN-00003"].map(|sku| bench.sellable(sku));
    assert_eq!(there, [7, 5, 7]);
    assert!(all(&preview_of(&bench, goods()).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_shown_with_its_accounts_and_sent_whole() {
    let bench = Bench::empty().await;
    super::payouts::turn_on(&bench);
    let at = bench.clock.now() - TimeDelta::hours(30);
    let issued = bench.clock.now() - TimeDelta::hours(3);
    let shopify = bench.practice.pair.shopify();
    let put = |net: &str, fee: &str| {
        shopify.set_payouts(
            vec![super::payouts::payout(811, issued, "PAID", net)],
            vec![super::payouts::row(
                1,
                811,
                "CHARGE",
                ["1250.00", fee, net],
                at,
            )],
            Vec::new(),
        );
        bench.clock.advance(Duration::from_secs(30));
    };
    put("1214.90", "35.10");
    let shown = preview_of(&bench, Lane::Payouts.into()).await;
    let record = RecordRef::new(RecordKind::Payout, "811");
    let Outcome::Send { what, .. } = &of(&shown, &record).outcome else {
        panic!("would be sent");
    };
    let What::Payout(payout) = &**what else {
        panic!("{what:?}");
    };
    let accounts: Vec<_> = payout.make[0]
        .lines
        .iter()
        .map(|line| (line.account.as_str(), line.amount.to_string()))
        .collect();
    assert_eq!(
        accounts,
        [("1909", "1214.90".to_owned()), ("7770", "35.10".to_owned())]
    );
    assert_eq!(super::payouts::cash(&bench).len(), 0);

    // The provider corrects it: nothing is booked.
    put("1204.90", "45.10");
    let report = send(&bench, all(&shown)).await;
    assert_eq!(report.changed.len(), 1);
    assert_eq!(super::payouts::cash(&bench).len(), 0);

    let shown = preview_of(&bench, Lane::Payouts.into()).await;
    let report = send(&bench, all(&shown)).await;
    assert_eq!(report.begun, std::slice::from_ref(&record));
    assert_eq!(super::payouts::cash(&bench).len(), 1);
    assert_eq!(
        bench.item(RecordKind::Payout, "811").state,
        RecordState::Booked
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_decides_nothing_and_the_sync_after_it_does_what_it_said() {
    let bench = Bench::with(60, VatRounding::Line).await;
    bench.days(12);
    let shown = preview(&bench).await;
    let again = preview(&bench).await;
    assert_eq!(
        shown.items, again.items,
        "it can be asked as often as one likes"
    );
    for kind in [RecordKind::Order, RecordKind::Invoice, RecordKind::Payment] {
        let counts = bench
            .practice
            .engine
            .store()
            .counts(kind)
            .expect("readable");
        let held = shown
            .items
            .iter()
            .filter(|item| item.record.kind == kind && matches!(item.outcome, Outcome::Held(_)));
        assert_eq!(counts.held, held.count(), "{kind}: its reason is kept");
        assert_eq!(counts.total(), counts.new + counts.held, "{kind}");
    }
    bench.sync().await;
    for item in &shown.items {
        let row = bench
            .practice
            .engine
            .store()
            .record(&item.record)
            .expect("readable")
            .expect("seen");
        match &item.outcome {
            Outcome::Send { digest, .. } => {
                assert_eq!(row.state, RecordState::Booked, "{}", item.name);
                assert_eq!(*digest, plan_digest(plan(item), None, None));
            }
            Outcome::Waiting(problem) | Outcome::Skipped(problem) | Outcome::Held(problem) => {
                assert_eq!(row.problem.as_ref(), Some(problem), "{}", item.name);
            }
        }
    }
}

/// What changed in the shop and nobody has synced yet is there too.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_reads_what_the_sync_would_read() {
    let bench = Bench::empty().await;
    bench.quiet().await;
    bench.put(simple(&bench, 930_401));
    let mut unpaid = simple(&bench, 930_402);
    unpaid["displayFinancialStatus"] = json!("PENDING");
    bench.put(unpaid);
    let shown = preview(&bench).await;
    assert!(matches!(
        of(&shown, &order(930_401)).outcome,
        Outcome::Send { .. }
    ));
    let Outcome::Waiting(problem) = &of(&shown, &order(930_402)).outcome else {
        panic!("waits");
    };
    assert_eq!(problem.code, Code::WaitingForPayment);
}
