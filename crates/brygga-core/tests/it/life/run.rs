//! What the engine does, without its store: the order is booked and kept, then one step of its life after the other.

use brygga_core::booking::life::{
    Books, LifeStep, PartDecision, PartLink, PartState, decide, expected, net,
};
use brygga_core::booking::{BookedState, Decision, Explained, FirstLook, first_look, plan_change};
use brygga_core::erp::CashAccount;
use brygga_core::settings::{BookingMode, GatewayRow, GatewayRule, SpecialItem, Trigger};
use brygga_core::shop::{Order, RestockType, Sending, Side};
use brygga_core::{Code, Decimal, Problem};
use chrono::{DateTime, Utc};

use super::books::Visma;
use crate::build::{Setting, item, setting};

pub(crate) const CUSTOMER: &str = "10001";

/// What documents of lives are made with.
pub(crate) fn ground(mode: BookingMode) -> Setting {
    let mut own = setting();
    own.settings.booking_mode = mode;
    own.settings.trigger.default = Some(Trigger::Created);
    own.settings.invoices.correct_edits = true;
    own.settings.warehouse = Some("1".into());
    own.settings.refunds.difference_item = Some(SpecialItem {
        item: "DIFF".into(),
        account: None,
    });
    own.settings.payments.cash_rounding_item = Some(SpecialItem {
        item: "KONTANT".into(),
        account: None,
    });
    for gateway in ["shopify_payments", "gift_card", "klarna"] {
        for currency in ["NOK", "EUR", "SEK", "DKK", "PLN", "USD", "CAD"] {
            let account = format!("{gateway}-{currency}");
            own.settings.payments.gateways.push(GatewayRow {
                gateway: gateway.into(),
                method: None,
                currency: currency.into(),
                rule: GatewayRule::Book,
                cash_account: account.clone(),
                payment_method: "1".into(),
            });
            own.catalogue.cash_accounts.push(CashAccount {
                number: account,
                description: String::new(),
                currency: currency.into(),
                entry_types: vec![],
            });
        }
    }
    for special in ["DIFF", "KONTANT"] {
        let (number, special) = item(special, false);
        own.catalogue.items.insert(number, special);
    }
    if mode == BookingMode::DirectInvoice {
        for item in own.catalogue.items.values_mut() {
            item.stock = false;
        }
    }
    own
}

pub(crate) struct Run {
    pub(crate) own: Setting,
    pub(crate) visma: Visma,
    pub(crate) booked: Option<BookedState>,
    /// Links, kept or lost: what is true must not depend on them.
    pub(crate) links: Option<Vec<PartLink>>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) steps: u32,
    /// Each of them, in its order.
    pub(crate) taken: Vec<LifeStep>,
    /// Why the order itself is not booked.
    pub(crate) unbooked: Option<Problem>,
    /// How the shop says the sending stands, where Visma.net ships.
    pub(crate) sending: Option<Sending>,
    /// Shipments that have a record.
    pub(crate) known_shipments: Vec<String>,
}

impl Run {
    pub(crate) fn new(own: Setting) -> Self {
        Self {
            visma: Visma::new(own.catalogue.clone()),
            own,
            booked: None,
            links: Some(vec![]),
            now: "2026-12-24T10:00:00Z".parse().unwrap(),
            steps: 0,
            taken: vec![],
            unbooked: None,
            sending: None,
            known_shipments: vec![],
        }
    }

    fn is_sales_order(&self) -> bool {
        self.own.settings.booking_mode == BookingMode::SalesOrder
    }

    /// Books the order, or changes what is booked.
    pub(crate) fn book(&mut self, order: &Order) -> Option<Problem> {
        match first_look(order, self.own.ground(), self.booked.as_ref(), self.now) {
            FirstLook::Decided(Decision::Waiting(problem, _) | Decision::Skipped(problem)) => {
                return self.booked.is_none().then_some(problem);
            }
            FirstLook::Decided(Decision::Held(problem)) => return Some(problem),
            FirstLook::Decided(_) => {}
            FirstLook::New(document) => {
                let number = self
                    .is_sales_order()
                    .then(|| self.visma.create_order(&document.draft, CUSTOMER));
                self.booked = Some(BookedState {
                    number,
                    document: *document,
                    cancelled: false,
                    customer: Some(CUSTOMER.into()),
                });
            }
            FirstLook::Changed(change) => {
                let booked = self.booked.clone().unwrap();
                let Some(number) = &booked.number else {
                    return None;
                };
                let there = self.visma.read().orders;
                let there = there.iter().find(|known| known.number == *number);
                match plan_change(order, *change, &booked, there) {
                    Decision::Do(plan) => {
                        for step in &plan.steps {
                            self.visma.change(number, step);
                        }
                        let booked = self.booked.as_mut().unwrap();
                        match plan.document {
                            Some(document) => booked.document = document,
                            None => booked.cancelled = true,
                        }
                    }
                    // Shipped in part: what came later is the parts' matter.
                    Decision::Held(problem)
                        if matches!(
                            problem.code,
                            Code::EditedAfterInvoice | Code::CancelledAfterShipment
                        ) => {}
                    Decision::UpToDate => {}
                    Decision::Held(problem) => return Some(problem),
                    other => panic!("{other:?}"),
                }
            }
        }
        None
    }

