//! The general ledger, as far as sales reach: what each release posts, in the currency of its document and in the company's own.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Application, Key, Kind};
use crate::visma::amounts::round;
use crate::visma::data::{
    ACCOUNT_EXCHANGE, ACCOUNT_PREPAYMENTS, ACCOUNT_RECEIVABLES, ACCOUNT_ROUNDING,
};
use crate::visma::world::World;

/// One row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Day.
    pub date: NaiveDate,
    /// The document: `Invoice 100001`.
    pub source: String,
    /// General ledger account.
    pub account: String,
    /// Cash account, where it is one.
    pub cash_account: Option<String>,
    /// ISO currency of `amount`.
    pub currency: String,
    /// Debit above zero, credit below.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// The same in the company's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub base: Decimal,
}

/// The rows of one document, all with its date, currency and rate.
struct Batch {
    date: NaiveDate,
    source: String,
    currency: String,
    rate: Decimal,
    decimals: u32,
    rows: Vec<Posting>,
}

impl Batch {
    fn new(world: &World, key: &Key, date: NaiveDate, currency: &str, rate: Decimal) -> Self {
        Self {
            date,
            source: format!("{} {}", key.0.word(), key.1),
            currency: currency.to_owned(),
            rate,
            decimals: world.data.decimals(world.data.base_currency()),
            rows: Vec::new(),
        }
    }

    fn add(&mut self, account: &str, amount: Decimal) {
        let base = round(amount * self.rate, self.decimals);
        self.exactly(account, None, amount, base);
    }

    fn cash(&mut self, account: &str, cash_account: &str, amount: Decimal) {
        let base = round(amount * self.rate, self.decimals);
        self.exactly(account, Some(cash_account), amount, base);
    }

    fn exactly(&mut self, account: &str, cash: Option<&str>, amount: Decimal, base: Decimal) {
        if amount.is_zero() && base.is_zero() {
            return;
        }
        self.rows.push(Posting {
            date: self.date,
            source: self.source.clone(),
            account: account.to_owned(),
            cash_account: cash.map(str::to_owned),
            currency: self.currency.clone(),
            amount,
            base,
        });
    }

    /// What rounding to the company's currency leaves over is a difference of exchange.
    fn post(mut self, world: &mut World) {
        let over: Decimal = self.rows.iter().map(|row| row.base).sum();
        self.exactly(ACCOUNT_EXCHANGE, None, Decimal::ZERO, -over);
        world.ledger.journal.extend(self.rows);
    }
}

/// An invoice, or a credit note the other way round.
pub(super) fn document(world: &mut World, key: &Key) {
    let Some(document) = world.ledger.documents.get(key) else {
        return;
    };
    let Some(booked) = document.booked.clone() else {
        return;
    };
    let sign = if key.0 == Kind::CreditNote {
        -Decimal::ONE
    } else {
        Decimal::ONE
    };
    let decimals = world.data.decimals(&document.currency);
    let mut batch = Batch::new(world, key, document.date, &document.currency, document.rate);
    batch.add(ACCOUNT_RECEIVABLES, sign * booked.total);
    for line in &document.lines {
        batch.add(&line.account, -sign * line.net(decimals));
    }
    for row in booked.rows.iter().filter(|row| !row.reverse) {
        batch.add(&world.data.vat_account(&row.vat_id), -sign * row.tax);
        if row.included {
            let account = document.lines.first().map_or("", |line| &line.account);
            batch.add(account, sign * row.tax);
        }
    }
    batch.add(ACCOUNT_ROUNDING, -sign * booked.rounding);
    batch.post(world);
}

/// The customer's side of a payment: what is owed, or what was paid ahead.
fn customer_side(kind: Kind) -> &'static str {
    if kind == Kind::Prepayment {
        ACCOUNT_PREPAYMENTS
    } else {
        ACCOUNT_RECEIVABLES
    }
}

pub(super) fn payment(world: &mut World, key: &Key) {
    let date = world.ledger.payments.get(key).map(|payment| payment.date);
    if let Some(date) = date {
        money(world, key, date, Decimal::ONE);
    }
}

/// The payment taken back.
pub(super) fn payment_back(world: &mut World, key: &Key, date: NaiveDate) {
    money(world, key, date, -Decimal::ONE);
}

