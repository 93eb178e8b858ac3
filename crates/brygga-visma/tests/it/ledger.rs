//! Shipments, documents and payments over HTTP, where the answers are not what one would like.

use brygga_core::Code;
use brygga_core::erp::{
    DocumentKind, LedgerDocument, LedgerStatus, Operation, OrderNumber, Payment, PaymentChange,
};
use brygga_visma::CallError;
use chrono::NaiveDate;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;
use wiremock::matchers::{header as has_header, query_param};

use crate::world::{World, header, ok, raw};

fn order() -> OrderNumber {
    OrderNumber {
        order_type: "SO".into(),
        number: "000223".into(),
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day")
}

fn invoice(number: &str, external: &str) -> Value {
    json!({"documentType": "Invoice", "referenceNumber": number, "status": "Balanced", "documentDate": "2026-10-01T00:00:00",
        "currencyId": "SEK", "customer": {"number": "10001"}, "externalReference": external, "timeStamp": "AAAAAAAAB9E=",
        "amount": 102.15, "amountInCurrency": 100.00, "balance": 102.15, "balanceInCurrency": 100.00,
        "vatTotal": 20.43, "vatTotalInCurrency": 20.00,
        "invoiceLines": [{"lineNumber": 1, "inventoryNumber": "FRAKT", "quantity": 1.0, "unitPrice": 81.72, "unitPriceInCurrency": 80.00,
            "amount": 81.72, "amountInCurrency": 80.00, "soOrderType": "SO", "soOrderNbr": "000223"}],
        "taxDetails": [{"taxId": "SE25", "vatRate": 25.0, "taxableAmount": 80.00, "vatAmount": 20.00}],
        "applications": [
            {"docType": "Payment", "refNbr": "400001", "amountPaid": 10.0, "voided": false},
            {"docType": "Payment", "refNbr": "400002", "amountPaid": 10.0, "voided": true}],
        "metadata": {"totalCount": 2, "maxPageSize": 100}})
}

fn payment(kind: &str, number: &str, reference: &str) -> Value {
    json!({"type": kind, "refNbr": number, "status": "Open", "applicationDate": "2026-10-01T00:00:00", "paymentRef": reference,
        "customer": {"number": "10001"}, "cashAccount": "1950", "currency": "SEK", "paymentAmount": 100.0, "availableBalance": 100.0,
        "paymentAmountInCurrency": 102.15, "metadata": {"totalCount": 1, "maxPageSize": 100}})
}

async fn read(world: &World) -> LedgerDocument {
    world
        .answer(
            "GET",
            "/v1/customerinvoice/100031",
            ok(&invoice("100031", "fulfilment/1")),
        )
        .await;
    world
        .visma
        .document(&DocumentKind::Invoice, "100031")
        .await
        .expect("read")
        .expect("there")
}

#[tokio::test]
async fn a_document_is_read_in_its_own_currency() {
    let world = World::new().await;
    let found = read(&world).await;
    assert_eq!(
        [
            found.total,
            found.balance,
            found.vat_total,
            found.lines[0].net,
            found.lines[0].unit_price
        ]
        .map(|amount| amount.to_string()),
        ["100.0", "100.0", "20.0", "80.0", "80.0"]
    );
    assert_eq!(found.etag.as_deref(), Some("\"AAAAAAAAB9E=\""));
    // One that was taken back counts no more.
    assert_eq!(found.applications.len(), 1);
    assert_eq!(found.lines[0].order, Some(order()));
}

#[tokio::test]
async fn another_document_or_one_without_lines_is_no_answer() {
    for (change, code) in [
        (json!({"referenceNumber": "100032"}), Code::RemoteUnexpected),
        (json!({"documentType": "DebitNote"}), Code::RemoteUnexpected),
        (
            json!({"amountInCurrency": null, "amount": null}),
            Code::RemoteUnexpected,
        ),
        (json!({"invoiceLines": []}), Code::RemoteEmpty),
        (json!({"taxDetails": null}), Code::RemoteEmpty),
    ] {
        let world = World::new().await;
        let mut body = invoice("100031", "fulfilment/1");
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        world
            .answer("GET", "/v1/customerinvoice/100031", ok(&body))
            .await;
        let answer = world.visma.document(&DocumentKind::Invoice, "100031").await;
        assert_eq!(answer.expect_err("no answer").code, code, "{change}");
    }
}

#[tokio::test]
async fn a_filter_that_is_ignored_finds_no_strangers_document() {
    let world = World::new().await;
    let mut debit = invoice("100033", "fulfilment/1");
    debit["documentType"] = json!("DebitNote");
    let rows = json!([
        invoice("100030", "fulfilment/11"),
        invoice("100031", " fulfilment/1 "),
        debit
    ]);
    world.answer("GET", "/v1/customerinvoice", ok(&rows)).await;
    world
        .answer(
            "GET",
            "/v1/customerinvoice/100031",
            ok(&invoice("100031", "fulfilment/1")),
        )
        .await;
    let found = world
        .visma
        .documents_by_external(&DocumentKind::Invoice, "fulfilment/1")
        .await
        .expect("read");
    assert_eq!(
        found
            .iter()
            .map(|document| document.number.as_str())
            .collect::<Vec<_>>(),
        ["100031"]
    );
    let asked = world.calls().await;
    assert!(
        asked[0]
            .url
            .query()
            .is_some_and(|query| query.contains("externalReference=fulfilment%2F1")
                && query.contains("expandAttachments=false"))
    );
    let none = world
        .visma
        .documents_by_external(&DocumentKind::Invoice, " ")
        .await;
    assert_eq!(none, Ok(vec![]));
}

#[tokio::test]
async fn a_version_that_was_read_is_named_in_the_change() {
    let world = World::new().await;
    let found = read(&world).await;
    let release = "/v1/customerinvoice/100031/action/release";
    world
        .answer_if(
            "POST",
            release,
            has_header("if-match", "\"AAAAAAAAB9E=\""),
            ResponseTemplate::new(412),
        )
        .await;
    assert!(matches!(
        world.visma.release_document(&found).await,
        Err(CallError::Conflict(_))
    ));
    let calls = world.calls().await;
    assert_eq!(header(&calls[1], "erp-api-background"), "");
}

#[tokio::test]
async fn an_action_that_failed_is_a_refusal_with_its_reason() {
    let world = World::new().await;
    let found = read(&world).await;
    let failed = ok(
        &json!({"actionId": "1", "actionResult": "Failed", "errorInfo": "VismaId: 7. Document is out of balance."}),
    );
    world
        .answer("POST", "/v1/customerinvoice/100031/action/release", failed)
        .await;
    let Err(CallError::Refused(problem)) = world.visma.release_document(&found).await else {
        panic!("refused")
    };
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::ErpRefused, "Document is out of balance.")
    );
}

