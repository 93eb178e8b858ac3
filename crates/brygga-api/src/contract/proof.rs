//! The proof, as its page shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// What shall be proven: days in the shop's time zone, both included; everything where there is no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct ProofPeriod {
    /// The first day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    pub to: Option<String>,
}

/// The last proof, and the one under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofView {
    /// The one under way.
    pub running: Option<ProofProgress>,
    /// The last one that ended.
    pub last: Option<ProofResult>,
    /// Why the newest one could not be finished.
    pub failure: Option<Reason>,
}

/// How far a proof is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofProgress {
    /// It goes on.
    pub running: bool,
    /// Documents read back and compared.
    pub done: u32,
    /// Documents in all, if known.
    pub total: Option<u32>,
}

/// What a proof came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofResult {
    /// When both sides were read, ISO 8601.
    pub at: String,
    /// What was proven.
    pub period: ProofPeriod,
    /// Documents read back and compared with a fresh read of the shop.
    pub checked: u32,
    /// Differences that nothing explains.
    pub differences: Vec<ProofDifference>,
    /// Differences that a rule names.
    pub explained: Vec<ProofClass>,
    /// Orders with a document that are held or waiting now, by name.
    pub undecided: Vec<String>,
    /// Orders that the app does not see any more, since it may read 60 days only, by name: nothing is said of them.
    pub beyond: Vec<String>,
    /// Each day's sales, refunds and money on both sides, of what is in the books.
    pub days: Vec<ProofDay>,
    /// Documents that stand on another day than their event, each for a reason that a rule names: on both sides the day.
    pub dated: Vec<ProofDifference>,
    /// Stock per location, as both sides had it then.
    pub stock: Vec<ProofStock>,
    /// Why stock could not be compared.
    pub stock_unread: Option<Reason>,
}

/// One location's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofStock {
    /// Name of the location.
    pub location: String,
    /// Items that are kept in step there.
    pub items: u32,
    /// Units that the shop may sell.
    pub shopify: String,
    /// Units that it should be able to sell, by Visma.net's stock.
    pub visma: String,
    /// Items whose quantity is not what it should be.
    pub differing: Vec<String>,
}

/// One row of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// `sales`, `refunds`, `vat`, `vat_rounding`, `refund_difference`, `cash_rounding`, `invoice_rounding`, `stored_value`, `money` or
    /// `prepayments`.
    pub account: String,
    /// Whose money, as Shopify writes it.
    pub gateway: Option<String>,
    /// Whose VAT, and how much.
    pub vat: Option<ProofVat>,
    /// ISO 4217.
    pub currency: String,
    /// Decimal text, in Shopify.
    pub shopify: String,
    /// Decimal text, in Visma.net.
    pub visma: String,
    /// Visma.net minus Shopify.
    pub difference: String,
}

/// VAT of one country at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofVat {
    /// ISO country, or the code of a special territory; a VAT zone of Visma.net where no country has it.
    pub country: String,
    /// Decimal text, per cent.
    pub rate: String,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofDifference {
    /// The order's name.
    pub order: String,
    /// The document's number.
    pub document: Option<String>,
    /// What differs, such as `total`, `vat-25`, `missing`, `doubled`.
    pub what: String,
    /// In Shopify.
    pub shopify: String,
    /// In Visma.net.
    pub visma: String,
}

/// Differences of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofClass {
    /// Stable name, such as `rounding-line`.
    pub class: String,
    /// How many.
    pub count: u32,
}
