//! Payments in the Visma.net in memory.

use brygga_core::Decimal;
use brygga_core::erp::{
    Application, DocumentKind, LedgerStatus, OrderApplication, Payment, PaymentDraft,
};

use super::{Visma, same};

impl Visma {
    pub(super) fn create_payment(&mut self, draft: &PaymentDraft) {
        assert!(draft.amount > Decimal::ZERO);
        assert!(draft.text.chars().count() <= 50);
        assert!(
            self.payments
                .iter()
                .all(|one| one.reference.as_deref() != Some(draft.reference.as_str())),
            "{} is paid twice",
            draft.reference
        );
        let account = self
            .catalogue
            .cash_accounts
            .iter()
            .find(|account| account.number == draft.cash_account)
            .expect("the cash account is there");
        assert_eq!(account.currency, draft.currency, "1504: wrong currency");
        let number = self.number();
        self.payments.push(Payment {
            kind: draft.kind.clone(),
            number: number.clone(),
            etag: None,
            status: LedgerStatus::Balanced,
            customer: draft.customer.clone(),
            cash_account: draft.cash_account.clone(),
            currency: draft.currency.clone(),
            amount: draft.amount,
            available: draft.amount,
            date: Some(draft.date),
            reference: Some(draft.reference.clone()),
            orders: vec![],
            documents: vec![],
        });
        self.change_payment(&draft.kind, &number, &draft.orders, &draft.documents);
    }

    pub(super) fn change_payment(
        &mut self,
        kind: &DocumentKind,
        number: &str,
        orders: &[OrderApplication],
        documents: &[Application],
    ) {
        for row in orders {
            let total = {
                let sales = self.sales.iter().find(|one| one.number == row.order);
                self.booked(sales.unwrap()).total
            };
            let payment = self.payment(kind, number);
            assert!(row.amount >= Decimal::ZERO && row.amount <= total);
            if let Some(there) = payment.orders.iter_mut().find(|one| one.order == row.order) {
                payment.available += there.amount - row.amount;
                there.amount = row.amount;
            } else {
                payment.available -= row.amount;
                payment.orders.push(row.clone());
            }
        }
        for row in documents {
            let payment = self.payment(kind, number);
            let before: Decimal = payment
                .documents
                .iter()
                .filter(|known| same(known, &row.kind, &row.number))
                .map(|known| known.amount)
                .sum();
            let more = row.amount - before;
            assert!(more > Decimal::ZERO);
            payment
                .documents
                .retain(|known| !same(known, &row.kind, &row.number));
            payment.documents.push(row.clone());
            payment.available -= more;
            let released = payment.status.is_released();
            self.must_be_open(kind, row, more);
            if released {
                self.put(kind, number, row, more);
            }
        }
        let payment = self.payment(kind, number);
        assert!(payment.available >= Decimal::ZERO, "more than it has");
    }

    pub(super) fn must_be_open(&mut self, of: &DocumentKind, row: &Application, amount: Decimal) {
        match row.kind {
            DocumentKind::Invoice | DocumentKind::CreditNote => {
                assert_eq!(
                    row.kind == DocumentKind::CreditNote,
                    *of == DocumentKind::Refund
                );
                let there = self.document(&row.kind, &row.number);
                assert_eq!(there.status, LedgerStatus::Open, "a closed document");
                assert!(
                    there.balance - self.waits_on(row) >= amount,
                    "over the balance"
                );
            }
            _ => {
                assert_eq!(*of, DocumentKind::Refund);
                assert!(self.payment(&row.kind, &row.number).available >= amount);
            }
        }
    }

    pub(super) fn settle(&mut self, row: &Application, amount: Decimal) {
        match row.kind {
            DocumentKind::Invoice | DocumentKind::CreditNote => {
                self.pay(&row.kind, &row.number, amount);
            }
            _ => {
                let source = self.payment(&row.kind, &row.number);
                assert!(source.status.is_released() && source.available >= amount);
                source.available -= amount;
            }
        }
    }

    pub(super) fn release_payment(&mut self, kind: &DocumentKind, number: &str) {
        let payment = self.payment(kind, number);
        assert_eq!(payment.status, LedgerStatus::Balanced);
        if *kind == DocumentKind::Refund {
            assert!(payment.available.is_zero(), "a refund not fully applied");
        }
        payment.status = LedgerStatus::Open;
        for row in payment.documents.clone() {
            self.settle(&row, row.amount);
        }
        self.close_payments();
    }

    /// Sets what a credit note is applied to; of a released one it is in the books at once, or waits.
    pub(super) fn apply_credit(&mut self, number: &str, rows: &[Application]) {
        for row in rows {
            assert_eq!(row.kind, DocumentKind::Invoice);
            let invoice = self.document(&DocumentKind::Invoice, &row.number);
            assert!(invoice.status.is_released());
            let balance = invoice.balance;
            let note = self.document(&DocumentKind::CreditNote, number);
            let before: Decimal = note
                .applications
                .iter()
                .filter(|known| same(known, &row.kind, &row.number))
                .map(|known| known.amount)
                .sum();
            let more = row.amount - before;
            let balance = balance - self.waits_on(row);
            assert!(more > Decimal::ZERO && more <= balance, "over the balance");
            let note = self.document_mut(&DocumentKind::CreditNote, number);
            note.applications
                .retain(|known| !same(known, &row.kind, &row.number));
            note.applications.push(row.clone());
            let applied: Decimal = note.applications.iter().map(|row| row.amount).sum();
            assert!(applied <= note.total);
            if note.status.is_released() {
                self.put(&DocumentKind::CreditNote, number, row, more);
            }
        }
    }

    /// An application by something in the books: it is in the books too, or waits for its release.
    pub(super) fn put(
        &mut self,
        kind: &DocumentKind,
        number: &str,
        row: &Application,
        more: Decimal,
    ) {
        let row = Application {
            amount: more,
            ..row.clone()
        };
        self.pending.push((kind.clone(), number.to_owned(), row));
        if self.at_once {
            self.release_applied(kind, number);
        }
    }

    /// What waits to come off a document.
    pub(super) fn waits_on(&self, row: &Application) -> Decimal {
        self.pending
            .iter()
            .filter(|(.., waits)| same(waits, &row.kind, &row.number))
            .map(|(.., waits)| waits.amount)
            .sum()
    }

    /// Refused where nothing waits, as Visma.net does.
    pub(super) fn release_applied(&mut self, kind: &DocumentKind, number: &str) {
        let is_its = |one: &(DocumentKind, String, Application)| one.0 == *kind && one.1 == number;
        let rows: Vec<_> = self
            .pending
            .iter()
            .filter(|one| is_its(one))
            .cloned()
            .collect();
        assert!(!rows.is_empty(), "nothing of {number} waits to be released");
        self.pending.retain(|one| !is_its(one));
        for (.., row) in rows {
            self.settle(&row, row.amount);
            if *kind == DocumentKind::CreditNote {
                self.pay(kind, number, row.amount);
            }
        }
        self.close_payments();
    }

    /// A payment of which nothing is left, and nothing waits, is closed.
    pub(super) fn close_payments(&mut self) {
        for payment in &mut self.payments {
            if !payment.status.is_released() {
                continue;
            }
            let reserved: Decimal = payment.orders.iter().map(|row| row.amount).sum();
            let waits = self
                .pending
                .iter()
                .any(|(kind, number, _)| *kind == payment.kind && *number == payment.number);
            payment.status = if payment.available.is_zero() && reserved.is_zero() && !waits {
                LedgerStatus::Closed
            } else {
                LedgerStatus::Open
            };
        }
    }
}
