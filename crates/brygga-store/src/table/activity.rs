//! What happened, in the order it happened, for the screen and the export.

use std::collections::BTreeMap;
use std::ops::Deref;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::{all, first, get, get_time, parse_uuid, run, time};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::records::{RecordRef, open_name};
use crate::table::search::Needle;
use crate::text_enum::text_enum;

pub(crate) const CREATE: &str = "
CREATE TABLE activity (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    level TEXT NOT NULL,
    event TEXT NOT NULL,
    record_kind TEXT,
    record_id TEXT,
    name TEXT,
    run TEXT,
    private BLOB NOT NULL
) STRICT;
CREATE INDEX activity_by_record ON activity (record_kind, record_id, id) WHERE record_id IS NOT NULL;
CREATE INDEX activity_by_time ON activity (at);
";

/// What a filter by kind or gravity needs to stay fast in a long log.
pub(crate) const ADD_FILTERS: &str = "
CREATE INDEX activity_by_kind ON activity (record_kind, id);
CREATE INDEX activity_serious ON activity (id DESC) WHERE level IN ('warn', 'bad');
";

text_enum! {
    /// How an event should look.
    Level {
        /// Worth telling.
        Info = "info",
        /// Something was achieved.
        Good = "good",
        /// Somebody should look.
        Warn = "warn",
        /// Something went wrong.
        Bad = "bad",
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// When.
    pub at: DateTime<Utc>,
    /// How it should look.
    pub level: Level,
    /// Stable name of the event, such as "order-booked".
    pub event: String,
    /// The record it is about.
    pub record: Option<RecordRef>,
    /// What people call the record. Sealed if it is a person's name.
    pub name: Option<String>,
    /// What the sentence needs. Sealed.
    pub params: BTreeMap<String, String>,
    /// The run it happened in.
    pub run: Option<Uuid>,
}

impl Activity {
    /// An event that is about no record.
    pub fn new(at: DateTime<Utc>, level: Level, event: impl Into<String>) -> Self {
        Self {
            at,
            level,
            event: event.into(),
            record: None,
            name: None,
            params: BTreeMap::new(),
            run: None,
        }
    }

    /// The same about a record.
    #[must_use]
    pub fn about(mut self, record: RecordRef, name: impl Into<String>) -> Self {
        self.record = Some(record);
        self.name = Some(name.into());
        self
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same as part of a run.
    #[must_use]
    pub fn in_run(mut self, run: Uuid) -> Self {
        self.run = Some(run);
        self
    }
}

/// A stored event; reads like the event it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRow {
    /// Its number: later events have greater ones.
    pub id: i64,
    /// The event.
    pub activity: Activity,
}

impl Deref for ActivityRow {
    type Target = Activity;

    fn deref(&self) -> &Activity {
        &self.activity
    }
}

/// What of an event is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Private {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    params: BTreeMap<String, String>,
}

/// The number of a row is not known before it is stored, so the box is bound to the record.
fn place(record: Option<&RecordRef>) -> Place<'_> {
    Place {
        table: "activity",
        kind: record.map_or("", |record| record.kind.as_str()),
        id: record.map_or("", |record| &record.id),
    }
}

/// Stores events; their numbers.
pub(crate) fn insert(
    db: &Connection,
    seal: &Seal,
    events: &[Activity],
) -> Result<Vec<i64>, StoreError> {
    let mut ids = Vec::with_capacity(events.len());
    for event in events {
        let record = event.record.as_ref();
        let open = match (record, &event.name) {
            (Some(record), Some(name)) => open_name(record.kind, name),
            _ => None,
        };
        let private = Private {
            name: event.name.clone().filter(|_| open.is_none()),
            params: event.params.clone(),
        };
        run(
            db,
            "INSERT INTO activity (at, level, event, record_kind, record_id, name, run, private)
             VALUES (:at, :level, :event, :record_kind, :record_id, :name, :run, :private)",
            named_params! {
                ":at": time(event.at),
                ":level": event.level.as_str(),
                ":event": event.event,
                ":record_kind": record.map(|record| record.kind.as_str()),
                ":record_id": record.map(|record| &record.id),
                ":name": open,
                ":run": event.run.map(|run| run.to_string()),
                ":private": seal.seal(place(record), &private)?,
            },
        )?;
        ids.push(db.last_insert_rowid());
    }
    Ok(ids)
}

