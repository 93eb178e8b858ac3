//! `prepareInvoice`: what was confirmed becomes a Balanced invoice or credit note (`booking-rules 6, 12`, `facts/visma 16`).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::Status;
use super::action::never_below_zero;
use crate::visma::amounts::{decimal, round};
use crate::visma::data::ITEM_SHIPPING;
use crate::visma::erp::answer;
use crate::visma::exchange::Reply;
use crate::visma::ledger::{self, FromOrder, FromOrderLine, Kind};
use crate::visma::moment;
use crate::visma::orders::{Line, SalesOrder};
use crate::visma::stock::MovementKind;
use crate::visma::world::World;

/// `POST /v2/salesorder/{type}/{number}/action/prepareInvoice`: no body, 204.
pub(crate) fn serve(world: &mut World, order_type: &str, number: &str) -> Reply {
    let key = (order_type.to_owned(), number.to_owned());
    if !world.orders.contains_key(&key) {
        return answer::not_found(world, "sales order", &format!("{order_type} {number}"));
    }
    match prepare(world, &key) {
        Ok(_) => Reply::empty(204),
        Err(text) => answer::error(
            world,
            400,
            &format!("Error preparing invoice. Error: {text}"),
        ),
    }
}

/// Makes the document; gives back its number.
///
/// All shipments that are confirmed and not invoiced yet come on one document: `invoiceSeparately` parts orders, not shipments. What needs
/// no shipment comes on the first one (documented for the sister product, unverified here).
pub(crate) fn prepare(world: &mut World, key: &(String, String)) -> Result<String, String> {
    let (kind, id) = key;
    let mut order = world
        .orders
        .get(key)
        .cloned()
        .ok_or_else(|| format!("'{kind} {id}' cannot be found in the system."))?;
    let order_type = world
        .data
        .order_type(kind)
        .cloned()
        .ok_or("The order type is not active.")?;
    if !matches!(
        order.status.as_str(),
        "Open" | "BackOrder" | "Shipping" | "Completed" | "Invoiced"
    ) {
        return Err(format!(
            "The order {kind} {id} has the status {} and cannot be invoiced.",
            order.status
        ));
    }
    let shipped: Vec<String> = world
        .shipments_of(&order)
        .filter(|shipment| {
            shipment.status == Status::Confirmed && shipment.invoiced(world).is_none()
        })
        .map(|shipment| shipment.number.clone())
        .collect();
    let needs_shipment = order.lines.iter().any(|line| line.ships);
    if needs_shipment && shipped.is_empty() {
        return Err(format!(
            "There are no confirmed shipments of the order {kind} {id} to invoice."
        ));
    }

    let mut lines = shipped_lines(world, &order, &shipped);
    let direct: Vec<(i32, Decimal)> = order
        .lines
        .iter()
        .filter(|line| !line.ships)
        .map(|line| (line.id, line.quantity - world.billed(&order, line.id)))
        .filter(|(_, units)| !units.is_zero())
        .collect();
    for (line, units) in &direct {
        if let Some(line) = order.lines.iter().find(|known| known.id == *line) {
            lines.push(invoiced(world, &order, line, *units, None));
        }
    }
    lines.extend(freight(world, &order));
    if lines.is_empty() {
        return Err(format!("There is nothing to invoice on {kind} {id}."));
    }

    let credit = order_type.document == "CreditMemo";
    let date = order
        .part("financialInformation/invoiceDate")
        .and_then(Value::as_str)
        .and_then(moment::parse_utc)
        .map_or_else(|| ledger::today(world), moment::utc_day);
    // Orders of behaviour Invoice and CreditMemo move stock with their document, without a shipment (`facts/visma 16`).
    // An order whose first document was deleted has moved its stock already.
    let moved_before = order.status == "Invoiced";
    let moves: Vec<_> = direct
        .iter()
        .filter(|_| !moved_before)
        .filter_map(|(id, units)| {
            let line = order.lines.iter().find(|line| line.id == *id)?;
            let place = (line.item.clone(), line.warehouse.clone()?);
            let stock = line.kind == "GoodsForInventory";
            stock.then_some((place, if credit { *units } else { -*units }))
        })
        .collect();
    never_below_zero(world, &moves)?;

    let number = ledger::from_order(
        world,
        FromOrder {
            credit,
            order_type: kind.clone(),
            order_number: id.clone(),
            customer: order.customer.clone(),
            currency: order.currency.clone(),
            vat_zone: order.tax_zone.clone(),
            date,
            customer_order: order.customer_order.clone(),
            customer_ref: order.ref_no.clone(),
            branch: order.branch.clone(),
            lines,
        },
    )
    .map_err(|refusal| refusal.0)?;
    if !moves.is_empty() {
        let kind = if credit {
            MovementKind::Receipt
        } else {
            MovementKind::Issue
        };
        world.move_stock(kind, date, moves);
    }
    let document = if credit {
        Kind::CreditNote
    } else {
        Kind::Invoice
    };
    for shipment in shipped {
        if let Some(mut shipment) = world.shipments.get(&shipment).cloned() {
            shipment.invoice = Some((document, number.clone()));
            world.put_shipment(shipment);
        }
    }
    for (id, _) in direct {
        for line in order.lines.iter_mut().filter(|line| line.id == id) {
            line.completed = true;
        }
    }
    if !needs_shipment {
        "Invoiced".clone_into(&mut order.status);
    }
    world.put_order(order);
    Ok(number)
}

