//! `GET /v1/customerSalesPrice`: the price lists (`facts/visma 9`).

use serde_json::json;

use super::answer::{self, Since};
use crate::visma::amounts::number;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

/// Not documented; the answer tells it.
const MAX_PAGE: usize = 1000;

pub(super) fn list(world: &World, call: &Call) -> Reply {
    let modified = match Since::read(world, call, "lastModifiedDateTime") {
        Ok(modified) => modified,
        Err(reply) => return reply,
    };
    let as_of = match call.param("effectiveAsOf").map(moment::erp_day) {
        Some(None) => {
            return answer::error(world, 400, "The value is not valid for effectiveAsOf.");
        }
        given => given.flatten(),
    };
    let kind = call.param("priceType").unwrap_or("All");
    if !["All", "Base", "Customer", "CustomerPriceClass"].contains(&kind) {
        return answer::error(
            world,
            400,
            &format!("The value '{kind}' is not valid for priceType."),
        );
    }
    let equals = |name: &str, value: Option<&str>| {
        call.param(name)
            .is_none_or(|wanted| value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
    };
    let rows = world
        .data
        .sales_prices
        .iter()
        .filter(|price| kind == "All" || price.kind == kind)
        .filter(|price| {
            equals("priceCode", price.code.as_deref()) && equals("inventoryId", Some(&price.item))
        })
        .filter(|price| {
            as_of.is_none_or(|day| {
                price.from.is_none_or(|from| from <= day) && price.to.is_none_or(|to| day <= to)
            })
        })
        .map(|price| (price, world.price_modified(price.record)))
        .filter(|(_, at)| modified.as_ref().is_none_or(|since| since.keeps(*at)))
        .map(|(price, at)| {
            answer::object(json!({
                "recordId": price.record,
                "priceType": price.kind,
                "priceCode": price.code,
                "inventoryId": price.item,
                "description": world.data.items.get(&price.item).map(|item| item.description.as_str()),
                "uoM": "STK",
                "promotion": price.promotion,
                "breakQty": number(price.break_quantity),
                "price": number(price.price),
                "currency": price.currency,
                "vat": null,
                "effectiveDate": price.from.map(moment::local_day),
                "expirationDate": price.to.map(moment::local_day),
                "lastModifiedDateTime": moment::local(at),
            }))
        })
        .collect();
    answer::page(world, call, rows, MAX_PAGE)
}
