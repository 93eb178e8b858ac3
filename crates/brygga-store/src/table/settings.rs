//! The merchant's choices, their history, and the revision that counts the changes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use serde_json::Value;

use crate::column::{all, first, get, get_json, get_time, json, limit, run, time};
use crate::error::StoreError;
use crate::store::Store;

pub(crate) const CREATE: &str = "
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE settings_history (
    rev INTEGER NOT NULL,
    name TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (rev, name)
) STRICT, WITHOUT ROWID;
";

/// One change of one setting.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingChange {
    /// The revision it made; settings changed together share one.
    pub rev: i64,
    /// Which setting.
    pub name: String,
    /// What it was, or `None` if it had never been set.
    pub before: Option<Value>,
    /// What it became.
    pub after: Value,
    /// Who did it: "wizard", "window", "command line".
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The newest revision, 0 before the first setting.
pub(crate) fn revision(db: &Connection) -> Result<i64, StoreError> {
    Ok(first(
        db,
        "SELECT coalesce(max(rev), 0) AS rev FROM settings_history",
        [],
        |row| get(row, "rev"),
    )?
    .unwrap_or_default())
}

fn value(db: &Connection, name: &str) -> Result<Option<Value>, StoreError> {
    first(
        db,
        "SELECT value FROM settings WHERE name = ?1",
        [name],
        |row| get_json(row, "value"),
    )
}

/// The settings with these names that were ever set.
pub(crate) fn named(
    db: &Connection,
    names: &[&str],
) -> Result<BTreeMap<String, Value>, StoreError> {
    let mut found = BTreeMap::new();
    for name in names {
        if let Some(value) = value(db, name)? {
            found.insert((*name).to_owned(), value);
        }
    }
    Ok(found)
}

/// Sets several settings as one change; the revision after it.
pub(crate) fn put(
    db: &Connection,
    settings: &BTreeMap<String, Value>,
    who: &str,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let current = revision(db)?;
    let mut changed = false;
    for (name, after) in settings {
        let before = value(db, name)?;
        if before.as_ref() == Some(after) {
            continue;
        }
        changed = true;
        run(
            db,
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json(after)),
        )?;
        run(
            db,
            "INSERT INTO settings_history (rev, name, before, after, who, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                current + 1,
                name,
                before.as_ref().map(json),
                json(after),
                who,
                time(now),
            ),
        )?;
    }
    Ok(if changed { current + 1 } else { current })
}

impl Store {
    /// Sets one setting; the revision after it. Setting the same value again is no change.
    pub fn put_setting(&self, name: &str, value: Value, who: &str) -> Result<i64, StoreError> {
        self.put_settings(&BTreeMap::from([(name.to_owned(), value)]), who)
    }

    /// Sets several settings as one change; the revision after it.
    pub fn put_settings(
        &self,
        settings: &BTreeMap<String, Value>,
        who: &str,
    ) -> Result<i64, StoreError> {
        let now = self.now();
        self.write(|db| put(db, settings, who, now))
    }

    /// One setting, or `None` if it was never set.
    pub fn setting(&self, name: &str) -> Result<Option<Value>, StoreError> {
        self.read(|db| value(db, name))
    }

    /// One setting as it is written, or `None` if it was never set: the same text is the same value.
    pub fn setting_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT value FROM settings WHERE name = ?1",
                [name],
                |row| get(row, "value"),
            )
        })
    }

    /// Every setting that was ever set.
    pub fn settings(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        self.read(|db| {
            let rows = all(db, "SELECT name, value FROM settings", [], |row| {
                Ok((get::<String>(row, "name")?, get_json(row, "value")?))
            })?;
            Ok(rows.into_iter().collect())
        })
    }

    /// How often the settings have changed: what was decided under an older revision may be decided anew.
    pub fn settings_rev(&self) -> Result<i64, StoreError> {
        self.read(revision)
    }

    /// The last changes, newest first; of one setting or of all.
    pub fn settings_history(
        &self,
        name: Option<&str>,
        count: usize,
    ) -> Result<Vec<SettingChange>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM settings_history WHERE ?1 IS NULL OR name = ?1
                 ORDER BY rev DESC, name LIMIT ?2",
                (name, limit(count)),
                |row| {
                    Ok(SettingChange {
                        rev: get(row, "rev")?,
                        name: get(row, "name")?,
                        before: get::<Option<String>>(row, "before")?
                            .map(|_| get_json(row, "before"))
                            .transpose()?,
                        after: get_json(row, "after")?,
                        who: get(row, "who")?,
                        at: get_time(row, "at")?,
                    })
                },
            )
        })
    }
}
