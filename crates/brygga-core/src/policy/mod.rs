//! Pure decisions about waiting: when to try again, and how much a remote still allows. All are functions of a given `now`.

pub mod rate;
pub mod retry;

pub use rate::{CostBucket, QuotaWindow};
pub use retry::{Decision, Outcome, RetryPolicy};
