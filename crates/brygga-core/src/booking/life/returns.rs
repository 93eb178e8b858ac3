//! Refunds to credit notes: by a return order where goods came back, else directly (`booking-rules` 8).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::applied::on_invoices;
use super::consignment::Expected;
use super::direct::{self, Direct};
use super::gate::{self, Vat};
use super::ground::{Life, link, order_link};
use super::invoice::{Invoices, order_document, prepare};
use super::money::part_of;
use super::refund::{CREDIT, Given, Moved, Refunding, over_invoice};
use super::{LifeStep, Linked, PartDecision, PartState, edits, shipping};
use crate::booking::basis::Component;
use crate::booking::gate::Explained;
use crate::booking::item::item_for;
use crate::code::{Code, Problem};
use crate::erp::{
    Application, BookedOrder, DocumentKind, InvoiceReference, LedgerChange, LedgerDocument,
    Operation, OrderStatus, SalesOrderDraft, ShipmentStatus,
};
use crate::settings::GoodsBack;

/// The reference of a refund's return order, after the order's id.
fn order_key(one: &Refunding<'_>) -> String {
    format!("r{}", one.refund.id)
}

/// Is a line's item counted in stock.
pub(super) fn is_stock(life: &Life<'_>, link: &str) -> bool {
    let known = life
        .components
        .iter()
        .find(|one| one.link == link)
        .and_then(|one| item_for(&one.part, &one.title, life.order, life.ground).ok());
    known.is_some_and(|item| item.stock)
}

/// Is the credit note made by a sales order: goods that are counted in stock came back.
fn by_order(life: &Life<'_>, one: &Refunding<'_>) -> bool {
    (life.is_sales_order() || life.is_invoice_order())
        && one.given.iter().any(|given| given.came_back)
}

/// The credit note of a refund, if there is one.
pub(super) fn credit_note<'a>(life: &Life<'a>, one: &Refunding<'_>) -> Option<&'a LedgerDocument> {
    if by_order(life, one) {
        let order = life.part_order(&order_key(one))?;
        return order_document(life, &CREDIT, &order.number);
    }
    life.direct(&CREDIT, &super::external(&one.part))
        .ok()
        .flatten()
}

/// Is a sales order ready to go on.
pub(super) fn must_be_open(order: &BookedOrder) -> Result<(), Problem> {
    match order.status {
        OrderStatus::Hold
        | OrderStatus::CreditHold
        | OrderStatus::PendingApproval
        | OrderStatus::Cancelled => Err(Problem::new(Code::OrderNotOpen)
            .with("document", &order.number)
            .with("status", order.status.as_str())),
        _ => Ok(()),
    }
}

