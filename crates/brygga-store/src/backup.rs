//! Copies of the file, in the folder `backups` beside it: before each migration and once a day (`design` 5).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{Connection, MAIN_DB};
use serde_json::Value;

use crate::error::StoreError;
use crate::migrations::{known_version, migrations};
use crate::open::{check, pragma, refuse_others};
use crate::store::Store;
use crate::table::{meta, settings};

/// How many days a copy is kept.
const KEEP_DAYS: i64 = 14;
/// How many copies are kept whatever their age: a clock that jumps must not cost the last ones.
const KEEP_LEAST: usize = 3;
const FOLDER: &str = "backups";
const EXTENSION: &str = "sqlite";
const BY_HAND: &str = "-by-hand-";
const BEFORE_RESTORE: &str = "-before-restore-";
const BEFORE_UPDATE: &str = "-before-update-";
/// Who keeps settings over a restore, for the history.
const RESTORE: &str = "restore";

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

/// Puts a copy in the place of everything.
fn put(db: &mut Connection, source: &Path) -> Result<(), StoreError> {
    Ok(db.restore(MAIN_DB, source, None::<fn(rusqlite::backup::Progress)>)?)
}

impl Store {
    /// The copies, newest first; `None` for a store in memory, which has none.
    pub fn backups(&self) -> Result<Option<Vec<Backup>>, StoreError> {
        let Some(file) = self.file() else {
            return Ok(None);
        };
        if !file.with_file_name(FOLDER).exists() {
            return Ok(Some(Vec::new()));
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
        Ok(Some(found))
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

    /// Puts the copy with this name in the place of everything but the settings named in `keep`, which stay as they are; what was there is
    /// copied aside first. Where that copy is.
    ///
    /// A copy that is broken, of a newer program, of another program or sealed with another key is refused, and so is one that cannot be
    /// brought up to this program: nothing changes. Nobody may be in the middle of anything: what a run has in hand would be lost.
    pub fn restore(&self, name: &str, keep: &[&str]) -> Result<PathBuf, StoreError> {
        let (file, source) = self.copy_named(name)?;
        self.refuse_unfit(&source)?;
        let now = self.now();
        let suffix = apart(file, BEFORE_RESTORE, now);
        let mut db = self.lock();
        let kept = settings::named(&db, keep)?;
        let aside = copy(&db, file, now.date_naive(), &suffix)?;
        let put_back = |db: &mut Connection| {
            put(db, &source)?;
            migrations().to_latest(db)?;
            let transaction = db.transaction()?;
            settings::put(&transaction, &kept, RESTORE, now)?;
            Ok(transaction.commit()?)
        };
        let done: Result<(), StoreError> = put_back(&mut db);
        if let Err(error) = done {
            // What was put aside comes back: half of a copy is no database to go on with.
            put(&mut db, &aside).map_err(|error| error.at(Some(file)))?;
            return Err(error.at(Some(file)));
        }
        Ok(aside)
    }

    /// What the copy with this name has under these names of settings, as far as it has them.
    pub fn settings_in(
        &self,
        name: &str,
        settings: &[&str],
    ) -> Result<BTreeMap<String, Value>, StoreError> {
        let (_, source) = self.copy_named(name)?;
        self.refuse_unfit(&source)?;
        settings::named(&Connection::open(source)?, settings)
    }

    /// This store's file, and the copy with this name: only what is in the list, for a name is no path.
    fn copy_named(&self, name: &str) -> Result<(&Path, PathBuf), StoreError> {
        let file = self.file().ok_or_else(|| StoreError::Fault {
            detail: "a store in memory has no copies".to_owned(),
        })?;
        let found = self
            .backups()?
            .into_iter()
            .flatten()
            .find(|backup| backup.name == name);
        let found = found.ok_or_else(|| StoreError::Fault {
            detail: format!("no copy {name}"),
        })?;
        Ok((file, found.path))
    }

    fn refuse_unfit(&self, source: &Path) -> Result<(), StoreError> {
        let db = Connection::open(source)?;
        let version = pragma(&db, "user_version")?;
        let known = known_version();
        if version > known {
            return Err(StoreError::Newer {
                file: version,
                known,
            });
        }
        refuse_others(&db, version)?;
        check(&db)?;
        if version == 0 {
            return Err(StoreError::Damaged {
                detail: "the copy is empty".to_owned(),
            });
        }
        meta::check_key(&db, &self.seal)
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
