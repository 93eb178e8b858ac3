//! API versions: quarterly, supported for a year, and an unsupported one falls forward silently (`facts/shopify 4.4`).

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, Utc};

/// The hour of a release, in UTC.
const RELEASE_HOUR: NaiveTime = match NaiveTime::from_hms_opt(17, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A version as `publicApiVersions` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// E.g. `2026-07`.
    pub(super) handle: String,
    /// False for the release candidate and `unstable`.
    pub(super) supported: bool,
}

/// The versions there are at `now`, oldest first; the release candidate and `unstable` last.
pub(super) fn versions(now: DateTime<Utc>) -> Vec<Version> {
    let mut quarters: Vec<Version> = Vec::new();
    let mut candidate = None;
    let first = NaiveDate::from_ymd_opt(now.year() - 2, 1, 1).unwrap_or_default();
    for step in 0..16 {
        let day = first + Months::new(3 * step);
        let release = day.and_time(RELEASE_HOUR).and_utc();
        let end = (day + Months::new(12)).and_time(RELEASE_HOUR).and_utc();
        let handle = format!("{:04}-{:02}", day.year(), day.month());
        if release <= now && now < end {
            quarters.push(Version {
                handle,
                supported: true,
            });
        } else if release > now && candidate.is_none() {
            candidate = Some(Version {
                handle,
                supported: false,
            });
        }
    }
    quarters.extend(candidate);
    quarters.push(Version {
        handle: "unstable".to_owned(),
        supported: false,
    });
    quarters
}

/// The version that answers a request for `asked`.
pub(super) fn serving(asked: &str, now: DateTime<Utc>) -> String {
    let known = versions(now);
    if known.iter().any(|version| version.handle == asked) {
        return asked.to_owned();
    }
    known
        .into_iter()
        .next()
        .map(|version| version.handle)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_versions_are_supported_and_others_fall_forward() {
        let now = "2026-10-03T00:00:00Z".parse().expect("a moment");
        let supported: Vec<_> = versions(now)
            .into_iter()
            .filter(|version| version.supported)
            .map(|version| version.handle)
            .collect();
        assert_eq!(supported, ["2026-01", "2026-04", "2026-07", "2026-10"]);
        assert_eq!(serving("2026-07", now), "2026-07");
        assert_eq!(serving("2024-10", now), "2026-01");
        assert_eq!(
            serving("2027-01", now),
            "2027-01",
            "the release candidate answers"
        );
    }
}
