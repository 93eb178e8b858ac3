//! What the engine asks of the ERP about shipments, invoices, credit notes and payments.

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveDateTime};

use brygga_core::Problem;
use brygga_core::booking::already::Existing;
use brygga_core::erp::{
    DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LedgerNews, Operation, OrderNumber,
    Payment, PaymentChange, PaymentDraft, Shipment, ShipmentNews, ShipmentQuantity,
};

use super::WriteError;

/// Shipments, invoices, credit notes and payments.
///
/// Actions may be asynchronous (`facts/visma` 5 and 15): `Ok` means that the ERP has taken the order on, and reading tells
/// when it is carried out. A background job that ended with an error is a refusal.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Numbers of the shipments of a sales order, cancelled ones left out, with the invoice of each where there is one.
    async fn shipments_of(
        &self,
        order: &OrderNumber,
    ) -> Result<Vec<(String, Option<String>)>, Problem>;
    /// One shipment, whole. `None` if it is not there.
    async fn shipment(&self, number: &str) -> Result<Option<Shipment>, Problem>;
    /// Shipments changed at or after `since`, on the ERP's own wall clock.
    async fn shipment_news(&self, since: NaiveDateTime) -> Result<Vec<ShipmentNews>, Problem>;
    /// Makes a shipment of what the order has open; which one, only reading tells.
    async fn create_shipment(
        &self,
        order: &OrderNumber,
        operation: &Operation,
        warehouse: &str,
        date: NaiveDate,
    ) -> Result<(), WriteError>;
    /// Sets the units of a shipment's lines; 0 takes a line away.
    async fn set_quantities(
        &self,
        shipment: &Shipment,
        quantities: &[ShipmentQuantity],
    ) -> Result<(), WriteError>;
    /// The goods have left, or have come back.
    async fn confirm_shipment(&self, number: &str) -> Result<(), WriteError>;
    /// Takes a confirmed shipment back to Open.
    async fn correct_shipment(&self, number: &str) -> Result<(), WriteError>;
    /// Takes an open shipment away.
    async fn cancel_shipment(&self, number: &str) -> Result<(), WriteError>;
    /// Sets the date of the order's next invoice.
    async fn set_invoice_date(
        &self,
        order: &OrderNumber,
        etag: &str,
        date: NaiveDate,
    ) -> Result<(), WriteError>;
    /// Makes the invoice or credit note of what was confirmed; which one, only reading tells.
    async fn prepare_invoice(&self, order: &OrderNumber) -> Result<(), WriteError>;

    /// One invoice or credit note, whole. `None` if it is not there.
    async fn document(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Option<LedgerDocument>, Problem>;
    /// Direct documents with exactly this `externalReference`.
    async fn documents_by_external(
        &self,
        kind: &DocumentKind,
        external: &str,
    ) -> Result<Vec<LedgerDocument>, Problem>;
    /// Invoices or credit notes of a customer that came from this sales order: for orders that need no shipment.
    async fn documents_of_order(
        &self,
        kind: &DocumentKind,
        customer: &str,
        order: &OrderNumber,
    ) -> Result<Vec<LedgerDocument>, Problem>;
    /// Documents changed at or after `since`, on the ERP's own wall clock.
    async fn ledger_news(
        &self,
        kind: &DocumentKind,
        since: NaiveDateTime,
    ) -> Result<Vec<LedgerNews>, Problem>;
    /// Invoices changed at or after `since`, on the ERP's own wall clock, whoever made them.
    async fn invoices_since(&self, since: NaiveDateTime) -> Result<Vec<Existing>, Problem>;
    /// Makes a direct invoice or credit note; its number.
    async fn create_document(&self, draft: &LedgerDraft) -> Result<String, WriteError>;
    /// Changes one before its release.
    async fn change_document(
        &self,
        document: &LedgerDocument,
        change: &LedgerChange,
    ) -> Result<(), WriteError>;
    /// Puts one in the books.
    async fn release_document(&self, document: &LedgerDocument) -> Result<(), WriteError>;

    /// Payments of a customer dated from `from` on.
    async fn payments_of(&self, customer: &str, from: NaiveDate) -> Result<Vec<Payment>, Problem>;
    /// One payment, whole. `None` if it is not there.
    async fn payment(&self, kind: &DocumentKind, number: &str) -> Result<Option<Payment>, Problem>;
    /// Makes a payment; its number.
    async fn create_payment(&self, draft: &PaymentDraft) -> Result<String, WriteError>;
    /// Sets what a payment is applied to.
    async fn change_payment(
        &self,
        payment: &Payment,
        change: &PaymentChange,
    ) -> Result<(), WriteError>;
    /// Puts a payment in the books.
    async fn release_payment(&self, payment: &Payment) -> Result<(), WriteError>;
}
