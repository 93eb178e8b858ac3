//! The links of an order's parts: which shipment, invoice, credit note or payment is which part's.

use brygga_core::booking::life::{Linked, PartKind};

/// Every document that a part can have.
pub(crate) const EVERY: [Linked; 5] = [
    Linked::Order,
    Linked::Shipment,
    Linked::Invoice,
    Linked::CreditNote,
    Linked::Payment,
];

/// The kind of link in the store: `payment/payment`, `credit_note/order`.
pub(crate) fn kind(part: PartKind, what: Linked) -> String {
    let part = match part {
        PartKind::Invoice => "invoice",
        PartKind::CreditNote => "credit_note",
        PartKind::Payment => "payment",
        PartKind::Shipment => "shipment",
    };
    let what = match what {
        Linked::Order => "order",
        Linked::Shipment => "shipment",
        Linked::Invoice => "invoice",
        Linked::CreditNote => "credit_note",
        Linked::Payment => "payment",
    };
    format!("{part}/{what}")
}
