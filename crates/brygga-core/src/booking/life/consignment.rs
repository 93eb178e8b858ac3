//! Which money of an order goes with which fulfilment (`booking-rules` 2.4 and 6).
//!
//! A line's amounts are split over its units in the order in which they left, by cumulative rounding over the units that
//! were ordered: so a share never changes because of what happens later, and all shares together are exact. What needs no
//! shipping goes with the first.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::ground::Life;
use super::{PartKind, PartRef};
use crate::booking::basis::{Component, Part};
use crate::code::{Code, Problem};
use crate::erp::{BookedOrder, LedgerDocument, OrderNumber};
use crate::money::round;
use crate::shop::{Line, Side};

/// What one fulfilment takes of one sales order; of a direct document's order, which has none, all of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leg {
    /// The fulfilment, or `order/ID`.
    pub(super) part: PartRef,
    /// When it left.
    pub(super) at: DateTime<Utc>,
    /// From which location of the shop.
    pub(super) location: Option<String>,
    /// The sales order; `None` in the invoice modes, and for what is in no sales order yet.
    pub(super) order: Option<OrderNumber>,
    /// Its shares.
    pub(super) shares: Vec<Component>,
}

/// What a document must come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Expected {
    /// With VAT.
    pub(super) total: Decimal,
    /// Shopify's VAT per rate in per cent, and over how many lines.
    pub(super) vat: BTreeMap<Decimal, (Decimal, u32)>,
    /// Lines.
    pub(super) lines: u32,
}

impl Expected {
    pub(super) fn of<'a>(shares: impl IntoIterator<Item = &'a Component>) -> Self {
        let mut expected = Self::default();
        for share in shares {
            expected.total += share.net + share.tax;
            expected.lines += 1;
            let entry = expected.vat.entry(share.rate.normalize()).or_default();
            entry.0 += share.tax;
            entry.1 += 1;
        }
        expected
    }
}

impl Leg {
    /// Units per link of what goes on a shipment.
    pub(super) fn goods(&self, life: &Life<'_>) -> BTreeMap<String, u32> {
        self.shares
            .iter()
            .filter(|share| life.is_goods(share))
            .map(|share| (share.link.clone(), share.quantity))
            .collect()
    }
}

/// A parcel before the shares are in it.
struct Parcel<'a> {
    part: PartRef,
    at: DateTime<Utc>,
    location: Option<&'a str>,
    /// Units per line id; `None` is all of everything.
    units: Option<BTreeMap<&'a str, u32>>,
    /// The order's own, without a fulfilment.
    is_whole: bool,
}

/// The legs of an order, in time order. `invoice_of` tells which invoice a leg with goods is on.
pub(super) fn legs(
    life: &Life<'_>,
    first_by_books: &dyn Fn(&OrderNumber, &[Leg]) -> Option<usize>,
) -> Result<Vec<Leg>, Problem> {
    let parcels = parcels(life);
    let orders = life.goods_orders();
    let mut legs: Vec<Leg> = Vec::new();
    for component in life.components.iter().filter(|one| life.is_goods(one)) {
        split(life, component, &parcels, &orders, &mut legs)?;
    }
    sort(&mut legs, &parcels);

    let homes: Vec<(Component, Option<OrderNumber>)> = life
        .components
        .iter()
        .filter(|one| !life.is_goods(one))
        .map(|one| {
            let home = orders.iter().find(|order| holds(order, &one.link));
            (one.clone(), home.map(|order| order.number.clone()))
        })
        .collect();
    for (component, home) in homes {
        if let Some(parcel) = parcels.iter().find(|parcel| parcel.is_whole) {
            // What was invoiced without a fulfilment stays there, whatever is sent later.
            push(&mut legs, parcel, home, component);
            continue;
        }
        let waits = home.as_ref().is_some_and(|number| {
            orders
                .iter()
                .any(|order| order.number == *number && has_goods(life, order))
        });
        let there = home
            .as_ref()
            .and_then(|number| first_by_books(number, &legs))
            .or_else(|| {
                legs.iter().position(|leg| {
                    leg.order == home && leg.shares.iter().any(|share| life.is_goods(share))
                })
            });
        if let Some(leg) = there.and_then(|index| legs.get_mut(index)) {
            leg.shares.push(component);
            continue;
        }
        // Goods of the same order are still to be shipped: it comes on their invoice.
        if waits || (home.is_none() && !life.is_sales_order() && goods_left(life, &legs)) {
            continue;
        }
        let Some(parcel) = home_parcel(
            &component,
            &parcels,
            home.is_none() && life.is_sales_order(),
        ) else {
            continue;
        };
        push(&mut legs, parcel, home, component);
    }
    sort(&mut legs, &parcels);
    Ok(legs)
}

