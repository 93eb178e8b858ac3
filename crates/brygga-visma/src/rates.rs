//! Visma.net's own table of exchange rates (`GET /v2/currencyrate`; `facts/visma` 13). Read only: writing rates is off (`booking-rules` 10).
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

use brygga_core::rates::Quote;
use brygga_core::{Decimal, Problem};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::unexpected;
use crate::exact::Exact;
use crate::text::day;

/// `CurrencyRateDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rate {
    from_currency_id: Option<String>,
    to_currency_id: Option<String>,
    rate_type: Option<String>,
    rate: Option<Exact>,
    effective_date: Option<String>,
    mult_div: Option<String>,
}

impl Visma {
    /// The rates of Visma.net's table effective from one day to another, of one rate type or of all.
    pub async fn currency_rates(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        rate_type: Option<&str>,
    ) -> Result<Vec<Quote>, Problem> {
        let mut call = Call::get(Api::Erp, &["v2", "currencyrate"], "read the exchange rates")
            .query("fromDate", from)
            .query("toDate", to);
        if let Some(rate_type) = rate_type {
            call = call.query("rateType", rate_type);
        }
        let Some((rows, _)) = self.read::<Vec<Rate>>(call).await? else {
            return Err(unexpected("no list of exchange rates (404)"));
        };
        quotes(rows, (from, to), rate_type)
    }
}

/// An unknown filter is ignored without a word (`facts/visma` 4), so the rows decide.
fn quotes(
    rows: Vec<Rate>,
    (from, to): (NaiveDate, NaiveDate),
    rate_type: Option<&str>,
) -> Result<Vec<Quote>, Problem> {
    let mut quotes: Vec<Quote> = Vec::new();
    for row in rows {
        let wanted = rate_type.is_none_or(|wanted| row.rate_type.as_deref() == Some(wanted));
        let (Some(of), Some(in_currency), Some(rate), Some(on)) = (
            row.from_currency_id,
            row.to_currency_id,
            row.rate,
            row.effective_date.as_deref().and_then(day),
        ) else {
            return Err(unexpected(
                "an exchange rate without currencies, rate or day",
            ));
        };
        if !wanted || on < from || on > to {
            continue;
        }
        let (units, price) = match row.mult_div.as_deref() {
            Some("Multiply") => (Decimal::ONE, rate.0),
            // So many of the one are one of the other.
            Some("Divide") => (rate.0, Decimal::ONE),
            other => {
                return Err(unexpected(format!(
                    "an exchange rate that is neither multiplied nor divided: {}",
                    other.unwrap_or("-")
                )));
            }
        };
        let quote = Quote {
            day: on,
            of,
            units,
            price,
            in_currency,
        };
        // Two rate types that differ on one day: which one counts is the merchant's to say.
        let differs = quotes.iter().any(|known| {
            known.day == quote.day
                && known.of == quote.of
                && known.in_currency == quote.in_currency
                && known.price * quote.units != quote.price * known.units
        });
        if differs {
            return Err(unexpected(format!(
                "several exchange rates of {} on {on}: choose a rate type",
                quote.of
            )));
        }
        quotes.push(quote);
    }
    Ok(quotes)
}

#[cfg(test)]
mod tests {
    use brygga_core::rates::RateTable;
    use brygga_core::settings::RateSource;

    use super::*;

    fn read(json: &str, rate_type: Option<&str>) -> Result<Vec<Quote>, Problem> {
        let on = |text| day(text).expect("a day");
        let rows = serde_json::from_str(json).expect("rows");
        quotes(rows, (on("2026-10-01"), on("2026-10-31")), rate_type)
    }

    fn row(kind: &str, rate: &str, on: &str, how: &str) -> String {
        format!(
            r#"{{"id":1,"fromCurrencyId":"EUR","toCurrencyId":"NOK","rateType":"{kind}","rate":{rate},"effectiveDate":"{on}T00:00:00","multDiv":"{how}","rateReciprocal":0.08}}"#
        )
    }

    #[test]
    fn rates_are_multiplied_or_divided_as_the_table_says() {
        for (rate, how, want) in [
            ("11.6805", "Multiply", "11.6805"),
            ("0.08", "Divide", "12.5"),
        ] {
            let json = format!("[{}]", row("SPOT", rate, "2026-10-09", how));
            let table = RateTable::new(RateSource::VismaNet, read(&json, None).expect("quotes"));
            let used = table
                .rate("EUR", "NOK", day("2026-10-11").expect("a day"), 7)
                .expect("a rate");
            assert_eq!(
                (
                    used.rate.to_string().as_str(),
                    used.day.to_string().as_str()
                ),
                (want, "2026-10-09")
            );
        }
        assert!(
            read(
                &format!("[{}]", row("SPOT", "11", "2026-10-09", "Newer")),
                None
            )
            .is_err()
        );
    }

    #[test]
    fn a_filter_that_was_ignored_gives_no_wrong_rate() {
        let json = format!(
            "[{},{},{}]",
            row("SPOT", "11.5", "2026-10-09", "Multiply"),
            row("BUDGET", "10", "2026-10-09", "Multiply"),
            row("SPOT", "9", "2025-10-09", "Multiply")
        );
        let spot = read(&json, Some("SPOT")).expect("quotes");
        assert_eq!(spot.len(), 1);
        assert_eq!(spot[0].price.to_string(), "11.5");
        assert!(
            read(&json, None).is_err(),
            "which of two types is not guessed"
        );
    }
}
