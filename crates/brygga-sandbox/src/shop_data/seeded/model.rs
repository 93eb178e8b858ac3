//! An order as the practice shop thinks of it, and Shopify's sums over its parts. `render` writes it as GraphQL would.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::amounts::{Bag, Exchange, tax};
use super::purse::Owed;
use super::ways::Way;

/// A tax on a line, by rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaxRule {
    pub(super) title: &'static str,
    /// Hundredths of a per cent.
    pub(super) rate: i64,
    /// The channel pays it, not the merchant.
    pub(super) channel_liable: bool,
}

/// One line. Amounts in minor units of the customer's currency.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: i64,
    /// The `Product` and `ProductVariant` that the line carries; null for custom lines and tips.
    pub(super) product: Value,
    pub(super) variant: Value,
    pub(super) title: String,
    pub(super) variant_title: Option<String>,
    pub(super) sku: Option<String>,
    pub(super) quantity: i64,
    pub(super) unit: i64,
    pub(super) taxes: Vec<TaxRule>,
    /// Index of the discount application, and the amount of it on this line.
    pub(super) allocations: Vec<(usize, i64)>,
    pub(super) duties: Vec<Duty>,
    pub(super) taxable: bool,
    pub(super) ships: bool,
    pub(super) gift_card: bool,
    pub(super) tip: bool,
    pub(super) grams: i64,
}

/// A duty on a line, untaxed.
#[derive(Debug, Clone)]
pub(super) struct Duty {
    pub(super) id: i64,
    pub(super) price: i64,
}

/// One shipping line.
#[derive(Debug, Clone)]
pub(super) struct Shipping {
    pub(super) id: i64,
    pub(super) title: &'static str,
    pub(super) code: &'static str,
    pub(super) price: i64,
    pub(super) taxes: Vec<TaxRule>,
    pub(super) allocations: Vec<(usize, i64)>,
}

/// An additional fee.
#[derive(Debug, Clone)]
pub(super) struct Fee {
    pub(super) id: i64,
    pub(super) name: &'static str,
    pub(super) price: i64,
    pub(super) taxes: Vec<TaxRule>,
}

/// How a discount came about.
#[derive(Debug, Clone)]
pub(super) struct Application {
    pub(super) typename: &'static str,
    /// Title or code.
    pub(super) text: &'static str,
    /// `ACROSS` or `EACH`.
    pub(super) method: &'static str,
    /// `ALL` or `ENTITLED` or `EXPLICIT`.
    pub(super) selection: &'static str,
    pub(super) shipping: bool,
    /// Per cent, or an amount of the customer's currency in minor units.
    pub(super) value: Result<i64, i64>,
}

/// One movement of money, or a try.
#[derive(Debug, Clone)]
pub(super) struct Tx {
    pub(super) id: i64,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) way: &'static Way,
    /// The shop's side is by the rate of its own day: it does not add up to the order's (`facts/shopify` 7.2).
    pub(super) amount: Bag,
    /// The exchange of its day.
    pub(super) fx: Exchange,
    pub(super) at: DateTime<Utc>,
    /// When it came to its end: later than `at` for what was pending.
    pub(super) done: DateTime<Utc>,
    pub(super) parent: Option<i64>,
    /// The gift card or store credit that it moves.
    pub(super) owed: Option<Owed>,
    pub(super) receipt: Option<String>,
    /// What cash rounding adds to the amount that changes hands.
    pub(super) rounding: i64,
    pub(super) error: Option<&'static str>,
    /// What Shopify keeps of it, in øre.
    pub(super) fee: i64,
}

/// Units of a line in a refund.
#[derive(Debug, Clone)]
pub(super) struct RefundLine {
    pub(super) id: i64,
    pub(super) line: usize,
    pub(super) quantity: i64,
    pub(super) restock: &'static str,
    /// Which of the shop's places took the goods back.
    pub(super) place: usize,
    /// With the discount share; contains tax when prices do (`facts/shopify` R2).
    pub(super) subtotal: Bag,
    pub(super) tax: Bag,
}

