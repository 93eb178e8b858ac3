//! Stock: what lies in which warehouse, what orders and shipments have taken of it already, and the documents that moved it
//! (`booking-rules 9`, `facts/visma 9, 16`).

mod view;

pub(crate) use view::{inventory, summary, warehouse_details};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::data::{WAREHOUSE, WAREHOUSE_STORE};
use super::orders::SalesOrder;
use super::shipping::Shipment;
use super::world::World;

/// Item and warehouse.
pub(crate) type Place = (String, String);

/// What changed since the first day.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    /// Units that came (above zero) or went since the first day.
    moved: BTreeMap<Place, Decimal>,
    /// When anything of a place last changed: its stock, or what is taken of it.
    modified: BTreeMap<Place, DateTime<Utc>>,
    /// By number.
    pub(crate) documents: BTreeMap<String, Movement>,
    number: u32,
}

/// What kind of document moved stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MovementKind {
    Issue,
    Receipt,
    Adjustment,
}

impl MovementKind {
    /// The word of the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Issue => "Issue",
            Self::Receipt => "Receipt",
            Self::Adjustment => "Adjustment",
        }
    }
}

/// One document that moved stock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Movement {
    pub(crate) kind: MovementKind,
    pub(crate) date: NaiveDate,
    /// Where, and how many units came (above zero) or went.
    pub(crate) lines: Vec<(Place, Decimal)>,
}

/// What orders and shipments have taken of one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// On open orders that only book (SO) and are on no shipment yet.
    pub(crate) booked: Decimal,
    /// The same, where part of the order has left already.
    pub(crate) back_ordered: Decimal,
    /// On open orders that allocate (SA) and are on no shipment yet.
    pub(crate) allocated: Decimal,
    /// On shipments that are not confirmed.
    pub(crate) shipping: Decimal,
}

/// The numbers of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) on_hand: Decimal,
    pub(crate) taken: Taken,
}

impl Figures {
    /// This company's items deduct sales orders, allocated stock and open shipments (`booking-rules 9`: it depends on the item class).
    pub(crate) fn available(&self) -> Decimal {
        self.for_shipment() - self.taken.booked - self.taken.back_ordered
    }

    /// On hand less what is allocated: open SO orders do not reduce it (`facts/visma 16`). Issues are released as they are made here.
    pub(crate) fn for_shipment(&self) -> Decimal {
        self.on_hand - self.taken.allocated - self.taken.shipping
    }
}

impl Stock {
    /// The documents as the control page shows them.
    pub(crate) fn snapshots(&self) -> Vec<Value> {
        let line = |((item, warehouse), units): &(Place, Decimal)| json!({"item": item, "warehouse": warehouse, "units": units.to_string()});
        self.documents
            .iter()
            .map(|(number, document)| {
                let lines: Vec<Value> = document.lines.iter().map(line).collect();
                json!({"number": number, "kind": document.kind.word(), "date": document.date, "lines": lines})
            })
            .collect()
    }
}

impl World {
    /// Units that lie there.
    pub(crate) fn on_hand(&self, item: &str, warehouse: &str) -> Decimal {
        let first = self
            .data
            .items
            .get(item)
            .filter(|item| item.is_stock())
            .map_or(Decimal::ZERO, |item| match warehouse {
                WAREHOUSE => item.on_hand,
                WAREHOUSE_STORE => (item.on_hand / Decimal::TEN).floor(),
                _ => Decimal::ZERO,
            });
        let moved = self
            .stock
            .moved
            .get(&(item.to_owned(), warehouse.to_owned()));
        first + moved.copied().unwrap_or_default()
    }

    /// When the numbers of a place last changed.
    pub(crate) fn stock_modified(&self, place: &Place) -> DateTime<Utc> {
        self.stock
            .modified
            .get(place)
            .copied()
            .unwrap_or(self.began)
    }

    /// Moves stock by one document and gives back its number.
    pub(crate) fn move_stock(
        &mut self,
        kind: MovementKind,
        date: NaiveDate,
        lines: Vec<(Place, Decimal)>,
    ) -> String {
        self.stock.number += 1;
        let number = format!("{:06}", 1_000 + self.stock.number);
        for (place, units) in &lines {
            *self.stock.moved.entry(place.clone()).or_default() += *units;
            self.touch_stock(place.clone());
        }
        self.stock
            .documents
            .insert(number.clone(), Movement { kind, date, lines });
        number
    }

    pub(crate) fn touch_stock(&mut self, place: Place) {
        self.stock.modified.insert(place, self.now);
    }

    /// Marks the places of which an order takes another amount than before.
    pub(crate) fn touch_taken(&mut self, before: Option<&SalesOrder>, after: Option<&SalesOrder>) {
        let of = |order: Option<&SalesOrder>| {
            let mut taken = BTreeMap::new();
            if let Some(order) = order {
                self.take(order, &mut taken);
            }
            taken
        };
        let (before, after) = (of(before), of(after));
        let changed: Vec<Place> = before
            .keys()
            .chain(after.keys())
            .filter(|place| before.get(*place) != after.get(*place))
            .cloned()
            .collect();
        for place in changed {
            self.touch_stock(place);
        }
    }

    fn take(&self, order: &SalesOrder, taken: &mut BTreeMap<Place, Taken>) {
        let open = matches!(
            order.status.as_str(),
            "Open" | "Hold" | "CreditHold" | "PendingApproval" | "BackOrder" | "Shipping"
        );
        if !open {
            return;
        }
        let allocates = self
            .data
            .order_type(&order.order_type)
            .is_some_and(|kind| kind.allocates);
        for line in order
            .lines
            .iter()
            .filter(|line| line.operation == "Issue" && !line.completed)
        {
            let left = (line.quantity - line.shipped) * line.holds;
            let Some(warehouse) = line.warehouse.clone().filter(|_| left > Decimal::ZERO) else {
                continue;
            };
            let place = taken.entry((line.item.clone(), warehouse)).or_default();
            if allocates {
                place.allocated += left;
            } else if order.status == "BackOrder" {
                place.back_ordered += left;
            } else {
                place.booked += left;
            }
        }
    }

    /// What all orders and shipments take, by place.
    pub(crate) fn taken(&self) -> BTreeMap<Place, Taken> {
        let mut taken = BTreeMap::new();
        for order in self.orders.values() {
            self.take(order, &mut taken);
        }
        for shipment in self
            .shipments
            .values()
            .filter(|shipment| shipment.is_open() && shipment.operation == "Issue")
        {
            for (place, units) in places(shipment) {
                taken.entry(place).or_default().shipping += units;
            }
        }
        taken
    }

    /// The numbers of one place, out of [`World::taken`].
    pub(crate) fn figures(&self, place: &Place, taken: &BTreeMap<Place, Taken>) -> Figures {
        Figures {
            on_hand: self.on_hand(&place.0, &place.1),
            taken: taken.get(place).copied().unwrap_or_default(),
        }
    }
}

/// The stock on a shipment, by place.
pub(crate) fn places(shipment: &Shipment) -> impl Iterator<Item = (Place, Decimal)> {
    shipment
        .lines
        .iter()
        .filter(|line| line.is_stock)
        .map(|line| {
            (
                (line.item.clone(), shipment.warehouse.clone()),
                line.shipped * line.holds,
            )
        })
}
