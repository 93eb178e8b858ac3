//! Finding events: by what is typed, by kind and gravity, by day.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, ToSql};

use crate::column::{first, get, get_count, get_time, limit, time};
use crate::error::StoreError;
use crate::store::Store;
use crate::table::activity::{ActivityRow, read, read_if};
use crate::table::records::{RecordKind, RecordRef};
use crate::table::search::{Needle, named};

/// What a kind and a gravity together need to stay fast in a long log.
pub(crate) const ADD_SERIOUS_BY_KIND: &str = "
CREATE INDEX activity_serious_by_kind ON activity (record_kind, id DESC) WHERE level IN ('warn', 'bad');
";

/// How many events a search opens for one piece: what they say is sealed, and no index over it is kept.
const SCAN: usize = 10_000;
/// How many records that are named so a search follows.
const RECORDS: usize = 200;

/// Which events.
#[derive(Debug, Clone, Copy, Default)]
pub struct ActivityFilter<'a> {
    /// What was typed.
    pub search: Option<&'a str>,
    /// Of this record alone.
    pub record: Option<&'a RecordRef>,
    /// About records of this kind.
    pub kind: Option<RecordKind>,
    /// Only what somebody should look at.
    pub serious: bool,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Older than this number: for the next piece.
    pub before: Option<i64>,
}

/// A piece of the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActivityFound {
    /// Its events, newest first.
    pub rows: Vec<ActivityRow>,
    /// Where it goes on: the `before` of the next piece. None where nothing older is left.
    pub older: Option<i64>,
    /// Down to which moment a search has looked, where older events are left.
    pub looked_to: Option<DateTime<Utc>>,
}

impl Store {
    /// The events of [`find_activity`](Self::find_activity).
    pub fn activity(
        &self,
        filter: &ActivityFilter<'_>,
        count: usize,
    ) -> Result<Vec<ActivityRow>, StoreError> {
        Ok(self.find_activity(filter, count)?.rows)
    }

    /// Events, newest first, at most `count`.
    ///
    /// A search looks through the next 10,000 events that fit the filter, word by word, and says where it goes on. The first piece
    /// has the events of records that are named or numbered so besides, whatever their age, those first that are named exactly so:
    /// whoever looks for an order finds it at once.
    pub fn find_activity(
        &self,
        filter: &ActivityFilter<'_>,
        count: usize,
    ) -> Result<ActivityFound, StoreError> {
        self.read(|db| {
            let Some(ends) = Ends::of(db, filter)? else {
                return Ok(ActivityFound::default());
            };
            match Needle::new(filter.search) {
                Some(needle) => self.search(db, filter, &ends, &needle, count),
                None => self.piece(db, filter, &ends, count),
            }
        })
    }

    fn piece(
        &self,
        db: &Connection,
        filter: &ActivityFilter<'_>,
        ends: &Ends,
        count: usize,
    ) -> Result<ActivityFound, StoreError> {
        let mut found = ActivityFound::default();
        let record = filter.record;
        // The one after the last only tells that there is one.
        events(
            db,
            filter,
            ends,
            record,
            count.saturating_add(1),
            &mut |row| {
                if found.rows.len() < count {
                    found.rows.push(read(row, &self.seal)?);
                } else {
                    found.older = found.rows.last().map(|last| last.id);
                }
                Ok(true)
            },
        )?;
        Ok(found)
    }

    fn search(
        &self,
        db: &Connection,
        filter: &ActivityFilter<'_>,
        ends: &Ends,
        needle: &Needle,
        count: usize,
    ) -> Result<ActivityFound, StoreError> {
        let mut found: BTreeMap<i64, ActivityRow> = BTreeMap::new();
        if filter.before.is_none() && filter.record.is_none() {
            // Half of the piece: the other one is for what was said lately.
            let most = count.div_ceil(2);
            for record in named(db, needle, RECORDS)? {
                let left = most.saturating_sub(found.len());
                if left == 0 {
                    break;
                }
                events(db, filter, ends, Some(&record), left, &mut |row| {
                    let event = read(row, &self.seal)?;
                    found.insert(event.id, event);
                    Ok(true)
                })?;
            }
        }
        let (mut looked, mut last, mut is_cut) = (0, None, false);
        let record = filter.record;
        events(db, filter, ends, record, SCAN + 1, &mut |row| {
            if looked == SCAN || found.len() >= count {
                is_cut = true;
                return Ok(false);
            }
            looked += 1;
            last = Some(get::<i64>(row, "id")?);
            if let Some(event) = read_if(row, &self.seal, needle)? {
                found.insert(event.id, event);
            }
            Ok(true)
        })?;
        let older = last.filter(|_| is_cut);
        let looked_to = match older {
            Some(id) => first(db, "SELECT at FROM activity WHERE id = ?1", [id], |row| {
                get_time(row, "at")
            })?,
            None => None,
        };
        Ok(ActivityFound {
            rows: found.into_values().rev().collect(),
            older,
            looked_to,
        })
    }

