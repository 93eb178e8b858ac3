//! The plan itself: deterministic, and found documents are adopted, never doubled (`booking-rules` 3).

use brygga_core::booking::{Decision, FirstLook, LookedUp, first_look, plan};
use brygga_core::erp::BookedOrder;
use brygga_core::shop::Order;
use brygga_core::{Code, booking};

use crate::build::{Setting, address, at, line, order, setting, shipping, simple};
use crate::visma::Stored;

const NOW: &str = "2026-10-06T10:00:00Z";

fn decide(setting: &Setting, order: &Order, found: &LookedUp) -> Decision {
    match first_look(order, setting.ground(), None, at(NOW)) {
        FirstLook::Decided(decision) => decision,
        FirstLook::New(document) => plan(order, setting.ground(), *document, found),
        FirstLook::Changed(_) => panic!("it is not booked"),
    }
}

fn with(documents: Vec<BookedOrder>) -> LookedUp {
    LookedUp {
        documents,
        ..LookedUp::default()
    }
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let setting = setting();
    let order = order(
        vec![
            line("1", "SKU1", 3, "100.00", "25"),
            line("2", "SKU2", 7, "99.90", "15"),
        ],
        vec![shipping("1", "49.00", "25")],
    );
    let first = decide(&setting, &order, &LookedUp::default());
    assert!(matches!(first, Decision::Do(_)));
    for _ in 0..20 {
        assert_eq!(
            first,
            decide(&setting, &order.clone(), &LookedUp::default())
        );
    }
    let Decision::Do(first) = first else { return };
    let text = serde_json::to_string(&first).unwrap();
    let again: booking::Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(again, *first, "a plan survives the journal");
}

#[test]
fn a_document_that_is_there_is_adopted() {
    let setting = setting();
    let document = setting.document(&simple()).unwrap();
    let there = Stored::new(&document.draft).read(&setting.catalogue);
    let Decision::Do(plan) = decide(&setting, &simple(), &with(vec![there.clone()])) else {
        panic!("not adopted");
    };
    assert_eq!(plan.adopt, Some(there.number.clone()));
    assert!(plan.steps.is_empty(), "it says all that the order says");

    // It was made by an earlier state of the order.
    let mut other = there.clone();
    other.lines[0].unit_price += crate::build::d("1");
    let Decision::Do(plan) = decide(&setting, &simple(), &with(vec![other.clone()])) else {
        panic!("not adopted");
    };
    assert_eq!(plan.steps.len(), 1);
    other.status = brygga_core::erp::OrderStatus::Invoiced;
    let Decision::Held(problem) = decide(&setting, &simple(), &with(vec![other])) else {
        panic!("an invoiced document is not changed");
    };
    assert_eq!(problem.code, Code::DocumentChanged);
}

#[test]
fn two_documents_of_one_order_are_held() {
    let setting = setting();
    let document = setting.document(&simple()).unwrap();
    let there = Stored::new(&document.draft).read(&setting.catalogue);
    let Decision::Held(problem) = decide(&setting, &simple(), &with(vec![there.clone(), there]))
    else {
        panic!("not held");
    };
    assert_eq!(problem.code, Code::DocumentDoubled);
    assert!(!problem.message().contains('{'), "{}", problem.message());
}

#[test]
fn a_document_is_ours_by_its_id_never_by_its_name() {
    let setting = setting();
    let document = setting.document(&simple()).unwrap();
    let mut there = Stored::new(&document.draft).read(&setting.catalogue);
    assert!(there.is_of("5001"));
    assert!(!there.is_of("#1001"));
    there.customer_ref = Some("PO-7".into());
    assert!(!there.is_of("5001"));
    there.custom_id = Some("5001".into());
    assert!(there.is_of("5001"));
}

#[test]
fn each_line_says_which_rule_made_it() {
    let setting = setting();
    let document = setting.document(&simple()).unwrap();
    let links: Vec<_> = document.draft.lines.iter().map(|line| &line.link).collect();
    let why: Vec<_> = document.why.iter().map(|why| &why.link).collect();
    assert_eq!(links, why);
    assert_eq!(document.why[0].rule, "product-by-sku");
    assert_eq!(document.why[1].rule, "shipping");
}

#[test]
fn references_name_the_order_and_carry_its_id() {
    let setting = setting();
    let head = setting.document(&simple()).unwrap().draft.head;
    assert_eq!(head.customer_order, "#1001");
    assert_eq!(head.customer_ref, "5001");
    assert_eq!(head.custom_id, None);

    let mut b2b = simple();
    b2b.po_number = Some("  PO-77 ".into());
    let head = setting.document(&b2b).unwrap().draft.head;
    assert_eq!(head.customer_ref, "PO-77");
    assert_eq!(head.custom_id.as_deref(), Some("5001"));

    // No longer than Visma.net takes it (facts/visma 7), or reading back would differ.
    b2b.po_number = Some("å".repeat(50));
    let head = setting.document(&b2b).unwrap().draft.head;
    assert_eq!(head.customer_ref, "å".repeat(40));
    b2b.po_number = Some(format!("{}🎁🎁", "a".repeat(39)));
    let head = setting.document(&b2b).unwrap().draft.head;
    assert_eq!(head.customer_ref, "a".repeat(39));

    b2b.po_number = Some("  ".into());
    let head = setting.document(&b2b).unwrap().draft.head;
    assert_eq!((head.customer_ref.as_str(), head.custom_id), ("5001", None));
}

#[test]
fn addresses_follow_the_order() {
    let setting = setting();
    let mut order = simple();
    order.billing = Some(address("NO", "5003"));
    let head = setting.document(&order).unwrap().draft.head;
    let zip = |part: &brygga_core::erp::DeliveryDraft| {
        part.address.as_ref().unwrap().postal_code.clone().unwrap()
    };
    assert_eq!(
        (zip(&head.delivery), zip(&head.billing)),
        ("0150".into(), "5003".into())
    );
    order.shipping_address = None;
    let head = setting.document(&order).unwrap().draft.head;
    assert_eq!(
        (zip(&head.delivery), zip(&head.billing)),
        ("5003".into(), "5003".into())
    );
}
