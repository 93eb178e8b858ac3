//! Random baskets: what real shops sell, and what only a test would think of.

use brygga_core::Currency;
use proptest::prelude::*;

use crate::build::RATES;
use crate::shopify::{Basket, Kind, Leaves, LineSpec, Off, Removal, ShippingSpec, places};

/// Prices as people set them, and any other; in minor units, up to eight digits.
fn price() -> impl Strategy<Value = i128> {
    prop_oneof![
        4 => (1_i128..2000).prop_map(|whole| whole * 100),
        3 => (1_i128..5000).prop_map(|whole| whole * 100 - 10),
        3 => (1_i128..5000).prop_map(|whole| whole * 100 - 1),
        3 => 1_i128..1_000_000,
        1 => 1_i128..100,
        1 => 1_i128..100_000_000,
    ]
}

fn quantity() -> impl Strategy<Value = i128> {
    prop_oneof![12 => 1_i128..5, 3 => 5_i128..40, 1 => 1_i128..1000]
}

fn off() -> impl Strategy<Value = Off> {
    prop_oneof![
        6 => Just(Off::Nothing),
        2 => prop::sample::select(vec![100_i128, 150, 200, 250, 300, 333, 500, 1000])
            .prop_map(Off::Percent),
        1 => (1_i128..1000).prop_map(Off::Percent),
        1 => (1_i128..20_000).prop_map(Off::Fixed),
        1 => (1_i128..2000).prop_map(Off::PerUnit),
    ]
}

fn rate() -> impl Strategy<Value = i128> {
    prop_oneof![4 => Just(250_i128), 6 => prop::sample::select(RATES.to_vec())]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        40 => Just(Kind::Product),
        3 => Just(Kind::Custom),
        1 => Just(Kind::Tip),
        1 => Just(Kind::GiftCard),
    ]
}

fn line() -> impl Strategy<Value = LineSpec> {
    let duty = prop_oneof![30 => Just(None), 1 => (1_i128..5000).prop_map(Some)];
    (kind(), price(), quantity(), rate(), off(), duty).prop_map(
        |(kind, price, quantity, rate, off, duty)| match kind {
            Kind::Product | Kind::Custom => LineSpec {
                kind,
                price,
                quantity,
                rate,
                off,
                duty,
            },
            // No VAT on what is only a liability, or thanks (facts/shopify 7.7 and 7.9).
            Kind::Tip | Kind::GiftCard => LineSpec {
                kind,
                price,
                quantity: 1,
                rate: 0,
                off: Off::Nothing,
                duty: None,
            },
        },
    )
}

fn shipping() -> impl Strategy<Value = ShippingSpec> {
    (price(), rate(), off()).prop_map(|(price, rate, off)| ShippingSpec {
        price: price % 100_000,
        rate,
        off,
    })
}

fn removal() -> impl Strategy<Value = Removal> {
    let leaves = prop_oneof![
        3 => Just(Leaves::CancelShare),
        3 => Just(Leaves::CancelAnew),
        1 => Just(Leaves::Silent),
        1 => Just(Leaves::Returned),
    ];
    let share = prop_oneof![Just(1000_i128), 1_i128..1000];
    let back = prop_oneof![6 => Just(0_i128), 1 => Just(1000_i128), 1 => 1_i128..1000];
    (0_usize..40, share, leaves, back).prop_map(|(line, share, leaves, shipping)| Removal {
        line,
        share,
        leaves,
        shipping,
    })
}

fn course(currency: Currency) -> i128 {
    match currency {
        Currency::SEK => 10_243,
        Currency::DKK => 15_731,
        Currency::EUR => 117_325,
        Currency::JPY => 697,
        _ => 10_000,
    }
}

/// Any basket of 1 to 40 lines, mostly short ones.
pub(crate) fn basket() -> impl Strategy<Value = Basket> {
    let currency = prop::sample::select(vec![
        Currency::NOK,
        Currency::NOK,
        Currency::SEK,
        Currency::DKK,
        Currency::EUR,
        Currency::JPY,
    ]);
    let lines = prop_oneof![
        16 => prop::collection::vec(line(), 1..6),
        3 => prop::collection::vec(line(), 6..16),
        1 => prop::collection::vec(line(), 16..41),
    ];
    let removals = prop_oneof![
        7 => Just(vec![]),
        3 => prop::collection::vec(removal(), 1..4),
    ];
    let fee = prop_oneof![20 => Just(None), 1 => (1_i128..10_000, rate()).prop_map(Some)];
    (
        currency,
        prop::bool::weighted(0.7),
        lines,
        off(),
        prop::collection::vec(shipping(), 0..4),
        fee,
        removals,
    )
        .prop_map(
            |(currency, included, lines, off, shipping, fee, removals)| {
                // A currency without decimals has prices in whole units.
                let scale = if places(currency) == 0 { 100 } else { 1 };
                let lines = lines
                    .into_iter()
                    .map(|line| LineSpec {
                        price: (line.price / scale).max(1),
                        ..line
                    })
                    .collect();
                Basket {
                    currency,
                    included,
                    lines,
                    off,
                    shipping,
                    fee,
                    removals,
                    course: course(currency),
                }
            },
        )
}

/// Whole kroner at 25 %, tax included, and discounts of whole kroner or of round per cents on each line.
pub(crate) fn plain_basket() -> impl Strategy<Value = Basket> {
    let off = prop_oneof![
        3 => Just(Off::Nothing),
        1 => (1_i128..10).prop_map(|tens| Off::Percent(tens * 100)),
        1 => (1_i128..100).prop_map(|whole| Off::Fixed(whole * 100)),
    ];
    let line =
        ((1_i128..1_000_000), (1_i128..1000), off).prop_map(|(whole, quantity, off)| LineSpec {
            kind: Kind::Product,
            price: whole * 100,
            quantity,
            rate: 250,
            off,
            duty: None,
        });
    let shipping = (0_i128..500).prop_map(|whole| ShippingSpec {
        price: whole * 100,
        rate: 250,
        off: Off::Nothing,
    });
    (
        prop::collection::vec(line, 1..41),
        prop::collection::vec(shipping, 0..3),
    )
        .prop_map(|(lines, shipping)| Basket {
            currency: Currency::NOK,
            included: true,
            lines,
            off: Off::Nothing,
            shipping,
            fee: None,
            removals: vec![],
            course: 10_000,
        })
}
