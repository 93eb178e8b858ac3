//! What is kept how long, and removing what is too old.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;

use crate::column::{all, get, run, time};
use crate::error::StoreError;
use crate::store::Store;
use crate::table::records::read_ref;
use crate::table::{journal, mirror};

/// How long each kind of history is kept (**setting** *retention*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events.
    pub activity: TimeDelta,
    /// Requests and answers.
    pub exchanges: TimeDelta,
    /// Runs.
    pub runs: TimeDelta,
    /// Raw payloads of records that are booked or skipped, and bodies of settled intents; `None` keeps them. What was
    /// removed is read anew from its side when it is needed.
    pub payloads: Option<TimeDelta>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            activity: TimeDelta::days(730),
            exchanges: TimeDelta::days(30),
            runs: TimeDelta::days(365),
            payloads: None,
        }
    }
}

/// How much was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Events.
    pub activity: usize,
    /// Requests and answers.
    pub exchanges: usize,
    /// Runs.
    pub runs: usize,
    /// Payloads emptied.
    pub payloads: usize,
    /// Bodies of intents emptied.
    pub bodies: usize,
}

impl Store {
    /// Removes what is older than `retention` says. Records, links, settings and the rows of the journal stay.
    pub fn prune(&self, retention: &Retention) -> Result<Pruned, StoreError> {
        let now = self.now();
        let pruned = self.write(|db| {
            let mut pruned = Pruned {
                activity: run(
                    db,
                    "DELETE FROM activity WHERE at < ?1",
                    [time(now - retention.activity)],
                )?,
                exchanges: run(
                    db,
                    "DELETE FROM exchanges WHERE at < ?1",
                    [time(now - retention.exchanges)],
                )?,
                runs: run(
                    db,
                    "DELETE FROM runs WHERE started_at < ?1",
                    [time(now - retention.runs)],
                )?,
                ..Pruned::default()
            };
            if let Some(age) = retention.payloads {
                pruned.payloads = self.empty_payloads(db, now - age)?;
                pruned.bodies = journal::empty_bodies(db, &self.seal, now - age)?;
            }
            Ok(pruned)
        })?;
        // Gives the freed pages back to the disk; outside of the transaction, as SQLite wants it.
        self.read(|db| {
            // One step frees one page.
            let mut statement = db.prepare("PRAGMA incremental_vacuum")?;
            let mut steps = statement.query([])?;
            while steps.next()?.is_some() {}
            Ok(())
        })?;
        Ok(pruned)
    }

    fn empty_payloads(&self, db: &Connection, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let old = all(
            db,
            "SELECT r.kind, r.id, r.name FROM records r JOIN mirror m ON m.kind = r.kind AND m.id = r.id
             WHERE m.updated_at < ?1 AND NOT m.emptied AND r.state IN ('booked', 'skipped') AND NOT r.retry
               AND m.digest IS r.decided_digest",
            [time(before)],
            |row| Ok((read_ref(row)?, get::<Option<String>>(row, "name")?)),
        )?;
        for (record, name) in &old {
            mirror::empty_payload(db, &self.seal, record, name.as_deref().unwrap_or_default())?;
        }
        Ok(old.len())
    }
}
