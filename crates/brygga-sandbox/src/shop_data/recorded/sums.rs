//! Shopify's sums prove what a recording left out.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::complete::{SIDES, Work, amount, items, sum};

impl Work {
    /// The parts must add up to the total, and to every sum that Shopify states.
    pub(super) fn sums(&mut self) {
        if !self.has("taxesIncluded") {
            self.set("taxesIncluded", json!(false));
        }
        for side in SIDES {
            self.sums_on(side);
        }
    }

    fn sums_on(&mut self, side: &str) {
        let order = &self.order;
        let included = order["taxesIncluded"] == true;
        let (lines, shipping) = (items(order, "lineItems"), items(order, "shippingLines"));
        let discounts = |parts: &[Value]| {
            parts
                .iter()
                .map(|part| {
                    sum(
                        items(part, "discountAllocations"),
                        "allocatedAmountSet",
                        side,
                    )
                })
                .sum::<Decimal>()
        };
        let tax = tax_on(order, side);
        let duties: Decimal = lines
            .iter()
            .map(|line| sum(items(line, "duties"), "price", side))
            .sum();
        let sent = sum(shipping, "discountedPriceSet", side);
        let goods = sum(lines, "originalTotalSet", side) - discounts(lines);
        let total = goods
            + sent
            + duties
            + sum(items(order, "additionalFees"), "price", side)
            + if included { Decimal::ZERO } else { tax };

        let mut lacks = Vec::new();
        let mut differs = |key: &str, ours: Decimal, lack: &str| {
            if amount(&order[key], side).is_some_and(|stated| stated != ours) {
                lacks.push(lack.to_owned());
            }
        };
        differs(
            "totalDiscountsSet",
            discounts(lines) + discounts(shipping),
            "lineItems.discountAllocations",
        );
        differs("totalTaxSet", tax, "lineItems.taxLines");
        let price = sum(shipping, "originalPriceSet", side);
        if amount(&order["totalShippingPriceSet"], side)
            .is_some_and(|stated| stated != price && stated != sent)
        {
            lacks.push("shippingLines".to_owned());
        }
        if amount(&order["totalPriceSet"], side).is_some_and(|stated| stated != total) {
            lacks.push("parts that add up to the total".to_owned());
        }
        let on_top = |tax: Decimal| if included { Decimal::ZERO } else { tax };
        let gone: Decimal = items(order, "refunds")
            .iter()
            .map(|refund| {
                let (lines, shipping) = (
                    items(refund, "refundLineItems"),
                    items(refund, "refundShippingLines"),
                );
                let of_lines =
                    sum(lines, "subtotalSet", side) + on_top(sum(lines, "totalTaxSet", side));
                of_lines
                    + sum(shipping, "subtotalAmountSet", side)
                    + sum(shipping, "taxAmountSet", side)
            })
            .sum();
        let current = amount(&order["currentTotalPriceSet"], side);
        if lacks.is_empty() && current.is_some_and(|stated| stated != total - gone) {
            lacks.push("refunds that explain currentTotalPriceSet".to_owned());
        }
        let same = current == Some(total);
        for what in lacks {
            self.lacks(&what);
        }
        // Nothing was taken from the total, so the lines still have all their units and the tax is what it was.
        if side == "presentmentMoney" && self.missing.is_empty() {
            self.proven(same);
        }
    }

    fn proven(&mut self, untouched: bool) {
        if !self.has("totalTaxSet") {
            let side = |side: &str, currency: &str| json!({ "amount": tax_on(&self.order, side).to_string(), "currencyCode": self.order[currency] });
            let bag = json!({ "shopMoney": side("shopMoney", "currencyCode"), "presentmentMoney": side("presentmentMoney", "presentmentCurrencyCode") });
            self.set("totalTaxSet", bag);
        }
        if !self.has("currentTotalTaxSet") && untouched && self.has("totalTaxSet") {
            let tax = self.order["totalTaxSet"].clone();
            self.set("currentTotalTaxSet", tax);
        }
        let mut order = self.order.take();
        let mut filled = false;
        for line in order["lineItems"].as_array_mut().into_iter().flatten() {
            if line.get("currentQuantity").is_none() && untouched {
                line["currentQuantity"] = line["quantity"].clone();
                filled = true;
            }
        }
        self.order = order;
        if filled {
            self.fills("lineItems.currentQuantity");
        }
        if items(&self.order, "lineItems")
            .iter()
            .any(|line| line.get("currentQuantity").is_none())
        {
            self.lacks("lineItems.currentQuantity");
        }
    }
}

/// All taxes of an order, added up.
fn tax_on(order: &Value, side: &str) -> Decimal {
    let parts = ["lineItems", "shippingLines", "additionalFees"]
        .into_iter()
        .flat_map(|list| items(order, list));
    parts
        .map(|part| sum(items(part, "taxLines"), "priceSet", side))
        .sum()
}
