//! Lines of an order: added, changed, deleted; and the order deleted.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::check::Precision;
use super::problem::{self, Detail};
use super::{SalesOrder, check, precondition, returns, save};
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::{self, sales_order};
use crate::visma::shipping;
use crate::visma::world::World;

/// Puts new lines at the end of an order.
pub(super) fn append(
    world: &World,
    order: &mut SalesOrder,
    inputs: &[Value],
    name: &str,
    details: &mut Vec<Detail>,
) {
    let mut sorts = BTreeSet::new();
    for (index, input) in inputs.iter().enumerate() {
        let Some(input) = input.as_object() else {
            continue;
        };
        let place = format!("{name}[{index}]");
        if let Some(sort) = input.get("sortOrder").and_then(Value::as_i64)
            && !sorts.insert(sort)
        {
            details.push(Detail::new(
                "1816-SortOrderNbrIsNotUnique",
                format!("{place}.sortOrder"),
                "The SortOrder number provided is not unique in your request",
            ));
        }
        if let Some(mut line) = check::line(
            &world.data,
            order,
            precision(world),
            None,
            input,
            &place,
            details,
        ) {
            returns::refer(world, order, &mut line, input, &place, details);
            line.id = order.next_line;
            order.next_line += 1;
            order.lines.push(line);
        }
    }
    resort(order);
}

fn precision(world: &World) -> Precision {
    Precision {
        price: world.config.price_decimals,
        quantity: world.config.quantity_decimals,
    }
}

/// Lines with a sort order come first, then the others by age; then they are numbered from 1.
fn resort(order: &mut SalesOrder) {
    order
        .lines
        .sort_by_key(|line| (if line.sort > 0 { line.sort } else { i32::MAX }, line.id));
    for (sort, line) in (1..).zip(&mut order.lines) {
        line.sort = sort;
    }
}

fn open_for_change(call: &Call, order: &SalesOrder) -> Result<(), Reply> {
    precondition(call, order)?;
    if order.is_editable() {
        Ok(())
    } else {
        Err(problem::refused(&[Detail::new(
            "0005-InvalidState",
            "status",
            format!("The order is {} and cannot be changed.", order.status),
        )]))
    }
}

