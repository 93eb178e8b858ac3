//! Tokens: one fetch for all who wait, renewed early, replaced once; and the OAuth grant over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use brygga_core::clock::JumpClock;
use brygga_core::ids::CountingIds;
use brygga_core::{Clock, Code, Problem};
use brygga_http::oauth::{ClientCredentials, GrantError, client_credentials};
use brygga_http::{FreshToken, Http, HttpConfig, TokenCache, TokenSource};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use wiremock::matchers::{body_string_contains, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[derive(Debug, Default)]
struct Issuer {
    asked: AtomicUsize,
    failing: bool,
}

#[async_trait]
impl TokenSource for Issuer {
    async fn fetch(&self) -> Result<FreshToken, Problem> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        if self.failing {
            return Err(Problem::new(Code::ShopCredentials));
        }
        Ok(FreshToken {
            value: SecretString::from(format!("t{number}")),
            expires_in: Some(Duration::from_hours(1)),
            scope: None,
        })
    }
}

fn cache(failing: bool) -> (Arc<TokenCache>, Arc<Issuer>, Arc<JumpClock>) {
    let clock = Arc::new(JumpClock::at("2026-10-01T00:00:00Z".parse().unwrap()));
    let issuer = Arc::new(Issuer {
        failing,
        ..Issuer::default()
    });
    let shared: Arc<dyn Clock> = Arc::<JumpClock>::clone(&clock);
    let source: Arc<dyn TokenSource> = Arc::<Issuer>::clone(&issuer);
    (Arc::new(TokenCache::new(source, shared)), issuer, clock)
}

/// Forty at once.
async fn crowd(cache: &Arc<TokenCache>) -> Vec<Result<String, Problem>> {
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let cache = Arc::clone(cache);
            tokio::spawn(async move {
                cache
                    .get()
                    .await
                    .map(|token| token.value.expose_secret().to_owned())
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_gets_one_token_per_expiry() {
    let (cache, issuer, clock) = cache(false);
    assert!(
        crowd(&cache)
            .await
            .iter()
            .all(|token| token.as_deref() == Ok("t1"))
    );
    clock.advance(Duration::from_mins(58));
    assert!(
        crowd(&cache)
            .await
            .iter()
            .all(|token| token.as_deref() == Ok("t1"))
    );
    // a minute before the end
    clock.advance(Duration::from_mins(1));
    assert!(
        crowd(&cache)
            .await
            .iter()
            .all(|token| token.as_deref() == Ok("t2"))
    );
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_shares_a_failure_and_the_next_tries_again() {
    let (cache, issuer, _) = cache(true);
    assert!(crowd(&cache).await.iter().all(Result::is_err));
    let asked = issuer.asked.load(Ordering::SeqCst);
    assert!(asked < 40, "{asked} tries for one failure");
    assert!(cache.get().await.is_err());
    assert_eq!(issuer.asked.load(Ordering::SeqCst), asked + 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_however_many_say_so() {
    let (cache, issuer, _) = cache(false);
    let (one, other) = (cache.get().await.unwrap(), cache.get().await.unwrap());
    assert!(cache.invalidate(&one).await);
    assert_eq!(cache.get().await.unwrap().value.expose_secret(), "t2");
    // late news about the old token does not touch the new one
    assert!(cache.invalidate(&other).await);
    assert_eq!(cache.get().await.unwrap().value.expose_secret(), "t2");
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_fixed_token_has_no_other() {
    let clock: Arc<dyn Clock> = Arc::new(JumpClock::at("2026-10-01T00:00:00Z".parse().unwrap()));
    let cache = TokenCache::fixed(SecretString::from("f".to_owned()), clock);
    let token = cache.get().await.unwrap();
    assert!(!cache.invalidate(&token).await);
    assert_eq!(cache.get().await.unwrap().value.expose_secret(), "f");
}

async fn grant(answer: ResponseTemplate) -> Result<FreshToken, GrantError> {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(body_string_contains("grant_type=client_credentials"))
        .and(body_string_contains("client_id=isv_x"))
        .and(body_string_contains("client_secret=a%26b"))
        .and(body_string_contains("scope=one+two"))
        .and(body_string_contains("tenant_id=1111"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let clock: Arc<dyn Clock> = Arc::new(JumpClock::at("2026-10-01T00:00:00Z".parse().unwrap()));
    let http = Http::new(
        HttpConfig::default(),
        clock,
        Arc::new(CountingIds::from_seed(1)),
    )
    .unwrap();
    let grant = ClientCredentials {
        token_url: format!("{}/connect/token", server.uri()).parse().unwrap(),
        client_id: "isv_x".to_owned(),
        client_secret: SecretString::from("a&b".to_owned()),
        scopes: vec!["one".to_owned(), "two".to_owned()],
        extra: vec![("tenant_id".to_owned(), "1111".to_owned())],
    };
    client_credentials(&http, &grant).await
}

#[tokio::test]
async fn the_grant_sends_a_form_and_reads_the_token() {
    let body = json!({"access_token": "abc", "token_type": "Bearer", "expires_in": 3600, "scope": "one two"});
    let token = grant(ResponseTemplate::new(200).set_body_json(body))
        .await
        .unwrap();
    assert_eq!(token.value.expose_secret(), "abc");
    assert_eq!(
        (token.expires_in, token.scope.as_deref()),
        (Some(Duration::from_hours(1)), Some("one two"))
    );
}

#[tokio::test]
async fn the_grants_errors_are_told_apart() {
    let body = json!({"error": "invalid_tenant", "error_description": "no such tenant"});
    let refused = grant(ResponseTemplate::new(400).set_body_json(body))
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        GrantError::Refused {
            error: "invalid_tenant".to_owned(),
            description: "no such tenant".to_owned()
        }
    );
    let odd = grant(ResponseTemplate::new(503).set_body_string("<html>"))
        .await
        .unwrap_err();
    assert!(
        matches!(odd, GrantError::Odd { status: 503, .. }),
        "{odd:?}"
    );
    let odd = grant(ResponseTemplate::new(200).set_body_string("<html>"))
        .await
        .unwrap_err();
    assert!(
        matches!(odd, GrantError::Odd { status: 200, .. }),
        "{odd:?}"
    );
}
