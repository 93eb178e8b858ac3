use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::join::{join, plain_lists};
use crate::shop_data::{ShopData, ShopDataError};

/// The folder of examples, where there is one beside the checkout.
fn examples() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/examples/shopify"
    ));
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder of recordings beside the checkout");
    None
}

#[test]
fn the_recordings_are_served_or_named() {
    let Some(folder) = examples() else { return };
    let shop = ShopData::recorded(&folder).unwrap();
    let report = shop.report.as_ref().unwrap();
    for life in &shop.orders {
        let (at, order) = &life.versions[0];
        println!(
            "{} {} {at} {} {}",
            life.id,
            order["name"],
            order["displayFinancialStatus"],
            order["totalPriceSet"]["presentmentMoney"]
        );
        assert_eq!(order["updatedAt"], super::super::stamp(*at));
        assert!(order["test"] == false);
    }
    assert_eq!(report.files, 204);
    assert_eq!(report.found, report.served + report.not_served.len());
    assert_eq!(report.served, shop.orders.len());
    assert!(
        report
            .not_served
            .iter()
            .all(|one| !one.missing.is_empty() && !one.file.is_empty())
    );
    let served = |id: &str| shop.orders.iter().any(|life| life.id == id);
    // Paid or reserved, one tax at most on each line: these can be booked.
    let bookable = shop
        .orders
        .iter()
        .map(|life| &life.versions[0].1)
        .filter(|order| {
            let status = order["displayFinancialStatus"].as_str().unwrap_or_default();
            let simple = order["lineItems"]
                .as_array()
                .unwrap()
                .iter()
                .all(|line| line["taxLines"].as_array().unwrap().len() < 2);
            matches!(status, "PAID" | "AUTHORIZED" | "PARTIALLY_REFUNDED")
                && simple
                && order["cancelledAt"].is_null()
        });
    assert!(bookable.count() >= 14);
    assert_eq!(report.served, 21);
    // The newest of 22 answers counts; 12 lines came on two pages; several taxes on a line are served, and held by the product.
    assert!(served("450789469") && served("8938752442674") && served("1073459963"));
    let many = shop
        .orders
        .iter()
        .find(|life| life.id == "8938752442674")
        .unwrap();
    assert_eq!(
        many.versions[0].1["lineItems"].as_array().unwrap().len(),
        12
    );
    let whole = shop
        .orders
        .iter()
        .find(|life| life.id == "450789469")
        .unwrap();
    assert_eq!(whole.versions[0].1["updatedAt"], "2025-04-02T16:31:42Z");
    // Recorded without the ids of its lines; and with a discount that no line explains.
    let lacks = |id: &str| {
        report
            .not_served
            .iter()
            .find(|one| one.id == id)
            .map(|one| one.missing.clone())
            .unwrap_or_default()
    };
    assert_eq!(lacks("8734179787058"), ["lineItems.id"]);
    assert_eq!(lacks("8710700237106"), ["lineItems.discountAllocations"]);
    assert!(shop.skus().iter().any(|sku| sku.sku == "IPOD2009BLACK"));
    assert_eq!(
        shop.currencies().into_iter().collect::<Vec<_>>(),
        ["CAD", "EUR", "USD"]
    );
}

#[test]
fn the_report_has_the_names_of_the_design() {
    let Some(folder) = examples() else { return };
    let shop = ShopData::recorded(&folder).unwrap();
    let report = serde_json::to_value(shop.report.unwrap()).unwrap();
    let names = |object: &serde_json::Value| {
        object
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(&report),
        ["files", "found", "served", "filled", "not_served"]
    );
    assert_eq!(names(&report["filled"][0]), ["id", "fields", "marked"]);
    assert_eq!(names(&report["not_served"][0]), ["id", "file", "missing"]);
}

fn folder_of(name: &str, files: &[(&str, serde_json::Value)]) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("brygga-recorded-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("deep")).unwrap();
    for (file, content) in files {
        fs::write(folder.join(file), content.to_string()).unwrap();
    }
    folder
}

fn bag(amount: &str) -> serde_json::Value {
    json!({ "shopMoney": { "amount": amount, "currencyCode": "NOK" } })
}

fn thin(total: &str, tax: &serde_json::Value) -> serde_json::Value {
    json!({
        "id": "gid://shopify/Order/77", "name": "#77", "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
        "totalPriceSet": bag(total), "currentTotalPriceSet": bag(total),
        "lineItems": { "edges": [{ "node": { "id": "gid://shopify/LineItem/1", "title": "Thing", "quantity": 2, "originalUnitPriceSet": bag("10.0"), "taxLines": tax } }] },
    })
}

