//! From a payout of Shopify Payments to a cash transaction on the clearing account (`booking-rules` 7), and one more for each
//! other currency in which its payments stand (`docs/adr/0011-payouts-of-several-currencies.md`).
//!
//! The customers' payments and refunds stand on the clearing account gross, one by one. What a payout adds is where that
//! money went: to the bank, to Shopify as fees, to a dispute, into a reserve. So its charges and refunds have no line here,
//! and the lines together are exactly what the charges and refunds of the payout left on the account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::code::{Code, Problem};
use crate::erp::{CashDraft, CashLine, Catalogue};
use crate::money::Money;
use crate::settings::{PayoutClass, PayoutRow, PayoutSettings, Settings};
use crate::shop::{
    BalanceRow, Order, Payout, PayoutStatus, ShopInfo, TransactionKind, TransactionStatus,
};

/// The gateway whose money is in these payouts (`facts/shopify` 11.7).
pub const GATEWAY: &str = "shopify_payments";

/// What is to be done about a payout.
#[derive(Debug, Clone, PartialEq)]
pub enum PayoutDecision {
    /// Make these cash transactions.
    Book(Box<PayoutDrafts>),
    /// Not paid yet; it is looked at again by itself.
    Waiting(Problem),
    /// It will not be booked.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
}

/// The cash transactions of one payout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PayoutDrafts {
    /// On the clearing account of the payout's own currency.
    pub own: CashDraft,
    /// What leaves the clearing accounts of other currencies, one for each.
    pub converted: Vec<CashDraft>,
}

/// `documentRef` of a payout's cash transaction.
pub fn reference(payout: &str) -> String {
    format!("payout/{payout}")
}

/// What a row of the balance is, in the payout it is in.
enum Meaning {
    /// A customer's payment or refund: it stands on the clearing account already; only its fee is new.
    Sale,
    /// The payout itself.
    Transfer,
    /// Money with an account of its own.
    Class(PayoutClass),
    /// Only the merchant can say.
    Unknown,
}

/// What Shopify's type means (`spec/shopify` ShopifyPaymentsTransactionType). Loans, advertising, labels and whatever comes
/// later have no class: the merchant maps the type.
fn meaning(kind: &str) -> Meaning {
    use PayoutClass::{Adjustment, Dispute, Fee, Reserve};
    match kind {
        "CHARGE" | "REFUND" => Meaning::Sale,
        "TRANSFER" => Meaning::Transfer,
        "STRIPE_FEE"
        | "REFERRAL_FEE"
        | "REFERRAL_FEE_TAX"
        | "APPLICATION_FEE_REFUND"
        | "CHARGEBACK_FEE"
        | "CHARGEBACK_FEE_REFUND"
        | "ACH_BANK_FAILURE_DEBIT_FEE"
        | "ACH_BANK_FAILURE_DEBIT_REVERSAL_FEE" => Meaning::Class(Fee),
        "DISPUTE_WITHDRAWAL"
        | "DISPUTE_REVERSAL"
        | "CHARGEBACK_HOLD"
        | "CHARGEBACK_HOLD_RELEASE"
        | "CHARGEBACK_PROTECTION_CREDIT"
        | "CHARGEBACK_PROTECTION_CREDIT_REVERSAL"
        | "CHARGEBACK_PROTECTION_DEBIT"
        | "CHARGEBACK_PROTECTION_DEBIT_REVERSAL"
        | "RISK_WITHDRAWAL"
        | "RISK_REVERSAL" => Meaning::Class(Dispute),
        "RESERVED_FUNDS" | "RESERVED_FUNDS_REVERSAL" | "RESERVED_FUNDS_WITHDRAWAL" => {
            Meaning::Class(Reserve)
        }
        "ADJUSTMENT"
        | "CHARGE_ADJUSTMENT"
        | "REFUND_ADJUSTMENT"
        | "REFUND_FAILURE"
        | "ANOMALY_CREDIT"
        | "ANOMALY_CREDIT_REVERSAL"
        | "ANOMALY_DEBIT"
        | "ANOMALY_DEBIT_REVERSAL"
        | "TAX_ADJUSTMENT_CREDIT"
        | "TAX_ADJUSTMENT_CREDIT_REVERSAL"
        | "TAX_ADJUSTMENT_DEBIT"
        | "TAX_ADJUSTMENT_DEBIT_REVERSAL"
        | "MERCHANT_GOODWILL_CREDIT"
        | "MERCHANT_GOODWILL_CREDIT_REVERSAL" => Meaning::Class(Adjustment),
        _ => Meaning::Unknown,
    }
}

