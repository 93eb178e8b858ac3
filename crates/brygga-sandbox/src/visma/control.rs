//! `/__control`: where tests look for duplicates and sums, and order faults; never the product.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::change::Change;
use super::exchange::{Call, Reply};
use super::ledger;
use super::orders::SalesOrder;
use super::serve::Shared;
use super::shipping;
use super::vat::TaxRow;
use super::world::World;
use crate::faults::FaultRule;

/// A sales order as the control page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderSnapshot {
    /// Type, such as `SO`.
    pub order_type: String,
    /// Number within the type.
    pub id: String,
    /// Status.
    pub status: String,
    /// Customer number.
    pub customer: String,
    /// `customer.order`.
    pub customer_order: Option<String>,
    /// `customer.refNo`.
    pub ref_no: Option<String>,
    /// `customFields.customStr1`.
    pub custom_str1: Option<String>,
    /// ISO currency of all amounts.
    pub currency: String,
    /// Order date.
    pub date: chrono::NaiveDate,
    /// VAT zone.
    pub tax_zone: Option<String>,
    /// Lines in their order.
    pub lines: Vec<LineSnapshot>,
    /// Sum of the lines, without VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT per VAT id.
    pub taxes: Vec<TaxRow>,
    /// VAT of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub tax_total: Decimal,
    /// Total with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
}

/// A line as the control page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineSnapshot {
    /// Line number.
    pub id: i32,
    /// Inventory number.
    pub item: String,
    /// `externalLink`.
    pub link: Option<String>,
    /// Text.
    pub description: String,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Price of one.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Discount of the line.
    #[serde(with = "rust_decimal::serde::str")]
    pub discount: Decimal,
    /// Price times quantity less discount.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT category.
    pub vat_category: Option<String>,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Sales account.
    pub account: String,
    /// Segments of its subaccount by number.
    pub subaccount: BTreeMap<u16, String>,
    /// Units on shipments, confirmed or not.
    #[serde(with = "rust_decimal::serde::str")]
    pub on_shipments: Decimal,
    /// Units on invoices and credit notes.
    #[serde(with = "rust_decimal::serde::str")]
    pub billed: Decimal,
    /// Nothing more is expected of it.
    pub completed: bool,
}

pub(crate) fn snapshots(world: &World) -> Vec<OrderSnapshot> {
    let billed = world.all_billed();
    world
        .orders
        .values()
        .map(|order| snapshot(world, order, &billed))
        .collect()
}

fn snapshot(
    world: &World,
    order: &SalesOrder,
    billed: &BTreeMap<(&str, &str, i32), Decimal>,
) -> OrderSnapshot {
    let totals = order.totals(&world.data, world.round_total_to);
    let decimals = world.data.decimals(&order.currency);
    OrderSnapshot {
        order_type: order.order_type.clone(),
        id: order.id.clone(),
        status: order.status.clone(),
        customer: order.customer.clone(),
        customer_order: order.customer_order.clone(),
        ref_no: order.ref_no.clone(),
        custom_str1: order.custom("customStr1").map(str::to_owned),
        currency: order.currency.clone(),
        date: order.date,
        tax_zone: order.tax_zone.clone(),
        lines: order
            .lines
            .iter()
            .map(|line| LineSnapshot {
                id: line.id,
                item: line.item.clone(),
                link: line.link.clone(),
                description: line.description.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
                discount: line.discount_amount,
                net: line.net(decimals),
                vat_category: line.category.clone(),
                warehouse: line.warehouse.clone(),
                account: line.account.clone(),
                subaccount: line.subaccount(),
                on_shipments: line.shipped,
                billed: billed
                    .get(&(order.order_type.as_str(), order.id.as_str(), line.id))
                    .copied()
                    .unwrap_or_default(),
                completed: line.completed,
            })
            .collect(),
        net: totals.lines,
        taxes: totals.rows,
        tax_total: totals.tax,
        total: totals.total,
    }
}

pub(crate) fn state(world: &World) -> Value {
    json!({
        "counters": world.counters,
        "orders": snapshots(world),
        "shipments": shipping::snapshots(world),
        "stock_documents": world.stock.snapshots(),
        "customers": world.customers.values().map(|customer| Value::Object(customer.dto.clone())).collect::<Vec<_>>(),
        "ledger": ledger_state(world),
        "closed_periods": world.data.periods.iter().filter(|period| period.closed).map(|period| period.id.as_str()).collect::<Vec<_>>(),
    })
}

/// Invoices, credit notes, payments, cash transactions, and what every account holds.
fn ledger_state(world: &World) -> Value {
    serde_json::to_value(ledger::snapshot(world)).unwrap_or(Value::Null)
}

pub(crate) async fn serve(shared: &Shared, call: &Call) -> Reply {
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/__control/state") => Reply::json(state(&shared.lock())),
        ("GET", "/__control/ledger") => Reply::json(ledger_state(&shared.lock())),
        ("GET", "/__control/faults") => {
            Reply::json(json!({"rules": shared.faults.rules(), "fired": shared.faults.fired()}))
        }
        ("POST", "/__control/faults") => match serde_json::from_slice::<FaultRule>(&call.body) {
            Ok(rule) => {
                shared.faults.add(rule);
                Reply::empty(204)
            }
            Err(error) => Reply::json_with(400, json!({"message": error.to_string()})),
        },
        ("DELETE", "/__control/faults") => {
            shared.faults.clear();
            Reply::empty(204)
        }
        ("GET", "/__control/clock") => Reply::json(json!({"now": shared.clock.now()})),
        // A clock that jumps moves by waiting on it; a real one makes the caller wait.
        ("POST", "/__control/clock") => {
            match call.json().and_then(|body| body.get("advance_s")?.as_u64()) {
                Some(seconds) => {
                    shared.clock.sleep(Duration::from_secs(seconds)).await;
                    Reply::json(json!({"now": shared.clock.now()}))
                }
                None => Reply::json_with(400, json!({"message": "advance_s is missing"})),
            }
        }
        ("POST", "/__control/change") => match serde_json::from_slice::<Change>(&call.body) {
            Ok(change) => Reply::json(json!({"number": shared.change(change)})),
            Err(error) => Reply::json_with(400, json!({"message": error.to_string()})),
        },
        ("POST", "/__control/reset") => {
            reset(shared);
            Reply::empty(204)
        }
        _ => Reply::empty(404),
    }
}

/// Back to the first day: no orders, the first customers, no tokens, counters at zero.
pub(crate) fn reset(shared: &Shared) {
    let (config, data) = shared.origin.clone();
    let mut world = shared.lock();
    let base_url = world.base_url.clone();
    *world = World::new(config, data, base_url, shared.clock.now());
}
