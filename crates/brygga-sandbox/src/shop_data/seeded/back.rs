//! Refunds, returns and cancellations.

use chrono::TimeDelta;

use super::amounts::Bag;
use super::kinds::Story;
use super::life::Telling;
use super::model::{Refund, RefundLine};
use super::purse::Owed;
use super::ways::{CASH, Way};

/// Where the money of a refund goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// Back the way it came.
    Back,
    /// To a gift card made for it.
    NewCard,
    /// To the customer's store credit.
    Credit,
}

impl Telling<'_, '_> {
    /// A refund of money alone, for what an edit has made too much.
    pub(super) fn give_back(&mut self, amount: i64) {
        let txs = self.pay_back(amount, "SUCCESS");
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            updated: self.now,
            txs,
            ..Refund::default()
        });
    }

    /// What came in and has not gone back, last first: transaction, way, account, amount.
    fn came(&self) -> Vec<(i64, &'static Way, Option<Owed>, i64)> {
        let txs = &self.order.txs;
        let back = |parent: i64| -> i64 {
            txs.iter()
                .filter(|tx| {
                    tx.kind == "REFUND" && tx.parent == Some(parent) && tx.status != "FAILURE"
                })
                .map(|tx| tx.amount.pres)
                .sum()
        };
        txs.iter()
            .rev()
            .filter(|tx| tx.status == "SUCCESS" && matches!(tx.kind, "SALE" | "CAPTURE"))
            .map(|tx| (tx.id, tx.way, tx.owed, tx.amount.pres - back(tx.id)))
            .filter(|(.., left)| *left > 0)
            .collect()
    }

    /// REFUND transactions on the gateways that the money came by, last first.
    pub(super) fn pay_back(&mut self, amount: i64, status: &'static str) -> Vec<i64> {
        let mut left = amount;
        let mut ids = Vec::new();
        for (parent, way, owed, most) in self.came() {
            let part = left.min(most);
            if part <= 0 {
                continue;
            }
            ids.push(match owed {
                Some(owed) => self.money_owed("REFUND", owed, part, Some(parent)),
                None => self.money("REFUND", status, way, part, Some(parent)),
            });
            if way.gateway == CASH.gateway {
                self.round_cash();
            }
            left -= part;
        }
        ids
    }

    /// The money of a refund goes to the shop's own means of payment.
    fn pay_in_kind(&mut self, amount: i64, to: To) -> Vec<i64> {
        let id = self.filler.numbers.take() / 7;
        let at = self.now;
        let owed = match to {
            To::Back => return self.pay_back(amount, "SUCCESS"),
            To::NewCard => self.filler.purse.new_card(id, at, 0, None),
            To::Credit => {
                let customer = self.order.customer.clone();
                self.filler.purse.credit_of(id, &customer, at)
            }
        };
        vec![self.money_owed("REFUND", owed, amount, None)]
    }

    /// All units and the shipping go; paid money goes back, reserved money is let go (`facts/shopify` 7.13).
    pub(super) fn cancel(&mut self) {
        let mut lines = Vec::new();
        for at in 0..self.order.lines.len() {
            let (waiting, out) = (self.order.waiting(at), self.order.out(at));
            let tips = if self.order.lines[at].tip {
                self.order.lines[at].quantity - self.order.taken(at)
            } else {
                0
            };
            let came = if self.order.lines[at].ships {
                "RETURN"
            } else {
                "NO_RESTOCK"
            };
            let mut before = 0;
            for (units, restock) in [(waiting.max(tips), "CANCEL"), (out, came)] {
                if units > 0 {
                    let id = self.filler.numbers.take();
                    lines.push(self.order.refund_part(id, at, before, units, restock));
                    before += units;
                }
            }
        }
        let shipping = self.whole_shipping();
        let totals = self.order.totals();
        let txs = self.pay_back(totals.received.pres - totals.refunded.pres, "SUCCESS");
        if let Some((id, way, amount)) = self
            .order
            .txs
            .iter()
            .find(|tx| tx.kind == "AUTHORIZATION")
            .map(|tx| (tx.id, tx.way, tx.amount.pres))
        {
            self.money("VOID", "SUCCESS", way, amount, Some(id));
        }
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            updated: self.now,
            lines,
            shipping,
            txs,
            note: Some("Order cancelled"),
            ..Refund::default()
        });
        let reason = *self
            .filler
            .dice
            .pick(&["CUSTOMER", "INVENTORY", "OTHER", "FRAUD"]);
        self.order.cancelled = Some((self.now, reason));
        self.order.closed = Some(self.now);
        self.save();
    }

    /// What is left of the shipping.
    fn whole_shipping(&self) -> Vec<(usize, Bag, Bag)> {
        let order = &self.order;
        let gone = |at: usize| {
            order
                .refunds
                .iter()
                .flat_map(|refund| &refund.shipping)
                .any(|(line, ..)| *line == at)
        };
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
            .filter(|at| !gone(*at))
            .map(one)
            .filter(|(_, subtotal, _)| subtotal.pres > 0)
            .collect()
    }

    /// Units that were sent, in a refund.
    fn part(&mut self, at: usize, units: i64, restock: &'static str) -> RefundLine {
        let restock = if restock == "RETURN" && !self.order.lines[at].ships {
            "NO_RESTOCK"
        } else {
            restock
        };
        let id = self.filler.numbers.take();
        let mut part = self.order.refund_line(id, at, units, restock);
        part.place = usize::from(!self.order.pos && self.filler.dice.permille(150));
        part
    }

    /// Goods are sent, come back (or not), and are paid back (or not).
    pub(super) fn returned(&mut self, story: Story) {
        if !self.order.pos {
            self.shipped();
        }
        self.hours(30, 200);
        if story == Story::ReturnedNextMonth {
            let days = self.filler.dice.between(32, 40);
            self.now = self
                .now
                .max(self.start + TimeDelta::days(days) + TimeDelta::hours(11));
        }
        if story == Story::RefundOld {
            // In the month: the order itself is older.
            self.now = self.now.max(self.start + TimeDelta::hours(60));
        }
        let restock = if story == Story::RefundKept {
            "NO_RESTOCK"
        } else {
            "RETURN"
        };
        let whole = story == Story::ReturnedWhole;
        let mut lines = Vec::new();
        for at in 0..self.order.lines.len() {
            let line = &self.order.lines[at];
            let (skip, out) = (line.tip || line.gift_card, self.order.out(at));
            if skip || out <= 0 || (!whole && !lines.is_empty()) {
                continue;
            }
            let units = if whole {
                out
            } else {
                self.filler.dice.between(1, out)
            };
            lines.push(self.part(at, units, restock));
        }
        let shipping = if whole {
            self.whole_shipping()
        } else {
            Vec::new()
        };
        let mut refund = Refund {
            lines,
            shipping,
            ..Refund::default()
        };
        let value = self.order.refund_value(&refund).pres;
        // Less money than the goods are worth: nothing, or all but a tenth.
        let kept = match story {
            Story::RefundZero => value,
            Story::RefundLess => value / 10,
            _ => 0,
        };
        if kept > 0 {
            let less = -self.order.fx.bag(kept);
            refund.adjustments.push((less, "REFUND_DISCREPANCY"));
        }
        let to = match story {
            Story::RefundToGiftCard => To::NewCard,
            Story::RefundToStoreCredit => To::Credit,
            _ => To::Back,
        };
        self.refund(refund, to);
    }

    /// Units come back on three days; the second refund is told with a pair of adjustments that cancel out (`facts/shopify` R4).
    pub(super) fn returned_thrice(&mut self) {
        self.shipped();
        for turn in 0..3 {
            self.hours(26, 90);
            let at = (0..self.order.lines.len()).find(|&at| {
                let line = &self.order.lines[at];
                !line.tip && !line.gift_card && line.ships && self.order.out(at) > 0
            });
            let Some(at) = at else { return };
            let part = self.part(at, 1, if turn == 1 { "NO_RESTOCK" } else { "RETURN" });
            let mut refund = Refund {
                lines: vec![part],
                ..Refund::default()
            };
            if turn == 1 {
                let half = self.order.refund_value(&refund).pres / 2;
                let bag = self.order.fx.bag(half.max(1));
                refund.adjustments =
                    vec![(-bag, "REFUND_DISCREPANCY"), (bag, "REFUND_DISCREPANCY")];
            }
            self.refund(refund, To::Back);
        }
    }

    /// Money for nothing but good will: the current totals stay (`facts/shopify` R5).
    pub(super) fn refund_amount(&mut self, story: Story) {
        self.shipped();
        self.hours(20, 120);
        let amount = (self.due() / 10).max(1);
        let bag = self.order.fx.bag(amount);
        let pending = matches!(story, Story::RefundPending | Story::RefundFailed);
        let adjustments = match story {
            Story::RefundAmountPair => {
                vec![(-bag, "REFUND_DISCREPANCY"), (bag, "REFUND_DISCREPANCY")]
            }
            _ if pending => vec![(bag, "PENDING_REFUND_DISCREPANCY")],
            _ => vec![(bag, "REFUND_DISCREPANCY")],
        };
        let txs = self.pay_back(amount, if pending { "PENDING" } else { "SUCCESS" });
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            updated: self.now,
            adjustments,
            txs: txs.clone(),
            note: Some("Sorry for the delay"),
            ..Refund::default()
        });
        self.save();
        if pending {
            self.hours(20, 60);
            for id in txs {
                let waits = self
                    .order
                    .txs
                    .iter()
                    .any(|tx| tx.id == id && tx.status == "PENDING");
                if waits && story == Story::RefundFailed {
                    self.settle(id, "FAILURE", Some("PROCESSING_ERROR"));
                } else if waits {
                    self.settle(id, "SUCCESS", None);
                }
            }
            self.save();
        }
    }

    /// Units are refunded minutes after the order, before they are sent.
    pub(super) fn refund_unsent(&mut self) {
        self.minutes(2, 12);
        let at = (0..self.order.lines.len()).rev().find(|&at| {
            let line = &self.order.lines[at];
            !line.tip && !line.gift_card && self.order.waiting(at) > 0
        });
        let Some(at) = at else { return };
        let units = self.filler.dice.between(1, self.order.waiting(at));
        self.cancel_units(vec![(at, units)]);
        self.maybe_ship();
    }

    /// One parcel leaves; what is left is refunded and never sent.
    pub(super) fn refund_rest(&mut self) {
        self.hours(4, 40);
        self.send(500);
        self.save();
        self.hours(20, 90);
        let units = (0..self.order.lines.len())
            .filter(|&at| !self.order.lines[at].tip)
            .map(|at| (at, self.order.waiting(at)))
            .filter(|(_, units)| *units > 0)
            .collect();
        self.cancel_units(units);
    }

    fn cancel_units(&mut self, units: Vec<(usize, i64)>) {
        let mut lines = Vec::new();
        for (at, units) in units {
            let id = self.filler.numbers.take();
            lines.push(self.order.refund_line(id, at, units, "CANCEL"));
        }
        let refund = Refund {
            lines,
            ..Refund::default()
        };
        self.refund(refund, To::Back);
    }

    pub(super) fn refund_shipping(&mut self) {
        self.shipped();
        self.hours(10, 60);
        let refund = Refund {
            shipping: self.whole_shipping(),
            note: Some("Late delivery"),
            ..Refund::default()
        };
        self.refund(refund, To::Back);
    }

    /// The duties were wrong: they go back, and nothing else.
    pub(super) fn refund_duties(&mut self) {
        self.shipped();
        self.hours(30, 120);
        let fx = self.order.fx;
        let lines = self.order.lines.iter().enumerate();
        let duties = lines
            .flat_map(|(at, line)| {
                let duties = line.duties.iter().enumerate();
                duties.map(move |(n, duty)| (at, n, fx.bag(duty.price)))
            })
            .collect();
        let refund = Refund {
            duties,
            note: Some("Duties charged by mistake"),
            ..Refund::default()
        };
        self.refund(refund, To::Back);
    }

    /// Makes a refund of what it holds and pays it: parts and adjustments together.
    pub(super) fn refund(&mut self, mut refund: Refund, to: To) {
        refund.id = self.filler.numbers.take();
        refund.at = self.now;
        refund.updated = self.now;
        let said: i64 = refund.adjustments.iter().map(|(one, _)| one.pres).sum();
        let value = self.order.refund_value(&refund).pres + said;
        if value <= 0 && refund.lines.is_empty() {
            return;
        }
        if value > 0 {
            refund.txs = self.pay_in_kind(value, to);
        }
        self.order.refunds.push(refund);
        self.save();
    }
}
