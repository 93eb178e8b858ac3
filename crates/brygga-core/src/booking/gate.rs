//! The totals gate (`booking-rules` 2): net prices that make Visma.net compute exactly Shopify's VAT, and a bounded
//! rounding line for what remains; else nothing is booked.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::basis::Component;
use crate::code::{Code, Problem};
use crate::erp::VatCalculation;
use crate::money::{ceil, minor_unit, round};

/// A component together with the VAT that Visma.net will compute on it.
#[derive(Debug, Clone)]
pub struct Priced {
    /// The component as Shopify has it.
    pub component: Component,
    /// VAT category of the line.
    pub category: String,
    /// The VAT id that category and zone lead to; none means that no VAT is computed.
    pub vat_id: Option<VatOfLine>,
}

/// What the gate needs to know of a VAT id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatOfLine {
    /// Its id.
    pub id: String,
    /// Per cent on the booking date.
    pub percent: Decimal,
    /// How it is computed.
    pub calculation: VatCalculation,
}

/// A component with the net amount that goes on the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gated {
    /// The component as Shopify has it.
    pub component: Component,
    /// VAT category of the line.
    pub category: String,
    /// Net amount on the document; a minor unit beside Shopify's where the VAT asks for it.
    pub net: Decimal,
}

/// The named classes in which a document may differ from Shopify (`booking-rules` 2). Each is counted in the proof.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "class")]
pub enum Explained {
    /// Visma.net computes VAT on the document, Shopify per line.
    VatPerDocument {
        /// Rate in per cent.
        rate: Decimal,
        /// Visma.net's VAT minus Shopify's.
        difference: Decimal,
    },
    /// Shopify converted a line's VAT from another currency, and no net amount gives it: a minor unit per line at most
    /// (`docs/adr/0010-converted-vat.md`).
    ConvertedVat {
        /// Rate in per cent.
        rate: Decimal,
        /// Visma.net's VAT minus Shopify's.
        difference: Decimal,
    },
    /// Cents on the rounding line.
    RoundingLine {
        /// What is on it.
        amount: Decimal,
    },
    /// An invoice of a part of an order rounds VAT anew (`booking-rules` 2.4).
    VatPerInvoice {
        /// Rate in per cent.
        rate: Decimal,
        /// Visma.net's VAT minus Shopify's.
        difference: Decimal,
    },
    /// Cents on the rounding line of an invoice of a part of an order, or left on it.
    InvoiceRounding {
        /// What they come to.
        amount: Decimal,
    },
    /// A payment at the order's own rate, where Shopify states it at its day's (`booking-rules` 1).
    PaymentRate {
        /// Ours minus Shopify's, in the shop's currency.
        difference: Decimal,
    },
    /// Money given back beyond the lines of a refund, or kept of them (`booking-rules` 8).
    RefundDifference {
        /// The credit note minus the refund's own lines, with VAT.
        amount: Decimal,
    },
    /// What cash rounding moved in a payment (`booking-rules` 2.5).
    CashRounding {
        /// Paid minus due.
        amount: Decimal,
    },
}

/// A document that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The lines, in order.
    pub lines: Vec<Gated>,
    /// The rounding line, where one is needed.
    pub rounding: Option<Decimal>,
    /// VAT that Visma.net will compute, per rate.
    pub vat: BTreeMap<Decimal, Decimal>,
    /// What differs from Shopify, by name.
    pub explained: Vec<Explained>,
    /// Would the other way of computing VAT give other figures: then one confirmed document is needed first.
    pub depends_on_mode: bool,
}

/// Limits of the gate.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Decimals of amounts in the document's currency.
    pub decimals: u32,
    /// Largest rounding, in minor units; also at most one per line.
    pub rounding: u32,
    /// The order has two currencies: the amounts of one side were converted from the other, each rounded on its own.
    pub converted: bool,
}

