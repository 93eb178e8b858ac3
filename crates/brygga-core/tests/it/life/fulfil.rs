//! Where Visma.net ships: its shipments become fulfilments in the shop, each unit told once (`booking-rules` 6).

use brygga_core::booking::life::{
    LifeStep, Linked, PartDecision, PartKind, PartLink, PartRef, PartState,
};
use brygga_core::erp::{Operation, ShipmentQuantity, ShipmentStatus};
use brygga_core::settings::{BookingMode, WhoShips};
use brygga_core::shop::{
    Fulfilment, FulfilmentDraft, FulfilmentLine, FulfilmentOrder, FulfilmentOrderLine,
    FulfilmentOrderStatus, Sending, TransactionKind,
};
use brygga_core::{Code, Currency, Decimal};

use super::run::{Run, ground};
use super::shop::Shop;
use crate::build::day;

/// Which line of the order, so many units.
type Units<'a> = &'a [(usize, u32)];

struct House {
    run: Run,
    shop: Shop,
    told: Vec<FulfilmentDraft>,
    next: u32,
}

impl House {
    /// Two lines, of three and of two units, all from location 77.
    fn new() -> Self {
        Self::at(&[(0, 3, "77"), (1, 2, "77")])
    }

    /// Lines with units at locations.
    fn at(places: &[(usize, u32, &str)]) -> Self {
        let mut shop = Shop::new(
            Currency::NOK,
            10_000,
            true,
            &[(3, 10_000, 250), (2, 4_990, 150)],
            (5_000, 250),
        );
        let all = shop.outstanding();
        shop.pay(all, "shopify_payments", TransactionKind::Sale);
        let mut own = ground(BookingMode::SalesOrder);
        own.settings.invoices.who_ships = WhoShips::Visma;
        let mut house = Self {
            run: Run::new(own),
            shop,
            told: vec![],
            next: 0,
        };
        let mut orders: Vec<FulfilmentOrder> = vec![];
        for (line, units, place) in places {
            let row = FulfilmentOrderLine {
                id: format!("row{line}-{place}"),
                line_id: (line + 1).to_string(),
                remaining: *units,
            };
            match orders
                .iter_mut()
                .find(|one| one.location_id.as_deref() == Some(*place))
            {
                Some(order) => order.lines.push(row),
                None => orders.push(FulfilmentOrder {
                    id: format!("order-{place}"),
                    status: FulfilmentOrderStatus::Open,
                    location_id: Some((*place).into()),
                    lines: vec![row],
                }),
            }
        }
        house.run.sending = Some(Sending {
            orders,
            fulfilments: vec![],
        });
        house.settle();
        house
    }

    fn sending(&mut self) -> &mut Sending {
        self.run.sending.as_mut().unwrap()
    }

    /// The warehouse picks these units; the number of the shipment.
    fn pick(&mut self, units: Units<'_>) -> String {
        let order = self.run.booked.as_ref().unwrap().number.clone().unwrap();
        self.run.visma.apply(&LifeStep::CreateShipment {
            order,
            operation: Operation::Issue,
            warehouse: "1".into(),
            date: day("2026-10-06"),
        });
        let lines = self.run.visma.read().orders[0].lines.clone();
        let shipment = self.run.visma.shipments.last().unwrap().clone();
        let quantities = shipment
            .lines
            .iter()
            .map(|row| {
                let link = lines
                    .iter()
                    .find(|line| line.line_id == i64::from(row.order_line))
                    .and_then(|line| line.link.clone());
                let wanted = units
                    .iter()
                    .find(|(line, _)| link == Some(format!("line/{}", line + 1)));
                ShipmentQuantity {
                    line_number: row.line_number,
                    units: wanted.map_or(Decimal::ZERO, |(_, units)| Decimal::from(*units)),
                }
            })
            .collect();
        self.run.visma.apply(&LifeStep::SetQuantities {
            shipment: shipment.number.clone(),
            quantities,
        });
        shipment.number
    }

    /// And they leave.
    fn ship(&mut self, units: Units<'_>) -> String {
        let number = self.pick(units);
        self.run.visma.apply(&LifeStep::ConfirmShipment {
            shipment: number.clone(),
        });
        number
    }

