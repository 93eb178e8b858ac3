//! The other way round: where Visma.net ships, its shipments become fulfilments in the shop, with tracking (`booking-rules` 6).
//!
//! Which fulfilments are which shipment's is decided once, here: for telling the shop, and for the invoices. What was sent in the
//! shop by hand is adopted where the units are the same; nothing is told twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use rust_decimal::Decimal;

use super::consignment::Leg;
use super::ground::{Life, link};
use super::shipping::{is_exactly, units, visma_ships};
use super::{LifeStep, Linked, PartDecision, PartKind, PartRef, PartState, shipment_part};
use crate::code::{Code, Problem};
use crate::erp::{BookedOrder, Operation, Shipment, ShipmentStatus};
use crate::shop::{
    Fulfilment, FulfilmentDraft, FulfilmentDraftLine, FulfilmentDraftPart, FulfilmentOrder,
    Sending, Tracking,
};

/// Units per link.
type Units = BTreeMap<String, Decimal>;

/// A shipment, and the fulfilments that tell the shop of it.
struct Shipped<'a> {
    shipment: &'a Shipment,
    fulfilments: Vec<&'a Fulfilment>,
    /// Units that no fulfilment tells of yet; below 0 where they tell of more.
    untold: Units,
}

impl<'a> Shipped<'a> {
    fn take(&mut self, life: &Life<'_>, fulfilment: &'a Fulfilment) {
        for (link, units) in goods(life, fulfilment) {
            *self.untold.entry(link).or_insert(Decimal::ZERO) -= units;
        }
        self.untold.retain(|_, units| !units.is_zero());
        self.fulfilments.push(fulfilment);
    }
}

/// What a fulfilment tells of goods: what needs no shipment in Visma.net is on none.
fn goods(life: &Life<'_>, fulfilment: &Fulfilment) -> Units {
    let mut units = Units::new();
    for line in &fulfilment.lines {
        let link = format!("line/{}", line.line_id);
        if line.quantity > 0 && life.is_goods_link(&link) {
            *units.entry(link).or_insert(Decimal::ZERO) += Decimal::from(line.quantity);
        }
    }
    units
}

fn fulfilments<'a>(life: &Life<'a>) -> &'a [Fulfilment] {
    match &life.books.sending {
        Some(sending) => &sending.fulfilments,
        None => &life.order.fulfilments,
    }
}

/// Is a fulfilment linked to a shipment.
fn is_linked(life: &Life<'_>, fulfilment: &Fulfilment, shipment: &str) -> bool {
    life.books.links.iter().any(|link| {
        link.what == Linked::Shipment
            && link.number == shipment
            && link.part.kind == PartKind::Invoice
            && link.part.id == fulfilment.id
    })
}

/// The shipments of the order's goods, each with its fulfilments: what is linked, then one of exactly the same units, then several
/// that come to exactly these.
fn shipped<'a>(life: &Life<'a>) -> Vec<Shipped<'a>> {
    let orders = life.goods_orders();
    let mut found: Vec<Shipped<'a>> = Vec::new();
    for shipment in &life.books.shipments {
        if shipment.operation != Operation::Issue || shipment.status == ShipmentStatus::Cancelled {
            continue;
        }
        let mut untold = Units::new();
        for order in &orders {
            for (link, units) in units(life, shipment, &order.number) {
                *untold.entry(link).or_insert(Decimal::ZERO) += units;
            }
        }
        if untold.is_empty() {
            continue;
        }
        found.push(Shipped {
            shipment,
            fulfilments: Vec::new(),
            untold,
        });
    }
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for one in &mut found {
        for fulfilment in fulfilments(life) {
            if is_linked(life, fulfilment, &one.shipment.number)
                && taken.insert(fulfilment.id.as_str())
            {
                one.take(life, fulfilment);
            }
        }
    }
    for one in found
        .iter_mut()
        .filter(|one| one.shipment.status.has_left())
    {
        let same = fulfilments(life).iter().find(|fulfilment| {
            !taken.contains(fulfilment.id.as_str()) && goods(life, fulfilment) == one.untold
        });
        if let Some(fulfilment) = same.filter(|_| !one.untold.is_empty()) {
            taken.insert(fulfilment.id.as_str());
            one.take(life, fulfilment);
        }
    }
    for one in found
        .iter_mut()
        .filter(|one| one.shipment.status.has_left())
    {
        let mut left = one.untold.clone();
        let mut several = Vec::new();
        for fulfilment in fulfilments(life) {
            let goods = goods(life, fulfilment);
            let fits = !goods.is_empty()
                && !taken.contains(fulfilment.id.as_str())
                && goods
                    .iter()
                    .all(|(link, units)| left.get(link).is_some_and(|left| left >= units));
            if fits {
                for (link, units) in goods {
                    *left.entry(link).or_insert(Decimal::ZERO) -= units;
                }
                several.push(fulfilment);
            }
        }
        if left.values().all(Decimal::is_zero) {
            for fulfilment in several {
                taken.insert(fulfilment.id.as_str());
                one.take(life, fulfilment);
            }
        }
    }
    found
}

