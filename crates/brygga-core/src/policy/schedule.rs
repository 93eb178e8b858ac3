//! When something runs next: a function of the settings, of how it went last time, and of *now*.
//!
//! It counts by the wall clock, which jumps: a computer that slept finds everything due that it missed, once, and a clock that was put back
//! keeps nothing waiting (`design` 2, *Catch up*).

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::code::Code;

/// What runs together and has one schedule. An order and its parts (its customer, invoices, credit notes, payments) are decided together,
/// so they are one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Orders with all their parts.
    Orders,
    /// Profiles of the shop that become customers without an order.
    Customers,
    /// Products and prices.
    Products,
    /// Stock.
    Stock,
    /// Payouts.
    Payouts,
}

impl Lane {
    /// Every lane, in the order in which they run.
    pub const ALL: [Self; 5] = [
        Self::Orders,
        Self::Customers,
        Self::Products,
        Self::Stock,
        Self::Payouts,
    ];

    /// The stable word for messages and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Customers => "customers",
            Self::Products => "products",
            Self::Stock => "stock",
            Self::Payouts => "payouts",
        }
    }

    /// The lane in which a flow runs (`design` 2); `None` for a word that is no flow.
    pub fn of_flow(flow: &str) -> Option<Self> {
        Some(match flow {
            "orders" | "invoices" | "credit_notes" | "payments" => Self::Orders,
            "customers" => Self::Customers,
            "products" => Self::Products,
            "stock" => Self::Stock,
            "payouts" => Self::Payouts,
            _ => return None,
        })
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// Some of the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lanes(u8);

impl Lanes {
    /// All of them.
    pub fn all() -> Self {
        Lane::ALL.into_iter().collect()
    }

    /// Is this one among them.
    pub fn has(self, lane: Lane) -> bool {
        self.0 & lane.bit() != 0
    }

    /// Is none among them.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those among them, in the order in which they run.
    pub fn iter(self) -> impl Iterator<Item = Lane> {
        Lane::ALL.into_iter().filter(move |lane| self.has(*lane))
    }
}

impl From<Lane> for Lanes {
    fn from(lane: Lane) -> Self {
        Self(lane.bit())
    }
}

impl FromIterator<Lane> for Lanes {
    fn from_iter<T: IntoIterator<Item = Lane>>(lanes: T) -> Self {
        Self(lanes.into_iter().fold(0, |bits, lane| bits | lane.bit()))
    }
}

/// How often a lane runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Again so many seconds after the last run ended.
    Continuous,
    /// Every 15 minutes.
    Quarter,
    /// Every hour.
    Hour,
    /// Once a day, at a time of the shop's zone.
    Day,
    /// Only when somebody asks.
    ByHand,
}

/// A lane's rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub every: Every,
    /// Pause between two runs of [`Every::Continuous`].
    pub pause: TimeDelta,
    /// Time of day of [`Every::Day`].
    pub at: NaiveTime,
    /// Zone of that time.
    pub zone: Tz,
}

/// Why a run did not end well, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It passes by itself: no network, a remote that is busy or broken.
    Passing,
    /// It stays until somebody does something: a withdrawn permission, a full disk.
    NeedsPerson,
}

impl Trouble {
    /// What kind of trouble a run's failure is.
    pub fn of(code: Code) -> Self {
        match code {
            Code::RemoteUnreachable
            | Code::RemoteTimeout
            | Code::RemoteBroken
            | Code::RemoteNotJson
            | Code::RemoteBusy
            | Code::RemoteEmpty
            | Code::RemoteConflict
            | Code::RateUnreadable
            | Code::StoreBusy
            | Code::StoreInUse
            | Code::SyncUnderWay
            | Code::Stopped => Self::Passing,
            _ => Self::NeedsPerson,
        }
    }

