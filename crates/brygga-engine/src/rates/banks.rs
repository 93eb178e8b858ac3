//! The three central banks' services. None asks for a key.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use brygga_core::policy::Outcome;
use brygga_core::rates::{Quote, published};
use brygga_core::settings::{RateSettings, RateSource};
use brygga_core::{Code, Problem};
use brygga_http::{HttpRequest, HttpResponse, TransportError, Url, Verdict};

use super::RealRates;

/// <https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html>: files for the
/// newest day and for the last 90, about 16:00 CET on working days.
pub(super) const ECB: &str = "https://www.ecb.europa.eu/";
/// <https://www.norges-bank.no/en/topics/Statistics/open-data/guide-data-warehouse/>.
pub(super) const NORGES_BANK: &str = "https://data.norges-bank.no/";
/// <https://developer.api.riksbank.se/>. Without a key only a few calls a minute are allowed, so each currency is one call.
pub(super) const RIKSBANK: &str = "https://api.riksbank.se/";

/// What Norges Bank's rates are priced in.
const NORGES_BASE: &str = "NOK";
/// What the Riksbank's rates are priced in.
const RIKSBANK_BASE: &str = "SEK";

impl RealRates {
    /// The last 90 days, and the newest day, which may come to its own file first.
    pub(super) async fn ecb(&self) -> Result<Vec<Quote>, Problem> {
        let mut quotes = Vec::new();
        for file in ["eurofxref-hist-90d.xml", "eurofxref-daily.xml"] {
            let url = at(&self.hosts.ecb, &["stats", "eurofxref", file])?;
            let text = self
                .text(RateSource::Ecb, url)
                .await?
                .ok_or_else(|| unreadable(RateSource::Ecb, "the file is not there (404)"))?;
            quotes.append(&mut published::ecb(&text)?);
        }
        Ok(quotes)
    }

    /// All currencies in one call, as CSV in English: the Norwegian one has decimal commas.
    pub(super) async fn norges_bank(
        &self,
        currencies: &BTreeSet<String>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Quote>, Problem> {
        let wanted: Vec<&str> = others(currencies, NORGES_BASE).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let key = format!("B.{}.{NORGES_BASE}.SP", wanted.join("+"));
        let mut url = at(&self.hosts.norges_bank, &["api", "data", "EXR", &key])?;
        url.query_pairs_mut()
            .append_pair("format", "csv")
            .append_pair("locale", "en")
            .append_pair("startPeriod", &from.to_string())
            .append_pair("endPeriod", &to.to_string());
        // No data for a key is told as 404: then the table lacks it, and says so.
        match self.text(RateSource::NorgesBank, url).await? {
            Some(text) => published::norges_bank(&text),
            None => Ok(Vec::new()),
        }
    }

    /// One call per currency.
    pub(super) async fn riksbank(
        &self,
        settings: &RateSettings,
        currencies: &BTreeSet<String>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Quote>, Problem> {
        let mut quotes = Vec::new();
        for currency in others(currencies, RIKSBANK_BASE) {
            // A series of which it is not known whether it is about 1 or 100 is not used.
            let Some(units) = published::riksbank_units(currency, &settings.riksbank_units) else {
                continue;
            };
            let series = published::riksbank_series(currency);
            let (from, to) = (from.to_string(), to.to_string());
            let path = ["swea", "v1", "Observations", &series, &from, &to];
            let url = at(&self.hosts.riksbank, &path)?;
            if let Some(text) = self.text(RateSource::Riksbank, url).await? {
                quotes.append(&mut published::riksbank(&text, currency, units)?);
            }
        }
        Ok(quotes)
    }

    /// The text at an address; `None` where there is none (404).
    async fn text(&self, source: RateSource, url: Url) -> Result<Option<String>, Problem> {
        let make = || {
            let request = HttpRequest::get(url.clone()).label("read exchange rates");
            async move { Ok::<_, Problem>(request) }
        };
        let judge = |result| judge(source, result);
        self.http
            .send_with_retry(&self.policy, true, make, judge)
            .await
    }
}

fn judge(
    source: RateSource,
    result: Result<HttpResponse, TransportError>,
) -> Verdict<Option<String>, Problem> {
    let response = match result {
        Ok(response) => response,
        Err(error) => {
            return Verdict::Again {
                outcome: error.outcome(),
                otherwise: error.problem(source.as_str()),
            };
        }
    };
    let broken = Problem::new(Code::RemoteBroken)
        .with("remote", source.as_str())
        .with("status", response.status);
    match response.status {
        404 => Verdict::Done(None),
        429 => Verdict::Again {
            outcome: Outcome::Busy {
                retry_after: response.retry_after(),
            },
            otherwise: broken,
        },
        500.. => Verdict::Again {
            outcome: Outcome::Unknown,
            otherwise: broken,
        },
        _ if response.is_success() => Verdict::Done(Some(response.body)),
        _ => Verdict::Failed(broken),
    }
}

fn others<'a>(currencies: &'a BTreeSet<String>, base: &'a str) -> impl Iterator<Item = &'a str> {
    currencies
        .iter()
        .map(String::as_str)
        .filter(move |currency| *currency != base)
}

fn at(host: &Url, path: &[&str]) -> Result<Url, Problem> {
    let mut url = host.clone();
    url.path_segments_mut()
        .map_err(|()| Problem::new(Code::Internal).with("detail", "an address without a path"))?
        .pop_if_empty()
        .extend(path);
    Ok(url)
}

fn unreadable(source: RateSource, detail: &str) -> Problem {
    Problem::new(Code::RateUnreadable)
        .with("source", source.as_str())
        .with("detail", detail)
}
