use std::time::Duration;

use serde_json::json;

use super::*;

/// A private customer as a connector makes it.
fn customer(name: &str, email: &str) -> Value {
    json!({
        "name": {"value": name},
        "customerClassId": {"value": "PRIVAT"},
        "currencyId": {"value": "NOK"},
        "vatZoneId": {"value": "NO-IN"},
        "mainAddress": {"value": {"addressLine1": {"value": "Storgata 1"}, "postalCode": {"value": "0155"}, "city": {"value": "Oslo"}, "countryId": {"value": "NO"}}},
        "mainContact": {"value": {"email": {"value": email}, "phone1": {"value": "+47 40000000"}}},
        "sendInvoicesByEmail": {"value": false},
        "accountReference": {"value": "shopify/7001"},
    })
}

#[tokio::test]
async fn a_customer_is_made_found_and_changed() {
    let bench = Bench::new().await;
    let made = bench
        .post("/v1/customer", customer("Åse Ødegård", "Ase@Example.no"))
        .await;
    assert_eq!((made.status, made.text.as_str()), (201, ""));
    let number = made.location_id().to_owned();

    let found = bench
        .get("/v1/customer?email=ase@example.no&pageNumber=1&pageSize=10")
        .await
        .json();
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["number"], json!(number));
    assert_eq!(
        found[0]["metadata"],
        json!({"totalCount": 1, "maxPageSize": 500})
    );
    assert_eq!(found[0]["mainAddress"]["country"]["id"], "NO");
    assert_eq!(found[0]["customerClass"]["id"], "PRIVAT");
    assert_eq!(found[0]["sendInvoicesByEmail"], false);
    assert_eq!(
        found[0]["printInvoices"], true,
        "the class's value, since nobody said otherwise"
    );
    assert_eq!(
        found[0]["lastModifiedDateTime"], "2026-10-01T10:00:00.000",
        "company-local, without offset"
    );

    let path = format!("/v1/customer/{number}");
    let etag = bench.get(&path).await.header("etag").to_owned();
    let change = json!({"mainContact": {"value": {"phone1": {"value": "22"}}}});
    let changed = bench
        .write(Method::PUT, &path, &etag, Some(change.clone()))
        .await;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));
    assert_eq!(
        bench
            .write(Method::PUT, &path, &etag, Some(change))
            .await
            .status,
        412
    );
    let read = bench.get(&path).await;
    assert_eq!(read.header("etag"), changed.header("etag"));
    let read = read.json();
    assert_eq!(
        (
            &read["mainContact"]["phone1"],
            &read["mainContact"]["email"]
        ),
        (&json!("22"), &json!("Ase@Example.no"))
    );
    let internal = read["internalId"].as_i64().expect("a number");
    assert_eq!(
        bench
            .get(&format!("/v1/customer/internal/{internal}"))
            .await
            .json()["number"],
        json!(number)
    );
}

#[tokio::test]
async fn a_customer_that_is_wrong_is_refused_in_the_words_of_the_erp() {
    let bench = Bench::new().await;
    let refuse = |place: &'static str, value: Value| {
        let mut body = customer("A", "a@example.no");
        body[place] = value;
        body
    };
    let cases = [
        (
            refuse("customerClassId", json!({"value": "NOPE"})),
            "CustomerClassID 'NOPE' cannot be found",
        ),
        (
            refuse("vatZoneId", json!({"value": "MARS"})),
            "TaxZoneID 'MARS' cannot be found",
        ),
        (
            refuse("currencyId", json!({"value": "XXX"})),
            "CuryID 'XXX' cannot be found",
        ),
        (refuse("name", json!({"value": ""})), "may not be empty"),
        (
            refuse("status", json!({"value": "Alive"})),
            "Data received not recognized as CustomerUpdateDto",
        ),
        (
            refuse("nickname", json!({"value": "x"})),
            "Data received not recognized as CustomerUpdateDto",
        ),
        (refuse("name", json!("plain")), "Value cannot be null"),
        (
            refuse("mainContact", json!({"value": {"email": "plain"}})),
            "Data received not recognized",
        ),
    ];
    for (body, text) in cases {
        let answer = bench.post("/v1/customer", body).await;
        assert_eq!(answer.status, 400);
        let message = answer.json()["message"]
            .as_str()
            .expect("a message")
            .to_owned();
        assert!(
            message.starts_with("VismaId: ") && message.contains(text),
            "{message}"
        );
    }
    assert_eq!(bench.get("/v1/customer/99999").await.status, 404);
}

