//! Sales orders over HTTP.

use brygga_core::erp::{HeadDraft, LineDraft, LinePatch, OrderNumber, SalesOrderDraft};
use brygga_core::{Code, Decimal};
use brygga_visma::CallError;
use chrono::NaiveDate;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;
use wiremock::matchers::query_param;

use crate::world::{World, header, ok, raw, start};

const AT: &str = "/api/v3/SalesOrders/SO/000223";

pub(crate) fn draft() -> SalesOrderDraft {
    SalesOrderDraft {
        order_type: "SO".into(),
        currency: "NOK".into(),
        head: HeadDraft {
            customer_order: "#1001".into(),
            customer_ref: "5400000001".into(),
            custom_id: None,
            date: NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day"),
            vat_zone: "NO-IN".into(),
            description: "Shopify #1001".into(),
            branch: None,
            channel: brygga_core::erp::ChannelHead::default(),
            delivery: brygga_core::erp::DeliveryDraft::default(),
            billing: brygga_core::erp::DeliveryDraft::default(),
        },
        lines: vec![line("line/1", "TELT"), line("line/2", "LYKT")],
    }
}

fn line(link: &str, item: &str) -> LineDraft {
    LineDraft {
        link: link.into(),
        item: item.into(),
        unit: None,
        description: item.into(),
        quantity: Decimal::ONE,
        unit_price: Decimal::new(9_999_999_999_999, 2),
        discount: Decimal::ZERO,
        vat_category: "HOY".into(),
        account: None,
        subaccount: None,
        warehouse: None,
        operation: None,
        invoice: None,
    }
}

fn number() -> OrderNumber {
    OrderNumber {
        order_type: "SO".into(),
        number: "000223".into(),
    }
}

#[tokio::test]
async fn an_order_is_made_once_with_amounts_by_their_text() {
    let world = World::new().await;
    let made = ResponseTemplate::new(201).insert_header(
        "location",
        "https://salesorder.visma.net/api/v3/SalesOrders/SO/000223",
    );
    world.answer("POST", "/api/v3/SalesOrders", made).await;
    assert_eq!(
        world.visma.create_order(&draft(), "10001").await,
        Ok(number())
    );
    let calls = world.calls().await;
    assert_eq!(calls.len(), 1);
    assert_eq!(header(&calls[0], "content-type"), "application/json");
    let body = String::from_utf8_lossy(&calls[0].body);
    assert!(body.contains("\"unitPrice\":99999999999.99,"), "{body}");
    assert!(body.contains("\"date\":\"2026-10-01T12:00:00Z\""), "{body}");
}

#[tokio::test]
async fn an_order_made_under_an_unknown_number_is_an_unknown_outcome() {
    for location in ["", "https://salesorder.visma.net/", "/somewhere/else"] {
        let world = World::new().await;
        let mut made = ResponseTemplate::new(201);
        if !location.is_empty() {
            made = made.insert_header("location", location);
        }
        world.answer("POST", "/api/v3/SalesOrders", made).await;
        let error = world
            .visma
            .create_order(&draft(), "10001")
            .await
            .expect_err("no number");
        assert!(error.may_have_happened(), "{error}");
    }
}

#[tokio::test]
async fn refusals_name_what_was_sent() {
    let refused = |code: &str, property: &str| {
        let details =
            json!([{"code": code, "message": "words", "parameters": {"property": property}}]);
        ResponseTemplate::new(400).set_body_raw(
            json!({"title": "Validation", "status": 400, "errors": {}, "details": details})
                .to_string()
                .into_bytes(),
            "application/problem+json",
        )
    };
    let table = [
        (
            refused("1804-InventoryIdNotFound", "orderLines[1].inventoryId"),
            Code::ItemNotFound,
            "sku",
            "LYKT",
        ),
        (
            refused("1407-InvalidCustomerStatus", "customer.id"),
            Code::CustomerInactive,
            "customer",
            "10001",
        ),
        (
            refused("1408-OverrideCurrencyIdProhibited", "currencyId"),
            Code::CustomerCurrency,
            "ours",
            "NOK",
        ),
        (
            refused("1601-FinancialPeriodClosed", "date"),
            Code::PeriodClosed,
            "period",
            "202610",
        ),
        (
            refused("1600-FinancialPeriodNotFound", "date"),
            Code::PeriodMissing,
            "date",
            "2026-10-01",
        ),
        (
            refused("1805-InvalidTaxCategoryId", "orderLines[0].taxCategoryId"),
            Code::VatMappingBroken,
            "zone",
            "NO-IN",
        ),
        (
            refused("1809-InvalidQuantityForType", "orderLines[0].quantity"),
            Code::ErpRefused,
            "reason",
            "1809-InvalidQuantityForType: words",
        ),
    ];
    for (answer, code, name, value) in table {
        let world = World::new().await;
        world.answer("POST", "/api/v3/SalesOrders", answer).await;
        let error = world
            .visma
            .create_order(&draft(), "10001")
            .await
            .expect_err("refused");
        assert!(matches!(error, CallError::Refused(_)), "{error}");
        assert_eq!(
            (
                error.problem().code,
                error.problem().params.get(name).map(String::as_str)
            ),
            (code, Some(value))
        );
    }
}

