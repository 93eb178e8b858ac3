//! What was approved is sent as it was shown, or told as not sent, whatever happens meanwhile; and the preview stays true after it.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::policy::Lane;
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::ports::Goods;
use brygga_engine::{Approved, ApprovedReport, Engine, Outcome, Parts, Preview, RunOptions};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_store::{RecordKind, RecordRef, RecordState};
use brygga_tests::approvals::all_of;
use brygga_tests::goods::{Between, MAIN};
use brygga_tests::meanwhile::{AfterFirstRows, BeforeFirstId};
use brygga_tests::{Bench, Sale, orders};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::payouts;

fn simple(bench: &Bench, id: u64) -> Value {
    let at = bench.clock.now() - TimeDelta::minutes(3);
    orders::simple(bench.practice.pair.shop_data(), id, at)
}

fn order(id: u64) -> RecordRef {
    RecordRef::order(id.to_string())
}

async fn preview(bench: &Bench, lane: Lane) -> Preview {
    let options = RunOptions {
        lanes: lane.into(),
        ..RunOptions::default()
    };
    let shown = bench.practice.engine.preview(options).await;
    shown.expect("both sides answer")
}

fn outcome<'a>(preview: &'a Preview, record: &RecordRef) -> Option<&'a Outcome> {
    let found = preview.items.iter().find(|item| item.record == *record);
    found.map(|item| &item.outcome)
}

async fn send(bench: &Bench, engine: &Engine, what: Vec<Approved>) -> ApprovedReport {
    // The id of the run is given: the first that the engine takes is one of a plan.
    let run = bench.practice.engine.ids().next_id();
    let report = engine.send_approved(what, Some(run)).await;
    let report = report.expect("no other run");
    assert_eq!(report.run.failure, None);
    report
}

fn changed(report: &ApprovedReport) -> Vec<RecordRef> {
    let changed = report.changed.iter();
    changed
        .map(|(record, problem)| {
            assert_eq!(problem.code, Code::PreviewChanged);
            record.clone()
        })
        .collect()
}

/// Somebody changes the document after it was looked at, and before it is changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_moves_under_an_approved_change_is_left_alone() {
    let bench = Arc::new(Bench::empty().await);
    let id = 931_001;
    let mut edited = simple(&bench, id);
    bench.put(edited.clone());
    bench.quiet().await;
    orders::edit(&mut edited, id);
    bench.put(edited);
    let shown = preview(&bench, Lane::Orders).await;
    let there = bench.document(id);
    let somebody = Arc::clone(&bench);
    let ids = BeforeFirstId::new(Arc::clone(bench.practice.engine.ids()), move || {
        let there = somebody.document(id);
        let visma = somebody.practice.pair.visma();
        visma.set_order_status(&there.order_type, &there.id, "Hold");
    });
    let engine = Engine::new(Parts {
        ids: Arc::new(ids),
        ..bench.engine_parts()
    });
    let report = send(&bench, &engine, all_of(&shown)).await;
    assert_eq!(changed(&report), [order(id)]);
    assert_eq!(report.begun, []);
    let after = bench.document(id);
    assert_eq!(after.status, "Hold", "it happened in between");
    assert_eq!((after.total, after.lines), (there.total, there.lines));
    // It is shown anew, and that can be approved.
    let shown = preview(&bench, Lane::Orders).await;
    send(&bench, &bench.practice.engine, all_of(&shown)).await;
    assert_eq!(bench.document(id).total, Decimal::from(475));
    assert_eq!(bench.record(id).state, RecordState::Booked);
}

/// The document is gone, and a person asks for it again: then everything that keeps a new order back keeps this one back too.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_booked_anew_is_shown_by_the_rules_of_a_first_time() {
    let bench = Bench::empty().await;
    let id = 931_101;
    let mut edited = simple(&bench, id);
    bench.put(edited.clone());
    bench.quiet().await;
    let there = bench.document(id);
    let visma = bench.practice.pair.visma();
    visma.delete_order(&there.order_type, &there.id);
    orders::edit(&mut edited, id);
    let channel = edited["sourceName"].as_str().expect("a channel").to_owned();
    bench.put(edited);
    bench.quiet().await;
    assert_eq!(bench.code(id), Some(Code::DocumentGone));
    bench.choose(|settings| {
        settings.leave_out.channels.insert(channel);
    });
    let store = bench.practice.engine.store();
    store.mark_retry(&[order(id)]).expect("known");
    let shown = preview(&bench, Lane::Orders).await;
    let Some(Outcome::Skipped(problem)) = outcome(&shown, &order(id)) else {
        panic!("{:?}", outcome(&shown, &order(id)));
    };
    bench.quiet().await;
    assert_eq!(bench.record(id).problem.as_ref(), Some(problem));
    assert_eq!(bench.documents(id).len(), 0);
}

