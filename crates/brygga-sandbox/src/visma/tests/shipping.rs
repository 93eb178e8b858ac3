use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::faults::{Fault, FaultRule, Side};
use crate::visma::ledger::Kind;
use crate::visma::{Change, ShipmentAction};

pub(super) const SHIPMENT: &str = "/v1/shipment";

impl Bench {
    pub(super) async fn create_shipment(&self, kind: &str, id: &str, warehouse: &str) -> Answer {
        let body = json!({"orderType": kind, "shipmentDate": "2026-10-01T00:00:00", "shipmentWarehouse": warehouse});
        let path = format!("/v2/salesorder/{id}/action/createShipment");
        self.post(&path, body).await
    }

    pub(super) async fn shipment_action(&self, number: &str, action: &str) -> Answer {
        let path = format!("{SHIPMENT}/{number}/action/{action}");
        send(self.request(Method::POST, &path))
            .await
            .expect("answers")
    }

    pub(super) async fn prepare_invoice(&self, kind: &str, id: &str) -> Answer {
        let path = format!("/v2/salesorder/{kind}/{id}/action/prepareInvoice");
        send(self.request(Method::POST, &path))
            .await
            .expect("answers")
    }

    /// Another order, shipped by the older action, which answers with the shipment.
    pub(super) async fn second_shipment_in_v1(&self, sku: &str) -> Answer {
        let (path, _) = self.order(json!([line(sku, 1.0, 100.0, 0.0, "HOY")])).await;
        let id = path.rsplit('/').next().expect("an id");
        let body = json!({"orderType": "SO", "shipmentDate": "2026-10-01", "shipmentWarehouse": "HOVED", "returnShipmentDto": true});
        self.post(&format!("/v1/salesorder/{id}/action/createShipment"), body)
            .await
    }

    /// Sets the units of a shipment's lines; none deletes the line.
    pub(super) async fn set_units(
        &self,
        number: &str,
        etag: &str,
        units: &[(i32, Option<f64>)],
    ) -> Answer {
        let lines: Vec<Value> = units
            .iter()
            .map(|(line, units)| match units {
                Some(units) => json!({"operation": "Update", "lineNumber": {"value": line}, "shippedQty": {"value": units}}),
                None => json!({"operation": "Delete", "lineNumber": {"value": line}}),
            })
            .collect();
        let path = format!("{SHIPMENT}/{number}");
        let body = Some(json!({"shipmentDetailLines": lines}));
        self.write(Method::PUT, &path, etag, body).await
    }

    pub(super) async fn status(&self, path: &str) -> String {
        let order = self.get(path).await.json();
        let status = order["status"]["description"].as_str();
        status.expect("a status").to_owned()
    }

