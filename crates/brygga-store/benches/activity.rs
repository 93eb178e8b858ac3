//! The activity log with a million events of 200,000 orders in a file, and the list of those orders: what a page, a search and
//! a filter take.
//!
//! `cargo bench -p brygga-store`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench that cannot go on fails"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use brygga_core::JumpClock;
use brygga_store::{
    Activity, ActivityFilter, DataKey, Level, OpenOptions, RecordKind, RecordRef, RecordRow, Store,
};
use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, criterion_group, criterion_main};

const ORDERS: i64 = 200_000;
const EVENTS: [(&str, Level); 5] = [
    ("order-seen", Level::Info),
    ("step", Level::Info),
    ("order-booked", Level::Good),
    ("looked-up", Level::Good),
    ("written-back", Level::Good),
];

fn filled(folder: &std::path::Path) -> Store {
    let start = DateTime::<Utc>::UNIX_EPOCH;
    let clock = Arc::new(JumpClock::at(start));
    let options = OpenOptions::new(folder.join("brygga.sqlite"), DataKey::generate().unwrap());
    let store = Store::open(options, clock).unwrap();
    let numbers: Vec<i64> = (0..ORDERS).collect();
    for piece in numbers.chunks(5_000) {
        let mut events = Vec::with_capacity(piece.len() * EVENTS.len());
        for number in piece {
            let record = RecordRef::order((9_000_000 + number).to_string());
            let (name, at) = (format!("#{number}"), start + TimeDelta::minutes(*number));
            let mut row = RecordRow::new(record.clone(), &name, at);
            row.erp_number = Some(format!("SO {number:06}"));
            store.put_record(&row).unwrap();
            for (event, level) in EVENTS {
                // One order in ten thousand has something that somebody should look at.
                let level = if number % 10_000 == 0 {
                    Level::Warn
                } else {
                    level
                };
                events.push(
                    Activity::new(at, level, event)
                        .about(record.clone(), &name)
                        .with("document", format!("SO {number:06}"))
                        .with("party", "Kari Nordmann"),
                );
            }
        }
        store.log(&events).unwrap();
    }
    let payout = RecordRef::new(RecordKind::Payout, "1");
    store
        .log(&[Activity::new(start, Level::Good, "payout-booked").about(payout, "Payout 1")])
        .unwrap();
    store
}

fn day(number: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(number)
}

fn million(bench: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let cases = [
        ("newest page", ActivityFilter::default()),
        (
            "page in the middle",
            ActivityFilter {
                before: Some(500_000),
                ..ActivityFilter::default()
            },
        ),
        (
            "one old order by its number",
            ActivityFilter {
                search: Some("#1234"),
                ..ActivityFilter::default()
            },
        ),
        (
            "a document's number",
            ActivityFilter {
                search: Some("004711"),
                ..ActivityFilter::default()
            },
        ),
        (
            "a person, who is in every event",
            ActivityFilter {
                search: Some("nordmann"),
                ..ActivityFilter::default()
            },
        ),
        (
            "what is nowhere",
            ActivityFilter {
                search: Some("xyzzy"),
                ..ActivityFilter::default()
            },
        ),
        (
            "a rare kind",
            ActivityFilter {
                kind: Some(RecordKind::Payout),
                ..ActivityFilter::default()
            },
        ),
        (
            "what somebody should look at, of one kind",
            ActivityFilter {
                kind: Some(RecordKind::Order),
                serious: true,
                ..ActivityFilter::default()
            },
        ),
        (
            "one old day",
            ActivityFilter {
                from: Some(day(20)),
                until: Some(day(21)),
                ..ActivityFilter::default()
            },
        ),
        (
            "what is nowhere, on old days",
            ActivityFilter {
                search: Some("xyzzy"),
                from: Some(day(10)),
                until: Some(day(100)),
                ..ActivityFilter::default()
            },
        ),
        (
            "what is nowhere, further back",
            ActivityFilter {
                search: Some("xyzzy"),
                before: Some(500_000),
                ..ActivityFilter::default()
            },
        ),
        (
            "a number that many have",
            ActivityFilter {
                search: Some("1"),
                ..ActivityFilter::default()
            },
        ),
        (
            "what somebody should look at",
            ActivityFilter {
                serious: true,
                ..ActivityFilter::default()
            },
        ),
    ];
    let mut group = bench.benchmark_group("activity, a million events");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(5));
    for (name, filter) in cases {
        group.bench_function(name, |b| {
            b.iter(|| black_box(store.activity(&filter, 200).unwrap()));
        });
    }
    group.finish();
    records(bench, &store);
}

/// The list of the same 200,000 orders.
fn records(bench: &mut Criterion, store: &Store) {
    let mut group = bench.benchmark_group("records, 200,000 orders");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(5));
    for (name, search) in [
        ("first page", None),
        ("one old order by its number", Some("#1234")),
        ("a document's number", Some("004711")),
        ("a number that many have", Some("1")),
        ("what is nowhere", Some("xyzzy")),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let found = store.find_records(RecordKind::Order, search, None, 0, 100);
                black_box(found.unwrap())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, million);
criterion_main!(benches);
