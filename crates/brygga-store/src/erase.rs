//! Erasing what is known of a person. What keeps a document from being booked twice stays: records, numbers, amounts, links, digests and the
//! rows of the journal (`design` 5).

use rusqlite::Connection;

use crate::column::{all, first, get, get_count, run};
use crate::erased;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::activity::{self, Activity};
use crate::table::links::{self, Link};
use crate::table::records::{self, RecordRef};
use crate::table::{journal, mirror};

/// How much is kept about some records, or was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Payloads of the shop.
    pub payloads: usize,
    /// Requests and answers.
    pub exchanges: usize,
    /// Bodies and answers in the journal.
    pub bodies: usize,
    /// Events.
    pub events: usize,
}

/// What to erase.
#[derive(Debug)]
pub struct Erasure<'a> {
    /// The records that are the person's.
    pub records: &'a [RecordRef],
    /// Their links as they are without the person.
    pub links: &'a [Link],
    /// What the person is called, lives and is reached at, in lower case: an event that contains one of these loses the words.
    pub words: &'a [String],
    /// What to tell.
    pub told: &'a [Activity],
}

fn count(db: &Connection, sql: &str, record: &RecordRef) -> Result<usize, StoreError> {
    let found = first(db, sql, (record.kind.as_str(), &record.id), |row| {
        get_count(row, "count")
    })?;
    Ok(found.unwrap_or_default())
}

impl Store {
    /// How much is kept about these records.
    pub fn holdings(&self, records: &[RecordRef]) -> Result<Holdings, StoreError> {
        self.read(|db| {
            let mut found = Holdings::default();
            for record in records {
                found.payloads += count(
                    db,
                    "SELECT count(*) AS count FROM mirror WHERE kind = ?1 AND id = ?2 AND NOT emptied",
                    record,
                )?;
                found.exchanges += count(
                    db,
                    "SELECT count(*) AS count FROM exchanges WHERE record_kind = ?1 AND record_id = ?2",
                    record,
                )?;
                found.bodies += count(
                    db,
                    "SELECT count(*) AS count FROM journal WHERE record_kind = ?1 AND record_id = ?2 AND outcome IS NOT NULL",
                    record,
                )?;
                found.events += count(
                    db,
                    "SELECT count(*) AS count FROM activity WHERE record_kind = ?1 AND record_id = ?2",
                    record,
                )?;
            }
            Ok(found)
        })
    }

    /// Erases a person in one transaction; how much was removed. The payloads are not filled again by a later read, and a copy from before
    /// does not bring the person back.
    pub fn erase(&self, erasure: &Erasure<'_>) -> Result<Holdings, StoreError> {
        let listed = || {
            let records = erasure.records.iter();
            records
                .filter(|record| erased::is_listed(record.kind))
                .map(|record| record.id.as_str())
        };
        // First: what is on the list is erased at the next start, where this one ends in between.
        if let Some(file) = self.file() {
            erased::keep_beside(file, listed())?;
        }
        self.write(|db| {
            let mut removed = Holdings::default();
            erased::add(db, listed())?;
            for record in erasure.records {
                let key = (record.kind.as_str(), record.id.as_str());
                if let Some(mut row) = records::find(db, &self.seal, record)? {
                    row.party = None;
                    if record.kind.names_a_person() {
                        row.name = row.erp_number.clone().unwrap_or_default();
                    }
                    removed.payloads += mirror::erase_payload(db, &self.seal, record, &row.name)?;
                    if let Some(problem) = &mut row.problem {
                        problem.params.retain(|_, text| !says(text, erasure.words));
                    }
                    records::put(db, &self.seal, &row)?;
                }
                removed.exchanges += run(
                    db,
                    "DELETE FROM exchanges WHERE record_kind = ?1 AND record_id = ?2",
                    key,
                )?;
                removed.bodies += journal::empty_settled(db, &self.seal, record)?;
                removed.events +=
                    activity::redact(db, &self.seal, record, |text| says(text, erasure.words))?;
            }
            for link in erasure.links {
                links::put(db, &self.seal, link)?;
            }
            activity::insert(db, &self.seal, erasure.told)?;
            Ok(removed)
        })
    }

    /// Was the customer of this record erased, or of the order that it is part of.
    pub fn is_erased(&self, record: &RecordRef) -> Result<bool, StoreError> {
        self.read(|db| {
            let found = all(
                db,
                "SELECT erased FROM mirror WHERE kind = ?1 AND id = ?2
                 UNION ALL
                 SELECT m.erased FROM records r JOIN mirror m ON m.kind = 'order' AND m.id = r.part_of
                 WHERE r.kind = ?1 AND r.id = ?2
                 UNION ALL
                 SELECT 1 AS erased FROM erased WHERE ?1 = 'customer' AND id = ?2",
                (record.kind.as_str(), &record.id),
                |row| get::<bool>(row, "erased"),
            )?;
            Ok(found.contains(&true))
        })
    }

    /// Removes the bodies and answers of what the journal has settled of these records; how many. Their rows stay.
    pub fn empty_bodies(&self, records: &[RecordRef]) -> Result<usize, StoreError> {
        self.write(|db| {
            let mut emptied = 0;
            for record in records {
                emptied += journal::empty_settled(db, &self.seal, record)?;
            }
            Ok(emptied)
        })
    }
}

fn says(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word.as_str()))
}
