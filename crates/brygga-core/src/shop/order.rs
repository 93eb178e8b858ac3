use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::status::{
    FinancialStatus, FulfillmentStatus, RestockType, TransactionKind, TransactionStatus,
};
use super::{MoneyBag, Side};
use crate::money::Currency;

/// The numeric Shopify id of an order, as text (`legacyResourceId`). It is what makes a document ours (`booking-rules` 3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(pub String);

impl OrderId {
    /// The id as the GraphQL API writes it.
    pub fn gid(&self) -> String {
        format!("gid://shopify/Order/{}", self.0)
    }
}

impl std::fmt::Display for OrderId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One order of the shop, whole: all lines, shipping lines, refunds and transactions are here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Numeric id.
    pub id: OrderId,
    /// The name that people use, such as `#1042`. Not unique across shops.
    pub name: String,
    /// When the customer ordered.
    pub created_at: DateTime<Utc>,
    /// The date of the sale in Shopify's reports; it decides the booking date.
    pub processed_at: DateTime<Utc>,
    /// Last change of anything, our own write-back among it.
    pub updated_at: DateTime<Utc>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// A test order is never booked.
    pub test: bool,
    /// Do the line and shipping prices contain tax.
    pub taxes_included: bool,
    /// Was the order edited after it was placed.
    pub edited: bool,
    /// The shop's currency.
    pub shop_currency: Currency,
    /// The customer's currency.
    pub presentment_currency: Currency,
    /// Money state; `None` is unknown.
    pub financial_status: Option<FinancialStatus>,
    /// Goods state.
    pub fulfillment_status: FulfillmentStatus,
    /// Tags that the merchant set.
    pub tags: Vec<String>,
    /// Sales channel, such as `web`, `pos`, `shopify_draft_order`.
    pub source_name: Option<String>,
    /// ISO country of the location where a point-of-sale order was taken.
    pub pos_country: Option<String>,
    /// E-mail on the order; kept for guests too.
    pub email: Option<String>,
    /// Phone on the order.
    pub phone: Option<String>,
    /// The customer's profile; `None` for a guest.
    pub customer: Option<Customer>,
    /// The buying company, for B2B orders.
    pub b2b: Option<B2b>,
    /// Purchase order number of a B2B buyer.
    pub po_number: Option<String>,
    /// Where the invoice goes.
    pub billing: Option<Address>,
    /// Where the goods go.
    pub shipping_address: Option<Address>,
    /// The lines, all of them.
    pub lines: Vec<Line>,
    /// The shipping lines, removed ones left out.
    pub shipping: Vec<ShippingLine>,
    /// Additional fees.
    pub fees: Vec<Fee>,
    /// Refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Fulfilments that stand (cancelled and failed ones left out), oldest first.
    #[serde(default)]
    pub fulfilments: Vec<Fulfilment>,
    /// Lines that came with an exchange (numeric ids of order lines; `facts/shopify` R8).
    #[serde(default)]
    pub exchange_lines: Vec<String>,
    /// `totalCashRoundingAdjustment.paymentSet`: what cash rounding moved; not in the order total (`booking-rules` 2.5).
    #[serde(default)]
    pub cash_rounding: Option<MoneyBag>,
    /// Transactions, oldest first.
    pub transactions: Vec<Transaction>,
    /// Shopify's own totals, against which ours are proven.
    pub totals: OrderTotals,
    /// Names of fields that the shop withheld from us (protected customer data). A null from here never overwrites anything.
    pub withheld: Vec<String>,
}

impl Order {
    /// The currency of the amounts on one side.
    pub fn currency(&self, side: Side) -> Currency {
        match side {
            Side::Shop => self.shop_currency,
            Side::Presentment => self.presentment_currency,
        }
    }

    /// What the buyer is called: the company, else the name in the invoice address.
    pub fn buyer_name(&self) -> Option<&str> {
        if let Some(b2b) = &self.b2b {
            return Some(&b2b.company_name);
        }
        let address = self.billing.as_ref().or(self.shipping_address.as_ref())?;
        address.name.as_deref()
    }
}

