//! The JSON of variants, levels and locations.

use brygga_core::goods::{ProductStatus, ShopLevel, Variant, Weight, WeightUnit};
use brygga_core::shop::Location;
use serde_json::Value;

use crate::wire::node::{Node, Unreadable};

pub(super) fn location(value: &Value) -> Result<Location, Unreadable> {
    let node = Node::root(value);
    Ok(Location {
        id: node.numeric_id()?,
        name: node.text("name")?,
    })
}

pub(super) fn variant(value: &Value) -> Result<Variant, Unreadable> {
    let node = Node::root(value);
    let item = node.get("inventoryItem");
    let product = node.get("product");
    let weight = match item.get("measurement").object("weight")? {
        Some(weight) => Some(Weight {
            value: weight.exact("value")?,
            unit: WeightUnit::from(weight.text("unit")?),
        }),
        None => None,
    };
    Ok(Variant {
        id: node.numeric_id()?,
        product_id: product.numeric_id()?,
        inventory_item: item.numeric_id()?,
        sku: node.opt_text("sku")?,
        tracked: item.flag("tracked")?,
        bundle: node.flag_or("requiresComponents", false)?,
        // Not told is not alone: then nothing of the product is written.
        alone: product
            .object("variantsCount")?
            .is_some_and(|count| count.count("count") == Ok(1)),
        title: product.text("title")?,
        variant_title: node.opt_text("title")?.unwrap_or_default(),
        price: node.exact("price")?,
        compare_at: node.opt_exact("compareAtPrice")?,
        barcode: node.filled("barcode")?,
        // A weight of 0 is Shopify's "none".
        weight: weight.filter(|weight| !weight.value.is_zero()),
        product_type: product.opt_text("productType")?.unwrap_or_default(),
        status: ProductStatus::from(product.text("status")?),
        updated_at: node.moment("updatedAt")?,
    })
}

/// The levels of an inventory item; `Err` also if there are more than were asked for.
pub(super) fn levels(value: &Value) -> Result<Vec<ShopLevel>, Unreadable> {
    let node = Node::root(value);
    let inventory_item = node.numeric_id()?;
    if node
        .get("inventoryLevels")
        .get("pageInfo")
        .flag_or("hasNextPage", false)?
    {
        return Err(format!(
            "inventory item {inventory_item}: stocked at more than 250 locations"
        ));
    }
    node.list("inventoryLevels")?
        .iter()
        .map(|level| {
            let (mut available, mut committed) = (None, 0);
            for row in level.list("quantities")? {
                let quantity = row.whole("quantity")?;
                match row.text("name")?.as_str() {
                    "available" => available = Some(quantity),
                    "committed" => committed = quantity,
                    _ => {}
                }
            }
            Ok(ShopLevel {
                inventory_item: inventory_item.clone(),
                location: level.get("location").numeric_id()?,
                available: available.ok_or("a level without available")?,
                committed,
            })
        })
        .collect()
}