/// Where a refund stands. `earlier` are the refunds before it.
pub(super) fn decide(
    life: &Life<'_>,
    one: &Refunding<'_>,
    earlier: &[Refunding<'_>],
    invoices: &Result<Invoices<'_>, Problem>,
) -> PartDecision {
    let mut decision = PartDecision::new(one.part.clone(), PartState::Done, Some(one.at));
    decision.amount = Some(one.money);
    decision.state =
        state(life, one, earlier, invoices, &mut decision).unwrap_or_else(PartState::Held);
    decision
}

fn state(
    life: &Life<'_>,
    one: &Refunding<'_>,
    earlier: &[Refunding<'_>],
    invoices: &Result<Invoices<'_>, Problem>,
    decision: &mut PartDecision,
) -> Result<PartState, Problem> {
    match &one.moved {
        Moved::Yes => {}
        Moved::Pending => {
            return Ok(PartState::Waiting(life.problem(Code::WaitingRefund), None));
        }
        Moved::Failed(status) => {
            return Ok(PartState::Skipped(
                life.problem(Code::SkippedFailed).with("status", status),
            ));
        }
    }
    if let Some(kept_out) = &one.kept_out {
        return Ok(kept_out.clone());
    }
    let invoices = invoices.as_ref().map_err(Clone::clone)?;
    let difference = one.credit - one.value();
    if !difference.is_zero() {
        decision
            .explained
            .push(Explained::RefundDifference { amount: difference });
    }
    // Goods that came back without money are received all the same, on a credit note of 0.00: stock moves once in both systems.
    if one.credit.is_zero() && !by_order(life, one) {
        let removes = one.unsent > Decimal::ZERO || !one.refund.lines.is_empty();
        if life.is_sales_order()
            && removes
            && let Some(state) = edits::reduce(life, &invoices.legs)?
        {
            return Ok(state);
        }
        return Ok(PartState::Done);
    }
    decision.amount = Some(one.credit);
    decision.count(&one.components(life));
    if life.is_sales_order()
        && one.unsent > Decimal::ZERO
        && let Some(state) = edits::reduce(life, &invoices.legs)?
    {
        return Ok(state);
    }

    let released = invoices.released(life);
    let there: Decimal = released.iter().map(|invoice| invoice.total).sum();
    let credits: Decimal = earlier.iter().map(|other| other.credit).sum::<Decimal>() + one.credit;
    if there < credits {
        let to_come = life.total + direct::cash_rounding(life).unwrap_or_default();
        if credits > to_come {
            return Err(over_invoice(life, credits, to_come));
        }
        return Ok(PartState::Waiting(life.problem(Code::WaitingInvoice), None));
    }
    let document = if by_order(life, one) {
        match return_order(life, one, earlier, &released, decision)? {
            Ok(document) => document,
            Err(state) => return Ok(state),
        }
    } else {
        let Some(document) = life.direct(&CREDIT, &super::external(&one.part))? else {
            let draft = direct::draft(
                life,
                Direct {
                    kind: CREDIT,
                    external: super::external(&one.part),
                    date: life.day(one.at)?,
                    rates_of: life.booked.document.draft.head.date,
                    original_date: released.first().and_then(|invoice| invoice.date),
                    components: one.components(life),
                    refund: Some(one.kind),
                    applications: to_open(
                        one.credit - one.paid_back,
                        &[],
                        &open_of(life, &released),
                    ),
                },
            )?;
            return Ok(PartState::Next(LifeStep::CreateLedger {
                draft: Box::new(draft),
            }));
        };
        document
    };
    decision
        .documents
        .push(link(&one.part, Linked::CreditNote, &document.number));
    let expected = Expected::of(&one.components(life));
    let vat = if by_order(life, one) {
        Vat::Anew
    } else {
        Vat::Exact
    };
    let (state, named) =
        if document.status.is_released() && !difference.is_zero() && document.total == one.credit {
            // The VAT of a difference was split by what the order was then; it was judged before the release.
            (None, Vec::new())
        } else {
            gate::release(life, document, &expected, vat)?
        };
    decision.explained.extend(named);
    // What is not paid back is applied to what is still open: before the release, and to what comes later.
    let wanted = one.credit - one.paid_back;
    let applied: Decimal = on_invoices(document).map(|row| row.amount).sum();
    if wanted > applied && !matches!(state, Some(PartState::Next(LifeStep::ChangeLedger { .. }))) {
        let room = if document.status.is_released() {
            (wanted - applied).min(life.free_of_note(document))
        } else {
            wanted - applied
        };
        let rows = to_open(room, &document.applications, &open_of(life, &released));
        if !rows.is_empty() {
            return Ok(PartState::Next(LifeStep::ChangeLedger {
                kind: CREDIT,
                number: document.number.clone(),
                change: LedgerChange {
                    applications: rows,
                    ..LedgerChange::default()
                },
            }));
        }
    }
    let release = || life.release_of_note(document).map(PartState::Next);
    Ok(state.or_else(release).unwrap_or(PartState::Done))
}

/// What is open of each invoice.
fn open_of<'a>(life: &Life<'_>, invoices: &[&'a LedgerDocument]) -> Vec<(&'a str, Decimal)> {
    invoices
        .iter()
        .map(|invoice| (invoice.number.as_str(), life.open_balance(invoice)))
        .collect()
}

/// Rows that apply an amount to open invoices, oldest first; each with all that is applied to it then.
pub(super) fn to_open(
    mut amount: Decimal,
    there: &[Application],
    open: &[(&str, Decimal)],
) -> Vec<Application> {
    let mut rows = Vec::new();
    for (number, balance) in open {
        let takes = amount.min(*balance);
        if takes <= Decimal::ZERO {
            continue;
        }
        amount -= takes;
        let before: Decimal = there
            .iter()
            .filter(|row| row.kind == DocumentKind::Invoice && row.number == *number)
            .map(|row| row.amount)
            .sum();
        rows.push(Application {
            kind: DocumentKind::Invoice,
            number: (*number).to_owned(),
            amount: before + takes,
        });
    }
    rows
}

/// A line of an invoice with goods.
struct Sold<'a> {
    invoice: &'a LedgerDocument,
    line: i32,
    units: u32,
}

/// Which invoice lines the goods of a link are on, oldest first, without what earlier refunds took back.
fn sold<'a>(
    life: &Life<'a>,
    link: &str,
    mut returned: u32,
    released: &[&'a LedgerDocument],
) -> Vec<Sold<'a>> {
    let mut found = Vec::new();
    for invoice in released {
        for row in &invoice.lines {
            let of_link = row
                .order
                .as_ref()
                .and_then(|order| life.link_of(order, row.order_line))
                == Some(link);
            if !of_link {
                continue;
            }
            let units = u32::try_from(row.quantity.trunc()).unwrap_or_default();
            let gone = units.min(returned);
            returned -= gone;
            if units > gone {
                found.push(Sold {
                    invoice,
                    line: row.line_number,
                    units: units - gone,
                });
            }
        }
    }
    found
}

