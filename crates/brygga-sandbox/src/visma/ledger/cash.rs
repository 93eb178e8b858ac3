//! Cash transactions: what happens on a cash account beside the customers, such as a provider's payout (`booking-rules 7`).

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::body::{self, Operation};
use super::list::since;
use super::{Listed, Refusal, list_again, posting, row_at, stamp_of, today};
use crate::visma::amounts::{number, round};
use crate::visma::data::has;
use crate::visma::erp::answer::{self, Since};
use crate::visma::exchange::{Call, Content, Reply, object};
use crate::visma::moment;
use crate::visma::shape::cash::CASH_TRANSACTION;
use crate::visma::world::World;

const MAX_PAGE: usize = 500;

/// One cash transaction.
#[derive(Debug, Clone)]
pub(crate) struct CashTransaction {
    pub(crate) number: String,
    pub(crate) hold: bool,
    pub(crate) released: bool,
    pub(crate) date: NaiveDate,
    /// `YYYYMM`.
    pub(crate) period: String,
    pub(crate) cash_account: String,
    pub(crate) entry_type: String,
    /// Money in; else money out.
    pub(crate) receipt: bool,
    /// `documentRef`.
    pub(crate) reference: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) control_total: Option<Decimal>,
    pub(crate) details: Vec<Detail>,
    pub(crate) next_detail: i32,
    pub(crate) modified: DateTime<Utc>,
    pub(crate) version: u64,
    pub(crate) listed: Listed,
}

/// One line of it.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    pub(crate) number: i32,
    /// The account on the other side.
    pub(crate) account: String,
    pub(crate) description: String,
    pub(crate) quantity: Decimal,
    pub(crate) price: Decimal,
    /// In the direction of the entry type; below zero goes the other way.
    pub(crate) amount: Decimal,
    pub(crate) vat_category: Option<String>,
}

impl CashTransaction {
    pub(crate) fn total(&self) -> Decimal {
        self.details.iter().map(|detail| detail.amount).sum()
    }

    fn status(&self) -> &'static str {
        match (self.released, self.hold) {
            (true, _) => "Released",
            (false, true) => "Hold",
            (false, false) => "Balanced",
        }
    }
}

pub(super) fn serve(world: &mut World, call: &Call, path: &[&str]) -> Option<Reply> {
    let reply = match (call.method.as_str(), path) {
        ("GET", []) => list(world, call),
        ("POST", []) => create(world, call),
        ("GET", [number]) => one(world, number),
        ("PUT", [number]) => update(world, call, number),
        ("POST", [number, action, verb])
            if action.eq_ignore_ascii_case("action") && verb.eq_ignore_ascii_case("release") =>
        {
            release_action(world, call, number)
        }
        _ => return None,
    };
    Some(reply)
}

fn failed(world: &World, doing: &str, text: &str) -> Reply {
    answer::error(
        world,
        400,
        &format!("Error {doing} cash transaction. Error: {text}"),
    )
}

fn create(world: &mut World, call: &Call) -> Reply {
    let input = match body::read(world, call, CASH_TRANSACTION, "CashTransactionUpdateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    match draft(world, &input).and_then(|fresh| change(world, &input, fresh, true)) {
        Ok(mut transaction) => {
            transaction.number = world.ledger.next("cash transaction", 600_000).to_string();
            let location = format!(
                "{}/v1/cashTransaction/{}",
                world.base_url, transaction.number
            );
            store(world, transaction);
            Reply::empty(201).with("location", location)
        }
        Err(Refusal(text)) => failed(world, "creating", &text),
    }
}

fn draft(world: &World, input: &Map<String, Value>) -> Result<CashTransaction, Refusal> {
    let number = body::word(input, "cashAccount").unwrap_or_default();
    let Some(account) = world.data.cash_account(number) else {
        return Err(Refusal::unknown("CashAccountID", number));
    };
    let entry = body::word(input, "entryType").unwrap_or_default();
    let Some(entry) = world
        .data
        .entry_types
        .iter()
        .find(|known| known.id == entry)
    else {
        return Err(Refusal::unknown("EntryTypeID", entry));
    };
    Ok(CashTransaction {
        number: String::new(),
        hold: false,
        released: false,
        date: today(world),
        period: String::new(),
        cash_account: account.number.clone(),
        entry_type: entry.id.clone(),
        receipt: entry.receipt,
        reference: None,
        description: None,
        control_total: None,
        details: Vec::new(),
        next_detail: 1,
        modified: world.now,
        version: 0,
        listed: Vec::new(),
    })
}

/// The period of a day, if it is open in cash management.
fn open_period(world: &World, date: NaiveDate) -> Result<String, Refusal> {
    match world.data.period_of(date) {
        None => Err(Refusal::new(format!(
            "The financial period for the date {date} is not defined in the system."
        ))),
        Some(period) if !period.active || period.closed_cash => Err(Refusal::new(format!(
            "The {} financial period is closed in cash management.",
            period.id
        ))),
        Some(period) => Ok(period.id.clone()),
    }
}

