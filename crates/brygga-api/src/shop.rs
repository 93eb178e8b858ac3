//! What the shop says of itself, remembered: the window opens, and days have their zone, also where there is no network.

use brygga_core::Problem;
use brygga_engine::connect::KNOWN_SHOP;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::api::Api;

/// The shop, as it was read last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownShop {
    pub(crate) name: String,
    pub(crate) domain: String,
    /// IANA name.
    pub(crate) zone: String,
}

impl KnownShop {
    pub(crate) fn time_zone(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }
}

impl Api {
    /// As it is remembered, if it ever was read.
    pub(crate) fn known_shop(&self) -> Result<Option<KnownShop>, Problem> {
        Ok(self
            .engine
            .store()
            .remembered(KNOWN_SHOP)?
            .and_then(|value| serde_json::from_value(value).ok()))
    }

    /// As it is remembered; asked only where it never was read.
    pub(crate) async fn shop(&self) -> Result<KnownShop, Problem> {
        match self.known_shop()? {
            Some(shop) => Ok(shop),
            None => self.remember_shop().await,
        }
    }

    /// As the engine read it last; remembered. Every run that ends well does so.
    pub(crate) async fn remember_shop(&self) -> Result<KnownShop, Problem> {
        let info = self.engine.shop_info().await?;
        let shop = KnownShop {
            name: info.name.clone(),
            domain: info.domain.clone(),
            zone: info.time_zone.name().to_owned(),
        };
        if self.known_shop()?.as_ref() != Some(&shop) {
            let value = serde_json::to_value(&shop)
                .map_err(|fault| Problem::new(brygga_core::Code::Internal).with("detail", fault))?;
            self.engine.store().remember(KNOWN_SHOP, &value)?;
        }
        Ok(shop)
    }
}
