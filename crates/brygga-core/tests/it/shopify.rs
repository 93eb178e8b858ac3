//! The shop's arithmetic, written anew in whole minor units: discounts spread with cents, tax rounded per line and added up,
//! units that leave with money of their own, two currencies (`facts/shopify` 7 and 7R).

use std::collections::BTreeMap;

use brygga_core::shop::{
    Discount, Duty, Fee, Line, LineKind, MoneyBag, Order, OrderTotals, Refund, RefundLine,
    RefundShipping, RestockType, ShippingLine, Side, TaxLine,
};
use brygga_core::{Currency, Decimal, Money};

use crate::build::{percent, simple};

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

/// Spreads a discount over amounts in proportion; cents that are left go to the largest remainders, then by position.
fn spread(total: i128, over: &[i128]) -> Vec<i128> {
    let sum: i128 = over.iter().sum();
    if sum == 0 {
        return vec![0; over.len()];
    }
    let mut shares: Vec<_> = over.iter().map(|amount| total * amount / sum).collect();
    let mut left = total - shares.iter().sum::<i128>();
    let mut order: Vec<_> = (0..over.len()).collect();
    order.sort_by_key(|index| (-(total * over[*index] % sum), *index));
    for index in order {
        if left == 0 {
            break;
        }
        shares[index] += 1;
        left -= 1;
    }
    shares
}

/// One side's amounts of minor units.
struct Coin {
    places: u32,
}

impl Coin {
    fn of(&self, minor: i128) -> Decimal {
        Decimal::from_i128_with_scale(minor, self.places)
    }
}

/// Money that belongs together: a line, a shipping line, a fee, a duty.
struct Part {
    link: String,
    /// What the gross amount is made of; each amount is converted by itself.
    pieces: Vec<i128>,
    gross: i128,
    tax: i128,
    rate: i128,
    quantity: i128,
    gone: Vec<Gone>,
}

/// Units that left, with their money.
struct Gone {
    units: i128,
    /// What their gross amount is made of; each amount is converted by itself.
    pieces: Vec<i128>,
    taxes: Vec<i128>,
    leaves: Leaves,
}

impl Basket {
    fn to_own(&self, minor: i128) -> i128 {
        if self.currency == Currency::NOK {
            return minor;
        }
        let whole = 10_i128.pow(places(self.currency));
        div(minor * self.course * 100, whole * 10_000)
    }

    fn bag(&self, minor: i128) -> MoneyBag {
        MoneyBag {
            shop: Money::new(
                Decimal::from_i128_with_scale(self.to_own(minor), 2),
                Currency::NOK,
            ),
            presentment: Money::new(
                Decimal::from_i128_with_scale(minor, places(self.currency)),
                self.currency,
            ),
        }
    }

    fn tax_line(&self, rate: i128, tax: i128) -> TaxLine {
        TaxLine {
            title: "VAT".into(),
            rate_percent: Some(percent(rate)),
            amount: self.bag(tax),
            channel_liable: false,
        }
    }

