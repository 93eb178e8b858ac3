//! The refund matrix: what was touched, what came back, what money moved (`booking-rules` 8), and what follows in the books.

use brygga_core::booking::Explained;
use brygga_core::booking::life::{LifeStep, PartDecision, PartKind, PartState};
use brygga_core::erp::{DocumentKind, Operation};
use brygga_core::settings::{BookingMode, GatewayRule, GoodsBack, RefundRule};
use brygga_core::shop::{RestockType, TransactionKind, TransactionStatus};
use brygga_core::{Code, Currency, Decimal};

use super::run::{Run, ground};
use super::shop::Shop;
use crate::build::d;

/// Two mugs for 100.00 each and shipping for 50.00, VAT in it; paid, and so many mugs sent.
fn shop(sent: i128) -> Shop {
    let mut shop = Shop::new(
        Currency::NOK,
        10_000,
        true,
        &[(2, 10_000, 250)],
        (5_000, 250),
    );
    shop.pay(25_000, "shopify_payments", TransactionKind::Sale);
    shop.send(&[(0, sent)]);
    shop
}

fn of_kind(decisions: &[PartDecision], kind: PartKind) -> Vec<&PartDecision> {
    decisions
        .iter()
        .filter(|one| one.part.kind == kind)
        .collect()
}

fn state(decisions: &[PartDecision], id: &str) -> PartState {
    decisions
        .iter()
        .find(|one| one.part.id == id)
        .unwrap()
        .state
        .clone()
}

fn held(state: &PartState) -> Option<Code> {
    match state {
        PartState::Held(problem) => Some(problem.code),
        _ => None,
    }
}

fn waiting(state: &PartState) -> Option<Code> {
    match state {
        PartState::Waiting(problem, _) => Some(problem.code),
        _ => None,
    }
}

/// What came of a refund: credit notes, receipts, money paid back and where it was taken from.
#[derive(Debug, PartialEq)]
struct Outcome {
    credits: Vec<Decimal>,
    receipts: usize,
    back: Vec<(Decimal, Vec<DocumentKind>)>,
}

fn outcome(run: &Run) -> Outcome {
    Outcome {
        credits: run
            .visma
            .ledger
            .iter()
            .filter(|one| one.kind == DocumentKind::CreditNote)
            .map(|one| one.total)
            .collect(),
        receipts: run
            .visma
            .shipments
            .iter()
            .filter(|one| one.operation == Operation::Receipt)
            .count(),
        back: run
            .visma
            .payments
            .iter()
            .filter(|one| one.kind == DocumentKind::Refund)
            .map(|one| {
                let kinds = one.documents.iter().map(|row| row.kind.clone());
                (one.amount, kinds.collect())
            })
            .collect(),
    }
}

struct Case {
    name: &'static str,
    sent: i128,
    units: i128,
    restock: Option<RestockType>,
    shipping: bool,
    money: i128,
    credit: &'static str,
    receipts: usize,
    from: &'static [DocumentKind],
}

