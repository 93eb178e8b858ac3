//! How long what is not needed for the books is kept (`design` 5).

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Days after which something is removed from this computer. Records, links, amounts and the rows of the journal always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionSettings {
    /// The shop's own record of orders that are booked or left out; 0 keeps it.
    pub payload_days: u32,
    /// Requests and answers.
    pub exchange_days: u32,
    /// What happened.
    pub activity_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            payload_days: 0,
            exchange_days: 30,
            activity_days: 730,
        }
    }
}

/// How long something can be chosen to be kept, in days.
type Days = RangeInclusive<u32>;

impl RetentionSettings {
    /// Of the shop's own records; 0 keeps them.
    pub const PAYLOADS: Days = 0..=3650;
    /// Of requests and answers.
    pub const EXCHANGES: Days = 1..=365;
    /// Of what happened.
    pub const ACTIVITY: Days = 30..=3650;

    /// After how long the shop's own records go; none keeps them. A file may say what nobody can choose: it counts as the nearest that
    /// can be chosen, here and in the two below.
    pub fn payloads(&self) -> Option<TimeDelta> {
        let kept = within(self.payload_days, &Self::PAYLOADS);
        (!kept.is_zero()).then_some(kept)
    }

    /// After how long requests and answers go.
    pub fn exchanges(&self) -> TimeDelta {
        within(self.exchange_days, &Self::EXCHANGES)
    }

    /// After how long what happened goes.
    pub fn activity(&self) -> TimeDelta {
        within(self.activity_days, &Self::ACTIVITY)
    }
}

fn within(days: u32, range: &Days) -> TimeDelta {
    TimeDelta::days(i64::from(days.clamp(*range.start(), *range.end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_choose_counts_as_the_nearest_that_can_be() {
        let of = |days: u32| RetentionSettings {
            payload_days: days,
            exchange_days: days,
            activity_days: days,
        };
        let days = |settings: RetentionSettings| {
            (
                settings.payloads().map(|kept| kept.num_days()),
                settings.exchanges().num_days(),
                settings.activity().num_days(),
            )
        };
        assert_eq!(days(of(0)), (None, 1, 30));
        assert_eq!(days(of(90)), (Some(90), 90, 90));
        assert_eq!(days(of(u32::MAX)), (Some(3650), 365, 3650));
        assert_eq!(days(RetentionSettings::default()), (None, 30, 730));
    }
}
