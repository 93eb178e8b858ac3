//! Fulfilments to invoices: by shipment and sales order, by an order of behaviour Invoice, or directly (`booking-rules` 3 and 6).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::consignment::{Expected, Leg, has_services, legs};
use super::ground::{Life, link, order_link};
use super::shipping::{self, Busy, assign, busy, invoice_number};
use super::{
    LifeStep, Linked, PartDecision, PartLink, PartRef, PartState, direct, edits, fulfil, gate,
};
use crate::booking::gate::Explained;
use crate::code::{Code, Problem};
use crate::erp::{BookedOrder, DocumentKind, LedgerDocument, LedgerStatus, OrderNumber, Shipment};

/// The invoices of an order: its legs, and the shipment of each.
pub(super) struct Invoices<'a> {
    pub(super) legs: Vec<Leg>,
    shipments: Vec<Option<&'a Shipment>>,
}

impl<'a> Invoices<'a> {
    pub(super) fn of(life: &Life<'a>) -> Result<Self, Problem> {
        let legs = legs(life, &|order, legs| {
            let shipments = assign(life, legs);
            legs.iter().zip(&shipments).position(|(leg, shipment)| {
                leg.order.as_ref() == Some(order)
                    && shipment
                        .and_then(|shipment| invoice_number(shipment, order))
                        .and_then(|number| life.document(&DocumentKind::Invoice, number))
                        .is_some_and(|document| has_services(life, document, order))
            })
        })?;
        let shipments = assign(life, &legs);
        Ok(Self { legs, shipments })
    }

