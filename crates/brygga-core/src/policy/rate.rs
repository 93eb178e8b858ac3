//! How much a remote still allows: Shopify's cost bucket and Visma.net's quota window.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Shopify's leaky bucket of cost points (`facts/shopify` 3.1). Nothing is known of it before the first answer, and nothing is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CostBucket {
    known: Option<Level>,
    /// Points of calls under way: promised, not yet reported.
    promised: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Level {
    maximum: u32,
    restore_rate: u32,
    /// Points in thousandths, so that parts of a second count.
    milli_points: i64,
    at: DateTime<Utc>,
}

impl CostBucket {
    /// How long to wait until a call of `cost` points (requested cost) fits. Zero while nothing is known.
    pub fn wait(&self, cost: u32, now: DateTime<Utc>) -> Duration {
        let Some(level) = &self.known else {
            return Duration::ZERO;
        };
        // a call dearer than the whole bucket waits for a full one
        let needed = i64::from(cost.min(level.maximum)) * 1000;
        let lacking = needed - (level.filled(now) - i64::from(self.promised) * 1000);
        if lacking <= 0 || level.restore_rate == 0 {
            return Duration::ZERO;
        }
        // thousandths of points / points per second = milliseconds; rounded up
        let rate = i64::from(level.restore_rate);
        Duration::from_millis(u64::try_from((lacking + rate - 1) / rate).unwrap_or(u64::MAX))
    }

    /// A call of `cost` points sets out.
    pub fn promise(&mut self, cost: u32) {
        self.promised = self.promised.saturating_add(cost);
    }

    /// The call of `cost` points is over, with or without an answer.
    pub fn settle(&mut self, cost: u32) {
        self.promised = self.promised.saturating_sub(cost);
    }

    /// Takes in `throttleStatus` of an answer (`facts/shopify` 3.3).
    pub fn report(&mut self, maximum: u32, available: u32, restore_rate: u32, now: DateTime<Utc>) {
        self.known = Some(Level {
            maximum,
            restore_rate,
            milli_points: i64::from(available) * 1000,
            at: now,
        });
    }

    /// Points in the bucket now, as far as known.
    pub fn available(&self, now: DateTime<Utc>) -> Option<u32> {
        self.known
            .as_ref()
            .map(|level| u32::try_from(level.filled(now).max(0) / 1000).unwrap_or(u32::MAX))
    }

    /// Size of the bucket and points restored per second, as far as known.
    pub fn limits(&self) -> Option<(u32, u32)> {
        self.known
            .as_ref()
            .map(|level| (level.maximum, level.restore_rate))
    }
}

impl Level {
    fn filled(&self, now: DateTime<Utc>) -> i64 {
        // a clock set back restores nothing
        let passed = (now - self.at).num_milliseconds().max(0);
        let restored = passed.saturating_mul(i64::from(self.restore_rate));
        self.milli_points
            .saturating_add(restored)
            .min(i64::from(self.maximum) * 1000)
    }
}

/// Visma.net's calls per window (`facts/visma` 3 and 5): `X-RateLimit-Limit`, `-Remaining`, `-Reset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaWindow {
    known: Option<Window>,
    /// Calls that are left alone for people who work at the same time.
    reserve: u32,
    /// Calls under way.
    flying: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    limit: u32,
    remaining: u32,
    resets_at: DateTime<Utc>,
}

impl QuotaWindow {
    /// A window of which `reserve` calls are never used.
    pub fn with_reserve(reserve: u32) -> Self {
        Self {
            reserve,
            ..Self::default()
        }
    }

    /// How long to wait before one more call. Zero while nothing is known.
    pub fn wait(&self, now: DateTime<Utc>) -> Duration {
        match &self.known {
            Some(window)
                if window.remaining
                    <= self
                        .reserve
                        .min(window.limit / 2)
                        .saturating_add(self.flying)
                    && window.resets_at > now =>
            {
                (window.resets_at - now).to_std().unwrap_or(Duration::ZERO)
            }
            _ => Duration::ZERO,
        }
    }

    /// A call sets out.
    pub fn promise(&mut self) {
        self.flying = self.flying.saturating_add(1);
    }

