//! The proof finds each kind of difference, names it and says where it is (`booking-rules` 11).

use brygga_core::booking::Explained;
use brygga_core::erp::{BookedOrder, OrderStatus, VatCalculation};
use brygga_core::proof::{Proven, compare};
use brygga_core::settings::ClosedPeriod;
use brygga_core::shop::{Order, Side};

use crate::build::{Setting, at, catalogue_by, d, day, line, nok, order, setting, simple, tax};
use crate::visma::Stored;

fn proven(setting: &Setting, order: &Order, stored: &BookedOrder) -> Proven {
    compare(
        order,
        stored,
        Side::Shop,
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    )
}

fn stored(setting: &Setting, order: &Order) -> BookedOrder {
    let document = setting.document(order).unwrap();
    Stored::new(&document.draft).read(&setting.catalogue)
}

/// What differs after `change`, as `what: theirs`.
fn differences(change: impl FnOnce(&mut Order, &mut BookedOrder)) -> Vec<String> {
    let setting = setting();
    let (mut order, mut stored) = (simple(), stored(&setting, &simple()));
    change(&mut order, &mut stored);
    proven(&setting, &order, &stored)
        .differences
        .iter()
        .map(|difference| {
            assert_eq!(difference.order, "#1001");
            assert_eq!(difference.document.as_deref(), Some("SO 000001"));
            assert_ne!(difference.shopify, difference.visma);
            difference.what.clone()
        })
        .collect()
}

#[test]
fn what_agrees_is_proven() {
    assert_eq!(differences(|_, _| {}), [""; 0]);
}

#[test]
fn each_difference_is_found() {
    type Change = fn(&mut Order, &mut BookedOrder);
    let cases: Vec<(&[&str], Change)> = vec![
        (&["reference"], |_, s| s.customer_ref = Some("5002".into())),
        (&["status"], |_, s| s.status = OrderStatus::Cancelled),
        (&["currency"], |_, s| s.currency = "SEK".into()),
        (&["date"], |_, s| s.date = Some(day("2026-10-06"))),
        (&["date"], |o, _| {
            o.processed_at = at("2026-10-05T22:30:00Z");
        }),
        (&["total"], |_, s| s.total = d("175.01")),
        (&["total", "vat-25"], |_, s| {
            s.total = d("174.99");
            s.taxes[0].amount = d("34.99");
        }),
        (&["vat-15", "vat-25"], |_, s| s.taxes[0].rate = d("15")),
        (&["vat-25"], |_, s| s.taxes.clear()),
        // Shopify has another order now: each side is read afresh.
        (&["total", "vat-25"], |o, _| {
            *o = order(vec![line("1", "SKU1", 1, "125.00", "25")], vec![]);
        }),
        (&["vat-15", "vat-25"], |o, _| {
            o.shipping[0].taxes = vec![tax("10.00", "15")];
        }),
        (&["status"], |o, _| {
            o.cancelled_at = Some(at("2026-10-06T10:00:00Z"));
        }),
    ];
    for (index, (expected, change)) in cases.into_iter().enumerate() {
        assert_eq!(differences(change), expected, "case {index}");
    }
}

#[test]
fn a_cancelled_order_is_proven_by_a_cancelled_document() {
    let found = differences(|order, stored| {
        order.cancelled_at = Some(at("2026-10-06T10:00:00Z"));
        stored.status = OrderStatus::Cancelled;
        stored.total = d("0");
    });
    assert_eq!(found, [""; 0]);
}

/// Nothing is left of the order, though nobody cancelled it: its document was cancelled, and must be.
#[test]
fn an_order_of_which_nothing_is_left_is_proven_by_a_cancelled_document() {
    let setting = setting();
    let mut emptied = order(vec![line("1", "SKU1", 1, "125.00", "25")], vec![]);
    let mut stored = stored(&setting, &emptied);
    emptied.lines[0].current_quantity = 0;
    emptied.totals.current_total = nok("0");
    emptied.totals.current_tax = nok("0");
    let open = proven(&setting, &emptied, &stored).differences;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].what, "status");
    stored.status = OrderStatus::Cancelled;
    assert_eq!(proven(&setting, &emptied, &stored).differences, []);
}

#[test]
fn an_order_that_cannot_be_computed_any_more_is_a_difference() {
    let found = differences(|order, _| {
        order.totals.total = nok("180.00");
        order.totals.current_total = nok("180.00");
    });
    assert!(found.contains(&"total".to_owned()), "{found:?}");
}

#[test]
fn a_later_date_is_right_only_where_the_setting_says_so() {
    let mut setting = setting();
    let mut later = stored(&setting, &simple());
    later.date = Some(day("2026-11-01"));
    assert_eq!(proven(&setting, &simple(), &later).differences.len(), 1);
    setting.settings.closed_period = ClosedPeriod::FirstOpenDay;
    assert_eq!(proven(&setting, &simple(), &later).differences, []);
    later.date = Some(day("2026-10-04"));
    assert_eq!(proven(&setting, &simple(), &later).differences.len(), 1);
}

#[test]
fn named_classes_are_explained_within_their_limits() {
    let setting = Setting {
        catalogue: catalogue_by(|_| VatCalculation::PerDocument),
        ..setting()
    };
    let three = ["1", "2", "3"].map(|id| line(id, "SKU1", 1, "0.22", "25"));
    let order = order(three.to_vec(), vec![]);
    let right = stored(&setting, &order);
    let proof = proven(&setting, &order, &right);
    assert_eq!(proof.differences, []);
    assert_eq!(
        proof.explained,
        [
            Explained::VatPerDocument {
                rate: d("25"),
                difference: d("0.02")
            },
            Explained::RoundingLine { amount: d("-0.02") },
        ]
    );
    // Beyond a cent per line it is no rounding of VAT.
    let mut wrong = right.clone();
    wrong
        .taxes
        .iter_mut()
        .find(|row| row.rate == d("25"))
        .unwrap()
        .amount = d("0.16");
    let proof = proven(&setting, &order, &wrong);
    assert_eq!(proof.differences[0].what, "vat-25");
    // Beyond the limit it is no rounding line.
    let mut wrong = right;
    wrong.lines.last_mut().unwrap().net = d("-0.06");
    let proof = proven(&setting, &order, &wrong);
    assert_eq!(proof.differences[0].what, "rounding");
}

#[test]
fn vat_per_line_is_never_explained() {
    let setting = setting();
    let three = ["1", "2", "3"].map(|id| line(id, "SKU1", 1, "0.22", "25"));
    let order = order(three.to_vec(), vec![]);
    let mut stored = stored(&setting, &order);
    stored
        .taxes
        .iter_mut()
        .find(|row| row.rate == d("25"))
        .unwrap()
        .amount = d("0.13");
    let proof = proven(&setting, &order, &stored);
    assert_eq!(proof.differences[0].what, "vat-25");
}