/// Which shipment is which leg's.
pub(super) fn assign<'a>(life: &Life<'a>, legs: &[Leg]) -> Vec<Option<&'a Shipment>> {
    let shipped = shipped(life);
    legs.iter()
        .map(|leg| {
            let order = leg.order.as_ref()?;
            if leg.goods(life).is_empty() {
                return None;
            }
            shipped
                .iter()
                .find(|one| {
                    one.fulfilments.iter().any(|told| told.id == leg.part.id)
                        && one.shipment.lines.iter().any(|line| line.order == *order)
                })
                .map(|one| one.shipment)
        })
        .collect()
}

/// What keeps a shipment of these units from its invoice; `None`: nothing.
pub(super) fn next(
    life: &Life<'_>,
    order: &BookedOrder,
    shipment: &Shipment,
    wanted: &BTreeMap<String, u32>,
) -> Option<PartState> {
    if !shipment.status.has_left() {
        let waiting = life.problem(Code::WaitingShipment);
        return Some(PartState::Waiting(waiting, None));
    }
    let there = units(life, shipment, &order.number);
    if is_exactly(&there, wanted) {
        return None;
    }
    let fits = wanted.iter().all(|(link, units)| {
        there
            .get(link)
            .is_some_and(|there| *there >= Decimal::from(*units))
    });
    Some(if fits {
        // The rest of it is not told to the shop yet.
        PartState::Waiting(life.problem(Code::WaitingForFulfilment), None)
    } else {
        PartState::Held(Problem::new(Code::FulfilmentDiffers).with("document", &shipment.number))
    })
}

/// The day on which a leg's goods left: where Visma.net ships, its shipment says it.
pub(super) fn left_on(life: &Life<'_>, leg: &Leg, shipment: Option<&Shipment>) -> NaiveDate {
    shipment
        .filter(|_| visma_ships(life))
        .and_then(|shipment| shipment.date)
        .unwrap_or_else(|| life.local(leg.at))
}

/// Where each shipment stands; nothing where the shop ships and none has a record.
pub(super) fn decide(life: &Life<'_>) -> Vec<PartDecision> {
    let visma_ships = visma_ships(life);
    let mut decisions: Vec<PartDecision> = Vec::new();
    if visma_ships {
        decisions.extend(shipped(life).iter().map(|one| of_shipment(life, one)));
    }
    for number in &life.books.known_shipments {
        let part = shipment_part(number);
        if decisions.iter().any(|known| known.part == part) {
            continue;
        }
        let told = fulfilments(life)
            .iter()
            .any(|fulfilment| is_linked(life, fulfilment, number));
        let named = |code| Problem::new(code).with("document", number);
        let state = match (visma_ships, told) {
            (true, true) => {
                let cancelled = ShipmentStatus::Cancelled;
                let taken_back = named(Code::ShipmentTakenBack);
                PartState::Held(taken_back.with("status", cancelled.as_str()))
            }
            (true, false) => PartState::Skipped(named(Code::SkippedShipment)),
            (false, true) => PartState::Done,
            (false, false) => PartState::Skipped(named(Code::SkippedShopShips)),
        };
        decisions.push(PartDecision::new(part, state, None));
    }
    decisions
}

