//! The set-up from nothing to the first sync, by the commands that the window uses; and each thing that can be wrong with it.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::clock::JumpClock;
use brygga_http::HttpConfig;
use brygga_practice::{PracticeOptions, Unconnected};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use brygga_sandbox::practice;
use brygga_sandbox::visma::Change;
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn fresh() -> Unconnected {
    let clock: Arc<dyn Clock> = Arc::new(JumpClock::at(seeded_start() + TimeDelta::days(5)));
    let options = PracticeOptions {
        pair: PairConfig::new(ShopSource::seeded(60, 1), clock),
        seed: 1,
        http: HttpConfig {
            total_timeout: Duration::from_millis(1500),
            ..HttpConfig::default()
        },
    };
    Unconnected::start(options, Duration::from_mins(10))
        .await
        .expect("starts")
}

async fn call(app: &Unconnected, name: &str, request: Value) -> Result<Value, String> {
    let answer = app.served.call(name, request).await;
    answer.map_err(|error| error.code)
}

fn shop(domain: &str, client: Option<&str>, secret: &str) -> Value {
    json!({"domain": domain, "client_id": client, "secret": secret})
}

fn right_shop() -> Value {
    shop(
        practice::SHOP_DOMAIN,
        Some(practice::SHOP_CLIENT_ID),
        practice::SHOP_CLIENT_SECRET,
    )
}

fn company(secret: &str, tenant: &str) -> Value {
    json!({"client_id": practice::VISMA_CLIENT_ID, "tenant_id": tenant, "scopes": [], "secret": secret})
}

fn right_company() -> Value {
    company(
        practice::VISMA_CLIENT_SECRET,
        practice::VISMA_COMPANY_TENANT,
    )
}

