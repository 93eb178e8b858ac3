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
    PendingThenPaid,
    PendingForever,
    PartlyPaid,
    GiftCardPart,
    GiftCardWhole,
    Shipped,
    Archived,
    PartlyShipped,
    EditAddsLine,
    EditRemovesLine,
    EditMoreUnits,
    EditFewerUnits,
    EditDiscount,
    /// Edited minutes after it was placed, before anybody can have booked it.
    EditAtOnce,
    NewAddress,
    NewTag,
    CancelledAtOnce,
    CancelledLater,
    CancelledUnpaid,
    ReturnedWhole,
    ReturnedPart,
    RefundKept,
    RefundAmount,
    RefundPending,
    /// Units refunded minutes after the order, before they are sent.
    RefundUnsent,
    RefundShipping,
    Test,
}

pub(super) const STORIES: &[(Story, usize)] = &[
    (Story::Paid, 200),
    (Story::Captured, 85),
    (Story::PendingThenPaid, 40),
    (Story::PendingForever, 15),
    (Story::PartlyPaid, 6),
    (Story::GiftCardPart, 20),
    (Story::GiftCardWhole, 12),
    (Story::Shipped, 150),
    (Story::Archived, 60),
    (Story::PartlyShipped, 30),
    (Story::EditAddsLine, 25),
    (Story::EditRemovesLine, 25),
    (Story::EditMoreUnits, 15),
    (Story::EditFewerUnits, 15),
    (Story::EditDiscount, 10),
    (Story::EditAtOnce, 15),
    (Story::NewAddress, 20),
    (Story::NewTag, 25),
    (Story::CancelledAtOnce, 18),
    (Story::CancelledLater, 24),
    (Story::CancelledUnpaid, 10),
    (Story::ReturnedWhole, 25),
    (Story::ReturnedPart, 30),
    (Story::RefundKept, 14),
    (Story::RefundAmount, 14),
    (Story::RefundPending, 5),
    (Story::RefundUnsent, 20),
    (Story::RefundShipping, 10),
    (Story::Test, 8),
];

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
        match self.basket {
            Basket::Duties if !matches!(self.buyer, UsaExport | JapanExport) => {
                self.buyer = UsaExport;
            }
            Basket::ChannelLiable => self.buyer = GermanyPrivate,
            Basket::TaxExempt | Basket::Draft | Basket::SentAbroad => self.buyer = NorwayPrivate,
            _ => {}
        }
        match self.buyer {
            PointOfSale => {
                if matches!(
                    self.basket,
                    Basket::ShippingDiscount | Basket::SeveralShipping | Basket::LongTexts
                ) {
                    self.basket = Basket::Plain;
                }
                if !matches!(
                    self.story,
                    Story::ReturnedWhole | Story::ReturnedPart | Story::Test
                ) {
                    self.story = Story::Archived;
                }
            }
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
        // Duties and fees are not taken back here, and what costs nothing has no money to move.
        if matches!(self.basket, Basket::Duties | Basket::Fee)
            && self.story > Story::PartlyShipped
            && self.story != Story::Test
        {
            self.story = Story::Shipped;
        }
        if self.basket == Basket::ZeroTotal && self.story != Story::Archived {
            self.story = Story::Shipped;
        }
        if self.basket == Basket::Endless {
            self.story = Story::Paid;
        }
        self
    }
}
