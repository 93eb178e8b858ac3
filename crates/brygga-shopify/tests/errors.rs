//! Everything that a shop or what stands before it can answer instead of data, each with its code (`facts/shopify` 1 to 4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

mod common;

use std::time::Duration;

use brygga_core::{Clock, Code, Problem};
use common::*;
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn of_api(answer: ResponseTemplate) -> Problem {
    let server = MockServer::start().await;
    with_answer(&server, answer).await;
    shop(&server, by_token())
        .0
        .orders_changed(start(), None, None)
        .await
        .unwrap_err()
}

async fn of_token(answer: ResponseTemplate) -> Problem {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN_PATH))
        .respond_with(answer)
        .mount(&server)
        .await;
    shop(&server, by_secret()).0.shop_info().await.unwrap_err()
}

#[tokio::test]
async fn each_status_has_its_code() {
    for (status, code) in [
        (401, Code::ShopToken),
        (402, Code::ShopUnavailable),
        (403, Code::ShopUnavailable),
        (404, Code::ShopNotFound),
        (423, Code::ShopUnavailable),
        (429, Code::RemoteBusy),
        (430, Code::ShopUnavailable),
        (500, Code::RemoteBroken),
        (503, Code::RemoteBroken),
        (302, Code::RemoteUnexpected),
        (400, Code::ShopQuery),
    ] {
        let problem = of_api(
            ResponseTemplate::new(status)
                .set_body_string("<!DOCTYPE html><html><body>Oops</body></html>"),
        )
        .await;
        assert_eq!(problem.code, code, "{status}: {problem}");
        assert!(
            !problem.message().contains('{'),
            "{status}: a parameter is missing in {}",
            problem.message()
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_said_to_be_none() {
    for body in [
        "<html>sign in to the hotel</html>",
        r#"{"data": {"orders": {"nod"#,
        "",
        "null and void",
    ] {
        let problem = of_api(ResponseTemplate::new(200).set_body_string(body)).await;
        assert_eq!(problem.code, Code::RemoteNotJson, "{body}");
    }
}

#[tokio::test]
async fn a_cut_answer_is_read_again() {
    let server = MockServer::start().await;
    Mock::given(path(API_PATH))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"data": {"#))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    with_api(&server, |_, _| page_of(&[])).await;
    assert!(
        shop(&server, by_token())
            .0
            .orders_changed(start(), None, None)
            .await
            .unwrap()
            .orders
            .is_empty()
    );
}

#[tokio::test]
async fn another_version_than_the_pinned_one_is_an_error() {
    let problem = of_api(
        ResponseTemplate::new(200)
            .insert_header("X-Shopify-API-Version", "2026-10")
            .set_body_json(page_of(&[])),
    )
    .await;
    assert_eq!(
        (
            problem.code,
            problem.params["got"].as_str(),
            problem.params["asked"].as_str()
        ),
        (Code::ShopVersion, "2026-10", "2026-07")
    );
}

#[tokio::test]
async fn a_list_that_was_denied_names_field_and_scope() {
    let body = json!({"data": {"orders": null}, "errors": [{"message": "Access denied for orders field.", "path": ["orders"],
        "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_orders` access scope."}}]});
    let problem = of_api(ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(
        (problem.code, problem.params["field"].as_str()),
        (Code::ShopAccess, "orders")
    );
    assert_eq!(problem.params["scope"], "`read_orders` access scope");
}

#[tokio::test]
async fn withheld_personal_fields_are_kept_as_such_and_the_order_stays() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| {
        let mut node = order(1, &[line(1)], &[], &[]);
        node["email"] = json!(null);
        node["customer"] = json!({"id": "gid://shopify/Customer/5", "legacyResourceId": "5", "updatedAt": "2026-10-01T10:00:00Z", "firstName": null});
        let mut body = page_of(&[order(2, &[line(2)], &[], &[]), node]);
        body["errors"] = json!([
            {"message": "This app is not approved to use the email field.", "path": ["orders", "nodes", 1, "email"], "extensions": {"code": "ACCESS_DENIED"}},
            {"message": "This app is not approved to access the Customer object.", "path": ["orders", "nodes", 1, "customer", "firstName"]}
        ]);
        body
    })
    .await;
    let page = shop(&server, by_token())
        .0
        .orders_changed(start(), None, None)
        .await
        .unwrap();
    let read = |index: usize| brygga_shopify::wire::order(&page.orders[index].json).unwrap();
    assert!(read(0).withheld.is_empty());
    assert_eq!(read(1).withheld, ["email", "customer.firstName"]);
    assert_eq!(read(1).customer.unwrap().id, "5");
}

#[tokio::test]
async fn a_withheld_field_that_carries_money_fails_the_page() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| {
        let mut body = page_of(&[order(1, &[line(1)], &[], &[])]);
        body["errors"] = json!([{"message": "Access denied", "path": ["orders", "nodes", 0, "refunds"],
            "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_x` access scope."}}]);
        body
    })
    .await;
    let problem = shop(&server, by_token())
        .0
        .orders_changed(start(), None, None)
        .await
        .unwrap_err();
    assert_eq!(
        (problem.code, problem.params["field"].as_str()),
        (Code::ShopAccess, "orders.nodes.refunds")
    );
}