    pub(super) async fn shipment(&self, number: &str) -> Value {
        let answer = self.get(&format!("{SHIPMENT}/{number}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// The lines of an invoice or credit note: line of the order, units, discount, shipment.
    pub(super) fn invoice(
        &self,
        kind: Kind,
        number: &str,
    ) -> Vec<(i32, Decimal, Decimal, Option<String>)> {
        let world = self.server.shared.lock();
        let document = &world.ledger.documents[&(kind, number.to_owned())];
        document
            .lines
            .iter()
            .map(|line| {
                let from = line.order.clone().expect("from an order");
                (from.line, line.quantity, line.discount, from.shipment)
            })
            .collect()
    }

    /// Puts an invoice in the books.
    pub(super) async fn book(&self, number: &str) {
        let path = format!("/v1/customerinvoice/{number}/action/release");
        let released = send(self.request(Method::POST, &path)).await;
        let released = released.expect("answers");
        assert_eq!(released.status, 200, "{}", released.text);
    }
}

pub(super) fn units(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[tokio::test]
async fn what_is_shipped_stays_and_the_rest_can_be_edited() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let (path, _) = bench
        .order(json!([
            line(&sku, 3.0, 100.0, 0.0, "HOY"),
            line(&sku, 2.0, 50.0, 0.0, "HOY")
        ]))
        .await;
    bench.create_shipment("SO", "000223", "HOVED").await;
    bench
        .set_units("000501", "", &[(1, Some(1.0)), (2, None)])
        .await;
    let lines = format!("{path}/lines");
    let etag = async || bench.get(&path).await.header("etag").to_owned();
    let change = async |body: Value| {
        bench
            .patch(&lines, &etag().await, json!({"lines": [body]}))
            .await
    };
    assert_eq!(
        change(json!({"lineId": 2, "quantity": 1})).await.codes(),
        ["0005-InvalidState"],
        "not while a shipment is open"
    );
    bench.shipment_action("000501", "confirmShipment").await;

    assert_eq!(
        change(json!({"lineId": 1, "quantity": 0})).await.codes(),
        ["0003-InvalidValue"]
    );
    assert_eq!(
        change(json!({"lineId": 1, "externalLink": "other", "warehouseId": "BUTIKK"}))
            .await
            .codes(),
        [
            "1811-LineAlreadyShippedExternalLink",
            "1822-CanNotUpdateLineLocation"
        ]
    );
    assert_eq!(
        bench
            .write(
                Method::DELETE,
                &format!("{lines}?ids=1"),
                &etag().await,
                None
            )
            .await
            .codes(),
        ["1823-DeleteLineWhichIsAlreadyShipped"]
    );
    assert_eq!(
        bench
            .patch(&path, &etag().await, json!({"status": "Cancelled"}))
            .await
            .codes(),
        ["0005-InvalidState"]
    );
    assert_eq!(
        change(json!({"lineId": 2, "quantity": 1})).await.status,
        202
    );
    assert_eq!(
        change(json!({"lineId": 1, "quantity": 1})).await.status,
        202
    );
    assert_eq!(
        bench.get(&format!("{lines}/1")).await.json()["completed"],
        true
    );
    assert_eq!(bench.status(&path).await, "BackOrder");
    let deleted = bench
        .write(
            Method::DELETE,
            &format!("{lines}?ids=2"),
            &etag().await,
            None,
        )
        .await;
    assert_eq!(deleted.status, 202);
    assert_eq!(
        bench.status(&path).await,
        "Completed",
        "nothing is left to ship"
    );
}

#[tokio::test]
async fn a_shipment_is_taken_back_step_by_step() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let before = bench.server.on_hand(&sku, "HOVED");
    let (path, _) = bench
        .order(json!([line(&sku, 3.0, 100.0, 0.0, "HOY")]))
        .await;
    let number = bench
        .server
        .ship_by_hand("SO", "000223", "HOVED")
        .expect("ships");
    assert_eq!(
        bench
            .shipment_action(&number, "cancelShipment")
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .shipment_action(&number, "correctShipment")
            .await
            .status,
        200
    );
    assert_eq!(bench.server.on_hand(&sku, "HOVED"), before);
    assert_eq!(bench.status(&path).await, "Shipping");
    assert_eq!(
        bench
            .shipment_action(&number, "cancelShipment")
            .await
            .status,
        200
    );
    assert_eq!(bench.status(&path).await, "Open");
    assert_eq!(bench.shipment(&number).await["status"], "Cancelled");
    assert_eq!(
        bench.get(&format!("{path}/lines/1")).await.json()["quantityOnShipments"],
        json!(0.0)
    );
    let etag = bench.get(&path).await.header("etag").to_owned();
    assert_eq!(
        bench
            .patch(&path, &etag, json!({"status": "Cancelled"}))
            .await
            .status,
        202
    );
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        400
    );
}

#[tokio::test]
async fn a_line_is_deleted_alone_or_with_the_orders_own() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let (path, _) = bench
        .order(json!([
            line(&sku, 1.0, 100.0, 0.0, "HOY"),
            line(&sku, 2.0, 50.0, 0.0, "HOY"),
            line(&sku, 3.0, 50.0, 0.0, "HOY")
        ]))
        .await;
    bench.create_shipment("SO", "000223", "HOVED").await;
    for (line, with) in [(1, false), (2, true)] {
        let answer = bench
            .post(
                &format!("{SHIPMENT}/000501/action/deleteLine/{line}"),
                json!({"deleteSOLine": {"value": with}}),
            )
            .await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    }
    let lines = bench.get(&format!("{path}/lines")).await.json();
    let ids: Vec<&Value> = lines["value"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| &line["lineId"])
        .collect();
    assert_eq!(ids, [&json!(1), &json!(3)]);
    assert_eq!(
        bench.shipment("000501").await["shippedQuantity"],
        json!(3.0)
    );
    bench.set_units("000501", "", &[(3, Some(0.0))]).await;
    let zero = bench.shipment_action("000501", "confirmShipment").await;
    assert_eq!(zero.status, 400);
    assert!(
        zero.text.contains("Unable to confirm zero shipment"),
        "{}",
        zero.text
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_shipped() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench.server.set_stock(&sku, "HOVED", units("2"));
    let (path, _) = bench
        .order(json!([line(&sku, 5.0, 100.0, 0.0, "HOY")]))
        .await;
    assert_eq!(
        bench.create_shipment("SO", "000999", "HOVED").await.status,
        404
    );
    assert_eq!(
        bench
            .create_shipment("SO", "000223", "NOWHERE")
            .await
            .status,
        400
    );
    let other = bench.create_shipment("SO", "000223", "BUTIKK").await;
    assert!(
        other.status == 400 && other.text.contains("does not contain any items"),
        "{}",
        other.text
    );
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        204
    );
    let row = bench.shipment("000501").await["shipmentDetailLines"][0].clone();
    assert_eq!(
        (&row["shippedQty"], &row["orderedQty"], &row["openQty"]),
        (&json!(2.0), &json!(5.0), &json!(3.0))
    );
    assert_eq!(
        bench
            .set_units("000501", "", &[(1, Some(3.0))])
            .await
            .status,
        400
    );
    // Somebody sells the goods at the desk before they leave.
    bench.server.change(Change::StockIssued {
        item: sku.clone(),
        warehouse: "HOVED".to_owned(),
        units: units("1"),
    });
    let refused = bench.shipment_action("000501", "confirmShipment").await;
    assert!(
        refused.status == 400 && refused.text.contains("negative"),
        "{}",
        refused.text
    );
    bench.set_units("000501", "", &[(1, Some(1.0))]).await;
    assert_eq!(
        bench
            .shipment_action("000501", "confirmShipment")
            .await
            .status,
        200
    );
    assert_eq!(bench.status(&path).await, "BackOrder");
    let none = bench.create_shipment("SO", "000223", "HOVED").await;
    assert!(
        none.status == 400 && none.text.contains("available items"),
        "{}",
        none.text
    );
}

