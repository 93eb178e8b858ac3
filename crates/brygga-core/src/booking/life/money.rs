//! Money cut into parts that add up (`booking-rules` 1).

use rust_decimal::Decimal;

use crate::money::{minor_unit, round};

/// The share of so many units of all, rounded.
pub(super) fn part_of(amount: Decimal, units: u32, of: u32, decimals: u32) -> Decimal {
    if units == of {
        return amount;
    }
    scale(amount, Decimal::from(units), Decimal::from(of), decimals)
}

/// `amount * share / whole`, rounded; nothing where there is no whole.
pub(super) fn scale(amount: Decimal, share: Decimal, whole: Decimal, decimals: u32) -> Decimal {
    if share == whole {
        return amount;
    }
    amount
        .checked_mul(share)
        .and_then(|product| product.checked_div(whole))
        .map_or(Decimal::ZERO, |part| round(part, decimals))
}

/// Spreads an amount over weights: each gets its share, and the cents that are left go to the largest remainders.
pub(super) fn spread(amount: Decimal, weights: &[Decimal], decimals: u32) -> Vec<Decimal> {
    let whole: Decimal = weights.iter().sum();
    if whole.is_zero() {
        return weights.iter().map(|_| Decimal::ZERO).collect();
    }
    let (sign, amount) = (
        if amount.is_sign_negative() {
            -Decimal::ONE
        } else {
            Decimal::ONE
        },
        amount.abs(),
    );
    let exact: Vec<Decimal> = weights
        .iter()
        .map(|weight| amount * *weight / whole)
        .collect();
    let mut shares: Vec<Decimal> = exact
        .iter()
        .map(|share| share.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::ToZero))
        .collect();
    let unit = minor_unit(decimals);
    let mut left = amount - shares.iter().sum::<Decimal>();
    let mut places: Vec<usize> = (0..weights.len()).collect();
    places.sort_by(|one, other| {
        let rest = |place: &usize| match (exact.get(*place), shares.get(*place)) {
            (Some(exact), Some(share)) => exact - share,
            _ => Decimal::ZERO,
        };
        rest(other).cmp(&rest(one)).then(one.cmp(other))
    });
    for place in places {
        if left < unit {
            break;
        }
        if let Some(share) = shares.get_mut(place) {
            *share += unit;
            left -= unit;
        }
    }
    shares.into_iter().map(|share| share * sign).collect()
}

/// The VAT that is in an amount with VAT.
pub(super) fn vat_in(amount: Decimal, rate: Decimal, decimals: u32) -> Decimal {
    scale(amount, rate, Decimal::ONE_HUNDRED + rate, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_spread_adds_up() {
        for (amount, weights) in [
            ("100.00", vec!["1", "1", "1"]),
            ("0.01", vec!["1", "2"]),
            ("-67.56", vec!["80", "15", "5"]),
            ("290.40", vec!["968"]),
        ] {
            let weights: Vec<_> = weights.into_iter().map(d).collect();
            let shares = spread(d(amount), &weights, 2);
            assert_eq!(shares.iter().sum::<Decimal>(), d(amount));
        }
        assert_eq!(
            spread(d("100"), &[d("1"), d("1"), d("1")], 2),
            [d("33.34"), d("33.33"), d("33.33")]
        );
        assert_eq!(
            spread(d("-0.05"), &[d("3"), d("1")], 2),
            [d("-0.04"), d("-0.01")]
        );
    }

    #[test]
    fn vat_is_taken_out() {
        assert_eq!(vat_in(d("3736.00"), d("25"), 2), d("747.20"));
        assert_eq!(vat_in(d("290.40"), d("23"), 2), d("54.30"));
    }
}
