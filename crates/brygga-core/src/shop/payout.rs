use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::known_or_other;
use crate::money::{Currency, Money};

known_or_other! {
    /// `ShopifyPaymentsPayout.status`.
    PayoutStatus {
        /// Planned: its rows may still change.
        Scheduled = "SCHEDULED",
        /// On its way to the bank.
        InTransit = "IN_TRANSIT",
        /// At the bank.
        Paid = "PAID",
        /// The bank refused it.
        Failed = "FAILED",
        /// Taken back.
        Cancelled = "CANCELED",
    }
}

/// One payout of Shopify Payments (`facts/shopify` 11.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payout {
    /// Numeric id.
    pub id: String,
    /// When it was issued; its date at the bank.
    pub issued_at: DateTime<Utc>,
    /// Status.
    pub status: PayoutStatus,
    /// What goes to the bank; below 0 where Shopify draws money from it.
    pub net: Money,
    /// The bank's reference, where Shopify tells one.
    pub trace: Option<String>,
}

/// One row of the balance at Shopify Payments (`facts/shopify` 11.2). Amounts are in the payout's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BalanceRow {
    /// Numeric id.
    pub id: String,
    /// `type`, as Shopify writes it: there are more than a hundred, and new ones come.
    pub kind: String,
    /// What came in (above 0) or went out, before the fee.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// The fee that Shopify kept.
    #[serde(with = "rust_decimal::serde::str")]
    pub fee: Decimal,
    /// `amount` less `fee`.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// Currency of all three.
    pub currency: Currency,
    /// When.
    pub at: DateTime<Utc>,
    /// `sourceOrderTransactionId`: numeric id of the order's transaction (`facts/shopify` 11.5).
    pub transaction: Option<String>,
    /// Name of the order.
    pub order: Option<String>,
    /// Numeric id of the payout that it is in; it may get one later (`facts/shopify` 11.4).
    pub payout: Option<String>,
    /// A row of test mode.
    pub test: bool,
}
