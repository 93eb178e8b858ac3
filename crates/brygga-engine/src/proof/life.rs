//! The proof of what an order has become: invoices, credit notes and payments, read afresh from both sides (`booking-rules` 11).

use brygga_core::booking::life::{self, Linked, PartDecision, PartKind, PartState};
use brygga_core::booking::{BookedState, Explained};
use brygga_core::erp::{DocumentKind, LedgerDocument, Payment, Shipment};
use brygga_core::proof::{Difference, Entry, Placed, misplaced};
use brygga_core::settings::ClosedPeriod;
use brygga_core::shop::Order;
use brygga_core::{Decimal, Problem};
use brygga_store::RecordState;
use chrono::NaiveDate;

use super::Proven;
use super::side::Side;
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
        let mut placed: Vec<Placed> = Vec::new();
        // Refunds that are left out, each with its reason: in Shopify's figures, and not in the books.
        let mut left_out = life::Sums::default();
        for decision in &decisions {
            let is_booked = self
                .store
                .record(&record_of(&decision.part))?
                .is_some_and(|row| row.state == RecordState::Booked);
            match &decision.state {
                PartState::Done => {}
                PartState::Skipped(_) => {
                    let refund = order
                        .refunds
                        .iter()
                        .find(|one| one.id == decision.part.id)
                        .filter(|_| decision.part.kind == PartKind::CreditNote);
                    if let Some(refund) = refund {
                        let off = life::taken_off(order, refund, state.document.side);
                        left_out.sale += off.sale;
                        left_out.vat += off.vat;
                    }
                    continue;
                }
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
            let happened = at.with_timezone(&setup.shop.time_zone).date_naive();
            let documents: Vec<_> = documents_of(decision, &books.ledger).collect();
            let payments: Vec<_> = payments_of(decision, &books.payments).collect();
            let dates = documents
                .iter()
                .map(|document| (document.number.as_str(), document.date))
                .chain(
                    payments
                        .iter()
                        .map(|payment| (payment.number.as_str(), payment.date)),
                );
            let mut date = happened;
            for (number, stored) in dates {
                placed.extend(stored.map(|date| Placed {
                    number: number.to_owned(),
                    date,
                }));
                let Some(stored) = stored.filter(|stored| *stored != happened) else {
                    continue;
                };
                // Named, one by one: a period that was closed, or goods that had left before the shop told of them.
                let closed = stored > happened
                    && setup.settings.closed_period == ClosedPeriod::FirstOpenDay
                    && !setup
                        .catalogue
                        .period(happened)
                        .is_some_and(|period| period.open);
                if closed || sent_on(decision, &books.shipments, stored) {
                    date = stored;
                    proven.dated.push(Difference {
                        order: order.name.clone(),
                        document: Some(number.to_owned()),
                        what: "dated-otherwise".to_owned(),
                        shopify: happened.to_string(),
                        visma: stored.to_string(),
                    });
                }
            }
            let side = Side {
                order,
                state,
                date,
                currency: &currency,
                settings: &setup.settings,
            };
            let mut shop = side.of_shop(decision);
            let mut stored: Vec<Entry> = documents
                .into_iter()
                .flat_map(|document| side.of_document(document))
                .collect();
            side.name_cents(decision, &mut shop, &mut stored);
            side.name_vat(decision, &mut shop, &mut stored);
            proven.shop.extend(shop);
            proven.ledger.extend(stored);
            for payment in payments {
                proven.ledger.extend(side.of_payment(decision, payment));
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
            let in_sale: Decimal = explained.iter().map(moves_sale).sum();
            let in_vat: Decimal = explained.iter().map(moves_vat).sum();
            for (what, ours, theirs, named) in [
                ("net-sale", ours.sale, theirs.sale + left_out.sale, in_sale),
                ("net-vat", ours.vat, theirs.vat + left_out.vat, in_vat),
            ] {
                if (ours - theirs).abs() > named {
                    let text = |amount: Decimal| amount.normalize().to_string();
                    differ(None, what, text(theirs), text(ours));
                }
            }
        }
        let elsewhere = misplaced(&order.name, &proven.shop, &proven.ledger, &placed);
        proven.differences.extend(elsewhere);
        proven.explained = explained;
        Ok(proven)
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

/// Did what the part has on a shipment leave on this day: a shipment that was there before the shop told of it keeps its date.
fn sent_on(decision: &PartDecision, shipments: &[Shipment], day: NaiveDate) -> bool {
    shipments.iter().any(|shipment| {
        shipment.date == Some(day)
            && decision
                .documents
                .iter()
                .any(|link| link.what == Linked::Shipment && link.number == shipment.number)
    })
}

/// How much a named difference may move the sale.
fn moves_sale(explained: &Explained) -> Decimal {
    match explained {
        Explained::RoundingLine { amount }
        | Explained::InvoiceRounding { amount }
        | Explained::RefundDifference { amount }
        | Explained::CashRounding { amount } => amount.abs(),
        Explained::VatPerDocument { difference, .. }
        | Explained::ConvertedVat { difference, .. }
        | Explained::VatPerInvoice { difference, .. } => difference.abs(),
        Explained::PaymentRate { .. } => Decimal::ZERO,
    }
}

/// How much it may move the VAT: roundings have none.
fn moves_vat(explained: &Explained) -> Decimal {
    match explained {
        Explained::VatPerDocument { difference, .. }
        | Explained::ConvertedVat { difference, .. }
        | Explained::VatPerInvoice { difference, .. } => difference.abs(),
        Explained::RefundDifference { amount } => amount.abs(),
        Explained::RoundingLine { .. }
        | Explained::InvoiceRounding { .. }
        | Explained::CashRounding { .. }
        | Explained::PaymentRate { .. } => Decimal::ZERO,
    }
}
