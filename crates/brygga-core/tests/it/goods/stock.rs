//! Stock: never more than there is, never again what is right.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::goods::{OpenUnits, ShopLevel, StockItem, StockPlan, WarehouseStock, plan_stock};
use brygga_core::settings::{StockQuantity, StockSettings};
use brygga_core::{Code, Decimal};
use proptest::prelude::*;

use super::d;

fn item() -> StockItem {
    StockItem {
        item: "A-1".into(),
        inventory_item: "7".into(),
        tracked: true,
        bundle: false,
        base_unit: Some("STK".into()),
        sales_unit: Some("STK".into()),
    }
}

fn warehouse(name: &str, quantities: [&str; 3]) -> WarehouseStock {
    let [on_hand, available_for_shipment, available] = quantities.map(d);
    WarehouseStock {
        item: "A-1".into(),
        warehouse: name.into(),
        on_hand,
        available_for_shipment,
        available,
    }
}

fn level(location: &str, available: i64, committed: i64) -> ShopLevel {
    ShopLevel {
        inventory_item: "7".into(),
        location: location.into(),
        available,
        committed,
    }
}

fn settings() -> StockSettings {
    StockSettings {
        locations: BTreeMap::from([
            ("1".to_owned(), "11".to_owned()),
            ("2".to_owned(), "11".to_owned()),
            ("3".to_owned(), "33".to_owned()),
        ]),
        first_location: Some("11".into()),
        ..StockSettings::default()
    }
}

fn open(units: OpenUnits) -> BTreeMap<String, OpenUnits> {
    BTreeMap::from([("A-1".to_owned(), units)])
}

fn to(plan: &StockPlan) -> Vec<(&str, i64, i64)> {
    plan.writes
        .iter()
        .map(|write| (write.location.as_str(), write.from, write.to))
        .collect()
}

/// One location that has 0 and commits `committed`.
fn one(quantity: StockQuantity, stock: [&str; 3], committed: i64, units: OpenUnits) -> Option<i64> {
    let settings = StockSettings {
        quantity,
        available_deducts_orders: true,
        ..settings()
    };
    let plan = plan_stock(
        &[item()],
        &[warehouse("1", stock)],
        &[level("11", -1, committed)],
        &open(units),
        &settings,
    );
    plan.writes.first().map(|write| write.to)
}

#[test]
fn what_each_quantity_has_not_deducted_is_deducted() {
    let stock = ["100", "90", "80"];
    let units = |unbooked, booked, allocated, leaving, other: &str| OpenUnits {
        unbooked,
        booked,
        allocated,
        leaving,
        other: BTreeMap::from([("1".to_owned(), d(other))]),
    };
    let (hand, ship, rules) = (
        StockQuantity::OnHand,
        StockQuantity::AvailableForShipment,
        StockQuantity::Available,
    );
    let table = [
        (hand, 0, units(0, 0, 0, 0, "0"), 100),
        (ship, 0, units(0, 0, 0, 0, "0"), 90),
        (rules, 0, units(0, 0, 0, 0, "0"), 80),
        // Booked or not: on hand and available for shipment know of neither.
        (hand, 0, units(3, 4, 0, 0, "0"), 93),
        (ship, 0, units(3, 4, 0, 0, "0"), 83),
        (rules, 0, units(3, 4, 0, 0, "0"), 77),
        // Allocated (SA): on hand does not know, available for shipment does.
        (hand, 0, units(3, 4, 4, 0, "0"), 93),
        (ship, 0, units(3, 4, 4, 0, "0"), 87),
        // What Shopify holds back is the same units, or some that nobody has read yet.
        (ship, 7, units(3, 4, 0, 0, "0"), 83),
        (ship, 9, units(3, 4, 0, 0, "0"), 81),
        (rules, 9, units(3, 4, 0, 0, "0"), 75),
        // Left the shop, still in Visma.net.
        (ship, 0, units(0, 0, 0, 5, "0"), 85),
        // Other channels.
        (hand, 0, units(0, 0, 0, 0, "6"), 94),
        (ship, 0, units(0, 0, 0, 0, "6"), 84),
        (rules, 0, units(0, 0, 0, 0, "6"), 80),
        // More than there is.
        (ship, 0, units(300, 0, 0, 0, "0"), 0),
    ];
    for (quantity, committed, units, expected) in table {
        assert_eq!(
            one(quantity, stock, committed, units.clone()),
            Some(expected),
            "{quantity:?} {committed} {units:?}"
        );
    }
}

