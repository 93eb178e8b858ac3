//! Pure decisions about waiting: when to run, when to try again, and how much a remote still allows. All are functions of a given `now`.

pub mod proof;
pub mod rate;
pub mod retry;
pub mod schedule;

pub use proof::{ProofEvery, ProofPlan, wait_after};
pub use rate::{CostBucket, QuotaWindow};
pub use retry::{Decision, Outcome, RetryPolicy};
pub use schedule::{Every, Lane, Lanes, Last, Rhythm, Trouble, next_due};
