//! From a fulfilment to a confirmed shipment of exactly its units (`booking-rules` 6, `facts/visma` 16).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::consignment::Leg;
use super::ground::Life;
use super::{LifeStep, Linked, PartState, fulfil};
use crate::code::{Code, Problem};
use crate::erp::{
    BookedLine, BookedOrder, LineDraft, Operation, OrderNumber, OrderStatus, Shipment,
    ShipmentQuantity, ShipmentStatus,
};
use crate::settings::WhoShips;

/// Units of a sales order on a shipment, per link of its lines.
pub(super) fn units(
    life: &Life<'_>,
    shipment: &Shipment,
    order: &OrderNumber,
) -> BTreeMap<String, Decimal> {
    let mut units = BTreeMap::new();
    for line in shipment.lines.iter().filter(|line| line.order == *order) {
        if line.shipped.is_zero() {
            continue;
        }
        let link = life
            .link_of(order, Some(line.order_line))
            .map_or_else(|| format!("?{}", line.order_line), str::to_owned);
        *units.entry(link).or_insert(Decimal::ZERO) += line.shipped;
    }
    units
}

/// The shipments of a sales order that stand.
pub(super) fn of_order<'a>(
    life: &Life<'a>,
    order: &OrderNumber,
    operation: &Operation,
) -> Vec<&'a Shipment> {
    life.books
        .shipments
        .iter()
        .filter(|shipment| {
            shipment.status != ShipmentStatus::Cancelled
                && shipment.operation == *operation
                && (shipment.lines.iter().any(|line| line.order == *order)
                    || shipment.orders.iter().any(|row| row.order == *order))
        })
        .collect()
}

/// The invoice that a shipment's part of a sales order is on.
pub(super) fn invoice_number<'a>(shipment: &'a Shipment, order: &OrderNumber) -> Option<&'a str> {
    shipment
        .orders
        .iter()
        .find(|row| row.order == *order)
        .and_then(|row| row.invoice.as_deref())
        .filter(|number| !number.is_empty())
}

/// Does Visma.net ship: then no shipment is made, changed, confirmed or taken back from here (`booking-rules` 6).
pub(super) fn visma_ships(life: &Life<'_>) -> bool {
    life.is_sales_order() && life.ground.settings.invoices.who_ships == WhoShips::Visma
}

/// Which shipment is which leg's: what is linked, then what fits exactly, then an open one that can be made to fit.
pub(super) fn assign<'a>(life: &Life<'a>, legs: &[Leg]) -> Vec<Option<&'a Shipment>> {
    let mut taken: Vec<(&str, &OrderNumber)> = Vec::new();
    let mut found: Vec<Option<&'a Shipment>> = vec![None; legs.len()];
    if visma_ships(life) {
        return fulfil::assign(life, legs);
    }
    for round in 0..4 {
        for (leg, place) in legs.iter().zip(found.iter_mut()) {
            let Some(order) = &leg.order else { continue };
            let wanted = leg.goods(life);
            if place.is_some() || wanted.is_empty() {
                continue;
            }
            let linked: Vec<_> = life.linked(&leg.part, Linked::Shipment).collect();
            let fits = |shipment: &&Shipment| {
                let number = shipment.number.as_str();
                if taken.contains(&(number, order)) {
                    return false;
                }
                if round == 0 {
                    return linked.contains(&number);
                }
                if life.is_of_another(&leg.part, Linked::Shipment, number) {
                    return false;
                }
                let there = units(life, shipment, order);
                let has = |link: &String| there.get(link).copied().unwrap_or_default();
                let open = shipment.status == ShipmentStatus::Open;
                match round {
                    1 => is_exactly(&there, &wanted),
                    2 => {
                        open && wanted
                            .iter()
                            .all(|(link, units)| has(link) >= Decimal::from(*units))
                    }
                    _ => open && wanted.keys().any(|link| !has(link).is_zero()),
                }
            };
            let shipment = of_order(life, order, &Operation::Issue)
                .into_iter()
                .find(fits);
            if let Some(shipment) = shipment {
                taken.push((shipment.number.as_str(), order));
                *place = Some(shipment);
            }
        }
    }
    found
}

pub(super) fn is_exactly(
    there: &BTreeMap<String, Decimal>,
    wanted: &BTreeMap<String, u32>,
) -> bool {
    there.len() == wanted.len()
        && wanted
            .iter()
            .all(|(link, units)| there.get(link) == Some(&Decimal::from(*units)))
}