    fn track(&mut self, shipment: &str, numbers: &[&str]) {
        let there = self.run.visma.shipments.iter_mut();
        let there = there.into_iter().find(|one| one.number == shipment);
        let there = there.unwrap();
        there.tracking = numbers.iter().map(|number| (*number).to_owned()).collect();
        there.carrier = Some("PostNord NO".into());
    }

    fn status(&mut self, shipment: &str, status: ShipmentStatus) {
        let mut there = self.run.visma.shipments.iter_mut();
        there.find(|one| one.number == shipment).unwrap().status = status;
    }

    /// Somebody fulfils in the shop.
    fn by_hand(&mut self, units: Units<'_>) -> String {
        let lines: Vec<(String, u32)> = units
            .iter()
            .map(|(line, units)| ((line + 1).to_string(), *units))
            .collect();
        self.fulfil(&lines, vec![], "77")
    }

    fn fulfil(&mut self, lines: &[(String, u32)], tracking: Vec<String>, place: &str) -> String {
        self.next += 1;
        let id = format!("f{}", self.next);
        for (line, units) in lines {
            let sending = self.run.sending.as_mut().unwrap();
            let order = sending
                .orders
                .iter_mut()
                .find(|order| order.location_id.as_deref() == Some(place))
                .unwrap();
            let row = order.lines.iter_mut().find(|row| row.line_id == *line);
            let row = row.expect("the line is there");
            row.remaining = row
                .remaining
                .checked_sub(*units)
                .expect("Shopify refuses more than is open");
        }
        let fulfilment = Fulfilment {
            id: id.clone(),
            created_at: "2026-10-07T08:00:00Z".parse().unwrap(),
            location_id: Some(place.into()),
            status: "SUCCESS".into(),
            tracking,
            lines: lines
                .iter()
                .map(|(line_id, quantity)| FulfilmentLine {
                    line_id: line_id.clone(),
                    quantity: *quantity,
                })
                .collect(),
        };
        self.sending().fulfilments.push(fulfilment.clone());
        self.shop.order.fulfilments.push(fulfilment);
        id
    }

    fn apply(&mut self, step: &LifeStep) {
        match step {
            LifeStep::CreateFulfilment { shipment, draft } => {
                let sending = self.run.sending.clone().unwrap();
                let mut place = None;
                let mut lines = vec![];
                for part in &draft.parts {
                    let order = sending
                        .orders
                        .iter()
                        .find(|order| order.id == part.fulfilment_order)
                        .unwrap();
                    assert!(order.status.can_be_sent());
                    let at = order.location_id.clone();
                    assert!(place.is_none() || place == Some(at.clone()), "one location");
                    place = Some(at);
                    for line in &part.lines {
                        assert!(line.units > 0);
                        lines.push((line.line_id.clone(), line.units));
                    }
                }
                let numbers = draft
                    .tracking
                    .as_ref()
                    .map_or_else(Vec::new, |tracking| tracking.numbers.clone());
                let id = self.fulfil(&lines, numbers, &place.flatten().unwrap());
                // What was made is linked with its answer.
                if let Some(links) = &mut self.run.links {
                    links.push(PartLink {
                        part: PartRef {
                            kind: PartKind::Invoice,
                            id,
                        },
                        what: Linked::Shipment,
                        number: shipment.clone(),
                    });
                }
                self.told.push((**draft).clone());
            }
            LifeStep::UpdateTracking {
                fulfilment,
                tracking,
                ..
            } => {
                for told in [
                    &mut self.run.sending.as_mut().unwrap().fulfilments,
                    &mut self.shop.order.fulfilments,
                ] {
                    let one = told.iter_mut().find(|one| one.id == *fulfilment);
                    one.unwrap().tracking.clone_from(&tracking.numbers);
                }
            }
            other => self.run.visma.apply(other),
        }
    }

