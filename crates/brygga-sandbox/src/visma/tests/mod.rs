//! Over real HTTP, as the product meets it.

mod background;
mod cash;
mod connect;
mod data;
mod erp;
mod faults;
mod invoicing;
mod ledger;
mod orders;
mod payments;
mod products;
mod shipping;
mod spec;
mod spec_ledger;
mod stock;
mod totals;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use brygga_core::JumpClock;
use chrono::{DateTime, TimeZone as _, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{VismaConfig, VismaData, VismaServer};
use crate::faults::Faults;
use crate::practice;
use crate::record::Recorder;
use crate::shop_data::ShopData;

/// All scopes that a connector of orders and customers asks for.
const SCOPE: &str = "vismanet_erp_service_api:read vismanet_erp_service_api:create vismanet_erp_service_api:update vismanet_erp_service_api:delete \
                     visma.net.erp.salesorder:read visma.net.erp.salesorder:write";

fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 1, 8, 0, 0)
        .single()
        .expect("a moment")
}

fn shop() -> &'static ShopData {
    static SHOP: OnceLock<ShopData> = OnceLock::new();
    SHOP.get_or_init(|| ShopData::seeded(120, 1, start()))
}

/// A server with a client that has a token.
struct Bench {
    server: VismaServer,
    clock: Arc<JumpClock>,
    faults: Arc<Faults>,
    client: reqwest::Client,
    token: String,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The codes of a refused v3 write.
    fn codes(&self) -> Vec<String> {
        assert_eq!(self.status, 400, "{}", self.text);
        let details = self.json()["details"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        details
            .iter()
            .map(|detail| detail["code"].as_str().expect("a code").to_owned())
            .collect()
    }

    fn location_id(&self) -> &str {
        self.header("location")
            .rsplit('/')
            .next()
            .expect("a last part")
    }
}

impl Bench {
    async fn new() -> Self {
        Self::with(VismaConfig::default()).await
    }

    async fn with(config: VismaConfig) -> Self {
        static RING: OnceLock<()> = OnceLock::new();
        RING.get_or_init(|| {
            let _first = rustls::crypto::ring::default_provider().install_default();
        });
        let clock = Arc::new(JumpClock::at(start()));
        let faults = Arc::new(Faults::default());
        let data = VismaData::for_shop(shop(), &config);
        let server = VismaServer::start(
            config,
            data,
            clock.clone(),
            faults.clone(),
            Arc::new(Recorder::off()),
            0,
        )
        .await
        .expect("starts");
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(3))
            .no_proxy()
            .build()
            .expect("builds");
        let mut bench = Self {
            server,
            clock,
            faults,
            client,
            token: String::new(),
        };
        bench.renew().await;
        bench
    }

    async fn renew(&mut self) {
        let answer = self
            .token(&[("tenant_id", practice::VISMA_COMPANY_TENANT)])
            .await;
        self.token = answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
    }

    /// Asks for a token; `fields` replace the usual ones.
    async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", practice::VISMA_CLIENT_ID),
            ("client_secret", practice::VISMA_CLIENT_SECRET),
            ("scope", SCOPE),
        ];
        form.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
        form.extend_from_slice(fields);
        form.retain(|(_, value)| !value.is_empty());
        send(
            self.client
                .post(format!("{}/connect/token", self.server.url()))
                .form(&form),
        )
        .await
        .expect("answers")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.server.url()))
            .bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path))
            .await
            .expect("answers")
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body))
            .await
            .expect("answers")
    }

    /// A write under a condition; an empty ETag leaves the condition out.
    async fn write(&self, method: Method, path: &str, etag: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path);
        if !etag.is_empty() {
            request = request.header("If-Match", etag);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        send(request).await.expect("answers")
    }

    async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.write(Method::PATCH, path, etag, Some(body)).await
    }

    /// A new order of the house customer; its path and ETag.
    async fn order(&self, lines: Value) -> (String, String) {
        let answer = self.post(ORDERS, order(lines)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let path = format!("{ORDERS}/SO/{}", answer.location_id());
        let etag = self.get(&path).await.header("etag").to_owned();
        (path, etag)
    }

    /// Some item of the shop that is kept in stock.
    fn sku(&self) -> String {
        self.server
            .data()
            .items
            .values()
            .find(|item| item.is_stock())
            .expect("one")
            .number
            .clone()
    }
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer {
        status,
        headers,
        text: response.text().await?,
    })
}

const ORDERS: &str = "/api/v3/SalesOrders";

/// An order as a connector sends it.
fn order(lines: Value) -> Value {
    json!({
        "type": "SO",
        "currencyId": "NOK",
        "date": "2026-10-01T12:00:00Z",
        "customer": {"id": "HUS-NOK", "order": "#1001", "refNo": "5551001"},
        "taxZoneId": "NO-IN",
        "orderLines": lines,
    })
}

/// A line as a connector sends it.
fn line(item: &str, quantity: f64, price: f64, discount: f64, category: &str) -> Value {
    json!({
        "inventoryId": item,
        "quantity": quantity,
        "unitPrice": price,
        "hasManualPrice": true,
        "discountAmount": discount,
        "hasManualDiscount": true,
        "taxCategoryId": category,
        "externalLink": format!("line/{item}"),
    })
}
