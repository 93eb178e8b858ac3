//! What the engine asks of both sides about payouts of the shop's payment provider.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use brygga_core::Problem;
use brygga_core::erp::{CashDraft, CashTransaction};
use brygga_core::shop::{BalanceRow, Payout};

use super::WriteError;

/// Payouts of the shop, cash transactions of the ERP.
#[async_trait]
pub trait Payouts: Send + Sync {
    /// All payouts issued from `since` on, oldest first.
    async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, Problem>;
    /// All rows of one payout (numeric id).
    async fn balance_of(&self, payout: &str) -> Result<Vec<BalanceRow>, Problem>;
    /// All rows from `since` on, those in no payout among them.
    async fn balance_since(&self, since: DateTime<Utc>) -> Result<Vec<BalanceRow>, Problem>;
    /// Cash transactions with exactly this document reference.
    async fn cash_by_reference(&self, reference: &str) -> Result<Vec<CashTransaction>, Problem>;
    /// One cash transaction, whole. `None` if it is not there.
    async fn cash(&self, number: &str) -> Result<Option<CashTransaction>, Problem>;
    /// Makes a cash transaction; its number.
    async fn create_cash(&self, draft: &CashDraft) -> Result<String, WriteError>;
    /// Puts one in the books. `Ok` means that the ERP has taken it on; reading tells when it is done.
    async fn release_cash(&self, number: &str) -> Result<(), WriteError>;
}
