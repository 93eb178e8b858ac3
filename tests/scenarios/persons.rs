//! What a record's story shows of its requests, and the shop's own record below it, say nothing of a buyer: a merchant hands them
//! on to whoever helps.

use std::collections::BTreeSet;
use std::time::Duration;

use brygga_sandbox::visma::VatRounding;
use brygga_store::RecordKind;
use brygga_tests::Bench;
use serde_json::{Value, json};

/// Where the practice shop says who somebody is. A first name and a postal code alone are figures and words that stand elsewhere, too.
const OF_A_PERSON: [&str; 9] = [
    "email",
    "emailAddress",
    "name",
    "displayName",
    "lastName",
    "address1",
    "address2",
    "phone",
    "phoneNumber",
];

/// What the practice shop says of its buyers: in its orders, and the names and addresses in them. Beside it the names of companies,
/// which need not be hidden, and in which there is the name of an owner now and then.
fn buyers(bench: &Bench) -> (BTreeSet<String>, BTreeSet<String>) {
    let data = bench.practice.pair.shop_data();
    let (mut words, mut companies) = (BTreeSet::new(), BTreeSet::new());
    for (_, order) in data.orders.iter().flat_map(|life| &life.versions) {
        for key in ["email", "phone"] {
            words.extend(order[key].as_str().map(str::to_owned));
        }
        for part in ["customer", "billingAddress", "shippingAddress"] {
            crate::support::texts(&order[part], &OF_A_PERSON, &mut words);
        }
        companies.extend(
            order["purchasingEntity"]["company"]["name"]
                .as_str()
                .map(str::to_owned),
        );
    }
    words.retain(|word| !companies.contains(word));
    (words, companies)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_story_of_a_month_says_anything_of_a_buyer() {
    let bench = Bench::with(80, VatRounding::Line).await;
    bench.clock.advance(Duration::from_hours(31 * 24));
    bench.quiet().await;
    let (words, companies) = buyers(&bench);
    assert!(words.len() > 150, "{}", words.len());
    let store = bench.practice.engine.store();
    let (mut exchanges, mut payloads) = (0, 0);
    let mut found = BTreeSet::new();
    for kind in RecordKind::ALL {
        let (rows, _) = store.search_records(*kind, None, None, 0, 10_000).unwrap();
        for row in rows {
            let key = json!({"kind": kind.as_str(), "id": row.record.id});
            let story = bench
                .practice
                .served
                .call("story", key)
                .await
                .expect("a story");
            let steps = story["steps"].as_array().unwrap().iter();
            let mut shown: Vec<(String, &Value)> = Vec::new();
            for exchange in steps
                .map(|step| &step["exchange"])
                .filter(|it| !it.is_null())
            {
                exchanges += 1;
                let call = format!("{} {}", exchange["method"], exchange["path"]);
                for part in ["path", "request", "answer"] {
                    shown.push((format!("{call} {part}"), &exchange[part]));
                }
            }
            payloads += u32::from(story["payload"].is_string());
            shown.push((format!("payload of {}", row.record), &story["payload"]));
            for (place, text) in shown {
                let text = companies.iter().fold(
                    text.as_str().unwrap_or_default().to_owned(),
                    |text, company| text.replace(company, ""),
                );
                found.extend(
                    words
                        .iter()
                        .filter(|word| text.contains(*word))
                        .map(|word| format!("{word} in {place}")),
                );
            }
        }
    }
    assert!(exchanges > 500 && payloads >= 80, "{exchanges}, {payloads}");
    let some: Vec<_> = found.iter().take(40).collect();
    assert!(found.is_empty(), "{} times: {some:#?}", found.len());
}
