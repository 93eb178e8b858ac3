//! Somebody who does something at the worst moment: once, between two things that an engine does.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use brygga_core::erp::{CashDraft, CashTransaction};
use brygga_core::shop::{BalanceRow, Payout};
use brygga_core::{Ids, Problem};
use brygga_engine::ports::{Payouts, WriteError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

type Act = Box<dyn FnOnce() + Send>;

/// What happens once.
struct Once(Mutex<Option<Act>>);

impl Once {
    fn new(act: impl FnOnce() + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::new(act))))
    }

    fn happen(&self) {
        let act = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(act) = act {
            act();
        }
    }
}

/// Ids, with something that happens before the first is given: a plan is decided on by then, and nothing of it is sent.
pub struct BeforeFirstId {
    ids: Arc<dyn Ids>,
    once: Once,
}

impl BeforeFirstId {
    /// `act` happens once.
    pub fn new(ids: Arc<dyn Ids>, act: impl FnOnce() + Send + 'static) -> Self {
        let once = Once::new(act);
        Self { ids, once }
    }
}

impl std::fmt::Debug for BeforeFirstId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BeforeFirstId").finish_non_exhaustive()
    }
}

impl Ids for BeforeFirstId {
    fn next_id(&self) -> Uuid {
        self.once.happen();
        self.ids.next_id()
    }

    fn jitter(&self) -> u64 {
        self.ids.jitter()
    }
}

/// Payouts of both sides, with something that happens after the rows of one were read for the first time.
pub struct AfterFirstRows {
    payouts: Arc<dyn Payouts>,
    once: Once,
}

impl AfterFirstRows {
    /// `act` happens once.
    pub fn new(payouts: Arc<dyn Payouts>, act: impl FnOnce() + Send + 'static) -> Self {
        let once = Once::new(act);
        Self { payouts, once }
    }
}

#[async_trait]
impl Payouts for AfterFirstRows {
    async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, Problem> {
        self.payouts.payouts(since).await
    }

    async fn balance_of(&self, payout: &str) -> Result<Vec<BalanceRow>, Problem> {
        let rows = self.payouts.balance_of(payout).await;
        self.once.happen();
        rows
    }

    async fn balance_since(&self, since: DateTime<Utc>) -> Result<Vec<BalanceRow>, Problem> {
        self.payouts.balance_since(since).await
    }

    async fn cash_by_reference(&self, reference: &str) -> Result<Vec<CashTransaction>, Problem> {
        self.payouts.cash_by_reference(reference).await
    }

    async fn cash(&self, number: &str) -> Result<Option<CashTransaction>, Problem> {
        self.payouts.cash(number).await
    }

    async fn create_cash(&self, draft: &CashDraft) -> Result<String, WriteError> {
        self.payouts.create_cash(draft).await
    }

    async fn release_cash(&self, number: &str) -> Result<(), WriteError> {
        self.payouts.release_cash(number).await
    }
}
