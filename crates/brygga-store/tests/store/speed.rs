//! Ten thousand records are an everyday size. The figures are printed; the limits are wide, for slow machines and debug builds.

use std::time::{Duration, Instant};

use brygga_store::{RecordKind, RecordState};
use serde_json::json;

use crate::common::{Place, at, held, order, row, vat_unmapped};

fn timed<T>(what: &str, limit: Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let took = start.elapsed();
    println!("{what}: {took:.1?}");
    assert!(took < limit, "{what} took {took:.1?}");
    done
}

#[test]
fn ten_thousand_records_are_fine() {
    let place = Place::new();
    let store = place.open();
    let limit = Duration::from_mins(1);
    timed("store 200 pages of 50", limit, || {
        for page in 0..200_u64 {
            let rows: Vec<_> = (page * 50..page * 50 + 50)
                .map(|id| {
                    let mut row = order(id, 1, "a");
                    row.payload =
                        json!({"lines": vec![json!({"sku": "A-1", "title": "A thing"}); 40]});
                    row
                })
                .collect();
            store.store_page(&rows, None).unwrap();
        }
    });
    timed("decide 500 one by one", limit, || {
        for id in 0..500 {
            store.put_record(&row(id, RecordState::Booked)).unwrap();
        }
    });
    for id in 500..2500 {
        let mut row = held(id, vat_unmapped(id, "12"));
        row.party = Some(format!("Kari {id}"));
        store.put_record(&row).unwrap();
    }
    let limit = Duration::from_secs(5);
    let due = timed("due", limit, || {
        store.due(RecordKind::Order, at(0), 100).unwrap()
    });
    assert_eq!(due.len(), 100);
    timed("counts", limit, || store.counts(RecordKind::Order).unwrap());
    timed("held groups", limit, || {
        store.held_groups(RecordKind::Order).unwrap()
    });
    let page = timed("first page", limit, || {
        store
            .search_records(RecordKind::Order, None, None, 0, 100)
            .unwrap()
    });
    assert_eq!((page.0.len(), page.1), (100, 10_000));
    let number = timed("search a number", limit, || {
        store
            .search_records(RecordKind::Order, Some("#9999"), None, 0, 100)
            .unwrap()
    });
    assert_eq!(number.1, 1);
    let name = timed("search a name", limit, || {
        store
            .search_records(RecordKind::Order, Some("kari 2499"), None, 0, 100)
            .unwrap()
    });
    assert_eq!(name.1, 1);
}