fn of_shipment(life: &Life<'_>, one: &Shipped<'_>) -> PartDecision {
    let number = &one.shipment.number;
    let at = one.shipment.date.and_then(|day| noon(life, day));
    let state = state(life, one).unwrap_or_else(PartState::Held);
    let mut decision = PartDecision::new(shipment_part(number), state, at);
    decision.documents = one
        .fulfilments
        .iter()
        .map(|fulfilment| {
            let part = PartRef {
                kind: PartKind::Invoice,
                id: fulfilment.id.clone(),
            };
            link(&part, Linked::Shipment, number)
        })
        .collect();
    decision
}

/// A shipment has a day only.
fn noon(life: &Life<'_>, day: NaiveDate) -> Option<DateTime<Utc>> {
    let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0)?);
    let local = life.ground.shop.time_zone.from_local_datetime(&noon);
    Some(local.earliest()?.with_timezone(&Utc))
}

fn state(life: &Life<'_>, one: &Shipped<'_>) -> Result<PartState, Problem> {
    let number = &one.shipment.number;
    let named = |code| Problem::new(code).with("document", number);
    if !one.shipment.status.has_left() {
        let status = one.shipment.status.as_str();
        if !one.fulfilments.is_empty() {
            return Err(named(Code::ShipmentTakenBack).with("status", status));
        }
        if one.shipment.status == ShipmentStatus::Hold {
            return Err(named(Code::ShipmentOnHold).with("status", status));
        }
        let waiting = life.problem(Code::WaitingShipment);
        return Ok(PartState::Waiting(waiting, None));
    }
    if one.untold.values().any(|units| *units < Decimal::ZERO) {
        return Err(named(Code::FulfilmentDiffers));
    }
    if !one.untold.is_empty() {
        let Some(sending) = &life.books.sending else {
            let unknown = life.books.sending_problem.clone();
            return Err(unknown.unwrap_or_else(|| life.problem(Code::OrderGone)));
        };
        return Ok(PartState::Next(create(life, one, sending)?));
    }
    let wanted = tracking(one.shipment);
    let notify = life.ground.settings.invoices.notify_customer;
    // Visma.net ships, so its numbers are the ones; where it has none, what was typed in the shop stays.
    let stale = wanted.as_ref().and_then(|wanted| {
        one.fulfilments
            .iter()
            .find(|told| set(&told.tracking) != set(&wanted.numbers))
    });
    Ok(match (stale, wanted) {
        (Some(fulfilment), Some(tracking)) => PartState::Next(LifeStep::UpdateTracking {
            shipment: number.clone(),
            fulfilment: fulfilment.id.clone(),
            tracking,
            notify,
        }),
        _ => PartState::Done,
    })
}

fn set(numbers: &[String]) -> BTreeSet<&str> {
    numbers.iter().map(String::as_str).collect()
}

fn tracking(shipment: &Shipment) -> Option<Tracking> {
    (!shipment.tracking.is_empty()).then(|| Tracking {
        numbers: shipment.tracking.clone(),
        company: shipment.carrier.clone(),
    })
}

