//! What people do in the ledger on the screens.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Key, Kind, Refusal, body, invoice, payment, release, void};
use crate::visma::exchange::object;
use crate::visma::shape::ledger::{CREDIT_NOTE, INVOICE};
use crate::visma::world::World;

/// The key of an invoice, credit note or payment by the word of its kind.
pub(crate) fn key(kind: &str, number: &str) -> Result<Key, Refusal> {
    Kind::of_word(kind)
        .map(|kind| (kind, number.to_owned()))
        .ok_or_else(|| Refusal::unknown("DocType", kind))
}

/// Puts it in the books.
pub(crate) fn release(world: &mut World, key: &Key) -> Result<(), Refusal> {
    release::now(world, key)
}

/// Changes an invoice or credit note that is not in the books; the body is that of the API.
pub(crate) fn edit(world: &mut World, key: &Key, with: &Map<String, Value>) -> Result<(), Refusal> {
    let fields = if key.0 == Kind::CreditNote {
        CREDIT_NOTE
    } else {
        INVOICE
    };
    body::check(&Value::Object(with.clone()), fields).map_err(Refusal::new)?;
    invoice::revise(world, key, with)
}

/// Deletes what is not in the books.
pub(crate) fn delete(world: &mut World, key: &Key) -> Result<(), Refusal> {
    world.drop_from_ledger(key)
}

/// Takes a released payment back.
pub(crate) fn void(world: &mut World, key: &Key) -> Result<(), Refusal> {
    void::now(world, key)
}

/// Books money from the bank on an invoice: all of its balance, or a part.
pub(crate) fn pay(
    world: &mut World,
    number: &str,
    cash_account: &str,
    amount: Option<Decimal>,
    date: Option<NaiveDate>,
) -> Result<String, Refusal> {
    let key = (Kind::Invoice, number.to_owned());
    let (customer, total) = world
        .ledger
        .documents
        .get(&key)
        .and_then(|document| Some((document.customer.clone(), document.booked.as_ref()?.total)))
        .ok_or_else(|| Refusal::unknown("AdjdRefNbr", number))?;
    let amount = amount.unwrap_or_else(|| world.ledger.free(&key, total));
    let method = world
        .data
        .cash_account(cash_account)
        .and_then(|account| account.methods.first().cloned());
    let text = amount.to_string();
    let mut input = object(json!({
        "type": {"value": "Payment"},
        "customer": {"value": customer},
        "cashAccount": {"value": cash_account},
        "paymentMethod": {"value": method},
        "paymentRef": {"value": format!("BANK {number}")},
        "paymentAmount": {"value": text},
        "paymentLines": [{"operation": "Insert", "documentType": {"value": "Invoice"}, "refNbr": {"value": number}, "amountPaid": {"value": text}}],
    }));
    if let Some(date) = date {
        input.insert(
            "applicationDate".to_owned(),
            json!({"value": date.to_string()}),
        );
    }
    let made = payment::make(world, &input)?;
    release::now(world, &made)?;
    Ok(made.1)
}