    /// The number of the invoice that a leg is on.
    fn number(&self, life: &Life<'a>, index: usize) -> Option<&'a str> {
        let leg = self.legs.get(index)?;
        let Some(order) = &leg.order else {
            return direct::invoice(life, &leg.part)
                .ok()
                .flatten()
                .map(|document| document.number.as_str());
        };
        match self.shipments.get(index).copied().flatten() {
            Some(shipment) => invoice_number(shipment, order),
            None if leg.goods(life).is_empty() => {
                order_document(life, &DocumentKind::Invoice, order).map(|one| one.number.as_str())
            }
            None => None,
        }
    }

    /// The released invoices of the order, each once, in time order.
    pub(super) fn released(&self, life: &Life<'a>) -> Vec<&'a LedgerDocument> {
        let mut found: Vec<&'a LedgerDocument> = Vec::new();
        for index in 0..self.legs.len() {
            if let Some(document) = self.document(life, index)
                && document.status.is_released()
                && found.iter().all(|known| known.number != document.number)
            {
                found.push(document);
            }
        }
        found
    }

    /// What the released invoices have more than their shares come to now: cents within the limit.
    pub(super) fn drift(&self, life: &Life<'a>) -> Decimal {
        let limit = life.unit() * Decimal::from(life.ground.settings.rounding_limit);
        let mut drift = Decimal::ZERO;
        for document in self.released(life) {
            let mut expected = Expected::default();
            for (index, leg) in self.legs.iter().enumerate() {
                if self
                    .document(life, index)
                    .is_some_and(|known| known.number == document.number)
                {
                    expected.total += Expected::of(&leg.shares).total;
                    direct::add_cash_rounding(life, leg, &self.legs, &mut expected);
                }
            }
            let more = document.total - expected.total;
            if more.abs() <= limit {
                drift += more;
            }
        }
        drift
    }

    pub(super) fn document(&self, life: &Life<'a>, index: usize) -> Option<&'a LedgerDocument> {
        let leg = self.legs.get(index)?;
        if leg.order.is_some() {
            return self
                .number(life, index)
                .and_then(|number| life.document(&DocumentKind::Invoice, number));
        }
        if life.is_invoice_order() {
            direct::invoice_order_document(life, &leg.part)
        } else {
            direct::invoice(life, &leg.part).ok().flatten()
        }
    }

    /// Where a fulfilment stands.
    pub(super) fn decide(
        &self,
        life: &Life<'a>,
        part: PartRef,
        at: Option<DateTime<Utc>>,
    ) -> PartDecision {
        let mut decision = PartDecision::new(part.clone(), PartState::Done, at);
        let mine: Vec<usize> = (0..self.legs.len())
            .filter(|index| self.legs.get(*index).is_some_and(|leg| leg.part == part))
            .collect();
        if mine.is_empty() {
            decision.state = self.without_leg(life);
            return decision;
        }
        let mut amount = Decimal::ZERO;
        for index in mine {
            let Some(leg) = self.legs.get(index) else {
                continue;
            };
            amount += Expected::of(&leg.shares).total;
            decision.count(&leg.shares);
            if let Some(amount) =
                direct::cash_rounding(life).filter(|_| direct::is_first(leg, &self.legs))
            {
                decision.explained.push(Explained::CashRounding { amount });
            }
            let state = self
                .leg(
                    life,
                    index,
                    leg,
                    &mut decision.documents,
                    &mut decision.explained,
                )
                .unwrap_or_else(|problem| Some(PartState::Held(problem)));
            if let Some(state) = state
                && decision.state == PartState::Done
            {
                decision.state = state;
            }
        }
        decision.amount = Some(amount);
        decision
    }

    /// A fulfilment whose lines all go on another invoice.
    fn without_leg(&self, life: &Life<'a>) -> PartState {
        let first = (0..self.legs.len())
            .filter_map(|index| self.document(life, index))
            .any(|document| document.status.is_released());
        if first || life.components.is_empty() {
            PartState::Done
        } else {
            PartState::Waiting(life.problem(Code::WaitingFirstShipment), None)
        }
    }

    fn leg(
        &self,
        life: &Life<'a>,
        index: usize,
        leg: &Leg,
        documents: &mut Vec<PartLink>,
        explained: &mut Vec<Explained>,
    ) -> Result<Option<PartState>, Problem> {
        let Some(number) = &leg.order else {
            if life.is_sales_order() {
                return edits::supplement(life, leg, &self.legs);
            }
            let mut expected = Expected::of(&leg.shares);
            direct::add_cash_rounding(life, leg, &self.legs, &mut expected);
            return if life.is_invoice_order() {
                direct::by_invoice_order(life, leg, &self.legs, documents, explained)
            } else {
                direct::by_direct_invoice(life, leg, &self.legs, documents, explained)
            };
        };
        let order = life
            .sales_order(number)
            .ok_or_else(|| Problem::new(Code::DocumentGone).with("document", number))?;
        if life.base.is_some_and(|base| base.number != *number) {
            documents.push(link(&leg.part, Linked::Order, order_link(number)));
        }
        let wanted = leg.goods(life);
        let shipment = self.shipments.get(index).copied().flatten();
        if !wanted.is_empty() {
            let Some(shipment) = shipment else {
                let busy = busy(life, number, None, &self.shipments);
                return shipping::create(life, order, leg, busy).map(Some);
            };
            documents.push(link(&leg.part, Linked::Shipment, &shipment.number));
            let wanted = self.on_shipment(life, number, shipment);
            if let Some(state) = shipping::next(life, order, shipment, &wanted) {
                return Ok(Some(state));
            }
        }
        let Some(invoice) = self.number(life, index) else {
            return self.prepare(life, order, leg, shipment).map(Some);
        };
        documents.push(link(&leg.part, Linked::Invoice, invoice));
        let Some(document) = life.document(&DocumentKind::Invoice, invoice) else {
            return Ok(Some(PartState::Waiting(
                Problem::new(Code::WaitingDocument).with("document", invoice),
                None,
            )));
        };
        // One invoice may hold several shipments: all their shares are on it.
        let on_it: Vec<&Leg> = (0..self.legs.len())
            .filter(|other| self.number(life, *other) == Some(invoice))
            .filter_map(|other| self.legs.get(other))
            .collect();
        let mut expected = Expected::of(on_it.iter().flat_map(|leg| &leg.shares));
        for leg in &on_it {
            if let Some(state) = direct::cash_rounding_line(life, leg, &self.legs, document)? {
                return Ok(Some(state));
            }
            direct::add_cash_rounding(life, leg, &self.legs, &mut expected);
        }
        let (state, named) = gate::release(life, document, &expected, gate::Vat::Anew)?;
        explained.extend(named);
        if state.is_some() && document.status == LedgerStatus::Balanced {
            in_period(life, document, fulfil::left_on(life, leg, shipment))?;
        }
        Ok(state)
    }

    /// Units of a sales order that all its legs have on one shipment: where Visma.net ships, one may be sent from several
    /// locations of the shop.
    fn on_shipment(
        &self,
        life: &Life<'a>,
        order: &OrderNumber,
        shipment: &Shipment,
    ) -> BTreeMap<String, u32> {
        let mut units = BTreeMap::new();
        for (leg, there) in self.legs.iter().zip(&self.shipments) {
            if leg.order.as_ref() == Some(order)
                && there.is_some_and(|there| there.number == shipment.number)
            {
                for (link, more) in leg.goods(life) {
                    *units.entry(link).or_insert(0) += more;
                }
            }
        }
        units
    }

    fn prepare(
        &self,
        life: &Life<'a>,
        order: &BookedOrder,
        leg: &Leg,
        shipment: Option<&Shipment>,
    ) -> Result<PartState, Problem> {
        match busy(life, &order.number, shipment, &self.shipments) {
            Busy::No => {}
            Busy::ByStranger => return Err(shipping::differs(life, order)),
            Busy::ByUntold => {
                return Ok(PartState::Waiting(
                    life.problem(Code::WaitingForFulfilment),
                    None,
                ));
            }
            Busy::ByEarlier => {
                // The earliest confirmed one makes the invoice, and takes the others along.
                let first = self
                    .legs
                    .iter()
                    .zip(&self.shipments)
                    .find(|(other, there)| {
                        other.order.as_ref() == Some(&order.number)
                            && there
                                .is_some_and(|there| invoice_number(there, &order.number).is_none())
                    });
                if first.is_some_and(|(first, _)| first.part != leg.part) {
                    return Ok(PartState::Waiting(
                        life.problem(Code::WaitingEarlierPart),
                        None,
                    ));
                }
            }
        }
        prepare(life, order, fulfil::left_on(life, leg, shipment))
    }
}

/// The date, then the invoice or credit note of what is confirmed.
pub(super) fn prepare(
    life: &Life<'_>,
    order: &BookedOrder,
    day: NaiveDate,
) -> Result<PartState, Problem> {
    let date = life.open_day(day)?;
    let number = order.number.clone();
    Ok(PartState::Next(if order.invoice_date == Some(date) {
        LifeStep::PrepareInvoice { order: number }
    } else {
        LifeStep::SetInvoiceDate {
            order: number,
            date,
        }
    }))
}

/// The invoice or credit note of a sales order that needs no shipment.
pub(super) fn order_document<'a>(
    life: &Life<'a>,
    kind: &DocumentKind,
    order: &OrderNumber,
) -> Option<&'a LedgerDocument> {
    life.books.ledger.iter().find(|document| {
        document.kind == *kind
            && document.status != LedgerStatus::Voided
            && document
                .lines
                .iter()
                .any(|line| line.order.as_ref() == Some(order))
    })
}

/// A document dated in another month than its goods left would be VAT of another term (`booking-rules` 6).
fn in_period(life: &Life<'_>, document: &LedgerDocument, day: NaiveDate) -> Result<(), Problem> {
    let wanted = life.open_day(day)?;
    let Some(date) = document.date else {
        return Ok(());
    };
    let catalogue = life.ground.catalogue;
    let period = |date| catalogue.period(date).map(|period| &period.id);
    if period(date) == period(wanted) {
        return Ok(());
    }
    Err(Problem::new(Code::InvoiceDiffers)
        .with("document", gate::shown(document))
        .with("field", "date")
        .with("ours", wanted)
        .with("theirs", date))
}
