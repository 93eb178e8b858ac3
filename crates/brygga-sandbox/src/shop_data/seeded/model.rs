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

/// Shopify's sums. Each is the sum of its parts, on both sides.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    /// Lines after discounts, tips apart.
    pub(super) subtotal: Bag,
    /// Shipping before discounts.
    pub(super) shipping: Bag,
    pub(super) discounts: Bag,
    pub(super) tax: Bag,
    pub(super) duties: Bag,
    pub(super) current_duties: Bag,
    pub(super) fees: Bag,
    pub(super) tip: Bag,
    pub(super) total: Bag,
    pub(super) current_subtotal: Bag,
    pub(super) current_shipping: Bag,
    pub(super) current_discounts: Bag,
    pub(super) current_tax: Bag,
    pub(super) current_total: Bag,
    pub(super) refunded_shipping: Bag,
    pub(super) received: Bag,
    pub(super) refunded: Bag,
    pub(super) capturable: Bag,
    pub(super) outstanding: Bag,
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

    pub(super) fn totals(&self) -> Totals {
        let on_top = |tax: Bag| {
            if self.taxes_included {
                Bag::default()
            } else {
                tax
            }
        };
        let goods: Bag = self
            .lines
            .iter()
            .filter(|line| !line.tip)
            .map(|line| self.line_after(line))
            .sum();
        let tip: Bag = self
            .lines
            .iter()
            .filter(|line| line.tip)
            .map(|line| self.line_after(line))
            .sum();
        let shipping: Bag = self
            .shipping
            .iter()
            .map(|shipping| self.fx.bag(shipping.price))
            .sum();
        let shipping_after: Bag = self
            .shipping
            .iter()
            .map(|shipping| self.shipping_after(shipping))
            .sum();
        let duties: Bag = self
            .lines
            .iter()
            .flat_map(|line| &line.duties)
            .map(|duty| self.fx.bag(duty.price))
            .sum();
        let fees: Bag = self.fees.iter().map(|fee| self.fx.bag(fee.price)).sum();
        let tax: Bag = self.all_taxes().iter().map(|(_, amount)| *amount).sum();
        let line_discounts: Bag = self.lines.iter().map(|line| self.line_discount(line)).sum();
        let total = goods + tip + shipping_after + duties + fees + on_top(tax);

        let parts = || self.refunds.iter().flat_map(|refund| &refund.lines);
        let gone = |only_tips: bool| {
            parts()
                .filter(move |part| self.lines[part.line].tip == only_tips)
                .map(|part| part.subtotal)
                .sum::<Bag>()
        };
        let shipping_parts = || self.refunds.iter().flat_map(|refund| &refund.shipping);
        let shipping_gone: Bag = shipping_parts()
            .map(|(_, subtotal, tax)| {
                *subtotal
                    + if self.taxes_included {
                        *tax
                    } else {
                        Bag::default()
                    }
            })
            .sum();
        let tax_gone: Bag = parts().map(|part| part.tax).sum::<Bag>()
            + shipping_parts().map(|(_, _, tax)| *tax).sum::<Bag>();
        let discounts_gone: Bag = (0..self.lines.len())
            .map(|at| {
                self.line_discount(&self.lines[at]).share(
                    0,
                    self.taken(at),
                    self.lines[at].quantity,
                )
            })
            .sum();
        let duties_gone: Bag = self
            .refunds
            .iter()
            .flat_map(|refund| &refund.duties)
            .map(|(_, _, amount)| *amount)
            .sum();
        let current_total =
            total - gone(false) - gone(true) - shipping_gone - duties_gone - on_top(tax_gone);

        let money = |kinds: &[&str]| {
            let meant = self
                .txs
                .iter()
                .filter(|tx| tx.status == "SUCCESS" && kinds.contains(&tx.kind));
            meant.map(|tx| tx.amount).sum::<Bag>()
        };
        let received = money(&["SALE", "CAPTURE"]);
        let refunded = money(&["REFUND"]);
        // Money given back beyond what lines and shipping explain, or less, leaves the current totals alone (`facts/shopify` R5).
        let unexplained: i64 = self
            .refunds
            .iter()
            .map(|refund| self.unexplained(refund))
            .sum();
        let let_go = self.txs.iter().any(|tx| tx.kind == "VOID") || self.expired;
        let settled = self.cancelled.is_some();
        let open = if settled {
            0
        } else {
            current_total.pres - received.pres + refunded.pres - unexplained
        };
        let capturable = if settled || let_go {
            Bag::default()
        } else {
            money(&["AUTHORIZATION"]) - money(&["CAPTURE"])
        };
        Totals {
            subtotal: goods,
            shipping,
            discounts: line_discounts + shipping - shipping_after,
            tax,
            duties,
            current_duties: duties - duties_gone,
            fees,
            tip,
            total,
            current_subtotal: goods - gone(false),
            current_shipping: shipping_after - shipping_gone,
            current_discounts: line_discounts - discounts_gone + shipping - shipping_after,
            current_tax: tax - tax_gone,
            current_total,
            refunded_shipping: shipping_gone,
            received,
            refunded,
            capturable: if capturable.pres > 0 {
                capturable
            } else {
                Bag::default()
            },
            outstanding: self.fx.bag(open),
        }
    }

    /// What a refund gives more than its parts explain (less: negative). Its adjustments say it, or nothing does.
    fn unexplained(&self, refund: &Refund) -> i64 {
        let moved: i64 = self
            .txs
            .iter()
            .filter(|tx| refund.txs.contains(&tx.id) && tx.status == "SUCCESS")
            .map(|tx| tx.amount.pres)
            .sum();
        if self.is_all_money(refund) || (moved == 0 && !refund.txs.is_empty()) {
            return moved;
        }
        refund
            .adjustments
            .iter()
            .map(|(amount, _)| amount.pres)
            .sum()
    }

    /// Money alone, with adjustments that cancel out (`eu_amounts`: PL-AS-113594).
    pub(super) fn is_all_money(&self, refund: &Refund) -> bool {
        let parts = refund.lines.len() + refund.shipping.len() + refund.duties.len();
        let sum: i64 = refund.adjustments.iter().map(|(one, _)| one.pres).sum();
        parts == 0 && !refund.adjustments.is_empty() && sum == 0
    }

    /// `displayFinancialStatus`, as far as money tells it (`facts/shopify` 7.12).
    pub(super) fn financial_status(&self) -> &'static str {
        let totals = self.totals();
        let (received, refunded) = (totals.received.pres, totals.refunded.pres);
        if refunded > 0 {
            return if refunded >= received {
                "REFUNDED"
            } else {
                "PARTIALLY_REFUNDED"
            };
        }
        if self.expired && received == 0 {
            return "EXPIRED";
        }
        let let_go = self.txs.iter().any(|tx| tx.kind == "VOID");
        if received == 0 && (self.cancelled.is_some() || let_go) {
            return "VOIDED";
        }
        if received >= totals.current_total.pres {
            return "PAID";
        }
        if received > 0 {
            return "PARTIALLY_PAID";
        }
        if totals.capturable.pres > 0 {
            "AUTHORIZED"
        } else {
            "PENDING"
        }
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