#[tokio::test]
async fn a_job_that_ends_is_judged_by_the_status_of_the_call() {
    let state = |status: &str, code: u16| {
        ok(
            &json!({"id": "j1", "status": status, "statusCode": code, "hasResponseContent": true,
            "responseHeaders": {"Location": ["https://api.finance.visma.net/v1/customerinvoice/100031"]}}),
        )
    };
    let said = json!({"message": "Payment can't be updated because it is already released."});
    type Ends = fn(&Result<(), CallError>) -> bool;
    let table: [(&str, u16, Ends); 5] = [
        ("Finished", 200, |end| end.is_ok()),
        (
            "Finished",
            400,
            |end| matches!(end, Err(CallError::Refused(problem)) if problem.code == Code::LedgerDocumentReleased),
        ),
        ("Finished", 412, |end| {
            matches!(end, Err(CallError::Conflict(_)))
        }),
        ("Finished", 500, |end| {
            matches!(end, Err(CallError::Unknown(_)))
        }),
        // What became of it, nobody says.
        ("Failed", 0, |end| matches!(end, Err(CallError::Unknown(_)))),
    ];
    for (status, code, want) in table {
        let world = World::new().await;
        let found = read(&world).await;
        let accepted = ResponseTemplate::new(202).set_body_json(
            json!({"id": "j1", "stateLocation": "https://elsewhere/v1/background/j1"}),
        );
        world
            .answer(
                "POST",
                "/v1/customerinvoice/100031/action/release",
                accepted,
            )
            .await;
        world
            .answer_times(3, "GET", "/v1/background/j1", state("Started", 0))
            .await;
        world
            .answer("GET", "/v1/background/j1", state(status, code))
            .await;
        let content =
            ResponseTemplate::new(if code == 200 { 200 } else { 400 }).set_body_json(&said);
        world
            .answer("GET", "/v1/background/j1/content", content)
            .await;
        let end = world.visma.release_document(&found).await;
        assert!(want(&end), "{status} {code}: {end:?}");
    }
}