/// What comes next until a shipment of exactly these units is confirmed; `None` when it is.
pub(super) fn next(
    life: &Life<'_>,
    order: &BookedOrder,
    shipment: &Shipment,
    wanted: &BTreeMap<String, u32>,
) -> Option<PartState> {
    if visma_ships(life) {
        return fulfil::next(life, order, shipment, wanted);
    }
    match &shipment.status {
        ShipmentStatus::Open => {}
        ShipmentStatus::Hold | ShipmentStatus::Other(_) => {
            return Some(PartState::Held(
                Problem::new(Code::ShipmentOnHold)
                    .with("document", &shipment.number)
                    .with("status", shipment.status.as_str()),
            ));
        }
        _ => {
            let there = units(life, shipment, &order.number);
            return (!is_exactly(&there, wanted)).then(|| PartState::Held(differs(life, order)));
        }
    }
    let there = units(life, shipment, &order.number);
    for (link, units) in wanted {
        let has = there.get(link).copied().unwrap_or_default();
        if has < Decimal::from(*units) {
            let item = order
                .lines
                .iter()
                .find(|line| line.link.as_ref() == Some(link))
                .map_or(link.as_str(), |line| line.item.as_str());
            return Some(PartState::Held(
                Problem::new(Code::StockShort)
                    .with("ours", units)
                    .with("theirs", has.normalize())
                    .with("item", item)
                    .with("document", &shipment.number),
            ));
        }
    }
    let mut quantities = Vec::new();
    let mut left = wanted.clone();
    for line in shipment
        .lines
        .iter()
        .filter(|line| line.order == order.number)
    {
        let mut units = Decimal::ZERO;
        if let Some(left) = life
            .link_of(&order.number, Some(line.order_line))
            .and_then(|link| left.get_mut(link))
        {
            let takes = Decimal::from(*left).min(line.shipped);
            units = takes;
            *left -= u32::try_from(takes).unwrap_or_default();
        }
        if units != line.shipped {
            quantities.push(ShipmentQuantity {
                line_number: line.line_number,
                units,
            });
        }
    }
    let number = shipment.number.clone();
    Some(PartState::Next(if quantities.is_empty() {
        LifeStep::ConfirmShipment { shipment: number }
    } else {
        LifeStep::SetQuantities {
            shipment: number,
            quantities,
        }
    }))
}

pub(super) fn differs(life: &Life<'_>, order: &BookedOrder) -> Problem {
    life.problem(Code::ShipmentDiffers)
        .with("document", &order.number)
}

/// A shipment is to be made. `busy`: another one of the order is not invoiced yet.
pub(super) fn create(
    life: &Life<'_>,
    order: &BookedOrder,
    leg: &Leg,
    busy: Busy,
) -> Result<PartState, Problem> {
    if visma_ships(life) {
        return Ok(PartState::Waiting(
            life.problem(Code::WaitingShipment),
            None,
        ));
    }
    match order.status {
        OrderStatus::Hold
        | OrderStatus::CreditHold
        | OrderStatus::PendingApproval
        | OrderStatus::Cancelled => {
            return Err(Problem::new(Code::OrderNotOpen)
                .with("document", &order.number)
                .with("status", order.status.as_str()));
        }
        _ => {}
    }
    match busy {
        Busy::No => {}
        Busy::ByEarlier => {
            return Ok(PartState::Waiting(
                life.problem(Code::WaitingEarlierPart),
                None,
            ));
        }
        Busy::ByStranger | Busy::ByUntold => return Err(differs(life, order)),
    }
    let wanted = leg.goods(life);
    let lines: Vec<&BookedLine> = order
        .lines
        .iter()
        .filter(|line| {
            line.link
                .as_ref()
                .is_some_and(|link| wanted.contains_key(link))
        })
        .collect();
    for (link, units) in &wanted {
        let open: Decimal = lines
            .iter()
            .filter(|line| line.link.as_ref() == Some(link))
            .map(|line| line.quantity - line.shipped)
            .sum();
        if open < Decimal::from(*units) {
            return Err(differs(life, order));
        }
    }
    let invoices = &life.ground.settings.invoices;
    let mapped = leg
        .location
        .as_ref()
        .and_then(|location| invoices.warehouses.get(location));
    if let Some(mapped) = mapped {
        let elsewhere: Vec<LineDraft> = lines
            .iter()
            .filter(|line| line.warehouse.as_ref().is_some_and(|there| there != mapped))
            .map(|line| LineDraft {
                warehouse: Some(mapped.clone()),
                ..as_stored(life, line)
            })
            .collect();
        if !elsewhere.is_empty() {
            return Ok(PartState::Next(LifeStep::PatchOrderLines {
                order: order.number.clone(),
                lines: elsewhere,
            }));
        }
    }
    let warehouse = mapped
        .or_else(|| life.ground.settings.warehouse_of(life.order))
        .or_else(|| lines.iter().find_map(|line| line.warehouse.as_ref()));
    let warehouse = warehouse.cloned().or_else(|| only_warehouse(life));
    let Some(warehouse) = warehouse else {
        return Err(no_warehouse(leg.location.as_ref()));
    };
    Ok(PartState::Next(LifeStep::CreateShipment {
        order: order.number.clone(),
        operation: Operation::Issue,
        warehouse,
        date: shipment_date(life, leg),
    }))
}

