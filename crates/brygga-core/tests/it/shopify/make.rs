//! An order of the shop, made from a basket.

use brygga_core::shop::{
    Discount, Duty, Fee, Line, LineKind, MoneyBag, Order, Refund, RefundLine, RefundShipping,
    RestockType, ShippingLine, Side, TaxLine,
};
use brygga_core::{Currency, Decimal, Money};

use super::{Basket, Kind, Leaves, LineSpec, Made, div, places, tax_of};
use crate::build::{percent, simple};

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

/// Money that belongs together: a line, a shipping line, a fee, a duty.
pub(super) struct Part {
    pub(super) link: String,
    /// What the gross amount is made of; each amount is converted by itself.
    pub(super) pieces: Vec<i128>,
    pub(super) gross: i128,
    pub(super) tax: i128,
    pub(super) rate: i128,
    pub(super) quantity: i128,
    pub(super) gone: Vec<Gone>,
}

/// Units that left, with their money.
pub(super) struct Gone {
    pub(super) units: i128,
    /// What their gross amount is made of; each amount is converted by itself.
    pub(super) pieces: Vec<i128>,
    pub(super) taxes: Vec<i128>,
    pub(super) leaves: Leaves,
}

impl Basket {
    pub(super) fn to_own(&self, minor: i128) -> i128 {
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
                    location_id: None,
                }],
                shipping: if cancels {
                    self.ship_back(shipping, removal.shipping)
                } else {
                    vec![]
                },
                duties: vec![],
                adjustments: vec![],
                transactions: vec![],
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
