//! The set-up from nothing to the first sync, by the commands that the window uses; and each thing that can be wrong with it.

mod reading;

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
use brygga_tests::proposals;
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
    assert_eq!(read["proposing"], true);
    // It is counted as if it were chosen, and nobody chose anything yet: that takes the merchant.
    let engine = Arc::clone(app.served.api().unwrap().engine());
    assert!(engine.settings().unwrap().vat.is_empty());
    assert!(engine.settings().unwrap().payments.gateways.is_empty());
    let again = call(&app, "setup_read", Value::Null).await.unwrap();
    assert_eq!(again, read, "left and resumed, it is proposed again");
    assert!(proposals::take(&app.served).await > 5);
    assert!(!engine.settings().unwrap().vat.is_empty());
    // What was taken still says why, on the mapping's own page, too.
    let mapping = call(&app, "mapping", Value::Null).await.unwrap();
    let vat = mapping["tables"].as_array().unwrap();
    let vat = vat.iter().find(|table| table["name"] == "vat").unwrap();
    for row in vat["rows"].as_array().unwrap() {
        assert_eq!(row["suggestion"]["values"], row["values"], "{row}");
        assert_eq!(row["suggestion"]["evidence"]["code"], "vat-id");
    }
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
    let read = call(&app, "setup_read", Value::Null).await.unwrap();
    assert_eq!(read["proposing"], false, "the merchant went on from it");

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
        Err("erp-approval".into())
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

/// Everything up to the sample: connected, chosen, mapped.
async fn mapped(app: &Unconnected, start: &str) -> Value {
    call(app, "setup_shop", right_shop()).await.unwrap();
    call(app, "setup_company", right_company()).await.unwrap();
    choose(app, json!({"start_date": start})).await;
    go(app, "mapping", "flows").await;
    let read = call(app, "setup_read", Value::Null).await.unwrap();
    proposals::take(&app.served).await;
    go(app, "sample", "mapping").await;
    read
}

async fn choose(app: &Unconnected, values: Value) {
    let settings = call(app, "settings", Value::Null).await.unwrap();
    let change = json!({"revision": settings["revision"], "values": values});
    call(app, "put_settings", change).await.unwrap();
}

async fn go(app: &Unconnected, step: &str, finished: &str) -> Value {
    let step = json!({"step": step, "finished": finished});
    call(app, "setup_go", step).await.unwrap()
}

async fn listed(app: &Unconnected, state: Value) -> Vec<Value> {
    let list = json!({"kind": "order", "search": null, "state": state, "offset": 0, "limit": 500});
    let answer = call(app, "records", list).await.unwrap();
    answer["rows"].as_array().unwrap().clone()
}

/// The first order that could be booked.
async fn bookable(app: &Unconnected) -> Value {
    for row in listed(app, json!("new")).await {
        let key = json!({"kind": "order", "id": row["id"]});
        let sample = call(app, "sample", key.clone()).await.unwrap();
        if sample["outcome"] == "book" {
            return key;
        }
    }
    panic!("no order can be booked");
}

fn done(view: &Value) -> Vec<&str> {
    let steps = view["done"].as_array().unwrap();
    steps.iter().map(|step| step.as_str().unwrap()).collect()
}

fn other_company() -> Value {
    company(practice::VISMA_CLIENT_SECRET, practice::VISMA_OTHER_TENANT)
}

fn rename(app: &Unconnected, name: &str) {
    app.pair.visma().change_data(|data| {
        name.clone_into(&mut data.branches[0].text);
    });
}

