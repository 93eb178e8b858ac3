//! What the engine asks of the two sides and of whoever watches it. The real clients implement it; so do the simulation's.

mod goods;
mod ledger;
mod payouts;
mod rates;
mod sending;
mod write_back;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use brygga_core::Problem;
use brygga_core::erp::{
    BookedOrder, Catalogue, Customer, CustomerCard, CustomerDraft, CustomerPatch, HeadDraft,
    LineDraft, LinePatch, OrderNumber, SalesOrderDraft, SalesOrderHit,
};
use brygga_core::shop::{Location, Order, OrderId, ShopInfo};

pub use goods::{Goods, ItemStock, Reading, RefusedRow};
pub use ledger::Ledger;
pub use payouts::Payouts;
pub use rates::Rates;
pub use sending::ShopSending;
pub use write_back::{BackField, BackFieldDefinition, BackFieldDraft, BackState, ShopWriteBack};

/// One order as the shop gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawOrder {
    /// Numeric id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Last change.
    pub updated_at: DateTime<Utc>,
    /// The whole node, all nested lists complete.
    pub json: Value,
}

/// One page of changed orders.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrderPage {
    /// The orders, oldest change first.
    pub orders: Vec<RawOrder>,
    /// Where the next page begins; `None` when the set is complete.
    pub next: Option<String>,
}

/// An order's id and name, as a list by id has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHead {
    /// Numeric id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderHeads {
    /// By id.
    pub orders: Vec<OrderHead>,
    /// Where the next page begins; `None` when the set is complete.
    pub next: Option<String>,
}

/// A customer's profile as the shop gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopCustomer {
    /// The profile.
    pub customer: brygga_core::shop::Customer,
    /// Names of fields that the shop withheld. A null from here never overwrites anything.
    pub withheld: Vec<String>,
}

/// A page of profiles that changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomerPage {
    /// The profiles, oldest change first.
    pub customers: Vec<ShopCustomer>,
    /// Where the next page begins; `None` when the set is complete.
    pub next: Option<String>,
}

/// The shop.
#[async_trait]
pub trait Shop: ShopWriteBack + ShopSending + Send + Sync {
    /// What the shop says of itself.
    async fn info(&self) -> Result<ShopInfo, Problem>;
    /// Its locations in use.
    async fn locations(&self) -> Result<Vec<Location>, Problem>;
    /// Orders changed at or after `since`, oldest change first.
    async fn orders_changed(
        &self,
        since: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<OrderPage, Problem>;
    /// Which orders were made from `since` until `until`, by id: to be compared with those that were read.
    async fn orders_made(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<OrderHeads, Problem>;
    /// One order, read directly: not by the search index. `None` if it is not there.
    async fn order(&self, id: &OrderId) -> Result<Option<RawOrder>, Problem>;
    /// Profiles changed at or after `since`, oldest change first.
    async fn customers_changed(
        &self,
        since: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<CustomerPage, Problem>;
    /// One customer's profile by numeric id, read directly. `None` if it is not there.
    async fn customer(&self, id: &str) -> Result<Option<ShopCustomer>, Problem>;
    /// The name of one buying company by numeric id, read directly. `None` if it is not there.
    async fn company_name(&self, id: &str) -> Result<Option<String>, Problem>;
    /// Turns a stored order into the words of the trade.
    fn read(&self, json: &Value) -> Result<Order, Problem>;
}

/// How a write ended when it did not end well.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteError {
    /// Surely not done: the other side refused it.
    Refused(Problem),
    /// Surely not done: it never left, or the other side had no room for it.
    NotSent(Problem),
    /// It may have happened: looked up before anything is sent again.
    Unknown(Problem),
    /// Surely not done: the document was changed meanwhile. Read and decide again.
    Conflict(Problem),
}

/// The ERP.
#[async_trait]
pub trait Erp: Ledger + Send + Sync {
    /// May sales orders be read and made. Not with a person's sign-in alone: then orders become invoices (`facts/visma` 1).
    fn opens_sales_orders(&self) -> bool {
        true
    }

    /// What it is set up with.
    async fn catalogue(&self) -> Result<Catalogue, Problem>;
    /// Customers with exactly this e-mail.
    async fn customers_by_email(&self, email: &str) -> Result<Vec<Customer>, Problem>;
    /// Customers with exactly this VAT or organisation number.
    async fn customers_by_registration(&self, registration: &str)
    -> Result<Vec<Customer>, Problem>;
    /// Customers that carry our reference: made by us.
    async fn customers_by_draft(&self, draft: &CustomerDraft) -> Result<Vec<Customer>, Problem>;
    /// Makes a customer; its number.
    async fn create_customer(&self, draft: &CustomerDraft) -> Result<String, WriteError>;
    /// One customer's card by number. `None` if it is not there.
    async fn customer_card(&self, number: &str) -> Result<Option<CustomerCard>, Problem>;
    /// Changes fields of a customer, on the version of the card.
    async fn update_customer(
        &self,
        there: &CustomerCard,
        patch: &CustomerPatch,
    ) -> Result<(), WriteError>;
    /// Sales orders whose customer order number is exactly this.
    async fn find_orders(&self, customer_order: &str) -> Result<Vec<SalesOrderHit>, Problem>;
    /// Sales orders changed at or after `since`.
    async fn orders_since(&self, since: DateTime<Utc>) -> Result<Vec<SalesOrderHit>, Problem>;
    /// One sales order, whole. `None` if it is not there.
    async fn order(&self, number: &OrderNumber) -> Result<Option<BookedOrder>, Problem>;
    /// Makes a sales order; its number.
    async fn create_order(
        &self,
        draft: &SalesOrderDraft,
        customer: &str,
    ) -> Result<OrderNumber, WriteError>;
    /// Changes the head; the new ETag.
    async fn patch_head(
        &self,
        number: &OrderNumber,
        etag: &str,
        head: &HeadDraft,
    ) -> Result<(), WriteError>;
    /// Changes lines.
    async fn patch_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LinePatch],
    ) -> Result<(), WriteError>;
    /// Adds lines.
    async fn add_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LineDraft],
    ) -> Result<(), WriteError>;
    /// Takes lines away.
    async fn delete_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[i64],
    ) -> Result<(), WriteError>;
    /// Cancels the order.
    async fn cancel(&self, number: &OrderNumber, etag: &str) -> Result<(), WriteError>;
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading what changed.
    Reading,
    /// Looking up what became of effects whose answer was lost.
    Resolving,
    /// Deciding without sending.
    Previewing,
    /// Deciding and sending.
    Sending,
    /// Reading back.
    Proving,
}

/// What the engine tells while it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The activity log has new rows, and records may have changed.
    Changed,
    /// How far the run is: phase, done, to do.
    Progress(Phase, usize, Option<usize>),
}

/// Whoever watches.
pub trait Events: Send + Sync {
    /// Something happened.
    fn signal(&self, signal: Signal);
}

/// Nobody watches.
#[derive(Debug, Default)]
pub struct Unwatched;

impl Events for Unwatched {
    fn signal(&self, _signal: Signal) {}
}
