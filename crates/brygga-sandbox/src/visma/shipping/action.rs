//! `confirmShipment`, `correctShipment`, `cancelShipment`: what they do to the shipment, its order and the stock.

use rust_decimal::Decimal;

use super::{Shipment, Status, settle};
use crate::visma::stock::{MovementKind, places};
use crate::visma::world::World;

/// The goods have left, or have come back: stock moves (`booking-rules 6, 8`).
pub(super) fn confirm(world: &mut World, mut shipment: Shipment) -> Result<(), String> {
    match shipment.status {
        Status::Open => {}
        Status::Hold => return Err("The shipment is on hold.".to_owned()),
        Status::Confirmed => return Err("The shipment is confirmed already.".to_owned()),
        Status::Cancelled => return Err("The shipment is cancelled.".to_owned()),
    }
    if shipment.units().is_zero() {
        return Err(format!(
            "Unable to confirm zero shipment {}.",
            shipment.number
        ));
    }
    let out = shipment.operation == "Issue";
    let moves: Vec<_> = places(&shipment)
        .filter(|(_, units)| !units.is_zero())
        .map(|(place, units)| (place, if out { -units } else { units }))
        .collect();
    if out {
        never_below_zero(world, &moves)?;
    }
    if !moves.is_empty() {
        let kind = if out {
            MovementKind::Issue
        } else {
            MovementKind::Receipt
        };
        shipment.moved = Some(world.move_stock(kind, shipment.date, moves));
    }
    let Some(mut order) = world.orders.get(&shipment.order).cloned() else {
        return Err("The order of the shipment is gone.".to_owned());
    };
    for shipped in &shipment.lines {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| line.id == shipped.order_line)
        {
            line.confirmed += shipped.shipped;
            // What this rule does not ship now is never shipped (`facts/visma 7`).
            if line.rest.get("shippingRule").and_then(|rule| rule.as_str())
                == Some("CancelRemainder")
            {
                line.completed = true;
            }
        }
    }
    shipment.status = Status::Confirmed;
    world.put_shipment(shipment);
    settle(world, &mut order);
    world.put_order(order);
    Ok(())
}

/// A confirmed shipment that is not invoiced is opened again, and its stock comes back.
pub(super) fn correct(world: &mut World, mut shipment: Shipment) -> Result<(), String> {
    if shipment.status != Status::Confirmed {
        return Err("Only a confirmed shipment can be corrected.".to_owned());
    }
    if shipment.invoiced(world).is_some() {
        return Err("The shipment is invoiced and cannot be corrected.".to_owned());
    }
    let out = shipment.operation == "Issue";
    let moves: Vec<_> = places(&shipment)
        .filter(|(_, units)| !units.is_zero())
        .map(|(place, units)| (place, if out { units } else { -units }))
        .collect();
    never_below_zero(world, &moves)?;
    let Some(mut order) = world.orders.get(&shipment.order).cloned() else {
        return Err("The order of the shipment is gone.".to_owned());
    };
    if order.status == "Cancelled" {
        return Err("The order of the shipment is cancelled.".to_owned());
    }
    if shipment.moved.take().is_some() {
        let kind = if out {
            MovementKind::Receipt
        } else {
            MovementKind::Issue
        };
        world.move_stock(kind, shipment.date, moves);
    }
    for shipped in &shipment.lines {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| line.id == shipped.order_line)
        {
            line.confirmed -= shipped.shipped;
            line.completed = false;
        }
    }
    shipment.status = Status::Open;
    shipment.invoice = None;
    world.put_shipment(shipment);
    settle(world, &mut order);
    world.put_order(order);
    Ok(())
}

/// An open shipment is taken away; the order's lines are open again.
pub(super) fn cancel(world: &mut World, mut shipment: Shipment) -> Result<(), String> {
    if !shipment.is_open() {
        return Err("Only an open shipment can be cancelled.".to_owned());
    }
    shipment.status = Status::Cancelled;
    let order = world.orders.get(&shipment.order).cloned();
    let lines = shipment.lines.clone();
    world.put_shipment(shipment);
    if let Some(mut order) = order {
        for shipped in &lines {
            for line in order
                .lines
                .iter_mut()
                .filter(|line| line.id == shipped.order_line)
            {
                line.shipped = (line.shipped - shipped.shipped).max(Decimal::ZERO);
            }
        }
        settle(world, &mut order);
        world.put_order(order);
    }
    Ok(())
}

/// No warehouse holds less than nothing.
pub(super) fn never_below_zero(
    world: &World,
    moves: &[((String, String), Decimal)],
) -> Result<(), String> {
    let mut sums = std::collections::BTreeMap::new();
    for (place, units) in moves {
        *sums.entry(place).or_insert(Decimal::ZERO) += *units;
    }
    for ((item, warehouse), units) in sums {
        if units < Decimal::ZERO && world.on_hand(item, warehouse) + units < Decimal::ZERO {
            return Err(format!(
                "Updating data for Inventory item '{item}' at Warehouse '{warehouse}' would result in a negative quantity on hand."
            ));
        }
    }
    Ok(())
}
