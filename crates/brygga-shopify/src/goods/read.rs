//! Reading variants, levels and locations.

use std::fmt::Write as _;

use brygga_core::Problem;
use brygga_core::goods::{ShopLevel, Variant};
use brygga_core::shop::Location;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::wire;
use crate::client::{Shopify, unexpected, window};
use crate::documents::{self, Document};

/// Ids in one call (`facts/shopify` 3.6).
const IDS: usize = 250;

impl Shopify {
    /// All locations, those out of use left out by Shopify itself.
    pub async fn locations(&self) -> Result<Vec<Location>, Problem> {
        let nodes = self.all(&documents::LOCATIONS, "").await?;
        nodes
            .iter()
            .map(|node| wire::location(node).map_err(unexpected))
            .collect()
    }

    /// All variants, or those changed from `since` on. There is no order by change, so a set counts only when it is whole: it is
    /// read to its end before anything is given back. The search index lags: ask with an overlap (`facts/shopify` 5.4).
    pub async fn variants_changed(
        &self,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Variant>, Problem> {
        let search = since.map(|since| window("updated_at", since, None));
        let nodes = self
            .all(&documents::VARIANTS_CHANGED, &search.unwrap_or_default())
            .await?;
        read_variants(&nodes)
    }

    /// The variants whose SKU is exactly this one. The search is tokenised (`facts/shopify` 8.3), so every row is compared here.
    pub async fn variants_by_sku(&self, sku: &str) -> Result<Vec<Variant>, Problem> {
        let mut quoted = String::new();
        for letter in sku.trim().chars() {
            if matches!(letter, '\'' | '\\') {
                quoted.push('\\');
            }
            quoted.push(letter);
        }
        let mut search = String::new();
        let _ = write!(search, "sku:'{quoted}'");
        let nodes = self.all(&documents::VARIANTS_CHANGED, &search).await?;
        let mut variants = read_variants(&nodes)?;
        variants.retain(|variant| variant.sku.as_deref().map(str::trim) == Some(sku.trim()));
        Ok(variants)
    }

    /// Variants by numeric id, past the search index; those that are gone are not among them.
    pub async fn variants(&self, ids: &[String]) -> Result<Vec<Variant>, Problem> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(IDS) {
            let nodes = self
                .nodes(&documents::VARIANTS, "ProductVariant", part)
                .await?;
            found.append(&mut read_variants(&nodes)?);
        }
        Ok(found)
    }

    /// All levels of inventory items (numeric ids), `available` and `committed` of one moment.
    pub async fn inventory_levels(&self, items: &[String]) -> Result<Vec<ShopLevel>, Problem> {
        let mut levels = Vec::new();
        for part in items.chunks(IDS) {
            let nodes = self
                .nodes(&documents::INVENTORY_LEVELS, "InventoryItem", part)
                .await?;
            for node in &nodes {
                levels.append(&mut wire::levels(node).map_err(unexpected)?);
            }
        }
        Ok(levels)
    }

    async fn nodes(
        &self,
        document: &Document,
        kind: &str,
        ids: &[String],
    ) -> Result<Vec<Value>, Problem> {
        let gids: Vec<String> = ids
            .iter()
            .map(|id| format!("gid://shopify/{kind}/{id}"))
            .collect();
        let mut answer = self.wire.query(document, json!({ "ids": gids })).await?;
        // Levels and prices that were withheld would be taken for none.
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let Some(nodes) = answer.data[document.root]
            .as_array_mut()
            .map(std::mem::take)
        else {
            return Err(unexpected(format_args!("{} without a list", document.root)));
        };
        Ok(nodes
            .into_iter()
            .filter(|node| node["id"].is_string())
            .collect())
    }

    async fn all(&self, document: &Document, search: &str) -> Result<Vec<Value>, Problem> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let (mut nodes, next) = self
                .page(document, search, after.as_deref(), |_| None)
                .await?;
            all.append(&mut nodes);
            match next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }
}

fn read_variants(nodes: &[Value]) -> Result<Vec<Variant>, Problem> {
    nodes
        .iter()
        .map(|node| wire::variant(node).map_err(unexpected))
        .collect()
}

pub(super) fn one_variant(node: &Value) -> Result<Variant, Problem> {
    wire::variant(node).map_err(unexpected)
}
