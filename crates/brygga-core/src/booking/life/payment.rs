//! Transactions to customer payments: money in, and money that went back (`booking-rules` 7 and 8).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::ground::{Life, link};
use super::invoice::Invoices;
use super::money::scale;
use super::refund::Refunding;
use super::returns::to_open;
use super::{LifeStep, Linked, PartDecision, PartKind, PartRef, PartState};
use crate::booking::gate::Explained;
use crate::code::{Code, Problem};
use crate::erp::{
    Application, BookedOrder, DocumentKind, LedgerDocument, LedgerStatus, OrderApplication,
    OrderStatus, Payment, PaymentChange, PaymentDraft,
};
use crate::settings::{GatewayRow, GatewayRule};
use crate::shop::{Order, Side, Transaction, TransactionKind, TransactionStatus};

/// Is this a movement of money, or a try at one: what a payment part is made of.
pub(super) fn moves(transaction: &Transaction) -> bool {
    matches!(
        transaction.kind,
        TransactionKind::Sale | TransactionKind::Capture | TransactionKind::Refund
    )
}

pub(super) fn is_in(transaction: &Transaction) -> bool {
    matches!(
        transaction.kind,
        TransactionKind::Sale | TransactionKind::Capture
    ) && transaction.status == TransactionStatus::Success
}

/// What came in, in the currency that the customer saw.
pub(super) fn seen<'a>(life: &Life<'a>) -> impl Iterator<Item = (&'a str, Decimal)> {
    life.order
        .transactions
        .iter()
        .filter(|one| is_in(one))
        .map(|one| (one.id.as_str(), one.amount.presentment.amount))
}

/// What each money-in transaction comes to, where the documents are in its own currency.
pub(super) fn as_paid(life: &Life<'_>) -> BTreeMap<String, Decimal> {
    life.order
        .transactions
        .iter()
        .filter(|one| is_in(one))
        .map(|one| (one.id.clone(), one.amount.on(life.side).amount))
        .collect()
}

/// The same in the shop's own currency, where the customer paid in another: the share of the order's total at the order's
/// own rate, so that all that is due, `due_seen`, is exactly `due` (`booking-rules` 1). What is in the books stays, and the
/// next takes the rest.
pub(super) fn at_own_rate(
    life: &Life<'_>,
    due_seen: Decimal,
    due: Decimal,
) -> BTreeMap<String, Decimal> {
    let ordered = life.order.totals.total;
    let (mut all, mut sum) = (Decimal::ZERO, Decimal::ZERO);
    let mut amounts = BTreeMap::new();
    for (id, amount) in seen(life) {
        all += amount;
        let amount = booked(life, id).unwrap_or_else(|| {
            let to_here = if all == due_seen {
                due
            } else {
                scale(
                    ordered.shop.amount,
                    all,
                    ordered.presentment.amount,
                    life.decimals,
                )
            };
            to_here - sum
        });
        sum += amount;
        amounts.insert(id.to_owned(), amount);
    }
    amounts
}

pub(super) fn payments<'a>(life: &Life<'a>, id: &str) -> Vec<&'a Payment> {
    life.books
        .payments
        .iter()
        .filter(|payment| {
            payment.reference.as_deref() == Some(id) && payment.status != LedgerStatus::Voided
        })
        .collect()
}

/// What a transaction is in the books with.
pub(super) fn booked(life: &Life<'_>, id: &str) -> Option<Decimal> {
    payments(life, id).first().map(|one| one.amount)
}

/// Money of the order that is applied to nothing, or reserved for a sales order.
pub(super) struct Free {
    pub(super) available: Decimal,
    pub(super) reserved: Decimal,
}

pub(super) fn free(payment: &Payment) -> Free {
    Free {
        available: payment.available,
        reserved: payment.orders.iter().map(|row| row.amount).sum(),
    }
}

/// The payments of one order, decided together: what one applies, the next cannot.
pub(super) struct Payments<'a, 'l> {
    pub(super) life: &'l Life<'a>,
    received: BTreeMap<String, Decimal>,
    invoices: Vec<&'a LedgerDocument>,
    /// What is still open of each invoice in this look.
    open: BTreeMap<String, Decimal>,
    pub(super) refunds: &'l [Refunding<'a>],
}

