//! The client against the practice shop, over real HTTP: it executes each document and rejects what the real one rejects.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may fail by a panic, and says what it leaves out"
)]

mod goods;
mod sending;
mod write_back;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use brygga_core::clock::JumpClock;
use brygga_core::ids::CountingIds;
use brygga_core::shop::{LineKind, Order, OrderId};
use brygga_core::{Clock, Code, Problem};
use brygga_http::{Http, HttpConfig};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::{Pair, PairConfig, ShopSource, practice, seeded_start};
use brygga_shopify::{Auth, RawOrder, Shopify, ShopifyConfig, WriteFailure, wire};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};

struct Bench {
    pair: Pair,
    clock: Arc<JumpClock>,
}

impl Bench {
    /// A pair whose month is over.
    async fn of(shop: ShopSource, now: DateTime<Utc>) -> Self {
        let clock = Arc::new(JumpClock::at(now));
        let shared: Arc<dyn Clock> = Arc::<JumpClock>::clone(&clock);
        let pair = Pair::start(PairConfig::new(shop, shared)).await.unwrap();
        Self { pair, clock }
    }

    async fn seeded(orders: u32) -> Self {
        Self::of(
            ShopSource::seeded(orders, 1),
            seeded_start() + TimeDelta::days(45),
        )
        .await
    }

    fn shop_with(&self, domain: &str, auth: Auth) -> Shopify {
        let shared: Arc<dyn Clock> = Arc::<JumpClock>::clone(&self.clock);
        let http = Http::new(
            HttpConfig::default(),
            shared,
            Arc::new(CountingIds::from_seed(3)),
        )
        .unwrap();
        let config = ShopifyConfig {
            domain: domain.to_owned(),
            auth,
            base_url: Some(self.pair.shopify_url()),
        };
        Shopify::new(config, http).unwrap()
    }

    fn shop(&self) -> Shopify {
        self.shop_with(
            practice::SHOP_DOMAIN,
            credentials(practice::SHOP_CLIENT_SECRET),
        )
    }

    fn fault(&self, fault: Fault, times: u32) {
        self.pair.faults().add(FaultRule {
            side: Side::Shopify,
            method: None,
            path_contains: Some("graphql".to_owned()),
            operation: None,
            about: None,
            skip: 0,
            times,
            fault,
        });
    }
}

fn credentials(secret: &str) -> Auth {
    Auth::ClientCredentials {
        client_id: practice::SHOP_CLIENT_ID.to_owned(),
        secret: SecretString::from(secret.to_owned()),
    }
}

async fn all(shop: &Shopify, since: DateTime<Utc>) -> Result<Vec<RawOrder>, Problem> {
    let mut orders = Vec::new();
    let mut after = None;
    loop {
        let page = shop.orders_changed(since, None, after.as_deref()).await?;
        orders.extend(page.orders);
        after = page.next;
        if after.is_none() {
            return Ok(orders);
        }
    }
}

fn understood(orders: &[RawOrder]) -> Vec<Order> {
    orders
        .iter()
        .map(|order| {
            wire::order(&order.json).unwrap_or_else(|problem| panic!("{}: {problem}", order.name))
        })
        .collect()
}