/// Decides on one payout. `rows` are all rows of the balance that name it; `booked` is what stands on the clearing account
/// for an order's transaction (numeric id), above 0 for money in, in the currency of that account, where that is known.
pub fn decide(
    payout: &Payout,
    rows: &[BalanceRow],
    booked: &BTreeMap<String, Money>,
    shop: &ShopInfo,
    settings: &Settings,
    catalogue: &Catalogue,
) -> PayoutDecision {
    let problem = |code| Problem::new(code).with("payout", &payout.id);
    match &payout.status {
        PayoutStatus::Paid => {}
        PayoutStatus::Failed | PayoutStatus::Cancelled => {
            return PayoutDecision::Skipped(
                problem(Code::SkippedPayout).with("status", payout.status.as_str()),
            );
        }
        PayoutStatus::Scheduled | PayoutStatus::InTransit | PayoutStatus::Other(_) => {
            return PayoutDecision::Waiting(
                problem(Code::WaitingPayout).with("status", payout.status.as_str()),
            );
        }
    }
    let date = payout.issued_at.with_timezone(&shop.time_zone).date_naive();
    if let Some(start) = settings.start_date
        && date < start
    {
        return PayoutDecision::Skipped(
            problem(Code::SkippedPayout)
                .with("status", format!("{date}, before the start date {start}")),
        );
    }
    match drafts(payout, rows, booked, date, settings, catalogue) {
        Ok(drafts) => PayoutDecision::Book(Box::new(drafts)),
        Err(found) => PayoutDecision::Held(found.with("payout", &payout.id)),
    }
}

fn drafts(
    payout: &Payout,
    rows: &[BalanceRow],
    booked: &BTreeMap<String, Money>,
    date: NaiveDate,
    settings: &Settings,
    catalogue: &Catalogue,
) -> Result<PayoutDrafts, Problem> {
    let chosen = &settings.payouts;
    let currency = payout.net.currency;
    let mut net = Decimal::ZERO;
    // What leaves the clearing account, per row of the map.
    let mut out: BTreeMap<(PayoutClass, Option<&str>), Decimal> = BTreeMap::new();
    // What leaves the clearing accounts of other currencies.
    let mut elsewhere: BTreeMap<&'static str, Decimal> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.test) {
        let differs = |ours: Decimal, theirs: Decimal| {
            Problem::new(Code::PayoutDiffers)
                .with("ours", ours.normalize())
                .with("theirs", theirs.normalize())
                .with("row", &row.id)
        };
        if row.currency != currency {
            return Err(Problem::new(Code::PayoutCurrency)
                .with("currency", currency.code())
                .with("found", row.currency.code()));
        }
        if row.amount - row.fee != row.net {
            return Err(differs(row.amount - row.fee, row.net));
        }
        let mapped = chosen
            .types
            .get_key_value(&row.kind)
            .map(|(kind, _)| kind.as_str());
        let meaning = meaning(&row.kind);
        let class = match (&meaning, mapped) {
            // The payout's own row is no part of it (facts/shopify 11.3).
            (Meaning::Transfer, _) => continue,
            (Meaning::Sale, _) => None,
            (_, Some(kind)) => Some((PayoutClass::Adjustment, Some(kind))),
            (Meaning::Class(class), None) => Some((*class, None)),
            (Meaning::Unknown, None) => {
                return Err(Problem::new(Code::PayoutType).with("type", &row.kind));
            }
        };
        net += row.net;
        *out.entry((PayoutClass::Fee, None)).or_default() += row.fee;
        if let Some(key) = class {
            *out.entry(key).or_default() -= row.amount;
        } else if let Some(stands) = row.transaction.as_ref().and_then(|id| booked.get(id)) {
            let conversion = out.entry((PayoutClass::Conversion, None)).or_default();
            if stands.currency == currency {
                *conversion += stands.amount - row.amount;
            } else {
                // It stands on another clearing account. Shopify changed it: it goes from there into the conversion, and comes
                // out of it here.
                *conversion -= row.amount;
                *elsewhere.entry(stands.currency.code()).or_default() += stands.amount;
            }
        }
    }
    if net != payout.net.amount {
        return Err(Problem::new(Code::PayoutDiffers)
            .with("ours", net.normalize())
            .with("theirs", payout.net.amount.normalize())
            .with("row", "-"));
    }
    *out.entry((PayoutClass::Bank, None)).or_default() += payout.net.amount;

    check_period(date, catalogue)?;
    let mut converted = Vec::new();
    for (code, amount) in elsewhere {
        if amount.is_zero() {
            continue;
        }
        let mut draft = cash(
            payout,
            date,
            code,
            BTreeMap::from([((PayoutClass::Conversion, None), amount)]),
            settings,
            catalogue,
        )?;
        draft.reference = format!("{}/{code}", draft.reference);
        converted.push(draft);
    }
    let own = cash(payout, date, currency.code(), out, settings, catalogue)?;
    Ok(PayoutDrafts { own, converted })
}