#[test]
fn only_what_the_sums_prove_is_filled() {
    let taxed = json!([{ "title": "MVA", "rate": 0.25, "priceSet": bag("5.0") }]);
    let answer = |order: serde_json::Value, time: &str| json!({ "recordedAt": time, "response": { "data": { "order": order } } });
    // 20.00 and 5.00 of tax on top are 25.00: the prices do not contain it.
    let folder = folder_of(
        "sums",
        &[(
            "a.json",
            answer(thin("25.0", &taxed), "2026-05-01T10:00:00Z"),
        )],
    );
    let shop = ShopData::recorded(&folder).unwrap();
    let order = &shop.orders[0].versions[0].1;
    assert_eq!(order["taxesIncluded"], false);
    assert_eq!(
        order["lineItems"][0]["originalTotalSet"]["presentmentMoney"]["amount"],
        "20.0"
    );
    assert_eq!(
        order["lineItems"][0]["taxLines"][0]["ratePercentage"].to_string(),
        "25"
    );
    assert_eq!(order["createdAt"], "2026-05-01T10:00:00Z");
    let report = shop.report.unwrap();
    assert_eq!(report.filled[0].marked, super::MARK);
    assert!(
        report.filled[0]
            .fields
            .iter()
            .any(|field| field == "taxesIncluded")
    );
    assert!(
        order["customAttributes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["key"] == super::MARK)
    );
    // 20.00 of 20.00 with tax inside: whether it is inside was not recorded, and is not guessed.
    let folder = folder_of(
        "guess",
        &[(
            "a.json",
            answer(thin("20.0", &taxed), "2026-05-01T10:00:00Z"),
        )],
    );
    let shop = ShopData::recorded(&folder).unwrap();
    assert!(shop.orders.is_empty());
    assert_eq!(
        shop.report.unwrap().not_served[0].missing,
        ["parts that add up to the total"]
    );
}

#[test]
fn only_answers_count_and_the_state_before_comes_first() {
    let mut after = thin("20.0", &json!([]));
    after["displayFinancialStatus"] = json!("VOIDED");
    let mut sent = thin("20.0", &json!([]));
    sent["name"] = json!("#sent");
    let content = json!({
        "recordedAt": "2026-05-01T10:00:00Z", "variables": { "order": sent },
        "mutation": { "response": { "data": { "orderUpdate": { "order": after } } } },
        "upstreamCalls": [{ "variables": { "order": sent }, "response": { "body": { "data": { "order": thin("20.0", &json!([])) } } } }],
    });
    let folder = folder_of(
        "before",
        &[
            ("deep/a.json", content),
            ("none.json", json!({ "count": 1 })),
        ],
    );
    let shop = ShopData::recorded(&folder).unwrap();
    assert_eq!(
        shop.orders[0].versions[0].1["displayFinancialStatus"],
        "VOIDED"
    );
    assert_eq!(shop.orders[0].versions[0].1["name"], "#77");
    assert_eq!(shop.report.unwrap().files, 2);
}

#[test]
fn a_fulfilment_is_told_whole_or_left_out() {
    let mut order = thin("20.0", &json!([]));
    order["fulfillments"] = json!([
        { "id": "gid://shopify/Fulfillment/8", "status": "SUCCESS" },
        { "id": "gid://shopify/Fulfillment/9", "status": "SUCCESS", "createdAt": "2026-05-01T09:00:00Z",
            "fulfillmentLineItems": [{ "id": "gid://shopify/FulfillmentLineItem/1", "quantity": 1, "lineItem": { "id": "gid://shopify/LineItem/1" } }] },
    ]);
    let content = json!({ "recordedAt": "2026-05-01T10:00:00Z", "data": { "order": order } });
    let shop = ShopData::recorded(&folder_of("parcels", &[("a.json", content)])).unwrap();
    let parcels = shop.orders[0].versions[0].1["fulfillments"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(parcels.len(), 1);
    assert_eq!(
        (
            &parcels[0]["legacyResourceId"],
            &parcels[0]["totalQuantity"]
        ),
        (&json!("9"), &json!(1))
    );
    let filled = &shop.report.unwrap().filled[0].fields;
    assert!(filled.iter().any(|field| field == "fulfillments"));
}

#[test]
fn a_folder_without_orders_is_refused() {
    let folder = folder_of("empty", &[("none.json", json!({ "count": 1 }))]);
    assert!(matches!(
        ShopData::recorded(&folder),
        Err(ShopDataError::Empty(_))
    ));
    assert!(matches!(
        ShopData::recorded(&folder.join("nowhere")),
        Err(ShopDataError::Unreadable { .. })
    ));
}

#[test]
fn pieces_join_by_id_and_the_newer_word_counts() {
    let page = |lines: serde_json::Value| {
        plain_lists(&json!({ "lineItems": { "nodes": lines, "pageInfo": {} } }))
    };
    let first = page(json!([{ "id": "a", "quantity": 1 }, { "id": "b", "quantity": 2 }]));
    let second = page(json!([{ "id": "b", "title": "B" }, { "id": "c" }]));
    assert_eq!(
        join(first, &second),
        json!({ "lineItems": [{ "id": "a", "quantity": 1 }, { "id": "b", "quantity": 2, "title": "B" }, { "id": "c" }] })
    );
    assert_eq!(
        join(
            json!({ "tags": ["x", "y"], "customer": { "id": "1" } }),
            &json!({ "tags": [], "customer": null })
        ),
        json!({ "tags": [], "customer": null })
    );
}