#[tokio::test]
async fn a_months_orders_come_whole_each_once_and_are_understood() {
    let bench = Bench::seeded(500).await;
    let shop = bench.shop();
    let orders = all(&shop, seeded_start() - TimeDelta::days(1))
        .await
        .unwrap();
    let ids: BTreeSet<&str> = orders.iter().map(|order| order.id.0.as_str()).collect();
    assert_eq!(
        (orders.len(), ids.len()),
        (bench.pair.shop_data().orders.len(), orders.len())
    );
    assert!(
        orders.is_sorted_by_key(|order| order.updated_at),
        "oldest change first"
    );

    let understood = understood(&orders);
    let with =
        |test: &dyn Fn(&Order) -> bool| understood.iter().filter(|order| test(order)).count();
    let kinds = |kind: &dyn Fn(&LineKind) -> bool| {
        with(&|order| order.lines.iter().any(|line| kind(&line.kind)))
    };
    println!(
        "{} orders, {} with refunds, {} cancelled, {} of companies, {} over the counter, {} with a tip, {} with a gift card",
        understood.len(),
        with(&|order| !order.refunds.is_empty()),
        with(&|order| order.cancelled_at.is_some()),
        with(&|order| order.b2b.is_some()),
        with(&|order| order.pos_country.is_some()),
        kinds(&|kind| *kind == LineKind::Tip),
        kinds(&|kind| *kind == LineKind::GiftCard),
    );
    for order in &understood {
        // every tip that the shop counts is found among the lines
        let tip = order
            .totals
            .tip
            .map_or_else(Default::default, |tip| tip.shop.amount);
        let found: brygga_core::Decimal = order
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Tip)
            .map(|line| line.original_total.shop.amount)
            .sum();
        assert_eq!(found, tip, "{}", order.name);
        // what was sent is of the order, and no more than was ordered
        for line in order.fulfilments.iter().flat_map(|one| &one.lines) {
            let ordered = order.lines.iter().find(|one| one.id == line.line_id);
            assert!(
                ordered.is_some_and(|one| line.quantity <= one.quantity),
                "{}",
                order.name
            );
        }
        for transaction in order.refunds.iter().flat_map(|one| &one.transactions) {
            assert!(
                order.transactions.iter().any(|one| one.id == *transaction),
                "{}",
                order.name
            );
        }
        for tax in order.lines.iter().flat_map(|line| &line.taxes) {
            assert!(tax.rate_percent.is_some(), "{}", order.name);
        }
    }
    for found in [
        with(&|order| !order.refunds.is_empty()),
        with(&|order| order.b2b.is_some()),
        with(&|order| order.pos_country.is_some()),
        with(&|order| !order.fulfilments.is_empty()),
        with(&|order| order.fulfilments.iter().any(|one| one.lines.len() > 20)),
        with(&|order| {
            order
                .refunds
                .iter()
                .any(|refund| !refund.transactions.is_empty())
        }),
    ] {
        assert!(found > 0, "the month lacks something that it should have");
    }

    let counters = bench.pair.counters().shopify;
    println!(
        "{} calls, {} points, {} tokens",
        counters.calls, counters.points, counters.tokens
    );
    assert_eq!((counters.tokens, counters.writes), (1, 0));
    assert!(
        // ten pages of fifty, and what is longer than its page
        counters.calls <= 30,
        "{} calls for 500 orders",
        counters.calls
    );
    assert_eq!(shop.budget().limits(), Some((2000, 100)));
}

#[tokio::test]
async fn both_ways_of_reading_an_order_give_the_same() {
    let bench = Bench::seeded(40).await;
    let shop = bench.shop();
    for order in all(&shop, seeded_start()).await.unwrap() {
        assert_eq!(
            shop.order(&order.id).await.unwrap().unwrap(),
            order,
            "{}",
            order.name
        );
    }
    assert_eq!(shop.order(&OrderId("1".to_owned())).await.unwrap(), None);
}

#[tokio::test]
async fn an_order_with_260_lines_and_long_refunds_comes_whole() {
    let bench = Bench::seeded(60).await;
    let shop = bench.shop();
    let refunded = |order: &RawOrder| {
        let order = wire::order(&order.json).unwrap();
        !order.shipping.is_empty() && order.refunds.iter().any(|refund| !refund.lines.is_empty())
    };
    let orders = all(&shop, seeded_start()).await.unwrap();
    let chosen = orders.into_iter().find(refunded).unwrap();
    let many = |pattern: &Value, kind: &str, count: usize| -> Value {
        let row = |number| {
            let mut row = pattern.clone();
            row["id"] = json!(format!("gid://shopify/{kind}/{}", 770_000 + number));
            row
        };
        (0..count).map(row).collect()
    };
    bench
        .pair
        .shopify()
        .change_order(&chosen.id.gid(), |order| {
            order["lineItems"] = many(&order["lineItems"][0], "LineItem", 260);
            order["shippingLines"] = many(&order["shippingLines"][0], "ShippingLine", 12);
            let refunds = order["refunds"].as_array_mut().unwrap();
            let refund = refunds
                .iter_mut()
                .find(|refund| refund["refundLineItems"][0].is_object())
                .unwrap();
            refund["refundLineItems"] = many(&refund["refundLineItems"][0], "RefundLineItem", 45);
            let subtotal = refund["refundLineItems"][0]["subtotalSet"].clone();
            let shipping = json!({"subtotalAmountSet": subtotal, "taxAmountSet": subtotal});
            refund["refundShippingLines"] = many(&shipping, "RefundShippingLine", 8);
        });
    bench.clock.advance(Duration::from_mins(1));
    let order = wire::order(&shop.order(&chosen.id).await.unwrap().unwrap().json).unwrap();
    assert_eq!((order.lines.len(), order.shipping.len()), (260, 12));
    assert_eq!(
        order
            .lines
            .iter()
            .map(|line| &line.id)
            .collect::<BTreeSet<_>>()
            .len(),
        260
    );
    assert!(
        order
            .refunds
            .iter()
            .any(|refund| refund.lines.len() == 45 && refund.shipping.len() == 8)
    );
    let paged = all(&shop, seeded_start())
        .await
        .unwrap()
        .into_iter()
        .find(|order| order.id == chosen.id)
        .unwrap();
    assert_eq!(wire::order(&paged.json).unwrap(), order);
}