type Step<T> = Result<T, PartState>;

/// The return order of a refund, up to its credit note.
fn return_order<'a>(
    life: &Life<'a>,
    one: &Refunding<'_>,
    earlier: &[Refunding<'_>],
    released: &[&'a LedgerDocument],
    decision: &mut PartDecision,
) -> Result<Step<&'a LedgerDocument>, Problem> {
    let settings = &life.ground.settings.refunds;
    let Some(order) = life.part_order(&order_key(one)) else {
        let Some(draft) = draft(life, one, earlier, released)? else {
            return Ok(Err(PartState::Waiting(
                life.problem(Code::WaitingInvoice),
                None,
            )));
        };
        return Ok(Err(PartState::Next(LifeStep::CreateOrder {
            draft: Box::new(draft),
            customer: life.customer.clone(),
        })));
    };
    decision
        .documents
        .push(link(&one.part, Linked::Order, order_link(&order.number)));
    let mut number = None;
    // A credit-memo order has no receipt (facts/visma 16).
    if order.number.order_type != settings.credit_type
        || settings.goods_back == GoodsBack::ReturnOrder
    {
        let receipts = shipping::of_order(life, &order.number, &Operation::Receipt);
        let Some(receipt) = receipts.first() else {
            must_be_open(order)?;
            return receive(life, one, order).map(Err);
        };
        decision
            .documents
            .push(link(&one.part, Linked::Shipment, &receipt.number));
        let wanted: BTreeMap<String, u32> = order
            .lines
            .iter()
            .filter(|line| {
                life.ground
                    .catalogue
                    .items
                    .get(&line.item)
                    .is_some_and(|item| item.stock)
            })
            .filter_map(|line| {
                Some((
                    line.link.clone()?,
                    u32::try_from(line.quantity.abs().trunc()).ok()?,
                ))
            })
            .collect();
        let is_under_way = matches!(receipt.status, ShipmentStatus::Open | ShipmentStatus::Hold);
        if is_under_way && let Some(state) = shipping::next(life, order, receipt, &wanted) {
            return Ok(Err(state));
        }
        number = shipping::invoice_number(receipt, &order.number);
    }
    let document = match number {
        Some(number) => match life.document(&CREDIT, number) {
            Some(document) => Some(document),
            None => {
                return Ok(Err(PartState::Waiting(
                    Problem::new(Code::WaitingDocument).with("document", number),
                    None,
                )));
            }
        },
        None => order_document(life, &CREDIT, &order.number),
    };
    if let Some(document) = document {
        return Ok(Ok(document));
    }
    must_be_open(order)?;
    prepare(life, order, life.local(one.at)).map(Err)
}

