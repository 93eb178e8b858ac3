//! Which item of Visma.net a part of an order becomes (`booking-rules` 3).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::basis::{Part, basis};
use super::document::Ground;
use crate::code::{Code, Problem};
use crate::erp::Item;
use crate::settings::{MissingItem, SpecialItem};
use crate::shop::{Order, Side};

/// The item of a line, and the rule that chose it.
pub(super) struct Chosen {
    pub(super) number: String,
    /// Where the item has two units: the one that a unit in the shop is.
    pub(super) unit: Option<String>,
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
        Part::Product { variant, sku } => {
            product(variant.as_deref(), sku.as_deref(), title, order, ground)
        }
        Part::Custom { sku } => match by_sku(sku.as_deref(), ground) {
            Some(item) => usable(item, ground, "custom-by-sku"),
            None => of(special.custom.as_ref(), "custom", "custom-line"),
        },
        Part::Tip => of(special.tip.as_ref(), "tip", "tip"),
        Part::GiftCard => of(special.gift_card.as_ref(), "gift_card", "gift-card"),
        Part::Shipping => match special.shipping_methods.get(title.trim()) {
            Some(own) => of(Some(own), "shipping", "shipping-method"),
            None => of(special.shipping.as_ref(), "shipping", "shipping"),
        },
        Part::Duty => of(special.duty.as_ref(), "duty", "duty"),
        Part::Fee => of(special.fee.as_ref(), "fee", "fee"),
        Part::ChannelTax => of(special.channel_tax.as_ref(), "channel_tax", "channel-tax"),
    }
}

fn product(
    variant: Option<&str>,
    sku: Option<&str>,
    title: &str,
    order: &Order,
    ground: Ground<'_>,
) -> Result<Chosen, Problem> {
    if let Some((item, rule)) = find(variant, sku, ground) {
        return usable(item, ground, rule);
    }
    if let MissingItem::DefaultItem { item } = &ground.settings.missing_item
        && let Some(item) = ground.catalogue.items.get(item)
    {
        return usable(item, ground, "default-item");
    }
    match trimmed(sku) {
        Some(sku) if ground.settings.makes_items_for_orders() => {
            Err(Problem::new(Code::WaitingForItem)
                .with("order", &order.name)
                .with("sku", sku))
        }
        Some(sku) => Err(Problem::new(Code::ItemNotFound).with("sku", sku)),
        None => Err(Problem::new(Code::SkuMissing)
            .with("order", &order.name)
            .with("title", title)),
    }
}

/// An item that an order waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WantedItem {
    /// The number that it is to have: the SKU at the sale, trimmed.
    pub sku: String,
    /// Numeric id of the variant that was sold; `None` when it was deleted since.
    pub variant: Option<String>,
}

/// Every item that an order which waits for one ([`Code::WaitingForItem`]) waits for, so that they are made in one run.
pub fn wanted_items(order: &Order, ground: Ground<'_>, side: Side) -> BTreeSet<WantedItem> {
    if !ground.settings.makes_items_for_orders() {
        return BTreeSet::new();
    }
    let Ok(basis) = basis(order, side) else {
        return BTreeSet::new();
    };
    basis
        .components
        .iter()
        .filter_map(|component| {
            let Part::Product { variant, sku } = &component.part else {
                return None;
            };
            let sku = trimmed(sku.as_deref())?;
            if find(variant.as_deref(), Some(sku), ground).is_some() {
                return None;
            }
            Some(WantedItem {
                sku: sku.to_owned(),
                variant: variant.clone(),
            })
        })
        .collect()
}

fn trimmed(sku: Option<&str>) -> Option<&str> {
    sku.map(str::trim).filter(|sku| !sku.is_empty())
}

/// The item that the product was linked with, for a link outlives a new SKU on either side; else the one with exactly its SKU, as for an
/// item that was retired in favour of another. And the rule that found it.
fn find<'a>(
    variant: Option<&str>,
    sku: Option<&str>,
    ground: Ground<'a>,
) -> Option<(&'a Item, &'static str)> {
    let by_link = variant
        .and_then(|variant| ground.linked.get(variant))
        .and_then(|number| ground.catalogue.items.get(number));
    match (by_link, by_sku(sku, ground)) {
        (Some(linked), None) => Some((linked, "product-by-link")),
        (Some(linked), Some(named)) if named.number != linked.number && !is_retired(linked) => {
            Some((linked, "product-by-link"))
        }
        (_, named) => named.map(|item| (item, "product-by-sku")),
    }
}

/// Exact, trimmed, case kept.
fn by_sku<'a>(sku: Option<&str>, ground: Ground<'a>) -> Option<&'a Item> {
    trimmed(sku).and_then(|sku| ground.catalogue.items.get(sku))
}

fn is_retired(item: &Item) -> bool {
    matches!(
        item.status.as_str(),
        "NoSales" | "Inactive" | "MarkedForDeletion"
    )
}

fn usable(item: &Item, ground: Ground<'_>, rule: &'static str) -> Result<Chosen, Problem> {
    if item.unsupported {
        return Err(Problem::new(Code::ItemUnsupported).with("sku", &item.number));
    }
    if is_retired(item) {
        return Err(Problem::new(Code::ItemInactive)
            .with("sku", &item.number)
            .with("status", &item.status));
    }
    Ok(Chosen {
        number: item.number.clone(),
        unit: unit(item, ground)?,
        account: None,
        stock: item.stock,
        rule,
    })
}

/// Where an item is sold in another unit than it is counted in, a line without a unit is of the sales unit: one mug of the shop would be
/// a box of twelve. Nobody but the merchant knows which the shop means.
fn unit(item: &Item, ground: Ground<'_>) -> Result<Option<String>, Problem> {
    let Some((base, sales)) = item.two_units() else {
        return Ok(None);
    };
    match ground.settings.units.get(&item.number) {
        Some(unit) if unit == base || unit == sales => Ok(Some(unit.clone())),
        _ => Err(Problem::new(Code::ItemUnitUndecided)
            .with("sku", &item.number)
            .with("base", base)
            .with("sales", sales)),
    }
}

fn of(special: Option<&SpecialItem>, kind: &str, rule: &'static str) -> Result<Chosen, Problem> {
    let special =
        special.ok_or_else(|| Problem::new(Code::SpecialItemUnmapped).with("kind", kind))?;
    Ok(Chosen {
        number: special.item.clone(),
        unit: None,
        account: special.account.clone(),
        stock: false,
        rule,
    })
}
