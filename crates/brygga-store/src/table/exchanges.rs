//! Redacted requests and answers of a record, for its story. The client redacts; the store seals.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::column::{all, get, get_time, limit, run, time};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::records::RecordRef;

pub(crate) const CREATE: &str = "
CREATE TABLE exchanges (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    at TEXT NOT NULL,
    remote TEXT NOT NULL,
    status INTEGER,
    private BLOB NOT NULL
) STRICT;
CREATE INDEX exchanges_by_record ON exchanges (record_kind, record_id, id);
CREATE INDEX exchanges_by_time ON exchanges (at);
";

/// How many exchanges a record keeps.
pub(crate) const PER_RECORD: usize = 200;

/// One request and what became of it, with secrets taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The record it was made for.
    pub record: RecordRef,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Who was asked: "shopify", "visma".
    pub remote: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query, or the name of the GraphQL operation.
    pub target: String,
    /// What was sent.
    pub request: Option<Value>,
    /// The status of the answer, or `None` if none came.
    pub status: Option<u16>,
    /// What was answered.
    pub answer: Option<Value>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// What of an exchange is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Private {
    method: String,
    target: String,
    request: Option<Value>,
    answer: Option<Value>,
    elapsed_ms: u64,
}

fn place(record: &RecordRef) -> Place<'_> {
    Place {
        table: "exchanges",
        kind: record.kind.as_str(),
        id: &record.id,
    }
}

fn read(row: &Row<'_>, seal: &Seal, record: &RecordRef) -> Result<Exchange, StoreError> {
    let private: Private = seal.open(place(record), &get::<Vec<u8>>(row, "private")?)?;
    Ok(Exchange {
        record: record.clone(),
        at: get_time(row, "at")?,
        remote: get(row, "remote")?,
        method: private.method,
        target: private.target,
        request: private.request,
        status: get(row, "status")?,
        answer: private.answer,
        elapsed_ms: private.elapsed_ms,
    })
}

/// Keeps the newest `keep` exchanges of a record.
fn thin(db: &Connection, record: &RecordRef, keep: usize) -> Result<usize, StoreError> {
    run(
        db,
        "DELETE FROM exchanges WHERE record_kind = ?1 AND record_id = ?2 AND id <= (
            SELECT id FROM exchanges WHERE record_kind = ?1 AND record_id = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
        (record.kind.as_str(), &record.id, limit(keep)),
    )
}

impl Store {
    /// Stores an exchange; a record keeps its newest 200.
    pub fn put_exchange(&self, exchange: &Exchange) -> Result<(), StoreError> {
        self.put_exchanges(std::slice::from_ref(exchange))
    }

    /// Stores several exchanges in one transaction.
    pub fn put_exchanges(&self, exchanges: &[Exchange]) -> Result<(), StoreError> {
        self.write(|db| {
            for exchange in exchanges {
                let record = &exchange.record;
                let private = Private {
                    method: exchange.method.clone(),
                    target: exchange.target.clone(),
                    request: exchange.request.clone(),
                    answer: exchange.answer.clone(),
                    elapsed_ms: exchange.elapsed_ms,
                };
                run(
                    db,
                    "INSERT INTO exchanges (record_kind, record_id, at, remote, status, private)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    (
                        record.kind.as_str(),
                        &record.id,
                        time(exchange.at),
                        &exchange.remote,
                        exchange.status,
                        self.seal.seal(place(record), &private)?,
                    ),
                )?;
                thin(db, record, PER_RECORD)?;
            }
            Ok(())
        })
    }

    /// The exchanges of a record, oldest first.
    pub fn exchanges_of(&self, record: &RecordRef) -> Result<Vec<Exchange>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM exchanges WHERE record_kind = ?1 AND record_id = ?2 ORDER BY id",
                (record.kind.as_str(), &record.id),
                |row| read(row, &self.seal, record),
            )
        })
    }

    /// The newest exchanges of all records, newest first.
    pub fn last_exchanges(&self, count: usize) -> Result<Vec<Exchange>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM exchanges ORDER BY id DESC LIMIT ?1",
                [limit(count)],
                |row| {
                    let record = RecordRef {
                        kind: get::<String>(row, "record_kind")?.parse()?,
                        id: get(row, "record_id")?,
                    };
                    read(row, &self.seal, &record)
                },
            )
        })
    }
}
