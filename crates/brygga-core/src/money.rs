//! Exact money: a decimal and its currency, and the one rounding function (`booking-rules` 1).

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

pub use iso_currency::Currency;

/// An amount in a currency. Amounts of different currencies never meet: [`Money::plus`] refuses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The exact amount, in whole units of the currency (12.50 is twelve and a half).
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Its ISO 4217 currency.
    pub currency: Currency,
}

impl Money {
    /// `amount` of `currency`.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// The sum, or `None` if the currencies differ.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| Self::new(self.amount + other.amount, self.currency))
    }

    /// The difference, or `None` if the currencies differ.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| Self::new(self.amount - other.amount, self.currency))
    }

    /// The amount rounded to the currency's own decimals.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self::new(round(self.amount, decimals(self.currency)), self.currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = decimals(self.currency) as usize;
        write!(f, "{:.places$} {}", self.amount, self.currency.code())
    }
}

/// How many decimals amounts of `currency` have (ISO 4217; Visma.net's own figure comes from `GET /v1/currency`).
pub fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(2, u32::from)
}

/// One minor unit of a currency with so many decimals: 0.01 for 2, 1 for 0.
pub fn minor_unit(decimals: u32) -> Decimal {
    Decimal::new(1, decimals)
}

/// The one rounding function: to `decimals` places, halves away from zero.
pub fn round(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// The smallest amount with so many decimals that is not below `amount`.
pub fn ceil(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::ToPositiveInfinity)
}