/// Are there goods that no fulfilment has taken while none has taken any.
fn goods_left(life: &Life<'_>, legs: &[Leg]) -> bool {
    legs.is_empty() && life.components.iter().any(|one| life.is_goods(one))
}

fn parcels<'a>(life: &Life<'a>) -> Vec<Parcel<'a>> {
    let order = life.order;
    let mut parcels: Vec<Parcel<'a>> = order
        .fulfilments
        .iter()
        .map(|fulfilment| {
            let mut units = BTreeMap::new();
            for line in &fulfilment.lines {
                *units.entry(line.line_id.as_str()).or_insert(0) += line.quantity;
            }
            Parcel {
                part: PartRef {
                    kind: PartKind::Invoice,
                    id: fulfilment.id.clone(),
                },
                at: fulfilment.created_at,
                location: fulfilment.location_id.as_deref(),
                units: Some(units),
                is_whole: false,
            }
        })
        .collect();
    if let Some(part) = super::whole_part(order) {
        parcels.push(Parcel {
            part,
            at: order.processed_at,
            location: None,
            units: None,
            is_whole: true,
        });
    } else if let Some(part) = life.whole_booked() {
        parcels.push(Parcel {
            part,
            at: order.processed_at,
            location: None,
            units: Some(BTreeMap::new()),
            is_whole: true,
        });
    }
    parcels.sort_by(|one, other| (one.at, &one.part.id).cmp(&(other.at, &other.part.id)));
    parcels
}

fn sort(legs: &mut [Leg], parcels: &[Parcel<'_>]) {
    let place = |leg: &Leg| parcels.iter().position(|parcel| parcel.part == leg.part);
    legs.sort_by_key(place);
}

/// Does a sales order have a line of this link.
fn holds(order: &BookedOrder, link: &str) -> bool {
    order
        .lines
        .iter()
        .any(|line| line.link.as_deref() == Some(link))
}

/// Does a sales order have lines that need a shipment.
fn has_goods(life: &Life<'_>, order: &BookedOrder) -> bool {
    order.lines.iter().any(|line| {
        !line.quantity.is_zero()
            && line
                .link
                .as_deref()
                .is_some_and(|link| life.is_goods_link(link))
    })
}

/// The fulfilment that what needs no shipping goes with: the one that names it, else the first; what was added when
/// everything was invoiced goes with the last.
fn home_parcel<'p, 'a>(
    component: &Component,
    parcels: &'p [Parcel<'a>],
    late: bool,
) -> Option<&'p Parcel<'a>> {
    let line = component.link.strip_prefix("line/");
    parcels
        .iter()
        .find(|parcel| match (&parcel.units, line) {
            (None, _) => true,
            (Some(units), Some(line)) => units.contains_key(line),
            (Some(_), None) => false,
        })
        .or_else(|| {
            if late {
                parcels.last()
            } else {
                parcels.first()
            }
        })
}

fn push(legs: &mut Vec<Leg>, parcel: &Parcel<'_>, order: Option<OrderNumber>, share: Component) {
    let there = legs
        .iter_mut()
        .find(|leg| leg.part == parcel.part && leg.order == order);
    match there {
        Some(leg) => leg.shares.push(share),
        None => legs.push(Leg {
            part: parcel.part.clone(),
            at: parcel.at,
            location: parcel.location.map(str::to_owned),
            order,
            shares: vec![share],
        }),
    }
}

