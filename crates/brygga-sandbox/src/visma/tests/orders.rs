use std::time::Duration;

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_order_is_made_read_and_found() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let answer = bench
        .post(
            ORDERS,
            order(json!([
                line(&sku, 2.0, 100.0, 10.0, "HOY"),
                line("FRAKT", 1.0, 79.2, 0.0, "HOY")
            ])),
        )
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (201, ""));
    assert!(
        answer
            .header("location")
            .ends_with("/api/v3/SalesOrders/SO/000223"),
        "{}",
        answer.header("location")
    );

    let bare = bench.get(&format!("{ORDERS}/SO/000223")).await;
    assert_eq!(
        bare.header("etag"),
        format!(
            "\"{}\"",
            bare.json()["version"].as_str().expect("a version")
        )
    );
    assert_eq!(
        bare.json().get("customer"),
        None,
        "parts come only when they are asked for"
    );
    let full = bench
        .get(&format!(
            "{ORDERS}/SO/000223?expand=Customer&expand=CustomFields"
        ))
        .await
        .json();
    assert_eq!(
        (&full["customer"]["order"], &full["customer"]["refNo"]),
        (&json!("#1001"), &json!("5551001"))
    );
    assert_eq!(full["date"], "2026-10-01T00:00:00Z");
    assert_eq!(full["status"]["description"], "Open");
    assert_eq!(
        bench
            .get(&format!("{ORDERS}/SO/000223?expand=Everything"))
            .await
            .status,
        400
    );

    let lines = bench.get(&format!("{ORDERS}/SO/000223/lines")).await.json();
    assert_eq!(lines["totalCount"], 2);
    assert_eq!(
        (
            &lines["value"][0]["lineId"],
            &lines["value"][0]["extendedPrice"]
        ),
        (&json!(1), &json!(200.0))
    );
    assert_eq!(
        lines["value"][0]["externalLink"],
        json!(format!("line/{sku}"))
    );
    assert_eq!(lines["value"][0]["lineType"], "GoodsForInventory");
    let page = bench
        .get(&format!("{ORDERS}/SO/000223/lines?pageSize=1&pageIndex=1"))
        .await
        .json();
    assert_eq!(
        (&page["value"][0]["lineId"], &page["nextPage"]),
        (&json!(2), &Value::Null)
    );

    let found = bench.get(&format!("{ORDERS}?filter=%231001")).await.json();
    assert_eq!(
        (
            &found["value"][0]["orderId"],
            &found["value"][0]["customerRefNo"]
        ),
        (&json!("000223"), &json!("5551001"))
    );
    assert_eq!(
        bench.get(&format!("{ORDERS}?filter=5551001")).await.json()["totalCount"],
        0,
        "the filter does not search refNo"
    );
    assert_eq!(bench.get(&format!("{ORDERS}/SO/999999")).await.status, 404);
}

#[tokio::test]
async fn lists_page_from_zero_filter_and_lag() {
    let bench = Bench::new().await;
    for index in 0..5 {
        let mut body = order(json!([]));
        body["customer"]["order"] = json!(format!("#{}", 1000 + index));
        assert_eq!(bench.post(ORDERS, body).await.status, 201);
        bench.clock.advance(Duration::from_secs(10));
    }
    let first = bench
        .get(&format!("{ORDERS}?pageSize=2&orderBy=lastModified%20desc"))
        .await
        .json();
    assert_eq!(
        (&first["value"][0]["customerOrder"], &first["totalCount"]),
        (&json!("#1004"), &json!(5))
    );
    let next = first["nextPage"]
        .as_str()
        .expect("a next page")
        .strip_prefix(&bench.server.url())
        .expect("same host")
        .to_owned();
    assert_eq!(
        bench.get(&next).await.json()["value"][0]["customerOrder"],
        "#1002"
    );
    assert_eq!(
        bench.get(&format!("{ORDERS}?orderBy=date")).await.status,
        400
    );
    assert_eq!(
        bench
            .get(&format!("{ORDERS}?modifiedSince=2026-10-01T08:00:30Z"))
            .await
            .json()["totalCount"],
        2
    );
    assert_eq!(
        bench.get(&format!("{ORDERS}/SA")).await.json()["totalCount"],
        0
    );
    assert_eq!(
        bench.get(&format!("{ORDERS}?filter=%23100")).await.json()["totalCount"],
        5,
        "a part of the text is enough"
    );

    bench.server.list_lag(Duration::from_secs(30));
    let etag = bench
        .get(&format!("{ORDERS}/SO/000223"))
        .await
        .header("etag")
        .to_owned();
    assert_eq!(
        bench
            .patch(
                &format!("{ORDERS}/SO/000223"),
                &etag,
                json!({"status": "Cancelled"})
            )
            .await
            .status,
        202
    );
    bench.order(json!([])).await;
    let status = async || {
        bench.get(&format!("{ORDERS}?filter=000223")).await.json()["value"][0]["status"].clone()
    };
    let total = async || bench.get(ORDERS).await.json()["totalCount"].clone();
    assert_eq!(
        (status().await, total().await),
        (json!("Open"), json!(3)),
        "the list shows the world of 30 seconds ago"
    );
    bench.clock.advance(Duration::from_secs(30));
    assert_eq!(
        (status().await, total().await),
        (json!("Cancelled"), json!(6))
    );
}

