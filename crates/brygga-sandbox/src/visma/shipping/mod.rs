//! What happens to a sales order after it was taken: shipments, and the invoice or credit note that is made of them
//! (`booking-rules 6, 8, 12`, `facts/visma 7, 16`).
//!
//! A shipment here serves one order: `addSOOrder` and its kin are not practised.

mod action;
mod by_hand;
mod change;
mod create;
mod invoice;
mod view;

pub(crate) use by_hand::{Part, ship, track};
pub(crate) use create::{Request, create};
pub(crate) use invoice::prepare;
pub use view::ShipmentSnapshot;
pub(crate) use view::{of_order, snapshots};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::erp::answer;
use super::exchange::{Call, Reply};
use super::ledger::{Key, Listed, list_again};
use super::orders::SalesOrder;
use super::world::World;

/// Goods on their way out, or on their way back.
#[derive(Debug, Clone)]
pub(crate) struct Shipment {
    pub(crate) number: String,
    pub(crate) status: Status,
    /// `Issue` or `Receipt`.
    pub(crate) operation: &'static str,
    pub(crate) date: NaiveDate,
    /// Customer number.
    pub(crate) customer: String,
    pub(crate) currency: String,
    pub(crate) warehouse: String,
    /// Type and number of the order that it serves.
    pub(crate) order: (String, String),
    pub(crate) lines: Vec<ShipmentLine>,
    /// The issue or receipt that moved the stock.
    pub(crate) moved: Option<String>,
    /// The invoice or credit note made of it.
    pub(crate) invoice: Option<Key>,
    /// Boxes (`shipmentPackageLines`).
    pub(crate) packages: Vec<Package>,
    /// The carrier (`shipVia`): id and text.
    pub(crate) ship_via: Option<(String, Option<String>)>,
    /// Parts that are kept as they came: `note`, `customStr1` and the like.
    pub(crate) kept: serde_json::Map<String, serde_json::Value>,
    pub(crate) modified: DateTime<Utc>,
    /// Counts up over everything; `timeStamp` and ETag.
    pub(crate) version: u64,
    pub(crate) listed: Listed,
}

/// One line of a shipment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ShipmentLine {
    pub(crate) number: i32,
    /// Line number within the order.
    pub(crate) order_line: i32,
    pub(crate) item: String,
    pub(crate) is_stock: bool,
    pub(crate) description: String,
    /// Unit of the order's line, and the base units in one.
    pub(crate) unit: String,
    pub(crate) holds: Decimal,
    pub(crate) shipped: Decimal,
    /// Units that the order had open when the line was made.
    pub(crate) ordered: Decimal,
    pub(crate) link: Option<String>,
    pub(crate) note: Option<String>,
}

/// One box of a shipment (`PackageDetailLineDto`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    pub(crate) number: i32,
    pub(crate) box_id: String,
    pub(crate) tracking: Option<String>,
    pub(crate) description: Option<String>,
}

/// Where a shipment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Hold,
    Confirmed,
    Cancelled,
}

impl Shipment {
    /// Not confirmed yet: its quantities can be changed.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, Status::Open | Status::Hold)
    }

    /// The document made of it, unless it was deleted since.
    pub(crate) fn invoiced<'a>(&'a self, world: &World) -> Option<&'a Key> {
        self.invoice
            .as_ref()
            .filter(|key| world.ledger.documents.contains_key(*key))
    }

    /// The word of the API: a shipment whose invoice is in the books is completed.
    pub(crate) fn word(&self, world: &World) -> &'static str {
        match self.status {
            Status::Open => "Open",
            Status::Hold => "Hold",
            Status::Cancelled => "Cancelled",
            Status::Confirmed => match self
                .invoiced(world)
                .and_then(|key| world.ledger.documents.get(key))
            {
                None => "Confirmed",
                Some(document) if document.is_released() => "Completed",
                Some(_) => "Invoiced",
            },
        }
    }

    pub(crate) fn units(&self) -> Decimal {
        self.lines.iter().map(|line| line.shipped).sum()
    }
}

impl World {
    /// Stores a shipment under a new version.
    pub(crate) fn put_shipment(&mut self, mut shipment: Shipment) -> &Shipment {
        shipment.version = self.next_version();
        shipment.modified = self.now;
        let row = view::dto(self, &shipment);
        list_again(&mut shipment.listed, self.now, Some(row));
        let before = self.shipments.get(&shipment.number).cloned();
        let of = |shipment: &Shipment| {
            let lines: Vec<_> = super::stock::places(shipment).collect();
            (shipment.is_open(), lines)
        };
        let changed = before.as_ref().map(of) != Some(of(&shipment));
        if changed {
            let places: Vec<_> = before
                .iter()
                .chain([&shipment])
                .flat_map(super::stock::places)
                .map(|(place, _)| place)
                .collect();
            for place in places {
                self.touch_stock(place);
            }
        }
        let number = shipment.number.clone();
        self.shipments
            .entry(number)
            .insert_entry(shipment)
            .into_mut()
    }