/// Somebody buys between reading a quantity and writing it: the shop refuses the row.
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_quantity_is_told_as_changed_and_not_as_sent() {
    let bench = Arc::new(Bench::empty().await);
    bench.leave_own_out();
    bench.generate(5, 40);
    bench.keep_stock();
    bench.quiet().await;
    bench.clock.advance(Duration::from_mins(20));
    let sku = |number: u32| format!("GEN-{number:05}");
    let stock = |number: u32| RecordRef::new(RecordKind::Stock, sku(number));
    for number in [1, 2] {
        let visma = bench.practice.pair.visma();
        visma.set_stock(&sku(number), MAIN, Decimal::from(7));
    }
    bench.clock.advance(Duration::from_mins(20));
    let shown = preview(&bench, Lane::Stock).await;
    assert_eq!(all_of(&shown).len(), 2);
    let customer = Arc::clone(&bench);
    let between = Between::new(bench.practice.engine.goods(), move || {
        let sale = ShopChange::Sell {
            sku: "GEN-00001".into(),
            quantity: 4,
        };
        let shop = customer.practice.pair.shopify();
        shop.act(&sale).expect("sold");
    });
    let engine = bench.engine_over(Arc::new(between) as Arc<dyn Goods>);
    let report = send(&bench, &engine, all_of(&shown)).await;
    assert_eq!(changed(&report), [stock(1)]);
    assert_eq!(report.begun, [stock(2)]);
    assert_eq!([bench.sellable(&sku(1)), bench.sellable(&sku(2))], [36, 7]);
    let row = bench.item(RecordKind::Stock, &sku(2));
    assert_eq!((row.state, row.problem), (RecordState::Booked, None));
    // The next sync does the rest.
    bench.clock.advance(Duration::from_mins(20));
    bench.quiet().await;
    assert_eq!(bench.sellable(&sku(1)), 3, "seven there are, four are sold");
}

/// A side that does not answer says nothing about what was shown.
#[tokio::test(flavor = "multi_thread")]
async fn what_got_no_answer_is_left_and_not_changed() {
    let bench = Bench::empty().await;
    let id = 931_201;
    bench.put(simple(&bench, id));
    // It was looked for what others booked: else that is asked first, and its failure is the run's.
    let engine = &bench.practice.engine;
    engine.find_already().await.expect("both sides answer");
    let shown = preview(&bench, Lane::Orders).await;
    let silent = Fault::Status {
        code: 503,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, silent).path("/SalesOrders");
    bench.practice.pair.faults().add(rule.times(u32::MAX));
    let report = send(&bench, &bench.practice.engine, all_of(&shown)).await;
    assert_eq!(changed(&report), []);
    assert_eq!((report.begun, report.left), (vec![], vec![order(id)]));
    bench.practice.pair.faults().clear();
    // It still is what was shown.
    bench.clock.advance(Duration::from_mins(5));
    let report = send(&bench, &bench.practice.engine, all_of(&shown)).await;
    assert_eq!(report.begun, [order(id)]);
    assert_eq!(bench.record(id).state, RecordState::Booked);
}

fn put_payouts(bench: &Bench, ids: &[u64], fee: &str, net: &str) {
    let at = bench.clock.now() - TimeDelta::hours(30);
    let issued = bench.clock.now() - TimeDelta::hours(3);
    let rows = ids.iter().map(|id| {
        let amounts = ["1250.00", fee, net];
        payouts::row(*id, *id, "CHARGE", amounts, at)
    });
    bench.practice.pair.shopify().set_payouts(
        ids.iter()
            .map(|id| payouts::payout(*id, issued, "PAID", net))
            .collect(),
        rows.collect(),
        Vec::new(),
    );
    bench.clock.advance(Duration::from_secs(30));
}

fn paid_out(id: u64) -> RecordRef {
    RecordRef::new(RecordKind::Payout, id.to_string())
}

