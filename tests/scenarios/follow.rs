//! A customer in Visma.net follows its record in the shop, where the shop owns the field and nowhere else (`booking-rules` 4).

use brygga_core::settings::{CustomerField, HouseRow, Owner};
use brygga_core::{Clock as _, Code};
use brygga_engine::{Approved, Outcome, Previewed, RunOptions, What};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::{ActivityFilter, IntentState, RecordKind, RecordRef, RecordState};
use brygga_tests::profile::{edit, fields, home};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

/// Numbers of the buyers.
const KARI: u64 = 8_801;
const OLA: u64 = 8_802;

fn email(buyer: u64) -> String {
    format!("kjoper.{buyer}@example.no")
}

/// A bench on which customers follow the shop, with two buyers who each bought once.
async fn bench() -> Bench {
    let bench = Bench::empty().await;
    bench.choose(|settings| settings.customers.update = true);
    for (buyer, order) in [(KARI, 981_001), (OLA, 981_002)] {
        profile(
            &bench,
            buyer,
            json!({
                "firstName": "Kari", "lastName": format!("Nordmann {buyer}"),
                "defaultEmailAddress": { "emailAddress": email(buyer) },
                "defaultPhoneNumber": { "phoneNumber": "+4722000000" },
                "defaultAddress": home("Storgata 1"),
            }),
        );
        buys(&bench, buyer, order).await;
    }
    count_changes(&bench);
    bench
}

/// Somebody changes a profile in the shop.
fn profile(bench: &Bench, buyer: u64, with: Value) {
    let change = edit(buyer, with);
    let shop = bench.practice.pair.shopify();
    shop.act(&change).expect("the profile is changed");
}

/// The buyer orders, and the order is worked on until nothing is left to do.
async fn buys(bench: &Bench, buyer: u64, order: u64) {
    put(bench, buyer, order);
    bench.quiet().await;
    assert_eq!(bench.record(order).state, RecordState::Booked);
}

fn put(bench: &Bench, buyer: u64, id: u64) {
    let at = bench.clock.now() - TimeDelta::minutes(3);
    let mut order = orders::simple(bench.practice.pair.shop_data(), id, at);
    let gid = format!("gid://shopify/Customer/{buyer}");
    order["customer"] = bench.practice.pair.shopify().record(&gid).expect("there");
    order["email"] = json!(email(buyer));
    // Sent to a friend, and paid from another place: neither is where the customer lives.
    order["shippingAddress"]["address1"] = json!(format!("Hos en venn {id}"));
    bench.put(order);
}

/// Every change of a customer that reaches Visma.net is counted from now on.
fn count_changes(bench: &Bench) {
    let rule = FaultRule::next(Side::Visma, Fault::SlowBody { millis: 0 });
    let rule = rule.method("PUT").path("/customer/").times(1000);
    bench.practice.pair.faults().add(rule);
}

fn changes(bench: &Bench) -> usize {
    bench.practice.pair.faults().fired().len()
}

fn record(buyer: u64) -> RecordRef {
    RecordRef::new(RecordKind::Customer, format!("customer/{buyer}/NOK"))
}

/// The customer as Visma.net has it.
fn there(bench: &Bench, buyer: u64) -> Map<String, Value> {
    let number = number(bench, buyer);
    let all = bench.practice.pair.visma().customers();
    all.into_iter()
        .find(|customer| customer["number"] == number.as_str())
        .expect("there")
}

fn number(bench: &Bench, buyer: u64) -> String {
    let link = bench
        .practice
        .engine
        .store()
        .link("customer", &record(buyer).id);
    link.expect("readable").expect("linked").erp_id
}

fn by_hand(bench: &Bench, buyer: u64, with: Value) {
    let visma = bench.practice.pair.visma();
    visma.edit_customer(&number(bench, buyer), fields(with));
}

