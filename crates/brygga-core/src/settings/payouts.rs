//! Payouts of Shopify Payments (`booking-rules` 7): off until the merchant turns them on and the app may read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What money in a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutClass {
    /// On its way to the bank.
    Bank,
    /// Shopify's fees.
    Fee,
    /// Disputes: money that a customer's bank took back, or gave back again.
    Dispute,
    /// Money that Shopify keeps back for a time.
    Reserve,
    /// Corrections by Shopify.
    Adjustment,
    /// What Shopify's own exchange rate made of a payment, against what was booked.
    Conversion,
}

impl PayoutClass {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Bank,
        Self::Fee,
        Self::Dispute,
        Self::Reserve,
        Self::Adjustment,
        Self::Conversion,
    ];

    /// The stable word for messages and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Fee => "fee",
            Self::Dispute => "dispute",
            Self::Reserve => "reserve",
            Self::Adjustment => "adjustment",
            Self::Conversion => "conversion",
        }
    }
}

/// Where money of a class goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutRow {
    /// Account in the general ledger.
    pub account: String,
    /// VAT category, where the merchant says that the amount contains VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_category: Option<String>,
}

/// Payouts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PayoutSettings {
    /// Are payouts booked at all.
    pub on: bool,
    /// Entry type of money that leaves the clearing account (a disbursement). A cash transaction has one entry type.
    pub entry_type_out: String,
    /// Entry type of money that comes to it (a receipt): Shopify drew it from the bank.
    pub entry_type_in: String,
    /// Clearing account per currency; where there is none, that of the payment map's row for `shopify_payments`.
    pub cash_accounts: BTreeMap<String, String>,
    /// Account per class.
    pub classes: BTreeMap<PayoutClass, PayoutRow>,
    /// Account for one of Shopify's types, such as `SHIPPING_LABEL`: before the class, and for types that have none.
    pub types: BTreeMap<String, PayoutRow>,
    /// VAT zone, where a row has VAT.
    pub vat_zone: Option<String>,
}