#[test]
fn warehouses_add_up_to_their_location_and_others_are_left_alone() {
    let rows = [
        warehouse("1", ["5", "5", "5"]),
        warehouse("2", ["7.9", "7.9", "7.9"]),
        warehouse("3", ["2", "2", "2"]),
        warehouse("9", ["50", "50", "50"]),
    ];
    let levels = [level("11", 1, 0), level("33", 2, 0), level("99", 44, 0)];
    let plan = plan_stock(&[item()], &rows, &levels, &BTreeMap::new(), &settings());
    // Half a piece cannot be sold; what is right is not sent; the unmapped location is not touched.
    assert_eq!(to(&plan), [("11", 1, 12)]);
    assert!(plan.problems.is_empty());
}

#[test]
fn buffers_go_from_the_item_to_the_location_to_the_rest() {
    let mut settings = settings();
    settings.buffer.default = 1;
    let rows = [
        warehouse("1", ["10", "10", "10"]),
        warehouse("3", ["10", "10", "10"]),
    ];
    let levels = [level("11", 0, 0), level("33", 0, 0)];
    let plan = |settings: &StockSettings| {
        let plan = plan_stock(&[item()], &rows, &levels, &BTreeMap::new(), settings);
        plan.writes.iter().map(|write| write.to).collect::<Vec<_>>()
    };
    assert_eq!(plan(&settings), [9, 9]);
    settings.buffer.locations.insert("33".into(), 4);
    assert_eq!(plan(&settings), [9, 6]);
    settings.buffer.items.insert("A-1".into(), 20);
    // 0 is what is there.
    assert_eq!(plan(&settings), Vec::<i64>::new());
}

#[test]
fn each_reason_for_not_writing_has_its_code() {
    let stock = [warehouse("1", ["5", "5", "5"])];
    let levels = [level("11", 0, 0)];
    let code = |item: StockItem, stock: &[WarehouseStock], settings: &StockSettings| {
        let plan = plan_stock(&[item], stock, &levels, &BTreeMap::new(), settings);
        assert!(plan.writes.is_empty());
        plan.problems.get("A-1").map(|problem| problem.code)
    };
    let untracked = StockItem {
        tracked: false,
        ..item()
    };
    let bundle = StockItem {
        bundle: true,
        ..item()
    };
    let boxes = StockItem {
        sales_unit: Some("ESKE".into()),
        ..item()
    };
    assert_eq!(
        code(untracked, &stock, &settings()),
        Some(Code::StockUntracked)
    );
    assert_eq!(code(bundle, &stock, &settings()), Some(Code::StockBundle));
    assert_eq!(
        code(boxes, &stock, &settings()),
        Some(Code::StockUnitDiffers)
    );
    let unmapped = [warehouse("9", ["5", "5", "5"])];
    assert_eq!(
        code(item(), &unmapped, &settings()),
        Some(Code::StockUnmapped)
    );
    let unconfirmed = StockSettings {
        quantity: StockQuantity::Available,
        ..settings()
    };
    assert_eq!(
        code(item(), &stock, &unconfirmed),
        Some(Code::StockAvailableUnconfirmed)
    );
    let returns = StockSettings {
        return_locations: BTreeSet::from(["11".to_owned()]),
        ..settings()
    };
    assert_eq!(
        code(item(), &stock, &returns),
        Some(Code::StockReturnLocation)
    );
    let elsewhere = [warehouse("3", ["5", "5", "5"])];
    assert_eq!(
        code(item(), &elsewhere, &settings()),
        Some(Code::StockNotAtLocation)
    );
    // What the ERP does not name is no news of it.
    assert_eq!(code(item(), &[], &settings()), None);
}

