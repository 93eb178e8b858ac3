//! The merchant's choices, each with its default. What no rule and no setting covers is held, never guessed.

mod channels;
mod customers;
mod goods;
mod money;
mod named;
mod payouts;
mod rates;
mod retention;
mod schedule;
mod trigger;
mod vat;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use channels::ChannelRow;
pub use customers::{ClassRow, CustomerField, CustomerSettings, HouseRow, Which, Withheld};
pub use goods::{
    Buffers, InactiveItems, NewItemSettings, NewItems, NewProducts, Owner, PriceSource, PriceVat,
    ProductField, ProductSettings, StockQuantity, StockSettings,
};
pub use money::{
    BookingMode, GatewayRow, GatewayRule, GoodsBack, InvoiceSettings, PaymentSettings,
    RefundAccounts, RefundKind, RefundRule, RefundSettings, WhoShips,
};
pub(crate) use named::plain;
pub use named::{Known, OWN_CHANNELS};
pub use payouts::{PayoutClass, PayoutRow, PayoutSettings};
pub use rates::{FixedRate, RateSettings, RateSource};
pub use retention::RetentionSettings;
pub use schedule::{LaneSchedule, ScheduleSettings};
pub use trigger::{Trigger, Triggers};
pub use vat::{Registered, Registrations};

/// Everything the merchant can choose for orders and customers. Written and read as one readable file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hard start: orders with an earlier booking date are never booked.
    pub start_date: Option<NaiveDate>,
    /// Order type of sales orders: `SO`, or `SA` which allocates stock.
    pub order_type: String,
    /// Branch of all documents; none means the company's own default.
    pub branch: Option<String>,
    /// Warehouse of goods lines; none means the item's own default.
    pub warehouse: Option<String>,
    /// What the orders of a sales channel have of their own, by the channel's name as Shopify writes it (`sourceName`).
    pub channels: BTreeMap<String, ChannelRow>,
    /// Which of Shopify's two currencies documents are made in.
    pub document_currency: DocumentCurrency,
    /// The largest rounding line, in minor units of the currency (`booking-rules` 2).
    pub rounding_limit: u32,
    /// When an order becomes due.
    pub trigger: Triggers,
    /// Which orders are left out.
    pub leave_out: LeaveOut,
    /// Country from which goods are sent; none means the shop's own country.
    pub dispatch_country: Option<String>,
    /// The VAT table.
    pub vat: Vec<VatRow>,
    /// Where the merchant is registered for VAT.
    pub registrations: Registrations,
    /// Orders without VAT that the merchant approved (numeric ids).
    pub approved_without_vat: BTreeSet<String>,
    /// Buyers that the merchant knows to be exempt from VAT (`customer/123`, `company/9`): their orders without VAT need no
    /// approval each.
    pub exempt_buyers: BTreeSet<String>,
    /// Items for what is no product.
    pub special_items: SpecialItems,
    /// What a gift card sold is.
    pub gift_cards: GiftCards,
    /// What to do with a product that has no item.
    pub missing_item: MissingItem,
    /// The unit of Visma.net that one unit in the shop is, per item number: only for items that are counted in another unit than
    /// they are sold in.
    pub units: BTreeMap<String, String>,
    /// Customers.
    pub customers: CustomerSettings,
    /// What to do with a date in a closed period.
    pub closed_period: ClosedPeriod,
    /// Seconds between the two look-ups that prove that a document is not there (`booking-rules` 3).
    pub lookup_gap_seconds: u32,
    /// Until one document was read back, may orders be booked on which the VAT modes would differ.
    pub confirm_vat_mode: bool,
    /// What an order becomes.
    pub booking_mode: BookingMode,
    /// Shipments and invoices.
    pub invoices: InvoiceSettings,
    /// Payments.
    pub payments: PaymentSettings,
    /// Refunds and returns.
    pub refunds: RefundSettings,
    /// Products and prices.
    pub products: ProductSettings,
    /// Stock.
    pub stock: StockSettings,
    /// Payouts of Shopify Payments.
    pub payouts: PayoutSettings,
    /// Exchange rates.
    pub rates: RateSettings,
    /// When each lane runs by itself.
    pub schedule: ScheduleSettings,
    /// How long what is not needed for the books is kept on this computer.
    pub retention: RetentionSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start_date: None,
            order_type: "SO".into(),
            branch: None,
            warehouse: None,
            channels: BTreeMap::new(),
            document_currency: DocumentCurrency::Shop,
            rounding_limit: 5,
            trigger: Triggers::default(),
            leave_out: LeaveOut::default(),
            dispatch_country: None,
            vat: Vec::new(),
            registrations: Registrations::default(),
            approved_without_vat: BTreeSet::new(),
            exempt_buyers: BTreeSet::new(),
            special_items: SpecialItems::default(),
            gift_cards: GiftCards::MultiPurpose,
            missing_item: MissingItem::Hold,
            units: BTreeMap::new(),
            customers: CustomerSettings::default(),
            closed_period: ClosedPeriod::Hold,
            lookup_gap_seconds: 5,
            confirm_vat_mode: true,
            booking_mode: BookingMode::SalesOrder,
            invoices: InvoiceSettings::default(),
            payments: PaymentSettings::default(),
            refunds: RefundSettings::default(),
            products: ProductSettings::default(),
            stock: StockSettings::default(),
            payouts: PayoutSettings::default(),
            rates: RateSettings::default(),
            schedule: ScheduleSettings::default(),
            retention: RetentionSettings::default(),
        }
    }
}

