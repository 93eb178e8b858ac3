//! When a sync began and ended, and its sums.

use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde_json::Value;
use uuid::Uuid;

use crate::column::{all, first, get, get_time, get_time_or_null, get_uuid, limit, run, time};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;

pub(crate) const CREATE: &str = "
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    what TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    summary BLOB
) STRICT;
CREATE INDEX runs_by_time ON runs (started_at);
";

/// One sync.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// What was run: "sync", "dry-run", "proof", a flow.
    pub what: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it goes on, or if the program was stopped in the middle.
    pub finished_at: Option<DateTime<Utc>>,
    /// Its sums. Sealed.
    pub summary: Option<Value>,
}

fn place(id: &str) -> Place<'_> {
    Place {
        table: "runs",
        kind: "",
        id,
    }
}

fn read(row: &Row<'_>, seal: &Seal) -> Result<Run, StoreError> {
    let id = get::<String>(row, "id")?;
    Ok(Run {
        id: get_uuid(row, "id")?,
        what: get(row, "what")?,
        started_at: get_time(row, "started_at")?,
        finished_at: get_time_or_null(row, "finished_at")?,
        summary: get::<Option<Vec<u8>>>(row, "summary")?
            .map(|bytes| seal.open(place(&id), &bytes))
            .transpose()?,
    })
}

impl Store {
    /// Notes that a run begins.
    pub fn start_run(&self, id: Uuid, what: &str) -> Result<(), StoreError> {
        let now = self.now();
        self.write(|db| {
            run(
                db,
                "INSERT INTO runs (id, what, started_at) VALUES (?1, ?2, ?3)",
                (id.to_string(), what, time(now)),
            )?;
            Ok(())
        })
    }

    /// Notes that a run has ended, with its sums.
    pub fn finish_run(&self, id: Uuid, summary: &Value) -> Result<(), StoreError> {
        let now = self.now();
        let text = id.to_string();
        self.write(|db| {
            let known = run(
                db,
                "UPDATE runs SET finished_at = ?2, summary = ?3 WHERE id = ?1",
                (&text, time(now), self.seal.seal(place(&text), summary)?),
            )?;
            if known == 0 {
                return Err(StoreError::Fault {
                    detail: format!("no run {id}"),
                });
            }
            Ok(())
        })
    }

    /// The run that began last.
    pub fn last_run(&self) -> Result<Option<Run>, StoreError> {
        Ok(self.runs(1)?.into_iter().next())
    }

    /// The run that ended of those that began last: one after it may go on, or was ended by a power cut.
    pub fn last_ended_run(&self) -> Result<Option<Run>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT * FROM runs WHERE finished_at IS NOT NULL
                 ORDER BY started_at DESC, rowid DESC LIMIT 1",
                [],
                |row| read(row, &self.seal),
            )
        })
    }

    /// The runs that began last, newest first.
    pub fn runs(&self, count: usize) -> Result<Vec<Run>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?1",
                [limit(count)],
                |row| read(row, &self.seal),
            )
        })
    }
}
