//! Putting documents in the books: release of invoices, credit notes and payments, and of what they are applied to
//! (`booking-rules 6, 7, 8`, `facts/visma 10, 12, 16`).

use rust_decimal::Decimal;

use super::{Application, Key, Kind, Refusal, body, invoice, open_period, posting, precondition};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::ledger::RELEASE_PAYMENT;
use crate::visma::world::World;

/// `POST .../action/release` of an invoice or credit note.
pub(super) fn document_action(world: &mut World, call: &Call, kind: Kind, number: &str) -> Reply {
    let key = (kind, number.to_owned());
    if !world.ledger.documents.contains_key(&key) {
        return answer::not_found(world, invoice::name(kind), number);
    }
    if let Err(reply) = precondition(world, call, &key) {
        return reply;
    }
    start(world, key, "document")
}

/// `POST /v1/customerPayment/{number}/action/release`: the body names the type, wrapped (`facts/visma 6`).
pub(super) fn payment_action(world: &mut World, call: &Call, number: &str) -> Reply {
    let key = match payment_of(world, call, number) {
        Ok(key) => key,
        Err(reply) => return reply,
    };
    start(world, key, "payment")
}

fn payment_of(world: &World, call: &Call, number: &str) -> Result<Key, Reply> {
    let input = body::read(world, call, RELEASE_PAYMENT, "ReleasePaymentActionDto")?;
    let word = body::word(&input, "type").unwrap_or_default();
    let key = Kind::of_word(word)
        .map(|kind| (kind, number.to_owned()))
        .filter(|key| {
            world.ledger.payments.contains_key(key)
                || (key.0 == Kind::CreditNote && world.ledger.documents.contains_key(key))
        })
        .ok_or_else(|| answer::not_found(world, "payment", number))?;
    precondition(world, call, &key)?;
    Ok(key)
}

fn start(world: &mut World, key: Key, what: &str) -> Reply {
    match now(world, &key) {
        Ok(()) => Reply::json(answer::action(world, "Done")),
        Err(Refusal(text)) => answer::error(
            world,
            400,
            &format!("Error releasing {what}. Error: {text}"),
        ),
    }
}

/// Releases a document or a payment.
pub(super) fn now(world: &mut World, key: &Key) -> Result<(), Refusal> {
    check(world, key)?;
    if world.ledger.payments.contains_key(key) {
        release_payment(world, key);
    } else {
        release_document(world, key);
    }
    Ok(())
}

fn has_pending(world: &World, key: &Key) -> bool {
    world
        .ledger
        .touching(key)
        .any(|application| application.from == *key && !application.released)
}

fn check(world: &World, key: &Key) -> Result<(), Refusal> {
    let invalid = || Refusal::new("Document status is invalid for processing.");
    let on_hold = || Refusal::new("The document is on hold and cannot be released.");
    if let Some(payment) = world.ledger.payments.get(key) {
        if payment.voided.is_some() || (payment.released && !has_pending(world, key)) {
            return Err(invalid());
        }
        if payment.hold {
            return Err(on_hold());
        }
        open_period(world, payment.date)?;
        // `facts/visma 16`: a refund must be fully applied before release.
        let applied: Decimal = world
            .ledger
            .touching(key)
            .filter(|application| application.from == *key)
            .map(|application| application.amount)
            .sum();
        if payment.kind == Kind::Refund && applied != payment.amount {
            return Err(Refusal::new(format!(
                "The refund must be fully applied before it is released: {applied} of {} is applied.",
                payment.amount
            )));
        }
        return still_open(world, key);
    }
    let Some(document) = world.ledger.documents.get(key) else {
        return Err(invalid());
    };
    if document.is_released() {
        // A credit note that is in the books is released again for what it was applied to since.
        if document.kind == Kind::CreditNote && has_pending(world, key) {
            return still_open(world, key);
        }
        return Err(invalid());
    }
    if document.hold {
        return Err(on_hold());
    }
    match world
        .data
        .periods
        .iter()
        .find(|period| period.id == document.period)
    {
        Some(period) => open_period(world, period.from)?,
        None => open_period(world, document.date)?,
    };
    if document.totals(&world.data, world.round_total_to).total < Decimal::ZERO {
        return Err(Refusal::new(
            "The document balance will become negative. The document will not be released.",
        ));
    }
    still_open(world, key)
}

