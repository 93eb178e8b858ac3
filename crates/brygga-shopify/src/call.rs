//! One GraphQL call: token, budget, tries, and what each answer means.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brygga_core::policy::{CostBucket, Outcome, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::{
    HeaderName, Http, HttpRequest, HttpResponse, Token, TokenCache, TransportError, Url, Verdict,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::OwnedMutexGuard;

use crate::answer::{self, Answer, Cost, Failure};
use crate::documents::Document;
use crate::{API_VERSION, REMOTE};

/// The wire to one shop. Clones share token and budget.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(crate) http: Http,
    pub(crate) domain: String,
    pub(crate) endpoint: Url,
    pub(crate) host: Option<String>,
    pub(crate) tokens: Arc<TokenCache>,
    pub(crate) bucket: Arc<Mutex<CostBucket>>,
    /// Held by the one call that goes out before anything is known of the bucket.
    pub(crate) first: Arc<tokio::sync::Mutex<()>>,
    pub(crate) policy: RetryPolicy,
    /// May returns be read? Known when the shop was asked what the app may do; until then they are not asked for.
    pub(crate) returns: Arc<AtomicBool>,
}

/// Points set aside for a call under way; given back when it is over, however it ends.
struct Promise<'a> {
    bucket: &'a Mutex<CostBucket>,
    cost: u32,
    _first: Option<OwnedMutexGuard<()>>,
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.bucket
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .settle(self.cost);
    }
}

#[derive(Default)]
struct UnderWay<'a> {
    token: Option<Token>,
    promise: Option<Promise<'a>>,
}

enum Stop {
    /// The token was not accepted.
    Token,
    Other(Problem),
}

impl Wire {
    /// May returns be read (`read_returns`)? A list of them cannot be null, so one that is denied takes the whole order with it.
    pub(crate) fn reads_returns(&self) -> bool {
        self.returns.load(Ordering::Relaxed)
    }

    /// Runs a query. A token that is not accepted is replaced once (`facts/shopify` 1.10).
    pub(crate) async fn query(
        &self,
        document: &Document,
        variables: Value,
    ) -> Result<Answer, Problem> {
        self.run(document, variables, true).await
    }

    /// Runs what must not be done twice: repeated only while it surely was not done.
    pub(crate) async fn once(
        &self,
        document: &Document,
        variables: Value,
    ) -> Result<Answer, Problem> {
        self.run(document, variables, false).await
    }

    async fn run(
        &self,
        document: &Document,
        variables: Value,
        repeatable: bool,
    ) -> Result<Answer, Problem> {
        let mut second = false;
        loop {
            let under_way = Mutex::new(UnderWay::default());
            let make = || self.request(document, &variables, &under_way);
            let judge = |result| {
                under_way
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .promise = None;
                self.judge(result)
            };
            let stop = match self
                .http
                .send_with_retry(&self.policy, repeatable, make, judge)
                .await
            {
                Ok(answer) => return Ok(answer),
                Err(stop) => stop,
            };
            let token = under_way
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .token;
            match (stop, token) {
                (Stop::Other(problem), _) => return Err(problem),
                (Stop::Token, Some(token)) if !second && self.tokens.invalidate(&token).await => {
                    second = true;
                }
                (Stop::Token, _) => return Err(Problem::new(Code::ShopToken)),
            }
        }
    }