/// Shopify's own totals of an order (`facts/shopify` 7.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderTotals {
    /// `totalPriceSet`: at creation, or after edits added.
    pub total: MoneyBag,
    /// `totalTaxSet`.
    pub tax: MoneyBag,
    /// `currentTotalPriceSet`: after edits, removals and refunds.
    pub current_total: MoneyBag,
    /// `currentTotalTaxSet`.
    pub current_tax: MoneyBag,
    /// `totalTipReceivedSet`; the tips are lines too.
    pub tip: Option<MoneyBag>,
    /// `totalReceivedSet`, if known.
    pub received: Option<MoneyBag>,
    /// `totalRefundedSet`, if known.
    pub refunded: Option<MoneyBag>,
}

/// What a line sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LineKind {
    /// A product variant.
    Product {
        /// Numeric id of the variant; `None` when the variant was deleted since.
        variant_id: Option<String>,
        /// Stock keeping unit as it was at the sale, untrimmed.
        sku: Option<String>,
    },
    /// A line typed by hand; it may carry a SKU all the same.
    Custom {
        /// Stock keeping unit, if one was typed.
        sku: Option<String>,
    },
    /// A tip: no VAT, own account (`facts/shopify` 7.7).
    Tip,
    /// A gift card sold: a liability, no revenue (`booking-rules` 3).
    GiftCard,
}

/// One line of an order. Amounts cover the original quantity, also units removed or refunded later (`facts/shopify` 7.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Numeric id; it goes into `externalLink` of the document line.
    pub id: String,
    /// What is sold.
    #[serde(flatten)]
    pub kind: LineKind,
    /// Text for people.
    pub title: String,
    /// Units ordered, with removed and refunded ones.
    pub quantity: u32,
    /// Units left after removals and refunds.
    pub current_quantity: u32,
    /// `originalTotalSet`: price times quantity, before discounts.
    pub original_total: MoneyBag,
    /// Discounts given to this line; order-level ones are spread here too.
    pub discounts: Vec<Discount>,
    /// Taxes of the line.
    pub taxes: Vec<TaxLine>,
    /// Duties of the line.
    pub duties: Vec<Duty>,
    /// Does the line need shipping.
    pub requires_shipping: bool,
    /// Is the line taxable at all.
    pub taxable: bool,
}

/// A discount's share on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discount {
    /// `allocatedAmountSet`.
    pub amount: MoneyBag,
}

/// One tax on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxLine {
    /// Text such as `MVA`.
    pub title: String,
    /// The rate in per cent: 25 for 25 %. `None` when Shopify gives none.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub rate_percent: Option<Decimal>,
    /// The amount, rounded by Shopify per line.
    pub amount: MoneyBag,
    /// The marketplace pays this tax, not the merchant (`facts/shopify` 7.5).
    pub channel_liable: bool,
}

/// A duty on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duty {
    /// Numeric id.
    pub id: String,
    /// The duty itself.
    pub price: MoneyBag,
    /// Taxes on the duty.
    pub taxes: Vec<TaxLine>,
}

/// One shipping line that still stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShippingLine {
    /// Numeric id, or the position when Shopify gives none.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// Code of the method, if any.
    pub code: Option<String>,
    /// `originalPriceSet`: before discounts.
    pub original: MoneyBag,
    /// `discountedPriceSet`: after all discounts.
    pub discounted: MoneyBag,
    /// Taxes of the line.
    pub taxes: Vec<TaxLine>,
}

/// An additional fee on the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    /// Numeric id.
    pub id: String,
    /// Text for people.
    pub name: String,
    /// The fee.
    pub price: MoneyBag,
    /// Taxes on it.
    pub taxes: Vec<TaxLine>,
}

/// One refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// Numeric id.
    pub id: String,
    /// When it was made; the credit note's date.
    pub created_at: Option<DateTime<Utc>>,
    /// `totalRefundedSet`.
    pub total: MoneyBag,
    /// Units taken back or removed.
    pub lines: Vec<RefundLine>,
    /// Shipping given back.
    pub shipping: Vec<RefundShipping>,
    /// Duties given back.
    #[serde(default)]
    pub duties: Vec<MoneyBag>,
    /// Adjustments; single rows mean nothing, their sum does (`facts/shopify` R4).
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// Numeric ids of the transactions that moved its money; they are among the order's.
    #[serde(default)]
    pub transactions: Vec<String>,
}

/// One adjustment of a refund; it may be negative, and pairs may cancel out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Amount without tax.
    pub amount: MoneyBag,
    /// Its tax.
    pub tax: MoneyBag,
    /// `REFUND_DISCREPANCY` and others, as Shopify writes it.
    pub reason: Option<String>,
}

