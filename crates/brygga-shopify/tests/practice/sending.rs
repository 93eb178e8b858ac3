//! What is to be sent, fulfilments and their tracking, over real HTTP.

use brygga_core::shop::{
    FulfilmentDraft, FulfilmentDraftLine, FulfilmentDraftPart, FulfilmentOrderStatus, Sending,
    Tracking,
};
use brygga_sandbox::shopify::ShopChange;

use super::*;

/// An order with two kinds of goods, of which nothing is sent.
fn unsent(bench: &Bench) -> OrderId {
    let data = bench.pair.shop_data();
    let mut versions = data.orders.iter().filter_map(|life| life.versions.first());
    let found = versions.find(|(_, order)| {
        let lines = order["lineItems"].as_array().unwrap();
        lines.len() == 2
            && order["cancelledAt"].is_null()
            && lines
                .iter()
                .all(|line| line["requiresShipping"] == true && line["variant"]["id"].is_string())
    });
    let mut order = found.expect("such an order").1.clone();
    let now = bench.clock.now();
    order["id"] = json!("gid://shopify/Order/880001");
    order["legacyResourceId"] = json!("880001");
    order["fulfillments"] = json!([]);
    order["refunds"] = json!([]);
    for (place, units) in [(0, 3), (1, 1)] {
        let line = &mut order["lineItems"][place];
        line["id"] = json!(format!("gid://shopify/LineItem/88000{place}0"));
        for key in [
            "quantity",
            "currentQuantity",
            "unfulfilledQuantity",
            "fulfillableQuantity",
        ] {
            line[key] = json!(units);
        }
        line["nonFulfillableQuantity"] = json!(0);
    }
    bench.pair.shopify().add_order_version(now, order);
    OrderId("880001".into())
}

async fn sending(bench: &Bench, order: &OrderId) -> Sending {
    bench.shop().sending(order).await.unwrap().expect("there")
}

/// So many units of each line that is still to be sent.
fn draft(order: &OrderId, sending: &Sending, units: &[u32], numbers: &[&str]) -> FulfilmentDraft {
    let open = &sending.orders[0];
    let lines = open
        .lines
        .iter()
        .zip(units)
        .filter(|(_, units)| **units > 0)
        .map(|(line, units)| FulfilmentDraftLine {
            id: line.id.clone(),
            line_id: line.line_id.clone(),
            units: *units,
        })
        .collect();
    FulfilmentDraft {
        order: order.clone(),
        parts: vec![FulfilmentDraftPart {
            fulfilment_order: open.id.clone(),
            lines,
        }],
        tracking: (!numbers.is_empty()).then(|| tracking(numbers)),
        notify: false,
    }
}

fn tracking(numbers: &[&str]) -> Tracking {
    Tracking {
        numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
        company: Some("PostNord NO".into()),
    }
}

#[tokio::test]
async fn an_order_is_sent_in_parts_and_tracked() {
    let bench = Bench::seeded(40).await;
    let shop = bench.shop();
    let order = unsent(&bench);
    let before = sending(&bench, &order).await;
    assert_eq!((before.orders.len(), before.fulfilments.len()), (1, 0));
    let open = &before.orders[0];
    assert_eq!(open.status, FulfilmentOrderStatus::Open);
    assert!(open.location_id.is_some());
    let remaining: Vec<u32> = open.lines.iter().map(|line| line.remaining).collect();
    assert_eq!(remaining, [3, 1]);

    let first = draft(&order, &before, &[2, 0], &["A1", "A2"]);
    let made = shop.create_fulfilment(&first).await.unwrap();
    let between = sending(&bench, &order).await;
    assert_eq!(between.orders[0].status, FulfilmentOrderStatus::InProgress);
    let told = &between.fulfilments[0];
    assert_eq!(
        (&told.id, &told.tracking),
        (&made, &vec!["A1".into(), "A2".into()])
    );
    assert_eq!((told.lines.len(), told.lines[0].quantity), (1, 2));

    // More than is left is refused, and nothing happens.
    let refused = shop
        .create_fulfilment(&draft(&order, &between, &[2, 0], &[]))
        .await
        .unwrap_err();
    assert!(matches!(refused, WriteFailure::Refused(_)), "{refused:?}");
    let second = draft(&order, &between, &[1, 1], &[]);
    let second = shop.create_fulfilment(&second).await.unwrap();
    let later = tracking(&["B1"]);
    shop.set_tracking(&second, &later, true).await.unwrap();
    let after = sending(&bench, &order).await;
    assert!(after.orders.iter().all(|one| !one.status.can_be_sent()));
    let told = after.fulfilments.iter().find(|one| one.id == second);
    assert_eq!(told.expect("there").tracking, ["B1"]);
    // The same as the order itself tells.
    let raw = shop.order(&order).await.unwrap().expect("there");
    assert_eq!(
        wire::order(&raw.json).unwrap().fulfilments,
        after.fulfilments
    );
}