    /// The wait after so many failures in a row: short at first, so that a short cut of the network costs little; then long, so that
    /// nothing storms. What needs a person is asked about seldom: a refused secret that is tried often is locked out.
    fn wait(self, failures: u32) -> TimeDelta {
        let (first, longest) = match self {
            Self::Passing => (1, 5),
            Self::NeedsPerson => (5, 60),
        };
        let doubled = 1_i64
            .checked_shl(failures.saturating_sub(1).min(16))
            .unwrap_or(i64::MAX);
        TimeDelta::minutes((first * doubled).min(longest))
    }
}

/// How a lane's last run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// The failures in a row up to it, and the kind of the last one; none if it ended well.
    pub failed: Option<(u32, Trouble)>,
}

/// When a lane runs next; not after `now` means at once, `None` only when somebody asks.
pub fn next_due(rhythm: &Rhythm, last: Option<Last>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if rhythm.every == Every::ByHand {
        return None;
    }
    let Some(last) = last else {
        return Some(now);
    };
    let ended = last.ended;
    if ended > now {
        // The clock was put back: what was written down lies ahead and says nothing. A run writes it down anew.
        return Some(now);
    }
    let usual = match rhythm.every {
        Every::ByHand => return None,
        Every::Continuous => ended + rhythm.pause,
        Every::Quarter => ended + TimeDelta::minutes(15),
        Every::Hour => ended + TimeDelta::hours(1),
        Every::Day => next_at(rhythm.at, rhythm.zone, ended),
    };
    Some(match last.failed {
        None => usual,
        Some((failures, trouble)) => {
            let again = ended + trouble.wait(failures);
            // An hourly lane does not lose its hour to a passing trouble, and a continuous one does not storm.
            match rhythm.every {
                Every::Continuous => usual.max(again),
                _ => usual.min(again),
            }
        }
    })
}

