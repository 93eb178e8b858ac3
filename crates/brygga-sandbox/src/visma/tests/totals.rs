use serde_json::json;

use super::*;
use crate::visma::VatRounding;

/// Net, VAT and total as the API tells them.
async fn totals(bench: &Bench, path: &str) -> (Value, Value, Value) {
    let totals = bench.get(path).await.json()["totals"].clone();
    (
        totals["taxableTotal"].clone(),
        totals["taxTotal"].clone(),
        totals["orderTotal"].clone(),
    )
}

#[tokio::test]
async fn vat_is_rounded_per_line_or_per_document() {
    for (rounding, tax, total) in [
        (VatRounding::Line, 0.09, 0.39),
        (VatRounding::Document, 0.08, 0.38),
    ] {
        let bench = Bench::with(VismaConfig {
            vat_rounding: rounding,
            ..VismaConfig::default()
        })
        .await;
        let lines: Vec<Value> = (0..3)
            .map(|_| line("DIVERSE", 1.0, 0.10, 0.0, "HOY"))
            .collect();
        let (path, _) = bench.order(json!(lines)).await;
        assert_eq!(
            totals(&bench, &path).await,
            (json!(0.3), json!(tax), json!(total))
        );
        let rows = bench.get(&format!("{path}/tax")).await.json();
        assert_eq!(
            (
                &rows[0]["taxId"],
                &rows[0]["taxRate"],
                &rows[0]["taxAmount"]
            ),
            (&json!("NO25"), &json!(25.0), &json!(tax))
        );
    }
}

#[tokio::test]
async fn rates_are_mixed_and_free_lines_stay_free() {
    let bench = Bench::new().await;
    let lines = [
        line("DIVERSE", 2.0, 99.9, 9.99, "HOY"),
        line("DIVERSE", 3.0, 33.33, 0.0, "MIDDELS"),
        line("GAVEKORT", 1.0, 500.0, 0.0, "INGEN"),
    ];
    let (path, _) = bench.order(json!(lines)).await;
    // 189.81 * 25 % = 47.4525 and 99.99 * 15 % = 14.9985.
    assert_eq!(
        totals(&bench, &path).await,
        (json!(289.8), json!(62.45), json!(852.25))
    );
    assert_eq!(
        bench.get(&path).await.json()["totals"]["taxExemptTotal"],
        json!(500.0)
    );
}

#[tokio::test]
async fn a_pair_that_does_not_meet_bears_no_vat() {
    let bench = Bench::new().await;
    let mut body = order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "MIDDELS")]));
    body["taxZoneId"] = json!("DK-IOSS");
    let id = bench.post(ORDERS, body).await.location_id().to_owned();
    let path = format!("{ORDERS}/SO/{id}");
    assert_eq!(
        bench.get(&path).await.json()["totals"]["taxTotal"],
        json!(0.0)
    );
    assert_eq!(bench.get(&format!("{path}/tax")).await.json(), json!([]));
}

#[tokio::test]
async fn whoever_forgets_to_insist_gets_the_erps_price() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let list_price = bench.server.data().items[&sku].default_price;
    for body in [
        json!({"inventoryId": sku, "quantity": 1, "unitPrice": 100.0}),
        json!({"inventoryId": sku, "quantity": 1, "unitPrice": 100.0, "hasManualPrice": false}),
    ] {
        let (path, _) = bench.order(json!([body])).await;
        let line = bench.get(&format!("{path}/lines/1")).await.json();
        assert_eq!(
            line["unitPrice"].as_f64().map(|price| price.to_string()),
            Some(list_price.normalize().to_string())
        );
    }
    let mut body = line(&sku, 1.0, 100.0, 10.0, "HOY");
    body["hasManualDiscount"] = json!(false);
    let (path, _) = bench.order(json!([body])).await;
    assert_eq!(
        bench.get(&format!("{path}/lines/1")).await.json()["discountAmount"],
        json!(0.0)
    );
}

#[tokio::test]
async fn prices_keep_the_companys_decimals() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([line("DIVERSE", 3.0, 33.3333, 0.0, "INGEN")]))
        .await;
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(99.99)
    );
}

#[tokio::test]
async fn a_discount_follows_the_quantity_unless_it_is_sent_again() {
    let bench = Bench::new().await;
    let (path, etag) = bench
        .order(json!([line("DIVERSE", 2.0, 100.0, 20.0, "INGEN")]))
        .await;
    let lines = format!("{path}/lines");
    let etag = bench
        .patch(
            &lines,
            &etag,
            json!({"lines": [{"lineId": 1, "quantity": 1}]}),
        )
        .await
        .header("etag")
        .to_owned();
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(90.0)
    );
    bench
        .patch(
            &lines,
            &etag,
            json!({"lines": [{"lineId": 1, "quantity": 1, "discountAmount": 20}]}),
        )
        .await;
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(80.0)
    );
}

#[tokio::test]
async fn yen_have_no_decimals_and_the_base_amounts_follow_the_rate_table() {
    let bench = Bench::new().await;
    let mut body = order(json!([line("DIVERSE", 3.0, 333.5, 0.0, "HOY")]));
    body["customer"]["id"] = json!("HUS-JPY");
    body["currencyId"] = json!("JPY");
    let id = bench.post(ORDERS, body).await.location_id().to_owned();
    let read = bench.get(&format!("{ORDERS}/SO/{id}")).await.json();
    // 1000.5 is 1001 yen, its VAT 250.25 is 250.
    assert_eq!(
        (&read["totals"]["orderTotal"], &read["totals"]["taxTotal"]),
        (&json!(1251.0), &json!(250.0))
    );
    let day = "/v2/currencyrate?fromCurrency=JPY&fromDate=2026-10-01&toDate=2026-10-01";
    let rates = bench.get(day).await.json();
    assert_eq!(rates.as_array().map(Vec::len), Some(1));
    let rate = rates[0]["rate"].as_f64().expect("a rate");
    let base = read["totals"]["orderTotalInBaseCurrency"]
        .as_f64()
        .expect("an amount");
    assert!((1251.0 * rate - base).abs() <= 0.005, "{rate} {base}");
}

#[tokio::test]
async fn freight_bears_the_vat_of_its_category() {
    let bench = Bench::new().await;
    let mut body = order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]));
    body["freight"] = json!({"premiumAmount": 50, "taxCategoryId": "MIDDELS"});
    let id = bench.post(ORDERS, body).await.location_id().to_owned();
    assert_eq!(
        bench.get(&format!("{ORDERS}/SO/{id}")).await.json()["totals"]["orderTotal"],
        json!(182.5)
    );
}

#[tokio::test]
async fn a_company_that_rounds_totals_shows_it() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([line("DIVERSE", 1.0, 10.3, 0.0, "HOY")]))
        .await;
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(12.88)
    );
    bench
        .server
        .invoice_rounding(Some(rust_decimal::Decimal::ONE));
    assert_eq!(
        bench.get(&path).await.json()["totals"]["orderTotal"],
        json!(13.0)
    );
}
