//! What the engine tells back to an order in the shop (`booking-rules` 6).

use async_trait::async_trait;

use brygga_core::Problem;
use brygga_core::shop::OrderId;

use super::WriteError;

/// A field of ours on orders, as people shall see it in the shop's own pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackFieldDefinition {
    /// Namespace, such as `visma`.
    pub namespace: String,
    /// Key.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Type in Shopify's words, such as `single_line_text_field`, `date`, `money`.
    pub kind: String,
}

/// A field to be set on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackFieldDraft {
    /// Namespace.
    pub namespace: String,
    /// Key.
    pub key: String,
    /// Type.
    pub kind: String,
    /// Value, as text.
    pub value: String,
    /// Version of the value that was read; `None` means that there was none.
    pub version: Option<String>,
}

/// A field as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackField {
    /// Key.
    pub key: String,
    /// Type.
    pub kind: String,
    /// Value, as text.
    pub value: String,
    /// What the next change has to name.
    pub version: String,
}

/// What an order in the shop says of us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackState {
    /// The fields of the namespace.
    pub fields: Vec<BackField>,
    /// All tags.
    pub tags: Vec<String>,
    /// Can it be marked as paid?
    pub can_mark_as_paid: bool,
}

/// Fields, tags and "paid" on the shop's orders. None of it takes a key against doing it twice (`facts/shopify` 6.4): what became of
/// a call whose answer was lost, reading the state tells.
#[async_trait]
pub trait ShopWriteBack: Send + Sync {
    /// Makes the definitions that are not there.
    async fn ensure_definitions(
        &self,
        definitions: &[BackFieldDefinition],
    ) -> Result<(), WriteError>;
    /// What an order says of us. `None` if it is not there.
    async fn back_state(
        &self,
        order: &OrderId,
        namespace: &str,
    ) -> Result<Option<BackState>, Problem>;
    /// Sets fields, each against what was read: a conflict means read and decide again.
    async fn set_back_fields(
        &self,
        order: &OrderId,
        fields: &[BackFieldDraft],
    ) -> Result<(), WriteError>;
    /// Adds tags; those that are there stay.
    async fn add_tags(&self, order: &OrderId, tags: &[String]) -> Result<(), WriteError>;
    /// Marks an order as paid.
    async fn mark_paid(&self, order: &OrderId) -> Result<(), WriteError>;
}
