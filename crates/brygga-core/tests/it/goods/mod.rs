//! Products and stock.

mod own;
mod pairs;
mod products;
mod stock;

use brygga_core::goods::{ProductStatus, Variant};

/// A number.
pub(super) fn d(text: &str) -> brygga_core::Decimal {
    text.parse().unwrap()
}

/// A variant alone in its product, with this id and SKU, of 100 kroner.
pub(super) fn variant(id: u32, sku: &str) -> Variant {
    Variant {
        id: id.to_string(),
        product_id: (id + 1000).to_string(),
        inventory_item: (id + 2000).to_string(),
        sku: Some(sku.to_owned()),
        tracked: true,
        bundle: false,
        alone: true,
        title: format!("Item {sku}"),
        variant_title: "Default Title".into(),
        price: d("100"),
        compare_at: None,
        barcode: None,
        weight: None,
        product_type: String::new(),
        status: ProductStatus::Active,
        updated_at: "2026-10-01T00:00:00Z".parse().unwrap(),
    }
}
