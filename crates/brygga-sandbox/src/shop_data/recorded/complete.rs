//! Is a recorded order whole enough to be booked, and what may be filled in (`design` 7).
//!
//! Never filled: names, ids, quantities, prices, totals, states. Filled by the sums: `taxesIncluded` false and empty lists of taxes, discounts, shipping
//! and fees, when the parts then add up to the total (and to Shopify's own sums of discounts, shipping and tax, where recorded). Filled from elsewhere: dates
//! from the recording's time, presentment from shop money, the country from the shop. All else that the schema will not have null gets its quiet value.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::MARK;
use super::neutral::{self, Quiet};

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

struct Work {
    order: Value,
    filled: Vec<String>,
    missing: Vec<String>,
}

const SIDES: [&str; 2] = ["shopMoney", "presentmentMoney"];

fn amount(bag: &Value, side: &str) -> Option<Decimal> {
    bag[side]["amount"].as_str()?.parse().ok()
}

fn items<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object[key].as_array().map_or(&[], Vec::as_slice)
}

fn sum(parts: &[Value], key: &str, side: &str) -> Decimal {
    parts
        .iter()
        .filter_map(|part| amount(&part[key], side))
        .sum()
}

impl Work {
    fn lacks(&mut self, what: &str) {
        if !self.missing.iter().any(|known| known == what) {
            self.missing.push(what.to_owned());
        }
    }

    fn fills(&mut self, what: &str) {
        if !self.filled.iter().any(|known| known == what) {
            self.filled.push(what.to_owned());
        }
    }

    fn has(&self, key: &str) -> bool {
        self.order.get(key).is_some()
    }

    fn set(&mut self, key: &str, value: Value) {
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
    }

