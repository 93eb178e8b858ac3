//! The central banks' public exchange rates, as files and answers in their own forms, with rates of the practice month.
//!
//! No rate on weekends and on the days when the payment system TARGET is closed (1 January, Good Friday, Easter Monday, 1 May, 25
//! and 26 December); none for days that have not come to 15:00 UTC by the practice clock.

mod seeded;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use brygga_core::Clock;
use chrono::{NaiveDate, TimeDelta, Timelike as _};
use serde::Deserialize;
use tokio::net::TcpListener;

use seeded::{CURRENCIES, is_published, per_euro};

/// The three services on one port of this computer; they end when this is dropped.
#[derive(Debug)]
pub struct RateServer {
    url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for RateServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Shared {
    clock: Arc<dyn Clock>,
    /// An HTML page instead of every answer.
    page: bool,
}

impl RateServer {
    /// Starts them.
    pub async fn start(clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        Self::serve(Shared { clock, page: false }).await
    }

    /// The same, but something between answers every call with a page.
    pub async fn start_with_pages(clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        Self::serve(Shared { clock, page: true }).await
    }

    async fn serve(shared: Shared) -> std::io::Result<Self> {
        let routes = Router::new()
            .route("/stats/eurofxref/{file}", get(ecb))
            .route("/api/data/EXR/{key}", get(norges_bank))
            .route("/swea/v1/Observations/{series}/{from}/{to}", get(riksbank))
            .with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the practice exchange rates ended");
            }
        });
        Ok(Self { url, task })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Shared {
    /// The newest day that can have a rate.
    fn newest(&self) -> NaiveDate {
        let now = self.clock.now();
        let today = now.date_naive();
        if now.hour() < 15 {
            today - TimeDelta::days(1)
        } else {
            today
        }
    }

    /// Days with rates from one to another, oldest first.
    fn days(&self, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        from.iter_days()
            .take_while(|day| *day <= to.min(self.newest()))
            .filter(|day| is_published(*day))
            .collect()
    }

    fn page(&self) -> Option<Response> {
        let page = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body></body></html>";
        self.page
            .then(|| ([("content-type", "text/html")], page).into_response())
    }
}

/// Ten-thousandths as text with a point.
fn text(ten_thousandths: i64) -> String {
    format!(
        "{}.{:04}",
        ten_thousandths / 10_000,
        ten_thousandths % 10_000
    )
}

async fn ecb(State(shared): State<Shared>, Path(file): Path<String>) -> Response {
    if let Some(page) = shared.page() {
        return page;
    }
    let newest = shared.newest();
    let mut days = shared.days(newest - TimeDelta::days(90), newest);
    days.reverse();
    match file.as_str() {
        "eurofxref-hist-90d.xml" => {}
        "eurofxref-daily.xml" => days.truncate(1),
        _ => return StatusCode::NOT_FOUND.into_response(),
    }
    let mut cubes = String::new();
    for day in days {
        let _ = writeln!(cubes, "\t\t<Cube time=\"{day}\">");
        for currency in CURRENCIES {
            let rate = text(per_euro(currency, day));
            let _ = writeln!(
                cubes,
                "\t\t\t<Cube currency=\"{currency}\" rate=\"{rate}\"/>"
            );
        }
        cubes.push_str("\t\t</Cube>\n");
    }
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" \
         xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n\t<gesmes:subject>Reference rates</gesmes:subject>\n\t\
         <gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n\t<Cube>\n{cubes}\t</Cube>\n\
         </gesmes:Envelope>"
    );
    ([("content-type", "text/xml")], xml).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    format: String,
    #[serde(default)]
    locale: String,
    start_period: NaiveDate,
    end_period: NaiveDate,
}

async fn norges_bank(
    State(shared): State<Shared>,
    Path(key): Path<String>,
    Query(span): Query<Span>,
) -> Response {
    if let Some(page) = shared.page() {
        return page;
    }
    let parts: Vec<&str> = key.split('.').collect();
    let ["B", wanted, "NOK", "SP"] = parts.as_slice() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if span.format != "csv" {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    let mut csv = String::from(
        "FREQ;Frequency;BASE_CUR;Base Currency;QUOTE_CUR;Quote Currency;TENOR;Tenor;DECIMALS;CALCULATED;UNIT_MULT;Unit Multiplier;\
         COLLECTION;Collection Indicator;TIME_PERIOD;OBS_VALUE\n",
    );
    let mut rows = 0;
    for currency in wanted
        .split('+')
        .filter(|one| *one == "EUR" || CURRENCIES.contains(one))
    {
        // Kroner for 100 where the currency is near one krone or below (UNIT_MULT 2).
        let hundreds = matches!(currency, "SEK" | "DKK" | "JPY");
        let (power, name) = if hundreds {
            (2, "Hundreds")
        } else {
            (0, "Units")
        };
        for day in shared.days(span.start_period, span.end_period) {
            let krone = per_euro("NOK", day);
            let units = if hundreds { 1_000_000 } else { 10_000 };
            let price = if currency == "EUR" {
                krone
            } else {
                krone * units / per_euro(currency, day)
            };
            let mut value = text(price);
            if span.locale != "en" {
                value = value.replace('.', ",");
            }
            let _ = writeln!(
                csv,
                "B;Business;{currency};{currency};NOK;Norwegian krone;SP;Spot;4;false;{power};{name};C;ECB concertation time 14:15 CET;\
                 {day};{value}"
            );
            rows += 1;
        }
    }
    if rows == 0 {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([("content-type", "text/csv")], csv).into_response()
}

async fn riksbank(
    State(shared): State<Shared>,
    Path((series, from, to)): Path<(String, NaiveDate, NaiveDate)>,
) -> Response {
    if let Some(page) = shared.page() {
        return page;
    }
    let currency = series
        .strip_prefix("SEK")
        .and_then(|rest| rest.strip_suffix("PMI"))
        .filter(|one| *one == "EUR" || CURRENCIES.contains(one));
    let Some(currency) = currency else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let days = shared.days(from, to);
    if days.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    let rows: Vec<String> = days
        .into_iter()
        .map(|day| {
            let krona = per_euro("SEK", day);
            let price = if currency == "EUR" {
                krona
            } else {
                krona * 10_000 / per_euro(currency, day)
            };
            format!("{{\"date\":\"{day}\",\"value\":{}}}", text(price))
        })
        .collect();
    let json = format!("[{}]", rows.join(","));
    ([("content-type", "application/json")], json).into_response()
}
