//! Exchange rates over the wire: the central banks' public services, Visma.net's table, the merchant's own (`booking-rules` 10).
//! The forms themselves are read in `brygga_core::rates::published`.

mod banks;

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};

use brygga_core::policy::RetryPolicy;
use brygga_core::rates::{RateTable, RateUsed};
use brygga_core::settings::{RateSettings, RateSource};
use brygga_core::{Code, Problem};
use brygga_http::{Http, Url, loopback_only};
use brygga_visma::Visma;

use crate::engine::Engine;
use crate::ports::Rates;

/// The hosts of the central banks.
#[derive(Debug, Clone)]
pub struct RateHosts {
    pub(crate) ecb: Url,
    pub(crate) norges_bank: Url,
    pub(crate) riksbank: Url,
}

impl RateHosts {
    /// Where the central banks themselves are.
    pub fn public() -> Result<Self, Problem> {
        let url = |text: &str| {
            Url::parse(text).map_err(|error| Problem::new(Code::Internal).with("detail", error))
        };
        Ok(Self {
            ecb: url(banks::ECB)?,
            norges_bank: url(banks::NORGES_BANK)?,
            riksbank: url(banks::RIKSBANK)?,
        })
    }

    /// All three at an address of this computer: the practice pair.
    pub fn at(base: &str) -> Result<Self, Problem> {
        let base = loopback_only(base)?;
        Ok(Self {
            ecb: base.clone(),
            norges_bank: base.clone(),
            riksbank: base,
        })
    }
}

/// Exchange rates over the real clients.
#[derive(Debug)]
pub struct RealRates {
    http: Http,
    erp: Option<Visma>,
    hosts: RateHosts,
    policy: RetryPolicy,
}

impl RealRates {
    /// The sources at these hosts; without an ERP, Visma.net's own table is no source.
    pub fn new(http: Http, erp: Option<Visma>, hosts: RateHosts) -> Self {
        Self {
            http,
            erp,
            hosts,
            policy: RetryPolicy::default(),
        }
    }
}

#[async_trait]
impl Rates for RealRates {
    async fn table(
        &self,
        settings: &RateSettings,
        currencies: &BTreeSet<String>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<RateTable, Problem> {
        let quotes = match settings.source {
            RateSource::Fixed => return Ok(RateTable::fixed(&settings.fixed, to)),
            RateSource::VismaNet => match &self.erp {
                Some(erp) => {
                    erp.currency_rates(from, to, settings.visma_type.as_deref())
                        .await?
                }
                None => {
                    return Err(Problem::new(Code::NotConnected).with("remote", "Visma.net"));
                }
            },
            RateSource::Ecb => self.ecb().await?,
            RateSource::NorgesBank => self.norges_bank(currencies, from, to).await?,
            RateSource::Riksbank => self.riksbank(settings, currencies, from, to).await?,
        };
        Ok(RateTable::new(settings.source, quotes))
    }
}

impl Engine {
    /// The rate between two currencies on a day, by the source that the merchant chose, with the day that it was published for.
    pub async fn rate_on(&self, from: &str, to: &str, day: NaiveDate) -> Result<RateUsed, Problem> {
        let settings = self.settings()?;
        let settings = &settings.rates;
        let currencies = [from, to].map(str::to_owned).into();
        let first = day - TimeDelta::days(i64::from(settings.oldest_days));
        let table = self.rates.table(settings, &currencies, first, day).await?;
        table.rate(from, to, day, settings.oldest_days)
    }
}