#[test]
fn the_matrix_of_refunds() {
    use DocumentKind::{CreditNote, Prepayment};
    let cases = [
        Case {
            name: "not sent: no credit note, the money from the prepayment",
            sent: 0,
            units: 1,
            restock: Some(RestockType::Cancel),
            shipping: false,
            money: 10_000,
            credit: "",
            receipts: 0,
            from: &[Prepayment],
        },
        Case {
            name: "one sent, the other taken out: the order is made smaller",
            sent: 1,
            units: 1,
            restock: Some(RestockType::Cancel),
            shipping: false,
            money: 10_000,
            credit: "",
            receipts: 0,
            from: &[Prepayment],
        },
        Case {
            name: "came back: a return, its receipt and credit note",
            sent: 2,
            units: 1,
            restock: Some(RestockType::Return),
            shipping: false,
            money: 10_000,
            credit: "100.00",
            receipts: 1,
            from: &[CreditNote],
        },
        Case {
            name: "came back with the shipping: one credit note",
            sent: 2,
            units: 2,
            restock: Some(RestockType::Return),
            shipping: true,
            money: 25_000,
            credit: "250.00",
            receipts: 1,
            from: &[CreditNote],
        },
        Case {
            name: "stayed away: a direct credit note, no stock",
            sent: 2,
            units: 1,
            restock: Some(RestockType::NoRestock),
            shipping: false,
            money: 10_000,
            credit: "100.00",
            receipts: 0,
            from: &[CreditNote],
        },
        Case {
            name: "the shipping alone, with its VAT",
            sent: 2,
            units: 0,
            restock: None,
            shipping: true,
            money: 5_000,
            credit: "50.00",
            receipts: 0,
            from: &[CreditNote],
        },
        Case {
            name: "an amount alone",
            sent: 2,
            units: 0,
            restock: None,
            shipping: false,
            money: 3_333,
            credit: "33.33",
            receipts: 0,
            from: &[CreditNote],
        },
        Case {
            name: "less than the goods' value",
            sent: 2,
            units: 1,
            restock: Some(RestockType::Return),
            shipping: false,
            money: 8_000,
            credit: "80.00",
            receipts: 1,
            from: &[CreditNote],
        },
        Case {
            name: "more than the goods' value",
            sent: 2,
            units: 1,
            restock: Some(RestockType::Return),
            shipping: false,
            money: 12_000,
            credit: "120.00",
            receipts: 1,
            from: &[CreditNote],
        },
        Case {
            name: "no money for goods that were paid: quantities only, and they are received",
            sent: 2,
            units: 1,
            restock: Some(RestockType::Return),
            shipping: false,
            money: 0,
            credit: "0.00",
            receipts: 1,
            from: &[],
        },
    ];
    for case in cases {
        for before in [false, true] {
            let mut shop = shop(case.sent);
            let mut run = Run::new(ground(BookingMode::SalesOrder));
            if before {
                run.settle(&shop.order);
            }
            let units: Vec<_> = case
                .restock
                .iter()
                .map(|restock| (0, case.units, restock.clone()))
                .collect();
            let (refund, value) = shop.refund(&units, case.shipping);
            shop.waived += case.money - value;
            shop.give(refund, case.money, "shopify_payments");
            let decisions = run.settle(&shop.order);
            let ours = outcome(&run);
            let credits: Vec<Decimal> = [case.credit]
                .iter()
                .filter(|text| !text.is_empty())
                .map(|text| d(text))
                .collect();
            assert_eq!(ours.credits, credits, "{}", case.name);
            assert_eq!(ours.receipts, case.receipts, "{}", case.name);
            let back: Vec<_> = (case.money > 0)
                .then(|| {
                    (
                        Decimal::new(case.money.try_into().unwrap(), 2),
                        case.from.to_vec(),
                    )
                })
                .into_iter()
                .collect();
            assert_eq!(ours.back, back, "{}", case.name);
            for part in of_kind(&decisions, PartKind::CreditNote) {
                assert_eq!(part.state, PartState::Done, "{}", case.name);
            }
            // What is left is sent, and all closes.
            if shop.unsent(0) > 0 {
                shop.send(&[(0, shop.unsent(0))]);
            }
            let decisions = run.settle(&shop.order);
            run.prove(&shop.order, &decisions)
                .unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
        }
    }
}

#[test]
fn a_credit_order_takes_goods_in_without_a_receipt() {
    let mut own = ground(BookingMode::SalesOrder);
    own.settings.refunds.goods_back = GoodsBack::CreditOrder;
    let mut run = Run::new(own);
    let mut shop = shop(2);
    let (refund, _) = shop.refund(&[(0, 1, RestockType::Return)], false);
    shop.give(refund, 10_000, "shopify_payments");
    let decisions = run.settle(&shop.order);
    assert_eq!(outcome(&run).receipts, 0);
    assert_eq!(outcome(&run).credits, [d("100.00")]);
    run.prove(&shop.order, &decisions).unwrap();
}

