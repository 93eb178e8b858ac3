//! What of an order is still to be sent from where, and the word to the shop that it was sent: where the ERP ships
//! (`booking-rules` 6, `facts/shopify` 8.13).

use serde::{Deserialize, Serialize};

use super::OrderId;
use super::order::Fulfilment;
use super::status::known_or_other;

known_or_other! {
    /// `FulfillmentOrder.status`. Only of `Open` and `InProgress` units can be sent (`facts/shopify` 8.13).
    FulfilmentOrderStatus {
        /// Nothing is sent yet.
        Open = "OPEN",
        /// Some is sent.
        InProgress = "IN_PROGRESS",
        /// Stopped on purpose.
        OnHold = "ON_HOLD",
        /// To be sent later.
        Scheduled = "SCHEDULED",
        /// All is sent.
        Closed = "CLOSED",
        /// Nothing will be sent.
        Cancelled = "CANCELLED",
        /// Cannot be sent as asked.
        Incomplete = "INCOMPLETE",
    }
}

impl FulfilmentOrderStatus {
    /// Can its units be sent now.
    pub fn can_be_sent(&self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }
}

/// What one location is to send of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentOrder {
    /// Numeric id.
    pub id: String,
    /// Status.
    pub status: FulfilmentOrderStatus,
    /// Numeric id of the location that it is assigned to.
    pub location_id: Option<String>,
    /// Lines with units that are not sent yet.
    pub lines: Vec<FulfilmentOrderLine>,
}

/// Units of one order line that one location is to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentOrderLine {
    /// Numeric id of this line.
    pub id: String,
    /// Numeric id of the order's line.
    pub line_id: String,
    /// `remainingQuantity`: units not sent yet.
    pub remaining: u32,
}

/// How the sending of an order stands in the shop, read afresh and past the search index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sending {
    /// What is still to be sent.
    pub orders: Vec<FulfilmentOrder>,
    /// What was sent, and stands; oldest first.
    pub fulfilments: Vec<Fulfilment>,
}

/// How parcels are followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// Tracking numbers, each once.
    pub numbers: Vec<String>,
    /// Who carries. Shopify makes links to the parcels of companies that it knows by this very name.
    pub company: Option<String>,
}

/// A fulfilment to be made: goods of one order that left one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentDraft {
    /// The order.
    pub order: OrderId,
    /// What was sent; all of one location.
    pub parts: Vec<FulfilmentDraftPart>,
    /// Tracking, where it is known.
    pub tracking: Option<Tracking>,
    /// Does Shopify write to the customer.
    pub notify: bool,
}

/// What of one fulfilment order was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentDraftPart {
    /// Numeric id of the fulfilment order.
    pub fulfilment_order: String,
    /// Units.
    pub lines: Vec<FulfilmentDraftLine>,
}

/// Units of one line of a fulfilment order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentDraftLine {
    /// Numeric id of the fulfilment order's line.
    pub id: String,
    /// Numeric id of the order's line: by it the fulfilment is found again after a lost answer.
    pub line_id: String,
    /// Units.
    pub units: u32,
}
