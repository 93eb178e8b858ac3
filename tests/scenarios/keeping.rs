//! Data in the merchant's hands: a customer is erased and stays erased, nothing is booked twice for it, and what is too old goes.

use std::fmt::Write as _;
use std::time::Duration;

use brygga_core::policy::Lane;
use brygga_core::{Clock as _, Code};
use brygga_engine::{Outcome, RunOptions};
use brygga_store::{ActivityFilter, MirrorRow, RecordKind, RecordRef, RecordState, Retention};
use brygga_tests::{Back, Bench, Sale};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Everything that the store can tell, in lower case.
pub(crate) fn everything(bench: &Bench) -> String {
    let store = bench.practice.engine.store();
    let mut text = String::new();
    for kind in RecordKind::ALL {
        let (rows, _) = store.search_records(*kind, None, None, 0, 10_000).unwrap();
        for row in rows {
            let _ = write!(
                text,
                "{row:?}\n{:?}\n{:?}\n{:?}\n",
                store.mirror(&row.record).unwrap(),
                store.exchanges_of(&row.record).unwrap(),
                store.intents_of(&row.record).unwrap()
            );
        }
    }
    for kind in ["order", "customer", "invoice", "payment", "already"] {
        let _ = writeln!(text, "{:?}", store.links(kind).unwrap());
    }
    let _ = write!(
        text,
        "{:?}",
        store.activity(&ActivityFilter::default(), 10_000).unwrap()
    );
    text.to_lowercase()
}

/// What the shop says of the buyer of a sale.
fn personal(bench: &Bench, sale: &Sale) -> Vec<String> {
    let record = RecordRef::order(sale.id.to_string());
    let payload = bench
        .practice
        .engine
        .store()
        .mirror(&record)
        .unwrap()
        .unwrap()
        .payload;
    let address = &payload["shippingAddress"];
    [
        &payload["email"],
        &address["name"],
        &address["address1"],
        &address["phone"],
    ]
    .into_iter()
    .filter_map(Value::as_str)
    .map(str::to_lowercase)
    .filter(|word| word.len() > 3)
    .collect()
}

fn found(text: &str, words: &[String]) -> Vec<String> {
    words
        .iter()
        .filter(|word| text.contains(word.as_str()))
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customer_stays_erased_and_nothing_is_booked_twice() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_001);
    sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    let words = personal(&bench, &sale);
    assert!(words.len() >= 3, "{words:?}");
    assert_eq!(found(&everything(&bench), &words), words, "kept before");

    let email = words[0].clone();
    let people = bench.call("people", json!({ "search": email })).await;
    let person = people
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["email"] == email.as_str())
        .expect("found by e-mail");
    assert!(person["finished"].as_u64() > Some(0));
    assert!(person["payloads"].as_u64() > Some(0));
    assert!(person["exchanges"].as_u64() > Some(0));
    let by_number = json!({ "search": person["numbers"][0] });
    assert_eq!(
        bench.call("people", by_number).await[0]["key"],
        person["key"]
    );
    assert_eq!(
        bench.call("people", json!({"search": " "})).await,
        json!([])
    );

    let writes = bench.writes();
    let key = json!({ "key": person["key"] });
    let erased = bench.call("erase_person", key.clone()).await;
    assert_eq!(erased, json!({"orders": person["finished"], "left": 0}));
    assert_eq!(found(&everything(&bench), &words), Vec::<String>::new());
    assert_eq!(
        bench.call("people", json!({ "search": email })).await,
        json!([])
    );
    assert_eq!(bench.refused("erase_person", key).await, "person-unknown");
    let log = everything(&bench);
    assert!(log.contains("customer-erased"), "told without the name");

    // The order comes again unchanged, then with a tag: neither brings the person back, and nothing is sent.
    bench.quiet().await;
    bench.tell(&sale).await;
    bench.clock.advance(Duration::from_hours(30));
    bench.quiet().await;
    assert_eq!(found(&everything(&bench), &words), Vec::<String>::new());
    assert_eq!(bench.writes(), writes, "nothing is booked twice");
    assert_eq!(bench.record(sale.id).state, RecordState::Booked);

    // A refund is still booked, on the same customer: for that the order is read again.
    bench.days(1);
    sale.give_back(&Back::units(1, 1, "RETURN"));
    bench.tell(&sale).await;
    let store = bench.practice.engine.store();
    for part in store.parts_of(&sale.id.to_string()).unwrap() {
        assert_eq!(part.state, RecordState::Booked, "{:?}", part.problem);
    }
    assert_eq!(
        bench
            .documents(sale.id)
            .iter()
            .filter(|order| order.order_type == "SO")
            .count(),
        1
    );
    let record = RecordRef::order(sale.id.to_string());
    assert!(
        store.mirror(&record).unwrap().unwrap().payload.is_null(),
        "and not kept"
    );
    assert_eq!(
        found(&everything(&bench), &words),
        Vec::<String>::new(),
        "what was booked for it names nobody"
    );
    let proof = bench
        .practice
        .engine
        .prove()
        .await
        .expect("both sides answer");
    assert_eq!(proof.differences, Vec::new());
}

