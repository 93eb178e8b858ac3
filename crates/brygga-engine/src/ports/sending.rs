//! What the engine asks of the shop about sending, and tells it, where the ERP ships (`booking-rules` 6).

use async_trait::async_trait;

use brygga_core::Problem;
use brygga_core::shop::{FulfilmentDraft, OrderId, Sending, Tracking};

use super::WriteError;

/// Fulfilments of the shop's orders. Making one takes no key against doing it twice (`facts/shopify` 6.4): what became of a call whose
/// answer was lost, [`ShopSending::sending`] tells.
#[async_trait]
pub trait ShopSending: Send + Sync {
    /// How the sending of an order stands, past the search index. `None` if the order is not there.
    async fn sending(&self, order: &OrderId) -> Result<Option<Sending>, Problem>;
    /// Makes a fulfilment; its numeric id.
    async fn create_fulfilment(&self, draft: &FulfilmentDraft) -> Result<String, WriteError>;
    /// Sets the tracking of a fulfilment, all of it.
    async fn set_tracking(
        &self,
        fulfilment: &str,
        to: &Tracking,
        notify: bool,
    ) -> Result<(), WriteError>;
}
