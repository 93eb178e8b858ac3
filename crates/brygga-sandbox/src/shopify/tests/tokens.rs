use reqwest::header::HOST;
use serde_json::json;

use super::{API, Bench, GOOD, TOKEN};
use crate::faults::{Fault, FaultRule, Side};
use crate::practice;

#[tokio::test]
async fn a_form_and_json_both_get_a_token_that_ends_by_the_clock() {
    let mut bench = Bench::new().await;
    let form = bench.token_request(&GOOD).await;
    assert_eq!(
        (form.status, form.json()["expires_in"].as_i64()),
        (200, Some(86_399))
    );
    assert!(
        form.json()["scope"]
            .as_str()
            .is_some_and(|scope| scope.contains("read_customers"))
    );
    let body = json!({ "grant_type": "client_credentials", "client_id": practice::SHOP_CLIENT_ID, "client_secret": practice::SHOP_CLIENT_SECRET });
    let json = bench
        .send(
            bench
                .http
                .post(format!("{}{TOKEN}", bench.server.url()))
                .json(&body),
        )
        .await
        .expect("an answer");
    assert_ne!(json.json()["access_token"], form.json()["access_token"]);

    bench.token = form.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        200
    );
    bench.clock.advance(std::time::Duration::from_secs(86_399));
    let late = bench.answer("{ shop { name } }", json!({})).await;
    assert_eq!(late.status, 401);
    assert_eq!(
        late.json()["errors"],
        "[API] Invalid API key or access token (unrecognized login or wrong password)"
    );
    assert_eq!(bench.server.counters().tokens, 2);
    assert_eq!(bench.server.counters().calls, 2);
}

#[tokio::test]
async fn wrong_credentials_and_a_wrong_set_up_are_named() {
    let bench = Bench::new().await;
    let with = |name: &'static str, value: &'static str| {
        GOOD.map(|(key, good)| {
            if key == name {
                (key, value)
            } else {
                (key, good)
            }
        })
    };
    assert_eq!(
        bench
            .token_request(&with("client_id", "other"))
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .token_request(&with("client_secret", "other"))
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .token_request(&with("grant_type", "password"))
            .await
            .status,
        400
    );

    bench
        .server
        .change_config(|config| config.same_organization = false);
    let other = bench.token_request(&GOOD).await;
    assert_eq!(
        (other.status, other.json()["error"].as_str()),
        (400, Some("shop_not_permitted"))
    );
    assert!(
        other
            .text
            .contains("Client credentials cannot be performed on this shop.")
    );
    bench
        .server
        .change_config(|config| (config.same_organization, config.app_installed) = (true, false));
    let gone = bench.token_request(&GOOD).await;
    assert_eq!(
        (gone.status, gone.json()["error"].as_str()),
        (400, Some("app_not_installed"))
    );
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        401,
        "an uninstalled app's tokens are dead"
    );
}

#[tokio::test]
async fn another_domain_is_a_page_not_json() {
    let bench = Bench::new().await;
    for host in ["no-such-shop.myshopify.com", "fjordogfjell.no"] {
        for path in [TOKEN, API] {
            let answer = bench
                .send(bench.post(path).header(HOST, host).form(&GOOD))
                .await
                .expect("an answer");
            assert_eq!(answer.status, 404, "{host}{path}");
            assert!(answer.text.starts_with("<!DOCTYPE html>"));
        }
    }
    let own = bench
        .send(
            bench
                .post(TOKEN)
                .header(HOST, practice::SHOP_DOMAIN)
                .form(&GOOD),
        )
        .await
        .expect("an answer");
    assert_eq!(own.status, 200);
}

#[tokio::test]
async fn a_wrong_token_is_401_and_a_revoked_secret_ends_everything() {
    let mut bench = Bench::new().await;
    "shpss_pasted_secret".clone_into(&mut bench.token);
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        401
    );
    practice::SHOP_LEGACY_TOKEN.clone_into(&mut bench.token);
    bench
        .faults
        .add(FaultRule::next(Side::Shopify, Fault::RevokedGrant));
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        401
    );
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        401
    );
    assert_eq!(bench.token_request(&GOOD).await.status, 400);
    bench.server.revoke(false);
    assert_eq!(
        bench.answer("{ shop { name } }", json!({})).await.status,
        200
    );
}
