//! Is an order to be booked, and is it time (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::booking::{Decision, FirstLook, first_look};
use brygga_core::settings::{BookingMode, Settings, Trigger};
use brygga_core::shop::{
    FinancialStatus, FulfillmentStatus, Fulfilment, Order, Transaction, TransactionKind,
    TransactionStatus,
};
use chrono::{DateTime, Utc};

use crate::build::{at, day, nok, set, setting, simple};

fn look(order: &Order, change: impl FnOnce(&mut Settings), now: &str) -> FirstLook {
    let mut setting = setting();
    change(&mut setting.settings);
    first_look(order, setting.ground(), None, at(now))
}

const LATER: &str = "2026-10-06T10:00:00Z";

fn skipped(order: &Order, change: impl FnOnce(&mut Settings)) -> Code {
    match look(order, change, LATER) {
        FirstLook::Decided(Decision::Skipped(problem)) => {
            assert!(!problem.message().contains('{'), "{}", problem.message());
            problem.code
        }
        other => panic!("not skipped: {other:?}"),
    }
}

fn waiting(
    order: &Order,
    change: impl FnOnce(&mut Settings),
    now: &str,
) -> (Code, Option<DateTime<Utc>>) {
    match look(order, change, now) {
        FirstLook::Decided(Decision::Waiting(problem, until)) => {
            assert!(!problem.message().contains('{'), "{}", problem.message());
            (problem.code, until)
        }
        other => panic!("not waiting: {other:?}"),
    }
}

fn is_due(order: &Order, change: impl FnOnce(&mut Settings)) -> bool {
    matches!(look(order, change, LATER), FirstLook::New(_))
}

fn changed(change: impl FnOnce(&mut Order)) -> Order {
    let mut order = simple();
    change(&mut order);
    order
}

#[test]
fn what_is_never_booked_is_skipped_with_its_reason() {
    let none = |_: &mut Settings| {};
    assert_eq!(
        skipped(&changed(|o| o.test = true), none),
        Code::SkippedTest
    );
    let cancelled = changed(|o| o.cancelled_at = Some(at(LATER)));
    assert_eq!(skipped(&cancelled, none), Code::SkippedCancelled);
    let emptied = changed(|o| {
        o.shipping.clear();
        o.lines[0].current_quantity = 0;
        o.totals.total = nok("125.00");
        o.totals.tax = nok("25.00");
        o.totals.current_total = nok("0");
        o.totals.current_tax = nok("0");
    });
    assert_eq!(skipped(&emptied, none), Code::SkippedRemoved);
    let tagged = changed(|o| o.tags = vec!["vip".into(), "wholesale".into()]);
    let by_tag = |s: &mut Settings| s.leave_out.tags = set(&["wholesale"]);
    assert_eq!(skipped(&tagged, by_tag), Code::SkippedTag);
    let pos = changed(|o| o.source_name = Some("pos".into()));
    assert!(
        is_due(&pos, none),
        "orders over the counter are booked by default"
    );
    let by_channel = |s: &mut Settings| s.leave_out.channels = set(&["pos"]);
    assert_eq!(skipped(&pos, by_channel), Code::SkippedChannel);
    let typed = |s: &mut Settings| s.leave_out.channels = set(&[" POS"]);
    assert_eq!(skipped(&pos, typed), Code::SkippedChannel);
    let typed = |s: &mut Settings| s.leave_out.tags = set(&["Wholesale "]);
    assert_eq!(skipped(&tagged, typed), Code::SkippedTag);
    let from = |date: &'static str| move |s: &mut Settings| s.start_date = Some(day(date));
    assert_eq!(
        skipped(&simple(), from("2026-10-06")),
        Code::SkippedBeforeStart
    );
    assert!(is_due(&simple(), from("2026-10-05")));
}

#[test]
fn the_start_date_is_the_shops_own_day() {
    let late = changed(|o| o.processed_at = at("2026-10-05T22:30:00Z"));
    assert!(is_due(&late, |s| s.start_date = Some(day("2026-10-06"))));
}

#[test]
fn by_default_paid_or_authorised_orders_are_due() {
    use FinancialStatus as F;
    for (status, due) in [
        (Some(F::Paid), true),
        (Some(F::Authorized), true),
        (Some(F::PartiallyRefunded), true),
        (Some(F::Refunded), true),
        (Some(F::Pending), false),
        (Some(F::PartiallyPaid), false),
        (Some(F::Expired), false),
        (Some(F::Voided), false),
        (Some(F::Other("NEW".into())), false),
        (None, false),
    ] {
        let order = changed(|o| o.financial_status.clone_from(&status));
        if due {
            assert!(is_due(&order, |_| {}), "{status:?}");
        } else {
            let expected = (Code::WaitingForPayment, None);
            assert_eq!(waiting(&order, |_| {}, LATER), expected, "{status:?}");
            let created = |s: &mut Settings| s.trigger.default = Some(Trigger::Created);
            assert!(is_due(&order, created), "{status:?}");
        }
    }
}