/// Lets a document through, to the cent, or says why not.
pub fn pass(lines: &[Priced], total: Decimal, limits: Limits) -> Result<Passed, Problem> {
    let unit = minor_unit(limits.decimals);
    let mut gated = Vec::with_capacity(lines.len());
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut vat: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    let mut explained = Vec::new();
    let mut converted: BTreeMap<Decimal, Decimal> = BTreeMap::new();

    for line in lines {
        let net = match &line.vat_id {
            None if line.component.tax.is_zero() => line.component.net,
            None => {
                return Err(differs(
                    line.component.rate,
                    Decimal::ZERO,
                    line.component.tax,
                ));
            }
            Some(id) if id.calculation == VatCalculation::Inclusive => {
                return Err(Problem::new(Code::VatIdInclusive).with("vat_id", &id.id));
            }
            Some(id) if id.calculation == VatCalculation::PerLine => {
                let component = &line.component;
                let exact = net_for_tax(component.net, component.tax, id.percent, limits.decimals);
                let computed = vat_on(component.net, id.percent, limits.decimals);
                let difference = computed - component.tax;
                match exact {
                    Some(net) => {
                        *vat.entry(id.percent).or_default() += component.tax;
                        net
                    }
                    None if limits.converted && difference.abs() <= unit => {
                        *vat.entry(id.percent).or_default() += computed;
                        *converted.entry(id.percent).or_default() += difference;
                        component.net
                    }
                    None => return Err(differs(id.percent, computed, component.tax)),
                }
            }
            Some(_) => line.component.net,
        };
        if let Some(id) = &line.vat_id {
            let group = groups.entry(id.id.clone()).or_insert_with(|| Group::of(id));
            group.net += line.component.net;
            group.moved_net += net;
            group.tax += line.component.tax;
            group.per_line += round(
                line.component.net * id.percent / Decimal::ONE_HUNDRED,
                limits.decimals,
            );
            group.lines += 1;
        }
        gated.push(Gated {
            component: line.component.clone(),
            category: line.category.clone(),
            net,
        });
    }

    explained.extend(
        converted
            .into_iter()
            .filter(|(_, difference)| !difference.is_zero())
            .map(|(rate, difference)| Explained::ConvertedVat { rate, difference }),
    );
    let mut depends_on_mode = false;
    for group in groups.values() {
        let on_document = round(
            group.net * group.percent / Decimal::ONE_HUNDRED,
            limits.decimals,
        );
        depends_on_mode |=
            on_document != group.tax || group.per_line != group.tax || group.moved_net != group.net;
        if group.calculation == VatCalculation::PerDocument {
            let difference = on_document - group.tax;
            if difference.abs() > unit * Decimal::from(group.lines) {
                return Err(differs(group.percent, on_document, group.tax));
            }
            *vat.entry(group.percent).or_default() += on_document;
            if !difference.is_zero() {
                explained.push(Explained::VatPerDocument {
                    rate: group.percent,
                    difference,
                });
            }
        }
    }

    let net: Decimal = gated.iter().map(|line| line.net).sum();
    let rest = total - net - vat.values().sum::<Decimal>();
    let limit = unit
        * Decimal::from(
            limits
                .rounding
                .min(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
        );
    if rest.abs() > limit || rest != round(rest, limits.decimals) {
        return Err(Problem::new(Code::RoundingOverLimit)
            .with("amount", rest.normalize())
            .with("limit", limit.normalize()));
    }
    let rounding = (!rest.is_zero()).then_some(rest);
    if let Some(amount) = rounding {
        explained.push(Explained::RoundingLine { amount });
    }
    Ok(Passed {
        lines: gated,
        rounding,
        vat,
        explained,
        depends_on_mode,
    })
}

struct Group {
    percent: Decimal,
    calculation: VatCalculation,
    net: Decimal,
    moved_net: Decimal,
    tax: Decimal,
    per_line: Decimal,
    lines: u32,
}

impl Group {
    fn of(id: &VatOfLine) -> Self {
        Self {
            percent: id.percent,
            calculation: id.calculation,
            net: Decimal::ZERO,
            moved_net: Decimal::ZERO,
            tax: Decimal::ZERO,
            per_line: Decimal::ZERO,
            lines: 0,
        }
    }
}

/// VAT that Visma.net computes on one line.
fn vat_on(net: Decimal, percent: Decimal, decimals: u32) -> Decimal {
    round(net * percent / Decimal::ONE_HUNDRED, decimals)
}

/// The net amount, at most one minor unit beside Shopify's, on which Visma.net computes exactly Shopify's VAT. `None` where
/// there is none: the VAT was converted from another currency, or is wrong.
pub fn net_for_tax(net: Decimal, tax: Decimal, percent: Decimal, decimals: u32) -> Option<Decimal> {
    let unit = minor_unit(decimals);
    [net, net + unit, net - unit].into_iter().find(|moved| {
        vat_on(*moved, percent, decimals) == tax && (*moved >= Decimal::ZERO || net < Decimal::ZERO)
    })
}

fn differs(rate: Decimal, ours: Decimal, theirs: Decimal) -> Problem {
    Problem::new(Code::VatDiffers)
        .with("rate", rate.normalize())
        .with("ours", ours.normalize())
        .with("theirs", theirs.normalize())
}

/// A net amount as Visma.net takes it: unit price with the currency's decimals (two at most), rounded up, and the rest as
/// a discount (`booking-rules` 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Net price of one unit.
    pub unit_price: Decimal,
    /// Discount of the line, net, not negative.
    pub discount: Decimal,
}

/// Puts a net amount for `quantity` units into a unit price and a discount.
pub fn price(net: Decimal, quantity: Decimal, decimals: u32) -> Price {
    let unit_price = if quantity.is_zero() {
        net
    } else {
        ceil(net / quantity, decimals.min(2))
    };
    Price {
        unit_price,
        discount: (unit_price * quantity - net).normalize(),
    }
}