fn receive(
    life: &Life<'_>,
    one: &Refunding<'_>,
    order: &BookedOrder,
) -> Result<PartState, Problem> {
    let location = one.given.iter().find_map(|given| given.location.as_ref());
    let settings = life.ground.settings;
    let warehouse = location
        .and_then(|location| settings.invoices.warehouses.get(location))
        .or_else(|| settings.warehouse_of(life.order))
        .or_else(|| order.lines.iter().find_map(|line| line.warehouse.as_ref()))
        .cloned()
        .or_else(|| shipping::only_warehouse(life))
        .ok_or_else(|| shipping::no_warehouse(location))?;
    Ok(PartState::Next(LifeStep::CreateShipment {
        order: order.number.clone(),
        operation: Operation::Receipt,
        warehouse,
        date: life.day(one.at)?,
    }))
}

/// The return order; `None` while an invoice of its goods is missing.
fn draft(
    life: &Life<'_>,
    one: &Refunding<'_>,
    earlier: &[Refunding<'_>],
    released: &[&LedgerDocument],
) -> Result<Option<SalesOrderDraft>, Problem> {
    let settings = &life.ground.settings.refunds;
    let order_type = match settings.goods_back {
        GoodsBack::ReturnOrder => &settings.return_type,
        GoodsBack::CreditOrder => &settings.credit_type,
    };
    let mut components = Vec::new();
    let mut references: BTreeMap<String, (InvoiceReference, Option<String>)> = BTreeMap::new();
    let mut done: BTreeMap<String, u32> = BTreeMap::new();
    for other in earlier.iter().filter(|other| !other.credit.is_zero()) {
        for given in other.given.iter().filter(|given| given.came_back) {
            *done.entry(given.component.link.clone()).or_default() += given.component.quantity;
        }
    }
    for component in one.components(life) {
        let goods = one
            .given
            .iter()
            .find(|given| given.came_back && given.component == component);
        let Some(Given { location, .. }) = goods else {
            components.push(component);
            continue;
        };
        let before = done.entry(component.link.clone()).or_default();
        let sold = sold(life, &component.link, *before, released);
        *before += component.quantity;
        let (mut left, mut net, mut tax) = (component.quantity, component.net, component.tax);
        for row in sold {
            if left == 0 {
                break;
            }
            let units = left.min(row.units);
            let share = Component {
                link: format!("{}/{}/{}", component.link, row.invoice.number, row.line),
                quantity: units,
                net: part_of(net, units, left, life.decimals),
                tax: part_of(tax, units, left, life.decimals),
                ..component.clone()
            };
            left -= units;
            net -= share.net;
            tax -= share.tax;
            references.insert(
                share.link.clone(),
                (
                    InvoiceReference {
                        number: row.invoice.number.clone(),
                        line: row.line,
                    },
                    location.clone(),
                ),
            );
            components.push(share);
        }
        if left > 0 {
            return Ok(None);
        }
    }
    let mut draft = direct::order_draft(
        life,
        order_type,
        &order_key(one),
        life.day(one.at)?,
        components,
        Some(one.kind),
    )?;
    // What comes back is neither sent nor to be paid.
    draft.head.channel.ship_via = None;
    draft.head.channel.terms = None;
    for line in &mut draft.lines {
        let Some((invoice, location)) = references.get(&line.link) else {
            continue;
        };
        line.operation = Some(Operation::Receipt);
        line.invoice = Some(invoice.clone());
        let mapped = location
            .as_ref()
            .and_then(|location| life.ground.settings.invoices.warehouses.get(location));
        if let Some(mapped) = mapped {
            line.warehouse = Some(mapped.clone());
        }
    }
    Ok(Some(draft))
}
