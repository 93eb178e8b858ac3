//! The forms in which central banks publish their rates, read to quotes. Pure: text in, quotes out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Quote;
use crate::code::{Code, Problem};
use crate::settings::RateSource;

fn unreadable(source: RateSource, detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::RateUnreadable)
        .with("source", source.as_str())
        .with("detail", detail)
}

/// The first words of an answer, for whoever reads the problem.
fn beginning(text: &str) -> String {
    text.trim_start().chars().take(60).collect()
}

/// The euro reference rates of the European Central Bank, `eurofxref-daily.xml` and `eurofxref-hist-90d.xml`: `Cube` elements,
/// a day's around its currencies', each with what one euro costs
/// (<https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html>).
pub fn ecb(text: &str) -> Result<Vec<Quote>, Problem> {
    let source = RateSource::Ecb;
    if !text.contains("Envelope") || !text.contains("<Cube") {
        return Err(unreadable(source, beginning(text)));
    }
    let mut day = None;
    let mut quotes = Vec::new();
    for element in text.split("<Cube").skip(1) {
        let element = element.split('>').next().unwrap_or_default();
        if let Some(time) = attribute(element, "time") {
            let read = time
                .parse::<NaiveDate>()
                .map_err(|_| unreadable(source, format_args!("the day {time}")))?;
            day = Some(read);
        }
        let (Some(currency), Some(rate)) =
            (attribute(element, "currency"), attribute(element, "rate"))
        else {
            continue;
        };
        let price =
            number(rate).ok_or_else(|| unreadable(source, format_args!("{currency} at {rate}")))?;
        quotes.push(Quote {
            day: day.ok_or_else(|| unreadable(source, "a rate without a day"))?,
            of: "EUR".into(),
            units: Decimal::ONE,
            price,
            in_currency: currency.to_owned(),
        });
    }
    if quotes.is_empty() {
        return Err(unreadable(source, "no rates in it"));
    }
    Ok(quotes)
}

/// The value of an attribute, in either kind of quotes.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = element;
    loop {
        let (before, after) = rest.split_once(name)?;
        let begins = before.chars().next_back().is_none_or(char::is_whitespace);
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        if let (true, Some(value)) = (begins, value) {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value.get(1..)?.split_once(quote).map(|(value, _)| value);
        }
        rest = after;
    }
}

/// Norges Bank's exchange rates as CSV (`/api/data/EXR/B..NOK.SP?format=csv&locale=en`): columns by name, apart by semicolons;
/// `UNIT_MULT` is the power of ten of the units (2: kroner for 100)
/// (<https://www.norges-bank.no/en/topics/Statistics/open-data/guide-data-warehouse/>).
pub fn norges_bank(text: &str) -> Result<Vec<Quote>, Problem> {
    let source = RateSource::NorgesBank;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split(';')
        .map(bare)
        .collect();
    let column = |name: &str| {
        head.iter()
            .position(|column| *column == name)
            .ok_or_else(|| unreadable(source, beginning(text)))
    };
    let [of, quote, units, day, value] = [
        column("BASE_CUR")?,
        column("QUOTE_CUR")?,
        column("UNIT_MULT")?,
        column("TIME_PERIOD")?,
        column("OBS_VALUE")?,
    ];
    let mut quotes = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(';').map(bare).collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        // A day without a rate has no value.
        if cell(value).is_empty() {
            continue;
        }
        let read = || {
            let power: u32 = cell(units).parse().ok().filter(|power| *power <= 6)?;
            Some(Quote {
                day: cell(day).parse().ok()?,
                of: cell(of).to_owned(),
                units: Decimal::from(10_u32.pow(power)),
                price: number(cell(value))?,
                in_currency: cell(quote).to_owned(),
            })
        };
        quotes.push(read().ok_or_else(|| unreadable(source, beginning(line)))?);
    }
    Ok(quotes)
}

fn bare(cell: &str) -> &str {
    cell.trim().trim_matches('"')
}

/// A number with a decimal point; commas are between thousands, and only before a point. A comma alone could be either, so it is none.
fn number(text: &str) -> Option<Decimal> {
    match text.split_once('.') {
        Some((whole, fraction)) if whole.contains(',') => {
            format!("{}.{fraction}", whole.replace(',', ""))
                .parse()
                .ok()
        }
        _ => text.trim().parse().ok(),
    }
}

/// Currencies whose series at the Riksbank is the price of one unit. Of others (the yen among them) the accounts differ, so
/// they are used only when the merchant says how many units a series is about.
const RIKSBANK_ONE: [&str; 10] = [
    "AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "NOK", "NZD", "PLN", "USD",
];

/// How many units of a currency its series at the Riksbank is about; `None` where that is not known.
pub fn riksbank_units(
    currency: &str,
    told: &std::collections::BTreeMap<String, u32>,
) -> Option<u32> {
    told.get(currency)
        .copied()
        .filter(|units| *units > 0)
        .or_else(|| RIKSBANK_ONE.contains(&currency).then_some(1))
}

/// The id of a currency's series at the Riksbank, such as `SEKEURPMI`.
pub fn riksbank_series(currency: &str) -> String {
    format!("SEK{currency}PMI")
}

#[derive(Deserialize)]
struct Observation<'a> {
    date: NaiveDate,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// The observations of one series of Sveriges Riksbank (`/swea/v1/Observations/SEKEURPMI/2026-10-01/2026-10-31`): days with what
/// so many units cost in kronor (<https://developer.api.riksbank.se/>).
pub fn riksbank(text: &str, currency: &str, units: u32) -> Result<Vec<Quote>, Problem> {
    let source = RateSource::Riksbank;
    // No observations in a span of days: an empty body.
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Observation<'_>> =
        serde_json::from_str(text).map_err(|_| unreadable(source, beginning(text)))?;
    rows.into_iter()
        .filter_map(|row| Some((row.date, row.value?.get())))
        .filter(|(_, value)| *value != "null")
        .map(|(day, value)| {
            let price = number(value)
                .ok_or_else(|| unreadable(source, format_args!("{currency} at {value}")))?;
            Ok(Quote {
                day,
                of: currency.to_owned(),
                units: Decimal::from(units),
                price,
                in_currency: "SEK".into(),
            })
        })
        .collect()
}
