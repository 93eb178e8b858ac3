//! A day of the shop as moments.

use brygga_core::Problem;
use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::settings::refused;

/// The first moment of a day, `YYYY-MM-DD`, or of the one so many days after it.
pub(crate) fn begins(day: &str, after: u64, zone: Tz) -> Result<DateTime<Utc>, Problem> {
    let no = || refused("day", day);
    let date = day
        .parse::<NaiveDate>()
        .ok()
        .and_then(|date| date.checked_add_days(Days::new(after)))
        .ok_or_else(no)?;
    // Where the clocks are put forward at midnight, a day begins an hour later.
    (0..=2)
        .filter_map(|hour| date.and_hms_opt(hour, 0, 0))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|moment| moment.with_timezone(&Utc))
        .ok_or_else(no)
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Africa, Europe};

    use super::*;

    #[test]
    fn a_day_begins_at_the_shops_midnight_and_ends_with_the_next() {
        for (zone, day, after, moment) in [
            (Europe::Oslo, "2026-10-24", 0, "2026-10-23T22:00:00Z"),
            (Europe::Oslo, "2026-10-24", 1, "2026-10-24T22:00:00Z"),
            // The night on which the clocks are put back: 25 hours.
            (Europe::Oslo, "2026-10-25", 1, "2026-10-25T23:00:00Z"),
            // The clocks are put forward at midnight: there is no 00:00.
            (Africa::Cairo, "2026-04-24", 0, "2026-04-23T22:00:00Z"),
            (Tz::UTC, "2026-12-31", 1, "2027-01-01T00:00:00Z"),
        ] {
            let found = begins(day, after, zone).unwrap();
            assert_eq!(
                found,
                moment.parse::<DateTime<Utc>>().unwrap(),
                "{zone} {day}"
            );
        }
        for day in ["2026-02-30", "yesterday", "262142-12-31"] {
            assert!(begins(day, 1, Tz::UTC).is_err(), "{day}");
        }
    }
}