/// `POST .../lines`.
pub(super) fn add(world: &mut World, call: &Call, mut order: SalesOrder) -> Reply {
    if let Err(reply) = open_for_change(call, &order) {
        return reply;
    }
    let body = match problem::read(call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let issues = shape::check(&body, sales_order::ADD_LINES);
    if !issues.is_empty() {
        return problem::misshapen(&issues);
    }
    let Some(inputs) = body
        .get("lines")
        .and_then(Value::as_array)
        .filter(|lines| !lines.is_empty())
    else {
        return problem::refused(&[Detail::new(
            "0001-EmptyNotAllowed",
            "lines",
            "There are no lines set to add",
        )]);
    };
    let mut details = Vec::new();
    append(world, &mut order, inputs, "lines", &mut details);
    if details.is_empty() {
        save(world, order)
    } else {
        problem::refused(&details)
    }
}

/// `PATCH .../lines`: by `lineId`; the item of a line cannot change.
pub(super) fn patch(world: &mut World, call: &Call, mut order: SalesOrder) -> Reply {
    if let Err(reply) = open_for_change(call, &order) {
        return reply;
    }
    let body = match problem::read(call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let issues = shape::check(&body, sales_order::PATCH_LINES);
    if !issues.is_empty() {
        return problem::misshapen(&issues);
    }
    // The text is the real one (`facts/visma 7`).
    let Some(inputs) = body
        .get("lines")
        .and_then(Value::as_array)
        .filter(|lines| !lines.is_empty())
    else {
        return problem::refused(&[Detail::new(
            "0001-EmptyNotAllowed",
            "lines",
            "There are no lines set to patch",
        )]);
    };
    let mut details = Vec::new();
    if inputs.len() > order.lines.len() {
        details.push(Detail::new(
            "1813-InputLinesExceedExistingLinesCount",
            "lines",
            "The number of provided lines exceed existing sales order lines",
        ));
    }
    let mut seen = BTreeSet::new();
    for (index, input) in inputs.iter().enumerate() {
        let place = format!("lines[{index}]");
        let Some(input) = input.as_object() else {
            continue;
        };
        let id = input
            .get("lineId")
            .and_then(Value::as_i64)
            .and_then(|id| i32::try_from(id).ok())
            .unwrap_or_default();
        if !seen.insert(id) {
            details.push(Detail::new(
                "1817-LineIdIsNotUnique",
                format!("{place}.lineId"),
                "The LineId provided is not unique in your request",
            ));
            continue;
        }
        let Some(at) = order.lines.iter().position(|line| line.id == id) else {
            details.push(Detail::new(
                "0200-LineIdDoesNotExist",
                format!("{place}.lineId"),
                format!(" Line Id {id}. Line with provided Id does not exists in the order"),
            ));
            continue;
        };
        if let Some(completed) = input.get("completed").and_then(Value::as_bool) {
            if input
                .iter()
                .any(|(name, value)| name != "lineId" && name != "completed" && !value.is_null())
            {
                details.push(Detail::new(
                    "0004-ValueNotAllowed",
                    format!("{place}.completed"),
                    "completed is the only operation that can be performed on the line",
                ));
            }
            order.lines[at].completed = completed;
            continue;
        }
        if order.lines[at].completed {
            details.push(Detail::new(
                "1810-LineAlreadyCompleted",
                format!("{place}.lineId"),
                "Line is marked as completed. Patch operation can not be done on completed lines.",
            ));
            continue;
        }
        let before = order.lines[at].clone();
        if let Some(mut line) = check::line(
            &world.data,
            &order,
            precision(world),
            Some(&before),
            input,
            &place,
            &mut details,
        ) {
            returns::refer(world, &order, &mut line, input, &place, &mut details);
            order.lines[at] = line;
        }
    }
    resort(&mut order);
    if details.is_empty() {
        after_shipping(world, &mut order);
        save(world, order)
    } else {
        problem::refused(&details)
    }
}

/// Of a partly shipped order: a line whose ordered quantity becomes the shipped one is complete, and so may be the order.
fn after_shipping(world: &World, order: &mut SalesOrder) {
    if order.status == "BackOrder" {
        shipping::settle(world, order);
    }
}

/// `DELETE .../lines?ids=1&ids=2`.
pub(super) fn delete(world: &mut World, call: &Call, mut order: SalesOrder) -> Reply {
    if let Err(reply) = open_for_change(call, &order) {
        return reply;
    }
    let ids: Option<Vec<i32>> = call.params("ids").map(|id| id.parse().ok()).collect();
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else {
        return problem::refused(&[Detail::new(
            "0003-InvalidValue",
            "ids",
            "ids must be line numbers",
        )]);
    };
    let mut details = Vec::new();
    for id in ids {
        match order.lines.iter().position(|line| line.id == id) {
            None => details.push(Detail::new(
                "0200-LineIdDoesNotExist",
                "ids",
                format!(" Line Id {id}. Line with provided Id does not exists in the order"),
            )),
            Some(at) if order.lines[at].shipped > Decimal::ZERO => {
                details.push(Detail::new(
                    "1823-DeleteLineWhichIsAlreadyShipped",
                    "ids",
                    "Cannot delete line that has been shipped",
                ));
            }
            Some(at) => {
                order.lines.remove(at);
            }
        }
    }
    resort(&mut order);
    if details.is_empty() {
        after_shipping(world, &mut order);
        save(world, order)
    } else {
        problem::refused(&details)
    }
}

/// `DELETE` of the whole order: only while no line was shipped.
pub(super) fn delete_order(world: &mut World, call: &Call, order: &SalesOrder) -> Reply {
    if let Err(reply) = precondition(call, order) {
        return reply;
    }
    if order.lines.iter().any(|line| line.shipped > Decimal::ZERO) {
        return problem::refused(&[Detail::new(
            "1825-DeleteSalesOrderWithShippedLines",
            "orderId",
            "Cannot delete order containing lines that have been shipped",
        )]);
    }
    world.drop_order(&order.key());
    Reply::empty(202)
}
