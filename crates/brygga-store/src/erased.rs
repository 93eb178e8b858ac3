//! Whose orders and customers were erased: their ids alone, a customer's with a slash in it. They are kept in the file and, because a copy that is put back knows nothing of what was erased
//! since, in a list beside it, which no copy replaces.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::column::{all, first, get, run};
use crate::error::StoreError;
use crate::store::Store;
use crate::table::records::{RecordKind, RecordRef};

/// An order that the file does not have, such as in an older copy, is in it all the same: it is not filled when it is read again.
pub(crate) const CREATE: &str = "
CREATE TABLE erased (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO erased (id) SELECT id FROM mirror WHERE kind = 'order' AND erased;
";

/// Are records of this kind on the list.
pub(crate) fn is_listed(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Order | RecordKind::Customer)
}

/// Is the order's buyer, or the customer, erased.
pub(crate) fn has(db: &Connection, record: &RecordRef) -> Result<bool, StoreError> {
    if !is_listed(record.kind) {
        return Ok(false);
    }
    let id = record.id.as_str();
    let found = first(db, "SELECT id FROM erased WHERE id = ?1", [id], |row| {
        get::<String>(row, "id")
    })?;
    Ok(found.is_some())
}

/// All of them.
pub(crate) fn listed(db: &Connection) -> Result<BTreeSet<String>, StoreError> {
    let ids = all(db, "SELECT id FROM erased", [], |row| get(row, "id"))?;
    Ok(ids.into_iter().collect())
}

/// Adds some.
pub(crate) fn add<'a>(
    db: &Connection,
    orders: impl IntoIterator<Item = &'a str>,
) -> Result<(), StoreError> {
    for order in orders {
        run(
            db,
            "INSERT INTO erased (id) VALUES (?1) ON CONFLICT DO NOTHING",
            [order],
        )?;
    }
    Ok(())
}

fn list_of(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push("-erased.txt");
    file.with_file_name(name)
}

/// What the list beside the file has: one id in a line.
pub(crate) fn beside(file: &Path) -> Result<BTreeSet<String>, StoreError> {
    let path = list_of(file);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(StoreError::io(&error, &path)),
    }
}

/// Puts some on the list beside the file, which is whole at any moment.
pub(crate) fn keep_beside<'a>(
    file: &Path,
    orders: impl IntoIterator<Item = &'a str>,
) -> Result<(), StoreError> {
    let mut ids = beside(file)?;
    let before = ids.len();
    ids.extend(orders.into_iter().map(str::to_owned));
    if ids.len() == before {
        return Ok(());
    }
    let path = list_of(file);
    let new = path.with_extension("new");
    let mut text = String::new();
    for id in ids {
        text.push_str(&id);
        text.push('\n');
    }
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)
    });
    written.map_err(|error| StoreError::io(&error, &path))
}

impl Store {
    /// The orders and customers of whoever was erased, by the list beside the file, and still is in the file: it is a copy from before, or the program
    /// ended in between.
    pub fn not_erased_yet(&self) -> Result<BTreeSet<String>, StoreError> {
        let Some(file) = self.file() else {
            return Ok(BTreeSet::new());
        };
        let mut ids = beside(file)?;
        let done = self.read(listed)?;
        ids.retain(|id| !done.contains(id));
        Ok(ids)
    }

    /// Takes these orders and customers for erased from now on, also those that are not in the file: a later read does not fill them.
    pub fn take_for_erased(&self, orders: &BTreeSet<String>) -> Result<(), StoreError> {
        self.write(|db| add(db, orders.iter().map(String::as_str)))
    }
}
