//! Documents that somebody else made or changed in Visma.net: found, named, never overwritten.

use brygga_core::erp::LinePatch;
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::booked;
use brygga_store::{RecordRef, RecordState};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::json;

const ID: u64 = 960_001;

async fn booked_with(po_number: Option<&str>) -> (Bench, serde_json::Value) {
    let bench = Bench::empty().await;
    let data = bench.practice.pair.shop_data();
    let mut order = orders::simple(data, ID, bench.clock.now() - TimeDelta::minutes(3));
    order["poNumber"] = json!(po_number);
    bench.put(order.clone());
    bench.quiet().await;
    assert_eq!(bench.record(ID).state, RecordState::Booked);
    (bench, order)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubled_document_is_found_by_the_proof_and_is_a_question() {
    for po_number in [None, Some("PO 4711")] {
        let (bench, _) = booked_with(po_number).await;
        let engine = &bench.practice.engine;
        let state = booked::recall(engine.store(), &ID.to_string())
            .expect("readable")
            .expect("linked");
        let customer = bench.document(ID).customer;
        let double = engine
            .erp()
            .create_order(&state.document.draft, &customer)
            .await
            .expect("made");

        let proof = engine.prove().await.expect("both sides answer");
        let found: Vec<_> = proof
            .differences
            .iter()
            .map(|difference| (difference.what.as_str(), difference.visma.clone()))
            .collect();
        assert_eq!(found, [("doubled", double.to_string())], "{po_number:?}");

        // Without the link nobody can say which of the two is right.
        let store = engine.store();
        store
            .remove_link(booked::ORDER, &ID.to_string())
            .expect("removable");
        store
            .mark_retry(&[RecordRef::order(ID.to_string())])
            .expect("known");
        bench.quiet().await;
        assert_eq!(bench.code(ID), Some(Code::DocumentDoubled), "{po_number:?}");
        assert_eq!(bench.documents(ID).len(), 2, "nothing more was sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_changed_by_hand_is_not_overwritten() {
    let (bench, mut order) = booked_with(None).await;
    let engine = &bench.practice.engine;
    let state = booked::recall(engine.store(), &ID.to_string())
        .expect("readable")
        .expect("linked");
    let there = engine
        .erp()
        .order(state.number.as_ref().expect("a sales order"))
        .await
        .expect("answered")
        .expect("there");
    let mut line = state.document.draft.lines[0].clone();
    line.unit_price += Decimal::TEN;
    let line_id = there
        .lines
        .iter()
        .find(|stored| stored.link.as_deref() == Some(line.link.as_str()))
        .expect("our line")
        .line_id;
    engine
        .erp()
        .patch_lines(
            state.number.as_ref().expect("a sales order"),
            &there.etag,
            &[LinePatch { line_id, line }],
        )
        .await
        .expect("changed");
    let by_hand = bench.document(ID).total;

    orders::edit(&mut order, ID);
    bench.put(order);
    bench.quiet().await;
    assert_eq!(bench.code(ID), Some(Code::DocumentChanged));
    assert_eq!(bench.document(ID).total, by_hand);
}