#[test]
fn an_item_is_connected_only_where_that_is_wanted_and_something_is_there() {
    let settings = StockSettings {
        connect_items: true,
        ..settings()
    };
    let rows = [
        warehouse("1", ["5", "5", "5"]),
        warehouse("3", ["2", "2", "2"]),
    ];
    let levels = [level("11", 5, 0)];
    let plan = plan_stock(&[item()], &rows, &levels, &BTreeMap::new(), &settings);
    assert_eq!((plan.writes.len(), plan.problems.len()), (0, 0));
    let connection = plan.connections.first().unwrap();
    assert_eq!(
        (connection.location.as_str(), connection.available),
        ("33", 2)
    );
}

prop_compose! {
    fn stock_of()(
        quantities in prop::collection::vec((0i64..60, -20i64..80, -20i64..80), 3),
    ) -> Vec<WarehouseStock> {
        quantities.into_iter().zip(["1", "2", "3"]).map(|((hand, ship, rules), name)| WarehouseStock {
            item: "A-1".into(), warehouse: name.into(),
            on_hand: Decimal::new(hand * 5, 1), available_for_shipment: Decimal::new(ship * 5, 1), available: Decimal::new(rules * 5, 1),
        }).collect()
    }
}

prop_compose! {
    fn units()(
        unbooked in 0i64..30, booked in 0i64..30, allocated in 0i64..30, leaving in 0i64..10, other in 0i64..20,
        warehouse in prop::sample::select(vec!["", "1", "3", "9"]),
    ) -> OpenUnits {
        OpenUnits {
            unbooked, booked, allocated: allocated.min(booked), leaving,
            other: BTreeMap::from([(warehouse.to_owned(), Decimal::from(other))]),
        }
    }
}

proptest! {
    #[test]
    fn never_more_is_sold_than_there_is_and_the_second_plan_is_empty(
        stock in stock_of(), units in units(),
        committed in (0i64..20, 0i64..20, 0i64..20), before in (-5i64..50, -5i64..50),
        quantity in prop::sample::select(vec![StockQuantity::OnHand, StockQuantity::AvailableForShipment, StockQuantity::Available]),
        buffer in 0u32..5,
    ) {
        let mut settings = StockSettings { quantity, available_deducts_orders: true, ..settings() };
        settings.buffer.default = buffer;
        let mut levels = vec![level("11", before.0, committed.0), level("33", before.1, committed.1), level("99", 5, committed.2)];
        let open = open(units.clone());
        let plan = plan_stock(&[item()], &stock, &levels, &open, &settings);
        for write in &plan.writes {
            prop_assert!(write.to >= 0);
            prop_assert!(write.from != write.to);
            let level = levels.iter_mut().find(|level| level.location == write.location).unwrap();
            prop_assert_eq!(level.available, write.from);
            level.available = write.to;
        }
        // Counted anew: everything there is, less everything that is owed from here.
        let there: Decimal = stock.iter().map(|row| match quantity {
            StockQuantity::OnHand => row.on_hand,
            StockQuantity::AvailableForShipment => row.available_for_shipment,
            StockQuantity::Available => row.available,
        }).sum();
        let shop = (units.unbooked + units.booked - committed.2).max(committed.0 + committed.1);
        let known = match quantity { StockQuantity::OnHand => 0, StockQuantity::AvailableForShipment => units.allocated, StockQuantity::Available => units.booked };
        let other: Decimal = if quantity == StockQuantity::Available { Decimal::ZERO } else {
            units.other.iter().filter(|(warehouse, _)| warehouse.as_str() != "9").map(|(_, units)| *units).sum()
        };
        let most = (there - Decimal::from((shop - known).max(0) + units.leaving) - other).max(Decimal::ZERO);
        let sold: i64 = levels.iter().filter(|level| level.location != "99").map(|level| level.available).sum();
        prop_assert!(Decimal::from(sold) <= most, "sold {} of {}", sold, most);
        let again = plan_stock(&[item()], &stock, &levels, &open, &settings);
        prop_assert!(again.writes.is_empty());
    }
}
