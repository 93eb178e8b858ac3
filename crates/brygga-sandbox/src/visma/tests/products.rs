use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::visma::Change;

#[tokio::test]
async fn an_item_is_made_once_and_changed() {
    let bench = Bench::new().await;
    let wrap = |value: Value| json!({ "value": value });
    let body = |number: &str, class: &str| {
        json!({
            "inventoryNumber": wrap(json!(number)), "type": wrap(json!("FinishedGoodItem")), "description": wrap(json!("Ny kopp")),
            "itemClass": wrap(json!(class)), "vatCode": wrap(json!("HOY")), "defaultPrice": wrap(json!(159.2)),
            "packaging": {"baseItemWeight": wrap(json!(0.35)), "weightUOM": wrap(json!("KG"))},
        })
    };
    let made = bench.post("/v1/inventory", body("NY-1", "VARER")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.header("location").ends_with("/v1/inventory/NY-1"));
    let read = bench.get("/v1/inventory/NY-1").await.json();
    assert_eq!(
        (
            &read["description"],
            &read["defaultPrice"],
            &read["stockItem"],
            &read["status"]
        ),
        (
            &json!("Ny kopp"),
            &json!(159.2),
            &json!(true),
            &json!("Active")
        )
    );
    assert_eq!(read["itemClass"]["id"], "VARER");
    assert_eq!(read["packaging"]["baseItemWeight"], json!(0.35));
    // A number is there once; class and kind have to be known and to fit.
    for (number, class) in [
        ("NY-1", "VARER"),
        ("NY-2", "UKJENT"),
        ("NY-2", "TJENESTER"),
        ("", "VARER"),
    ] {
        let refused = bench.post("/v1/inventory", body(number, class)).await;
        assert_eq!(refused.status, 400, "{number} {class}");
    }
    assert_eq!(bench.get("/v1/inventory/NY-2").await.status, 404);
    let change =
        Some(json!({"description": wrap(json!("Stor kopp")), "defaultPrice": wrap(json!(200))}));
    let changed = bench
        .write(Method::PUT, "/v1/inventory/NY-1", "", change)
        .await;
    assert_eq!(changed.status, 204);
    let read = bench.get("/v1/inventory/NY-1").await.json();
    assert_eq!(
        (&read["description"], &read["vatCode"]["id"]),
        (&json!("Stor kopp"), &json!("HOY"))
    );
    let unknown = Some(json!({"vatCode": wrap(json!("UKJENT"))}));
    let refused = bench
        .write(Method::PUT, "/v1/inventory/NY-1", "", unknown)
        .await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn an_edited_item_comes_back_with_the_delta() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let since = "lastModifiedDateTime=2026-10-01T10:00:30&lastModifiedDateTimeCondition=%3E";
    let delta = async |path: &str| bench.get(&format!("{path}?{since}")).await.json();
    assert_eq!(delta("/v1/inventory").await, json!([]));
    assert_eq!(delta("/v1/customerSalesPrice").await, json!([]));
    bench.clock.advance(Duration::from_mins(1));
    bench.server.change(Change::ItemEdited {
        number: sku.clone(),
        price: Some(Decimal::new(12_345, 2)),
        description: Some("Ny tekst".to_owned()),
        status: Some("NoSales".to_owned()),
        barcode: Some("7038010000010".to_owned()),
        weight: Some(Decimal::new(5, 1)),
    });
    let rows = delta("/v1/inventory").await;
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    let row = &rows[0];
    assert_eq!(
        (
            &row["inventoryNumber"],
            &row["defaultPrice"],
            &row["description"],
            &row["status"]
        ),
        (
            &json!(sku),
            &json!(123.45),
            &json!("Ny tekst"),
            &json!("NoSales")
        )
    );
    assert_eq!(row["crossReferences"][0]["alternateID"], "7038010000010");
    assert_eq!(row["packaging"]["baseItemWeight"], json!(0.5));
    assert_eq!(row["itemClass"]["id"], "VARER");
    let prices = delta("/v1/customerSalesPrice").await;
    assert_eq!(
        (
            prices.as_array().map(Vec::len),
            &prices[0]["price"],
            &prices[0]["inventoryId"]
        ),
        (Some(1), &json!(123.45), &json!(sku))
    );
    let id = row["inventoryId"].as_i64().expect("an id");
    assert_eq!(
        bench
            .get(&format!("/v1/inventory/internal/{id}"))
            .await
            .json()["inventoryNumber"],
        json!(sku)
    );
}

#[tokio::test]
async fn price_lists_hold_more_than_the_plain_price() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let rows = bench
        .get("/v1/customerSalesPrice?priceType=Base")
        .await
        .json();
    let rows = rows.as_array().expect("rows");
    let has = |test: &dyn Fn(&Value) -> bool| rows.iter().any(test);
    assert!(has(&|row| row["breakQty"] == json!(10.0)));
    assert!(has(&|row| row["currency"] == "SEK"));
    assert!(has(&|row| row["promotion"] == json!(true)));
    assert!(has(
        &|row| !row["expirationDate"].is_null() && row["promotion"] == json!(false)
    ));
    let one = bench
        .get(&format!(
            "/v1/customerSalesPrice?inventoryId={sku}&effectiveAsOf=2026-10-01"
        ))
        .await
        .json();
    assert!(one.as_array().is_some_and(
        |rows| !rows.is_empty() && rows.iter().all(|row| row["inventoryId"] == json!(sku))
    ));
    assert_eq!(
        bench
            .get("/v1/customerSalesPrice?priceType=Customer")
            .await
            .json(),
        json!([])
    );
    assert_eq!(
        bench
            .get("/v1/customerSalesPrice?priceType=Mine")
            .await
            .status,
        400
    );
    let classes = bench.get("/v1/inventory/itemClass").await.json();
    assert_eq!(classes[0]["id"], "VARER");
    assert_eq!(
        bench.get("/v1/inventory/itemClass/TJENESTER").await.json()["id"],
        "TJENESTER"
    );
}
