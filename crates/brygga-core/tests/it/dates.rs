//! The booking date: the day in the shop's time zone, in a period that is open (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::booking::booking_date;
use brygga_core::settings::ClosedPeriod;

use crate::build::{at, day, setting, shop, simple};

/// An order placed at `moment` (UTC) books on `expected` in `zone`.
fn check(zone: chrono_tz::Tz, moment: &str, expected: &str) {
    let mut setting = setting();
    setting.shop.time_zone = zone;
    let mut order = simple();
    order.processed_at = at(moment);
    assert_eq!(
        booking_date(&order, &setting.shop),
        day(expected),
        "{moment} in {zone}"
    );
    let document = setting.document(&order).unwrap();
    assert_eq!(
        document.draft.head.date,
        day(expected),
        "{moment} in {zone}"
    );
}

#[test]
fn the_shops_own_day_decides() {
    use chrono_tz::Europe::{Copenhagen, Helsinki, Oslo, Stockholm};
    use chrono_tz::{America::New_York, Asia::Tokyo, UTC};
    for (zone, moment, expected) in [
        // Summer time: 23:30 and 00:30 local.
        (Oslo, "2026-10-05T21:30:00Z", "2026-10-05"),
        (Oslo, "2026-10-05T22:30:00Z", "2026-10-06"),
        // Winter time.
        (Oslo, "2026-11-05T22:30:00Z", "2026-11-05"),
        (Oslo, "2026-11-05T23:30:00Z", "2026-11-06"),
        // The night in which summer time begins: 23:30 before, 00:30, and after the hour that is not there.
        (Oslo, "2026-03-28T22:30:00Z", "2026-03-28"),
        (Oslo, "2026-03-28T23:30:00Z", "2026-03-29"),
        (Oslo, "2026-03-29T01:30:00Z", "2026-03-29"),
        (Oslo, "2026-03-29T21:30:00Z", "2026-03-29"),
        (Oslo, "2026-03-29T22:30:00Z", "2026-03-30"),
        // The night in which it ends: the hour that comes twice is the same day.
        (Oslo, "2026-10-24T21:30:00Z", "2026-10-24"),
        (Oslo, "2026-10-24T22:30:00Z", "2026-10-25"),
        (Oslo, "2026-10-25T00:30:00Z", "2026-10-25"),
        (Oslo, "2026-10-25T01:30:00Z", "2026-10-25"),
        (Oslo, "2026-10-25T22:30:00Z", "2026-10-25"),
        (Oslo, "2026-10-25T23:30:00Z", "2026-10-26"),
        // Year end.
        (Oslo, "2026-12-31T22:30:00Z", "2026-12-31"),
        (Oslo, "2026-12-31T23:30:00Z", "2027-01-01"),
        (Stockholm, "2026-12-31T22:59:59Z", "2026-12-31"),
        (Copenhagen, "2026-12-31T23:00:00Z", "2027-01-01"),
        (Helsinki, "2026-12-31T21:30:00Z", "2026-12-31"),
        (Helsinki, "2026-12-31T22:30:00Z", "2027-01-01"),
        (New_York, "2027-01-01T04:30:00Z", "2026-12-31"),
        (Tokyo, "2026-12-31T15:30:00Z", "2027-01-01"),
        (UTC, "2026-12-31T23:30:00Z", "2026-12-31"),
    ] {
        check(zone, moment, expected);
    }
}

#[test]
fn the_date_of_the_sale_decides_not_that_of_the_record() {
    let mut order = simple();
    order.processed_at = at("2026-10-02T10:00:00Z");
    order.created_at = at("2026-10-09T10:00:00Z");
    assert_eq!(booking_date(&order, &shop()), day("2026-10-02"));
}

#[test]
fn a_closed_period_holds_or_goes_to_the_first_open_day() {
    let mut setting = setting();
    for period in &mut setting.catalogue.periods {
        period.open = period.id.as_str() >= "202612";
    }
    let problem = setting.document(&simple()).unwrap_err();
    assert_eq!(problem.code, Code::PeriodClosed);
    assert_eq!(
        problem.message(),
        "The period 202610 is closed in Visma.net."
    );

    setting.settings.closed_period = ClosedPeriod::FirstOpenDay;
    let document = setting.document(&simple()).unwrap();
    assert_eq!(document.draft.head.date, day("2026-12-01"));

    // Never back: an open period before the day does not help.
    for period in &mut setting.catalogue.periods {
        period.open = period.id.as_str() < "202610";
    }
    assert_eq!(setting.refusal(&simple()), Some(Code::PeriodClosed));
}

#[test]
fn a_day_without_a_period_is_held() {
    let setting = setting();
    let mut order = simple();
    order.processed_at = at("2029-01-01T10:00:00Z");
    assert_eq!(setting.refusal(&order), Some(Code::PeriodMissing));
}