#[tokio::test]
async fn shipping_rules_decide() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench.server.set_stock(&sku, "HOVED", units("2"));
    let mut whole = line(&sku, 5.0, 100.0, 0.0, "HOY");
    whole["shippingRule"] = json!("ShipComplete");
    bench.order(json!([whole])).await;
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        409
    );
    let mut rest = line(&sku, 5.0, 100.0, 0.0, "HOY");
    rest["shippingRule"] = json!("CancelRemainder");
    let (path, _) = bench.order(json!([rest])).await;
    bench
        .server
        .ship_by_hand("SO", "000224", "HOVED")
        .expect("ships");
    assert_eq!(
        bench.status(&path).await,
        "Completed",
        "the remainder is cancelled"
    );
}

#[tokio::test]
async fn people_ship_as_well() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let (order_type, id) = ("SO".to_owned(), "000223".to_owned());
    let number = bench.server.change(Change::Shipment {
        order_type: order_type.clone(),
        id: id.clone(),
        warehouse: "HOVED".to_owned(),
        confirm: false,
    });
    assert_eq!(number.as_deref(), Some("000501"));
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        400,
        "one is open"
    );
    let action = ShipmentAction::Confirm;
    let number = number.expect("one");
    bench.server.change(Change::ShipmentDone { number, action });
    let invoice = bench
        .server
        .change(Change::OrderInvoiced { order_type, id });
    let rows = bench.get(&format!("{path}/shipment")).await.json();
    assert_eq!(rows[0]["invoiceId"], json!(invoice.expect("one")));
    let shipments = bench.server.shipments();
    assert_eq!((shipments.len(), shipments[0].status), (1, "Invoiced"));
}

#[tokio::test]
async fn the_warehouse_ships_in_parts_with_labels_on_the_boxes() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([
            line(&bench.sku(), 3.0, 100.0, 0.0, "HOY"),
            line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")
        ]))
        .await;
    let ship = |lines: Vec<(i32, i64)>, tracking: &[&str], confirm| {
        bench.server.change(Change::WarehouseShips {
            order_type: "SO".to_owned(),
            id: "000223".to_owned(),
            warehouse: "HOVED".to_owned(),
            lines: lines
                .into_iter()
                .map(|(line, units)| (line, units.into()))
                .collect(),
            tracking: tracking.iter().map(|number| (*number).to_owned()).collect(),
            carrier: Some("PostNord NO".to_owned()),
            confirm,
        })
    };
    // More than was ordered leaves everything as it was.
    assert_eq!(ship(vec![(1, 4)], &[], true), None);
    assert_eq!(bench.status(&path).await, "Open");
    let first = ship(vec![(1, 2)], &["A", "B"], true).expect("shipped");
    let read = bench.get(&format!("{SHIPMENT}/{first}")).await.json();
    assert_eq!(read["status"], "Confirmed");
    assert_eq!(read["packages"], 2);
    assert_eq!(read["shipmentPackageLines"][1]["trackingNumber"], "B");
    assert_eq!(read["shipVia"]["description"], "PostNord NO");
    assert_eq!(read["shippedQuantity"], json!(2.0));
    assert_eq!(bench.status(&path).await, "BackOrder");
    let second = ship(Vec::new(), &[], true).expect("the rest");
    let read = bench.get(&format!("{SHIPMENT}/{second}")).await.json();
    assert_eq!(read["shippedQuantity"], json!(2.0));
    assert_eq!(read["shipmentPackageLines"], json!([]));
    assert_eq!(bench.status(&path).await, "Completed");
    // A label that comes later changes the shipment.
    let stamp = read["timeStamp"].clone();
    bench.server.change(Change::ShipmentTracked {
        number: second.clone(),
        tracking: vec!["C".to_owned()],
        carrier: None,
    });
    let read = bench.get(&format!("{SHIPMENT}/{second}")).await.json();
    assert_eq!(read["shipmentPackageLines"][0]["trackingNumber"], "C");
    assert_eq!(read["shipVia"]["description"], "PostNord NO");
    assert_ne!(read["timeStamp"], stamp);
}

