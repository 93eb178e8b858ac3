//! Sales orders of the SalesOrder v3 service: what one is, and what it comes to.

mod check;
mod create;
mod lines;
mod list;
mod patch;
mod problem;
mod returns;
mod shipped;
mod view;

pub(crate) use list::page;
pub(crate) use view::list_row;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::amounts::round;
use super::data::VismaData;
use super::exchange::{Call, Reply};
use super::shipping;
use super::vat::{self, Part, TaxRow};
use super::world::World;

/// One sales order.
#[derive(Debug, Clone)]
pub(crate) struct SalesOrder {
    pub(crate) order_type: String,
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) modified: DateTime<Utc>,
    /// Counts up over all orders; its bytes are the ETag.
    pub(crate) version: u64,
    pub(crate) date: NaiveDate,
    pub(crate) request_on: NaiveDate,
    pub(crate) cancel_by: Option<NaiveDate>,
    pub(crate) currency: String,
    pub(crate) description: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) branch: String,
    /// Customer number.
    pub(crate) customer: String,
    pub(crate) customer_order: Option<String>,
    pub(crate) ref_no: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) tax_zone: Option<String>,
    /// Parts that are kept as they came: billing, shipping, financialInformation, paymentSettings, customFields, print, freight and the like.
    pub(crate) parts: Map<String, Value>,
    pub(crate) lines: Vec<Line>,
    pub(crate) next_line: i32,
    /// Rows of the list from their moments on; nothing once deleted. A list may lag a write.
    pub(crate) listed: Vec<(DateTime<Utc>, Option<Value>)>,
}

/// One line of a sales order.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: i32,
    pub(crate) sort: i32,
    pub(crate) item: String,
    /// `lineType`.
    pub(crate) kind: &'static str,
    pub(crate) description: String,
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Decimal,
    pub(crate) manual_price: bool,
    pub(crate) discount_percent: Decimal,
    pub(crate) discount_amount: Decimal,
    pub(crate) manual_discount: bool,
    pub(crate) category: Option<String>,
    pub(crate) warehouse: Option<String>,
    pub(crate) account: String,
    pub(crate) branch: String,
    pub(crate) unit: String,
    /// Base units in one unit of the line.
    pub(crate) holds: Decimal,
    pub(crate) link: Option<String>,
    pub(crate) completed: bool,
    /// `Issue` or `Receipt`.
    pub(crate) operation: &'static str,
    /// Does it go on a shipment before it can be invoiced.
    pub(crate) ships: bool,
    /// On shipments, confirmed or not.
    pub(crate) shipped: Decimal,
    /// On confirmed shipments.
    pub(crate) confirmed: Decimal,
    /// The invoice and its line that a return takes back.
    pub(crate) returns: Option<(String, i32)>,
    /// Properties that are kept as they came.
    pub(crate) rest: Map<String, Value>,
}

impl Line {
    /// Segments of its subaccount by number (`NewSalesOrderLineDto.subaccount`).
    pub(crate) fn subaccount(&self) -> BTreeMap<u16, String> {
        let given = self.rest.get("subaccount").and_then(Value::as_object);
        given
            .into_iter()
            .flatten()
            .filter_map(|(id, value)| Some((id.parse().ok()?, value.as_str()?.to_owned())))
            .collect()
    }

    /// Price times quantity, before discount.
    pub(crate) fn extended(&self, decimals: u32) -> Decimal {
        round(self.unit_price * self.quantity, decimals)
    }

    /// What the line comes to without VAT.
    pub(crate) fn net(&self, decimals: u32) -> Decimal {
        self.extended(decimals) - self.discount_amount
    }
}

/// What an order comes to, in its currency.
#[derive(Debug, Clone)]
pub(crate) struct Totals {
    pub(crate) lines: Decimal,
    pub(crate) discount: Decimal,
    pub(crate) freight: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) total: Decimal,
    pub(crate) rows: Vec<TaxRow>,
}

impl SalesOrder {
    pub(crate) fn key(&self) -> (String, String) {
        (self.order_type.clone(), self.id.clone())
    }

    pub(crate) fn part(&self, pointer: &str) -> Option<&Value> {
        let (first, rest) = pointer
            .trim_start_matches('/')
            .split_once('/')
            .unwrap_or((pointer.trim_start_matches('/'), ""));
        let part = self.parts.get(first)?;
        if rest.is_empty() {
            Some(part)
        } else {
            part.pointer(&format!("/{rest}"))
        }
        .filter(|value| !value.is_null())
    }

    pub(crate) fn custom(&self, name: &str) -> Option<&str> {
        self.part("customFields")?.get(name)?.as_str()
    }

