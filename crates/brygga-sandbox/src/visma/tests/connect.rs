use std::time::Duration;

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_token_opens_both_services_for_an_hour() {
    let mut bench = Bench::new().await;
    let answer = bench
        .token(&[("tenant_id", practice::VISMA_COMPANY_TENANT)])
        .await;
    assert_eq!(
        (
            answer.status,
            &answer.json()["expires_in"],
            &answer.json()["token_type"]
        ),
        (200, &json!(3600), &json!("Bearer"))
    );
    assert_eq!(bench.get("/v1/currency").await.status, 200);
    assert_eq!(bench.get(ORDERS).await.status, 200);

    bench.clock.advance(Duration::from_hours(1));
    assert_eq!(bench.get(ORDERS).await.status, 401);
    bench.renew().await;
    assert_eq!(bench.get(ORDERS).await.status, 200);
    let counters = bench.server.counters();
    assert_eq!(
        (counters.calls, counters.writes, counters.tokens),
        (4, 0, 3)
    );
}

#[tokio::test]
async fn every_wrong_request_for_a_token_has_its_error() {
    let bench = Bench::new().await;
    let tenant = ("tenant_id", practice::VISMA_COMPANY_TENANT);
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[tenant, ("client_secret", "wrong")], "invalid_client"),
        (&[tenant, ("client_id", "isv_other")], "invalid_client"),
        (
            &[tenant, ("scope", "vismanet_erp_service_api:everything")],
            "invalid_scope",
        ),
        (&[tenant, ("scope", "")], "invalid_scope"),
        (
            &[tenant, ("grant_type", "password")],
            "unsupported_grant_type",
        ),
        (
            &[("tenant_id", "00000000-0000-0000-0000-000000000000")],
            "invalid_tenant",
        ),
        (&[], "invalid_tenant"),
    ];
    for (fields, error) in cases {
        let answer = bench.token(fields).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!(error)),
            "{fields:?}"
        );
    }
    let json = bench
        .client
        .post(format!("{}/connect/token", bench.server.url()))
        .json(&json!({"grant_type": "client_credentials"}));
    assert_eq!(
        send(json).await.expect("answers").json()["error"],
        "invalid_request"
    );

    bench.server.remove_role(true);
    assert_eq!(
        bench.token(&[tenant]).await.json()["error"],
        "invalid_tenant"
    );
    assert_eq!(bench.get(ORDERS).await.status, 401);
}

#[tokio::test]
async fn the_customer_tenant_gets_a_token_that_opens_nothing() {
    let mut bench = Bench::new().await;
    let answer = bench
        .token(&[("tenant_id", practice::VISMA_CUSTOMER_TENANT)])
        .await;
    bench.token = answer.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let answer = bench.get("/v1/currency").await;
    assert_eq!((answer.status, answer.text.as_str()), (401, ""));
}

#[tokio::test]
async fn each_scope_opens_its_own_part() {
    let mut bench = Bench::new().await;
    let answer = bench
        .token(&[
            ("tenant_id", practice::VISMA_COMPANY_TENANT),
            ("scope", "vismanet_erp_service_api:read"),
        ])
        .await;
    bench.token = answer.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(bench.get("/v1/currency").await.status, 200);
    assert_eq!(bench.post("/v1/customer", json!({})).await.status, 403);
    assert_eq!(bench.get(ORDERS).await.status, 403);
}

#[tokio::test]
async fn a_withdrawn_approval_ends_everything() {
    let bench = Bench::new().await;
    bench.server.revoke(true);
    assert_eq!(bench.get(ORDERS).await.status, 401);
    assert_eq!(
        bench
            .token(&[("tenant_id", practice::VISMA_COMPANY_TENANT)])
            .await
            .json()["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn the_quota_is_told_and_kept() {
    let bench = Bench::with(VismaConfig {
        calls_per_hour: 2,
        ..VismaConfig::default()
    })
    .await;
    let first = bench.get("/v1/currency").await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("2", "1")
    );
    assert_eq!(first.header("x-ratelimit-policy"), "4-fixed-window");
    assert!(!first.header("ipp-request-id").is_empty());
    bench.clock.advance(Duration::from_mins(10));
    assert_eq!(bench.get("/v1/currency").await.status, 200);
    let third = bench.get("/v1/currency").await;
    assert_eq!(
        (
            third.status,
            third.header("retry-after"),
            third.header("x-ratelimit-reset")
        ),
        (429, "3000", "3000")
    );
    bench.clock.advance(Duration::from_secs(2999));
    assert_eq!(bench.get("/v1/currency").await.status, 429);
    bench.clock.advance(Duration::from_secs(1));
    // The token of the bench has just ended, the window too.
    assert_eq!(bench.get("/v1/currency").await.status, 401);
}