/// The provider corrects it after it was compared with what was approved: what was approved is booked.
#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_booked_from_the_rows_that_were_compared() {
    let bench = Arc::new(Bench::empty().await);
    payouts::turn_on(&bench);
    put_payouts(&bench, &[821], "35.10", "1214.90");
    let shown = preview(&bench, Lane::Payouts).await;
    let provider = Arc::clone(&bench);
    let port = Arc::clone(bench.practice.engine.payouts_port());
    let rows = AfterFirstRows::new(port, move || {
        put_payouts(&provider, &[821], "45.10", "1204.90");
    });
    let engine = Engine::new(Parts {
        payouts: Arc::new(rows),
        ..bench.engine_parts()
    });
    let report = send(&bench, &engine, all_of(&shown)).await;
    assert_eq!(report.begun, [paid_out(821)]);
    let made = payouts::cash(&bench);
    let fees: Vec<_> = made
        .iter()
        .flat_map(|made| &made.details)
        .filter(|(account, ..)| account == "7770")
        .map(|(_, _, amount)| *amount)
        .collect();
    assert_eq!(fees, [Decimal::new(3_510, 2)]);
}

/// A cash transaction that is there is shown as what it is by now.
#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_somebody_released_by_hand_is_not_shown_as_to_be_released() {
    let bench = Bench::empty().await;
    payouts::turn_on(&bench);
    put_payouts(&bench, &[831], "35.10", "1214.90");
    let refused = Fault::Status {
        code: 400,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, refused).path("/action/release");
    bench.practice.pair.faults().add(rule);
    bench.sync().await;
    assert_eq!(
        bench.item(RecordKind::Payout, "831").state,
        RecordState::Held
    );
    let shown = preview(&bench, Lane::Payouts).await;
    let Some(Outcome::Send { .. }) = outcome(&shown, &paid_out(831)) else {
        panic!("it is still to be released");
    };
    let number = payouts::cash(&bench)[0].number.clone();
    let port = bench.practice.engine.payouts_port();
    port.release_cash(&number).await.expect("by hand");
    let shown = preview(&bench, Lane::Payouts).await;
    assert_eq!(outcome(&shown, &paid_out(831)), None);
}

/// The page's preview, once nothing is under way.
async fn page(bench: &Bench) -> Value {
    loop {
        let view = bench.call("preview", Value::Null).await;
        if view["doing"].is_null() {
            return view;
        }
        tokio::task::yield_now().await;
    }
}

async fn rows(bench: &Bench) -> Vec<String> {
    let query = json!({"outcome": "send", "kind": null, "search": null, "offset": 0, "limit": 100});
    let page = bench.call("preview_rows", query).await;
    let rows = page["rows"].as_array().expect("rows");
    let mut told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row["kind"], row["id"]).replace('"', ""))
        .collect();
    told.sort();
    told
}

/// The look after sending meets a side that does not answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_look_that_fails_takes_nothing_out_of_the_preview() {
    let bench = Bench::morning().await;
    payouts::turn_on(&bench);
    bench.choose(|settings| {
        settings.products.on = false;
        settings.stock.on = false;
    });
    let mut sale = Sale::new(&bench, 931_301);
    sale.paid();
    bench.put_sale(&sale);
    put_payouts(&bench, &[841, 842], "35.10", "1214.90");
    bench.call("preview_start", Value::Null).await;
    let view = page(&bench).await;
    assert_eq!(
        rows(&bench).await,
        ["order 931301", "payout 841", "payout 842"]
    );
    let digest = async |kind: &str, id: &str| {
        let item = bench
            .call("preview_item", json!({"kind": kind, "id": id}))
            .await;
        json!({"kind": kind, "id": id, "digest": item["line"]["digest"]})
    };
    let items = [
        digest("order", "931301").await,
        digest("payout", "841").await,
    ];
    // The list of payouts is read once to send, and once to look again.
    let silent = Fault::Status {
        code: 503,
        committed: false,
    };
    let mut rule = FaultRule::next(Side::Shopify, silent).operation("Payouts");
    rule.skip = 1;
    bench.practice.pair.faults().add(rule.times(u32::MAX));
    let approval = json!({"at": view["at"], "all": false, "items": items});
    bench.call("preview_send", approval).await;
    let view = page(&bench).await;
    assert_eq!(view["sent"]["begun"], 2, "{view}");
    assert_eq!(view["failure"], Value::Null);
    assert_eq!(view["failures"][0]["flow"], "payouts");
    let payment = format!("payment {}", sale.last_money());
    assert_eq!(rows(&bench).await, [payment, "payout 842".to_owned()]);
}