fn shipped_lines(world: &World, order: &SalesOrder, shipments: &[String]) -> Vec<FromOrderLine> {
    let mut lines = Vec::new();
    for number in shipments {
        let Some(shipment) = world.shipments.get(number) else {
            continue;
        };
        for shipped in shipment.lines.iter().filter(|line| !line.shipped.is_zero()) {
            if let Some(line) = order
                .lines
                .iter()
                .find(|line| line.id == shipped.order_line)
            {
                let number = Some(number.clone());
                lines.push(invoiced(world, order, line, shipped.shipped, number));
            }
        }
    }
    lines
}

/// One line of the document; of the discount it gets the share of its units, rounded.
fn invoiced(
    world: &World,
    order: &SalesOrder,
    line: &Line,
    units: Decimal,
    shipment: Option<String>,
) -> FromOrderLine {
    let decimals = world.data.decimals(&order.currency);
    let discount = if units == line.quantity || line.quantity.is_zero() {
        line.discount_amount
    } else {
        round(line.discount_amount * units / line.quantity, decimals)
    };
    FromOrderLine {
        order_line: line.id,
        shipment,
        item: line.item.clone(),
        account: Some(line.account.clone()),
        subaccount: line.subaccount(),
        description: line.description.clone(),
        unit: line.unit.clone(),
        quantity: units,
        unit_price: line.unit_price,
        discount,
        vat_category: line.category.clone(),
        warehouse: line.warehouse.clone(),
        external_link: line.link.clone(),
    }
}

/// The order's premium freight comes on the first document, here as a line of the freight item. How the real one shows it is not known.
fn freight(world: &World, order: &SalesOrder) -> Option<FromOrderLine> {
    let amount = order.part("freight/premiumAmount").and_then(decimal)?;
    let amount = round(amount, world.data.decimals(&order.currency));
    if amount.is_zero() || !world.billed(order, 0).is_zero() {
        return None;
    }
    let item = world.data.items.get(ITEM_SHIPPING)?;
    let category = order.part("freight/taxCategoryId").and_then(Value::as_str);
    Some(FromOrderLine {
        order_line: 0,
        shipment: None,
        item: item.number.clone(),
        account: None,
        subaccount: BTreeMap::new(),
        description: item.description.clone(),
        unit: item.sold_in().to_owned(),
        quantity: Decimal::ONE,
        unit_price: amount,
        discount: Decimal::ZERO,
        vat_category: category.map(str::to_owned),
        warehouse: None,
        external_link: None,
    })
}