/// The first moment after `after` at which clocks in `zone` show `at`; where the clock skips it in spring, the moment after the gap.
fn next_at(at: NaiveTime, zone: Tz, after: DateTime<Utc>) -> DateTime<Utc> {
    let today = after.with_timezone(&zone).date_naive();
    let mut day = today;
    for _ in 0..3 {
        let local = day.and_time(at);
        let moment = local
            .and_local_timezone(zone)
            .earliest()
            .or_else(|| {
                (local + TimeDelta::hours(1))
                    .and_local_timezone(zone)
                    .earliest()
            })
            .map(|moment| moment.with_timezone(&Utc));
        if let Some(moment) = moment
            && moment > after
        {
            return moment;
        }
        day = day.succ_opt().unwrap_or(day);
    }
    after + TimeDelta::days(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn rhythm(every: Every) -> Rhythm {
        Rhythm {
            every,
            pause: TimeDelta::seconds(60),
            at: NaiveTime::from_hms_opt(6, 30, 0).unwrap(),
            zone: chrono_tz::Europe::Oslo,
        }
    }

    fn well(ended: &str) -> Last {
        Last {
            ended: at(ended),
            failed: None,
        }
    }

    fn failed(ended: &str, failures: u32, trouble: Trouble) -> Last {
        Last {
            ended: at(ended),
            failed: Some((failures, trouble)),
        }
    }

    const NOON: &str = "2026-10-15T12:00:00Z";

    fn due(every: Every, last: impl Into<Option<Last>>, now: &str) -> Option<DateTime<Utc>> {
        next_due(&rhythm(every), last.into(), at(now))
    }

    #[test]
    fn what_never_ran_is_due_and_what_is_run_by_hand_never_is() {
        assert_eq!(due(Every::Hour, None, NOON), Some(at(NOON)));
        assert_eq!(due(Every::ByHand, None, NOON), None);
        assert_eq!(
            due(Every::ByHand, failed(NOON, 1, Trouble::Passing), NOON),
            None
        );
    }

    #[test]
    fn each_rhythm_counts_from_the_end_of_the_last_run() {
        let after = |every| due(every, well(NOON), NOON).unwrap() - at(NOON);
        assert_eq!(after(Every::Continuous), TimeDelta::seconds(60));
        assert_eq!(after(Every::Quarter), TimeDelta::minutes(15));
        assert_eq!(after(Every::Hour), TimeDelta::hours(1));
        // 06:30 in Oslo is 04:30 UTC in summer time.
        assert_eq!(
            due(Every::Day, well(NOON), NOON),
            Some(at("2026-10-16T04:30:00Z"))
        );
    }

    #[test]
    fn a_computer_that_slept_for_weeks_finds_one_run_due_and_not_twenty() {
        let now = "2026-11-05T09:00:00Z";
        for every in [Every::Continuous, Every::Quarter, Every::Hour, Every::Day] {
            assert!(due(every, well(NOON), now).unwrap() <= at(now), "{every:?}");
            assert!(due(every, well(now), now).unwrap() > at(now), "{every:?}");
        }
    }

    #[test]
    fn a_clock_that_was_put_back_keeps_nothing_waiting() {
        let now = "2026-10-01T12:00:00Z";
        for every in [Every::Continuous, Every::Quarter, Every::Hour, Every::Day] {
            assert_eq!(due(every, well(NOON), now), Some(at(now)), "{every:?}");
            let failed = failed(NOON, 7, Trouble::NeedsPerson);
            assert_eq!(due(every, failed, now), Some(at(now)), "{every:?}");
        }
        assert_eq!(due(Every::ByHand, well(NOON), now), None);
    }

    #[test]
    fn a_day_has_its_time_also_when_the_clock_changes() {
        let two_thirty = Rhythm {
            at: NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
            ..rhythm(Every::Day)
        };
        // 2026-03-29: 02:00 to 03:00 is not there in Oslo.
        let next = next_due(
            &two_thirty,
            Some(well("2026-03-28T12:00:00Z")),
            at("2026-03-28T12:00:00Z"),
        );
        assert_eq!(next, Some(at("2026-03-29T01:30:00Z")));
        // 2026-10-25: 02:30 is there twice, and runs once.
        let now = at("2026-10-25T00:30:00Z");
        let last = Some(well("2026-10-25T00:30:00Z"));
        assert_eq!(
            next_due(&two_thirty, last, now),
            Some(at("2026-10-26T01:30:00Z"))
        );
    }

    #[test]
    fn trouble_is_tried_again_soon_then_seldom_and_never_more_seldom_than_the_rhythm() {
        let wait = |every, failures, trouble| {
            due(every, failed(NOON, failures, trouble), NOON).unwrap() - at(NOON)
        };
        let minutes = TimeDelta::minutes;
        let passing: Vec<_> = (1..6)
            .map(|n| wait(Every::Continuous, n, Trouble::Passing))
            .collect();
        assert_eq!(passing, [1, 2, 4, 5, 5].map(minutes));
        let person: Vec<_> = (1..7)
            .map(|n| wait(Every::Continuous, n, Trouble::NeedsPerson))
            .collect();
        assert_eq!(person, [5, 10, 20, 40, 60, 60].map(minutes));
        assert_eq!(wait(Every::Day, 1, Trouble::Passing), minutes(1));
        assert_eq!(wait(Every::Quarter, 9, Trouble::NeedsPerson), minutes(15));
        assert_eq!(
            wait(Every::Continuous, u32::MAX, Trouble::Passing),
            minutes(5)
        );
    }

    #[test]
    fn every_flow_has_a_lane() {
        for lane in Lane::ALL {
            assert_eq!(Lane::of_flow(lane.as_str()), Some(lane));
        }
        assert_eq!(Lane::of_flow("credit_notes"), Some(Lane::Orders));
        assert_eq!(Lane::of_flow("flwo"), None);
        assert_eq!(Lanes::all().iter().collect::<Vec<_>>(), Lane::ALL);
        let one = Lanes::from(Lane::Stock);
        assert!(one.has(Lane::Stock) && !one.has(Lane::Orders) && !one.is_empty());
        assert!(Lanes::default().is_empty());
    }
}
