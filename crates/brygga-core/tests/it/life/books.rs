//! Visma.net in memory: it carries steps out as the ERP would, and panics where the ERP would refuse (`facts/visma` 16,
//! `booking-rules` 12). Its VAT is `visma`'s, in whole minor units.

mod payments;
mod sales;

use std::collections::BTreeMap;

use brygga_core::Decimal;
use brygga_core::booking::life::{Books, LifeStep};
use brygga_core::erp::{
    Application, BookedLine, BookedOrder, Catalogue, DocumentKind, LedgerDocument, LedgerDraft,
    LedgerLine, LedgerStatus, LineDraft, Operation, OrderNumber, OrderStatus, Payment,
    SalesOrderDraft, Shipment, ShipmentLine, ShipmentOrder, ShipmentStatus,
};
use chrono::NaiveDate;

use crate::visma::compute;

#[derive(Debug, Clone)]
struct Row {
    id: i64,
    line: LineDraft,
    shipped: Decimal,
    invoiced: bool,
}

#[derive(Debug, Clone)]
struct Sales {
    number: OrderNumber,
    draft: SalesOrderDraft,
    customer: String,
    rows: Vec<Row>,
    next: i64,
    status: OrderStatus,
    invoice_date: Option<NaiveDate>,
}

#[derive(Debug, Clone)]
pub(crate) struct Visma {
    pub(crate) catalogue: Catalogue,
    sales: Vec<Sales>,
    pub(crate) shipments: Vec<Shipment>,
    pub(crate) ledger: Vec<LedgerDocument>,
    pub(crate) payments: Vec<Payment>,
    next: u32,
    /// Units on hand by item; an item that is not here never runs out.
    pub(crate) stock: BTreeMap<String, Decimal>,
    /// Do reserved prepayments follow to the invoice at its release.
    pub(crate) follows: bool,
    /// What is applied by something in the books is in the books at once, or with a release of its own.
    pub(crate) at_once: bool,
    /// Applications that wait for that release: by what, and what.
    pub(crate) pending: Vec<(DocumentKind, String, Application)>,
    pub(crate) today: NaiveDate,
    /// Invoice rounding of the company, a set-up error.
    pub(crate) rounding: Decimal,
}

fn same(one: &Application, kind: &DocumentKind, number: &str) -> bool {
    one.kind == *kind && one.number == number
}

impl Visma {
    pub(crate) fn new(catalogue: Catalogue) -> Self {
        Self {
            catalogue,
            sales: vec![],
            shipments: vec![],
            ledger: vec![],
            payments: vec![],
            next: 1,
            stock: BTreeMap::new(),
            follows: true,
            at_once: true,
            pending: vec![],
            today: "2026-12-24".parse().unwrap(),
            rounding: Decimal::ZERO,
        }
    }

    fn number(&mut self) -> String {
        self.next += 1;
        format!("{:06}", self.next)
    }

    fn is_stock(&self, item: &str) -> bool {
        self.catalogue.items[item].stock
    }

    fn at(&mut self, number: &OrderNumber) -> &mut Sales {
        self.sales
            .iter_mut()
            .find(|sales| sales.number == *number)
            .expect("the sales order is there")
    }

    pub(crate) fn create_order(&mut self, draft: &SalesOrderDraft, customer: &str) -> OrderNumber {
        let reference = draft.head.order_id();
        assert!(
            self.sales.iter().all(|known| {
                known.status == OrderStatus::Cancelled
                    || known.draft.head.order_id() != reference
                    || known.number.order_type != draft.order_type
            }),
            "{reference} is booked twice"
        );
        for line in &draft.lines {
            assert!(line.quantity > Decimal::ZERO, "a negative quantity");
            assert!(
                line.unit_price >= Decimal::ZERO || !self.is_stock(&line.item),
                "a negative price on goods"
            );
            if line.operation == Some(Operation::Receipt) {
                let back = line.invoice.as_ref().expect("a receipt names its invoice");
                let invoice = self.document(&DocumentKind::Invoice, &back.number);
                let sold = invoice
                    .lines
                    .iter()
                    .find(|row| row.line_number == back.line)
                    .expect("1826: unknown invoice line");
                assert_eq!(sold.item.as_ref(), Some(&line.item));
                let returned: Decimal = self
                    .sales
                    .iter()
                    .flat_map(|sales| &sales.rows)
                    .filter(|row| row.line.invoice.as_ref() == Some(back))
                    .map(|row| row.line.quantity)
                    .sum();
                assert!(
                    returned + line.quantity <= sold.quantity,
                    "1829: return over the invoiced quantity"
                );
            }
        }
        let number = OrderNumber {
            order_type: draft.order_type.clone(),
            number: self.number(),
        };
        let mut sales = Sales {
            number: number.clone(),
            draft: draft.clone(),
            customer: customer.to_owned(),
            rows: vec![],
            next: 1,
            status: OrderStatus::Open,
            invoice_date: None,
        };
        for line in &draft.lines {
            sales.add(line);
        }
        self.sales.push(sales);
        number
    }

