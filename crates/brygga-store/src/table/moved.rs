//! Which orders have moved since a moment.

use chrono::{DateTime, Utc};

use crate::column::{all, get, time};
use crate::error::StoreError;
use crate::store::Store;

/// By when they came to where they are: what moved today, or while nobody looked, is few of many.
pub(crate) const CREATE: &str = "
CREATE INDEX records_by_change ON records (changed_at, kind, state);
";

impl Store {
    /// The ids of the orders that came to where they are at `since` or later, and of those a part of which did.
    pub fn orders_moved_since(&self, since: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT DISTINCT coalesce(part_of, id) AS moved FROM records
                 WHERE (kind = 'order' OR part_of IS NOT NULL) AND changed_at >= ?1",
                [time(since)],
                |row| get::<String>(row, "moved"),
            )
        })
    }
}
