//! How far each flow has read. A cursor moves only together with the last page of a complete set.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::column::{first, get_time, run, time};
use crate::error::StoreError;
use crate::store::Store;

pub(crate) const CREATE: &str = "
CREATE TABLE cursors (
    flow TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    moved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Sets the cursor of `flow`.
pub(crate) fn set(
    db: &Connection,
    flow: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(
        db,
        "INSERT INTO cursors (flow, at, moved_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (flow) DO UPDATE SET at = excluded.at, moved_at = excluded.moved_at",
        (flow, time(at), time(now)),
    )?;
    Ok(())
}

impl Store {
    /// The newest change that `flow` has read, or `None` before its first complete set.
    pub fn cursor(&self, flow: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT at FROM cursors WHERE flow = ?1",
                [flow],
                |row| get_time(row, "at"),
            )
        })
    }

    /// Forgets how far `flow` has read, so that its next run reads from the start date again.
    pub fn forget_cursor(&self, flow: &str) -> Result<(), StoreError> {
        self.write(|db| {
            run(db, "DELETE FROM cursors WHERE flow = ?1", [flow])?;
            Ok(())
        })
    }
}