    /// A step of the order's own plan.
    pub(crate) fn change(&mut self, number: &OrderNumber, step: &brygga_core::booking::Step) {
        use brygga_core::booking::Step;
        let sales = self.at(number);
        match step {
            Step::PatchHead { head } => sales.draft.head = (**head).clone(),
            Step::PatchLines { lines } => sales.patch(lines),
            Step::AddLines { lines } => lines.iter().for_each(|line| sales.add(line)),
            Step::DeleteLines { links } => sales.delete(links),
            Step::Cancel {} => sales.cancel(),
            Step::CreateCustomer { .. } | Step::CreateOrder { .. } => panic!("no change"),
        }
    }

    pub(crate) fn read(&self) -> Books {
        Books {
            sending: None,
            sending_problem: None,
            known_shipments: vec![],
            orders: self.sales.iter().map(|sales| self.booked(sales)).collect(),
            shipments: self.shipments.clone(),
            ledger: self.ledger.clone(),
            payments: self.payments.clone(),
            links: vec![],
            rates: BTreeMap::new(),
        }
    }

    fn booked(&self, sales: &Sales) -> BookedOrder {
        let lines: Vec<_> = sales.rows.iter().map(|row| row.line.clone()).collect();
        let head = &sales.draft.head;
        let computed = compute(
            &lines,
            &sales.draft.currency,
            &head.vat_zone,
            head.date,
            &self.catalogue,
        );
        BookedOrder {
            number: sales.number.clone(),
            etag: "\"1\"".into(),
            status: sales.status.clone(),
            date: Some(head.date),
            invoice_date: sales.invoice_date,
            currency: sales.draft.currency.clone(),
            customer: sales.customer.clone(),
            vat_zone: None,
            customer_order: Some(head.customer_order.clone()),
            customer_ref: Some(head.customer_ref.clone()),
            custom_id: head.custom_id.clone(),
            total: computed.total,
            tax_total: computed.tax,
            lines: sales
                .rows
                .iter()
                .map(|row| BookedLine {
                    line_id: row.id,
                    link: Some(row.line.link.clone()),
                    item: row.line.item.clone(),
                    unit: row.line.unit.clone(),
                    quantity: row.line.quantity,
                    unit_price: row.line.unit_price,
                    discount: row.line.discount,
                    net: row.line.net(),
                    vat_category: Some(row.line.vat_category.clone()),
                    warehouse: row.line.warehouse.clone(),
                    shipped: row.shipped,
                })
                .collect(),
            taxes: computed.rows,
        }
    }

    fn document(&self, kind: &DocumentKind, number: &str) -> &LedgerDocument {
        self.ledger
            .iter()
            .find(|one| one.kind == *kind && one.number == number)
            .expect("the document is there")
    }

    fn document_mut(&mut self, kind: &DocumentKind, number: &str) -> &mut LedgerDocument {
        self.ledger
            .iter_mut()
            .find(|one| one.kind == *kind && one.number == number)
            .expect("the document is there")
    }

    fn payment(&mut self, kind: &DocumentKind, number: &str) -> &mut Payment {
        self.payments
            .iter_mut()
            .find(|one| one.kind == *kind && one.number == number)
            .expect("the payment is there")
    }

    fn shipment(&mut self, number: &str) -> &mut Shipment {
        self.shipments
            .iter_mut()
            .find(|one| one.number == number)
            .expect("the shipment is there")
    }

