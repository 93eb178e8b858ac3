//! Carrying out one step: the only place from which shipments, invoices, credit notes, payments and fulfilments are changed.

use brygga_core::booking::life::{Books, LifeStep, Linked, PartKind, PartRef};
use brygga_core::erp::{DocumentKind, LedgerDocument, LinePatch, OrderNumber, Payment, Shipment};
use brygga_core::{Code, Problem};

use crate::booked;
use crate::engine::Engine;
use crate::ports::WriteError;

/// What a step left behind: the document that it made, where the answer tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) what: Linked,
    pub(super) number: String,
    /// Whose it is, where not the part's whose step it was: a fulfilment that was made for a shipment.
    pub(super) of: Option<PartRef>,
}

impl Made {
    pub(super) fn new(what: Linked, number: impl Into<String>) -> Self {
        Self {
            what,
            number: number.into(),
            of: None,
        }
    }

    /// A fulfilment of the shop tells of a shipment.
    pub(super) fn fulfilment(id: impl Into<String>, shipment: &str) -> Self {
        Self {
            what: Linked::Shipment,
            number: shipment.to_owned(),
            of: Some(PartRef {
                kind: PartKind::Invoice,
                id: id.into(),
            }),
        }
    }
}

impl Engine {
    /// Sends one step. `books` are what it was decided on; versions that changes need are taken from a fresh read.
    pub(super) async fn life_effect(
        &self,
        step: &LifeStep,
        books: &Books,
    ) -> Result<Option<Made>, WriteError> {
        let erp = &self.erp;
        match step {
            LifeStep::CreateShipment {
                order,
                operation,
                warehouse,
                date,
            } => {
                erp.create_shipment(order, operation, warehouse, *date)
                    .await?;
            }
            LifeStep::SetQuantities {
                shipment,
                quantities,
            } => {
                let shipment = self.fresh_shipment(shipment).await?;
                erp.set_quantities(&shipment, quantities).await?;
            }
            LifeStep::ConfirmShipment { shipment } => erp.confirm_shipment(shipment).await?,
            LifeStep::CorrectShipment { shipment } => erp.correct_shipment(shipment).await?,
            LifeStep::CancelShipment { shipment } => erp.cancel_shipment(shipment).await?,
            LifeStep::SetInvoiceDate { order, date } => {
                let document = self.fresh(order).await?;
                erp.set_invoice_date(order, &document.etag, *date).await?;
            }
            LifeStep::PrepareInvoice { order } => erp.prepare_invoice(order).await?,
            LifeStep::ChangeLedger {
                kind,
                number,
                change,
            } => {
                let document = self.fresh_document(kind, number).await?;
                let before = books
                    .ledger
                    .iter()
                    .find(|known| known.kind == *kind && known.number == *number);
                if before.is_none_or(|before| !same_document(before, &document)) {
                    return Err(changed_meanwhile(number));
                }
                erp.change_document(&document, change).await?;
            }
            LifeStep::ReleaseLedger { kind, number } => {
                let document = self.fresh_document(kind, number).await?;
                let before = books
                    .ledger
                    .iter()
                    .find(|known| known.kind == *kind && known.number == *number);
                // What is released is exactly what was compared.
                if before.is_none_or(|before| !same_document(before, &document)) {
                    return Err(changed_meanwhile(number));
                }
                erp.release_document(&document).await?;
            }
            LifeStep::CreateLedger { draft } => {
                let number = erp.create_document(draft).await?;
                let what = match draft.kind {
                    DocumentKind::CreditNote => Linked::CreditNote,
                    _ => Linked::Invoice,
                };
                return Ok(Some(Made::new(what, number)));
            }
            LifeStep::CreateOrder { draft, customer } => {
                let number = erp.create_order(draft, customer).await?;
                return Ok(Some(Made::new(Linked::Order, booked::erp_id(&number))));
            }
            LifeStep::PatchOrderLines { order, lines } => {
                let document = self.fresh(order).await?;
                let patches = lines
                    .iter()
                    .map(|line| {
                        document
                            .lines
                            .iter()
                            .find(|stored| stored.link.as_deref() == Some(line.link.as_str()))
                            .map(|stored| LinePatch {
                                line_id: stored.line_id,
                                line: line.clone(),
                            })
                    })
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| changed_meanwhile(&order.to_string()))?;
                erp.patch_lines(order, &document.etag, &patches).await?;
            }
            LifeStep::DeleteOrderLines { order, links } => {
                let document = self.fresh(order).await?;
                let ids: Vec<i64> = document
                    .lines
                    .iter()
                    .filter(|stored| {
                        stored
                            .link
                            .as_ref()
                            .is_some_and(|link| links.contains(link))
                    })
                    .map(|stored| stored.line_id)
                    .collect();
                if ids.len() != links.len() {
                    return Err(changed_meanwhile(&order.to_string()));
                }
                erp.delete_lines(order, &document.etag, &ids).await?;
            }
            LifeStep::CancelOrder { order } => {
                let document = self.fresh(order).await?;
                erp.cancel(order, &document.etag).await?;
            }
            LifeStep::CreatePayment { draft } => {
                let number = erp.create_payment(draft).await?;
                return Ok(Some(Made::new(Linked::Payment, number)));
            }
            LifeStep::ChangePayment {
                kind,
                number,
                change,
            } => {
                let payment = self.fresh_payment(kind, number).await?;
                erp.change_payment(&payment, change).await?;
            }
            LifeStep::ReleasePayment { kind, number } => {
                let payment = self.fresh_payment(kind, number).await?;
                erp.release_payment(&payment).await?;
            }
            LifeStep::ReleaseApplied {
                kind: DocumentKind::CreditNote,
                number,
                documents,
            } => {
                let note = self
                    .fresh_document(&DocumentKind::CreditNote, number)
                    .await?;
                let is_there = |row| note.applications.contains(row);
                if !documents.iter().all(is_there) {
                    return Err(changed_meanwhile(number));
                }
                erp.release_document(&note).await?;
            }
            LifeStep::ReleaseApplied {
                kind,
                number,
                documents,
            } => {
                let payment = self.fresh_payment(kind, number).await?;
                if payment.documents != *documents {
                    return Err(changed_meanwhile(number));
                }
                erp.release_payment(&payment).await?;
            }
            LifeStep::CreateFulfilment { shipment, draft } => {
                let id = self.shop.create_fulfilment(draft).await?;
                return Ok(Some(Made::fulfilment(id, shipment)));
            }
            LifeStep::UpdateTracking {
                fulfilment,
                tracking,
                notify,
                ..
            } => {
                self.shop
                    .set_tracking(fulfilment, tracking, *notify)
                    .await?;
            }
        }
        Ok(None)
    }

    async fn fresh_shipment(&self, number: &str) -> Result<Shipment, WriteError> {
        known(self.erp.shipment(number).await, number)
    }

    async fn fresh_document(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<LedgerDocument, WriteError> {
        known(self.erp.document(kind, number).await, number)
    }

    async fn fresh_payment(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Payment, WriteError> {
        known(self.erp.payment(kind, number).await, number)
    }
}

/// Reading has no effect: a failure here means that nothing was sent.
fn known<T>(read: Result<Option<T>, Problem>, number: &str) -> Result<T, WriteError> {
    match read {
        Ok(Some(document)) => Ok(document),
        Ok(None) => Err(WriteError::Refused(
            Problem::new(Code::DocumentGone).with("document", number),
        )),
        Err(problem) => Err(WriteError::NotSent(problem)),
    }
}

/// Do two reads of a document say the same money.
fn same_document(one: &LedgerDocument, other: &LedgerDocument) -> bool {
    let lines = |document: &LedgerDocument| -> Vec<_> {
        document
            .lines
            .iter()
            .map(|line| {
                (
                    line.line_number,
                    line.item.clone(),
                    line.quantity,
                    line.net,
                    line.vat_category.clone(),
                )
            })
            .collect()
    };
    (one.total, one.vat_total, &one.taxes, &one.status)
        == (other.total, other.vat_total, &other.taxes, &other.status)
        && lines(one) == lines(other)
}

fn changed_meanwhile(document: &str) -> WriteError {
    WriteError::Conflict(Problem::new(Code::RemoteConflict).with("document", document))
}

/// The sales order on which a step waits for the ERP, for its reference in the journal.
pub(crate) fn about(step: &LifeStep) -> String {
    let order = |order: &OrderNumber| order.to_string();
    match step {
        LifeStep::CreateShipment { order: number, .. }
        | LifeStep::SetInvoiceDate { order: number, .. }
        | LifeStep::PrepareInvoice { order: number }
        | LifeStep::PatchOrderLines { order: number, .. }
        | LifeStep::DeleteOrderLines { order: number, .. }
        | LifeStep::CancelOrder { order: number } => order(number),
        LifeStep::SetQuantities { shipment, .. }
        | LifeStep::ConfirmShipment { shipment }
        | LifeStep::CorrectShipment { shipment }
        | LifeStep::CancelShipment { shipment }
        | LifeStep::CreateFulfilment { shipment, .. }
        | LifeStep::UpdateTracking { shipment, .. } => shipment.clone(),
        LifeStep::ChangeLedger { number, .. }
        | LifeStep::ReleaseLedger { number, .. }
        | LifeStep::ChangePayment { number, .. }
        | LifeStep::ReleasePayment { number, .. }
        | LifeStep::ReleaseApplied { number, .. } => number.clone(),
        LifeStep::CreateLedger { draft } => draft.external.clone(),
        LifeStep::CreateOrder { draft, .. } => draft.head.order_id().to_owned(),
        LifeStep::CreatePayment { draft } => draft.reference.clone(),
    }
}
