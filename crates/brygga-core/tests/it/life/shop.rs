//! An order that lives in Shopify: paid, sent, edited, refunded, exchanged, cancelled; all amounts in whole minor units of
//! the currency that the customer sees, each converted by itself.

use brygga_core::shop::{
    Adjustment, Fulfilment, FulfilmentLine, Line, LineKind, MoneyBag, Order, Refund, RefundLine,
    RefundShipping, RestockType, ShippingLine, TaxLine, Transaction, TransactionKind,
    TransactionStatus,
};
use brygga_core::{Currency, Decimal, Money};
use chrono::{DateTime, TimeDelta, Utc};

use crate::build::{percent, simple};
use crate::shopify::{div, tax_of};

#[derive(Debug, Clone)]
struct Bought {
    id: String,
    quantity: i128,
    gross: i128,
    tax: i128,
    /// Units sent, taken out before they were sent, and come back.
    sent: i128,
    cancelled: i128,
    back: i128,
    /// Money that left with units.
    gone: (i128, i128),
    /// The same in the shop's currency: as listed, and tax.
    gone_own: (Decimal, Decimal),
}

#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) order: Order,
    currency: Currency,
    /// Ten-thousandths of a krone for one unit.
    course: i128,
    included: bool,
    lines: Vec<Bought>,
    /// Left of the shipping: gross, tax.
    shipping: (i128, i128),
    pub(crate) received: i128,
    pub(crate) refunded: i128,
    /// Money given back beyond the value of what came back, less what was kept of it.
    pub(crate) waived: i128,
    now: DateTime<Utc>,
    next: u32,
    /// On the shop's own side, what left.
    left_own: (Decimal, Decimal),
    left_seen: (Decimal, Decimal),
}

impl Shop {
    pub(crate) fn new(
        currency: Currency,
        course: i128,
        included: bool,
        lines: &[(i128, i128, i128)],
        shipping: (i128, i128),
    ) -> Self {
        let mut shop = Self {
            order: Order {
                taxes_included: included,
                presentment_currency: currency,
                lines: vec![],
                shipping: vec![],
                transactions: vec![],
                ..simple()
            },
            currency,
            course,
            included,
            lines: vec![],
            shipping: (0, 0),
            received: 0,
            refunded: 0,
            waived: 0,
            now: "2026-10-05T10:00:00Z".parse().unwrap(),
            next: 0,
            left_own: Default::default(),
            left_seen: Default::default(),
        };
        for (quantity, price, rate) in lines {
            shop.add(*quantity, *price, *rate);
        }
        let tax = tax_of(shipping.0, shipping.1, included);
        shop.shipping = (shipping.0 + if included { 0 } else { tax }, tax);
        shop.order.shipping = vec![ShippingLine {
            id: "1".into(),
            title: "Post".into(),
            code: None,
            original: shop.bag(shipping.0),
            discounted: shop.bag(shipping.0),
            taxes: vec![shop.tax(shipping.1, tax)],
        }];
        shop.totals();
        shop
    }

    fn own(&self, minor: i128) -> i128 {
        if self.currency == Currency::NOK {
            minor
        } else {
            div(minor * self.course, 10_000)
        }
    }

    pub(crate) fn bag(&self, minor: i128) -> MoneyBag {
        MoneyBag {
            shop: Money::new(
                Decimal::from_i128_with_scale(self.own(minor), 2),
                Currency::NOK,
            ),
            presentment: Money::new(Decimal::from_i128_with_scale(minor, 2), self.currency),
        }
    }

    fn tax(&self, rate: i128, amount: i128) -> TaxLine {
        TaxLine {
            title: "MVA".into(),
            rate_percent: Some(percent(rate)),
            amount: self.bag(amount),
            channel_liable: false,
        }
    }

    pub(crate) fn id(&mut self) -> String {
        self.next += 1;
        self.now += TimeDelta::minutes(7);
        (800 + self.next).to_string()
    }

    pub(crate) fn add(&mut self, quantity: i128, price: i128, rate: i128) -> usize {
        let index = self.lines.len();
        let listed = quantity * price;
        let tax = tax_of(listed, rate, self.included);
        self.lines.push(Bought {
            id: format!("{}", index + 1),
            quantity,
            gross: listed + if self.included { 0 } else { tax },
            tax,
            sent: 0,
            cancelled: 0,
            back: 0,
            gone: (0, 0),
            gone_own: Default::default(),
        });
        self.order.lines.push(Line {
            id: format!("{}", index + 1),
            kind: LineKind::Product {
                variant_id: None,
                sku: Some(format!("SKU{index}")),
            },
            title: format!("Thing {index}"),
            quantity: u32::try_from(quantity).unwrap(),
            current_quantity: u32::try_from(quantity).unwrap(),
            original_total: self.bag(listed),
            discounts: vec![],
            taxes: vec![self.tax(rate, tax)],
            duties: vec![],
            requires_shipping: true,
            taxable: true,
        });
        self.totals();
        index
    }

