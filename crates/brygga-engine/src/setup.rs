//! Set-up: what the settings could be, and what of them does not fit.

use std::collections::BTreeSet;

use brygga_core::booking::suggest;
use brygga_core::settings::{DocumentCurrency, Settings};
use brygga_core::{Code, Problem};

use crate::engine::Engine;

impl Engine {
    /// Settings read off what Visma.net is set up with, for a shop that sells to `countries`. Nothing is kept.
    pub async fn suggest_settings(
        &self,
        countries: &BTreeSet<String>,
    ) -> Result<Settings, Problem> {
        let setup = self.setup().await?;
        let mut destinations = countries.clone();
        destinations.insert(setup.shop.country.clone());
        let today = self
            .clock
            .now()
            .with_timezone(&setup.shop.time_zone)
            .date_naive();
        Ok(suggest::settings(
            &setup.catalogue,
            &setup.shop.country,
            &destinations,
            today,
        ))
    }

    /// What in the settings does not fit what Visma.net is set up with.
    pub async fn check_mapping(&self) -> Result<Vec<Problem>, Problem> {
        let setup = self.setup().await?;
        let (settings, catalogue) = (&setup.settings, &setup.catalogue);
        let mut problems = Vec::new();
        if settings.vat.is_empty() {
            problems.push(
                Problem::new(Code::VatUnmapped)
                    .with("rate", "any")
                    .with("kind", "goods")
                    .with("country", "any country")
                    .with("scheme", "any"),
            );
        }
        for row in &settings.vat {
            let ids = catalogue.vat_ids_of(&row.category, &row.zone);
            if ids.len() > 1 || (ids.is_empty() && !row.key.rate.is_zero()) {
                problems.push(
                    Problem::new(Code::VatMappingBroken)
                        .with("category", &row.category)
                        .with("zone", &row.zone),
                );
            }
        }
        let special = &settings.special_items;
        for (kind, item) in [
            ("shipping", &special.shipping),
            ("rounding", &special.rounding),
            ("custom", &special.custom),
            ("gift_card", &special.gift_card),
        ] {
            match item {
                None => problems.push(Problem::new(Code::SpecialItemUnmapped).with("kind", kind)),
                Some(item) if !catalogue.items.contains_key(&item.item) => {
                    problems.push(Problem::new(Code::ItemNotFound).with("sku", &item.item));
                }
                Some(_) => {}
            }
        }
        if let DocumentCurrency::Presentment { mapped } = &settings.document_currency {
            for currency in mapped
                .iter()
                .filter(|currency| catalogue.decimals(currency).is_none())
            {
                problems.push(Problem::new(Code::CurrencyUnknown).with("currency", currency));
            }
        }
        problems.sort_by_key(ToString::to_string);
        problems.dedup();
        Ok(problems)
    }
}
