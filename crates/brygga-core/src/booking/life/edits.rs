//! What an order became after its sales order was shipped in part: lines that came later get a supplement, units that never
//! leave are taken out (`booking-rules` 3 and 8).

use rust_decimal::Decimal;

use super::consignment::Leg;
use super::ground::Life;
use super::shipping::{as_stored, assign, invoice_number, of_order, visma_ships};
use super::{LifeStep, PartState, direct};
use crate::booking::basis::Component;
use crate::booking::change::is_changeable;
use crate::booking::gate::price;
use crate::code::{Code, Problem};
use crate::erp::{BookedLine, BookedOrder, LineDraft, Operation, OrderStatus, ShipmentStatus};

/// Goods that are in no sales order yet were sent: they get one of their own.
pub(super) fn supplement(
    life: &Life<'_>,
    leg: &Leg,
    legs: &[Leg],
) -> Result<Option<PartState>, Problem> {
    // Nothing is shipped: the order itself is changed, which is the order's own matter.
    if life.base.is_some_and(is_changeable) {
        return Ok(Some(PartState::Waiting(
            life.problem(Code::WaitingForOrder),
            None,
        )));
    }
    // As many as there are sales orders, and one more: no name is used twice.
    let number = (1..=life.books.orders.len() + 1)
        .find(|number| life.part_order(&format!("x{number}")).is_none())
        .unwrap_or(1);
    let components = unhoused(life, legs);
    // An edit after the first shipment is a person's matter, unless corrections are to be made; an exchange is none.
    let by_edit = |component: &Component| {
        component.link.strip_prefix("line/").is_none_or(|id| {
            life.order
                .exchange_lines
                .iter()
                .all(|exchanged| exchanged != id)
        })
    };
    if !life.ground.settings.invoices.correct_edits && components.iter().any(by_edit) {
        return Err(life.problem(Code::EditedAfterInvoice));
    }
    let draft = direct::order_draft(
        life,
        life.ground.settings.order_type_of(life.order),
        &format!("x{number}"),
        life.day(leg.at)?,
        components,
        None,
    )?;
    Ok(Some(PartState::Next(LifeStep::CreateOrder {
        draft: Box::new(draft),
        customer: life.customer.clone(),
    })))
}

/// What is in no sales order: new lines whole, more units of an old one with what they add.
fn unhoused(life: &Life<'_>, legs: &[Leg]) -> Vec<Component> {
    let orders = life.goods_orders();
    let mut found = Vec::new();
    for component in &life.components {
        let there: Decimal = orders
            .iter()
            .flat_map(|order| &order.lines)
            .filter(|line| line.link.as_deref() == Some(component.link.as_str()))
            .map(|line| line.quantity)
            .sum();
        let there = u32::try_from(there).unwrap_or_default();
        if component.quantity <= there {
            continue;
        }
        let (mut net, mut tax) = (component.net, component.tax);
        if there > 0 {
            // What the units in the orders come to; those that were not sent yet at the same price.
            let sent: Vec<&Component> = legs
                .iter()
                .filter(|leg| leg.order.is_some())
                .flat_map(|leg| &leg.shares)
                .filter(|share| share.link == component.link)
                .collect();
            let units: u32 = sent.iter().map(|share| share.quantity).sum();
            let cut = |whole: Decimal, sent: Decimal| {
                let left = component.quantity - units.min(component.quantity);
                super::money::part_of(
                    whole - sent,
                    component.quantity - there,
                    left,
                    life.decimals,
                )
            };
            net = cut(net, sent.iter().map(|share| share.net).sum());
            tax = cut(tax, sent.iter().map(|share| share.tax).sum());
        }
        found.push(Component {
            quantity: component.quantity - there,
            net,
            tax,
            ..component.clone()
        });
    }
    found
}

