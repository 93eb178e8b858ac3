//! Where exchange rates come from (`booking-rules` 10).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A source of exchange rates.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// Visma.net's own table.
    #[default]
    VismaNet,
    /// European Central Bank, reference rates.
    Ecb,
    /// Norges Bank.
    NorgesBank,
    /// Sveriges Riksbank.
    Riksbank,
    /// Rates that the merchant wrote down.
    Fixed,
}

impl RateSource {
    /// The name for people and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VismaNet => "Visma.net",
            Self::Ecb => "ECB",
            Self::NorgesBank => "Norges Bank",
            Self::Riksbank => "Riksbank",
            Self::Fixed => "fixed",
        }
    }
}

/// A rate that the merchant wrote down: one unit of `from` costs `rate` of `to`, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedRate {
    /// ISO currency.
    pub from: String,
    /// ISO currency.
    pub to: String,
    /// First day.
    pub since: NaiveDate,
    /// What one unit of `from` costs.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
}

/// Exchange rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateSettings {
    /// Source.
    pub source: RateSource,
    /// The merchant's own rates.
    pub fixed: Vec<FixedRate>,
    /// Rate type in Visma.net's table; none takes every type, and two types that differ are held.
    pub visma_type: Option<String>,
    /// Days that a published rate may be older than the document: over a long holiday none is published.
    pub oldest_days: u32,
    /// Units of a currency that a series of the Riksbank is about, such as 100, for currencies whose unit is not known here.
    pub riksbank_units: BTreeMap<String, u32>,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self {
            source: RateSource::VismaNet,
            fixed: Vec::new(),
            visma_type: None,
            oldest_days: 7,
            riksbank_units: BTreeMap::new(),
        }
    }
}
