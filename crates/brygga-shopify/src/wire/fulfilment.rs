use brygga_core::shop::{
    Fulfilment, FulfilmentLine, FulfilmentOrder, FulfilmentOrderLine, FulfilmentOrderStatus,
    Sending,
};

use super::node::{Node, Unreadable};
use super::refund::by_number;

/// Fulfilments that brought nothing on its way, or were taken back (`FulfillmentStatus`).
const FALLEN: &[&str] = &["CANCELLED", "FAILURE", "ERROR"];
/// Returns that never came to be (`ReturnStatus`).
const NO_RETURN: &[&str] = &["CANCELED", "DECLINED"];

/// The fulfilments that stand, oldest first. An order read before they were asked for has none.
pub(super) fn fulfilments(order: &Node<'_>) -> Result<Vec<Fulfilment>, Unreadable> {
    let mut found = Vec::new();
    for node in order.rows("fulfillments")?.unwrap_or_default() {
        let status = node.text("status")?;
        if FALLEN.contains(&status.as_str()) {
            continue;
        }
        found.push(Fulfilment {
            id: node.numeric_id()?,
            created_at: node.moment("createdAt")?,
            location_id: node
                .object("location")?
                .map(|location| location.numeric_id())
                .transpose()?,
            status,
            tracking: tracking(&node)?,
            lines: lines(&node)?,
        });
    }
    found.sort_by(|one, other| {
        one.created_at
            .cmp(&other.created_at)
            .then_with(|| by_number(&one.id, &other.id))
    });
    Ok(found)
}

/// How an order's sending stands: its fulfilment orders and fulfilments.
pub(super) fn sending(order: &Node<'_>) -> Result<Sending, Unreadable> {
    let mut orders = Vec::new();
    for node in order.list("fulfillmentOrders")? {
        let mut lines = Vec::new();
        for row in node.list("lineItems")? {
            lines.push(FulfilmentOrderLine {
                id: row.numeric_id()?,
                line_id: row.get("lineItem").numeric_id()?,
                remaining: row.count("remainingQuantity")?,
            });
        }
        let assigned = node.get("assignedLocation");
        orders.push(FulfilmentOrder {
            id: node.numeric_id()?,
            status: FulfilmentOrderStatus::from(node.text("status")?),
            location_id: assigned
                .object("location")?
                .map(|location| location.numeric_id())
                .transpose()?,
            lines,
        });
    }
    Ok(Sending {
        orders,
        fulfilments: fulfilments(order)?,
    })
}

fn tracking(node: &Node<'_>) -> Result<Vec<String>, Unreadable> {
    let mut numbers = Vec::new();
    for info in node.rows("trackingInfo")?.unwrap_or_default() {
        numbers.extend(info.filled("number")?);
    }
    Ok(numbers)
}

fn lines(node: &Node<'_>) -> Result<Vec<FulfilmentLine>, Unreadable> {
    let mut lines = Vec::new();
    for row in node.list("fulfillmentLineItems")? {
        let quantity = row.count("quantity")?;
        if quantity > 0 {
            lines.push(FulfilmentLine {
                line_id: row.get("lineItem").numeric_id()?,
                quantity,
            });
        }
    }
    Ok(lines)
}

/// Order lines that came with an exchange (`facts/shopify` R8). A shop whose returns may not be read shows none.
pub(super) fn exchange_lines(order: &Node<'_>) -> Result<Vec<String>, Unreadable> {
    let mut found = Vec::new();
    for node in order.rows("returns")?.unwrap_or_default() {
        if NO_RETURN.contains(&node.text("status")?.as_str()) {
            continue;
        }
        for exchanged in node.list("exchangeLineItems")? {
            for line in exchanged.rows("lineItems")?.unwrap_or_default() {
                let id = line.numeric_id()?;
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
    }
    found.sort_by(|one, other| by_number(one, other));
    Ok(found)
}
