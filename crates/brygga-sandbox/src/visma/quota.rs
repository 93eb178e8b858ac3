//! The rate limit: so many calls per fixed window of an hour, told in headers (`facts/visma 5`).

use chrono::{DateTime, TimeDelta, Utc};

use super::exchange::Reply;

const HOUR: TimeDelta = TimeDelta::hours(1);

/// The window that is running.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    limit: u32,
    started: Option<DateTime<Utc>>,
    used: u32,
}

impl Window {
    pub(crate) fn new(limit: u32) -> Self {
        Self {
            limit,
            started: None,
            used: 0,
        }
    }

    /// Takes one call; `Err` holds the seconds until the next window.
    pub(crate) fn take(&mut self, now: DateTime<Utc>) -> Result<(), i64> {
        let started = self
            .started
            .filter(|started| *started <= now && now < *started + HOUR);
        if started.is_none() {
            self.started = Some(now);
            self.used = 0;
        }
        if self.used >= self.limit {
            return Err(self.seconds_left(now));
        }
        self.used += 1;
        Ok(())
    }

    fn seconds_left(&self, now: DateTime<Utc>) -> i64 {
        let end = self.started.unwrap_or(now) + HOUR;
        // Rounded up: a client that waits exactly as told must not come early.
        ((end - now).num_milliseconds() + 999) / 1000
    }

    /// The headers that every answer bears.
    pub(crate) fn mark(&self, now: DateTime<Utc>, reply: Reply) -> Reply {
        reply
            .with("x-ratelimit-limit", self.limit.to_string())
            .with(
                "x-ratelimit-remaining",
                self.limit.saturating_sub(self.used).to_string(),
            )
            .with("x-ratelimit-reset", self.seconds_left(now).to_string())
            .with("x-ratelimit-policy", "4-fixed-window")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_after_an_hour() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let mut window = Window::new(2);
        assert_eq!((window.take(start), window.take(start)), (Ok(()), Ok(())));
        assert_eq!(window.take(start + TimeDelta::milliseconds(500)), Err(3600));
        assert_eq!(window.take(start + HOUR), Ok(()));
    }
}