#[tokio::test]
async fn a_job_that_is_gone_or_has_no_id_is_an_unknown_outcome() {
    for body in [json!({"id": "j1"}), json!({})] {
        let world = World::new().await;
        let found = read(&world).await;
        let accepted = ResponseTemplate::new(202).set_body_json(&body);
        world
            .answer(
                "POST",
                "/v1/customerinvoice/100031/action/release",
                accepted,
            )
            .await;
        world
            .answer("GET", "/v1/background/j1", raw(404, "", "text/plain"))
            .await;
        assert!(
            matches!(
                world.visma.release_document(&found).await,
                Err(CallError::Unknown(_))
            ),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_order_that_must_be_shipped_whole_is_refused_not_decided_again() {
    let world = World::new().await;
    let conflict = ResponseTemplate::new(409)
        .set_body_json(json!({"message": "Ship Complete requires all items to be in stock."}));
    world
        .answer(
            "POST",
            "/v2/salesorder/000223/action/createShipment",
            conflict,
        )
        .await;
    let end = world
        .visma
        .create_shipment(&order(), &Operation::Receipt, "1", day())
        .await;
    assert!(
        matches!(&end, Err(CallError::Refused(problem)) if problem.code == Code::ErpRefused && problem.params["reason"].contains("Ship Complete")),
        "{end:?}"
    );
    let calls = world.calls().await;
    assert_eq!(
        serde_json::from_slice::<Value>(&calls[0].body).expect("JSON"),
        json!({"orderType": "SO", "shipmentDate": "2026-10-01T00:00:00", "shipmentWarehouse": "1", "operation": "R"})
    );
}

#[tokio::test]
async fn shipments_are_listed_once_and_cancelled_ones_not() {
    let world = World::new().await;
    let rows = json!([
        {"type": "Issue", "id": "000501", "status": "Confirmed", "invoiceId": null},
        {"type": "Issue", "id": "000502", "status": "Cancelled", "invoiceId": null},
        {"type": "Issue", "id": "000501", "status": "Confirmed", "invoiceId": "100031"},
        {"type": "Issue", "id": null, "status": "Open", "invoiceId": "100032"}
    ]);
    world
        .answer("GET", "/api/v3/SalesOrders/SO/000223/shipment", ok(&rows))
        .await;
    assert_eq!(
        world.visma.shipments_of(&order()).await,
        Ok(vec![("000501".to_owned(), Some("100031".to_owned()))])
    );
    let gone = OrderNumber {
        number: "000224".into(),
        ..order()
    };
    assert_eq!(
        world
            .visma
            .shipments_of(&gone)
            .await
            .expect_err("gone")
            .code,
        Code::DocumentGone
    );
}

#[tokio::test]
async fn a_number_of_another_kind_is_asked_for_by_its_kind() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/customerPayment/400001",
            ok(&payment("Payment", "400001", "1")),
        )
        .await;
    world
        .answer_if(
            "GET",
            "/v1/customerPayment",
            query_param("paymentType", "Prepayment"),
            ok(&json!([
                payment("Payment", "400001", "1"),
                payment("Prepayment", "400001", "2")
            ])),
        )
        .await;
    let found = world
        .visma
        .payment(&DocumentKind::Prepayment, "400001")
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (
            found.kind,
            found.reference.as_deref(),
            found.amount.to_string()
        ),
        (DocumentKind::Prepayment, Some("2"), "100.0".to_owned())
    );
}

#[tokio::test]
async fn payments_of_a_customer_are_theirs_and_no_counter_documents() {
    let world = World::new().await;
    let mut stranger = payment("Payment", "400003", "3");
    stranger["customer"]["number"] = json!("10002");
    let mut early = payment("Payment", "400004", "4");
    early["applicationDate"] = json!("2026-09-30T00:00:00");
    let mut voided = payment("Payment", "400005", "5");
    voided["status"] = json!("Voided");
    voided["paymentLines"] = json!([
        {"documentType": "Invoice", "refNbr": "100031", "amountPaid": 100.0},
        {"documentType": "Invoice", "refNbr": "100031", "amountPaid": -100.0}
    ]);
    let rows = json!([
        payment("Payment", "400001", "1"),
        stranger,
        early,
        voided,
        payment("VoidPayment", "400005", "5")
    ]);
    world.answer("GET", "/v1/customerPayment", ok(&rows)).await;
    let found = world.visma.payments_of("10001", day()).await.expect("read");
    assert_eq!(
        found
            .iter()
            .map(|payment| (payment.number.as_str(), &payment.status))
            .collect::<Vec<_>>(),
        [
            ("400001", &LedgerStatus::Open),
            ("400005", &LedgerStatus::Voided)
        ]
    );
    assert!(found[1].documents[0].amount.is_zero());
    let calls = world.calls().await;
    assert_eq!(
        calls[0].url.query(),
        Some(
            "customer=10001&docDate=2026-10-01T00%3A00%3A00&docDateCondition=%3E%3D&pageNumber=1&pageSize=500"
        )
    );
}

#[tokio::test]
async fn a_change_of_nothing_is_not_sent() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/customerPayment/400001",
            ok(&payment("Payment", "400001", "1")),
        )
        .await;
    let found: Payment = world
        .visma
        .payment(&DocumentKind::Payment, "400001")
        .await
        .expect("read")
        .expect("there");
    let end = world
        .visma
        .change_payment(&found, &PaymentChange::default())
        .await;
    assert_eq!(end, Ok(()));
    assert_eq!(world.calls().await.len(), 1);
}