fn head() -> Value {
    json!({"type": "SO", "orderId": "000223", "date": "2026-10-01T00:00:00", "currencyId": "NOK", "version": "AAE=",
        "status": {"description": "Open"}, "customer": {"id": "10001", "order": "#1001", "refNo": "54"}, "totals": {"orderTotal": 1.25, "taxTotal": 0.25}})
}

#[tokio::test]
async fn an_order_is_read_with_all_its_lines() {
    let world = World::new().await;
    world
        .answer("GET", AT, ok(&head()).insert_header("etag", "\"v7\""))
        .await;
    let wire = |id: usize| json!({"lineId": id, "inventory": {"id": "TELT"}, "quantity": 1.0, "unitPrice": 0.1, "lineTotalBeforeDiscount": 0.10, "externalLink": format!("line/{id}")});
    let page = |from: usize, to: usize, next: bool| json!({"value": (from..to).map(wire).collect::<Vec<_>>(), "nextPage": next.then_some("x"), "totalCount": 1260});
    let lines = format!("{AT}/lines");
    world
        .answer_if(
            "GET",
            &lines,
            query_param("pageIndex", "0"),
            ok(&page(0, 1000, true)),
        )
        .await;
    world
        .answer_if(
            "GET",
            &lines,
            query_param("pageIndex", "1"),
            ok(&page(1000, 1260, false)),
        )
        .await;
    world.answer("GET", &format!("{AT}/tax"), ok(&json!([{"taxId": "NO25", "taxRate": 25.0, "taxableAmount": 1.0, "taxAmount": 0.25}]))).await;
    let order = world
        .visma
        .order(&number())
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (order.etag.as_str(), order.lines.len(), order.taxes.len()),
        ("\"v7\"", 1260, 1)
    );
    assert_eq!(order.lines[1259].link.as_deref(), Some("line/1259"));
    assert_eq!(order.lines[0].net, Decimal::new(1, 1));
    assert_eq!(
        world.calls().await[0].url.query(),
        Some("expand=Customer&expand=CustomFields&expand=FinancialInformation")
    );
}

#[tokio::test]
async fn an_order_that_is_not_there_is_none_and_half_an_order_is_an_error() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            AT,
            raw(
                404,
                r#"{"title":"Not Found","status":404}"#,
                "application/problem+json",
            ),
        )
        .await;
    assert_eq!(world.visma.order(&number()).await, Ok(None));

    let world = World::new().await;
    world.answer("GET", AT, ok(&head())).await;
    world
        .answer(
            "GET",
            &format!("{AT}/lines"),
            ok(&json!({"value": [], "totalCount": 3})),
        )
        .await;
    assert_eq!(
        world
            .visma
            .order(&number())
            .await
            .expect_err("no lines")
            .code,
        Code::RemoteEmpty
    );
}

#[tokio::test]
async fn a_name_is_looked_up_on_all_pages_and_compared_exactly() {
    let world = World::new().await;
    let row = |number: usize, order: &str| json!({"type": "SO", "orderId": number.to_string(), "status": "Open", "customerOrder": order, "orderTotal": 10.5, "customerRefNo": "54"});
    let first: Vec<Value> = (0..100).map(|number| row(number, "#10012")).collect();
    world
        .answer_if(
            "GET",
            "/api/v3/SalesOrders",
            query_param("pageIndex", "0"),
            ok(&json!({"value": first, "nextPage": "x", "totalCount": 102})),
        )
        .await;
    let second = json!({"value": [row(100, " #1001"), row(101, "#1001x")], "totalCount": 102});
    world
        .answer_if(
            "GET",
            "/api/v3/SalesOrders",
            query_param("pageIndex", "1"),
            ok(&second),
        )
        .await;
    let found = world.visma.find_orders("#1001").await.expect("hits");
    assert_eq!(
        found
            .iter()
            .map(|hit| hit.number.number.as_str())
            .collect::<Vec<_>>(),
        ["100"]
    );
    assert_eq!(found[0].total.to_string(), "10.5");
    assert_eq!(
        world.calls().await[0].url.query(),
        Some("filter=%231001&pageSize=100&pageIndex=0")
    );
}