impl<'a, 'l> Payments<'a, 'l> {
    pub(super) fn of(
        life: &'l Life<'a>,
        received: BTreeMap<String, Decimal>,
        invoices: Option<&Invoices<'a>>,
        refunds: &'l [Refunding<'a>],
    ) -> Self {
        let mut invoices = invoices.map_or_else(Vec::new, |invoices| invoices.released(life));
        invoices.sort_by(|one, other| (one.date, &one.number).cmp(&(other.date, &other.number)));
        let open = invoices
            .iter()
            .map(|invoice| (invoice.number.clone(), life.open_balance(invoice)))
            .collect();
        Self {
            life,
            received,
            invoices,
            open,
            refunds,
        }
    }

    pub(super) fn decide(&mut self, transaction: &Transaction) -> PartDecision {
        let part = PartRef {
            kind: PartKind::Payment,
            id: transaction.id.clone(),
        };
        let mut decision = PartDecision::new(part, PartState::Done, transaction.processed_at);
        decision.state = self
            .state(transaction, &mut decision)
            .unwrap_or_else(PartState::Held);
        decision
    }

    fn state(
        &mut self,
        transaction: &Transaction,
        decision: &mut PartDecision,
    ) -> Result<PartState, Problem> {
        let life = self.life;
        if let Some(state) = not_now(life.order, transaction) {
            return Ok(state);
        }
        let own = &life.ground.settings.payments;
        let refunding = self
            .refunds
            .iter()
            .position(|one| one.transactions.contains_key(&transaction.id));
        let is_back = transaction.kind == TransactionKind::Refund;
        let amount = match refunding.and_then(|index| self.refunds.get(index)) {
            Some(one) => one.transactions.get(&transaction.id).copied(),
            None => self.received.get(&transaction.id).copied(),
        }
        .unwrap_or_else(|| transaction.amount.on(life.side).amount);
        decision.amount = Some(amount);
        if !own.on {
            return Ok(PartState::Skipped(life.problem(Code::SkippedPaymentsOff)));
        }
        let row = row(life, transaction)?;
        if row.rule == GatewayRule::Leave {
            return Ok(PartState::Skipped(
                life.problem(Code::SkippedGateway)
                    .with("gateway", &transaction.gateway),
            ));
        }
        if life.side == Side::Shop && life.order.shop_currency != life.order.presentment_currency {
            let difference = amount - transaction.amount.shop.amount;
            if !difference.is_zero() {
                decision
                    .explained
                    .push(Explained::PaymentRate { difference });
            }
        }
        let there = payments(life, &transaction.id);
        let payment = match there.as_slice() {
            [] => None,
            [one] => Some(*one),
            several => {
                return Err(life.doubled(several.iter().map(|one| one.number.as_str())));
            }
        };
        if let Some(payment) = payment {
            decision
                .documents
                .push(link(&decision.part, Linked::Payment, &payment.number));
            compare(payment, amount, row, life)?;
        }
        if amount.is_zero() {
            return Ok(PartState::Done);
        }
        if is_back {
            self.back(transaction, amount, row, payment, refunding)
        } else {
            self.money_in(transaction, amount, row, payment)
        }
    }

    pub(super) fn draft(
        &self,
        transaction: &Transaction,
        amount: Decimal,
        row: &GatewayRow,
    ) -> Result<PaymentDraft, Problem> {
        let life = self.life;
        let at = transaction.processed_at.unwrap_or(life.order.processed_at);
        let text: String = format!("Shopify {} {}", life.order.name, transaction.gateway)
            .chars()
            .take(50)
            .collect();
        Ok(PaymentDraft {
            kind: DocumentKind::Payment,
            customer: life.customer.clone(),
            method: row.payment_method.clone(),
            cash_account: row.cash_account.clone(),
            currency: life.currency.to_owned(),
            amount,
            date: life.day(at)?,
            reference: transaction.id.clone(),
            text,
            branch: life.ground.settings.branch_of(life.order).cloned(),
            orders: Vec::new(),
            documents: Vec::new(),
        })
    }

    fn money_in(
        &mut self,
        transaction: &Transaction,
        amount: Decimal,
        row: &GatewayRow,
        payment: Option<&Payment>,
    ) -> Result<PartState, Problem> {
        let Some(payment) = payment else {
            let mut draft = self.draft(transaction, amount, row)?;
            draft.documents = self.take_open(amount, &[]);
            if draft.documents.is_empty() {
                draft.kind = DocumentKind::Prepayment;
                draft.orders = self.reserve(amount);
            }
            return Ok(PartState::Next(LifeStep::CreatePayment {
                draft: Box::new(draft),
            }));
        };
        if !payment.status.is_released() {
            return release(payment);
        }
        // Reserved money follows at the release of an invoice; where it did not, it is applied (booking-rules 7).
        let Free {
            available,
            reserved,
        } = free(payment);
        let rows = self.take_open(available + reserved, &payment.documents);
        if rows.is_empty() {
            let release = self.life.release_of_payment(payment);
            return Ok(release.map_or(PartState::Done, PartState::Next));
        }
        let more: Decimal = rows
            .iter()
            .map(|row| row.amount - applied(payment, row))
            .sum();
        Ok(PartState::Next(LifeStep::ChangePayment {
            kind: payment.kind.clone(),
            number: payment.number.clone(),
            change: PaymentChange {
                orders: less_reserved(self.life, payment, more - available),
                documents: rows,
            },
        }))
    }

    /// Applies up to so much to open invoices, oldest first.
    fn take_open(&mut self, amount: Decimal, there: &[Application]) -> Vec<Application> {
        let open: Vec<(&str, Decimal)> = self
            .invoices
            .iter()
            .map(|invoice| {
                let open = self.open.get(&invoice.number).copied();
                (invoice.number.as_str(), open.unwrap_or_default())
            })
            .collect();
        let rows = to_open(amount, there, &open);
        for row in &rows {
            let before: Decimal = there
                .iter()
                .filter(|known| known.kind == row.kind && known.number == row.number)
                .map(|known| known.amount)
                .sum();
            if let Some(open) = self.open.get_mut(&row.number) {
                *open -= row.amount - before;
            }
        }
        rows
    }

    /// The reservation of a prepayment for the sales order: as much as is neither invoiced nor reserved.
    fn reserve(&self, amount: Decimal) -> Vec<OrderApplication> {
        let life = self.life;
        let Some(base) = life.base else {
            return Vec::new();
        };
        let reserved: Decimal = life
            .books
            .payments
            .iter()
            .filter(|payment| payment.status != LedgerStatus::Voided)
            .flat_map(|payment| &payment.orders)
            .filter(|row| row.order == base.number)
            .map(|row| row.amount)
            .sum();
        let room = (to_invoice(life, base) - reserved).min(amount);
        if room <= Decimal::ZERO {
            return Vec::new();
        }
        vec![OrderApplication {
            order: base.number.clone(),
            amount: room,
            transferred: Decimal::ZERO,
        }]
    }
}