    /// Adds it all up; `round_total_to` is the company's invoice rounding, if that is switched on.
    pub(crate) fn totals(&self, data: &VismaData, round_total_to: Option<Decimal>) -> Totals {
        let decimals = data.decimals(&self.currency);
        let freight = self
            .part("freight/premiumAmount")
            .and_then(super::amounts::decimal)
            .map_or(Decimal::ZERO, |amount| round(amount, decimals));
        let mut parts: Vec<Part<'_>> = self
            .lines
            .iter()
            .map(|line| Part {
                category: line.category.as_deref(),
                amount: line.net(decimals),
            })
            .collect();
        if !freight.is_zero() {
            parts.push(Part {
                category: self.part("freight/taxCategoryId").and_then(Value::as_str),
                amount: freight,
            });
        }
        let rows = vat::compute(
            &data.vat_ids,
            self.tax_zone.as_deref(),
            self.date,
            decimals,
            &parts,
        );
        let lines = self
            .lines
            .iter()
            .map(|line| line.net(decimals))
            .sum::<Decimal>();
        let discount = self.lines.iter().map(|line| line.discount_amount).sum();
        let tax = rows
            .iter()
            .filter(|row| !row.reverse)
            .map(|row| row.tax)
            .sum::<Decimal>();
        let on_top = rows
            .iter()
            .filter(|row| !row.reverse && !row.included)
            .map(|row| row.tax)
            .sum::<Decimal>();
        let mut total = lines + freight + on_top;
        if let Some(unit) = round_total_to.filter(|unit| !unit.is_zero()) {
            total = round(total / unit, 0) * unit;
        }
        Totals {
            lines,
            discount,
            freight,
            tax,
            total,
            rows,
        }
    }

    /// May its head and lines still be changed.
    pub(crate) fn is_editable(&self) -> bool {
        matches!(
            self.status.as_str(),
            "Open" | "Hold" | "BackOrder" | "CreditHold"
        )
    }
}

/// `/api/v3/SalesOrders...`: `rest` is what follows.
pub(crate) fn serve(world: &mut World, call: &Call, rest: &[&str]) -> Reply {
    match (call.method.as_str(), rest) {
        ("GET", []) => list::list(world, call, None),
        ("POST", []) => create::create(world, call),
        ("GET", [kind]) => list::list(world, call, Some(kind)),
        (_, [] | [_]) => Reply::problem(405, "Method Not Allowed", None),
        (method, [kind, id, sub @ ..]) => {
            let Some(order) = world
                .orders
                .get(&((*kind).to_owned(), (*id).to_owned()))
                .cloned()
            else {
                return Reply::problem(
                    404,
                    "Not Found",
                    Some(&format!("Sales order {kind} {id} was not found.")),
                );
            };
            match (method, sub) {
                ("GET", []) => view::one(world, call, &order),
                ("PATCH", []) => patch::head(world, call, order),
                ("DELETE", []) => lines::delete_order(world, call, &order),
                ("GET", ["lines"]) => view::lines(world, call, &order),
                ("GET", ["lines", line]) => view::line(world, &order, line),
                ("PATCH", ["lines"]) => lines::patch(world, call, order),
                ("POST", ["lines"]) => lines::add(world, call, order),
                ("DELETE", ["lines"]) => lines::delete(world, call, order),
                ("GET", ["tax"]) => view::tax(world, &order),
                ("GET", ["shipment"]) => shipping::of_order(world, &order),
                ("GET", ["payments"]) => view::payments(world, &order),
                // Discounts and the like of an order come with their flows; an order without any answers an empty list.
                ("GET", ["discounts" | "commissions"]) => Reply::json(Value::Array(Vec::new())),
                ("GET", _) => Reply::problem(404, "Not Found", None),
                _ => Reply::problem(405, "Method Not Allowed", None),
            }
        }
    }
}

/// Stores a changed order under a new version and answers 202 with the new ETag.
pub(crate) fn save(world: &mut World, order: SalesOrder) -> Reply {
    let etag = view::etag(world.put_order(order));
    Reply::empty(202).with("etag", etag)
}

/// The order's own condition of a write: 428 without If-Match, 412 with a stale one (`facts/visma 3`).
pub(crate) fn precondition(call: &Call, order: &SalesOrder) -> Result<(), Reply> {
    let Some(wanted) = call.header("if-match") else {
        return Err(Reply::problem(
            428,
            "Precondition Required",
            Some("The If-Match header is required."),
        ));
    };
    let bare = |text: &str| {
        text.trim()
            .trim_start_matches("W/")
            .trim_matches('"')
            .to_owned()
    };
    if bare(wanted) == bare(&view::etag(order)) {
        Ok(())
    } else {
        Err(Reply::problem(
            412,
            "Precondition Failed",
            Some("The sales order has been changed since it was read."),
        ))
    }
}
