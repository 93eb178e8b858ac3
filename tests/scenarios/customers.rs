//! One buyer, one customer (`booking-rules` 4).

use brygga_core::Clock as _;
use brygga_tests::Bench;
use chrono::TimeDelta;
use serde_json::{Value, json};

fn customers_with(bench: &Bench, email: &str) -> usize {
    let customers = bench.practice.pair.visma().customers();
    customers
        .iter()
        .filter(|customer| {
            Value::Object((*customer).clone())
                .to_string()
                .to_lowercase()
                .contains(email)
        })
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_one_new_e_mail_at_the_same_time_make_one_customer() {
    let bench = Bench::empty().await;
    let now = bench.clock.now();
    for id in 910_001..910_009_u64 {
        let mut order = bench.plain(id, now - TimeDelta::minutes(5));
        // Some know the profile, some are guests; the e-mail is one, written in different ways.
        order["email"] = json!(if id % 2 == 0 {
            " Ny.Kunde@Example.no"
        } else {
            "ny.kunde@example.no"
        });
        if id % 3 == 0 {
            order["customer"] = Value::Null;
            order["purchasingEntity"] = Value::Null;
        } else {
            order["customer"]["id"] = json!("gid://shopify/Customer/77001");
            order["customer"]["legacyResourceId"] = json!("77001");
            order["customer"]["defaultEmailAddress"] =
                json!({ "emailAddress": "ny.kunde@example.no" });
        }
        bench.put(order);
    }
    bench.quiet().await;
    assert_eq!(customers_with(&bench, "ny.kunde@example.no"), 1);
    let numbers: std::collections::BTreeSet<_> = (910_001..910_009)
        .map(|id| bench.document(id).customer)
        .collect();
    assert_eq!(numbers.len(), 1);
    bench.proven().await;
}
