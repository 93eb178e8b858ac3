//! Profiles of the shop become customers without an order, where the merchant chose all of them (`booking-rules` 4).

use brygga_core::settings::{HouseRow, Which};
use brygga_core::{Clock as _, Code};
use brygga_engine::{Approved, Outcome, Previewed, ProfileShown, RunOptions, What};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::{ActivityFilter, IntentState, RecordKind, RecordRef, RecordRow, RecordState};
use brygga_tests::profile::{edit, fields, home, home_in};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

/// Numbers of profiles.
const KARI: u64 = 8_901;
const OLA: u64 = 8_902;
const SVEA: u64 = 8_903;

fn email(profile: u64) -> String {
    format!("profil.{profile}@example.no")
}

/// Somebody changes a profile in the shop, or makes it.
fn profile(bench: &Bench, number: u64, with: Value) {
    let change = edit(number, with);
    let shop = bench.practice.pair.shopify();
    shop.act(&change).expect("the profile is changed");
    // Past the search index's lag.
    bench.clock.advance(std::time::Duration::from_secs(30));
}

fn whole(number: u64, address: &Value) -> Value {
    json!({
        "firstName": "Kari", "lastName": format!("Nordmann {number}"),
        "defaultEmailAddress": { "emailAddress": email(number) },
        "defaultPhoneNumber": { "phoneNumber": "+4722000000" },
        "defaultAddress": address,
    })
}

/// A bench with one profile that never bought.
async fn bench(which: Which) -> Bench {
    let bench = Bench::empty().await;
    bench.choose(|settings| settings.customers.which = which);
    profile(&bench, KARI, whole(KARI, &home("Storgata 1")));
    bench
}

fn record(number: u64) -> RecordRef {
    RecordRef::customer(format!("customer/{number}/NOK"))
}

fn row(bench: &Bench, number: u64) -> RecordRow {
    let row = bench.practice.engine.store().record(&record(number));
    row.expect("readable").expect("seen")
}

fn code(bench: &Bench, number: u64) -> Option<Code> {
    row(bench, number).problem.map(|problem| problem.code)
}

/// The customers of Visma.net with the profile's e-mail.
fn there(bench: &Bench, number: u64) -> Vec<Map<String, Value>> {
    let mut all = bench.practice.pair.visma().customers();
    all.retain(|customer| customer["mainContact"]["email"] == email(number).as_str());
    all
}

fn link(bench: &Bench, number: u64) -> Option<String> {
    let link = bench
        .practice
        .engine
        .store()
        .link("customer", &record(number).id);
    link.expect("readable").map(|link| link.erp_id)
}

fn journal(bench: &Bench, number: u64) -> Vec<IntentState> {
    let intents = bench.practice.engine.store().intents_of(&record(number));
    let intents = intents.expect("readable");
    intents.iter().map(|intent| intent.state).collect()
}

/// Every call of this name is counted from now on.
fn count(bench: &Bench, side: Side, operation: &str) {
    let rule = FaultRule::next(side, Fault::SlowBody { millis: 0 });
    let rule = rule.operation(operation).times(1000);
    bench.practice.pair.faults().add(rule);
}

