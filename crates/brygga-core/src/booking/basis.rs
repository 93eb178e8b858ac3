//! What of an order is to be booked: every money component once, without the units that were removed before they were
//! sent (`booking-rules` 2.5 and 3).

use rust_decimal::Decimal;

use super::life::{CASH_ROUNDING, DIFFERENCE, KEPT};
use crate::code::{Code, Problem};
use crate::settings::VatKind;
use crate::shop::{Line, LineKind, MoneyBag, Order, Refund, RestockType, Side, TaxLine};

/// Does a line of a document carry a link as we write them: a component's, or one of an order's life.
pub fn is_link_of_ours(link: &str) -> bool {
    matches!(link, "rounding" | "channel-tax" | CASH_ROUNDING)
        || ["line/", "shipping/", "duty/", "fee/", DIFFERENCE, KEPT]
            .iter()
            .any(|of| link.strip_prefix(of).is_some_and(|id| !id.is_empty()))
}

/// Which part of the order a component is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A product, found by variant or SKU.
    Product {
        /// Numeric id of the variant; `None` when it was deleted since.
        variant: Option<String>,
        /// SKU as Shopify has it.
        sku: Option<String>,
    },
    /// A line typed by hand.
    Custom {
        /// SKU, if one was typed.
        sku: Option<String>,
    },
    /// A tip.
    Tip,
    /// A gift card sold.
    GiftCard,
    /// A shipping line.
    Shipping,
    /// A duty.
    Duty,
    /// An additional fee.
    Fee,
    /// Tax that a marketplace collects and pays (`booking-rules` 5).
    ChannelTax,
}

impl Part {
    /// What the VAT table calls it.
    pub fn vat_kind(&self) -> VatKind {
        match self {
            Self::Product { .. } | Self::Custom { .. } => VatKind::Goods,
            Self::Shipping => VatKind::Shipping,
            Self::GiftCard => VatKind::GiftCard,
            Self::Tip | Self::Duty | Self::Fee | Self::ChannelTax => VatKind::Other,
        }
    }
}

/// One money component of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// `externalLink` of its document line.
    pub link: String,
    /// What it is.
    pub part: Part,
    /// Text for people.
    pub title: String,
    /// Units, at least 1.
    pub quantity: u32,
    /// Net amount after discounts, in the document's currency.
    pub net: Decimal,
    /// Shopify's VAT on it.
    pub tax: Decimal,
    /// VAT rate in per cent; 0 when Shopify names none.
    pub rate: Decimal,
    /// No tax line at all on something that is taxable: the sign of a forgotten tax setting.
    pub untaxed_by_default: bool,
}

impl Component {
    fn is_negative(&self) -> bool {
        self.net < Decimal::ZERO || self.tax < Decimal::ZERO
    }
}

/// An order as it is to be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The components; one with no units and no money is left out.
    pub components: Vec<Component>,
    /// Shopify's total of it, VAT included.
    pub total: Decimal,
    /// Shopify's VAT of it, without what a marketplace pays: that is a component of its own.
    pub tax: Decimal,
    /// Are there goods, cards or tips left, or only shipping and fees.
    pub units: u32,
}

