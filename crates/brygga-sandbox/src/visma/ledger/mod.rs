//! The customer ledger: invoices, credit notes, payments, and what is applied to what (`booking-rules 2, 6, 7, 8, 12`, `facts/visma 10, 12, 16`).
//!
//! One module per resource. Amounts are kept in the currency of their document; the journal keeps them in the company's own, too.

mod accounts;
mod apply;
mod body;
pub(crate) mod by_hand;
mod cash;
mod credit_note;
mod document;
mod from_order;
mod invoice;
mod list;
mod payment;
mod payment_view;
mod posting;
mod rates;
mod release;
mod snapshot;
mod view;
mod void;
mod write;

use std::collections::BTreeMap;

use base64::Engine as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub(crate) use document::{Document, ExactTax, Line, OrderLine};
pub(crate) use from_order::{FromOrder, FromOrderLine, from_order};
pub(crate) use payment::Payment;
pub use posting::{AccountBalance, Posting};
pub(crate) use snapshot::snapshot;
pub use snapshot::{
    AppliedSnapshot, CashSnapshot, DocumentLine, DocumentSnapshot, LedgerSnapshot, PaymentSnapshot,
    ReservedSnapshot,
};

use super::erp::answer;
use super::exchange::{Call, Reply};
use super::moment;
use super::world::World;
use cash::CashTransaction;

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
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Invoices and credit notes.
    pub(crate) documents: BTreeMap<Key, Document>,
    /// Payments, prepayments, refunds.
    pub(crate) payments: BTreeMap<Key, Payment>,
    /// Cash transactions by number.
    pub(crate) cash: BTreeMap<String, CashTransaction>,
    /// The general ledger.
    pub(crate) journal: Vec<Posting>,
    /// Are changed applications of a released payment in the books at once, or with its next release. Which of the two holds for the API
    /// is not verified; on the screens they need the release.
    pub(crate) apply_at_once: bool,
    /// Does a Balanced invoice of a sales order refuse every change.
    pub(crate) order_invoices_locked: bool,
    /// Are the names with and without `InCurrency` the other way round.
    pub(crate) swapped_amounts: bool,
    /// How much of a balance may be written off beside a payment.
    pub(crate) write_off_limit: Decimal,
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
    let horizon = now - TimeDelta::hours(6);
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

impl Default for Ledger {
    fn default() -> Self {
        Self {
            documents: BTreeMap::new(),
            payments: BTreeMap::new(),
            cash: BTreeMap::new(),
            journal: Vec::new(),
            apply_at_once: false,
            order_invoices_locked: false,
            swapped_amounts: false,
            write_off_limit: Decimal::TEN,
            applications: Vec::new(),
            touching: BTreeMap::new(),
            deleted: Vec::new(),
            series: BTreeMap::new(),
        }
    }
}

/// How the applications of one document stood.
#[derive(Debug)]
pub(crate) struct Mark {
    count: usize,
    own: Vec<(usize, Application)>,
}

impl Ledger {
    /// Remembers the applications of a document that are not in the books yet.
    pub(crate) fn mark(&self, key: &Key) -> Mark {
        let own = self.touching.get(key).into_iter().flatten();
        Mark {
            count: self.applications.len(),
            own: own
                .filter_map(|index| Some((*index, self.applications.get(*index)?.clone())))
                .collect(),
        }
    }