    /// Shipments of an order, cancelled ones too.
    pub(crate) fn shipments_of(&self, order: &SalesOrder) -> impl Iterator<Item = &Shipment> {
        let key = order.key();
        self.shipments
            .values()
            .filter(move |shipment| shipment.order == key)
    }

    /// Units that invoices and credit notes hold, by type, number and line of the order.
    pub(crate) fn all_billed(&self) -> BTreeMap<(&str, &str, i32), Decimal> {
        let mut billed = BTreeMap::new();
        for line in self
            .ledger
            .documents
            .values()
            .flat_map(|document| &document.lines)
        {
            if let Some(from) = &line.order {
                let key = (
                    from.order_type.as_str(),
                    from.order_number.as_str(),
                    from.line,
                );
                *billed.entry(key).or_default() += line.quantity;
            }
        }
        billed
    }

    /// Units of an order's line that invoices and credit notes hold.
    pub(crate) fn billed(&self, order: &SalesOrder, line: i32) -> Decimal {
        self.ledger
            .documents
            .values()
            .filter(|document| document.customer == order.customer)
            .flat_map(|document| &document.lines)
            .filter(|billed| {
                billed.order.as_ref().is_some_and(|from| {
                    from.order_type == order.order_type
                        && from.order_number == order.id
                        && from.line == line
                })
            })
            .map(|billed| billed.quantity)
            .sum()
    }
}

/// Sets lines and status of an order by what of it has left.
///
/// An open shipment makes it Shipping; all of it gone, Completed; part of it gone, `BackOrder`; nothing, Open.
pub(crate) fn settle(world: &World, order: &mut SalesOrder) {
    for line in order.lines.iter_mut().filter(|line| line.ships) {
        if line.confirmed > Decimal::ZERO && line.confirmed >= line.quantity {
            line.completed = true;
        }
    }
    let open = world.shipments_of(order).any(Shipment::is_open);
    let mut shipping = order.lines.iter().filter(|line| line.ships).peekable();
    let status = if open {
        "Shipping"
    } else if shipping.peek().is_some() && shipping.all(|line| line.completed) {
        "Completed"
    } else if order
        .lines
        .iter()
        .any(|line| line.confirmed > Decimal::ZERO)
    {
        "BackOrder"
    } else {
        "Open"
    };
    status.clone_into(&mut order.status);
}

/// `/v1/shipment...`: `path` is what follows.
pub(crate) fn serve(world: &mut World, call: &Call, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", []) => view::list(world, call),
        ("GET", [number]) => view::one(world, number),
        ("PUT", [number]) => change::update(world, call, number),
        ("POST", [number, word, rest @ ..]) if word.eq_ignore_ascii_case("action") => {
            let Some(shipment) = world.shipments.get(*number).cloned() else {
                return answer::not_found(world, "shipment", number);
            };
            let name = rest.first().map(|name| name.to_lowercase());
            match (name.as_deref(), rest) {
                (Some("confirmshipment"), [_]) => reply(world, action::confirm, shipment),
                (Some("correctshipment"), [_]) => reply(world, action::correct, shipment),
                (Some("cancelshipment"), [_]) => reply(world, action::cancel, shipment),
                (Some("deleteline"), [_, line]) => change::delete_line(world, call, shipment, line),
                _ => answer::no_route(call),
            }
        }
        _ => answer::no_route(call),
    }
}

/// `/v1` and `/v2/salesorder/...`: the actions that v3 does not have (`facts/visma 2`).
pub(crate) fn serve_order(world: &mut World, call: &Call, version: &str, path: &[&str]) -> Reply {
    let lower: Vec<String> = path.iter().map(|part| part.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (call.method.as_str(), version, lower.as_slice(), path) {
        ("POST", _, [_, "action", "createshipment"], [number, ..]) => {
            create::serve(world, call, version, number)
        }
        ("POST", "v2", [_, _, "action", "prepareinvoice"], [kind, number, ..]) => {
            invoice::serve(world, kind, number)
        }
        _ => answer::no_route(call),
    }
}

/// Runs an action: 200 with its result, or the refusal (`facts/visma 6`).
fn reply(
    world: &mut World,
    act: impl FnOnce(&mut World, Shipment) -> Result<(), String>,
    shipment: Shipment,
) -> Reply {
    let number = shipment.number.clone();
    match act(world, shipment) {
        Ok(()) => Reply::json(answer::action(world, "Done")),
        Err(text) => answer::error(
            world,
            400,
            &format!("Error in shipment {number}. Error: {text}"),
        ),
    }
}

/// What people do with a shipment, or the actions of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentAction {
    /// The goods have left, or have come back.
    Confirm,
    /// A confirmed one is opened again.
    Correct,
    /// An open one is taken away.
    Cancel,
}

/// Does as people do; a refusal is as the API's.
pub(crate) fn act(world: &mut World, number: &str, what: ShipmentAction) -> Result<(), String> {
    let shipment = world
        .shipments
        .get(number)
        .cloned()
        .ok_or_else(|| format!("'{number}' cannot be found in the system."))?;
    match what {
        ShipmentAction::Confirm => action::confirm(world, shipment),
        ShipmentAction::Correct => action::correct(world, shipment),
        ShipmentAction::Cancel => action::cancel(world, shipment),
    }
}
