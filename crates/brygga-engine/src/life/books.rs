//! What Visma.net has of one order, read afresh.

use std::collections::BTreeSet;

use brygga_core::Problem;
use brygga_core::booking::life::{Books, LifeStep, Linked, PartKind, PartLink, PartRef, external};
use brygga_core::booking::{BookedState, order_lines};
use brygga_core::erp::{BookedOrder, DocumentKind, LedgerStatus, OrderNumber, OrderStatus};
use brygga_core::settings::BookingMode;
use brygga_core::shop::Order;
use brygga_store::Link;

use super::{links, parts_of};
use crate::booked;
use crate::engine::{Engine, Setup};

/// Which books of an order to read.
pub(crate) struct Shelf<'a> {
    pub(crate) order: &'a Order,
    pub(crate) booked: Option<&'a BookedState>,
    pub(crate) setup: &'a Setup,
}

impl Engine {
    /// Reads all of it.
    pub(crate) async fn read_books(&self, shelf: &Shelf<'_>) -> Result<Books, Problem> {
        let mut books = Books {
            links: self.part_links(shelf.order)?,
            ..Books::default()
        };
        if shelf.booked.is_none() {
            return Ok(books);
        }
        self.read_orders_of(shelf, &mut books).await?;
        self.read_shipments(&mut books).await?;
        self.read_ledger(shelf, &mut books).await?;
        self.read_payments(shelf, &mut books).await?;
        Ok(books)
    }

    /// Reads again what a step touched.
    pub(super) async fn read_again(
        &self,
        shelf: &Shelf<'_>,
        step: &LifeStep,
        books: &mut Books,
    ) -> Result<(), Problem> {
        books.links = self.part_links(shelf.order)?;
        match step {
            LifeStep::SetInvoiceDate { order, .. } => self.read_order_again(order, books).await,
            LifeStep::ConfirmShipment { .. }
            | LifeStep::CreateShipment { .. }
            | LifeStep::CorrectShipment { .. }
            | LifeStep::CancelShipment { .. } => {
                self.read_orders_of(shelf, books).await?;
                self.read_shipments(books).await
            }
            LifeStep::SetQuantities { shipment, .. } => {
                let read = self.erp.shipment(shipment).await?;
                books.shipments.retain(|known| known.number != *shipment);
                books.shipments.extend(read);
                books.shipments.sort_by(|a, b| a.number.cmp(&b.number));
                Ok(())
            }
            LifeStep::ChangeLedger { .. } | LifeStep::CreateLedger { .. } => {
                self.read_ledger(shelf, books).await
            }
            LifeStep::PrepareInvoice { .. } => {
                self.read_orders_of(shelf, books).await?;
                self.read_shipments(books).await?;
                self.read_ledger(shelf, books).await
            }
            LifeStep::ReleaseLedger { .. }
            | LifeStep::CreatePayment { .. }
            | LifeStep::ChangePayment { .. }
            | LifeStep::ReleasePayment { .. } => {
                self.read_ledger(shelf, books).await?;
                self.read_payments(shelf, books).await
            }
            LifeStep::CreateOrder { .. }
            | LifeStep::PatchOrderLines { .. }
            | LifeStep::DeleteOrderLines { .. }
            | LifeStep::CancelOrder { .. } => {
                *books = self.read_books(shelf).await?;
                Ok(())
            }
        }
    }