    pub(crate) fn make(&self) -> Made {
        let discounts = self.discounts();
        let mut lines: Vec<Part> = self
            .lines
            .iter()
            .zip(&discounts)
            .enumerate()
            .map(|(index, (line, off))| {
                let gross = line.price * line.quantity - off.iter().sum::<i128>();
                Part {
                    link: format!("line/{index}"),
                    pieces: [line.price * line.quantity]
                        .into_iter()
                        .chain(off.iter().map(|off| -off))
                        .collect(),
                    gross,
                    tax: tax_of(gross, line.rate, self.included),
                    rate: line.rate,
                    quantity: line.quantity,
                    gone: vec![],
                }
            })
            .collect();
        let mut shipping: Vec<Part> = self
            .shipping
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let gross = line.price - line.off.of(line.price, 1);
                Part {
                    link: format!("shipping/{index}"),
                    pieces: vec![gross],
                    gross,
                    tax: tax_of(gross, line.rate, self.included),
                    rate: line.rate,
                    quantity: 1,
                    gone: vec![],
                }
            })
            .collect();
        let whole_shipping: Vec<_> = shipping.iter().map(|part| (part.gross, part.tax)).collect();
        let refunds = self.remove(&mut lines, &mut shipping);
        let mut others: Vec<Part> = Vec::new();
        if let Some((price, rate)) = self.fee {
            others.push(single("fee/7", price, rate, self.included));
        }
        for (index, line) in self.lines.iter().enumerate() {
            if let Some(duty) = line.duty {
                others.push(single(&format!("duty/{index}"), duty, 0, self.included));
            }
        }

        let all = || lines.iter().chain(&shipping).chain(&others);
        let order = Order {
            taxes_included: self.included,
            shop_currency: Currency::NOK,
            presentment_currency: self.currency,
            edited: self.removals.iter().any(|one| one.leaves == Leaves::Silent),
            lines: lines
                .iter()
                .zip(&self.lines)
                .zip(&discounts)
                .enumerate()
                .map(|(index, ((part, spec), off))| self.line(index, part, spec, off))
                .collect(),
            shipping: whole_shipping
                .iter()
                .zip(&self.shipping)
                .enumerate()
                .map(|(index, ((gross, tax), spec))| ShippingLine {
                    id: index.to_string(),
                    title: "Post".into(),
                    code: None,
                    original: self.bag(spec.price),
                    discounted: self.bag(*gross),
                    taxes: vec![self.tax_line(spec.rate, *tax)],
                })
                .collect(),
            fees: self
                .fee
                .iter()
                .map(|(price, rate)| Fee {
                    id: "7".into(),
                    name: "Fee".into(),
                    price: self.bag(*price),
                    taxes: vec![self.tax_line(*rate, tax_of(*price, *rate, self.included))],
                })
                .collect(),
            refunds,
            totals: self.totals(all()),
            ..simple()
        };
        Made {
            seen: self.truth(all(), Side::Presentment),
            own: self.truth(all(), Side::Shop),
            order,
        }
    }

    /// Per line: the line's own discount, then its share of the order's.
    fn discounts(&self) -> Vec<Vec<i128>> {
        let own: Vec<_> = self
            .lines
            .iter()
            .map(|line| line.off.of(line.price * line.quantity, line.quantity))
            .collect();
        // Gift cards and tips are never discounted with the order.
        let base: Vec<_> = self
            .lines
            .iter()
            .zip(&own)
            .map(|(line, off)| match line.kind {
                Kind::Product | Kind::Custom => line.price * line.quantity - off,
                Kind::Tip | Kind::GiftCard => 0,
            })
            .collect();
        let order = self.off.of(base.iter().sum(), 1);
        spread(order, &base)
            .into_iter()
            .zip(own)
            .map(|(share, own)| [own, share].into_iter().filter(|off| *off != 0).collect())
            .collect()
    }

    fn line(&self, index: usize, part: &Part, spec: &LineSpec, off: &[i128]) -> Line {
        let sku = Some(format!("SKU{index}"));
        let left = part.quantity - part.gone.iter().map(|gone| gone.units).sum::<i128>();
        let untaxed = matches!(spec.kind, Kind::Tip | Kind::GiftCard);
        Line {
            id: index.to_string(),
            kind: match spec.kind {
                Kind::Product => LineKind::Product {
                    variant_id: Some(index.to_string()),
                    sku,
                },
                Kind::Custom => LineKind::Custom { sku: None },
                Kind::Tip => LineKind::Tip,
                Kind::GiftCard => LineKind::GiftCard,
            },
            title: format!("Thing {index}"),
            quantity: u32::try_from(part.quantity).unwrap(),
            current_quantity: u32::try_from(left).unwrap(),
            original_total: self.bag(spec.price * spec.quantity),
            discounts: off
                .iter()
                .map(|amount| Discount {
                    amount: self.bag(*amount),
                })
                .collect(),
            taxes: if untaxed {
                vec![]
            } else {
                // The tax covers the original units (facts/shopify 7.5).
                vec![self.tax_line(part.rate, tax_of(part.gross, part.rate, self.included))]
            },
            duties: spec
                .duty
                .iter()
                .map(|duty| Duty {
                    id: index.to_string(),
                    price: self.bag(*duty),
                    taxes: vec![],
                })
                .collect(),
            requires_shipping: !untaxed,
            taxable: !untaxed,
        }
    }

    /// Lets units and shipping leave; the refunds that tell of it.
    fn remove(&self, lines: &mut [Part], shipping: &mut [Part]) -> Vec<Refund> {
        let mut refunds = Vec::new();
        for removal in &self.removals {
            let index = removal.line % lines.len();
            if self.lines[index].kind != Kind::Product {
                continue;
            }
            let part = &mut lines[index];
            let left = part.quantity - part.gone.iter().map(|gone| gone.units).sum::<i128>();
            let units = (left * removal.share + 999) / 1000;
            if units == 0 {
                continue;
            }
            let (gross_left, tax_left) = part.left();
            let (subtotal, tax) = match removal.leaves {
                Leaves::CancelShare | Leaves::Returned => (
                    div(part.gross * units, part.quantity).min(gross_left),
                    div(part.tax * units, part.quantity).min(tax_left),
                ),
                Leaves::CancelAnew | Leaves::Silent => {
                    let stays = div(gross_left * (left - units), left);
                    (
                        gross_left - stays,
                        tax_left - tax_of(stays, part.rate, self.included),
                    )
                }
            };
            let (subtotal, tax) = if units == left {
                (gross_left, tax_left)
            } else {
                (subtotal, tax)
            };
            // What leaves without a word takes all that nobody else took, piece by piece.
            let rest = removal.leaves == Leaves::Silent && units == left;
            let (pieces, taxes) = if rest {
                part.rest()
            } else {
                (vec![subtotal], vec![tax])
            };
            part.gone.push(Gone {
                units,
                pieces,
                taxes,
                leaves: removal.leaves,
            });
            if removal.leaves == Leaves::Silent {
                continue;
            }
            let cancels = removal.leaves != Leaves::Returned;
            refunds.push(Refund {
                id: refunds.len().to_string(),
                created_at: None,
                total: self.bag(0),
                lines: vec![RefundLine {
                    line_id: index.to_string(),
                    quantity: u32::try_from(units).unwrap(),
                    restock: if cancels {
                        RestockType::Cancel
                    } else {
                        RestockType::Return
                    },
                    subtotal: self.bag(subtotal),
                    tax: self.bag(tax),
                }],
                shipping: if cancels {
                    self.ship_back(shipping, removal.shipping)
                } else {
                    vec![]
                },
            });
        }
        refunds
    }

    fn ship_back(&self, shipping: &mut [Part], share: i128) -> Vec<RefundShipping> {
        let mut back = Vec::new();
        for part in shipping {
            let (gross_left, tax_left) = part.left();
            if share == 0 || gross_left == 0 {
                continue;
            }
            let (gross, tax) = if share == 1000 {
                (gross_left, tax_left)
            } else {
                let stays = gross_left - div(gross_left * share, 1000);
                (
                    gross_left - stays,
                    tax_left - tax_of(stays, part.rate, self.included),
                )
            };
            let net = if self.included { gross - tax } else { gross };
            part.gone.push(Gone {
                units: 0,
                pieces: if self.included {
                    vec![net, tax]
                } else {
                    vec![net]
                },
                taxes: vec![tax],
                leaves: Leaves::CancelAnew,
            });
            // Without tax, whatever prices contain (facts/shopify R3).
            back.push(RefundShipping {
                subtotal: self.bag(net),
                tax: self.bag(tax),
            });
        }
        back
    }

    fn totals<'a>(&self, parts: impl Iterator<Item = &'a Part> + Clone) -> OrderTotals {
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
    fn truth<'a>(&self, parts: impl Iterator<Item = &'a Part>, side: Side) -> Truth {
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

impl Part {
    /// The pieces that are left, gross and tax.
    fn rest(&self) -> (Vec<i128>, Vec<i128>) {
        let (mut pieces, mut taxes) = (self.pieces.clone(), vec![self.tax]);
        for gone in &self.gone {
            pieces.extend(gone.pieces.iter().map(|piece| -piece));
            taxes.extend(gone.taxes.iter().map(|tax| -tax));
        }
        (pieces, taxes)
    }

    fn left(&self) -> (i128, i128) {
        self.gone
            .iter()
            .fold((self.gross, self.tax), |(gross, tax), gone| {
                (
                    gross - gone.pieces.iter().sum::<i128>(),
                    tax - gone.taxes.iter().sum::<i128>(),
                )
            })
    }
}

fn single(link: &str, gross: i128, rate: i128, included: bool) -> Part {
    Part {
        link: link.into(),
        pieces: vec![gross],
        gross,
        tax: tax_of(gross, rate, included),
        rate,
        quantity: 1,
        gone: vec![],
    }
}