    pub(crate) fn books(&self) -> Books {
        Books {
            links: self.links.clone().unwrap_or_default(),
            sending: self.sending.clone(),
            known_shipments: self.known_shipments.clone(),
            ..self.visma.read()
        }
    }

    pub(crate) fn decide(&self, order: &Order, problem: Option<&Problem>) -> Vec<PartDecision> {
        decide(
            order,
            self.own.ground(),
            self.booked.as_ref(),
            problem,
            &self.books(),
            self.now,
        )
    }

    /// Goes on until nothing comes next.
    pub(crate) fn settle(&mut self, order: &Order) -> Vec<PartDecision> {
        let problem = self.book(order);
        self.unbooked.clone_from(&problem);
        let mut last = None;
        for _ in 0..400 {
            let decisions = self.decide(order, problem.as_ref());
            let next = decisions.iter().find_map(|one| match &one.state {
                PartState::Next(step) => Some(step.clone()),
                _ => None,
            });
            if let Some(links) = &mut self.links {
                for decision in &decisions {
                    for link in &decision.documents {
                        if !links.contains(link) {
                            links.push(link.clone());
                        }
                    }
                }
            }
            let Some(step) = next else {
                return decisions;
            };
            // The journal keeps it as JSON, and a lost answer is looked up by what it kept.
            let kept = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<LifeStep>(&kept).unwrap(), step);
            let before = self.visma.read();
            self.visma.apply(&step);
            assert_ne!(before, self.visma.read(), "{step:?} has no effect");
            assert_ne!(last.as_ref(), Some(&step), "a step is done twice");
            self.taken.push(step.clone());
            last = Some(step);
            self.steps += 1;
        }
        panic!("it never comes to rest: {last:?}");
    }

    /// All documents together against Shopify, and nothing left open.
    pub(crate) fn prove(&self, order: &Order, decisions: &[PartDecision]) -> Result<(), String> {
        for decision in decisions {
            if !matches!(decision.state, PartState::Done | PartState::Skipped(_)) {
                return Err(format!("{decision:?}"));
            }
        }
        let Some(booked) = &self.booked else {
            return Ok(());
        };
        let side = booked.document.side;
        let books = self.visma.read();
        let ours = net(&books.ledger, &books.payments);
        let theirs = expected(order, side);
        let (mut sale, mut money) = (theirs.sale, theirs.money);
        let (mut room, mut cents) = (Decimal::ZERO, Decimal::ZERO);
        let taken_out = order
            .refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .any(|row| row.restock == RestockType::Cancel);
        for class in decisions.iter().flat_map(|one| &one.explained) {
            match class {
                Explained::RefundDifference { amount } => {
                    sale -= amount;
                    room += amount.abs();
                }
                Explained::CashRounding { amount } => sale += amount,
                Explained::VatPerDocument { difference, .. }
                | Explained::VatPerInvoice { difference, .. }
                | Explained::ConvertedVat { difference, .. } => room += difference.abs(),
                // Units were taken out when the others were invoiced: Shopify rounds what is left its own way.
                Explained::InvoiceRounding { amount } if taken_out => cents += amount.abs(),
                Explained::InvoiceRounding { .. } | Explained::RoundingLine { .. } => {}
                Explained::PaymentRate { .. } => {}
            }
        }
        // In: plus what our rate adds; out: minus.
        for decision in decisions {
            for class in &decision.explained {
                if let Explained::PaymentRate { difference } = class {
                    let back = order.transactions.iter().any(|one| {
                        one.id == decision.part.id
                            && one.kind == brygga_core::shop::TransactionKind::Refund
                    });
                    money += if back { -*difference } else { *difference };
                }
            }
        }
        if (ours.sale - sale).abs() > cents {
            return Err(format!(
                "sale {} in the books, {sale} in Shopify",
                ours.sale
            ));
        }
        if ours.money != money {
            return Err(format!(
                "money {} in the books, {money} in Shopify",
                ours.money
            ));
        }
        if (ours.vat - theirs.vat).abs() > room + cents {
            return Err(format!(
                "VAT {} in the books, {} in Shopify ({room})",
                ours.vat, theirs.vat
            ));
        }
        for document in &books.ledger {
            if document.balance > cents || !document.status.is_released() {
                return Err(format!(
                    "{} {} is open",
                    document.kind.as_str(),
                    document.number
                ));
            }
        }
        for payment in &books.payments {
            let reserved: Decimal = payment.orders.iter().map(|row| row.amount).sum();
            if payment.available + reserved > cents {
                return Err(format!(
                    "{} {} has {} left, {reserved} reserved",
                    payment.kind.as_str(),
                    payment.number,
                    payment.available
                ));
            }
        }
        if side == Side::Shop
            && books
                .ledger
                .iter()
                .any(|one| one.currency != order.shop_currency.code())
        {
            return Err("another currency".into());
        }
        Ok(())
    }
}
