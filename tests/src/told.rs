//! An order as GraphQL would answer it: names and shapes of `spec/shopify`, as far as anybody asks for them.

use brygga_core::Decimal;
use serde_json::{Value, json};

use crate::events;
use crate::sale::{Bag, Money, Sale, stamp};

impl Sale {
    fn json(&self, bag: Bag) -> Value {
        let money = |amount: Decimal, currency: &str| json!({ "amount": format!("{amount:.2}"), "currencyCode": currency });
        json!({ "shopMoney": money(bag.shop, "NOK"), "presentmentMoney": money(bag.seen, &self.currency) })
    }

    fn taxes(&self, vat: u32, amount: Bag) -> Value {
        if vat == 0 {
            return json!([]);
        }
        let per_one: Value = serde_json::from_str(&Decimal::new(vat.into(), 2).to_string())
            .expect("a number is JSON");
        json!([{ "title": "MVA", "rate": per_one, "ratePercentage": vat, "channelLiable": false, "priceSet": self.json(amount), "source": "Shopify" }])
    }

    fn line_json(&self, place: usize) -> Value {
        let line = &self.lines[place];
        let gross = self.gross(line);
        let taken = self.taken(place, self.refunds.len());
        let mut node = self.template["lineItems"][0].clone();
        node["id"] = json!(format!("gid://shopify/LineItem/{}", line.id));
        node["quantity"] = json!(line.units);
        node["currentQuantity"] = json!(line.units - taken);
        node["originalTotalSet"] = self.json(self.original(line));
        node["discountAllocations"] = if line.discount.is_zero() {
            json!([])
        } else {
            let amount = self.json(Bag::at(line.discount, self.placed_rate));
            json!([{ "allocatedAmountSet": amount, "allocatedAmount": amount["presentmentMoney"], "discountApplication": null }])
        };
        node["taxLines"] = self.taxes(line.vat, gross.vat(line.vat));
        node["duties"] = if line.duty.is_zero() {
            json!([])
        } else {
            let price = self.json(Bag::at(line.duty, self.placed_rate));
            json!([{ "id": format!("gid://shopify/Duty/{}", line.id), "price": price, "taxLines": [], "harmonizedSystemCode": "611020", "countryCodeOfOrigin": "NO" }])
        };
        if line.gift_card {
            node["isGiftCard"] = json!(true);
            node["requiresShipping"] = json!(false);
            node["taxable"] = json!(false);
        }
        node
    }

    fn shipping_json(&self) -> Value {
        if self.shipping.is_zero() {
            return json!([]);
        }
        let gross = Bag::at(self.shipping, self.placed_rate);
        let back: Bag = self
            .refunds
            .iter()
            .map(|one| self.shipping_back(one).0)
            .sum();
        json!([{
            "id": format!("gid://shopify/ShippingLine/{}", self.id), "title": "Posten", "code": "posten", "source": "shopify", "custom": false,
            "isRemoved": false, "carrierIdentifier": null, "deliveryCategory": null, "phone": null, "shippingRateHandle": null,
            "originalPriceSet": self.json(gross), "discountedPriceSet": self.json(gross), "currentDiscountedPriceSet": self.json(gross - back),
            "discountAllocations": [], "taxLines": self.taxes(25, gross.vat(25)),
        }])
    }

    fn money_json(&self, one: &Money) -> Value {
        let mut node = events::transaction(one.id, one.kind, "0.0", &json!(stamp(one.at)));
        node["status"] = json!(one.status);
        node["gateway"] = json!(one.gateway);
        node["formattedGateway"] = json!(one.gateway);
        node["amountSet"] = self.json(Bag::at(one.amount, one.rate));
        node["manualPaymentGateway"] = json!(one.gateway == "manual");
        node["parentTransaction"] = self
            .money
            .iter()
            .find(|other| Some(other.id) == one.parent)
            .map_or(Value::Null, |parent| {
                json!({ "id": format!("gid://shopify/OrderTransaction/{}", parent.id), "kind": parent.kind, "status": parent.status })
            });
        node
    }

