//! Exchanges: goods come back, others go out, and only the difference is paid.

use super::kinds::Story;
use super::life::Telling;
use super::model::{Line, Refund, Return};
use super::places::TaxKind;

impl Telling<'_, '_> {
    /// A return with an exchange line: first agreed on, then processed with its refund or extra payment, then the new goods leave.
    pub(super) fn exchanged(&mut self, story: Story) {
        self.shipped();
        self.hours(30, 100);
        let at = (0..self.order.lines.len()).find(|&at| {
            let line = &self.order.lines[at];
            line.ships && !line.tip && !line.gift_card && line.unit > 0 && self.order.out(at) > 0
        });
        let Some(at) = at else { return };
        let id = self.filler.numbers.take();
        self.order.returns.push(Return {
            id,
            at: self.now,
            closed: None,
            units: vec![(at, 1)],
            exchanged: Vec::new(),
            wanted: 1,
        });
        self.save();
        self.hours(20, 90);
        self.processed(at, id, story);
        self.hours(5, 60);
        self.send(1000);
        self.save();
    }

    /// The goods are here: the new line is on the order, and the difference is paid.
    fn processed(&mut self, at: usize, of_return: i64, story: Story) {
        let part_id = self.filler.numbers.take();
        let part = self.order.refund_line(part_id, at, 1, "RETURN");
        let line = self.new_line(at, part.subtotal.pres, story);
        let before = self.order.totals();
        self.order.lines.push(line);
        let place = self.order.lines.len() - 1;
        if let Some(one) = self.order.returns.last_mut() {
            one.exchanged.push(place);
            one.closed = Some(self.now);
        }
        let mut refund = Refund {
            id: self.filler.numbers.take(),
            at: self.now,
            updated: self.now,
            lines: vec![part],
            of_return: Some(of_return),
            ..Refund::default()
        };
        let dearer = self.order.totals().total.pres - before.total.pres;
        let extra = dearer - self.order.refund_value(&refund).pres;
        if extra < 0 {
            refund.txs = self.pay_back(-extra, "SUCCESS");
        }
        if extra > 0 {
            let way = self.way();
            self.money("SALE", "SUCCESS", way, extra, None);
        }
        self.order.refunds.push(refund);
        self.save();
    }

    /// What the customer wants in place of a unit that cost `price`.
    fn new_line(&mut self, at: usize, price: i64, story: Story) -> Line {
        let more = self.filler.fx.whole(1) * 120;
        if story == Story::ExchangeEqual {
            let mut same = self.order.lines[at].clone();
            same.id = self.filler.numbers.take();
            same.quantity = 1;
            same.unit = price;
            same.allocations.clear();
            same.duties.clear();
            return same;
        }
        let mut line = self.filler.any_line(&[TaxKind::Standard]);
        line.quantity = 1;
        line.unit = if story == Story::ExchangeDearer {
            price + more
        } else {
            (price * 6 / 10).max(1)
        };
        line
    }
}
