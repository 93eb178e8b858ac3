//! Products and stock over the real clients.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use brygga_core::Problem;
use brygga_core::goods::{
    FieldChange, ItemChange, ItemDraft, PriceRow, ProductDraft, ProductItem, ShopLevel,
    StockConnection, StockWrite, Variant,
};
use brygga_shopify::{QuantitySet, RowRefusal, Sent, Shopify, WriteFailure};
use brygga_visma::Visma;

use crate::ports::{Goods, ItemStock, Reading, RefusedRow, WriteError};

/// Shopify and Visma.net, as far as goods go.
#[derive(Debug)]
pub struct RealGoods {
    /// The shop.
    pub shop: Shopify,
    /// The ERP.
    pub erp: Visma,
}

impl From<WriteFailure> for WriteError {
    fn from(failure: WriteFailure) -> Self {
        match failure {
            WriteFailure::Refused(problem) => Self::Refused(problem),
            WriteFailure::NotSent(problem) => Self::NotSent(problem),
            WriteFailure::Unknown(problem) => Self::Unknown(problem),
        }
    }
}

fn refused(rows: Vec<RowRefusal>) -> Vec<RefusedRow> {
    rows.into_iter()
        .map(|row| RefusedRow {
            row: row.row,
            stale: row.stale,
            problem: row.problem,
        })
        .collect()
}

#[async_trait]
impl Goods for RealGoods {
    async fn variants_changed(
        &self,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Variant>, Problem> {
        self.shop.variants_changed(since).await
    }

    async fn variants(&self, ids: &[String]) -> Result<Vec<Variant>, Problem> {
        self.shop.variants(ids).await
    }

    async fn variants_by_sku(&self, sku: &str) -> Result<Vec<Variant>, Problem> {
        self.shop.variants_by_sku(sku).await
    }

    async fn levels(&self, inventory_items: &[String]) -> Result<Vec<ShopLevel>, Problem> {
        self.shop.inventory_levels(inventory_items).await
    }

    async fn set_quantities(
        &self,
        rows: &[StockWrite],
        key: &str,
    ) -> Result<Vec<RefusedRow>, WriteError> {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| QuantitySet {
                inventory_item: row.inventory_item.clone(),
                location: row.location.clone(),
                from: row.from,
                to: row.to,
            })
            .collect();
        let document = format!("gid://brygga/StockSync/{key}");
        match self.shop.set_quantities(&rows, key, &document).await? {
            Sent::Done => Ok(Vec::new()),
            Sent::Refused(rows) => Ok(refused(rows)),
        }
    }

    async fn connect_item(
        &self,
        connection: &StockConnection,
        key: &str,
    ) -> Result<(), WriteError> {
        self.shop
            .activate_inventory(
                &connection.inventory_item,
                &connection.location,
                connection.available,
                key,
            )
            .await?;
        Ok(())
    }

    async fn update_variants(
        &self,
        product: &str,
        rows: &[(String, Vec<FieldChange>)],
    ) -> Result<(Vec<Variant>, Vec<RefusedRow>), WriteError> {
        let (done, rows) = self.shop.update_variants(product, rows).await?;
        Ok((done, refused(rows)))
    }

    async fn update_product(
        &self,
        product: &str,
        fields: &[FieldChange],
    ) -> Result<(), WriteError> {
        self.shop.update_product(product, fields).await?;
        Ok(())
    }

    async fn archive_product(&self, product: &str) -> Result<(), WriteError> {
        self.shop.archive_product(product).await?;
        Ok(())
    }

    async fn create_product(&self, draft: &ProductDraft) -> Result<Variant, WriteError> {
        Ok(self.shop.create_product(draft).await?)
    }

    async fn item(&self, number: &str) -> Result<Option<ProductItem>, Problem> {
        self.erp.product_item(number).await
    }

    async fn create_item(&self, draft: &ItemDraft) -> Result<(), WriteError> {
        Ok(self.erp.create_item(draft).await?)
    }

    async fn update_item(&self, number: &str, changes: &[ItemChange]) -> Result<(), WriteError> {
        Ok(self.erp.update_item(number, changes).await?)
    }

    async fn items(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ProductItem>, Problem> {
        let since = since.map(|since| since.naive_utc());
        let set = self.erp.product_items(since).await?;
        Ok(Reading {
            rows: set.items,
            newest: set.newest.map(|newest| newest.and_utc()),
        })
    }

    async fn prices(&self, since: Option<DateTime<Utc>>) -> Result<Reading<PriceRow>, Problem> {
        let since = since.map(|since| since.naive_utc());
        let set = self.erp.sales_prices(since).await?;
        Ok(Reading {
            rows: set.rows,
            newest: set.newest.map(|newest| newest.and_utc()),
        })
    }

    async fn stock(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ItemStock>, Problem> {
        let set = self.erp.stock_changed(since).await?;
        let rows = set
            .items
            .into_iter()
            .map(|item| ItemStock {
                item: item.item,
                base_unit: item.base_unit,
                warehouses: item.warehouses,
            })
            .collect();
        Ok(Reading {
            rows,
            newest: set.newest,
        })
    }
}
