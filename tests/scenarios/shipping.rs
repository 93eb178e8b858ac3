//! Where Visma.net ships: the warehouse sends, the shop is told once, and the invoice follows from the shipment (`booking-rules` 6).

use std::time::Duration;

use brygga_core::settings::WhoShips;
use brygga_core::{Clock as _, Code, Decimal};
use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use brygga_sandbox::visma::{Change, ShipmentAction, VatRounding};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use brygga_tests::Bench;
use brygga_tests::goods::{FIRST, MAIN};
use brygga_tests::orders::{self, bag, line, set_totals};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ID: u64 = 970_001;
const SCOPE: &str = "write_merchant_managed_fulfillment_orders";

/// A shop whose company ships, with one booked order: two units of 100 kroner, one of 250.
struct House {
    bench: Bench,
}

impl House {
    async fn new() -> Self {
        Self::of(Bench::empty().await).await
    }

    async fn patient(patience: Duration) -> Self {
        let bench = Bench::patient(40, VatRounding::Line, patience).await;
        bench
            .clock
            .set(brygga_sandbox::pair::seeded_start() - TimeDelta::days(20));
        Self::of(bench).await
    }

    async fn of(bench: Bench) -> Self {
        bench.practice.pair.shopify().grant_scope(SCOPE, true);
        bench.choose(|settings| {
            settings.invoices.who_ships = WhoShips::Visma;
            settings
                .invoices
                .warehouses
                .insert(FIRST.to_string(), MAIN.to_owned());
        });
        let house = Self { bench };
        house.bench.put(house.order());
        house.bench.quiet().await;
        assert_eq!(house.bench.record(ID).state, RecordState::Booked);
        assert!(house.shipments().is_empty(), "nobody shipped");
        house
    }

    fn order(&self) -> Value {
        let mut order = orders::simple(
            self.bench.practice.pair.shop_data(),
            ID,
            self.bench.clock.now() - TimeDelta::minutes(3),
        );
        orders::unsent(&mut order);
        order
    }

    /// The warehouse sends units of the order's lines, by their place; everything if none are named.
    fn ships(&self, units: &[(usize, u32)], tracking: &[&str], confirm: bool) -> String {
        let document = self.bench.document(ID);
        let lines = units
            .iter()
            .map(|(place, units)| (document.lines[*place].id, Decimal::from(*units)))
            .collect();
        let change = Change::WarehouseShips {
            order_type: document.order_type.clone(),
            id: document.id.clone(),
            warehouse: MAIN.to_owned(),
            lines,
            tracking: tracking.iter().map(|number| (*number).to_owned()).collect(),
            carrier: Some("PostNord NO".into()),
            confirm,
        };
        let number = self.bench.practice.pair.visma().change(change);
        let number = number.expect("it can be shipped");
        // Past the lag of the list.
        self.bench.clock.advance(Duration::from_secs(30));
        number
    }

    fn done(&self, number: &str, action: ShipmentAction) {
        self.bench
            .practice
            .pair
            .visma()
            .change(Change::ShipmentDone {
                number: number.to_owned(),
                action,
            });
        self.bench.clock.advance(Duration::from_secs(30));
    }

    /// Somebody fulfils all that is left in the shop.
    fn by_hand(&self) {
        let change = ShopChange::Fulfil {
            order: ID.to_string(),
            lines: vec![],
            tracking: vec![],
        };
        let shopify = self.bench.practice.pair.shopify();
        shopify.act(&change).expect("something is left");
        self.bench.clock.advance(Duration::from_secs(30));
    }

    fn hold(&self, reason: Option<&str>) {
        let change = ShopChange::Hold {
            order: ID.to_string(),
            reason: reason.map(str::to_owned),
        };
        let shopify = self.bench.practice.pair.shopify();
        shopify.act(&change).expect("the order is there");
    }