fn applied(payment: &Payment, row: &Application) -> Decimal {
    payment
        .documents
        .iter()
        .filter(|known| known.kind == row.kind && known.number == row.number)
        .map(|known| known.amount)
        .sum()
}

/// The reservations of a payment, so much less; and never for more than the order still has to be invoiced.
pub(super) fn less_reserved(
    life: &Life<'_>,
    payment: &Payment,
    mut less: Decimal,
) -> Vec<OrderApplication> {
    let mut rows = Vec::new();
    for row in &payment.orders {
        let takes = less.min(row.amount);
        if takes <= Decimal::ZERO {
            continue;
        }
        less -= takes;
        let room = life
            .sales_order(&row.order)
            .map_or(Decimal::ZERO, |order| to_invoice(life, order));
        rows.push(OrderApplication {
            amount: (row.amount - takes).min(room),
            ..row.clone()
        });
    }
    rows
}

/// What of a sales order is on no released invoice yet.
fn to_invoice(life: &Life<'_>, order: &BookedOrder) -> Decimal {
    if order.status == OrderStatus::Cancelled {
        return Decimal::ZERO;
    }
    let invoiced: Decimal = life
        .books
        .ledger
        .iter()
        .filter(|document| {
            document.kind == DocumentKind::Invoice
                && document.status.is_released()
                && document
                    .lines
                    .iter()
                    .any(|line| line.order.as_ref() == Some(&order.number))
        })
        .map(|document| document.total)
        .sum();
    (order.total - invoiced).max(Decimal::ZERO)
}

