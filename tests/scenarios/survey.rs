//! The look at all orders before the first sync.

use brygga_core::Code;
use brygga_store::{MirrorRow, RecordRef};
use brygga_tests::Bench;
use serde_json::{Value, json};

use crate::bad_input::{ID, simple};

/// More orders than are taken from the list at once; the newest of them lacks its item.
#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_looks_at_every_order_however_many_there_are() {
    const MANY: u64 = 2_100;
    let bench = Bench::empty().await;
    bench.put(simple(&bench));
    let mut nameless = simple(&bench);
    nameless["id"] = json!(format!("gid://shopify/Order/{}", ID + MANY));
    nameless["legacyResourceId"] = json!((ID + MANY).to_string());
    nameless["lineItems"][0]["sku"] = Value::Null;
    bench.put(nameless);
    let engine = &bench.practice.engine;
    engine.read_for_setup().await.expect("read");
    let store = engine.store();
    let one = store.mirror(&RecordRef::order(ID.to_string())).unwrap();
    let one = one.unwrap();
    let text = one.payload.to_string();
    let page: Vec<_> = (1..MANY)
        .map(|next| {
            let id = (ID + next).to_string();
            MirrorRow {
                record: RecordRef::order(&id),
                name: format!("#{id}"),
                payload: serde_json::from_str(&text.replace(&ID.to_string(), &id)).unwrap(),
                digest: id,
                ..one.clone()
            }
        })
        .collect();
    store.store_page(&page, None).unwrap();

    let survey = engine.survey(None).await.expect("looked at");
    assert_eq!(bench.code(ID + MANY), Some(Code::SkuMissing));
    let all = usize::try_from(MANY).unwrap() + 1;
    assert_eq!((survey.read, survey.ready, survey.held), (all, all - 1, 1));
}