    /// The parts must add up to the total, and to every sum that Shopify states.
    fn sums(&mut self) {
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
        let taxes = |parts: &[Value]| {
            parts
                .iter()
                .map(|part| sum(items(part, "taxLines"), "priceSet", side))
                .sum::<Decimal>()
        };
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
        let tax = taxes(lines) + taxes(shipping) + taxes(items(order, "additionalFees"));
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
            self.proven(tax, same);
        }
    }

    fn proven(&mut self, tax: Decimal, untouched: bool) {
        let bag = |amount: &str, order: &Value| json!({ "shopMoney": { "amount": amount, "currencyCode": order["currencyCode"] }, "presentmentMoney": { "amount": amount, "currencyCode": order["presentmentCurrencyCode"] } });
        if !self.has("totalTaxSet") && tax.is_zero() {
            let zero = bag("0.0", &self.order);
            self.set("totalTaxSet", zero);
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

    /// Quiet values for what the schema will not have null.
    fn quiet(&mut self) {
        let mut order = self.order.take();
        let mut filled = Vec::new();
        if let Some(id) = order["id"]
            .as_str()
            .and_then(|id| id.rsplit('/').next())
            .map(str::to_owned)
            && order.get("legacyResourceId").is_none()
        {
            order["legacyResourceId"] = json!(id);
        }
        fill(&mut order, "", neutral::ORDER, &mut filled);
        for (list, quiet) in [
            ("lineItems", neutral::LINE),
            ("shippingLines", neutral::SHIPPING),
            ("transactions", neutral::TRANSACTION),
            ("refunds", neutral::REFUND),
        ] {
            for (place, object) in order
                .get_mut(list)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
                .enumerate()
            {
                fill(object, &format!("{list}."), quiet, &mut filled);
                settle(object, list, place);
            }
        }
        for (key, quiet) in [
            ("customer", neutral::CUSTOMER),
            ("billingAddress", neutral::ADDRESS),
            ("shippingAddress", neutral::ADDRESS),
        ] {
            if order[key].is_object() {
                fill(&mut order[key], &format!("{key}."), quiet, &mut filled);
            }
        }
        for key in ["billingAddress", "shippingAddress"] {
            if order[key].is_object() && order[key].get("id").is_none() {
                order[key]["id"] = json!(format!(
                    "gid://shopify/MailingAddress/{}-{key}",
                    order["legacyResourceId"].as_str().unwrap_or_default()
                ));
                filled.push(format!("{key}.id"));
            }
        }
        if order["customer"].is_object() {
            customer(&mut order);
        }
        for line in order["lineItems"].as_array_mut().into_iter().flatten() {
            percent(line);
        }
        for line in order["shippingLines"].as_array_mut().into_iter().flatten() {
            percent(line);
        }
        self.order = order;
        for what in filled {
            self.fills(&what);
        }
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

fn fill(object: &mut Value, prefix: &str, quiet: &[Quiet], filled: &mut Vec<String>) {
    for (key, value) in quiet {
        if object.get(*key).is_none() {
            object[*key] = value();
            filled.push(format!("{prefix}{key}"));
        }
    }
}

/// Fields that say again what another says.
fn settle(object: &mut Value, list: &str, place: usize) {
    let again = |object: &mut Value, from: &str, to: &str| {
        if object.get(to).is_none() && object.get(from).is_some() {
            object[to] = object[from].clone();
        }
    };
    match list {
        "lineItems" => {
            again(object, "title", "name");
            again(object, "currentQuantity", "unfulfilledQuantity");
            again(object, "currentQuantity", "refundableQuantity");
            if let Some(variant) = object
                .get_mut("variant")
                .filter(|variant| variant.is_object())
            {
                legacy(variant);
            }
        }
        "shippingLines" => again(object, "discountedPriceSet", "currentDiscountedPriceSet"),
        "transactions" => {
            if object.get("id").is_none() {
                object["id"] = json!(format!("gid://shopify/OrderTransaction/{}", place + 1));
            }
        }
        _ => {
            legacy(object);
            for part in object["refundLineItems"]
                .as_array_mut()
                .into_iter()
                .flatten()
            {
                if part.get("restocked").is_none() {
                    part["restocked"] = json!(part["restockType"] != "NO_RESTOCK");
                }
            }
        }
    }
}

fn legacy(object: &mut Value) {
    if object.get("legacyResourceId").is_none()
        && let Some(id) = object["id"]
            .as_str()
            .and_then(|id| id.rsplit('/').next())
            .map(str::to_owned)
    {
        object["legacyResourceId"] = json!(id);
    }
}

/// A customer's dates are the order's, where none was recorded; its mail address stands in two places.
fn customer(order: &mut Value) {
    let created = order["createdAt"].clone();
    let customer = &mut order["customer"];
    legacy(customer);
    for key in ["createdAt", "updatedAt"] {
        if customer.get(key).is_none() {
            customer[key] = created.clone();
        }
    }
    if let Some(mail) = customer["email"].as_str().map(str::to_owned) {
        if customer.get("defaultEmailAddress").is_none() {
            customer["defaultEmailAddress"] = json!({ "emailAddress": mail, "marketingState": "NOT_SUBSCRIBED", "openTrackingLevel": "UNKNOWN", "validFormat": true,
                "openTrackingUrl": "https://example.com/open", "marketingUnsubscribeUrl": "https://example.com/unsubscribe" });
        }
    }
    if let Some(number) = customer["phone"].as_str().map(str::to_owned) {
        if customer.get("defaultPhoneNumber").is_none() {
            customer["defaultPhoneNumber"] =
                json!({ "phoneNumber": number, "marketingState": "NOT_SUBSCRIBED" });
        }
    }
    if customer["displayName"] == "" {
        let name = [&customer["firstName"], &customer["lastName"]]
            .iter()
            .filter_map(|part| part.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        customer["displayName"] = json!(name);
    }
}

/// `ratePercentage` says again what `rate` says.
fn percent(line: &mut Value) {
    for tax in line["taxLines"].as_array_mut().into_iter().flatten() {
        let rate = tax["rate"]
            .as_number()
            .and_then(|rate| rate.to_string().parse::<Decimal>().ok());
        if let (None, Some(rate)) = (tax.get("ratePercentage"), rate) {
            let text = (rate * Decimal::ONE_HUNDRED).normalize().to_string();
            tax["ratePercentage"] = serde_json::from_str(&text).unwrap_or(Value::Null);
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