/// The cash transaction by which this leaves a clearing account.
fn cash(
    payout: &Payout,
    date: NaiveDate,
    currency: &str,
    out: BTreeMap<(PayoutClass, Option<&str>), Decimal>,
    settings: &Settings,
    catalogue: &Catalogue,
) -> Result<CashDraft, Problem> {
    let chosen = &settings.payouts;
    let cash_account = cash_account(settings, currency)?;
    let known = catalogue
        .cash_accounts
        .iter()
        .find(|account| account.number == cash_account);
    if let Some(account) = known
        && account.currency != currency
    {
        return Err(Problem::new(Code::PayoutCurrency)
            .with("currency", currency)
            .with("found", &account.currency));
    }
    let total: Decimal = out.values().sum();
    // Money that comes in is a receipt, with every sign the other way.
    let (entry_type, sign) = if total < Decimal::ZERO {
        (&chosen.entry_type_in, Decimal::NEGATIVE_ONE)
    } else {
        (&chosen.entry_type_out, Decimal::ONE)
    };
    if entry_type.trim().is_empty() {
        return Err(Problem::new(Code::PayoutAccount).with("class", "entry-type"));
    }
    let mut lines = Vec::new();
    for ((class, kind), amount) in out {
        if amount.is_zero() {
            continue;
        }
        let row = account(chosen, class, kind)?;
        lines.push(CashLine {
            description: format!(
                "Shopify payout {}: {}",
                payout.id,
                kind.unwrap_or(class.as_str())
            ),
            account: row.account.clone(),
            amount: amount * sign,
            vat_category: row.vat_category.clone(),
        });
    }
    Ok(CashDraft {
        cash_account: cash_account.to_owned(),
        entry_type: entry_type.clone(),
        date,
        reference: reference(&payout.id),
        text: format!(
            "Shopify payout {}",
            payout.trace.as_deref().unwrap_or(&payout.id)
        ),
        total: total * sign,
        vat_zone: chosen.vat_zone.clone(),
        lines,
    })
}

fn account<'a>(
    chosen: &'a PayoutSettings,
    class: PayoutClass,
    kind: Option<&str>,
) -> Result<&'a PayoutRow, Problem> {
    kind.and_then(|kind| chosen.types.get(kind))
        .or_else(|| chosen.classes.get(&class))
        .filter(|row| !row.account.trim().is_empty())
        .ok_or_else(|| {
            Problem::new(Code::PayoutAccount).with("class", kind.unwrap_or(class.as_str()))
        })
}

fn cash_account<'a>(settings: &'a Settings, currency: &str) -> Result<&'a str, Problem> {
    settings
        .payouts
        .cash_accounts
        .get(currency)
        .or_else(|| {
            settings
                .payments
                .row(GATEWAY, None, currency)
                .map(|row| &row.cash_account)
        })
        .map(String::as_str)
        .filter(|account| !account.trim().is_empty())
        .ok_or_else(|| {
            Problem::new(Code::PayoutAccount).with("class", format!("clearing {currency}"))
        })
}

fn check_period(date: NaiveDate, catalogue: &Catalogue) -> Result<(), Problem> {
    match catalogue.period(date) {
        None => Err(Problem::new(Code::PeriodMissing).with("date", date)),
        Some(period) if !period.open => {
            Err(Problem::new(Code::PeriodClosed).with("period", &period.id))
        }
        Some(_) => Ok(()),
    }
}

/// Money of one gateway that no payout has brought yet (`booking-rules` 7). Gateways that are not in Shopify's payouts at
/// all are here too, with everything they took: nothing is left unsaid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotPaidOut {
    /// Gateway as Shopify writes it.
    pub gateway: String,
    /// ISO currency, the shop's.
    pub currency: String,
    /// Payments less refunds.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// The transactions, oldest first.
    pub transactions: Vec<OpenTransaction>,
}

/// One transaction in no payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTransaction {
    /// Numeric id.
    pub id: String,
    /// Name of the order.
    pub order: String,
    /// Amount; below 0 for a refund.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Whole days since it happened.
    pub days: i64,
}

/// The paid transactions that are in no payout, per gateway, with their age.
pub fn not_paid_out(
    orders: &[Order],
    in_payout: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Vec<NotPaidOut> {
    let mut gateways: BTreeMap<(String, &str), Vec<OpenTransaction>> = BTreeMap::new();
    for order in orders.iter().filter(|order| !order.test) {
        for transaction in &order.transactions {
            let sign = match transaction.kind {
                TransactionKind::Sale | TransactionKind::Capture => Decimal::ONE,
                TransactionKind::Refund => Decimal::NEGATIVE_ONE,
                _ => continue,
            };
            if transaction.status != TransactionStatus::Success
                || in_payout.contains(&transaction.id)
            {
                continue;
            }
            let since = transaction.processed_at.unwrap_or(order.processed_at);
            gateways
                .entry((
                    transaction.gateway.clone(),
                    transaction.amount.shop.currency.code(),
                ))
                .or_default()
                .push(OpenTransaction {
                    id: transaction.id.clone(),
                    order: order.name.clone(),
                    amount: transaction.amount.shop.amount * sign,
                    days: (now - since).num_days(),
                });
        }
    }
    gateways
        .into_iter()
        .map(|((gateway, currency), mut transactions)| {
            transactions.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.id.cmp(&b.id)));
            NotPaidOut {
                gateway,
                currency: currency.to_owned(),
                amount: transactions.iter().map(|open| open.amount).sum(),
                transactions,
            }
        })
        .collect()
}