    fn shipments(&self) -> Vec<brygga_sandbox::visma::ShipmentSnapshot> {
        let document = self.bench.document(ID);
        let mut all = self.bench.practice.pair.visma().shipments();
        all.retain(|one| one.order_number == document.id);
        all
    }

    /// Units per fulfilment in the shop, each with its tracking numbers.
    fn told(&self) -> Vec<(Vec<i64>, Vec<String>)> {
        let order = self
            .bench
            .practice
            .pair
            .shopify()
            .order(&ID.to_string())
            .expect("the order is there");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        list(&order["fulfillments"])
            .iter()
            .map(|one| {
                let units = list(&one["fulfillmentLineItems"])
                    .iter()
                    .filter_map(|row| row["quantity"].as_i64())
                    .collect();
                let numbers = list(&one["trackingInfo"])
                    .iter()
                    .filter_map(|row| row["number"].as_str().map(str::to_owned))
                    .collect();
                (units, numbers)
            })
            .collect()
    }

    fn row(&self, number: &str) -> RecordRow {
        let record = RecordRef::new(RecordKind::Shipment, number);
        self.bench
            .practice
            .engine
            .store()
            .record(&record)
            .expect("readable")
            .unwrap_or_else(|| panic!("shipment {number} was not seen"))
    }

    fn stands(&self, number: &str) -> (RecordState, Option<Code>) {
        let row = self.row(number);
        (row.state, row.problem.map(|problem| problem.code))
    }

    fn invoices(&self) -> usize {
        let store = self.bench.practice.engine.store();
        let rows = store.parts_of(&ID.to_string()).expect("readable");
        let booked = |row: &&RecordRow| {
            row.record.kind == RecordKind::Invoice && row.state == RecordState::Booked
        };
        rows.iter().filter(booked).count()
    }

    async fn quiet_and_proven(&self) {
        self.bench.quiet().await;
        self.bench.proven().await;
        let writes = self.bench.writes();
        self.bench.clock.advance(Duration::from_hours(2));
        self.bench.quiet().await;
        assert_eq!(self.bench.writes(), writes, "a second sync writes nothing");
    }

