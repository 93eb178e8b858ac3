use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::visma::Change;

const INVENTORY: &str = "/api/v3/Inventory";

impl Bench {
    /// The numbers of one item in the main warehouse: on hand, available, available for shipment.
    async fn figures(&self, sku: &str) -> [i64; 3] {
        let page = self
            .get(&format!("{INVENTORY}?inventoryId={sku}&warehouseId=HOVED"))
            .await
            .json();
        let row = &page["value"][0]["availability"][0];
        [
            "quantityOnHand",
            "quantityAvailable",
            "quantityAvailableForShipment",
        ]
        .map(|name| {
            row[name]
                .to_string()
                .trim_end_matches(".0")
                .parse()
                .expect("whole")
        })
    }

    async fn changed_since(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("{INVENTORY}?{query}")).await.json();
        let rows = page["value"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| row["inventoryId"].as_str().map(str::to_owned))
            .collect()
    }
}

#[tokio::test]
async fn each_step_takes_what_it_takes() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench.server.set_stock(&sku, "HOVED", Decimal::from(10));
    assert_eq!(bench.figures(&sku).await, [10, 10, 10]);
    bench
        .order(json!([line(&sku, 4.0, 100.0, 0.0, "HOY")]))
        .await;
    assert_eq!(bench.figures(&sku).await, [10, 6, 10], "SO only books");
    let mut body = order(json!([line(&sku, 5.0, 100.0, 0.0, "HOY")]));
    body["type"] = json!("SA");
    assert_eq!(bench.post(ORDERS, body).await.status, 201);
    assert_eq!(bench.figures(&sku).await, [10, 1, 5], "SA allocates");
    bench.server.set_stock(&sku, "HOVED", Decimal::from(8));
    bench.create_shipment("SO", "000223", "HOVED").await;
    let shipment = bench.server.shipments()[0].clone();
    assert_eq!(
        shipment.lines[0].2,
        Decimal::from(3),
        "what is allocated to another order stays"
    );
    assert_eq!(bench.figures(&sku).await, [8, -1, 0]);
    bench
        .shipment_action(&shipment.number, "confirmShipment")
        .await;
    assert_eq!(bench.figures(&sku).await, [5, -1, 0]);
    let summary = bench
        .get(&format!("/v1/inventorysummary/{sku}?warehouse=HOVED"))
        .await
        .json();
    assert_eq!(
        (
            &summary[0]["soBackOrdered"],
            &summary[0]["soAllocated"],
            &summary[0]["onHand"]
        ),
        (&json!(1.0), &json!(5.0), &json!(5.0))
    );
    // The order that has it allocated gets it.
    bench
        .server
        .ship_by_hand("SA", "000223", "HOVED")
        .expect("ships");
    assert_eq!(bench.figures(&sku).await, [0, -1, 0]);
}

#[tokio::test]
async fn only_what_changed_comes_back() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    bench.clock.advance(Duration::from_mins(1));
    bench
        .order(json!([line(&sku, 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let since = "modifiedSince=2026-10-01T08:00:30Z";
    assert_eq!(bench.changed_since(since).await, std::slice::from_ref(&sku));
    assert!(
        bench
            .changed_since(&format!("{since}&warehouseId=BUTIKK"))
            .await
            .is_empty()
    );
    assert!(
        !bench
            .changed_since(&format!(
                "{since}&modifiedSinceCondition=%3C&warehouseId=HOVED"
            ))
            .await
            .contains(&sku)
    );
    let exact = "modifiedSince=2026-10-01T08:01:00Z";
    assert_eq!(
        bench.changed_since(exact).await.len(),
        1,
        "no condition means >="
    );
    assert!(
        bench
            .changed_since(&format!("{exact}&modifiedSinceCondition=%3E"))
            .await
            .is_empty()
    );
    assert_eq!(
        bench
            .get(&format!("{INVENTORY}?modifiedSince=soon"))
            .await
            .status,
        400
    );
    let erp = "/v1/inventory?availabilityLastModifiedDateTime=2026-10-01T10:00:30&availabilityLastModifiedDateTimeCondition=%3E%3D";
    let rows = bench.get(erp).await.json();
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(rows[0]["inventoryNumber"], json!(sku));

    bench.clock.advance(Duration::from_mins(1));
    bench.server.change(Change::Stock {
        item: sku.clone(),
        warehouse: "BUTIKK".to_owned(),
        units: Decimal::from(7),
    });
    assert_eq!(
        bench
            .changed_since("modifiedSince=2026-10-01T08:01:30Z")
            .await,
        std::slice::from_ref(&sku)
    );
    assert_eq!(bench.server.on_hand(&sku, "BUTIKK"), Decimal::from(7));
    let state = bench.server.state();
    assert_eq!(state["stock_documents"][0]["kind"], "Adjustment");
}

#[tokio::test]
async fn pages_go_by_item_and_one_item_runs_out() {
    let bench = Bench::new().await;
    let first = bench.get(&format!("{INVENTORY}?pageSize=2")).await.json();
    assert_eq!(first["value"].as_array().map(Vec::len), Some(2));
    assert!(
        first["nextPage"]
            .as_str()
            .is_some_and(|next| next.contains("pageIndex=1"))
    );
    assert_eq!(
        first["value"][0]["availability"].as_array().map(Vec::len),
        Some(2),
        "both warehouses"
    );
    let data = bench.server.data();
    let scarce: Vec<&str> = data
        .items
        .values()
        .filter(|item| item.is_stock() && item.on_hand < Decimal::from(100))
        .map(|item| item.number.as_str())
        .collect();
    assert_eq!(scarce.len(), 1);
    assert_ne!(scarce, [bench.sku()]);
}
