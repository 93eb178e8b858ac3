//! What an invoice or a credit note is, and what it comes to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{Key, Kind, Listed};
use crate::visma::amounts::round;
use crate::visma::data::VismaData;
use crate::visma::vat::{self, Part, TaxRow};

/// An invoice or a credit note. Its amounts are above zero in both.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) number: String,
    pub(crate) hold: bool,
    /// In the books: what it came to at its release.
    pub(crate) booked: Option<Totals>,
    pub(crate) customer: String,
    pub(crate) currency: String,
    pub(crate) vat_zone: Option<String>,
    pub(crate) branch: String,
    pub(crate) date: NaiveDate,
    pub(crate) due: Option<NaiveDate>,
    /// Date of the invoice that a credit note takes back.
    pub(crate) orig_date: Option<NaiveDate>,
    /// `YYYYMM`.
    pub(crate) period: String,
    /// Units of the company's currency for one of the document's.
    pub(crate) rate: Decimal,
    pub(crate) terms: Option<String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) cash_account: Option<String>,
    /// `customerRefNumber`.
    pub(crate) customer_ref: Option<String>,
    /// `externalReference`.
    pub(crate) external: Option<String>,
    pub(crate) payment_ref: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) dont_print: bool,
    pub(crate) dont_email: bool,
    pub(crate) lines: Vec<Line>,
    pub(crate) next_line: i32,
    /// VAT given by whoever made it, per VAT id.
    pub(crate) exact: Vec<ExactTax>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) modified: DateTime<Utc>,
    /// Counts up over everything; `timeStamp` and ETag.
    pub(crate) version: u64,
    pub(crate) listed: Listed,
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) number: i32,
    pub(crate) item: Option<String>,
    pub(crate) account: String,
    /// Segments of its subaccount.
    pub(crate) subaccount: BTreeMap<u16, String>,
    pub(crate) description: String,
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Decimal,
    pub(crate) discount_percent: Decimal,
    pub(crate) discount: Decimal,
    /// `manualAmountInCurrency`: stands in the place of price times quantity.
    pub(crate) manual: Option<Decimal>,
    /// VAT category.
    pub(crate) category: Option<String>,
    pub(crate) branch: String,
    pub(crate) unit: String,
    pub(crate) note: Option<String>,
    pub(crate) link: Option<String>,
    /// The sales order's line that it invoices.
    pub(crate) order: Option<OrderLine>,
}

/// Where a line comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderLine {
    pub(crate) order_type: String,
    pub(crate) order_number: String,
    pub(crate) line: i32,
    pub(crate) shipment: Option<String>,
    pub(crate) warehouse: Option<String>,
}

/// VAT of one VAT id as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExactTax {
    pub(crate) vat_id: String,
    pub(crate) taxable: Option<Decimal>,
    pub(crate) tax: Option<Decimal>,
}

/// What a document comes to, in its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Lines without VAT.
    pub(crate) lines: Decimal,
    pub(crate) discount: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) total: Decimal,
    /// What the company's rounding of totals added.
    pub(crate) rounding: Decimal,
    pub(crate) rows: Vec<TaxRow>,
}

impl Line {
    /// Before discount.
    pub(crate) fn extended(&self, decimals: u32) -> Decimal {
        self.manual
            .unwrap_or_else(|| round(self.unit_price * self.quantity, decimals))
    }

    /// Without VAT, after discount.
    pub(crate) fn net(&self, decimals: u32) -> Decimal {
        self.extended(decimals) - self.discount
    }
}

impl Document {
    pub(crate) fn key(&self) -> Key {
        (self.kind, self.number.clone())
    }

    pub(crate) fn is_released(&self) -> bool {
        self.booked.is_some()
    }

    /// Does it come from a sales order.
    pub(crate) fn is_from_order(&self) -> bool {
        self.lines.iter().any(|line| line.order.is_some())
    }

    pub(crate) fn totals(&self, data: &VismaData, round_total_to: Option<Decimal>) -> Totals {
        if let Some(booked) = &self.booked {
            return booked.clone();
        }
        let decimals = data.decimals(&self.currency);
        let parts: Vec<Part<'_>> = self
            .lines
            .iter()
            .map(|line| Part {
                category: line.category.as_deref(),
                amount: line.net(decimals),
            })
            .collect();
        let mut rows = vat::compute(
            &data.vat_ids,
            self.vat_zone.as_deref(),
            self.date,
            decimals,
            &parts,
        );
        for exact in &self.exact {
            for row in rows.iter_mut().filter(|row| row.vat_id == exact.vat_id) {
                row.taxable = exact.taxable.unwrap_or(row.taxable);
                row.tax = exact.tax.unwrap_or(row.tax);
            }
        }
        let lines = parts.iter().map(|part| part.amount).sum::<Decimal>();
        let sum = |keep: &dyn Fn(&TaxRow) -> bool| {
            rows.iter()
                .filter(|row| keep(row))
                .map(|row| row.tax)
                .sum::<Decimal>()
        };
        let exact_total = lines + sum(&|row| !row.reverse && !row.included);
        let total = match round_total_to.filter(|unit| !unit.is_zero()) {
            Some(unit) => round(exact_total / unit, 0) * unit,
            None => exact_total,
        };
        Totals {
            lines,
            discount: self.lines.iter().map(|line| line.discount).sum(),
            tax: sum(&|row| !row.reverse),
            total,
            rounding: total - exact_total,
            rows,
        }
    }
}
