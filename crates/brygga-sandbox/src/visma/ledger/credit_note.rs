//! What is special about credit notes: they are applied like payments, and they can be made of an invoice (`facts/visma 10, 16`).

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::apply::{self, Source};
use super::{Document, Key, Kind, Refusal, open_period, release, today};
use crate::visma::world::World;

/// A credit note as what is applied to invoices.
pub(super) fn source(document: &Document, total: Decimal) -> Source<'_> {
    Source {
        key: document.key(),
        customer: &document.customer,
        currency: &document.currency,
        total,
        reserved: Decimal::ZERO,
        date: document.date,
    }
}

/// `PUT /v1/customerPayment/{number of a credit note}`: only what it is applied to can be set there.
pub(super) fn apply_as_payment(
    world: &mut World,
    input: &Map<String, Value>,
    key: &Key,
) -> Result<Key, Refusal> {
    let word = super::body::word(input, "type");
    if word.is_some_and(|word| word != Kind::CreditNote.word()) {
        return Err(Refusal::unknown("RefNbr", &key.1));
    }
    let Some(document) = world.ledger.documents.get(key).cloned() else {
        return Err(Refusal::unknown("RefNbr", &key.1));
    };
    let Some(booked) = &document.booked else {
        return Err(Refusal::new(
            "The credit note is not released and cannot be applied.",
        ));
    };
    let mark = world.ledger.mark(key);
    let source = source(&document, booked.total);
    if let Err(refusal) = apply::rows(world, &source, input, "paymentLines") {
        world.ledger.back_to(mark);
        return Err(refusal);
    }
    if world.ledger.apply_at_once {
        release::applications(world, key);
    }
    let others: Vec<Key> = world
        .ledger
        .touching(key)
        .map(|application| application.to.clone())
        .collect();
    world.touch(key);
    for other in others {
        world.relist(&other);
    }
    Ok(key.clone())
}

/// The credit note that takes an invoice back, line by line.
pub(super) fn reversal(world: &mut World, key: &Key) -> Result<Key, Refusal> {
    let Some(invoice) = world.ledger.documents.get(key).cloned() else {
        return Err(Refusal::unknown("RefNbr", &key.1));
    };
    let Some(booked) = &invoice.booked else {
        return Err(Refusal::new(
            "The document is not released and cannot be reversed.",
        ));
    };
    let date = today(world);
    let exact = booked
        .rows
        .iter()
        .map(|row| super::ExactTax {
            vat_id: row.vat_id.clone(),
            taxable: Some(row.taxable),
            tax: Some(row.tax),
        })
        .collect();
    let mut lines = invoice.lines.clone();
    for line in &mut lines {
        line.order = None;
    }
    let number = world.next_document_number(Kind::CreditNote);
    let note = Document {
        kind: Kind::CreditNote,
        number,
        booked: None,
        hold: false,
        date,
        due: None,
        orig_date: Some(invoice.date),
        period: open_period(world, date)?,
        terms: None,
        payment_method: None,
        lines,
        exact,
        created: world.now,
        listed: Vec::new(),
        ..invoice
    };
    Ok(world.put_document(note))
}