    /// Undoes what was applied since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        for application in self.applications.iter_mut().skip(mark.count) {
            application.gone = true;
        }
        for (index, before) in mark.own {
            if let Some(application) = self.applications.get_mut(index) {
                *application = before;
            }
        }
    }

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
    pub(crate) fn applied_by_mut(&mut self, key: &Key) -> impl Iterator<Item = &mut Application> {
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
    pub(crate) fn put_document(&mut self, document: Document) -> Key {
        let key = document.key();
        self.ledger.documents.insert(key.clone(), document);
        self.touch(&key);
        key
    }

    /// Gives a document or payment that was changed, or whose balance was, its version, its time and its row in the list.
    pub(crate) fn touch(&mut self, key: &Key) {
        let version = self.next_version();
        if let Some(document) = self.ledger.documents.get_mut(key) {
            document.version = version;
            document.modified = self.now;
        }
        if let Some(payment) = self.ledger.payments.get_mut(key) {
            payment.version = version;
            payment.modified = self.now;
        }
        self.relist(key);
    }

    /// Renews the rows that lists show of a document or payment.
    pub(crate) fn relist(&mut self, key: &Key) {
        let now = self.now;
        if let Some(document) = self.ledger.documents.get(key) {
            let row = view::dto(self, document);
            if let Some(document) = self.ledger.documents.get_mut(key) {
                list_again(&mut document.listed, now, Some(row));
            }
        }
        if let Some(payment) = self.ledger.payments.get(key) {
            let row = payment_view::dto(self, payment);
            let void = (payment.voided.is_some() && payment.void_listed.is_empty())
                .then(|| payment_view::void_dto(self, payment));
            if let Some(payment) = self.ledger.payments.get_mut(key) {
                list_again(&mut payment.listed, now, Some(row));
                if void.is_some() {
                    payment.void_listed.push((now, void));
                }
            }
        }
    }

    /// Deletes a document or payment that is not in the books; what it was applied to is free again.
    pub(crate) fn drop_from_ledger(&mut self, key: &Key) -> Result<(), Refusal> {
        let released = match (
            self.ledger.documents.get(key),
            self.ledger.payments.get(key),
        ) {
            (Some(document), _) => document.is_released(),
            (None, Some(payment)) => payment.released,
            (None, None) => return Err(Refusal::unknown("RefNbr", &key.1)),
        };
        if released {
            return Err(Refusal::new(
                "The document is released and cannot be deleted.",
            ));
        }
        let mut others = Vec::new();
        for application in self.ledger.applied_by_mut(key) {
            application.gone = true;
            others.push(application.to.clone());
        }
        let listed = match self.ledger.documents.remove(key) {
            Some(document) => Some(document.listed),
            None => self
                .ledger
                .payments
                .remove(key)
                .map(|payment| payment.listed),
        };
        if let Some(mut listed) = listed {
            list_again(&mut listed, self.now, None);
            self.ledger.deleted.push((key.0, listed));
        }
        for other in others {
            self.relist(&other);
        }
        Ok(())
    }
}

fn stamp_of(version: u64) -> String {
    base64::engine::general_purpose::STANDARD.encode(version.to_be_bytes())
}

fn version_of(world: &World, key: &Key) -> u64 {
    let document = world
        .ledger
        .documents
        .get(key)
        .map(|document| document.version);
    let payment = world
        .ledger
        .payments
        .get(key)
        .map(|payment| payment.version);
    document.or(payment).unwrap_or_default()
}

/// The version as a header; bodies carry it as `timeStamp` (`facts/visma 3`).
fn etag(world: &World, key: &Key) -> String {
    format!("\"{}\"", stamp_of(version_of(world, key)))
}

/// `If-Match` is optional here (`facts/visma 3`).
fn precondition(world: &World, call: &Call, key: &Key) -> Result<(), Reply> {
    let current = etag(world, key);
    let stale = call.header("if-match").is_some_and(|wanted| {
        wanted.trim().trim_start_matches("W/").trim_matches('"') != current.trim_matches('"')
    });
    if stale {
        return Err(answer::error(
            world,
            412,
            "The document has been changed since it was read.",
        ));
    }
    Ok(())
}

/// The parts of `/v1` and `/v2` that are the ledger's; nothing where the path is not one of them.
pub(crate) fn serve(
    world: &mut World,
    call: &Call,
    version: &str,
    resource: &str,
    path: &[&str],
) -> Option<Reply> {
    let first = version == "v1";
    match resource {
        // Making one by v1 is deprecated since 2021 and not practised (`facts/visma 10`).
        "customerinvoice" => invoice::serve(world, call, Kind::Invoice, first, path),
        "customercreditnote" => invoice::serve(world, call, Kind::CreditNote, first, path),
        "customerpayment" if first => payment::serve(world, call, path),
        "cashtransaction" if first => cash::serve(world, call, path),
        "account" if first => accounts::serve(world, call, path),
        "cashaccount" if first && call.method == "GET" => Some(accounts::cash(world, path)),
        "currencyrate" if !first => rates::serve(world, call, path),
        "currencyratetype" if !first => rates::types(world, call, path),
        _ => None,
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
