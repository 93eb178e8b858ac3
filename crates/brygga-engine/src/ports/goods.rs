//! What the engine asks of both sides about products and stock.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use brygga_core::Problem;
use brygga_core::goods::{
    FieldChange, ItemChange, ItemDraft, PriceRow, ProductDraft, ProductItem, ShopLevel,
    StockConnection, StockWrite, Variant, WarehouseStock,
};

use super::WriteError;

/// What was read, and where the next read begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The newest change among them, by the remote's own clock; it is only compared with itself.
    pub newest: Option<DateTime<Utc>>,
}

/// One item's stock in every warehouse.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemStock {
    /// Item number.
    pub item: String,
    /// Unit in which it is counted.
    pub base_unit: Option<String>,
    /// Its warehouses.
    pub warehouses: Vec<WarehouseStock>,
}

/// A row that the shop refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its place among the rows that were sent; `None` where the shop names none.
    pub row: Option<usize>,
    /// It was changed since it was read.
    pub stale: bool,
    /// Why.
    pub problem: Problem,
}

/// Products and stock.
#[async_trait]
pub trait Goods: Send + Sync {
    /// The shop's variants: all, or those changed at or after `since`.
    async fn variants_changed(&self, since: Option<DateTime<Utc>>)
    -> Result<Vec<Variant>, Problem>;
    /// Variants by numeric id, read directly.
    async fn variants(&self, ids: &[String]) -> Result<Vec<Variant>, Problem>;
    /// Variants with exactly this SKU.
    async fn variants_by_sku(&self, sku: &str) -> Result<Vec<Variant>, Problem>;
    /// All levels of inventory items (numeric ids), read directly.
    async fn levels(&self, inventory_items: &[String]) -> Result<Vec<ShopLevel>, Problem>;
    /// Sets up to 250 quantities; the rows that were refused. With a refused row, whether the others are done only reading tells.
    async fn set_quantities(
        &self,
        rows: &[StockWrite],
        key: &str,
    ) -> Result<Vec<RefusedRow>, WriteError>;
    /// Connects an item to a location.
    async fn connect_item(&self, connection: &StockConnection, key: &str)
    -> Result<(), WriteError>;
    /// Changes variants of one product; the variants as they are now, and the rows that were refused.
    async fn update_variants(
        &self,
        product: &str,
        rows: &[(String, Vec<FieldChange>)],
    ) -> Result<(Vec<Variant>, Vec<RefusedRow>), WriteError>;
    /// Changes title and type of a product.
    async fn update_product(&self, product: &str, fields: &[FieldChange])
    -> Result<(), WriteError>;
    /// Puts a product away.
    async fn archive_product(&self, product: &str) -> Result<(), WriteError>;
    /// Makes a draft; its variant.
    async fn create_product(&self, draft: &ProductDraft) -> Result<Variant, WriteError>;

    /// One item of the ERP by its exact number, read directly.
    async fn item(&self, number: &str) -> Result<Option<ProductItem>, Problem>;
    /// Makes an item in the ERP.
    async fn create_item(&self, draft: &ItemDraft) -> Result<(), WriteError>;
    /// Changes fields of an item in the ERP.
    async fn update_item(&self, number: &str, changes: &[ItemChange]) -> Result<(), WriteError>;
    /// The ERP's items: all, or those changed at or after `since`.
    async fn items(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ProductItem>, Problem>;
    /// The ERP's price rows: all, or those changed at or after `since`.
    async fn prices(&self, since: Option<DateTime<Utc>>) -> Result<Reading<PriceRow>, Problem>;
    /// The ERP's stock: all items, or those whose stock changed at or after `since`, each whole.
    async fn stock(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ItemStock>, Problem>;
}
