//! When a proof is made by itself, and when one is missing.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How often a proof is made by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofEvery {
    /// Once a day.
    Day,
    /// Once a week.
    Week,
    /// Only when somebody asks.
    ByHand,
}

/// A proof that is due waits so long before it is called missing: a computer that was asleep, a side that did not answer.
const GRACE: TimeDelta = TimeDelta::hours(12);
/// One that somebody asks for says so much of today.
const BY_HAND: TimeDelta = TimeDelta::days(7);
/// The waits after proofs that failed, one after the other; the last one stays.
const WAITS: [TimeDelta; 4] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(20),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
];
/// No proof is put off longer: what lies further ahead was written down by a clock that was wrong.
const LONGEST: TimeDelta = TimeDelta::days(1);

/// What is known of the proofs, as far as their rhythm cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofPlan {
    /// What happened before it is proven; where nothing was, when the first records were there.
    pub up_to: DateTime<Utc>,
    /// Not before: the last one failed, or was stopped.
    pub not_before: Option<DateTime<Utc>>,
}

impl ProofEvery {
    /// The time from one to the next; none where nobody makes one unasked.
    fn gap(self) -> Option<TimeDelta> {
        match self {
            Self::Day => Some(TimeDelta::days(1)),
            Self::Week => Some(TimeDelta::days(7)),
            Self::ByHand => None,
        }
    }

    /// Is one due.
    pub fn is_due(self, plan: ProofPlan, now: DateTime<Utc>) -> bool {
        let Some(gap) = self.gap() else {
            return false;
        };
        let put_off = plan
            .not_before
            .is_some_and(|moment| moment > now && moment <= now + LONGEST);
        // A moment that lies ahead was written down by a clock that was put back since, and says nothing.
        let is_time = plan.up_to > now || plan.up_to + gap <= now;
        is_time && !put_off
    }

    /// Should one have been made by itself, and was not.
    pub fn is_late(self, up_to: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.gap().is_some_and(|gap| now - up_to > gap + GRACE)
    }

    /// Does one that read both sides at `at` say nothing of today any more.
    pub fn is_old(self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        match self {
            Self::ByHand => now - at > BY_HAND,
            Self::Day | Self::Week => self.is_late(at, now),
        }
    }
}

/// The wait after so many proofs in a row that failed.
pub fn wait_after(failures: u32) -> TimeDelta {
    let at = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    WAITS[at.min(WAITS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn plan(up_to: i64, not_before: Option<i64>) -> ProofPlan {
        ProofPlan {
            up_to: at(up_to),
            not_before: not_before.map(at),
        }
    }

    #[test]
    fn it_is_due_once_in_its_time_and_catches_up_after_sleep() {
        let cases = [
            (ProofEvery::Day, 23, false),
            (ProofEvery::Day, 24, true),
            (ProofEvery::Day, 24 * 20, true),
            (ProofEvery::Week, 24 * 6, false),
            (ProofEvery::Week, 24 * 7, true),
            (ProofEvery::ByHand, 24 * 300, false),
        ];
        for (every, now, due) in cases {
            assert_eq!(every.is_due(plan(0, None), at(now)), due, "{every:?} {now}");
        }
    }

    #[test]
    fn one_that_failed_is_put_off_and_never_by_a_wrong_clock() {
        let day = ProofEvery::Day;
        assert!(!day.is_due(plan(0, Some(31)), at(30)));
        assert!(day.is_due(plan(0, Some(31)), at(31)));
        assert!(day.is_due(plan(0, Some(24 * 90)), at(30)), "clock ahead");
        assert!(day.is_due(plan(24 * 90, None), at(30)), "clock put back");
        assert!(wait_after(1) < wait_after(2) && wait_after(9) == TimeDelta::hours(4));
        assert_eq!(wait_after(0), wait_after(1));
    }

    #[test]
    fn it_is_missing_a_while_after_it_was_due() {
        assert!(!ProofEvery::Day.is_late(at(0), at(36)));
        assert!(ProofEvery::Day.is_late(at(0), at(37)));
        assert!(!ProofEvery::Week.is_late(at(0), at(24 * 7)));
        assert!(!ProofEvery::ByHand.is_late(at(0), at(24 * 300)));
        assert!(ProofEvery::ByHand.is_old(at(0), at(24 * 8)));
        assert!(!ProofEvery::ByHand.is_old(at(0), at(24 * 7)));
    }
}