    /// Goes on until nothing comes next.
    fn settle(&mut self) -> Vec<PartDecision> {
        let problem = self.run.book(&self.shop.order);
        for _ in 0..100 {
            let decisions = self.run.decide(&self.shop.order, problem.as_ref());
            if let Some(links) = &mut self.run.links {
                for link in decisions.iter().flat_map(|one| &one.documents) {
                    if !links.contains(link) {
                        links.retain(|known| known.part != link.part || known.what != link.what);
                        links.push(link.clone());
                    }
                }
            }
            let next = decisions.iter().find_map(|one| match &one.state {
                PartState::Next(step) => Some(step.clone()),
                _ => None,
            });
            self.run.known_shipments = decisions
                .iter()
                .filter(|one| one.part.kind == PartKind::Shipment)
                .map(|one| one.part.id.clone())
                .collect();
            let Some(step) = next else {
                return decisions;
            };
            let kept = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<LifeStep>(&kept).unwrap(), step);
            self.apply(&step);
        }
        panic!("it never comes to rest");
    }

    /// Where a shipment stands after everything was done.
    fn stands(&mut self, shipment: &str) -> PartState {
        let decisions = self.settle();
        let mut found = decisions
            .into_iter()
            .filter(|one| one.part.kind == PartKind::Shipment && one.part.id == shipment);
        let one = found.next().expect("the shipment is decided on");
        assert!(found.next().is_none(), "once");
        one.state
    }

    fn code(&mut self, shipment: &str) -> Code {
        match self.stands(shipment) {
            PartState::Held(problem)
            | PartState::Waiting(problem, _)
            | PartState::Skipped(problem) => problem.code,
            other => panic!("{other:?}"),
        }
    }

    fn fulfilled(&self) -> Vec<Vec<(String, u32)>> {
        let told = &self.run.sending.as_ref().unwrap().fulfilments;
        told.iter()
            .map(|one| {
                let lines = one.lines.iter();
                lines
                    .map(|row| (row.line_id.clone(), row.quantity))
                    .collect()
            })
            .collect()
    }

    /// Everything is sent, told once, invoiced and paid.
    fn proven(&mut self) {
        let decisions = self.settle();
        self.run.prove(&self.shop.order, &decisions).unwrap();
    }
}

fn one(line: usize, units: u32) -> (String, u32) {
    ((line + 1).to_string(), units)
}

#[test]
fn a_whole_shipment_is_told_with_its_tracking_and_then_invoiced() {
    let mut house = House::new();
    assert!(house.told.is_empty());
    let number = house.pick(&[(0, 3), (1, 2)]);
    assert_eq!(house.code(&number), Code::WaitingShipment);
    house.track(&number, &["A1", "A2"]);
    house.status(&number, ShipmentStatus::Confirmed);
    assert_eq!(house.stands(&number), PartState::Done);
    assert_eq!(house.fulfilled(), [vec![one(0, 3), one(1, 2)]]);
    let draft = &house.told[0];
    assert_eq!((draft.parts.len(), draft.notify), (1, false));
    let tracking = draft.tracking.clone().unwrap();
    assert_eq!(tracking.numbers, ["A1", "A2"]);
    assert_eq!(tracking.company.as_deref(), Some("PostNord NO"));
    house.proven();
    assert_eq!(house.run.visma.ledger.len(), 1);
    assert_eq!(house.run.visma.ledger[0].date, Some(day("2026-10-06")));
    assert_eq!(house.run.visma.shipments.len(), 1, "none is made for it");
}

#[test]
fn two_shipments_are_two_fulfilments_and_two_invoices() {
    let mut house = House::new();
    let first = house.ship(&[(0, 2)]);
    assert_eq!(house.stands(&first), PartState::Done);
    house.run.own.settings.invoices.notify_customer = true;
    let second = house.ship(&[(0, 1), (1, 2)]);
    assert_eq!(house.stands(&second), PartState::Done);
    assert_eq!(
        house.fulfilled(),
        [vec![one(0, 2)], vec![one(0, 1), one(1, 2)]]
    );
    let notified: Vec<bool> = house.told.iter().map(|draft| draft.notify).collect();
    assert_eq!(notified, [false, true]);
    house.proven();
    assert_eq!(house.run.visma.ledger.len(), 2);
}

#[test]
fn two_shipments_at_once_are_told_apart_and_invoiced_together() {
    let mut house = House::new();
    house.ship(&[(0, 1)]);
    house.ship(&[(0, 1)]);
    house.ship(&[(0, 1), (1, 2)]);
    house.proven();
    assert_eq!(house.fulfilled().len(), 3);
}

#[test]
fn an_open_shipment_does_not_keep_a_confirmed_one_from_its_invoice() {
    let mut house = House::new();
    house.ship(&[(0, 3)]);
    let open = house.pick(&[(1, 2)]);
    assert_eq!(house.code(&open), Code::WaitingShipment);
    assert_eq!(house.run.visma.ledger.len(), 1);
}

