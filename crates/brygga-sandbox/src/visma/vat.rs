//! The VAT engine: zone and category meet in a VAT id, the date gives its rate, and the id says whether it is rounded per line or per document
//! (`facts/visma 11, 16`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::amounts::round;
use super::data::{CalculateOn, VatId};

/// VAT of one VAT id on one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxRow {
    /// The VAT id.
    pub vat_id: String,
    /// Per cent.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
    /// Base, without VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub taxable: Decimal,
    /// VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub tax: Decimal,
    /// Is the VAT inside the prices.
    pub included: bool,
    /// Is it the buyer's to pay to the state.
    pub reverse: bool,
    /// Does its base count as exempt.
    pub exempt: bool,
}

/// What one line brings to the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) category: Option<&'a str>,
    pub(crate) amount: Decimal,
}

/// The VAT of a document. A line whose category meets no VAT id in the zone bears none, without a word: that is the ERP's trap, and a
/// connector has to look for it.
pub(crate) fn compute(
    ids: &[VatId],
    zone: Option<&str>,
    date: NaiveDate,
    decimals: u32,
    parts: &[Part<'_>],
) -> Vec<TaxRow> {
    let Some(zone) = zone else { return Vec::new() };
    let mut rows = Vec::new();
    for vat in ids
        .iter()
        .filter(|vat| vat.zones.iter().any(|known| known == zone))
    {
        let Some(rate) = vat.rate_on(date) else {
            continue;
        };
        let amounts: Vec<Decimal> = parts
            .iter()
            .filter(|part| {
                part.category
                    .is_some_and(|category| vat.categories.iter().any(|known| known == category))
            })
            .map(|part| part.amount)
            .collect();
        if amounts.is_empty() {
            continue;
        }
        let gross: Decimal = amounts.iter().sum();
        let tax_of = |amount: Decimal| round(amount * rate / Decimal::ONE_HUNDRED, decimals);
        let tax = match vat.calculate_on {
            CalculateOn::ItemAmount => amounts.iter().map(|&amount| tax_of(amount)).sum(),
            CalculateOn::DocumentAmount => tax_of(gross),
            CalculateOn::ExtractFromItemAmount => amounts
                .iter()
                .map(|&amount| round(amount * rate / (Decimal::ONE_HUNDRED + rate), decimals))
                .sum(),
        };
        let included = vat.calculate_on == CalculateOn::ExtractFromItemAmount;
        let taxable = if included { gross - tax } else { gross };
        rows.push(TaxRow {
            vat_id: vat.id.clone(),
            rate,
            taxable,
            tax,
            included,
            reverse: vat.reverse,
            exempt: vat.level == "VatTypeExempt",
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vat(
        id: &str,
        calculate_on: CalculateOn,
        zone: &str,
        category: &str,
        schedule: &[(i32, i64)],
    ) -> VatId {
        VatId {
            id: id.to_owned(),
            description: String::new(),
            calculate_on,
            reverse: false,
            level: "VatTypeHigh",
            zones: vec![zone.to_owned()],
            categories: vec![category.to_owned()],
            schedule: schedule
                .iter()
                .map(|&(year, tenths)| {
                    (
                        NaiveDate::from_ymd_opt(year, 1, 1).expect("a day"),
                        Decimal::new(tenths, 1),
                    )
                })
                .collect(),
        }
    }

    fn day(year: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, 6, 1).expect("a day")
    }

    #[test]
    fn rounding_per_line_and_per_document_differ() {
        // Three lines of 0.10 at 25 %: 0.025 each is 0.03 per line, 0.08 for the sum.
        let parts = [Part {
            category: Some("H"),
            amount: Decimal::new(10, 2),
        }; 3];
        let tax = |calculate_on| {
            compute(
                &[vat("A", calculate_on, "Z", "H", &[(2000, 250)])],
                Some("Z"),
                day(2026),
                2,
                &parts,
            )[0]
            .tax
        };
        assert_eq!(tax(CalculateOn::ItemAmount), Decimal::new(9, 2));
        assert_eq!(tax(CalculateOn::DocumentAmount), Decimal::new(8, 2));
    }

    #[test]
    fn the_date_chooses_the_rate_and_a_pair_that_does_not_meet_bears_no_vat() {
        let ids = [vat(
            "FI",
            CalculateOn::ItemAmount,
            "FI",
            "M",
            &[(2013, 140), (2026, 135)],
        )];
        let parts = [Part {
            category: Some("M"),
            amount: Decimal::from(100),
        }];
        let rate = |year| compute(&ids, Some("FI"), day(year), 2, &parts)[0].rate;
        assert_eq!(
            (rate(2025), rate(2026)),
            (Decimal::new(140, 1), Decimal::new(135, 1))
        );
        assert_eq!(compute(&ids, Some("SE"), day(2026), 2, &parts), []);
        assert_eq!(
            compute(
                &ids,
                Some("FI"),
                day(2026),
                2,
                &[Part {
                    category: Some("H"),
                    amount: Decimal::ONE
                }]
            ),
            []
        );
        assert_eq!(compute(&ids, None, day(2026), 2, &parts), []);
    }

    #[test]
    fn vat_inside_the_price_is_taken_out_of_it() {
        let ids = [vat(
            "A",
            CalculateOn::ExtractFromItemAmount,
            "Z",
            "H",
            &[(2000, 250)],
        )];
        let rows = compute(
            &ids,
            Some("Z"),
            day(2026),
            2,
            &[Part {
                category: Some("H"),
                amount: Decimal::from(125),
            }],
        );
        assert_eq!(
            (rows[0].taxable, rows[0].tax, rows[0].included),
            (Decimal::from(100), Decimal::from(25), true)
        );
    }
}
