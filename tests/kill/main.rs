//! The program is killed at every step of the journal, and started again: one customer, one document, linked.
//!
//! The product is a process of its own with a real file and the encrypted-file secrets; `BRYGGA_BIN` names it, built with the
//! feature `crash-points`. The practice pair is this process.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and a skipped one says so"
)]

mod program;

use std::time::Duration;

use brygga_core::Clock as _;
use brygga_http::SystemClock;
use brygga_sandbox::visma::Change;
use brygga_tests::orders;
use brygga_tests::profile::{edit, home};
use chrono::TimeDelta;
use program::World;
use serde_json::{Value, json};

const ID: u64 = 930_001;

/// A fresh order of a new customer.
fn fresh(world: &World) -> Value {
    let mut order = orders::simple(
        world.pair.shop_data(),
        ID,
        SystemClock.now() - TimeDelta::minutes(5),
    );
    order["email"] = json!("helt.ny@example.no");
    order["customer"]["id"] = json!("gid://shopify/Customer/88001");
    order["customer"]["legacyResourceId"] = json!("88001");
    order["customer"]["defaultEmailAddress"] = json!({ "emailAddress": "helt.ny@example.no" });
    order
}

fn one_of_each(world: &World, total: &str, status: &str) {
    let documents = world.documents(ID);
    assert_eq!(documents.len(), 1, "one document: {documents:#?}");
    let record = world.record(ID);
    assert_eq!(record["state"], "booked", "{record}");
    assert_eq!(documents[0].status, status);
    if status == "Open" {
        assert_eq!(documents[0].total, total.parse().expect("a number"));
    }
    assert_eq!(
        world.customers_with("helt.ny@example.no"),
        1,
        "one customer"
    );
    assert_eq!(
        record["erp_number"],
        format!("{} {}", documents[0].order_type, documents[0].id)
    );
}

/// Kills the sync at `point` and lets another finish.
async fn killed_at(point: &str, prepare: Option<fn(&mut Value)>, total: &str, status: &str) {
    let world = World::new().await;
    let mut order = fresh(&world);
    world.put(order.clone());
    if let Some(change) = prepare {
        world.sync_until_quiet();
        one_of_each(&world, "450", "Open");
        change(&mut order);
        world.put(order);
    }
    world.sync_killed_at(point);
    world.sync_until_quiet();
    one_of_each(&world, total, status);
    let writes = world.writes();
    world.sync_until_quiet();
    assert_eq!(world.writes(), writes, "nothing more to write");
}

fn edited(order: &mut Value) {
    orders::edit(order, ID);
    // The head changes too: another date would be another order, so another address.
    order["shippingAddress"]["address1"] = json!("Nye gate 7");
}

fn cancelled(order: &mut Value) {
    order["cancelledAt"] = order["createdAt"].clone();
}

macro_rules! kills {
    ($($name:ident: $point:literal, $prepare:expr, $total:literal, $status:literal;)+) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            killed_at($point, $prepare, $total, $status).await;
        })+
    };
}

