//! Shopify's sums over the parts of an order, and the state of its money that follows from them.

use super::amounts::Bag;
use super::model::{Model, Refund};

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

impl Model {
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
        if is_all_money(refund) || (moved == 0 && !refund.txs.is_empty()) {
            return moved;
        }
        refund
            .adjustments
            .iter()
            .map(|(amount, _)| amount.pres)
            .sum()
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
}

/// Money alone, with adjustments that cancel out (`eu_amounts`: PL-AS-113594).
fn is_all_money(refund: &Refund) -> bool {
    let parts = refund.lines.len() + refund.shipping.len() + refund.duties.len();
    let sum: i64 = refund.adjustments.iter().map(|(one, _)| one.pres).sum();
    parts == 0 && !refund.adjustments.is_empty() && sum == 0
}
