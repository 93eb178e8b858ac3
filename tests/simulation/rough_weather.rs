//! Seeded faults on every kind of call: the same books as on a quiet day.

use std::collections::BTreeSet;
use std::time::Duration;

use brygga_engine::RunOptions;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::visma::VatRounding;
use brygga_tests::Bench;
use chrono::TimeDelta;

/// What stands in Visma.net in the end: order id, status, total, lines.
async fn books(profile: &str, seed: u64) -> BTreeSet<String> {
    let bench = Bench::patient(40, VatRounding::Line, Duration::from_millis(300)).await;
    for rule in Faults::profile(profile, seed).expect("a profile").rules() {
        bench.practice.pair.faults().add(rule);
    }
    for day in [8, 16, 24, 36] {
        bench
            .clock
            .set(brygga_sandbox::pair::seeded_start() + TimeDelta::days(day));
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
    bench.practice.pair.faults().clear();
    bench.quiet().await;
    assert!(bench.proven().await > 20);
    let mut ids = BTreeSet::new();
    bench
        .practice
        .pair
        .visma()
        .orders()
        .into_iter()
        .map(|order| {
            let id = order
                .custom_str1
                .clone()
                .or(order.ref_no.clone())
                .expect("ours carry an id");
            assert!(
                order.status == "Cancelled" || ids.insert(id.clone()),
                "{id} twice"
            );
            let lines: Vec<String> = order
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
            format!(
                "{id} {} {} {}",
                order.status,
                order.total.normalize(),
                lines.join("; ")
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_those_of_a_quiet_day() {
    let quiet = books("none", 1).await;
    for (profile, seed) in [("rough", 1), ("rough", 2), ("storm", 3)] {
        assert_eq!(books(profile, seed).await, quiet, "{profile} {seed}");
    }
}
