use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::customer::PostalAddress;
use super::{Operation, Subaccount};
use crate::shop::known_or_other;

known_or_other! {
    /// `SalesOrderListDto.status` and `SalesOrderStatusDto.description`.
    OrderStatus {
        /// Ready.
        Open = "Open",
        /// Stopped by somebody.
        Hold = "Hold",
        /// Stopped for credit.
        CreditHold = "CreditHold",
        /// Done.
        Completed = "Completed",
        /// Cancelled.
        Cancelled = "Cancelled",
        /// Waits for goods.
        BackOrder = "BackOrder",
        /// Being shipped.
        Shipping = "Shipping",
        /// Invoiced.
        Invoiced = "Invoiced",
        /// Waits for a yes.
        PendingApproval = "PendingApproval",
    }
}

/// A sales order's type and number: `SO 000223`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderNumber {
    /// Order type, such as `SO`.
    pub order_type: String,
    /// Number within the type.
    pub number: String,
}

impl std::fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.order_type, self.number)
    }
}

/// The parts of a sales order's head that follow the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadDraft {
    /// The order's name in the shop: `customer.order`, the search term (at most 40 characters).
    pub customer_order: String,
    /// `customer.refNo`: the numeric Shopify id, or the PO number of a B2B order.
    pub customer_ref: String,
    /// `customFields.customStr1`: the numeric Shopify id where `customer_ref` is a PO number.
    pub custom_id: Option<String>,
    /// Booking date in the shop's time zone, sent as 12:00 UTC (`booking-rules` 3).
    pub date: NaiveDate,
    /// VAT zone; always sent.
    pub vat_zone: String,
    /// Text of the document (at most 255).
    pub description: String,
    /// Branch, if one is set.
    pub branch: Option<String>,
    /// What the sales channel says of it.
    #[serde(default, skip_serializing_if = "ChannelHead::is_empty")]
    pub channel: ChannelHead,
    /// Where the goods go.
    pub delivery: DeliveryDraft,
    /// Where the invoice goes.
    pub billing: DeliveryDraft,
}

/// What only a sales channel says of a sales order (`booking-rules` 3). What is not there is left to Visma.net.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelHead {
    /// Project.
    pub project: Option<String>,
    /// Sales person.
    pub sales_person: Option<String>,
    /// Ship-via code.
    pub ship_via: Option<String>,
    /// Payment terms.
    pub terms: Option<String>,
}

impl ChannelHead {
    /// Does the channel say nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl HeadDraft {
    /// The head of a document that is there: what is not said any more stays as it was written, because a change that leaves a field out
    /// leaves it as it is.
    #[must_use]
    pub fn over(mut self, written: &Self) -> Self {
        let stay = |field: &mut Option<String>, was: &Option<String>| {
            if field.is_none() {
                field.clone_from(was);
            }
        };
        stay(&mut self.branch, &written.branch);
        let (own, was) = (&mut self.channel, &written.channel);
        stay(&mut own.project, &was.project);
        stay(&mut own.sales_person, &was.sales_person);
        stay(&mut own.ship_via, &was.ship_via);
        stay(&mut own.terms, &was.terms);
        self
    }

    /// The numeric Shopify id that the document carries: what makes it ours (`booking-rules` 3).
    pub fn order_id(&self) -> &str {
        self.custom_id.as_deref().unwrap_or(&self.customer_ref)
    }
}

/// Name and address on a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeliveryDraft {
    /// Name.
    pub name: Option<String>,
    /// Person.
    pub attention: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Address.
    pub address: Option<PostalAddress>,
}

/// A sales order to be made in Visma.net.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SalesOrderDraft {
    /// Order type: `SO`, or `SA` which allocates stock.
    pub order_type: String,
    /// ISO currency of all amounts.
    pub currency: String,
    /// The head.
    pub head: HeadDraft,
    /// The lines, in order.
    pub lines: Vec<LineDraft>,
}

/// One line to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineDraft {
    /// `externalLink`: which part of the shop's order this is, such as `line/123`, `shipping/5`, `rounding`.
    pub link: String,
    /// Inventory number.
    pub item: String,
    /// Unit of measure, where the item has two: without it the line would be of the item's sales unit (`facts/visma` 7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Text (at most 256).
    pub description: String,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Net price of one unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Discount on the line, net.
    #[serde(with = "rust_decimal::serde::str")]
    pub discount: Decimal,
    /// VAT category.
    pub vat_category: String,
    /// Sales account, where not the item's own.
    pub account: Option<String>,
    /// Subaccount, where not Visma.net's own choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subaccount: Option<Subaccount>,
    /// Warehouse, for goods.
    pub warehouse: Option<String>,
    /// Goods out or in, where the order type does not say it: `Receipt` on a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// The invoice line that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceReference>,
}

