//! Refunds, returns and cancellations.

use super::amounts::Bag;
use super::kinds::Story;
use super::life::Telling;
use super::model::{Refund, RefundLine};

impl Telling<'_, '_> {
    /// A refund of money alone, for what an edit has made too much.
    pub(super) fn give_back(&mut self, amount: i64) {
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

    /// All units and the shipping go; paid money goes back, reserved money is let go (`facts/shopify` 7.13).
    pub(super) fn cancel(&mut self) {
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
    pub(super) fn returned(&mut self, story: Story) {
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
    pub(super) fn refund_amount(&mut self, pending: bool) {
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
    pub(super) fn refund_unsent(&mut self) {
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

    pub(super) fn refund_shipping(&mut self) {
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
        lines: Vec<RefundLine>,
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