/// One fulfilment: goods that left, from one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// Numeric id.
    pub id: String,
    /// When the goods left; the invoice's date.
    pub created_at: DateTime<Utc>,
    /// Numeric id of the location.
    pub location_id: Option<String>,
    /// `SUCCESS`, `PENDING`, `OPEN`, as Shopify writes it.
    pub status: String,
    /// Tracking numbers.
    pub tracking: Vec<String>,
    /// Units.
    pub lines: Vec<FulfilmentLine>,
}

/// Units of one order line in one fulfilment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FulfilmentLine {
    /// Numeric id of the order line.
    pub line_id: String,
    /// Units.
    pub quantity: u32,
}

/// Units of one order line in one refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefundLine {
    /// Numeric id of the order line.
    pub line_id: String,
    /// Units.
    pub quantity: u32,
    /// What became of them.
    pub restock: RestockType,
    /// Numeric id of the location where they came back.
    #[serde(default)]
    pub location_id: Option<String>,
    /// Their money, discount share in it; contains tax when prices do (`facts/shopify` R2).
    pub subtotal: MoneyBag,
    /// Their tax.
    pub tax: MoneyBag,
}

/// Shipping given back in one refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefundShipping {
    /// Without tax (`facts/shopify` R3).
    pub subtotal: MoneyBag,
    /// Its tax.
    pub tax: MoneyBag,
}

/// One movement of money, or a try at one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// Numeric id.
    pub id: String,
    /// What it is.
    pub kind: TransactionKind,
    /// Did it happen.
    pub status: TransactionStatus,
    /// Payment gateway, such as `shopify_payments`, `gift_card`, `manual`.
    pub gateway: String,
    /// The amount.
    pub amount: MoneyBag,
    /// When.
    pub processed_at: Option<DateTime<Utc>>,
    /// Id of the transaction that this one builds on.
    pub parent_id: Option<String>,
    /// Payment method within the gateway (`paymentDetails.paymentMethodName`), such as `klarna`; a key of the payment map together
    /// with gateway and currency (`facts/shopify` 11.7).
    #[serde(default)]
    pub method: Option<String>,
    /// `amountRoundingSet`: cash rounding in this payment.
    #[serde(default)]
    pub rounding: Option<MoneyBag>,
}

impl Transaction {
    /// Gift card or store credit: no money moves, what the shop owes becomes less or more (`booking-rules` 7).
    pub fn is_stored_value(&self) -> bool {
        is_stored_value(&self.gateway)
    }
}

/// Is this gateway the shop's own gift cards or store credit (`facts/shopify` 11.7).
pub fn is_stored_value(gateway: &str) -> bool {
    gateway == "gift_card" || gateway.contains("store_credit")
}

/// A customer's profile in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Numeric id.
    pub id: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Last change.
    pub updated_at: Option<DateTime<Utc>>,
    /// The default address of the profile.
    pub default_address: Option<Address>,
}

/// The buying company of a B2B order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct B2b {
    /// Numeric id of the company.
    pub company_id: String,
    /// The company's name.
    pub company_name: String,
    /// Numeric id of the company's location.
    pub location_id: Option<String>,
    /// The merchant's own id for the company.
    pub external_id: Option<String>,
    /// Tax registration id of the location.
    pub tax_registration_id: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Person.
    pub name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// First line.
    pub line1: Option<String>,
    /// Second line.
    pub line2: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Province code.
    pub province: Option<String>,
    /// ISO 3166 country, two letters.
    pub country: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

impl Refund {
    /// Does this refund take nothing but units out of the order before they were sent (restock `CANCEL` on every line): then the
    /// order shrinks, shipping given back with it, and no credit note follows (`booking-rules` 3 and 8).
    pub fn removes_before_shipping(&self) -> bool {
        !self.lines.is_empty()
            && self
                .lines
                .iter()
                .all(|line| line.restock == RestockType::Cancel)
    }
}

impl Line {
    /// Units that left the order before they were sent: refunded with restock `CANCEL`, or removed by an edit.
    /// `None` when Shopify's figures contradict each other.
    pub fn removed_before_shipping(&self, order: &Order) -> Option<u32> {
        let gone = self.quantity.checked_sub(self.current_quantity)?;
        let sent_back: u32 = order
            .refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .filter(|line| line.line_id == self.id && line.restock != RestockType::Cancel)
            .map(|line| line.quantity)
            .sum();
        gone.checked_sub(sent_back)
    }
}
