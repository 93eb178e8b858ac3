//! Many rows in one transaction, and what changed in the mirror since.

use brygga_store::{Link, RecordKind, RecordState};
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