/// Works out what is to be booked, and proves that it adds up to Shopify's own totals.
pub fn basis(order: &Order, side: Side) -> Result<Basis, Problem> {
    let mut removed = Removed {
        net: Decimal::ZERO,
        tax: Decimal::ZERO,
    };
    let channel_tax = channel_tax(order, side)?;
    let mut components = Vec::new();
    let mut units = 0;
    for (line, taken) in order.lines.iter().zip(removals(order, side)?) {
        let gross = line.original_total.on(side).amount
            - line
                .discounts
                .iter()
                .map(|discount| discount.amount.on(side).amount)
                .sum::<Decimal>();
        let tax = one_tax(&line.taxes, order, side)?;
        let net = net_of(gross, tax.amount + tax.of_channel, order.taxes_included) - taken.net;
        let quantity = line.quantity - taken.units;
        removed.net += taken.net;
        removed.tax += taken.tax;
        units += quantity;
        for duty in &line.duties {
            let duty_tax = one_tax(&duty.taxes, order, side)?;
            components.push(Component {
                link: format!("duty/{}", duty.id),
                part: Part::Duty,
                title: line.title.clone(),
                quantity: 1,
                net: net_of(
                    duty.price.on(side).amount,
                    duty_tax.amount + duty_tax.of_channel,
                    order.taxes_included,
                ),
                tax: duty_tax.amount,
                rate: duty_tax.rate,
                untaxed_by_default: false,
            });
        }
        let component = Component {
            link: format!("line/{}", line.id),
            part: match &line.kind {
                LineKind::Product { variant_id, sku } => Part::Product {
                    variant: variant_id.clone(),
                    sku: sku.clone(),
                },
                LineKind::Custom { sku } => Part::Custom { sku: sku.clone() },
                LineKind::Tip => Part::Tip,
                LineKind::GiftCard => Part::GiftCard,
            },
            title: line.title.clone(),
            quantity,
            net,
            tax: tax.amount - taken.tax,
            rate: tax.rate,
            untaxed_by_default: line.taxable
                && line.taxes.is_empty()
                && !matches!(line.kind, LineKind::Tip | LineKind::GiftCard),
        };
        match (quantity, component.net.is_zero() && component.tax.is_zero()) {
            (0, true) => {}
            // Money without units: its refund lines do not tell the whole story.
            (0, false) => return Err(unknown_removal(order)),
            (1.., _) if taken.units > 0 && component.is_negative() => {
                return Err(unknown_removal(order));
            }
            (1.., _) => components.push(component),
        }
    }
    push_shipping(order, side, &mut components, &mut removed)?;
    for fee in &order.fees {
        let tax = one_tax(&fee.taxes, order, side)?;
        components.push(Component {
            link: format!("fee/{}", fee.id),
            part: Part::Fee,
            title: fee.name.clone(),
            quantity: 1,
            net: net_of(
                fee.price.on(side).amount,
                tax.amount + tax.of_channel,
                order.taxes_included,
            ),
            tax: tax.amount,
            rate: tax.rate,
            untaxed_by_default: false,
        });
    }
    if !channel_tax.is_zero() {
        components.push(Component {
            link: "channel-tax".into(),
            part: Part::ChannelTax,
            title: "Tax paid by the sales channel".into(),
            quantity: 1,
            net: channel_tax,
            tax: Decimal::ZERO,
            rate: Decimal::ZERO,
            untaxed_by_default: false,
        });
    }

    let ours: Decimal = components
        .iter()
        // A document line is never negative: what is left of nothing is told, not hidden in the sum.
        .filter(|component| !component.is_negative())
        .map(|component| component.net + component.tax)
        .sum();
    let total = order.totals.total.on(side).amount - removed.net - removed.tax;
    let tax = order.totals.tax.on(side).amount - removed.tax - channel_tax;
    let our_tax: Decimal = components.iter().map(|component| component.tax).sum();
    // Where nothing came back after it was sent, Shopify's current totals are the order without the removed units.
    let now = if order.refunds.iter().all(Refund::removes_before_shipping) {
        (
            order.totals.current_total.on(side).amount,
            order.totals.current_tax.on(side).amount - channel_tax,
        )
    } else {
        (total, tax)
    };
    for theirs in [(total, tax), now] {
        if (ours, our_tax) == theirs {
            continue;
        }
        let (ours, theirs) = if ours == theirs.0 {
            (our_tax, theirs.1)
        } else {
            (ours, theirs.0)
        };
        return Err(Problem::new(Code::TotalsDiffer)
            .with("order", &order.name)
            .with("ours", ours.normalize())
            .with("theirs", theirs.normalize()));
    }
    Ok(Basis {
        components,
        total,
        tax,
        units,
    })
}

struct Removed {
    net: Decimal,
    tax: Decimal,
}

struct Taken {
    units: u32,
    net: Decimal,
    tax: Decimal,
}

