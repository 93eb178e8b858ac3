//! The ways in which the shop's customers pay.
//!
//! The names of gateways of other companies are chosen here: no recording shows the real ones (`facts/shopify` 13.5), and the product maps
//! them by the merchant's own table.

use super::dice::Dice;
use super::places::Place;

/// What Shopify tells of the means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    Nothing,
    /// Brand, first digits, and the wallet that held it.
    Card(&'static str, &'static str, Option<&'static str>),
    PayPal,
    /// A payment method of one country, inside Shopify Payments.
    Local,
}

/// One way to pay.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) gateway: &'static str,
    /// `formattedGateway`.
    pub(super) formatted: &'static str,
    /// `paymentDetails.paymentMethodName`.
    pub(super) method: Option<&'static str>,
    pub(super) details: Details,
}

impl Way {
    /// Does the money come with Shopify's payouts (`facts/shopify` 11.7).
    pub(super) fn pays_out(&self) -> bool {
        self.gateway == "shopify_payments"
    }

    /// What Shopify keeps: hundredths of a per cent, and an amount in øre for each payment.
    pub(super) fn fee(&self) -> (i64, i64) {
        match self.details {
            Details::Local => (299, 350),
            _ => (190, 200),
        }
    }
}

const fn card(brand: &'static str, bin: &'static str, wallet: Option<&'static str>) -> Way {
    Way {
        gateway: "shopify_payments",
        formatted: "Shopify Payments",
        method: Some("card"),
        details: Details::Card(brand, bin, wallet),
    }
}

const fn outside(gateway: &'static str, formatted: &'static str) -> Way {
    Way {
        gateway,
        formatted,
        method: None,
        details: Details::Nothing,
    }
}

pub(super) static VISA: Way = card("Visa", "424242", None);
pub(super) static MASTERCARD: Way = card("Mastercard", "555555", None);
pub(super) static APPLE_PAY: Way = card("Visa", "424242", Some("APPLE_PAY"));
/// Offered inside Shopify Payments in Sweden and Germany (`facts/shopify` 11.7).
pub(super) static KLARNA: Way = Way {
    gateway: "shopify_payments",
    formatted: "Shopify Payments",
    method: Some("klarna"),
    details: Details::Local,
};
pub(super) static PAYPAL: Way = Way {
    gateway: "paypal",
    formatted: "PayPal",
    method: Some("paypal"),
    details: Details::PayPal,
};
pub(super) static VIPPS: Way = outside("vipps", "Vipps");
pub(super) static SWISH: Way = outside("swish", "Swish");
pub(super) static MOBILEPAY: Way = outside("mobilepay", "MobilePay");
pub(super) static GIFT_CARD: Way = outside("gift_card", "Gift Card");
pub(super) static STORE_CREDIT: Way = outside("shopify_store_credit", "Store Credit");
pub(super) static MANUAL: Way = outside("manual", "Manual");
pub(super) static CASH: Way = outside("cash", "Cash");

/// How somebody of that country pays.
pub(super) fn usual(place: &Place, pos: bool, dice: &mut Dice) -> &'static Way {
    if pos {
        return if dice.permille(350) {
            &CASH
        } else {
            plastic(dice)
        };
    }
    let ways: &[(&'static Way, i64)] = match place.code {
        "NO" => &[(&VIPPS, 300), (&PAYPAL, 60)],
        "SE" => &[(&SWISH, 250), (&KLARNA, 250), (&PAYPAL, 50)],
        "DK" => &[(&MOBILEPAY, 350), (&PAYPAL, 60)],
        "FI" => &[(&MOBILEPAY, 150), (&PAYPAL, 120)],
        "DE" => &[(&PAYPAL, 300), (&KLARNA, 250)],
        _ => &[(&PAYPAL, 200)],
    };
    let mut point = dice.between(0, 999);
    for (way, share) in ways {
        if point < *share {
            return way;
        }
        point -= share;
    }
    plastic(dice)
}

/// A card.
pub(super) fn plastic(dice: &mut Dice) -> &'static Way {
    match dice.between(0, 9) {
        0..=5 => &VISA,
        6 | 7 => &MASTERCARD,
        _ => &APPLE_PAY,
    }
}