#[tokio::test]
async fn lists_page_from_one_and_ignore_what_they_do_not_know() {
    let bench = Bench::new().await;
    let all = bench.get("/v1/customer").await.json();
    let total = all.as_array().expect("a list").len();
    assert!(total > 12, "{total}");
    let page = bench
        .get("/v1/customer?pageNumber=2&pageSize=5&unknown=1")
        .await
        .json();
    assert_eq!(
        (&page[0]["number"], &page[0]["metadata"]["totalCount"]),
        (&all[5]["number"], &json!(total))
    );
    assert_eq!(
        bench
            .get("/v1/customer?pageNumber=999&pageSize=5")
            .await
            .json(),
        json!([]),
        "an empty page has no metadata"
    );
    let misspelt = bench
        .get("/v1/customer?emial=post@kiosken.example")
        .await
        .json();
    assert_eq!(misspelt.as_array().map(Vec::len), Some(total));
    let clamped = bench
        .get("/v1/inventory?pageNumber=1&pageSize=100000")
        .await
        .json();
    assert_eq!(clamped[0]["metadata"]["maxPageSize"], 5000);

    // The timestamp alone is ignored; with its condition it works; with a Z it is refused.
    let after = "2026-10-01T00:00:00";
    assert_eq!(
        bench
            .get(&format!("/v1/customer?lastModifiedDateTime={after}"))
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(total)
    );
    assert_eq!(
        bench
            .get(&format!(
                "/v1/customer?lastModifiedDateTime={after}&lastModifiedDateTimeCondition=%3E%3D"
            ))
            .await
            .json(),
        json!([])
    );
    assert_eq!(
        bench
            .get(&format!(
                "/v1/customer?lastModifiedDateTime={after}Z&lastModifiedDateTimeCondition=%3E"
            ))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_list_may_lag_a_new_customer_but_its_own_page_does_not() {
    let bench = Bench::new().await;
    bench.server.list_lag(Duration::from_secs(20));
    let made = bench
        .post("/v1/customer", customer("Ny", "ny@example.no"))
        .await;
    assert_eq!(
        bench.get("/v1/customer?email=ny@example.no").await.json(),
        json!([])
    );
    assert_eq!(
        bench
            .get(&format!("/v1/customer/{}", made.location_id()))
            .await
            .status,
        200
    );
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(
        bench.get("/v1/customer?email=ny@example.no").await.json()[0]["name"],
        "Ny"
    );
}

#[tokio::test]
async fn items_are_found_by_encoded_number_and_show_their_type() {
    let bench = Bench::new().await;
    bench.server.change_data(|data| {
        let mut item = data.items["DIVERSE"].clone();
        item.number = "A/B & C".to_owned();
        data.items.insert(item.number.clone(), item);
    });
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode("A/B & C");
    assert_eq!(
        bench
            .get(&format!("/v1/inventory/b64({encoded})"))
            .await
            .json()["inventoryNumber"],
        "A/B & C"
    );
    assert_eq!(
        bench.get("/v1/Inventory/AVRUNDING").await.json()["type"],
        "ChargeItem"
    );
    assert_eq!(bench.get("/v1/inventory/GONE").await.status, 404);
    let sku = bench.sku();
    let rows = bench
        .get("/v1/inventory?inventoryTypes=FinishedGoodItem&expandWarehouseDetail=false")
        .await
        .json();
    assert!(
        rows.as_array()
            .expect("rows")
            .iter()
            .all(|row| row["stockItem"] == true && row.get("warehouseDetails").is_none())
    );
    assert!(
        rows.as_array()
            .expect("rows")
            .iter()
            .any(|row| row["inventoryNumber"] == json!(sku))
    );
}

#[tokio::test]
async fn allocated_stock_is_not_for_shipment_but_booked_stock_is() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let stock = async || {
        bench
            .get(&format!("/v1/inventory?inventoryNumber={sku}"))
            .await
            .json()[0]["warehouseDetails"][0]
            .clone()
    };
    let before = stock().await["availableForShipment"]
        .as_f64()
        .expect("a number");
    bench
        .order(json!([line(&sku, 3.0, 10.0, 0.0, "HOY")]))
        .await;
    assert_eq!(stock().await["availableForShipment"].as_f64(), Some(before));
    let mut allocating = order(json!([line(&sku, 3.0, 10.0, 0.0, "HOY")]));
    allocating["type"] = json!("SA");
    assert_eq!(bench.post(ORDERS, allocating).await.status, 201);
    assert_eq!(
        stock().await["availableForShipment"].as_f64(),
        Some(before - 3.0)
    );
    assert_eq!(stock().await["available"].as_f64(), Some(before - 6.0));
}
