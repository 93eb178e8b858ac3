use serde_json::json;

use super::shipping::{SHIPMENT, units};
use super::*;
use crate::visma::ledger::Kind;

#[tokio::test]
async fn an_order_is_shipped_and_invoiced() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let (path, _) = bench
        .order(json!([
            line(&sku, 2.0, 100.0, 10.0, "HOY"),
            line("FRAKT", 1.0, 79.2, 0.0, "HOY")
        ]))
        .await;
    let before = bench.server.on_hand(&sku, "HOVED");
    assert_eq!(bench.prepare_invoice("SO", "000223").await.status, 400);

    let made = bench.create_shipment("SO", "000223", "HOVED").await;
    assert_eq!((made.status, made.text.as_str()), (204, ""));
    assert_eq!(bench.status(&path).await, "Shipping");
    let rows = bench.get(&format!("{path}/shipment")).await.json();
    assert_eq!(
        (&rows[0]["id"], &rows[0]["status"], &rows[0]["invoiceId"]),
        (&json!("000501"), &json!("Open"), &Value::Null)
    );
    let shipment = bench.shipment("000501").await;
    let lines = shipment["shipmentDetailLines"].as_array().expect("lines");
    assert_eq!(lines.len(), 1, "shipping costs need no shipment");
    assert_eq!(
        (
            &lines[0]["orderLineNbr"],
            &lines[0]["shippedQty"],
            &lines[0]["externalLink"]
        ),
        (&json!(1), &json!(2.0), &json!(format!("line/{sku}")))
    );
    assert_eq!(bench.server.on_hand(&sku, "HOVED"), before);

    let confirmed = bench.shipment_action("000501", "confirmShipment").await;
    assert_eq!(confirmed.json()["actionResult"], "Done");
    assert_eq!(bench.server.on_hand(&sku, "HOVED"), before - units("2"));
    assert_eq!(bench.status(&path).await, "Completed");
    let order_row = &bench.shipment("000501").await["shipmentOrderLines"][0];
    assert_eq!(order_row["inventoryDocType"], "Issue");
    assert_eq!(order_row["inventoryRefNbr"], "001001");
    let ordered = bench.get(&format!("{path}/lines/1")).await.json();
    assert_eq!(
        (
            &ordered["quantityOnShipments"],
            &ordered["openQuantity"],
            &ordered["completed"]
        ),
        (&json!(2.0), &json!(0.0), &json!(true))
    );
    assert_eq!(
        bench
            .shipment_action("000501", "confirmShipment")
            .await
            .status,
        400,
        "once"
    );

    let prepared = bench.prepare_invoice("SO", "000223").await;
    assert_eq!((prepared.status, prepared.text.as_str()), (204, ""));
    let rows = bench.get(&format!("{path}/shipment")).await.json();
    assert_eq!(
        (&rows[0]["invoiceType"], &rows[0]["status"]),
        (&json!("Invoice"), &json!("Invoiced"))
    );
    let invoice = rows[0]["invoiceId"].as_str().expect("a number").to_owned();
    assert_eq!(
        bench.invoice(Kind::Invoice, &invoice),
        [
            (1, units("2"), units("10"), Some("000501".to_owned())),
            (2, units("1"), units("0"), None)
        ]
    );
    assert_eq!(
        bench.get(&format!("{path}/lines/2")).await.json()["billedQuantity"],
        json!(1.0)
    );
    assert_eq!(
        bench.prepare_invoice("SO", "000223").await.status,
        400,
        "nothing is left"
    );
    assert_eq!(
        bench
            .shipment_action("000501", "correctShipment")
            .await
            .status,
        400,
        "it is invoiced"
    );
    bench.book(&invoice).await;
    assert_eq!(bench.shipment("000501").await["status"], "Completed");
    let listed = bench.get("/v1/shipment?status=Completed").await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_invoice_is_dated_as_the_order_says_or_today() {
    for (date, want) in [
        (Some("2026-09-28T12:00:00Z"), "2026-09-28"),
        (None, "2026-10-01"),
    ] {
        let bench = Bench::new().await;
        let (path, _) = bench
            .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
            .await;
        bench
            .server
            .ship_by_hand("SO", "000223", "HOVED")
            .expect("ships");
        if let Some(date) = date {
            let etag = bench.get(&path).await.header("etag").to_owned();
            let refused = bench
                .patch(
                    &path,
                    &etag,
                    json!({"financialInformation": {"invoiceDate": date}, "note": "x"}),
                )
                .await;
            assert_eq!(refused.codes(), ["0005-InvalidState"]);
            let dated = bench
                .patch(
                    &path,
                    &etag,
                    json!({"financialInformation": {"invoiceDate": date}}),
                )
                .await;
            assert_eq!(dated.status, 202, "{}", dated.text);
        }
        assert_eq!(bench.prepare_invoice("SO", "000223").await.status, 204);
        let world = bench.server.shared.lock();
        let invoice = world.ledger.documents.values().next().expect("one");
        assert_eq!(invoice.date.to_string(), want);
    }
}

