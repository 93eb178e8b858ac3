//! Which item of Visma.net a part of an order becomes (`booking-rules` 3).

use super::basis::Part;
use super::document::Ground;
use crate::code::{Code, Problem};
use crate::erp::Item;
use crate::settings::{MissingItem, SpecialItem};
use crate::shop::Order;

/// The item of a line, and the rule that chose it.
pub(super) struct Chosen {
    pub(super) number: String,
    pub(super) account: Option<String>,
    pub(super) stock: bool,
    pub(super) rule: &'static str,
}

pub(super) fn item_for(
    part: &Part,
    title: &str,
    order: &Order,
    ground: Ground<'_>,
) -> Result<Chosen, Problem> {
    let special = &ground.settings.special_items;
    match part {
        Part::Product { sku } => product(sku.as_deref(), title, order, ground),
        Part::Custom { sku } => match find(sku.as_deref(), ground) {
            Some(item) => usable(item, "custom-by-sku"),
            None => of(special.custom.as_ref(), "custom", "custom-line"),
        },
        Part::Tip => of(special.tip.as_ref(), "tip", "tip"),
        Part::GiftCard => of(special.gift_card.as_ref(), "gift_card", "gift-card"),
        Part::Shipping => of(special.shipping.as_ref(), "shipping", "shipping"),
        Part::Duty => of(special.duty.as_ref(), "duty", "duty"),
        Part::Fee => of(special.fee.as_ref(), "fee", "fee"),
        Part::ChannelTax => of(special.channel_tax.as_ref(), "channel_tax", "channel-tax"),
    }
}

fn product(
    sku: Option<&str>,
    title: &str,
    order: &Order,
    ground: Ground<'_>,
) -> Result<Chosen, Problem> {
    if let Some(item) = find(sku, ground) {
        return usable(item, "product-by-sku");
    }
    if let MissingItem::DefaultItem { item } = &ground.settings.missing_item
        && let Some(item) = ground.catalogue.items.get(item)
    {
        return usable(item, "default-item");
    }
    match sku.map(str::trim).filter(|sku| !sku.is_empty()) {
        Some(sku) => Err(Problem::new(Code::ItemNotFound).with("sku", sku)),
        None => Err(Problem::new(Code::SkuMissing)
            .with("order", &order.name)
            .with("title", title)),
    }
}

/// Exact, trimmed, case kept.
fn find<'a>(sku: Option<&str>, ground: Ground<'a>) -> Option<&'a Item> {
    sku.map(str::trim)
        .filter(|sku| !sku.is_empty())
        .and_then(|sku| ground.catalogue.items.get(sku))
}

fn usable(item: &Item, rule: &'static str) -> Result<Chosen, Problem> {
    if item.unsupported {
        return Err(Problem::new(Code::ItemUnsupported).with("sku", &item.number));
    }
    if matches!(
        item.status.as_str(),
        "NoSales" | "Inactive" | "MarkedForDeletion"
    ) {
        return Err(Problem::new(Code::ItemInactive)
            .with("sku", &item.number)
            .with("status", &item.status));
    }
    Ok(Chosen {
        number: item.number.clone(),
        account: None,
        stock: item.stock,
        rule,
    })
}

fn of(special: Option<&SpecialItem>, kind: &str, rule: &'static str) -> Result<Chosen, Problem> {
    let special =
        special.ok_or_else(|| Problem::new(Code::SpecialItemUnmapped).with("kind", kind))?;
    Ok(Chosen {
        number: special.item.clone(),
        account: special.account.clone(),
        stock: false,
        rule,
    })
}
