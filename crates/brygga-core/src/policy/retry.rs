//! May a call be made again, and when.

use std::time::Duration;

/// What is known of a call that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The remote had no time for it and surely did not do it (429, `THROTTLED`).
    Busy {
        /// How long the remote asks to wait.
        retry_after: Option<Duration>,
    },
    /// It surely never reached the remote (no connection).
    NotSent,
    /// It may have been done: a time-out, a cut connection, a fault of the remote (`facts/shopify` 4.3).
    Unknown,
}

/// Bounds of the tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls at most, the first among them.
    pub max_attempts: u32,
    /// Wait before the second call; it doubles from call to call.
    pub base: Duration,
    /// The longest wait of our own choice.
    pub cap: Duration,
    /// The longest wait that a remote may ask for. A longer one ends the tries: the next run goes on.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            // an hour's quota may ask for up to its hour (`facts/visma` 5)
            longest_asked: Duration::from_secs(3700),
        }
    }
}

/// What to do after a call that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Make it again after this wait.
    Again {
        /// How long to wait first.
        after: Duration,
    },
    /// Make it no more.
    GiveUp,
}

impl RetryPolicy {
    /// One call and no more.
    pub fn once() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// Decides after call number `attempt` (the first is 1).
    ///
    /// `repeatable` says that doing it twice does no harm (reads). Anything else is made again only when it surely was not done.
    /// `jitter` is any number; it spreads the calls of many callers.
    pub fn decide(
        &self,
        attempt: u32,
        outcome: Outcome,
        repeatable: bool,
        jitter: u64,
    ) -> Decision {
        if attempt >= self.max_attempts || (outcome == Outcome::Unknown && !repeatable) {
            return Decision::GiveUp;
        }
        let own = self.own_wait(attempt, jitter);
        match outcome {
            // never before the moment that was asked for; the jitter comes on top
            Outcome::Busy {
                retry_after: Some(asked),
            } if asked > self.longest_asked => Decision::GiveUp,
            Outcome::Busy {
                retry_after: Some(asked),
            } => Decision::Again {
                after: asked + own.min(Duration::from_secs(2)),
            },
            Outcome::Busy { retry_after: None } | Outcome::NotSent | Outcome::Unknown => {
                Decision::Again { after: own }
            }
        }
    }

    /// Doubling wait, of which the upper half is left to chance.
    fn own_wait(&self, attempt: u32, jitter: u64) -> Duration {
        let factor = 1_u32
            .checked_shl(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let full = self.base.saturating_mul(factor).min(self.cap);
        let millis = u64::try_from(full.as_millis()).unwrap_or(u64::MAX);
        let half = millis / 2;
        Duration::from_millis(half + jitter % (millis - half + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 4,
        base: Duration::from_secs(1),
        cap: Duration::from_secs(3),
        longest_asked: Duration::from_mins(1),
    };

    fn after(decision: Decision) -> Duration {
        match decision {
            Decision::Again { after } => after,
            Decision::GiveUp => panic!("gave up"),
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_and_stay_within_half_to_full() {
        for jitter in [0, 1, 999, u64::MAX] {
            for (attempt, full) in [(1, 1000), (2, 2000), (3, 3000)] {
                let wait =
                    after(POLICY.decide(attempt, Outcome::NotSent, false, jitter)).as_millis();
                assert!(
                    wait >= full / 2 && wait <= full,
                    "{attempt} {jitter}: {wait}"
                );
            }
        }
    }

    #[test]
    fn what_may_have_been_done_is_repeated_only_if_that_does_no_harm() {
        assert_eq!(
            POLICY.decide(1, Outcome::Unknown, false, 0),
            Decision::GiveUp
        );
        assert!(matches!(
            POLICY.decide(1, Outcome::Unknown, true, 0),
            Decision::Again { .. }
        ));
        assert!(matches!(
            POLICY.decide(1, Outcome::NotSent, false, 0),
            Decision::Again { .. }
        ));
        assert!(matches!(
            POLICY.decide(1, Outcome::Busy { retry_after: None }, false, 0),
            Decision::Again { .. }
        ));
    }

    #[test]
    fn the_tries_are_bounded() {
        assert_eq!(
            POLICY.decide(4, Outcome::NotSent, true, 0),
            Decision::GiveUp
        );
        assert_eq!(
            RetryPolicy::once().decide(1, Outcome::NotSent, true, 0),
            Decision::GiveUp
        );
    }

    #[test]
    fn the_wait_asked_for_is_never_cut_short() {
        let asked = Duration::from_secs(20);
        assert!(
            after(POLICY.decide(
                1,
                Outcome::Busy {
                    retry_after: Some(asked)
                },
                false,
                0
            )) >= asked
        );
        let too_long = Outcome::Busy {
            retry_after: Some(Duration::from_mins(2)),
        };
        assert_eq!(POLICY.decide(1, too_long, true, 0), Decision::GiveUp);
    }
}