#[tokio::test]
async fn the_window_and_the_customers_are_read_too() {
    let bench = Bench::seeded(120).await;
    let shop = bench.shop();
    let mut seen = 0;
    let mut after = None;
    loop {
        let page = shop
            .orders_by_id_window(seeded_start(), bench.clock.now(), after.as_deref())
            .await
            .unwrap();
        seen += page.orders.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, bench.pair.shop_data().orders.len());

    let page = shop
        .customers_changed(DateTime::UNIX_EPOCH, None, None)
        .await
        .unwrap();
    assert!(!page.customers.is_empty());
    let first = &page.customers[0];
    wire::customer(&first.json).unwrap();
    assert_eq!(
        shop.customer(&first.id).await.unwrap().as_ref(),
        Some(first)
    );
    assert_eq!(shop.customer("1").await.unwrap(), None);
}

#[tokio::test]
async fn the_way_in_is_checked_in_all_its_parts() {
    let bench = Bench::seeded(5).await;
    let (info, report) = bench.shop().connect_check().await.unwrap();
    assert_eq!(
        (
            info.domain.as_str(),
            info.currency.code(),
            info.country.as_str(),
            info.time_zone.name()
        ),
        (practice::SHOP_DOMAIN, "NOK", "NO", "Europe/Oslo")
    );
    assert_eq!((report.problem(), report.horizon()), (None, None));

    let code = async |shop: Shopify| shop.connect_check().await.unwrap_err().code;
    assert_eq!(
        code(bench.shop_with("no-such-shop.myshopify.com", credentials("x"))).await,
        Code::ShopNotFound
    );
    assert_eq!(
        code(bench.shop_with(practice::SHOP_DOMAIN, credentials("wrong"))).await,
        Code::ShopCredentials
    );
    let legacy = |token: &str| {
        bench.shop_with(
            practice::SHOP_DOMAIN,
            Auth::Token(SecretString::from(token.to_owned())),
        )
    };
    assert!(
        legacy(practice::SHOP_LEGACY_TOKEN)
            .connect_check()
            .await
            .is_ok()
    );
    assert_eq!(
        code(legacy("shpss_a_secret_as_token")).await,
        Code::ShopToken
    );

    bench
        .pair
        .shopify()
        .change_config(|config| config.app_installed = false);
    assert_eq!(code(bench.shop()).await, Code::ShopAppMissing);
    bench
        .pair
        .shopify()
        .change_config(|config| (config.app_installed, config.same_organization) = (true, false));
    assert_eq!(code(bench.shop()).await, Code::ShopOrganization);
}

#[tokio::test]
async fn missing_scopes_are_named_before_and_at_the_call() {
    let bench = Bench::seeded(20).await;
    bench.pair.shopify().change_config(|config| {
        config.granted_scopes = vec!["read_orders".to_owned(), "read_customers".to_owned()];
    });
    let shop = bench.shop();
    let (_, report) = shop.connect_check().await.unwrap();
    assert_eq!(report.missing, ["read_products", "read_locations"]);
    assert!(report.sixty_days_only);
    let problem = all(&shop, seeded_start()).await.unwrap_err();
    assert_eq!(problem.code, Code::ShopAccess, "{problem}");
    println!("{problem}");

    bench
        .pair
        .shopify()
        .change_config(|config| config.granted_scopes = vec!["read_customers".to_owned()]);
    assert_eq!(
        all(&bench.shop(), seeded_start()).await.unwrap_err().code,
        Code::ShopAccess
    );
}

#[tokio::test]
async fn withheld_persons_leave_orders_that_say_so() {
    let bench = Bench::seeded(30).await;
    bench
        .pair
        .shopify()
        .change_config(|config| config.level_2_withheld = true);
    let orders = understood(&all(&bench.shop(), seeded_start()).await.unwrap());
    assert!(!orders.is_empty());
    for order in &orders {
        assert_eq!(order.email, None);
        assert!(
            order.withheld.iter().any(|field| field == "email"),
            "{}: {:?}",
            order.name,
            order.withheld
        );
        assert!(
            order
                .shipping_address
                .as_ref()
                .is_none_or(|address| address.line1.is_none())
        );
    }
}

