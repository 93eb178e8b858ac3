//! What a proof says.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Problem;
use brygga_core::booking::Explained;
use brygga_core::proof::{DayRow, Difference};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Proven;
use crate::flow::StockRow;

/// Days in the shop's time zone, both included; without one there is no bound on that side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first.
    pub from: Option<NaiveDate>,
    /// The last.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// Is the day in it.
    pub fn has(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// What the proof of all booked orders, or of those of a period, came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofReport {
    /// What was proven.
    #[serde(default)]
    pub period: Period,
    /// Documents read back (head, lines, VAT) and compared with a fresh read of the shop.
    pub checked: usize,
    /// Unexplained: differing, missing, doubled, without an order, not to be read.
    pub differences: Vec<Difference>,
    /// Differences that a rule names, by class.
    pub explained: BTreeMap<String, usize>,
    /// Orders that have a document, but are not booked now: held or waiting, each with its reason.
    pub undecided: Vec<String>,
    /// Orders that the app does not see any more, since it may read 60 days only: nothing can be said of them (`facts/shopify` 2.2).
    #[serde(default)]
    pub beyond: Vec<String>,
    /// Each day's sales, refunds and money on both sides: of what is in the books. What waits or is held is listed with its reason
    /// elsewhere.
    #[serde(default)]
    pub days: Vec<DayRow>,
    /// Documents that stand on another day than their event, each for a reason that a rule names.
    #[serde(default)]
    pub dated: Vec<Difference>,
    /// Stock per location of the shop, as it is now.
    #[serde(default)]
    pub stock: Vec<StockRow>,
    /// Why stock could not be compared.
    #[serde(default)]
    pub stock_unread: Option<Problem>,
    /// All orders that have a document were looked at, whatever the period.
    #[serde(default)]
    pub whole: bool,
    /// Documents that nobody linked were looked for among all that there are, of whatever day.
    #[serde(skip)]
    pub(crate) every_document: bool,
    /// Ids and names of the orders that were looked at: what an earlier proof found of others still stands.
    #[serde(skip)]
    pub(crate) looked: BTreeSet<String>,
}

/// A difference that is no order's: of a document that nobody linked, or of an order that nobody read.
pub(crate) fn is_stranger(found: &Difference) -> bool {
    matches!(
        found.what.as_str(),
        "doubled" | "document-without-link" | "never-read"
    )
}

impl ProofReport {
    /// How many differences a rule names.
    pub fn explained_count(&self) -> usize {
        self.explained.values().sum()
    }

    /// Takes over what an earlier proof found of orders that this one did not look at: a month that is equal makes no other month so.
    pub fn carry_over(&mut self, earlier: &ProofReport) {
        if self.period == Period::default() {
            return;
        }
        let looked = &self.looked;
        let looked_for_anew = |found: &Difference| self.every_document && is_stranger(found);
        let of_others =
            |found: &&Difference| !looked.contains(&found.order) && !looked_for_anew(found);
        let carried: Vec<Difference> = earlier
            .differences
            .iter()
            .filter(of_others)
            .filter(|found| !self.differences.contains(found))
            .cloned()
            .collect();
        self.differences.extend(carried);
    }

    pub(super) fn take(&mut self, proven: Proven) {
        if let Some(name) = proven.beyond {
            self.beyond.push(name);
            return;
        }
        self.checked += 1;
        self.looked.extend(proven.name);
        self.differences.extend(proven.differences);
        self.dated.extend(proven.dated);
        for class in proven.explained {
            let name = match class {
                Explained::VatPerDocument { .. } => "vat-per-document",
                Explained::ConvertedVat { .. } => "converted-vat",
                Explained::RoundingLine { .. } => "rounding-line",
                Explained::VatPerInvoice { .. } => "vat-per-invoice",
                Explained::InvoiceRounding { .. } => "invoice-rounding",
                Explained::PaymentRate { .. } => "payment-rate",
                Explained::RefundDifference { .. } => "refund-difference",
                Explained::CashRounding { .. } => "cash-rounding",
            };
            *self.explained.entry(name.to_owned()).or_default() += 1;
        }
    }
}
