//! What the service refuses to change of a line of which units are on a shipment (codes 1811 to 1822).

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Line;
use super::check::text;
use super::problem::Detail;
use crate::visma::amounts::decimal;

/// What of a line can no longer change once units of it are on a shipment.
pub(super) fn check(
    line: &Line,
    input: &Map<String, Value>,
    place: &str,
    details: &mut Vec<Detail>,
) {
    if line.shipped <= Decimal::ZERO {
        return;
    }
    let same = |name: &str, now: Option<&str>| {
        input
            .get(name)
            .filter(|value| !value.is_null())
            .is_none_or(|value| value.as_str() == now)
    };
    let rule = text(&line.rest, "shippingRule").unwrap_or("BackOrderAllowed");
    let mut refuse = |code: &'static str, name: &str, text: String| {
        details.push(Detail::new(code, format!("{place}.{name}"), text));
    };
    if !same("externalLink", line.link.as_deref()) {
        refuse("1811-LineAlreadyShippedExternalLink", "externalLink", "Not possible to update External Link. Update only accepted for orders, where the updated line has not been shipped".to_owned());
    }
    if !same("salesAccountId", Some(line.account.as_str())) {
        refuse("1812-LineAlreadyShippedSalesAccountId", "salesAccountId", "Not possible to update sales account id. Update only accepted for orders, where the updated line has not been shipped".to_owned());
    }
    if input.get("unitCost").is_some_and(|cost| !cost.is_null()) {
        refuse("1818-LineAlreadyShippedUnitCost", "unitCost", "Not possible to update Unit cost. Update only accepted for orders, where the updated line has not been shipped".to_owned());
    }
    if !same("shippingRule", Some(rule)) {
        refuse("1819-LineAlreadyShippedShippingRule", "shippingRule", "Not possible to update Shipping rule. Update only accepted for orders, where the updated line has not been shipped".to_owned());
    }
    if !same("warehouseId", line.warehouse.as_deref()) {
        refuse(
            "1822-CanNotUpdateLineLocation",
            "warehouseId",
            format!(
                "Not possible to update warehouse for line with line number {}. Update only accepted for orders in statuses Open, On hold, Back ordered, Credit hold and where the updated line has not been shipped and line is not completed.",
                line.id
            ),
        );
    }
    // The service has no code of its own for this one.
    if input
        .get("quantity")
        .and_then(decimal)
        .is_some_and(|quantity| quantity < line.shipped)
    {
        refuse(
            "0003-InvalidValue",
            "quantity",
            format!(
                "The quantity cannot be less than {}, the quantity on shipments.",
                line.shipped.normalize()
            ),
        );
    }
}
