//! A server of one's own, a clock that jumps, a client on both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use brygga_core::ids::CountingIds;
use brygga_core::policy::RetryPolicy;
use brygga_core::{Clock, JumpClock};
use brygga_http::{Http, HttpConfig};
use brygga_visma::{Visma, VismaConfig};
use chrono::{DateTime, TimeZone as _, Utc};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

pub(crate) struct World {
    pub(crate) server: MockServer,
    pub(crate) clock: Arc<JumpClock>,
    pub(crate) visma: Visma,
}

pub(crate) fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 1, 12, 0, 0)
        .single()
        .expect("a moment")
}

pub(crate) fn http(clock: &Arc<JumpClock>) -> Http {
    let config = HttpConfig {
        total_timeout: Duration::from_millis(400),
        ..HttpConfig::default()
    };
    Http::new(
        config,
        Arc::clone(clock) as Arc<dyn Clock>,
        Arc::new(CountingIds::from_seed(1)),
    )
    .expect("a client")
}

pub(crate) fn config(base_url: &str) -> VismaConfig {
    VismaConfig {
        base_url: Some(base_url.to_owned()),
        ..VismaConfig::new("isv_test", "hush-hush".into(), "tenant-1")
    }
}

impl World {
    /// A server that gives tokens: `token-1`, `token-2` ...
    pub(crate) async fn new() -> Self {
        let world = Self::without_token().await;
        let given = AtomicUsize::new(0);
        Mock::given(method("POST"))
            .and(path("/connect/token"))
            .respond_with(move |_: &Request| {
                let number = given.fetch_add(1, Ordering::SeqCst) + 1;
                let scope = brygga_visma::ServiceAccess::SCOPES.join(" ");
                ResponseTemplate::new(200)
                    .set_body_json(json!({"access_token": format!("token-{number}"), "expires_in": 3600, "token_type": "Bearer", "scope": scope}))
            })
            .mount(&world.server)
            .await;
        world
    }

    pub(crate) async fn without_token() -> Self {
        let server = MockServer::start().await;
        let clock = Arc::new(JumpClock::at(start()));
        let visma = Visma::new(config(&server.uri()), http(&clock)).expect("a client");
        Self {
            server,
            clock,
            visma,
        }
    }

    pub(crate) fn with_policy(&mut self, policy: RetryPolicy) {
        self.visma = Visma::with_policy(config(&self.server.uri()), http(&self.clock), policy)
            .expect("a client");
    }

    /// Answers one kind of call, always.
    pub(crate) async fn answer(&self, verb: &str, at: &str, response: ResponseTemplate) {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(response)
            .mount(&self.server)
            .await;
    }

    /// Answers one kind of call so many times; what is mounted later comes after.
    pub(crate) async fn answer_times(
        &self,
        times: u64,
        verb: &str,
        at: &str,
        response: ResponseTemplate,
    ) {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(response)
            .up_to_n_times(times)
            .mount(&self.server)
            .await;
    }

    pub(crate) async fn answer_if(
        &self,
        verb: &str,
        at: &str,
        matcher: impl Match + 'static,
        response: ResponseTemplate,
    ) {
        Mock::given(method(verb))
            .and(path(at))
            .and(matcher)
            .respond_with(response)
            .mount(&self.server)
            .await;
    }

    /// The calls so far, tokens apart.
    pub(crate) async fn calls(&self) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter()
            .filter(|request| request.url.path() != "/connect/token")
            .collect()
    }

    pub(crate) async fn tokens(&self) -> usize {
        let all = self.server.received_requests().await.unwrap_or_default();
        all.iter()
            .filter(|request| request.url.path() == "/connect/token")
            .count()
    }

    /// Clock time that went by.
    pub(crate) fn waited(&self) -> Duration {
        (self.clock.now() - start()).to_std().unwrap_or_default()
    }
}

pub(crate) fn header(request: &Request, name: &str) -> String {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

pub(crate) fn ok(body: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

pub(crate) fn raw(status: u16, body: &str, kind: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.as_bytes().to_vec(), kind)
}
