//! What the warehouse does where Visma.net ships: read by its changes, with labels and carrier.

use brygga_core::erp::{Operation, ShipmentStatus};
use brygga_sandbox::visma::Change;

use super::*;

const MAIN: &str = "HOVED";

#[tokio::test]
async fn shipments_come_with_their_boxes_and_are_listed_by_change() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    let number = practice
        .visma
        .create_order(&practice.order(), &customer)
        .await
        .expect("booked");
    let booked = practice.booked(&number).await;
    let since = |practice: &Practice| {
        let now = brygga_core::Clock::now(&*practice.clock);
        // Summer time in Oslo.
        (now + chrono::TimeDelta::hours(2)).naive_utc()
    };
    let before = since(&practice);
    let first = i32::try_from(booked.lines[0].line_id).expect("small");
    let change = Change::WarehouseShips {
        order_type: number.order_type.clone(),
        id: number.number.clone(),
        warehouse: MAIN.into(),
        lines: vec![(first, Decimal::ONE)],
        tracking: vec!["70701".into(), "70702".into(), "70701".into()],
        carrier: Some("PostNord NO".into()),
        confirm: false,
    };
    let shipment = practice.server.change(change).expect("shipped");
    practice.clock.advance(Duration::from_secs(30));
    let read = practice.visma.shipment(&shipment).await.expect("read");
    let read = read.expect("there");
    assert_eq!(read.tracking, ["70701", "70702"]);
    assert_eq!(read.carrier.as_deref(), Some("PostNord NO"));
    assert_eq!((read.lines.len(), read.lines[0].shipped), (1, Decimal::ONE));
    assert_eq!(read.status, ShipmentStatus::Open);

    let news = practice.visma.shipment_news(before).await.expect("read");
    assert_eq!(news.len(), 1);
    assert_eq!(news[0].number, shipment);
    assert_eq!(news[0].orders, std::slice::from_ref(&number));
    assert_eq!(
        (&news[0].operation, &news[0].status),
        (&Operation::Issue, &ShipmentStatus::Open)
    );
    assert!(news[0].modified.is_some());

    practice.clock.advance(Duration::from_hours(2));
    let later = since(&practice);
    assert_eq!(practice.visma.shipment_news(later).await, Ok(vec![]));
    practice.server.change(Change::ShipmentTracked {
        number: shipment.clone(),
        tracking: vec!["LATE".into()],
        carrier: None,
    });
    practice.clock.advance(Duration::from_secs(30));
    let changed = practice.visma.shipment_news(later).await.expect("read");
    assert_eq!(changed.len(), 1);
    assert_ne!(changed[0].modified, news[0].modified);
}