#[tokio::test]
async fn parts_of_an_order_are_shipped_and_invoiced_one_by_one() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let (path, _) = bench
        .order(json!([
            line(&sku, 3.0, 100.0, 10.0, "HOY"),
            line(&sku, 1.0, 50.0, 0.0, "HOY"),
            line("FRAKT", 1.0, 79.2, 0.0, "HOY")
        ]))
        .await;
    bench.create_shipment("SO", "000223", "HOVED").await;
    let etag = bench
        .get(&format!("{SHIPMENT}/000501"))
        .await
        .header("etag")
        .to_owned();
    let set = bench
        .set_units("000501", &etag, &[(1, Some(1.0)), (2, None)])
        .await;
    assert_eq!((set.status, set.text.as_str()), (204, ""));
    assert_eq!(
        bench
            .set_units("000501", &etag, &[(1, Some(2.0))])
            .await
            .status,
        412
    );
    assert_eq!(
        bench
            .set_units("000501", "", &[(1, Some(4.0))])
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .set_units("000501", "", &[(7, Some(1.0))])
            .await
            .status,
        400
    );
    let unwrapped =
        json!({"shipmentDetailLines": [{"operation": "Update", "lineNumber": 1, "shippedQty": 1}]});
    assert_eq!(
        bench
            .write(Method::PUT, "/v1/shipment/000501", "", Some(unwrapped))
            .await
            .status,
        400
    );
    bench.shipment_action("000501", "confirmShipment").await;
    assert_eq!(bench.status(&path).await, "BackOrder");
    assert_eq!(
        bench
            .set_units("000501", "", &[(1, Some(2.0))])
            .await
            .status,
        400,
        "confirmed"
    );
    assert_eq!(bench.prepare_invoice("SO", "000223").await.status, 204);

    bench.create_shipment("SO", "000223", "HOVED").await;
    bench.shipment_action("000502", "confirmShipment").await;
    assert_eq!(bench.status(&path).await, "Completed");
    assert_eq!(bench.prepare_invoice("SO", "000223").await.status, 204);
    let rows = bench.get(&format!("{path}/shipment")).await.json();
    let invoice = |row: usize| rows[row]["invoiceId"].as_str().expect("one").to_owned();
    assert_ne!(invoice(0), invoice(1));
    // A discount goes by the share of the units, rounded, each for itself; what needs no shipment is on the first.
    assert_eq!(
        bench.invoice(Kind::Invoice, &invoice(0)),
        [
            (1, units("1"), units("3.33"), Some("000501".to_owned())),
            (3, units("1"), units("0"), None)
        ]
    );
    assert_eq!(
        bench.invoice(Kind::Invoice, &invoice(1)),
        [
            (1, units("2"), units("6.67"), Some("000502".to_owned())),
            (2, units("1"), units("0"), Some("000502".to_owned()))
        ]
    );
}

#[tokio::test]
async fn orders_that_need_no_shipment_are_invoiced_directly() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let before = bench.server.on_hand(&sku, "HOVED");
    bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        400
    );
    assert_eq!(bench.prepare_invoice("SO", "000223").await.status, 204);
    assert_eq!(
        bench.status(&format!("{ORDERS}/SO/000223")).await,
        "Invoiced"
    );

    let mut body = order(json!([line(&sku, 2.0, 100.0, 0.0, "HOY")]));
    body["type"] = json!("IN");
    assert_eq!(bench.post(ORDERS, body.clone()).await.status, 201);
    assert_eq!(
        bench.create_shipment("IN", "000223", "HOVED").await.status,
        400
    );
    assert_eq!(bench.prepare_invoice("IN", "000223").await.status, 204);
    assert_eq!(bench.server.on_hand(&sku, "HOVED"), before - units("2"));
    body["type"] = json!("CM");
    assert_eq!(bench.post(ORDERS, body.clone()).await.status, 201);
    assert_eq!(bench.prepare_invoice("CM", "000223").await.status, 204);
    assert_eq!(
        bench.server.on_hand(&sku, "HOVED"),
        before,
        "without a receipt"
    );
    assert_eq!(
        bench.invoice(Kind::CreditNote, "200001"),
        [(1, units("2"), units("0"), None)]
    );

    bench.server.v3_order_types(false);
    assert_eq!(
        bench.post(ORDERS, body).await.codes(),
        ["0006-FunctionalityNotImplemented"]
    );
}

