//! How the money comes: at once, reserved and taken later, on account, in several ways, or not at all.

use chrono::TimeDelta;

use super::kinds::Story;
use super::life::Telling;
use super::ways::{CASH, MANUAL, PAYPAL, VIPPS, VISA, plastic};

impl Telling<'_, '_> {
    /// Before the order is placed: as many units of its last goods as the story needs.
    fn prepare(&mut self, story: Story) {
        self.order.test = matches!(story, Story::Test | Story::RefundTest);
        let several = match story {
            Story::CapturedTwice | Story::ShippedTwice | Story::ShippedTwoPlaces => 2,
            Story::ShippedThrice | Story::ReturnedThrice => 3,
            Story::EditRestUnsent | Story::RefundRestUnsent => 2,
            _ => 1,
        };
        self.more_units(several);
        if story == Story::CashRounded
            && self.order.totals().total.pres % 100 == 0
            && let Some(wax) = self.filler.by_title("Ski Wax", 1)
        {
            self.order.lines.push(wax);
        }
    }

    /// Sees to it that the order has so many units to be sent. Only before it is placed, and where no discount lies on the line.
    pub(super) fn more_units(&mut self, least: i64) {
        let placed = self.order.original_total.is_some();
        let units: i64 = (0..self.order.lines.len())
            .filter(|&at| self.order.lines[at].ships)
            .map(|at| self.order.waiting(at))
            .sum();
        let plain = |line: &&mut super::model::Line| {
            line.ships && line.allocations.is_empty() && line.duties.is_empty()
        };
        if !placed
            && units < least
            && let Some(line) = self.order.lines.iter_mut().find(plain)
        {
            line.quantity += least - units;
        }
    }

