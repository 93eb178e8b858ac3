//! Price lists of the practice company.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Item, SalesPrice};
use crate::visma::amounts::round;

/// A base price for every item that is sold, and a few of the kinds that a connector has to tell from them: a price from ten units on,
/// one in another currency, a promotion, and one that has expired.
pub(super) fn all<'a>(
    items: impl Iterator<Item = &'a Item>,
    years: Option<(i32, i32)>,
) -> Vec<SalesPrice> {
    let year = years.map_or(2026, |(_, last)| last);
    let mut prices = Vec::new();
    let mut add = |item: &Item, price: Decimal| -> usize {
        prices.push(SalesPrice {
            record: i32::try_from(prices.len()).unwrap_or(i32::MAX) + 1,
            kind: "Base",
            code: None,
            item: item.number.clone(),
            price,
            currency: "NOK".to_owned(),
            break_quantity: Decimal::ZERO,
            promotion: false,
            from: None,
            to: None,
        });
        prices.len() - 1
    };
    let mut special = Vec::new();
    for (index, item) in items
        .filter(|item| !item.default_price.is_zero())
        .enumerate()
    {
        add(item, item.default_price);
        let share = |per_cent: i64| round(item.default_price * Decimal::new(per_cent, 2), 2);
        match index {
            0 => special.push((add(item, share(90)), 0)),
            1 => special.push((add(item, share(95)), 1)),
            2 => special.push((add(item, share(80)), 2)),
            3 => special.push((add(item, share(85)), 3)),
            _ => {}
        }
    }
    for (at, kind) in special {
        let price = &mut prices[at];
        match kind {
            0 => price.break_quantity = Decimal::TEN,
            1 => "SEK".clone_into(&mut price.currency),
            2 => {
                price.promotion = true;
                price.from = NaiveDate::from_ymd_opt(year, 11, 20);
                price.to = NaiveDate::from_ymd_opt(year, 11, 30);
            }
            _ => price.to = NaiveDate::from_ymd_opt(year - 1, 12, 31),
        }
    }
    prices
}
