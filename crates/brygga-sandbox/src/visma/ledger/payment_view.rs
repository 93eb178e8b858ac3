//! `PaymentDto`, and the list of payments. There is no filter on `paymentRef` (`facts/visma 12`).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::list::{MAX_PAGE, same, since};
use super::{Application, Document, Key, Kind, Payment, row_at, view, void};
use crate::visma::amounts::{number, round};
use crate::visma::data::text_of;
use crate::visma::erp::answer::{self, Since};
use crate::visma::exchange::{Call, Reply, object};
use crate::visma::moment;
use crate::visma::world::World;

/// The word for its state.
pub(super) fn status(world: &World, payment: &Payment) -> &'static str {
    if payment.voided.is_some() {
        return "Voided";
    }
    match (payment.released, payment.hold) {
        (false, true) => "Hold",
        (false, false) => "Balanced",
        (true, _)
            if world
                .ledger
                .balance(&payment.key(), payment.amount)
                .is_zero() =>
        {
            "Closed"
        }
        (true, _) => "Open",
    }
}

pub(super) fn one(world: &World, number: &str) -> Reply {
    if let Some(key) = world.payment_key(number) {
        let payment = world.ledger.payments.get(&key);
        return payment.map_or_else(
            || Reply::empty(404),
            |payment| {
                Reply::json(Value::Object(dto(world, payment)))
                    .with("etag", super::etag(world, &key))
            },
        );
    }
    // The ERP treats a credit note as a payment document.
    let key = (Kind::CreditNote, number.to_owned());
    match world.ledger.documents.get(&key) {
        Some(note) => {
            Reply::json(Value::Object(note_dto(world, note))).with("etag", super::etag(world, &key))
        }
        None => answer::not_found(world, "payment", number),
    }
}

pub(super) fn list(world: &World, call: &Call) -> Reply {
    let (date, modified) = match (
        Since::read(world, call, "docDate"),
        Since::read(world, call, "lastModifiedDateTime"),
    ) {
        (Ok(date), Ok(modified)) => (date, modified),
        (Err(reply), _) | (_, Err(reply)) => return reply,
    };
    let until = world.listed_until();
    let ledger = &world.ledger;
    let payments = ledger
        .payments
        .values()
        .flat_map(|payment| [&payment.listed, &payment.void_listed]);
    let deleted = ledger
        .deleted
        .iter()
        .filter(|(kind, _)| !matches!(kind, Kind::Invoice | Kind::CreditNote))
        .map(|(_, listed)| listed);
    let mut rows: Vec<Map<String, Value>> = payments
        .chain(deleted)
        .filter_map(|listed| row_at(listed, until))
        .cloned()
        .collect();
    // Credit notes are payment documents too; they lag as their own list does not here, for their rows are made afresh.
    rows.extend(
        ledger
            .documents
            .values()
            .filter(|document| {
                document.kind == Kind::CreditNote
                    && document.is_released()
                    && row_at(&document.listed, until).is_some()
            })
            .map(|note| note_dto(world, note)),
    );
    let keeps = |row: &Map<String, Value>| {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let customer = row
            .get("customer")
            .and_then(|customer| customer.get("number"))
            .and_then(Value::as_str);
        let invoice = call.param("invoiceRefNbr").is_none_or(|wanted| {
            row.get("paymentLines")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|line| line.get("refNbr").and_then(Value::as_str) == Some(wanted))
        });
        same(call, "paymentNbr", text("refNbr"))
            && same(call, "paymentType", text("type"))
            && same(call, "customer", customer)
            && same(call, "status", text("status"))
            && same(call, "branch", text("branch"))
            && same(call, "financialPeriod", text("applicationPeriod"))
            && invoice
            && since(date.as_ref(), text("applicationDate"))
            && since(modified.as_ref(), text("lastModifiedDateTime"))
    };
    rows.retain(keeps);
    answer::page(world, call, rows, MAX_PAGE)
}

/// The amounts of a payment. By the spec's words the plain name is what was entered, the other the company's currency: the other way round
/// from invoices.
struct Amounts {
    amount: Decimal,
    applied: Decimal,
    on_orders: Decimal,
    available: Decimal,
    written_off: Decimal,
    rate: Decimal,
}

