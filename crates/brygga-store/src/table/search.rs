//! Finding records by what a person types.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, named_params};

use crate::column::{all, first, get, get_count, limit};
use crate::error::StoreError;
use crate::seal::Seal;
use crate::store::Store;
use crate::table::records::{
    RecordKind, RecordRef, RecordRow, RecordState, find, read, read_private, read_ref,
};

/// In how many of the newest records a search opens the sealed names.
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

    /// It, for a `LIKE` that finds at least what [`is_in`](Self::is_in) does: SQLite knows the case of ASCII letters only, so
    /// any other character stands for anything.
    pub(crate) fn wide_pattern(&self) -> String {
        self.pattern()
            .chars()
            .map(|letter| if letter.is_ascii() { letter } else { '%' })
            .collect()
    }

    /// Whether it can be part of a name; figures alone mean a number.
    pub(crate) fn has_letters(&self) -> bool {
        self.0.chars().any(char::is_alphabetic)
    }
}

/// Where a record stands in the list: by when it happened, then by its id, whose numbers rise.
type Spot = (String, usize, String);

fn spot(row: &Row<'_>) -> Result<Spot, StoreError> {
    let id: String = get(row, "id")?;
    Ok((get(row, "happened")?, id.len(), id))
}

/// The records whose name, number in the ERP or id is what was typed, whatever their age: by an index over names and numbers.
fn by_open_text(
    db: &Connection,
    kind: RecordKind,
    state: Option<RecordState>,
    needle: &Needle,
) -> Result<Vec<Spot>, StoreError> {
    let found = all(
        db,
        "SELECT id, name, erp_number, coalesce(happened_at, first_seen) AS happened
         FROM records INDEXED BY records_by_name
         WHERE kind = :kind
           AND (name LIKE :text ESCAPE '\\' OR erp_number LIKE :text ESCAPE '\\' OR id = :id)
           AND (:state IS NULL OR state = :state)",
        named_params! {
            ":kind": kind.as_str(),
            ":state": state.map(RecordState::as_str),
            ":text": needle.wide_pattern(),
            ":id": needle.text(),
        },
        |row| {
            let spot = spot(row)?;
            let mut fits = needle.0 == spot.2;
            for column in ["name", "erp_number"] {
                fits |= get::<Option<String>>(row, column)?.is_some_and(|text| needle.is_in(&text));
            }
            Ok(fits.then_some(spot))
        },
    )?;
    Ok(found.into_iter().flatten().collect())
}

/// Those of the newest records in whose sealed names is what was typed, and whether older ones were left out.
fn by_sealed_name(
    db: &Connection,
    seal: &Seal,
    kind: RecordKind,
    state: Option<RecordState>,
    needle: &Needle,
) -> Result<(Vec<Spot>, bool), StoreError> {
    let mut looked = 0;
    let found = all(
        db,
        "SELECT kind, id, private, coalesce(happened_at, first_seen) AS happened FROM records
         WHERE kind = :kind AND (:state IS NULL OR state = :state)
         ORDER BY coalesce(happened_at, first_seen) DESC, length(id) DESC, id DESC LIMIT :count",
        named_params! {
            ":kind": kind.as_str(),
            ":state": state.map(RecordState::as_str),
            ":count": limit(SCAN + 1),
        },
        |row| {
            looked += 1;
            // The one after the last only tells that there is one.
            if looked > SCAN {
                return Ok(None);
            }
            let private = read_private(row, seal, &read_ref(row)?)?;
            let fits = [private.name, private.party]
                .into_iter()
                .flatten()
                .any(|text| needle.is_in(&text));
            fits.then(|| spot(row)).transpose()
        },
    )?;
    Ok((found.into_iter().flatten().collect(), looked > SCAN))
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

/// A page of records, and what is known of the others.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordsFound {
    /// The page.
    pub rows: Vec<RecordRow>,
    /// How many there are in all.
    pub total: usize,
    /// Names of persons were looked for in so many of the newest records only; none if they were looked for in all, or could
    /// not be meant.
    pub names_in_newest: Option<usize>,
}

impl Store {
    /// A page of the records of `kind`, newest first.
    ///
    /// `search` is looked for, whatever its case, in the record's name and the ERP's number; the record's own id must match
    /// whole. These are looked for in all records. If it has letters, it is looked for in the names of persons, too: those
    /// are sealed, and no index over them is kept, so only the newest 20,000 records are opened.
    pub fn find_records(
        &self,
        kind: RecordKind,
        search: Option<&str>,
        state: Option<RecordState>,
        offset: usize,
        count: usize,
    ) -> Result<RecordsFound, StoreError> {
        let Some(needle) = Needle::new(search) else {
            let (rows, total) = self.read(|db| page(db, &self.seal, kind, state, offset, count))?;
            return Ok(RecordsFound {
                rows,
                total,
                names_in_newest: None,
            });
        };
        self.read(|db| {
            let mut found: BTreeSet<Spot> = by_open_text(db, kind, state, &needle)?
                .into_iter()
                .collect();
            let mut names_in_newest = None;
            // Opening a box costs more than comparing, so a number is not looked for in names of buyers.
            if kind.names_a_person() || (kind.has_a_party() && needle.has_letters()) {
                let (named, cut) = by_sealed_name(db, &self.seal, kind, state, &needle)?;
                found.extend(named);
                names_in_newest = cut.then_some(SCAN);
            }
            let total = found.len();
            let rows = found
                .into_iter()
                .rev()
                .skip(offset)
                .take(count)
                .filter_map(|(_, _, id)| {
                    find(db, &self.seal, &RecordRef::new(kind, id)).transpose()
                })
                .collect::<Result<_, _>>()?;
            Ok(RecordsFound {
                rows,
                total,
                names_in_newest,
            })
        })
    }

    /// The rows and the total of [`find_records`](Self::find_records).
    pub fn search_records(
        &self,
        kind: RecordKind,
        search: Option<&str>,
        state: Option<RecordState>,
        offset: usize,
        count: usize,
    ) -> Result<(Vec<RecordRow>, usize), StoreError> {
        let found = self.find_records(kind, search, state, offset, count)?;
        Ok((found.rows, found.total))
    }
}
