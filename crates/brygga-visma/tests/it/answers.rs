//! Answers of every kind: what each means for a write, and that none of them ends in a panic.

use brygga_core::Code;
use brygga_core::erp::{CustomerCard, CustomerPatch};
use brygga_visma::CallError;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::customers::draft;
use crate::world::{World, ok, raw};

const JSON: &str = "application/json";

#[derive(Debug, PartialEq)]
enum Kind {
    Refused,
    NotSent,
    Unknown,
    Conflict,
}

fn kind(error: &CallError) -> Kind {
    match error {
        CallError::Refused(_) => Kind::Refused,
        CallError::NotSent(_) => Kind::NotSent,
        CallError::Unknown(_) => Kind::Unknown,
        CallError::Conflict(_) => Kind::Conflict,
    }
}

#[tokio::test]
async fn what_an_answer_means_for_a_customer_that_was_to_be_made() {
    let licence = r#"{"ExceptionType":"IPPException","ExceptionMessage":"No license for this company.","ExceptionFaultCode":"12027","ExceptionMessageID":"12027_6e2a","ExceptionDetails":""}"#;
    let table = [
        (
            raw(
                400,
                r#"{"message":"VismaId: 1-2. Error creating customer. Error: CustomerClassID 'X' cannot be found."}"#,
                JSON,
            ),
            Kind::Refused,
            Code::ErpRefused,
        ),
        (
            raw(
                400,
                "Data received not recognized as CustomerUpdateDto",
                "text/plain",
            ),
            Kind::Refused,
            Code::ErpRefused,
        ),
        (raw(400, "", JSON), Kind::Refused, Code::ErpRefused),
        (
            raw(422, r#"{"title":"no"}"#, JSON),
            Kind::Refused,
            Code::ErpRefused,
        ),
        (
            raw(400, "<html><title>Blocked</title></html>", "text/html"),
            Kind::NotSent,
            Code::RemoteNotJson,
        ),
        (
            raw(302, "", "text/html").insert_header("location", "https://login.example/"),
            Kind::NotSent,
            Code::RemoteUnexpected,
        ),
        (raw(403, "", JSON), Kind::NotSent, Code::ErpForbidden),
        (
            raw(403, "", JSON)
                .insert_header("www-authenticate", "Bearer error=\"insufficient_scope\""),
            Kind::NotSent,
            Code::ErpScope,
        ),
        (
            raw(404, r#"{"Message":"No HTTP resource was found"}"#, JSON),
            Kind::NotSent,
            Code::RemoteUnexpected,
        ),
        (raw(400, licence, JSON), Kind::NotSent, Code::ErpLicence),
        (raw(500, licence, JSON), Kind::NotSent, Code::ErpLicence),
        (raw(409, "", JSON), Kind::Conflict, Code::RemoteConflict),
        (
            raw(200, "<!DOCTYPE html><title>Sign in</title>", "text/html"),
            Kind::Unknown,
            Code::RemoteNotJson,
        ),
        (raw(201, "", JSON), Kind::Unknown, Code::RemoteUnexpected),
        (
            raw(202, r#"{"id":"1","stateLocation":"x"}"#, JSON),
            Kind::Unknown,
            Code::RemoteUnexpected,
        ),
    ];
    for (answer, want, code) in table {
        let world = World::new().await;
        let shown = format!("{answer:?}");
        world.answer("POST", "/v1/customer", answer).await;
        let error = world
            .visma
            .create_customer(&draft())
            .await
            .expect_err("no customer");
        assert_eq!(
            (kind(&error), error.problem().code),
            (want, code),
            "{shown}: {error}"
        );
        assert_eq!(world.calls().await.len(), 1);
    }
}

#[tokio::test]
async fn reasons_and_scopes_are_named() {
    let world = World::new().await;
    world
        .answer(
            "POST",
            "/v1/customer",
            raw(
                400,
                r#"{"message":"VismaId: 1-2. Error creating customer. Error: no class."}"#,
                JSON,
            ),
        )
        .await;
    let problem = world
        .visma
        .create_customer(&draft())
        .await
        .expect_err("refused")
        .into_problem();
    assert_eq!(
        problem.message(),
        "Visma.net refused the document: Error creating customer. Error: no class.."
    );
    assert_eq!(problem.params["support"], "1-2");

    let world = World::new().await;
    world
        .answer(
            "PUT",
            "/v1/customer/7",
            raw(403, "", JSON)
                .insert_header("www-authenticate", "Bearer error=\"insufficient_scope\""),
        )
        .await;
    let problem = world
        .visma
        .update_customer(
            &CustomerCard {
                number: "7".into(),
                ..CustomerCard::default()
            },
            &CustomerPatch {
                name: Some("Kari".into()),
                ..CustomerPatch::default()
            },
        )
        .await
        .expect_err("refused")
        .into_problem();
    assert_eq!(
        problem.message(),
        "The Visma.net application may not change customers, invoices and payments: vismanet_erp_service_api:update."
    );
}

#[tokio::test]
async fn a_read_survives_pages_and_cut_answers_but_not_another_form() {
    for bad in [
        raw(200, "<html><title>Proxy</title></html>", "text/html"),
        raw(200, r#"{"number": "7", "na"#, JSON),
        raw(200, "", JSON),
    ] {
        let world = World::new().await;
        world
            .answer_times(1, "GET", "/v1/customer/7", bad.clone())
            .await;
        world
            .answer("GET", "/v1/customer/7", ok(&json!({"number": "7"})))
            .await;
        assert!(world.visma.customer("7").await.expect("read").is_some());
        assert_eq!(world.calls().await.len(), 2);

        let world = World::new().await;
        world.answer("GET", "/v1/customer/7", bad).await;
        assert_eq!(
            world.visma.customer("7").await.expect_err("no data").code,
            Code::RemoteNotJson
        );
    }
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/customer/7",
            raw(
                200,
                r#"{"number": {"value": "7"}, "name": "Kari Nordmann"}"#,
                JSON,
            ),
        )
        .await;
    let problem = world.visma.customer("7").await.expect_err("another form");
    assert_eq!(problem.code, Code::RemoteUnexpected);
    assert!(problem.params["detail"].contains("at number"), "{problem}");
    assert!(!problem.to_string().contains("Kari"));
    assert_eq!(world.calls().await.len(), 1);
}

#[tokio::test]
async fn a_page_with_404_is_no_missing_record() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/customer/7",
            raw(404, "<html><title>Not here</title></html>", "text/html"),
        )
        .await;
    assert_eq!(
        world.visma.customer("7").await.expect_err("a page").code,
        Code::RemoteNotJson
    );
}

#[tokio::test]
async fn unknown_words_and_nulls_never_fail_a_page() {
    let world = World::new().await;
    let rows = json!([
        {"number": "7", "status": "NewerThanUs", "mainContact": null, "vatZone": {"id": null}, "currencyId": "", "surprise": {"deep": [1]}, "name": "Kari"},
        {"number": "8", "status": null, "name": "Kari", "mainContact": {"email": null}},
    ]);
    world.answer("GET", "/v1/customer", ok(&rows)).await;
    let found = world.visma.customers_by_name("kari").await.expect("rows");
    assert_eq!(
        found
            .iter()
            .map(|customer| (customer.number.as_str(), customer.status.as_str()))
            .collect::<Vec<_>>(),
        [("7", "NewerThanUs"), ("8", "")]
    );
    assert_eq!(found[0].currency, None);
}

#[tokio::test]
async fn no_address_of_the_answer_is_followed() {
    let world = World::new().await;
    // Another host in Location: only its last segment counts (`facts/visma` 2).
    let made = ResponseTemplate::new(201).insert_header(
        "location",
        "https://integration.visma.net/API/controller/api/v1/customer/10045",
    );
    world.answer("POST", "/v1/customer", made).await;
    assert_eq!(
        world.visma.create_customer(&draft()).await.as_deref(),
        Ok("10045")
    );
    assert_eq!(world.calls().await.len(), 1);
}
