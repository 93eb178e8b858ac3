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
    now: DateTime<Utc>,
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

    fn minutes(&mut self, low: i64, high: i64) {
        let seconds = self.filler.dice.between(low * 60, high * 60);
        self.now += TimeDelta::seconds(seconds);
    }

    fn hours(&mut self, low: i64, high: i64) {
        self.minutes(low * 60, high * 60);
    }

    fn save(&mut self) {
        let version = self.order.json(self.now);
        self.versions.push((self.now, version));
    }

    /// Money of the day it moves on.
    fn today(&self, amount: i64) -> Bag {
        Exchange::on(self.order.fx.currency, (self.now - self.start).num_days()).bag(amount)
    }

    fn money(
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

    fn due(&self) -> i64 {
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
                self.edit_up(story == Story::EditAddsLine)
            }
            Story::EditRemovesLine | Story::EditFewerUnits | Story::EditAtOnce => {
                self.edit_down(story)
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
                self.refund_amount(story == Story::RefundPending)
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

    fn shipped(&mut self) {
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
                self.order.lines[at].quantity += self.filler.dice.between(1, 2)
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
            self.minutes(2, 9)
        } else {
            self.hours(3, 40)
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

    /// A refund of money alone, for what an edit has made too much.
    fn give_back(&mut self, amount: i64) {
        let txs = self.pay_back(amount, "SUCCESS");
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            lines: Vec::new(),
            shipping: Vec::new(),
            adjustments: Vec::new(),
            txs,
            note: None,
        });
    }

    /// REFUND transactions on the gateways that the money came by, last first.
    fn pay_back(&mut self, amount: i64, status: &'static str) -> Vec<i64> {
        let came: Vec<(i64, &'static str, i64)> = self
            .order
            .txs
            .iter()
            .rev()
            .filter(|tx| tx.status == "SUCCESS" && matches!(tx.kind, "SALE" | "CAPTURE"))
            .map(|tx| (tx.id, tx.gateway, tx.amount.pres))
            .collect();
        let mut left = amount;
        let mut ids = Vec::new();
        for (parent, gateway, most) in came {
            let part = left.min(most);
            if part > 0 {
                ids.push(self.money("REFUND", status, gateway, part, Some(parent)));
                left -= part;
            }
        }
        ids
    }

    fn new_address(&mut self) {
        self.hours(2, 40);
        if let Some(address) = self.order.shipping_to.as_object_mut() {
            address.insert("address1".to_owned(), json!("Nyveien 7 B"));
            address.insert("address2".to_owned(), json!("c/o Olsen"));
        }
        self.save();
    }

    /// All units and the shipping go; paid money goes back, reserved money is let go (`facts/shopify` 7.13).
    fn cancel(&mut self) {
        let mut lines = Vec::new();
        for at in 0..self.order.lines.len() {
            let units = self.order.lines[at].quantity - self.order.taken(at);
            if units > 0 {
                let id = self.filler.numbers.take();
                lines.push(self.order.refund_line(id, at, units, "CANCEL"));
            }
        }
        let shipping = self.whole_shipping();
        let received = self.order.totals().received.pres;
        let txs = self.pay_back(received, "SUCCESS");
        if let Some(authorization) = self
            .order
            .txs
            .iter()
            .find(|tx| tx.kind == "AUTHORIZATION")
            .map(|tx| (tx.id, tx.amount.pres))
        {
            self.money(
                "VOID",
                "SUCCESS",
                "shopify_payments",
                authorization.1,
                Some(authorization.0),
            );
        }
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            lines,
            shipping,
            adjustments: Vec::new(),
            txs,
            note: Some("Order cancelled"),
        });
        let reason = *self
            .filler
            .dice
            .pick(&["CUSTOMER", "INVENTORY", "OTHER", "FRAUD"]);
        self.order.cancelled = Some((self.now, reason));
        self.order.closed = Some(self.now);
        self.save();
    }

    fn whole_shipping(&self) -> Vec<(usize, Bag, Bag)> {
        let order = &self.order;
        let one = |at: usize| {
            let line = &order.shipping[at];
            let tax: Bag = order
                .shipping_taxes(line)
                .iter()
                .map(|(_, amount)| *amount)
                .sum();
            let subtotal = order.shipping_after(line)
                - if order.taxes_included {
                    tax
                } else {
                    Bag::default()
                };
            (at, subtotal, tax)
        };
        (0..order.shipping.len())
            .map(one)
            .filter(|(_, subtotal, _)| subtotal.pres > 0)
            .collect()
    }

    /// Goods are sent, come back (or not), and are paid back.
    fn returned(&mut self, story: Story) {
        if !self.order.pos {
            self.shipped();
        }
        self.hours(30, 200);
        let restock = if story == Story::RefundKept {
            "NO_RESTOCK"
        } else {
            "RETURN"
        };
        let whole = story == Story::ReturnedWhole;
        let mut lines = Vec::new();
        for at in 0..self.order.lines.len() {
            let line = &self.order.lines[at];
            if line.tip || line.gift_card || (!whole && !lines.is_empty()) {
                continue;
            }
            let units = if whole {
                line.quantity
            } else {
                self.filler.dice.between(1, line.quantity)
            };
            let id = self.filler.numbers.take();
            lines.push(self.order.refund_line(id, at, units, restock));
        }
        let shipping = if whole {
            self.whole_shipping()
        } else {
            Vec::new()
        };
        self.refund(lines, shipping, Vec::new(), "SUCCESS", None);
    }

    /// Money for nothing but good will: the current totals stay (`facts/shopify` R5).
    fn refund_amount(&mut self, pending: bool) {
        self.shipped();
        self.hours(20, 120);
        let amount = (self.due() / 10).max(1);
        let bag = self.order.fx.bag(amount);
        let adjustments = vec![(
            bag,
            if pending {
                "PENDING_REFUND_DISCREPANCY"
            } else {
                "REFUND_DISCREPANCY"
            },
        )];
        self.refund(
            Vec::new(),
            Vec::new(),
            adjustments,
            if pending { "PENDING" } else { "SUCCESS" },
            Some("Sorry for the delay"),
        );
        if pending && self.filler.dice.permille(500) {
            self.hours(20, 60);
            if let Some(last) = self.order.txs.last_mut() {
                last.status = "SUCCESS";
            }
            self.save();
        }
    }

    /// Units are refunded minutes after the order, before they are sent.
    fn refund_unsent(&mut self) {
        self.minutes(2, 12);
        let at = (0..self.order.lines.len())
            .rev()
            .find(|&at| !self.order.lines[at].tip && !self.order.lines[at].gift_card);
        let Some(at) = at else { return };
        let units = self.filler.dice.between(1, self.order.lines[at].quantity);
        let id = self.filler.numbers.take();
        let part = self.order.refund_line(id, at, units, "CANCEL");
        self.refund(vec![part], Vec::new(), Vec::new(), "SUCCESS", None);
    }

    fn refund_shipping(&mut self) {
        self.shipped();
        self.hours(10, 60);
        let shipping = self.whole_shipping();
        self.refund(
            Vec::new(),
            shipping,
            Vec::new(),
            "SUCCESS",
            Some("Late delivery"),
        );
    }

    fn refund(
        &mut self,
        lines: Vec<super::model::RefundLine>,
        shipping: Vec<(usize, Bag, Bag)>,
        adjustments: Vec<(Bag, &'static str)>,
        status: &'static str,
        note: Option<&'static str>,
    ) {
        let id = self.filler.numbers.take();
        let mut refund = Refund {
            id,
            at: self.now,
            lines,
            shipping,
            adjustments,
            txs: Vec::new(),
            note,
        };
        let value = self.order.refund_value(&refund).pres
            + refund
                .adjustments
                .iter()
                .map(|(amount, _)| amount.pres)
                .sum::<i64>();
        if value <= 0 && refund.lines.is_empty() {
            return;
        }
        refund.txs = self.pay_back(value, status);
        self.order.refunds.push(refund);
        self.save();
    }
}
