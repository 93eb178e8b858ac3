//! What Visma.net has of one order, read afresh.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use brygga_core::Problem;
use brygga_core::booking::life::{
    self, Books, LifeStep, Linked, PartKind, PartLink, PartRef, Rated, external,
};
use brygga_core::booking::{BookedState, order_lines};
use brygga_core::code::Class;
use brygga_core::erp::{
    BookedOrder, DocumentKind, LedgerStatus, OrderNumber, OrderStatus, Payment,
};
use brygga_core::settings::{BookingMode, RateSource, Settings};
use brygga_core::shop::Order;
use brygga_store::Link;
use chrono::NaiveDate;

use super::{links, parts_of};
use crate::booked;
use crate::engine::{Engine, Setup};

/// Kind of the marks of exchange rates that were read, with source and day.
const RATE: &str = "rate";

/// Kinds of payments; a number is one's own within its kind.
const PAYMENTS: [DocumentKind; 3] = [
    DocumentKind::Prepayment,
    DocumentKind::Payment,
    DocumentKind::Refund,
];

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
            known_shipments: self.known_shipments(shelf.order)?,
            ..Books::default()
        };
        if shelf.booked.is_none() {
            return Ok(books);
        }
        self.read_orders_of(shelf, &mut books).await?;
        self.read_shipments(&mut books).await?;
        self.read_sending(shelf, &mut books).await?;
        self.add_shipment_links(&mut books)?;
        self.read_ledger(shelf, &mut books).await?;
        self.read_payments(shelf, &mut books).await?;
        self.read_rates(shelf, &mut books).await?;
        Ok(books)
    }

    /// The merchant's source's rates on the days of the parts that still need a direct document (`booking-rules` 10). What was
    /// read of a day is kept, so that a document made again has the same rate and the source is asked once.
    async fn read_rates(&self, shelf: &Shelf<'_>, books: &mut Books) -> Result<(), Problem> {
        let settings = &shelf.setup.settings;
        let side = shelf.booked.map(|booked| booked.document.side);
        let (Some(side), Some(base)) = (side, shelf.setup.catalogue.base_currency()) else {
            return Ok(());
        };
        let currency = shelf.order.currency(side);
        if settings.rates.source == RateSource::VismaNet || currency.code() == base {
            return Ok(());
        }
        let direct = settings.booking_mode == BookingMode::DirectInvoice;
        for (part, _, at) in life::parts(shelf.order) {
            let what = match part.kind {
                PartKind::Invoice if direct => Linked::Invoice,
                PartKind::CreditNote => Linked::CreditNote,
                PartKind::Invoice | PartKind::Payment | PartKind::Shipment => continue,
            };
            let made = books
                .links
                .iter()
                .any(|link| link.part == part && link.what == what);
            let Some(at) = at.filter(|_| !made) else {
                continue;
            };
            let day = at.with_timezone(&shelf.setup.shop.time_zone).date_naive();
            if let Entry::Vacant(place) = books.rates.entry(day) {
                place.insert(self.rated(currency.code(), base, day, settings).await?);
            }
        }
        Ok(())
    }

    async fn rated(
        &self,
        from: &str,
        to: &str,
        day: NaiveDate,
        settings: &Settings,
    ) -> Result<Rated, Problem> {
        let name = format!("{}/{from}/{to}/{day}", settings.rates.source.as_str());
        // A merchant's own rates may be corrected; what a bank has published stays.
        let kept = settings.rates.source != RateSource::Fixed;
        if kept && let Some(link) = self.store.link(RATE, &name)? {
            return serde_json::from_value(link.detail)
                .map(Rated::Used)
                .map_err(booked::internal);
        }
        match self.rate_on(from, to, day).await {
            Ok(used) => {
                if kept {
                    self.store.put_link(&Link {
                        kind: RATE.into(),
                        shop_id: name,
                        erp_id: used.rate.to_string(),
                        detail: serde_json::to_value(&used).map_err(booked::internal)?,
                        made_at: self.clock.now(),
                    })?;
                }
                Ok(Rated::Used(used))
            }
            Err(problem) if problem.code.class() == Class::Held => Ok(Rated::Missing(problem)),
            Err(problem) => Err(problem),
        }
    }

    /// Reads again what a step touched.
    pub(super) async fn read_again(
        &self,
        shelf: &Shelf<'_>,
        step: &LifeStep,
        books: &mut Books,
    ) -> Result<(), Problem> {
        books.links = self.part_links(shelf.order)?;
        self.add_shipment_links(books)?;
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
            | LifeStep::ReleasePayment { .. }
            | LifeStep::ReleaseApplied { .. } => {
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
            LifeStep::CreateFulfilment { .. } | LifeStep::UpdateTracking { .. } => {
                self.read_sending(shelf, books).await?;
                self.add_shipment_links(books)
            }
        }
    }

    /// What is linked of an order's parts.
    pub(super) fn part_links(&self, order: &Order) -> Result<Vec<PartLink>, Problem> {
        let mut found = Vec::new();
        let whole = life::whole(order);
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
        if has_part_orders(shelf) && self.erp.opens_sales_orders() {
            let is_part = |id: &Option<String>| {
                id.as_deref()
                    .is_some_and(|id| id.starts_with(of_parts.as_str()))
            };
            // By the name as it was sent: a long one was cut.
            let name = shelf.booked.map_or(shelf.order.name.as_str(), |booked| {
                booked.document.draft.head.customer_order.as_str()
            });
            for hit in self.erp.find_orders(name).await? {
                let told = is_part(&hit.customer_ref);
                // Where a purchase order number stands in the reference, the list does not show the id: such an order is read.
                let read = !told
                    && shelf.order.po_number.is_some()
                    && self
                        .erp
                        .order(&hit.number)
                        .await?
                        .is_some_and(|order| is_part(&order.custom_id));
                if told || read {
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
        let is_ours = |payment: &Payment| {
            payment.status != LedgerStatus::Voided
                && payment
                    .reference
                    .as_deref()
                    .is_some_and(|reference| ids.contains(base_reference(reference)))
        };
        let mut payments = self.erp.payments_of(&customer, from).await?;
        payments.retain(is_ours);
        // A list may lag a write (`booking-rules` 3): what is linked and not in it is read by its number, lest it be made again.
        for link in books
            .links
            .iter()
            .filter(|link| link.what == Linked::Payment)
        {
            if payments.iter().any(|payment| payment.number == link.number) {
                continue;
            }
            for kind in PAYMENTS {
                let read = self.erp.payment(&kind, &link.number).await?;
                payments.extend(read.filter(|payment| {
                    is_ours(payment)
                        && payment.reference.as_deref().map(base_reference) == Some(&link.part.id)
                }));
            }
        }
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
    let whole = life::whole(shelf.order);
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
            PartKind::Invoice | PartKind::CreditNote | PartKind::Payment | PartKind::Shipment => {
                None
            }
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
