//! One call to Visma.net and everything around it: token, quota, at most four under way, bounded repetition, both error models.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brygga_core::policy::{Decision, Outcome, QuotaWindow, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::{
    Body, HeaderName, Http, HttpRequest, HttpResponse, Method, TokenCache, TokenSource as _,
    TransportError, Url,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::config::{
    Api, ERP_CREATE, ERP_READ, ERP_UPDATE, Hosts, ORDER_READ, ORDER_WRITE, VismaConfig,
};
use crate::connect::Connect;
use crate::error::{CallError, Failed, REMOTE, unexpected};
use crate::fault::{self, Fault};

/// Calls under way at once (`facts/visma` 5: use 1 to 4).
const IN_FLIGHT: usize = 4;
/// Calls of each window that are left to people and other integrations.
const RESERVE: u32 = 5;
/// The company has no licence, or the tenant or role is wrong (`facts/visma` 15).
const NO_LICENCE: &str = "12027";

/// Visma.net for one company. Clones share token, quota and the bound of calls under way.
#[derive(Debug, Clone)]
pub struct Visma {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    http: Http,
    hosts: Hosts,
    tenant: String,
    config: VismaConfig,
    tokens: TokenCache,
    /// Scopes of the last token used, where Visma Connect named them.
    granted: Mutex<Option<String>>,
    policy: RetryPolicy,
    slots: Semaphore,
    // Each service counts for itself.
    erp_quota: Mutex<QuotaWindow>,
    order_quota: Mutex<QuotaWindow>,
}

/// A call, made anew for every try.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) method: Method,
    /// Path segments; what is no plain text is encoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    /// JSON, by its text.
    pub(crate) body: Option<String>,
    pub(crate) if_match: Option<String>,
    /// For people: what was being done.
    pub(crate) action: &'static str,
}

impl Call {
    pub(crate) fn new(api: Api, method: Method, path: &[&str], action: &'static str) -> Self {
        let path = path.iter().map(|&segment| segment.to_owned()).collect();
        Self {
            api,
            method,
            path,
            query: Vec::new(),
            body: None,
            if_match: None,
            action,
        }
    }

    pub(crate) fn get(api: Api, path: &[&str], action: &'static str) -> Self {
        Self::new(api, Method::GET, path, action)
    }

    #[must_use]
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub(crate) fn if_match(mut self, etag: &str) -> Self {
        self.if_match = Some(etag.to_owned());
        self
    }

    /// The same with a JSON body, written once so that every try sends the same text.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Problem> {
        let text = serde_json::to_string(body)
            .map_err(|error| Problem::new(Code::Internal).with("detail", error))?;
        self.body = Some(text);
        Ok(self)
    }

    fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// The scope that this call needs (`facts/visma` 1).
    fn scope(&self) -> &'static str {
        match (self.api, self.method.as_str()) {
            (Api::Orders, "GET") => ORDER_READ,
            (Api::Orders, _) => ORDER_WRITE,
            (Api::Erp, "GET") => ERP_READ,
            (Api::Erp, "POST") => ERP_CREATE,
            (Api::Erp, _) => ERP_UPDATE,
        }
    }
}

/// How one try ended, before the decision about another.
enum Try {
    Answer(HttpResponse),
    Again {
        outcome: Outcome,
        otherwise: CallError,
    },
}

impl Visma {
    /// A client for one company. Nothing is called yet.
    pub fn new(config: VismaConfig, http: Http) -> Result<Self, Problem> {
        Self::with_policy(config, http, RetryPolicy::default())
    }