    /// The first version: the order as it was placed, with its first money.
    pub(super) fn begin(&mut self, story: Story) {
        self.prepare(story);
        let total = self.due();
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
            self.first_money(story, total);
        }
        if self.order.pos {
            self.send(1000);
            self.order.closed = Some(self.now);
        }
        self.order.original_total = Some(self.order.totals().total);
        self.save();
    }

    fn first_money(&mut self, story: Story, total: i64) {
        match story {
            Story::PendingThenPaid | Story::PendingForever => {
                self.money("SALE", "PENDING", &MANUAL, total, None);
            }
            Story::CancelledUnpaid if self.filler.dice.permille(400) => {
                self.money("SALE", "PENDING", &MANUAL, total, None);
            }
            Story::PendingThenFailed => {
                self.money("SALE", "PENDING", &PAYPAL, total, None);
            }
            Story::PartlyPaid => {
                self.money("SALE", "SUCCESS", &MANUAL, total / 3, None);
            }
            Story::Captured
            | Story::CapturedTwice
            | Story::CancelledUnpaid
            | Story::AuthorizationExpired
            | Story::AuthorizationVoided => {
                let way = plastic(self.filler.dice);
                self.money("AUTHORIZATION", "SUCCESS", way, total, None);
            }
            Story::GiftCardPart | Story::GiftCardWhole => self.by_card(story, total),
            Story::StoreCreditPart => {
                let part = (total / 3).max(1);
                let id = self.filler.numbers.take() / 7;
                let (at, customer) = (self.now, self.order.customer.clone());
                let owed = self.filler.purse.credit_of(id, &customer, at);
                self.filler.purse.fill(owed, part, at);
                self.money_owed("SALE", owed, part, None);
                self.money("SALE", "SUCCESS", &VISA, total - part, None);
            }
            Story::SplitTender => {
                let (card, gift) = (total / 2, total / 3);
                self.money("SALE", "SUCCESS", &VISA, card, None);
                let id = self.filler.numbers.take() / 7;
                let owed = self.filler.purse.card_with(id, gift, self.now);
                self.money_owed("SALE", owed, gift, None);
                self.money("SALE", "SUCCESS", &MANUAL, total - card - gift, None);
            }
            Story::CashRounded => {
                self.money("SALE", "SUCCESS", &CASH, total, None);
                self.round_cash();
            }
            Story::FailedThenPaid => {
                self.money("SALE", "FAILURE", &VIPPS, total, None);
                if let Some(tx) = self.order.txs.last_mut() {
                    tx.error = Some("CANCELLED_PAYMENT");
                }
                self.money("SALE", "SUCCESS", &VISA, total, None);
            }
            _ => {
                let way = self.way();
                if self.filler.dice.permille(40) {
                    self.money("SALE", "FAILURE", way, total, None);
                    if let Some(tx) = self.order.txs.last_mut() {
                        tx.error = Some("CARD_DECLINED");
                    }
                }
                self.money("SALE", "SUCCESS", way, total, None);
                if way.gateway == CASH.gateway {
                    self.round_cash();
                }
            }
        }
    }

    /// A gift card pays: what this month sold first, as far as it goes.
    fn by_card(&mut self, story: Story, total: i64) {
        let whole = story == Story::GiftCardWhole;
        let best = self.filler.purse.best_card(self.now);
        let (owed, part) = match best {
            Some((owed, left)) if !whole && left > 0 => (owed, left.min((total / 2).max(1))),
            _ => {
                let part = if whole { total } else { (total / 2).max(1) };
                let id = self.filler.numbers.take() / 7;
                (self.filler.purse.card_with(id, part, self.now), part)
            }
        };
        self.money_owed("SALE", owed, part, None);
        if total > part {
            self.money("SALE", "SUCCESS", &VISA, total - part, None);
        }
    }

    /// The authorization of the order: its id and its way.
    fn reserved(&self) -> Option<(i64, &'static super::ways::Way)> {
        let tx = self
            .order
            .txs
            .iter()
            .find(|tx| tx.kind == "AUTHORIZATION")?;
        Some((tx.id, tx.way))
    }

    /// The reserved money is taken when the goods go.
    pub(super) fn captured(&mut self) {
        self.hours(10, 60);
        let amount = self.due();
        if let (true, Some((parent, way))) = (amount > 0, self.reserved()) {
            self.money("CAPTURE", "SUCCESS", way, amount, Some(parent));
        }
        self.send(1000);
        self.save();
    }

    /// One capture for each of two parcels.
    pub(super) fn captured_twice(&mut self) {
        let total = self.due();
        let first = (total * 2 / 5).max(1);
        for (amount, share) in [(first, 500), (total - first, 1000)] {
            self.hours(10, 60);
            if let (true, Some((parent, way))) = (amount > 0, self.reserved()) {
                self.money("CAPTURE", "SUCCESS", way, amount, Some(parent));
            }
            self.send(share);
            self.save();
        }
    }

    /// The reservation ends without money: it runs out after a week, or somebody voids it.
    pub(super) fn let_go(&mut self, expires: bool) {
        if expires {
            self.now += TimeDelta::days(7);
            self.order.expired = true;
        } else {
            self.hours(20, 90);
            if let Some((parent, way)) = self.reserved() {
                let amount = self.due();
                self.money("VOID", "SUCCESS", way, amount, Some(parent));
            }
        }
        self.save();
    }

    /// A company pays by bank transfer, mostly after it has its goods; somebody marks the order as paid.
    pub(super) fn paid_on_account(&mut self) {
        let sent_first = self.filler.dice.permille(500);
        if sent_first {
            self.shipped();
        }
        self.hours(20, 140);
        let amount = self.due();
        let parent = self.order.txs.first().map(|tx| tx.id);
        if amount > 0 {
            self.money("SALE", "SUCCESS", &MANUAL, amount, parent);
        }
        self.save();
        if !sent_first {
            self.maybe_ship();
        }
    }

    /// The payment hangs, and fails in the end.
    pub(super) fn fails_after_all(&mut self) {
        self.hours(30, 90);
        if let Some(id) = self.order.txs.first().map(|tx| tx.id) {
            self.settle(id, "FAILURE", Some("PROCESSING_ERROR"));
        }
        self.save();
    }
}