/// Three refunds on three days: three credit notes, and no more than the invoice.
#[test]
fn several_refunds_are_each_their_own() {
    let mut run = Run::new(ground(BookingMode::SalesOrder));
    let mut shop = shop(2);
    for (units, shipping, money) in [(1, false, 10_000), (0, true, 5_000), (1, false, 10_000)] {
        let (refund, _) = shop.refund(&[(0, units, RestockType::Return)], shipping);
        shop.give(refund, money, "shopify_payments");
        run.settle(&shop.order);
    }
    assert_eq!(
        outcome(&run).credits,
        [d("100.00"), d("50.00"), d("100.00")]
    );
    let decisions = run.settle(&shop.order);
    run.prove(&shop.order, &decisions).unwrap();
    // One more is over the invoice.
    let (refund, _) = shop.refund(&[], false);
    shop.give(refund, 100, "shopify_payments");
    let decisions = run.settle(&shop.order);
    let id = shop.order.refunds[3].id.clone();
    assert_eq!(held(&state(&decisions, &id)), Some(Code::RefundOverInvoice));
}

#[test]
fn money_that_has_not_moved_is_waited_for_and_failed_money_is_nothing() {
    for (status, code) in [
        (TransactionStatus::Pending, Some(Code::WaitingRefund)),
        (TransactionStatus::Failure, None),
    ] {
        let mut run = Run::new(ground(BookingMode::SalesOrder));
        let mut shop = shop(2);
        let (refund, _) = shop.refund(&[(0, 1, RestockType::Return)], false);
        shop.give(refund, 10_000, "shopify_payments");
        shop.order.transactions.last_mut().unwrap().status = status.clone();
        let decisions = run.settle(&shop.order);
        let refund = state(&decisions, &shop.order.refunds[0].id);
        assert_eq!(waiting(&refund), code);
        assert_eq!(
            matches!(refund, PartState::Skipped(_)),
            status == TransactionStatus::Failure
        );
        assert!(outcome(&run).credits.is_empty());
        // It moves after all.
        shop.order.transactions.last_mut().unwrap().status = TransactionStatus::Success;
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
        assert_eq!(outcome(&run).credits, [d("100.00")]);
    }
}

#[test]
fn the_merchants_rule_for_each_kind() {
    for (rule, approved, code) in [
        (RefundRule::Automatic, false, None),
        (RefundRule::Ask, true, None),
        (RefundRule::Ask, false, Some(Code::RefundNeedsApproval)),
    ] {
        let mut shop = shop(2);
        let (refund, _) = shop.refund(&[], false);
        shop.give(refund, 1_000, "shopify_payments");
        let id = shop.order.refunds[0].id.clone();
        let mut own = ground(BookingMode::SalesOrder);
        own.settings.refunds.amount_only = rule;
        if approved {
            own.settings.refunds.approved.insert(id.clone());
        }
        let mut run = Run::new(own);
        let decisions = run.settle(&shop.order);
        assert_eq!(held(&state(&decisions, &id)), code);
        assert_eq!(outcome(&run).credits.len(), usize::from(code.is_none()));
        assert_eq!(outcome(&run).back.len(), usize::from(code.is_none()));
    }
    let mut shop = shop(2);
    let (refund, _) = shop.refund(&[(0, 2, RestockType::Return)], true);
    shop.give(refund, 25_000, "gift_card");
    let mut own = ground(BookingMode::SalesOrder);
    own.settings.refunds.store_credit = RefundRule::Ignore;
    let mut run = Run::new(own);
    let decisions = run.settle(&shop.order);
    for id in [
        &shop.order.refunds[0].id,
        &shop.order.transactions.last().unwrap().id,
    ] {
        assert!(matches!(state(&decisions, id), PartState::Skipped(problem)
            if problem.code == Code::SkippedRefund));
    }
    assert!(outcome(&run).credits.is_empty());
}

