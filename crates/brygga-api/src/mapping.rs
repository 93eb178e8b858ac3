//! The mapping: what of the shop is what in Visma.net. Shown with what waits for it, changed row by row, tried before it is kept.

mod differing;
mod edit;
mod preview;
mod rehearsal;
mod seen;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brygga_core::booking::{suggest, suggest_payments};
use brygga_core::erp::Catalogue;
use brygga_core::settings::Settings;
use brygga_core::shop::{Location, ShopInfo};
use brygga_core::{Code, Problem};

use crate::api::{Api, error, stored};
use crate::contract::{ApiError, MappingChange, MappingPreview, MappingView, Nothing};
use rehearsal::Both;
use seen::Seen;

pub(crate) use edit::applied;
pub(crate) use preview::fix_preview;
#[cfg(test)]
pub(crate) use tables::ITEMS;
pub(crate) use tables::VAT_CAUSE;

/// What the tables are made of.
struct Ground<'a> {
    settings: &'a Settings,
    catalogue: &'a Catalogue,
    shop: &'a ShopInfo,
    locations: &'a [Location],
    /// Sales channels, each with an order that came from it.
    channels: &'a BTreeMap<String, Option<String>>,
    /// What could be chosen, for the whole shop.
    suggested: Settings,
    seen: Seen,
}

impl Api {
    pub(crate) async fn mapping(&self, _: Nothing) -> Result<MappingView, ApiError> {
        let catalogue = self.engine.catalogue().await.map_err(error)?;
        let shop = self.engine.shop_info().await.map_err(error)?;
        let locations = self.engine.locations().await.map_err(error)?;
        let known = self.engine.known().await.map_err(error)?;
        let settings = self.engine.settings().map_err(error)?;
        let revision = self.engine.store().settings_rev().map_err(stored)?;
        let mut seen = Seen::of(&self.engine, &settings, &shop).map_err(error)?;
        seen.locations
            .extend(locations.iter().map(|location| location.id.clone()));
        let today = self
            .engine
            .clock()
            .now()
            .with_timezone(&shop.time_zone)
            .date_naive();
        let dispatch = settings
            .dispatch_country
            .clone()
            .unwrap_or_else(|| shop.country.clone());
        let mut suggested = suggest::settings(&catalogue, &dispatch, &seen.countries, today);
        suggested.payments.gateways = suggest_payments::payments(&catalogue, &seen.tenders);
        let ground = Ground {
            settings: &settings,
            catalogue: &catalogue,
            shop: &shop,
            locations: &locations,
            channels: &known.channels,
            suggested,
            seen,
        };
        Ok(MappingView {
            revision,
            tables: tables::all(&ground),
        })
    }

    pub(crate) async fn put_mapping(&self, change: MappingChange) -> Result<MappingView, ApiError> {
        let catalogue = self.engine.catalogue().await.map_err(error)?;
        let known = self.engine.known().await.map_err(error)?;
        self.choose(change.revision, |settings| {
            applied(settings, &change.rows, &catalogue)?.named(settings, &known)
        })
        .map_err(error)?;
        self.mapping(Nothing {}).await
    }

    /// What would become of the orders that are stored. Looks at what was read last; sends and keeps nothing.
    pub(crate) async fn mapping_preview(
        self: &Arc<Self>,
        change: MappingChange,
    ) -> Result<MappingPreview, ApiError> {
        let catalogue = self.engine.catalogue().await.map_err(error)?;
        let before = self.engine.settings().map_err(error)?;
        let known = self.engine.known().await.map_err(error)?;
        let after = applied(&before, &change.rows, &catalogue)
            .and_then(|settings| settings.named(&before, &known))
            .map_err(error)?;
        let tables = change.rows.into_iter().map(|edit| edit.table).collect();
        self.rehearsed(before, after, tables).await.map_err(error)
    }

    /// What would become of the orders that are stored, with other settings, of which `tables` are others.
    pub(crate) async fn rehearsed(
        self: &Arc<Self>,
        before: Arc<Settings>,
        after: Settings,
        tables: BTreeSet<String>,
    ) -> Result<MappingPreview, Problem> {
        let catalogue = self.engine.catalogue().await?;
        let shop = self.engine.shop_info().await?;
        let linked = self.engine.linked_items()?;
        let api = Arc::clone(self);
        // Thousands of orders may be there: other commands go on meanwhile.
        let found = tokio::task::spawn_blocking(move || {
            let both = Both {
                shop: &shop,
                catalogue: &catalogue,
                linked: &linked,
                before: &before,
                after: &after,
            };
            rehearsal::rehearse(&api.engine, both, tables)
        })
        .await
        .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))??;
        Ok(MappingPreview {
            attempt: self.attempt(found.passing),
            ..found.preview
        })
    }
}