kills! {
    new_order_when_planned: "plan:written", None, "450", "Open";
    new_customer_before_it_is_sent: "create-customer:before", None, "450", "Open";
    new_customer_while_it_is_sent: "create-customer:sending", None, "450", "Open";
    new_customer_answered_not_remembered: "create-customer:answered", None, "450", "Open";
    new_customer_remembered: "create-customer:settled", None, "450", "Open";
    new_order_before_it_is_sent: "create-order:before", None, "450", "Open";
    new_order_while_it_is_sent: "create-order:sending", None, "450", "Open";
    new_order_answered_not_remembered: "create-order:answered", None, "450", "Open";
    new_order_remembered: "create-order:settled", None, "450", "Open";
    edit_before_the_head: "patch-head:before", Some(edited), "475", "Open";
    edit_when_planned: "plan:written", Some(edited), "475", "Open";
    edit_head_while_sent: "patch-head:sending", Some(edited), "475", "Open";
    edit_head_answered: "patch-head:answered", Some(edited), "475", "Open";
    edit_head_remembered: "patch-head:settled", Some(edited), "475", "Open";
    edit_lines_before_they_are_sent: "patch-lines:before", Some(edited), "475", "Open";
    edit_lines_while_sent: "patch-lines:sending", Some(edited), "475", "Open";
    edit_lines_answered: "patch-lines:answered", Some(edited), "475", "Open";
    edit_lines_remembered: "patch-lines:settled", Some(edited), "475", "Open";
    edit_new_lines_before_they_are_sent: "add-lines:before", Some(edited), "475", "Open";
    edit_new_lines_while_sent: "add-lines:sending", Some(edited), "475", "Open";
    edit_new_lines_answered: "add-lines:answered", Some(edited), "475", "Open";
    edit_new_lines_remembered: "add-lines:settled", Some(edited), "475", "Open";
    edit_old_lines_before_they_are_sent: "delete-lines:before", Some(edited), "475", "Open";
    edit_old_lines_while_sent: "delete-lines:sending", Some(edited), "475", "Open";
    edit_old_lines_answered: "delete-lines:answered", Some(edited), "475", "Open";
    edit_old_lines_remembered: "delete-lines:settled", Some(edited), "475", "Open";
    cancellation_when_planned: "plan:written", Some(cancelled), "450", "Cancelled";
    cancellation_before_it_is_sent: "cancel-order:before", Some(cancelled), "450", "Cancelled";
    cancellation_while_it_is_sent: "cancel-order:sending", Some(cancelled), "450", "Cancelled";
    cancellation_answered: "cancel-order:answered", Some(cancelled), "450", "Cancelled";
    cancellation_remembered: "cancel-order:settled", Some(cancelled), "450", "Cancelled";
}

/// A customer that follows the shop is changed once, wherever the program is killed on the way (`booking-rules` 4).
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_follows_the_shop() {
    for point in [
        "change-customer:before",
        "change-customer:sending",
        "change-customer:answered",
        "change-customer:settled",
    ] {
        let world = World::new().await;
        world.choose(|settings| {
            settings["customers"]["update"] = json!(true);
        });
        let order = fresh(&world);
        let moves = |street: &str| {
            let fields = json!({
                "firstName": "Helt", "lastName": "Ny", "defaultEmailAddress": order["customer"]["defaultEmailAddress"],
                "defaultAddress": home(street),
            });
            let change = edit(88_001, fields);
            let gid = world.pair.shopify().act(&change).expect("changed");
            world.pair.shopify().record(&gid).expect("there")
        };
        let bought = |id: u64, customer: Value| {
            let mut order = order.clone();
            order["id"] = json!(format!("gid://shopify/Order/{id}"));
            order["legacyResourceId"] = json!(id.to_string());
            order["name"] = json!(format!("#T{id}"));
            order["customer"] = customer;
            world.put(order);
        };
        bought(ID, moves("Gamlegata 1"));
        world.sync_until_quiet();
        bought(ID + 1, moves("Nygata 7"));
        world.sync_killed_at(point);
        world.sync_until_quiet();
        one_of_each(&world, "450", "Open");
        assert_eq!(world.customers_with("Nygata 7"), 1, "{point}");
        let writes = world.writes();
        world.sync_until_quiet();
        assert_eq!(world.writes(), writes, "{point}: nothing more to write");
    }
}

/// A profile without an order becomes one customer, wherever the program is killed on the way (`booking-rules` 4).
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_becomes_a_customer() {
    for point in [
        "create-customer:before",
        "create-customer:sending",
        "create-customer:answered",
        "create-customer:settled",
    ] {
        let world = World::new().await;
        let fields = json!({
            "firstName": "Helt", "lastName": "Ny", "defaultEmailAddress": { "emailAddress": "helt.ny@example.no" },
            "defaultAddress": home("Nygata 7"),
        });
        let change = edit(88_001, fields);
        world.pair.shopify().act(&change).expect("made");
        world.choose(|settings| settings["customers"]["which"] = json!("all"));
        world.sync_killed_at(point);
        // Whatever else the shop has of profiles becomes customers too.
        world.sync_until_quiet();
        world.sync_until_quiet();
        assert_eq!(world.customers_with("helt.ny@example.no"), 1, "{point}");
        let references: Vec<String> = world
            .pair
            .visma()
            .customers()
            .iter()
            .filter_map(|customer| {
                customer
                    .get("accountReference")?
                    .as_str()
                    .map(str::to_owned)
            })
            .filter(|reference| reference.starts_with("customer/"))
            .collect();
        let once: std::collections::BTreeSet<&String> = references.iter().collect();
        assert_eq!(once.len(), references.len(), "{point}: {references:?}");
        let writes = world.writes();
        world.sync_until_quiet();
        assert_eq!(world.writes(), writes, "{point}: nothing more to write");
    }
}