fn journal(bench: &Bench, buyer: u64) -> Vec<IntentState> {
    let intents = bench.practice.engine.store().intents_of(&record(buyer));
    let intents = intents.expect("readable");
    intents.iter().map(|intent| intent.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_address_follows_once_and_to_the_right_customer() {
    let bench = bench().await;
    let ola = there(&bench, OLA);
    profile(
        &bench,
        KARI,
        json!({ "defaultAddress": home("Lillegata 7") }),
    );
    buys(&bench, KARI, 981_003).await;
    let kari = there(&bench, KARI);
    assert_eq!(kari["mainAddress"]["addressLine1"], "Lillegata 7");
    assert_eq!(there(&bench, OLA), ola);
    assert_eq!(changes(&bench), 1);
    // Nothing new: nothing is sent, wherever the next orders go.
    buys(&bench, KARI, 981_004).await;
    buys(&bench, OLA, 981_005).await;
    assert_eq!(changes(&bench), 1);
    assert_eq!(journal(&bench, KARI), [IntentState::Done]);
    // The log names the field, and not what stands in it.
    let log = bench
        .practice
        .engine
        .store()
        .activity(&ActivityFilter::default(), 500)
        .expect("readable");
    let told: Vec<_> = log
        .iter()
        .filter(|told| told.event == "customer-updated")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].params["fields"], "address");
    assert!(!format!("{told:?}").contains("Lillegata"));
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_in_visma_net_stays_until_the_shop_says_something_new() {
    let bench = bench().await;
    by_hand(&bench, KARI, json!({ "name": "Kari N. Nordmann" }));
    buys(&bench, KARI, 981_003).await;
    assert_eq!(changes(&bench), 0);
    // Another field changes: only that one is sent.
    let phone = json!({ "defaultPhoneNumber": { "phoneNumber": "+4799999999" } });
    profile(&bench, KARI, phone);
    buys(&bench, KARI, 981_004).await;
    let kari = there(&bench, KARI);
    assert_eq!(kari["mainContact"]["phone1"], "+4799999999");
    assert_eq!(kari["name"], "Kari N. Nordmann");
    assert_eq!(changes(&bench), 1);
    // The name itself changes in the shop.
    profile(&bench, KARI, json!({ "lastName": "Hansen" }));
    buys(&bench, KARI, 981_005).await;
    assert_eq!(there(&bench, KARI)["name"], "Kari Hansen");
    assert_eq!(changes(&bench), 2);
    bench.quiet().await;
    assert_eq!(changes(&bench), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_shop_withholds_or_has_not_clears_nothing() {
    let bench = bench().await;
    let before = there(&bench, KARI);
    let nothing =
        json!({ "defaultPhoneNumber": null, "defaultAddress": null, "defaultEmailAddress": null });
    profile(&bench, KARI, nothing);
    buys(&bench, KARI, 981_003).await;
    assert_eq!(there(&bench, KARI), before);
    let moved = json!({ "lastName": "Hansen", "defaultAddress": home("Lillegata 7") });
    profile(&bench, KARI, moved);
    let shop = bench.practice.pair.shopify();
    shop.change_config(|config| config.level_2_withheld = true);
    put(&bench, KARI, 981_004);
    bench
        .practice
        .engine
        .store()
        .mark_retry(&[record(KARI)])
        .expect("storable");
    bench.quiet().await;
    assert_eq!(there(&bench, KARI), before);
    assert_eq!(changes(&bench), 0);
    // Once the shop tells it again, it follows.
    shop.change_config(|config| config.level_2_withheld = false);
    buys(&bench, KARI, 981_005).await;
    assert_eq!(there(&bench, KARI)["name"], "Kari Hansen");
    assert_eq!(changes(&bench), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_before_anything_is_sent_again() {
    for (committed, journalled) in [
        (true, vec![IntentState::Done]),
        (false, vec![IntentState::Superseded, IntentState::Done]),
    ] {
        let bench = bench().await;
        let faults = bench.practice.pair.faults();
        faults.clear();
        let lost = FaultRule::next(Side::Visma, Fault::Cut { committed });
        faults.add(lost.method("PUT").path("/customer/"));
        let moved = json!({ "defaultAddress": home("Lillegata 7") });
        profile(&bench, KARI, moved);
        put(&bench, KARI, 981_003);
        bench.sync().await;
        // The order is booked, whatever became of its customer's address.
        assert_eq!(bench.record(981_003).state, RecordState::Booked);
        assert_eq!(journal(&bench, KARI), [IntentState::Unknown]);
        bench.quiet().await;
        let kari = there(&bench, KARI);
        assert_eq!(kari["mainAddress"]["addressLine1"], "Lillegata 7");
        assert_eq!(journal(&bench, KARI), journalled);
    }
}

fn standing(bench: &Bench, buyer: u64) -> (RecordState, Option<Code>) {
    let row = bench.practice.engine.store().record(&record(buyer));
    let row = row.expect("readable").expect("there");
    (row.state, row.problem.map(|problem| problem.code))
}

/// Nothing is silent: a customer that Visma.net does not tell of waits with the reason, and what may have arrived is not sent on top of.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_cannot_be_read_waits_with_its_reason_and_follows_later() {
    for lost in [false, true] {
        let bench = bench().await;
        let faults = bench.practice.pair.faults();
        faults.clear();
        let store = bench.practice.engine.store();
        let moved = json!({ "defaultAddress": home("Lillegata 7") });
        profile(&bench, KARI, moved);
        store.mark_retry(&[record(KARI)]).expect("storable");
        if lost {
            let cut = FaultRule::next(Side::Visma, Fault::Cut { committed: true });
            faults.add(cut.method("PUT").path("/customer/"));
            bench.sync().await;
            assert_eq!(journal(&bench, KARI), [IntentState::Unknown]);
        }
        let broken = Fault::Status {
            code: 500,
            committed: false,
        };
        let broken = FaultRule::next(Side::Visma, broken).method("GET");
        faults.add(broken.path("/customer/").times(u32::MAX));
        let run = bench.practice.engine.sync(RunOptions::default()).await;
        assert_eq!(run.expect("no other run").failure, None);
        let (state, code) = standing(&bench, KARI);
        assert_eq!(state, RecordState::Waiting, "{lost} {code:?}");
        assert!(code.is_some(), "{lost}");
        assert_eq!(journal(&bench, KARI).len(), usize::from(lost));
        faults.clear();
        bench.quiet().await;
        let kari = there(&bench, KARI);
        assert_eq!(kari["mainAddress"]["addressLine1"], "Lillegata 7");
        assert_eq!(standing(&bench, KARI), (RecordState::Booked, None));
        assert_eq!(journal(&bench, KARI), [IntentState::Done]);
    }
}

async fn looked_at(bench: &Bench) -> Vec<Previewed> {
    let preview = bench.practice.engine.preview(RunOptions::default()).await;
    let items = preview.expect("both sides answer").items;
    items
        .into_iter()
        .filter(|item| item.record.kind == RecordKind::Customer)
        .collect()
}

async fn approve(bench: &Bench, item: &Previewed) -> usize {
    let Outcome::Send { digest, .. } = &item.outcome else {
        panic!("{item:?}")
    };
    let approved = Approved {
        record: item.record.clone(),
        digest: digest.clone(),
    };
    let report = bench
        .practice
        .engine
        .send_approved(vec![approved], None)
        .await;
    let report = report.expect("no other run");
    assert_eq!(report.run.failure, None);
    for (_, problem) in &report.changed {
        assert_eq!(problem.code, Code::PreviewChanged);
    }
    report.begun.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_shows_before_and_after_and_exactly_that_is_sent() {
    let bench = bench().await;
    let moved = json!({ "defaultAddress": home("Lillegata 7"), "lastName": "Hansen" });
    profile(&bench, KARI, moved);
    put(&bench, KARI, 981_003);
    let shown = looked_at(&bench).await;
    let [item] = shown.as_slice() else {
        panic!("{shown:?}")
    };
    assert_eq!(item.record, record(KARI));
    let Outcome::Send { what, .. } = &item.outcome else {
        panic!("{item:?}")
    };
    let What::Customer(customer) = &**what else {
        panic!("{item:?}")
    };
    let fields: Vec<_> = customer
        .changes
        .iter()
        .map(|change| (change.field, change.after.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            (CustomerField::Name, "Kari Hansen"),
            (CustomerField::Address, "Lillegata 7, 0155 Oslo, NO"),
        ]
    );
    assert_eq!(
        customer.changes[0].before.as_deref(),
        Some("Kari Nordmann 8801")
    );
    assert_eq!(changes(&bench), 0);

    // Somebody is there first: it is not what was shown.
    by_hand(&bench, KARI, json!({ "name": "Kari N. Nordmann" }));
    assert_eq!(approve(&bench, item).await, 0);
    assert_eq!(changes(&bench), 0);

    let shown = looked_at(&bench).await;
    assert_eq!(approve(&bench, &shown[0]).await, 1);
    assert_eq!(changes(&bench), 1);
    assert_eq!(there(&bench, KARI)["name"], "Kari Hansen");
    assert_eq!(looked_at(&bench).await, Vec::new());
    // The order was not approved, and is still to be sent.
    assert!(bench.documents(981_003).is_empty());
    bench.quiet().await;
    assert_eq!(changes(&bench), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_several_or_of_everybody_is_left_alone_and_off_is_off() {
    let bench = bench().await;
    let moved = || json!({ "defaultAddress": home("Lillegata 7"), "lastName": "Hansen" });
    profile(&bench, KARI, moved());
    let kari = there(&bench, KARI);

    bench.choose(|settings| settings.customers.update = false);
    buys(&bench, KARI, 981_003).await;
    bench.choose(|settings| {
        settings.customers.update = true;
        for field in CustomerField::ALL {
            settings.customers.owners.insert(field, Owner::Erp);
        }
    });
    buys(&bench, KARI, 981_004).await;
    let number = number(&bench, KARI);
    bench.choose(|settings| {
        settings.customers.owners.clear();
        settings.customers.house.push(HouseRow {
            country: "NO".into(),
            currency: "NOK".into(),
            customer: number.clone(),
        });
    });
    buys(&bench, KARI, 981_005).await;
    bench.choose(|settings| {
        settings
            .customers
            .house
            .retain(|row| row.customer != number);
        // A third buyer is this customer too.
        settings
            .customers
            .chosen
            .insert("customer/8803".into(), number.clone());
    });
    buys(&bench, KARI, 981_006).await;
    assert_eq!((there(&bench, KARI), changes(&bench)), (kari, 0));

    bench.choose(|settings| settings.customers.chosen.clear());
    buys(&bench, KARI, 981_007).await;
    assert_eq!(there(&bench, KARI)["name"], "Kari Hansen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_refused_holds_the_customer_and_no_order() {
    let bench = bench().await;
    let faults = bench.practice.pair.faults();
    faults.clear();
    let refused = Fault::Status {
        code: 400,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, refused);
    faults.add(rule.method("PUT").path("/customer/"));
    profile(&bench, KARI, json!({ "lastName": "Hansen" }));
    buys(&bench, KARI, 981_003).await;
    let engine = &bench.practice.engine;
    let row = |of: &RecordRef| engine.store().record(of).expect("readable").expect("there");
    let held = row(&record(KARI));
    assert_eq!(held.state, RecordState::Held);
    assert_eq!(
        held.problem.map(|problem| problem.code),
        Some(Code::CustomerUpdateRefused)
    );
    // The same is not tried again by itself, also where the buyer comes back.
    buys(&bench, KARI, 981_004).await;
    assert_eq!(journal(&bench, KARI), [IntentState::Refused]);
    engine
        .store()
        .mark_retry(&[record(KARI)])
        .expect("storable");
    bench.quiet().await;
    assert_eq!(row(&record(KARI)).state, RecordState::Booked);
    assert_eq!(there(&bench, KARI)["name"], "Kari Hansen");
}

/// Booking rules 4: 1 = link, and update what Shopify owns.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_is_found_is_linked_and_brought_to_what_the_shop_says() {
    let bench = bench().await;
    // Kari's customer was there before: under her e-mail, and linked to nobody.
    let number = number(&bench, KARI);
    let mut known = there(&bench, KARI);
    known.insert("accountReference".to_owned(), Value::Null);
    by_hand(&bench, KARI, Value::Object(known));
    let store = bench.practice.engine.store();
    for kind in ["customer", "customer-seen"] {
        store.remove_link(kind, &record(KARI).id).expect("storable");
    }
    profile(
        &bench,
        KARI,
        json!({ "defaultAddress": home("Lillegata 7") }),
    );
    put(&bench, KARI, 981_003);
    let shown = looked_at(&bench).await;
    assert_eq!(shown.len(), 1, "{shown:?}");
    // Without its order it is linked to nobody, and nothing is sent.
    assert_eq!(approve(&bench, &shown[0]).await, 0);
    assert_eq!(changes(&bench), 0);
    bench.quiet().await;
    let link = store.link("customer", &record(KARI).id).expect("readable");
    let link = link.expect("linked");
    assert_eq!((link.erp_id, &link.detail["by"]), (number, &json!("email")));
    let kari = there(&bench, KARI);
    assert_eq!(kari["mainAddress"]["addressLine1"], "Lillegata 7");
    assert_eq!(changes(&bench), 1);
    bench.quiet().await;
    assert_eq!(changes(&bench), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_company_the_name_follows_and_nothing_else() {
    let bench = bench().await;
    let buys = |id: u64, name: &str| {
        let at = bench.clock.now() - TimeDelta::minutes(3);
        let mut order = orders::simple(bench.practice.pair.shop_data(), id, at);
        order["purchasingEntity"] = json!({
            "__typename": "PurchasingCompany",
            "company": { "id": "gid://shopify/Company/8810", "name": name, "externalId": null },
            "location": {
                "id": "gid://shopify/CompanyLocation/8811", "externalId": null,
                "taxSettings": { "taxExempt": false, "taxRegistrationId": null },
            },
        });
        order["email"] = json!("innkjop@example.no");
        bench.put(order);
    };
    buys(981_010, "Butikken AS");
    bench.quiet().await;
    let company = || {
        let all = bench.practice.pair.visma().customers();
        all.into_iter()
            .find(|one| {
                one.get("accountReference")
                    .is_some_and(|text| text == "company/8810/NOK")
            })
            .expect("made")
    };
    let before = company();
    // Visma.net's people know better where its invoices go.
    let number = before["number"].as_str().expect("a number").to_owned();
    let contact = json!({ "mainContact": { "name": "Butikken AS", "email": "faktura@example.no", "phone1": null } });
    bench
        .practice
        .pair
        .visma()
        .edit_customer(&number, fields(contact));
    // The shop's companies are read off its orders: the first one has the new name too.
    let gid = "gid://shopify/Order/981010";
    let shop = bench.practice.pair.shopify();
    shop.change_order(gid, |order| {
        order["purchasingEntity"]["company"]["name"] = json!("Butikken Norge AS");
    });
    buys(981_011, "Butikken Norge AS");
    bench.quiet().await;
    let after = company();
    assert_eq!(after["name"], "Butikken Norge AS");
    assert_eq!(after["mainContact"]["email"], "faktura@example.no");
    assert_eq!(after["mainAddress"], before["mainAddress"]);
    assert_eq!(changes(&bench), 1);
}