/// Erases the one buyer that a text fits.
async fn erase(bench: &Bench, search: &str) -> Value {
    let people = bench.call("people", json!({ "search": search })).await;
    assert_eq!(people.as_array().map(Vec::len), Some(1), "{people}");
    let key = json!({ "key": people[0]["key"] });
    bench.call("erase_person", key).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_the_erasure_is_booked_and_names_nobody() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_301).bought_by("kari.slettet@example.no");
    sale.paid();
    bench.tell(&sale).await;
    let words = personal(&bench, &sale);
    assert!(words.len() >= 3, "{words:?}");
    let before = bench.document(sale.id).total;
    erase(&bench, "kari.slettet@example.no").await;

    sale.edit_in(1, "25");
    sale.paid();
    bench.tell(&sale).await;
    assert_eq!(bench.record(sale.id).state, RecordState::Booked);
    assert_ne!(bench.document(sale.id).total, before, "the edit is booked");
    assert_eq!(bench.record(sale.id).party, None);
    assert_eq!(found(&everything(&bench), &words), Vec::<String>::new());
    let again = bench.call("people", json!({ "search": words[0] })).await;
    assert_eq!(again, json!([]));
}

/// An order that was left out when its customer was erased, and is wanted after all: the customer is made, and not kept here.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_booked_after_the_erasure_names_nobody() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_401).bought_by("kari.utelatt@example.no");
    sale.field("tags", json!(["leave-me"]));
    sale.paid();
    bench.choose(|settings| {
        settings.leave_out.tags.insert("leave-me".into());
    });
    bench.tell(&sale).await;
    assert_eq!(bench.record(sale.id).state, RecordState::Skipped);
    let words = personal(&bench, &sale);
    erase(&bench, "kari.utelatt@example.no").await;
    assert_eq!(found(&everything(&bench), &words), Vec::<String>::new());

    bench.choose(|settings| settings.leave_out.tags.clear());
    let record = RecordRef::order(sale.id.to_string());
    let store = bench.practice.engine.store();
    store.mark_retry(&[record]).unwrap();
    bench.quiet().await;
    assert_eq!(bench.record(sale.id).state, RecordState::Booked);
    assert_eq!(bench.documents(sale.id).len(), 1);
    assert_eq!(found(&everything(&bench), &words), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_booked_for_an_erased_customer_names_nobody() {
    use crate::already::{KNOWN, NAMED, by_hand, planned, simple};

    let bench = Bench::empty().await;
    bench.put(simple(&bench, KNOWN));
    bench.quiet().await;
    let named = simple(&bench, NAMED);
    bench.put(named.clone());
    let document = planned(&bench, NAMED).await;
    let name = named["name"].as_str().unwrap();
    by_hand(&bench, &document, &format!("{name} for kari by phone")).await;
    let engine = &bench.practice.engine;
    engine.find_already().await.expect("both sides answer");
    bench.quiet().await;
    assert_eq!(bench.code(NAMED), Some(Code::AlreadyBooked));
    let marks = || {
        let page = engine.already_rows(0, 10).expect("readable");
        let found = page.rows.into_iter().flat_map(|row| row.found);
        found.map(|one| one.document).collect::<Vec<_>>()
    };
    assert!(marks()[0].customer_name.is_some() && marks()[0].text.is_some());

    erase(&bench, named["email"].as_str().unwrap()).await;
    for time in ["erased", "looked for again"] {
        let marks = marks();
        assert_eq!(marks.len(), 1, "it is still known which document it is");
        assert_eq!(
            (&marks[0].customer_name, &marks[0].text),
            (&None, &None),
            "{time}"
        );
        assert_eq!(marks[0].references, Vec::<String>::new(), "{time}");
        engine.find_already().await.expect("both sides answer");
    }
    let writes = bench.writes();
    bench.quiet().await;
    assert_eq!(bench.writes(), writes, "and it is not booked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_share_a_name_are_two_also_when_only_the_name_is_left() {
    let bench = Bench::morning().await;
    let sales: Vec<Sale> = [(977_501, "a.lik@example.no"), (977_502, "b.lik@example.no")]
        .into_iter()
        .map(|(id, email)| {
            let mut sale = Sale::new(&bench, id).bought_by(email);
            sale.paid();
            sale.cancel();
            sale
        })
        .collect();
    for sale in &sales {
        bench.tell(sale).await;
        assert_eq!(bench.record(sale.id).state, RecordState::Skipped);
    }
    let name = bench.record(sales[0].id).party.expect("a name");
    assert_eq!(bench.record(sales[1].id).party.as_ref(), Some(&name));
    bench.choose(|settings| settings.retention.payload_days = 10);
    bench.days(12);
    bench.quiet().await;

    let people = bench.call("people", json!({ "search": name })).await;
    assert_eq!(people.as_array().map(Vec::len), Some(2), "{people}");
    let one = people
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["orders"][0] == bench.record(sales[0].id).name.as_str())
        .expect("each with its order");
    let key = json!({ "key": one["key"] });
    assert_eq!(
        bench.call("erase_person", key).await,
        json!({"orders": 1, "left": 0})
    );
    assert_eq!(bench.record(sales[0].id).party, None);
    assert_eq!(bench.record(sales[1].id).party, Some(name), "nobody asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_finished_keeps_what_is_needed_to_book_it() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_101);
    sale.paid();
    bench.choose(|settings| settings.vat.clear());
    bench.tell(&sale).await;
    let words = personal(&bench, &sale);
    let people = bench.call("people", json!({ "search": words[0] })).await;
    assert_eq!(
        (&people[0]["finished"], &people[0]["open"]),
        (&json!(0), &json!(1))
    );
    let erased = bench
        .call("erase_person", json!({ "key": people[0]["key"] }))
        .await;
    assert_eq!(erased, json!({"orders": 0, "left": 1}));
    assert!(
        !found(&everything(&bench), &words).is_empty(),
        "it is still to be booked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_is_removed_once_a_day_and_read_again_when_it_is_needed() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_201);
    sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    let settings = bench.call("settings", json!({})).await;
    let values = json!({"retention/payload_days": 10, "retention/exchange_days": 5});
    let change = json!({"revision": settings["revision"], "values": values});
    bench.call("put_settings", change).await;
    bench.days(12);
    bench.quiet().await;
    let store = bench.practice.engine.store();
    let record = RecordRef::order(sale.id.to_string());
    assert!(store.mirror(&record).unwrap().unwrap().payload.is_null());
    assert_eq!(store.exchanges_of(&record).unwrap(), Vec::new());
    let kept = bench.call("kept", json!({})).await;
    assert!(kept["removed"]["payloads"].as_u64() > Some(0), "{kept}");
    assert_eq!(kept["backups"], Value::Null, "in memory");

    // A refund long after: what was removed is read anew.
    sale.give_back(&Back::units(1, 1, "RETURN"));
    bench.tell(&sale).await;
    for part in store.parts_of(&sale.id.to_string()).unwrap() {
        assert_eq!(part.state, RecordState::Booked, "{:?}", part.problem);
    }
    let proof = bench
        .practice
        .engine
        .prove()
        .await
        .expect("both sides answer");
    assert_eq!(proof.differences, Vec::new());
}

/// What was removed is read anew by whatever looks at orders; one that the shop has no more stops none of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_and_a_search_read_what_was_removed() {
    let bench = Bench::morning().await;
    let (mut booked, mut unpaid) = (Sale::new(&bench, 977_301), Sale::new(&bench, 977_302));
    booked.paid();
    bench.put_sale(&booked);
    unpaid.paid();
    unpaid.field("sourceName", json!("fair"));
    bench.choose(|settings| {
        settings.leave_out.channels.insert("fair".into());
    });
    bench.put_sale(&unpaid);
    bench.quiet().await;
    let (booked, left_out) = (booked.id.to_string(), unpaid.id.to_string());
    let engine = &bench.practice.engine;
    let store = engine.store();
    let payload = |id: &str| {
        let mirror = store.mirror(&RecordRef::order(id)).unwrap();
        mirror.unwrap().payload
    };
    let retention = Retention {
        payloads: Some(TimeDelta::zero()),
        ..Retention::default()
    };
    store.prune(&retention).unwrap();
    assert!(payload(&booked).is_null() && payload(&left_out).is_null());
    // Deleted in the shop after it was removed here.
    let gone = MirrorRow {
        record: RecordRef::order("977303"),
        name: "#gone".into(),
        payload: Value::Null,
        ..store.mirror(&RecordRef::order(&booked)).unwrap().unwrap()
    };
    store.store_page(&[gone], None).unwrap();

    let looked = engine.find_already().await.expect("both sides answer");
    assert_eq!(looked.looked, 1, "the one that is left out");
    let records = [&booked, &left_out].map(RecordRef::order);
    store.mark_retry(&records).unwrap();
    let options = RunOptions {
        lanes: Lane::Orders.into(),
        ..RunOptions::default()
    };
    let shown = engine.preview(options).await.expect("both sides answer");
    let held: Vec<_> = shown
        .items
        .iter()
        .filter_map(|item| match &item.outcome {
            Outcome::Held(problem) => Some((item.record.id.as_str(), problem.code)),
            _ => None,
        })
        .collect();
    assert_eq!(held, [("977303", Code::OrderGone)]);
    let survey = engine.survey(None).await.expect("looked at");
    assert_eq!((survey.ready, survey.held), (0, 1));
    let since = bench.clock.now() - TimeDelta::days(2);
    engine
        .not_paid_out(since)
        .await
        .expect("the others are told");
}

/// A file may say what nobody can choose.
#[tokio::test(flavor = "multi_thread")]
async fn days_beyond_all_reason_do_not_stop_a_run() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 977_601);
    sale.paid();
    bench.put_sale(&sale);
    bench.choose(|settings| {
        settings.retention.payload_days = u32::MAX;
        settings.retention.exchange_days = u32::MAX;
        settings.retention.activity_days = 0;
    });
    bench.quiet().await;
    assert_eq!(bench.record(sale.id).state, RecordState::Booked);
    let kept = bench.call("kept", json!({})).await;
    assert!(kept["removed"].is_object(), "it was looked for: {kept}");
    assert!(everything(&bench).contains("order-booked"), "kept 30 days");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_that_names_an_erased_customer_goes_with_it() {
    let bench = Bench::morning().await;
    let email = "kari.vist@example.no";
    let mut sale = Sale::new(&bench, 977_701).bought_by(email);
    sale.paid();
    bench.tell(&sale).await;
    // Something is left to show of the order: its edit.
    sale.edit_in(1, "25");
    sale.paid();
    bench.put_sale(&sale);
    bench.call("preview_start", json!({})).await;
    loop {
        let shown = bench.call("preview", json!({})).await;
        if shown["doing"].is_null() {
            assert!(shown["at"].is_string(), "{shown}");
            break;
        }
        tokio::task::yield_now().await;
    }
    let rows = json!({"outcome": null, "kind": null, "search": null, "offset": 0, "limit": 100});
    let named = bench.call("preview_rows", rows.clone()).await;
    let name = bench.record(sale.id).party.expect("a name");
    assert!(named.to_string().contains(&name), "{named}");

    let people = bench.call("people", json!({ "search": email })).await;
    let key = json!({ "key": people[0]["key"] });
    bench.call("erase_person", key).await;
    let rows = bench.call("preview_rows", rows).await;
    assert_eq!(rows, json!({"total": 0, "rows": []}));
    let shown = bench.call("preview", json!({})).await;
    assert_eq!(shown["at"], Value::Null);
}
