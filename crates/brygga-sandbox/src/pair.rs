//! Both servers together, over one shop and one clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::faults::Faults;
use crate::hands::Hands;
use crate::identity::Identity;
use crate::rates::RateServer;
use crate::record::Recorder;
use crate::shop_data::{ShopData, ShopDataError};
use crate::shopify::{ShopifyConfig, ShopifyCounters, ShopifyServer};
use crate::visma::{VatRounding, VismaConfig, VismaCounters, VismaData, VismaServer};

/// Midnight in Oslo before the seeded month, 2026-10-01, in UTC.
const SEEDED_START: &str = "2026-09-30T22:00:00Z";

/// Where the shop comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopSource {
    /// The seeded Nordic shop.
    Seeded {
        /// How many orders happen in the month from `start`.
        orders: u32,
        /// The same seed gives the same shop.
        seed: u64,
        /// Local midnight of the first day; [`PairConfig::new`] takes 2026-10-01.
        start: DateTime<Utc>,
    },
    /// Recorded orders below a folder.
    Recorded(PathBuf),
}

impl ShopSource {
    /// The seeded shop from 2026-10-01 on.
    pub fn seeded(orders: u32, seed: u64) -> Self {
        Self::Seeded {
            orders,
            seed,
            start: seeded_start(),
        }
    }
}

/// The first moment of the seeded month: 2026-10-01 00:00 in Oslo.
pub fn seeded_start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(SEEDED_START)
        .map(|moment| moment.to_utc())
        .unwrap_or_default()
}

/// How the pair is set up.
#[derive(Debug)]
pub struct PairConfig {
    /// The shop's data.
    pub shop: ShopSource,
    /// Which shop and which company it is.
    pub identity: Identity,
    /// The only time both servers know; share it with the product.
    pub clock: Arc<dyn Clock>,
    /// 0 takes a free port.
    pub shopify_port: u16,
    /// 0 takes a free port.
    pub visma_port: u16,
    /// How the practice company rounds VAT.
    pub vat_rounding: VatRounding,
    /// What goes wrong.
    pub faults: Faults,
    /// How far Shopify's search index is behind.
    pub index_lag: Duration,
    /// How far Visma.net's lists are behind.
    pub list_lag: Duration,
    /// Visma.net's quota: 15,000, or 500 as a profile.
    pub visma_calls_per_hour: u32,
}

impl PairConfig {
    /// A quiet pair on free ports: no faults, VAT per line, an index three seconds behind, full quotas.
    pub fn new(shop: ShopSource, clock: Arc<dyn Clock>) -> Self {
        Self {
            shop,
            identity: Identity::default(),
            clock,
            shopify_port: 0,
            visma_port: 0,
            vat_rounding: VatRounding::Line,
            faults: Faults::default(),
            index_lag: Duration::from_secs(3),
            list_lag: Duration::ZERO,
            visma_calls_per_hour: VismaConfig::default().calls_per_hour,
        }
    }
}

/// Why the pair did not start.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// The recorded folder cannot be read.
    #[error(transparent)]
    ShopData(#[from] ShopDataError),
    /// A port is taken, or the record of requests cannot be written.
    #[error("the practice pair could not start: {0}")]
    Io(#[from] std::io::Error),
}

/// The counters of both servers.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PairCounters {
    /// Of the practice Shopify.
    pub shopify: ShopifyCounters,
    /// Of the practice Visma.net.
    pub visma: VismaCounters,
}

/// A running pair; it ends when this is dropped.
#[derive(Debug)]
pub struct Pair {
    shopify: ShopifyServer,
    visma: VismaServer,
    shop_data: Arc<ShopData>,
    clock: Arc<dyn Clock>,
    faults: Arc<Faults>,
    rates: RateServer,
}

impl Pair {
    /// Makes the shop and starts both servers on loopback.
    pub async fn start(config: PairConfig) -> Result<Self, PairError> {
        let PairConfig {
            shop,
            identity,
            clock,
            shopify_port,
            visma_port,
            vat_rounding,
            faults,
            index_lag,
            list_lag,
            visma_calls_per_hour,
        } = config;
        let mut shop_data = match shop {
            ShopSource::Seeded {
                orders,
                seed,
                start,
            } => ShopData::seeded_as(orders, seed, start, &identity),
            ShopSource::Recorded(dir) => ShopData::recorded(&dir)?,
        };
        if identity != Identity::default() {
            shop_data.rename(&identity);
        }
        let shop_data = Arc::new(shop_data);
        let faults = Arc::new(faults);
        let recorder = Arc::new(Recorder::from_env()?);
        let shopify_config = ShopifyConfig {
            index_lag_s: u32::try_from(index_lag.as_secs()).unwrap_or(u32::MAX),
            ..ShopifyConfig::default()
        };
        let visma_config = VismaConfig {
            vat_rounding,
            calls_per_hour: visma_calls_per_hour,
            list_lag,
            company: identity.name,
            tenant: identity.tenant,
            ..VismaConfig::default()
        };
        let visma_data = VismaData::for_shop(&shop_data, &visma_config);
        let shopify = ShopifyServer::start(
            shopify_config,
            &shop_data,
            Arc::clone(&clock),
            Arc::clone(&faults),
            Arc::clone(&recorder),
            shopify_port,
        )
        .await?;
        let visma = VismaServer::start(
            visma_config,
            visma_data,
            Arc::clone(&clock),
            Arc::clone(&faults),
            recorder,
            visma_port,
        )
        .await?;
        let rates = RateServer::start(Arc::clone(&clock)).await?;
        Ok(Self {
            shopify,
            visma,
            shop_data,
            clock,
            faults,
            rates,
        })
    }

    /// Base URL of the practice Shopify.
    pub fn shopify_url(&self) -> String {
        self.shopify.url()
    }

    /// Base URL of the practice Visma.net: Connect, ERP and SalesOrder alike.
    pub fn visma_url(&self) -> String {
        self.visma.url()
    }

    /// Base URL of the practice central banks.
    pub fn rates_url(&self) -> &str {
        self.rates.url()
    }

    /// The practice Shopify, for tests that change it while it runs.
    pub fn shopify(&self) -> &ShopifyServer {
        &self.shopify
    }

    /// The practice Visma.net, for tests that change it while it runs.
    pub fn visma(&self) -> &VismaServer {
        &self.visma
    }

    /// The shop as it was made.
    pub fn shop_data(&self) -> &ShopData {
        &self.shop_data
    }

    /// The clock of both servers.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What goes wrong on both servers.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Hands on it, for somebody who lets things happen.
    pub fn hands(&self) -> Hands {
        Hands {
            shop: self.shopify.hands(),
            faults: Arc::clone(&self.faults),
        }
    }

    /// How much both were asked so far.
    pub fn counters(&self) -> PairCounters {
        PairCounters {
            shopify: self.shopify.counters(),
            visma: self.visma.counters(),
        }
    }

    /// Stops both.
    pub async fn shutdown(self) {
        self.shopify.shutdown().await;
        self.visma.shutdown().await;
    }
}