/// Per line, the units that left before they were sent, with exactly their own money, never a share of it.
fn removals(order: &Order, side: Side) -> Result<Vec<Taken>, Problem> {
    let mut taken = Vec::with_capacity(order.lines.len());
    let mut open = None;
    for (index, line) in order.lines.iter().enumerate() {
        let known = removed_from(line, order, side)?;
        if known.is_partial && open.replace(index).is_some() {
            return Err(unknown_removal(order));
        }
        taken.push(known.taken);
    }
    // One line of which an edit took some units without a word: all that left the totals and has no other owner is theirs.
    if let Some(open) = open {
        let told = order.refunds.iter().all(Refund::removes_before_shipping);
        if !told || order.lines.iter().any(|line| !line.duties.is_empty()) {
            return Err(unknown_removal(order));
        }
        let totals = &order.totals;
        let tax = totals.tax.on(side).amount - totals.current_tax.on(side).amount;
        let net = totals.total.on(side).amount - totals.current_total.on(side).amount - tax;
        let (net_back, tax_back) = shipping_back(order, side);
        let other_net: Decimal = taken.iter().map(|taken| taken.net).sum();
        let other_tax: Decimal = taken.iter().map(|taken| taken.tax).sum();
        if let Some(line) = taken.get_mut(open) {
            line.net += net - other_net - net_back;
            line.tax += tax - other_tax - tax_back;
        }
    }
    Ok(taken)
}

struct Known {
    taken: Taken,
    /// Of some units the money is not told.
    is_partial: bool,
}

/// What a line's own figures say of its removed units.
fn removed_from(line: &Line, order: &Order, side: Side) -> Result<Known, Problem> {
    let units = line
        .removed_before_shipping(order)
        .ok_or_else(|| unknown_removal(order))?;
    let told: Vec<_> = order
        .refunds
        .iter()
        .flat_map(|refund| &refund.lines)
        .filter(|refund| refund.line_id == line.id && refund.restock == RestockType::Cancel)
        .collect();
    let told_units: u32 = told.iter().map(|refund| refund.quantity).sum();
    let told_tax: Decimal = told.iter().map(|refund| refund.tax.on(side).amount).sum();
    let told_subtotal: Decimal = told
        .iter()
        .map(|refund| refund.subtotal.on(side).amount)
        .sum();
    let untold = units
        .checked_sub(told_units)
        .ok_or_else(|| unknown_removal(order))?;
    // Removed by an edit that left no refund line. All units gone: all the money is gone with them.
    if untold > 0 && units == line.quantity {
        let tax = one_tax(&line.taxes, order, side)?.amount;
        let gross = line.original_total.on(side).amount
            - line
                .discounts
                .iter()
                .map(|discount| discount.amount.on(side).amount)
                .sum::<Decimal>();
        return Ok(Known {
            taken: Taken {
                units,
                net: net_of(gross, tax, order.taxes_included),
                tax,
            },
            is_partial: false,
        });
    }
    Ok(Known {
        taken: Taken {
            units,
            net: net_of(told_subtotal, told_tax, order.taxes_included),
            tax: told_tax,
        },
        is_partial: untold > 0,
    })
}

/// Shipping that went back together with units that were never sent: net and tax.
fn shipping_back(order: &Order, side: Side) -> (Decimal, Decimal) {
    order
        .refunds
        .iter()
        .filter(|refund| refund.removes_before_shipping())
        .flat_map(|refund| &refund.shipping)
        .fold((Decimal::ZERO, Decimal::ZERO), |(net, tax), line| {
            (
                net + line.subtotal.on(side).amount,
                tax + line.tax.on(side).amount,
            )
        })
}