#[tokio::test]
async fn boxes_are_put_on_an_open_shipment() {
    let bench = Bench::new().await;
    let (_, _) = bench
        .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
        .await;
    bench.create_shipment("SO", "000223", "HOVED").await;
    let path = format!("{SHIPMENT}/000501");
    let etag = bench.get(&path).await.header("etag").to_owned();
    let wrap = |value: &str| json!({ "value": value });
    let packed = json!({"shipmentPackageLines": [
        {"operation": "Insert", "boxId": wrap("ESKE"), "trackingNumber": wrap("A")},
        {"operation": "Insert", "boxId": wrap("ESKE"), "trackingNumber": wrap("B")},
    ]});
    let answer = bench.write(Method::PUT, &path, &etag, Some(packed)).await;
    assert_eq!(answer.status, 204);
    let etag = bench.get(&path).await.header("etag").to_owned();
    let changed = json!({"shipmentPackageLines": [
        {"operation": "Delete", "lineNumber": {"value": 1}},
        {"operation": "Update", "lineNumber": {"value": 2}, "trackingNumber": wrap("B2")},
    ]});
    let answer = bench.write(Method::PUT, &path, &etag, Some(changed)).await;
    assert_eq!(answer.status, 204);
    let read = bench.get(&path).await.json();
    assert_eq!(read["packages"], 1);
    assert_eq!(read["shipmentPackageLines"][0]["trackingNumber"], "B2");
    let nameless = json!({"shipmentPackageLines": [{"operation": "Insert"}]});
    let etag = bench.get(&path).await.header("etag").to_owned();
    let answer = bench.write(Method::PUT, &path, &etag, Some(nameless)).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn shipments_are_listed() {
    let bench = Bench::new().await;
    let lines = || json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]);
    bench.order(lines()).await;
    bench
        .server
        .ship_by_hand("SO", "000223", "HOVED")
        .expect("ships");
    bench.clock.advance(Duration::from_mins(1));
    bench.order(lines()).await;
    bench.create_shipment("SO", "000224", "HOVED").await;
    let count = async |query: &str| {
        let rows = bench.get(&format!("{SHIPMENT}?{query}")).await.json();
        rows.as_array().expect("rows").len()
    };
    assert_eq!(count("pageNumber=1&pageSize=50").await, 2);
    assert_eq!(count("status=Confirmed").await, 1);
    assert_eq!(count("customerNumber=HUS-NOK&shipmentType=Issue").await, 2);
    assert_eq!(count("customerNumber=10001").await, 0);
    assert_eq!(
        count("shipmentDate=2026-10-02&shipmentDateCondition=%3E%3D").await,
        0
    );
    let since = "lastModifiedDateTime=2026-10-01T10:00:30&lastModifiedDateTimeCondition=%3E%3D";
    assert_eq!(count(since).await, 1);
    let rows = bench.get(&format!("{SHIPMENT}?pageSize=1")).await.json();
    assert_eq!(rows[0]["metadata"]["totalCount"], 2);
    bench.server.list_lag(Duration::from_secs(30));
    assert_eq!(count("").await, 1);
}

#[tokio::test]
async fn an_answer_is_lost_with_or_without_its_effect() {
    for (committed, shipments) in [(false, 0), (true, 1)] {
        let bench = Bench::new().await;
        bench
            .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
            .await;
        let fault = Fault::Status {
            code: 503,
            committed,
        };
        bench
            .faults
            .add(FaultRule::next(Side::Visma, fault).path("/action/createShipment"));
        assert_eq!(
            bench.create_shipment("SO", "000223", "HOVED").await.status,
            503
        );
        assert_eq!(bench.server.shipments().len(), shipments);
    }
}