#[tokio::test]
async fn what_the_real_one_refuses_is_refused_with_its_code() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench.server.close_period("202609", true);
    bench.server.edit_customer(
        "10001",
        json!({"status": "OnHold"})
            .as_object()
            .cloned()
            .expect("a map"),
    );
    bench.server.edit_customer(
        "10002",
        json!({"creditTerms": null})
            .as_object()
            .cloned()
            .expect("a map"),
    );
    let good = || order(json!([line(&sku, 1.0, 100.0, 0.0, "HOY")]));
    let with = |pointer: &str, value: Value| {
        let mut body = good();
        let (parent, name) = pointer.rsplit_once('/').expect("a path");
        let parent = if parent.is_empty() {
            &mut body
        } else {
            body.pointer_mut(parent).expect("there")
        };
        parent[name] = value;
        body
    };
    let cases = [
        (
            with("/orderLines/0/inventoryId", json!("NOPE")),
            "1804-InventoryIdNotFound",
        ),
        (
            with("/customer/id", json!("NOPE")),
            "1400-CustomerLookupException",
        ),
        (
            with("/customer/id", json!("10001")),
            "1407-InvalidCustomerStatus",
        ),
        (with("/customer/id", json!("10002")), "1401-MissingTermsId"),
        (
            with("/currencyId", json!("SEK")),
            "1408-OverrideCurrencyIdProhibited",
        ),
        (with("/currencyId", json!("XXX")), "0003-InvalidValue"),
        (
            with("/orderLines/0/taxCategoryId", json!("NOPE")),
            "1805-InvalidTaxCategoryId",
        ),
        (with("/taxZoneId", json!("MARS")), "0003-InvalidValue"),
        (
            with("/date", json!("2026-09-15T12:00:00Z")),
            "1601-FinancialPeriodClosed",
        ),
        (
            with("/date", json!("1950-01-01T12:00:00Z")),
            "1600-FinancialPeriodNotFound",
        ),
        (
            with("/orderLines/0/quantity", json!(-1)),
            "1809-InvalidQuantityForType",
        ),
        (
            with("/orderLines/0/discountAmount", json!(100.01)),
            "1101-DiscountAmountMoreThanExtPrice",
        ),
        (
            with("/orderLines/0/warehouseId", json!("MOON")),
            "1802-InvalidWarehouseId",
        ),
        (
            with("/orderLines/0/salesAccountId", json!("9999")),
            "1806-InvalidSalesAccountId",
        ),
        (
            with("/orderLines/0/unitOfMeasure", json!("KG")),
            "1808-InvalidUnitOfMeasure",
        ),
        (
            with("/orderLines/0/operation", json!("Receipt")),
            "1800-InvalidLineOperation",
        ),
        (with("/type", json!("ZZ")), "0003-InvalidValue"),
        (with("/status", json!("Completed")), "0003-InvalidValue"),
        (
            with("/customer/order", json!("#".repeat(41))),
            "0002-InvalidLength",
        ),
        (
            with("/orderLines/0/description", json!("x".repeat(257))),
            "0002-InvalidLength",
        ),
        (
            with("/orderLines/0/quantity", Value::Null),
            "0001-NullNotAllowed",
        ),
        (
            with("/shipping", json!({"address": {"line1": "Storgata 1"}})),
            "0001-NullNotAllowed",
        ),
        (with("/orderId", json!("X1")), "0004-ValueNotAllowed"),
        (
            with("/freight", json!({"cost": 10})),
            "1310-FreightCostCanNotBeSetManually",
        ),
        (
            with("/paymentSettings", json!({"paymentMethodId": "GOLD"})),
            "1402-PaymentMethodIdNotFound",
        ),
        (
            with("/paymentSettings", json!({"cashAccountId": "1"})),
            "1502-CashAccountNotFound",
        ),
    ];
    for (body, code) in cases {
        assert_eq!(
            bench.post(ORDERS, body.clone()).await.codes(),
            [code],
            "{body}"
        );
    }
    // Names that the schema does not have, wrong types, no item at all.
    for body in [
        with("/discountTotal", json!(1)),
        with("/orderLines/0/price", json!(1)),
        with("/orderLines/0/quantity", json!("1")),
        with("/orderLines/0/quantity", json!(1e20)),
    ] {
        let answer = bench.post(ORDERS, body).await;
        assert_eq!(
            (
                answer.status,
                answer.json()["errors"]
                    .as_object()
                    .map(serde_json::Map::len)
            ),
            (400, Some(1)),
            "{}",
            answer.text
        );
    }
    let mut body = good();
    body["orderLines"][0]
        .as_object_mut()
        .expect("a map")
        .remove("inventoryId");
    assert_eq!(
        bench.post(ORDERS, body).await.codes(),
        ["0001-NullNotAllowed"]
    );
    assert_eq!(
        bench.server.orders(),
        [],
        "a refused order leaves nothing behind"
    );
    assert_eq!(bench.post(ORDERS, good()).await.status, 201);
}