    /// What is linked of an order's parts.
    pub(super) fn part_links(&self, order: &Order) -> Result<Vec<PartLink>, Problem> {
        let mut found = Vec::new();
        let whole = brygga_core::booking::life::whole(order);
        let parts: BTreeSet<PartRef> = parts_of(order).into_iter().chain([whole]).collect();
        for part in parts {
            for what in links::EVERY {
                if let Some(link) = self.store.link(&links::kind(part.kind, what), &part.id)? {
                    found.push(PartLink {
                        part: part.clone(),
                        what,
                        number: link.erp_id,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Keeps which document is which part's.
    pub(super) fn keep_links(&self, order: &Order, found: &[PartLink]) -> Result<(), Problem> {
        for link in found {
            let kind = links::kind(link.part.kind, link.what);
            let known = self.store.link(&kind, &link.part.id)?;
            if known.is_some_and(|known| known.erp_id == link.number) {
                continue;
            }
            self.store.put_link(&Link {
                kind,
                shop_id: link.part.id.clone(),
                erp_id: link.number.clone(),
                detail: serde_json::json!({ "order": order.id.0 }),
                made_at: self.clock.now(),
            })?;
        }
        Ok(())
    }

    async fn read_order_again(
        &self,
        number: &OrderNumber,
        books: &mut Books,
    ) -> Result<(), Problem> {
        let read = self.erp.order(number).await?;
        for known in &mut books.orders {
            if known.number == *number
                && let Some(read) = &read
            {
                *known = read.clone();
            }
        }
        Ok(())
    }

    /// The booked order first, then the orders of its parts.
    async fn read_orders_of(&self, shelf: &Shelf<'_>, books: &mut Books) -> Result<(), Problem> {
        let mut numbers: Vec<OrderNumber> = Vec::new();
        let mut add = |number: Option<OrderNumber>| {
            if let Some(number) = number
                && !numbers.contains(&number)
            {
                numbers.push(number);
            }
        };
        add(shelf.booked.and_then(|booked| booked.number.clone()));
        for link in &books.links {
            if link.what == Linked::Order {
                add(booked::number(&link.number));
            }
        }
        let of_parts = format!("{}-", shelf.order.id);
        if has_part_orders(shelf) {
            for hit in self.erp.find_orders(&shelf.order.name).await? {
                let is_part = |id: &Option<String>| {
                    id.as_deref()
                        .is_some_and(|id| id.starts_with(of_parts.as_str()))
                };
                if is_part(&hit.customer_ref) {
                    add(Some(hit.number));
                }
            }
        }
        let mut orders: Vec<BookedOrder> = Vec::with_capacity(numbers.len());
        for number in &numbers {
            orders.extend(self.erp.order(number).await?);
        }
        books.orders = orders;
        Ok(())
    }

    async fn read_shipments(&self, books: &mut Books) -> Result<(), Problem> {
        let mut numbers = BTreeSet::new();
        for order in &books.orders {
            for (number, _) in self.erp.shipments_of(&order.number).await? {
                numbers.insert(number);
            }
        }
        let mut shipments = Vec::with_capacity(numbers.len());
        for number in &numbers {
            shipments.extend(self.erp.shipment(number).await?);
        }
        books.shipments = shipments;
        Ok(())
    }

    async fn read_ledger(&self, shelf: &Shelf<'_>, books: &mut Books) -> Result<(), Problem> {
        let mut wanted: BTreeSet<(bool, String)> = BTreeSet::new();
        for shipment in &books.shipments {
            for order in &shipment.orders {
                if let Some(number) = &order.invoice {
                    let credit = order.invoice_type.as_deref().is_some_and(is_credit);
                    wanted.insert((credit, number.clone()));
                }
            }
        }
        for link in &books.links {
            match link.what {
                Linked::Invoice => {
                    wanted.insert((false, link.number.clone()));
                }
                Linked::CreditNote => {
                    wanted.insert((true, link.number.clone()));
                }
                Linked::Order | Linked::Shipment | Linked::Payment => {}
            }
        }
        // What is closed stays as it is, until somebody opens it again; the proof reads it all.
        let mut ledger = Vec::new();
        for (credit, number) in wanted {
            let kind = kind_of(credit);
            ledger.extend(self.erp.document(&kind, &number).await?);
        }
        let customer = customer_of(shelf, books);
        // Orders that were invoiced without a shipment are found by their customer.
        for order in &books.orders {
            let shipped = books.shipments.iter().any(|shipment| {
                shipment
                    .orders
                    .iter()
                    .any(|served| served.order == order.number)
            });
            let invoiced = matches!(order.status, OrderStatus::Invoiced | OrderStatus::Completed);
            if shipped || !(invoiced || may_skip_shipping(shelf, order)) {
                continue;
            }
            for credit in [false, true] {
                let kind = kind_of(credit);
                let found = self
                    .erp
                    .documents_of_order(&kind, &order.customer, &order.number)
                    .await?;
                add_new(&mut ledger, found);
            }
        }
        if customer.is_some() {
            for (kind, external) in externals(shelf, books) {
                let found = self.erp.documents_by_external(&kind, &external).await?;
                add_new(&mut ledger, found);
            }
        }
        books.ledger = ledger;
        order_lines::name_order_lines(books);
        Ok(())
    }

    async fn read_payments(&self, shelf: &Shelf<'_>, books: &mut Books) -> Result<(), Problem> {
        let ids: BTreeSet<&str> = shelf
            .order
            .transactions
            .iter()
            .map(|transaction| transaction.id.as_str())
            .collect();
        let first = shelf
            .order
            .transactions
            .iter()
            .filter_map(|transaction| transaction.processed_at)
            .min();
        let (Some(customer), Some(first)) = (customer_of(shelf, books), first) else {
            books.payments.clear();
            return Ok(());
        };
        let from = first
            .with_timezone(&shelf.setup.shop.time_zone)
            .date_naive();
        let mut payments = self.erp.payments_of(&customer, from).await?;
        payments.retain(|payment| {
            payment.status != LedgerStatus::Voided
                && payment
                    .reference
                    .as_deref()
                    .is_some_and(|reference| ids.contains(base_reference(reference)))
        });
        books.payments = payments;
        Ok(())
    }
}

/// The references under which direct documents of the order's parts may stand that are not linked yet.
fn externals(shelf: &Shelf<'_>, books: &Books) -> Vec<(DocumentKind, String)> {
    let is_linked = |part: &PartRef, what| {
        books
            .links
            .iter()
            .any(|link| link.part == *part && link.what == what)
    };
    let direct = shelf.setup.settings.booking_mode == BookingMode::DirectInvoice;
    let whole = brygga_core::booking::life::whole(shelf.order);
    let parts: BTreeSet<PartRef> = parts_of(shelf.order).into_iter().chain([whole]).collect();
    parts
        .into_iter()
        .filter_map(|part| match part.kind {
            PartKind::Invoice if direct && !is_linked(&part, Linked::Invoice) => {
                Some((DocumentKind::Invoice, external(&part)))
            }
            PartKind::CreditNote if !is_linked(&part, Linked::CreditNote) => {
                Some((DocumentKind::CreditNote, external(&part)))
            }
            PartKind::Invoice | PartKind::CreditNote | PartKind::Payment => None,
        })
        .collect()
}

/// A payment beside another of the same transaction has a suffix: `123-rounding`.
fn base_reference(reference: &str) -> &str {
    reference
        .split_once('-')
        .map_or(reference, |(transaction, _)| transaction)
}

fn kind_of(credit: bool) -> DocumentKind {
    if credit {
        DocumentKind::CreditNote
    } else {
        DocumentKind::Invoice
    }
}

fn is_credit(kind: &str) -> bool {
    kind.to_ascii_lowercase().contains("credit")
}

fn add_new(
    ledger: &mut Vec<brygga_core::erp::LedgerDocument>,
    found: Vec<brygga_core::erp::LedgerDocument>,
) {
    for document in found {
        if !ledger
            .iter()
            .any(|known| known.kind == document.kind && known.number == document.number)
        {
            ledger.push(document);
        }
    }
}

/// May parts of the order have sales orders of their own.
fn has_part_orders(shelf: &Shelf<'_>) -> bool {
    shelf.setup.settings.booking_mode == BookingMode::InvoiceOrder
        || shelf.order.edited
        || !shelf.order.refunds.is_empty()
        || !shelf.order.exchange_lines.is_empty()
}

/// May the order have been invoiced without a shipment: nothing of it needs one, or its type skips that step.
fn may_skip_shipping(shelf: &Shelf<'_>, order: &BookedOrder) -> bool {
    let settings = &shelf.setup.settings;
    let behaviour = shelf
        .setup
        .catalogue
        .order_types
        .iter()
        .find(|known| known.id == order.number.order_type)
        .map(|known| known.behavior.as_str());
    matches!(behaviour, Some("Invoice" | "CreditMemo"))
        || order.number.order_type == settings.refunds.credit_type
        || shelf.order.lines.iter().all(|line| !line.requires_shipping)
}

fn customer_of(shelf: &Shelf<'_>, books: &Books) -> Option<String> {
    books
        .orders
        .first()
        .map(|order| order.customer.clone())
        .or_else(|| shelf.booked.and_then(|booked| booked.customer.clone()))
}
