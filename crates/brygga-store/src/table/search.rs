//! Finding records by what a person types.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rusqlite::{Connection, named_params, params_from_iter};

use crate::column::{all, first, get, get_count, limit};
use crate::error::StoreError;
use crate::seal::Seal;
use crate::store::Store;
use crate::table::records::{
    RecordKind, RecordRef, RecordRow, RecordState, find, read, read_private_if, read_ref,
};

/// An index over every three letters of the names and numbers that are not sealed, kept by the table itself: of a long list, what
/// few have is found without reading the others. It holds no text of its own.
pub(crate) const CREATE: &str = "
CREATE VIRTUAL TABLE record_names USING fts5 (
    name, erp_number, content = '', contentless_delete = 1, tokenize = 'trigram'
);
INSERT INTO record_names (rowid, name, erp_number) SELECT rowid, name, erp_number FROM records;
CREATE TRIGGER records_named AFTER INSERT ON records BEGIN
    INSERT INTO record_names (rowid, name, erp_number) VALUES (new.rowid, new.name, new.erp_number);
END;
CREATE TRIGGER records_renamed AFTER UPDATE OF name, erp_number ON records
WHEN old.name IS NOT new.name OR old.erp_number IS NOT new.erp_number BEGIN
    DELETE FROM record_names WHERE rowid = old.rowid;
    INSERT INTO record_names (rowid, name, erp_number) VALUES (new.rowid, new.name, new.erp_number);
END;
CREATE TRIGGER records_unnamed AFTER DELETE ON records BEGIN
    DELETE FROM record_names WHERE rowid = old.rowid;
END;
";

/// In how many of the newest records a search opens the sealed names.
const SCAN: usize = 20_000;

/// What was typed, made ready for comparing: lower case, without the `#` of order names.
pub(crate) struct Needle {
    text: String,
    /// As it was typed.
    typed: String,
    /// As it stands in a text of a JSON.
    in_json: String,
}

impl Needle {
    /// `None` if nothing was typed.
    pub(crate) fn new(search: Option<&str>) -> Option<Self> {
        let typed = search?.trim().trim_start_matches('#').to_owned();
        let text = typed.to_lowercase();
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        let in_json = quoted.trim_matches('"').to_owned();
        (!text.is_empty()).then_some(Self {
            text,
            typed,
            in_json,
        })
    }

    /// Whether a text in this JSON could contain it: true for every JSON that has such a text, and false for most others.
    pub(crate) fn may_be_in(&self, json: &str) -> bool {
        json.to_lowercase().contains(&self.in_json)
    }

    /// Whether `text` contains it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.text)
    }

    /// It, as it was made ready.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The names that are it and nothing else.
    fn names(&self) -> Vec<String> {
        let upper = self.text.to_uppercase();
        [&self.typed, &self.text, &upper]
            .into_iter()
            .flat_map(|text| [text.clone(), format!("#{text}")])
            .collect()
    }

    /// It, for `LIKE`, with a backslash before what has a meaning there.
    pub(crate) fn pattern(&self) -> String {
        let escaped = self
            .text
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

    /// It, as the index of every three letters takes it; `None` if it is too short for that index, or has letters whose case
    /// SQLite may see otherwise than [`is_in`](Self::is_in).
    fn phrase(&self) -> Option<String> {
        let plain = self.text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        (plain && self.text.len() >= 3).then(|| format!("\"{}\"", self.text.replace('"', "\"\"")))
    }

    /// Whether it can be part of a name; figures alone mean a number.
    pub(crate) fn has_letters(&self) -> bool {
        self.text.chars().any(char::is_alphabetic)
    }
}

/// The row of a record.
type RowId = i64;

/// Up to so many records are fetched and put in order; of more, those that are shown are picked out of all in order.
const FEW: usize = 2_000;

/// The records in whose name or number in the ERP is what was typed, if they are few and the index can tell.
fn few_with(db: &Connection, needle: &Needle) -> Result<Option<Vec<RowId>>, StoreError> {
    let Some(phrase) = needle.phrase() else {
        return Ok(None);
    };
    let rows = all(
        db,
        "SELECT rowid AS row FROM record_names WHERE record_names MATCH ?1 LIMIT ?2",
        (phrase, limit(FEW + 1)),
        |row| get(row, "row"),
    )?;
    Ok((rows.len() <= FEW).then_some(rows))
}

