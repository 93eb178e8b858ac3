//! Many rows in one transaction, and what changed in the mirror since.

use brygga_store::{Link, RecordKind, RecordRow, RecordState};
use serde_json::json;

use crate::common::{at, ids, memory, order, row};

fn link(id: &str) -> Link {
    Link {
        kind: "goods-item".into(),
        shop_id: id.into(),
        erp_id: id.into(),
        detail: json!({ "number": id }),
        made_at: at(1),
    }
}

#[test]
fn links_come_and_go_together() {
    let store = memory();
    store.put_links(&[link("A"), link("B")], &[]).unwrap();
    let gone = ("goods-item".to_owned(), "A".to_owned());
    store.put_links(&[link("C")], &[gone]).unwrap();
    let left: Vec<_> = store
        .links("goods-item")
        .unwrap()
        .into_iter()
        .map(|link| link.shop_id)
        .collect();
    assert_eq!(left, ["B", "C"]);
}

#[test]
fn what_is_chosen_of_orders_is_written_with_them_and_wakes_them() {
    let store = memory();
    let chosen = |of: RecordRow, erp_id: &str| {
        let link = Link {
            kind: "already".into(),
            shop_id: of.record.id.clone(),
            erp_id: erp_id.into(),
            detail: json!({}),
            made_at: at(1),
        };
        (link, of)
    };
    let rows = [row(1, RecordState::Held), row(2, RecordState::Skipped)];
    store.put_records(&rows).unwrap();
    let [one, other] = rows;
    let names = [one.name.clone(), other.name.clone()];
    store
        .put_chosen(&[chosen(one, "SO 1"), chosen(other, "")], &[])
        .unwrap();
    // A link of an order that has no row is in no list.
    let lone = Link {
        kind: "already".into(),
        ..link("3")
    };
    store.put_links(&[lone], &[]).unwrap();
    let linked = store.linked_orders("already").unwrap();
    let expected = ["1", "2"].map(str::to_owned).into_iter().zip(names);
    assert_eq!(linked, expected.collect());
    assert_eq!(store.links_to("already", "SO 1").unwrap().len(), 1);
    let due = store.due(RecordKind::Order, at(9), 10).unwrap();
    assert_eq!(ids(&due), ["1", "2"]);
}

#[test]
fn records_are_written_together() {
    let store = memory();
    let rows = [row(1, RecordState::Booked), row(2, RecordState::Held)];
    store.put_records(&rows).unwrap();
    assert_eq!(
        store.record(&rows[1].record).unwrap(),
        Some(rows[1].clone())
    );
    assert_eq!(store.counts(RecordKind::Order).unwrap().total(), 2);
}

#[test]
fn what_changed_since_is_named_oldest_change_first() {
    let store = memory();
    let page = [order(1, 9, "a"), order(2, 4, "b"), order(3, 6, "c")];
    store.store_page(&page, None).unwrap();
    let since = store.mirrored_since(RecordKind::Order, at(6)).unwrap();
    assert_eq!(ids(&since), ["3", "1"]);
}
