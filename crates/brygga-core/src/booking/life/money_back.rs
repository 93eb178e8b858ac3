//! Money that went back: payments of type Refund, each applied in full before its release (`booking-rules` 8).

use rust_decimal::Decimal;

use super::payment::{Free, Payments, free, is_in, less_reserved, payments, release, row};
use super::refund::Refunding;
use super::returns::credit_note;
use super::{LifeStep, PartState};
use crate::code::{Code, Problem};
use crate::erp::{Application, DocumentKind, LedgerStatus, Payment, PaymentChange};
use crate::settings::{GatewayRow, GatewayRule};
use crate::shop::Transaction;

impl Payments<'_, '_> {
    /// Money that went back: from the refund's credit note, else from what the customer has paid and is in no invoice.
    pub(super) fn back(
        &mut self,
        transaction: &Transaction,
        amount: Decimal,
        row: &GatewayRow,
        payment: Option<&Payment>,
        refunding: Option<usize>,
    ) -> Result<PartState, Problem> {
        let life = self.life;
        let one = refunding.and_then(|index| self.refunds.get(index));
        if let Some(kept_out) = one.and_then(|one| one.kept_out.as_ref()) {
            return Ok(match kept_out {
                PartState::Skipped(problem) => PartState::Skipped(problem.clone()),
                _ => PartState::Waiting(life.problem(Code::WaitingCreditNote), None),
            });
        }
        if let Some(payment) = payment {
            let applied: Decimal = payment.documents.iter().map(|row| row.amount).sum();
            if payment.status.is_released() {
                return Ok(PartState::Done);
            }
            // Only a refund that is applied in full may be released (facts/visma 16).
            if applied >= payment.amount {
                return release(payment);
            }
        }
        let mut rows = Vec::new();
        let mut left = amount;
        if let Some(one) = one {
            let credited = from_credit(one, &transaction.id);
            if credited > Decimal::ZERO {
                let Some(note) = credit_note(life, one).filter(|note| note.status.is_released())
                else {
                    return Ok(PartState::Waiting(
                        life.problem(Code::WaitingCreditNote),
                        None,
                    ));
                };
                let takes = credited.min(life.free_of_note(note));
                if takes < credited {
                    return Err(self.without_money(amount));
                }
                left -= takes;
                rows.push(Application {
                    kind: DocumentKind::CreditNote,
                    number: note.number.clone(),
                    amount: takes,
                });
            }
        }
        if left > Decimal::ZERO {
            match self.prepaid(transaction, left)? {
                Ok(found) => rows.extend(found),
                Err(state) => return Ok(state),
            }
        }
        if let Some(payment) = payment {
            return Ok(PartState::Next(LifeStep::ChangePayment {
                kind: payment.kind.clone(),
                number: payment.number.clone(),
                change: PaymentChange {
                    orders: Vec::new(),
                    documents: rows,
                },
            }));
        }
        let mut draft = self.draft(transaction, amount, row)?;
        draft.kind = DocumentKind::Refund;
        draft.documents = rows;
        Ok(PartState::Next(LifeStep::CreatePayment {
            draft: Box::new(draft),
        }))
    }

    /// Prepaid money that can go back: of the payment that it was, then of the others, the latest first.
    fn prepaid(
        &self,
        transaction: &Transaction,
        amount: Decimal,
    ) -> Result<Result<Vec<Application>, PartState>, Problem> {
        let life = self.life;
        let mut sources: Vec<(bool, &Payment)> = Vec::new();
        let mut pending = false;
        for source in life
            .order
            .transactions
            .iter()
            .rev()
            .filter(|one| is_in(one))
        {
            let there = payments(life, &source.id);
            let Some(payment) = there.first().filter(|one| one.status.is_released()) else {
                pending |= row(life, source).is_ok_and(|row| row.rule == GatewayRule::Book);
                continue;
            };
            let own = transaction.parent_id.as_deref() == Some(source.id.as_str());
            sources.push((!own, payment));
        }
        sources.sort_by_key(|(other, _)| *other);
        let (mut rows, mut left) = (Vec::new(), amount);
        for (_, payment) in sources {
            let Free {
                available,
                reserved,
            } = free(payment);
            let takes = left.min(available + reserved);
            if takes <= Decimal::ZERO {
                continue;
            }
            if takes > available {
                // The reservation gives way first.
                return Ok(Err(PartState::Next(LifeStep::ChangePayment {
                    kind: payment.kind.clone(),
                    number: payment.number.clone(),
                    change: PaymentChange {
                        orders: less_reserved(life, payment, takes - available),
                        documents: Vec::new(),
                    },
                })));
            }
            left -= takes;
            rows.push(Application {
                kind: payment.kind.clone(),
                number: payment.number.clone(),
                amount: takes,
            });
        }
        if !left.is_zero() {
            left = self.other_credits(transaction, left, &mut rows);
        }
        if left.is_zero() {
            Ok(Ok(rows))
        } else if pending {
            Ok(Err(PartState::Waiting(
                life.problem(Code::WaitingCreditNote),
                None,
            )))
        } else {
            Err(self.without_money(amount))
        }
    }

    /// Goods that came back before they were paid left a credit that the customer's money has since made free.
    fn other_credits(
        &self,
        transaction: &Transaction,
        mut left: Decimal,
        rows: &mut Vec<Application>,
    ) -> Decimal {
        let life = self.life;
        for one in self.refunds {
            if one.transactions.contains_key(&transaction.id) {
                continue;
            }
            let Some(note) = credit_note(life, one).filter(|note| note.status.is_released()) else {
                continue;
            };
            let promised: Decimal = one
                .transactions
                .keys()
                .filter(|id| {
                    payments(life, id)
                        .first()
                        .is_none_or(|payment| !payment.status.is_released())
                })
                .map(|id| from_credit(one, id))
                .sum();
            let taken: Decimal = life
                .books
                .payments
                .iter()
                .filter(|payment| {
                    !payment.status.is_released()
                        && payment.status != LedgerStatus::Voided
                        && !one
                            .transactions
                            .contains_key(payment.reference.as_deref().unwrap_or_default())
                })
                .flat_map(|payment| &payment.documents)
                .filter(|row| row.kind == DocumentKind::CreditNote && row.number == note.number)
                .map(|row| row.amount)
                .sum();
            let takes = left.min(life.free_of_note(note) - promised - taken);
            if takes > Decimal::ZERO {
                left -= takes;
                rows.push(Application {
                    kind: DocumentKind::CreditNote,
                    number: note.number.clone(),
                    amount: takes,
                });
            }
        }
        left
    }

    fn without_money(&self, amount: Decimal) -> Problem {
        self.life
            .problem(Code::RefundWithoutMoney)
            .with("amount", amount.normalize())
    }
}

/// How much of a transaction is paid back from the refund's credit note: the first transactions of it first.
fn from_credit(one: &Refunding<'_>, id: &str) -> Decimal {
    let mut left = one.paid_back;
    for (other, amount) in &one.transactions {
        let takes = left.min(*amount);
        if other == id {
            return takes;
        }
        left -= takes;
    }
    Decimal::ZERO
}