/// What stands on the refunds' own item has the account of the refund's kind; goods keep theirs.
#[test]
fn the_merchants_account_for_each_kind() {
    let accounts = |gateway: &str, units: i128, whole: bool, amount: i128, mode| {
        let mut shop = shop(2);
        let lines = [(0, units, RestockType::NoRestock)];
        let (refund, _) = shop.refund(if units == 0 { &[] } else { &lines }, whole);
        shop.give(refund, amount, gateway);
        let mut own = ground(mode);
        let special = own.settings.refunds.difference_item.as_mut().unwrap();
        special.account = Some("ITEM".into());
        let chosen = &mut own.settings.refunds.accounts;
        chosen.full = Some("FULL".into());
        chosen.amount_only = Some("AMOUNT".into());
        chosen.store_credit = Some("CREDIT".into());
        let mut run = Run::new(own);
        run.settle(&shop.order);
        let mut found = vec![];
        for step in &run.taken {
            if let LifeStep::CreateLedger { draft } = step {
                let lines = draft.lines.iter();
                let own = lines.filter(|line| line.item.as_deref() == Some("DIFF"));
                found.extend(own.map(|line| line.account.clone().unwrap()));
            }
        }
        found.dedup();
        found
    };
    for mode in [BookingMode::SalesOrder, BookingMode::InvoiceOrder] {
        for (gateway, units, whole, amount, account) in [
            ("shopify_payments", 0, false, 1_000, "AMOUNT"),
            ("gift_card", 0, false, 1_000, "CREDIT"),
            ("shopify_payments", 2, true, 25_000, "FULL"),
            // No account is chosen for these: the item's own.
            ("shopify_payments", 1, false, 10_000, "ITEM"),
        ] {
            assert_eq!(
                accounts(gateway, units, whole, amount, mode),
                [account],
                "{mode:?} {gateway} {units} {amount}"
            );
        }
    }
}

/// An amount before any invoice waits for it; the difference has VAT by the order's rates.
#[test]
fn an_amount_without_goods_waits_for_the_invoice_and_is_split_by_rate() {
    let mut shop = Shop::new(
        Currency::NOK,
        10_000,
        true,
        &[(1, 10_000, 250), (1, 5_000, 150)],
        (0, 250),
    );
    shop.pay(15_000, "shopify_payments", TransactionKind::Sale);
    let (refund, _) = shop.refund(&[], false);
    shop.give(refund, 1_000, "shopify_payments");
    shop.waived += 1_000;
    let mut run = Run::new(ground(BookingMode::SalesOrder));
    let decisions = run.settle(&shop.order);
    let id = shop.order.refunds[0].id.clone();
    assert_eq!(waiting(&state(&decisions, &id)), Some(Code::WaitingInvoice));
    shop.send(&[(0, 1), (1, 1)]);
    let decisions = run.settle(&shop.order);
    run.prove(&shop.order, &decisions).unwrap();
    let note = run
        .visma
        .ledger
        .iter()
        .find(|one| one.kind == DocumentKind::CreditNote)
        .unwrap();
    // 10.00 by 100 to 50: 6.67 at 25 %, 3.33 at 15 %.
    let vat: Vec<_> = note
        .taxes
        .iter()
        .map(|tax| (tax.rate, tax.amount))
        .collect();
    assert_eq!(vat, [(d("15"), d("0.43")), (d("25"), d("1.33"))]);
    assert_eq!(note.total, d("10.00"));
    let decision = decisions.iter().find(|one| one.part.id == id).unwrap();
    assert_eq!(
        decision.explained,
        [Explained::RefundDifference { amount: d("10.00") }]
    );
}

