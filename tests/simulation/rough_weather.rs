//! Seeded faults on every kind of call: the same books as on a quiet day.

use std::collections::BTreeSet;
use std::time::Duration;

use brygga_engine::RunOptions;
use brygga_sandbox::pair::seeded_start;
use brygga_sandbox::visma::VatRounding;
use brygga_tests::Bench;
use chrono::TimeDelta;

/// What stands in Visma.net in the end: order id, total, lines.
async fn books(profile: &str, seed: u64) -> BTreeSet<String> {
    let what = format!("{profile} {seed}");
    let bench = Bench::patient(60, VatRounding::Line, Duration::from_secs(2)).await;
    bench.practice.pair.visma().list_lag(Duration::from_secs(4));
    let faults = bench.practice.pair.faults();
    assert!(faults.begin(profile, seed), "{what}: a profile");
    for day in [8, 16, 24, 36] {
        bench.clock.set(seeded_start() + TimeDelta::days(day));
        for _ in 0..8 {
            let report = bench
                .practice
                .engine
                .sync(RunOptions::default())
                .await
                .expect("no other run");
            if report.failure.is_none() && report.decided == 0 {
                break;
            }
            bench.clock.advance(Duration::from_mins(20));
        }
    }
    faults.clear();
    // A test that meets no fault proves nothing.
    let least = match profile {
        "none" => 0,
        "rough" => 3,
        _ => 20,
    };
    let fired = faults.fired().len();
    assert!(fired >= least, "{what}: {fired} faults");
    bench.quiet().await;
    assert!(bench.proven().await > 40, "{what}");
    let writes = bench.writes();
    bench.clock.advance(Duration::from_mins(20));
    bench.sync().await;
    assert_eq!(bench.writes(), writes, "{what}: nothing more to write");
    written_down(&bench, &what)
}

fn written_down(bench: &Bench, what: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut books = BTreeSet::new();
    for order in bench.practice.pair.visma().orders() {
        // A document of an order that was cancelled early is there or not, as the days of the syncs fell.
        if order.status == "Cancelled" {
            continue;
        }
        let id = order.custom_str1.clone().or(order.ref_no.clone());
        let id = id.expect("ours carry an id");
        assert!(ids.insert(id.clone()), "{what}: {id} twice");
        let mut lines: Vec<String> = order
            .lines
            .iter()
            .map(|line| {
                format!(
                    "{} {} {}",
                    line.item,
                    line.quantity.normalize(),
                    line.net.normalize()
                )
            })
            .collect();
        // Lines that an edit added stand last, wherever they stand in Shopify.
        lines.sort();
        let total = order.total.normalize();
        books.insert(format!("{id} {total} {}", lines.join("; ")));
    }
    books
}

async fn same_books(profile: &str, seeds: &[u64]) {
    let quiet = books("none", 1).await;
    for seed in seeds {
        assert_eq!(books(profile, *seed).await, quiet, "{profile} {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rough_month_ends_with_the_books_of_a_quiet_one() {
    same_books("rough", &[1, 2, 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stormy_month_ends_with_the_books_of_a_quiet_one() {
    same_books("storm", &[4, 5, 6]).await;
}
