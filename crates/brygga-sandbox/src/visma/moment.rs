//! How each of the two services writes and reads dates (`facts/visma 4, 7`).

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Europe::Oslo;

/// v3: an ISO date-time; without an offset it counts as UTC (`facts/visma 7`).
pub(crate) fn parse_utc(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc));
    }
    parse_naive(text).map(|naive| naive.and_utc())
}

/// v3: the calendar day that the service keeps of a moment, cut in UTC (`booking-rules 3`).
pub(crate) fn utc_day(moment: DateTime<Utc>) -> NaiveDate {
    moment.date_naive()
}

/// v3: a day as it comes back.
pub(crate) fn day(date: NaiveDate) -> String {
    format!("{date}T00:00:00Z")
}

/// v3: a moment as it comes back.
pub(crate) fn utc(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// ERP: company-local time without offset (`facts/visma 4`: treat as Europe/Oslo).
pub(crate) fn local(moment: DateTime<Utc>) -> String {
    moment
        .with_timezone(&Oslo)
        .format("%Y-%m-%dT%H:%M:%S%.3f")
        .to_string()
}

/// ERP: the company's calendar day of a moment.
pub(crate) fn local_date(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Oslo).date_naive()
}

/// ERP: the calendar day that a date in a body means; with an offset, the company's day of that moment.
pub(crate) fn erp_day(text: &str) -> Option<NaiveDate> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(local_date(moment.with_timezone(&Utc)));
    }
    parse_naive(text).map(|naive| naive.date())
}

/// ERP: a day as it comes back.
pub(crate) fn local_day(date: NaiveDate) -> String {
    format!("{date}T00:00:00")
}

/// ERP: a filter's timestamp, company-local; offsets and a trailing `Z` are refused (`facts/visma 4`).
pub(crate) fn parse_local(text: &str) -> Option<DateTime<Utc>> {
    // In the hour that a clock change leaves out, the time after it is meant.
    let naive = parse_naive(text)?;
    Oslo.from_local_datetime(&naive).earliest().map_or_else(
        || Some(naive.and_utc()),
        |moment| Some(moment.with_timezone(&Utc)),
    )
}

fn parse_naive(text: &str) -> Option<NaiveDateTime> {
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .map(|day| day.and_time(chrono::NaiveTime::MIN))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_moves_the_day_as_the_real_service_does() {
        let day = |text| parse_utc(text).map(utc_day).map(|day| day.to_string());
        assert_eq!(
            day("2026-10-01T00:30:00+02:00").as_deref(),
            Some("2026-09-30")
        );
        assert_eq!(day("2026-10-01T12:00:00Z").as_deref(), Some("2026-10-01"));
        assert_eq!(day("2026-10-01T00:30:00").as_deref(), Some("2026-10-01"));
        assert_eq!(day("2026-10-01").as_deref(), Some("2026-10-01"));
        assert_eq!(day("yesterday"), None);
    }

    #[test]
    fn filters_take_no_offset() {
        assert!(parse_local("2026-10-01T00:00:00Z").is_none());
        assert!(parse_local("2026-10-01T00:00:00+02:00").is_none());
        assert_eq!(
            parse_local("2026-10-01 00:00:00").map(utc).as_deref(),
            Some("2026-09-30T22:00:00.000Z")
        );
    }
}
