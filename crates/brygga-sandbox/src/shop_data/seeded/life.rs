//! What becomes of an order: each change is a new version at its moment.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::amounts::{Bag, Exchange};
use super::basket::Filler;
use super::kinds::Story;
use super::model::{Application, Model, Parcel, Refund, Tx};
use super::places::TaxKind;
use crate::shop_data::OrderLife;

/// One order while its story is told.
pub(super) struct Telling<'a, 'b> {
    pub(super) filler: &'a mut Filler<'b>,
    pub(super) order: Model,
    pub(super) start: DateTime<Utc>,
    versions: Vec<(DateTime<Utc>, Value)>,
    pub(super) now: DateTime<Utc>,
}

impl<'a, 'b> Telling<'a, 'b> {
    pub(super) fn new(filler: &'a mut Filler<'b>, order: Model, start: DateTime<Utc>) -> Self {
        let now = order.created;
        Self {
            filler,
            order,
            start,
            versions: Vec::new(),
            now,
        }
    }

    /// Tells the whole story and returns the order's versions.
    pub(super) fn tell(mut self, story: Story) -> OrderLife {
        self.begin(story);
        self.go_on(story);
        OrderLife {
            id: self.order.id.to_string(),
            versions: self.versions,
        }
    }

    pub(super) fn minutes(&mut self, low: i64, high: i64) {
        let seconds = self.filler.dice.between(low * 60, high * 60);
        self.now += TimeDelta::seconds(seconds);
    }

    pub(super) fn hours(&mut self, low: i64, high: i64) {
        self.minutes(low * 60, high * 60);
    }

    pub(super) fn save(&mut self) {
        let version = self.order.json(self.now);
        self.versions.push((self.now, version));
    }

    /// Money of the day it moves on.
    fn today(&self, amount: i64) -> Bag {
        Exchange::on(self.order.fx.currency, (self.now - self.start).num_days()).bag(amount)
    }

    pub(super) fn money(
        &mut self,
        kind: &'static str,
        status: &'static str,
        gateway: &'static str,
        amount: i64,
        parent: Option<i64>,
    ) -> i64 {
        let id = self.filler.numbers.take();
        // The card's id is in the receipt (`facts/shopify` 7.9).
        let receipt = (gateway == "gift_card").then(|| json!({ "gift_card_id": id / 7, "gift_card_last_characters": format!("{:04x}", id % 0xFFFF) }).to_string());
        let amount = self.today(amount);
        self.order.txs.push(Tx {
            id,
            kind,
            status,
            gateway,
            amount,
            at: self.now,
            parent,
            receipt,
        });
        id
    }