#[tokio::test]
async fn a_rounding_line_may_be_negative() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([
            line("AVRUNDING", -1.0, 0.03, 0.0, "INGEN"),
            line("AVRUNDING", 1.0, -0.02, 0.0, "INGEN")
        ]))
        .await;
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(-0.05)
    );
}

#[tokio::test]
async fn a_change_needs_the_current_etag() {
    let bench = Bench::new().await;
    let (path, etag) = bench
        .order(json!([line("DIVERSE", 1.0, 10.0, 0.0, "HOY")]))
        .await;
    let lines = format!("{path}/lines");
    let edit = || json!({"lines": [{"lineId": 1, "quantity": 2}]});
    assert_eq!(
        bench
            .patch(&path, "", json!({"description": "x"}))
            .await
            .status,
        428
    );
    assert_eq!(bench.patch(&lines, "", edit()).await.status, 428);
    assert_eq!(
        bench
            .post(&lines, json!({"lines": [{"inventoryId": "DIVERSE"}]}))
            .await
            .status,
        428
    );
    assert_eq!(
        bench
            .write(Method::DELETE, &format!("{lines}?ids=1"), "", None)
            .await
            .status,
        428
    );
    assert_eq!(
        bench.write(Method::DELETE, &path, "", None).await.status,
        428
    );

    let changed = bench.patch(&path, &etag, json!({"description": "x"})).await;
    assert_eq!((changed.status, changed.text.as_str()), (202, ""));
    assert_ne!(changed.header("etag"), etag);
    assert_eq!(
        bench.patch(&lines, &etag, edit()).await.status,
        412,
        "the old one is stale"
    );
    let changed = bench.patch(&lines, changed.header("etag"), edit()).await;
    assert_eq!(changed.status, 202);
    assert_eq!(
        bench.get(&path).await.header("etag"),
        changed.header("etag")
    );
}

