//! Connections that are wrong, answers that get lost, a remote that is busy.

use std::time::Duration;

use super::*;

/// The client credentials, to make them wrong.
fn service(config: &mut VismaConfig) -> &mut brygga_visma::ServiceAccess {
    config.service_mut().expect("client credentials")
}

#[tokio::test]
async fn wrong_connections_are_named() {
    let practice = Practice::new().await;
    let wrong = async |visma: Visma| visma.connect_check().await.expect_err("refused");
    assert_eq!(
        wrong(practice.client(|config| service(config).secret = "wrong".into()))
            .await
            .code,
        Code::ErpCredentials
    );
    assert_eq!(
        wrong(practice.client(
            |config| service(config).tenant_id = "00000000-0000-0000-0000-000000000000".into()
        ))
        .await
        .code,
        Code::ErpTenant
    );
    let problem = wrong(
        practice
            .client(|config| service(config).tenant_id = practice::VISMA_CUSTOMER_TENANT.into()),
    )
    .await;
    assert_eq!(
        (problem.code, problem.params["tenant"].as_str()),
        (Code::ErpTenantCustomer, practice::VISMA_CUSTOMER_TENANT)
    );
    practice.server.remove_role(true);
    assert_eq!(wrong(practice.client(|_| {})).await.code, Code::ErpTenant);
    practice.server.remove_role(false);
    practice
        .server
        .grant_scope("vismanet_erp_service_api:update", false);
    let problem = wrong(practice.client(|_| {})).await;
    assert_eq!(
        (problem.code, problem.params["scope"].as_str()),
        (Code::ErpScope, "vismanet_erp_service_api:update")
    );

    // With a token that was not asked to do more than read.
    let reader = practice.client(|config| {
        service(config).scopes = vec![
            "vismanet_erp_service_api:read".into(),
            "visma.net.erp.salesorder:read".into(),
        ];
    });
    let report = reader.connect_check().await.expect("connected");
    assert_eq!(
        report
            .permissions
            .iter()
            .map(|permission| permission.ok)
            .collect::<Vec<_>>(),
        [true, false, false, true, false]
    );
    let error = reader
        .create_customer(&customer())
        .await
        .expect_err("may not");
    assert!(
        matches!(&error, CallError::NotSent(problem) if problem.code == Code::ErpScope && problem.params["scope"] == "vismanet_erp_service_api:create"),
        "{error}"
    );
}

#[tokio::test]
async fn tokens_that_die_are_replaced_without_a_word() {
    let practice = Practice::new().await;
    let number = practice.customer().await;
    practice.server.expire_tokens();
    assert!(
        practice
            .visma
            .customer(&number)
            .await
            .expect("read")
            .is_some()
    );
    practice.clock.advance(Duration::from_hours(2));
    assert!(
        practice
            .visma
            .customer(&number)
            .await
            .expect("read")
            .is_some()
    );
    assert_eq!(practice.server.counters().tokens, 3);
}

#[tokio::test]
async fn after_a_lost_answer_the_outcome_is_unknown_and_a_look_up_finds_it() {
    let lost = [
        Fault::Timeout { committed: true },
        Fault::Cut { committed: true },
        Fault::Status {
            code: 502,
            committed: true,
        },
    ];
    for fault in lost {
        let practice = Practice::new().await;
        practice.fault("POST", "/v1/customer", fault.clone());
        let error = practice
            .visma
            .create_customer(&customer())
            .await
            .expect_err("no answer");
        assert!(error.may_have_happened(), "{fault:?}: {error}");
        let found = practice
            .visma
            .customers_by_draft(&customer())
            .await
            .expect("rows");
        assert_eq!(found.len(), 1, "{fault:?}");

        practice.fault("POST", "/api/v3/SalesOrders", fault.clone());
        let error = practice
            .visma
            .create_order(&practice.order(), &found[0].number)
            .await
            .expect_err("no answer");
        assert!(error.may_have_happened(), "{fault:?}: {error}");
        let hits = practice.visma.find_orders("#1001").await.expect("hits");
        assert_eq!(hits.len(), 1, "{fault:?}");
        let order = practice.booked(&hits[0].number).await;

        practice.fault("PATCH", "/api/v3/SalesOrders", fault.clone());
        let error = practice
            .visma
            .cancel(&hits[0].number, &order.etag)
            .await
            .expect_err("no answer");
        assert!(error.may_have_happened(), "{fault:?}: {error}");
        assert_eq!(
            practice.booked(&hits[0].number).await.status,
            OrderStatus::Cancelled,
            "{fault:?}"
        );
        assert_eq!(
            practice.server.counters().writes,
            3,
            "nothing was sent twice"
        );
    }
}