/// A line of an invoice, as a return names it (`invoiceNumber`, `invoiceLineNumber`; `facts/visma` 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceReference {
    /// The invoice's number.
    pub number: String,
    /// The line's number on it.
    pub line: i32,
}

impl SalesOrderDraft {
    /// The subaccount of its lines: all have the same.
    pub fn subaccount(&self) -> Option<&Subaccount> {
        self.lines.iter().find_map(|line| line.subaccount.as_ref())
    }

    /// As a document that is there goes on: see [`HeadDraft::over`]. Its lines stay on the subaccount that they were booked with, and
    /// one that is added comes to the others.
    #[must_use]
    pub fn over(mut self, written: &Self) -> Self {
        self.head = self.head.over(&written.head);
        if !written.lines.is_empty() {
            for line in &mut self.lines {
                line.subaccount = written.subaccount().cloned();
            }
        }
        self
    }
}

impl LineDraft {
    /// What the line comes to, net.
    pub fn net(&self) -> Decimal {
        self.unit_price * self.quantity - self.discount
    }
}

/// A change of one line that is already there. The item cannot change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinePatch {
    /// Visma.net's own line number.
    pub line_id: i64,
    /// What it shall be.
    pub line: LineDraft,
}

/// A row of the list of sales orders, as a look-up finds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SalesOrderHit {
    /// Type and number.
    pub number: OrderNumber,
    /// `customerOrder`.
    pub customer_order: Option<String>,
    /// `customerRefNo`.
    pub customer_ref: Option<String>,
    /// Customer number.
    pub customer: Option<String>,
    /// Customer name, as it stands on the order.
    #[serde(default)]
    pub customer_name: Option<String>,
    /// Date.
    #[serde(default)]
    pub date: Option<NaiveDate>,
    /// ISO currency.
    #[serde(default)]
    pub currency: Option<String>,
    /// `description`.
    #[serde(default)]
    pub description: Option<String>,
    /// Status.
    pub status: OrderStatus,
    /// Total with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
}

/// A sales order as Visma.net has it: head, lines, VAT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedOrder {
    /// Type and number.
    pub number: OrderNumber,
    /// The ETag to be sent with the next change.
    pub etag: String,
    /// Status.
    pub status: OrderStatus,
    /// Date.
    pub date: Option<NaiveDate>,
    /// `financialInformation.invoiceDate`: the date that the next invoice gets; none is the day on which it is made.
    #[serde(default)]
    pub invoice_date: Option<NaiveDate>,
    /// ISO currency.
    pub currency: String,
    /// Customer number.
    pub customer: String,
    /// VAT zone of the customer as the order gives it back; the order's own override is not in the answer.
    pub vat_zone: Option<String>,
    /// `customer.order`.
    pub customer_order: Option<String>,
    /// `customer.refNo`.
    pub customer_ref: Option<String>,
    /// `customFields.customStr1`.
    pub custom_id: Option<String>,
    /// Total with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// VAT of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub tax_total: Decimal,
    /// The lines.
    pub lines: Vec<BookedLine>,
    /// The VAT per VAT id.
    pub taxes: Vec<BookedTax>,
}

impl BookedOrder {
    /// Is this document the one of the shop's order `id`: the stored id decides, never the name (`booking-rules` 3).
    pub fn is_of(&self, id: &str) -> bool {
        self.customer_ref.as_deref() == Some(id) || self.custom_id.as_deref() == Some(id)
    }
}

/// One line as Visma.net has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedLine {
    /// Visma.net's own line number.
    pub line_id: i64,
    /// `externalLink`.
    pub link: Option<String>,
    /// Inventory number.
    pub item: String,
    /// Unit of measure.
    #[serde(default)]
    pub unit: Option<String>,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Net price of one unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Discount on the line.
    #[serde(with = "rust_decimal::serde::str")]
    pub discount: Decimal,
    /// What the line comes to, net, after discount.
    #[serde(with = "rust_decimal::serde::str")]
    pub net: Decimal,
    /// VAT category.
    pub vat_category: Option<String>,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Units on shipments.
    #[serde(with = "rust_decimal::serde::str")]
    pub shipped: Decimal,
}

/// VAT of one VAT id as Visma.net has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedTax {
    /// VAT id.
    pub vat_id: String,
    /// Per cent.
    #[serde(with = "rust_decimal::serde::str")]
    pub rate: Decimal,
    /// Base.
    #[serde(with = "rust_decimal::serde::str")]
    pub taxable: Decimal,
    /// VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}
