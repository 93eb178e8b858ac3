//! What a part of an order puts on each side of its day (`booking-rules` 11).

use std::collections::BTreeSet;

use brygga_core::Decimal;
use brygga_core::booking::life::{PartDecision, PartKind};
use brygga_core::booking::{BookedState, Explained};
use brygga_core::erp::{DocumentKind, LedgerDocument, Payment};
use brygga_core::proof::{Account, Entry, country_of};
use brygga_core::settings::Settings;
use brygga_core::shop::{Order, Transaction, TransactionKind, is_stored_value};
use chrono::NaiveDate;

/// What one part's entries have in common.
pub(super) struct Side<'a> {
    pub(super) order: &'a Order,
    pub(super) state: &'a BookedState,
    /// The day on which it belongs.
    pub(super) date: NaiveDate,
    pub(super) currency: &'a str,
    pub(super) settings: &'a Settings,
}

impl Side<'_> {
    fn entry(&self, date: NaiveDate, account: Account, amount: Decimal) -> Entry {
        Entry {
            date,
            account,
            currency: self.currency.to_owned(),
            amount,
        }
    }

    fn vat(country: &str, rate: Decimal) -> Account {
        Account::Vat {
            country: country.to_owned(),
            rate: rate.normalize(),
        }
    }

    /// Shopify's figures.
    pub(super) fn of_shop(&self, decision: &PartDecision) -> Vec<Entry> {
        // A part without a document, such as a refund that only made the order smaller, is no sale and no refund.
        if decision.documents.is_empty() {
            return Vec::new();
        }
        let side = self.state.document.side;
        let mut entries = Vec::new();
        let mut add = |account, amount: Decimal| {
            entries.push(self.entry(self.date, account, amount));
        };
        let (account, sign) = match decision.part.kind {
            PartKind::Invoice => (Account::Sales, Decimal::ONE),
            PartKind::CreditNote => (Account::Refunds, Decimal::NEGATIVE_ONE),
            PartKind::Payment => return self.of_transaction(decision),
            // Goods that left are no money; their invoice is a part of its own.
            PartKind::Shipment => return Vec::new(),
        };
        if let Some(amount) = decision.amount {
            add(account, amount.abs());
        }
        let rounded = decision
            .explained
            .iter()
            .any(|explained| matches!(explained, Explained::CashRounding { .. }));
        if rounded && let Some(bag) = &self.order.cash_rounding {
            add(Account::CashRounding, sign * bag.on(side).amount);
        }
        for (rate, tax) in &decision.vat {
            add(
                Self::vat(&self.state.document.destination, *rate),
                sign * *tax,
            );
        }
        if !decision.gift_cards.is_zero() {
            add(Account::StoredValue, sign * decision.gift_cards);
        }
        entries
    }

    /// Shopify's own figure of a transaction, not what was planned; at the order's own rate where a rule names that.
    fn of_transaction(&self, decision: &PartDecision) -> Vec<Entry> {
        let Some(transaction) = self.transaction(decision) else {
            return Vec::new();
        };
        let at_own_rate: Decimal = decision
            .explained
            .iter()
            .map(|explained| match explained {
                Explained::PaymentRate { difference } => *difference,
                _ => Decimal::ZERO,
            })
            .sum();
        let amount = transaction.amount.on(self.state.document.side).amount + at_own_rate;
        let signed = if transaction.kind == TransactionKind::Refund {
            -amount
        } else {
            amount
        };
        let mut entries = vec![self.entry(self.date, self.money(decision), signed)];
        if transaction.is_stored_value() {
            entries.push(self.entry(self.date, Account::StoredValue, -signed));
        }
        entries
    }

    /// An invoice or credit note as it stands in the ledger.
    pub(super) fn of_document(&self, document: &LedgerDocument) -> Vec<Entry> {
        let (account, sign) = match document.kind {
            DocumentKind::CreditNote => (Account::Refunds, Decimal::NEGATIVE_ONE),
            _ => (Account::Sales, Decimal::ONE),
        };
        let date = document.date.unwrap_or(self.date);
        let of_item = |item: Option<&str>| -> Decimal {
            document
                .lines
                .iter()
                .filter(|line| line.item.is_some() && line.item.as_deref() == item)
                .map(|line| line.net)
                .sum()
        };
        let payments = &self.settings.payments;
        let rounding = payments.cash_rounding_item.as_ref();
        let rounding = of_item(rounding.map(|special| special.item.as_str()));
        let mut entries = vec![self.entry(date, account, document.total - rounding)];
        if !rounding.is_zero() {
            entries.push(self.entry(date, Account::CashRounding, sign * rounding));
        }
        let country = country_of(
            document.vat_zone.as_deref(),
            &self.state.document.destination,
            &self.settings.vat,
        );
        for tax in document.taxes.iter().filter(|tax| !tax.amount.is_zero()) {
            entries.push(self.entry(date, Self::vat(&country, tax.rate), sign * tax.amount));
        }
        let cards = self.settings.special_items.gift_card.as_ref();
        let cards = of_item(cards.map(|special| special.item.as_str()));
        if !cards.is_zero() {
            entries.push(self.entry(date, Account::StoredValue, sign * cards));
        }
        entries
    }

    /// A payment as it stands in the ledger.
    pub(super) fn of_payment(&self, decision: &PartDecision, payment: &Payment) -> Vec<Entry> {
        let sign = match payment.kind {
            DocumentKind::Refund => Decimal::NEGATIVE_ONE,
            _ => Decimal::ONE,
        };
        let date = payment.date.unwrap_or(self.date);
        let amount = sign * payment.amount;
        let mut entries = vec![self.entry(date, self.money(decision), amount)];
        let mut rows = self.settings.payments.gateways.iter();
        if rows.any(|row| is_stored_value(&row.gateway) && row.cash_account == payment.cash_account)
        {
            entries.push(self.entry(date, Account::StoredValue, -amount));
        }
        entries
    }

    fn transaction(&self, decision: &PartDecision) -> Option<&Transaction> {
        self.order
            .transactions
            .iter()
            .find(|one| one.id == decision.part.id)
    }

    fn money(&self, decision: &PartDecision) -> Account {
        Account::Money {
            gateway: self
                .transaction(decision)
                .map(|one| one.gateway.clone())
                .unwrap_or_default(),
        }
    }

    /// Moves the cents that a part's documents are off by to a row of their own, where a rule names exactly these.
    pub(super) fn name_cents(
        &self,
        decision: &PartDecision,
        shop: &mut Vec<Entry>,
        ledger: &mut Vec<Entry>,
    ) {
        let is_total = |entry: &Entry| matches!(entry.account, Account::Sales | Account::Refunds);
        let there: Decimal = ledger
            .iter()
            .filter(|entry| is_total(entry))
            .map(|entry| entry.amount)
            .sum();
        let Some(amount) = decision.amount else {
            return;
        };
        let off = there - amount.abs();
        let named = Explained::InvoiceRounding { amount: off };
        if off.is_zero() || !decision.explained.contains(&named) {
            return;
        }
        let Some(first) = ledger.iter_mut().find(|entry| is_total(entry)) else {
            return;
        };
        first.amount -= off;
        let date = first.date;
        let moved = match first.account {
            Account::Refunds => -off,
            _ => off,
        };
        ledger.push(self.entry(date, Account::InvoiceRounding, moved));
        shop.push(self.entry(self.date, Account::InvoiceRounding, moved));
    }

    /// Moves the VAT that a part's documents are off by to a row of its own, rate by rate, where a rule names exactly that.
    pub(super) fn name_vat(
        &self,
        decision: &PartDecision,
        shop: &mut Vec<Entry>,
        ledger: &mut Vec<Entry>,
    ) {
        let sum = |entries: &[Entry], of: Decimal| -> Decimal {
            entries
                .iter()
                .filter(|entry| matches!(entry.account, Account::Vat { rate, .. } if rate == of))
                .map(|entry| entry.amount)
                .sum()
        };
        let rates: BTreeSet<Decimal> = shop
            .iter()
            .chain(ledger.iter())
            .filter_map(|entry| match entry.account {
                Account::Vat { rate, .. } => Some(rate),
                _ => None,
            })
            .collect();
        let Some(date) = ledger.first().map(|entry| entry.date) else {
            return;
        };
        let sign = match decision.part.kind {
            PartKind::CreditNote => Decimal::NEGATIVE_ONE,
            PartKind::Invoice | PartKind::Payment | PartKind::Shipment => Decimal::ONE,
        };
        let of_refund = decision
            .explained
            .iter()
            .any(|explained| matches!(explained, Explained::RefundDifference { .. }));
        for of in rates {
            let off = sum(ledger, of) - sum(shop, of);
            if off.is_zero() {
                continue;
            }
            let named: Decimal = decision
                .explained
                .iter()
                .map(|explained| match explained {
                    Explained::VatPerDocument { rate, difference }
                    | Explained::VatPerInvoice { rate, difference }
                        if rate.normalize() == of =>
                    {
                        *difference
                    }
                    _ => Decimal::ZERO,
                })
                .sum();
            let account = if off == sign * named {
                Account::VatRounding
            } else if of_refund {
                Account::RefundDifference
            } else {
                continue;
            };
            let vat = Self::vat(&self.state.document.destination, of);
            ledger.push(self.entry(date, vat, -off));
            ledger.push(self.entry(date, account.clone(), off));
            shop.push(self.entry(self.date, account, off));
        }
    }
}
