//! What the next step of an order's part is taken on: the lines, VAT and heads that it carries, as the books that were read for it
//! have them. A preview shows it, and the digest of the step is made of it ([`super::shown::step_digest`]): a document that was
//! changed since it was shown is not released unseen.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Document;
use super::life::{Books, LifeStep};
use crate::erp::{
    Application, BookedLine, BookedOrder, BookedTax, DocumentKind, LedgerDocument, LedgerLine,
    LedgerLineDraft, LineDraft, OrderApplication, OrderNumber, Payment, Shipment, ShipmentLine,
};

/// What a step is taken on.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Touched {
    /// Customer number.
    pub customer: Option<String>,
    /// ISO currency.
    pub currency: Option<String>,
    /// Date of the document, or the one that its next invoice gets.
    pub date: Option<NaiveDate>,
    /// VAT zone.
    pub zone: Option<String>,
    /// Cash account.
    pub cash_account: Option<String>,
    /// Total of the document, with VAT.
    pub total: Option<Decimal>,
    /// What a payment is applied to now. Not in the digest: it moves by itself when the order is invoiced.
    #[serde(skip)]
    pub documents: Vec<Application>,
    /// Sales orders that a payment is reserved for now. Not in the digest, as above.
    #[serde(skip)]
    pub orders: Vec<OrderApplication>,
    /// The lines.
    pub lines: Vec<TouchedLine>,
    /// VAT per VAT id, as the document has it.
    pub taxes: Vec<BookedTax>,
}

/// One line, before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TouchedLine {
    /// As it is; none where it comes with the step.
    pub before: Option<CarriedLine>,
    /// As it will be; none where it goes.
    pub after: Option<CarriedLine>,
}

/// A line of whatever document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CarriedLine {
    /// Which part of the shop's order it is, or its number in the document.
    pub link: String,
    /// Inventory number.
    pub item: Option<String>,
    /// Account, where it names one.
    pub account: Option<String>,
    /// Unit of measure, where it names one.
    pub unit: Option<String>,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Text.
    pub description: String,
    /// Units.
    pub quantity: Decimal,
    /// Net price of one unit; none on shipments.
    pub unit_price: Option<Decimal>,
    /// Discount, net.
    pub discount: Decimal,
    /// Net.
    pub net: Option<Decimal>,
    /// VAT category.
    pub vat_category: Option<String>,
}