/// Splits one line over the parcels, and over the sales orders that hold its units.
fn split(
    life: &Life<'_>,
    component: &Component,
    parcels: &[Parcel<'_>],
    orders: &[&BookedOrder],
    legs: &mut Vec<Leg>,
) -> Result<(), Problem> {
    let whole = life
        .order
        .lines
        .iter()
        .find(|line| component.link.strip_prefix("line/") == Some(line.id.as_str()));
    let whole = Whole::of(whole, component, life.side, life.order.taxes_included);
    let mut room: Vec<(OrderNumber, u32)> = orders
        .iter()
        .filter_map(|order| {
            let units: Decimal = order
                .lines
                .iter()
                .filter(|line| line.link.as_deref() == Some(component.link.as_str()))
                .map(|line| line.quantity)
                .sum();
            let units = u32::try_from(units).unwrap_or_default();
            (units > 0).then(|| (order.number.clone(), units))
        })
        .collect();
    let (mut sent, mut net, mut tax) = (0, Decimal::ZERO, Decimal::ZERO);
    // Where the order itself is a parcel, it takes everything.
    let all = parcels.iter().any(|parcel| parcel.units.is_none());
    for parcel in parcels {
        let mut left = match &parcel.units {
            Some(_) if all => 0,
            None => component.quantity - sent,
            Some(units) => component
                .link
                .strip_prefix("line/")
                .and_then(|line| units.get(line))
                .copied()
                .unwrap_or_default(),
        };
        if sent + left > component.quantity {
            return Err(Problem::new(Code::RemovedUnitsUnknown).with("order", &life.order.name));
        }
        while left > 0 {
            let (order, units) = match room.iter_mut().find(|(_, room)| *room > 0) {
                Some((order, room)) => {
                    let units = left.min(*room);
                    *room -= units;
                    (Some(order.clone()), units)
                }
                None => (None, left),
            };
            left -= units;
            sent += units;
            let (net_to, tax_to) = if sent == component.quantity {
                (component.net, component.tax)
            } else {
                whole.first(sent, life.decimals)
            };
            let share = Component {
                quantity: units,
                net: net_to - net,
                tax: tax_to - tax,
                ..component.clone()
            };
            (net, tax) = (net_to, tax_to);
            push(legs, parcel, order, share);
        }
    }
    Ok(())
}

/// A line as it was ordered: the ground on which its shares are cut, whatever is removed later.
struct Whole {
    units: Decimal,
    net: Decimal,
    tax: Decimal,
}

impl Whole {
    fn of(line: Option<&Line>, component: &Component, side: Side, included: bool) -> Self {
        let Some(line) = line else {
            return Self {
                units: Decimal::from(component.quantity),
                net: component.net,
                tax: component.tax,
            };
        };
        let off: Decimal = line
            .discounts
            .iter()
            .map(|discount| discount.amount.on(side).amount)
            .sum();
        let taxes = |of_channel: bool| -> Decimal {
            line.taxes
                .iter()
                .filter(|tax| tax.channel_liable == of_channel)
                .map(|tax| tax.amount.on(side).amount)
                .sum()
        };
        let tax = taxes(false);
        let gross = line.original_total.on(side).amount - off;
        Self {
            units: Decimal::from(line.quantity),
            net: if included {
                gross - tax - taxes(true)
            } else {
                gross
            },
            tax,
        }
    }

    /// Net and VAT of the first so many units.
    fn first(&self, units: u32, decimals: u32) -> (Decimal, Decimal) {
        let cut = |whole: Decimal| {
            (whole * Decimal::from(units))
                .checked_div(self.units)
                .map_or(Decimal::ZERO, |share| round(share, decimals))
        };
        (cut(self.net), cut(self.tax))
    }
}

/// Is there, on an invoice, something of a sales order that needed no shipment.
pub(super) fn has_services(
    life: &Life<'_>,
    document: &LedgerDocument,
    order: &OrderNumber,
) -> bool {
    document.lines.iter().any(|line| {
        line.order.as_ref() == Some(order)
            && life
                .link_of(order, line.order_line)
                .is_some_and(|link| !life.is_goods_link(link))
    })
}

/// Is this a line typed by hand or a product: what a fulfilment names.
pub(super) fn is_thing(part: &Part) -> bool {
    matches!(part, Part::Product { .. } | Part::Custom { .. })
}
