//! `createShipment`: what an order has open, by its shipping rules; it takes no quantities (`facts/visma 16`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Shipment, ShipmentLine, Status, settle, view};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::orders::{Line, SalesOrder};
use crate::visma::shape::{self, shipment::CREATE};
use crate::visma::stock::Place;
use crate::visma::world::World;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) order: (String, String),
    pub(crate) date: NaiveDate,
    pub(crate) warehouse: String,
    /// `Issue` or `Receipt`; the order type's own when absent.
    pub(crate) operation: Option<&'static str>,
    /// People may put what is not there on a shipment, too.
    pub(crate) without_stock: bool,
}

/// Why there is no shipment. The words are the ERP's; the status is the specification's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoShipment {
    pub(crate) status: u16,
    pub(crate) text: String,
}

fn no(status: u16, text: impl Into<String>) -> NoShipment {
    NoShipment {
        status,
        text: text.into(),
    }
}

/// `POST /v1 and /v2/salesorder/{number}/action/createShipment`: v1 answers 200 with the number, v2 204 without.
pub(crate) fn serve(world: &mut World, call: &Call, version: &str, number: &str) -> Reply {
    let dto = "CreateShipmentActionDto";
    let Some(body) = call.json() else {
        return answer::not_recognized(world, dto, "no JSON");
    };
    if let Some(issue) = shape::check(&body, CREATE).first() {
        return answer::not_recognized(world, dto, &issue.path);
    }
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
    let failed = |world: &World, status: u16, text: &str| {
        answer::error(
            world,
            status,
            &format!("Error creating shipment. Error: {text}"),
        )
    };
    let operation = match text("operation") {
        None | Some("") => None,
        Some("I") => Some("Issue"),
        Some("R") => Some("Receipt"),
        Some(other) => {
            return failed(world, 400, &format!("Operation '{other}' is not valid."));
        }
    };
    let Some(date) = text("shipmentDate").and_then(moment::erp_day) else {
        return answer::not_recognized(world, dto, "shipmentDate");
    };
    let request = Request {
        order: (
            text("orderType").unwrap_or_default().to_owned(),
            number.to_owned(),
        ),
        date,
        warehouse: text("shipmentWarehouse").unwrap_or_default().to_owned(),
        operation,
        without_stock: false,
    };
    match create(world, &request) {
        Err(refusal) => failed(world, refusal.status, &refusal.text),
        Ok(_) if version == "v2" => Reply::empty(204),
        Ok(made) => {
            let mut result = answer::object(answer::action(world, "Done"));
            result.insert("referenceNumber".to_owned(), made.clone().into());
            let wanted = body
                .get("returnShipmentDto")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(false);
            if let Some(shipment) = world.shipments.get(&made).filter(|_| wanted) {
                result.insert("shipmentDto".to_owned(), view::dto(world, shipment).into());
            }
            Reply::json(result.into())
        }
    }
}

/// Makes the shipment; gives back its number.
pub(crate) fn create(world: &mut World, request: &Request) -> Result<String, NoShipment> {
    let (kind, id) = &request.order;
    let Some(mut order) = world.orders.get(&request.order).cloned() else {
        return Err(no(
            404,
            format!("'{kind} {id}' cannot be found in the system."),
        ));
    };
    if !crate::visma::data::has(&world.data.warehouses, &request.warehouse) {
        return Err(no(
            400,
            format!(
                "Warehouse '{}' cannot be found in the system.",
                request.warehouse
            ),
        ));
    }
    if !matches!(order.status.as_str(), "Open" | "BackOrder" | "Shipping") {
        return Err(no(
            400,
            format!(
                "The order {kind} {id} has the status {} and cannot be shipped.",
                order.status
            ),
        ));
    }
    let order_type = world
        .data
        .order_type(kind)
        .ok_or_else(|| no(400, "The order type is not active."))?;
    // Orders of behaviour Invoice and CreditMemo have no shipment step (`facts/visma 16`).
    if !order_type.ships() {
        return Err(no(
            400,
            format!("Orders of the type {kind} are not shipped."),
        ));
    }
    let operation = request.operation.unwrap_or(order_type.operation);
    if world
        .shipments_of(&order)
        .any(|shipment| shipment.is_open() && shipment.warehouse == request.warehouse)
    {
        return Err(no(
            400,
            format!("The order {kind} {id} has an open shipment already."),
        ));
    }

    let lines = chosen(world, &order, request, operation)?;
    let number = world.next_shipment_number();
    for shipped in &lines {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| line.id == shipped.order_line)
        {
            line.shipped += shipped.shipped;
        }
    }
    let shipment = Shipment {
        number: number.clone(),
        status: Status::Open,
        operation,
        date: request.date,
        customer: order.customer.clone(),
        currency: order.currency.clone(),
        warehouse: request.warehouse.clone(),
        order: order.key(),
        lines,
        moved: None,
        invoice: None,
        packages: Vec::new(),
        ship_via: None,
        kept: serde_json::Map::new(),
        modified: world.now,
        version: 0,
        listed: Vec::new(),
    };
    world.put_shipment(shipment);
    settle(world, &mut order);
    world.put_order(order);
    Ok(number)
}

