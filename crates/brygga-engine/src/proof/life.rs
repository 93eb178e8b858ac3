//! The proof of what an order has become: invoices, credit notes and payments, read afresh from both sides (`booking-rules` 11).

use brygga_core::booking::life::{self, Linked, PartDecision, PartKind, PartState};
use brygga_core::booking::{BookedState, Explained};
use brygga_core::erp::{DocumentKind, LedgerDocument, Payment};
use brygga_core::proof::{Account, Difference, Entry};
use brygga_core::shop::Order;
use brygga_core::{Decimal, Problem};
use brygga_store::RecordState;
use chrono::NaiveDate;

use super::Proven;
use crate::engine::{Engine, Setup};
use crate::life::{Shelf, record_of};

impl Engine {
    /// Proves the parts of one order.
    pub(super) async fn prove_life(
        &self,
        order: &Order,
        state: &BookedState,
        setup: &Setup,
    ) -> Result<Proven, Problem> {
        let mut proven = Proven::default();
        let shelf = Shelf {
            order,
            booked: Some(state),
            setup,
        };
        let books = self.read_books(&shelf).await?;
        let now = self.clock.now();
        let decisions = life::decide(order, setup.ground(), Some(state), None, &books, now);
        let currency = order.currency(state.document.side).code().to_owned();
        let mut differ = |document: Option<&str>, what: &str, shopify: String, visma: String| {
            proven.differences.push(Difference {
                order: order.name.clone(),
                document: document.map(str::to_owned),
                what: what.to_owned(),
                shopify,
                visma,
            });
        };
        let mut whole = true;
        for decision in &decisions {
            let is_booked = self
                .store
                .record(&record_of(&decision.part))?
                .is_some_and(|row| row.state == RecordState::Booked);
            match &decision.state {
                PartState::Done => {}
                PartState::Skipped(_) => continue,
                PartState::Waiting(problem, _) | PartState::Held(problem) => {
                    whole = false;
                    if is_booked {
                        differ(
                            None,
                            "not-in-the-books",
                            decision.part.id.clone(),
                            problem.code.to_string(),
                        );
                    }
                    continue;
                }
                PartState::Next(step) => {
                    whole = false;
                    if is_booked {
                        let part = decision.part.id.clone();
                        differ(None, "unfinished", part, step.name().to_owned());
                    }
                    continue;
                }
            }
            let Some(at) = decision.happened_at else {
                continue;
            };
            let date = at.with_timezone(&setup.shop.time_zone).date_naive();
            let side = Side {
                order,
                date,
                currency: &currency,
            };
            proven.shop.extend(side.of_shop(decision));
            for document in documents_of(decision, &books.ledger) {
                proven.ledger.push(side.of_document(document));
            }
            for payment in payments_of(decision, &books.payments) {
                proven.ledger.push(side.of_payment(decision, payment));
            }
        }
        // Everything is sent and settled: all documents together are Shopify's current sale and VAT.
        let explained: Vec<Explained> = decisions
            .iter()
            .flat_map(|decision| decision.explained.iter().cloned())
            .collect();
        if whole && is_sent(order, &decisions) {
            let ours = life::net(&books.ledger, &books.payments);
            let theirs = life::expected(order, state.document.side);
            let named: Decimal = explained.iter().map(amount_of).sum();
            for (what, ours, theirs) in [
                ("net-sale", ours.sale, theirs.sale),
                ("net-vat", ours.vat, theirs.vat),
            ] {
                if (ours - theirs).abs() > named {
                    let text = |amount: Decimal| amount.normalize().to_string();
                    differ(None, what, text(theirs), text(ours));
                }
            }
        }
        proven.explained = explained;
        Ok(proven)
    }
}

/// What one part's entries have in common.
struct Side<'a> {
    order: &'a Order,
    date: NaiveDate,
    currency: &'a str,
}