    async fn request<'a>(
        &'a self,
        document: &Document,
        variables: &Value,
        under_way: &Mutex<UnderWay<'a>>,
    ) -> Result<HttpRequest, Stop> {
        let promise = self.afford(document.cost()).await;
        let token = self.tokens.get().await.map_err(Stop::Other)?;
        let mut request = HttpRequest::post(self.endpoint.clone())
            .header(HeaderName::from_static("accept"), "application/json")
            .secret_header(HeaderName::from_static("x-shopify-access-token"), token.value.clone())
            .json(json!({"query": document.text, "operationName": document.operation, "variables": variables}))
            .label(document.operation);
        if let Some(host) = &self.host {
            request = request.header(HeaderName::from_static("host"), host);
        }
        *under_way.lock().unwrap_or_else(PoisonError::into_inner) = UnderWay {
            token: Some(token),
            promise: Some(promise),
        };
        Ok(request)
    }

    /// Waits until the bucket holds the points, by what the last answers said. Bounded: after that, Shopify itself says `THROTTLED`.
    /// Before the first answer nothing is known, and calls go one by one.
    async fn afford(&self, cost: u32) -> Promise<'_> {
        let first = if self.known() {
            None
        } else {
            Some(Arc::clone(&self.first).lock_owned().await)
        };
        let first = first.filter(|_| !self.known());
        let promise = || Promise {
            bucket: &self.bucket,
            cost,
            _first: first,
        };
        for _ in 0..20 {
            let wait = self.set_aside(cost);
            if wait.is_zero() {
                return promise();
            }
            tracing::debug!(cost, wait_ms = wait.as_millis(), "waiting for points");
            self.http.clock().sleep(wait).await;
        }
        self.bucket().promise(cost);
        promise()
    }

    /// Sets the points aside if they are there; else says how long it takes.
    fn set_aside(&self, cost: u32) -> Duration {
        let mut bucket = self.bucket();
        let wait = bucket.wait(cost, self.http.clock().now());
        if wait.is_zero() {
            bucket.promise(cost);
        }
        wait
    }

    fn known(&self) -> bool {
        self.bucket().limits().is_some()
    }

    fn bucket(&self) -> MutexGuard<'_, CostBucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(&self, result: Result<HttpResponse, TransportError>) -> Verdict<Answer, Stop> {
        let http = match result {
            Ok(http) => http,
            Err(error) => {
                return Verdict::Again {
                    outcome: error.outcome(),
                    otherwise: Stop::Other(error.problem(REMOTE)),
                };
            }
        };
        let now = self.http.clock().now();
        match http.status {
            200 => {}
            401 => return Verdict::Failed(Stop::Token),
            429 => return map(busy(&http, now)),
            status if status >= 500 => {
                return Verdict::Again {
                    outcome: Outcome::Unknown,
                    otherwise: Stop::Other(status_problem(&http, &self.domain)),
                };
            }
            _ => return Verdict::Failed(Stop::Other(status_problem(&http, &self.domain))),
        }
        let body = match http.json() {
            Ok(body) => body,
            // cut off, or a page of a proxy: both may be gone the next time
            Err(detail) => {
                let problem = Problem::new(Code::RemoteNotJson)
                    .with("remote", REMOTE)
                    .with("detail", detail);
                return Verdict::Again {
                    outcome: Outcome::Unknown,
                    otherwise: Stop::Other(problem),
                };
            }
        };
        if let Some(got) = http
            .header("x-shopify-api-version")
            .filter(|got| *got != API_VERSION)
        {
            // a version that has ended is answered by another one, silently (facts 4.4)
            return Verdict::Failed(Stop::Other(
                Problem::new(Code::ShopVersion)
                    .with("got", got)
                    .with("asked", API_VERSION),
            ));
        }
        if let Some(cost) = Cost::of(&body) {
            let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
            bucket.report(cost.maximum, cost.available, cost.restore_rate, now);
        }
        match answer::read(body) {
            Ok(answer) => Verdict::Done(answer),
            Err(Failure::Final(problem)) => Verdict::Failed(Stop::Other(problem)),
            Err(Failure::Again(outcome, problem)) => Verdict::Again {
                outcome,
                otherwise: Stop::Other(with_moment(problem, outcome, now)),
            },
        }
    }
}

fn map(verdict: Verdict<Answer, Problem>) -> Verdict<Answer, Stop> {
    match verdict {
        Verdict::Done(answer) => Verdict::Done(answer),
        Verdict::Failed(problem) => Verdict::Failed(Stop::Other(problem)),
        Verdict::Again { outcome, otherwise } => Verdict::Again {
            outcome,
            otherwise: Stop::Other(otherwise),
        },
    }
}

/// A 429: surely not done (`facts/shopify` 3.5).
pub(crate) fn busy<T>(answer: &HttpResponse, now: DateTime<Utc>) -> Verdict<T, Problem> {
    let outcome = Outcome::Busy {
        retry_after: answer.retry_after(),
    };
    Verdict::Again {
        outcome,
        otherwise: with_moment(
            Problem::new(Code::RemoteBusy).with("remote", REMOTE),
            outcome,
            now,
        ),
    }
}

/// A busy remote is shown with the moment at which it will have time.
fn with_moment(problem: Problem, outcome: Outcome, now: DateTime<Utc>) -> Problem {
    match outcome {
        Outcome::Busy { retry_after } => {
            let wait = TimeDelta::from_std(retry_after.unwrap_or_default()).unwrap_or_default();
            problem.with("at", (now + wait).format("%Y-%m-%dT%H:%M:%SZ"))
        }
        _ => problem,
    }
}

/// What a status other than 200, 401 and 429 means (`facts/shopify` 1.5, 3.5).
pub(crate) fn status_problem(answer: &HttpResponse, domain: &str) -> Problem {
    let unavailable = |state: &str| {
        Problem::new(Code::ShopUnavailable)
            .with("state", state)
            .with("domain", domain)
    };
    let said = || {
        answer
            .json()
            .ok()
            .and_then(|body| Some(body.get("errors")?.as_str()?.to_owned()))
    };
    match answer.status {
        402 => unavailable("frozen: a payment to Shopify is due"),
        423 => unavailable("locked"),
        430 => unavailable("refusing calls for security reasons"),
        403 => match said() {
            Some(words) => Problem::new(Code::ShopAccess)
                .with("field", "the API")
                .with("scope", words),
            None => unavailable("refusing access (403)"),
        },
        // HTML, always, and the only sign of a shop that does not exist
        404 => Problem::new(Code::ShopNotFound).with("domain", domain),
        400 => Problem::new(Code::ShopQuery)
            .with("detail", said().unwrap_or_else(|| "status 400".to_owned())),
        status if status >= 500 => Problem::new(Code::RemoteBroken)
            .with("remote", REMOTE)
            .with("status", status),
        status => Problem::new(Code::RemoteUnexpected)
            .with("remote", REMOTE)
            .with("detail", format_args!("status {status}")),
    }
}
