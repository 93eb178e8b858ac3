//! Exchange rates over real HTTP, in the central banks' own forms: weekends, currencies that are not there, pages instead of tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use brygga_core::clock::JumpClock;
use brygga_core::ids::CountingIds;
use brygga_core::rates::RateUsed;
use brygga_core::settings::{RateSettings, RateSource};
use brygga_core::{Clock, Code, Decimal, Problem};
use brygga_engine::ports::Rates as _;
use brygga_engine::{RateHosts, RealRates};
use brygga_http::{Http, HttpConfig};
use brygga_sandbox::rates::RateServer;
use chrono::{NaiveDate, TimeDelta};

const BANKS: [RateSource; 3] = [
    RateSource::Ecb,
    RateSource::NorgesBank,
    RateSource::Riksbank,
];

/// Thursday 2026-10-15, noon.
fn clock() -> Arc<dyn Clock> {
    Arc::new(JumpClock::at(
        "2026-10-15T12:00:00Z".parse().expect("a moment"),
    ))
}

fn client(server: &RateServer) -> RealRates {
    let http = Http::new(
        HttpConfig::default(),
        clock(),
        Arc::new(CountingIds::from_seed(1)),
    )
    .expect("a client");
    RealRates::new(http, None, RateHosts::at(server.url()).expect("loopback"))
}

async fn rate(
    client: &RealRates,
    source: RateSource,
    (from, to): (&str, &str),
    on: &str,
) -> Result<RateUsed, Problem> {
    let settings = RateSettings {
        source,
        ..RateSettings::default()
    };
    let day: NaiveDate = on.parse().expect("a day");
    let currencies: BTreeSet<String> = [from, to].map(str::to_owned).into();
    let table = client
        .table(&settings, &currencies, day - TimeDelta::days(7), day)
        .await?;
    table.rate(from, to, day, settings.oldest_days)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bank_gives_the_rate_of_the_day_or_of_the_last_one_before() {
    let server = RateServer::start(clock()).await.expect("it starts");
    let client = client(&server);
    for source in BANKS {
        for (on, published) in [
            ("2026-10-09", "2026-10-09"),
            ("2026-10-11", "2026-10-09"),
            // Today's are not out before the afternoon.
            ("2026-10-15", "2026-10-14"),
        ] {
            let used = rate(&client, source, ("EUR", "SEK"), on).await;
            let used = used.unwrap_or_else(|problem| panic!("{source:?} {on}: {problem}"));
            assert_eq!(used.day.to_string(), published, "{source:?} {on}");
            assert_eq!(used.source, source);
            let band = Decimal::new(1080, 2)..Decimal::new(1110, 2);
            assert!(band.contains(&used.rate), "{source:?}: {}", used.rate);
        }
    }
}

/// Per hundred at one bank, per one at the others, through the euro or a crown: all mean the same krone, but for their rounding.
#[tokio::test(flavor = "multi_thread")]
async fn the_banks_agree_on_a_pair_whichever_way_they_publish_it() {
    let server = RateServer::start(clock()).await.expect("it starts");
    let client = client(&server);
    for pair in [("SEK", "NOK"), ("DKK", "NOK"), ("NOK", "EUR")] {
        let mut rates = Vec::new();
        for source in BANKS {
            rates.push(
                rate(&client, source, pair, "2026-10-09")
                    .await
                    .expect("a rate")
                    .rate,
            );
        }
        for other in &rates[1..] {
            let apart = (rates[0] - other).abs() / rates[0];
            assert!(apart < Decimal::new(2, 4), "{pair:?}: {rates:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_does_not_have_is_missing_by_name() {
    let server = RateServer::start(clock()).await.expect("it starts");
    let client = client(&server);
    for source in BANKS {
        let problem = rate(&client, source, ("BRL", "NOK"), "2026-10-09")
            .await
            .unwrap_err();
        assert_eq!(problem.code, Code::RateMissing, "{source:?}");
    }
    // Of the yen's series it is not known whether it is about one or a hundred.
    let yen = rate(&client, RateSource::Riksbank, ("JPY", "SEK"), "2026-10-09").await;
    assert_eq!(yen.unwrap_err().code, Code::RateMissing);
    // Further back than the ECB's file of 90 days.
    let old = rate(&client, RateSource::Ecb, ("EUR", "NOK"), "2026-06-01").await;
    assert_eq!(old.unwrap_err().code, Code::RateMissing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_instead_of_a_table_is_told_as_such() {
    let server = RateServer::start_with_pages(clock())
        .await
        .expect("it starts");
    let client = client(&server);
    for source in BANKS {
        let problem = rate(&client, source, ("EUR", "NOK"), "2026-10-09")
            .await
            .unwrap_err();
        assert_eq!(problem.code, Code::RateUnreadable, "{source:?}");
    }
}

#[test]
fn only_this_computer_may_stand_in_for_the_banks() {
    let refused = RateHosts::at("https://rates.example.com").unwrap_err();
    assert_eq!(refused.code, Code::AddressNotLoopback);
}

/// The practice product asks the practice banks, whatever source is chosen.
#[tokio::test(flavor = "multi_thread")]
async fn practice_asks_nobody_outside_this_computer() {
    let bench = brygga_tests::Bench::empty().await;
    let engine = &bench.practice.engine;
    for source in BANKS {
        let mut settings = Arc::unwrap_or_clone(engine.settings().expect("readable"));
        settings.rates.source = source;
        engine.put_settings(&settings, "test").expect("storable");
        let day = NaiveDate::from_ymd_opt(2026, 9, 8).expect("a day");
        let used = engine.rate_on("EUR", "NOK", day).await.expect("a rate");
        assert_eq!((used.source, used.day), (source, day));
    }
}