#[tokio::test]
async fn a_lost_call_that_was_not_done_is_an_unknown_outcome_too() {
    for fault in [
        Fault::Timeout { committed: false },
        Fault::Cut { committed: false },
        Fault::Status {
            code: 503,
            committed: false,
        },
    ] {
        let practice = Practice::new().await;
        practice.fault("POST", "/v1/customer", fault.clone());
        let error = practice
            .visma
            .create_customer(&customer())
            .await
            .expect_err("no answer");
        assert!(error.may_have_happened(), "{fault:?}: {error}");
        assert_eq!(
            practice.visma.customers_by_draft(&customer()).await,
            Ok(vec![]),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn reads_get_through_everything_that_passes() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    let number = practice
        .visma
        .create_order(&practice.order(), &customer)
        .await
        .expect("made");
    let passing = [
        Fault::TooMany { retry_after_s: 3 },
        Fault::Throttled,
        Fault::Status {
            code: 500,
            committed: false,
        },
        Fault::Cut { committed: false },
        Fault::SlowBody { millis: 50 },
        Fault::Html { code: 200 },
        Fault::Html { code: 502 },
        Fault::TruncatedJson,
        Fault::Unauthorized,
    ];
    for fault in passing {
        for part in ["/lines", "/tax", "/SalesOrders/SO/"] {
            practice.fault("GET", part, fault.clone());
            let order = practice
                .visma
                .order(&number)
                .await
                .unwrap_or_else(|problem| panic!("{fault:?} at {part}: {problem}"));
            assert_eq!(
                order.map(|order| order.lines.len()),
                Some(2),
                "{fault:?} at {part}"
            );
            practice.faults.clear();
        }
    }
    // An empty list where the head has money is an error, not an order without lines or VAT.
    for part in ["/lines", "/tax"] {
        practice.fault("GET", part, Fault::EmptyPage);
        let problem = practice.visma.order(&number).await.expect_err("empty");
        assert_eq!(problem.code, Code::RemoteEmpty, "{part}");
        practice.faults.clear();
    }
}

#[tokio::test]
async fn a_busy_or_changed_remote_is_told_apart_for_writes() {
    let practice = Practice::new().await;
    practice.fault("POST", "/v1/customer", Fault::TooMany { retry_after_s: 9 });
    let customer = practice.customer().await;
    practice.fault("POST", "/api/v3/SalesOrders", Fault::Unauthorized);
    let number = practice
        .visma
        .create_order(&practice.order(), &customer)
        .await
        .expect("made after a new token");
    let etag = practice.booked(&number).await.etag;
    practice.fault("PATCH", "/api/v3/SalesOrders", Fault::PreconditionFailed);
    let error = practice
        .visma
        .cancel(&number, &etag)
        .await
        .expect_err("changed");
    assert!(matches!(error, CallError::Conflict(_)), "{error}");
    practice.fault("PATCH", "/api/v3/SalesOrders", Fault::Html { code: 200 });
    let error = practice
        .visma
        .cancel(&number, &etag)
        .await
        .expect_err("a page");
    assert!(
        matches!(&error, CallError::Unknown(problem) if problem.code == Code::RemoteNotJson),
        "{error}"
    );
    practice
        .visma
        .cancel(&number, &etag)
        .await
        .expect("cancelled");
    assert_eq!(practice.server.orders().len(), 1);
}

#[tokio::test]
async fn an_hours_quota_is_kept_by_waiting() {
    let practice = Practice::with(PracticeConfig {
        calls_per_hour: 60,
        ..PracticeConfig::default()
    })
    .await;
    let number = practice.customer().await;
    for _ in 0..150 {
        assert!(
            practice
                .visma
                .customer(&number)
                .await
                .expect("read")
                .is_some()
        );
    }
    let waited = brygga_core::Clock::now(&*practice.clock) - start();
    assert!((2..=3).contains(&waited.num_hours()), "{waited}");
    assert_eq!(practice.server.counters().calls, 151, "no call was refused");
}
