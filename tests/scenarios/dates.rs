//! The store's own day decides, whatever UTC says (`booking-rules` 3).

use brygga_sandbox::visma::VatRounding;
use brygga_tests::Bench;
use chrono::{DateTime, TimeDelta, Utc};

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .expect("a moment")
        .to_utc()
}

#[tokio::test(flavor = "multi_thread")]
async fn late_and_early_orders_book_on_the_store_local_date() {
    let bench = Bench::with(40, VatRounding::Line).await;
    let cases = [
        // (the moment in the store, its date there)
        ("2026-10-14T23:30:00+02:00", "2026-10-14"),
        ("2026-10-15T00:30:00+02:00", "2026-10-15"),
        // Summer time ends in the night to 25 October 2026.
        ("2026-10-24T23:30:00+02:00", "2026-10-24"),
        ("2026-10-25T00:30:00+02:00", "2026-10-25"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25"),
        ("2026-10-25T23:30:00+01:00", "2026-10-25"),
        ("2026-10-26T00:30:00+01:00", "2026-10-26"),
        // The year ends.
        ("2026-12-31T23:30:00+01:00", "2026-12-31"),
        ("2027-01-01T00:30:00+01:00", "2027-01-01"),
        // Summer time begins in the night to 28 March 2027.
        ("2027-03-27T23:30:00+01:00", "2027-03-27"),
        ("2027-03-28T00:30:00+01:00", "2027-03-28"),
        ("2027-03-28T03:30:00+02:00", "2027-03-28"),
        ("2027-03-28T23:30:00+02:00", "2027-03-28"),
        ("2027-03-29T00:30:00+02:00", "2027-03-29"),
    ];
    bench
        .clock
        .set(utc("2027-04-01T10:00:00Z") - TimeDelta::hours(1));
    for (id, (moment, _)) in (900_001_u64..).zip(cases) {
        bench.put(bench.plain(id, utc(moment)));
    }
    bench.quiet().await;
    for (id, (moment, date)) in (900_001_u64..).zip(cases) {
        assert_eq!(bench.document(id).date.to_string(), date, "{moment}");
    }
    bench.proven().await;
}
