//! Customers and the company's set-up over HTTP.

use brygga_core::Code;
use brygga_core::erp::{CustomerDraft, PostalAddress};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex, query_param};
use wiremock::{Mock, Request, ResponseTemplate};

use crate::world::{World, ok, raw};

pub(crate) fn draft() -> CustomerDraft {
    CustomerDraft {
        name: "Kari Nordmann".into(),
        class: "PRIVAT".into(),
        terms: None,
        currency: "NOK".into(),
        vat_zone: Some("NO-IN".into()),
        vat_registration: None,
        corporate_id: None,
        attention: None,
        email: Some("kari@example.no".into()),
        phone: None,
        address: Some(PostalAddress {
            line1: "Storgata 1".into(),
            country: "NO".into(),
            ..PostalAddress::default()
        }),
        delivery: None,
        private: true,
        reference: "customer/7/NOK".into(),
    }
}

fn row(number: usize, email: &str) -> Value {
    json!({"number": number.to_string(), "internalId": number, "name": "x", "status": "Active", "mainContact": {"email": email},
        "metadata": {"totalCount": 0, "maxPageSize": 100}})
}

/// Serves `rows` in pages of at most 100, whatever is asked for.
async fn list(world: &World, rows: Vec<Value>) {
    let count = rows.len();
    let respond = move |request: &Request| {
        let number = |name: &str| {
            request
                .url
                .query_pairs()
                .find(|(key, _)| key == name)
                .and_then(|(_, value)| value.parse::<usize>().ok())
        };
        let (page, size) = (
            number("pageNumber").expect("a page number"),
            number("pageSize").expect("a page size").min(100),
        );
        let mut rows: Vec<Value> = rows
            .iter()
            .skip((page - 1) * size)
            .take(size)
            .cloned()
            .collect();
        for row in &mut rows {
            row["metadata"]["totalCount"] = json!(count);
        }
        ok(&Value::Array(rows))
    };
    Mock::given(method("GET"))
        .and(path("/v1/customer"))
        .respond_with(respond)
        .mount(&world.server)
        .await;
}

#[tokio::test]
async fn a_filter_that_is_ignored_finds_no_stranger_and_no_row_is_missed() {
    let world = World::new().await;
    let mut rows: Vec<Value> = (1..=250)
        .map(|number| row(number, &format!("guest{number}@example.no")))
        .collect();
    rows[249]["mainContact"]["email"] = json!(" Kari@Example.no");
    list(&world, rows).await;
    let found = world
        .visma
        .customers_by_email("kari@example.no")
        .await
        .expect("rows");
    assert_eq!(
        found
            .iter()
            .map(|customer| customer.number.as_str())
            .collect::<Vec<_>>(),
        ["250"]
    );
    let calls = world.calls().await;
    assert_eq!(calls.len(), 3);
    assert_eq!(
        calls[2].url.query(),
        Some("email=kari%40example.no&pageNumber=3&pageSize=500")
    );
}

#[tokio::test]
async fn nothing_is_searched_for_nothing() {
    let world = World::new().await;
    assert_eq!(world.visma.customers_by_email("  ").await, Ok(vec![]));
    assert!(world.calls().await.is_empty());
}

#[tokio::test]
async fn registration_numbers_are_searched_in_both_fields() {
    let world = World::new().await;
    let company = |number: &str, vat: Option<&str>, corporate: Option<&str>| json!({"number": number, "name": "x", "vatRegistrationId": vat, "corporateId": corporate});
    let by_vat = ok(&json!([
        company("1", Some("NO 999 888 777 MVA"), None),
        company("2", Some("NO111"), None)
    ]));
    let by_corporate = ok(&json!([
        company("1", Some("NO999888777MVA"), None),
        company("3", None, Some("NO999888777MVA"))
    ]));
    world
        .answer_if(
            "GET",
            "/v1/customer",
            query_param("vatRegistrationId", "NO999888777MVA"),
            by_vat,
        )
        .await;
    world
        .answer_if(
            "GET",
            "/v1/customer",
            query_param("corporateId", "NO999888777MVA"),
            by_corporate,
        )
        .await;
    let found = world
        .visma
        .customers_by_registration("NO999888777MVA")
        .await
        .expect("rows");
    assert_eq!(
        found
            .iter()
            .map(|customer| customer.number.as_str())
            .collect::<Vec<_>>(),
        ["1", "3"]
    );
}