    /// Syncs until quiet; what a fault stopped goes on with the next run.
    async fn settle(&self) {
        for _ in 0..12 {
            let report = self
                .bench
                .practice
                .engine
                .sync(RunOptions::default())
                .await
                .expect("no other run");
            if report.failure.is_none() && report.decided == 0 {
                return;
            }
            self.bench.clock.advance(Duration::from_mins(20));
        }
        panic!("it does not get quiet");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_shipment_is_told_with_tracking_and_invoiced() {
    let house = House::new().await;
    let number = house.ships(&[], &["70701", "70702"], true);
    house.quiet_and_proven().await;
    assert_eq!(
        house.told(),
        [(vec![2, 1], vec!["70701".to_owned(), "70702".to_owned()])]
    );
    let row = house.row(&number);
    assert_eq!(row.state, RecordState::Booked);
    assert_eq!(row.name, format!("#T{ID} {number}"));
    assert_eq!(row.erp_number.as_deref(), Some(number.as_str()));
    assert_eq!(house.invoices(), 1);
    assert_eq!(house.shipments().len(), 1, "no second one for it");
    assert_eq!(house.shipments()[0].status, "Completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_parts_on_two_days_are_two_fulfilments_and_two_invoices() {
    let house = House::new().await;
    let first = house.ships(&[(0, 1)], &["A"], true);
    house.bench.quiet().await;
    assert_eq!(house.told(), [(vec![1], vec!["A".to_owned()])]);
    assert_eq!(house.invoices(), 1);
    house.bench.clock.advance(Duration::from_hours(24));
    let second = house.ships(&[(0, 1), (1, 1)], &["B"], true);
    house.quiet_and_proven().await;
    assert_eq!(house.told().len(), 2);
    assert_eq!(house.told()[1], (vec![1, 1], vec!["B".to_owned()]));
    assert_eq!(house.invoices(), 2);
    for number in [first, second] {
        assert_eq!(house.stands(&number), (RecordState::Booked, None));
    }
    assert_eq!(house.shipments().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipment_that_is_still_picked_waits() {
    let house = House::new().await;
    let number = house.ships(&[], &[], false);
    house.bench.quiet().await;
    assert_eq!(
        house.stands(&number),
        (RecordState::Waiting, Some(Code::WaitingShipment))
    );
    assert!(house.told().is_empty());
    assert_eq!(
        house.shipments()[0].status,
        "Open",
        "the warehouse confirms"
    );
    house.done(&number, ShipmentAction::Confirm);
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1], vec![])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipment_that_is_cancelled_before_it_left_needs_nothing() {
    let house = House::new().await;
    let number = house.ships(&[(0, 1)], &[], false);
    house.bench.quiet().await;
    house.done(&number, ShipmentAction::Cancel);
    house.bench.quiet().await;
    assert_eq!(
        house.stands(&number),
        (RecordState::Skipped, Some(Code::SkippedShipment))
    );
    house.ships(&[], &[], true);
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1], vec![])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tracking_that_comes_later_is_told_then() {
    let house = House::new().await;
    let number = house.ships(&[], &[], true);
    house.bench.quiet().await;
    assert_eq!(house.told(), [(vec![2, 1], vec![])]);
    house
        .bench
        .practice
        .pair
        .visma()
        .change(Change::ShipmentTracked {
            number: number.clone(),
            tracking: vec!["LATE-1".into()],
            carrier: None,
        });
    house.bench.clock.advance(Duration::from_secs(30));
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1], vec!["LATE-1".to_owned()])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fulfilled_by_hand_is_adopted() {
    let house = House::new().await;
    // Sent in the shop, and then by the warehouse; the goods are the same.
    house.by_hand();
    house.bench.quiet().await;
    assert!(house.shipments().is_empty(), "the warehouse ships");
    assert_eq!(house.told().len(), 1);
    let number = house.ships(&[], &[], true);
    house.quiet_and_proven().await;
    assert_eq!(house.told().len(), 1, "not told twice");
    assert_eq!(house.stands(&number), (RecordState::Booked, None));
    assert_eq!((house.invoices(), house.shipments().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_units_by_hand_are_held_until_somebody_decides() {
    let house = House::new().await;
    let first = house.ships(&[(0, 1)], &[], true);
    house.bench.quiet().await;
    // Everything that is left, by hand; then the warehouse sends one unit of it.
    house.by_hand();
    let second = house.ships(&[(0, 1)], &[], true);
    house.bench.quiet().await;
    assert_eq!(house.stands(&first), (RecordState::Booked, None));
    assert_eq!(
        house.stands(&second),
        (RecordState::Held, Some(Code::ShipmentOverOpen))
    );
    let told = house.told().len();
    // The warehouse sends the other one as well, on the same shipment: now both say the same.
    house.done(&second, ShipmentAction::Correct);
    house.done(&second, ShipmentAction::Cancel);
    house.ships(&[], &[], true);
    house.quiet_and_proven().await;
    assert_eq!(house.told().len(), told);
    assert_eq!(house.invoices(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipment_that_is_opened_again_is_named_until_it_is_as_it_was() {
    let house = House::new().await;
    // Left to people, so that it can be corrected.
    house.bench.choose(|settings| settings.invoices.on = false);
    let number = house.ships(&[], &[], true);
    house.bench.quiet().await;
    assert_eq!(house.stands(&number), (RecordState::Booked, None));
    house.done(&number, ShipmentAction::Correct);
    house.bench.quiet().await;
    assert_eq!(
        house.stands(&number),
        (RecordState::Held, Some(Code::ShipmentTakenBack))
    );
    house.done(&number, ShipmentAction::Confirm);
    house.bench.quiet().await;
    assert_eq!(house.stands(&number), (RecordState::Booked, None));
    assert_eq!(house.told().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_edited_in_between_is_sent_as_it_is_now() {
    let house = House::new().await;
    let mut order = house.order();
    let template = order["lineItems"][0].clone();
    order["edited"] = json!(true);
    order["lineItems"] = json!([
        line(ID * 10, &template, 2, 2, "200.0", "40.0"),
        line(ID * 10 + 1, &template, 1, 1, "250.0", "50.0"),
        line(ID * 10 + 2, &template, 1, 1, "50.0", "10.0"),
    ]);
    orders::unsent(&mut order);
    set_totals(&mut order, "500.0", "100.0", "500.0", "100.0");
    order["totalOutstandingSet"] = bag("50.0");
    house.bench.put(order);
    house.bench.quiet().await;
    assert_eq!(house.bench.document(ID).lines.len(), 3);
    house.ships(&[], &["E"], true);
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1, 1], vec!["E".to_owned()])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_tells_nothing_twice() {
    for fault in [
        Fault::Timeout { committed: true },
        Fault::Timeout { committed: false },
        Fault::Status {
            code: 503,
            committed: true,
        },
        Fault::Cut { committed: true },
        Fault::Cut { committed: false },
        Fault::TruncatedJson,
        Fault::Html { code: 502 },
    ] {
        let house = House::patient(Duration::from_millis(800)).await;
        for operation in ["FulfilmentCreate", "FulfilmentTracking"] {
            let rule = FaultRule::next(Side::Shopify, fault.clone())
                .operation(operation)
                .times(1);
            house.bench.practice.pair.faults().add(rule);
        }
        let number = house.ships(&[], &["L1"], true);
        house.settle().await;
        house
            .bench
            .practice
            .pair
            .visma()
            .change(Change::ShipmentTracked {
                number: number.clone(),
                tracking: vec!["L2".into()],
                carrier: None,
            });
        house.bench.clock.advance(Duration::from_secs(30));
        house.settle().await;
        assert_eq!(
            house.told(),
            [(vec![2, 1], vec!["L2".to_owned()])],
            "{fault:?}"
        );
        assert_eq!(house.stands(&number), (RecordState::Booked, None));
        house.quiet_and_proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_may_not_fulfil_holds_the_shipment_alone() {
    let house = House::new().await;
    house
        .bench
        .practice
        .pair
        .shopify()
        .grant_scope(SCOPE, false);
    let number = house.ships(&[], &[], true);
    house.bench.quiet().await;
    let row = house.row(&number);
    let problem = row.problem.expect("a reason");
    assert_eq!(
        (row.state, problem.code),
        (RecordState::Held, Code::FulfilmentScope)
    );
    assert!(!problem.message().contains('{'), "{problem}");
    house.bench.practice.pair.shopify().grant_scope(SCOPE, true);
    let store = house.bench.practice.engine.store();
    store.mark_retry(&[row.record]).expect("known");
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1], vec![])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_on_the_order_is_named() {
    let house = House::new().await;
    house.hold(Some("INVENTORY_OUT_OF_STOCK"));
    let number = house.ships(&[], &[], true);
    house.bench.quiet().await;
    assert_eq!(
        house.stands(&number),
        (RecordState::Held, Some(Code::FulfilmentNotOpen))
    );
    house.hold(None);
    let store = house.bench.practice.engine.store();
    let record = house.row(&number).record;
    store.mark_retry(&[record]).expect("known");
    house.quiet_and_proven().await;
    assert_eq!(house.told(), [(vec![2, 1], vec![])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_shop_ships_shipments_of_people_tell_it_nothing() {
    let house = House::new().await;
    house
        .bench
        .choose(|settings| settings.invoices.who_ships = WhoShips::Shopify);
    house.ships(&[(0, 1)], &[], true);
    house.bench.quiet().await;
    assert!(house.told().is_empty());
    let counts = house.bench.practice.engine.store();
    let counts = counts.counts(RecordKind::Shipment).expect("readable");
    assert_eq!(counts.booked + counts.held + counts.waiting, 0);
}
