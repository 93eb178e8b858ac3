//! What of the books is shown on the shop's order (`booking-rules` 6): number, status, amount, due date, balance, credit notes.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::life::Books;
use crate::digest;
use crate::erp::{DocumentKind, LedgerDocument, LedgerStatus};

/// Namespace of the metafields: an ordinary one, so that merchants see them (`facts/shopify` 9.2).
pub const NAMESPACE: &str = "visma";

/// One field on the shop's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Key within the namespace.
    pub key: String,
    /// Shopify's type of it.
    pub kind: String,
    /// The value.
    pub value: String,
}

/// A field that Shopify shall know, with its name for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Key within the namespace.
    pub key: &'static str,
    /// Shopify's type of it.
    pub kind: &'static str,
    /// Name for people.
    pub name: &'static str,
}

/// Amounts are text with their currency: Shopify's own type for money takes the shop's currency alone, and a document may be in
/// the customer's.
const TEXT: &str = "single_line_text_field";

/// Every field there is.
pub const DEFINITIONS: [Definition; 6] = [
    Definition {
        key: "invoice_number",
        kind: TEXT,
        name: "Invoice number",
    },
    Definition {
        key: "invoice_status",
        kind: TEXT,
        name: "Invoice status",
    },
    Definition {
        key: "invoice_amount",
        kind: TEXT,
        name: "Invoice amount",
    },
    Definition {
        key: "invoice_due_date",
        kind: "date",
        name: "Invoice due date",
    },
    Definition {
        key: "invoice_balance",
        kind: TEXT,
        name: "Invoice balance",
    },
    Definition {
        key: "credit_notes",
        kind: TEXT,
        name: "Credit notes",
    },
];

/// The fields of an order, as the books are now. None while nothing of it is in the books.
pub fn fields(books: &Books) -> Vec<Field> {
    let of = |kind: &DocumentKind| -> Vec<&LedgerDocument> {
        let mut found: Vec<_> = books
            .ledger
            .iter()
            .filter(|document| document.kind == *kind && is_told(&document.status))
            .collect();
        found.sort_by(|one, other| one.number.cmp(&other.number));
        found
    };
    let invoices = of(&DocumentKind::Invoice);
    let credit_notes = of(&DocumentKind::CreditNote);
    let mut fields = Vec::new();
    let mut add = |key: &str, value: String| {
        let kind = DEFINITIONS
            .iter()
            .find(|definition| definition.key == key)
            .map_or(TEXT, |definition| definition.kind);
        fields.push(Field {
            key: key.to_owned(),
            kind: kind.to_owned(),
            value,
        });
    };
    if !invoices.is_empty() {
        add("invoice_number", numbers(&invoices));
        let states: BTreeSet<&str> = invoices
            .iter()
            .map(|invoice| invoice.status.as_str())
            .collect();
        add(
            "invoice_status",
            states.into_iter().collect::<Vec<_>>().join(", "),
        );
        add("invoice_amount", sum(&invoices, |invoice| invoice.total));
        if let Some(due) = invoices.iter().filter_map(|invoice| invoice.due).max() {
            add("invoice_due_date", due.to_string());
        }
        add("invoice_balance", sum(&invoices, |invoice| invoice.balance));
    }
    if !credit_notes.is_empty() {
        add("credit_notes", numbers(&credit_notes));
    }
    fields
}

/// Digest of the fields: what was written once is not written again.
pub fn fingerprint(fields: &[Field]) -> String {
    digest::of(fields)
}

/// A document that is not in the books yet is nobody's business; one that was voided is told, since it was shown before.
fn is_told(status: &LedgerStatus) -> bool {
    status.is_released() || *status == LedgerStatus::Voided
}

fn numbers(documents: &[&LedgerDocument]) -> String {
    documents
        .iter()
        .map(|document| document.number.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The sum per currency: `1199.00 NOK`.
fn sum(documents: &[&LedgerDocument], amount: impl Fn(&LedgerDocument) -> Decimal) -> String {
    let mut sums: std::collections::BTreeMap<&str, Decimal> = std::collections::BTreeMap::new();
    for document in documents {
        *sums.entry(document.currency.as_str()).or_default() += amount(document);
    }
    sums.into_iter()
        .map(|(currency, amount)| format!("{amount:.2} {currency}"))
        .collect::<Vec<_>>()
        .join(", ")
}
