//! The kinds of orders, and how often each happens. All three decks are dealt by share, so that every month holds all of them.

/// Who buys, and where the goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Buyer {
    NorwayPrivate,
    SwedenPrivate,
    DenmarkPrivate,
    FinlandPrivate,
    GermanyPrivate,
    NorwayCompany,
    /// With a VAT number: no tax is charged.
    EuCompany,
    UsaExport,
    JapanExport,
    /// At the counter.
    PointOfSale,
    /// Two taxes on one line: held.
    UsaSalesTax,
    /// Norwegian post, but no VAT: a territory of its own.
    Svalbard,
}

/// Out of a thousand.
pub(super) const BUYERS: &[(Buyer, usize)] = &[
    (Buyer::NorwayPrivate, 430),
    (Buyer::SwedenPrivate, 140),
    (Buyer::DenmarkPrivate, 80),
    (Buyer::FinlandPrivate, 80),
    (Buyer::GermanyPrivate, 60),
    (Buyer::NorwayCompany, 40),
    (Buyer::EuCompany, 45),
    (Buyer::UsaExport, 26),
    (Buyer::JapanExport, 25),
    (Buyer::PointOfSale, 60),
    (Buyer::UsaSalesTax, 8),
    (Buyer::Svalbard, 6),
];

/// What lies in the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Basket {
    Plain,
    OrderDiscount,
    LineDiscount,
    StackedDiscounts,
    ShippingDiscount,
    BuyXGetY,
    MixedRates,
    SeveralShipping,
    Tip,
    GiftCardSold,
    Duties,
    Fee,
    TaxExempt,
    ChannelLiable,
    LongTexts,
    ZeroTotal,
    ManyUnits,
    ManyLines,
    /// 260 lines: more than any page holds.
    Endless,
    /// A draft order: prices without tax, tax on top.
    Draft,
    SkuWithBlanks,
    SkuMissing,
    CustomLine,
    /// The variant was deleted after the sale.
    VariantGone,
    /// Billed at home, sent to another country.
    SentAbroad,
}

pub(super) const BASKETS: &[(Basket, usize)] = &[
    (Basket::Plain, 380),
    (Basket::OrderDiscount, 110),
    (Basket::LineDiscount, 55),
    (Basket::StackedDiscounts, 20),
    (Basket::ShippingDiscount, 35),
    (Basket::BuyXGetY, 30),
    (Basket::MixedRates, 110),
    (Basket::SeveralShipping, 25),
    (Basket::Tip, 25),
    (Basket::GiftCardSold, 25),
    (Basket::Duties, 16),
    (Basket::Fee, 20),
    (Basket::TaxExempt, 8),
    (Basket::ChannelLiable, 6),
    (Basket::LongTexts, 30),
    (Basket::ZeroTotal, 10),
    (Basket::ManyUnits, 8),
    (Basket::ManyLines, 10),
    (Basket::Draft, 25),
    (Basket::SkuWithBlanks, 12),
    (Basket::SkuMissing, 6),
    (Basket::CustomLine, 20),
    (Basket::VariantGone, 6),
    (Basket::SentAbroad, 8),
];