    pub(crate) fn apply(&mut self, step: &LifeStep) {
        match step {
            LifeStep::CreateShipment {
                order,
                operation,
                warehouse,
                date,
            } => self.create_shipment(order, operation, warehouse, *date),
            LifeStep::SetQuantities {
                shipment,
                quantities,
            } => {
                for row in quantities {
                    self.set_units(shipment, row.line_number, row.units);
                }
                self.shipment(shipment)
                    .lines
                    .retain(|line| !line.shipped.is_zero());
            }
            LifeStep::ConfirmShipment { shipment } => {
                let there = self.shipment(shipment);
                assert_eq!(there.status, ShipmentStatus::Open);
                assert!(!there.lines.is_empty(), "an empty shipment");
                there.status = ShipmentStatus::Confirmed;
                let lines = there.lines.clone();
                for line in lines {
                    if let Some(units) = self.stock.get_mut(&line.item) {
                        *units -= line.shipped;
                        assert!(*units >= Decimal::ZERO, "more than there is");
                    }
                }
            }
            LifeStep::CorrectShipment { shipment } => {
                let there = self.shipment(shipment);
                assert_eq!(there.status, ShipmentStatus::Confirmed);
                there.status = ShipmentStatus::Open;
            }
            LifeStep::CancelShipment { shipment } => {
                let there = self.shipment(shipment);
                assert_eq!(there.status, ShipmentStatus::Open);
                there.status = ShipmentStatus::Cancelled;
                for line in there.lines.clone() {
                    self.set_units(shipment, line.line_number, Decimal::ZERO);
                }
            }
            LifeStep::SetInvoiceDate { order, date } => self.at(order).invoice_date = Some(*date),
            LifeStep::PrepareInvoice { order } => self.prepare(order),
            LifeStep::ChangeLedger {
                kind,
                number,
                change,
            } => {
                if !change.add.is_empty() || !change.taxes.is_empty() {
                    assert!(change.taxes.is_empty());
                    let there = self.document_mut(kind, number);
                    assert_eq!(there.status, LedgerStatus::Balanced);
                    for line in &change.add {
                        assert_eq!(line.vat_category, "C0", "a rounding line has no VAT");
                        there.lines.push(LedgerLine {
                            line_number: i32::try_from(there.lines.len()).unwrap() + 1,
                            item: line.item.clone(),
                            account: None,
                            description: line.description.clone(),
                            quantity: line.quantity,
                            unit_price: line.unit_price,
                            net: line.net,
                            vat_category: Some(line.vat_category.clone()),
                            order: None,
                            order_line: None,
                            shipment: None,
                            link: None,
                        });
                        there.total += line.net;
                        there.balance += line.net;
                    }
                }
                self.apply_credit(number, &change.applications);
            }
            LifeStep::ReleaseLedger { kind, number } => self.release(kind, number),
            LifeStep::CreateLedger { draft } => self.create_document(draft),
            LifeStep::CreateOrder { draft, customer } => {
                self.create_order(draft, customer);
            }
            LifeStep::PatchOrderLines { order, lines } => self.at(order).patch(lines),
            LifeStep::DeleteOrderLines { order, links } => self.at(order).delete(links),
            LifeStep::CancelOrder { order } => self.at(order).cancel(),
            LifeStep::CreatePayment { draft } => self.create_payment(draft),
            LifeStep::ChangePayment {
                kind,
                number,
                change,
            } => self.change_payment(kind, number, &change.orders, &change.documents),
            LifeStep::ReleasePayment { kind, number } => self.release_payment(kind, number),
            LifeStep::ReleaseApplied { kind, number, .. } => self.release_applied(kind, number),
            LifeStep::CreateFulfilment { .. } | LifeStep::UpdateTracking { .. } => {
                panic!("that is told to the shop")
            }
        }
    }

    fn create_shipment(
        &mut self,
        order: &OrderNumber,
        operation: &Operation,
        warehouse: &str,
        date: NaiveDate,
    ) {
        assert!(
            self.shipments
                .iter()
                .all(|one| one.status != ShipmentStatus::Open
                    || one.orders.iter().all(|row| row.order != *order)),
            "a shipment of the order is open"
        );
        let returns = ["RC"].contains(&order.order_type.as_str());
        assert_eq!(*operation == Operation::Receipt, returns);
        let number = self.number();
        let (catalogue, stock) = (self.catalogue.clone(), self.stock.clone());
        let sales = self.at(order);
        assert_eq!(sales.status, OrderStatus::Open);
        let mut lines = vec![];
        for row in &mut sales.rows {
            if !catalogue.items[&row.line.item].stock {
                continue;
            }
            let mut units = row.line.quantity - row.shipped;
            if let (Some(stock), false) = (stock.get(&row.line.item), returns) {
                units = units.min(*stock);
            }
            if units <= Decimal::ZERO {
                continue;
            }
            row.shipped += units;
            lines.push(ShipmentLine {
                line_number: i32::try_from(lines.len()).unwrap() + 1,
                order: order.clone(),
                order_line: i32::try_from(row.id).unwrap(),
                item: row.line.item.clone(),
                warehouse: Some(warehouse.into()),
                shipped: units,
                ordered: row.line.quantity,
            });
        }
        assert!(!lines.is_empty(), "nothing to ship");
        self.shipments.push(Shipment {
            number,
            etag: None,
            status: ShipmentStatus::Open,
            operation: operation.clone(),
            date: Some(date),
            warehouse: Some(warehouse.into()),
            lines,
            orders: vec![ShipmentOrder {
                order: order.clone(),
                invoice_type: None,
                invoice: None,
                inventory_document: None,
            }],
            tracking: vec![],
            carrier: None,
        });
    }