    /// The same with other bounds for repetition: for tests and for a check that a person waits for.
    pub fn with_policy(
        config: VismaConfig,
        http: Http,
        policy: RetryPolicy,
    ) -> Result<Self, Problem> {
        let hosts = Hosts::of(&config)?;
        let connect = Connect::new(http.clone(), &config, &hosts.connect, policy)?;
        let tokens = TokenCache::new(Arc::new(connect), Arc::clone(http.clock()));
        let inner = Inner {
            http,
            hosts,
            tenant: config.tenant_id.trim().to_owned(),
            config,
            tokens,
            granted: Mutex::default(),
            policy,
            slots: Semaphore::new(IN_FLIGHT),
            erp_quota: Mutex::new(QuotaWindow::with_reserve(RESERVE)),
            order_quota: Mutex::new(QuotaWindow::with_reserve(RESERVE)),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Calls left in the tighter of the two windows, and when it ends, as far as the answers have told.
    pub fn calls_left(&self) -> Option<(u32, DateTime<Utc>)> {
        [Api::Erp, Api::Orders]
            .into_iter()
            .filter_map(|api| self.inner.quota(api).left())
            .min_by_key(|(left, _)| *left)
    }

    /// The scopes that the present token was granted, if Visma Connect told.
    pub(crate) async fn granted(&self) -> Result<Option<Vec<String>>, Problem> {
        let token = self.inner.tokens.get().await?;
        Ok(token
            .scope
            .map(|scope| scope.split_whitespace().map(str::to_owned).collect()))
    }

    /// Could a token be had for this scope alone?
    pub(crate) async fn token_for(&self, scope: &str) -> Result<(), Problem> {
        let inner = &self.inner;
        let config = VismaConfig {
            scopes: vec![scope.to_owned()],
            ..inner.config.clone()
        };
        Connect::new(
            inner.http.clone(),
            &config,
            &inner.hosts.connect,
            inner.policy,
        )?
        .fetch()
        .await
        .map(drop)
    }

    /// Reads: repeated when that may help, and the body must be JSON. `None` for 404.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        call: Call,
    ) -> Result<Option<(T, HttpResponse)>, Problem> {
        let mut attempt = 1;
        loop {
            let response = match self.send(&call).await {
                Ok(response) => response,
                Err(error) => return Err(error.into_problem()),
            };
            if response.status == 404 && !fault::looks_like_page(&response.body) {
                return Ok(None);
            }
            if !response.is_success() {
                return Err(self.refusal(&call, &response).error.into_problem());
            }
            match parse(&response.body) {
                Ok(value) => return Ok(Some((value, response))),
                // Cut or a page in between: another try may bring the data.
                Err(ParseError::NotJson(detail)) => {
                    let problem = Problem::new(Code::RemoteNotJson)
                        .with("remote", REMOTE)
                        .with("detail", format!("{}: {detail}", call.action));
                    self.again(attempt, Outcome::Unknown, true, problem).await?;
                }
                Err(ParseError::OtherForm(detail)) => {
                    return Err(unexpected(format!("{}: {detail}", call.action)));
                }
            }
            attempt += 1;
        }
    }

    /// Writes: repeated only while it surely was not done. The answer is a success.
    pub(crate) async fn write(&self, call: Call) -> Result<HttpResponse, Failed> {
        let response = self.send(&call).await?;
        if !response.is_success() {
            return Err(self.refusal(&call, &response));
        }
        // A page with status 200 comes from something between; what became of the call is not known.
        if fault::looks_like_page(&response.body) {
            let detail = fault::read(response.status, &response.body).text;
            return Err(CallError::Unknown(
                Problem::new(Code::RemoteNotJson)
                    .with("remote", REMOTE)
                    .with("detail", detail),
            )
            .into());
        }
        Ok(response)
    }

    /// Waits before another try, or ends with `problem`.
    async fn again(
        &self,
        attempt: u32,
        outcome: Outcome,
        repeatable: bool,
        problem: Problem,
    ) -> Result<(), Problem> {
        let http = &self.inner.http;
        match self
            .inner
            .policy
            .decide(attempt, outcome, repeatable, http.ids().jitter())
        {
            Decision::GiveUp => Err(problem),
            Decision::Again { after } => {
                tracing::info!(attempt, wait_ms = after.as_millis(), code = %problem.code, "Visma.net: trying again");
                http.clock().sleep(after).await;
                Ok(())
            }
        }
    }

    /// Sends until there is an answer that repetition would not better, or the tries are used up.
    async fn send(&self, call: &Call) -> Result<HttpResponse, CallError> {
        let _slot = self
            .inner
            .slots
            .acquire()
            .await
            .map_err(|_| CallError::NotSent(Problem::new(Code::Stopped)))?;
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            let token = self.inner.tokens.get().await.map_err(CallError::NotSent)?;
            self.inner.granted().clone_from(&token.scope);
            let result = self.once(call, &token).await;
            let (outcome, otherwise) = match result {
                // 401 was surely not done: once with a new token (`facts/visma` 1), outside the count of tries.
                Try::Answer(response) if response.status == 401 && !renewed => {
                    renewed = true;
                    self.inner.tokens.invalidate(&token).await;
                    continue;
                }
                Try::Answer(response) => return Ok(response),
                Try::Again { outcome, otherwise } => (outcome, otherwise),
            };
            if let Err(problem) = self
                .again(
                    attempt,
                    outcome,
                    call.is_read(),
                    otherwise.problem().clone(),
                )
                .await
            {
                tracing::warn!(attempt, %problem, "Visma.net: no more tries");
                return Err(otherwise);
            }
            attempt += 1;
        }
    }