/// What a step is taken on. `planned` is the booked order's document as it was planned: it has the texts and accounts that answers
/// of Visma.net leave out.
pub fn touched(step: &LifeStep, books: &Books, planned: Option<&Document>) -> Touched {
    let look = Look { books, planned };
    match step {
        LifeStep::CreateShipment {
            order, warehouse, ..
        } => look.order(order, |order| {
            let open = order.lines.iter().filter(|line| {
                line.warehouse.as_ref() == Some(warehouse) && line.quantity > line.shipped
            });
            open.map(|line| come(look.units(&line.item, line, line.quantity - line.shipped)))
                .collect()
        }),
        LifeStep::SetQuantities {
            shipment,
            quantities,
        } => look.shipment(shipment, |line, carried| {
            let units = quantities
                .iter()
                .find(|wanted| wanted.line_number == line.line_number)
                .map_or(line.shipped, |wanted| wanted.units);
            let after = CarriedLine {
                quantity: units,
                ..carried.clone()
            };
            TouchedLine {
                before: Some(carried),
                after: (!units.is_zero()).then_some(after),
            }
        }),
        LifeStep::ConfirmShipment { shipment } => {
            look.shipment(shipment, |_, carried| come(carried))
        }
        LifeStep::CorrectShipment { shipment } => {
            look.shipment(shipment, |_, carried| stay(carried))
        }
        LifeStep::CancelShipment { shipment } => look.shipment(shipment, |_, carried| go(carried)),
        LifeStep::SetInvoiceDate { order, .. } => look.order(order, |_| Vec::new()),
        LifeStep::PrepareInvoice { order } => look.order(order, |order| look.invoiced_next(order)),
        LifeStep::CancelOrder { order } => look.order(order, |order| {
            order.lines.iter().map(|line| go(look.line(line))).collect()
        }),
        LifeStep::PatchOrderLines { order, lines } => look.order(order, |order| {
            lines.iter().map(|line| look.changed(order, line)).collect()
        }),
        LifeStep::DeleteOrderLines { order, links } => look.order(order, |order| {
            let gone = order
                .lines
                .iter()
                .filter(|line| line.link.as_ref().is_some_and(|link| links.contains(link)));
            gone.map(|line| go(look.line(line))).collect()
        }),
        LifeStep::ChangeLedger {
            kind,
            number,
            change,
        } => {
            let mut touched = look.document(kind, number, stay);
            touched
                .lines
                .extend(change.add.iter().map(|line| come(of_draft(line))));
            touched
        }
        LifeStep::ReleaseLedger { kind, number } => look.document(kind, number, come),
        LifeStep::ReleaseApplied { kind, number, .. } if is_document(kind) => {
            look.document(kind, number, stay)
        }
        LifeStep::ReleasePayment { kind, number }
        | LifeStep::ChangePayment { kind, number, .. }
        | LifeStep::ReleaseApplied { kind, number, .. } => look.payment(kind, number),
        LifeStep::CreateFulfilment { draft, .. } => Touched {
            lines: draft
                .parts
                .iter()
                .flat_map(|part| &part.lines)
                .map(|line| come(look.told(&line.line_id, Decimal::from(line.units))))
                .collect(),
            ..Touched::default()
        },
        // They carry what they make themselves.
        LifeStep::CreateLedger { .. }
        | LifeStep::CreateOrder { .. }
        | LifeStep::CreatePayment { .. }
        | LifeStep::UpdateTracking { .. } => Touched::default(),
    }
}

fn is_document(kind: &DocumentKind) -> bool {
    matches!(kind, DocumentKind::Invoice | DocumentKind::CreditNote)
}

fn come(line: CarriedLine) -> TouchedLine {
    TouchedLine {
        before: None,
        after: Some(line),
    }
}

fn stay(line: CarriedLine) -> TouchedLine {
    TouchedLine {
        before: Some(line.clone()),
        after: Some(line),
    }
}

fn go(line: CarriedLine) -> TouchedLine {
    TouchedLine {
        before: Some(line),
        after: None,
    }
}

struct Look<'a> {
    books: &'a Books,
    planned: Option<&'a Document>,
}