#[tokio::test]
async fn a_customer_that_we_made_is_known_by_its_reference() {
    let world = World::new().await;
    let mut ours = row(2, "kari@example.no");
    ours["accountReference"] = json!("customer/7/NOK");
    world
        .answer(
            "GET",
            "/v1/customer",
            ok(&json!([row(1, "kari@example.no"), ours])),
        )
        .await;
    let found = world
        .visma
        .customers_by_draft(&draft())
        .await
        .expect("rows");
    assert_eq!(
        found
            .iter()
            .map(|customer| customer.number.as_str())
            .collect::<Vec<_>>(),
        ["2"]
    );
}

#[tokio::test]
async fn reserved_characters_in_a_number_go_as_base64() {
    let world = World::new().await;
    let any = Mock::given(method("GET"))
        .and(path_regex("^/v1/customer/"))
        .respond_with(raw(404, "", "text/plain"));
    any.mount(&world.server).await;
    for (number, want) in [
        ("A/B?#:&+", "/v1/customer/b64(QS9CPyM6Jis)"),
        ("HUS NOK", "/v1/customer/HUS%20NOK"),
        ("..", "/v1/customer/b64(Li4)"),
    ] {
        assert_eq!(world.visma.customer(number).await, Ok(None));
        assert_eq!(
            world
                .calls()
                .await
                .last()
                .map(|call| call.url.path().to_owned())
                .as_deref(),
            Some(want)
        );
    }
}

#[tokio::test]
async fn another_customer_than_asked_for_is_an_error() {
    let world = World::new().await;
    world
        .answer("GET", "/v1/customer/7", ok(&json!({"number": "8"})))
        .await;
    assert_eq!(
        world.visma.customer("7").await.expect_err("another").code,
        Code::RemoteUnexpected
    );
}

async fn registers(world: &World) {
    let table = [
        (
            "/v1/vat",
            json!([{"vatId": "NO25", "calculateOn": "ItemAmount", "schedules": [{"startDate": "2005-01-01T00:00:00", "vatRate": 25.0}], "categories": [{"vatCategoryId": "HOY"}], "zones": [{"id": "NO-IN"}]}]),
        ),
        (
            "/v1/currency",
            json!([{"id": "NOK", "isBaseCurrency": true, "decimalPrecision": 2}, {"id": "JPY", "decimalPrecision": 0}]),
        ),
        (
            "/v1/warehouse",
            json!([{"warehouseID": "1", "description": "Lager", "active": true}]),
        ),
        (
            "/v1/customer/customerClass",
            json!([{"id": "PRIVAT", "description": "Privat", "taxZoneId": "NO-IN"}]),
        ),
        (
            "/v1/branch",
            json!([{"number": "1 ", "name": "Fjord", "isActive": true}, {"number": "9", "isActive": false}]),
        ),
        (
            "/v1/paymentmethod",
            json!([{"paymentMethodID": "KORT", "active": true, "description": "Kort"}]),
        ),
        (
            "/v1/financialPeriod",
            json!([{"year": 2026, "period": "202610", "startDate": "2026-10-01T00:00:00", "endDate": "2026-10-31T00:00:00", "active": true}]),
        ),
        (
            "/v1/salesordertype",
            json!([{"orderType": "SO", "active": true, "behavior": "SalesOrder"}]),
        ),
        (
            "/v1/cashaccount",
            json!([{"currency": "NOK", "number": "1940"}, {"currency": "EUR"}]),
        ),
    ];
    for (at, rows) in table {
        world.answer("GET", at, ok(&rows)).await;
    }
}