#[tokio::test]
async fn a_status_goes_alone() {
    let bench = Bench::new().await;
    let (path, etag) = bench.order(json!([])).await;
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"status": "Cancelled", "note": "x"}))
            .await
            .codes(),
        ["0004-ValueNotAllowed"]
    );
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"status": "Shipped"}))
            .await
            .codes(),
        ["0003-InvalidValue"]
    );
    let answer = bench
        .patch(&path, &etag, json!({"status": "Cancelled"}))
        .await;
    assert_eq!(answer.status, 202);
    let etag = answer.header("etag").to_owned();
    assert_eq!(
        bench.get(&path).await.json()["status"],
        json!({"description": "Cancelled", "cancelled": true, "hold": false})
    );
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"note": "x"}))
            .await
            .codes(),
        ["0005-InvalidState"]
    );
    assert_eq!(
        bench
            .patch(
                &format!("{path}/lines"),
                &etag,
                json!({"lines": [{"lineId": 1}]})
            )
            .await
            .codes(),
        ["0005-InvalidState"]
    );
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"status": "Open"}))
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn lines_are_changed_added_and_deleted() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let (path, etag) = bench
        .order(json!([
            line(&sku, 1.0, 100.0, 0.0, "HOY"),
            line("FRAKT", 1.0, 40.0, 0.0, "HOY")
        ]))
        .await;
    let lines = format!("{path}/lines");
    assert_eq!(
        bench
            .patch(&lines, &etag, json!({"update": [{"lineId": 1}]}))
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .patch(&lines, &etag, json!({"lines": []}))
            .await
            .codes(),
        ["0001-EmptyNotAllowed"]
    );
    assert_eq!(
        bench
            .patch(&lines, &etag, json!({"lines": [{"lineId": 9}]}))
            .await
            .codes(),
        ["0200-LineIdDoesNotExist"]
    );
    assert_eq!(
        bench
            .patch(
                &lines,
                &etag,
                json!({"lines": [{"lineId": 1}, {"lineId": 1}]})
            )
            .await
            .codes(),
        ["1817-LineIdIsNotUnique"]
    );
    assert_eq!(
        bench
            .patch(
                &lines,
                &etag,
                json!({"lines": [{"lineId": 1, "inventoryId": "DIVERSE"}]})
            )
            .await
            .status,
        400,
        "the item cannot change"
    );

    let etag = bench
        .patch(
            &lines,
            &etag,
            json!({"lines": [{"lineId": 1, "quantity": 3, "unitPrice": 90.5}]}),
        )
        .await
        .header("etag")
        .to_owned();
    let etag = bench
        .write(
            Method::POST,
            &lines,
            &etag,
            Some(json!({"lines": [line("TIPS", 1.0, 20.0, 0.0, "INGEN")]})),
        )
        .await
        .header("etag")
        .to_owned();
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(409.38)
    );
    let answer = bench
        .write(Method::DELETE, &format!("{lines}?ids=1&ids=2"), &etag, None)
        .await;
    assert_eq!(answer.status, 202);
    let left = bench.get(&lines).await.json();
    assert_eq!(
        (
            &left["totalCount"],
            &left["value"][0]["lineId"],
            &left["value"][0]["sortOrder"]
        ),
        (&json!(1), &json!(3), &json!(1))
    );
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(20.0)
    );

    assert_eq!(
        bench
            .write(Method::DELETE, &path, answer.header("etag"), None)
            .await
            .status,
        202
    );
    assert_eq!(bench.get(&path).await.status, 404);
    assert_eq!(bench.get(ORDERS).await.json()["totalCount"], 0);
}

#[tokio::test]
async fn shipped_lines_stay() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
        .await;
    bench.server.ship_order("SO", "000223");
    let etag = bench.get(&path).await.header("etag").to_owned();
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"status": "Cancelled"}))
            .await
            .codes(),
        ["0005-InvalidState"]
    );
    assert_eq!(
        bench
            .write(Method::DELETE, &path, &etag, None)
            .await
            .codes(),
        ["1825-DeleteSalesOrderWithShippedLines"]
    );
    assert_eq!(
        bench.get(&format!("{path}/lines/1")).await.json()["quantityOnShipments"],
        json!(1.0)
    );
}

#[tokio::test]
async fn a_forced_number_is_taken_once() {
    let bench = Bench::new().await;
    let mut body = order(json!([]));
    body["overrideNumberSeries"] = json!(true);
    assert_eq!(
        bench.post(ORDERS, body.clone()).await.codes(),
        ["0001-NullNotAllowed"]
    );
    body["orderId"] = json!("SH5551001");
    assert_eq!(bench.post(ORDERS, body.clone()).await.status, 201);
    assert_eq!(bench.post(ORDERS, body).await.status, 409);
}

#[tokio::test]
async fn a_body_that_is_not_sent_as_json_is_no_body() {
    let bench = Bench::new().await;
    let text = bench
        .request(Method::POST, ORDERS)
        .header("Content-Type", "text/plain")
        .body("{}");
    assert_eq!(send(text).await.expect("answers").status, 415);
    let broken = bench
        .request(Method::POST, ORDERS)
        .header("Content-Type", "application/json")
        .body("{\"type\"");
    assert_eq!(send(broken).await.expect("answers").status, 400);
}

#[tokio::test]
async fn dates_are_cut_in_utc() {
    let bench = Bench::new().await;
    let mut body = order(json!([]));
    body["date"] = json!("2026-10-02T00:30:00+02:00");
    let id = bench.post(ORDERS, body).await.location_id().to_owned();
    assert_eq!(
        bench.get(&format!("{ORDERS}/SO/{id}")).await.json()["date"],
        "2026-10-01T00:00:00Z"
    );
}