/// The profile buys, and the order is worked on until nothing is left to do.
async fn buys(bench: &Bench, number: u64, id: u64) {
    let at = bench.clock.now() - TimeDelta::minutes(3);
    let mut order = orders::simple(bench.practice.pair.shop_data(), id, at);
    let gid = format!("gid://shopify/Customer/{number}");
    order["customer"] = bench.practice.pair.shopify().record(&gid).expect("there");
    order["email"] = json!(email(number));
    bench.put(order);
    bench.quiet().await;
    assert_eq!(bench.record(id).state, RecordState::Booked);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_order_alone_no_profile_is_read_and_none_becomes_a_customer() {
    let bench = bench(Which::WithOrder).await;
    count(&bench, Side::Shopify, "CustomersChanged");
    let before = bench.practice.pair.visma().customers().len();
    bench.quiet().await;
    assert_eq!(bench.practice.pair.faults().fired().len(), 0);
    assert_eq!(bench.practice.pair.visma().customers().len(), before);
    // Nor where all private customers are on the house customer.
    bench.choose(|settings| {
        settings.customers.which = Which::All;
        settings.customers.private_on_house = true;
        settings.customers.house.push(HouseRow {
            country: "*".into(),
            currency: "NOK".into(),
            customer: "10001".into(),
        });
    });
    bench.quiet().await;
    assert_eq!(bench.practice.pair.faults().fired().len(), 0);
    assert_eq!(bench.practice.pair.visma().customers().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_becomes_a_customer_once_and_its_order_goes_to_that_one() {
    let bench = bench(Which::All).await;
    profile(
        &bench,
        SVEA,
        whole(SVEA, &home_in("Storgatan 1", "11122", "SE")),
    );
    bench.quiet().await;
    let made = there(&bench, KARI);
    assert_eq!(made.len(), 1);
    let kari = &made[0];
    assert_eq!(kari["name"], "Kari Nordmann 8901");
    assert_eq!(kari["customerClass"]["id"], "PRIVAT");
    // Without a sale the zone is the class's own.
    assert_eq!(kari["vatZone"]["id"], "NO-IN");
    assert_eq!(kari["currencyId"], "NOK");
    assert_eq!(kari["mainAddress"]["addressLine1"], "Storgata 1");
    let settings = bench.practice.engine.settings().expect("readable");
    let class = settings
        .customers
        .class("SE", brygga_core::settings::Party::Private);
    assert_eq!(
        there(&bench, SVEA)[0]["customerClass"]["id"].as_str(),
        class.map(|row| row.class.as_str())
    );
    assert_eq!(
        (row(&bench, KARI).state, row(&bench, KARI).name),
        (RecordState::Booked, "Kari Nordmann 8901".to_owned())
    );
    // Nothing new: nothing is sent, nor where another field of the profile changes.
    let writes = bench.writes();
    bench.quiet().await;
    profile(&bench, KARI, json!({ "lastName": "Hansen" }));
    bench.quiet().await;
    assert_eq!(bench.writes(), writes);
    buys(&bench, KARI, 982_001).await;
    assert_eq!(Some(bench.document(982_001).customer), link(&bench, KARI));
    assert_eq!(there(&bench, KARI).len(), 1);
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_with_a_known_e_mail_is_linked_and_two_customers_are_a_question() {
    let bench = bench(Which::WithOrder).await;
    buys(&bench, KARI, 982_001).await;
    let number = link(&bench, KARI).expect("linked");
    let visma = bench.practice.pair.visma();
    // It was there before, under the e-mail and with nobody's reference.
    let nobodys = json!({ "accountReference": null });
    visma.edit_customer(&number, fields(nobodys));
    let known = json!({ "defaultEmailAddress": { "emailAddress": email(KARI).to_uppercase() } });
    let other = whole(OLA, &home("Storgata 1"));
    profile(&bench, OLA, other);
    profile(&bench, OLA, known);
    let before = visma.customers().len();
    bench.choose(|settings| settings.customers.which = Which::All);
    bench.quiet().await;
    assert_eq!(link(&bench, OLA), Some(number.clone()));
    assert_eq!(journal(&bench, OLA), []);
    // The shop's own other profiles became customers of their own.
    assert!(visma.customers().len() >= before);
    assert_eq!(there(&bench, KARI).len(), 1);

    let twin = visma.add_duplicate_customer(&number).expect("a twin");
    let same = json!({ "defaultEmailAddress": { "emailAddress": format!(" {} ", email(KARI)) } });
    profile(&bench, SVEA, whole(SVEA, &home("Storgata 1")));
    profile(&bench, SVEA, same);
    bench.quiet().await;
    assert_eq!(code(&bench, SVEA), Some(Code::CustomerAmbiguous));
    assert_eq!(there(&bench, KARI).len(), 2);

    // The page asks which one, and the answer is for the profile.
    let held = bench.call("held", json!({})).await;
    let group = held.as_array().expect("groups");
    let group = group
        .iter()
        .find(|group| group["reason"].to_string().contains(&twin))
        .expect("held");
    let cause = json!({"kind": group["kind"], "code": "customer-ambiguous", "params": group["reason"]["params"]});
    let remedy = bench.call("remedy", cause.clone()).await;
    assert_eq!(remedy["choice"]["kind"], "customers", "{remedy}");
    let which = &remedy["choice"]["of"];
    assert_eq!(which["buyer"]["name"], "Kari Nordmann 8903");
    assert_eq!(which["customers"].as_array().map(Vec::len), Some(2));
    let choice = json!({
        "revision": remedy["revision"], "looked": remedy["looked"], "cause": cause,
        "choice": { "kind": "customer", "of": twin },
    });
    let preview = bench.call("fix_preview", choice.clone()).await;
    assert_eq!(preview["pass"], 1, "{preview}");
    let fixed = bench.call("fix", choice.clone()).await;
    bench.quiet().await;
    assert_eq!(link(&bench, SVEA), Some(twin.clone()));
    assert_eq!(row(&bench, SVEA).state, RecordState::Booked);
    assert_eq!(journal(&bench, SVEA), []);

    // Taken back, it is asked again.
    let back = json!({ "revision": fixed["revision"] });
    bench.call("fix_undo", back).await;
    assert_eq!(link(&bench, SVEA), None);
    bench.quiet().await;
    assert_eq!(code(&bench, SVEA), Some(Code::CustomerAmbiguous));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_shop_withholds_or_has_not_makes_nothing_and_the_remedy_leaves_it_out() {
    let bench = bench(Which::All).await;
    let shop = bench.practice.pair.shopify();
    shop.change_config(|config| config.level_2_withheld = true);
    profile(&bench, OLA, whole(OLA, &Value::Null));
    let before = bench.practice.pair.visma().customers().len();
    bench.quiet().await;
    assert_eq!(code(&bench, KARI), Some(Code::ProfileWithheld));
    assert_eq!(bench.practice.pair.visma().customers().len(), before);
    // Once the shop tells it, it is made of what it tells.
    shop.change_config(|config| config.level_2_withheld = false);
    profile(&bench, KARI, json!({ "note": "told" }));
    profile(&bench, OLA, json!({ "note": "told" }));
    bench.quiet().await;
    assert_eq!(there(&bench, KARI).len(), 1);
    // Of a profile without an address nobody knows the class.
    assert_eq!(code(&bench, OLA), Some(Code::ProfileIncomplete));
    assert_eq!(row(&bench, OLA).name, "Kari Nordmann 8902");

    let held = bench.call("held", json!({})).await;
    let group = held.as_array().expect("groups");
    let group = group
        .iter()
        .find(|group| group["reason"]["code"] == "profile-incomplete")
        .expect("held");
    assert_eq!(group["reason"]["params"], json!({ "missing": "country" }));
    let cause = json!({"kind": "customer", "code": "profile-incomplete", "params": group["reason"]["params"]});
    let remedy = bench.call("remedy", cause.clone()).await;
    let values = json!({ "customers/which": "with_order" });
    let choice = json!({
        "revision": remedy["revision"], "looked": remedy["looked"], "cause": cause,
        "choice": { "kind": "settings", "of": values },
    });
    let preview = bench.call("fix_preview", choice.clone()).await;
    assert!(preview["skipped"].as_u64() > Some(0), "{preview}");
    bench.call("fix", choice).await;
    bench.quiet().await;
    assert_eq!(code(&bench, OLA), Some(Code::SkippedNoOrder));
    // Who it is stays in the shop alone.
    assert_eq!(row(&bench, OLA).name, record(OLA).id);
    assert_eq!(row(&bench, KARI).state, RecordState::Booked);

    // Chosen again, and told where the profile lives, it becomes one.
    bench.choose(|settings| settings.customers.which = Which::All);
    let moved = json!({ "defaultAddress": home("Lillegata 7") });
    profile(&bench, OLA, moved);
    bench.quiet().await;
    assert_eq!(there(&bench, OLA).len(), 1);
    assert_eq!(row(&bench, OLA).state, RecordState::Booked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_customer() {
    for (committed, journalled) in [
        (true, vec![IntentState::Done]),
        (false, vec![IntentState::Superseded, IntentState::Done]),
    ] {
        let bench = bench(Which::All).await;
        // The shop's own profiles first.
        bench.quiet().await;
        profile(&bench, OLA, whole(OLA, &home("Storgata 1")));
        let lost = FaultRule::next(Side::Visma, Fault::Cut { committed });
        let faults = bench.practice.pair.faults();
        faults.add(lost.method("POST").path("/customer"));
        bench.sync().await;
        assert_eq!(journal(&bench, OLA), [IntentState::Unknown]);
        assert_eq!(code(&bench, OLA), Some(Code::WaitingOutcome));
        assert_eq!(link(&bench, OLA), None);
        bench.clock.advance(std::time::Duration::from_mins(20));
        bench.quiet().await;
        assert_eq!(journal(&bench, OLA), journalled);
        assert_eq!(there(&bench, OLA).len(), 1);
        assert_eq!(row(&bench, OLA).state, RecordState::Booked);
        let number = there(&bench, OLA)[0]["number"].clone();
        assert_eq!(json!(link(&bench, OLA)), number);
    }
}

async fn looked_at(bench: &Bench) -> Vec<Previewed> {
    let preview = bench.practice.engine.preview(RunOptions::default()).await;
    let preview = preview.expect("both sides answer");
    assert!(preview.failures.is_empty(), "{:?}", preview.failures);
    let mut items = preview.items;
    items.retain(|item| item.record.kind == RecordKind::Customer);
    items
}

fn of(items: &[Previewed], number: u64) -> Option<&Previewed> {
    items.iter().find(|item| item.record == record(number))
}

async fn approve(bench: &Bench, item: &Previewed) -> (usize, usize) {
    let Outcome::Send { digest, .. } = &item.outcome else {
        panic!("{item:?}")
    };
    let approved = Approved {
        record: item.record.clone(),
        digest: digest.clone(),
    };
    let engine = &bench.practice.engine;
    let report = engine.send_approved(vec![approved], None).await;
    let report = report.expect("no other run");
    assert_eq!(report.run.failure, None);
    (report.begun.len(), report.changed.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_shows_the_customer_and_exactly_that_is_made() {
    let bench = bench(Which::All).await;
    let before = bench.practice.pair.visma().customers().len();
    let shown = looked_at(&bench).await;
    let item = of(&shown, KARI).expect("shown").clone();
    let Outcome::Send { what, .. } = &item.outcome else {
        panic!("{item:?}")
    };
    let What::Profile(ProfileShown::Make(draft)) = &**what else {
        panic!("{item:?}")
    };
    assert_eq!(
        (draft.name.as_str(), draft.class.as_str(), &draft.vat_zone),
        ("Kari Nordmann 8901", "PRIVAT", &None)
    );
    assert_eq!(bench.practice.pair.visma().customers().len(), before);

    // The profile is another by now: what was shown is not made.
    profile(&bench, KARI, json!({ "lastName": "Hansen" }));
    assert_eq!(approve(&bench, &item).await, (0, 1));
    assert_eq!(bench.practice.pair.visma().customers().len(), before);

    let shown = looked_at(&bench).await;
    let item = of(&shown, KARI).expect("shown").clone();
    assert_eq!(approve(&bench, &item).await, (1, 0));
    assert_eq!(there(&bench, KARI)[0]["name"], "Kari Hansen");
    // Nothing else was approved.
    assert_eq!(bench.practice.pair.visma().customers().len(), before + 1);
    assert_eq!(of(&looked_at(&bench).await, KARI), None);

    // Its order would make it: then the profile is shown with the order alone.
    profile(&bench, OLA, whole(OLA, &home("Storgata 1")));
    assert!(of(&looked_at(&bench).await, OLA).is_some());
    let at = bench.clock.now() - TimeDelta::minutes(3);
    let mut order = orders::simple(bench.practice.pair.shop_data(), 982_001, at);
    let gid = format!("gid://shopify/Customer/{OLA}");
    order["customer"] = bench.practice.pair.shopify().record(&gid).expect("there");
    order["email"] = json!(email(OLA));
    bench.put(order);
    assert_eq!(of(&looked_at(&bench).await, OLA), None);
    bench.quiet().await;
    assert_eq!(there(&bench, OLA).len(), 1);

    // As the page is told it.
    profile(&bench, SVEA, whole(SVEA, &home("Storgata 1")));
    bench.call("preview_start", json!({})).await;
    while !bench.call("preview", json!({})).await["doing"].is_null() {
        tokio::task::yield_now().await;
    }
    let key = json!({ "kind": "customer", "id": record(SVEA).id });
    let item = bench.call("preview_item", key).await;
    assert_eq!(item["line"]["what"], "create-customer");
    let told: Vec<_> = item["facts"]
        .as_array()
        .expect("facts")
        .iter()
        .map(|fact| fact["name"].as_str().expect("a name"))
        .collect();
    let wanted = [
        "customer_name",
        "class",
        "currency",
        "email",
        "phone",
        "address",
    ];
    assert_eq!(told, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_profile_follows_without_an_order() {
    let bench = bench(Which::All).await;
    bench.choose(|settings| settings.customers.update = true);
    bench.quiet().await;
    let rule = FaultRule::next(Side::Visma, Fault::SlowBody { millis: 0 });
    let rule = rule.method("PUT").path("/customer/").times(1000);
    bench.practice.pair.faults().add(rule);
    // Made of the profile, it is known as it is.
    bench.quiet().await;
    assert_eq!(bench.practice.pair.faults().fired().len(), 0);
    let moved = json!({ "defaultAddress": home("Lillegata 7") });
    profile(&bench, KARI, moved);
    let shown = looked_at(&bench).await;
    assert!(of(&shown, KARI).is_some(), "{shown:?}");
    bench.quiet().await;
    bench.quiet().await;
    let kari = &there(&bench, KARI)[0];
    assert_eq!(kari["mainAddress"]["addressLine1"], "Lillegata 7");
    assert_eq!(bench.practice.pair.faults().fired().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_has_its_own_schedule_and_can_be_synced_alone() {
    let flow = async |bench: &Bench| {
        let overview = bench.call("overview", json!({})).await;
        let flows = overview["flows"].as_array().expect("flows").clone();
        let own = flows.into_iter().find(|flow| flow["flow"] == "customers");
        own.expect("there")
    };
    let bench = bench(Which::WithOrder).await;
    bench.quiet().await;
    let with_orders = flow(&bench).await;
    assert_eq!(with_orders["lane"], "orders");
    bench.choose(|settings| settings.customers.which = Which::All);
    let own = flow(&bench).await;
    assert_eq!(
        (&own["lane"], &own["every"]),
        (&json!("customers"), &json!("quarter"))
    );
    let run = bench.call("sync_now", json!({ "flow": "customers" })).await;
    assert_eq!(run["already"], false);
    while !bench.call("overview", json!({})).await["run"].is_null() {
        tokio::task::yield_now().await;
    }
    assert!(link(&bench, KARI).is_some());
    let own = flow(&bench).await;
    assert_eq!(own["failure"], Value::Null);
    assert!(own["well"].is_string());
    assert_eq!(own["counts"]["new"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_order_is_erased_all_the_same() {
    let bench = bench(Which::All).await;
    bench.quiet().await;
    let search = json!({ "search": email(KARI) });
    let people = bench.call("people", search.clone()).await;
    assert_eq!(people.as_array().map(Vec::len), Some(1), "{people}");
    assert_eq!(people[0]["name"], "Kari Nordmann 8901");
    let words = [
        email(KARI),
        "nordmann 8901".to_owned(),
        "+4722000000".to_owned(),
        "storgata 1\"".to_owned(),
    ];
    let said = |bench: &Bench| {
        let text = crate::keeping::everything(bench);
        let found = words.iter().filter(|word| text.contains(word.as_str()));
        found.cloned().collect::<Vec<_>>()
    };
    assert!(!said(&bench).is_empty());
    let key = json!({ "key": people[0]["key"] });
    bench.call("erase_person", key).await;
    assert_eq!(said(&bench), Vec::<String>::new());
    // Neither a change of the profile nor a second customer brings the person back.
    let number = link(&bench, KARI).expect("linked");
    profile(&bench, KARI, json!({ "tags": ["new"] }));
    bench.quiet().await;
    assert_eq!(said(&bench), Vec::<String>::new());
    assert_eq!(bench.call("people", search).await, json!([]));
    assert_eq!(there(&bench, KARI).len(), 1);
    assert_eq!(link(&bench, KARI), Some(number));
    let log = bench
        .practice
        .engine
        .store()
        .activity(&ActivityFilter::default(), 500);
    assert!(
        log.expect("readable")
            .iter()
            .any(|told| told.event == "customer-erased")
    );
}
