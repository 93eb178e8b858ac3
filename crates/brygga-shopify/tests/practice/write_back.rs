//! What is told back to orders.

use brygga_core::shop::FinancialStatus;
use brygga_shopify::{FieldDefinition, MetafieldDraft, WroteBack};

use super::*;

#[tokio::test]
async fn what_is_written_back_is_there_and_changes_no_money() {
    let bench = Bench::seeded(30).await;
    let shop = bench.shop();
    let page = shop
        .orders_changed(seeded_start(), None, None)
        .await
        .unwrap();
    let id = page.orders[0].id.clone();
    let before = wire::order(&page.orders[0].json).unwrap();
    let definitions =
        [("invoice", "single_line_text_field"), ("due", "date")].map(|(key, kind)| {
            FieldDefinition {
                namespace: "visma".into(),
                key: key.into(),
                name: key.into(),
                kind: kind.into(),
            }
        });
    // The second time there is nothing to do.
    shop.ensure_definitions(&definitions).await.unwrap();
    shop.ensure_definitions(&definitions).await.unwrap();
    let draft = |value: &str, digest: Option<&str>| MetafieldDraft {
        namespace: "visma".into(),
        key: "invoice".into(),
        kind: "single_line_text_field".into(),
        value: value.into(),
        compare_digest: digest.map(str::to_owned),
    };
    assert_eq!(
        shop.write_back(&id, &[draft("100031", None)]).await,
        Ok(WroteBack::Done)
    );
    // There is one by now.
    assert_eq!(
        shop.write_back(&id, &[draft("100032", None)]).await,
        Ok(WroteBack::Stale)
    );
    let state = shop.read_back_fields(&id, "visma").await.unwrap().unwrap();
    assert_eq!(
        (state.fields[0].key.as_str(), state.fields[0].value.as_str()),
        ("invoice", "100031")
    );
    let digest = state.fields[0].compare_digest.clone();
    assert_eq!(
        shop.write_back(&id, &[draft("100032", Some(&digest))])
            .await,
        Ok(WroteBack::Done)
    );
    let tag = "visma-booked".to_owned();
    for _ in 0..2 {
        shop.add_tags(&id, std::slice::from_ref(&tag))
            .await
            .unwrap();
    }
    let state = shop.read_back_fields(&id, "visma").await.unwrap().unwrap();
    assert_eq!(state.fields[0].value, "100032");
    assert_eq!(state.tags.iter().filter(|known| **known == tag).count(), 1);

    let after = wire::order(&shop.order(&id).await.unwrap().unwrap().json).unwrap();
    assert_eq!(
        (after.totals, after.lines, after.transactions),
        (before.totals, before.lines, before.transactions)
    );
    assert!(
        after.updated_at > before.updated_at,
        "it does move the order"
    );
}

#[tokio::test]
async fn an_unpaid_order_is_marked_as_paid_once() {
    let bench = Bench::seeded(300).await;
    let shop = bench.shop();
    let mut next = None;
    let unpaid = loop {
        let page = shop
            .orders_changed(seeded_start(), None, next.as_deref())
            .await
            .unwrap();
        let mut found = None;
        for raw in &page.orders {
            let order = wire::order(&raw.json).unwrap();
            if order.cancelled_at.is_none()
                && order.financial_status == Some(FinancialStatus::Pending)
            {
                found = Some(order.id);
                break;
            }
        }
        if let Some(found) = found {
            break found;
        }
        next = Some(page.next.expect("an order that is not paid"));
    };
    let state = shop
        .read_back_fields(&unpaid, "visma")
        .await
        .unwrap()
        .unwrap();
    assert!(state.can_mark_as_paid);
    shop.mark_as_paid(&unpaid).await.unwrap();
    let state = shop
        .read_back_fields(&unpaid, "visma")
        .await
        .unwrap()
        .unwrap();
    assert!(!state.can_mark_as_paid);
    assert!(matches!(
        shop.mark_as_paid(&unpaid).await,
        Err(WriteFailure::Refused(_))
    ));
    let order = wire::order(&shop.order(&unpaid).await.unwrap().unwrap().json).unwrap();
    assert_eq!(order.financial_status, Some(FinancialStatus::Paid));
}