    fn set_units(&mut self, shipment: &str, line: i32, units: Decimal) {
        let there = self.shipment(shipment);
        let row = there
            .lines
            .iter_mut()
            .find(|row| row.line_number == line)
            .expect("the line is there");
        assert!(units <= row.shipped, "only fewer units are asked for here");
        let less = row.shipped - units;
        row.shipped = units;
        let (order, id) = (row.order.clone(), i64::from(row.order_line));
        let row = self.at(&order).rows.iter_mut().find(|row| row.id == id);
        row.unwrap().shipped -= less;
    }

    fn prepare(&mut self, order: &OrderNumber) {
        let number = self.number();
        let kind = if ["RC", "CM"].contains(&order.order_type.as_str()) {
            DocumentKind::CreditNote
        } else {
            DocumentKind::Invoice
        };
        let ships = ["SO", "RC"].contains(&order.order_type.as_str());
        let mut taken: BTreeMap<i64, (Decimal, String)> = BTreeMap::new();
        for shipment in &mut self.shipments {
            for row in &mut shipment.orders {
                if row.order == *order
                    && row.invoice.is_none()
                    && shipment.status == ShipmentStatus::Confirmed
                {
                    row.invoice = Some(number.clone());
                    shipment.status = ShipmentStatus::Invoiced;
                    for line in &shipment.lines {
                        let entry = taken
                            .entry(i64::from(line.order_line))
                            .or_insert((Decimal::ZERO, shipment.number.clone()));
                        entry.0 += line.shipped;
                    }
                    break;
                }
            }
        }
        let today = self.today;
        let catalogue = self.catalogue.clone();
        let sales = self.at(order);
        let has_goods = ships
            && sales
                .rows
                .iter()
                .any(|row| catalogue.items[&row.line.item].stock);
        assert!(!has_goods || !taken.is_empty(), "nothing to invoice");
        let (mut drafts, mut lines) = (vec![], vec![]);
        for row in &mut sales.rows {
            let goods = ships && catalogue.items[&row.line.item].stock;
            let (units, shipment) = match taken.get(&row.id) {
                Some((units, shipment)) => (*units, Some(shipment.clone())),
                None if goods || row.invoiced => continue,
                None => (row.line.quantity, None),
            };
            row.invoiced = true;
            // A share of the discount, rounded.
            let discount = (row.line.discount * units / row.line.quantity)
                .round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            let draft = LineDraft {
                quantity: units,
                discount,
                ..row.line.clone()
            };
            lines.push(LedgerLine {
                line_number: i32::try_from(lines.len()).unwrap() + 1,
                item: Some(draft.item.clone()),
                account: None,
                description: draft.description.clone(),
                quantity: units,
                unit_price: draft.unit_price,
                net: draft.net(),
                vat_category: Some(draft.vat_category.clone()),
                order: Some(order.clone()),
                order_line: Some(i32::try_from(row.id).unwrap()),
                shipment,
                link: None,
            });
            drafts.push(draft);
        }
        assert!(!drafts.is_empty(), "nothing to invoice");
        if sales.rows.iter().all(|row| {
            row.invoiced
                && (!ships
                    || row.shipped == row.line.quantity
                    || !catalogue.items[&row.line.item].stock)
        }) {
            sales.status = OrderStatus::Completed;
        }
        let date = sales.invoice_date.unwrap_or(today);
        let (currency, zone) = (
            sales.draft.currency.clone(),
            sales.draft.head.vat_zone.clone(),
        );
        let customer = sales.customer.clone();
        let reference = sales.draft.head.customer_order.clone();
        let computed = compute(&drafts, &currency, &zone, date, &catalogue);
        let total = computed.total + self.rounding;
        self.ledger.push(LedgerDocument {
            kind,
            number,
            etag: None,
            status: LedgerStatus::Balanced,
            date: Some(date),
            due: Some(date),
            currency,
            customer,
            vat_zone: Some(zone),
            reference: Some(reference),
            external: None,
            total,
            balance: total,
            vat_total: computed.tax,
            rounding: self.rounding,
            rate: None,
            lines,
            taxes: computed.rows,
            applications: vec![],
        });
    }