    /// Totals are sums of the parts, on either side.
    fn totals(&mut self) {
        let order = &self.order;
        let sum = |side: fn(&MoneyBag) -> Decimal| {
            let lines = order.lines.iter().map(|line| &line.original_total);
            let tax: Decimal = order
                .lines
                .iter()
                .flat_map(|line| &line.taxes)
                .chain(order.shipping.iter().flat_map(|line| &line.taxes))
                .map(|tax| side(&tax.amount))
                .sum();
            let net: Decimal = lines
                .chain(order.shipping.iter().map(|line| &line.discounted))
                .map(side)
                .sum();
            (net + if self.included { Decimal::ZERO } else { tax }, tax)
        };
        let own = sum(|bag| bag.shop.amount);
        let seen = sum(|bag| bag.presentment.amount);
        let bag = |own, seen| MoneyBag {
            shop: Money::new(own, Currency::NOK),
            presentment: Money::new(seen, self.currency),
        };
        let totals = &mut self.order.totals;
        totals.total = bag(own.0, seen.0);
        totals.tax = bag(own.1, seen.1);
        totals.current_total = bag(own.0 - self.left_own.0, seen.0 - self.left_seen.0);
        totals.current_tax = bag(own.1 - self.left_own.1, seen.1 - self.left_seen.1);
    }

    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Units of a line that are still to be sent.
    pub(crate) fn unsent(&self, index: usize) -> i128 {
        let line = &self.lines[index];
        line.quantity - line.sent - line.cancelled
    }

    pub(crate) fn away(&self, index: usize) -> i128 {
        self.lines[index].sent - self.lines[index].back
    }

    /// What the units of a line that are away are worth.
    pub(crate) fn value_away(&self, index: usize) -> i128 {
        let line = &self.lines[index];
        let left = (line.quantity - line.cancelled - line.back).max(1);
        (line.gross - line.gone.0) * self.away(index) / left
    }

    /// The current total, with VAT, in minor units.
    pub(crate) fn current(&self) -> i128 {
        let lines: i128 = self.lines.iter().map(|line| line.gross - line.gone.0).sum();
        lines + self.shipping.0
    }

    pub(crate) fn outstanding(&self) -> i128 {
        self.current() - self.waived - (self.received - self.refunded)
    }

    pub(crate) fn pay(&mut self, amount: i128, gateway: &str, kind: TransactionKind) -> String {
        let id = self.id();
        // The rate of the day is another one.
        let mut bag = self.bag(amount);
        if self.currency != Currency::NOK {
            bag.shop.amount += Decimal::new(amount.try_into().unwrap_or(7) % 40, 2);
        }
        if kind == TransactionKind::Refund {
            self.refunded += amount;
        } else {
            self.received += amount;
        }
        let parent = self.order.transactions.first().map(|one| one.id.clone());
        self.order.transactions.push(Transaction {
            id: id.clone(),
            kind,
            status: TransactionStatus::Success,
            gateway: gateway.into(),
            amount: bag,
            processed_at: Some(self.now),
            parent_id: parent,
            method: None,
            rounding: None,
        });
        id
    }

    pub(crate) fn send(&mut self, units: &[(usize, i128)]) {
        let units: Vec<_> = units.iter().filter(|(_, units)| *units > 0).collect();
        if units.is_empty() {
            return;
        }
        let id = self.id();
        for (index, units) in &units {
            self.lines[*index].sent += units;
        }
        self.order.fulfilments.push(Fulfilment {
            id,
            created_at: self.now,
            location_id: Some("77".into()),
            status: "SUCCESS".into(),
            tracking: vec![],
            lines: units
                .iter()
                .map(|(index, units)| FulfilmentLine {
                    line_id: self.lines[*index].id.clone(),
                    quantity: u32::try_from(*units).unwrap(),
                })
                .collect(),
        });
    }

