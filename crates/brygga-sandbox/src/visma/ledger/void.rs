//! `POST /v1/customerPayment/{number}/action/void`: takes a payment back by a document of the same number (`facts/visma 12`).

use serde_json::Value;

use super::{Key, Kind, Refusal, open_period, payment_view, posting, precondition, today};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply, object};
use crate::visma::shape::ledger::VOID_PAYMENT;
use crate::visma::world::World;

pub(super) fn action(world: &mut World, call: &Call, number: &str) -> Reply {
    // Plain values here, unlike in a release.
    let input = match super::body::read(world, call, VOID_PAYMENT, "VoidPaymentActionDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    let word = input
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let key = Kind::of_word(word)
        .map(|kind| (kind, number.to_owned()))
        .filter(|key| world.ledger.payments.contains_key(key));
    let Some(key) = key else {
        return answer::not_found(world, "payment", number);
    };
    if let Err(reply) = precondition(world, call, &key) {
        return reply;
    }
    if let Err(Refusal(text)) = now(world, &key) {
        return answer::error(world, 400, &format!("Error voiding payment. Error: {text}"));
    }
    let mut result = object(answer::action(world, "Done"));
    result.insert("type".to_owned(), void_word(key.0).into());
    result.insert("refNbr".to_owned(), key.1.clone().into());
    let wanted = input.get("returnVoidPayment").and_then(Value::as_bool) == Some(true);
    let shown = world.ledger.payments.get(&key).filter(|_| wanted);
    let shown = shown.map_or(Value::Null, |payment| {
        Value::Object(payment_view::void_dto(world, payment))
    });
    result.insert("voidPayment".to_owned(), shown);
    Reply::json(Value::Object(result))
}

/// The type of the document that takes a payment back.
pub(super) fn void_word(kind: Kind) -> &'static str {
    if kind == Kind::Refund {
        "VoidRefund"
    } else {
        "VoidPayment"
    }
}

/// Takes a released payment back: what it was applied to is open again, what it kept for orders is free. Whether the real one leaves the
/// document that does it unreleased is not verified; here it is in the books at once.
pub(super) fn now(world: &mut World, key: &Key) -> Result<(), Refusal> {
    let today = today(world);
    open_period(world, today)?;
    let ready = world
        .ledger
        .payments
        .get(key)
        .is_some_and(|payment| payment.released && payment.voided.is_none());
    if !ready {
        return Err(Refusal::new("Document status is invalid for processing."));
    }
    // Money that was paid back must not be taken back a second time.
    if world
        .ledger
        .touching(key)
        .any(|application| application.to == *key)
    {
        return Err(Refusal::new(
            "The payment is refunded and cannot be voided.",
        ));
    }
    let mut taken_back = Vec::new();
    for application in world.ledger.applied_by_mut(key) {
        if application.released {
            application.voided = true;
            taken_back.push(application.clone());
        } else {
            application.gone = true;
        }
    }
    for application in &taken_back {
        posting::application(world, application, true);
    }
    posting::payment_back(world, key, today);
    if let Some(payment) = world.ledger.payments.get_mut(key) {
        payment.voided = Some(today);
        for row in &mut payment.orders {
            row.amount = rust_decimal::Decimal::ZERO;
        }
    }
    world.touch(key);
    for application in taken_back {
        world.touch(&application.to);
    }
    Ok(())
}