#[test]
fn tracking_that_comes_later_is_told_then() {
    let mut house = House::new();
    let number = house.ship(&[(0, 3), (1, 2)]);
    assert_eq!(house.stands(&number), PartState::Done);
    assert_eq!(house.told[0].tracking, None);
    house.track(&number, &["B1"]);
    assert_eq!(house.stands(&number), PartState::Done);
    let told = |house: &House| house.run.sending.as_ref().unwrap().fulfilments[0].clone();
    assert_eq!(told(&house).tracking, ["B1"]);
    // A corrected number takes the place of the wrong one.
    house.track(&number, &["B2"]);
    house.settle();
    assert_eq!(told(&house).tracking, ["B2"]);
    assert_eq!(house.told.len(), 1);
    // One that was typed in the shop stays where Visma.net has none.
    let shipment = house.run.visma.shipments.last_mut().unwrap();
    shipment.tracking.clear();
    house.settle();
    assert_eq!(told(&house).tracking, ["B2"]);
}

#[test]
fn what_was_fulfilled_by_hand_is_adopted() {
    for linked in [true, false] {
        let mut house = House::new();
        if !linked {
            house.run.links = None;
        }
        house.by_hand(&[(0, 2)]);
        house.settle();
        assert!(house.run.visma.shipments.is_empty(), "the warehouse ships");
        let first = house.ship(&[(0, 2)]);
        assert_eq!(house.stands(&first), PartState::Done);
        // Several of the shop's for one of Visma.net's.
        house.by_hand(&[(0, 1)]);
        house.by_hand(&[(1, 2)]);
        let second = house.ship(&[(0, 1), (1, 2)]);
        assert_eq!(house.stands(&second), PartState::Done);
        assert!(house.told.is_empty(), "nothing is told twice");
        house.proven();
    }
}

#[test]
fn a_fulfilment_that_is_found_again_is_not_made_again() {
    let mut house = House::new();
    let number = house.ship(&[(0, 3), (1, 2)]);
    assert_eq!(house.stands(&number), PartState::Done);
    // As after an old backup: no links, and the mirror is behind.
    house.run.links = Some(vec![]);
    house.shop.order.fulfilments.clear();
    assert_eq!(house.stands(&number), PartState::Done);
    assert_eq!(house.fulfilled().len(), 1);
}

#[test]
fn a_shipment_from_two_locations_is_two_fulfilments_and_one_invoice() {
    let mut house = House::at(&[(0, 2, "77"), (0, 1, "88"), (1, 2, "88")]);
    let warehouses = &mut house.run.own.settings.invoices.warehouses;
    warehouses.insert("88".into(), "1".into());
    let number = house.ship(&[(0, 3), (1, 2)]);
    assert_eq!(house.stands(&number), PartState::Done);
    // Where the warehouse's goods lie goes first.
    assert_eq!(
        house.fulfilled(),
        [vec![one(0, 1), one(1, 2)], vec![one(0, 2)]]
    );
    house.proven();
    assert_eq!(house.run.visma.ledger.len(), 1);
    assert_eq!(house.run.visma.shipments.len(), 1);
}

