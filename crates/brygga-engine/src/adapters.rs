//! The ports over the real clients.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use brygga_core::erp::{
    BookedOrder, Catalogue, Customer, CustomerCard, CustomerDraft, CustomerPatch, DocumentKind,
    HeadDraft, LedgerChange, LedgerDocument, LedgerDraft, LineDraft, LinePatch, Operation,
    OrderNumber, Payment, PaymentChange, PaymentDraft, SalesOrderDraft, SalesOrderHit, Shipment,
    ShipmentNews, ShipmentQuantity,
};
use brygga_core::shop::{FulfilmentDraft, Location, Order, OrderId, Sending, ShopInfo, Tracking};
use brygga_core::{Code, Problem};
use brygga_shopify::{FieldDefinition, MetafieldDraft, Shopify, WriteFailure, WroteBack};
use brygga_visma::{CallError, Visma};

use crate::ports::{
    BackField, BackFieldDefinition, BackFieldDraft, BackState, CustomerPage, Erp, Ledger,
    OrderHead, OrderHeads, OrderPage, RawOrder, Shop, ShopCustomer, ShopSending, ShopWriteBack,
    WriteError,
};

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

fn profile(raw: brygga_shopify::RawCustomer) -> Result<ShopCustomer, Problem> {
    let mut customer = brygga_shopify::wire::customer(&raw.json)?;
    customer.updated_at = Some(raw.updated_at);
    Ok(ShopCustomer {
        customer,
        withheld: brygga_shopify::wire::withheld(&raw.json),
    })
}

#[async_trait]
impl Shop for ShopifyShop {
    async fn info(&self) -> Result<ShopInfo, Problem> {
        self.0.shop_info().await
    }

