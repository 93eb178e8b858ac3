//! Is a recorded order whole enough to be booked, and what may be filled in (`design` 7).
//!
//! Never filled: names, ids, quantities, prices, totals, states. Filled by the sums: `taxesIncluded` false and empty lists of taxes, discounts, shipping
//! and fees, when the parts then add up to the total (and to Shopify's own sums of discounts, shipping and tax, where recorded). Filled from elsewhere: dates
//! from the recording's time, presentment from shop money, the country from the shop. All else that the schema will not have null gets its quiet value.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::MARK;

/// A whole order.
pub(super) struct State {
    pub(super) order: Value,
    pub(super) updated: DateTime<Utc>,
    pub(super) filled: Vec<String>,
}

/// Completes `order`, or says what it lacks.
pub(super) fn complete(
    order: Value,
    recorded: DateTime<Utc>,
    shop: &Value,
) -> Result<State, Vec<String>> {
    let mut work = Work {
        order,
        filled: Vec::new(),
        missing: Vec::new(),
    };
    work.must_have();
    if !work.missing.is_empty() {
        return Err(work.missing);
    }
    work.currencies();
    work.presentment();
    work.lists();
    work.refunds();
    work.sums();
    if !work.missing.is_empty() {
        return Err(work.missing);
    }
    work.parcels();
    let updated = work.dates(recorded);
    work.country(shop);
    work.quiet();
    work.mark();
    Ok(State {
        order: work.order,
        updated,
        filled: work.filled,
    })
}

pub(super) struct Work {
    pub(super) order: Value,
    filled: Vec<String>,
    pub(super) missing: Vec<String>,
}

pub(super) const SIDES: [&str; 2] = ["shopMoney", "presentmentMoney"];

pub(super) fn amount(bag: &Value, side: &str) -> Option<Decimal> {
    bag[side]["amount"].as_str()?.parse().ok()
}

pub(super) fn items<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object[key].as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn sum(parts: &[Value], key: &str, side: &str) -> Decimal {
    parts
        .iter()
        .filter_map(|part| amount(&part[key], side))
        .sum()
}

impl Work {
    pub(super) fn lacks(&mut self, what: &str) {
        if !self.missing.iter().any(|known| known == what) {
            self.missing.push(what.to_owned());
        }
    }

