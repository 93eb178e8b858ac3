//! Rates of each day: near what they were in the practice month, and a little other every day, the same on every computer.

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};

/// The currencies that have a price in euro.
pub(super) const CURRENCIES: [&str; 7] = ["USD", "JPY", "DKK", "GBP", "NOK", "PLN", "SEK"];

/// What one euro costs on a day, in ten-thousandths.
pub(super) fn per_euro(currency: &str, day: NaiveDate) -> i64 {
    let (middle, swing) = match currency {
        "USD" => (11_500, 90),
        "JPY" => (1_720_000, 9_000),
        // Held to the euro within a narrow band.
        "DKK" => (74_600, 15),
        "GBP" => (8_650, 60),
        "NOK" => (116_500, 1_200),
        "PLN" => (42_600, 250),
        "SEK" => (109_500, 1_100),
        _ => (10_000, 0),
    };
    let step = i64::from(day.num_days_from_ce()) * 37 + i64::from(currency.as_bytes()[0]);
    middle + (step % 41 - 20) * swing / 20
}

/// Has a day a rate.
pub(super) fn is_published(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (12, 25 | 26));
    let easter = easter(day.year());
    let movable = easter.is_some_and(|easter| {
        day == easter - TimeDelta::days(2) || day == easter + TimeDelta::days(1)
    });
    !weekend && !fixed && !movable
}

/// Easter Sunday of the years about the practice month; in others the movable days are no closing days here.
fn easter(year: i32) -> Option<NaiveDate> {
    let (month, day) = match year {
        2025 => (4, 20),
        2026 => (4, 5),
        2027 => (3, 28),
        2028 => (4, 16),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn closing_days_have_no_rate() {
        for closed in [
            "2026-10-10",
            "2026-10-11",
            "2026-04-03",
            "2026-04-06",
            "2027-03-26",
            "2026-12-25",
            "2027-01-01",
        ] {
            assert!(!is_published(day(closed)), "{closed}");
        }
        // Maundy Thursday and Christmas Eve are working days there.
        for open in ["2026-10-09", "2026-04-02", "2026-12-24", "2026-04-07"] {
            assert!(is_published(day(open)), "{open}");
        }
    }

    #[test]
    fn rates_move_within_their_band() {
        let days = day("2026-09-01").iter_days().take(90);
        let rates: std::collections::BTreeSet<_> = days.map(|on| per_euro("NOK", on)).collect();
        assert!(rates.len() > 20);
        assert!(rates.iter().all(|rate| (115_300..=117_700).contains(rate)));
    }
}