fn missing(found: &Value) -> Vec<&str> {
    found["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["needed"] == true && line["ok"] == false)
        .map(|line| line["name"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_the_first_sync() {
    let app = fresh().await;
    let info = call(&app, "app_info", Value::Null).await.unwrap();
    assert_eq!(info["set_up"], false);
    assert_eq!(
        call(&app, "overview", Value::Null).await,
        Err("not-connected".into())
    );
    assert_eq!(
        call(&app, "setup_start", Value::Null).await,
        Err("setup-incomplete".into())
    );

    let view = call(&app, "setup_shop", right_shop()).await.unwrap();
    assert_eq!(view["shop"]["found"]["name"], "Fjord & Fjell AS");
    assert!(missing(&view["shop"]["found"]).is_empty());
    let view = call(&app, "setup_company", right_company()).await.unwrap();
    assert!(missing(&view["company"]["found"]).is_empty());
    assert_eq!(view["month"], "2026-10-01");
    assert!(
        !view
            .to_string()
            .replace(&view["practice"].to_string(), "")
            .contains("practice-secret")
    );

    // Left and resumed: where one was is kept.
    call(
        &app,
        "setup_go",
        json!({"step": "flows", "finished": "company"}),
    )
    .await
    .unwrap();
    let settings = call(&app, "settings", Value::Null).await.unwrap();
    let change = json!({"revision": settings["revision"], "values": {"start_date": view["month"]}});
    call(&app, "put_settings", change).await.unwrap();
    let view = call(
        &app,
        "setup_go",
        json!({"step": "mapping", "finished": "flows"}),
    )
    .await
    .unwrap();
    assert_eq!(view["step"], "mapping");
    assert_eq!(view["started"], false, "settings alone are no set-up");

    let read = call(&app, "setup_read", Value::Null).await.unwrap();
    assert!(read["read"].as_u64() > Some(0));
    assert!(
        read["ready"].as_u64() > Some(0),
        "the mapping is filled from both sides: {read}"
    );
    assert_eq!(app.pair.counters().visma.writes, 0, "nothing is sent");
    // Moving about is no change of the mapping that the page shows.
    let mapping = call(&app, "mapping", Value::Null).await.unwrap();
    call(
        &app,
        "setup_go",
        json!({"step": "sample", "finished": "mapping"}),
    )
    .await
    .unwrap();
    let change = json!({"revision": mapping["revision"], "rows": []});
    call(&app, "put_mapping", change)
        .await
        .expect("still the same revision");

    let list = json!({"kind": "order", "search": null, "state": "new", "offset": 0, "limit": 50});
    let orders = call(&app, "records", list).await.unwrap();
    let mut sent = None;
    for row in orders["rows"].as_array().unwrap() {
        let key = json!({"kind": "order", "id": row["id"]});
        let sample = call(&app, "sample", key.clone()).await.unwrap();
        if sample["outcome"] == "book" {
            assert_eq!(app.pair.counters().visma.writes, 0, "a look sends nothing");
            let total = &sample["documents"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["kind"] == "sales_order")
                .unwrap()["total"]["amount"];
            assert_eq!(total, &row["amount"]["amount"]);
            sent = Some(call(&app, "sample_send", key).await.unwrap());
            break;
        }
    }
    let sent = sent.expect("an order that can be booked");
    assert_eq!(sent["outcome"], "booked");
    assert!(
        sent["facts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|fact| fact["agrees"] != false)
    );
    assert_eq!(app.pair.visma().orders().len(), 1);

    let view = call(&app, "setup_start", Value::Null).await.unwrap();
    assert_eq!(view["started"], true);
    let info = call(&app, "app_info", Value::Null).await.unwrap();
    assert_eq!(
        (&info["set_up"], &info["shop"]),
        (&json!(true), &json!("Fjord & Fjell AS"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_thing_about_the_shop_has_its_code() {
    let app = fresh().await;
    let own = practice::SHOP_DOMAIN;
    let (id, secret) = (Some(practice::SHOP_CLIENT_ID), practice::SHOP_CLIENT_SECRET);
    for (request, code) in [
        (shop("www.fjord-og-fjell.no", id, secret), "shop-domain"),
        (
            shop("no-such-shop-here.myshopify.com", id, secret),
            "shop-not-found",
        ),
        (shop(own, Some("nobody"), secret), "shop-credentials"),
        (shop(own, id, "wrong"), "shop-credentials"),
        (shop(own, None, "shpat_wrong"), "shop-token"),
        (
            json!({"domain": own, "client_id": id, "secret": null}),
            "not-connected",
        ),
    ] {
        assert_eq!(
            call(&app, "setup_shop", request.clone()).await,
            Err(code.into()),
            "{request}"
        );
    }
    app.pair
        .shopify()
        .change_config(|config| config.same_organization = false);
    assert_eq!(
        call(&app, "setup_shop", right_shop()).await,
        Err("shop-other-organization".into())
    );
    app.pair.shopify().change_config(|config| {
        config.same_organization = true;
        config.app_installed = false;
    });
    assert_eq!(
        call(&app, "setup_shop", right_shop()).await,
        Err("shop-app-not-installed".into())
    );
    app.pair
        .shopify()
        .change_config(|config| config.app_installed = true);
    // Nothing of all this was kept.
    let view = call(&app, "setup", Value::Null).await.unwrap();
    assert_eq!(
        (&view["shop"]["domain"], &view["shop"]["secret_kept"]),
        (&Value::Null, &json!(false))
    );

    app.pair.shopify().grant_scope("read_returns", false);
    let view = call(&app, "setup_shop", right_shop()).await.unwrap();
    assert_eq!(missing(&view["shop"]["found"]), ["read_returns"]);
    // Added and approved: a test without typing the secret again finds it.
    app.pair.shopify().grant_scope("read_returns", true);
    let again = json!({"domain": own, "client_id": id, "secret": null});
    let view = call(&app, "setup_shop", again).await.unwrap();
    assert!(missing(&view["shop"]["found"]).is_empty());
    // The token of an older app goes the same way.
    let legacy = shop(own, None, practice::SHOP_LEGACY_TOKEN);
    assert_eq!(
        call(&app, "setup_shop", legacy).await.unwrap()["shop"]["client_id"],
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_thing_about_the_company_has_its_code() {
    let app = fresh().await;
    let (secret, tenant) = (
        practice::VISMA_CLIENT_SECRET,
        practice::VISMA_COMPANY_TENANT,
    );
    for (request, code) in [
        (company("wrong", tenant), "erp-credentials"),
        (
            company(secret, "00000000-0000-0000-0000-000000000000"),
            "erp-tenant",
        ),
        (
            company(secret, practice::VISMA_CUSTOMER_TENANT),
            "erp-tenant-is-customer",
        ),
    ] {
        assert_eq!(
            call(&app, "setup_company", request.clone()).await,
            Err(code.into()),
            "{request}"
        );
    }
    let visma = app.pair.visma();
    visma.remove_role(true);
    assert_eq!(
        call(&app, "setup_company", right_company()).await,
        Err("erp-tenant".into())
    );
    visma.remove_role(false);
    visma.change(Change::Approval { withdrawn: true });
    assert_eq!(
        call(&app, "setup_company", right_company()).await,
        Err("erp-credentials".into())
    );
    visma.change(Change::Approval { withdrawn: false });

    // A scope that is not approved: everything else is tried, and exactly this one is named.
    visma.grant_scope("visma.net.erp.salesorder:write", false);
    let view = call(&app, "setup_company", right_company()).await.unwrap();
    let found = &view["company"]["found"];
    assert_eq!(found["name"], "Fjord & Fjell AS");
    assert_eq!(missing(found), ["orders-write"]);
    let open: Vec<_> = found["modes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|mode| mode["open"] == true)
        .map(|mode| mode["mode"].as_str().unwrap())
        .collect();
    assert_eq!(open, ["direct_invoice"]);
    visma.grant_scope("visma.net.erp.salesorder:write", true);
    assert!(
        missing(&call(&app, "setup_company", right_company()).await.unwrap()["company"]["found"])
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_that_does_not_answer_is_told_from_a_wrong_word() {
    for (fault, code) in [
        (Fault::TooMany { retry_after_s: 900 }, "remote-busy"),
        (Fault::Timeout { committed: false }, "remote-timeout"),
        (Fault::Html { code: 200 }, "remote-not-json"),
        (
            Fault::Status {
                code: 503,
                committed: false,
            },
            "remote-broken",
        ),
    ] {
        for (side, name, request) in [
            (Side::Shopify, "setup_shop", right_shop()),
            (Side::Visma, "setup_company", right_company()),
        ] {
            let app = fresh().await;
            app.pair.faults().add(FaultRule {
                times: u32::MAX,
                ..FaultRule::next(side, fault.clone())
            });
            assert_eq!(
                call(&app, name, request).await,
                Err(code.into()),
                "{side:?} {fault:?}"
            );
        }
    }
}
