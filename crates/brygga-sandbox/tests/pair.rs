//! The pair as its users meet it: one shop, one clock, two servers, one record.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test, its helpers included"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use brygga_core::JumpClock;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_sandbox::visma::VatRounding;
use brygga_sandbox::{Identity, Pair, PairConfig, ShopSource, practice, seeded_start};
use serde_json::{Value, json};

fn http() -> reqwest::Client {
    let _first = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client")
}

async fn names(http: &reqwest::Client, pair: &Pair, query: &str) -> Value {
    let request = http
        .post(format!(
            "{}/admin/api/2026-07/graphql.json",
            pair.shopify_url()
        ))
        .header("x-shopify-access-token", practice::SHOP_LEGACY_TOKEN)
        .json(&json!({ "query": query }));
    request
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON")
}

#[tokio::test]
async fn both_servers_share_shop_clock_and_faults() {
    let clock = Arc::new(JumpClock::at(seeded_start()));
    let shared = Arc::clone(&clock);
    let mut config = PairConfig::new(ShopSource::seeded(30, 3), shared);
    config.vat_rounding = VatRounding::Document;
    config.faults.add(
        FaultRule::next(
            Side::Visma,
            Fault::Status {
                code: 503,
                committed: false,
            },
        )
        .path("/connect/token"),
    );
    let pair = Pair::start(config).await.expect("free ports");
    let http = http();
    let query = "{ orders(first: 250) { nodes { name } } }";
    assert_eq!(
        names(&http, &pair, query).await["data"]["orders"]["nodes"],
        json!([]),
        "nothing has happened yet"
    );
    clock.advance(Duration::from_hours(31 * 24));
    assert_eq!(
        names(&http, &pair, query).await["data"]["orders"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(30)
    );

    let token = |scope: &'static str| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", practice::VISMA_CLIENT_ID),
            ("client_secret", practice::VISMA_CLIENT_SECRET),
            ("tenant_id", practice::VISMA_COMPANY_TENANT),
            ("scope", scope),
        ];
        http.post(format!("{}/connect/token", pair.visma_url()))
            .form(&fields)
    };
    let scope = "vismanet_erp_service_api:read";
    assert_eq!(token(scope).send().await.expect("an answer").status(), 503);
    let granted: Value = token(scope)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let items = http
        .get(format!("{}/v1/inventory?pageSize=5", pair.visma_url()))
        .bearer_auth(granted["access_token"].as_str().expect("a token"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(items.status(), 200);

    let counters = pair.counters();
    assert_eq!(
        (
            counters.shopify.calls,
            counters.shopify.writes,
            counters.visma.tokens,
            counters.visma.writes
        ),
        (2, 0, 2, 0)
    );
    assert_eq!(pair.faults().fired().len(), 1);
    assert!(!pair.shop_data().skus().is_empty());
    pair.shutdown().await;
}

#[tokio::test]
async fn a_people_s_change_shows_from_its_moment_on() {
    let clock = Arc::new(JumpClock::at(
        seeded_start() + Duration::from_hours(40 * 24),
    ));
    let shared = Arc::clone(&clock);
    let pair = Pair::start(PairConfig::new(ShopSource::seeded(5, 1), shared))
        .await
        .expect("free ports");
    let mut order = pair.shop_data().orders[0].versions[0].1.clone();
    let id = order["id"].as_str().expect("an id").to_owned();
    order["note"] = json!("please ring");
    let later = brygga_core::Clock::now(&*clock) + Duration::from_mins(1);
    pair.shopify().add_order_version(later, order);
    assert_ne!(
        pair.shopify().order(&id).expect("there")["note"],
        "please ring"
    );
    clock.advance(Duration::from_mins(1));
    let changed = pair.shopify().order(&id).expect("there");
    assert_eq!(changed["note"], "please ring");
    assert_eq!(
        changed["updatedAt"],
        later.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
}

#[tokio::test]
async fn a_taken_port_and_a_missing_folder_are_said() {
    let start = || Arc::new(JumpClock::at(seeded_start()));
    let first = Pair::start(PairConfig::new(ShopSource::seeded(1, 1), start()))
        .await
        .expect("free ports");
    let port = first
        .shopify_url()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port");
    let taken = Pair::start(PairConfig {
        shopify_port: port,
        ..PairConfig::new(ShopSource::seeded(1, 1), start())
    })
    .await;
    assert!(taken.is_err_and(|error| {
        error
            .to_string()
            .starts_with("the practice pair could not start")
    }));
    let nowhere = ShopSource::Recorded("/no/such/folder".into());
    assert!(
        Pair::start(PairConfig::new(nowhere, start()))
            .await
            .is_err()
    );
}

/// Kinds of records that are made in the life of an order. What the shop sells, and where, is the same in every practice shop.
const OF_ORDERS: [&str; 9] = [
    "Order",
    "LineItem",
    "ShippingLine",
    "OrderTransaction",
    "Refund",
    "Return",
    "Fulfillment",
    "Customer",
    "MailingAddress",
];

/// All global ids of these kinds, wherever they stand.
fn ids(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let kind = text.strip_prefix("gid://shopify/");
            if kind.is_some_and(|id| {
                OF_ORDERS
                    .iter()
                    .any(|kind| id.starts_with(&format!("{kind}/")))
            }) {
                found.insert(text.clone());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| ids(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| ids(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn two_practice_shops_share_no_id_of_an_order() {
    // One seed: whatever differs, differs by who they are.
    let of = async |number: u32| {
        let clock = Arc::new(JumpClock::at(
            seeded_start() + Duration::from_hours(10 * 24),
        ));
        let pair = Pair::start(PairConfig {
            identity: Identity::numbered(number),
            ..PairConfig::new(ShopSource::seeded(120, 7), clock)
        })
        .await
        .expect("free ports");
        let mut found = BTreeSet::new();
        let data = pair.shop_data();
        for life in data.orders.iter().chain(&data.payouts) {
            life.versions
                .iter()
                .for_each(|(_, version)| ids(version, &mut found));
        }
        data.customers
            .iter()
            .for_each(|customer| ids(customer, &mut found));
        // And one that is made while it runs.
        let sku = data.skus().first().expect("it sells").sku.clone();
        let sold = pair.shopify().act(&ShopChange::Sell { sku, quantity: 1 });
        let sold = pair.shopify().order(&sold.expect("sold")).expect("there");
        ids(&sold, &mut found);
        found
    };
    let shops = [of(1).await, of(2).await, of(3).await];
    for kind in OF_ORDERS {
        let kind = format!("gid://shopify/{kind}/");
        assert!(
            shops
                .iter()
                .all(|shop| shop.iter().any(|id| id.starts_with(&kind))),
            "{kind}"
        );
    }
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
        let both: Vec<_> = shops[first].intersection(&shops[second]).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
