use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::shop::known_or_other;

known_or_other! {
    /// `CashTransactionDto.status`.
    CashStatus {
        /// A draft.
        Hold = "Hold",
        /// Ready, not yet in the books.
        Balanced = "Balanced",
        /// In the books.
        Released = "Released",
        /// Waits for somebody's approval.
        Pending = "Pending",
        /// Somebody did not approve it.
        Rejected = "Rejected",
    }
}

/// A cash transaction to be made (`POST /v1/cashTransaction`): money out of or into a cash account, against other accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CashDraft {
    /// Cash account.
    pub cash_account: String,
    /// Entry type; it says if money goes out or comes in.
    pub entry_type: String,
    /// Date.
    pub date: NaiveDate,
    /// `documentRef`: what makes it ours.
    pub reference: String,
    /// Text.
    pub text: String,
    /// What the lines come to, in the cash account's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// VAT zone, where a line has VAT.
    pub vat_zone: Option<String>,
    /// Lines.
    pub lines: Vec<CashLine>,
}

/// One line of a cash transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashLine {
    /// Text.
    pub description: String,
    /// Account on the other side.
    pub account: String,
    /// Amount, VAT included; below 0 where it goes against the direction of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// VAT category, where the amount contains VAT.
    pub vat_category: Option<String>,
}

/// A cash transaction as Visma.net has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CashTransaction {
    /// `referenceNbr`.
    pub number: String,
    /// Status.
    pub status: CashStatus,
    /// Cash account.
    pub cash_account: String,
    /// ISO currency.
    pub currency: Option<String>,
    /// Date.
    pub date: Option<NaiveDate>,
    /// `documentRef`.
    pub reference: Option<String>,
    /// Amount.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Per line: account on the other side, amount.
    pub lines: Vec<(String, Decimal)>,
}

impl CashTransaction {
    /// Is it what was sent. The first field that differs, ours, theirs.
    pub fn differs_from(&self, draft: &CashDraft) -> Option<(&'static str, String, String)> {
        let text = |amount: Decimal| amount.normalize().to_string();
        let sums = |lines: &mut dyn Iterator<Item = (&str, Decimal)>| {
            let mut sums = std::collections::BTreeMap::<String, Decimal>::new();
            for (account, amount) in lines {
                *sums.entry(account.to_owned()).or_default() += amount;
            }
            sums.into_iter()
                .map(|(account, amount)| format!("{account} {}", amount.normalize()))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let ours = sums(
            &mut draft
                .lines
                .iter()
                .map(|line| (line.account.as_str(), line.amount)),
        );
        let theirs = sums(
            &mut self
                .lines
                .iter()
                .map(|(account, amount)| (account.as_str(), *amount)),
        );
        // Where a line has VAT, Visma.net takes it out of the line's amount, and only the total is ours.
        let taxed = draft.lines.iter().any(|line| line.vat_category.is_some());
        [
            (
                "account",
                draft.cash_account.clone(),
                self.cash_account.clone(),
            ),
            ("amount", text(draft.total), text(self.amount)),
            (
                "date",
                draft.date.to_string(),
                self.date
                    .map_or_else(|| draft.date.to_string(), |date| date.to_string()),
            ),
        ]
        .into_iter()
        .chain((!taxed).then_some(("lines", ours, theirs)))
        .find(|(_, ours, theirs)| ours != theirs)
    }
}
