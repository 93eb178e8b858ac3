//! Payouts over the real clients.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use brygga_core::Problem;
use brygga_core::erp::{CashDraft, CashTransaction};
use brygga_core::shop::{BalanceRow, Payout};
use brygga_shopify::Shopify;
use brygga_visma::Visma;

use crate::ports::{Payouts, WriteError};

/// Shopify and Visma.net, as far as payouts go.
#[derive(Debug)]
pub struct RealPayouts {
    /// The shop.
    pub shop: Shopify,
    /// The ERP.
    pub erp: Visma,
}

#[async_trait]
impl Payouts for RealPayouts {
    async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, Problem> {
        self.shop.payouts(since).await
    }

    async fn balance_of(&self, payout: &str) -> Result<Vec<BalanceRow>, Problem> {
        self.shop.balance_of(payout).await
    }

    async fn balance_since(&self, since: DateTime<Utc>) -> Result<Vec<BalanceRow>, Problem> {
        self.shop.balance_since(since).await
    }

    async fn cash_by_reference(&self, reference: &str) -> Result<Vec<CashTransaction>, Problem> {
        self.erp.cash_transactions_by_reference(reference).await
    }

    async fn cash(&self, number: &str) -> Result<Option<CashTransaction>, Problem> {
        self.erp.cash_transaction(number).await
    }

    async fn create_cash(&self, draft: &CashDraft) -> Result<String, WriteError> {
        Ok(self.erp.create_cash_transaction(draft).await?)
    }

    async fn release_cash(&self, number: &str) -> Result<(), WriteError> {
        Ok(self.erp.release_cash_transaction(number).await?)
    }
}
