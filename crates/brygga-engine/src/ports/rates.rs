//! What the engine asks of sources of exchange rates.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;

use brygga_core::Problem;
use brygga_core::rates::RateTable;
use brygga_core::settings::RateSettings;

/// A source of exchange rates, as the merchant chose it.
#[async_trait]
pub trait Rates: Send + Sync {
    /// What the chosen source published for these currencies from one day to another. A currency that it does not have is not
    /// in the table; an answer that is no table is a problem.
    async fn table(
        &self,
        settings: &RateSettings,
        currencies: &BTreeSet<String>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<RateTable, Problem>;
}
