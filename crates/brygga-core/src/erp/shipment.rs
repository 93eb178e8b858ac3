use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::OrderNumber;
use crate::shop::known_or_other;

known_or_other! {
    /// `ShipmentDto.status`.
    ShipmentStatus {
        /// Being picked: quantities may still be set.
        Open = "Open",
        /// Stopped by somebody.
        Hold = "Hold",
        /// The goods have left.
        Confirmed = "Confirmed",
        /// Everything on it is invoiced.
        Invoiced = "Invoiced",
        /// Part of it is invoiced.
        PartiallyInvoiced = "PartiallyInvoiced",
        /// Done.
        Completed = "Completed",
        /// Taken back.
        Cancelled = "Cancelled",
        /// Received.
        Receipted = "Receipted",
    }
}
known_or_other! {
    /// `ShipmentDto.operation`: goods out, or goods in.
    Operation {
        /// Goods go out.
        Issue = "Issue",
        /// Goods come back.
        Receipt = "Receipt",
    }
}

/// A shipment as Visma.net has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shipment {
    /// Number.
    pub number: String,
    /// `timeStamp`: the ETag for the next change, where the answer told one.
    pub etag: Option<String>,
    /// Status.
    pub status: ShipmentStatus,
    /// Goods out or in.
    pub operation: Operation,
    /// Shipment date.
    pub date: Option<NaiveDate>,
    /// Warehouse from which it goes.
    pub warehouse: Option<String>,
    /// What is on it.
    pub lines: Vec<ShipmentLine>,
    /// The sales orders it serves.
    pub orders: Vec<ShipmentOrder>,
    /// Tracking numbers of its packages (`shipmentPackageLines`), each once.
    #[serde(default)]
    pub tracking: Vec<String>,
    /// Who carries it: the text of `shipVia`, or its id where there is no text.
    #[serde(default)]
    pub carrier: Option<String>,
}

impl ShipmentStatus {
    /// Have the goods left.
    pub fn has_left(&self) -> bool {
        matches!(
            self,
            Self::Confirmed | Self::Invoiced | Self::PartiallyInvoiced | Self::Completed
        )
    }
}

/// That a shipment changed, as the list tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipmentNews {
    /// Number.
    pub number: String,
    /// Goods out or in.
    pub operation: Operation,
    /// Status.
    pub status: ShipmentStatus,
    /// When it was changed, on the ERP's own clock and as it writes it: another text is another change.
    pub modified: Option<String>,
    /// The sales orders it serves, as far as the list tells.
    pub orders: Vec<OrderNumber>,
}

/// One line of a shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipmentLine {
    /// Number within the shipment.
    pub line_number: i32,
    /// The sales order it comes from.
    pub order: OrderNumber,
    /// `orderLineNbr`: the line of that order.
    pub order_line: i32,
    /// Inventory number.
    pub item: String,
    /// Warehouse.
    pub warehouse: Option<String>,
    /// Units on this shipment.
    #[serde(with = "rust_decimal::serde::str")]
    pub shipped: Decimal,
    /// Units ordered.
    #[serde(with = "rust_decimal::serde::str")]
    pub ordered: Decimal,
}

/// A sales order on a shipment, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentOrder {
    /// Type and number.
    pub order: OrderNumber,
    /// `invoiceType`: `Invoice` or `CreditNote`.
    pub invoice_type: Option<String>,
    /// `invoiceNbr`, once it is invoiced.
    pub invoice: Option<String>,
    /// `inventoryRefNbr`: the issue or receipt that moved the stock.
    pub inventory_document: Option<String>,
}

/// Units that one line of a shipment shall have; 0 takes the line away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipmentQuantity {
    /// Number within the shipment.
    pub line_number: i32,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub units: Decimal,
}