/// A refund.
#[derive(Debug, Clone, Default)]
pub(super) struct Refund {
    pub(super) id: i64,
    pub(super) at: DateTime<Utc>,
    /// Last change: a pending transaction came to its end.
    pub(super) updated: DateTime<Utc>,
    pub(super) lines: Vec<RefundLine>,
    /// Shipping line, subtotal without tax, tax (`facts/shopify` R3).
    pub(super) shipping: Vec<(usize, Bag, Bag)>,
    /// Line, duty of the line, amount.
    pub(super) duties: Vec<(usize, usize, Bag)>,
    /// Amount and reason of each adjustment; pairs may cancel out (`facts/shopify` R4).
    pub(super) adjustments: Vec<(Bag, &'static str)>,
    /// Ids of its transactions.
    pub(super) txs: Vec<i64>,
    pub(super) note: Option<&'static str>,
    /// The return that it closes.
    pub(super) of_return: Option<i64>,
}

/// Goods on their way back, and what the customer gets for them.
#[derive(Debug, Clone)]
pub(super) struct Return {
    pub(super) id: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) closed: Option<DateTime<Utc>>,
    /// Line and units that come back.
    pub(super) units: Vec<(usize, i64)>,
    /// Lines of the order that came in exchange, once it is processed, and how many units of what.
    pub(super) exchanged: Vec<usize>,
    pub(super) wanted: i64,
}

/// A parcel.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub(super) id: i64,
    pub(super) at: DateTime<Utc>,
    /// When it was taken back before it left.
    pub(super) cancelled: Option<DateTime<Utc>>,
    /// Which of the shop's places sent it; gift cards and nights go by themselves.
    pub(super) place: Option<usize>,
    /// Line and units.
    pub(super) units: Vec<(usize, i64)>,
}

/// The order at one moment.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) created: DateTime<Utc>,
    pub(super) fx: Exchange,
    pub(super) taxes_included: bool,
    /// The tax is worked out in the shop's currency only, and shown in the customer's at the day's rate. So fall some real amounts (`eu_amounts`:
    /// 53.08 euros of tax in 265.42 are shown as 396.74 kroner of 1984.00, where 25 % would be 396.80). Else each side has its own.
    pub(super) tax_is_converted: bool,
    pub(super) tax_exempt: bool,
    pub(super) test: bool,
    pub(super) source: &'static str,
    pub(super) locale: &'static str,
    pub(super) customer: Value,
    pub(super) purchasing_entity: Value,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) po_number: Option<String>,
    /// Days of a company's payment terms.
    pub(super) net_days: Option<i64>,
    pub(super) billing: Value,
    pub(super) shipping_to: Value,
    pub(super) pos: bool,
    pub(super) lines: Vec<Line>,
    pub(super) shipping: Vec<Shipping>,
    pub(super) fees: Vec<Fee>,
    pub(super) applications: Vec<Application>,
    pub(super) txs: Vec<Tx>,
    pub(super) refunds: Vec<Refund>,
    pub(super) returns: Vec<Return>,
    pub(super) parcels: Vec<Parcel>,
    pub(super) tags: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) cancelled: Option<(DateTime<Utc>, &'static str)>,
    pub(super) closed: Option<DateTime<Utc>>,
    pub(super) edited: bool,
    /// The reservation ran out.
    pub(super) expired: bool,
    /// `originalTotalPriceSet`: the total at creation, before edits.
    pub(super) original_total: Option<Bag>,
}

impl Line {
    pub(super) fn original(&self) -> i64 {
        self.unit * self.quantity
    }

    pub(super) fn discount(&self) -> i64 {
        self.allocations.iter().map(|(_, amount)| amount).sum()
    }

    /// What is left to allocate: price less discounts.
    pub(super) fn after(&self) -> i64 {
        self.original() - self.discount()
    }
}

impl Model {
    /// Taxes on an amount, each rounded by itself.
    fn taxes(&self, amount: Bag, rules: &[TaxRule]) -> Vec<(TaxRule, Bag)> {
        let of = |amount: i64, rule: &TaxRule| tax(amount, rule.rate, self.taxes_included);
        let one = |rule: &TaxRule| {
            let shop = of(amount.shop, rule);
            if self.tax_is_converted {
                (*rule, self.fx.shown(shop))
            } else {
                (
                    *rule,
                    Bag {
                        shop,
                        pres: of(amount.pres, rule),
                    },
                )
            }
        };
        rules.iter().map(one).collect()
    }

    pub(super) fn line_taxes(&self, line: &Line) -> Vec<(TaxRule, Bag)> {
        self.taxes(self.line_after(line), &line.taxes)
    }

    pub(super) fn shipping_taxes(&self, shipping: &Shipping) -> Vec<(TaxRule, Bag)> {
        self.taxes(self.shipping_after(shipping), &shipping.taxes)
    }

    pub(super) fn fee_taxes(&self, fee: &Fee) -> Vec<(TaxRule, Bag)> {
        self.taxes(self.fx.bag(fee.price), &fee.taxes)
    }

    fn allocated(&self, allocations: &[(usize, i64)]) -> Bag {
        allocations
            .iter()
            .map(|(_, amount)| self.fx.bag(*amount))
            .sum()
    }