    async fn once(&self, call: &Call, token: &brygga_http::Token) -> Try {
        let inner = &self.inner;
        let clock = inner.http.clock();
        // The quota is asked before the call, not found out by a 429.
        let wait = inner.quota(call.api).wait(clock.now());
        if wait > Duration::ZERO {
            tracing::info!(
                wait_s = wait.as_secs(),
                "Visma.net: waiting for the next quota window"
            );
            clock.sleep(wait).await;
        }
        let request = match inner.request(call) {
            Ok(request) => request.bearer(&token.value),
            Err(problem) => {
                return Try::Again {
                    outcome: Outcome::NotSent,
                    otherwise: CallError::NotSent(problem),
                };
            }
        };
        inner.quota(call.api).promise();
        let result = inner.http.send(request).await;
        let now = clock.now();
        let mut quota = inner.quota(call.api);
        quota.settle();
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                let outcome = error.outcome();
                let problem = error.problem(REMOTE);
                let otherwise = match error {
                    TransportError::NotSent { .. } => CallError::NotSent(problem),
                    TransportError::Unknown { .. } | TransportError::TooLarge => {
                        CallError::Unknown(problem)
                    }
                };
                return Try::Again { outcome, otherwise };
            }
        };
        if let Some((limit, remaining, reset_in)) = rate_headers(&response) {
            quota.report(limit, remaining, reset_in, now);
        }
        match response.status {
            429 => {
                // The headers' own window may end earlier than what is asked for; the later one counts.
                let asked = response
                    .retry_after()
                    .or_else(|| rate_headers(&response).map(|(_, _, reset_in)| reset_in));
                if let Some(asked) = asked {
                    quota.exhausted(asked, now);
                }
                let at = now + asked.unwrap_or(Duration::from_secs(1));
                let problem = Problem::new(Code::RemoteBusy)
                    .with("remote", REMOTE)
                    .with("at", at.format("%Y-%m-%d %H:%M:%S UTC"));
                Try::Again {
                    outcome: Outcome::Busy { retry_after: asked },
                    otherwise: CallError::NotSent(problem),
                }
            }
            // A fault with a licence body is a clear no, not a breakdown.
            500..
                if fault::read(response.status, &response.body).code.as_deref()
                    != Some(NO_LICENCE) =>
            {
                let fault = fault::read(response.status, &response.body);
                let mut problem = Problem::new(Code::RemoteBroken)
                    .with("remote", REMOTE)
                    .with("status", response.status)
                    .with("reason", fault.text);
                if let Some(support) = fault
                    .support
                    .or_else(|| response.request_id().map(str::to_owned))
                {
                    problem = problem.with("support", support);
                }
                Try::Again {
                    outcome: Outcome::Unknown,
                    otherwise: CallError::Unknown(problem),
                }
            }
            408 => {
                let problem = Problem::new(Code::RemoteTimeout).with("remote", REMOTE);
                Try::Again {
                    outcome: Outcome::Unknown,
                    otherwise: CallError::Unknown(problem),
                }
            }
            _ => Try::Answer(response),
        }
    }

    /// What an answer that is no success means, apart from what only the caller knows about its record.
    pub(crate) fn refusal(&self, call: &Call, response: &HttpResponse) -> Failed {
        let fault = fault::read(response.status, &response.body);
        let support = fault
            .support
            .clone()
            .or_else(|| response.request_id().map(str::to_owned));
        let mut error = self.classify(call, response, &fault);
        if let Some(support) = support {
            let (CallError::Refused(problem)
            | CallError::NotSent(problem)
            | CallError::Unknown(problem)
            | CallError::Conflict(problem)) = &mut error;
            problem.params.insert("support".to_owned(), support);
        }
        Failed {
            error,
            details: fault.details,
        }
    }

    fn classify(&self, call: &Call, response: &HttpResponse, fault: &Fault) -> CallError {
        if fault.code.as_deref() == Some(NO_LICENCE) {
            return CallError::NotSent(Problem::new(Code::ErpLicence).with("reason", &fault.text));
        }
        match response.status {
            // Also with a fresh token: the tenant is not the company's (`facts/visma` 1).
            401 => CallError::NotSent(
                Problem::new(Code::ErpTenantCustomer)
                    .with("tenant", &self.inner.tenant)
                    .with("reason", &fault.text),
            ),
            403 => {
                let challenge = response.header("www-authenticate").unwrap_or_default();
                let lacks_scope = challenge.contains("insufficient_scope")
                    || fault.text.to_ascii_lowercase().contains("scope")
                    || self.inner.granted().as_ref().is_some_and(|granted| {
                        granted.split_whitespace().all(|had| had != call.scope())
                    });
                let problem = if lacks_scope {
                    Problem::new(Code::ErpScope)
                        .with("action", call.action)
                        .with("scope", call.scope())
                } else {
                    Problem::new(Code::ErpForbidden)
                        .with("action", call.action)
                        .with("scope", call.scope())
                        .with("reason", &fault.text)
                };
                CallError::NotSent(problem)
            }
            409 | 412 | 428 => CallError::Conflict(
                Problem::new(Code::RemoteConflict)
                    .with("document", call.document())
                    .with("reason", &fault.text),
            ),
            _ if fault.page => {
                let detail = format!("status {}, {}", response.status, fault.text);
                CallError::NotSent(
                    Problem::new(Code::RemoteNotJson)
                        .with("remote", REMOTE)
                        .with("detail", detail),
                )
            }
            // No redirect is followed: an API that redirects is not the one that was meant.
            300..=399 => CallError::NotSent(unexpected(format!(
                "{}: redirected, status {}",
                call.action, response.status
            ))),
            404 => CallError::Refused(
                Problem::new(Code::DocumentGone)
                    .with("document", call.document())
                    .with("reason", &fault.text),
            ),
            _ => CallError::Refused(
                Problem::new(Code::ErpRefused)
                    .with("reason", &fault.text)
                    .with("status", response.status),
            ),
        }
    }
}

