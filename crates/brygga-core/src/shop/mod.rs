//! What the shop (Shopify) has: orders and customers in the words of the trade, free of JSON.

mod fulfilment;
mod order;
mod payout;
mod status;

pub use fulfilment::{
    FulfilmentDraft, FulfilmentDraftLine, FulfilmentDraftPart, FulfilmentOrder,
    FulfilmentOrderLine, FulfilmentOrderStatus, Sending, Tracking,
};
pub use order::{
    Address, Adjustment, B2b, Customer, Discount, Duty, Fee, Fulfilment, FulfilmentLine, Line,
    LineKind, Order, OrderId, OrderTotals, Refund, RefundLine, RefundShipping, ShippingLine,
    TaxLine, Transaction, is_stored_value,
};
pub use payout::{BalanceRow, Payout, PayoutStatus};
pub(crate) use status::known_or_other;
pub use status::{
    FinancialStatus, FulfillmentStatus, RestockType, TransactionKind, TransactionStatus,
};

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// A word from a remote that this program does not know, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Other(pub String);

/// One amount in the two currencies in which Shopify states it (`facts/shopify` 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyBag {
    /// In the shop's currency.
    pub shop: Money,
    /// In the currency that the customer saw and paid.
    pub presentment: Money,
}

/// Which of the two currencies of a [`MoneyBag`] a document is made in. Frozen per order at first booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The shop's currency.
    Shop,
    /// The currency that the customer saw.
    Presentment,
}

impl MoneyBag {
    /// The amount on one side.
    pub fn on(&self, side: Side) -> Money {
        match side {
            Side::Shop => self.shop,
            Side::Presentment => self.presentment,
        }
    }

    /// The same amount on both sides: for tests and for shops with one currency.
    pub fn same(money: Money) -> Self {
        Self {
            shop: money,
            presentment: money,
        }
    }

    /// Nothing, in both currencies.
    pub fn zero(shop: Currency, presentment: Currency) -> Self {
        Self {
            shop: Money::zero(shop),
            presentment: Money::zero(presentment),
        }
    }
}

/// A place of the shop where goods are kept, in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Numeric id.
    pub id: String,
    /// Its name, as the merchant gave it.
    pub name: String,
}

/// What the shop says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopInfo {
    /// The shop's name as shown to people.
    pub name: String,
    /// `something.myshopify.com`.
    pub domain: String,
    /// The shop's own currency.
    pub currency: Currency,
    /// The shop's time zone: it decides on which date an order is booked (`booking-rules` 3).
    pub time_zone: chrono_tz::Tz,
    /// The shop's country, ISO 3166 two letters.
    pub country: String,
    /// Do prices contain tax.
    pub taxes_included: bool,
    /// The scopes that the installation was granted.
    pub scopes: Vec<String>,
}