    /// How many events fit the filter in all. Of a search: those whose own words fit; of a record that is found by another of its numbers
    /// alone, [`Store::find_activity`] gives every event, first, and what of it does not name it is not among these.
    pub fn activity_count(&self, filter: &ActivityFilter<'_>) -> Result<usize, StoreError> {
        if Needle::new(filter.search).is_some() {
            // Piece by piece, so that nobody waits for all of it. What is named so is found on the way.
            let mut filter = *filter;
            let mut before = Some(filter.before.unwrap_or(i64::MAX));
            let mut count = 0;
            while before.is_some() {
                filter.before = before;
                let found = self.find_activity(&filter, SCAN)?;
                count += found.rows.len();
                before = found.older;
            }
            return Ok(count);
        }
        self.read(|db| {
            let Some(ends) = Ends::of(db, filter)? else {
                return Ok(0);
            };
            let narrowed = Narrowed::by(filter, filter.record);
            let sql = format!(
                "SELECT count(*) AS count FROM activity {} WHERE id < :before AND id > :since{}",
                narrowed.index, narrowed.sql
            );
            let found = first(db, &sql, narrowed.params(&ends).as_slice(), |row| {
                get_count(row, "count")
            })?;
            Ok(found.unwrap_or_default())
        })
    }
}

/// The numbers between which what fits lies, so that a day is found without reading what came after it.
///
/// Events are numbered as they come, so the moments follow the numbers, unless the computer's clock was put back: an event of
/// another day that lies between the ends is left out by its own moment.
struct Ends {
    /// Greater than this.
    since: i64,
    /// Less than this.
    before: i64,
}

impl Ends {
    /// `None` if nothing lies in that time.
    fn of(db: &Connection, filter: &ActivityFilter<'_>) -> Result<Option<Self>, StoreError> {
        let id = |row: &Row<'_>| get::<i64>(row, "id");
        let mut ends = Self {
            since: 0,
            before: filter.before.unwrap_or(i64::MAX),
        };
        if let Some(from) = filter.from {
            let sql = "SELECT id FROM activity WHERE at >= ?1 ORDER BY at, id LIMIT 1";
            let Some(first) = first(db, sql, [time(from)], id)? else {
                return Ok(None);
            };
            ends.since = first - 1;
        }
        if let Some(until) = filter.until {
            let sql = "SELECT id FROM activity WHERE at < ?1 ORDER BY at DESC, id DESC LIMIT 1";
            let Some(last) = first(db, sql, [time(until)], id)? else {
                return Ok(None);
            };
            ends.before = ends.before.min(last + 1);
        }
        Ok(Some(ends))
    }
}

/// Gives events to `look`, newest first, until it says stop.
fn events(
    db: &Connection,
    filter: &ActivityFilter<'_>,
    ends: &Ends,
    record: Option<&RecordRef>,
    count: usize,
    look: &mut impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let narrowed = Narrowed::by(filter, record);
    let sql = format!(
        "SELECT * FROM activity {} WHERE id < :before AND id > :since{} ORDER BY id DESC LIMIT :count",
        narrowed.index, narrowed.sql
    );
    let count = limit(count);
    let mut params = narrowed.params(ends);
    params.push((":count", &count));
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params.as_slice())?;
    while let Some(row) = rows.next()? {
        if !look(row)? {
            break;
        }
    }
    Ok(())
}

/// The conditions of a filter, with their values and the index that answers them.
struct Narrowed {
    sql: String,
    index: &'static str,
    own: Vec<(&'static str, String)>,
}

impl Narrowed {
    fn by(filter: &ActivityFilter<'_>, record: Option<&RecordRef>) -> Self {
        let mut sql = String::new();
        let mut own = Vec::new();
        if let Some(record) = record {
            sql.push_str(" AND record_kind = :kind AND record_id = :record");
            own.push((":kind", record.kind.as_str().to_owned()));
            own.push((":record", record.id.clone()));
        }
        if let Some(wanted) = filter.kind {
            sql.push_str(" AND record_kind = :only");
            own.push((":only", wanted.as_str().to_owned()));
        }
        if filter.serious {
            sql.push_str(" AND level IN ('warn', 'bad')");
        }
        // Not by the index of moments, which would have to be put in order: the ends are by number already.
        if let Some(from) = filter.from {
            sql.push_str(" AND +at >= :from");
            own.push((":from", time(from)));
        }
        if let Some(until) = filter.until {
            sql.push_str(" AND +at < :until");
            own.push((":until", time(until)));
        }
        let index = match (record, filter.kind, filter.serious) {
            // Left to itself SQLite takes the index of the kind alone, and opens all of that.
            (None, Some(_), true) => "INDEXED BY activity_serious_by_kind",
            _ => "",
        };
        Self { sql, index, own }
    }

    fn params<'a>(&'a self, ends: &'a Ends) -> Vec<(&'a str, &'a dyn ToSql)> {
        let mut params: Vec<(&str, &dyn ToSql)> =
            vec![(":before", &ends.before), (":since", &ends.since)];
        params.extend(
            self.own
                .iter()
                .map(|(name, value)| (*name, value as &dyn ToSql)),
        );
        params
    }
}