#[tokio::test]
async fn token_errors_are_told_apart() {
    let page = |text: &str| {
        format!(
            "<!DOCTYPE html><html><head><title>x</title></head><body><p>{text}</p></body></html>"
        )
    };
    let not_permitted =
        "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop.";
    let not_installed =
        "Oauth error app_not_installed: The application is not installed on this shop.";
    for (status, body, code) in [
        (400, page(not_permitted), Code::ShopOrganization),
        (
            400,
            json!({"error": "shop_not_permitted", "error_description": not_permitted}).to_string(),
            Code::ShopOrganization,
        ),
        (400, page(not_installed), Code::ShopAppMissing),
        (
            400,
            json!({"error": "app_not_installed"}).to_string(),
            Code::ShopAppMissing,
        ),
        (
            400,
            page(
                "Oauth error invalid_request: Could not find Shopify API application with api_key the-client-id",
            ),
            Code::ShopCredentials,
        ),
        (
            401,
            json!({"error": "invalid_client", "error_description": "bad the-secret"}).to_string(),
            Code::ShopCredentials,
        ),
        (400, String::new(), Code::ShopCredentials),
        (404, page("Not found"), Code::ShopNotFound),
        (402, page("Frozen"), Code::ShopUnavailable),
        (503, page("Down"), Code::RemoteBroken),
        (429, String::new(), Code::RemoteBusy),
        (200, page("Sign in"), Code::RemoteNotJson),
        (200, "{}".to_owned(), Code::RemoteUnexpected),
    ] {
        let problem = of_token(ResponseTemplate::new(status).set_body_string(body.clone())).await;
        assert_eq!(problem.code, code, "{status} {body}: {problem}");
        let shown = format!("{problem} {:?}", problem.params);
        assert!(
            !shown.contains("the-secret") && !shown.contains("the-client-id"),
            "{shown}"
        );
        assert!(
            !problem.message().contains('{'),
            "{status}: a parameter is missing in {}",
            problem.message()
        );
    }
}

