//! An edited order: the steps lead to exactly the document wanted, also after a crash between or within them, and nothing
//! that somebody changed by hand is overwritten (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::booking::{
    BookedState, Change, Decision, FirstLook, Ours, Step, change, first_look, plan_change,
};
use brygga_core::erp::{BookedOrder, LineDraft, OrderNumber, OrderStatus, SalesOrderDraft};
use brygga_core::shop::{Line, Order};
use proptest::prelude::*;

use crate::build::{address, at, d, line, nok, order, setting, shipping, simple};
use crate::visma::Stored;

fn line_draft() -> impl Strategy<Value = LineDraft> {
    (
        0_u8..9,
        0_u8..3,
        1_u32..4,
        1_i64..4,
        0_i64..2,
        prop::bool::ANY,
    )
        .prop_map(|(link, item, quantity, price, discount, high)| LineDraft {
            link: format!("line/{link}"),
            item: format!("SKU{item}"),
            unit: None,
            description: "Thing".into(),
            quantity: quantity.into(),
            unit_price: brygga_core::Decimal::new(price * 100, 2),
            discount: brygga_core::Decimal::new(discount * 10, 2),
            vat_category: if high { "C25" } else { "C15" }.into(),
            account: None,
            subaccount: None,
            warehouse: None,
            operation: None,
            invoice: None,
        })
}

/// Some document of up to nine lines, often like another one.
fn draft() -> impl Strategy<Value = SalesOrderDraft> {
    let lines = prop::collection::vec(line_draft(), 1..9);
    (lines, 5_u32..8).prop_map(|(mut lines, on)| {
        lines.sort_by(|a, b| a.link.cmp(&b.link));
        lines.dedup_by(|a, b| a.link == b.link);
        let mut draft = setting().document(&simple()).unwrap().draft;
        draft.head.date = chrono::NaiveDate::from_ymd_opt(2026, 10, on).unwrap();
        draft.lines = lines;
        draft
    })
}

fn sorted(mut lines: Vec<LineDraft>) -> Vec<LineDraft> {
    lines.sort_by(|a, b| a.link.cmp(&b.link));
    lines
}

fn size(step: &Step) -> usize {
    match step {
        Step::PatchLines { lines } | Step::AddLines { lines } => lines.len(),
        Step::DeleteLines { links } => links.len(),
        _ => 1,
    }
}