/// The lines of the shipment: what is open in this warehouse, as far as there is stock for it.
fn chosen(
    world: &World,
    order: &SalesOrder,
    request: &Request,
    operation: &'static str,
) -> Result<Vec<ShipmentLine>, NoShipment> {
    let (kind, id) = &request.order;
    let open: Vec<&Line> = order
        .lines
        .iter()
        .filter(|line| line.ships && !line.completed && line.operation == operation)
        .filter(|line| {
            line.warehouse
                .as_ref()
                .is_none_or(|at| *at == request.warehouse)
        })
        .filter(|line| line.quantity > line.shipped)
        .collect();
    if open.is_empty() {
        let doing = if operation == "Issue" {
            "shipment"
        } else {
            "receipt"
        };
        return Err(no(
            400,
            format!(
                "Order {kind} {id} does not contain any items planned for {doing} on '{}'.",
                request.date
            ),
        ));
    }
    let whole_order = order
        .part("shipping/rule")
        .and_then(serde_json::Value::as_str)
        == Some("ShipComplete");
    let mut free = free_stock(world, order, &request.warehouse);
    let mut lines = Vec::new();
    for line in open {
        let wanted = line.quantity - line.shipped;
        let is_stock = line.kind == "GoodsForInventory";
        let limited = is_stock && operation == "Issue" && !request.without_stock;
        let units = if limited {
            let left = free.get_mut(&(line.item.clone(), request.warehouse.clone()));
            let there = left.as_deref().copied().unwrap_or_default() / line.holds;
            let units = if there < wanted {
                there.floor()
            } else {
                wanted
            };
            if let Some(left) = left {
                *left -= units * line.holds;
            }
            units.max(Decimal::ZERO)
        } else {
            wanted
        };
        let complete = whole_order
            || line
                .rest
                .get("shippingRule")
                .and_then(serde_json::Value::as_str)
                == Some("ShipComplete");
        if complete && units < wanted {
            return Err(no(
                409,
                format!(
                    "Order {kind} {id} cannot be shipped in full. The shipping rule Ship Complete requires all items to be in stock."
                ),
            ));
        }
        if units.is_zero() {
            continue;
        }
        lines.push(ShipmentLine {
            number: i32::try_from(lines.len())
                .unwrap_or(i32::MAX)
                .saturating_add(1),
            order_line: line.id,
            item: line.item.clone(),
            is_stock,
            description: line.description.clone(),
            unit: line.unit.clone(),
            holds: line.holds,
            shipped: units,
            ordered: wanted,
            link: line.link.clone(),
            note: None,
        });
    }
    if lines.is_empty() {
        return Err(no(
            400,
            format!("Order {kind} {id} does not contain any available items."),
        ));
    }
    Ok(lines)
}

/// What can go out of a warehouse for this order: what the order itself has allocated is there for it.
pub(super) fn free_stock(
    world: &World,
    order: &SalesOrder,
    warehouse: &str,
) -> BTreeMap<Place, Decimal> {
    let taken = world.taken();
    let own = world
        .data
        .order_type(&order.order_type)
        .is_some_and(|kind| kind.allocates);
    let mut free = BTreeMap::new();
    for line in order.lines.iter().filter(|line| line.ships) {
        let place = (line.item.clone(), warehouse.to_owned());
        let left = free
            .entry(place.clone())
            .or_insert_with(|| world.figures(&place, &taken).for_shipment());
        let allocated = own && !line.completed && line.warehouse.as_deref() == Some(warehouse);
        if allocated {
            *left += (line.quantity - line.shipped).max(Decimal::ZERO) * line.holds;
        }
    }
    free
}