/// The records of any kind whose name or number contains what was typed, or whose id it is: first those that are named so and not
/// otherwise, then the greatest names, at most so many.
pub(crate) fn named(
    db: &Connection,
    needle: &Needle,
    count: usize,
) -> Result<Vec<RecordRef>, StoreError> {
    let mut found = all(
        db,
        "SELECT kind, id FROM records WHERE name IN (?1, ?2, ?3, ?4, ?5, ?6)",
        params_from_iter(needle.names()),
        read_ref,
    )?;
    found.truncate(count);
    for record in named_partly(db, needle, count)? {
        if found.len() == count {
            break;
        }
        if !found.contains(&record) {
            found.push(record);
        }
    }
    Ok(found)
}

fn named_partly(
    db: &Connection,
    needle: &Needle,
    count: usize,
) -> Result<Vec<RecordRef>, StoreError> {
    let Some(rows) = few_with(db, needle)? else {
        return all(
            db,
            "SELECT kind, id FROM records INDEXED BY records_by_name
             WHERE name LIKE :text ESCAPE '\\' OR erp_number LIKE :text ESCAPE '\\' OR id = :id
             ORDER BY name DESC LIMIT :count",
            named_params! {
                ":text": needle.pattern(),
                ":id": needle.text(),
                ":count": limit(count),
            },
            read_ref,
        );
    };
    let mut found = BTreeMap::new();
    for row in rows {
        let named = first(
            db,
            "SELECT kind, id, name FROM records WHERE rowid = ?1",
            [row],
            |row| Ok((get::<Option<String>>(row, "name")?, read_ref(row)?)),
        )?;
        found.extend(named.map(|(name, record)| ((name, record.clone()), record)));
    }
    for kind in RecordKind::ALL {
        let record = RecordRef::new(*kind, needle.text());
        let named = first(
            db,
            "SELECT name FROM records WHERE kind = ?1 AND id = ?2",
            (kind.as_str(), needle.text()),
            |row| get::<Option<String>>(row, "name"),
        )?;
        found.extend(named.map(|name| ((name, record.clone()), record)));
    }
    Ok(found.into_values().rev().take(count).collect())
}

/// The records whose name, number in the ERP or id is what was typed, whatever their age.
fn by_open_text(
    db: &Connection,
    kind: RecordKind,
    state: Option<RecordState>,
    needle: &Needle,
) -> Result<HashSet<RowId>, StoreError> {
    let Some(rows) = few_with(db, needle)? else {
        return by_every_name(db, kind, state, needle);
    };
    let mut found = HashSet::new();
    for row in rows {
        found.extend(first(
            db,
            "SELECT rowid AS row FROM records
             WHERE rowid = ?1 AND kind = ?2 AND (?3 IS NULL OR state = ?3)",
            (row, kind.as_str(), state.map(RecordState::as_str)),
            |row| get::<RowId>(row, "row"),
        )?);
    }
    found.extend(first(
        db,
        "SELECT rowid AS row FROM records WHERE id = ?1 AND kind = ?2 AND (?3 IS NULL OR state = ?3)",
        (
            needle.text(),
            kind.as_str(),
            state.map(RecordState::as_str),
        ),
        |row| get::<RowId>(row, "row"),
    )?);
    Ok(found)
}

/// The same by reading all names and numbers: for what is short, or what many have.
fn by_every_name(
    db: &Connection,
    kind: RecordKind,
    state: Option<RecordState>,
    needle: &Needle,
) -> Result<HashSet<RowId>, StoreError> {
    let found = all(
        db,
        "SELECT rowid AS row, id, name, erp_number FROM records INDEXED BY records_by_name
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
            // Of ASCII letters alone SQLite knows the case, so it is right already.
            let mut fits = needle.text.is_ascii() || needle.text == get::<String>(row, "id")?;
            for column in ["name", "erp_number"] {
                fits = fits
                    || get::<Option<String>>(row, column)?.is_some_and(|text| needle.is_in(&text));
            }
            fits.then(|| get(row, "row")).transpose()
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
) -> Result<(Vec<RowId>, bool), StoreError> {
    let mut looked = 0;
    let found = all(
        db,
        "SELECT rowid AS row, kind, id, private FROM records
         WHERE kind = :kind AND (:state IS NULL OR state = :state)
         ORDER BY coalesce(happened_at, first_seen) DESC LIMIT :count",
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
            let looks = |json: &str| needle.may_be_in(json);
            let Some(private) = read_private_if(row, seal, &read_ref(row)?, looks)? else {
                return Ok(None);
            };
            let fits = [private.name, private.party]
                .into_iter()
                .flatten()
                .any(|text| needle.is_in(&text));
            fits.then(|| get(row, "row")).transpose()
        },
    )?;
    Ok((found.into_iter().flatten().collect(), looked > SCAN))
}