/// What becomes of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Story {
    Paid,
    Captured,
    /// Two parcels, each with its own capture.
    CapturedTwice,
    /// The reservation runs out before anybody takes it.
    AuthorizationExpired,
    /// The reservation is let go; the order stays.
    AuthorizationVoided,
    PendingThenPaid,
    PendingForever,
    /// A payment that hangs, and fails in the end.
    PendingThenFailed,
    /// Declined once, then paid by another way.
    FailedThenPaid,
    PartlyPaid,
    GiftCardPart,
    GiftCardWhole,
    StoreCreditPart,
    /// A card, a gift card, and the rest by bank transfer.
    SplitTender,
    /// Cash over the counter: the amount that changes hands is whole kroner.
    CashRounded,
    Shipped,
    Archived,
    ShippedTwice,
    ShippedThrice,
    /// One order, two parcels from two places.
    ShippedTwoPlaces,
    /// A parcel that never left, and the one that did.
    ParcelCancelled,
    PartlyShipped,
    EditAddsLine,
    EditRemovesLine,
    EditMoreUnits,
    EditFewerUnits,
    EditDiscount,
    /// Edited minutes after it was placed, before anybody can have booked it.
    EditAtOnce,
    /// A line added after everything has left.
    EditAfterShipped,
    /// A line taken out of what waits, after a first parcel.
    EditRestUnsent,
    NewAddress,
    NewTag,
    CancelledAtOnce,
    CancelledLater,
    CancelledUnpaid,
    CancelledAfterDelivery,
    ReturnedWhole,
    ReturnedPart,
    /// The same, at the beginning of the next month.
    ReturnedNextMonth,
    /// Units of one order come back on three days.
    ReturnedThrice,
    RefundKept,
    RefundAmount,
    RefundPending,
    RefundFailed,
    /// Money alone, told by two adjustments that cancel out (`eu_amounts`: -67.56/+67.56).
    RefundAmountPair,
    /// Goods come back, and nothing is paid for them.
    RefundZero,
    /// Goods come back, and a part of their price is kept.
    RefundLess,
    /// Units refunded minutes after the order, before they are sent.
    RefundUnsent,
    /// One parcel left; the rest is refunded.
    RefundRestUnsent,
    RefundShipping,
    RefundDuties,
    RefundToGiftCard,
    RefundToStoreCredit,
    /// Of an order from before the month.
    RefundOld,
    RefundTest,
    ExchangeCheaper,
    ExchangeDearer,
    ExchangeEqual,
    Test,
}

/// Most orders leave within three days; the first story is the one that never does.
pub(super) const STORIES: &[(Story, usize)] = &[
    (Story::Paid, 60),
    (Story::Captured, 75),
    (Story::CapturedTwice, 6),
    (Story::AuthorizationExpired, 2),
    (Story::AuthorizationVoided, 2),
    (Story::PendingThenPaid, 40),
    (Story::PendingForever, 15),
    (Story::PendingThenFailed, 3),
    (Story::FailedThenPaid, 12),
    (Story::PartlyPaid, 6),
    (Story::GiftCardPart, 16),
    (Story::GiftCardWhole, 8),
    (Story::StoreCreditPart, 4),
    (Story::SplitTender, 4),
    (Story::Shipped, 250),
    (Story::Archived, 75),
    (Story::ShippedTwice, 25),
    (Story::ShippedThrice, 8),
    (Story::ShippedTwoPlaces, 12),
    (Story::ParcelCancelled, 5),
    (Story::PartlyShipped, 20),
    (Story::EditAddsLine, 20),
    (Story::EditRemovesLine, 25),
    (Story::EditMoreUnits, 12),
    (Story::EditFewerUnits, 15),
    (Story::EditDiscount, 8),
    (Story::EditAtOnce, 15),
    (Story::EditAfterShipped, 2),
    (Story::EditRestUnsent, 3),
    (Story::NewAddress, 16),
    (Story::NewTag, 20),
    (Story::CancelledAtOnce, 18),
    (Story::CancelledLater, 20),
    (Story::CancelledUnpaid, 10),
    (Story::CancelledAfterDelivery, 3),
    (Story::ReturnedWhole, 25),
    (Story::ReturnedPart, 25),
    (Story::ReturnedNextMonth, 4),
    (Story::ReturnedThrice, 4),
    (Story::RefundKept, 12),
    (Story::RefundAmount, 12),
    (Story::RefundPending, 5),
    (Story::RefundFailed, 2),
    (Story::RefundAmountPair, 2),
    (Story::RefundZero, 2),
    (Story::RefundLess, 3),
    (Story::RefundUnsent, 18),
    (Story::RefundRestUnsent, 4),
    (Story::RefundShipping, 10),
    (Story::RefundToGiftCard, 4),
    (Story::RefundToStoreCredit, 4),
    (Story::ExchangeCheaper, 4),
    (Story::ExchangeDearer, 4),
    (Story::ExchangeEqual, 3),
    (Story::Test, 8),
];

impl Story {
    /// Gift cards and store credit are money of the shop's own: sold and used in kroner only, so that what is owed adds up in one currency.
    fn needs_kroner(self) -> bool {
        matches!(
            self,
            Self::GiftCardPart
                | Self::GiftCardWhole
                | Self::StoreCreditPart
                | Self::SplitTender
                | Self::RefundToGiftCard
                | Self::RefundToStoreCredit
        )
    }

