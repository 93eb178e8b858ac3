//! What was stored is what was sent, field by field (`booking-rules` 2.3).

use brygga_core::booking::{Document, read_back};
use brygga_core::erp::{BookedOrder, OrderStatus};
use brygga_core::{Code, Problem};

use crate::build::{d, day, setting, simple};
use crate::visma::Stored;

/// One thing that is stored otherwise.
type Change = fn(&mut BookedOrder);

fn pair() -> (Document, BookedOrder) {
    let setting = setting();
    let mut order = simple();
    order.po_number = Some("PO-1".into());
    let document = setting.document(&order).unwrap();
    let stored = Stored::new(&document.draft).read(&setting.catalogue);
    (document, stored)
}

fn after(change: impl FnOnce(&mut BookedOrder)) -> Result<(), Problem> {
    let (document, mut stored) = pair();
    change(&mut stored);
    read_back::compare(&document, &stored)
}

#[test]
fn what_was_sent_agrees() {
    assert_eq!(after(|_| {}), Ok(()));
    // Visma.net may give more noughts, other statuses, another order of lines, and no date.
    let same = after(|stored| {
        stored.total = d("175.0000");
        stored.status = OrderStatus::Hold;
        stored.lines.reverse();
        stored.date = None;
        stored.lines[0].warehouse = Some("1".into());
    });
    assert_eq!(same, Ok(()));
}

#[test]
fn each_field_that_differs_is_named() {
    let changes: Vec<(&str, Change)> = vec![
        ("status", |s| s.status = OrderStatus::Cancelled),
        ("currency", |s| s.currency = "SEK".into()),
        ("date", |s| s.date = Some(day("2026-10-06"))),
        ("reference", |s| s.customer_ref = Some("PO-2".into())),
        ("reference", |s| s.customer_ref = None),
        // Without the id nobody would find the document again.
        ("id", |s| s.custom_id = None),
        ("id", |s| s.custom_id = Some("5002".into())),
        ("name", |s| s.customer_order = Some("#1002".into())),
        ("line count", |s| {
            s.lines.pop();
        }),
        ("line count", |s| s.lines.push(s.lines[0].clone())),
        ("line/1", |s| s.lines[0].link = Some("line/9".into())),
        ("line/1", |s| s.lines[0].link = None),
        ("line/1", |s| s.lines[0].item = "SKU2".into()),
        ("line/1", |s| s.lines[0].quantity = d("2")),
        ("line/1", |s| s.lines[0].unit_price = d("101")),
        ("line/1", |s| s.lines[0].discount = d("1")),
        ("line/1", |s| s.lines[0].net = d("99.99")),
        ("line/1", |s| s.lines[0].vat_category = Some("C15".into())),
        ("line/1", |s| s.lines[0].vat_category = None),
        ("VAT at 25 %", |s| s.taxes[0].amount = d("34.99")),
        ("VAT at 25 %", |s| s.taxes[0].rate = d("24")),
        ("VAT at 25 %", |s| s.taxes.clear()),
        ("VAT", |s| s.tax_total = d("35.01")),
    ];
    for (field, change) in changes {
        let problem = after(change).unwrap_err();
        assert_eq!(problem.code, Code::ReadBackDiffers, "{field}");
        assert_eq!(problem.params["field"], field);
        assert_ne!(problem.params["ours"], problem.params["theirs"], "{field}");
        assert!(!problem.message().contains('{'), "{}", problem.message());
    }
}

/// A bottle of the shop that became a case: nothing but the unit tells it.
#[test]
fn a_unit_that_differs_is_seen() {
    let (mut document, mut stored) = pair();
    let link = document.draft.lines[0].link.clone();
    document.draft.lines[0].unit = Some("STK".into());
    for line in &mut stored.lines {
        let case = line.link.as_deref() == Some(link.as_str());
        line.unit = Some(if case { "KASSE" } else { "STK" }.into());
    }
    let problem = read_back::compare(&document, &stored).unwrap_err();
    assert_eq!(problem.params["field"], link);
    let (ours, theirs) = (&problem.params["ours"], &problem.params["theirs"]);
    assert!(ours.contains("1 STK x"), "{ours}");
    assert_eq!(*theirs, ours.replace("STK", "KASSE"), "the unit alone");

    // Where ours names none there is but one, and it is no difference.
    document.draft.lines[0].unit = None;
    stored.lines[0].net = d("99.99");
    let problem = read_back::compare(&document, &stored).unwrap_err();
    assert!(!problem.params["theirs"].contains("KASSE"));
}

/// Lines and VAT are as planned, the total is not: the company rounds, and it is named so.
#[test]
fn a_total_that_only_the_company_can_have_rounded_is_named() {
    let problem = after(|s| s.total = d("175.30")).unwrap_err();
    assert_eq!(problem.code, Code::CompanyRounding);
    assert_eq!(problem.params["amount"], "0.3");
}

#[test]
fn vat_is_added_up_per_rate() {
    let (_, mut stored) = pair();
    let mut again = stored.taxes[0].clone();
    again.rate = d("25.000");
    again.amount = d("0.50");
    stored.taxes.push(again);
    let vat = read_back::vat_per_rate(&stored);
    assert_eq!(vat.len(), 1);
    assert_eq!(vat[&d("25")], d("35.50"));
}