/// A transaction that moved no money, or has not yet.
pub(super) fn not_now(order: &Order, transaction: &Transaction) -> Option<PartState> {
    let named = |code| {
        Problem::new(code)
            .with("order", &order.name)
            .with("status", transaction.status.as_str())
    };
    match transaction.status {
        TransactionStatus::Success => None,
        TransactionStatus::Failure | TransactionStatus::Error => {
            Some(PartState::Skipped(named(Code::SkippedFailed)))
        }
        TransactionStatus::Pending | TransactionStatus::Other(_) => {
            Some(PartState::Waiting(named(Code::WaitingTransaction), None))
        }
    }
}

/// The row of the payment map, usable.
pub(super) fn row<'a>(
    life: &Life<'a>,
    transaction: &Transaction,
) -> Result<&'a GatewayRow, Problem> {
    let row = life.ground.settings.payments.row(
        &transaction.gateway,
        transaction.method.as_deref(),
        life.currency,
    );
    let unmapped = || {
        Problem::new(Code::GatewayUnmapped)
            .with("gateway", &transaction.gateway)
            .with("method", transaction.method.as_deref().unwrap_or("-"))
            .with("currency", life.currency)
    };
    let row = row.ok_or_else(unmapped)?;
    if row.rule == GatewayRule::Leave {
        return Ok(row);
    }
    if row.cash_account.is_empty() || row.payment_method.is_empty() {
        return Err(unmapped());
    }
    let account = life
        .ground
        .catalogue
        .cash_accounts
        .iter()
        .find(|account| account.number == row.cash_account);
    if let Some(account) = account
        && account.currency != life.currency
    {
        return Err(Problem::new(Code::CashAccountCurrency)
            .with("account", &account.number)
            .with("theirs", &account.currency)
            .with("ours", life.currency));
    }
    Ok(row)
}

/// Is the payment what it must be.
fn compare(
    payment: &Payment,
    amount: Decimal,
    row: &GatewayRow,
    life: &Life<'_>,
) -> Result<(), Problem> {
    let name = format!("{} {}", payment.kind.as_str(), payment.number);
    let theirs = payment.amount.normalize().to_string();
    let ours = amount.normalize().to_string();
    for (field, ours, theirs) in [
        ("amount", ours.as_str(), theirs.as_str()),
        ("currency", life.currency, payment.currency.as_str()),
        (
            "cash account",
            row.cash_account.as_str(),
            payment.cash_account.as_str(),
        ),
    ] {
        // A mapping that was changed later says nothing about what is in the books.
        let settled = field == "cash account" && payment.status.is_released();
        if ours != theirs && !settled {
            return Err(Problem::new(Code::ReadBackDiffers)
                .with("document", &name)
                .with("field", field)
                .with("ours", ours)
                .with("theirs", theirs));
        }
    }
    Ok(())
}

pub(super) fn release(payment: &Payment) -> Result<PartState, Problem> {
    match &payment.status {
        LedgerStatus::Balanced => Ok(PartState::Next(LifeStep::ReleasePayment {
            kind: payment.kind.clone(),
            number: payment.number.clone(),
        })),
        other => Err(Problem::new(Code::NotReleasable)
            .with(
                "document",
                format!("{} {}", payment.kind.as_str(), payment.number),
            )
            .with("status", other.as_str())),
    }
}