/// What is connected is tried again by what is kept, and a role or scope that is gone since is named.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_can_be_tried_again_without_typing_anything() {
    let app = fresh().await;
    let both = json!({"shop": true, "company": true});
    assert_eq!(
        call(&app, "setup_check", both.clone()).await,
        Err("not-connected".into())
    );
    call(&app, "setup_shop", right_shop()).await.unwrap();
    call(&app, "setup_company", right_company()).await.unwrap();
    let view = call(&app, "setup_check", both.clone()).await.unwrap();
    assert!(missing(&view["shop"]["found"]).is_empty());
    assert!(missing(&view["company"]["found"]).is_empty());

    app.pair.shopify().grant_scope("read_returns", false);
    let forbidden = Fault::Status {
        code: 403,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, forbidden).path("/v1/customer");
    app.pair.faults().add(rule);
    let view = call(&app, "setup_check", both).await.unwrap();
    assert_eq!(missing(&view["shop"]["found"]), ["read_returns"]);
    let found = &view["company"]["found"];
    assert_eq!(missing(found), ["customers-read"]);
    // An administrator is told what to look up.
    let lines = found["permissions"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == "customers-read");
    let reason = &line.unwrap()["reason"];
    assert_eq!(reason["code"], "erp-forbidden");
    assert_eq!(reason["params"]["call"], "GET /v1/customer (AR303000)");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_company_is_told_by_its_id_even_under_the_same_name() {
    let app = fresh().await;
    // As a test copy has it.
    rename(&app, practice::VISMA_OTHER_COMPANY);
    mapped(&app, "2026-10-01").await;
    let key = bookable(&app).await;
    let sent = call(&app, "sample_send", key).await.unwrap();
    assert_eq!(sent["outcome"], "booked");
    assert_eq!(
        call(&app, "setup_company", other_company()).await,
        Err("erp-other-company".into())
    );
    let view = call(&app, "setup", Value::Null).await.unwrap();
    assert_eq!(view["company"]["tenant_id"], practice::VISMA_COMPANY_TENANT);

    // The same company under another name is the same company.
    rename(&app, "Fjord & Fjell ASA");
    let view = call(&app, "setup_company", right_company()).await.unwrap();
    assert_eq!(view["company"]["found"]["name"], "Fjord & Fjell ASA");
    assert_eq!(
        app.ground.company_name().unwrap().as_deref(),
        Some("Fjord & Fjell ASA")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learned_of_one_company_is_not_used_in_another() {
    let app = fresh().await;
    mapped(&app, "2026-10-01").await;
    let store = &app.ground.store;
    // The customer is made, the order is refused.
    let refused = Fault::Status {
        code: 400,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, refused).method("POST");
    app.pair
        .faults()
        .add(rule.path("/api/v3/SalesOrders").times(u32::MAX));
    for row in listed(&app, json!("new")).await {
        let key = json!({"kind": "order", "id": row["id"]});
        let sample = call(&app, "sample", key.clone()).await.unwrap();
        if sample["outcome"] != "book" {
            continue;
        }
        call(&app, "sample_send", key).await.unwrap();
        if !store.links("customer").unwrap().is_empty() {
            break;
        }
    }
    app.pair.faults().clear();
    assert!(!store.links("customer").unwrap().is_empty());
    assert!(store.links("order").unwrap().is_empty());
    assert!(store.link("already-search", "last").unwrap().is_some());

    let view = call(&app, "setup_company", other_company()).await.unwrap();
    assert_eq!(
        view["company"]["found"]["name"],
        practice::VISMA_OTHER_COMPANY
    );
    assert!(store.links("customer").unwrap().is_empty());
    assert!(store.link("already-search", "last").unwrap().is_none());
    assert!(!done(&view).contains(&"mapping"), "{view}");
    assert_eq!(
        call(&app, "setup_start", Value::Null).await,
        Err("setup-incomplete".into())
    );
    // The same one again forgets nothing.
    let read = call(&app, "setup_read", Value::Null).await.unwrap();
    assert_eq!(read["proposing"], true, "what the other company has");
    go(&app, "sample", "mapping").await;
    let view = call(&app, "setup_company", other_company()).await.unwrap();
    assert!(done(&view).contains(&"mapping"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_connected_beside_a_run_and_no_run_begins_beside_a_check() {
    let app = fresh().await;
    mapped(&app, "2026-10-01").await;
    let key = bookable(&app).await;
    let slow = Fault::SlowBody { millis: 900 };
    let rule = FaultRule::next(Side::Visma, slow).path("/v1/branch");
    app.pair.faults().add(rule);
    let before = Arc::clone(app.served.api().unwrap().engine());
    let api = app.served.api().unwrap();
    let check = call(&app, "setup_company", right_company());
    let meanwhile = async {
        while api.call("overview", Value::Null).await.unwrap()["run"].is_null() {
            tokio::task::yield_now().await;
        }
        assert!(api.start(brygga_engine::RunOptions::default()).is_err());
        assert_eq!(
            call(&app, "sample_send", key.clone()).await,
            Err("sync-under-way".into())
        );
        assert_eq!(
            call(&app, "setup_shop", right_shop()).await,
            Err("sync-under-way".into())
        );
    };
    let (checked, ()) = tokio::join!(check, meanwhile);
    checked.unwrap();
    assert!(!Arc::ptr_eq(&before, app.served.api().unwrap().engine()));

    // The sample order has the run's place, too: the end of the program waits for it.
    let slow = Fault::SlowBody { millis: 900 };
    let rule = FaultRule::next(Side::Visma, slow).method("POST");
    app.pair.faults().add(rule.path("/api/v3/SalesOrders"));
    let api = app.served.api().unwrap();
    let asked = app.served.call("sample_send", key.clone());
    let on_its_way = async {
        while app.pair.faults().fired().len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    // Whoever asked goes away in the middle.
    tokio::select! {
        answer = asked => panic!("it takes a moment: {answer:?}"),
        () = on_its_way => {}
    }
    assert_eq!(
        call(&app, "setup_company", right_company()).await,
        Err("sync-under-way".into())
    );
    assert!(api.close(Duration::from_secs(20)).await);
    assert_eq!(app.ground.store.links("order").unwrap().len(), 1);
    assert_eq!(app.pair.visma().orders().len(), 1);
}

/// Orders are content with another permission to read where something is; stock is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_one_flow_alone_needs_is_asked_for_with_it() {
    let app = fresh().await;
    app.pair.shopify().grant_scope("read_locations", false);
    mapped(&app, "2026-10-01").await;
    let view = call(&app, "setup", Value::Null).await.unwrap();
    assert!(missing(&view["shop"]["found"]).is_empty(), "{view}");
    let engine = Arc::clone(app.served.api().unwrap().engine());
    let mut settings = Arc::unwrap_or_clone(engine.settings().unwrap());
    settings.stock.on = true;
    engine.put_settings(&settings, "test").unwrap();
    let view = call(&app, "setup", Value::Null).await.unwrap();
    assert!(
        missing(&view["shop"]["found"]).contains(&"read_locations"),
        "{view}"
    );
}
