//! The other way: what the shop owns goes to Visma.net. Products without an item become items, and the fields that the shop owns
//! follow it there (`booking-rules` 9). Nothing is ever taken away from an item.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::price::factor;
use super::product::{
    ProductGround, ProductItem, ProductOutcome, ProductStatus, Variant, Weight, title_of,
};
use super::sku;
use crate::code::{Code, Problem};
use crate::money::{decimals, round};
use crate::settings::{Owner, PriceSource, ProductField, ProductSettings};

/// Decimals of a net price that does not come back from two.
const FINE: u32 = 4;

/// What an item is (`InventoryDto.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewItemKind {
    /// Counted in stock: `FinishedGoodItem`.
    Goods,
    /// Not counted: `NonStockItem`.
    Service,
}

/// An item to be made (`POST /v1/inventory`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDraft {
    /// Item number: the SKU, trimmed.
    pub number: String,
    /// Text.
    pub description: String,
    /// Counted or not.
    pub kind: NewItemKind,
    /// Item class: mandatory there, and what everything not named here comes from.
    pub class: String,
    /// Posting class; none is the item class's own.
    pub posting_class: Option<String>,
    /// VAT category; none is the item class's own.
    pub vat_category: Option<String>,
    /// Net default price in the company's base currency.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub price: Option<Decimal>,
    /// Weight.
    pub weight: Option<Weight>,
}

/// One field of an item that follows the shop, with what was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemChange {
    /// Text of the item.
    Description {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// Net default price in the company's base currency.
    Price {
        /// Before.
        #[serde(with = "rust_decimal::serde::str_option")]
        from: Option<Decimal>,
        /// After.
        #[serde(with = "rust_decimal::serde::str")]
        to: Decimal,
    },
    /// Weight.
    Weight {
        /// Before.
        from: Option<Weight>,
        /// After.
        to: Weight,
    },
}

/// How often each SKU is there.
pub(super) fn counts(variants: &[Variant]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for code in variants
        .iter()
        .filter_map(|variant| sku(variant.sku.as_deref()?))
    {
        *counts.entry(code).or_default() += 1;
    }
    counts
}

/// A product that no item is.
pub(super) fn new_product(
    variant: &Variant,
    number: &str,
    counts: &BTreeMap<&str, usize>,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<ProductOutcome, Problem> {
    let there = counts.get(number).copied().unwrap_or_default();
    if there > 1 {
        return Err(Problem::new(Code::ProductSkuDoubled)
            .with("sku", number)
            .with("count", there)
            .with("side", "Shopify"));
    }
    if variant.bundle {
        let bundle = Problem::new(Code::StockBundle).with("item", number);
        return Ok(ProductOutcome::Skipped(bundle));
    }
    // A draft is being prepared: its SKU and price may not be the last word.
    if !matches!(
        variant.status,
        ProductStatus::Active | ProductStatus::Unlisted
    ) {
        return Ok(ProductOutcome::Skipped(
            Problem::new(Code::ProductNotForSale)
                .with("title", variant.name())
                .with("status", variant.status.as_str()),
        ));
    }
    let new = &settings.new_item;
    let (kind, class, missing) = if variant.tracked {
        (NewItemKind::Goods, &new.goods_class, "goods-class")
    } else {
        (NewItemKind::Service, &new.service_class, "service-class")
    };
    let incomplete = |kind: &str| {
        Problem::new(Code::NewItemIncomplete)
            .with("title", variant.name())
            .with("sku", number)
            .with("kind", kind)
    };
    let filled = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let class = filled(class).ok_or_else(|| incomplete(missing))?;
    let vat_category = filled(&new.vat_category);
    let price = match settings.price {
        PriceSource::DefaultPrice => {
            in_base(ground)?;
            // Without the category nobody knows what VAT is in the price.
            let category = vat_category
                .as_deref()
                .ok_or_else(|| incomplete("vat-category"))?;
            Some(net(variant.price, Some(category), ground, settings)?)
        }
        // Prices live in the list, which is not written to.
        PriceSource::List { .. } => None,
    };
    Ok(ProductOutcome::CreateItem(ItemDraft {
        number: number.to_owned(),
        description: title_of(&variant.name()),
        kind,
        class,
        posting_class: filled(&new.posting_class),
        vat_category,
        price,
        weight: weight(variant),
    }))
}

/// What of an item follows its variant.
pub(super) fn changes(
    item: &ProductItem,
    variant: &Variant,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<Vec<ItemChange>, Problem> {
    let shops = |field: ProductField| settings.owner(field) == Owner::Shop;
    let mut changes = Vec::new();
    if !settings.write_own_fields {
        return Ok(changes);
    }
    let description = title_of(&variant.name());
    if shops(ProductField::Title)
        && !description.is_empty()
        && description != item.description.trim()
    {
        changes.push(ItemChange::Description {
            from: item.description.clone(),
            to: description,
        });
    }
    if shops(ProductField::Weight)
        && let Some(to) = weight(variant)
        && to.grams() != item.weight.as_ref().and_then(Weight::grams)
    {
        changes.push(ItemChange::Weight {
            from: item.weight.clone(),
            to,
        });
    }
    if shops(ProductField::Price) && settings.price == PriceSource::DefaultPrice {
        in_base(ground)?;
        let category = item.vat_category.as_deref();
        let shown = |net: Decimal| shown(net, category, ground, settings);
        let same = match item.default_price {
            Some(there) => shown(there)? == variant.price,
            None => false,
        };
        if !same {
            changes.push(ItemChange::Price {
                from: item.default_price,
                to: net(variant.price, category, ground, settings)?,
            });
        }
    }
    Ok(changes)
}

/// `defaultPrice` is in the company's base currency alone.
fn in_base(ground: ProductGround<'_>) -> Result<(), Problem> {
    let shops = ground.currency.code();
    match ground.catalogue.base_currency() {
        Some(base) if base == shops => Ok(()),
        base => Err(Problem::new(Code::ProductPriceCurrency)
            .with("theirs", base.unwrap_or("?"))
            .with("ours", shops)),
    }
}

fn shown(
    net: Decimal,
    category: Option<&str>,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<Decimal, Problem> {
    let gross = net * factor(category, ground, settings)?;
    Ok(round(gross, decimals(ground.currency)))
}

/// The net price that becomes this price in the shop again: in whole minor units if one does, else finer.
fn net(
    price: Decimal,
    category: Option<&str>,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<Decimal, Problem> {
    let factor = factor(category, ground, settings)?;
    let exact = price.checked_div(factor).unwrap_or(price);
    let places = decimals(ground.currency);
    let coarse = round(exact, places);
    if shown(coarse, category, ground, settings)? == price {
        return Ok(coarse);
    }
    Ok(round(exact, FINE.max(places)))
}

/// What nobody has filled in is no weight.
fn weight(variant: &Variant) -> Option<Weight> {
    variant
        .weight
        .clone()
        .filter(|weight| weight.grams().is_some_and(|grams| !grams.is_zero()))
}