    /// Gives units back with exactly the money of their share; gross and tax.
    fn take(&mut self, index: usize, units: i128, restock: RestockType) -> (RefundLine, i128) {
        let line = &mut self.lines[index];
        let left = line.quantity - line.cancelled - line.back;
        let units_are_all = units == left;
        let (gross_left, tax_left) = (line.gross - line.gone.0, line.tax - line.gone.1);
        let (gross, tax) = if units == left {
            (gross_left, tax_left)
        } else {
            (div(gross_left * units, left), div(tax_left * units, left))
        };
        line.gone.0 += gross;
        line.gone.1 += tax;
        if restock == RestockType::Cancel {
            line.cancelled += units;
        } else {
            line.back += units;
        }
        let id = line.id.clone();
        let units = u32::try_from(units).unwrap();
        self.order.lines[index].current_quantity -= units;
        let listed = if self.included { gross } else { gross - tax };
        let mut row = RefundLine {
            line_id: id,
            quantity: units,
            restock,
            location_id: Some("77".into()),
            subtotal: self.bag(listed),
            tax: self.bag(tax),
        };
        if units_are_all {
            // What is left, also in the shop's currency.
            let line = &self.order.lines[index];
            let gone = self.lines[index].gone_own;
            row.subtotal.shop.amount = line.original_total.shop.amount - gone.0;
            row.tax.shop.amount = line.taxes[0].amount.shop.amount - gone.1;
        }
        let gone = &mut self.lines[index].gone_own;
        gone.0 += row.subtotal.shop.amount;
        gone.1 += row.tax.shop.amount;
        self.leave(row.subtotal, row.tax, self.included);
        (row, gross)
    }

    fn leave(&mut self, subtotal: MoneyBag, tax: MoneyBag, included: bool) {
        let with =
            |subtotal: Decimal, tax: Decimal| subtotal + if included { Decimal::ZERO } else { tax };
        self.left_own.0 += with(subtotal.shop.amount, tax.shop.amount);
        self.left_own.1 += tax.shop.amount;
        self.left_seen.0 += with(subtotal.presentment.amount, tax.presentment.amount);
        self.left_seen.1 += tax.presentment.amount;
    }

    /// A refund; its value, whatever money goes back with it.
    pub(crate) fn refund(
        &mut self,
        units: &[(usize, i128, RestockType)],
        shipping: bool,
    ) -> (usize, i128) {
        let id = self.id();
        let mut value = 0;
        let mut lines = vec![];
        for (index, units, restock) in units {
            if *units > 0 {
                let (row, gross) = self.take(*index, *units, restock.clone());
                lines.push(row);
                value += gross;
            }
        }
        let mut back = vec![];
        if shipping && self.shipping.0 > 0 {
            let (gross, tax) = std::mem::take(&mut self.shipping);
            let mut row = RefundShipping {
                subtotal: self.bag(gross - tax),
                tax: self.bag(tax),
            };
            let line = &self.order.shipping[0];
            if self.included {
                row.subtotal.shop.amount =
                    line.discounted.shop.amount - line.taxes[0].amount.shop.amount;
            }
            self.leave(row.subtotal, row.tax, false);
            back.push(row);
            value += gross;
        }
        self.order.refunds.push(Refund {
            id,
            created_at: Some(self.now),
            total: self.bag(0),
            lines,
            shipping: back,
            duties: vec![],
            adjustments: vec![],
            transactions: vec![],
        });
        self.totals();
        (self.order.refunds.len() - 1, value)
    }

    /// Money of a refund.
    pub(crate) fn give(&mut self, refund: usize, amount: i128, gateway: &str) {
        if amount <= 0 {
            return;
        }
        let id = self.pay(amount, gateway, TransactionKind::Refund);
        let total = self.bag(amount);
        let refund = &mut self.order.refunds[refund];
        refund.transactions.push(id);
        refund.total.presentment.amount += total.presentment.amount;
        refund.total.shop.amount += total.shop.amount;
    }

    /// The merchant keeps some of a refund's value.
    pub(crate) fn keep(&mut self, refund: usize, amount: i128) {
        self.waived -= amount;
        let row = Adjustment {
            amount: self.bag(-amount),
            tax: self.bag(0),
            reason: Some("REFUND_DISCREPANCY".into()),
        };
        self.order.refunds[refund].adjustments.push(row);
    }

    /// Gives back what is over; no more than was ever paid.
    pub(crate) fn give_over(&mut self, refund: usize) {
        let over = -self.outstanding();
        if over <= 0 {
            return;
        }
        let given = over.min(self.received - self.refunded);
        if over > given {
            self.keep(refund, over - given);
        }
        self.give(refund, given, "shopify_payments");
    }

    pub(crate) fn cancel(&mut self) {
        self.order.cancelled_at = Some(self.now);
    }

    /// What was refunded below or above the value of what was given back stays out of Shopify's current total.
    pub(crate) fn is_settled(&self) -> bool {
        self.outstanding() == 0
    }
}
