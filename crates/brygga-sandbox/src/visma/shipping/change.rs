//! `PUT /v1/shipment/{number}` and `deleteLine`: quantities before the goods leave (`booking-rules 6`).

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{Package, Shipment, Status, create, settle, view};
use crate::visma::amounts::{decimal, round};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::orders::SalesOrder;
use crate::visma::shape::{
    self,
    shipment::{DELETE_LINE, UPDATE},
};
use crate::visma::world::World;

/// Fields of the head that change nothing here and come back as they are.
const KEPT: [&str; 11] = [
    "note",
    "customStr1",
    "customStr2",
    "customStr3",
    "customStr4",
    "customStr5",
    "customDec1",
    "customDec2",
    "customInt1",
    "customInt2",
    "customDateTimeUTC1",
];

pub(super) fn update(world: &mut World, call: &Call, number: &str) -> Reply {
    let Some(mut shipment) = world.shipments.get(number).cloned() else {
        return answer::not_found(world, "shipment", number);
    };
    // If-Match is optional here (`facts/visma 3`).
    if call
        .header("if-match")
        .is_some_and(|wanted| wanted.trim_matches('"') != view::stamp(&shipment))
    {
        return answer::error(
            world,
            412,
            "Shipment version does not match with If-Match header.",
        );
    }
    let dto = "ShipmentUpdateDto";
    let Some(body) = call.json() else {
        return answer::not_recognized(world, dto, "no JSON");
    };
    if let Some(issue) = shape::check(&body, UPDATE).first() {
        return answer::not_recognized(world, dto, &issue.path);
    }
    let body = answer::object(body);
    if !shipment.is_open() {
        return failed(world, "updating", "Only an open shipment can be changed.");
    }
    let Some(mut order) = world.orders.get(&shipment.order).cloned() else {
        return failed(world, "updating", "The order of the shipment is gone.");
    };
    let changed = head(&mut shipment, &body)
        .and_then(|()| {
            lines(
                world,
                &mut shipment,
                &mut order,
                body.get("shipmentDetailLines"),
            )
        })
        .and_then(|()| packages(&mut shipment, body.get("shipmentPackageLines")));
    if let Err(text) = changed {
        return failed(world, "updating", &text);
    }
    let etag = view::etag(world.put_shipment(shipment));
    settle(world, &mut order);
    world.put_order(order);
    Reply::empty(204).with("etag", etag)
}

fn failed(world: &World, doing: &str, text: &str) -> Reply {
    answer::error(
        world,
        400,
        &format!("Error {doing} shipment. Error: {text}"),
    )
}

/// The value inside `{"name": {"value": x}}`.
fn wrapped<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name)?
        .get("value")
        .filter(|value| !value.is_null())
}

