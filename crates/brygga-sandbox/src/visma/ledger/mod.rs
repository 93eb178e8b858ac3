//! The customer ledger: invoices, credit notes, payments, and what is applied to what (`booking-rules 2, 6, 7, 8, 12`, `facts/visma 10, 12, 16`).
//!
//! One module per resource. Amounts are kept in the currency of their document; the journal keeps them in the company's own, too.

mod document;
mod from_order;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub(crate) use document::{Document, ExactTax, Line, OrderLine, Totals};
pub(crate) use from_order::{FromOrder, FromOrderLine, from_order};

use super::moment;
use super::world::World;

/// Why the ERP does not do what it was asked, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) String);

impl Refusal {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// An id in a field that leads nowhere: `TaxCategoryID '0' cannot be found in the system.` (recorded).
    pub(crate) fn unknown(field: &str, id: &str) -> Self {
        Self(format!("{field} '{id}' cannot be found in the system."))
    }
}

/// The kinds of documents that can be applied to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Invoice,
    CreditNote,
    Payment,
    Prepayment,
    Refund,
}

impl Kind {
    /// The word of the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "CreditNote",
            Self::Payment => "Payment",
            Self::Prepayment => "Prepayment",
            Self::Refund => "Refund",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        [
            Self::Invoice,
            Self::CreditNote,
            Self::Payment,
            Self::Prepayment,
            Self::Refund,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }
}

/// Kind and number: numbers are unique within a kind.
pub(crate) type Key = (Kind, String);

/// A document applied to another.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// The payment, credit note or refund that is applied.
    pub(crate) from: Key,
    /// What it is applied to.
    pub(crate) to: Key,
    /// In the currency of both; always above zero.
    pub(crate) amount: Decimal,
    /// Written off the balance of what it is applied to, beside the amount.
    pub(crate) write_off: Decimal,
    /// Reason of the write-off.
    pub(crate) reason: Option<String>,
    /// In the books. Before that it only keeps others from taking the same balance.
    pub(crate) released: bool,
    /// Taken back when the payment was voided.
    pub(crate) voided: bool,
    /// Taken away before it was in the books.
    pub(crate) gone: bool,
    pub(crate) date: NaiveDate,
}

impl Application {
    fn counts(&self) -> bool {
        !self.gone && !self.voided
    }
}

/// Everything in the customer ledger.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Invoices and credit notes.
    pub(crate) documents: BTreeMap<Key, Document>,
    pub(crate) applications: Vec<Application>,
    /// Which applications touch a document, from either side.
    touching: BTreeMap<Key, Vec<usize>>,
    /// What lists still show of deleted documents.
    pub(crate) deleted: Vec<(Kind, Listed)>,
    series: BTreeMap<&'static str, u32>,
}

/// Rows of a list from their moments on; nothing once deleted. A list may lag a write.
pub(crate) type Listed = Vec<(DateTime<Utc>, Option<Map<String, Value>>)>;

/// Adds a row and forgets those that no list looks back to any more.
pub(crate) fn list_again(listed: &mut Listed, now: DateTime<Utc>, row: Option<Map<String, Value>>) {
    let horizon = now - chrono::TimeDelta::hours(6);
    let old = listed
        .iter()
        .filter(|(since, _)| *since < horizon)
        .count()
        .saturating_sub(1);
    listed.drain(..old);
    listed.push((now, row));
}

/// The row that a list shows at `until`.
pub(crate) fn row_at(listed: &Listed, until: DateTime<Utc>) -> Option<&Map<String, Value>> {
    listed
        .iter()
        .rev()
        .find(|(since, _)| *since <= until)?
        .1
        .as_ref()
}

impl Ledger {
    /// The next number of a series.
    pub(crate) fn next(&mut self, series: &'static str, first: u32) -> u32 {
        let number = self.series.entry(series).or_insert(first);
        *number += 1;
        *number
    }

    /// Everything that is applied to or from a document and still counts.
    pub(crate) fn touching(&self, key: &Key) -> impl Iterator<Item = &Application> {
        self.touching
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|index| self.applications.get(*index))
            .filter(|application| application.counts())
    }

    /// All applications of a document as they once were, voided ones too.
    pub(crate) fn ever_touching(&self, key: &Key) -> impl Iterator<Item = &Application> {
        self.touching
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|index| self.applications.get(*index))
            .filter(|application| !application.gone)
    }

    pub(crate) fn apply(&mut self, application: Application) {
        let index = self.applications.len();
        for key in [&application.from, &application.to] {
            self.touching.entry(key.clone()).or_default().push(index);
        }
        self.applications.push(application);
    }

    /// Applications that start at a document, to be changed.
    pub(crate) fn from_mut(&mut self, key: &Key) -> impl Iterator<Item = &mut Application> {
        self.applications
            .iter_mut()
            .filter(move |application| application.from == *key && application.counts())
    }

    /// What `released` applications have taken from a document of `total`.
    fn taken(&self, key: &Key, released_only: bool) -> Decimal {
        self.touching(key)
            .filter(|application| application.released || !released_only)
            .map(|application| {
                if application.to == *key {
                    application.amount + application.write_off
                } else {
                    application.amount
                }
            })
            .sum()
    }

    /// What of a released document of `total` is still open.
    pub(crate) fn balance(&self, key: &Key, total: Decimal) -> Decimal {
        total - self.taken(key, true)
    }

    /// What of it can still be applied: applications that are not in the books yet keep their part.
    pub(crate) fn free(&self, key: &Key, total: Decimal) -> Decimal {
        total - self.taken(key, false)
    }
}

impl World {
    /// Stores an invoice or credit note under a new version.
    pub(crate) fn put_document(&mut self, mut document: Document) -> Key {
        document.version = self.next_version();
        document.modified = self.now;
        let key = document.key();
        self.ledger.documents.insert(key.clone(), document);
        key
    }
}

/// Is the period of a day open for the customer ledger. The wording is not recorded; the ERP has no catalogue of codes (`facts/visma 6`).
pub(crate) fn open_period(world: &World, date: NaiveDate) -> Result<String, Refusal> {
    match world.data.period_of(date) {
        None => Err(Refusal::new(format!(
            "The financial period for the date {date} is not defined in the system."
        ))),
        Some(period) if !period.active => Err(Refusal::new(format!(
            "The {} financial period is inactive.",
            period.id
        ))),
        Some(period) if period.closed => Err(Refusal::new(format!(
            "The {} financial period is closed in the customer ledger.",
            period.id
        ))),
        Some(period) => Ok(period.id.clone()),
    }
}

/// The company's day.
pub(crate) fn today(world: &World) -> NaiveDate {
    moment::local_date(world.now)
}
