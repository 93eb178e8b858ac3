//! Who approves a preview.

use brygga_engine::{Approved, Outcome, Preview};

/// Everything that a preview would send, approved as it is shown.
pub fn all_of(preview: &Preview) -> Vec<Approved> {
    let items = preview.items.iter();
    items
        .filter_map(|item| match &item.outcome {
            Outcome::Send { digest, .. } => Some(Approved {
                record: item.record.clone(),
                digest: digest.clone(),
            }),
            _ => None,
        })
        .collect()
}