fn head(shipment: &mut Shipment, body: &Map<String, Value>) -> Result<(), String> {
    if let Some(text) = wrapped(body, "shipmentDate").and_then(Value::as_str) {
        shipment.date = moment::erp_day(text).ok_or("The shipment date is not valid.")?;
    }
    if let Some(hold) = wrapped(body, "hold").and_then(Value::as_bool) {
        shipment.status = if hold { Status::Hold } else { Status::Open };
    }
    for (name, now) in [
        ("customer", shipment.customer.as_str()),
        ("operation", shipment.operation),
        ("shipmentType", "Issue"),
        ("fromWarehouse", shipment.warehouse.as_str()),
    ] {
        if let Some(other) = wrapped(body, name)
            .and_then(Value::as_str)
            .filter(|text| *text != now)
        {
            return Err(format!(
                "{name} '{other}': a shipment with lines cannot get another one."
            ));
        }
    }
    if let Some(id) = wrapped(body, "shipVia").and_then(Value::as_str) {
        shipment.ship_via = Some((id.to_owned(), None));
    }
    for name in KEPT {
        if let Some(value) = wrapped(body, name) {
            shipment.kept.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// Sets or deletes lines; each of them has its word and its number.
fn lines(
    world: &World,
    shipment: &mut Shipment,
    order: &mut SalesOrder,
    inputs: Option<&Value>,
) -> Result<(), String> {
    for input in inputs.and_then(Value::as_array).into_iter().flatten() {
        let Some(input) = input.as_object() else {
            continue;
        };
        let operation = input
            .get("operation")
            .and_then(Value::as_str)
            .unwrap_or("Update");
        if operation == "Insert" {
            return Err("A line is added by the action addSOLine.".to_owned());
        }
        let number = wrapped(input, "lineNumber").and_then(Value::as_i64);
        let Some(at) = shipment
            .lines
            .iter()
            .position(|line| Some(i64::from(line.number)) == number)
        else {
            return Err(format!(
                "The line {} cannot be found in the shipment.",
                number.unwrap_or_default()
            ));
        };
        if operation == "Delete" {
            let gone = shipment.lines.remove(at);
            give_back(order, gone.order_line, gone.shipped);
            continue;
        }
        if let Some(note) = wrapped(input, "note").and_then(Value::as_str) {
            shipment.lines[at].note = Some(note.to_owned());
        }
        if let Some(text) = wrapped(input, "description").and_then(Value::as_str) {
            text.clone_into(&mut shipment.lines[at].description);
        }
        if let Some(units) = wrapped(input, "shippedQty").and_then(decimal) {
            let units = round(units, world.config.quantity_decimals);
            set_units(world, shipment, order, at, units)?;
        }
    }
    Ok(())
}

/// Sets, adds or takes away boxes; a new one names its kind (`PackageDetailLineUpdateDto`).
fn packages(shipment: &mut Shipment, inputs: Option<&Value>) -> Result<(), String> {
    for input in inputs.and_then(Value::as_array).into_iter().flatten() {
        let Some(input) = input.as_object() else {
            continue;
        };
        let operation = input
            .get("operation")
            .and_then(Value::as_str)
            .unwrap_or("Update");
        let text = |name: &str| wrapped(input, name).and_then(Value::as_str);
        if operation == "Insert" {
            let box_id = text("boxId").ok_or("'Box ID' cannot be empty.")?.to_owned();
            let last = shipment.packages.iter().map(|package| package.number).max();
            shipment.packages.push(Package {
                number: last.unwrap_or(0) + 1,
                box_id,
                tracking: text("trackingNumber").map(str::to_owned),
                description: text("description").map(str::to_owned),
            });
            continue;
        }
        let number = wrapped(input, "lineNumber").and_then(Value::as_i64);
        let at = shipment
            .packages
            .iter()
            .position(|package| Some(i64::from(package.number)) == number)
            .ok_or("The package cannot be found in the shipment.")?;
        if operation == "Delete" {
            shipment.packages.remove(at);
            continue;
        }
        let package = &mut shipment.packages[at];
        if let Some(tracking) = text("trackingNumber") {
            package.tracking = Some(tracking.to_owned());
        }
        if let Some(description) = text("description") {
            package.description = Some(description.to_owned());
        }
    }
    Ok(())
}

fn set_units(
    world: &World,
    shipment: &mut Shipment,
    order: &mut SalesOrder,
    at: usize,
    units: Decimal,
) -> Result<(), String> {
    let line = &shipment.lines[at];
    if units < Decimal::ZERO {
        return Err("Shipped Qty. cannot be negative.".to_owned());
    }
    let ordered = order
        .lines
        .iter()
        .find(|ordered| ordered.id == line.order_line);
    // Nobody set up a threshold for shipping more than was ordered.
    let open = ordered.map_or(Decimal::ZERO, |ordered| {
        ordered.quantity - ordered.shipped + line.shipped
    });
    if units > open {
        return Err(format!(
            "The quantity {units} of item '{}' exceeds the open quantity {open} of the order.",
            line.item
        ));
    }
    if line.is_stock && shipment.operation == "Issue" && units > line.shipped {
        // As the order is stored: what it has allocated is reckoned from there, too.
        let stored_order = world.orders.get(&shipment.order).unwrap_or(order);
        let free = create::free_stock(world, stored_order, &shipment.warehouse);
        let place = (line.item.clone(), shipment.warehouse.clone());
        let other: Decimal = shipment
            .lines
            .iter()
            .filter(|other| other.item == line.item)
            .map(|other| other.shipped * other.holds)
            .sum();
        let stored = world
            .shipments
            .get(&shipment.number)
            .map_or(Decimal::ZERO, |stored| {
                stored
                    .lines
                    .iter()
                    .filter(|other| other.item == line.item)
                    .map(|other| other.shipped * other.holds)
                    .sum()
            });
        // What the stored shipment holds of the item is this shipment's own.
        let left = free.get(&place).copied().unwrap_or_default() + stored;
        if other + (units - line.shipped) * line.holds > left {
            return Err(format!(
                "Insufficient quantity of item '{}' in warehouse '{}'.",
                line.item, shipment.warehouse
            ));
        }
    }
    let (order_line, before) = (line.order_line, line.shipped);
    give_back(order, order_line, before - units);
    shipment.lines[at].shipped = units;
    Ok(())
}

/// Units that are on the shipment no more.
fn give_back(order: &mut SalesOrder, line: i32, units: Decimal) {
    for line in order.lines.iter_mut().filter(|known| known.id == line) {
        line.shipped -= units;
    }
}

/// `POST .../action/deleteLine/{lineNumber}`: with `deleteSOLine`, the order's line goes, too.
pub(super) fn delete_line(
    world: &mut World,
    call: &Call,
    mut shipment: Shipment,
    line: &str,
) -> Reply {
    let dto = "ShipmentUpdateDeleteLineDto";
    let Some(body) = call.json() else {
        return answer::not_recognized(world, dto, "no JSON");
    };
    if let Some(issue) = shape::check(&body, DELETE_LINE).first() {
        return answer::not_recognized(world, dto, &issue.path);
    }
    if !shipment.is_open() {
        return failed(world, "updating", "Only an open shipment can be changed.");
    }
    let Some(at) = shipment
        .lines
        .iter()
        .position(|known| known.number.to_string() == line)
    else {
        return answer::not_found(world, "shipment line", line);
    };
    let Some(mut order) = world.orders.get(&shipment.order).cloned() else {
        return failed(world, "updating", "The order of the shipment is gone.");
    };
    let gone = shipment.lines.remove(at);
    give_back(&mut order, gone.order_line, gone.shipped);
    let with_order_line = body
        .pointer("/deleteSOLine/value")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    if with_order_line {
        order
            .lines
            .retain(|line| line.id != gone.order_line || line.shipped > Decimal::ZERO);
    }
    let etag = view::etag(world.put_shipment(shipment));
    settle(world, &mut order);
    world.put_order(order);
    Reply::empty(204).with("etag", etag)
}
