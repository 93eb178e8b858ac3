use brygga_core::Problem;
use brygga_core::shop::ShopInfo;
use serde_json::Value;

use super::node::{Node, Unreadable};
use crate::client::unexpected;

/// The shop out of the answer to the shop document.
pub fn shop(data: &Value) -> Result<ShopInfo, Problem> {
    read(&Node::root(data)).map_err(unexpected)
}

fn read(data: &Node<'_>) -> Result<ShopInfo, Unreadable> {
    let shop = data.get("shop");
    let zone = shop.text("ianaTimezone")?;
    let scopes = data.get("currentAppInstallation").list("accessScopes")?;
    Ok(ShopInfo {
        name: shop.text("name")?,
        domain: shop.text("myshopifyDomain")?,
        currency: shop.currency("currencyCode")?,
        time_zone: zone
            .parse()
            .map_err(|_| format!("shop.ianaTimezone: {zone} is no time zone"))?,
        country: shop.get("shopAddress").text("countryCodeV2")?,
        taxes_included: shop.flag("taxesIncluded")?,
        scopes: scopes
            .iter()
            .map(|scope| scope.text("handle"))
            .collect::<Result<_, _>>()?,
    })
}
