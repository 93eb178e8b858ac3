//! What stops a run, or seems to: ended tokens, a withdrawn grant, quotas, pages in place of data, lists that say too little.
//! The run ends with a code or goes on by itself; the next one goes on where it stopped, and nothing is lost.

use std::time::Duration;

use brygga_core::{Clock as _, Code};
use brygga_engine::{RunOptions, RunReport};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::pair::seeded_start;
use brygga_sandbox::visma::VatRounding;
use brygga_store::RecordKind;
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;

const FOREVER: u32 = 100_000;

/// Forty seeded orders, most of which have happened.
async fn month() -> Bench {
    let bench = Bench::patient(40, VatRounding::Line, Duration::from_secs(2)).await;
    bench.clock.set(seeded_start() + TimeDelta::days(28));
    bench
}

async fn run(bench: &Bench) -> RunReport {
    let run = bench.practice.engine.sync(RunOptions::default()).await;
    run.expect("no other run")
}

fn seen(bench: &Bench) -> usize {
    let counts = bench.practice.engine.store().counts(RecordKind::Order);
    counts.expect("readable").total()
}

/// After the trouble: everything that a quiet month has, once.
async fn whole(bench: &Bench) {
    bench.quiet().await;
    let booked = bench.proven().await;
    assert!(booked > 20, "{booked}");
    let mut ids: Vec<_> = bench.practice.pair.visma().orders();
    ids.retain(|order| order.status != "Cancelled");
    let mut ids: Vec<_> = ids
        .into_iter()
        .filter_map(|order| order.custom_str1.or(order.ref_no))
        .collect();
    let documents = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), documents, "no order twice");
    let now = bench.practice.pair.shopify().state();
    let there = now["orders"].as_array().expect("orders").len();
    assert_eq!(seen(bench), there, "every order of the shop was seen");
}

/// A fault that one run survives by itself.
async fn survived(rule: FaultRule) {
    let bench = month().await;
    let what = format!("{rule:?}");
    bench.practice.pair.faults().add(rule);
    let report = run(&bench).await;
    assert_eq!(report.failure, None, "{what}");
    let fired = bench.practice.pair.faults().fired();
    assert!(!fired.is_empty(), "{what}: the fault was met");
    whole(&bench).await;
}

