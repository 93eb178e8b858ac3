//! `PATCH` of an order's head: either its status alone, or other fields.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::problem::{self, Detail};
use super::{SalesOrder, check, precondition, save};
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::{self, sales_order};
use crate::visma::world::World;

/// Parts that are merged into what is there.
const MERGED: [&str; 11] = [
    "shipping",
    "billing",
    "financialInformation",
    "paymentSettings",
    "customFields",
    "print",
    "freight",
    "ownerId",
    "salesPersonId",
    "projectId",
    "useReplacementCostForMarginAndProfit",
];

pub(super) fn head(world: &mut World, call: &Call, mut order: SalesOrder) -> Reply {
    if let Err(reply) = precondition(call, &order) {
        return reply;
    }
    let body = match problem::read(call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let issues = shape::check(&body, sales_order::PATCH_ORDER);
    let (true, Some(body)) = (issues.is_empty(), body.as_object()) else {
        return problem::misshapen(&issues);
    };

    if let Some(status) = check::text(body, "status") {
        if body
            .iter()
            .any(|(name, value)| name != "status" && !value.is_null())
        {
            return problem::refused(&[Detail::new(
                "0004-ValueNotAllowed",
                "status",
                "When status is set, no other fields may be patched in the same call",
            )]);
        }
        return set_status(world, order, status);
    }
    let dated_only = is_invoice_date(body) && awaits_invoice(&order);
    if !order.is_editable() && !dated_only {
        return problem::refused(&[Detail::new(
            "0005-InvalidState",
            "status",
            format!("The order is {} and cannot be changed.", order.status),
        )]);
    }
    apply(&mut order, body);
    let mut details = Vec::new();
    check::customer(world, &order, &mut details);
    check::head(&world.data, &order, &mut details);
    if details.is_empty() {
        save(world, order)
    } else {
        problem::refused(&details)
    }
}

/// Does it change nothing but when and how the next invoice is dated.
fn is_invoice_date(body: &Map<String, Value>) -> bool {
    let mut given = body.iter().filter(|(_, value)| !value.is_null());
    given.all(|(name, _)| name == "financialInformation")
}

/// The date of the next invoice can be set until there is one (`booking-rules 6`). Up to which status the real one takes it is not known.
fn awaits_invoice(order: &SalesOrder) -> bool {
    matches!(order.status.as_str(), "Shipping" | "Completed")
}

fn set_status(world: &mut World, mut order: SalesOrder, status: &str) -> Reply {
    let known = ["Open", "Hold", "BackOrder", "Cancelled", "Completed"];
    if !known.contains(&status) {
        return problem::refused(&[Detail::new(
            "0003-InvalidValue",
            "status",
            format!("'{status}' must be one of {}", known.join(", ")),
        )]);
    }
    // A done or cancelled order can only be opened again.
    let allowed = match order.status.as_str() {
        "Open" | "Hold" | "BackOrder" | "CreditHold" | "PendingApproval" => true,
        "Cancelled" | "Completed" => matches!(status, "Open" | "Hold") || status == order.status,
        _ => false,
    };
    if !allowed {
        return problem::refused(&[Detail::new(
            "0005-InvalidState",
            "status",
            format!("An order that is {} cannot become {status}.", order.status),
        )]);
    }
    // What is on a shipment has to be taken off it before (`booking-rules 3`).
    if status == "Cancelled" && order.lines.iter().any(|line| line.shipped > Decimal::ZERO) {
        return problem::refused(&[Detail::new(
            "0005-InvalidState",
            "status",
            "An order with lines on shipments cannot be cancelled.",
        )]);
    }
    status.clone_into(&mut order.status);
    save(world, order)
}

fn apply(order: &mut SalesOrder, body: &Map<String, Value>) {
    let set = |field: &mut Option<String>, map: &Map<String, Value>, name: &str| {
        if let Some(text) = map.get(name).and_then(Value::as_str) {
            *field = (!text.is_empty()).then(|| text.to_owned());
        }
    };
    if let Some(date) = check::date(body, "date") {
        order.date = date;
    }
    if let Some(date) = check::date(body, "requestOn") {
        order.request_on = date;
    }
    if let Some(date) = check::date(body, "cancelBy") {
        order.cancel_by = Some(date);
    }
    if let Some(currency) = check::text(body, "currencyId") {
        currency.clone_into(&mut order.currency);
    }
    if let Some(branch) = check::text(body, "branchId") {
        branch.clone_into(&mut order.branch);
    }
    set(&mut order.description, body, "description");
    set(&mut order.note, body, "note");
    set(&mut order.tax_zone, body, "taxZoneId");
    if let Some(customer) = body.get("customer").and_then(Value::as_object) {
        if let Some(id) = check::text(customer, "id") {
            id.clone_into(&mut order.customer);
        }
        set(&mut order.customer_order, customer, "order");
        set(&mut order.ref_no, customer, "refNo");
        set(&mut order.terms, customer, "termsId");
    }
    for name in MERGED {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            merge(order.parts.entry(name).or_insert(Value::Null), value);
        }
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from.iter().filter(|(_, value)| !value.is_null()) {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
