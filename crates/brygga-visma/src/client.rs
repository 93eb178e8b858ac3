//! One call to Visma.net and everything around it: token, quota, at most four under way, bounded repetition, both error models.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brygga_core::policy::{Decision, Outcome, QuotaWindow, RetryPolicy};
use brygga_core::{Clock, Code, Problem};
use brygga_http::{Http, HttpResponse, TokenCache, TokenSource, TransportError};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::answer::{NO_LICENCE, ParseError, parse, rate_headers};
use crate::call::Call;
use crate::config::{Api, Hosts, ServiceAccess, VismaConfig};
use crate::connect::{Connect, Refreshed};
use crate::error::{CallError, Failed, REMOTE, unexpected};
use crate::fault;

/// Calls under way at once (`facts/visma` 5: use 1 to 4).
const IN_FLIGHT: usize = 4;
/// Calls of each window that are left to people and other integrations.
const RESERVE: u32 = 5;

/// Visma.net for one company. Clones share token, quota and the bound of calls under way.
#[derive(Debug, Clone)]
pub struct Visma {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    http: Http,
    hosts: Hosts,
    pub(crate) tenant: String,
    pub(crate) config: VismaConfig,
    /// By service; none where no grant opens it.
    pub(crate) erp_tokens: Option<Arc<TokenCache>>,
    pub(crate) order_tokens: Option<Arc<TokenCache>>,
    /// The ERP is called as a person, not as an application.
    pub(crate) erp_by_sign_in: bool,
    /// Scopes of the last token used, where Visma Connect named them.
    granted: Mutex<Option<String>>,
    policy: RetryPolicy,
    slots: Semaphore,
    // Each service counts for itself.
    erp_quota: Mutex<QuotaWindow>,
    order_quota: Mutex<QuotaWindow>,
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
        let cache = |source: Arc<dyn TokenSource>| {
            Arc::new(TokenCache::new(source, Arc::clone(http.clock())))
        };
        let service = match config.service() {
            Some(access) => Some(cache(Arc::new(Connect::new(
                http.clone(),
                access,
                &hosts.connect,
                policy,
            )?))),
            None => None,
        };
        let person = match config.signed_in() {
            Some(access) => Some(cache(Arc::new(Refreshed::new(
                http.clone(),
                access,
                &hosts.connect,
                policy,
            )?))),
            None => None,
        };
        let named = |api| config.service().is_some_and(|access| access.names(api));
        let erp_by_sign_in = person.is_some() && !named(Api::Erp);
        let erp_tokens = if erp_by_sign_in {
            person
        } else {
            service.clone()
        };
        // A person's token has no scope of SalesOrder v3 (`facts/visma` 1).
        let order_tokens = service;
        let inner = Inner {
            http,
            hosts,
            tenant: config.tenant(),
            config,
            erp_tokens,
            order_tokens,
            erp_by_sign_in,
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

    /// The same with another set of grants.
    pub(crate) fn like(&self, config: VismaConfig) -> Result<Self, Problem> {
        Self::with_policy(config, self.inner.http.clone(), self.inner.policy)
    }

    /// Is there a grant for SalesOrder v3: not with a person's sign-in alone (`facts/visma` 1).
    pub fn opens_sales_orders(&self) -> bool {
        self.inner.order_tokens.is_some()
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
        let mut all: Option<Vec<String>> = None;
        for tokens in [&self.inner.erp_tokens, &self.inner.order_tokens]
            .into_iter()
            .flatten()
        {
            if let Some(scope) = tokens.get().await?.scope {
                all.get_or_insert_default()
                    .extend(scope.split_whitespace().map(str::to_owned));
            }
        }
        Ok(all)
    }

    /// Could a token be had for this scope alone?
    pub(crate) async fn token_for(&self, scope: &str) -> Result<(), Problem> {
        let inner = &self.inner;
        let Some(access) = inner.config.service() else {
            return Err(Problem::new(Code::ErpScope)
                .with("action", "token")
                .with("scope", scope));
        };
        let access = ServiceAccess {
            scopes: vec![scope.to_owned()],
            ..access.clone()
        };
        Connect::new(
            inner.http.clone(),
            &access,
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
    pub(crate) async fn send(&self, call: &Call) -> Result<HttpResponse, CallError> {
        let _slot = self
            .inner
            .slots
            .acquire()
            .await
            .map_err(|_| CallError::NotSent(Problem::new(Code::Stopped)))?;
        let mut attempt = 1;
        let mut renewed = false;
        let tokens = match call.api {
            Api::Erp => &self.inner.erp_tokens,
            Api::Orders => &self.inner.order_tokens,
        };
        let Some(tokens) = tokens else {
            return Err(CallError::NotSent(
                Problem::new(Code::ErpScope)
                    .with("action", call.permission())
                    .with("scope", call.scope()),
            ));
        };
        loop {
            // The quota is asked before the call, not found out by a 429; and before the token, which could end during the wait.
            self.await_quota(call.api).await;
            let token = tokens.get().await.map_err(CallError::NotSent)?;
            self.inner.granted().clone_from(&token.scope);
            let result = self.once(call, &token).await;
            let (outcome, otherwise) = match result {
                // 401 was surely not done: once with a new token (`facts/visma` 1), outside the count of tries.
                Try::Answer(response) if response.status == 401 && !renewed => {
                    renewed = true;
                    tokens.invalidate(&token).await;
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

    async fn await_quota(&self, api: Api) {
        let clock = self.inner.http.clock();
        let wait = self.inner.quota(api).wait(clock.now());
        if wait > Duration::ZERO {
            tracing::info!(
                wait_s = wait.as_secs(),
                "Visma.net: waiting for the next quota window"
            );
            clock.sleep(wait).await;
        }
    }

    async fn once(&self, call: &Call, token: &brygga_http::Token) -> Try {
        let inner = &self.inner;
        let clock = inner.http.clock();
        let request = match call.request(&inner.hosts) {
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
                    .with("at", moment(at));
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
}

/// A moment as problems have it: whoever reads it has a time zone of their own.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Inner {
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        self.http.clock()
    }

    fn quota(&self, api: Api) -> std::sync::MutexGuard<'_, QuotaWindow> {
        let quota = match api {
            Api::Erp => &self.erp_quota,
            Api::Orders => &self.order_quota,
        };
        quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn granted(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
