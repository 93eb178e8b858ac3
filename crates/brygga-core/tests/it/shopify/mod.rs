//! The shop's arithmetic, written anew in whole minor units: discounts spread with cents, tax rounded per line and added up,
//! units that leave with money of their own, two currencies (`facts/shopify` 7 and 7R).

mod make;
mod sums;

use std::collections::BTreeMap;

use brygga_core::shop::Order;
use brygga_core::{Currency, Decimal};

/// `n / d`, halves away from zero.
pub(crate) fn div(n: i128, d: i128) -> i128 {
    let (quotient, rest) = (n.abs() / d, n.abs() % d);
    (quotient + i128::from(2 * rest >= d)) * n.signum()
}

/// The tax on an amount at so many tenths of a per cent.
pub(crate) fn tax_of(amount: i128, tenths: i128, included: bool) -> i128 {
    div(amount * tenths, if included { 1000 + tenths } else { 1000 })
}

/// A discount, as the shop gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Off {
    Nothing,
    /// Tenths of a per cent.
    Percent(i128),
    /// Minor units, of the whole; never more than there is.
    Fixed(i128),
    /// Minor units of each unit.
    PerUnit(i128),
}

impl Off {
    fn of(self, amount: i128, quantity: i128) -> i128 {
        match self {
            Self::Nothing => 0,
            Self::Percent(tenths) => div(amount * tenths, 1000),
            Self::Fixed(minor) => minor,
            Self::PerUnit(minor) => minor * quantity,
        }
        .min(amount)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Product,
    Custom,
    Tip,
    GiftCard,
}

#[derive(Debug, Clone)]
pub(crate) struct LineSpec {
    pub(crate) kind: Kind,
    /// Minor units of one unit.
    pub(crate) price: i128,
    pub(crate) quantity: i128,
    /// Tenths of a per cent.
    pub(crate) rate: i128,
    pub(crate) off: Off,
    /// A duty on the line, minor units.
    pub(crate) duty: Option<i128>,
}

#[derive(Debug, Clone)]
pub(crate) struct ShippingSpec {
    pub(crate) price: i128,
    pub(crate) rate: i128,
    pub(crate) off: Off,
}

/// How units leave an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Leaves {
    /// Refunded with restock `CANCEL`; money by a share of the line's own, rounded.
    CancelShare,
    /// Refunded with restock `CANCEL`; the tax of what stays is computed anew, the rest leaves.
    CancelAnew,
    /// Removed by an edit without a refund line; the tax of what stays is computed anew.
    Silent,
    /// Sent, and refunded when it came back.
    Returned,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Removal {
    /// Which line, modulo how many there are.
    pub(crate) line: usize,
    /// Units in thousandths of those still there, rounded up.
    pub(crate) share: i128,
    pub(crate) leaves: Leaves,
    /// Shipping goes back with it: thousandths.
    pub(crate) shipping: i128,
}

/// An order to be, in the currency in which the customer saw it or in which the shop counts.
#[derive(Debug, Clone)]
pub(crate) struct Basket {
    pub(crate) currency: Currency,
    pub(crate) included: bool,
    pub(crate) lines: Vec<LineSpec>,
    pub(crate) off: Off,
    pub(crate) shipping: Vec<ShippingSpec>,
    pub(crate) fee: Option<(i128, i128)>,
    pub(crate) removals: Vec<Removal>,
    /// Ten-thousandths of a krone for one whole unit of `currency`.
    pub(crate) course: i128,
}

/// What must be in the books, on one side of the order's amounts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Truth {
    pub(crate) total: Decimal,
    /// Tax per rate in per cent, and over how many lines.
    pub(crate) vat: BTreeMap<Decimal, (Decimal, u32)>,
    /// Units and net amount per link.
    pub(crate) parts: BTreeMap<String, (i128, Decimal)>,
}

pub(crate) struct Made {
    pub(crate) order: Order,
    /// In the currency that the customer saw.
    pub(crate) seen: Truth,
    /// In the shop's own.
    pub(crate) own: Truth,
}

pub(crate) fn places(currency: Currency) -> u32 {
    if currency == Currency::JPY { 0 } else { 2 }
}