/// Takes a person out of the events about a record: its name where that is a person's, and every parameter that `says` who it is.
pub(crate) fn redact(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
    says: impl Fn(&str) -> bool,
) -> Result<usize, StoreError> {
    let rows = all(
        db,
        "SELECT * FROM activity WHERE record_kind = ?1 AND record_id = ?2",
        (record.kind.as_str(), &record.id),
        |row| read(row, seal),
    )?;
    let mut changed = 0;
    for ActivityRow { id, activity } in rows {
        let personal = record.kind.names_a_person() && activity.name.is_some();
        if !personal && !activity.params.values().any(|text| says(text)) {
            continue;
        }
        let mut params = activity.params;
        params.retain(|_, text| !says(text));
        let private = Private { name: None, params };
        changed += run(
            db,
            "UPDATE activity SET private = ?2 WHERE id = ?1",
            (id, seal.seal(place(Some(record)), &private)?),
        )?;
    }
    Ok(changed)
}

pub(crate) fn read(row: &Row<'_>, seal: &Seal) -> Result<ActivityRow, StoreError> {
    let record = record_of(row)?;
    let private = seal.open(place(record.as_ref()), &get::<Vec<u8>>(row, "private")?)?;
    event(row, record, private)
}

/// The event of a row, if what was typed is in it.
pub(crate) fn read_if(
    row: &Row<'_>,
    seal: &Seal,
    needle: &Needle,
) -> Result<Option<ActivityRow>, StoreError> {
    let record = record_of(row)?;
    let id = record.as_ref().map(|record| record.id.clone());
    let open = [id, get(row, "name")?, get(row, "event")?];
    let is_open = open.iter().flatten().any(|text| needle.is_in(text));
    let private: Option<Private> = seal.open_if(
        place(record.as_ref()),
        &get::<Vec<u8>>(row, "private")?,
        |json| is_open || needle.may_be_in(json),
    )?;
    let Some(private) = private else {
        return Ok(None);
    };
    let fits = is_open
        || private
            .name
            .iter()
            .chain(private.params.values())
            .any(|text| needle.is_in(text));
    fits.then(|| event(row, record, private)).transpose()
}

fn record_of(row: &Row<'_>) -> Result<Option<RecordRef>, StoreError> {
    let kind = get::<Option<String>>(row, "record_kind")?;
    let id = get::<Option<String>>(row, "record_id")?;
    match (kind, id) {
        (Some(kind), Some(id)) => Ok(Some(RecordRef::new(kind.parse()?, id))),
        _ => Ok(None),
    }
}

fn event(
    row: &Row<'_>,
    record: Option<RecordRef>,
    private: Private,
) -> Result<ActivityRow, StoreError> {
    Ok(ActivityRow {
        id: get(row, "id")?,
        activity: Activity {
            at: get_time(row, "at")?,
            level: get::<String>(row, "level")?.parse()?,
            event: get(row, "event")?,
            name: get::<Option<String>>(row, "name")?.or(private.name),
            record,
            params: private.params,
            run: get::<Option<String>>(row, "run")?
                .map(|text| parse_uuid(&text, "run"))
                .transpose()?,
        },
    })
}

impl Store {
    /// Stores events; their numbers.
    pub fn log(&self, events: &[Activity]) -> Result<Vec<i64>, StoreError> {
        self.write(|db| insert(db, &self.seal, events))
    }

    /// Events with greater numbers than `id`, oldest first: what a screen has not seen yet.
    pub fn activity_after(&self, id: i64) -> Result<Vec<ActivityRow>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM activity WHERE id > ?1 ORDER BY id",
                [id],
                |row| read(row, &self.seal),
            )
        })
    }

    /// The number of the newest event, 0 before the first.
    pub fn last_activity(&self) -> Result<i64, StoreError> {
        self.read(|db| {
            let last = first(
                db,
                "SELECT coalesce(max(id), 0) AS id FROM activity",
                [],
                |row| get(row, "id"),
            )?;
            Ok(last.unwrap_or_default())
        })
    }
}
