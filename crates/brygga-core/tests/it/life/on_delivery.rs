//! Where invoices are made without a sales order and nobody chose another moment, they are made on delivery (`booking-rules` 3).

use brygga_core::booking::life::PartState;
use brygga_core::erp::{DocumentKind, LedgerStatus};
use brygga_core::settings::BookingMode;
use brygga_core::shop::{FinancialStatus, FulfillmentStatus, TransactionKind};
use brygga_core::{Code, Currency};

use super::run::{Run, ground};
use super::shop::Shop;
use crate::build::d;

const MODES: [BookingMode; 2] = [BookingMode::InvoiceOrder, BookingMode::DirectInvoice];

fn run(mode: BookingMode) -> Run {
    let mut own = ground(mode);
    own.settings.trigger.default = None;
    Run::new(own)
}

fn two_mugs() -> Shop {
    let mut shop = Shop::new(Currency::NOK, 10_000, true, &[(2, 10_000, 250)], (0, 250));
    shop.order.financial_status = Some(FinancialStatus::Pending);
    shop
}

/// Thirty days to pay: each parcel is invoiced as it is sent, and the money is applied when it comes.
#[test]
fn an_unpaid_order_is_invoiced_parcel_by_parcel() {
    for mode in MODES {
        let mut run = run(mode);
        let mut shop = two_mugs();
        assert_eq!(
            run.book(&shop.order).map(|problem| problem.code),
            Some(Code::WaitingForFulfilment)
        );
        for invoices in 1..=2 {
            shop.send(&[(0, 1)]);
            shop.order.fulfillment_status = FulfillmentStatus::PartiallyFulfilled;
            run.settle(&shop.order);
            assert_eq!(run.visma.ledger.len(), invoices, "{mode:?}");
        }
        assert!(run.visma.payments.is_empty());
        shop.pay(20_000, "shopify_payments", TransactionKind::Sale);
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
    }
}

/// Paid and not sent yet: the money is a prepayment on account, no invoice is made, and it is applied to the one of the delivery.
#[test]
fn money_before_the_delivery_is_a_prepayment() {
    for mode in MODES {
        let mut run = run(mode);
        let mut shop = two_mugs();
        shop.pay(20_000, "shopify_payments", TransactionKind::Sale);
        run.settle(&shop.order);
        assert!(run.visma.ledger.is_empty(), "{mode:?}");
        assert_eq!(run.visma.payments[0].kind, DocumentKind::Prepayment);
        assert_eq!(run.visma.payments[0].available, d("200"));
        shop.send(&[(0, 2)]);
        shop.order.fulfillment_status = FulfillmentStatus::Fulfilled;
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
        assert_eq!(run.visma.ledger[0].status, LedgerStatus::Closed);
        assert_eq!(run.visma.payments[0].available, d("0"));
    }
}

/// A service has no parcel: its invoice waits until the shop says that it was delivered. One that is there already goes on.
#[test]
fn what_needs_no_shipping_waits_until_it_was_delivered() {
    for mode in MODES {
        let mut run = run(mode);
        for item in run.own.catalogue.items.values_mut() {
            item.stock = false;
        }
        let mut shop = two_mugs();
        shop.order.lines[0].requires_shipping = false;
        shop.pay(20_000, "shopify_payments", TransactionKind::Sale);
        let decisions = run.settle(&shop.order);
        assert!(run.visma.ledger.is_empty(), "{mode:?}");
        let waits = decisions.iter().any(|one| {
            matches!(&one.state, PartState::Waiting(problem, None) if problem.code == Code::WaitingForFulfilment)
        });
        assert!(waits, "{decisions:?}");
        shop.send(&[(0, 2)]);
        shop.order.fulfillment_status = FulfillmentStatus::Fulfilled;
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
        assert_eq!(run.visma.ledger.len(), 1);
        // Whatever the shop says later of what is in the books.
        shop.order.fulfillment_status = FulfillmentStatus::Unfulfilled;
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
    }
}