    fn gateway(&mut self) -> &'static str {
        if self.order.pos {
            return if self.filler.dice.permille(350) {
                "cash"
            } else {
                "shopify_payments"
            };
        }
        if self.filler.dice.permille(120) {
            "paypal"
        } else {
            "shopify_payments"
        }
    }

    pub(super) fn due(&self) -> i64 {
        self.order.totals().total.pres
    }

    /// The first version: the order as it was placed, with its first money.
    fn begin(&mut self, story: Story) {
        let total = self.due();
        self.order.test = story == Story::Test;
        let company = self.order.purchasing_entity["__typename"] == "PurchasingCompany";
        let on_account = matches!(
            story,
            Story::PendingThenPaid | Story::PendingForever | Story::PartlyPaid
        );
        if on_account && company {
            self.order.net_days = Some(if self.filler.dice.permille(500) {
                14
            } else {
                30
            });
        }
        if total > 0 {
            match story {
                Story::PendingThenPaid | Story::PendingForever => {
                    self.money("SALE", "PENDING", "manual", total, None);
                }
                Story::CancelledUnpaid if self.filler.dice.permille(400) => {
                    self.money("SALE", "PENDING", "manual", total, None);
                }
                Story::PartlyPaid => {
                    self.money("SALE", "SUCCESS", "manual", total / 3, None);
                }
                Story::Captured | Story::CancelledUnpaid => {
                    self.money("AUTHORIZATION", "SUCCESS", "shopify_payments", total, None);
                }
                Story::GiftCardPart => {
                    let part = (total / 2).max(1);
                    self.money("SALE", "SUCCESS", "gift_card", part, None);
                    self.money("SALE", "SUCCESS", "shopify_payments", total - part, None);
                }
                Story::GiftCardWhole => {
                    self.money("SALE", "SUCCESS", "gift_card", total, None);
                }
                _ => {
                    let gateway = self.gateway();
                    if self.filler.dice.permille(40) {
                        self.money("SALE", "FAILURE", gateway, total, None);
                    }
                    self.money("SALE", "SUCCESS", gateway, total, None);
                }
            }
        }
        if self.order.pos {
            self.send(1000);
            self.order.closed = Some(self.now);
        }
        self.order.original_total = Some(self.order.totals().total);
        self.save();
    }

    fn go_on(&mut self, story: Story) {
        match story {
            Story::Paid
            | Story::PendingForever
            | Story::PartlyPaid
            | Story::GiftCardWhole
            | Story::GiftCardPart
            | Story::Test => {}
            Story::Shipped | Story::Archived if self.order.pos => {}
            Story::Shipped => self.shipped(),
            Story::Archived => {
                self.shipped();
                self.hours(20, 60);
                self.order.closed = Some(self.now);
                self.save();
            }
            Story::PartlyShipped => {
                self.hours(4, 40);
                self.send(500);
                self.save();
            }
            Story::Captured => self.captured(),
            Story::PendingThenPaid => {
                self.hours(20, 140);
                let amount = self.due();
                let parent = self.order.txs.first().map(|tx| tx.id);
                self.money("SALE", "SUCCESS", "manual", amount, parent);
                self.save();
                if self.filler.dice.permille(600) {
                    self.shipped();
                }
            }
            Story::EditAddsLine | Story::EditMoreUnits => {
                self.edit_up(story == Story::EditAddsLine);
            }
            Story::EditRemovesLine | Story::EditFewerUnits | Story::EditAtOnce => {
                self.edit_down(story);
            }
            Story::EditDiscount => self.edit_discount(),
            Story::NewAddress => self.new_address(),
            Story::NewTag => {
                self.hours(1, 50);
                self.order.tags.push("vip".to_owned());
                self.save();
            }
            Story::CancelledAtOnce => {
                self.minutes(2, 15);
                self.cancel();
            }
            Story::CancelledLater | Story::CancelledUnpaid => {
                self.hours(20, 60);
                self.cancel();
            }
            Story::ReturnedWhole | Story::ReturnedPart | Story::RefundKept => self.returned(story),
            Story::RefundAmount | Story::RefundPending => {
                self.refund_amount(story == Story::RefundPending);
            }
            Story::RefundUnsent => self.refund_unsent(),
            Story::RefundShipping => self.refund_shipping(),
        }
    }

    /// Sends so many thousandths of what waits, at least one unit.
    fn send(&mut self, share: i64) {
        let mut units = Vec::new();
        for at in 0..self.order.lines.len() {
            let line = &self.order.lines[at];
            let waiting = line.quantity - self.order.taken_before_sending(at) - self.order.sent(at);
            if line.tip || waiting <= 0 {
                continue;
            }
            let some = if share >= 1000 {
                waiting
            } else {
                waiting * share / 1000
            };
            if some > 0 {
                units.push((at, some));
            }
        }
        if units.is_empty() && share < 1000 && self.order.lines.len() > 1 {
            units.push((0, 1));
        }
        if !units.is_empty() {
            let id = self.filler.numbers.take();
            self.order.parcels.push(Parcel {
                id,
                at: self.now,
                units,
            });
        }
    }

    pub(super) fn shipped(&mut self) {
        self.hours(5, 70);
        self.send(1000);
        self.save();
    }

    /// The reserved money is taken when the goods go.
    fn captured(&mut self) {
        self.hours(10, 60);
        let amount = self.due();
        let parent = self
            .order
            .txs
            .iter()
            .find(|tx| tx.kind == "AUTHORIZATION")
            .map(|tx| tx.id);
        if amount > 0 {
            self.money("CAPTURE", "SUCCESS", "shopify_payments", amount, parent);
        }
        self.send(1000);
        self.save();
    }

    fn edit_up(&mut self, add_line: bool) {
        self.hours(3, 40);
        self.order.edited = true;
        // A discount on the whole order keeps what it has given; so only a line without one can grow.
        let grows = (0..self.order.lines.len()).find(|&at| {
            let line = &self.order.lines[at];
            line.allocations.is_empty() && !line.tip && !line.gift_card
        });
        match grows {
            Some(at) if !add_line => {
                self.order.lines[at].quantity += self.filler.dice.between(1, 2);
            }
            _ => {
                let line = self.filler.any_line(&[TaxKind::Standard]);
                self.order.lines.push(line);
            }
        }
        self.save();
        self.hours(1, 8);
        let missing = self.order.totals().outstanding.pres;
        if missing > 0 {
            let gateway = self.gateway();
            self.money("SALE", "SUCCESS", gateway, missing, None);
            self.save();
        }
        self.maybe_ship();
    }

    fn maybe_ship(&mut self) {
        if self.filler.dice.permille(500) {
            self.shipped();
        }
    }

    /// Takes units out before they are sent: quantities only, then the money goes back (`facts/shopify` R7).
    fn edit_down(&mut self, story: Story) {
        if story == Story::EditAtOnce {
            self.minutes(2, 9);
        } else {
            self.hours(3, 40);
        }
        self.order.edited = true;
        let removable = |line: &super::model::Line| !line.tip && !line.gift_card;
        let whole = story == Story::EditRemovesLine;
        let at = (0..self.order.lines.len()).rev().find(|&at| {
            removable(&self.order.lines[at]) && (whole || self.order.lines[at].quantity > 1)
        });
        let Some(at) = at else { return };
        let quantity = self.order.lines[at].quantity;
        let units = if whole {
            quantity
        } else {
            self.filler.dice.between(1, quantity - 1)
        };
        let id = self.filler.numbers.take();
        let part = self.order.refund_line(id, at, units, "CANCEL");
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            lines: vec![part],
            shipping: Vec::new(),
            adjustments: Vec::new(),
            txs: Vec::new(),
            note: None,
        });
        self.save();
        let back = -self.order.totals().outstanding.pres;
        if back > 0 {
            self.minutes(1, 40);
            self.give_back(back);
            self.save();
        }
        self.maybe_ship();
    }

    fn edit_discount(&mut self) {
        self.hours(3, 30);
        self.order.edited = true;
        let line = self
            .order
            .lines
            .iter()
            .position(|line| line.allocations.is_empty() && !line.tip && !line.gift_card);
        let Some(at) = line else { return };
        let index = self.order.applications.len();
        let amount = super::amounts::rounded(self.order.lines[at].original() * 10, 100);
        let text = "Compensation";
        self.order.applications.push(Application {
            typename: "ManualDiscountApplication",
            text,
            method: "EACH",
            selection: "EXPLICIT",
            shipping: false,
            value: Ok(10),
        });
        self.order.lines[at].allocations.push((index, amount));
        self.save();
        let back = -self.order.totals().outstanding.pres;
        if back > 0 {
            self.minutes(5, 60);
            self.give_back(back);
            self.save();
        }
        self.maybe_ship();
    }

    fn new_address(&mut self) {
        self.hours(2, 40);
        if let Some(address) = self.order.shipping_to.as_object_mut() {
            address.insert("address1".to_owned(), json!("Nyveien 7 B"));
            address.insert("address2".to_owned(), json!("c/o Olsen"));
        }
        self.save();
    }
}