fn push_shipping(
    order: &Order,
    side: Side,
    components: &mut Vec<Component>,
    removed: &mut Removed,
) -> Result<(), Problem> {
    let mut lines = Vec::new();
    for line in &order.shipping {
        let tax = one_tax(&line.taxes, order, side)?;
        lines.push(Component {
            link: format!("shipping/{}", line.id),
            part: Part::Shipping,
            title: line.title.clone(),
            quantity: 1,
            net: net_of(
                line.discounted.on(side).amount,
                tax.amount + tax.of_channel,
                order.taxes_included,
            ),
            tax: tax.amount,
            rate: tax.rate,
            untaxed_by_default: line.taxes.is_empty() && !line.discounted.on(side).amount.is_zero(),
        });
    }
    let (net_back, tax_back) = shipping_back(order, side);
    if !net_back.is_zero() || !tax_back.is_zero() {
        let all_net: Decimal = lines.iter().map(|line| line.net).sum();
        let all_tax: Decimal = lines.iter().map(|line| line.tax).sum();
        match lines.as_mut_slice() {
            _ if (all_net, all_tax) == (net_back, tax_back) => lines.clear(),
            [line] => {
                line.net -= net_back;
                line.tax -= tax_back;
            }
            _ => return Err(unknown_removal(order)),
        }
        removed.net += net_back;
        removed.tax += tax_back;
    }
    // A free shipping line is kept: it tells how the goods were sent.
    components.append(&mut lines);
    Ok(())
}

struct OneTax {
    /// The merchant's own.
    amount: Decimal,
    /// Per cent of the merchant's own.
    rate: Decimal,
    /// What the sales channel collects and pays.
    of_channel: Decimal,
}

/// The tax that the sales channel collects and pays, over the whole order. Beside tax of the merchant's own, or on an order
/// of which something was taken back, whose it is cannot be told.
fn channel_tax(order: &Order, side: Side) -> Result<Decimal, Problem> {
    let all = || {
        let lines = order.lines.iter();
        let duties = lines.clone().flat_map(|line| &line.duties);
        lines
            .flat_map(|line| &line.taxes)
            .chain(duties.flat_map(|duty| &duty.taxes))
            .chain(order.shipping.iter().flat_map(|line| &line.taxes))
            .chain(order.fees.iter().flat_map(|fee| &fee.taxes))
    };
    let sum: Decimal = all()
        .filter(|tax| tax.channel_liable)
        .map(|tax| tax.amount.on(side).amount)
        .sum();
    let mixed = all().any(|tax| !tax.channel_liable && !is_zero(&tax.amount));
    let back = shipping_back(order, side);
    let taken = order
        .lines
        .iter()
        .any(|line| line.removed_before_shipping(order) != Some(0))
        || back != (Decimal::ZERO, Decimal::ZERO);
    if !sum.is_zero() && (mixed || taken) {
        return Err(Problem::new(Code::ChannelLiable).with("order", &order.name));
    }
    Ok(sum)
}

/// The one tax of a line. None is 0 %; several are not ours to guess (`booking-rules` 5).
fn one_tax(taxes: &[TaxLine], order: &Order, side: Side) -> Result<OneTax, Problem> {
    let of_channel = taxes
        .iter()
        .filter(|tax| tax.channel_liable)
        .map(|tax| tax.amount.on(side).amount)
        .sum();
    let counted = |tax: &&TaxLine| {
        !tax.channel_liable
            && (!is_zero(&tax.amount) || tax.rate_percent.is_some_and(|rate| !rate.is_zero()))
    };
    let mut counted = taxes.iter().filter(counted);
    let Some(first) = counted.next() else {
        return Ok(OneTax {
            amount: Decimal::ZERO,
            rate: Decimal::ZERO,
            of_channel,
        });
    };
    if counted.next().is_some() {
        return Err(Problem::new(Code::SeveralTaxes).with("order", &order.name));
    }
    match first.rate_percent {
        Some(rate) => Ok(OneTax {
            amount: first.amount.on(side).amount,
            rate: rate.normalize(),
            of_channel,
        }),
        None => Err(Problem::new(Code::TaxRateMissing).with("order", &order.name)),
    }
}

fn is_zero(bag: &MoneyBag) -> bool {
    bag.shop.amount.is_zero() && bag.presentment.amount.is_zero()
}

fn net_of(price: Decimal, tax: Decimal, included: bool) -> Decimal {
    if included { price - tax } else { price }
}

fn unknown_removal(order: &Order) -> Problem {
    Problem::new(Code::RemovedUnitsUnknown).with("order", &order.name)
}