fn change(
    world: &World,
    input: &Map<String, Value>,
    mut transaction: CashTransaction,
    new: bool,
) -> Result<CashTransaction, Refusal> {
    if !new
        && body::word(input, "cashAccount").is_some_and(|other| other != transaction.cash_account)
    {
        return Err(Refusal::new(
            "The cash account of the transaction cannot be changed.",
        ));
    }
    if let Some(date) = body::day(input, "tranDate") {
        transaction.date = date;
    }
    transaction.period = open_period(world, transaction.date)?;
    if let Some(hold) = body::flag(input, "hold") {
        transaction.hold = hold;
    }
    for (name, field) in [
        ("documentRef", &mut transaction.reference),
        ("description", &mut transaction.description),
    ] {
        if let Some(text) = body::text(input, name) {
            *field = Some(text.to_owned());
        }
    }
    let currency = world
        .data
        .cash_account(&transaction.cash_account)
        .map_or("", |account| account.currency.as_str());
    let decimals = world.data.decimals(currency);
    if let Some(total) = body::amount(input, "controlTotal") {
        transaction.control_total = Some(round(total, decimals));
    }
    if body::rows(input, "cashTransactionTaxDetails")
        .next()
        .is_some()
    {
        // Payout fees bear no VAT; VAT on cash transactions is not practised.
        return Err(Refusal::new("VAT on cash transactions is not practised."));
    }
    for row in body::rows(input, "cashTransactionDetails") {
        detail(world, row, &mut transaction, decimals)?;
    }
    if transaction.details.is_empty() {
        return Err(Refusal::new("The transaction has no details."));
    }
    let total = transaction.total();
    if total < Decimal::ZERO {
        return Err(Refusal::new(
            "The transaction amount cannot be negative: use an entry type of the other direction.",
        ));
    }
    // On hold a document may be out of balance.
    if !transaction.hold
        && transaction
            .control_total
            .is_some_and(|control| control != total)
    {
        return Err(Refusal::new(format!(
            "The document is out of balance: the control total is {}, the details come to {total}.",
            transaction.control_total.unwrap_or_default()
        )));
    }
    Ok(transaction)
}

fn detail(
    world: &World,
    row: &Map<String, Value>,
    transaction: &mut CashTransaction,
    decimals: u32,
) -> Result<(), Refusal> {
    let number = body::whole(row, "lineNumber");
    let known = transaction
        .details
        .iter()
        .position(|detail| Some(detail.number) == number);
    let operation = body::operation(row);
    let mut detail = match (operation, known) {
        (Operation::Insert, _) => {
            let entry = world
                .data
                .entry_types
                .iter()
                .find(|entry| entry.id == transaction.entry_type);
            Detail {
                number: transaction.next_detail,
                account: entry.map_or_else(String::new, |entry| entry.offset_account.clone()),
                description: entry.map_or_else(String::new, |entry| entry.text.clone()),
                quantity: Decimal::ONE,
                price: Decimal::ZERO,
                amount: Decimal::ZERO,
                vat_category: None,
            }
        }
        (Operation::Update, Some(index)) => transaction.details[index].clone(),
        (Operation::Delete, Some(index)) => {
            transaction.details.remove(index);
            return Ok(());
        }
        (_, None) => {
            return Err(Refusal::unknown(
                "LineNbr",
                &number.unwrap_or_default().to_string(),
            ));
        }
    };
    if let Some(account) = body::word(row, "offsetAccount") {
        if !has(&world.data.accounts, account) {
            return Err(Refusal::unknown("AccountID", account));
        }
        account.clone_into(&mut detail.account);
    }
    if let Some(category) = body::word(row, "vatCode") {
        if !has(&world.data.vat_categories, category) {
            return Err(Refusal::unknown("TaxCategoryID", category));
        }
        detail.vat_category = Some(category.to_owned());
    }
    if let Some(text) = body::text(row, "description") {
        text.clone_into(&mut detail.description);
    }
    if let Some(quantity) = body::amount(row, "quantity") {
        detail.quantity = quantity;
    }
    if let Some(price) = body::amount(row, "price") {
        detail.price = price;
        detail.amount = round(price * detail.quantity, decimals);
    }
    if let Some(amount) = body::amount(row, "amount") {
        detail.amount = round(amount, decimals);
    }
    if let Some(index) = known.filter(|_| operation == Operation::Update) {
        transaction.details[index] = detail;
    } else {
        transaction.next_detail += 1;
        transaction.details.push(detail);
    }
    Ok(())
}

fn store(world: &mut World, mut transaction: CashTransaction) {
    transaction.version = world.next_version();
    transaction.modified = world.now;
    let row = dto(world, &transaction);
    list_again(&mut transaction.listed, world.now, Some(row));
    world
        .ledger
        .cash
        .insert(transaction.number.clone(), transaction);
}

fn etag(transaction: &CashTransaction) -> String {
    format!("\"{}\"", stamp_of(transaction.version))
}

fn known(world: &World, call: &Call, number: &str) -> Result<CashTransaction, Reply> {
    let Some(transaction) = world.ledger.cash.get(number) else {
        return Err(answer::not_found(world, "cash transaction", number));
    };
    let stale = call
        .header("if-match")
        .is_some_and(|wanted| wanted.trim_matches('"') != etag(transaction).trim_matches('"'));
    if stale {
        return Err(answer::error(
            world,
            412,
            "The document has been changed since it was read.",
        ));
    }
    Ok(transaction.clone())
}

