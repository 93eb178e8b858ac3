//! Where stock stands: what each location of the shop has, and what it should have, read afresh (`booking-rules` 9 and 11).

use std::collections::BTreeMap;

use brygga_core::Problem;
use brygga_core::goods::{OpenLine, StockItem, Variant, WarehouseStock, pair, plan_stock};
use brygga_store::{RecordKind, RecordState};
use serde::{Deserialize, Serialize};

use super::shelf::VARIANT;
use crate::engine::{Engine, Setup};

/// One location's stock on both sides, of the items that are kept in step there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRow {
    /// Numeric id of the location.
    pub location: String,
    /// Its name in the shop.
    pub name: String,
    /// Items.
    pub items: usize,
    /// Units that the shop may sell.
    pub shopify: i64,
    /// Units that it should be able to sell, by Visma.net's stock.
    pub visma: i64,
    /// Items whose quantity is not what it should be.
    pub differing: Vec<String>,
}

impl Engine {
    /// Compares every location. Reads both sides; writes nothing. Nothing to compare where stock is not kept in step.
    pub(crate) async fn stock_standing(&self, setup: &Setup) -> Result<Vec<StockRow>, Problem> {
        let settings = &setup.settings.stock;
        if !settings.on || settings.locations.is_empty() {
            return Ok(Vec::new());
        }
        let in_step: Vec<String> = self
            .rows(RecordKind::Stock)?
            .into_values()
            .filter(|row| row.state == RecordState::Booked)
            .map(|row| row.record.id)
            .collect();
        let mut stock: BTreeMap<String, Vec<WarehouseStock>> = BTreeMap::new();
        let mut units = BTreeMap::new();
        for item in self.goods.stock(None).await?.rows {
            units.insert(item.item.clone(), item.base_unit);
            stock.entry(item.item).or_default().extend(item.warehouses);
        }
        let variants: Vec<Variant> = self.shelf(VARIANT)?.into_values().collect();
        let links = self.linked_items()?;
        let pairing = pair(&variants, stock.keys().map(String::as_str), &links);
        let items: Vec<StockItem> = in_step
            .iter()
            .filter_map(|number| {
                let matched = pairing.matched.get(number.as_str())?;
                let known = setup.catalogue.items.get(number);
                Some(StockItem {
                    item: number.clone(),
                    inventory_item: matched.variant.inventory_item.clone(),
                    tracked: matched.variant.tracked,
                    bundle: matched.variant.bundle,
                    base_unit: units.get(number).cloned().flatten(),
                    sales_unit: known.and_then(|item| item.sales_unit.clone()),
                })
            })
            .collect();
        let by_variant: BTreeMap<&str, &str> = pairing
            .matched
            .values()
            .map(|matched| (matched.variant.id.as_str(), matched.item))
            .collect();
        let open = self.open_by_item(setup, |line: &OpenLine| {
            let by_id = line
                .variant
                .as_deref()
                .and_then(|variant| by_variant.get(variant).copied());
            by_id.or(line.sku.as_deref()).map(str::to_owned)
        })?;
        let counted: Vec<String> = items
            .iter()
            .map(|item| item.inventory_item.clone())
            .collect();
        let levels = self.goods.levels(&counted).await?;
        let stock: Vec<WarehouseStock> = stock.into_values().flatten().collect();
        let plan = plan_stock(&items, &stock, &levels, &open, settings);
        let names: BTreeMap<String, String> = self
            .locations()
            .await?
            .iter()
            .map(|location| (location.id.clone(), location.name.clone()))
            .collect();
        let mut rows: BTreeMap<String, StockRow> = BTreeMap::new();
        for place in plan.places {
            let row = rows
                .entry(place.location.clone())
                .or_insert_with(|| StockRow {
                    name: names
                        .get(&place.location)
                        .unwrap_or(&place.location)
                        .clone(),
                    location: place.location.clone(),
                    ..StockRow::default()
                });
            row.items += 1;
            row.shopify += place.shopify;
            row.visma += place.visma;
            if place.shopify != place.visma {
                row.differing.push(place.item);
            }
        }
        Ok(rows.into_values().collect())
    }
}