fn apply_all(stored: &mut Stored, steps: &[Step]) {
    for step in steps {
        stored.apply(step, usize::MAX);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn steps_lead_to_the_document_wanted_from_wherever_they_stopped(
        (old, new) in (draft(), draft()),
    ) {
        let catalogue = setting().catalogue;
        let before = Stored::new(&old);
        let steps = change::steps(Some(&old), &new, &before.read(&catalogue)).unwrap();
        prop_assert_eq!(steps.is_empty(), old == new);

        // Stopped before each step, and within each step after each of its lines.
        for stop in 0..=steps.len() {
            let within = steps.get(stop).map_or(0, size);
            for done in 0..=within {
                let mut stored = before.clone();
                apply_all(&mut stored, &steps[..stop]);
                if let Some(step) = steps.get(stop) {
                    // A head is changed or not: there is no half of it.
                    if !matches!(step, Step::PatchHead { .. }) || done == 1 {
                        stored.apply(step, done);
                    }
                }
                let rest = change::steps(Some(&old), &new, &stored.read(&catalogue)).unwrap();
                apply_all(&mut stored, &rest);
                prop_assert_eq!(&stored.draft.head, &new.head);
                prop_assert_eq!(sorted(stored.lines()), sorted(new.lines.clone()));
            }
        }
    }

    #[test]
    fn a_change_that_was_broken_off_is_not_the_work_of_others(
        (old, middle) in (draft(), draft()),
        new in draft(),
    ) {
        let catalogue = setting().catalogue;
        let before = Stored::new(&old);
        let steps = change::steps(Some(&old), &middle, &before.read(&catalogue)).unwrap();
        for stop in 0..steps.len() {
            for done in 0..=size(&steps[stop]) {
                let mut stored = before.clone();
                apply_all(&mut stored, &steps[..stop]);
                if !matches!(steps[stop], Step::PatchHead { .. }) || done == 1 {
                    stored.apply(&steps[stop], done);
                }
                // The last one was sent, and nobody knows what became of it.
                let ours = Ours::AndSteps(&steps[..=stop]);
                let rest = change::steps_beside(Some(&old), ours, &new, &stored.read(&catalogue)).unwrap();
                apply_all(&mut stored, &rest);
                prop_assert_eq!(&stored.draft.head, &new.head);
                prop_assert_eq!(sorted(stored.lines()), sorted(new.lines.clone()));
            }
        }
    }

    #[test]
    fn what_others_changed_is_ours_again_when_the_merchant_says_so(
        (old, there) in (draft(), draft()),
        new in draft(),
    ) {
        let catalogue = setting().catalogue;
        let mut stored = Stored::new(&there);
        let steps = change::steps_beside(Some(&old), Ours::Anything, &new, &stored.read(&catalogue));
        apply_all(&mut stored, &steps.unwrap());
        prop_assert_eq!(sorted(stored.lines()), sorted(new.lines.clone()));
    }

    #[test]
    fn adopting_leads_to_the_document_wanted_without_knowing_what_was_there(
        (there, new) in (draft(), draft()),
    ) {
        let catalogue = setting().catalogue;
        let mut stored = Stored::new(&there);
        let steps = change::steps(None, &new, &stored.read(&catalogue)).unwrap();
        apply_all(&mut stored, &steps);
        prop_assert_eq!(sorted(stored.lines()), sorted(new.lines.clone()));
        prop_assert_eq!(stored.draft.head.date, new.head.date);
        prop_assert_eq!(change::steps(None, &new, &stored.read(&catalogue)).unwrap(), vec![]);
    }

    #[test]
    fn what_was_changed_by_hand_is_never_overwritten(
        (old, new) in (draft(), draft()),
        index in 0_usize..9,
        way in 0_u8..5,
    ) {
        let catalogue = setting().catalogue;
        let mut stored = Stored::new(&old);
        let index = index % old.lines.len();
        let gone = match way {
            0 => { stored.by_hand(index, |line| line.quantity += d("10")); None }
            1 => { stored.by_hand(index, |line| line.unit_price += d("10")); None }
            2 => { stored.by_hand(index, |line| line.discount += d("0.50")); None }
            3 => { stored.by_hand(index, |line| "SKU40".clone_into(&mut line.item)); None }
            _ => Some(stored.take(index)),
        };
        let steps = change::steps(Some(&old), &new, &stored.read(&catalogue));
        match gone {
            // A line that is wanted otherwise now, or not at all, may be gone: the outcome is the one wanted.
            Some(line) if !new.lines.contains(&line) => {
                apply_all(&mut stored, &steps.unwrap());
                prop_assert_eq!(sorted(stored.lines()), sorted(new.lines.clone()));
            }
            _ => prop_assert_eq!(steps.unwrap_err().code, Code::DocumentChanged),
        }
    }
}

#[test]
fn a_line_added_by_hand_is_never_taken_away() {
    let setting = setting();
    let old = setting.document(&simple()).unwrap().draft;
    let mut read = Stored::new(&old).read(&setting.catalogue);
    let mut stranger = read.lines[0].clone();
    stranger.link = None;
    read.lines.push(stranger);
    let code = |read: &BookedOrder| change::steps(Some(&old), &old, read).unwrap_err().code;
    assert_eq!(code(&read), Code::DocumentChanged);
    read.lines[2].link = Some("line/77".into());
    assert_eq!(code(&read), Code::DocumentChanged);
    read.lines[2].link = Some("line/1".into());
    assert_eq!(code(&read), Code::DocumentChanged, "one link on two lines");
}

/// A booked order and its state.
fn booked(order: &Order) -> (BookedState, Stored) {
    let setting = setting();
    let document = setting.document(order).unwrap();
    let stored = Stored::new(&document.draft);
    let state = BookedState {
        number: Some(OrderNumber {
            order_type: "SO".into(),
            number: "000001".into(),
        }),
        document,
        cancelled: false,
        customer: None,
    };
    (state, stored)
}

/// What is decided after `change` happened to a booked order, and `there` to its document.
fn after(original: &Order, changed: &Order, there: impl FnOnce(&mut BookedOrder)) -> Decision {
    let setting = setting();
    let (state, stored) = booked(original);
    let mut read = stored.read(&setting.catalogue);
    there(&mut read);
    match first_look(
        changed,
        setting.ground(),
        Some(&state),
        at("2026-10-06T10:00:00Z"),
    ) {
        FirstLook::Decided(decision) => decision,
        FirstLook::Changed(change) => plan_change(changed, *change, &state, Some(&read)),
        FirstLook::New(_) => panic!("it is booked already"),
    }
}

fn two_lines() -> Vec<Line> {
    vec![
        line("1", "SKU1", 1, "125.00", "25"),
        line("2", "SKU2", 2, "80.00", "25"),
    ]
}

fn edited() -> Order {
    let mut order = order(two_lines(), vec![shipping("1", "50.00", "25")]);
    order.edited = true;
    order
}

fn code(decision: &Decision) -> Code {
    match decision {
        Decision::Held(problem) => problem.code,
        other => panic!("not held: {other:?}"),
    }
}

fn names(decision: &Decision) -> Vec<&'static str> {
    match decision {
        Decision::Do(plan) => plan.steps.iter().map(Step::name).collect(),
        other => panic!("nothing to do: {other:?}"),
    }
}