    fn refund_json(&self, at: usize) -> Value {
        let refund = &self.refunds[at];
        let money: Vec<&Money> = refund
            .money
            .iter()
            .filter_map(|id| self.money.iter().find(|one| one.id == *id))
            .collect();
        let total: Bag = money
            .iter()
            .filter(|one| one.status == "SUCCESS")
            .map(|one| Bag::at(one.amount, one.rate))
            .sum();
        let lines = refund.units.iter().enumerate().map(|(n, units)| {
            let (worth, vat) = self.part(at, *units);
            let (place, count, restock) = *units;
            json!({
                "id": format!("gid://shopify/RefundLineItem/{}", refund.id * 10 + n as u64), "quantity": count, "restockType": restock,
                "restocked": restock != "NO_RESTOCK", "location": null, "priceSet": self.json(worth), "subtotalSet": self.json(worth),
                "totalTaxSet": self.json(vat), "lineItem": { "id": format!("gid://shopify/LineItem/{}", self.lines[place].id) },
            })
        });
        let lines: Vec<Value> = lines.collect();
        let (gross, vat) = self.shipping_back(refund);
        // The subtotal of shipping is without tax (facts/shopify R3).
        let shipping = (!refund.shipping.is_zero()).then(|| {
            json!({ "id": format!("gid://shopify/RefundShippingLine/{}", refund.id), "subtotalAmountSet": self.json(gross - vat), "taxAmountSet": self.json(vat),
                "shippingLine": { "id": format!("gid://shopify/ShippingLine/{}", self.id) } })
        });
        let adjustments = refund.adjustments.iter().enumerate().map(|(n, amount)| {
            json!({ "id": format!("gid://shopify/OrderAdjustment/{}", refund.id * 10 + n as u64), "reason": "REFUND_DISCREPANCY",
                "amountSet": self.json(Bag::at(*amount, self.placed_rate)), "taxAmountSet": self.json(Bag::default()) })
        });
        let duties = (!refund.duties.is_zero()).then(|| {
            let amount = self.json(Bag::at(refund.duties, self.placed_rate));
            json!({ "amountSet": amount, "originalDuty": { "id": format!("gid://shopify/Duty/{}", refund.id), "price": amount, "taxLines": [] } })
        });
        json!({
            "id": format!("gid://shopify/Refund/{}", refund.id), "legacyResourceId": refund.id.to_string(),
            "createdAt": stamp(refund.at), "processedAt": stamp(refund.at), "updatedAt": stamp(refund.at), "note": null, "return": null, "staffMember": null,
            "totalRefundedSet": self.json(total), "refundLineItems": lines, "refundShippingLines": shipping.into_iter().collect::<Vec<_>>(),
            "orderAdjustments": adjustments.collect::<Vec<_>>(), "duties": duties.into_iter().collect::<Vec<_>>(),
            "transactions": money.iter().map(|one| self.money_json(one)).collect::<Vec<_>>(),
        })
    }

    /// The lines that came in exchange are on a return (`facts/shopify` R8).
    fn returns_json(&self) -> Value {
        if self.exchanged.is_empty() {
            return json!([]);
        }
        let lines: Vec<Value> = self
            .exchanged
            .iter()
            .map(|place| json!({ "id": format!("gid://shopify/LineItem/{}", self.lines[*place].id) }))
            .collect();
        json!([{
            "__typename": "Return", "id": format!("gid://shopify/Return/{}", self.id), "name": "R1", "status": "CLOSED", "createdAt": stamp(self.placed),
            "closedAt": stamp(self.placed), "totalQuantity": 1, "returnLineItems": [], "refunds": [],
            "exchangeLineItems": [{ "id": format!("gid://shopify/ExchangeLineItem/{}", self.id), "quantity": 1, "processableQuantity": 0, "processedQuantity": 1,
                "unprocessedQuantity": 0, "variantId": null, "lineItem": lines.first(), "lineItems": lines }],
        }])
    }

    /// The order as it is now.
    pub fn version(&self) -> Value {
        let (total, tax, current, current_tax) = self.totals();
        let (received, refunded) = self.received();
        let mut order = self.template.clone();
        order["lineItems"] = (0..self.lines.len())
            .map(|place| self.line_json(place))
            .collect();
        order["shippingLines"] = self.shipping_json();
        order["additionalFees"] = json!([]);
        order["currencyCode"] = json!("NOK");
        order["presentmentCurrencyCode"] = json!(self.currency);
        for (name, bag) in [
            ("totalPriceSet", total),
            ("totalTaxSet", tax),
            ("currentTotalPriceSet", current),
            ("currentTotalTaxSet", current_tax),
            ("totalTipReceivedSet", Bag::default()),
            ("totalReceivedSet", Bag::at(received, self.placed_rate)),
            ("totalRefundedSet", Bag::at(refunded, self.placed_rate)),
        ] {
            order[name] = self.json(bag);
        }
        order["displayFinancialStatus"] = json!(self.financial_status());
        order["displayFulfillmentStatus"] = json!(self.fulfillment_status());
        order["transactions"] = self.money.iter().map(|one| self.money_json(one)).collect();
        order["refunds"] = (0..self.refunds.len())
            .map(|at| self.refund_json(at))
            .collect();
        order["returns"] = self.returns_json();
        order["fulfillments"] = json!([]);
        for parcel in &self.parcels {
            events::sent(&mut order, parcel.id, &stamp(parcel.at), &parcel.units);
        }
        order["edited"] = json!(self.edited);
        order["cancelledAt"] = json!(self.cancelled.map(stamp));
        order["closed"] = json!(self.archived.is_some());
        order["closedAt"] = json!(self.archived.map(stamp));
        order
    }
}