#[tokio::test]
async fn the_set_up_is_read_whole() {
    let world = World::new().await;
    registers(&world).await;
    let item = |number: usize| {
        json!({"inventoryNumber": format!("SKU-{number}"), "type": "FinishedGoodItem", "status": "Active", "stockItem": true,
        "metadata": {"totalCount": 2500, "maxPageSize": 5000}})
    };
    for page in 1..=3_usize {
        let rows: Vec<Value> = ((page - 1) * 1000..(page * 1000).min(2500))
            .map(item)
            .collect();
        world
            .answer_if(
                "GET",
                "/v1/inventory",
                query_param("pageNumber", page.to_string()),
                ok(&Value::Array(rows)),
            )
            .await;
    }
    let catalogue = world.visma.catalogue().await.expect("a catalogue");
    assert_eq!(catalogue.items.len(), 2500);
    assert_eq!(
        catalogue
            .vat_ids_of("HOY", "NO-IN")
            .iter()
            .map(|vat| vat.id.as_str())
            .collect::<Vec<_>>(),
        ["NO25"]
    );
    assert_eq!(
        (catalogue.decimals("JPY"), catalogue.base_currency()),
        (Some(0), Some("NOK"))
    );
    assert_eq!(catalogue.branches.len(), 1);
    assert!(catalogue.periods[0].open);
    assert_eq!(
        catalogue
            .cash_currencies
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        ["EUR", "NOK"]
    );
    let calls = world.calls().await;
    assert_eq!(calls.len(), 3 + 10);
    let inventory = calls
        .iter()
        .find(|call| call.url.path() == "/v1/inventory")
        .and_then(|call| call.url.query().map(str::to_owned))
        .unwrap_or_default();
    assert!(
        inventory.contains("expandAccountInformation=false")
            && inventory.contains("expandWarehouseDetail=false"),
        "{inventory}"
    );
}

#[tokio::test]
async fn an_empty_page_in_the_middle_or_an_empty_register_is_suspicious() {
    let world = World::new().await;
    registers(&world).await;
    let item = |number: usize| json!({"inventoryNumber": format!("SKU-{number}"), "metadata": {"totalCount": 1500, "maxPageSize": 5000}});
    let rows: Vec<Value> = (0..1000).map(item).collect();
    world
        .answer_if(
            "GET",
            "/v1/inventory",
            query_param("pageNumber", "1"),
            ok(&Value::Array(rows)),
        )
        .await;
    world.answer("GET", "/v1/inventory", ok(&json!([]))).await;
    assert_eq!(
        world.visma.catalogue().await.expect_err("cut").code,
        Code::RemoteEmpty
    );

    let world = World::new().await;
    world.answer("GET", "/v1/vat", ok(&json!([]))).await;
    world.answer("GET", "/v1/inventory", ok(&json!([]))).await;
    registers(&world).await;
    assert_eq!(
        world.visma.catalogue().await.expect_err("no VAT").code,
        Code::RemoteEmpty
    );
}

#[tokio::test]
async fn lot_classes_are_asked_for_only_when_an_item_has_one() {
    let item = |number: &str, class: &str| json!({"inventoryNumber": number, "type": "FinishedGoodItem", "lotSerialClass": {"id": class}});
    let items = ok(&json!([item("A", "FREE"), item("B", "SERIAL")]));
    let world = World::new().await;
    registers(&world).await;
    world.answer("GET", "/v1/inventory", items.clone()).await;
    world.answer("GET", "/v1/lotserialclass", ok(&json!([{"id": "FREE", "trackingMethod": "NotNumbered"}, {"id": "SERIAL", "trackingMethod": "SerialNumbered"}]))).await;
    let catalogue = world.visma.catalogue().await.expect("a catalogue");
    assert_eq!(
        (
            catalogue.items["A"].unsupported,
            catalogue.items["B"].unsupported
        ),
        (false, true)
    );

    // Not readable: every class counts.
    let world = World::new().await;
    registers(&world).await;
    world.answer("GET", "/v1/inventory", items).await;
    world
        .answer("GET", "/v1/lotserialclass", ResponseTemplate::new(403))
        .await;
    let catalogue = world.visma.catalogue().await.expect("a catalogue");
    assert_eq!(
        (
            catalogue.items["A"].unsupported,
            catalogue.items["B"].unsupported
        ),
        (true, true)
    );
}

#[tokio::test]
async fn an_item_is_found_by_its_exact_number_only() {
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/inventory/telt-2",
            ok(&json!({"inventoryNumber": "TELT-2"})),
        )
        .await;
    world
        .answer(
            "GET",
            "/v1/inventory/TELT-2",
            ok(&json!({"inventoryNumber": "TELT-2"})),
        )
        .await;
    assert_eq!(world.visma.item("telt-2").await, Ok(None));
    assert!(world.visma.item("TELT-2").await.expect("read").is_some());
}
