//! Shopify's arithmetic in whole minor units. Nothing here is shared with the product.

use serde_json::{Value, json};

/// The currency of the shop itself.
pub(super) const SHOP_CURRENCY: &str = "NOK";
const SHOP_DECIMALS: u32 = 2;

/// One amount in minor units of the shop's currency and of the customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bag {
    pub(super) shop: i64,
    pub(super) pres: i64,
}

impl std::ops::Add for Bag {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            shop: self.shop + other.shop,
            pres: self.pres + other.pres,
        }
    }
}

impl std::ops::Sub for Bag {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            shop: self.shop - other.shop,
            pres: self.pres - other.pres,
        }
    }
}

impl std::ops::AddAssign for Bag {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::Neg for Bag {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            shop: -self.shop,
            pres: -self.pres,
        }
    }
}

impl std::iter::Sum for Bag {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |a, b| a + b)
    }
}

impl Bag {
    /// The part of this amount that belongs to `units` of `of`, when `before` units have had theirs already: all parts add up to the whole.
    pub(super) fn share(self, before: i64, units: i64, of: i64) -> Self {
        let part = |whole: i64| rounded(whole * (before + units), of) - rounded(whole * before, of);
        Self {
            shop: part(self.shop),
            pres: part(self.pres),
        }
    }
}

/// `n / d`, rounded half away from zero.
pub(super) fn rounded(n: i64, d: i64) -> i64 {
    let (n, d) = (i128::from(n), i128::from(d.max(1)));
    let half = if n < 0 { -d } else { d };
    i64::try_from((2 * n + half) / (2 * d)).unwrap_or(i64::MAX)
}

/// The customer's currency and what it is worth on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) currency: &'static str,
    pub(super) decimals: u32,
    /// Millionths of an øre for one minor unit of the currency.
    micro: i64,
}

/// The currencies of the shop: code, decimals, and millionths of an øre for one minor unit at the start of the month.
const BASE: [(&str, u32, i64); 5] = [
    ("NOK", 2, 1_000_000),
    ("SEK", 2, 1_031_200),
    ("DKK", 2, 1_576_400),
    ("EUR", 2, 11_764_300),
    ("JPY", 0, 7_118_000),
];

/// The currencies other than the shop's own.
pub(super) fn foreign() -> impl Iterator<Item = &'static str> {
    BASE.iter()
        .map(|(code, ..)| *code)
        .filter(|code| *code != SHOP_CURRENCY)
}

impl Exchange {
    /// The exchange of `currency` on the `day`-th day of the month. Rates wander by up to half a per cent.
    pub(super) fn on(currency: &str, day: i64) -> Self {
        let (code, decimals, base) = BASE
            .iter()
            .copied()
            .find(|(code, ..)| *code == currency)
            .unwrap_or(BASE[0]);
        let wander = if code == SHOP_CURRENCY {
            0
        } else {
            (day * 37 + i64::from(code.as_bytes()[0])) % 21 - 10
        };
        Self {
            currency: code,
            decimals,
            micro: base + base * wander / 2000,
        }
    }

    /// `pres` minor units of the customer's currency, with what they are worth to the shop.
    pub(super) fn bag(&self, pres: i64) -> Bag {
        Bag {
            shop: rounded(pres * self.micro, 1_000_000),
            pres,
        }
    }

    /// `shop` øre, with what they are shown as to the customer.
    pub(super) fn shown(&self, shop: i64) -> Bag {
        Bag {
            shop,
            pres: rounded(shop * 1_000_000, self.micro),
        }
    }

    /// Whole units of the customer's currency, in minor units.
    pub(super) fn whole(&self, units: i64) -> i64 {
        units * 10_i64.pow(self.decimals)
    }

    /// Units of the shop's currency for one unit of this one.
    pub(super) fn to_shop(self) -> rust_decimal::Decimal {
        // micro-øre per minor unit -> kroner per unit: the two scales differ by the decimals of the currencies.
        rust_decimal::Decimal::new(self.micro, 6 + SHOP_DECIMALS - self.decimals)
    }

    /// A `MoneyBag`.
    pub(super) fn json(&self, bag: Bag) -> Value {
        json!({ "shopMoney": money(bag.shop, SHOP_DECIMALS, SHOP_CURRENCY), "presentmentMoney": money(bag.pres, self.decimals, self.currency) })
    }

    /// A `MoneyV2` in the customer's currency.
    pub(super) fn presentment(&self, bag: Bag) -> Value {
        money(bag.pres, self.decimals, self.currency)
    }
}

/// A `MoneyV2` in the shop's currency.
pub(super) fn shop_money(minor: i64) -> Value {
    money(minor, SHOP_DECIMALS, SHOP_CURRENCY)
}

fn money(minor: i64, decimals: u32, currency: &str) -> Value {
    json!({ "amount": plain(minor, decimals), "currencyCode": currency })
}

/// As Shopify writes amounts: at least one decimal, no zeros behind it (`facts/shopify` 7.2).
pub(super) fn plain(minor: i64, decimals: u32) -> String {
    let scale = 10_i64.pow(decimals);
    let (whole, rest) = ((minor / scale).abs(), (minor % scale).abs());
    let sign = if minor < 0 { "-" } else { "" };
    let digits = if decimals == 0 {
        String::new()
    } else {
        format!("{rest:0places$}", places = decimals as usize)
    };
    let digits = digits.trim_end_matches('0');
    format!(
        "{sign}{whole}.{}",
        if digits.is_empty() { "0" } else { digits }
    )
}

/// The tax in (or on) `amount` at `rate` hundredths of a per cent, rounded to the minor unit per line (`facts/shopify` 7.5).
pub(super) fn tax(amount: i64, rate: i64, included: bool) -> i64 {
    rounded(amount * rate, if included { 10_000 + rate } else { 10_000 })
}

/// Spreads `amount` over `weights` in proportion; the minor units left over go to the largest remainders, first come first.
pub(super) fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i64 = weights.iter().sum();
    if whole <= 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i64> = weights
        .iter()
        .map(|weight| amount * weight / whole)
        .collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(amount * weights[i] % whole));
    let left = amount - parts.iter().sum::<i64>();
    for &i in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[i] += 1;
    }
    parts
}