#[tokio::test]
async fn changes_since_a_moment_are_asked_for_in_order() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/api/v3/SalesOrders",
            ok(&json!({"value": [], "totalCount": 0})),
        )
        .await;
    assert_eq!(world.visma.orders_modified_since(start()).await, Ok(vec![]));
    let query = world.calls().await[0]
        .url
        .query()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(
        query,
        "modifiedSince=2026-10-01T12%3A00%3A00Z&orderBy=lastModified+asc&pageSize=100&pageIndex=0"
    );
}

#[tokio::test]
async fn every_change_names_the_version_and_gives_back_the_new_one() {
    let world = World::new().await;
    let done = ResponseTemplate::new(202).insert_header("etag", "\"v8\"");
    world.answer("PATCH", AT, done.clone()).await;
    for verb in ["PATCH", "POST", "DELETE"] {
        world
            .answer(verb, &format!("{AT}/lines"), done.clone())
            .await;
    }
    let draft = draft();
    let patch = LinePatch {
        line_id: 4,
        line: draft.lines[0].clone(),
    };
    let want: Result<String, CallError> = Ok("\"v8\"".into());
    assert_eq!(
        world
            .visma
            .patch_head(&number(), "\"v7\"", &draft.head)
            .await,
        want
    );
    assert_eq!(
        world.visma.patch_lines(&number(), "\"v7\"", &[patch]).await,
        want
    );
    assert_eq!(
        world
            .visma
            .add_lines(&number(), "\"v7\"", &draft.lines)
            .await,
        want
    );
    assert_eq!(
        world.visma.delete_lines(&number(), "\"v7\"", &[4, 5]).await,
        want
    );
    assert_eq!(world.visma.cancel(&number(), "\"v7\"").await, want);
    let calls = world.calls().await;
    assert!(
        calls
            .iter()
            .all(|call| header(call, "if-match") == "\"v7\"")
    );
    assert_eq!(calls[3].url.query(), Some("ids=4&ids=5"));
    assert_eq!(
        String::from_utf8_lossy(&calls[4].body),
        r#"{"status":"Cancelled"}"#,
        "the status alone"
    );
}

#[tokio::test]
async fn a_change_without_a_new_version_in_its_answer_reads_it() {
    let world = World::new().await;
    world.answer("PATCH", AT, ResponseTemplate::new(202)).await;
    world.answer("GET", AT, ok(&head())).await;
    assert_eq!(
        world.visma.cancel(&number(), "\"v7\"").await.as_deref(),
        Ok("\"AAE=\"")
    );
}

#[tokio::test]
async fn a_stale_or_missing_version_is_a_conflict() {
    for status in [409, 412, 428] {
        let world = World::new().await;
        world
            .answer(
                "PATCH",
                AT,
                raw(
                    status,
                    r#"{"title":"Precondition","status":412}"#,
                    "application/problem+json",
                ),
            )
            .await;
        let error = world
            .visma
            .cancel(&number(), "\"old\"")
            .await
            .expect_err("stale");
        assert!(
            matches!(&error, CallError::Conflict(problem) if problem.code == Code::RemoteConflict && problem.params["document"] == "SO 000223"),
            "{error}"
        );
        assert_eq!(world.calls().await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_of_an_order_that_is_gone_says_so() {
    let world = World::new().await;
    world
        .answer(
            "PATCH",
            AT,
            raw(404, r#"{"title":"Not Found"}"#, "application/problem+json"),
        )
        .await;
    let error = world
        .visma
        .cancel(&number(), "\"v\"")
        .await
        .expect_err("gone");
    assert!(
        matches!(&error, CallError::Refused(problem) if problem.code == Code::DocumentGone),
        "{error}"
    );
}
