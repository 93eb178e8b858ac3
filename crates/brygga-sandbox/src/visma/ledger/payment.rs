//! Customer payments: money in before and after the invoice, and money back (`booking-rules 7, 8, 12`, `facts/visma 12, 16`).

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::apply::{self, Source};
use super::body::{self, Operation};
use super::{Key, Kind, Listed, Refusal, open_period, payment_view, release, today, write};
use crate::visma::amounts::round;
use crate::visma::data::has;
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::ledger::PAYMENT;
use crate::visma::world::World;

/// One payment, prepayment or refund. Its amount is above zero in all.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) kind: Kind,
    pub(crate) number: String,
    pub(crate) hold: bool,
    /// In the books.
    pub(crate) released: bool,
    /// Taken back on that day, by a document of the same number.
    pub(crate) voided: Option<NaiveDate>,
    pub(crate) customer: String,
    pub(crate) method: String,
    pub(crate) cash_account: String,
    pub(crate) currency: String,
    pub(crate) amount: Decimal,
    pub(crate) date: NaiveDate,
    /// `YYYYMM`.
    pub(crate) period: String,
    /// Units of the company's currency for one of the payment's: always the table's, payments carry none of their own.
    pub(crate) rate: Decimal,
    /// `paymentRef`.
    pub(crate) reference: String,
    pub(crate) text: Option<String>,
    pub(crate) branch: String,
    pub(crate) orders: Vec<Reserved>,
    pub(crate) modified: DateTime<Utc>,
    pub(crate) version: u64,
    pub(crate) listed: Listed,
    /// Rows of the document that took it back.
    pub(crate) void_listed: Listed,
}

/// Money kept for a sales order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) order_type: String,
    pub(crate) order_number: String,
    /// Still kept.
    pub(crate) amount: Decimal,
    /// Went to invoices of the order when they were released.
    pub(crate) transferred: Decimal,
    pub(crate) invoice: Option<String>,
}

impl Payment {
    pub(crate) fn key(&self) -> Key {
        (self.kind, self.number.clone())
    }

    /// What is kept for orders that are still to be invoiced; a cancelled or deleted order keeps nothing.
    pub(crate) fn reserved(&self, world: &World) -> Decimal {
        self.orders
            .iter()
            .filter(|row| row.keeps(world))
            .map(|row| row.amount)
            .sum()
    }

    /// Applied to nothing and kept for nothing.
    pub(crate) fn available(&self, world: &World) -> Decimal {
        if self.voided.is_some() {
            return Decimal::ZERO;
        }
        world.ledger.free(&self.key(), self.amount) - self.reserved(world)
    }

    /// The word for its state.
    pub(crate) fn state(&self, world: &World) -> &'static str {
        payment_view::status(world, self)
    }

    fn source(&self, world: &World) -> Source<'_> {
        Source {
            key: self.key(),
            customer: &self.customer,
            currency: &self.currency,
            total: self.amount,
            reserved: self.reserved(world),
            date: self.date,
        }
    }
}

impl Reserved {
    pub(crate) fn keeps(&self, world: &World) -> bool {
        world
            .orders
            .get(&(self.order_type.clone(), self.order_number.clone()))
            .is_some_and(|order| order.status != "Cancelled")
    }
}

impl World {
    /// The key of the payment, prepayment or refund with this number: they share one series.
    pub(crate) fn payment_key(&self, number: &str) -> Option<Key> {
        [Kind::Payment, Kind::Prepayment, Kind::Refund]
            .into_iter()
            .map(|kind| (kind, number.to_owned()))
            .find(|key| self.ledger.payments.contains_key(key))
    }

    /// Stores a payment under a new version.
    pub(crate) fn put_payment(&mut self, payment: Payment) -> Key {
        let key = payment.key();
        self.ledger.payments.insert(key.clone(), payment);
        self.touch(&key);
        key
    }

