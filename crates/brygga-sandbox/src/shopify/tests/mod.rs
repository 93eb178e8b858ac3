//! The practice Shopify over real HTTP.

mod documents;
mod faults;
mod fulfilments;
mod limits;
mod orders;
mod products;
mod rules;
mod stock;
mod tokens;
mod writes;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use brygga_core::JumpClock;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{ShopifyConfig, ShopifyServer};
use crate::faults::Faults;
use crate::pair::seeded_start;
use crate::practice;
use crate::record::Recorder;
use crate::shop_data::ShopData;

const API: &str = "/admin/api/2026-07/graphql.json";
const TOKEN: &str = "/admin/oauth/access_token";

/// A server with a client that has no time for proxies.
struct Bench {
    server: ShopifyServer,
    clock: Arc<JumpClock>,
    faults: Arc<Faults>,
    http: reqwest::Client,
    token: String,
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn http() -> reqwest::Client {
    // Another test may have been first.
    let _first = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client")
}

impl Bench {
    /// 120 seeded orders, a month later, with the legacy token.
    async fn new() -> Self {
        Self::with(ShopifyConfig::default()).await
    }

    async fn with(config: ShopifyConfig) -> Self {
        static SHOP: LazyLock<ShopData> =
            LazyLock::new(|| ShopData::seeded(120, 7, seeded_start()));
        Self::over(&SHOP, config).await
    }

    async fn over(data: &ShopData, config: ShopifyConfig) -> Self {
        let clock = Arc::new(JumpClock::at(moment("2026-11-05T12:00:00Z")));
        let faults = Arc::new(Faults::default());
        let (shared, fresh) = (Arc::clone(&clock), Arc::clone(&faults));
        let server =
            ShopifyServer::start(config, data, shared, fresh, Arc::new(Recorder::off()), 0)
                .await
                .expect("a free port");
        Self {
            server,
            clock,
            faults,
            http: http(),
            token: practice::SHOP_LEGACY_TOKEN.to_owned(),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            text: response.text().await?,
        })
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.server.url()))
            .header("x-shopify-access-token", &self.token)
    }

    async fn answer(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.post(API).json(&body))
            .await
            .expect("an answer")
    }

    /// The data of a query that must not fail.
    async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.answer(query, variables).await;
        let body = answer.json();
        assert!(body.get("errors").is_none(), "{}", answer.text);
        body["data"].clone()
    }

    async fn token_request(&self, fields: &[(&str, &str)]) -> Answer {
        self.send(
            self.http
                .post(format!("{}{TOKEN}", self.server.url()))
                .form(fields),
        )
        .await
        .expect("an answer")
    }
}

const GOOD: [(&str, &str); 3] = [
    ("grant_type", "client_credentials"),
    ("client_id", practice::SHOP_CLIENT_ID),
    ("client_secret", practice::SHOP_CLIENT_SECRET),
];