/// A sales document is first issued on delivery: where nobody chose, the two invoice modes go by what was sent, whether it was paid
/// or not. Money that comes before begins the order, too: it is a prepayment.
#[test]
fn where_nobody_chose_the_booking_mode_says_when() {
    use BookingMode::{DirectInvoice, InvoiceOrder, SalesOrder};
    use FulfillmentStatus as F;
    let sent = |o: &mut Order, status: F| {
        o.fulfillment_status = status;
        o.fulfilments.push(Fulfilment {
            id: "801".into(),
            created_at: at(LATER),
            location_id: None,
            status: "SUCCESS".into(),
            tracking: vec![],
            lines: vec![],
        });
    };
    let on_terms = changed(|o| {
        o.financial_status = Some(FinancialStatus::Pending);
        o.transactions.clear();
    });
    let authorised = changed(|o| {
        o.financial_status = Some(FinancialStatus::Authorized);
        o.transactions[0].kind = TransactionKind::Authorization;
    });
    let with = |order: &Order, status: F| {
        let mut order = order.clone();
        sent(&mut order, status);
        order
    };
    let free = changed(|o| {
        o.fulfillment_status = F::NotRequired;
        o.transactions.clear();
    });
    let chosen = |trigger| move |s: &mut Settings| s.trigger.default = Some(trigger);
    for mode in [SalesOrder, InvoiceOrder, DirectInvoice] {
        let invoices = mode != SalesOrder;
        let by_mode = |s: &mut Settings| s.booking_mode = mode;
        for (what, order, in_sales_orders, in_invoices) in [
            ("on terms", &on_terms, false, false),
            (
                "on terms, sent",
                &with(&on_terms, F::Fulfilled),
                false,
                true,
            ),
            (
                "on terms, sent in part",
                &with(&on_terms, F::PartiallyFulfilled),
                false,
                true,
            ),
            ("authorised", &authorised, true, false),
            (
                "authorised, sent in part",
                &with(&authorised, F::PartiallyFulfilled),
                true,
                true,
            ),
            ("paid", &simple(), true, true),
            ("nothing to send", &free, true, true),
        ] {
            let due = if invoices {
                in_invoices
            } else {
                in_sales_orders
            };
            if due {
                assert!(is_due(order, by_mode), "{mode:?}: {what}");
            } else {
                let expected = if invoices {
                    Code::WaitingForFulfilment
                } else {
                    Code::WaitingForPayment
                };
                let found = waiting(order, by_mode, LATER).0;
                assert_eq!(found, expected, "{mode:?}: {what}");
            }
        }
        // What was chosen stays, in every mode; and where payments are not booked, money begins nothing.
        let paid = |s: &mut Settings| {
            by_mode(s);
            chosen(Trigger::Paid)(s);
        };
        let unpaid = with(&on_terms, F::Fulfilled);
        assert_eq!(waiting(&unpaid, paid, LATER).0, Code::WaitingForPayment);
        let gateway = |s: &mut Settings| {
            by_mode(s);
            s.trigger
                .by_gateway
                .insert("shopify_payments".into(), Trigger::Created);
        };
        assert!(is_due(&authorised, gateway));
        if invoices {
            let without_payments = |s: &mut Settings| {
                by_mode(s);
                s.payments.on = false;
            };
            let found = waiting(&simple(), without_payments, LATER).0;
            assert_eq!(found, Code::WaitingForFulfilment);
        }
    }
}

/// The file tells what was chosen from what was not; every file written so far names a choice, and keeps it.
#[test]
fn a_trigger_that_was_chosen_stays() {
    let read = |trigger: &str| -> Settings {
        serde_json::from_str(&format!(r#"{{"booking_mode": "direct_invoice"{trigger}}}"#)).unwrap()
    };
    for (trigger, chosen, means) in [
        ("", None, Trigger::Fulfilled),
        (
            r#", "trigger": {"grace_minutes": 5}"#,
            None,
            Trigger::Fulfilled,
        ),
        (
            r#", "trigger": {"default": "by_mode"}"#,
            None,
            Trigger::Fulfilled,
        ),
        (
            r#", "trigger": {"default": "paid"}"#,
            Some(Trigger::Paid),
            Trigger::Paid,
        ),
        (
            r#", "trigger": {"default": "created"}"#,
            Some(Trigger::Created),
            Trigger::Created,
        ),
    ] {
        let settings = read(trigger);
        assert_eq!(settings.trigger.default, chosen, "{trigger}");
        assert_eq!(settings.trigger_of(None), means, "{trigger}");
        let file = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&file).unwrap(), settings);
    }
}

#[test]
fn fulfilled_closed_and_archived_orders_are_booked_like_any_other() {
    let order = changed(|o| o.fulfillment_status = FulfillmentStatus::Fulfilled);
    assert!(is_due(&order, |_| {}));
}

#[test]
fn a_trigger_per_gateway() {
    let rule = |s: &mut Settings| {
        s.trigger.default = Some(Trigger::Created);
        s.trigger
            .by_gateway
            .insert("Klarna".into(), Trigger::Fulfilled);
    };
    let by = |gateway: &str, status: TransactionStatus| {
        changed(|o| {
            o.transactions.push(Transaction {
                gateway: gateway.into(),
                status,
                ..o.transactions[0].clone()
            });
        })
    };
    assert!(is_due(&simple(), rule));
    let klarna = by("Klarna", TransactionStatus::Success);
    assert_eq!(
        waiting(&klarna, rule, LATER),
        (Code::WaitingForFulfilment, None)
    );
    assert!(
        is_due(&by("Klarna", TransactionStatus::Failure), rule),
        "a try that failed is no gateway used"
    );
    let mut sent = klarna;
    sent.fulfillment_status = FulfillmentStatus::Fulfilled;
    assert!(is_due(&sent, rule));
}

#[test]
fn minutes_of_grace() {
    let rule = |s: &mut Settings| s.trigger.grace_minutes = 30;
    let due = at("2026-10-05T10:30:00Z");
    assert_eq!(
        waiting(&simple(), rule, "2026-10-05T10:29:59Z"),
        (Code::WaitingGrace, Some(due))
    );
    assert!(matches!(
        look(&simple(), rule, "2026-10-05T10:30:00Z"),
        FirstLook::New(_)
    ));
}