fn money(world: &mut World, key: &Key, date: NaiveDate, sign: Decimal) {
    let Some(payment) = world.ledger.payments.get(key) else {
        return;
    };
    let direction = if key.0 == Kind::Refund { -sign } else { sign };
    let account = world
        .data
        .cash_account(&payment.cash_account)
        .map_or_else(String::new, |account| account.account.clone());
    let mut batch = Batch::new(world, key, date, &payment.currency, payment.rate);
    batch.cash(&account, &payment.cash_account, direction * payment.amount);
    batch.add(customer_side(key.0), -direction * payment.amount);
    batch.post(world);
}

/// An application: money paid ahead becomes a payment, what is written off is an expense, and different rates leave a difference of exchange.
pub(super) fn application(world: &mut World, application: &Application, back: bool) {
    let side = |world: &World, key: &Key| {
        let document = world.ledger.documents.get(key);
        let payment = world.ledger.payments.get(key);
        document
            .map(|document| (document.rate, document.currency.clone()))
            .or_else(|| payment.map(|payment| (payment.rate, payment.currency.clone())))
    };
    let (Some((from, currency)), Some((to, _))) =
        (side(world, &application.from), side(world, &application.to))
    else {
        return;
    };
    let sign = if back { -Decimal::ONE } else { Decimal::ONE };
    let decimals = world.data.decimals(world.data.base_currency());
    let at = |amount: Decimal, rate: Decimal| round(amount * rate, decimals);
    let amount = sign * application.amount;
    let mut batch = Batch::new(world, &application.from, application.date, &currency, from);
    if application.from.0 == Kind::Prepayment {
        batch.add(ACCOUNT_PREPAYMENTS, amount);
        batch.add(ACCOUNT_RECEIVABLES, -amount);
    }
    if application.to.0 == Kind::Prepayment {
        batch.exactly(ACCOUNT_PREPAYMENTS, None, amount, at(amount, to));
        batch.exactly(ACCOUNT_RECEIVABLES, None, -amount, -at(amount, to));
    }
    let over = if application.to.0 == Kind::Invoice {
        at(amount, to) - at(amount, from)
    } else {
        at(amount, from) - at(amount, to)
    };
    batch.exactly(ACCOUNT_RECEIVABLES, None, Decimal::ZERO, -over);
    batch.exactly(ACCOUNT_EXCHANGE, None, Decimal::ZERO, over);
    if !application.write_off.is_zero() {
        let reason = application.reason.as_deref().unwrap_or_default();
        let account = world
            .data
            .reason_codes
            .iter()
            .find(|known| known.id == reason)
            .map_or(ACCOUNT_ROUNDING, |known| &known.account)
            .to_owned();
        let off = sign * application.write_off;
        batch.exactly(&account, None, off, at(off, to));
        batch.exactly(ACCOUNT_RECEIVABLES, None, -off, -at(off, to));
    }
    batch.post(world);
}

/// A cash transaction: its details against the cash account.
pub(super) fn cash(world: &mut World, number: &str) {
    let Some(transaction) = world.ledger.cash.get(number) else {
        return;
    };
    let Some(account) = world.data.cash_account(&transaction.cash_account) else {
        return;
    };
    let sign = if transaction.receipt {
        Decimal::ONE
    } else {
        -Decimal::ONE
    };
    let rate = world
        .data
        .known_rate(&account.currency, transaction.date)
        .unwrap_or(Decimal::ONE);
    let decimals = world.data.decimals(world.data.base_currency());
    let mut batch = Batch {
        date: transaction.date,
        source: format!("CashTransaction {number}"),
        currency: account.currency.clone(),
        rate,
        decimals,
        rows: Vec::new(),
    };
    batch.cash(
        &account.account,
        &account.number,
        sign * transaction.total(),
    );
    for detail in &transaction.details {
        batch.add(&detail.account, -sign * detail.amount);
    }
    batch.post(world);
}

/// What an account holds in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountBalance {
    /// General ledger account.
    pub account: String,
    /// ISO currency.
    pub currency: String,
    /// Debit above zero, credit below.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// The same in the company's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub base: Decimal,
}

/// Sums by account and currency; `of` chooses the name of the account.
pub(super) fn balances(
    world: &World,
    of: impl Fn(&Posting) -> Option<&str>,
) -> Vec<AccountBalance> {
    let mut sums: BTreeMap<(&str, &str), (Decimal, Decimal)> = BTreeMap::new();
    for row in &world.ledger.journal {
        if let Some(account) = of(row) {
            let (amount, base) = sums.entry((account, &row.currency)).or_default();
            *amount += row.amount;
            *base += row.base;
        }
    }
    sums.into_iter()
        .map(|((account, currency), (amount, base))| AccountBalance {
            account: account.to_owned(),
            currency: currency.to_owned(),
            amount,
            base,
        })
        .collect()
}
