//! Copies of the file, in the folder `backups` beside it: before each migration and once a day (`design` 5).

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{Connection, MAIN_DB};

use crate::error::StoreError;
use crate::store::Store;

/// How many days a copy is kept.
const KEEP_DAYS: i64 = 14;
/// How many copies are kept whatever their age: a clock that jumps must not cost the last ones.
const KEEP_LEAST: usize = 3;
const FOLDER: &str = "backups";
const EXTENSION: &str = "sqlite";

/// Name of the file without its extension.
fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Copies the database, as it stands with everything committed, to `backups/{stem}-{day}{suffix}.sqlite`.
fn copy(db: &Connection, file: &Path, day: NaiveDate, suffix: &str) -> Result<PathBuf, StoreError> {
    let folder = file.with_file_name(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| StoreError::io(&error, &folder))?;
    let target = folder.join(format!("{}-{day}{suffix}.{EXTENSION}", stem(file)));
    // A half-written copy must not pass for a whole one.
    let partial = target.with_extension("partial");
    if partial.exists() {
        fs::remove_file(&partial).map_err(|error| StoreError::io(&error, &partial))?;
    }
    db.backup(MAIN_DB, &partial, None)?;
    fs::rename(&partial, &target).map_err(|error| StoreError::io(&error, &target))?;
    Ok(target)
}

/// The copy made before a file of `version` is migrated.
pub(crate) fn before_migration(
    db: &Connection,
    file: &Path,
    version: i64,
    now: DateTime<Utc>,
) -> Result<PathBuf, StoreError> {
    copy(
        db,
        file,
        now.date_naive(),
        &format!("-before-update-of-{version}"),
    )
}

/// Today's copy, unless there is one.
pub(crate) fn daily(
    db: &Connection,
    file: &Path,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, StoreError> {
    let day = now.date_naive();
    let today = file
        .with_file_name(FOLDER)
        .join(format!("{}-{day}.{EXTENSION}", stem(file)));
    if today.exists() {
        return Ok(None);
    }
    let made = copy(db, file, day, "")?;
    forget_old(file, day)?;
    Ok(Some(made))
}

/// The copies of `file` with the days they were made, oldest first.
fn copies(file: &Path) -> Result<Vec<(NaiveDate, PathBuf)>, StoreError> {
    let folder = file.with_file_name(FOLDER);
    let prefix = format!("{}-", stem(file));
    let mut found = Vec::new();
    let entries = fs::read_dir(&folder).map_err(|error| StoreError::io(&error, &folder))?;
    for entry in entries {
        let path = entry
            .map_err(|error| StoreError::io(&error, &folder))?
            .path();
        let name = stem(&path);
        let day = name
            .strip_prefix(&prefix)
            .and_then(|rest| rest.get(..10))
            .and_then(|day| day.parse::<NaiveDate>().ok());
        if let Some(day) = day.filter(|_| path.extension().is_some_and(|end| end == EXTENSION)) {
            found.push((day, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes copies that are too old.
fn forget_old(file: &Path, today: NaiveDate) -> Result<(), StoreError> {
    let copies = copies(file)?;
    let removable = copies.len().saturating_sub(KEEP_LEAST);
    for (day, path) in copies.into_iter().take(removable) {
        if today - day > TimeDelta::days(KEEP_DAYS) {
            fs::remove_file(&path).map_err(|error| StoreError::io(&error, &path))?;
        }
    }
    Ok(())
}

impl Store {
    /// Makes today's copy unless there is one, and removes copies older than 14 days; where it was made. A store in memory
    /// has no copies. Opening the file does this too; a program that runs for days calls it.
    pub fn backup_daily(&self) -> Result<Option<PathBuf>, StoreError> {
        let Some(file) = self.file() else {
            return Ok(None);
        };
        let now = self.now();
        self.read(|db| daily(db, file, now))
    }
}
