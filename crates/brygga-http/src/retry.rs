use std::future::Future;

use brygga_core::policy::{Decision, Outcome, RetryPolicy};

use crate::client::Http;
use crate::error::TransportError;
use crate::message::{HttpRequest, HttpResponse};

/// What a caller makes of one call.
#[derive(Debug)]
pub enum Verdict<T, E> {
    /// It succeeded.
    Done(T),
    /// It failed in a way that no repetition mends.
    Failed(E),
    /// It may be worth another try.
    Again {
        /// What is known of the call that failed.
        outcome: Outcome,
        /// The error, should there be no other try.
        otherwise: E,
    },
}

impl Http {
    /// Makes a call, and makes it again as `policy` allows. Waits go through the clock.
    ///
    /// `repeatable`: doing it twice does no harm (reads). Anything else is repeated only if it surely was not done.
    /// `make` builds the request for each try (a token may have changed since the last one).
    pub async fn send_with_retry<T, E, F, R>(
        &self,
        policy: &RetryPolicy,
        repeatable: bool,
        make: F,
        classify: impl Fn(Result<HttpResponse, TransportError>) -> Verdict<T, E>,
    ) -> Result<T, E>
    where
        F: Fn() -> R,
        R: Future<Output = Result<HttpRequest, E>>,
    {
        let mut attempt = 1;
        loop {
            let (outcome, otherwise) = match classify(self.send(make().await?).await) {
                Verdict::Done(value) => return Ok(value),
                Verdict::Failed(error) => return Err(error),
                Verdict::Again { outcome, otherwise } => (outcome, otherwise),
            };
            match policy.decide(attempt, outcome, repeatable, self.ids().jitter()) {
                Decision::GiveUp => return Err(otherwise),
                Decision::Again { after } => {
                    tracing::info!(
                        attempt,
                        wait_ms = after.as_millis(),
                        ?outcome,
                        "trying again"
                    );
                    self.clock().sleep(after).await;
                }
            }
            attempt += 1;
        }
    }
}
