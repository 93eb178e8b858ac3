//! The orders that every month of some size has.

use super::kinds::{Basket, Buyer, Story};

/// A shop of some size has each of these, whatever the decks deal: buyer, basket, story. The first is the oldest order.
pub(super) const MUST: &[(Buyer, Basket, Story)] = &[
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundOld),
    (Buyer::NorwayPrivate, Basket::GiftCardSold, Story::Shipped),
    (Buyer::NorwayPrivate, Basket::GiftCardSold, Story::Shipped),
    (
        Buyer::SwedenPrivate,
        Basket::MixedRates,
        Story::CapturedTwice,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::Plain,
        Story::AuthorizationExpired,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::Plain,
        Story::AuthorizationVoided,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::Plain,
        Story::PendingThenFailed,
    ),
    (Buyer::DenmarkPrivate, Basket::Plain, Story::FailedThenPaid),
    (
        Buyer::NorwayPrivate,
        Basket::MixedRates,
        Story::StoreCreditPart,
    ),
    (Buyer::NorwayPrivate, Basket::Plain, Story::SplitTender),
    (
        Buyer::NorwayPrivate,
        Basket::OrderDiscount,
        Story::GiftCardPart,
    ),
    (Buyer::NorwayPrivate, Basket::Plain, Story::GiftCardWhole),
    (Buyer::PointOfSale, Basket::Plain, Story::CashRounded),
    (Buyer::PointOfSale, Basket::Plain, Story::CashRounded),
    (Buyer::PointOfSale, Basket::Plain, Story::ReturnedPart),
    (Buyer::NorwayCompany, Basket::Plain, Story::PendingThenPaid),
    (Buyer::NorwayCompany, Basket::Plain, Story::PendingForever),
    (
        Buyer::FinlandPrivate,
        Basket::ManyUnits,
        Story::ShippedThrice,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::ManyUnits,
        Story::ShippedThrice,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::MixedRates,
        Story::ShippedTwoPlaces,
    ),
    (Buyer::SwedenPrivate, Basket::Plain, Story::ParcelCancelled),
    (Buyer::NorwayPrivate, Basket::GiftCardSold, Story::Archived),
    (Buyer::NorwayPrivate, Basket::Plain, Story::EditAfterShipped),
    (
        Buyer::NorwayPrivate,
        Basket::MixedRates,
        Story::EditRestUnsent,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::Plain,
        Story::CancelledAfterDelivery,
    ),
    (Buyer::NorwayPrivate, Basket::Plain, Story::CancelledUnpaid),
    (
        Buyer::FinlandPrivate,
        Basket::Plain,
        Story::ReturnedNextMonth,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::OrderDiscount,
        Story::ReturnedNextMonth,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::MixedRates,
        Story::ReturnedThrice,
    ),
    (
        Buyer::SwedenPrivate,
        Basket::MixedRates,
        Story::ReturnedThrice,
    ),
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundFailed),
    (Buyer::FinlandPrivate, Basket::Plain, Story::RefundPending),
    (Buyer::SwedenPrivate, Basket::Plain, Story::RefundAmountPair),
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundZero),
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundLess),
    (
        Buyer::NorwayPrivate,
        Basket::MixedRates,
        Story::RefundRestUnsent,
    ),
    (
        Buyer::NorwayPrivate,
        Basket::SeveralShipping,
        Story::RefundShipping,
    ),
    (
        Buyer::JapanExport,
        Basket::SeveralShipping,
        Story::RefundShipping,
    ),
    (Buyer::UsaExport, Basket::Duties, Story::RefundDuties),
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundToGiftCard),
    (
        Buyer::NorwayPrivate,
        Basket::Plain,
        Story::RefundToStoreCredit,
    ),
    (Buyer::NorwayPrivate, Basket::Plain, Story::RefundTest),
    (Buyer::NorwayPrivate, Basket::Plain, Story::ExchangeCheaper),
    (Buyer::NorwayPrivate, Basket::Plain, Story::ExchangeDearer),
    (Buyer::NorwayPrivate, Basket::Plain, Story::ExchangeEqual),
    (Buyer::DenmarkPrivate, Basket::Plain, Story::ExchangeDearer),
];

/// From so many orders on, all of [`MUST`] are among them.
pub(super) const ENOUGH: usize = 250;