    /// All that payments keep for an order, and what went on to its invoices.
    pub(crate) fn paid_on_order(&self, order_type: &str, number: &str) -> (Decimal, Decimal) {
        let rows = self
            .ledger
            .payments
            .values()
            .filter(|payment| payment.voided.is_none())
            .flat_map(|payment| &payment.orders)
            .filter(|row| row.order_type == order_type && row.order_number == number);
        rows.fold((Decimal::ZERO, Decimal::ZERO), |(kept, gone), row| {
            (kept + row.amount, gone + row.transferred)
        })
    }
}

/// `/v1/customerPayment...`.
pub(super) fn serve(world: &mut World, call: &Call, path: &[&str]) -> Option<Reply> {
    let reply = match (call.method.as_str(), path) {
        ("GET", []) => payment_view::list(world, call),
        ("POST", []) => create(world, call),
        ("GET", [number]) => payment_view::one(world, number),
        ("PUT", [number]) => update(world, call, number),
        ("POST", [number, action, verb]) if action.eq_ignore_ascii_case("action") => {
            match verb.to_lowercase().as_str() {
                "release" => release::payment_action(world, call, number),
                "void" => super::void::action(world, call, number),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(reply)
}

fn create(world: &mut World, call: &Call) -> Reply {
    let input = match body::read(world, call, PAYMENT, "PaymentUpdateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    match make(world, &input) {
        Ok(key) => Reply::empty(201).with(
            "location",
            format!("{}/v1/customerPayment/{}", world.base_url, key.1),
        ),
        Err(Refusal(text)) => failed(world, "creating", &text),
    }
}

pub(super) fn failed(world: &World, doing: &str, text: &str) -> Reply {
    // Recorded: `examples/visma/error_customerpayment_unknown_refnbr.json`.
    answer::error(world, 400, &format!("Error {doing} payment. Error: {text}"))
}

/// Makes a payment of a body in the shape of `PaymentUpdateDto`.
pub(super) fn make(world: &mut World, input: &Map<String, Value>) -> Result<Key, Refusal> {
    let mut payment = draft(world, input)?;
    let forced = body::flag(input, "overrideNumberSeries").unwrap_or(false);
    payment.number = match body::word(input, "referenceNumber").filter(|_| forced) {
        Some(number) if world.payment_key(number).is_some() => {
            return Err(Refusal::new(format!(
                "The payment {number} exists already."
            )));
        }
        Some(number) => number.to_owned(),
        None => world.next_document_number(payment.kind),
    };
    change(world, input, payment)
}

fn draft(world: &World, input: &Map<String, Value>) -> Result<Payment, Refusal> {
    let data = &world.data;
    let word = body::word(input, "type").unwrap_or_default();
    let Some(kind @ (Kind::Payment | Kind::Prepayment | Kind::Refund)) = Kind::of_word(word) else {
        return Err(Refusal::new(format!(
            "A payment of type '{word}' cannot be created."
        )));
    };
    let number = body::word(input, "customer").unwrap_or_default();
    let Some(customer) = world.customers.get(number) else {
        return Err(Refusal::unknown("CustomerID", number));
    };
    let method = body::word(input, "paymentMethod")
        .or(customer.text("defaultPaymentMethodId"))
        .unwrap_or_default();
    if !has(&data.payment_methods, method) {
        return Err(Refusal::unknown("PaymentMethodID", method));
    }
    let Some(account) = body::word(input, "cashAccount") else {
        return Err(Refusal::new("'CashAccountID' cannot be empty."));
    };
    let Some(account) = data.cash_account(account) else {
        return Err(Refusal::unknown("CashAccountID", account));
    };
    // The same rules as the order service's 1503 and 1504 (`facts/visma 12`); the ERP's own wording is not recorded.
    if account.methods.iter().all(|known| known != method) {
        return Err(Refusal::new(format!(
            "Cash account '{}' cannot be used with the payment method '{method}'.",
            account.number
        )));
    }
    let wanted = body::word(input, "currency").unwrap_or(&account.currency);
    if data.currency(wanted).is_none() {
        return Err(Refusal::unknown("CuryID", wanted));
    }
    if wanted != account.currency {
        return Err(Refusal::new(format!(
            "Cash account '{}' is in {}, the payment in {wanted}.",
            account.number, account.currency
        )));
    }
    let currency = write::currency(world, customer, Some(wanted))?;
    let reference = body::word(input, "paymentRef")
        .map(str::trim)
        .unwrap_or_default();
    // Mandatory on the screen (`facts/visma 12`).
    if reference.is_empty() {
        return Err(Refusal::new("'ExtRefNbr' cannot be empty."));
    }
    let date = body::day(input, "applicationDate").unwrap_or_else(|| today(world));
    let branch = data.branches.first().map(|branch| branch.id.clone());
    Ok(Payment {
        kind,
        number: String::new(),
        hold: false,
        released: false,
        voided: None,
        customer: number.to_owned(),
        method: method.to_owned(),
        cash_account: account.number.clone(),
        rate: write::rate(data, &currency, date)?,
        currency,
        amount: Decimal::ZERO,
        date,
        period: open_period(world, date)?,
        reference: reference.to_owned(),
        text: None,
        branch: branch.unwrap_or_default(),
        orders: Vec::new(),
        modified: world.now,
        version: 0,
        listed: Vec::new(),
        void_listed: Vec::new(),
    })
}

fn update(world: &mut World, call: &Call, number: &str) -> Reply {
    let credit_note = (Kind::CreditNote, number.to_owned());
    let key = world.payment_key(number).or_else(|| {
        world
            .ledger
            .documents
            .contains_key(&credit_note)
            .then_some(credit_note)
    });
    let Some(key) = key else {
        return answer::not_found(world, "payment", number);
    };
    if let Err(reply) = super::precondition(world, call, &key) {
        return reply;
    }
    let input = match body::read(world, call, PAYMENT, "PaymentUpdateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    let done = match world.ledger.payments.get(&key).cloned() {
        Some(payment) => revise(world, &input, payment),
        // The ERP treats a credit note as a payment document: what it is applied to is set here, too.
        None => super::credit_note::apply_as_payment(world, &input, &key),
    };
    match done {
        Ok(key) => Reply::empty(204).with("etag", super::etag(world, &key)),
        Err(Refusal(text)) => failed(world, "updating", &text),
    }
}

fn revise(world: &mut World, input: &Map<String, Value>, payment: Payment) -> Result<Key, Refusal> {
    if payment.voided.is_some() {
        return Err(Refusal::new(format!(
            "The payment {} is voided and cannot be changed.",
            payment.number
        )));
    }
    if let Some(word) = body::word(input, "type").filter(|word| *word != payment.kind.word()) {
        return Err(Refusal::new(format!(
            "The type of the payment {} is {}, not {word}.",
            payment.number,
            payment.kind.word()
        )));
    }
    let amount = body::amount(input, "paymentAmount");
    if payment.released && amount.is_some_and(|amount| amount != payment.amount) {
        return Err(Refusal::new(
            "The payment is released: its amount cannot be changed.",
        ));
    }
    change(world, input, payment)
}

/// Amount, texts, orders and documents; nothing is kept of a change that is refused.
fn change(
    world: &mut World,
    input: &Map<String, Value>,
    mut payment: Payment,
) -> Result<Key, Refusal> {
    let decimals = world.data.decimals(&payment.currency);
    if !payment.released {
        if let Some(amount) = body::amount(input, "paymentAmount") {
            payment.amount = round(amount, decimals);
        }
        if let Some(hold) = body::flag(input, "hold") {
            payment.hold = hold;
        }
        if let Some(date) = body::day(input, "applicationDate").filter(|date| *date != payment.date)
        {
            payment.period = open_period(world, date)?;
            payment.rate = write::rate(&world.data, &payment.currency, date)?;
            payment.date = date;
        }
        if let Some(reference) = body::word(input, "paymentRef") {
            reference.clone_into(&mut payment.reference);
        }
        if let Some(branch) = body::word(input, "branch") {
            if !has(&world.data.branches, branch) {
                return Err(Refusal::unknown("BranchID", branch));
            }
            branch.clone_into(&mut payment.branch);
        }
    }
    if let Some(text) = body::text(input, "invoiceText") {
        payment.text = Some(text.to_owned());
    }
    if payment.amount <= Decimal::ZERO {
        return Err(Refusal::new(
            "Incorrect value. The value to be entered must be greater than 0.",
        ));
    }
    for row in body::rows(input, "ordersToApply") {
        reserve(world, &mut payment, row)?;
    }
    let mark = world.ledger.mark(&payment.key());
    // Rows are carried out one after the other, so the payment's own reservations count from here on.
    let done = apply::rows(world, &payment.source(world), input, "paymentLines");
    let left = payment.available(world);
    if done.is_err() || left < Decimal::ZERO {
        world.ledger.back_to(mark);
        done?;
        return Err(Refusal::new(format!(
            "The applied amount exceeds the payment by {}.",
            -left
        )));
    }
    if payment.released && world.ledger.apply_at_once {
        let key = world.put_payment(payment);
        release::applications(world, &key);
        world.touch(&key);
        return Ok(key);
    }
    let touched: Vec<Key> = world
        .ledger
        .touching(&payment.key())
        .map(|application| application.to.clone())
        .collect();
    let key = world.put_payment(payment);
    for other in touched {
        world.relist(&other);
    }
    Ok(key)
}

/// Keeps money for a sales order, or changes what is kept.
fn reserve(world: &World, payment: &mut Payment, row: &Map<String, Value>) -> Result<(), Refusal> {
    if payment.kind == Kind::Refund {
        return Err(Refusal::new("A refund cannot be applied to an order."));
    }
    let kind = body::word(row, "orderType").unwrap_or("SO");
    let number = body::word(row, "orderNumber").unwrap_or_default();
    let operation = body::operation(row);
    let known = payment
        .orders
        .iter()
        .position(|kept| kept.order_type == kind && kept.order_number == number);
    let unknown = || Refusal::unknown("AdjdOrderNbr", number);
    match (operation, known) {
        (Operation::Delete, Some(index)) => {
            // What went on to invoices stays.
            let kept = &mut payment.orders[index];
            kept.amount = Decimal::ZERO;
            if kept.transferred.is_zero() {
                payment.orders.remove(index);
            }
            return Ok(());
        }
        (Operation::Update | Operation::Delete, None) => return Err(unknown()),
        (Operation::Insert, Some(_)) => {
            return Err(Refusal::new(format!(
                "An application to the order {kind} {number} is there already."
            )));
        }
        _ => {}
    }
    let order = world
        .orders
        .get(&(kind.to_owned(), number.to_owned()))
        .filter(|order| {
            order.customer == payment.customer
                && !matches!(order.status.as_str(), "Cancelled" | "Voided")
        })
        .ok_or_else(unknown)?;
    if order.currency != payment.currency {
        return Err(Refusal::new(format!(
            "The order {kind} {number} is in {}, the payment in {}.",
            order.currency, payment.currency
        )));
    }
    let own = known.and_then(|index| payment.orders.get(index));
    let (own_kept, own_gone) = own.map_or((Decimal::ZERO, Decimal::ZERO), |own| {
        (own.amount, own.transferred)
    });
    let others = {
        let (kept, gone) = world.paid_on_order(kind, number);
        let stored = world
            .ledger
            .payments
            .get(&payment.key())
            .and_then(|stored| {
                stored
                    .orders
                    .iter()
                    .find(|row| row.order_type == kind && row.order_number == number)
            })
            .map_or(Decimal::ZERO, |row| row.amount + row.transferred);
        kept + gone - stored
    };
    let total = order.totals(&world.data, world.round_total_to).total;
    let most = (total - others - own_gone).max(Decimal::ZERO);
    let left = payment.available(world) + own_kept;
    let amount = body::amount(row, "appliedToOrder").map_or_else(
        || most.min(left),
        |amount| round(amount, world.data.decimals(&payment.currency)),
    );
    if amount < Decimal::ZERO || amount > most {
        return Err(Refusal::new(format!(
            "Incorrect value. The value to be entered must be less than or equal to {most}."
        )));
    }
    match known.and_then(|index| payment.orders.get_mut(index)) {
        Some(kept) => kept.amount = amount,
        None => payment.orders.push(Reserved {
            order_type: kind.to_owned(),
            order_number: number.to_owned(),
            amount,
            transferred: Decimal::ZERO,
            invoice: None,
        }),
    }
    Ok(())
}
