//! One order's life after it was booked: its parts, decided together with what Visma.net has of it, one step at a time
//! (`docs/adr/0009`).

mod books;
mod effect;
pub(crate) mod links;
mod news;
mod run;
mod sending;
mod settle;
mod write_back;

pub(crate) use books::Shelf;
pub(crate) use effect::about;
pub(crate) use run::name_of;
pub(crate) use settle::event;
pub(crate) use write_back::WRITE_BACK;

use brygga_core::booking::life::{PartKind, PartRef};
use brygga_core::shop::Order;
use brygga_store::{Part, RecordKind, RecordRef};

/// Kinds of links in which the other end is the company's: how its documents were when they were last looked at.
pub(crate) const OF_THE_COMPANY: &[&str] = &[news::SEEN, sending::SEEN];
/// How far the company was read.
pub(crate) const READ_OF_THE_COMPANY: &[&str] = &[news::LEDGER, sending::SHIPMENTS];

/// The kind of record that a part is.
pub(crate) fn record_kind(kind: PartKind) -> RecordKind {
    match kind {
        PartKind::Invoice => RecordKind::Invoice,
        PartKind::CreditNote => RecordKind::CreditNote,
        PartKind::Payment => RecordKind::Payment,
        PartKind::Shipment => RecordKind::Shipment,
    }
}

/// The record of a part.
pub(crate) fn record_of(part: &PartRef) -> RecordRef {
    RecordRef::new(record_kind(part.kind), &part.id)
}

/// The parts of an order, without their names.
fn parts_of(order: &Order) -> Vec<PartRef> {
    brygga_core::booking::life::parts(order)
        .into_iter()
        .map(|(part, ..)| part)
        .collect()
}

/// The parts of an order: everything of it that becomes a document of its own.
pub(crate) fn parts(order: &Order) -> Vec<Part> {
    brygga_core::booking::life::parts(order)
        .into_iter()
        .map(|(part, name, happened_at)| Part {
            record: record_of(&part),
            name,
            happened_at,
        })
        .collect()
}
