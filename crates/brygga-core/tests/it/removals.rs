//! Units that left before they were sent take exactly their own money with them (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::shop::{Order, Refund, RefundLine, RefundShipping, RestockType};

use crate::build::{d, line, nok, order, setting, shipping};

/// Four of the one (500.00), two of the other (80.00), postage (50.00); all at 25 % included.
fn whole() -> Order {
    order(
        vec![
            line("1", "SKU1", 4, "500.00", "25"),
            line("2", "SKU2", 2, "80.00", "25"),
        ],
        vec![shipping("1", "50.00", "25")],
    )
}

fn gone(order: &mut Order, total: &str, tax: &str) {
    let totals = &mut order.totals;
    totals.current_total = nok(&(totals.current_total.shop.amount - d(total)).to_string());
    totals.current_tax = nok(&(totals.current_tax.shop.amount - d(tax)).to_string());
}

fn refund(
    order: &mut Order,
    line: &str,
    quantity: u32,
    restock: RestockType,
    subtotal: &str,
    tax: &str,
) {
    order.refunds.push(Refund {
        id: order.refunds.len().to_string(),
        created_at: None,
        total: nok(subtotal),
        lines: vec![RefundLine {
            line_id: line.into(),
            quantity,
            restock,
            subtotal: nok(subtotal),
            tax: nok(tax),
            location_id: None,
        }],
        shipping: vec![],
        duties: vec![],
        adjustments: vec![],
        transactions: vec![],
    });
    for one in order.lines.iter_mut().filter(|one| one.id == line) {
        one.current_quantity -= quantity;
    }
    gone(order, subtotal, tax);
}

/// Quantity and net per link, or the code.
fn booked(order: &Order) -> Result<Vec<String>, Code> {
    let document = setting().document(order).map_err(|problem| problem.code)?;
    Ok(document
        .draft
        .lines
        .iter()
        .map(|line| format!("{} {}x {}", line.link, line.quantity, line.net()))
        .collect())
}

fn check(order: &Order, expected: &[&str]) {
    assert_eq!(booked(order).unwrap(), expected);
}

#[test]
fn cancelled_units_take_the_money_that_their_refund_tells() {
    let mut order = whole();
    refund(&mut order, "1", 1, RestockType::Cancel, "125.00", "25.00");
    check(
        &order,
        &["line/1 3x 300.00", "line/2 2x 64.00", "shipping/1 1x 40.00"],
    );
    refund(&mut order, "2", 2, RestockType::Cancel, "80.00", "16.00");
    check(&order, &["line/1 3x 300.00", "shipping/1 1x 40.00"]);
}

#[test]
fn never_a_share_but_their_own() {
    // The cancelled unit was told at another price: its own money leaves, and the rest stays.
    let mut order = whole();
    refund(&mut order, "1", 1, RestockType::Cancel, "100.00", "20.00");
    check(
        &order,
        &["line/1 3x 320.00", "line/2 2x 64.00", "shipping/1 1x 40.00"],
    );
}

#[test]
fn units_that_came_back_are_booked_and_credited_later() {
    let mut order = whole();
    refund(&mut order, "1", 1, RestockType::Return, "125.00", "25.00");
    refund(&mut order, "2", 1, RestockType::NoRestock, "40.00", "8.00");
    check(
        &order,
        &["line/1 4x 400.00", "line/2 2x 64.00", "shipping/1 1x 40.00"],
    );
}

#[test]
fn a_refund_of_money_alone_changes_nothing() {
    let mut order = whole();
    order.refunds.push(Refund {
        id: "1".into(),
        created_at: None,
        total: nok("100"),
        lines: vec![],
        shipping: vec![],
        duties: vec![],
        adjustments: vec![],
        transactions: vec![],
    });
    check(
        &order,
        &["line/1 4x 400.00", "line/2 2x 64.00", "shipping/1 1x 40.00"],
    );
}

#[test]
fn shipping_goes_back_with_the_units() {
    let mut order = whole();
    refund(&mut order, "2", 2, RestockType::Cancel, "80.00", "16.00");
    order.refunds[0].shipping.push(RefundShipping {
        subtotal: nok("16.00"),
        tax: nok("4.00"),
    });
    gone(&mut order, "20.00", "4.00");
    check(&order, &["line/1 4x 400.00", "shipping/1 1x 24.00"]);
    order.refunds[0].shipping[0] = RefundShipping {
        subtotal: nok("40.00"),
        tax: nok("10.00"),
    };
    gone(&mut order, "30.00", "6.00");
    check(&order, &["line/1 4x 400.00"]);
}

#[test]
fn an_edit_without_a_word_takes_what_left_the_totals() {
    // All units of a line: all its money.
    let mut order = whole();
    order.lines[1].current_quantity = 0;
    gone(&mut order, "80.00", "16.00");
    check(&order, &["line/1 4x 400.00", "shipping/1 1x 40.00"]);
    // Some units of another line too: what the totals lost besides.
    order.lines[0].current_quantity = 3;
    gone(&mut order, "125.00", "25.00");
    check(&order, &["line/1 3x 300.00", "shipping/1 1x 40.00"]);
    // And a refund that tells of its own.
    refund(&mut order, "1", 1, RestockType::Cancel, "125.00", "25.00");
    check(&order, &["line/1 2x 200.00", "shipping/1 1x 40.00"]);
}

#[test]
fn what_cannot_be_told_apart_is_held() {
    // Some units of two lines: which lost how much?
    let mut order = whole();
    order.lines[0].current_quantity = 3;
    order.lines[1].current_quantity = 1;
    gone(&mut order, "165.00", "33.00");
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));

    // Some units, and others that came back: the totals lost both.
    let mut order = whole();
    order.lines[0].current_quantity = 3;
    gone(&mut order, "125.00", "25.00");
    refund(&mut order, "2", 1, RestockType::Return, "40.00", "8.00");
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));
}

#[test]
fn figures_that_contradict_each_other_are_held() {
    // More units left than there were.
    let mut order = whole();
    order.lines[0].current_quantity = 5;
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));
    // A refund tells of units that did not leave.
    let mut order = whole();
    refund(&mut order, "1", 1, RestockType::Cancel, "125.00", "25.00");
    order.lines[0].current_quantity = 4;
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));
    // All units left, but not all the money.
    let mut order = whole();
    refund(&mut order, "2", 2, RestockType::Cancel, "79.00", "16.00");
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));
    // More money than there was.
    let mut order = whole();
    refund(&mut order, "2", 1, RestockType::Cancel, "81.00", "16.00");
    assert_eq!(booked(&order), Err(Code::RemovedUnitsUnknown));
    // The refund line tells nothing, but the totals do not agree.
    let mut order = whole();
    refund(&mut order, "2", 1, RestockType::Cancel, "0.00", "0.00");
    gone(&mut order, "40.00", "8.00");
    assert_eq!(booked(&order), Err(Code::TotalsDiffer));
}