    async fn locations(&self) -> Result<Vec<Location>, Problem> {
        self.0.locations().await
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

    async fn orders_made(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<OrderHeads, Problem> {
        let page = self.0.orders_by_id_window(since, until, after).await?;
        let head = |head: brygga_shopify::OrderHead| OrderHead {
            id: head.id.0,
            name: head.name,
            made_at: head.created_at,
        };
        Ok(OrderHeads {
            orders: page.orders.into_iter().map(head).collect(),
            next: page.next,
        })
    }

    async fn order(&self, id: &OrderId) -> Result<Option<RawOrder>, Problem> {
        Ok(self.0.order(id).await?.map(raw))
    }

    async fn customers_changed(
        &self,
        since: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<CustomerPage, Problem> {
        let page = self.0.customers_changed(since, None, after).await?;
        let customers: Result<_, Problem> = page.customers.into_iter().map(profile).collect();
        Ok(CustomerPage {
            customers: customers?,
            next: page.next,
        })
    }

    async fn customer(&self, id: &str) -> Result<Option<ShopCustomer>, Problem> {
        self.0.customer(id).await?.map(profile).transpose()
    }

    async fn company_name(&self, id: &str) -> Result<Option<String>, Problem> {
        self.0.company_name(id).await
    }

    fn read(&self, json: &Value) -> Result<Order, Problem> {
        brygga_shopify::wire::order(json)
    }
}

fn write_error(failure: WriteFailure) -> WriteError {
    match failure {
        WriteFailure::Refused(problem) => WriteError::Refused(problem),
        WriteFailure::NotSent(problem) => WriteError::NotSent(problem),
        WriteFailure::Unknown(problem) => WriteError::Unknown(problem),
    }
}

#[async_trait]
impl ShopWriteBack for ShopifyShop {
    async fn ensure_definitions(
        &self,
        definitions: &[BackFieldDefinition],
    ) -> Result<(), WriteError> {
        let definitions: Vec<FieldDefinition> = definitions
            .iter()
            .map(|definition| FieldDefinition {
                namespace: definition.namespace.clone(),
                key: definition.key.clone(),
                name: definition.name.clone(),
                kind: definition.kind.clone(),
            })
            .collect();
        self.0
            .ensure_definitions(&definitions)
            .await
            .map_err(write_error)
    }

    async fn back_state(
        &self,
        order: &OrderId,
        namespace: &str,
    ) -> Result<Option<BackState>, Problem> {
        let state = self.0.read_back_fields(order, namespace).await?;
        Ok(state.map(|state| BackState {
            fields: state
                .fields
                .into_iter()
                .map(|field| BackField {
                    key: field.key,
                    kind: field.kind,
                    value: field.value,
                    version: field.compare_digest,
                })
                .collect(),
            tags: state.tags,
            can_mark_as_paid: state.can_mark_as_paid,
        }))
    }

    async fn set_back_fields(
        &self,
        order: &OrderId,
        fields: &[BackFieldDraft],
    ) -> Result<(), WriteError> {
        let fields: Vec<MetafieldDraft> = fields
            .iter()
            .map(|field| MetafieldDraft {
                namespace: field.namespace.clone(),
                key: field.key.clone(),
                kind: field.kind.clone(),
                value: field.value.clone(),
                compare_digest: field.version.clone(),
            })
            .collect();
        match self.0.write_back(order, &fields).await {
            Ok(WroteBack::Done) => Ok(()),
            Ok(WroteBack::Stale) => Err(WriteError::Conflict(
                Problem::new(Code::RemoteConflict).with("document", order),
            )),
            Err(failure) => Err(write_error(failure)),
        }
    }

    async fn add_tags(&self, order: &OrderId, tags: &[String]) -> Result<(), WriteError> {
        self.0.add_tags(order, tags).await.map_err(write_error)
    }

    async fn mark_paid(&self, order: &OrderId) -> Result<(), WriteError> {
        self.0.mark_as_paid(order).await.map_err(write_error)
    }
}

#[async_trait]
impl ShopSending for ShopifyShop {
    async fn sending(&self, order: &OrderId) -> Result<Option<Sending>, Problem> {
        self.0.sending(order).await
    }

    async fn create_fulfilment(&self, draft: &FulfilmentDraft) -> Result<String, WriteError> {
        self.0.create_fulfilment(draft).await.map_err(write_error)
    }

    async fn set_tracking(
        &self,
        fulfilment: &str,
        to: &Tracking,
        notify: bool,
    ) -> Result<(), WriteError> {
        self.0
            .set_tracking(fulfilment, to, notify)
            .await
            .map_err(write_error)
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
    fn opens_sales_orders(&self) -> bool {
        self.0.opens_sales_orders()
    }

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

    async fn customer_card(&self, number: &str) -> Result<Option<CustomerCard>, Problem> {
        self.0.customer_card(number).await
    }

    async fn update_customer(
        &self,
        there: &CustomerCard,
        patch: &CustomerPatch,
    ) -> Result<(), WriteError> {
        Ok(self.0.update_customer(there, patch).await?)
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

#[async_trait]
impl Ledger for VismaErp {
    async fn shipments_of(
        &self,
        order: &OrderNumber,
    ) -> Result<Vec<(String, Option<String>)>, Problem> {
        self.0.shipments_of(order).await
    }

    async fn shipment(&self, number: &str) -> Result<Option<Shipment>, Problem> {
        self.0.shipment(number).await
    }

    async fn shipment_news(
        &self,
        since: chrono::NaiveDateTime,
    ) -> Result<Vec<ShipmentNews>, Problem> {
        self.0.shipment_news(since).await
    }

    async fn create_shipment(
        &self,
        order: &OrderNumber,
        operation: &Operation,
        warehouse: &str,
        date: NaiveDate,
    ) -> Result<(), WriteError> {
        Ok(self
            .0
            .create_shipment(order, operation, warehouse, date)
            .await?)
    }

    async fn set_quantities(
        &self,
        shipment: &Shipment,
        quantities: &[ShipmentQuantity],
    ) -> Result<(), WriteError> {
        Ok(self.0.set_quantities(shipment, quantities).await?)
    }

    async fn confirm_shipment(&self, number: &str) -> Result<(), WriteError> {
        Ok(self.0.confirm_shipment(number).await?)
    }

    async fn correct_shipment(&self, number: &str) -> Result<(), WriteError> {
        Ok(self.0.correct_shipment(number).await?)
    }

    async fn cancel_shipment(&self, number: &str) -> Result<(), WriteError> {
        Ok(self.0.cancel_shipment(number).await?)
    }

    async fn set_invoice_date(
        &self,
        order: &OrderNumber,
        etag: &str,
        date: NaiveDate,
    ) -> Result<(), WriteError> {
        Ok(self.0.set_invoice_date(order, etag, date).await?)
    }

    async fn prepare_invoice(&self, order: &OrderNumber) -> Result<(), WriteError> {
        Ok(self.0.prepare_invoice(order).await?)
    }

    async fn document(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Option<LedgerDocument>, Problem> {
        self.0.document(kind, number).await
    }

    async fn documents_by_external(
        &self,
        kind: &DocumentKind,
        external: &str,
    ) -> Result<Vec<LedgerDocument>, Problem> {
        self.0.documents_by_external(kind, external).await
    }

    async fn documents_of_order(
        &self,
        kind: &DocumentKind,
        customer: &str,
        order: &OrderNumber,
    ) -> Result<Vec<LedgerDocument>, Problem> {
        self.0.documents_of_order(kind, customer, order).await
    }

    async fn ledger_news(
        &self,
        kind: &DocumentKind,
        since: chrono::NaiveDateTime,
    ) -> Result<Vec<brygga_core::erp::LedgerNews>, Problem> {
        self.0.ledger_news(kind, since).await
    }

    async fn invoices_since(
        &self,
        since: chrono::NaiveDateTime,
    ) -> Result<Vec<brygga_core::booking::already::Existing>, Problem> {
        self.0.invoices_since(since).await
    }

    async fn create_document(&self, draft: &LedgerDraft) -> Result<String, WriteError> {
        Ok(self.0.create_document(draft).await?)
    }

    async fn change_document(
        &self,
        document: &LedgerDocument,
        change: &LedgerChange,
    ) -> Result<(), WriteError> {
        Ok(self.0.change_document(document, change).await?)
    }

    async fn release_document(&self, document: &LedgerDocument) -> Result<(), WriteError> {
        Ok(self.0.release_document(document).await?)
    }

    async fn payments_of(&self, customer: &str, from: NaiveDate) -> Result<Vec<Payment>, Problem> {
        self.0.payments_of(customer, from).await
    }

    async fn payment(&self, kind: &DocumentKind, number: &str) -> Result<Option<Payment>, Problem> {
        self.0.payment(kind, number).await
    }

    async fn create_payment(&self, draft: &PaymentDraft) -> Result<String, WriteError> {
        Ok(self.0.create_payment(draft).await?)
    }

    async fn change_payment(
        &self,
        payment: &Payment,
        change: &PaymentChange,
    ) -> Result<(), WriteError> {
        Ok(self.0.change_payment(payment, change).await?)
    }

    async fn release_payment(&self, payment: &Payment) -> Result<(), WriteError> {
        Ok(self.0.release_payment(payment).await?)
    }
}