/// A list that does not show yet what was just made: the second look-up, a second later, finds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_lags_the_write_makes_no_double() {
    for point in ["create-customer:answered", "create-order:answered"] {
        let world = World::new().await;
        world.pair.visma().list_lag(Duration::from_secs(1));
        world.put(fresh(&world));
        world.sync_killed_at(point);
        world.sync_until_quiet();
        one_of_each(&world, "450", "Open");
    }
}

/// Again and again, at every step of one order: each start goes on where the last one was ended.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_one_step_after_the_other() {
    let world = World::new().await;
    let mut order = fresh(&world);
    world.put(order.clone());
    for point in [
        "plan:written",
        "create-customer:sending",
        "create-customer:answered",
        "create-order:sending",
        "create-order:answered",
    ] {
        world.sync_killed_at(point);
    }
    world.sync_until_quiet();
    one_of_each(&world, "450", "Open");
    edited(&mut order);
    world.put(order.clone());
    for point in [
        "patch-head:answered",
        "patch-lines:answered",
        "add-lines:answered",
        "delete-lines:sending",
    ] {
        world.sync_killed_at(point);
    }
    world.sync_until_quiet();
    one_of_each(&world, "475", "Open");
    cancelled(&mut order);
    world.put(order);
    world.sync_killed_at("cancel-order:answered");
    world.sync_until_quiet();
    one_of_each(&world, "475", "Cancelled");
}

/// Two of the three new units go as well: 225 kroner are left.
fn edited_again(order: &mut Value) {
    edited(order);
    let line = ID * 10 + 2;
    order["lineItems"][2]["currentQuantity"] = json!(1);
    orders::set_totals(order, "825.0", "165.0", "225.0", "45.0");
    let mut removed = order["refunds"][0]["refundLineItems"][1].clone();
    removed["id"] = json!(format!("gid://shopify/RefundLineItem/{line}"));
    removed["lineItem"]["id"] = json!(format!("gid://shopify/LineItem/{line}"));
    removed["quantity"] = json!(2);
    let lines = order["refunds"][0]["refundLineItems"].as_array_mut();
    lines.expect("a list").push(removed);
}

/// While the program was down in the middle of an edit, the order went on: the document follows what is true now.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_went_on_while_the_program_was_down() {
    type Happens = fn(&mut Value);
    let goes_on: [(Happens, &str, &str); 2] =
        [(edited_again, "225", "Open"), (cancelled, "0", "Cancelled")];
    for (change, total, status) in goes_on {
        for point in ["patch-lines:sending", "add-lines:answered"] {
            let world = World::new().await;
            let mut order = fresh(&world);
            world.put(order.clone());
            world.sync_until_quiet();
            edited(&mut order);
            world.put(order.clone());
            world.sync_killed_at(point);
            change(&mut order);
            world.put(order);
            world.sync_until_quiet();
            one_of_each(&world, total, status);
        }
    }
}