/// What it is applied to must still have the balance.
fn still_open(world: &World, key: &Key) -> Result<(), Refusal> {
    for application in world
        .ledger
        .touching(key)
        .filter(|application| application.from == *key && !application.released)
    {
        let total = world
            .ledger
            .documents
            .get(&application.to)
            .and_then(|document| document.booked.as_ref())
            .map(|booked| booked.total)
            .or_else(|| {
                world
                    .ledger
                    .payments
                    .get(&application.to)
                    .filter(|payment| payment.released && payment.voided.is_none())
                    .map(|payment| payment.amount)
            });
        let open = total.map(|total| world.ledger.balance(&application.to, total));
        if open.is_none_or(|open| open < application.amount + application.write_off) {
            return Err(Refusal::unknown("AdjdRefNbr", &application.to.1));
        }
    }
    Ok(())
}

fn release_document(world: &mut World, key: &Key) {
    let Some(document) = world.ledger.documents.get(key) else {
        return;
    };
    if !document.is_released() {
        let booked = document.totals(&world.data, world.round_total_to);
        if let Some(document) = world.ledger.documents.get_mut(key) {
            document.booked = Some(booked);
        }
        posting::document(world, key);
        if key.0 == Kind::Invoice {
            from_orders(world, key);
        }
    }
    applications(world, key);
    world.touch(key);
}

fn release_payment(world: &mut World, key: &Key) {
    let new = world.ledger.payments.get_mut(key).is_some_and(|payment| {
        let new = !payment.released;
        payment.released = true;
        new
    });
    if new {
        posting::payment(world, key);
    }
    applications(world, key);
    world.touch(key);
}

/// Brings everything that a document is applied to into the books.
pub(super) fn applications(world: &mut World, key: &Key) {
    let mut released = Vec::new();
    for application in world.ledger.applied_by_mut(key) {
        if !application.released {
            application.released = true;
            released.push(application.clone());
        }
    }
    for application in released {
        posting::application(world, &application, false);
        world.touch(&application.to);
    }
}

/// Money kept for the orders of an invoice follows to it, up to its total (`facts/visma 16`). Money that is released after the invoice
/// does not follow any more: it stays available.
fn from_orders(world: &mut World, key: &Key) {
    let Some(invoice) = world.ledger.documents.get(key) else {
        return;
    };
    let orders: Vec<(String, String)> = invoice
        .lines
        .iter()
        .filter_map(|line| line.order.as_ref())
        .map(|order| (order.order_type.clone(), order.order_number.clone()))
        .collect();
    let date = invoice.date;
    let total = invoice
        .booked
        .as_ref()
        .map_or(Decimal::ZERO, |booked| booked.total);
    let payments: Vec<Key> = world
        .ledger
        .payments
        .iter()
        .filter(|(_, payment)| payment.released && payment.voided.is_none())
        .filter(|(_, payment)| {
            payment.orders.iter().any(|row| {
                !row.amount.is_zero()
                    && orders.iter().any(|(kind, number)| {
                        row.order_type == *kind && row.order_number == *number
                    })
            })
        })
        .map(|(key, _)| key.clone())
        .collect();
    for from in payments {
        let mut open = world.ledger.free(key, total);
        let mut moved = Decimal::ZERO;
        let mut paid_on = date;
        if let Some(payment) = world.ledger.payments.get_mut(&from) {
            paid_on = payment.date.max(date);
            for row in payment.orders.iter_mut().filter(|row| {
                orders
                    .iter()
                    .any(|(kind, number)| row.order_type == *kind && row.order_number == *number)
            }) {
                let part = row.amount.min(open);
                if part > Decimal::ZERO {
                    row.amount -= part;
                    row.transferred += part;
                    row.invoice = Some(key.1.clone());
                    open -= part;
                    moved += part;
                }
            }
        }
        if moved > Decimal::ZERO {
            let application = Application {
                from: from.clone(),
                to: key.clone(),
                amount: moved,
                write_off: Decimal::ZERO,
                reason: None,
                released: true,
                voided: false,
                gone: false,
                date: paid_on,
            };
            world.ledger.apply(application.clone());
            posting::application(world, &application, false);
            world.touch(&from);
        }
    }
}
