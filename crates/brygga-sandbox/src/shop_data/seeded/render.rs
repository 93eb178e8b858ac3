//! The model as GraphQL would answer it: names and nullability of `spec/shopify/admin-2026-07.graphql`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::amounts::{Bag, SHOP_CURRENCY};
use super::catalogue::merge;
use super::model::{Application, Fee, Line, Model, Parcel, Refund, Shipping, TaxRule, Tx};
use super::render_money::transaction;
use super::render_parts::{application, location, parcel, refund, returned};
use crate::shop_data::stamp;

/// Hundredths of a per cent as a JSON number of so many decimals less: 2550 -> 0.255, or 25.5 with `scale` 100.
fn ratio(rate: i64, scale: u32) -> Value {
    // Written as text and read back, so that 25.5 stays 25.5.
    let text = rust_decimal::Decimal::new(rate, scale)
        .normalize()
        .to_string();
    let text = if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    };
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

impl Model {
    /// The `Order` object as it is from `updated` on.
    pub(super) fn json(&self, updated: DateTime<Utc>) -> Value {
        let sum = self.totals();
        let set = |bag: Bag| self.fx.json(bag);
        let applications: Vec<Value> = self
            .applications
            .iter()
            .enumerate()
            .map(|(index, one)| application(self, index, one))
            .collect();
        let lines: Vec<Value> = (0..self.lines.len())
            .map(|at| self.line_json(at, &applications))
            .collect();
        let shipping: Vec<Value> = (0..self.shipping.len())
            .map(|at| self.shipping_json(at, &applications))
            .collect();
        let codes: Vec<&str> = self
            .applications
            .iter()
            .filter(|one| one.typename == "DiscountCodeApplication")
            .map(|one| one.text)
            .collect();
        let cart: Bag = self.cart_discount();
        let mut gateways: Vec<&str> = Vec::new();
        for tx in &self.txs {
            if !gateways.contains(&tx.way.gateway) {
                gateways.push(tx.way.gateway);
            }
        }
        let units = |count: &dyn Fn(usize) -> i64| -> i64 {
            (0..self.lines.len())
                .filter(|&at| !self.lines[at].tip && !self.lines[at].gift_card)
                .map(count)
                .sum()
        };
        let weight: i64 = self
            .lines
            .iter()
            .map(|line| line.grams * line.quantity)
            .sum();
        let current_weight: i64 = self
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| line.grams * (line.quantity - self.taken(at)))
            .sum();
        let dutiable = self.lines.iter().any(|line| !line.duties.is_empty());
        let duties = dutiable.then(|| set(sum.duties));
        let current_duties = dutiable.then(|| set(sum.current_duties));
        let fees = (!self.fees.is_empty()).then(|| set(sum.fees));
        let mut order = json!({
            "__typename": "Order", "id": format!("gid://shopify/Order/{}", self.id), "legacyResourceId": self.id.to_string(),
            "name": format!("#{}", self.number), "number": self.number, "confirmationNumber": format!("FF{:07X}", self.id % 0xFFF_FFFF), "confirmed": true,
            "createdAt": stamp(self.created), "processedAt": stamp(self.created), "updatedAt": stamp(updated),
            "cancelledAt": self.cancelled.map(|(at, _)| stamp(at)), "cancelReason": self.cancelled.map(|(_, reason)| reason),
            "cancellation": self.cancelled.map(|_| json!({ "staffNote": null })),
            "closed": self.closed.is_some(), "closedAt": self.closed.map(stamp),
        });
        merge(
            &mut order,
            json!({
                "test": self.test, "edited": self.edited, "taxesIncluded": self.taxes_included, "taxExempt": self.tax_exempt, "estimatedTaxes": false, "dutiesIncluded": false,
                "currencyCode": SHOP_CURRENCY, "presentmentCurrencyCode": self.fx.currency,
                "displayFinancialStatus": self.financial_status(), "displayFulfillmentStatus": self.fulfillment_status(), "returnStatus": self.return_status(),
            }),
        );
        merge(
            &mut order,
            json!({
                "tags": self.tags, "note": self.note, "customAttributes": self.attributes.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
                "sourceName": self.source, "sourceIdentifier": null, "merchantBusinessEntity": { "id": "gid://shopify/BusinessEntity/1", "displayName": "Fjord & Fjell AS", "companyName": "Fjord & Fjell AS", "primary": true, "archived": false }, "registeredSourceUrl": null, "channelInformation": null,
                "app": { "id": "gid://shopify/OrderApp/580111", "name": if self.pos { "Point of Sale" } else { "Online Store" }, "icon": { "url": "https://example.com/icon.png" } },
                "retailLocation": if self.pos { location(0) } else { Value::Null }, "physicalLocation": if self.pos { location(0) } else { Value::Null },
            }),
        );
        merge(
            &mut order,
            json!({
                "email": self.email, "phone": self.phone, "customerLocale": self.locale, "customerAcceptsMarketing": false, "clientIp": null,
                "customer": self.customer, "purchasingEntity": self.purchasing_entity, "poNumber": self.po_number, "paymentTerms": self.payment_terms(sum.total),
            }),
        );
        merge(
            &mut order,
            json!({
                "billingAddress": self.billing, "shippingAddress": self.shipping_to,
                "displayAddress": if self.shipping_to.is_null() { &self.billing } else { &self.shipping_to },
                "billingAddressMatchesShippingAddress": self.billing["formatted"] == self.shipping_to["formatted"],
                "discountCode": codes.first(), "discountCodes": codes, "discountApplications": applications,
                "subtotalLineItemsQuantity": units(&|at| self.lines[at].quantity), "currentSubtotalLineItemsQuantity": units(&|at| self.lines[at].quantity - self.taken(at)),
                "totalWeight": weight.to_string(), "currentTotalWeight": current_weight.to_string(),
            }),
        );
        merge(
            &mut order,
            json!({
                "subtotalPriceSet": set(sum.subtotal), "currentSubtotalPriceSet": set(sum.current_subtotal),
                "totalPriceSet": set(sum.total), "originalTotalPriceSet": set(self.original_total.unwrap_or(sum.total)), "currentTotalPriceSet": set(sum.current_total),
                "totalTaxSet": set(sum.tax), "currentTotalTaxSet": set(sum.current_tax),
            }),
        );
        merge(
            &mut order,
            json!({
                "totalDiscountsSet": set(sum.discounts), "currentTotalDiscountsSet": set(sum.current_discounts),
                "cartDiscountAmountSet": set(cart), "currentCartDiscountAmountSet": set(cart),
                "totalShippingPriceSet": set(sum.shipping), "currentShippingPriceSet": set(sum.current_shipping), "totalRefundedShippingSet": set(sum.refunded_shipping),
                "totalTipReceivedSet": set(sum.tip), "totalTipReceived": self.fx.presentment(sum.tip),
            }),
        );
        merge(
            &mut order,
            json!({
                "originalTotalDutiesSet": duties, "currentTotalDutiesSet": current_duties, "originalTotalAdditionalFeesSet": fees, "currentTotalAdditionalFeesSet": fees,
                "totalReceivedSet": set(sum.received), "totalRefundedSet": set(sum.refunded), "netPaymentSet": set(sum.received - sum.refunded),
                "totalOutstandingSet": set(sum.outstanding), "totalCapturableSet": set(sum.capturable), "refundDiscrepancySet": set(self.discrepancy()),
            }),
        );
        merge(
            &mut order,
            json!({
                "totalCashRoundingAdjustment": { "paymentSet": set(self.rounding(&["SALE", "CAPTURE"])), "refundSet": set(self.rounding(&["REFUND"])) },
                "capturable": sum.capturable.pres > 0, "fullyPaid": sum.outstanding.pres <= 0, "unpaid": sum.received.pres == 0 && sum.total.pres > 0,
                "canMarkAsPaid": sum.outstanding.pres > 0 && self.cancelled.is_none(), "refundable": sum.received.pres > sum.refunded.pres,
                "taxLines": self.grouped(self.all_taxes()), "currentTaxLines": self.grouped(self.current_taxes()),
            }),
        );
        merge(
            &mut order,
            json!({
                "lineItems": lines, "nonFulfillableLineItems": [], "shippingLines": shipping, "shippingLine": shipping.first(),
                "additionalFees": self.fees.iter().map(|fee| self.fee_json(fee)).collect::<Vec<_>>(),
                "transactions": self.txs.iter().map(|tx| self.tx_json(tx)).collect::<Vec<_>>(), "transactionsCount": { "count": self.txs.len(), "precision": "EXACT" },
            }),
        );
        merge(
            &mut order,
            json!({
                "paymentGatewayNames": gateways, "paymentCollectionDetails": { "additionalPaymentCollectionUrl": null, "vaultedPaymentMethods": [] },
                "refunds": self.refunds.iter().map(|one| self.refund_json(one)).collect::<Vec<_>>(),
                "returns": self.returns.iter().enumerate().map(|(n, one)| returned(self, n, one)).collect::<Vec<_>>(),
                "fulfillments": self.parcels.iter().enumerate().map(|(n, one)| self.parcel_json(n, one)).collect::<Vec<_>>(),
                "fulfillmentsCount": { "count": self.parcels.len(), "precision": "EXACT" }, "fulfillmentOrders": [],
            }),
        );
        merge(
            &mut order,
            json!({
                "fulfillable": self.cancelled.is_none() && self.fulfillment_status() != "FULFILLED", "requiresShipping": self.lines.iter().any(|line| line.ships),
                "restockable": false, "merchantEditable": self.cancelled.is_none(), "merchantEditableErrors": [], "canNotifyCustomer": self.email.is_some(),
                "hasTimelineComment": false, "productNetwork": false, "alerts": [], "disputes": [], "metafields": [],
                "risk": { "assessments": [], "recommendation": "ACCEPT" }, "riskLevel": "LOW", "statusPageUrl": format!("https://example.com/orders/{}", self.id),
            }),
        );
        order
    }

    fn return_status(&self) -> &'static str {
        let back = self
            .refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .any(|part| part.restock == "RETURN");
        if self.returns.iter().any(|one| one.closed.is_none()) {
            return "IN_PROGRESS";
        }
        if back { "RETURNED" } else { "NO_RETURN" }
    }

    /// What cash rounding adds to what was paid, or to what was given back.
    fn rounding(&self, kinds: &[&str]) -> Bag {
        let meant = self
            .txs
            .iter()
            .filter(|tx| tx.status == "SUCCESS" && kinds.contains(&tx.kind));
        meant.map(|tx| tx.fx.bag(tx.rounding)).sum()
    }

    /// Discounts that lie on the whole cart, not on chosen lines.
    fn cart_discount(&self) -> Bag {
        let on_cart = |index: usize| {
            self.applications.get(index).is_some_and(|one| {
                one.method == "ACROSS" && one.selection == "ALL" && !one.shipping
            })
        };
        let allocations = self
            .lines
            .iter()
            .flat_map(|line| &line.allocations)
            .filter(|(index, _)| on_cart(*index));
        allocations.map(|(_, amount)| self.fx.bag(*amount)).sum()
    }

    /// Suggested less actual refunds: negative when the customer got more than goods and shipping explain (`facts/shopify` R11).
    fn discrepancy(&self) -> Bag {
        let adjustments = self.refunds.iter().flat_map(|refund| &refund.adjustments);
        -adjustments.map(|(amount, _)| *amount).sum::<Bag>()
    }

    /// Taxes that are left after refunds.
    fn current_taxes(&self) -> Vec<(TaxRule, Bag)> {
        let mut left: Vec<(TaxRule, Bag)> = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let gone: Bag = self
                .refunds
                .iter()
                .flat_map(|refund| &refund.lines)
                .filter(|part| part.line == at)
                .map(|part| part.tax)
                .sum();
            let mut taxes = self.line_taxes(line);
            if let Some((_, first)) = taxes.first_mut() {
                *first = *first - gone;
            }
            left.extend(taxes);
        }
        for (at, shipping) in self.shipping.iter().enumerate() {
            let gone: Bag = self
                .refunds
                .iter()
                .flat_map(|refund| &refund.shipping)
                .filter(|(line, ..)| *line == at)
                .map(|(_, _, tax)| *tax)
                .sum();
            let mut taxes = self.shipping_taxes(shipping);
            if let Some((_, first)) = taxes.first_mut() {
                *first = *first - gone;
            }
            left.extend(taxes);
        }
        left.extend(self.fees.iter().flat_map(|fee| self.fee_taxes(fee)));
        left
    }

    /// One tax line for each title and rate.
    fn grouped(&self, taxes: Vec<(TaxRule, Bag)>) -> Vec<Value> {
        let mut groups: Vec<(TaxRule, Bag)> = Vec::new();
        for (rule, amount) in taxes {
            match groups.iter_mut().find(|(known, _)| *known == rule) {
                Some((_, sum)) => *sum += amount,
                None => groups.push((rule, amount)),
            }
        }
        groups
            .into_iter()
            .map(|(rule, amount)| self.tax_json(rule, amount))
            .collect()
    }

    fn tax_json(&self, rule: TaxRule, amount: Bag) -> Value {
        json!({
            "title": rule.title, "rate": ratio(rule.rate, 4), "ratePercentage": ratio(rule.rate, 2), "channelLiable": rule.channel_liable,
            "priceSet": self.fx.json(amount), "source": "Shopify",
        })
    }

    pub(super) fn taxes_json(&self, taxes: &[(TaxRule, Bag)]) -> Vec<Value> {
        taxes
            .iter()
            .map(|(rule, amount)| self.tax_json(*rule, *amount))
            .collect()
    }

    fn allocations_json(&self, allocations: &[(usize, i64)], applications: &[Value]) -> Vec<Value> {
        let one = |(index, amount): &(usize, i64)| {
            let bag = self.fx.bag(*amount);
            json!({ "allocatedAmountSet": self.fx.json(bag), "allocatedAmount": self.fx.presentment(bag), "discountApplication": applications.get(*index) })
        };
        allocations.iter().map(one).collect()
    }

    fn line_json(&self, at: usize, applications: &[Value]) -> Value {
        let line: &Line = &self.lines[at];
        let set = |bag: Bag| self.fx.json(bag);
        let taxes = self.line_taxes(line);
        let tax: Bag = taxes.iter().map(|(_, amount)| *amount).sum();
        let taken = self.taken(at);
        let current = line.quantity - taken;
        // Nobody packs a tip.
        let waiting = if line.tip { 0 } else { self.waiting(at) };
        let after = self.line_after(line);
        // Line-level discounts only: what lies on the whole cart or comes by a code is not in `discountedTotalSet` (`facts/shopify` 7.4).
        let own: i64 = line
            .allocations
            .iter()
            .filter(|(index, _)| {
                self.applications[*index].method == "EACH"
                    && self.applications[*index].typename != "DiscountCodeApplication"
            })
            .map(|(_, amount)| amount)
            .sum();
        let own_bag = self.fx.bag(own);
        let unit = |total: Bag| Bag {
            shop: super::amounts::rounded(total.shop, line.quantity),
            pres: super::amounts::rounded(total.pres, line.quantity),
        };
        let before_tax = after
            - if self.taxes_included {
                tax
            } else {
                Bag::default()
            };
        let duties = line.duties.iter().map(|duty| {
            json!({ "id": format!("gid://shopify/Duty/{}", duty.id), "price": set(self.fx.bag(duty.price)), "taxLines": [], "harmonizedSystemCode": "611020", "countryCodeOfOrigin": "NO" })
        });
        json!({
            "id": format!("gid://shopify/LineItem/{}", line.id), "title": line.title, "name": Self::line_name(line), "variantTitle": line.variant_title, "sku": line.sku,
            "vendor": if line.product.is_null() { Value::Null } else { json!(super::catalogue::VENDOR) }, "product": line.product, "variant": line.variant,
            "quantity": line.quantity, "currentQuantity": current, "refundableQuantity": current, "unfulfilledQuantity": waiting, "fulfillableQuantity": waiting,
            "nonFulfillableQuantity": if line.tip { line.quantity } else { taken }, "isGiftCard": line.gift_card, "requiresShipping": line.ships, "taxable": line.taxable,
            "restockable": line.ships, "merchantEditable": waiting > 0, "customAttributes": [], "lineItemGroup": null, "sellingPlan": null, "staffMember": null, "contract": null, "image": null,
            "weight": { "value": line.grams, "unit": "GRAMS" },
            "originalUnitPriceSet": set(self.fx.bag(line.unit)), "originalTotalSet": set(self.fx.bag(line.original())),
            "totalDiscountSet": set(own_bag), "discountedTotalSet": set(self.fx.bag(line.original()) - own_bag), "discountedUnitPriceSet": set(unit(self.fx.bag(line.original()) - own_bag)),
            "discountedUnitPriceAfterAllDiscountsSet": set(unit(after)), "priceAfterAllDiscountsBeforeTaxesSet": set(before_tax - before_tax.share(0, taken, line.quantity)),
            "unfulfilledOriginalTotalSet": set(self.fx.bag(line.unit * waiting)), "unfulfilledDiscountedTotalSet": set(after.share(0, waiting, line.quantity)),
            "discountAllocations": self.allocations_json(&line.allocations, applications), "taxLines": self.taxes_json(&taxes), "duties": duties.collect::<Vec<_>>(),
        })
    }

    fn line_name(line: &Line) -> String {
        match &line.variant_title {
            Some(variant) => format!("{} - {variant}", line.title),
            None => line.title.clone(),
        }
    }

    fn shipping_json(&self, at: usize, applications: &[Value]) -> Value {
        let shipping: &Shipping = &self.shipping[at];
        let gone: Bag = self
            .refunds
            .iter()
            .flat_map(|refund| &refund.shipping)
            .filter(|(line, ..)| *line == at)
            .map(|(_, subtotal, tax)| {
                *subtotal
                    + if self.taxes_included {
                        *tax
                    } else {
                        Bag::default()
                    }
            })
            .sum();
        let after = self.shipping_after(shipping);
        json!({
            "id": format!("gid://shopify/ShippingLine/{}", shipping.id), "title": shipping.title, "code": shipping.code, "source": "shopify", "custom": false, "isRemoved": false,
            "carrierIdentifier": null, "deliveryCategory": null, "phone": null, "shippingRateHandle": null,
            "originalPriceSet": self.fx.json(self.fx.bag(shipping.price)), "originalPrice": self.fx.presentment(self.fx.bag(shipping.price)),
            "discountedPriceSet": self.fx.json(after), "discountedPrice": self.fx.presentment(after), "currentDiscountedPriceSet": self.fx.json(after - gone),
            "discountAllocations": self.allocations_json(&shipping.allocations, applications), "taxLines": self.taxes_json(&self.shipping_taxes(shipping)),
        })
    }

    fn fee_json(&self, fee: &Fee) -> Value {
        json!({ "id": format!("gid://shopify/AdditionalFee/{}", fee.id), "name": fee.name, "price": self.fx.json(self.fx.bag(fee.price)), "taxLines": self.taxes_json(&self.fee_taxes(fee)) })
    }

    fn payment_terms(&self, total: Bag) -> Value {
        let Some(days) = self.net_days else {
            return Value::Null;
        };
        let (id, due) = (
            self.id + 5,
            stamp(self.created + chrono::TimeDelta::days(days)),
        );
        json!({
            "id": format!("gid://shopify/PaymentTerms/{id}"), "due": false, "overdue": false, "dueInDays": days, "paymentTermsName": format!("Net {days}"),
            "translatedName": format!("Net {days}"), "paymentTermsType": "NET",
            "paymentSchedules": [{ "id": format!("gid://shopify/PaymentSchedule/{id}"), "issuedAt": stamp(self.created), "dueAt": due, "completedAt": null, "due": false,
                "amount": self.fx.presentment(total), "balanceDue": self.fx.presentment(total), "totalBalance": self.fx.presentment(total) }],
        })
    }

    fn tx_json(&self, tx: &Tx) -> Value {
        transaction(self, tx)
    }

    fn refund_json(&self, one: &Refund) -> Value {
        refund(self, one)
    }

    fn parcel_json(&self, n: usize, one: &Parcel) -> Value {
        parcel(self, n, one)
    }

    pub(super) fn application_value(&self, one: &Application) -> Value {
        match one.value {
            Ok(percent) => {
                json!({ "__typename": "PricingPercentageValue", "percentage": ratio(percent * 100, 2) })
            }
            Err(amount) => {
                let mut money = self.fx.presentment(self.fx.bag(amount));
                merge(&mut money, json!({ "__typename": "MoneyV2" }));
                money
            }
        }
    }
}