fn update(world: &mut World, call: &Call, number: &str) -> Reply {
    let transaction = match known(world, call, number) {
        Ok(transaction) => transaction,
        Err(reply) => return reply,
    };
    let input = match body::read(world, call, CASH_TRANSACTION, "CashTransactionUpdateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    if transaction.released {
        return failed(
            world,
            "updating",
            "The document is released and cannot be changed.",
        );
    }
    match change(world, &input, transaction, false) {
        Ok(transaction) => {
            store(world, transaction);
            let tag = world.ledger.cash.get(number).map(etag).unwrap_or_default();
            Reply::empty(204).with("etag", tag)
        }
        Err(Refusal(text)) => failed(world, "updating", &text),
    }
}

fn release_action(world: &mut World, call: &Call, number: &str) -> Reply {
    let transaction = match known(world, call, number) {
        Ok(transaction) => transaction,
        Err(reply) => return reply,
    };
    match put_in_books(world, transaction) {
        Ok(()) => Reply::json(answer::action(world, "Done")),
        Err(Refusal(text)) => failed(world, "releasing", &text),
    }
}

fn put_in_books(world: &mut World, mut transaction: CashTransaction) -> Result<(), Refusal> {
    if transaction.released {
        return Err(Refusal::new("Document status is invalid for processing."));
    }
    if transaction.hold {
        return Err(Refusal::new(
            "The document is on hold and cannot be released.",
        ));
    }
    open_period(world, transaction.date)?;
    transaction.released = true;
    let number = transaction.number.clone();
    store(world, transaction);
    posting::cash(world, &number);
    Ok(())
}

fn one(world: &World, number: &str) -> Reply {
    match world.ledger.cash.get(number) {
        Some(transaction) => {
            Reply::json(Value::Object(dto(world, transaction))).with("etag", etag(transaction))
        }
        None => answer::not_found(world, "cash transaction", number),
    }
}

/// The list has no filters but the time of the last change (spec).
fn list(world: &World, call: &Call) -> Reply {
    let modified = match Since::read(world, call, "lastModifiedDateTime") {
        Ok(modified) => modified,
        Err(reply) => return reply,
    };
    let until = world.listed_until();
    let rows = world
        .ledger
        .cash
        .values()
        .filter_map(|transaction| row_at(&transaction.listed, until))
        .filter(|row| {
            since(
                modified.as_ref(),
                row.get("lastModifiedDateTime").and_then(Value::as_str),
            )
        })
        .cloned()
        .collect();
    let mut reply = answer::page(world, call, rows, MAX_PAGE);
    // `CashTransactionDto` has no place for metadata, unlike its kin (spec).
    if let Content::Json(Value::Array(rows)) = &mut reply.content {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.remove("metadata");
        }
    }
    reply
}

fn dto(world: &World, transaction: &CashTransaction) -> Map<String, Value> {
    let data = &world.data;
    let account = data.cash_account(&transaction.cash_account);
    let entry = data
        .entry_types
        .iter()
        .find(|entry| entry.id == transaction.entry_type);
    let total = transaction.total();
    let details: Vec<Value> = transaction
        .details
        .iter()
        .map(|detail| {
            json!({
                "lineNumber": detail.number,
                "description": detail.description,
                "quantity": number(detail.quantity),
                "price": number(if detail.price.is_zero() { detail.amount } else { detail.price }),
                "amount": number(detail.amount),
                "offsetAccount": {"type": super::accounts::class(&detail.account), "number": detail.account, "description": crate::visma::data::text_of(&data.accounts, &detail.account)},
                "taxCategory": detail.vat_category.as_deref().map(|id| json!({"number": id, "description": null})),
                "nonBillable": false,
            })
        })
        .collect();
    object(json!({
        "tranType": "Adjustment",
        "referenceNbr": transaction.number,
        "status": transaction.status(),
        "hold": transaction.hold,
        "tranDate": moment::local_day(transaction.date),
        "finPeriod": transaction.period,
        "financialPeriod": transaction.period,
        "cashAccount": {"number": transaction.cash_account, "description": account.map(|account| account.text.as_str())},
        "currency": account.map(|account| account.currency.as_str()),
        "entryType": {"id": transaction.entry_type, "description": entry.map(|entry| entry.text.as_str())},
        "disbReceipt": if transaction.receipt { "Receipt" } else { "Disbursement" },
        "documentRef": transaction.reference,
        "description": transaction.description,
        "amount": number(total),
        "vatTaxableTotal": 0.0,
        "vatExemptTotal": 0.0,
        "taxTotal": 0.0,
        "controlTotal": number(transaction.control_total.unwrap_or(total)),
        "taxAmount": 0.0,
        "lastModifiedDateTime": moment::local(transaction.modified),
        "transactionDetails": details,
        "taxDetails": [],
        "timeStamp": stamp_of(transaction.version),
    }))
}