impl Side<'_> {
    fn entry(&self, date: NaiveDate, account: Account, amount: Decimal) -> Entry {
        Entry {
            date,
            account,
            currency: self.currency.to_owned(),
            amount,
        }
    }

    fn of_shop(&self, decision: &PartDecision) -> Option<Entry> {
        // A part without a document, such as a refund that only made the order smaller, is no sale and no refund.
        if decision.documents.is_empty() {
            return None;
        }
        let amount = decision.amount?;
        let account = match decision.part.kind {
            PartKind::Invoice => Account::Sales,
            PartKind::CreditNote => Account::Refunds,
            PartKind::Payment => self.money(decision),
        };
        let sign = match decision.part.kind {
            PartKind::Payment if self.is_out(decision) => Decimal::NEGATIVE_ONE,
            _ => Decimal::ONE,
        };
        Some(self.entry(self.date, account, sign * amount.abs()))
    }

    fn of_document(&self, document: &LedgerDocument) -> Entry {
        let account = match document.kind {
            DocumentKind::CreditNote => Account::Refunds,
            _ => Account::Sales,
        };
        self.entry(document.date.unwrap_or(self.date), account, document.total)
    }

    fn of_payment(&self, decision: &PartDecision, payment: &Payment) -> Entry {
        let sign = match payment.kind {
            DocumentKind::Refund => Decimal::NEGATIVE_ONE,
            _ => Decimal::ONE,
        };
        self.entry(
            payment.date.unwrap_or(self.date),
            self.money(decision),
            sign * payment.amount,
        )
    }

    fn transaction(&self, decision: &PartDecision) -> Option<&brygga_core::shop::Transaction> {
        self.order
            .transactions
            .iter()
            .find(|one| one.id == decision.part.id)
    }

    fn money(&self, decision: &PartDecision) -> Account {
        Account::Money {
            gateway: self
                .transaction(decision)
                .map(|one| one.gateway.clone())
                .unwrap_or_default(),
        }
    }

    fn is_out(&self, decision: &PartDecision) -> bool {
        self.transaction(decision)
            .is_some_and(|one| one.kind == brygga_core::shop::TransactionKind::Refund)
    }
}

/// Is everything of the order sent, so that its sale is whole.
fn is_sent(order: &Order, decisions: &[PartDecision]) -> bool {
    let sent = |line: &str| -> u32 {
        order
            .fulfilments
            .iter()
            .flat_map(|fulfilment| &fulfilment.lines)
            .filter(|row| row.line_id == line)
            .map(|row| row.quantity)
            .sum()
    };
    let goods_sent = order
        .lines
        .iter()
        .filter(|line| line.requires_shipping)
        .all(|line| sent(&line.id) >= line.current_quantity);
    goods_sent
        && decisions.iter().any(|decision| {
            decision.part.kind == PartKind::Invoice && decision.state == PartState::Done
        })
}

fn documents_of<'a>(
    decision: &'a PartDecision,
    ledger: &'a [LedgerDocument],
) -> impl Iterator<Item = &'a LedgerDocument> {
    ledger.iter().filter(move |document| {
        decision.documents.iter().any(|link| {
            link.number == document.number
                && match link.what {
                    Linked::Invoice => document.kind == DocumentKind::Invoice,
                    Linked::CreditNote => document.kind == DocumentKind::CreditNote,
                    Linked::Order | Linked::Shipment | Linked::Payment => false,
                }
        })
    })
}

fn payments_of<'a>(
    decision: &'a PartDecision,
    payments: &'a [Payment],
) -> impl Iterator<Item = &'a Payment> {
    payments.iter().filter(move |payment| {
        decision.part.kind == PartKind::Payment
            && payment.status.is_released()
            && payment.reference.as_deref() == Some(decision.part.id.as_str())
    })
}

/// How much a named difference may move.
fn amount_of(explained: &Explained) -> Decimal {
    match explained {
        Explained::VatPerDocument { difference, .. }
        | Explained::ConvertedVat { difference, .. }
        | Explained::VatPerInvoice { difference, .. } => difference.abs(),
        Explained::RoundingLine { amount }
        | Explained::InvoiceRounding { amount }
        | Explained::RefundDifference { amount }
        | Explained::CashRounding { amount } => amount.abs(),
        Explained::PaymentRate { .. } => Decimal::ZERO,
    }
}