/// Takes units out of sales orders that will never be sent. `None`: there are none, or the order's own change does it.
pub(super) fn reduce(life: &Life<'_>, legs: &[Leg]) -> Result<Option<PartState>, Problem> {
    for order in life.goods_orders().into_iter().rev() {
        let is_base = life.base.is_some_and(|base| base.number == order.number);
        let changeable = is_changeable(order);
        let (mut patch, mut delete) = (Vec::new(), Vec::new());
        for line in &order.lines {
            let Some(link) = line.link.as_deref() else {
                continue;
            };
            if !link.starts_with("line/") || line.quantity.is_zero() {
                continue;
            }
            // A whole order of which nothing is shipped follows the shop by its own plan.
            let seen = |list: &[Component]| {
                Decimal::from(
                    list.iter()
                        .find(|one| one.link == link)
                        .map_or(0, |one| one.quantity),
                )
            };
            if is_base && changeable && seen(&life.raw) != line.quantity {
                return Ok(None);
            }
            let excess = excess(life, order, link, seen(&life.components));
            if excess <= Decimal::ZERO {
                continue;
            }
            if !life.is_goods_link(link) {
                if life.is_on_an_invoice(order, line.line_id) {
                    continue;
                }
            } else if line.quantity - line.shipped < excess {
                return take_back(life, order, line, legs).map(Some);
            }
            let quantity = line.quantity - excess;
            if quantity.is_zero() {
                delete.push(link.to_owned());
            } else {
                patch.push(less(life, line, quantity));
            }
        }
        // No order changes while a shipment of it is open (code 0005): that shipment comes first, and holds where something is wrong with it.
        if order.status == OrderStatus::Shipping && !(patch.is_empty() && delete.is_empty()) {
            let waits = life.problem(Code::WaitingEarlierPart);
            return Ok(Some(PartState::Waiting(waits, None)));
        }
        let number = order.number.clone();
        if !patch.is_empty() {
            return Ok(Some(PartState::Next(LifeStep::PatchOrderLines {
                order: number,
                lines: patch,
            })));
        }
        if delete.is_empty() {
            continue;
        }
        let rest = order
            .lines
            .iter()
            .any(|line| line.link.as_ref().is_none_or(|link| !delete.contains(link)));
        return Ok(Some(PartState::Next(if rest {
            LifeStep::DeleteOrderLines {
                order: number,
                links: delete,
            }
        } else {
            LifeStep::CancelOrder { order: number }
        })));
    }
    Ok(None)
}

/// Units of a link that this order has too many: the last order gives first.
fn excess(life: &Life<'_>, order: &BookedOrder, link: &str, wanted: Decimal) -> Decimal {
    let mut before = Decimal::ZERO;
    for other in life.goods_orders() {
        let units: Decimal = other
            .lines
            .iter()
            .filter(|line| line.link.as_deref() == Some(link))
            .map(|line| line.quantity)
            .sum();
        if other.number == order.number {
            return (before + units - wanted).clamp(Decimal::ZERO, units);
        }
        before += units;
    }
    Decimal::ZERO
}

/// A line with fewer units, at what is left of its money.
fn less(life: &Life<'_>, line: &BookedLine, quantity: Decimal) -> LineDraft {
    let component = life
        .components
        .iter()
        .find(|one| Some(one.link.as_str()) == line.link.as_deref());
    let net = match component {
        Some(component) if Decimal::from(component.quantity) == quantity => component.net,
        _ => super::money::scale(line.net, quantity, line.quantity, life.decimals),
    };
    let price = price(net, quantity, life.decimals);
    LineDraft {
        quantity,
        unit_price: price.unit_price,
        discount: price.discount,
        ..as_stored(life, line)
    }
}

/// Units that will never leave are on a shipment that is no fulfilment's: it is taken back.
fn take_back(
    life: &Life<'_>,
    order: &BookedOrder,
    line: &BookedLine,
    legs: &[Leg],
) -> Result<PartState, Problem> {
    let assigned = assign(life, legs);
    let stray = of_order(life, &order.number, &Operation::Issue)
        .into_iter()
        .find(|shipment| {
            assigned
                .iter()
                .flatten()
                .all(|known| known.number != shipment.number)
                && invoice_number(shipment, &order.number).is_none()
                && shipment.lines.iter().any(|row| {
                    row.order == order.number && i64::from(row.order_line) == line.line_id
                })
        });
    match stray {
        // The warehouse's own: it decides what becomes of it.
        Some(_) if visma_ships(life) => Err(life
            .problem(Code::CancelledAfterShipment)
            .with("status", order.status.as_str())),
        Some(shipment) if shipment.status == ShipmentStatus::Open => {
            Ok(PartState::Next(LifeStep::CancelShipment {
                shipment: shipment.number.clone(),
            }))
        }
        Some(shipment) if shipment.status == ShipmentStatus::Confirmed => {
            Ok(PartState::Next(LifeStep::CorrectShipment {
                shipment: shipment.number.clone(),
            }))
        }
        _ => Err(life
            .problem(Code::CancelledAfterShipment)
            .with("status", order.status.as_str())),
    }
}