#[tokio::test]
async fn a_hold_shows_and_what_is_not_there_is_none() {
    let bench = Bench::seeded(40).await;
    let order = unsent(&bench);
    let hold = ShopChange::Hold {
        order: order.0.clone(),
        reason: Some("AWAITING_PAYMENT".into()),
    };
    bench.pair.shopify().act(&hold).unwrap();
    let held = sending(&bench, &order).await;
    assert_eq!(held.orders[0].status, FulfilmentOrderStatus::OnHold);
    let refused = bench
        .shop()
        .create_fulfilment(&draft(&order, &held, &[1, 1], &[]))
        .await
        .unwrap_err();
    assert!(matches!(refused, WriteFailure::Refused(_)), "{refused:?}");
    let nobody = OrderId("1".into());
    assert_eq!(bench.shop().sending(&nobody).await.unwrap(), None);
    let refused = bench
        .shop()
        .set_tracking("1", &tracking(&["X"]), false)
        .await
        .unwrap_err();
    assert!(matches!(refused, WriteFailure::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn lines_are_read_to_their_end() {
    let bench = Bench::seeded(40).await;
    let order = unsent(&bench);
    let done = bench.pair.shopify().change_order(&order.gid(), |order| {
        let template = order["lineItems"][0].clone();
        let lines = (0..70).map(|number| {
            let mut line = template.clone();
            line["id"] = json!(format!("gid://shopify/LineItem/8810{number:02}0"));
            line
        });
        order["lineItems"] = lines.collect();
    });
    assert!(done);
    let read = sending(&bench, &order).await;
    assert_eq!(read.orders[0].lines.len(), 70);
}

#[tokio::test]
async fn an_app_without_the_scope_is_told_which() {
    let bench = Bench::seeded(40).await;
    let order = unsent(&bench);
    let open = sending(&bench, &order).await;
    let shopify = bench.pair.shopify();
    shopify.grant_scope("write_merchant_managed_fulfillment_orders", false);
    let refused = bench
        .shop()
        .create_fulfilment(&draft(&order, &open, &[1, 1], &[]))
        .await
        .unwrap_err();
    let WriteFailure::Refused(problem) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(problem.code, Code::FulfilmentScope);
    shopify.grant_scope("read_merchant_managed_fulfillment_orders", false);
    let problem = bench.shop().sending(&order).await.unwrap_err();
    assert_eq!(problem.code, Code::FulfilmentScope);
    assert!(
        problem.message().contains("fulfillment_orders"),
        "{problem}"
    );
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_sent_again() {
    let bench = Bench::seeded(40).await;
    let order = unsent(&bench);
    let open = sending(&bench, &order).await;
    let rule = FaultRule::next(Side::Shopify, Fault::Cut { committed: true });
    bench
        .pair
        .faults()
        .add(rule.operation("FulfilmentCreate").times(1));
    let lost = bench
        .shop()
        .create_fulfilment(&draft(&order, &open, &[3, 1], &[]))
        .await
        .unwrap_err();
    assert!(matches!(lost, WriteFailure::Unknown(_)), "{lost:?}");
    assert_eq!(sending(&bench, &order).await.fulfilments.len(), 1);
}