#[tokio::test]
async fn a_token_that_died_is_replaced_once_and_a_dead_app_is_told() {
    let bench = Bench::seeded(5).await;
    let shop = bench.shop();
    shop.shop_info().await.unwrap();
    bench.pair.shopify().expire_tokens();
    shop.shop_info().await.unwrap();
    assert_eq!(shop.tokens_fetched().await, 2);
    // a day later it is renewed before it dies
    bench.clock.advance(Duration::from_secs(86_399 - 30));
    shop.shop_info().await.unwrap();
    assert_eq!(shop.tokens_fetched().await, 3);
    bench.pair.shopify().revoke(true);
    bench.pair.shopify().expire_tokens();
    let problem = shop.shop_info().await.unwrap_err();
    assert!(
        matches!(problem.code, Code::ShopCredentials | Code::ShopToken),
        "{problem}"
    );
}

#[tokio::test]
async fn passing_faults_are_waited_out() {
    let bench = Bench::seeded(60).await;
    let calm = all(&bench.shop(), seeded_start()).await.unwrap();
    for fault in [
        Fault::TooMany { retry_after_s: 2 },
        Fault::Throttled,
        Fault::Status {
            code: 503,
            committed: false,
        },
        Fault::Status {
            code: 500,
            committed: true,
        },
        Fault::Cut { committed: true },
        Fault::SlowBody { millis: 50 },
        Fault::Html { code: 200 },
        Fault::Html { code: 502 },
        Fault::TruncatedJson,
        Fault::Unauthorized,
    ] {
        bench.fault(fault.clone(), 2);
        let rough = all(&bench.shop(), seeded_start()).await;
        // two 401 in a row are the end: the token was replaced once (facts 1.10)
        if fault == Fault::Unauthorized {
            assert_eq!(rough.unwrap_err().code, Code::ShopToken);
        } else {
            assert_eq!(
                rough.unwrap_or_else(|problem| panic!("{fault:?}: {problem}")),
                calm,
                "{fault:?}"
            );
        }
        bench.pair.faults().clear();
    }
}

#[tokio::test]
async fn lasting_faults_end_with_their_code() {
    let bench = Bench::seeded(5).await;
    for (fault, code) in [
        (Fault::TooMany { retry_after_s: 2 }, Code::RemoteBusy),
        (Fault::Throttled, Code::RemoteBusy),
        (
            Fault::Status {
                code: 503,
                committed: false,
            },
            Code::RemoteBroken,
        ),
        (
            Fault::Status {
                code: 423,
                committed: false,
            },
            Code::ShopUnavailable,
        ),
        (Fault::Cut { committed: false }, Code::RemoteUnreachable),
        (Fault::Html { code: 200 }, Code::RemoteNotJson),
        (Fault::TruncatedJson, Code::RemoteNotJson),
    ] {
        bench.fault(fault.clone(), 1000);
        let problem = all(&bench.shop(), seeded_start()).await.unwrap_err();
        assert_eq!(problem.code, code, "{fault:?}: {problem}");
        bench.pair.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_readers_shares_token_and_bucket() {
    let bench = Bench::seeded(100).await;
    let shop = bench.shop();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let shop = shop.clone();
            tokio::spawn(async move { all(&shop, seeded_start()).await.map(|orders| orders.len()) })
        })
        .collect();
    for task in tasks {
        assert_eq!(
            task.await.unwrap().unwrap(),
            bench.pair.shop_data().orders.len()
        );
    }
    let counters = bench.pair.counters().shopify;
    println!("{counters:?}");
    // answers overtake each other, so that now and then one call too many goes out; it is made again
    assert!(counters.throttled * 4 <= counters.calls, "{counters:?}");
    assert_eq!(counters.tokens, 1);
}

#[tokio::test]
async fn recorded_orders_are_understood() {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/examples/shopify"
    ));
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let bench = Bench::of(
        ShopSource::Recorded(folder),
        "2026-12-31T00:00:00Z".parse().unwrap(),
    )
    .await;
    let orders = all(&bench.shop(), DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(orders.len(), bench.pair.shop_data().orders.len());
    let unreadable: Vec<String> = orders
        .iter()
        .filter_map(|order| wire::order(&order.json).err())
        .map(|problem| problem.to_string())
        .collect();
    println!(
        "{} recorded orders, {} not understood",
        orders.len(),
        unreadable.len()
    );
    assert!(unreadable.is_empty(), "{unreadable:#?}");
}
