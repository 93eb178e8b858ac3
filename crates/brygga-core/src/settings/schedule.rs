//! Choices about running by itself (`design` 2): each lane with a rhythm of its own.

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::policy::{Every, Lane, ProofEvery, Rhythm};

/// When one lane runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LaneSchedule {
    /// How often.
    pub every: Every,
    /// Time of day in the shop's zone, `HH:MM`; counts where it runs once a day.
    #[serde(with = "clock_time")]
    pub at: NaiveTime,
}

/// Before the shop's day begins.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(6, 0, 0) {
    Some(morning) => morning,
    None => NaiveTime::MIN,
};

impl LaneSchedule {
    const fn every(every: Every) -> Self {
        Self { every, at: MORNING }
    }
}

impl Default for LaneSchedule {
    fn default() -> Self {
        Self::every(Every::Continuous)
    }
}

/// When everything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleSettings {
    /// Seconds between two looks of what runs continuously.
    pub pause_seconds: u32,
    /// Orders with all their parts.
    pub orders: LaneSchedule,
    /// Profiles of the shop, where all of them become customers.
    pub customers: LaneSchedule,
    /// Products and prices.
    pub products: LaneSchedule,
    /// Stock: what is sold twice is worse than a look a minute.
    pub stock: LaneSchedule,
    /// Payouts: there is one a day.
    pub payouts: LaneSchedule,
    /// How often a proof is made by itself.
    pub proof: ProofEvery,
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self {
            pause_seconds: 60,
            orders: LaneSchedule::every(Every::Continuous),
            customers: LaneSchedule::every(Every::Quarter),
            products: LaneSchedule::every(Every::Quarter),
            stock: LaneSchedule::every(Every::Continuous),
            payouts: LaneSchedule::every(Every::Hour),
            proof: ProofEvery::Day,
        }
    }
}

impl ScheduleSettings {
    /// The choice for a lane.
    pub fn lane(&self, lane: Lane) -> &LaneSchedule {
        match lane {
            Lane::Orders => &self.orders,
            Lane::Customers => &self.customers,
            Lane::Products => &self.products,
            Lane::Stock => &self.stock,
            Lane::Payouts => &self.payouts,
        }
    }

    /// A lane's rhythm, with times of day in `zone`.
    pub fn rhythm(&self, lane: Lane, zone: Tz) -> Rhythm {
        let chosen = self.lane(lane);
        Rhythm {
            every: chosen.every,
            // A file that somebody wrote by hand must not make it storm.
            pause: TimeDelta::seconds(i64::from(self.pause_seconds.max(15))),
            at: chosen.at,
            zone,
        }
    }
}

/// `HH:MM`, as people write it.
mod clock_time {
    use chrono::NaiveTime;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    const FORM: &str = "%H:%M";

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub(super) fn serialize<S: Serializer>(at: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&at.format(FORM))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(from)?;
        NaiveTime::parse_from_str(&text, FORM).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_written_as_people_write_it() {
        let settings = ScheduleSettings {
            payouts: LaneSchedule {
                every: Every::Day,
                at: NaiveTime::from_hms_opt(6, 30, 0).unwrap(),
            },
            ..ScheduleSettings::default()
        };
        let text = serde_json::to_string(&settings).unwrap();
        assert!(
            text.contains(r#""payouts":{"every":"day","at":"06:30"}"#),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<ScheduleSettings>(&text).unwrap(),
            settings
        );
        for wrong in ["25:00", "6.30", "noon", ""] {
            let text = format!(r#"{{"payouts":{{"at":"{wrong}"}}}}"#);
            assert!(
                serde_json::from_str::<ScheduleSettings>(&text).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn no_file_makes_it_storm() {
        let settings = ScheduleSettings {
            pause_seconds: 0,
            ..ScheduleSettings::default()
        };
        let rhythm = settings.rhythm(Lane::Orders, chrono_tz::UTC);
        assert_eq!(rhythm.pause, TimeDelta::seconds(15));
    }
}
