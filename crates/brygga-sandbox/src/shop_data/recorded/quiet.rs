//! Fills in what the schema will not have null and nobody selected.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::complete::Work;
use super::neutral::{self, Quiet};

impl Work {
    /// Quiet values for what the schema will not have null.
    pub(super) fn quiet(&mut self) {
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
    if customer.get("defaultEmailAddress").is_none()
        && let Some(mail) = customer["email"].as_str().map(str::to_owned)
    {
        customer["defaultEmailAddress"] = json!({ "emailAddress": mail, "marketingState": "NOT_SUBSCRIBED", "openTrackingLevel": "UNKNOWN", "validFormat": true,
                "openTrackingUrl": "https://example.com/open", "marketingUnsubscribeUrl": "https://example.com/unsubscribe" });
    }
    if customer.get("defaultPhoneNumber").is_none()
        && let Some(number) = customer["phone"].as_str().map(str::to_owned)
    {
        customer["defaultPhoneNumber"] =
            json!({ "phoneNumber": number, "marketingState": "NOT_SUBSCRIBED" });
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