    /// A call is over, with or without an answer.
    pub fn settle(&mut self) {
        self.flying = self.flying.saturating_sub(1);
    }

    /// Takes in the headers of an answer; `reset_in` is `X-RateLimit-Reset` in seconds.
    pub fn report(&mut self, limit: u32, remaining: u32, reset_in: Duration, now: DateTime<Utc>) {
        let resets_at = now + TimeDelta::from_std(reset_in).unwrap_or(TimeDelta::zero());
        // answers may overtake each other: within one window the lowest figure counts
        let remaining = match &self.known {
            Some(old)
                if old.limit == limit
                    && old.resets_at > now
                    && (old.resets_at - resets_at).abs() <= TimeDelta::seconds(2) =>
            {
                remaining.min(old.remaining)
            }
            _ => remaining,
        };
        self.known = Some(Window {
            limit,
            remaining,
            resets_at,
        });
    }

    /// The remote said 429: nothing is left until `retry_after` is over.
    pub fn exhausted(&mut self, retry_after: Duration, now: DateTime<Utc>) {
        let limit = self.known.map_or(0, |window| window.limit);
        let resets_at = now + TimeDelta::from_std(retry_after).unwrap_or(TimeDelta::zero());
        self.known = Some(Window {
            limit,
            remaining: 0,
            resets_at,
        });
    }

    /// Calls left and the moment the window ends, as far as known.
    pub fn left(&self) -> Option<(u32, DateTime<Utc>)> {
        self.known
            .map(|window| (window.remaining, window.resets_at))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(second: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 10, 1, 12, 0, second).unwrap()
    }

    #[test]
    fn an_unknown_bucket_makes_nobody_wait() {
        assert_eq!(CostBucket::default().wait(900, at(0)), Duration::ZERO);
        assert_eq!(CostBucket::default().available(at(0)), None);
    }

    #[test]
    fn the_bucket_fills_with_time_and_never_over_its_size() {
        let mut bucket = CostBucket::default();
        bucket.report(2000, 100, 100, at(0));
        assert_eq!(bucket.available(at(1)), Some(200));
        assert_eq!(bucket.available(at(59)), Some(2000));
        assert_eq!(bucket.wait(350, at(0)), Duration::from_millis(2500));
        assert_eq!(bucket.wait(350, at(2)), Duration::from_millis(500));
        assert_eq!(bucket.wait(350, at(3)), Duration::ZERO);
    }

    #[test]
    fn calls_under_way_count_and_a_dear_call_waits_for_a_full_bucket() {
        let mut bucket = CostBucket::default();
        bucket.report(1000, 500, 100, at(0));
        bucket.promise(400);
        assert_eq!(bucket.wait(200, at(0)), Duration::from_secs(1));
        bucket.settle(400);
        assert_eq!(bucket.wait(200, at(0)), Duration::ZERO);
        assert_eq!(bucket.wait(5000, at(0)), Duration::from_secs(5));
    }

    #[test]
    fn a_clock_set_back_restores_nothing() {
        let mut bucket = CostBucket::default();
        bucket.report(1000, 500, 100, at(30));
        assert_eq!(bucket.available(at(0)), Some(500));
    }

    #[test]
    fn the_window_stops_before_its_end_and_opens_again() {
        let mut window = QuotaWindow::with_reserve(10);
        assert_eq!(window.wait(at(0)), Duration::ZERO);
        window.report(500, 11, Duration::from_secs(20), at(0));
        assert_eq!(window.wait(at(0)), Duration::ZERO);
        window.promise();
        assert_eq!(window.wait(at(5)), Duration::from_secs(15));
        assert_eq!(window.wait(at(20)), Duration::ZERO);
        window.settle();
        assert_eq!(window.wait(at(5)), Duration::ZERO);
    }

    #[test]
    fn an_overtaken_answer_does_not_raise_what_is_left() {
        let mut window = QuotaWindow::default();
        window.report(500, 20, Duration::from_secs(20), at(0));
        window.report(500, 25, Duration::from_secs(20), at(0));
        assert_eq!(window.left(), Some((20, at(20))));
        window.report(500, 499, Duration::from_secs(59), at(21));
        assert_eq!(window.left().map(|(left, _)| left), Some(499));
    }
}