/// An edit takes units out and tells of no money; the money goes back by itself, before the goods leave or after (`facts/shopify` R7).
#[test]
fn money_that_an_edit_made_too_much_is_no_credit() {
    for (sent_first, good_will) in [(false, 0), (true, 0), (false, 2_000), (true, 2_000)] {
        let mut run = Run::new(ground(BookingMode::SalesOrder));
        let mut shop = shop(1);
        run.settle(&shop.order);
        let (edit, value) = shop.refund(&[(0, 1, RestockType::Cancel)], false);
        shop.give(edit, 0, "shopify_payments");
        run.settle(&shop.order);
        let (back, _) = shop.refund(&[], false);
        shop.give(back, value, "shopify_payments");
        if sent_first {
            run.settle(&shop.order);
        }
        if good_will > 0 {
            let (more, _) = shop.refund(&[], false);
            shop.give(more, good_will, "shopify_payments");
            shop.waived += good_will;
        }
        let decisions = run.settle(&shop.order);
        run.prove(&shop.order, &decisions).unwrap();
        let credits: Vec<Decimal> = (good_will > 0)
            .then(|| Decimal::new(good_will.try_into().unwrap(), 2))
            .into_iter()
            .collect();
        assert_eq!(outcome(&run).credits, credits, "{sent_first}");
    }
}

/// A return on an invoice that is not paid is applied to it; the rest is paid later.
#[test]
fn an_invoice_on_terms_is_reduced_by_its_return() {
    let mut shop = Shop::new(Currency::NOK, 10_000, true, &[(2, 10_000, 250)], (0, 250));
    shop.send(&[(0, 2)]);
    let mut run = Run::new(ground(BookingMode::SalesOrder));
    run.settle(&shop.order);
    shop.refund(&[(0, 1, RestockType::Return)], false);
    run.settle(&shop.order);
    let invoice = run.visma.ledger[0].clone();
    assert_eq!((invoice.total, invoice.balance), (d("200.00"), d("100.00")));
    shop.pay(10_000, "klarna", TransactionKind::Sale);
    let decisions = run.settle(&shop.order);
    run.prove(&shop.order, &decisions).unwrap();
}

/// Returned for something dearer, cheaper, and as dear (`pains` 19): documents net to what Shopify says.
#[test]
fn exchanges_net_to_what_shopify_says() {
    for mode in [
        BookingMode::SalesOrder,
        BookingMode::InvoiceOrder,
        BookingMode::DirectInvoice,
    ] {
        for (price, at_once) in [15_000, 6_000, 10_000]
            .into_iter()
            .flat_map(|price| [(price, true), (price, false)])
        {
            let mut shop = shop(2);
            let mut run = Run::new(ground(mode));
            run.visma.at_once = at_once;
            run.settle(&shop.order);
            let (refund, _) = shop.refund(&[(0, 1, RestockType::Return)], false);
            let added = shop.add(1, price, 250);
            shop.order.exchange_lines.push((added + 1).to_string());
            let open = shop.outstanding();
            if open > 0 {
                shop.pay(open, "shopify_payments", TransactionKind::Sale);
            } else {
                shop.give(refund, -open, "shopify_payments");
            }
            run.settle(&shop.order);
            shop.send(&[(added, 1)]);
            let decisions = run.settle(&shop.order);
            run.prove(&shop.order, &decisions).unwrap();
            assert_eq!(outcome(&run).credits, [d("100.00")]);
        }
    }
}

#[test]
fn money_of_a_gateway_that_is_left_alone_is_left_alone_both_ways() {
    let mut own = ground(BookingMode::SalesOrder);
    for row in &mut own.settings.payments.gateways {
        if row.gateway == "shopify_payments" {
            row.rule = GatewayRule::Leave;
        }
    }
    let mut run = Run::new(own);
    let mut shop = shop(2);
    let (refund, _) = shop.refund(&[(0, 1, RestockType::Return)], false);
    shop.give(refund, 10_000, "shopify_payments");
    let decisions = run.settle(&shop.order);
    for part in of_kind(&decisions, PartKind::Payment) {
        assert!(matches!(&part.state, PartState::Skipped(problem)
            if problem.code == Code::SkippedGateway));
    }
    assert_eq!(outcome(&run).credits, [d("100.00")]);
    assert!(run.visma.payments.is_empty());
}