#[test]
fn planning_again_after_booking_is_up_to_date() {
    let order = simple();
    assert_eq!(after(&order, &order, |_| {}), Decision::UpToDate);
    let mut touched = order.clone();
    touched.updated_at = at("2026-10-09T10:00:00Z");
    touched.tags.push("printed".into());
    touched.fulfillment_status = brygga_core::shop::FulfillmentStatus::Fulfilled;
    assert_eq!(after(&order, &touched, |_| {}), Decision::UpToDate);
}

#[test]
fn an_added_line_is_added() {
    assert_eq!(names(&after(&simple(), &edited(), |_| {})), ["add-lines"]);
    assert_eq!(
        names(&after(&edited(), &simple(), |_| {})),
        ["delete-lines"]
    );
}

#[test]
fn an_edit_after_shipment_or_invoice_is_held() {
    for status in [
        OrderStatus::Invoiced,
        OrderStatus::Shipping,
        OrderStatus::Completed,
        OrderStatus::Other("New".into()),
    ] {
        let decision = after(&simple(), &edited(), |there| there.status = status);
        assert_eq!(code(&decision), Code::EditedAfterInvoice);
    }
    let decision = after(&simple(), &edited(), |there| {
        there.lines[0].shipped = d("1");
    });
    assert_eq!(code(&decision), Code::EditedAfterInvoice);
}

#[test]
fn a_new_address_changes_the_head_of_an_open_order_only() {
    let mut moved = simple();
    moved.shipping_address = Some(address("NO", "5003"));
    assert_eq!(names(&after(&simple(), &moved, |_| {})), ["patch-head"]);
    let decision = after(&simple(), &moved, |there| {
        there.status = OrderStatus::Invoiced;
    });
    assert_eq!(decision, Decision::UpToDate);
}

#[test]
fn cancelling_follows_as_far_as_it_may() {
    let mut cancelled = simple();
    cancelled.cancelled_at = Some(at("2026-10-06T08:00:00Z"));
    assert_eq!(
        names(&after(&simple(), &cancelled, |_| {})),
        ["cancel-order"]
    );
    let decision = after(&simple(), &cancelled, |there| {
        there.status = OrderStatus::Invoiced;
    });
    // Sent or invoiced: only refunds act, as parts of their own (booking-rules 3).
    assert_eq!(decision, Decision::UpToDate);
    // Cancelled by hand already: nothing to do but to know it.
    let decision = after(&simple(), &cancelled, |there| {
        there.status = OrderStatus::Cancelled;
    });
    assert_eq!(names(&decision), [""; 0]);
}

#[test]
fn all_units_removed_is_a_cancellation_unless_shipping_is_kept() {
    let whole = order(vec![line("1", "SKU1", 1, "125.00", "25")], vec![]);
    let mut emptied = whole.clone();
    emptied.lines[0].current_quantity = 0;
    emptied.totals.current_total = nok("0");
    emptied.totals.current_tax = nok("0");
    assert_eq!(names(&after(&whole, &emptied, |_| {})), ["cancel-order"]);

    let mut postage = simple();
    postage.lines[0].current_quantity = 0;
    postage.totals.current_total = nok("50.00");
    postage.totals.current_tax = nok("10.00");
    assert_eq!(names(&after(&simple(), &postage, |_| {})), ["delete-lines"]);
}

#[test]
fn a_document_that_is_gone_or_was_cancelled_by_others_is_held() {
    let decision = after(&simple(), &edited(), |there| {
        there.status = OrderStatus::Cancelled;
    });
    assert_eq!(code(&decision), Code::DocumentChanged);
    let setting = setting();
    let (state, _) = booked(&simple());
    let document = setting.document(&edited()).unwrap();
    let decision = plan_change(&edited(), Change::Edit(Box::new(document)), &state, None);
    assert_eq!(code(&decision), Code::DocumentGone);
}

#[test]
fn an_edit_that_no_rule_covers_is_held_with_its_reason() {
    let mut strange = edited();
    strange.lines[1] = line("2", "NO-SUCH", 2, "80.00", "25");
    assert_eq!(
        code(&after(&simple(), &strange, |_| {})),
        Code::ItemNotFound
    );
}
