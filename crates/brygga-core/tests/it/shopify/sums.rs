//! The sums of an order: the shop's own totals, and what must be in the books.

use brygga_core::shop::{MoneyBag, OrderTotals, Side};
use brygga_core::{Currency, Decimal, Money};

use super::make::Part;
use super::{Basket, Leaves, Truth, places};
use crate::build::percent;

/// One side's amounts of minor units.
struct Coin {
    places: u32,
}

impl Coin {
    fn of(&self, minor: i128) -> Decimal {
        Decimal::from_i128_with_scale(minor, self.places)
    }
}

impl Basket {
    pub(super) fn totals<'a>(&self, parts: impl Iterator<Item = &'a Part> + Clone) -> OrderTotals {
        let sum = |side: Side, current: bool| {
            let own = |minor: i128| match side {
                Side::Shop => self.to_own(minor),
                Side::Presentment => minor,
            };
            parts.clone().fold((0, 0), |(total, taxes), part| {
                let mut gross: i128 = part.pieces.iter().map(|piece| own(*piece)).sum();
                let mut tax = own(part.tax);
                if current {
                    for gone in &part.gone {
                        gross -= gone.pieces.iter().map(|piece| own(*piece)).sum::<i128>();
                        tax -= gone.taxes.iter().map(|tax| own(*tax)).sum::<i128>();
                    }
                }
                let total = total + gross + if self.included { 0 } else { tax };
                (total, taxes + tax)
            })
        };
        let bag = |pick: fn((i128, i128)) -> i128, current: bool| MoneyBag {
            shop: Money::new(
                Decimal::from_i128_with_scale(pick(sum(Side::Shop, current)), 2),
                Currency::NOK,
            ),
            presentment: Money::new(
                Decimal::from_i128_with_scale(
                    pick(sum(Side::Presentment, current)),
                    places(self.currency),
                ),
                self.currency,
            ),
        };
        OrderTotals {
            total: bag(|sum| sum.0, false),
            tax: bag(|sum| sum.1, false),
            current_total: bag(|sum| sum.0, true),
            current_tax: bag(|sum| sum.1, true),
            tip: None,
            received: None,
            refunded: None,
        }
    }

    /// What is to be booked: all parts without what left before it was sent.
    pub(super) fn truth<'a>(&self, parts: impl Iterator<Item = &'a Part>, side: Side) -> Truth {
        let (coin, own): (_, Box<dyn Fn(i128) -> i128>) = match side {
            Side::Shop => (Coin { places: 2 }, Box::new(|minor| self.to_own(minor))),
            Side::Presentment => (
                Coin {
                    places: places(self.currency),
                },
                Box::new(|minor| minor),
            ),
        };
        let mut truth = Truth::default();
        for part in parts {
            let mut gross: i128 = part.pieces.iter().map(|piece| own(*piece)).sum();
            let (mut tax, mut units) = (own(part.tax), part.quantity);
            for gone in &part.gone {
                if gone.leaves != Leaves::Returned {
                    gross -= gone.pieces.iter().map(|piece| own(*piece)).sum::<i128>();
                    tax -= gone.taxes.iter().map(|tax| own(*tax)).sum::<i128>();
                    units -= gone.units;
                }
            }
            let net = if self.included { gross - tax } else { gross };
            if units == 0 && net == 0 && tax == 0 {
                continue;
            }
            truth.total += coin.of(net + tax);
            let entry = truth.vat.entry(percent(part.rate)).or_default();
            entry.0 += coin.of(tax);
            entry.1 += 1;
            truth.parts.insert(part.link.clone(), (units, coin.of(net)));
        }
        truth
    }
}