impl Call {
    /// The document that the path names, for people.
    fn document(&self) -> String {
        match self.path.as_slice() {
            [_, _, _, order_type, number, ..] => format!("{order_type} {number}"),
            [.., last] => last.clone(),
            [] => String::new(),
        }
    }
}

impl Inner {
    fn quota(&self, api: Api) -> std::sync::MutexGuard<'_, QuotaWindow> {
        let quota = match api {
            Api::Erp => &self.erp_quota,
            Api::Orders => &self.order_quota,
        };
        quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn granted(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, call: &Call) -> Result<HttpRequest, Problem> {
        let mut url = match call.api {
            Api::Erp => self.hosts.erp.clone(),
            Api::Orders => self.hosts.orders.clone(),
        };
        add_path(&mut url, &call.path)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        // Neither a company nor an application header: the token carries both (`facts/visma` 3).
        let mut request = HttpRequest::new(call.method.clone(), url)
            .header(HeaderName::from_static("accept"), "application/json")
            .label(call.action);
        if let Some(etag) = &call.if_match {
            request = request.header(HeaderName::from_static("if-match"), etag.clone());
        }
        if let Some(text) = &call.body {
            request = request.body(Body::Text {
                content_type: "application/json".to_owned(),
                text: text.clone(),
            });
        }
        Ok(request)
    }
}

fn add_path(url: &mut Url, segments: &[String]) -> Result<(), Problem> {
    let mut path = url
        .path_segments_mut()
        .map_err(|()| Problem::new(Code::Internal).with("detail", "an address without a path"))?;
    path.pop_if_empty().extend(segments);
    Ok(())
}

/// `X-RateLimit-Limit`, `-Remaining`, `-Reset` in seconds (`facts/visma` 3).
fn rate_headers(response: &HttpResponse) -> Option<(u32, u32, Duration)> {
    let number = |name: &str| response.header(name)?.trim().parse::<u32>().ok();
    let limit = number("x-ratelimit-limit")?;
    let remaining = number("x-ratelimit-remaining")?;
    let reset_in = number("x-ratelimit-reset")?;
    Some((limit, remaining, Duration::from_secs(u64::from(reset_in))))
}

enum ParseError {
    /// Cut, a page, a text.
    NotJson(String),
    /// JSON, but not of the form that is read here.
    OtherForm(String),
}

/// Reads a body and says where it went wrong, without showing what is in it.
fn parse<T: DeserializeOwned>(body: &str) -> Result<T, ParseError> {
    let body = body.trim_start_matches('\u{feff}');
    if fault::looks_like_page(body) || body.trim().is_empty() {
        return Err(ParseError::NotJson(fault::read(200, body).text));
    }
    let mut inner = serde_json::Deserializer::from_str(body);
    let result = serde_path_to_error::deserialize(&mut inner).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let detail = format!("at {path}: {error}");
        if error.is_data() {
            ParseError::OtherForm(detail)
        } else {
            ParseError::NotJson(detail)
        }
    })?;
    inner
        .end()
        .map_err(|error| ParseError::NotJson(error.to_string()))?;
    Ok(result)
}
