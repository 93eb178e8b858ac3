//! Exchange rates: what a source published, and the rate of a day out of it (`booking-rules` 10).

pub mod published;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::code::{Code, Problem};
use crate::settings::{FixedRate, RateSource};

/// What a source published: on `day`, `units` of `of` cost `price` of `in_currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The day it was published for.
    pub day: NaiveDate,
    /// ISO currency that is priced.
    pub of: String,
    /// How many of it: 1 or 100, most often.
    #[serde(with = "rust_decimal::serde::str")]
    pub units: Decimal,
    /// What they cost.
    #[serde(with = "rust_decimal::serde::str")]
    pub price: Decimal,
    /// ISO currency of the price.
    pub in_currency: String,
}

/// The rate that a document was made with: stored beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateUsed {
    /// Who published it.
    pub source: RateSource,
    /// The day it was published for: the document's own, or the last one before it with a rate.
    pub day: NaiveDate,
    /// ISO currency of the document.
    pub from: String,
    /// ISO currency of the books.
    pub to: String,
    /// What one unit of `from` costs, in `to`.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
}

/// A fraction, so that nothing is rounded before the one division at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ratio {
    price: Decimal,
    units: Decimal,
}

impl Ratio {
    const ONE: Self = Self {
        price: Decimal::ONE,
        units: Decimal::ONE,
    };

    fn inverse(self) -> Self {
        Self {
            price: self.units,
            units: self.price,
        }
    }

    fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            price: self.price.checked_mul(other.price)?,
            units: self.units.checked_mul(other.units)?,
        })
    }

    fn rate(self) -> Option<Decimal> {
        self.price
            .checked_div(self.units)
            .map(|rate| rate.normalize())
            .filter(|rate| *rate > Decimal::ZERO)
    }
}

/// All that is known of a source's rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateTable {
    source: RateSource,
    /// Per day, per pair of currencies (priced, price).
    days: BTreeMap<NaiveDate, BTreeMap<(String, String), Ratio>>,
}

impl RateTable {
    /// The table of what a source published. Of two quotes of a pair on one day, the later in the list counts. Nothing that is
    /// not above 0 is a rate.
    pub fn new(source: RateSource, quotes: impl IntoIterator<Item = Quote>) -> Self {
        let mut days: BTreeMap<NaiveDate, BTreeMap<(String, String), Ratio>> = BTreeMap::new();
        for quote in quotes {
            if quote.units > Decimal::ZERO && quote.price > Decimal::ZERO {
                let ratio = Ratio {
                    price: quote.price,
                    units: quote.units,
                };
                days.entry(quote.day)
                    .or_default()
                    .insert((quote.of, quote.in_currency), ratio);
            }
        }
        Self { source, days }
    }

    /// The merchant's own rates, each in force from its day until the next of its pair.
    pub fn fixed(rates: &[FixedRate], day: NaiveDate) -> Self {
        let mut newest: BTreeMap<(&str, &str), &FixedRate> = BTreeMap::new();
        for rate in rates.iter().filter(|rate| rate.since <= day) {
            let known = newest
                .entry((rate.from.as_str(), rate.to.as_str()))
                .or_insert(rate);
            if known.since <= rate.since {
                *known = rate;
            }
        }
        let quotes = newest.into_values().map(|rate| Quote {
            day,
            of: rate.from.clone(),
            units: Decimal::ONE,
            price: rate.rate,
            in_currency: rate.to.clone(),
        });
        Self::new(RateSource::Fixed, quotes)
    }

    /// The newest day of which anything is known.
    pub fn newest_day(&self) -> Option<NaiveDate> {
        self.days.keys().next_back().copied()
    }

    /// What one unit of `from` costs in `to` on `day`: by that day's rate, else by the last one published before it (weekends
    /// and holidays have none), at most `oldest_days` back. A pair that is not published goes through the currency that
    /// both are priced in; both legs are of one and the same day.
    pub fn rate(
        &self,
        from: &str,
        to: &str,
        day: NaiveDate,
        oldest_days: u32,
    ) -> Result<RateUsed, Problem> {
        let problem = |code| {
            Problem::new(code)
                .with("source", self.source.as_str())
                .with("from", from)
                .with("to", to)
                .with("day", day)
        };
        let used = |day, rate| RateUsed {
            source: self.source,
            day,
            from: from.to_owned(),
            to: to.to_owned(),
            rate,
        };
        if from == to {
            return Ok(used(day, Decimal::ONE));
        }
        let found = self
            .days
            .range(..=day)
            .rev()
            .find_map(|(published, pairs)| {
                let rate = between(pairs, from, to)?.rate()?;
                Some(used(*published, rate))
            })
            .ok_or_else(|| problem(Code::RateMissing))?;
        if (day - found.day).num_days() > i64::from(oldest_days) {
            return Err(problem(Code::RateStale).with("found", found.day));
        }
        Ok(found)
    }
}

/// The ratio between two currencies out of one day's quotes.
fn between(pairs: &BTreeMap<(String, String), Ratio>, from: &str, to: &str) -> Option<Ratio> {
    let one = |of: &str, in_currency: &str| -> Option<Ratio> {
        let pair = |a: &str, b: &str| pairs.get(&(a.to_owned(), b.to_owned())).copied();
        if of == in_currency {
            return Some(Ratio::ONE);
        }
        pair(of, in_currency).or_else(|| pair(in_currency, of).map(Ratio::inverse))
    };
    one(from, to).or_else(|| {
        let bases: std::collections::BTreeSet<&str> = pairs
            .keys()
            .flat_map(|(of, in_currency)| [of.as_str(), in_currency.as_str()])
            .collect();
        bases
            .into_iter()
            .filter(|base| *base != from && *base != to)
            .find_map(|base| one(from, base)?.times(one(base, to)?))
    })
}