#[tokio::test]
async fn the_token_is_asked_for_once_and_sent_with_each_call_to_the_right_shop() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(header("host", "fjord.myshopify.com"))
        .and(body_string_contains(
            "grant_type=client_credentials&client_id=the-client-id&client_secret=the-secret",
        ))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"access_token": "abc", "scope": "x", "expires_in": 86399})),
        )
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(API_PATH))
        .and(header("x-shopify-access-token", "abc"))
        .and(header("host", "fjord.myshopify.com"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page_of(&[])))
        .expect(20)
        .mount(&server)
        .await;
    let (shop, _) = shop(&server, by_secret());
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let shop = shop.clone();
            tokio::spawn(async move { shop.orders_changed(start(), None, None).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(shop.tokens_fetched().await, 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    Mock::given(path(API_PATH))
        .and(header("x-shopify-access-token", "t1"))
        .respond_with(
            ResponseTemplate::new(401)
                .set_body_json(json!({"errors": "[API] Invalid API key or access token"})),
        )
        .expect(1)
        .mount(&server)
        .await;
    with_answer(
        &server,
        ResponseTemplate::new(200).set_body_json(page_of(&[])),
    )
    .await;
    let (shop, _) = shop(&server, by_secret());
    shop.orders_changed(start(), None, None).await.unwrap();
    assert_eq!(shop.tokens_fetched().await, 2);
}

#[tokio::test]
async fn a_shop_that_takes_no_token_is_asked_twice_and_no_more() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    Mock::given(path(API_PATH))
        .respond_with(ResponseTemplate::new(401))
        .expect(2)
        .mount(&server)
        .await;
    let (shop, _) = shop(&server, by_secret());
    assert_eq!(
        shop.orders_changed(start(), None, None)
            .await
            .unwrap_err()
            .code,
        Code::ShopToken
    );
    assert_eq!(shop.tokens_fetched().await, 2);
}

#[tokio::test]
async fn throttling_waits_as_long_as_the_points_need() {
    let server = MockServer::start().await;
    let throttled = json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": 767, "actualQueryCost": null,
            "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 167, "restoreRate": 100}}}});
    Mock::given(path(API_PATH))
        .respond_with(ResponseTemplate::new(200).set_body_json(throttled))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    with_answer(
        &server,
        ResponseTemplate::new(200).set_body_json(page_of(&[])),
    )
    .await;
    let (shop, clock) = shop(&server, by_token());
    shop.orders_changed(start(), None, None).await.unwrap();
    let waited = (clock.now() - start()).to_std().unwrap();
    assert!(
        waited >= Duration::from_secs(6) && waited < Duration::from_secs(9),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_call_that_does_not_fit_waits_before_it_is_sent() {
    let server = MockServer::start().await;
    let mut body = page_of(&[]);
    body["extensions"] = json!({"cost": {"requestedQueryCost": 891, "actualQueryCost": 4,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 391, "restoreRate": 100.0}}});
    with_answer(&server, ResponseTemplate::new(200).set_body_json(body)).await;
    let (shop, clock) = shop(&server, by_token());
    assert_eq!(shop.budget().available(clock.now()), None);
    shop.orders_changed(start(), None, None).await.unwrap();
    assert_eq!(clock.now(), start());
    assert_eq!(shop.budget().available(clock.now()), Some(391));
    shop.orders_changed(start(), None, None).await.unwrap();
    assert_eq!(clock.now() - start(), chrono::TimeDelta::seconds(5));
    assert_eq!(shop.budget().limits(), Some((2000, 100)));
}

#[tokio::test]
async fn a_wrong_address_never_gets_a_call() {
    use brygga_shopify::{Shopify, ShopifyConfig};
    let config = |domain: &str, base: Option<&str>| ShopifyConfig {
        domain: domain.to_owned(),
        auth: by_token(),
        base_url: base.map(str::to_owned),
    };
    assert_eq!(
        Shopify::new(config("www.fjord.no", None), http().0)
            .unwrap_err()
            .code,
        Code::ShopDomain
    );
    let elsewhere = config("fjord.myshopify.com", Some("https://evil.example"));
    assert_eq!(
        Shopify::new(elsewhere, http().0).unwrap_err().code,
        Code::AddressNotLoopback
    );
    assert!(Shopify::new(config("fjord.myshopify.com", None), http().0).is_ok());
}

#[tokio::test]
async fn the_shop_tells_who_it_is_and_what_is_missing() {
    let server = MockServer::start().await;
    with_api(&server, |_, _| {
        json!({"data": {
            "shop": {"id": "gid://shopify/Shop/1", "name": "Fjord", "myshopifyDomain": "fjord.myshopify.com", "currencyCode": "NOK",
                "ianaTimezone": "Europe/Oslo", "taxesIncluded": true, "shopAddress": {"countryCodeV2": "NO"}},
            "currentAppInstallation": {"id": "x", "accessScopes": [{"handle": "write_orders"}, {"handle": "read_customers"}]}
        }})
    })
    .await;
    let (info, report) = shop(&server, by_token()).0.connect_check().await.unwrap();
    assert_eq!(
        (
            info.name.as_str(),
            info.country.as_str(),
            info.time_zone.name()
        ),
        ("Fjord", "NO", "Europe/Oslo")
    );
    assert_eq!(report.missing, ["read_products", "read_locations"]);
    assert_eq!(report.problem().unwrap().code, Code::ShopScopes);
    assert_eq!(report.horizon().unwrap().code, Code::ShopHorizon);
}