#[test]
fn more_than_the_shop_has_open_is_held_and_nothing_of_it_told() {
    let mut house = House::new();
    // Somebody fulfilled otherwise.
    house.by_hand(&[(0, 2)]);
    let number = house.ship(&[(0, 3), (1, 2)]);
    match house.stands(&number) {
        PartState::Held(problem) => {
            assert_eq!(problem.code, Code::ShipmentOverOpen);
            let shown = |name: &str| problem.params[name].clone();
            assert_eq!((shown("ours"), shown("theirs")), ("1".into(), "3".into()));
            assert_eq!(shown("title"), "Thing 0");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(house.fulfilled().len(), 1);
    // The rest is fulfilled by hand, too: then both say the same.
    house.by_hand(&[(0, 1), (1, 2)]);
    assert_eq!(house.stands(&number), PartState::Done);
    house.proven();
}

#[test]
fn an_order_on_hold_is_not_sent_past_the_hold() {
    let mut house = House::new();
    house.sending().orders[0].status = FulfilmentOrderStatus::OnHold;
    let number = house.ship(&[(0, 3)]);
    assert_eq!(house.code(&number), Code::FulfilmentNotOpen);
    house.sending().orders[0].status = FulfilmentOrderStatus::InProgress;
    assert_eq!(house.stands(&number), PartState::Done);
}

#[test]
fn a_shipment_that_is_taken_back_or_changed_after_it_was_told_is_named() {
    let mut house = House::new();
    let number = house.ship(&[(0, 2)]);
    let stop = &mut house.run.own.settings.invoices.on;
    *stop = false;
    assert_eq!(house.stands(&number), PartState::Done);
    house.status(&number, ShipmentStatus::Open);
    assert_eq!(house.code(&number), Code::ShipmentTakenBack);
    // Confirmed again as it was: all is well.
    house.status(&number, ShipmentStatus::Confirmed);
    assert_eq!(house.stands(&number), PartState::Done);
    // With one unit less: the shop says too much.
    house.run.visma.shipments[0].lines[0].shipped = Decimal::ONE;
    assert_eq!(house.code(&number), Code::FulfilmentDiffers);
    // With one more: only that one is told.
    house.run.visma.shipments[0].lines[0].shipped = Decimal::from(3);
    assert_eq!(house.stands(&number), PartState::Done);
    assert_eq!(house.fulfilled(), [vec![one(0, 2)], vec![one(0, 1)]]);
    // Taken away altogether.
    house.status(&number, ShipmentStatus::Cancelled);
    assert_eq!(house.code(&number), Code::ShipmentTakenBack);
    // Shipped anew: what was told is its own.
    house.run.visma.shipments.clear();
    let mut again = house.pick_again(&number);
    again.status = ShipmentStatus::Confirmed;
    house.run.visma.shipments.push(again);
    assert_eq!(house.stands("again"), PartState::Done);
    assert_eq!(house.fulfilled().len(), 2);
}

impl House {
    /// A shipment of three units of the first line, as another document.
    fn pick_again(&mut self, _gone: &str) -> brygga_core::erp::Shipment {
        let order = self.run.visma.read().orders[0].clone();
        let line = order
            .lines
            .iter()
            .find(|line| line.link.as_deref() == Some("line/1"))
            .unwrap();
        brygga_core::erp::Shipment {
            number: "again".into(),
            etag: None,
            status: ShipmentStatus::Open,
            operation: Operation::Issue,
            date: Some(day("2026-10-08")),
            warehouse: Some("1".into()),
            lines: vec![brygga_core::erp::ShipmentLine {
                line_number: 1,
                order: order.number.clone(),
                order_line: i32::try_from(line.line_id).unwrap(),
                item: line.item.clone(),
                warehouse: None,
                shipped: Decimal::from(3),
                ordered: Decimal::from(3),
            }],
            orders: vec![],
            tracking: vec![],
            carrier: None,
        }
    }
}

#[test]
fn a_shipment_that_goes_before_anything_was_told_needs_nothing() {
    let mut house = House::new();
    let number = house.pick(&[(0, 2)]);
    assert_eq!(house.code(&number), Code::WaitingShipment);
    house.run.visma.apply(&LifeStep::CancelShipment {
        shipment: number.clone(),
    });
    assert_eq!(house.code(&number), Code::SkippedShipment);
    assert!(house.told.is_empty());
}

#[test]
fn goods_that_the_shop_does_not_know_are_named() {
    let mut house = House::new();
    let number = house.ship(&[(0, 1)]);
    let shipment = house.run.visma.shipments.last_mut().unwrap();
    let mut more = shipment.lines[0].clone();
    more.line_number = 2;
    more.order_line = 999;
    more.item = "GIFT".into();
    shipment.lines.push(more);
    assert_eq!(house.code(&number), Code::ShipmentStranger);
    assert!(house.told.is_empty());
}

#[test]
fn where_the_shop_ships_nothing_is_told() {
    let mut house = House::new();
    house.run.own.settings.invoices.who_ships = WhoShips::Shopify;
    let number = house.ship(&[(0, 3)]);
    house.run.known_shipments = vec![number.clone()];
    assert_eq!(house.code(&number), Code::SkippedShopShips);
    assert!(house.told.is_empty());
}

#[test]
fn an_order_that_is_gone_from_the_shop_is_named() {
    let mut house = House::new();
    let number = house.ship(&[(0, 3)]);
    house.run.sending = None;
    assert_eq!(house.code(&number), Code::OrderGone);
}