impl Look<'_> {
    /// A line as it was planned, where its link tells which.
    fn plan_of(&self, link: Option<&str>) -> Option<&LineDraft> {
        let lines = &self.planned?.draft.lines;
        lines.iter().find(|line| Some(line.link.as_str()) == link)
    }

    fn order(
        &self,
        number: &OrderNumber,
        lines: impl FnOnce(&BookedOrder) -> Vec<TouchedLine>,
    ) -> Touched {
        let order = self
            .books
            .orders
            .iter()
            .find(|known| known.number == *number);
        order.map_or_else(Touched::default, |order| Touched {
            customer: Some(order.customer.clone()),
            currency: Some(order.currency.clone()),
            date: order.invoice_date,
            lines: lines(order),
            ..Touched::default()
        })
    }

    /// A line of a sales order; its text and account are those of the plan.
    fn line(&self, line: &BookedLine) -> CarriedLine {
        let plan = self.plan_of(line.link.as_deref());
        CarriedLine {
            link: line
                .link
                .clone()
                .unwrap_or_else(|| format!("#{}", line.line_id)),
            item: Some(line.item.clone()),
            account: plan.and_then(|plan| plan.account.clone()),
            unit: line
                .unit
                .clone()
                .filter(|_| plan.is_none_or(|plan| plan.unit.is_some())),
            warehouse: line.warehouse.clone(),
            description: plan
                .map(|plan| plan.description.clone())
                .unwrap_or_default(),
            quantity: line.quantity,
            unit_price: Some(line.unit_price),
            discount: line.discount,
            net: Some(line.net),
            vat_category: line.vat_category.clone(),
        }
    }

    /// Units of a line of a sales order, without money.
    fn units(&self, item: &str, line: &BookedLine, quantity: Decimal) -> CarriedLine {
        CarriedLine {
            item: Some(item.to_owned()),
            account: None,
            quantity,
            unit_price: None,
            discount: Decimal::ZERO,
            net: None,
            vat_category: None,
            ..self.line(line)
        }
    }

    fn changed(&self, order: &BookedOrder, wanted: &LineDraft) -> TouchedLine {
        let before = order
            .lines
            .iter()
            .find(|line| line.link.as_deref() == Some(wanted.link.as_str()))
            .map(|line| self.line(line));
        let after = CarriedLine {
            link: wanted.link.clone(),
            item: Some(wanted.item.clone()),
            account: wanted.account.clone(),
            unit: wanted.unit.clone(),
            // What the step leaves open stays.
            warehouse: wanted
                .warehouse
                .clone()
                .or_else(|| before.as_ref()?.warehouse.clone()),
            description: wanted.description.clone(),
            quantity: wanted.quantity,
            unit_price: Some(wanted.unit_price),
            discount: wanted.discount,
            net: Some(wanted.net()),
            vat_category: Some(wanted.vat_category.clone()),
        };
        TouchedLine {
            before,
            after: Some(after),
        }
    }

    /// What the next invoice of a sales order is made of: what has left and is on no invoice yet; all of it, where nothing of it is
    /// shipped at all.
    fn invoiced_next(&self, order: &BookedOrder) -> Vec<TouchedLine> {
        let serves = |shipment: &Shipment| {
            shipment
                .orders
                .iter()
                .any(|served| served.order == order.number)
        };
        if !self.books.shipments.iter().any(serves) {
            return order
                .lines
                .iter()
                .map(|line| come(self.line(line)))
                .collect();
        }
        let waits = |shipment: &&Shipment| {
            shipment.status.has_left()
                && shipment
                    .orders
                    .iter()
                    .any(|served| served.order == order.number && served.invoice.is_none())
        };
        let left: Vec<&Shipment> = self.books.shipments.iter().filter(waits).collect();
        let shipped = |line: &BookedLine| -> Decimal {
            left.iter()
                .flat_map(|shipment| &shipment.lines)
                .filter(|on| on.order == order.number && i64::from(on.order_line) == line.line_id)
                .map(|on| on.shipped)
                .sum()
        };
        let first = self
            .books
            .shipments
            .iter()
            .flat_map(|shipment| &shipment.orders)
            .all(|served| served.order != order.number || served.invoice.is_none());
        let lines = order.lines.iter().filter_map(|line| {
            let units = shipped(line);
            let whole = self.line(line);
            if units == line.quantity {
                return Some(come(whole));
            }
            if !units.is_zero() {
                // The discount of a line that is sent in parts is shared out by Visma.net: the net is known when it is made.
                let net = line.discount.is_zero().then_some(line.unit_price * units);
                return Some(come(CarriedLine {
                    quantity: units,
                    discount: Decimal::ZERO,
                    net,
                    ..whole
                }));
            }
            // What is not kept in a warehouse goes on the first invoice.
            (first && line.warehouse.is_none()).then(|| come(whole))
        });
        lines.collect()
    }

    fn shipment(
        &self,
        number: &str,
        line: impl Fn(&ShipmentLine, CarriedLine) -> TouchedLine,
    ) -> Touched {
        let shipment = self.books.shipments.iter().find(|one| one.number == number);
        shipment.map_or_else(Touched::default, |shipment| Touched {
            date: shipment.date,
            lines: shipment
                .lines
                .iter()
                .map(|on| line(on, self.on_shipment(on)))
                .collect(),
            ..Touched::default()
        })
    }

    fn on_shipment(&self, on: &ShipmentLine) -> CarriedLine {
        let of_order = self
            .books
            .orders
            .iter()
            .filter(|order| order.number == on.order)
            .flat_map(|order| &order.lines)
            .find(|line| line.line_id == i64::from(on.order_line));
        match of_order {
            Some(line) => CarriedLine {
                warehouse: on.warehouse.clone(),
                ..self.units(&on.item, line, on.shipped)
            },
            None => CarriedLine {
                link: format!("#{}", on.line_number),
                item: Some(on.item.clone()),
                account: None,
                unit: None,
                warehouse: on.warehouse.clone(),
                description: String::new(),
                quantity: on.shipped,
                unit_price: None,
                discount: Decimal::ZERO,
                net: None,
                vat_category: None,
            },
        }
    }

    /// Units of a line of the shop's order.
    fn told(&self, line: &str, units: Decimal) -> CarriedLine {
        let link = format!("line/{line}");
        let plan = self.plan_of(Some(&link));
        CarriedLine {
            item: plan.map(|plan| plan.item.clone()),
            account: None,
            unit: None,
            warehouse: None,
            description: plan
                .map(|plan| plan.description.clone())
                .unwrap_or_default(),
            quantity: units,
            unit_price: None,
            discount: Decimal::ZERO,
            net: None,
            vat_category: None,
            link,
        }
    }

    fn document(
        &self,
        kind: &DocumentKind,
        number: &str,
        line: impl Fn(CarriedLine) -> TouchedLine,
    ) -> Touched {
        let document: Option<&LedgerDocument> = self
            .books
            .ledger
            .iter()
            .find(|known| known.kind == *kind && known.number == number);
        document.map_or_else(Touched::default, |document| Touched {
            customer: Some(document.customer.clone()),
            currency: Some(document.currency.clone()),
            date: document.date,
            zone: document.vat_zone.clone(),
            total: Some(document.total),
            lines: document
                .lines
                .iter()
                .map(|on| line(of_ledger(on)))
                .collect(),
            taxes: document.taxes.clone(),
            ..Touched::default()
        })
    }

    fn payment(&self, kind: &DocumentKind, number: &str) -> Touched {
        let payment: Option<&Payment> = self
            .books
            .payments
            .iter()
            .find(|known| known.kind == *kind && known.number == number);
        payment.map_or_else(Touched::default, |payment| Touched {
            customer: Some(payment.customer.clone()),
            currency: Some(payment.currency.clone()),
            date: payment.date,
            cash_account: Some(payment.cash_account.clone()),
            total: Some(payment.amount),
            documents: payment.documents.clone(),
            orders: payment.orders.clone(),
            ..Touched::default()
        })
    }
}

fn of_ledger(line: &LedgerLine) -> CarriedLine {
    CarriedLine {
        link: line
            .link
            .clone()
            .unwrap_or_else(|| format!("#{}", line.line_number)),
        item: line.item.clone(),
        account: line.account.clone(),
        unit: None,
        warehouse: None,
        description: line.description.clone(),
        quantity: line.quantity,
        unit_price: Some(line.unit_price),
        discount: line.unit_price * line.quantity - line.net,
        net: Some(line.net),
        vat_category: line.vat_category.clone(),
    }
}

/// A line that a step adds.
pub fn of_draft(line: &LedgerLineDraft) -> CarriedLine {
    CarriedLine {
        link: line.link.clone(),
        item: line.item.clone(),
        account: line.account.clone(),
        unit: line.unit.clone(),
        warehouse: None,
        description: line.description.clone(),
        quantity: line.quantity,
        unit_price: Some(line.unit_price),
        discount: Decimal::ZERO,
        net: Some(line.net),
        vat_category: Some(line.vat_category.clone()),
    }
}
