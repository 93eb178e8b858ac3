//! One order's life after it was booked: its parts, decided together with what Visma.net has of it.

use brygga_core::booking::life::PartKind;
use brygga_core::shop::Order;
use brygga_store::{Part, RecordKind, RecordRef};

/// The kind of record that a part is.
pub(crate) fn record_kind(kind: PartKind) -> RecordKind {
    match kind {
        PartKind::Invoice => RecordKind::Invoice,
        PartKind::CreditNote => RecordKind::CreditNote,
        PartKind::Payment => RecordKind::Payment,
    }
}

/// The parts of an order: everything of it that becomes a document of its own.
pub(crate) fn parts(order: &Order) -> Vec<Part> {
    brygga_core::booking::life::parts(order)
        .into_iter()
        .map(|(part, name, happened_at)| Part {
            record: RecordRef::new(record_kind(part.kind), part.id),
            name,
            happened_at,
        })
        .collect()
}
