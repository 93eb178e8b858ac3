//! A customer who was erased is not brought back by a copy from before.

use std::fmt::Write as _;

use brygga_engine::Engine;
use brygga_store::{ActivityFilter, DataKey, RecordKind, RecordRef};
use brygga_tests::{Bench, Sale};

use super::twice::{program, quiet};

/// Everything of an order that could name somebody.
fn kept(engine: &Engine, sale: &Sale) -> String {
    let store = engine.store();
    let order = RecordRef::order(sale.id.to_string());
    let mut text = format!(
        "{:?} {:?} {:?} {:?}",
        store.mirror(&order).unwrap(),
        store.record(&order).unwrap(),
        store.exchanges_of(&order).unwrap(),
        store.intents_of(&order).unwrap()
    );
    let link = store.link("order", &order.id).unwrap();
    let (customers, _) = store
        .search_records(RecordKind::Customer, None, None, 0, 10_000)
        .unwrap();
    let _ = write!(
        text,
        "{link:?} {customers:?} {:?}",
        store.activity(&ActivityFilter::default(), 10_000).unwrap()
    );
    text.to_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_before_does_not_bring_an_erased_customer_back() {
    let bench = Bench::morning().await;
    let folder = tempfile::tempdir().unwrap();
    let key = DataKey::generate().unwrap();
    let path = folder.path().join("brygga.db");
    let engine = program(&bench, &path, &key).await;
    let mut before = Sale::new(&bench, 978_001).bought_by("kari.slettet@example.no");
    before.paid();
    bench.put_sale(&before);
    let mut other = Sale::new(&bench, 978_003).bought_by("ola.blir@example.no");
    other.paid();
    bench.put_sale(&other);
    quiet(&bench, &engine).await.unwrap();
    let copy = engine.store().backup_now().unwrap().unwrap();
    let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
    // A second order of hers, which the copy does not know.
    bench.days(1);
    let mut since = Sale::new(&bench, 978_002).bought_again(&before);
    since.paid();
    bench.put_sale(&since);
    quiet(&bench, &engine).await.unwrap();

    let her = engine.people("kari.slettet@example.no").unwrap();
    assert_eq!(her.len(), 1);
    assert!(kept(&engine, &before).contains("kari.slettet"));
    engine.erase(&her[0].key).unwrap();
    for sale in [&before, &since] {
        assert!(!kept(&engine, sale).contains("kari.slettet"));
    }

    engine.restore(&name).unwrap();
    let gone = |when: &str| {
        for sale in [&before, &since] {
            assert!(!kept(&engine, sale).contains("kari.slettet"), "{when}");
        }
        assert!(engine.people("kari.slettet@example.no").unwrap().is_empty());
        assert_eq!(engine.people("ola.blir@example.no").unwrap().len(), 1);
    };
    gone("at once");
    let written = bench.practice.pair.counters().visma.writes;
    quiet(&bench, &engine).await.unwrap();
    assert_eq!(
        bench.practice.pair.counters().visma.writes,
        written,
        "both are booked, and found"
    );
    gone("after both were read again");
    let list = std::fs::read_to_string(folder.path().join("brygga-erased.txt")).unwrap();
    // Numbers of the shop alone: of orders, and of customers with the currency.
    let is_number = |id: &str| id.parse::<u64>().is_ok();
    let is_customer = |id: &str| {
        let number = id
            .strip_prefix("customer/")
            .and_then(|id| id.strip_suffix("/NOK"));
        number.is_some_and(is_number)
    };
    assert!(
        list.lines().all(|id| is_number(id) || is_customer(id)),
        "{list}"
    );
    assert!(list.lines().any(is_number), "{list}");
}
