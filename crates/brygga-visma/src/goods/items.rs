//! Items as products, price lists, item classes.

use std::collections::HashSet;

use brygga_core::Problem;
use brygga_core::erp::ItemType;
use brygga_core::goods::{ItemStatus, PriceRow, PriceType, ProductItem, Weight, WeightUnit};
use chrono::{DateTime, NaiveDateTime};

use super::wire::{Class, Product, SalesPrice};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::erp::wire::Row as _;
use crate::paging::Pages;
use crate::text::day;

/// Items as they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemSet {
    /// The items.
    pub items: Vec<ProductItem>,
    /// The newest change among them, on Visma.net's own wall clock: its time zone is not documented, so it is only ever compared
    /// with itself (`facts/visma` 4).
    pub newest: Option<NaiveDateTime>,
}

/// Prices as they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceSet {
    /// The rows.
    pub rows: Vec<PriceRow>,
    /// As in [`ItemSet`].
    pub newest: Option<NaiveDateTime>,
}

/// An item class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemClass {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub description: String,
}

/// A moment as the ERP's filters take it: no offset, no letters (`facts/visma` 4).
pub(super) fn naive(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A moment as the ERP writes it, on its own wall clock.
pub(super) fn parsed(text: &str) -> Option<NaiveDateTime> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.naive_local());
    }
    text.parse().ok()
}

impl Visma {
    /// All items with what products need, or those changed from `since` on (Visma.net's wall clock).
    pub async fn product_items(&self, since: Option<NaiveDateTime>) -> Result<ItemSet, Problem> {
        let filter = since.map(|since| {
            [
                ("lastModifiedDateTime", naive(since)),
                ("lastModifiedDateTimeCondition", ">=".to_owned()),
            ]
        });
        let filter = filter.as_ref().map_or(&[][..], |filter| &filter[..]);
        let rows = self.product_rows(filter, false).await?;
        let newest = rows
            .iter()
            .filter_map(|row| parsed(row.last_modified_date_time.as_deref()?))
            .max();
        let tracked = self
            .tracked_lots(rows.iter().filter_map(|row| {
                row.lot_serial_class
                    .as_ref()?
                    .id
                    .as_deref()
                    .map(str::trim)
                    .filter(|id| !id.is_empty())
            }))
            .await?;
        let items = rows.into_iter().map(|row| product(row, &tracked)).collect();
        Ok(ItemSet { items, newest })
    }

    /// All price rows for everybody and for price classes, or those changed from `since` on.
    pub async fn sales_prices(&self, since: Option<NaiveDateTime>) -> Result<PriceSet, Problem> {
        let mut rows: Vec<SalesPrice> = Vec::new();
        let mut pages = Pages::of(1000, "list of sales prices");
        loop {
            let mut call = Call::get(
                Api::Erp,
                &["v1", "customerSalesPrice"],
                "read the sales prices",
            );
            if let Some(since) = since {
                call = call
                    .query("lastModifiedDateTime", naive(since))
                    .query("lastModifiedDateTimeCondition", ">=");
            }
            let mut page: Vec<SalesPrice> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(page.len(), page.first().and_then(SalesPrice::metadata))?;
            rows.append(&mut page);
            if !more {
                break;
            }
        }
        let newest = rows
            .iter()
            .filter_map(|row| parsed(row.last_modified_date_time.as_deref()?))
            .max();
        let rows = rows.into_iter().filter_map(price).collect();
        Ok(PriceSet { rows, newest })
    }

    /// The item classes.
    pub async fn item_classes(&self) -> Result<Vec<ItemClass>, Problem> {
        let rows: Vec<Class> = self
            .whole_at(&["v1", "inventory", "itemClass"], "read the item classes")
            .await?;
        let class = |row: Class| {
            Some(ItemClass {
                id: row.id?.trim().to_owned(),
                description: row.description.unwrap_or_default(),
            })
        };
        Ok(rows.into_iter().filter_map(class).collect())
    }
}

pub(super) fn product(row: Product, tracked: &HashSet<String>) -> ProductItem {
    let lot = row.lot_serial_class.and_then(|class| class.id);
    let unsupported =
        row.kit_item == Some(true) || lot.is_some_and(|class| tracked.contains(class.trim()));
    let goods = matches!(
        ItemType::from(row.kind.unwrap_or_default()),
        ItemType::FinishedGood | ItemType::ComponentPart | ItemType::Subassembly
    );
    let barcodes = row
        .cross_references
        .unwrap_or_default()
        .into_iter()
        .filter(|reference| reference.kind.as_deref() == Some("Barcode"))
        .filter_map(|reference| reference.id)
        .collect();
    let weight = row.packaging.and_then(|packaging| {
        let value = packaging.weight?.0;
        let unit = weight_unit(packaging.unit.as_deref()?)?;
        // 0 is what nobody has filled in.
        (!value.is_zero()).then_some(Weight { value, unit })
    });
    ProductItem {
        number: row.inventory_number.trim().to_owned(),
        description: row.description.unwrap_or_default(),
        status: ItemStatus::from(row.status.unwrap_or_default()),
        stock: row.stock_item.unwrap_or(goods),
        unsupported,
        class: row.item_class.and_then(|class| class.id),
        vat_category: row.vat_code.and_then(|code| code.id),
        sales_unit: row.sales_unit,
        default_price: row.default_price.map(|price| price.0),
        recommended_price: row.recommended_price.map(|price| price.0),
        barcodes,
        weight,
    }
}

/// Units of measure are the company's own words; those that are plain are understood, others leave the weight alone.
fn weight_unit(text: &str) -> Option<WeightUnit> {
    match text.trim().to_lowercase().as_str() {
        "kg" | "kilo" | "kilogram" => Some(WeightUnit::Kilograms),
        "g" | "gr" | "gram" => Some(WeightUnit::Grams),
        _ => None,
    }
}

fn price(row: SalesPrice) -> Option<PriceRow> {
    let text = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Some(PriceRow {
        id: row.record_id?,
        item: row.inventory_id?.trim().to_owned(),
        price_type: PriceType::from(row.price_type.unwrap_or_default()),
        price_code: text(row.price_code),
        unit: text(row.unit),
        break_quantity: row.break_qty.unwrap_or_default().0,
        currency: row.currency.unwrap_or_default().trim().to_owned(),
        price: row.price?.0,
        promotion: row.promotion == Some(true),
        from: row.effective_date.as_deref().and_then(day),
        to: row.expiration_date.as_deref().and_then(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_erp_keep_their_wall_clock() {
        for text in [
            "2026-10-15T14:02:00",
            "2026-10-15T14:02:00.000",
            "2026-10-15T14:02:00+01:00",
        ] {
            assert_eq!(
                naive(parsed(text).unwrap()),
                "2026-10-15 14:02:00",
                "{text}"
            );
        }
        assert_eq!(parsed("yesterday"), None);
    }

    #[test]
    fn weights_in_unknown_units_are_none() {
        assert_eq!(weight_unit(" KG "), Some(WeightUnit::Kilograms));
        assert_eq!(weight_unit("G"), Some(WeightUnit::Grams));
        assert_eq!(weight_unit("STK"), None);
    }
}