/// A fault that stays: the run ends with the code, or leaves records waiting with it; when it is over, all goes on.
async fn stopped(rule: FaultRule, code: Code) {
    let bench = month().await;
    let what = format!("{rule:?}");
    bench.practice.pair.faults().add(rule);
    let report = run(&bench).await;
    let failure = report.failure.map(|problem| problem.code);
    assert_eq!(failure, Some(code), "{what}");
    let fired = bench.practice.pair.faults().fired().len();
    assert!(fired < 100, "{what}: {fired} tries are a storm");
    bench.practice.pair.faults().clear();
    whole(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_in_the_middle_is_replaced() {
    for (path, skip) in [("/v1/", 2), ("/api/v3/", 9)] {
        let rule = FaultRule::next(Side::Visma, Fault::Unauthorized);
        survived(rule.path(path).after(skip)).await;
    }
    let rule = FaultRule::next(Side::Shopify, Fault::Unauthorized);
    survived(rule.operation("orders")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_side_is_given_time() {
    for side in [Side::Shopify, Side::Visma] {
        let busy = Fault::TooMany { retry_after_s: 7 };
        survived(FaultRule::next(side, busy).times(3)).await;
        survived(FaultRule::next(side, Fault::Throttled).times(3)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_or_half_an_answer_is_asked_for_again() {
    for side in [Side::Shopify, Side::Visma] {
        for fault in [
            Fault::Html { code: 200 },
            Fault::Html { code: 503 },
            Fault::TruncatedJson,
            Fault::SlowBody { millis: 50 },
            Fault::Cut { committed: true },
        ] {
            survived(FaultRule::next(side, fault).times(2)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_comes_twice_is_one_record() {
    survived(FaultRule::next(Side::Shopify, Fault::Duplicate).operation("orders")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_that_stays_broken_stops_the_run_by_name() {
    let always = |side, fault| FaultRule::next(side, fault).times(FOREVER);
    let html = Fault::Html { code: 200 };
    stopped(always(Side::Shopify, html), Code::RemoteNotJson).await;
    stopped(
        always(Side::Shopify, Fault::TruncatedJson),
        Code::RemoteNotJson,
    )
    .await;
    let broken = Fault::Status {
        code: 503,
        committed: false,
    };
    stopped(always(Side::Shopify, broken), Code::RemoteBroken).await;
    let busy = Fault::TooMany {
        retry_after_s: 9000,
    };
    stopped(always(Side::Shopify, busy.clone()), Code::RemoteBusy).await;
    stopped(always(Side::Visma, busy), Code::RemoteBusy).await;
}

/// One sentence, not a storm of tries; and all goes on when the grant is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_grant_in_the_middle_stops_the_run_until_it_is_given_again() {
    let bench = month().await;
    let rule = FaultRule::next(Side::Visma, Fault::RevokedGrant).after(40);
    bench.practice.pair.faults().add(rule);
    let before = bench.practice.pair.counters().visma.tokens;
    let report = run(&bench).await;
    let failure = report.failure.map(|problem| problem.code);
    assert_eq!(failure, Some(Code::ErpApproval));
    let tries = bench.practice.pair.counters().visma.tokens - before;
    assert!(tries <= 8, "{tries} tries for a token");
    // As long as it is withdrawn each run says so, and nothing else happens.
    assert_eq!(
        run(&bench).await.failure.map(|problem| problem.code),
        Some(Code::ErpApproval)
    );
    bench.practice.pair.visma().revoke(false);
    whole(&bench).await;

    let bench = month().await;
    let rule = FaultRule::next(Side::Shopify, Fault::RevokedGrant).operation("orders");
    bench.practice.pair.faults().add(rule);
    let failure = run(&bench).await.failure.map(|problem| problem.code);
    assert!(
        matches!(failure, Some(Code::ShopToken | Code::ShopCredentials)),
        "{failure:?}"
    );
    assert_eq!(bench.practice.pair.counters().visma.writes, 0);
    bench.practice.pair.shopify().revoke(false);
    whole(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_where_there_was_data_is_no_success() {
    let bench = month().await;
    bench.quiet().await;
    let before = seen(&bench);
    let rule = FaultRule::next(Side::Shopify, Fault::EmptyPage).operation("orders");
    bench.practice.pair.faults().add(rule);
    let failure = run(&bench).await.failure.map(|problem| problem.code);
    assert_eq!(failure, Some(Code::RemoteEmpty));
    assert_eq!(seen(&bench), before);
    whole(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_ends_too_early_is_read_on_the_next_time() {
    let bench = Bench::patient(120, VatRounding::Line, Duration::from_secs(2)).await;
    bench.clock.set(seeded_start() + TimeDelta::days(36));
    let rule = FaultRule::next(Side::Shopify, Fault::EmptyPage)
        .operation("orders")
        .after(1);
    bench.practice.pair.faults().add(rule);
    run(&bench).await;
    assert_eq!(bench.practice.pair.faults().fired().len(), 1);
    assert!(seen(&bench) < 120, "the second page said it was empty");
    whole(&bench).await;
    assert_eq!(seen(&bench), 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_behind_loses_nothing() {
    // Less than the overlap, more than it, and half a day.
    for seconds in [60, 1_200, 43_200] {
        let bench = Bench::empty().await;
        let data = bench.practice.pair.shop_data();
        for id in 950_001..950_004_u64 {
            let at = bench.clock.now() - TimeDelta::minutes(1);
            bench.put(orders::simple(data, id, at));
            let stale = Fault::StaleIndex { seconds };
            let rule = FaultRule::next(Side::Shopify, stale).operation("orders");
            bench.practice.pair.faults().add(rule);
            // Behind as it is, the list may be suspiciously empty: that is said, and nothing moves.
            let failure = run(&bench).await.failure.map(|problem| problem.code);
            assert!(
                matches!(failure, None | Some(Code::RemoteEmpty)),
                "{failure:?}"
            );
            bench.clock.advance(Duration::from_mins(15));
        }
        bench.practice.pair.faults().clear();
        bench.quiet().await;
        for id in 950_001..950_004 {
            assert_eq!(bench.documents(id).len(), 1, "{seconds} s: order {id}");
        }
        bench.proven().await;
    }
}