fn shipment_date(life: &Life<'_>, leg: &Leg) -> NaiveDate {
    life.day(leg.at).unwrap_or_else(|_| life.local(leg.at))
}

/// No warehouse is mapped; of the location, where the shop tells it.
pub(super) fn no_warehouse(location: Option<&String>) -> Problem {
    let problem = Problem::new(Code::SpecialItemUnmapped).with("kind", "warehouse");
    match location {
        Some(location) => problem.with("location", location),
        None => problem,
    }
}

/// The company's only warehouse.
pub(super) fn only_warehouse(life: &Life<'_>) -> Option<String> {
    let mut active = life
        .ground
        .catalogue
        .warehouses
        .iter()
        .filter(|warehouse| warehouse.active);
    match (active.next(), active.next()) {
        (Some(one), None) => Some(one.id.clone()),
        _ => None,
    }
}

/// Is the sales order free for another shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    No,
    /// By another fulfilment of the shop.
    ByEarlier,
    /// By a shipment that is no fulfilment's.
    ByStranger,
    /// By goods that Visma.net has shipped and the shop does not show as sent yet.
    ByUntold,
}

/// What keeps a sales order from a further shipment or invoice: one that is open, or confirmed and not invoiced.
pub(super) fn busy(
    life: &Life<'_>,
    order: &OrderNumber,
    mine: Option<&Shipment>,
    assigned: &[Option<&Shipment>],
) -> Busy {
    let mut busy = Busy::No;
    for shipment in of_order(life, order, &Operation::Issue) {
        let number = &shipment.number;
        if mine.is_some_and(|mine| mine.number == *number)
            || invoice_number(shipment, order).is_some()
        {
            continue;
        }
        let ours = assigned
            .iter()
            .flatten()
            .any(|assigned| assigned.number == *number);
        if !ours && visma_ships(life) {
            // What is not confirmed is not invoiced; what is, comes on the next invoice with the others (`facts/visma` 16).
            if shipment.status.has_left() {
                return Busy::ByUntold;
            }
            continue;
        }
        if !ours {
            return Busy::ByStranger;
        }
        busy = Busy::ByEarlier;
    }
    busy
}

/// A line as it stands, for a change of one thing of it.
pub(super) fn as_stored(life: &Life<'_>, line: &BookedLine) -> LineDraft {
    let planned = life
        .booked
        .document
        .draft
        .lines
        .iter()
        .find(|planned| Some(planned.link.as_str()) == line.link.as_deref());
    LineDraft {
        link: line.link.clone().unwrap_or_default(),
        item: line.item.clone(),
        unit: planned.and_then(|planned| planned.unit.clone()),
        description: planned.map_or_else(
            || {
                life.components
                    .iter()
                    .find(|one| Some(one.link.as_str()) == line.link.as_deref())
                    .map_or_else(String::new, |one| one.title.clone())
            },
            |planned| planned.description.clone(),
        ),
        quantity: line.quantity,
        unit_price: line.unit_price,
        discount: line.discount,
        vat_category: line.vat_category.clone().unwrap_or_default(),
        account: planned.and_then(|planned| planned.account.clone()),
        subaccount: planned.and_then(|planned| planned.subaccount.clone()),
        warehouse: line.warehouse.clone(),
        operation: None,
        invoice: None,
    }
}
