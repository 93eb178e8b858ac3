//! Finding records by what a person types.

use rusqlite::{Connection, Row, named_params};

use crate::column::{all, first, get, get_count, limit};
use crate::error::StoreError;
use crate::seal::Seal;
use crate::store::Store;
use crate::table::records::{
    RecordKind, RecordRef, RecordRow, RecordState, find, read, read_private, read_ref,
};

/// How many of the newest records a search looks at.
const SCAN: usize = 20_000;

/// What was typed, made ready for comparing: lower case, without the `#` of order names.
pub(crate) struct Needle(String);

impl Needle {
    /// `None` if nothing was typed.
    pub(crate) fn new(search: Option<&str>) -> Option<Self> {
        let text = search?.trim().trim_start_matches('#').to_lowercase();
        (!text.is_empty()).then_some(Self(text))
    }

    /// Whether `text` contains it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.0)
    }

    /// It, as it was made ready.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// It, for `LIKE`, with a backslash before what has a meaning there.
    pub(crate) fn pattern(&self) -> String {
        let escaped = self
            .0
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        format!("%{escaped}%")
    }

    /// Whether it can be part of a name; figures alone mean a number.
    pub(crate) fn has_letters(&self) -> bool {
        self.0.chars().any(char::is_alphabetic)
    }
}

fn matches(
    row: &Row<'_>,
    record: &RecordRef,
    seal: &Seal,
    needle: &Needle,
) -> Result<bool, StoreError> {
    for column in ["name", "erp_number"] {
        if get::<Option<String>>(row, column)?.is_some_and(|text| needle.is_in(&text)) {
            return Ok(true);
        }
    }
    if needle.0 == record.id {
        return Ok(true);
    }
    // Opening a box costs more than comparing, so a number is not looked for in names of persons.
    if !needle.has_letters() && !record.kind.names_a_person() {
        return Ok(false);
    }
    let private = read_private(row, seal, record)?;
    Ok([private.name, private.party]
        .into_iter()
        .flatten()
        .any(|text| needle.is_in(&text)))
}

fn page(
    db: &Connection,
    seal: &Seal,
    kind: RecordKind,
    state: Option<RecordState>,
    offset: usize,
    count: usize,
) -> Result<(Vec<RecordRow>, usize), StoreError> {
    let total = first(
        db,
        "SELECT count(*) AS count FROM records WHERE kind = ?1 AND (?2 IS NULL OR state = ?2)",
        (kind.as_str(), state.map(RecordState::as_str)),
        |row| get_count(row, "count"),
    )?;
    let rows = all(
        db,
        "SELECT * FROM records WHERE kind = :kind AND (:state IS NULL OR state = :state)
         ORDER BY coalesce(happened_at, first_seen) DESC, length(id) DESC, id DESC LIMIT :count OFFSET :offset",
        named_params! {
            ":kind": kind.as_str(),
            ":state": state.map(RecordState::as_str),
            ":count": limit(count),
            ":offset": limit(offset),
        },
        |row| read(row, seal),
    )?;
    Ok((rows, total.unwrap_or_default()))
}

impl Store {
    /// A page of the records of `kind`, newest first, and how many there are in all.
    ///
    /// `search` is looked for, whatever its case, in the record's name, the ERP's number, and (if it has letters) the
    /// party; the record's own id must match whole. It looks at the newest 20,000 records: names of persons are sealed,
    /// and no index over them is kept.
    pub fn search_records(
        &self,
        kind: RecordKind,
        search: Option<&str>,
        state: Option<RecordState>,
        offset: usize,
        count: usize,
    ) -> Result<(Vec<RecordRow>, usize), StoreError> {
        let Some(needle) = Needle::new(search) else {
            return self.read(|db| page(db, &self.seal, kind, state, offset, count));
        };
        self.read(|db| {
            let found = all(
                db,
                "SELECT kind, id, name, erp_number, private FROM records
                 WHERE kind = :kind AND (:state IS NULL OR state = :state)
                 ORDER BY coalesce(happened_at, first_seen) DESC, length(id) DESC, id DESC LIMIT :count",
                named_params! {
                    ":kind": kind.as_str(),
                    ":state": state.map(RecordState::as_str),
                    ":count": limit(SCAN),
                },
                |row| {
                    let record = read_ref(row)?;
                    Ok(matches(row, &record, &self.seal, &needle)?.then_some(record))
                },
            )?;
            let found: Vec<_> = found.into_iter().flatten().collect();
            let rows = found
                .iter()
                .skip(offset)
                .take(count)
                .filter_map(|record| find(db, &self.seal, record).transpose())
                .collect::<Result<_, _>>()?;
            Ok((rows, found.len()))
        })
    }
}
