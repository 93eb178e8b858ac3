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
const BY_HAND: &str = "-by-hand-";
const BEFORE_RESTORE: &str = "-before-restore-";
const BEFORE_UPDATE: &str = "-before-update-";

/// Why a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupReason {
    /// The day's.
    Daily,
    /// Before a migration.
    Update,
    /// Somebody asked for it.
    ByHand,
    /// Before another copy was put back.
    Restore,
}

impl BackupReason {
    fn of(name: &str) -> Self {
        if name.contains(BY_HAND) {
            Self::ByHand
        } else if name.contains(BEFORE_RESTORE) {
            Self::Restore
        } else if name.contains(BEFORE_UPDATE) {
            Self::Update
        } else {
            Self::Daily
        }
    }
}

/// A copy of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Name of its file.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// When it was made, by the file system.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: BackupReason,
    /// Its size.
    pub bytes: u64,
}

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
        &format!("{BEFORE_UPDATE}of-{version}"),
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
    // What somebody asked for, nobody else throws away.
    let copies: Vec<_> = copies(file)?
        .into_iter()
        .filter(|(_, path)| BackupReason::of(&stem(path)) != BackupReason::ByHand)
        .collect();
    let removable = copies.len().saturating_sub(KEEP_LEAST);
    for (day, path) in copies.into_iter().take(removable) {
        if today - day > TimeDelta::days(KEEP_DAYS) {
            fs::remove_file(&path).map_err(|error| StoreError::io(&error, &path))?;
        }
    }
    Ok(())
}

/// What tells a copy from the others of its day: the time of day, and where that is taken, a number. No copy may stand in for another.
fn apart(file: &Path, what: &str, now: DateTime<Utc>) -> String {
    let taken = |suffix: &str| {
        let name = format!("{}-{}{suffix}.{EXTENSION}", stem(file), now.date_naive());
        file.with_file_name(FOLDER).join(name).exists()
    };
    let first = format!("{what}{}", now.format("%H%M%S"));
    let mut suffix = first.clone();
    let mut number: u32 = 2;
    while taken(&suffix) {
        suffix = format!("{first}-{number}");
        number = number.saturating_add(1);
    }
    suffix
}

/// The copies of the database at `file`, newest first, whether it can be opened or not.
pub fn backups_of(file: &Path) -> Result<Vec<Backup>, StoreError> {
    if !file.with_file_name(FOLDER).exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (_, path) in copies(file)? {
        let meta = fs::metadata(&path).map_err(|error| StoreError::io(&error, &path))?;
        let at = meta
            .modified()
            .map_err(|error| StoreError::io(&error, &path))?;
        found.push(Backup {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            reason: BackupReason::of(&stem(&path)),
            at: at.into(),
            bytes: meta.len(),
            path,
        });
    }
    found.sort_by(|one, other| (other.at, &other.name).cmp(&(one.at, &one.name)));
    Ok(found)
}

/// The copy with this name: only what is in the list, for a name is no path.
pub(crate) fn named(file: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let found = backups_of(file)?
        .into_iter()
        .find(|backup| backup.name == name);
    found
        .map(|backup| backup.path)
        .ok_or_else(|| StoreError::Fault {
            detail: format!("no copy {name}"),
        })
}

/// The copy of what is there now, before another is put back.
pub(crate) fn before_restore(
    db: &Connection,
    file: &Path,
    now: DateTime<Utc>,
) -> Result<PathBuf, StoreError> {
    let suffix = apart(file, BEFORE_RESTORE, now);
    copy(db, file, now.date_naive(), &suffix)
}

impl Store {
    /// The copies, newest first; `None` for a store in memory, which has none.
    pub fn backups(&self) -> Result<Option<Vec<Backup>>, StoreError> {
        self.file().map(backups_of).transpose()
    }

    /// Makes a copy now, whatever the day has; where it was made. `None` for a store in memory.
    pub fn backup_now(&self) -> Result<Option<PathBuf>, StoreError> {
        let Some(file) = self.file() else {
            return Ok(None);
        };
        let now = self.now();
        let suffix = apart(file, BY_HAND, now);
        self.read(|db| copy(db, file, now.date_naive(), &suffix))
            .map(Some)
    }

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