impl Amounts {
    fn of(world: &World, key: &Key, amount: Decimal, on_orders: Decimal, rate: Decimal) -> Self {
        let own = || {
            world
                .ledger
                .touching(key)
                .filter(|application| application.from == *key)
        };
        Self {
            amount,
            applied: own().map(|application| application.amount).sum(),
            on_orders,
            available: world.ledger.free(key, amount) - on_orders,
            written_off: own().map(|application| application.write_off).sum(),
            rate,
        }
    }

    fn put(&self, world: &World, map: &mut Map<String, Value>) {
        let data = &world.data;
        let base = |amount: Decimal| {
            number(round(
                amount * self.rate,
                data.decimals(data.base_currency()),
            ))
        };
        map.extend(object(json!({
            "paymentAmount": number(self.amount),
            "appliedToDocuments": number(self.applied),
            "appliedToOrders": number(self.on_orders),
            "availableBalance": number(self.available),
            "writeOffAmount": number(self.written_off),
            "financeCharges": 0.0,
            "deductedCharges": 0.0,
            "paymentAmountInCurrency": base(self.amount),
            "availableBalanceInCurrency": base(self.available),
        })));
    }
}

pub(super) fn dto(world: &World, payment: &Payment) -> Map<String, Value> {
    let key = payment.key();
    let mut map = head(world, payment);
    let mut amounts = Amounts::of(
        world,
        &key,
        payment.amount,
        payment.reserved(world),
        payment.rate,
    );
    if payment.voided.is_some() {
        amounts.available = Decimal::ZERO;
    }
    amounts.put(world, &mut map);
    let lines: Vec<Value> = world
        .ledger
        .ever_touching(&key)
        .filter(|application| application.from == key && !application.voided)
        .map(|application| line(world, application, Decimal::ONE))
        .collect();
    map.insert("paymentLines".to_owned(), Value::Array(lines));
    map.insert("ordersToApply".to_owned(), orders(world, payment));
    map
}

fn head(world: &World, payment: &Payment) -> Map<String, Value> {
    let customer = world.customers.get(&payment.customer);
    object(json!({
        "type": payment.kind.word(),
        "refNbr": payment.number,
        "status": status(world, payment),
        "hold": payment.hold,
        "applicationDate": moment::local_day(payment.date),
        "applicationPeriod": payment.period,
        "paymentRef": payment.reference,
        "customer": {"number": payment.customer, "name": customer.and_then(|customer| customer.text("name"))},
        "location": {"countryId": null, "id": "Main", "name": "Hovedadresse"},
        "paymentMethod": {"id": payment.method, "description": text_of(&world.data.payment_methods, &payment.method)},
        "cashAccount": payment.cash_account,
        "currency": payment.currency,
        "invoiceText": payment.text,
        "branch": payment.branch,
        "lastModifiedDateTime": moment::local(payment.modified),
        "financialDetails": {"paymentDate": moment::local_day(payment.date)},
        "timeStamp": super::stamp_of(payment.version),
    }))
}

/// The document that took a payment back: its lines stand twice, with and without a sign
/// (recorded: `examples/visma/customerpayment_lines_response.json`).
pub(super) fn void_dto(world: &World, payment: &Payment) -> Map<String, Value> {
    let key = payment.key();
    let mut map = head(world, payment);
    map.insert("type".to_owned(), void::void_word(payment.kind).into());
    map.insert("status".to_owned(), "Closed".into());
    if let Some(date) = payment.voided {
        map.insert("applicationDate".to_owned(), moment::local_day(date).into());
        let period = world.data.period_of(date).map(|period| period.id.clone());
        map.insert("applicationPeriod".to_owned(), json!(period));
    }
    let amounts = Amounts {
        amount: -payment.amount,
        applied: Decimal::ZERO,
        on_orders: Decimal::ZERO,
        available: Decimal::ZERO,
        written_off: Decimal::ZERO,
        rate: payment.rate,
    };
    amounts.put(world, &mut map);
    let lines: Vec<Value> = world
        .ledger
        .ever_touching(&key)
        .filter(|application| application.from == key && application.voided)
        .flat_map(|application| {
            [Decimal::ONE, -Decimal::ONE].map(|sign| line(world, application, sign))
        })
        .collect();
    map.insert("paymentLines".to_owned(), Value::Array(lines));
    map.insert("ordersToApply".to_owned(), json!([]));
    map
}

