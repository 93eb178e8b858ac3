//! The gate on an invoice or credit note before its release, and after (`booking-rules` 2.3 and 2.4).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::consignment::Expected;
use super::ground::Life;
use super::{LifeStep, PartState};
use crate::booking::document::ROUNDING_TEXT;
use crate::booking::gate::Explained;
use crate::code::{Code, Problem};
use crate::erp::{LedgerChange, LedgerDocument, LedgerLineDraft, LedgerStatus, VatCalculation};

/// A document against what it must come to.
pub(super) enum Verdict {
    /// It is right, with differences that a rule names.
    Right(Vec<Explained>),
    /// It wants a rounding line of this amount.
    Rounding(Decimal, Vec<Explained>),
}

/// How exact VAT must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vat {
    /// To the cent: a direct document carries it.
    Exact,
    /// Rounded anew on a document of part of an order.
    Anew,
}

pub(super) fn judge(
    life: &Life<'_>,
    document: &LedgerDocument,
    expected: &Expected,
    vat: Vat,
) -> Result<Verdict, Problem> {
    let name = shown(document);
    let differs = |field: String, ours: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display| {
        Err(Problem::new(Code::InvoiceDiffers)
            .with("document", &name)
            .with("field", field)
            .with("ours", ours)
            .with("theirs", theirs))
    };
    if !document.rounding.is_zero() {
        return Err(Problem::new(Code::CompanyRounding)
            .with("document", &name)
            .with("amount", document.rounding.normalize()));
    }
    if document.currency != life.currency {
        return differs("currency".into(), &life.currency, &document.currency);
    }
    if document.customer != life.customer {
        return differs("customer".into(), &life.customer, &document.customer);
    }
    let unit = life.unit();
    let mut explained = Vec::new();
    let mut theirs: BTreeMap<Decimal, (Decimal, bool)> = BTreeMap::new();
    for row in &document.taxes {
        let per_document =
            life.ground.catalogue.vat_ids.iter().any(|id| {
                id.id == row.vat_id && id.calculation == Some(VatCalculation::PerDocument)
            });
        let entry = theirs
            .entry(row.rate.normalize())
            .or_insert((Decimal::ZERO, per_document));
        entry.0 += row.amount;
        entry.1 |= per_document;
    }
    let rates: std::collections::BTreeSet<Decimal> =
        expected.vat.keys().chain(theirs.keys()).copied().collect();
    for rate in rates {
        let (ours, lines) = expected.vat.get(&rate).copied().unwrap_or_default();
        let (stored, per_document) = theirs.get(&rate).copied().unwrap_or_default();
        let difference = stored - ours;
        if difference.is_zero() {
            continue;
        }
        let room = match vat {
            Vat::Exact => Decimal::ZERO,
            // A share's VAT is rounded when the line is split, and again when the ERP computes it.
            Vat::Anew => unit * Decimal::from(lines.saturating_mul(2)),
        };
        if difference.abs() > room {
            let rate = rate.normalize();
            return differs(
                format!("VAT at {rate} %"),
                &ours.normalize(),
                &stored.normalize(),
            );
        }
        explained.push(if per_document {
            Explained::VatPerDocument { rate, difference }
        } else {
            Explained::VatPerInvoice { rate, difference }
        });
    }
    let own_rounding: Decimal = document
        .lines
        .iter()
        .filter(|line| line.order.is_none() && line.description == ROUNDING_TEXT)
        .map(|line| line.net)
        .sum();
    let missing = expected.total - document.total;
    // Net and VAT of a line each round anew: two cents a line at most.
    let limit = unit
        * Decimal::from(
            life.ground
                .settings
                .rounding_limit
                .min(expected.lines.saturating_mul(2)),
        );
    if (missing + own_rounding).abs() > limit {
        return differs(
            "total".into(),
            &expected.total.normalize(),
            &document.total.normalize(),
        );
    }
    if !own_rounding.is_zero() {
        explained.push(Explained::InvoiceRounding {
            amount: own_rounding,
        });
    }
    if missing.is_zero() {
        return Ok(Verdict::Right(explained));
    }
    if document.status.is_released() {
        // Somebody released it before it was written off: cents within the limit, named.
        explained.push(Explained::InvoiceRounding { amount: -missing });
        return Ok(Verdict::Right(explained));
    }
    if vat == Vat::Exact {
        return differs(
            "total".into(),
            &expected.total.normalize(),
            &document.total.normalize(),
        );
    }
    Ok(Verdict::Rounding(missing, explained))
}

/// What comes next for a document that was judged; `None` when it is in the books and right.
pub(super) fn release(
    life: &Life<'_>,
    document: &LedgerDocument,
    expected: &Expected,
    vat: Vat,
) -> Result<(Option<PartState>, Vec<Explained>), Problem> {
    match &document.status {
        LedgerStatus::Voided => {
            return Err(Problem::new(Code::DocumentVoided).with("document", shown(document)));
        }
        LedgerStatus::Balanced | LedgerStatus::Open | LedgerStatus::Closed => {}
        other => {
            return Err(Problem::new(Code::NotReleasable)
                .with("document", shown(document))
                .with("status", other.as_str()));
        }
    }
    match judge(life, document, expected, vat)? {
        Verdict::Right(explained) if document.status.is_released() => Ok((None, explained)),
        Verdict::Right(explained) => {
            let state = if life.ground.settings.invoices.stop_before_release {
                PartState::Waiting(
                    Problem::new(Code::WaitingRelease).with("document", shown(document)),
                    None,
                )
            } else {
                PartState::Next(LifeStep::ReleaseLedger {
                    kind: document.kind.clone(),
                    number: document.number.clone(),
                })
            };
            Ok((Some(state), explained))
        }
        Verdict::Rounding(amount, explained) => {
            let zone = life.booked.document.draft.head.vat_zone.clone();
            let (special, category) = life
                .table(life.booked.document.draft.head.date)?
                .rounding(&zone)?;
            let line = LedgerLineDraft {
                link: "rounding".into(),
                item: Some(special.item.clone()),
                unit: None,
                account: special.account.clone(),
                subaccount: life.subaccount(),
                description: ROUNDING_TEXT.into(),
                quantity: Decimal::ONE,
                unit_price: amount,
                net: amount,
                vat_category: category,
            };
            Ok((
                Some(PartState::Next(LifeStep::ChangeLedger {
                    kind: document.kind.clone(),
                    number: document.number.clone(),
                    change: LedgerChange {
                        add: vec![line],
                        ..LedgerChange::default()
                    },
                })),
                explained,
            ))
        }
    }
}

/// A document's name for people.
pub(super) fn shown(document: &LedgerDocument) -> String {
    format!("{} {}", document.kind.as_str(), document.number)
}
