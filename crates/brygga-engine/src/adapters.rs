//! The ports over the real clients.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use brygga_core::Problem;
use brygga_core::erp::{
    BookedOrder, Catalogue, Customer, CustomerDraft, HeadDraft, LineDraft, LinePatch, OrderNumber,
    SalesOrderDraft, SalesOrderHit,
};
use brygga_core::shop::{Order, OrderId, ShopInfo};
use brygga_shopify::Shopify;
use brygga_visma::{CallError, Visma};

use crate::ports::{Erp, OrderPage, RawOrder, Shop, WriteError};

/// Shopify as the shop.
#[derive(Debug)]
pub struct ShopifyShop(pub Shopify);

fn raw(order: brygga_shopify::RawOrder) -> RawOrder {
    RawOrder {
        id: order.id.0,
        name: order.name,
        updated_at: order.updated_at,
        json: order.json,
    }
}

#[async_trait]
impl Shop for ShopifyShop {
    async fn info(&self) -> Result<ShopInfo, Problem> {
        self.0.shop_info().await
    }

    async fn orders_changed(
        &self,
        since: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<OrderPage, Problem> {
        let page = self.0.orders_changed(since, None, after).await?;
        Ok(OrderPage {
            orders: page.orders.into_iter().map(raw).collect(),
            next: page.next,
        })
    }

    async fn order(&self, id: &OrderId) -> Result<Option<RawOrder>, Problem> {
        Ok(self.0.order(id).await?.map(raw))
    }

    fn read(&self, json: &Value) -> Result<Order, Problem> {
        brygga_shopify::wire::order(json)
    }
}

/// Visma.net as the ERP.
#[derive(Debug)]
pub struct VismaErp(pub Visma);

impl From<CallError> for WriteError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(problem) => Self::Refused(problem),
            CallError::NotSent(problem) => Self::NotSent(problem),
            CallError::Unknown(problem) => Self::Unknown(problem),
            CallError::Conflict(problem) => Self::Conflict(problem),
        }
    }
}

#[async_trait]
impl Erp for VismaErp {
    async fn catalogue(&self) -> Result<Catalogue, Problem> {
        self.0.catalogue().await
    }

    async fn customers_by_email(&self, email: &str) -> Result<Vec<Customer>, Problem> {
        self.0.customers_by_email(email).await
    }

    async fn customers_by_registration(
        &self,
        registration: &str,
    ) -> Result<Vec<Customer>, Problem> {
        self.0.customers_by_registration(registration).await
    }

    async fn customers_by_draft(&self, draft: &CustomerDraft) -> Result<Vec<Customer>, Problem> {
        self.0.customers_by_draft(draft).await
    }

    async fn create_customer(&self, draft: &CustomerDraft) -> Result<String, WriteError> {
        Ok(self.0.create_customer(draft).await?)
    }

    async fn find_orders(&self, customer_order: &str) -> Result<Vec<SalesOrderHit>, Problem> {
        self.0.find_orders(customer_order).await
    }

    async fn orders_since(&self, since: DateTime<Utc>) -> Result<Vec<SalesOrderHit>, Problem> {
        self.0.orders_modified_since(since).await
    }

    async fn order(&self, number: &OrderNumber) -> Result<Option<BookedOrder>, Problem> {
        self.0.order(number).await
    }

    async fn create_order(
        &self,
        draft: &SalesOrderDraft,
        customer: &str,
    ) -> Result<OrderNumber, WriteError> {
        Ok(self.0.create_order(draft, customer).await?)
    }

    async fn patch_head(
        &self,
        number: &OrderNumber,
        etag: &str,
        head: &HeadDraft,
    ) -> Result<(), WriteError> {
        self.0.patch_head(number, etag, head).await?;
        Ok(())
    }

    async fn patch_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LinePatch],
    ) -> Result<(), WriteError> {
        self.0.patch_lines(number, etag, lines).await?;
        Ok(())
    }

    async fn add_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[LineDraft],
    ) -> Result<(), WriteError> {
        self.0.add_lines(number, etag, lines).await?;
        Ok(())
    }

    async fn delete_lines(
        &self,
        number: &OrderNumber,
        etag: &str,
        lines: &[i64],
    ) -> Result<(), WriteError> {
        self.0.delete_lines(number, etag, lines).await?;
        Ok(())
    }

    async fn cancel(&self, number: &OrderNumber, etag: &str) -> Result<(), WriteError> {
        self.0.cancel(number, etag).await?;
        Ok(())
    }
}