/// Which currency a document is made in (`booking-rules` 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "currency")]
pub enum DocumentCurrency {
    /// Always the shop's own.
    Shop,
    /// The customer's, where a cash account in that currency is mapped; else the shop's.
    Presentment {
        /// ISO codes of the currencies with a mapped cash account.
        mapped: BTreeSet<String>,
    },
}

/// Which orders are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaveOut {
    /// Orders with one of these tags, whatever its case.
    pub tags: BTreeSet<String>,
    /// Orders from one of these channels (`sourceName`); put `pos` here to leave the point of sale out.
    pub channels: BTreeSet<String>,
}

/// What a VAT row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatKind {
    /// Products and custom lines.
    Goods,
    /// Shipping.
    Shipping,
    /// Gift cards sold.
    GiftCard,
    /// Tips, duties, fees, rounding.
    Other,
}

/// Who buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A private person.
    Private,
    /// A company.
    Company,
}

/// Under which VAT scheme the sale falls (`booking-rules` 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Home VAT.
    Domestic,
    /// One stop shop: within the EU, VAT of the destination.
    Oss,
    /// Import one stop shop: into the EU, VAT of the destination.
    Ioss,
    /// Norway's scheme for foreign shops.
    Voec,
    /// No VAT: the goods leave the VAT area.
    Export,
    /// No VAT: the buyer accounts for it.
    ReverseCharge,
    /// The marketplace pays the tax.
    Marketplace,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// The stable word for messages and files.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}
words!(VatKind { Goods = "goods", Shipping = "shipping", GiftCard = "gift_card", Other = "other" });
words!(Party { Private = "private", Company = "company" });
words!(Scheme {
    Domestic = "domestic",
    Oss = "oss",
    Ioss = "ioss",
    Voec = "voec",
    Export = "export",
    ReverseCharge = "reverse_charge",
    Marketplace = "marketplace",
});

/// The whole key of a VAT row (`booking-rules` 5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VatKey {
    /// ISO country from which goods are sent.
    pub dispatch: String,
    /// ISO country or special territory to which they go.
    pub destination: String,
    /// Per cent.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
    /// What is sold.
    pub kind: VatKind,
    /// Who buys.
    pub party: Party,
    /// Scheme.
    pub scheme: Scheme,
}

/// One row of the VAT table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatRow {
    /// When the row applies.
    #[serde(flatten)]
    pub key: VatKey,
    /// VAT category of the line.
    pub category: String,
    /// VAT zone of the order.
    pub zone: String,
}

/// The item for something that is no product. It must not require shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialItem {
    /// Inventory number of a non-stock item.
    pub item: String,
    /// Sales account, where not the item's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// Items for what is no product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpecialItems {
    /// Shipping, where its method has no item of its own.
    pub shipping: Option<SpecialItem>,
    /// Shipping by method: the title of the shipping line, as the customer saw it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shipping_methods: BTreeMap<String, SpecialItem>,
    /// Tips.
    pub tip: Option<SpecialItem>,
    /// Duties.
    pub duty: Option<SpecialItem>,
    /// Additional fees.
    pub fee: Option<SpecialItem>,
    /// Rounding; an item whose lines may be negative.
    pub rounding: Option<SpecialItem>,
    /// Gift cards sold: a liability.
    pub gift_card: Option<SpecialItem>,
    /// Lines typed by hand.
    pub custom: Option<SpecialItem>,
    /// Tax that a marketplace collects and pays: an account of what the marketplace keeps, never revenue.
    pub channel_tax: Option<SpecialItem>,
}

/// What a gift card sold is (`booking-rules` 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiftCards {
    /// Multi-purpose: a liability, no VAT, no revenue.
    MultiPurpose,
    /// Single-purpose: VAT at sale; held until a VAT row for gift cards with that rate is there.
    SinglePurpose,
}

/// What to do with a product that has no item in Visma.net.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum MissingItem {
    /// The order is held.
    Hold,
    /// One item stands for all.
    DefaultItem {
        /// Its inventory number.
        item: String,
    },
    /// The order waits while the products' run makes the item, as it makes items of new products.
    Create,
}

/// What a run of the products is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductsRun {
    /// Everything on both sides is kept in step.
    Whole,
    /// Products are left alone, but for the items that orders wait for.
    ItemsForOrders,
}

impl Settings {
    /// What the products' run does; `None` where it has nothing to do at all.
    pub fn products_run(&self) -> Option<ProductsRun> {
        if self.products.on {
            Some(ProductsRun::Whole)
        } else {
            self.makes_items_for_orders()
                .then_some(ProductsRun::ItemsForOrders)
        }
    }

    /// Does an order wait for an item that is made for it (`booking-rules` 3).
    pub fn makes_items_for_orders(&self) -> bool {
        self.missing_item == MissingItem::Create
    }
}

/// What to do with a date in a closed period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedPeriod {
    /// The order is held.
    Hold,
    /// The first day of the next open period.
    FirstOpenDay,
}

impl Settings {
    /// The VAT row with exactly this key.
    pub fn vat_row(&self, key: &VatKey) -> Option<&VatRow> {
        self.vat
            .iter()
            .find(|row| row.key.rate == key.rate && row.key == *key)
    }
}