/// The next fulfilment: of all units that are not told yet if they are at one location, else of the first location. Nothing is told
/// before there is room for all of them.
fn create(life: &Life<'_>, one: &Shipped<'_>, sending: &Sending) -> Result<LifeStep, Problem> {
    let shipment = one.shipment;
    let mut orders: Vec<&FulfilmentOrder> = sending.orders.iter().collect();
    // Where the goods left, if the map knows it; Shopify's own order else.
    let warehouses = &life.ground.settings.invoices.warehouses;
    orders.sort_by_key(|order| {
        let mapped = order
            .location_id
            .as_ref()
            .and_then(|location| warehouses.get(location));
        !(mapped.is_some() && mapped == shipment.warehouse.as_ref())
    });
    let mut places: Vec<(&Option<String>, Vec<FulfilmentDraftPart>)> = Vec::new();
    for (link, units) in &one.untold {
        let Some(line) = link.strip_prefix("line/") else {
            return Err(stranger(life, shipment, link));
        };
        let mut left = u32::try_from(*units)
            .ok()
            .filter(|whole| Decimal::from(*whole) == *units)
            .ok_or_else(|| over(life, one, line, *units, 0))?;
        let (mut open, mut stopped) = (0, None);
        for order in &orders {
            for row in order.lines.iter().filter(|row| row.line_id == line) {
                if !order.status.can_be_sent() {
                    if row.remaining > 0 {
                        stopped = stopped.or(Some(&order.status));
                    }
                    continue;
                }
                open += row.remaining;
                let units = row.remaining.min(left);
                if units == 0 {
                    continue;
                }
                left -= units;
                let line = FulfilmentDraftLine {
                    id: row.id.clone(),
                    line_id: row.line_id.clone(),
                    units,
                };
                put(&mut places, order, line);
            }
        }
        match stopped {
            _ if left == 0 => {}
            Some(status) => {
                return Err(life
                    .problem(Code::FulfilmentNotOpen)
                    .with("document", &shipment.number)
                    .with("status", status.as_str()));
            }
            None => return Err(over(life, one, line, *units, open)),
        }
    }
    let (_, parts) = places
        .into_iter()
        .next()
        .ok_or_else(|| Problem::new(Code::FulfilmentDiffers).with("document", &shipment.number))?;
    Ok(LifeStep::CreateFulfilment {
        shipment: shipment.number.clone(),
        draft: Box::new(FulfilmentDraft {
            order: life.order.id.clone(),
            parts,
            tracking: tracking(shipment),
            notify: life.ground.settings.invoices.notify_customer,
        }),
    })
}

/// One call takes fulfilment orders of one location (`facts/shopify` 8.13).
fn put<'a>(
    places: &mut Vec<(&'a Option<String>, Vec<FulfilmentDraftPart>)>,
    order: &'a FulfilmentOrder,
    line: FulfilmentDraftLine,
) {
    let at = places
        .iter()
        .position(|(place, _)| **place == order.location_id)
        .unwrap_or_else(|| {
            places.push((&order.location_id, Vec::new()));
            places.len() - 1
        });
    let Some((_, parts)) = places.get_mut(at) else {
        return;
    };
    match parts
        .iter_mut()
        .find(|part| part.fulfilment_order == order.id)
    {
        Some(part) => part.lines.push(line),
        None => parts.push(FulfilmentDraftPart {
            fulfilment_order: order.id.clone(),
            lines: vec![line],
        }),
    }
}

/// A line that somebody put on the sales order in Visma.net: the shop does not know it.
fn stranger(life: &Life<'_>, shipment: &Shipment, link: &str) -> Problem {
    let line = link.strip_prefix('?').and_then(|line| line.parse().ok());
    let item = shipment
        .lines
        .iter()
        .find(|row| Some(row.order_line) == line)
        .map_or(link, |row| row.item.as_str());
    life.problem(Code::ShipmentStranger)
        .with("document", &shipment.number)
        .with("item", item)
}

/// More was shipped than the shop has left to send.
fn over(life: &Life<'_>, one: &Shipped<'_>, line: &str, units: Decimal, open: u32) -> Problem {
    let title = life
        .order
        .lines
        .iter()
        .find(|known| known.id == line)
        .map_or(line, |known| known.title.as_str());
    Problem::new(Code::ShipmentOverOpen)
        .with("document", &one.shipment.number)
        .with("title", title)
        .with("theirs", units.normalize())
        .with("ours", open)
}
