//! Fixes, by the commands that the window uses: the remedy of a cause in place, its preview, the choice kept, the records booked, and the
//! way back while nothing was booked by it.

use brygga_core::Code;
use brygga_store::RecordState;
use brygga_tests::{Bench, orders};
use serde_json::{Value, json};

use crate::bad_input::{ID, simple};

async fn call(bench: &Bench, name: &str, request: Value) -> Result<Value, String> {
    let answer = bench.practice.served.call(name, request).await;
    answer.map_err(|error| error.code)
}

/// The one cause with this code among records of this kind, as the page asks about it.
async fn cause(bench: &Bench, kind: &str, code: &str) -> (Value, Value) {
    let held = call(bench, "held", json!({})).await.unwrap();
    let group = held
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == kind && group["reason"]["code"] == code)
        .unwrap_or_else(|| panic!("no {code} among {held}"))
        .clone();
    let cause = json!({"kind": kind, "code": code, "params": group["reason"]["params"]});
    (group, cause)
}

fn fix(remedy: &Value, cause: &Value, choice: &Value) -> Value {
    json!({"revision": remedy["revision"], "cause": cause, "choice": choice})
}

/// Two orders that lack the row of 25 % at home.
async fn without_a_vat_row() -> Bench {
    let bench = Bench::empty().await;
    bench.choose(|settings| {
        settings
            .vat
            .retain(|row| row.key.destination != "NO" || row.key.rate.to_string() != "25");
    });
    for id in [ID, ID + 1] {
        let data = bench.practice.pair.shop_data();
        bench.put(orders::simple(
            data,
            id,
            brygga_core::Clock::now(&*bench.clock),
        ));
    }
    bench.quiet().await;
    assert_eq!(bench.code(ID), Some(Code::VatUnmapped));
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vat_row_is_chosen_in_place_previewed_taken_back_and_chosen_again() {
    let bench = without_a_vat_row().await;
    let before = bench.practice.engine.settings().unwrap();
    let (group, cause) = cause(&bench, "order", "vat-unmapped").await;
    assert_eq!(group["remedy"], "rows");
    assert_eq!(group["count"], 2);

    let remedy = call(&bench, "remedy", cause.clone()).await.unwrap();
    assert_eq!(remedy["choice"]["kind"], "rows");
    let rows = remedy["choice"]["of"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "only the row that repairs it: {remedy}");
    assert_eq!(rows[0]["key"]["rate"], "25");
    assert_eq!(rows[0]["waiting"], 2);
    let suggested = &rows[0]["suggestion"]["values"];
    assert!(suggested["category"].is_string(), "{remedy}");

    let edit = json!([{"table": "vat", "key": rows[0]["key"], "values": suggested}]);
    let fix_request = fix(&remedy, &cause, &json!({"kind": "rows", "of": edit}));
    let preview = call(&bench, "fix_preview", fix_request.clone())
        .await
        .unwrap();
    assert_eq!(preview["looked"], 2);
    assert_eq!(preview["pass"], 2, "{preview}");
    let row = &preview["rows"][0];
    assert_eq!(row["outcome"], "pass");
    let snapshot = bench.record(ID).amount.unwrap();
    assert_eq!(row["total"]["currency"], snapshot.currency.code());
    assert_eq!(row["total"]["amount"], format!("{:.2}", snapshot.amount));
    assert!(row["date"].is_string());
    assert_eq!(
        bench.practice.engine.settings().unwrap(),
        before,
        "nothing is kept"
    );
    assert_eq!(bench.documents(ID).len(), 0, "nothing is sent");

    // Kept, and taken back before anything was booked by it.
    let fixed = call(&bench, "fix", fix_request.clone()).await.unwrap();
    assert_eq!(fixed["count"], 2);
    let undo = json!({"revision": fixed["revision"]});
    call(&bench, "fix_undo", undo.clone())
        .await
        .expect("nothing was booked");
    assert_eq!(bench.practice.engine.settings().unwrap(), before);
    assert_eq!(
        call(&bench, "fix_undo", undo).await,
        Err("settings-stale".into()),
        "it is taken back once"
    );
    bench.quiet().await;
    assert_eq!(bench.code(ID), Some(Code::VatUnmapped), "held as before");

    // The page still shows the revision of before: it must look again.
    assert_eq!(
        call(&bench, "fix", fix_request).await,
        Err("settings-stale".into())
    );
    let remedy = call(&bench, "remedy", cause.clone()).await.unwrap();
    let edit = json!([{"table": "vat", "key": remedy["choice"]["of"]["rows"][0]["key"], "values": suggested}]);
    let again = fix(&remedy, &cause, &json!({"kind": "rows", "of": edit}));
    let fixed = call(&bench, "fix", again).await.unwrap();
    bench.quiet().await;
    for id in [ID, ID + 1] {
        assert_eq!(
            bench.record(id).state,
            RecordState::Booked,
            "{:?}",
            bench.code(id)
        );
        let shown: brygga_core::Decimal = row["total"]["amount"].as_str().unwrap().parse().unwrap();
        assert_eq!(bench.document(id).total, shown, "as the preview said");
    }
    assert_eq!(
        call(&bench, "fix_undo", json!({"revision": fixed["revision"]})).await,
        Err("fix-booked".into()),
        "what is booked stays, and that is said"
    );
    assert_eq!(bench.proven().await, 2);
}

/// A buyer that two customers of Visma.net match; and the numbers of both.
async fn twins() -> (Bench, String, String) {
    let bench = Bench::empty().await;
    bench.put(simple(&bench));
    bench.quiet().await;
    let number = bench.document(ID).customer;
    let visma = bench.practice.pair.visma();
    let twin = visma.add_duplicate_customer(&number).expect("a twin");
    let data = bench.practice.pair.shop_data();
    let mut guest = orders::simple(data, ID + 1, brygga_core::Clock::now(&*bench.clock));
    guest["customer"] = Value::Null;
    guest["purchasingEntity"] = Value::Null;
    bench.put(guest);
    bench.quiet().await;
    assert_eq!(bench.code(ID + 1), Some(Code::CustomerAmbiguous));
    (bench, number, twin)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_customers_is_chosen_and_the_order_goes_to_that_one() {
    let (bench, number, twin) = twins().await;
    let (group, cause) = cause(&bench, "order", "customer-ambiguous").await;
    assert_eq!(group["remedy"], "customers");
    let remedy = call(&bench, "remedy", cause.clone()).await.unwrap();
    let which = &remedy["choice"]["of"];
    let numbers: Vec<_> = which["customers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|customer| customer["number"].as_str().unwrap().to_owned())
        .collect();
    let mut both = vec![number.clone(), twin.clone()];
    both.sort();
    assert_eq!(numbers, both, "side by side: {remedy}");
    assert_eq!(which["buyer"]["email"], which["customers"][0]["email"]);

    let stranger = fix(&remedy, &cause, &json!({"kind": "customer", "of": "99999"}));
    assert_eq!(
        call(&bench, "fix", stranger).await,
        Err("setting-refused".into()),
        "only one of those that match"
    );
    let choice = fix(&remedy, &cause, &json!({"kind": "customer", "of": twin}));
    let preview = call(&bench, "fix_preview", choice.clone()).await.unwrap();
    assert_eq!(preview["pass"], 1, "{preview}");
    assert_eq!(preview["rows"][0]["customer"], twin);

    let fixed = call(&bench, "fix", choice).await.unwrap();
    let back = json!({"revision": fixed["revision"]});
    call(&bench, "fix_undo", back)
        .await
        .expect("nothing is booked");
    bench.quiet().await;
    assert_eq!(
        bench.code(ID + 1),
        Some(Code::CustomerAmbiguous),
        "asked again"
    );

    let remedy = call(&bench, "remedy", cause.clone()).await.unwrap();
    let choice = fix(&remedy, &cause, &json!({"kind": "customer", "of": twin}));
    call(&bench, "fix", choice).await.unwrap();
    bench.quiet().await;
    assert_eq!(bench.document(ID + 1).customer, twin);
    // The choice is in the history of the settings, and in the activity.
    let log = call(
        &bench,
        "activity",
        json!({"search": null, "kind": null, "serious": false, "before": null, "limit": 100}),
    )
    .await
    .unwrap();
    let told = |event: &str| {
        log["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["event"] == event)
            .count()
    };
    assert_eq!((told("fix-chosen"), told("fix-undone")), (2, 1));
    assert_eq!(bench.proven().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_and_an_approval_are_remedies_too() {
    let bench = Bench::empty().await;
    let mut nameless = simple(&bench);
    nameless["lineItems"][0]["sku"] = Value::Null;
    bench.put(nameless);
    bench.quiet().await;
    let (group, cause) = cause(&bench, "order", "sku-missing").await;
    assert_eq!(group["remedy"], "settings");
    let remedy = call(&bench, "remedy", cause.clone()).await.unwrap();
    let fields = remedy["choice"]["of"].as_array().unwrap();
    assert_eq!(fields[0]["field"]["path"], "missing_item/rule");
    assert_eq!(fields[0]["suggested"], "default_item");
    let values = json!({"missing_item/rule": "default_item", "missing_item/item": "DIVERSE"});
    let choice = fix(&remedy, &cause, &json!({"kind": "settings", "of": values}));
    let preview = call(&bench, "fix_preview", choice.clone()).await.unwrap();
    assert_eq!(preview["pass"], 1, "{preview}");
    call(&bench, "fix", choice).await.unwrap();
    bench.quiet().await;
    assert_eq!(bench.record(ID).state, RecordState::Booked);
}