    /// Tells of a customer who has an account.
    fn needs_profile(self) -> bool {
        matches!(self, Self::StoreCreditPart | Self::RefundToStoreCredit)
    }

    /// What costs duties or a fee has a quiet life, but for these.
    fn goes_with_duties(self) -> bool {
        self <= Self::PartlyShipped || matches!(self, Self::RefundDuties | Self::Test)
    }
}

/// How the customer is known to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// A profile that has bought before, where there is one.
    Again,
    /// A new profile.
    New,
    /// No profile, but an e-mail.
    Guest,
    /// Neither.
    Nameless,
}

pub(super) const KNOWN: &[(Known, usize)] = &[
    (Known::Again, 380),
    (Known::New, 480),
    (Known::Guest, 110),
    (Known::Nameless, 30),
];

/// The three cards of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cards {
    pub(super) buyer: Buyer,
    pub(super) basket: Basket,
    pub(super) story: Story,
    pub(super) known: Known,
}

impl Cards {
    /// Changes the cards that do not go together.
    pub(super) fn agreed(mut self) -> Self {
        use Buyer::{
            EuCompany, GermanyPrivate, JapanExport, NorwayCompany, NorwayPrivate, PointOfSale,
            Svalbard, UsaExport, UsaSalesTax,
        };
        if self.basket == Basket::GiftCardSold && self.buyer != PointOfSale {
            self.buyer = NorwayPrivate;
        }
        if self.story.needs_kroner() {
            self.buyer = NorwayPrivate;
        }
        match self.basket {
            Basket::Duties if !matches!(self.buyer, UsaExport | JapanExport) => {
                self.buyer = UsaExport;
            }
            Basket::ChannelLiable => self.buyer = GermanyPrivate,
            Basket::TaxExempt | Basket::Draft | Basket::SentAbroad => self.buyer = NorwayPrivate,
            _ => {}
        }
        match self.buyer {
            PointOfSale => self.at_the_counter(),
            UsaSalesTax | Svalbard => {
                self.basket = Basket::Plain;
                self.story = Story::Paid;
            }
            NorwayCompany | EuCompany => {
                self.known = if self.known == Known::Again {
                    Known::Again
                } else {
                    Known::New
                };
                if matches!(self.basket, Basket::Tip | Basket::GiftCardSold) {
                    self.basket = Basket::Plain;
                }
                // Companies often buy on account.
                if matches!(self.story, Story::Paid) {
                    self.story = Story::PendingThenPaid;
                }
            }
            _ => {}
        }
        if self.story.needs_kroner() && self.buyer != NorwayPrivate {
            self.story = Story::Shipped;
        }
        if self.story.needs_profile() && matches!(self.known, Known::Guest | Known::Nameless) {
            self.known = Known::New;
        }
        if self.story == Story::CashRounded && self.buyer != PointOfSale {
            self.story = Story::Shipped;
        }
        // Duties and fees are mostly not taken back here, and what costs nothing has no money to move.
        if matches!(self.basket, Basket::Duties | Basket::Fee) && !self.story.goes_with_duties() {
            self.story = Story::Shipped;
        }
        if self.story == Story::RefundDuties && self.basket != Basket::Duties {
            self.story = Story::Shipped;
        }
        if self.basket == Basket::ZeroTotal && self.story != Story::Archived {
            self.story = Story::Shipped;
        }
        // A card that was sold is paid for, and stays sold.
        if self.basket == Basket::GiftCardSold
            && !matches!(self.story, Story::Shipped | Story::Archived | Story::Test)
        {
            self.story = Story::Shipped;
        }
        if self.basket == Basket::Endless {
            self.story = Story::Paid;
        }
        self
    }

    fn at_the_counter(&mut self) {
        if matches!(
            self.basket,
            Basket::ShippingDiscount | Basket::SeveralShipping | Basket::LongTexts
        ) {
            self.basket = Basket::Plain;
        }
        if !matches!(
            self.story,
            Story::ReturnedWhole | Story::ReturnedPart | Story::Test | Story::CashRounded
        ) {
            self.story = Story::Archived;
        }
    }
}
