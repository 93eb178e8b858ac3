//! What the warehouse does where Visma.net ships: it sends orders whole or in parts, and sticks labels on the boxes
//! (`booking-rules` 6; `PackageDetailLineDto.trackingNumber`, `ShipmentDto.shipVia` of the specification).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Package, Request, ShipmentAction, act, create, settle};
use crate::visma::world::World;

/// The only kind of box here.
const BOX: &str = "ESKE";

/// What the warehouse sends.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) order: (String, String),
    pub(crate) warehouse: String,
    pub(crate) date: NaiveDate,
    /// Units per line number of the order; all that is open when empty.
    pub(crate) lines: Vec<(i32, Decimal)>,
    pub(crate) tracking: Vec<String>,
    pub(crate) carrier: Option<String>,
    pub(crate) confirm: bool,
}

/// Makes a shipment of a part of an order, as the warehouse does; its number. A refusal leaves everything as it was.
pub(crate) fn ship(world: &mut World, part: &Part) -> Result<String, String> {
    let request = Request {
        order: part.order.clone(),
        date: part.date,
        warehouse: part.warehouse.clone(),
        operation: None,
        without_stock: false,
    };
    let number = create(world, &request).map_err(|refusal| refusal.text)?;
    let result = fit(world, &number, part);
    if result.is_err() {
        act(world, &number, ShipmentAction::Cancel)?;
    }
    result.map(|()| number)
}

fn fit(world: &mut World, number: &str, part: &Part) -> Result<(), String> {
    if !part.lines.is_empty() {
        let (Some(mut shipment), Some(mut order)) = (
            world.shipments.get(number).cloned(),
            world.orders.get(&part.order).cloned(),
        ) else {
            return Err("The shipment is gone.".to_owned());
        };
        for line in &mut shipment.lines {
            let wanted = part
                .lines
                .iter()
                .find(|(known, _)| *known == line.order_line)
                .map_or(Decimal::ZERO, |(_, units)| *units);
            if wanted > line.shipped {
                return Err(format!(
                    "Insufficient quantity of item '{}' in warehouse '{}'.",
                    line.item, shipment.warehouse
                ));
            }
            let back = line.shipped - wanted;
            for ordered in order
                .lines
                .iter_mut()
                .filter(|ordered| ordered.id == line.order_line)
            {
                ordered.shipped -= back;
            }
            line.shipped = wanted;
        }
        shipment.lines.retain(|line| line.shipped > Decimal::ZERO);
        world.put_shipment(shipment);
        settle(world, &mut order);
        world.put_order(order);
    }
    track(world, number, &part.tracking, part.carrier.as_deref())?;
    if part.confirm {
        act(world, number, ShipmentAction::Confirm)?;
    }
    Ok(())
}

/// Sticks labels on the boxes: one box for each number, in place of those that were there. The carrier stays where none is named.
pub(crate) fn track(
    world: &mut World,
    number: &str,
    tracking: &[String],
    carrier: Option<&str>,
) -> Result<(), String> {
    let mut shipment = world
        .shipments
        .get(number)
        .cloned()
        .ok_or_else(|| format!("'{number}' cannot be found in the system."))?;
    shipment.packages = tracking
        .iter()
        .zip(1..)
        .map(|(tracking, number)| Package {
            number,
            box_id: BOX.to_owned(),
            tracking: Some(tracking.clone()),
            description: None,
        })
        .collect();
    if let Some(carrier) = carrier {
        let id = carrier.to_uppercase().replace(' ', "");
        shipment.ship_via = Some((id, Some(carrier.to_owned())));
    }
    world.put_shipment(shipment);
    Ok(())
}