    pub(super) fn fills(&mut self, what: &str) {
        if !self.filled.iter().any(|known| known == what) {
            self.filled.push(what.to_owned());
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.order.get(key).is_some()
    }

    pub(super) fn set(&mut self, key: &str, value: Value) {
        self.order[key] = value;
        self.fills(key);
    }

    /// Without these nobody can book: they are never filled.
    fn must_have(&mut self) {
        for key in ["name", "displayFinancialStatus", "displayFulfillmentStatus"] {
            if !self.has(key) {
                self.lacks(key);
            }
        }
        for key in ["totalPriceSet", "currentTotalPriceSet"] {
            if amount(&self.order[key], "shopMoney").is_none() {
                self.lacks(key);
            }
        }
        if items(&self.order, "lineItems").is_empty() {
            self.lacks("lineItems");
        }
        for line in items(&self.order, "lineItems").to_vec() {
            for key in ["id", "title", "quantity"] {
                if line[key].is_null() {
                    self.lacks(&format!("lineItems.{key}"));
                }
            }
            if amount(&line["originalTotalSet"], "shopMoney").is_none()
                && amount(&line["originalUnitPriceSet"], "shopMoney").is_none()
            {
                self.lacks("lineItems.originalTotalSet");
            }
        }
        for line in items(&self.order, "shippingLines").to_vec() {
            if amount(&line["originalPriceSet"], "shopMoney").is_none() {
                self.lacks("shippingLines.originalPriceSet");
            }
        }
        // A refund is told whole or not at all: what it took from the lines decides what is booked.
        for refund in items(&self.order, "refunds").to_vec() {
            for key in ["refundLineItems", "refundShippingLines", "totalRefundedSet"] {
                if refund.get(key).is_none() {
                    self.lacks(&format!("refunds.{key}"));
                }
            }
            for part in items(&refund, "refundLineItems") {
                for key in [
                    "lineItem",
                    "quantity",
                    "restockType",
                    "subtotalSet",
                    "totalTaxSet",
                ] {
                    if part[key].is_null() {
                        self.lacks(&format!("refunds.refundLineItems.{key}"));
                    }
                }
            }
            if items(&refund, "refundShippingLines")
                .iter()
                .any(Value::is_null)
            {
                self.lacks("refunds.refundShippingLines");
            }
        }
    }

    /// The order's currencies stand on its own total.
    fn currencies(&mut self) {
        let shop = self.order["totalPriceSet"]["shopMoney"]["currencyCode"].clone();
        let shown = self.order["totalPriceSet"]["presentmentMoney"]["currencyCode"].clone();
        if !self.has("currencyCode") {
            self.set("currencyCode", shop.clone());
        }
        if !self.has("presentmentCurrencyCode") {
            self.set(
                "presentmentCurrencyCode",
                if shown.is_null() { shop } else { shown },
            );
        }
    }

    /// Presentment money from shop money: only where both are in one currency.
    fn presentment(&mut self) {
        let foreign = self.order["currencyCode"] != self.order["presentmentCurrencyCode"];
        let mut lacking = 0;
        let mut order = self.order.take();
        shown_from_shop(&mut order, &mut lacking);
        self.order = order;
        if lacking > 0 {
            if foreign {
                self.lacks("presentmentMoney");
            } else {
                self.fills("presentmentMoney");
            }
        }
    }

    /// Lists of amounts that nobody selected: empty for now, `sums` proves it.
    fn lists(&mut self) {
        let mut order = self.order.take();
        let mut filled = Vec::new();
        for (list, keys) in [
            (
                "lineItems",
                &["taxLines", "discountAllocations", "duties"][..],
            ),
            ("shippingLines", &["taxLines", "discountAllocations"][..]),
        ] {
            let lines = order.get_mut(list).and_then(Value::as_array_mut);
            for line in lines.into_iter().flatten() {
                for key in keys {
                    if line.get(*key).is_none() {
                        line[*key] = Value::Array(Vec::new());
                        filled.push(format!("{list}.{key}"));
                    }
                }
                if list == "lineItems" && line.get("originalTotalSet").is_none() {
                    let units = line["quantity"].as_i64().unwrap_or(0);
                    line["originalTotalSet"] = times(&line["originalUnitPriceSet"], units);
                    filled.push("lineItems.originalTotalSet".to_owned());
                }
                if list == "lineItems"
                    && line.get("originalUnitPriceSet").is_none()
                    && line["quantity"] == 1
                {
                    line["originalUnitPriceSet"] = line["originalTotalSet"].clone();
                    filled.push("lineItems.originalUnitPriceSet".to_owned());
                }
                if list == "shippingLines"
                    && line.get("discountedPriceSet").is_none()
                    && items(line, "discountAllocations").is_empty()
                {
                    line["discountedPriceSet"] = line["originalPriceSet"].clone();
                    filled.push("shippingLines.discountedPriceSet".to_owned());
                }
            }
        }
        self.order = order;
        for list in ["shippingLines", "additionalFees"] {
            if !self.has(list) {
                self.order[list] = Value::Array(Vec::new());
                filled.push(list.to_owned());
            }
        }
        for what in filled {
            self.fills(&what);
        }
    }

    /// No refunds selected: none, if nothing tells of one. Else their money must be what Shopify says.
    fn refunds(&mut self) {
        let status = self.order["displayFinancialStatus"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let stated = amount(&self.order["totalRefundedSet"], "shopMoney");
        let told = sum(
            items(&self.order, "refunds"),
            "totalRefundedSet",
            "shopMoney",
        );
        if stated.is_some_and(|stated| stated != told)
            || (status.ends_with("REFUNDED") && told.is_zero())
        {
            self.lacks("refunds");
        }
        let taken = items(&self.order, "lineItems").iter().any(|line| {
            line.get("currentQuantity")
                .is_some_and(|now| *now != line["quantity"])
        });
        if taken && items(&self.order, "refunds").is_empty() {
            self.lacks("refunds");
        }
        if !self.has("refunds") {
            self.set("refunds", json!([]));
        }
        // The parts add up to the total, so there was no tip beside the lines.
        if !self.has("totalTipReceivedSet") {
            let none = |side: &str| {
                let currency = self.order["totalPriceSet"][side]["currencyCode"].clone();
                json!({ "amount": "0.0", "currencyCode": currency })
            };
            let tip = json!({ "shopMoney": none("shopMoney"), "presentmentMoney": none("presentmentMoney") });
            self.set("totalTipReceivedSet", tip);
        }
    }

    /// Dates from the time of the recording. Returns the time of the last change.
    fn dates(&mut self, recorded: DateTime<Utc>) -> DateTime<Utc> {
        let of = |order: &Value, key: &str| {
            order[key]
                .as_str()
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                .map(|at| at.with_timezone(&Utc))
        };
        // Whole seconds, as Shopify writes them.
        let updated = of(&self.order, "updatedAt")
            .unwrap_or(recorded)
            .with_nanosecond(0)
            .unwrap_or(recorded);
        let created = of(&self.order, "createdAt")
            .or_else(|| of(&self.order, "processedAt"))
            .unwrap_or(updated);
        for (key, at) in [
            ("createdAt", created),
            (
                "processedAt",
                of(&self.order, "processedAt").unwrap_or(created),
            ),
            ("updatedAt", updated),
        ] {
            if of(&self.order, key).is_none() {
                self.set(key, json!(at.to_rfc3339_opts(SecondsFormat::Secs, true)));
            }
        }
        for key in ["cancelledAt", "closedAt"] {
            if !self.has(key) {
                self.set(key, Value::Null);
            }
        }
        let closed = !self.order["closedAt"].is_null();
        if !self.has("closed") {
            self.set("closed", json!(closed));
        }
        let (stamp, mut order, mut filled) = (
            self.order["createdAt"].clone(),
            self.order.take(),
            Vec::new(),
        );
        for (list, keys) in [
            ("transactions", &["createdAt", "processedAt"][..]),
            ("refunds", &["createdAt", "processedAt", "updatedAt"][..]),
            ("fulfillments", &["createdAt", "updatedAt"][..]),
        ] {
            for object in order
                .get_mut(list)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                for key in keys {
                    if object.get(*key).is_none() {
                        let known = object.get("createdAt").unwrap_or(&stamp).clone();
                        object[*key] = known;
                        filled.push(format!("{list}.{key}"));
                    }
                }
            }
        }
        self.order = order;
        for what in filled {
            self.fills(&what);
        }
        updated
    }

    /// The country from the shop, where the order has no address at all.
    fn country(&mut self, shop: &Value) {
        let known = ["shippingAddress", "billingAddress"]
            .iter()
            .any(|key| self.order[*key]["countryCodeV2"].is_string());
        let country = &shop["shopAddress"]["countryCodeV2"];
        if known || country.is_null() {
            return;
        }
        let id = self.order["id"]
            .as_str()
            .and_then(|id| id.rsplit('/').next())
            .unwrap_or_default()
            .to_owned();
        if !self.order["billingAddress"].is_object() {
            self.order["billingAddress"] =
                json!({ "id": format!("gid://shopify/MailingAddress/{id}") });
        }
        self.order["billingAddress"]["countryCodeV2"] = country.clone();
        self.fills("billingAddress.countryCodeV2");
    }

    /// The order itself carries the names of what was filled in.
    fn mark(&mut self) {
        let names = self.filled.join(", ");
        if let (Some(attributes), false) = (
            self.order["customAttributes"].as_array_mut(),
            names.is_empty(),
        ) {
            attributes.push(json!({ "key": MARK, "value": names }));
        }
    }
}

fn times(unit: &Value, units: i64) -> Value {
    let side = |side: &str| {
        let total = amount(unit, side).map(|one| (one * Decimal::from(units)).to_string());
        json!({ "amount": total, "currencyCode": unit[side]["currencyCode"] })
    };
    json!({ "shopMoney": side("shopMoney"), "presentmentMoney": side("presentmentMoney") })
}

/// Gives every money bag its second side, and counts how many had none.
fn shown_from_shop(value: &mut Value, lacking: &mut usize) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| shown_from_shop(item, lacking)),
        Value::Object(fields) => {
            if fields.contains_key("shopMoney") && !fields.contains_key("presentmentMoney") {
                *lacking += 1;
                both(fields);
            }
            fields
                .values_mut()
                .for_each(|item| shown_from_shop(item, lacking));
        }
        _ => {}
    }
}

fn both(bag: &mut Map<String, Value>) {
    if let Some(shop) = bag.get("shopMoney").cloned() {
        bag.insert("presentmentMoney".to_owned(), shop);
    }
}
