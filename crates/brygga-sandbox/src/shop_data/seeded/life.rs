//! What becomes of an order: each change is a new version at its moment.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::amounts::{Bag, Exchange, rounded};
use super::basket::Filler;
use super::kinds::Story;
use super::model::{Model, Tx};
use super::payouts::Movement;
use super::purse::Owed;
use super::ways::{GIFT_CARD, STORE_CREDIT, Way, usual};
use crate::shop_data::Life;

/// One order while its story is told.
pub(super) struct Telling<'a, 'b> {
    pub(super) filler: &'a mut Filler<'b>,
    pub(super) order: Model,
    pub(super) start: DateTime<Utc>,
    versions: Vec<(DateTime<Utc>, Value)>,
    pub(super) now: DateTime<Utc>,
    /// The gift cards of this order are issued: once it is paid.
    issued: bool,
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
            issued: false,
        }
    }

    /// Tells the whole story and returns the order's versions, and the money that Shopify pays out or takes back.
    pub(super) fn tell(mut self, story: Story) -> (Life, Vec<Movement>) {
        self.begin(story);
        self.go_on(story);
        let moved = self
            .order
            .txs
            .iter()
            .filter(|tx| {
                tx.way.pays_out()
                    && tx.status == "SUCCESS"
                    && matches!(tx.kind, "SALE" | "CAPTURE" | "REFUND")
                    && !self.order.test
            })
            .map(|tx| Movement {
                tx: tx.id,
                order: self.order.id,
                name: format!("#{}", self.order.number),
                refund: tx.kind == "REFUND",
                amount: tx.amount.shop,
                fee: tx.fee,
                at: tx.done,
            })
            .collect();
        let life = Life {
            id: self.order.id.to_string(),
            versions: self.versions,
        };
        (life, moved)
    }

    pub(super) fn minutes(&mut self, low: i64, high: i64) {
        let seconds = self.filler.dice.between(low * 60, high * 60);
        self.now += TimeDelta::seconds(seconds);
    }

    pub(super) fn hours(&mut self, low: i64, high: i64) {
        self.minutes(low * 60, high * 60);
    }

    pub(super) fn save(&mut self) {
        self.hand_over();
        let version = self.order.json(self.now);
        self.versions.push((self.now, version));
    }

    /// What needs no parcel is fulfilled by itself, once everything is paid; then the gift cards are worth something, too.
    fn hand_over(&mut self) {
        let totals = self.order.totals();
        let paid = totals.received.pres >= totals.total.pres;
        if self.issued || !paid || self.order.cancelled.is_some() {
            return;
        }
        self.issued = true;
        self.send_by_itself();
        if self.order.test {
            return;
        }
        let cards: Vec<(i64, i64, i64)> = self
            .order
            .lines
            .iter()
            .filter(|line| line.gift_card)
            .map(|line| (line.id, line.unit, line.quantity))
            .collect();
        for (line, value, units) in cards {
            for _ in 0..units {
                let id = self.filler.numbers.take() / 7;
                let by = Some((self.order.id, line));
                self.filler.purse.new_card(id, self.now, value, by);
            }
        }
    }

    /// The exchange of the day.
    fn today(&self) -> Exchange {
        Exchange::on(
            self.order.fx.currency,
            (self.now - self.start).num_days().max(0),
        )
    }

    /// Money moves, or tries to. Gift cards and store credit: `money_owed`.
    pub(super) fn money(
        &mut self,
        kind: &'static str,
        status: &'static str,
        way: &'static Way,
        amount: i64,
        parent: Option<i64>,
    ) -> i64 {
        let id = self.filler.numbers.take();
        let fx = self.today();
        let mut tx = Tx {
            id,
            kind,
            status,
            way,
            amount: fx.bag(amount),
            fx,
            at: self.now,
            done: self.now,
            parent,
            owed: None,
            receipt: None,
            rounding: 0,
            error: None,
            fee: 0,
        };
        tx.fee = fee(&tx);
        self.order.txs.push(tx);
        id
    }

    /// Money to or from a gift card or a store credit account. A test moves nothing.
    pub(super) fn money_owed(
        &mut self,
        kind: &'static str,
        owed: Owed,
        amount: i64,
        parent: Option<i64>,
    ) -> i64 {
        let way = match owed {
            Owed::Card(_) => &GIFT_CARD,
            Owed::Credit(_) => &STORE_CREDIT,
        };
        let id = self.money(kind, "SUCCESS", way, amount, parent);
        let (sign, note) = if kind == "REFUND" {
            (1, "refund")
        } else {
            (-1, "used")
        };
        if !self.order.test {
            let at = self.now;
            self.filler.purse.moves(owed, at, sign * amount, note);
        }
        let account = self.filler.purse.id(owed);
        if let Some(tx) = self.order.txs.last_mut() {
            tx.owed = Some(owed);
            // The card's id is in the receipt (`facts/shopify` 7.9).
            tx.receipt = matches!(owed, Owed::Card(_)).then(|| json!({ "gift_card_id": account, "gift_card_last_characters": format!("{:04x}", account % 0xFFFF) }).to_string());
        }
        id
    }

    /// A pending transaction comes to its end.
    pub(super) fn settle(&mut self, id: i64, status: &'static str, error: Option<&'static str>) {
        let now = self.now;
        if let Some(tx) = self.order.txs.iter_mut().find(|tx| tx.id == id) {
            tx.status = status;
            tx.done = now;
            tx.error = error;
            tx.fee = fee(tx);
        }
        for refund in &mut self.order.refunds {
            if refund.txs.contains(&id) {
                refund.updated = now;
            }
        }
    }

    pub(super) fn way(&mut self) -> &'static Way {
        usual(self.filler.regime.place, self.order.pos, self.filler.dice)
    }

    pub(super) fn due(&self) -> i64 {
        self.order.totals().total.pres
    }

    fn go_on(&mut self, story: Story) {
        match story {
            Story::Paid | Story::PendingForever | Story::PartlyPaid | Story::Test => {}
            Story::GiftCardWhole
            | Story::GiftCardPart
            | Story::StoreCreditPart
            | Story::FailedThenPaid
            | Story::SplitTender => self.maybe_ship(),
            Story::Shipped | Story::Archived | Story::CashRounded if self.order.pos => {}
            Story::Shipped | Story::CashRounded => self.shipped(),
            Story::Archived => {
                self.shipped();
                self.archive();
            }
            Story::ShippedTwice => self.shipped_in_parts(2),
            Story::ShippedThrice => self.shipped_in_parts(3),
            Story::ShippedTwoPlaces => self.shipped_from_two(),
            Story::ParcelCancelled => self.parcel_cancelled(),
            Story::PartlyShipped => {
                self.hours(4, 40);
                self.send(500);
                self.save();
            }
            Story::Captured => self.captured(),
            Story::CapturedTwice => self.captured_twice(),
            Story::AuthorizationExpired => self.let_go(true),
            Story::AuthorizationVoided => self.let_go(false),
            Story::PendingThenPaid => self.paid_on_account(),
            Story::PendingThenFailed => self.fails_after_all(),
            Story::EditAddsLine | Story::EditMoreUnits => {
                self.hours(3, 40);
                self.edit_up(story == Story::EditAddsLine);
            }
            Story::EditAfterShipped => {
                self.shipped();
                self.hours(3, 40);
                self.edit_up(true);
            }
            Story::EditRemovesLine
            | Story::EditFewerUnits
            | Story::EditAtOnce
            | Story::EditRestUnsent => self.edit_down(story),
            Story::EditDiscount => self.edit_discount(),
            Story::NewAddress => self.new_address(),
            Story::NewTag => {
                self.hours(1, 50);
                self.order.tags.push("vip".to_owned());
                self.save();
                self.maybe_ship();
            }
            Story::CancelledAtOnce => {
                self.minutes(2, 15);
                self.cancel();
            }
            Story::CancelledLater | Story::CancelledUnpaid => {
                self.hours(20, 60);
                self.cancel();
            }
            Story::CancelledAfterDelivery => {
                self.shipped();
                self.hours(70, 160);
                self.cancel();
            }
            Story::ReturnedWhole
            | Story::ReturnedPart
            | Story::ReturnedNextMonth
            | Story::RefundKept
            | Story::RefundOld
            | Story::RefundToGiftCard
            | Story::RefundToStoreCredit
            | Story::RefundZero
            | Story::RefundLess => self.returned(story),
            Story::ReturnedThrice => self.returned_thrice(),
            Story::RefundAmount
            | Story::RefundPending
            | Story::RefundFailed
            | Story::RefundAmountPair => self.refund_amount(story),
            Story::RefundUnsent => self.refund_unsent(),
            Story::RefundRestUnsent => self.refund_rest(),
            Story::RefundShipping => self.refund_shipping(),
            Story::RefundDuties => self.refund_duties(),
            Story::RefundTest => self.returned(Story::ReturnedPart),
            Story::ExchangeCheaper | Story::ExchangeDearer | Story::ExchangeEqual => {
                self.exchanged(story);
            }
        }
    }

    fn archive(&mut self) {
        self.hours(20, 60);
        self.order.closed = Some(self.now);
        self.save();
    }

    fn new_address(&mut self) {
        self.hours(2, 40);
        if let Some(address) = self.order.shipping_to.as_object_mut() {
            address.insert("address1".to_owned(), json!("Nyveien 7 B"));
            address.insert("address2".to_owned(), json!("c/o Olsen"));
        }
        self.save();
        self.maybe_ship();
    }

    /// Cash is counted in whole kroner (`facts/shopify` 7.11).
    pub(super) fn round_cash(&mut self) {
        if let Some(tx) = self.order.txs.last_mut() {
            tx.rounding = rounded(tx.amount.pres, 100) * 100 - tx.amount.pres;
        }
    }
}

/// What Shopify keeps of a payment; nothing comes back with a refund.
fn fee(tx: &Tx) -> i64 {
    let taken =
        tx.way.pays_out() && tx.status == "SUCCESS" && matches!(tx.kind, "SALE" | "CAPTURE");
    if !taken {
        return 0;
    }
    let (share, flat) = tx.way.fee();
    let Bag { shop, .. } = tx.amount;
    rounded(shop * share, 10_000) + flat
}