/// A credit note in the shape of a payment.
fn note_dto(world: &World, note: &Document) -> Map<String, Value> {
    let key = note.key();
    let customer = world.customers.get(&note.customer);
    let mut map = object(json!({
        "type": "CreditNote",
        "refNbr": note.number,
        "status": view::status(world, note),
        "hold": note.hold,
        "applicationDate": moment::local_day(note.date),
        "applicationPeriod": note.period,
        "customer": {"number": note.customer, "name": customer.and_then(|customer| customer.text("name"))},
        "location": {"countryId": null, "id": "Main", "name": "Hovedadresse"},
        "currency": note.currency,
        "invoiceText": note.text,
        "branch": note.branch,
        "lastModifiedDateTime": moment::local(note.modified),
        "ordersToApply": [],
        "timeStamp": super::stamp_of(note.version),
    }));
    let total = note.totals(&world.data, world.round_total_to).total;
    Amounts::of(world, &key, total, Decimal::ZERO, note.rate).put(world, &mut map);
    let lines: Vec<Value> = world
        .ledger
        .touching(&key)
        .filter(|application| application.from == key)
        .map(|application| line(world, application, Decimal::ONE))
        .collect();
    map.insert("paymentLines".to_owned(), Value::Array(lines));
    map
}

fn line(world: &World, application: &Application, sign: Decimal) -> Value {
    let ledger = &world.ledger;
    let document = ledger.documents.get(&application.to);
    let payment = ledger.payments.get(&application.to);
    let total = document
        .map(|document| document.totals(&world.data, world.round_total_to).total)
        .or(payment.map(|payment| payment.amount));
    let reason = application.reason.as_deref();
    let reason = reason.map(|id| {
        let known = world.data.reason_codes.iter().find(|known| known.id == id);
        json!({"id": id, "description": known.map(|known| known.text.as_str())})
    });
    json!({
        "documentType": application.to.0.word(),
        "refNbr": application.to.1,
        "amountPaid": number(sign * application.amount),
        "cashDiscountTaken": 0.0,
        "balanceWriteOff": number(sign * application.write_off),
        "writeOffReasonCode": reason,
        "date": moment::local_day(document.map_or(application.date, |document| document.date)),
        "dueDate": document.and_then(|document| document.due).map(moment::local_day),
        "balance": total.map(|total| number(ledger.free(&application.to, total))),
        "cashDiscountBalance": 0.0,
        "description": document.and_then(|document| document.text.as_deref()),
        "currency": document.map(|document| document.currency.as_str()).or(payment.map(|payment| payment.currency.as_str())),
        "postPeriod": document.map(|document| document.period.as_str()),
        "customerOrder": document.and_then(|document| document.customer_ref.as_deref()),
        "crossRate": 1.0,
    })
}

fn orders(world: &World, payment: &Payment) -> Value {
    payment
        .orders
        .iter()
        .map(|row| {
            let order = world
                .orders
                .get(&(row.order_type.clone(), row.order_number.clone()));
            let total = order.map(|order| order.totals(&world.data, world.round_total_to).total);
            let invoice = row
                .invoice
                .as_ref()
                .and_then(|number| world.ledger.documents.get(&(Kind::Invoice, number.clone())));
            let kept = if row.keeps(world) {
                row.amount
            } else {
                Decimal::ZERO
            };
            json!({
                "orderType": row.order_type,
                "orderNo": row.order_number,
                "status": order.map(|order| order.status.as_str()),
                "appliedToOrder": number(kept),
                "transferredToInvoice": number(row.transferred),
                "date": order.map(|order| moment::local_day(order.date)),
                "balance": total.map(|total| number(total - row.amount - row.transferred)),
                "description": order.and_then(|order| order.description.as_deref()),
                "orderTotal": total.map(number),
                "currency": payment.currency,
                "invoiceNbr": row.invoice,
                "invoiceDate": invoice.map(|invoice| moment::local_day(invoice.date)),
            })
        })
        .collect()
}