    fn create_document(&mut self, draft: &LedgerDraft) {
        assert!(
            self.ledger.iter().all(
                |one| one.external.as_deref() != Some(draft.external.as_str())
                    || one.kind != draft.kind
            ),
            "{} is booked twice",
            draft.external
        );
        let number = self.number();
        let net: Decimal = draft.lines.iter().map(|line| line.net).sum();
        let vat: Decimal = draft.taxes.iter().map(|tax| tax.amount).sum();
        for line in &draft.lines {
            let item = line.item.as_ref().unwrap();
            assert!(!self.is_stock(item), "a stock item on a direct document");
        }
        self.ledger.push(LedgerDocument {
            kind: draft.kind.clone(),
            number: number.clone(),
            etag: None,
            status: LedgerStatus::Balanced,
            date: Some(draft.date),
            due: None,
            currency: draft.currency.clone(),
            customer: draft.customer.clone(),
            vat_zone: Some(draft.vat_zone.clone()),
            reference: Some(draft.reference.clone()),
            external: Some(draft.external.clone()),
            total: net + vat,
            balance: net + vat,
            vat_total: vat,
            rounding: Decimal::ZERO,
            rate: None,
            lines: draft
                .lines
                .iter()
                .zip(1..)
                .map(|(line, line_number)| LedgerLine {
                    line_number,
                    item: line.item.clone(),
                    account: None,
                    description: line.description.clone(),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    net: line.net,
                    vat_category: Some(line.vat_category.clone()),
                    order: None,
                    order_line: None,
                    shipment: None,
                    link: None,
                })
                .collect(),
            taxes: draft
                .taxes
                .iter()
                .map(|tax| {
                    let id = self.catalogue.vat_ids.iter().find(|id| id.id == tax.vat_id);
                    brygga_core::erp::BookedTax {
                        vat_id: tax.vat_id.clone(),
                        rate: id.unwrap().rate_on(draft.date).unwrap(),
                        taxable: tax.taxable,
                        amount: tax.amount,
                    }
                })
                .collect(),
            applications: vec![],
        });
        if draft.kind == DocumentKind::CreditNote {
            self.apply_credit(&number, &draft.applications);
        } else {
            assert!(draft.applications.is_empty());
        }
    }

    fn pay(&mut self, kind: &DocumentKind, number: &str, amount: Decimal) {
        let there = self.document_mut(kind, number);
        assert_eq!(
            there.status,
            LedgerStatus::Open,
            "application to a document that is not open"
        );
        assert!(amount <= there.balance, "application over the balance");
        there.balance -= amount;
        self.close(kind, number);
    }

    fn close(&mut self, kind: &DocumentKind, number: &str) {
        let there = self.document_mut(kind, number);
        there.status = if there.balance.is_zero() {
            LedgerStatus::Closed
        } else {
            LedgerStatus::Open
        };
    }

    fn release(&mut self, kind: &DocumentKind, number: &str) {
        let there = self.document_mut(kind, number);
        assert_eq!(there.status, LedgerStatus::Balanced);
        assert!(there.total >= Decimal::ZERO);
        there.status = LedgerStatus::Open;
        let applications = there.applications.clone();
        let orders: Vec<_> = there
            .lines
            .iter()
            .filter_map(|line| line.order.clone())
            .collect();
        if *kind == DocumentKind::CreditNote {
            for row in applications {
                self.pay(&DocumentKind::Invoice, &row.number, row.amount);
                self.document_mut(kind, number).balance -= row.amount;
            }
        } else if self.follows {
            let mut left = self.document(kind, number).balance;
            let mut used = Decimal::ZERO;
            for payment in self
                .payments
                .iter_mut()
                .filter(|one| one.status.is_released())
            {
                for row in &mut payment.orders {
                    let takes = left.min(row.amount);
                    if orders.contains(&row.order) && takes > Decimal::ZERO {
                        row.amount -= takes;
                        row.transferred += takes;
                        left -= takes;
                        used += takes;
                        payment.documents.push(Application {
                            kind: kind.clone(),
                            number: number.to_owned(),
                            amount: takes,
                        });
                    }
                }
            }
            self.document_mut(kind, number).balance -= used;
        }
        self.close_payments();
        self.close(kind, number);
    }
}