#[tokio::test]
async fn goods_come_back_against_their_invoice() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench
        .order(json!([
            line(&sku, 3.0, 100.0, 0.0, "HOY"),
            line("FRAKT", 1.0, 79.2, 0.0, "HOY")
        ]))
        .await;
    bench
        .server
        .ship_by_hand("SO", "000223", "HOVED")
        .expect("ships");
    bench.prepare_invoice("SO", "000223").await;
    let invoice = bench.server.shipments()[0].invoice.clone().expect("one");
    let shipped = bench.server.on_hand(&sku, "HOVED");

    let back = |quantity: f64, invoice: &str, number: i32| {
        let mut line = line(&sku, quantity, 100.0, 0.0, "HOY");
        line["operation"] = json!("Receipt");
        line["invoiceType"] = json!("Invoice");
        line["invoiceNumber"] = json!(invoice);
        line["invoiceLineNumber"] = json!(number);
        let mut body = order(json!([line, super::line("FRAKT", 1.0, 79.2, 0.0, "HOY")]));
        body["type"] = json!("RC");
        body
    };
    assert_eq!(
        bench.post(ORDERS, back(1.0, &invoice, 1)).await.codes(),
        ["1826-InvalidInvoice"],
        "it is not in the books"
    );
    bench.book(&invoice).await;
    assert_eq!(
        bench.post(ORDERS, back(1.0, "999999", 1)).await.codes(),
        ["1826-InvalidInvoice"]
    );
    assert_eq!(
        bench.post(ORDERS, back(1.0, &invoice, 9)).await.codes(),
        ["1827-InvalidInvoiceLine"]
    );
    assert_eq!(
        bench.post(ORDERS, back(4.0, &invoice, 1)).await.codes(),
        ["1829-InvalidOrderTypeForInvoice"]
    );
    let mut sale = back(1.0, &invoice, 1);
    sale["type"] = json!("SO");
    assert_eq!(
        bench.post(ORDERS, sale).await.codes(),
        [
            "1800-InvalidLineOperation",
            "1828-InvalidOrderTypeForInvoice"
        ]
    );
    assert_eq!(bench.post(ORDERS, back(2.0, &invoice, 1)).await.status, 201);
    assert_eq!(
        bench.post(ORDERS, back(2.0, &invoice, 1)).await.codes(),
        ["1829-InvalidOrderTypeForInvoice"],
        "with what came back before"
    );
    let row = bench
        .get(&format!("{ORDERS}/RC/000223/lines/1"))
        .await
        .json();
    assert_eq!(
        (
            &row["operation"],
            &row["invoiceNumber"],
            &row["invoiceLineNumber"]
        ),
        (&json!("Receipt"), &json!(invoice), &json!(1))
    );

    assert_eq!(
        bench.prepare_invoice("RC", "000223").await.status,
        400,
        "nothing has come"
    );
    let body = json!({"orderType": "RC", "shipmentDate": "2026-10-01", "shipmentWarehouse": "HOVED", "operation": "I"});
    let path = "/v2/salesorder/000223/action/createShipment";
    assert_eq!(bench.post(path, body.clone()).await.status, 400);
    let mut body = body;
    body["operation"] = json!("R");
    assert_eq!(bench.post(path, body).await.status, 204);
    assert_eq!(bench.shipment("000502").await["operation"], "Receipt");
    bench.shipment_action("000502", "confirmShipment").await;
    assert_eq!(bench.server.on_hand(&sku, "HOVED"), shipped + units("2"));
    assert_eq!(bench.prepare_invoice("RC", "000223").await.status, 204);
    let rows = bench
        .get(&format!("{ORDERS}/RC/000223/shipment"))
        .await
        .json();
    assert_eq!(
        (&rows[0]["invoiceType"], &rows[0]["inventoryDocumentType"]),
        (&json!("CreditNote"), &json!("Receipt"))
    );
    let number = rows[0]["invoiceId"].as_str().expect("one");
    assert_eq!(
        bench.invoice(Kind::CreditNote, number).len(),
        2,
        "one credit note"
    );
}