/// Of these records, those in the places `offset` and after, newest first, at most `count`.
fn in_order(
    db: &Connection,
    kind: RecordKind,
    rows: &HashSet<RowId>,
    offset: usize,
    count: usize,
) -> Result<Vec<RecordRef>, StoreError> {
    if rows.len() <= FEW {
        let mut spots: BTreeSet<(String, usize, String)> = BTreeSet::new();
        let mut statement = db.prepare_cached(
            "SELECT id, coalesce(happened_at, first_seen) AS happened FROM records WHERE rowid = ?1",
        )?;
        for row in rows {
            let mut found = statement.query([row])?;
            if let Some(row) = found.next()? {
                let id: String = get(row, "id")?;
                spots.insert((get(row, "happened")?, id.len(), id));
            }
        }
        let page = spots.into_iter().rev().skip(offset).take(count);
        return Ok(page.map(|(_, _, id)| RecordRef::new(kind, id)).collect());
    }
    let mut page = Vec::with_capacity(count);
    let mut passed = 0;
    let mut statement = db.prepare_cached(
        "SELECT rowid AS row, id FROM records WHERE kind = ?1
         ORDER BY coalesce(happened_at, first_seen) DESC, length(id) DESC, id DESC",
    )?;
    let mut newest_first = statement.query([kind.as_str()])?;
    while page.len() < count {
        let Some(row) = newest_first.next()? else {
            break;
        };
        if !rows.contains(&get(row, "row")?) {
            continue;
        }
        passed += 1;
        if passed > offset {
            page.push(RecordRef::new(kind, get::<String>(row, "id")?));
        }
    }
    Ok(page)
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
            let mut found = by_open_text(db, kind, state, &needle)?;
            let mut names_in_newest = None;
            // Opening a box costs more than comparing, so a number is not looked for in names of buyers.
            if kind.names_a_person() || (kind.has_a_party() && needle.has_letters()) {
                let (named, cut) = by_sealed_name(db, &self.seal, kind, state, &needle)?;
                found.extend(named);
                names_in_newest = cut.then_some(SCAN);
            }
            let total = found.len();
            let rows = in_order(db, kind, &found, offset, count)?
                .iter()
                .filter_map(|record| find(db, &self.seal, record).transpose())
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a search passes by without reading it must not be what it looks for.
    #[test]
    fn json_of_a_text_that_fits_is_never_passed_by() {
        for (text, typed) in [
            ("Kari Nordmann", "NORD"),
            ("Øystein Ærø", "ærø"),
            ("ÅSA", "åsa"),
            ("\"Bakeriet\" AS", "\"bakeriet\" as"),
            ("C:\\lager\\1", "\\lager\\"),
            ("a line\nand more", "line\nAND"),
            ("a\tb\u{1}c", "\tb\u{1}"),
            ("ΟΔΟΣ", "οδος"),
            ("Straße 7 / 2", "e 7 / 2"),
            ("50 % & _under_", "% & _"),
            ("家具", "家"),
        ] {
            let needle = Needle::new(Some(typed)).unwrap();
            assert!(needle.is_in(text), "{typed}");
            for json in [
                json!({ "name": text }),
                json!({ "params": { "party": text } }),
            ] {
                assert!(needle.may_be_in(&json.to_string()), "{typed} in {json}");
            }
            let other = json!({ "name": "Ola Hansen" }).to_string();
            assert!(!needle.may_be_in(&other), "{typed} in {other}");
        }
    }
}
