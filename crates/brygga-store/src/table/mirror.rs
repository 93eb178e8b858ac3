//! The latest raw payload of each record, with a digest of its economic content (`design` 3).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};
use serde_json::Value;

use crate::column::{all, first, get, get_time, run, time};
use crate::erased;
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::cursors;
use crate::table::records::{self, Part, RecordKind, RecordRef};

// The digest stands before the payload, and in an index of its own, so that looking for changes reads no payloads.
pub(crate) const CREATE: &str = "
CREATE TABLE mirror (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    emptied INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX mirror_by_digest ON mirror (kind, id, digest);
";

/// Whose payload a person asked to be taken out: a later read does not fill it again.
pub(crate) const ADD_ERASED: &str = "
ALTER TABLE mirror ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
";

/// One record as its side last gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct MirrorRow {
    /// Which record.
    pub record: RecordRef,
    /// What people call it: an order's name ("#1001"), a customer's name.
    pub name: String,
    /// When it last changed, by the side that owns it.
    pub updated_at: DateTime<Utc>,
    /// Digest of the economic content; our own write-back does not change it.
    pub digest: String,
    /// The raw record; `Null` once the retention has removed it.
    pub payload: Value,
    /// When we read it.
    pub seen_at: DateTime<Utc>,
    /// Its parts, each a record of its own: they get a row in the same transaction, so that nothing seen is without a state.
    pub parts: Vec<Part>,
}

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageEffect {
    /// Records never seen before.
    pub new: usize,
    /// Records whose economic content is another.
    pub changed: usize,
    /// Records with nothing new in the economic content, or older than what is stored.
    pub same: usize,
}

enum Effect {
    New,
    Changed,
    Same,
}

fn place(record: &RecordRef) -> Place<'_> {
    Place {
        table: "mirror",
        kind: record.kind.as_str(),
        id: &record.id,
    }
}

/// Stores one row unless a newer one stands there.
fn store(db: &Connection, seal: &Seal, row: &MirrorRow) -> Result<Effect, StoreError> {
    let key = (row.record.kind.as_str(), row.record.id.as_str());
    let stored = first(
        db,
        "SELECT updated_at, digest, emptied, erased FROM mirror WHERE kind = ?1 AND id = ?2",
        key,
        |found| {
            Ok((
                get_time(found, "updated_at")?,
                get::<String>(found, "digest")?,
                get::<bool>(found, "emptied")?,
                get::<bool>(found, "erased")?,
            ))
        },
    )?;
    let effect = match stored {
        None => Effect::New,
        Some((updated_at, ..)) if updated_at > row.updated_at => return Ok(Effect::Same),
        // Erased: what changed is noted, so that it is decided on, and read for that; the payload is not kept again.
        Some((_, digest, _, true)) => {
            run(
                db,
                "UPDATE mirror SET updated_at = ?3, digest = ?4, seen_at = ?5 WHERE kind = ?1 AND id = ?2",
                (
                    key.0,
                    key.1,
                    time(row.updated_at),
                    &row.digest,
                    time(row.seen_at),
                ),
            )?;
            return Ok(if digest == row.digest {
                Effect::Same
            } else {
                Effect::Changed
            });
        }
        Some((updated_at, digest, emptied, false)) if digest == row.digest => {
            // The overlap of each poll brings the same rows again: not written twice.
            if updated_at == row.updated_at && !emptied {
                run(
                    db,
                    "UPDATE mirror SET seen_at = ?3 WHERE kind = ?1 AND id = ?2",
                    (key.0, key.1, time(row.seen_at)),
                )?;
                return Ok(Effect::Same);
            }
            Effect::Same
        }
        Some(_) => Effect::Changed,
    };
    let erased = erased::has(db, &row.record)?;
    let kept = if erased { &Value::Null } else { &row.payload };
    run(
        db,
        "INSERT INTO mirror (kind, id, updated_at, digest, seen_at, emptied, erased, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?8, ?7, ?6)
         ON CONFLICT (kind, id) DO UPDATE SET updated_at = excluded.updated_at, digest = excluded.digest,
            seen_at = excluded.seen_at, emptied = excluded.emptied, erased = excluded.erased, payload = excluded.payload",
        (
            key.0,
            key.1,
            time(row.updated_at),
            &row.digest,
            time(row.seen_at),
            seal.seal(place(&row.record), &(&row.name, kept))?,
            erased,
            kept.is_null(),
        ),
    )?;
    Ok(effect)
}