/// Where Visma.net ships: killed while the shop is told of a shipment and of its tracking, each is told once.
#[tokio::test(flavor = "multi_thread")]
async fn a_shipment_is_told_once_wherever_the_program_is_killed() {
    for points in [
        ["create-fulfilment:before", "update-tracking:before"],
        ["create-fulfilment:sending", "update-tracking:sending"],
        ["create-fulfilment:answered", "update-tracking:answered"],
        ["create-fulfilment:settled", "update-tracking:settled"],
    ] {
        let world = World::new().await;
        world.choose(|settings| settings["invoices"]["who_ships"] = json!("visma"));
        let mut order = fresh(&world);
        orders::unsent(&mut order);
        world.put(order);
        world.sync_until_quiet();
        let document = world.documents(ID).remove(0);
        let visma = world.pair.visma();
        let shipped = visma.change(Change::WarehouseShips {
            order_type: document.order_type,
            id: document.id,
            warehouse: "HOVED".into(),
            lines: vec![],
            tracking: vec![],
            carrier: None,
            confirm: true,
        });
        let [create, track] = points;
        world.sync_killed_at(create);
        world.sync_until_quiet();
        let told =
            || world.pair.shopify().order(&ID.to_string()).expect("there")["fulfillments"].clone();
        assert_eq!(told().as_array().map(Vec::len), Some(1), "{create}");
        visma.change(Change::ShipmentTracked {
            number: shipped.expect("shipped"),
            tracking: vec!["T1".into()],
            carrier: None,
        });
        world.sync_killed_at(track);
        world.sync_until_quiet();
        assert_eq!(told().as_array().map(Vec::len), Some(1), "{track}");
        assert_eq!(told()[0]["trackingInfo"][0]["number"], "T1", "{track}");
        assert_eq!(visma.shipments().len(), 1, "no second shipment");
        let writes = world.writes();
        world.sync_until_quiet();
        assert_eq!(world.writes(), writes, "nothing more to write");
    }
}

/// An order waits for an item that is made for it: killed while it is made, it is made once, and the order goes on.
#[tokio::test(flavor = "multi_thread")]
async fn an_item_for_an_order_is_made_once_wherever_the_program_is_killed() {
    for point in [
        "create-item:before",
        "create-item:sending",
        "create-item:answered",
        "create-item:settled",
    ] {
        let world = World::new().await;
        for scope in ["read_products", "read_inventory"] {
            world.pair.shopify().grant_scope(scope, true);
        }
        world.choose(|settings| {
            let rows = settings["vat"].as_array().expect("rows");
            let home = rows.iter().find(|row| row["destination"] == "NO");
            let zone = home.expect("a row at home")["zone"].clone();
            settings["missing_item"] = json!({ "rule": "create" });
            let products = &mut settings["products"];
            products["on"] = json!(false);
            products["price_vat"] = json!({ "vat": "add", "zone": zone });
            products["new_item"]["goods_class"] = json!("VARER");
            products["new_item"]["service_class"] = json!("TJENESTER");
            products["new_item"]["vat_category"] = json!("HOY");
        });
        let order = fresh(&world);
        let number = order["lineItems"][0]["sku"].as_str().expect("a SKU");
        let visma = world.pair.visma();
        visma.change(Change::ItemGone {
            number: number.to_owned(),
        });
        let items = visma.data().items.len();
        world.put(order.clone());
        world.sync_killed_at(point);
        // One run makes the item or finds it, the next one books the order.
        for _ in 0..3 {
            world.sync_until_quiet();
        }
        one_of_each(&world, "450", "Open");
        assert_eq!(visma.data().items.len(), items + 1, "{point}");
        let writes = world.writes();
        world.sync_until_quiet();
        assert_eq!(world.writes(), writes, "nothing more to write");
    }
}

/// Both sides as processes: the practice pair by `brygga sandbox` too.
#[test]
fn two_processes_and_a_kill_between_answer_and_memory() {
    let sandbox = program::Sandbox::start();
    let product = program::Product::new(&sandbox.shopify, &sandbox.visma);
    product.killed_at("create-order:answered");
    product.until_quiet();
    let state = sandbox.state();
    let ids: Vec<&str> = state["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .filter(|order| order["status"] != "Cancelled")
        .filter_map(|order| order["ref_no"].as_str())
        // Returns and later goods have orders of their own, `ID-...`: they are parts of one that is counted.
        .filter(|reference| {
            !reference
                .split_once('-')
                .is_some_and(|(id, _)| id.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "no order twice");
    let records = product.json(&["records", "--json"]);
    let booked = records["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter(|record| record["state"] == "booked")
        .count();
    assert!(
        booked > 0 && ids.len() == booked,
        "{} documents, {booked} booked",
        ids.len()
    );
}