    /// A line's money after discounts; on the shop's side the difference of what was converted.
    pub(super) fn line_after(&self, line: &Line) -> Bag {
        self.fx.bag(line.original()) - self.allocated(&line.allocations)
    }

    pub(super) fn line_discount(&self, line: &Line) -> Bag {
        self.allocated(&line.allocations)
    }

    pub(super) fn shipping_after(&self, shipping: &Shipping) -> Bag {
        self.fx.bag(shipping.price) - self.allocated(&shipping.allocations)
    }

    /// Units of a line that refunds have taken.
    pub(super) fn taken(&self, line: usize) -> i64 {
        self.refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .filter(|part| part.line == line)
            .map(|part| part.quantity)
            .sum()
    }

    /// Units of a line that parcels hold.
    pub(super) fn sent(&self, line: usize) -> i64 {
        self.parcels
            .iter()
            .filter(|parcel| parcel.cancelled.is_none())
            .flat_map(|parcel| &parcel.units)
            .filter(|(at, _)| *at == line)
            .map(|(_, units)| units)
            .sum()
    }

    /// Units of a line that wait to be sent.
    pub(super) fn waiting(&self, line: usize) -> i64 {
        (self.lines[line].quantity - self.taken_before_sending(line) - self.sent(line)).max(0)
    }

    /// Units of a line that were sent and have not come back.
    pub(super) fn out(&self, line: usize) -> i64 {
        let back: i64 = self
            .refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .filter(|part| part.line == line && part.restock != "CANCEL")
            .map(|part| part.quantity)
            .sum();
        self.sent(line) - back
    }

    /// The refund line for `quantity` more units: it takes exactly their money, so that all parts of a line add up to the line.
    pub(super) fn refund_line(
        &self,
        id: i64,
        line: usize,
        quantity: i64,
        restock: &'static str,
    ) -> RefundLine {
        self.refund_part(id, line, 0, quantity, restock)
    }

    /// The same, when `more` units of the line are in the refund already.
    pub(super) fn refund_part(
        &self,
        id: i64,
        line: usize,
        more: i64,
        quantity: i64,
        restock: &'static str,
    ) -> RefundLine {
        let of = &self.lines[line];
        let before = self.taken(line) + more;
        let tax: Bag = self.line_taxes(of).iter().map(|(_, amount)| *amount).sum();
        RefundLine {
            id,
            line,
            quantity,
            restock,
            place: 0,
            subtotal: self.line_after(of).share(before, quantity, of.quantity),
            tax: tax.share(before, quantity, of.quantity),
        }
    }

    /// What a refund gives back by its lines, shipping and duties, tax in it.
    pub(super) fn refund_value(&self, refund: &Refund) -> Bag {
        let on_top = |tax: Bag| {
            if self.taxes_included {
                Bag::default()
            } else {
                tax
            }
        };
        let lines: Bag = refund
            .lines
            .iter()
            .map(|part| part.subtotal + on_top(part.tax))
            .sum();
        let shipping: Bag = refund
            .shipping
            .iter()
            .map(|(_, subtotal, tax)| *subtotal + *tax)
            .sum();
        let duties: Bag = refund.duties.iter().map(|(_, _, amount)| *amount).sum();
        lines + shipping + duties
    }

    /// All taxes of the order as it was sold: lines, shipping, fees.
    pub(super) fn all_taxes(&self) -> Vec<(TaxRule, Bag)> {
        let lines = self.lines.iter().flat_map(|line| self.line_taxes(line));
        let shipping = self
            .shipping
            .iter()
            .flat_map(|shipping| self.shipping_taxes(shipping));
        let fees = self.fees.iter().flat_map(|fee| self.fee_taxes(fee));
        lines.chain(shipping).chain(fees).collect()
    }

    /// `displayFulfillmentStatus`.
    pub(super) fn fulfillment_status(&self) -> &'static str {
        let ordered = |at: usize| self.lines[at].quantity - self.taken_before_sending(at);
        let places = || (0..self.lines.len()).filter(|&at| !self.lines[at].tip);
        if self.parcels.iter().all(|parcel| parcel.cancelled.is_some()) {
            return "UNFULFILLED";
        }
        if places().all(|at| self.sent(at) >= ordered(at)) {
            "FULFILLED"
        } else {
            "PARTIALLY_FULFILLED"
        }
    }

    /// Units taken out before they were sent.
    pub(super) fn taken_before_sending(&self, line: usize) -> i64 {
        let parts = self.refunds.iter().flat_map(|refund| &refund.lines);
        parts
            .filter(|part| part.line == line && part.restock == "CANCEL")
            .map(|part| part.quantity)
            .sum()
    }
}