fn read(row: &Row<'_>, seal: &Seal, record: &RecordRef) -> Result<MirrorRow, StoreError> {
    let (name, payload) = seal.open(place(record), &get::<Vec<u8>>(row, "payload")?)?;
    Ok(MirrorRow {
        record: record.clone(),
        name,
        updated_at: get_time(row, "updated_at")?,
        digest: get(row, "digest")?,
        payload,
        seen_at: get_time(row, "seen_at")?,
        parts: Vec::new(),
    })
}

/// Replaces the payload by `Null` for good.
pub(crate) fn erase_payload(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
    name: &str,
) -> Result<usize, StoreError> {
    let erased = empty_payload(db, seal, record, name)?;
    run(
        db,
        "UPDATE mirror SET erased = 1 WHERE kind = ?1 AND id = ?2",
        (record.kind.as_str(), &record.id),
    )?;
    Ok(erased)
}

/// Replaces the payload by `Null`; digest and times stay.
pub(crate) fn empty_payload(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
    name: &str,
) -> Result<usize, StoreError> {
    run(
        db,
        "UPDATE mirror SET payload = ?3, emptied = 1 WHERE kind = ?1 AND id = ?2",
        (
            record.kind.as_str(),
            &record.id,
            seal.seal(place(record), &(name, Value::Null))?,
        ),
    )
}

impl Store {
    /// Stores a page, and with the last page of a complete set the cursor of its flow, in one transaction.
    ///
    /// A row older than the stored one does not overwrite it. Every record seen for the first time gets a row in
    /// `records` as new, so that nothing seen is without a state.
    pub fn store_page(
        &self,
        rows: &[MirrorRow],
        cursor: Option<(&str, DateTime<Utc>)>,
    ) -> Result<PageEffect, StoreError> {
        let now = self.now();
        self.write(|db| {
            let mut effect = PageEffect::default();
            for row in rows {
                match store(db, &self.seal, row)? {
                    Effect::New => effect.new += 1,
                    Effect::Changed => effect.changed += 1,
                    Effect::Same => effect.same += 1,
                }
                records::see(db, &self.seal, &row.record, &row.name, now)?;
                for part in &row.parts {
                    records::see_part(db, &self.seal, part, &row.record.id, now)?;
                }
            }
            if let Some((flow, at)) = cursor {
                cursors::set(db, flow, at, now)?;
            }
            Ok(effect)
        })
    }

    /// The record of `kind` that changed last on its own side, or `None` if none is stored.
    pub fn newest_mirrored(&self, kind: RecordKind) -> Result<Option<RecordRef>, StoreError> {
        self.read(|db| {
            let mut newest = all(
                db,
                "SELECT kind, id FROM mirror WHERE kind = ?1 ORDER BY updated_at DESC LIMIT 1",
                [kind.as_str()],
                records::read_ref,
            )?;
            Ok(newest.pop())
        })
    }

    /// The records of `kind` that changed at or after `since` on their own side.
    pub fn mirrored_since(
        &self,
        kind: RecordKind,
        since: DateTime<Utc>,
    ) -> Result<Vec<RecordRef>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT kind, id FROM mirror WHERE kind = ?1 AND updated_at >= ?2 ORDER BY updated_at",
                (kind.as_str(), time(since)),
                records::read_ref,
            )
        })
    }

    /// The record as last read, or `None` if it never was.
    pub fn mirror(&self, record: &RecordRef) -> Result<Option<MirrorRow>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT updated_at, digest, seen_at, payload FROM mirror WHERE kind = ?1 AND id = ?2",
                (record.kind.as_str(), &record.id),
                |row| read(row, &self.seal, record),
            )
        })
    }
}
