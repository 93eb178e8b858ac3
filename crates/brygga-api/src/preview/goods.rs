//! What would be written of products and stock, field by field.

use brygga_core::goods::{FieldChange, ItemChange, Weight};
use brygga_engine::GoodsShown;

use super::item::{changed, fact, text};
use crate::contract::PreviewFact;

fn weight(weight: &Weight) -> String {
    format!(
        "{} {}",
        text(weight.value),
        weight.unit.as_str().to_lowercase()
    )
}

pub(super) fn of_goods(goods: &GoodsShown) -> Vec<PreviewFact> {
    match goods {
        GoodsShown::Archive => Vec::new(),
        GoodsShown::Product(draft) => {
            let mut facts = vec![
                fact("title", &draft.title),
                fact("price", text(draft.price)),
            ];
            facts.extend(
                draft
                    .compare_at
                    .map(|price| fact("compare_at", text(price))),
            );
            facts.extend(draft.barcode.as_ref().map(|code| fact("barcode", code)));
            facts.extend(draft.weight.as_ref().map(|of| fact("weight", weight(of))));
            facts.extend(
                draft
                    .product_type
                    .as_ref()
                    .map(|of| fact("product_type", of)),
            );
            facts
        }
        GoodsShown::Item(draft) => {
            let mut facts = vec![
                fact("item", &draft.number),
                fact("title", &draft.description),
                fact("class", &draft.class),
            ];
            facts.extend(draft.price.map(|price| fact("item_price", text(price))));
            facts.extend(
                draft
                    .vat_category
                    .as_ref()
                    .map(|of| fact("vat_category", of)),
            );
            facts.extend(draft.weight.as_ref().map(|of| fact("weight", weight(of))));
            facts
        }
        GoodsShown::Fields { shop, erp } => {
            let shop = shop.iter().map(|field| match field {
                FieldChange::Title { from, to } => {
                    changed("title", Some(from.clone()), Some(to.clone()))
                }
                FieldChange::Price { from, to } => {
                    changed("price", Some(text(*from)), Some(text(*to)))
                }
                FieldChange::CompareAt { from, to } => {
                    changed("compare_at", from.map(text), to.map(text))
                }
                FieldChange::Barcode { from, to } => {
                    changed("barcode", from.clone(), Some(to.clone()))
                }
                FieldChange::Weight { from, to } => {
                    changed("weight", from.as_ref().map(weight), Some(weight(to)))
                }
                FieldChange::ProductType { from, to } => {
                    changed("product_type", Some(from.clone()), Some(to.clone()))
                }
            });
            let erp = erp.iter().map(|field| match field {
                ItemChange::Description { from, to } => {
                    changed("item_text", Some(from.clone()), Some(to.clone()))
                }
                ItemChange::Price { from, to } => {
                    changed("item_price", from.map(text), Some(text(*to)))
                }
                ItemChange::Weight { from, to } => {
                    changed("item_weight", from.as_ref().map(weight), Some(weight(to)))
                }
            });
            shop.chain(erp).collect()
        }
        GoodsShown::Stock(rows) => rows
            .iter()
            .map(|(location, from, to)| PreviewFact {
                name: "quantity".into(),
                of: Some(location.clone()),
                before: from.map(|from| from.to_string()),
                after: Some(to.to_string()),
            })
            .collect(),
    }
}
