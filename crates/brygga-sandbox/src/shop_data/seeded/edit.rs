//! Orders that are edited, before and after they were sent.

use super::kinds::Story;
use super::life::Telling;
use super::model::{Application, Refund};
use super::places::TaxKind;

impl Telling<'_, '_> {
    pub(super) fn edit_up(&mut self, add_line: bool) {
        self.order.edited = true;
        // A discount on the whole order keeps what it has given; so only a line without one can grow.
        let grows = (0..self.order.lines.len()).find(|&at| {
            let line = &self.order.lines[at];
            line.allocations.is_empty()
                && !line.tip
                && !line.gift_card
                && self.order.waiting(at) > 0
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
            let way = self.way();
            self.money("SALE", "SUCCESS", way, missing, None);
            self.save();
        }
        self.maybe_ship();
    }

    pub(super) fn maybe_ship(&mut self) {
        if self.filler.dice.permille(850) {
            self.shipped();
        }
    }

    /// Takes units out before they are sent: quantities only, then the money goes back (`facts/shopify` R7).
    pub(super) fn edit_down(&mut self, story: Story) {
        let rest = story == Story::EditRestUnsent;
        if story == Story::EditAtOnce {
            self.minutes(2, 9);
        } else if rest {
            self.hours(4, 40);
            self.send(500);
            self.save();
            self.hours(6, 40);
        } else {
            self.hours(3, 40);
        }
        self.order.edited = true;
        let whole = story == Story::EditRemovesLine || rest;
        let at = (0..self.order.lines.len()).rev().find(|&at| {
            let line = &self.order.lines[at];
            let (waiting, sold) = (self.order.waiting(at), !line.tip && !line.gift_card);
            sold && waiting > 0 && (rest || (waiting == line.quantity && (whole || waiting > 1)))
        });
        let Some(at) = at else { return };
        let waiting = self.order.waiting(at);
        let units = if whole {
            waiting
        } else {
            self.filler.dice.between(1, waiting - 1)
        };
        let id = self.filler.numbers.take();
        let part = self.order.refund_line(id, at, units, "CANCEL");
        let id = self.filler.numbers.take();
        self.order.refunds.push(Refund {
            id,
            at: self.now,
            updated: self.now,
            lines: vec![part],
            ..Refund::default()
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

    pub(super) fn edit_discount(&mut self) {
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
}
