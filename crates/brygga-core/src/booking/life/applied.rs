//! What a payment or credit note was applied to after it came into the books. On the screens of Visma.net such an application
//! needs a release of its own; whether the API releases it at once is not verified, so the figures decide (`booking-rules` 7, 8).

use rust_decimal::Decimal;

use super::LifeStep;
use super::ground::Life;
use super::payment::{Free, free};
use crate::erp::{Application, DocumentKind, LedgerDocument, LedgerStatus, Payment};

fn to<'a>(
    rows: &'a [Application],
    kind: &'a DocumentKind,
    number: &'a str,
) -> impl Iterator<Item = Decimal> + 'a {
    rows.iter()
        .filter(move |row| row.kind == *kind && row.number == number)
        .map(|row| row.amount)
}

/// What a credit note is applied to.
pub(super) fn on_invoices(note: &LedgerDocument) -> impl Iterator<Item = &Application> {
    note.applications
        .iter()
        .filter(|row| row.kind == DocumentKind::Invoice)
}

impl Life<'_> {
    /// What documents in the books are applied to this one with, and what has not made it smaller yet.
    pub(super) fn not_yet_off(&self, document: &LedgerDocument) -> Decimal {
        let (kind, number) = (&document.kind, document.number.as_str());
        let payments = self
            .books
            .payments
            .iter()
            .filter(|payment| payment.status.is_released())
            .flat_map(|payment| to(&payment.documents, kind, number));
        let notes = self
            .books
            .ledger
            .iter()
            .filter(|note| note.kind == DocumentKind::CreditNote && note.status.is_released())
            .flat_map(|note| to(&note.applications, kind, number));
        let applied: Decimal = payments.chain(notes).sum();
        (applied - (document.total - document.balance)).max(Decimal::ZERO)
    }

    /// The release that a payment in the books needs for what it was applied to since.
    pub(super) fn release_of_payment(&self, payment: &Payment) -> Option<LifeStep> {
        if payment.status != LedgerStatus::Open || payment.documents.is_empty() {
            return None;
        }
        let Free {
            available,
            reserved,
        } = free(payment);
        // All of it is applied, and it is not closed: the last of it is not in the books. Money that goes back from it closes it by
        // the release of its own payment.
        let goes_back = self.books.payments.iter().any(|other| {
            matches!(other.status, LedgerStatus::Balanced | LedgerStatus::Hold)
                && other.kind == DocumentKind::Refund
                && to(&other.documents, &payment.kind, &payment.number)
                    .next()
                    .is_some()
        });
        let all = available.is_zero() && reserved.is_zero() && !goes_back;
        let some = payment.documents.iter().any(|row| {
            self.document(&row.kind, &row.number)
                .is_some_and(|document| self.not_yet_off(document) > Decimal::ZERO)
        });
        (all || some).then(|| LifeStep::ReleaseApplied {
            kind: payment.kind.clone(),
            number: payment.number.clone(),
            documents: payment.documents.clone(),
        })
    }

    /// What is free of a credit note in the books: its balance, less what is applied and not in the books yet.
    pub(super) fn free_of_note(&self, note: &LedgerDocument) -> Decimal {
        note.balance - self.pending_of_note(note)
    }

    /// What a credit note is applied to and what was paid back of it, beyond what its balance shows.
    fn pending_of_note(&self, note: &LedgerDocument) -> Decimal {
        let given: Decimal = on_invoices(note).map(|row| row.amount).sum();
        let paid: Decimal = self
            .books
            .payments
            .iter()
            .filter(|payment| payment.status.is_released())
            .flat_map(|payment| to(&payment.documents, &note.kind, &note.number))
            .sum();
        (given + paid - (note.total - note.balance)).max(Decimal::ZERO)
    }

    /// The release that a credit note in the books needs for what it was applied to since.
    pub(super) fn release_of_note(&self, note: &LedgerDocument) -> Option<LifeStep> {
        // Money that was paid back of it stands on it too; that is in the books by its own release.
        let documents: Vec<Application> = on_invoices(note).cloned().collect();
        let is_open = note.status == LedgerStatus::Open && !documents.is_empty();
        (is_open && self.pending_of_note(note) > Decimal::ZERO).then(|| LifeStep::ReleaseApplied {
            kind: note.kind.clone(),
            number: note.number.clone(),
            documents,
        })
    }
}
