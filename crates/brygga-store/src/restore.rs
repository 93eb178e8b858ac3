//! A copy comes back: into the database that is open, or in the place of one that cannot be opened. It is made ready in a file of its own
//! (brought up, with what stays, without whom somebody erased since) and then put in place at once, so that a program that ends in
//! between leaves the old one or the new one, and never a copy that is half ready.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brygga_core::Clock;
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use serde_json::Value;

use crate::backup;
use crate::erased;
use crate::error::StoreError;
use crate::key::DataKey;
use crate::migrations::{known_version, migrations};
use crate::open::{OpenOptions, check, configure, lock, pragma, private_file, refuse_others};
use crate::seal::Seal;
use crate::store::Store;
use crate::table::{meta, settings};

/// Who keeps settings over a restore, for the history.
const RESTORE: &str = "restore";
/// What was replaced lies here, beside the database.
const ASIDE: &str = "set-aside";
/// What SQLite keeps beside a database.
const SIDES: [&str; 2] = ["-wal", "-shm"];

fn side(file: &Path, end: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(&error, path)),
        _ => Ok(()),
    }
}

/// A copy that is made ready, beside the database.
struct Staged(PathBuf);

impl Staged {
    fn of(file: &Path, source: &Path) -> Result<Self, StoreError> {
        let staged = Self(file.with_extension("restoring"));
        staged.clear()?;
        // The copy itself is not opened: it may lie where nothing can be written.
        for end in ["", "-wal"] {
            let from = side(source, end);
            if end.is_empty() || from.exists() {
                // Not with the rights that it has there: on a stick everybody may read it.
                let mut to = private_file(&side(&staged.0, end))?;
                File::open(&from)
                    .and_then(|mut from| io::copy(&mut from, &mut to))
                    .map_err(|error| StoreError::io(&error, &from))?;
            }
        }
        Ok(staged)
    }

    fn clear(&self) -> Result<(), StoreError> {
        remove(&self.0)?;
        SIDES.iter().try_for_each(|end| remove(&side(&self.0, end)))
    }

    /// Refuses a copy that is broken, of a newer program, of another program or sealed with another key.
    fn refuse_unfit(&self, seal: &Seal) -> Result<(), StoreError> {
        let db = Connection::open(&self.0)?;
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
        meta::check_key(&db, seal)
    }

    fn settings(&self, names: &[&str]) -> Result<BTreeMap<String, Value>, StoreError> {
        settings::named(&Connection::open(&self.0)?, names)
    }

    fn make_ready<E: From<StoreError>>(
        &self,
        seal: Seal,
        clock: Arc<dyn Clock>,
        kept: &BTreeMap<String, Value>,
        erased: &BTreeSet<String>,
        amend: impl FnOnce(&Store, &BTreeSet<String>) -> Result<(), E>,
    ) -> Result<(), E> {
        let brought_up = || {
            let mut db = Connection::open(&self.0)?;
            configure(&db, None)?;
            migrations().to_latest(&mut db)?;
            let transaction = db.transaction()?;
            settings::put(&transaction, kept, RESTORE, clock.now())?;
            transaction.commit()?;
            Ok::<_, StoreError>(db)
        };
        let ready = Store::new(brought_up()?, seal, clock, None, None);
        amend(&ready, erased)?;
        ready.take_for_erased(erased)?;
        drop(ready);
        in_one_file(&self.0)?;
        let file = File::options().read(true).write(true).open(&self.0);
        file.and_then(|file| file.sync_all())
            .map_err(|error| StoreError::io(&error, &self.0))?;
        Ok(())
    }
}

/// Takes away what a program that ended in the middle of a restore has left: a whole database, which nothing else would ever remove.
pub(crate) fn clear_left(file: &Path) -> Result<(), StoreError> {
    Staged(file.with_extension("restoring")).clear()
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Err(error) = self.clear() {
            tracing::warn!(%error, "what was made ready to be put back stays");
        }
    }
}

/// Puts a copy in the place of everything, in one transaction.
fn put(db: &mut Connection, source: &Path) -> Result<(), StoreError> {
    Ok(db.restore(MAIN_DB, source, None::<fn(rusqlite::backup::Progress)>)?)
}

impl Store {
    /// Puts the copy with this name in the place of everything but the settings named in `keep`, which stay as they are; what was there is
    /// copied aside first. Where that copy is. `amend` gets the copy before it is put back, and the orders that are erased.
    ///
    /// A copy that is broken, of a newer program, of another program or sealed with another key is refused, and so is one that cannot be
    /// brought up to this program: nothing changes. Nobody may be in the middle of anything: what a run has in hand would be lost.
    pub fn restore<E: From<StoreError>>(
        &self,
        name: &str,
        keep: &[&str],
        amend: impl FnOnce(&Self, &BTreeSet<String>) -> Result<(), E>,
    ) -> Result<PathBuf, E> {
        let file = self.kept_in()?;
        let staged = Staged::of(file, &backup::named(file, name)?)?;
        staged.refuse_unfit(&self.seal)?;
        let mut db = self.lock();
        let kept = settings::named(&db, keep)?;
        let mut erased = erased::beside(file)?;
        erased.extend(erased::listed(&db)?);
        let (seal, clock) = (self.seal.clone(), Arc::clone(&self.clock));
        staged.make_ready(seal, clock, &kept, &erased, amend)?;
        let aside = backup::before_restore(&db, file, self.now())?;
        if let Err(error) = put(&mut db, &staged.0) {
            // What was put aside comes back: half of a copy is no database to go on with.
            put(&mut db, &aside).map_err(|error| error.at(Some(file)))?;
            return Err(error.at(Some(file)).into());
        }
        Ok(aside)
    }

    /// What the copy with this name has under these names of settings, as far as it has them.
    pub fn settings_in(
        &self,
        name: &str,
        settings: &[&str],
    ) -> Result<BTreeMap<String, Value>, StoreError> {
        let file = self.kept_in()?;
        let staged = Staged::of(file, &backup::named(file, name)?)?;
        staged.refuse_unfit(&self.seal)?;
        staged.settings(settings)
    }

    fn kept_in(&self) -> Result<&Path, StoreError> {
        self.file().ok_or_else(|| StoreError::Fault {
            detail: "a store in memory has no copies".to_owned(),
        })
    }
}

/// A copy that is to take the place of a database that nobody has open: a damaged one, or one of a new computer. What was there is set
/// aside, whole.
pub struct Replacement {
    staged: Staged,
    file: PathBuf,
    seal: Seal,
    clock: Arc<dyn Clock>,
    /// What is there now, where it is sound and its key is known.
    now: Option<Connection>,
    _alone: File,
}

impl Replacement {
    /// Makes a copy of `source` ready to be looked at. `options` say which file it is to replace and which key the copy has to have; `key_now`
    /// is the key of what is there.
    ///
    /// [`StoreError::InUse`] where somebody has the database open; a copy that does not fit is refused as by [`Store::restore`].
    pub fn of(
        options: &OpenOptions,
        key_now: Option<&DataKey>,
        source: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let file = options.path.clone();
        let alone = lock(&file)?;
        let staged = Staged::of(&file, source)?;
        let seal = Seal::new(&options.key);
        staged.refuse_unfit(&seal)?;
        Ok(Self {
            now: key_now.and_then(|key| sound(&file, &Seal::new(key))),
            staged,
            file,
            seal,
            clock,
            _alone: alone,
        })
    }

    /// The copy with this name beside `file`.
    pub fn named(file: &Path, name: &str) -> Result<PathBuf, StoreError> {
        backup::named(file, name)
    }

    /// What the copy has under these names of settings.
    pub fn settings(&self, names: &[&str]) -> Result<BTreeMap<String, Value>, StoreError> {
        self.staged.settings(names)
    }

    /// What is there now under these names, where it can be read.
    pub fn settings_now(
        &self,
        names: &[&str],
    ) -> Result<Option<BTreeMap<String, Value>>, StoreError> {
        let now = self.now.as_ref();
        now.map(|db| settings::named(db, names)).transpose()
    }

    /// Puts it in place. The settings named in `keep` stay as they are where they can be read; `amend` gets the copy before, and the
    /// orders that are erased. Where that is what was there; none where nothing was.
    pub fn put<E: From<StoreError>>(
        self,
        keep: &[&str],
        amend: impl FnOnce(&Store, &BTreeSet<String>) -> Result<(), E>,
    ) -> Result<Option<PathBuf>, E> {
        let kept = self.settings_now(keep)?.unwrap_or_default();
        let mut erased = erased::beside(&self.file)?;
        if let Some(db) = &self.now
            && let Ok(listed) = erased::listed(db)
        {
            erased.extend(listed);
        }
        let Self {
            staged,
            file,
            seal,
            clock,
            now,
            _alone: alone,
        } = self;
        if now.is_some() {
            // It is moved, and some systems do not move what is open. What is in its log alone goes into the file before.
            drop(now);
            in_one_file(&file)?;
        }
        let day = clock.now();
        staged.make_ready(seal, clock, &kept, &erased, amend)?;
        let aside = set_aside(&file, &day.format("%Y-%m-%d-%H%M%S").to_string())?;
        let placed = fs::rename(&staged.0, &file).map_err(|error| StoreError::io(&error, &file));
        drop(alone);
        placed?;
        Ok(aside)
    }
}

/// Brings everything of a database that nobody has open into its one file.
fn in_one_file(file: &Path) -> Result<(), StoreError> {
    let db = Connection::open(file)?;
    Ok(db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?)
}

/// Is the database, or a copy of one, sealed with this key.
pub fn opens(file: &Path, key: &DataKey) -> bool {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .is_ok_and(|db| meta::check_key(&db, &Seal::new(key)).is_ok())
}

/// The database, to be read, where it is whole and opens with this key.
fn sound(file: &Path, seal: &Seal) -> Option<Connection> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let version = pragma(&db, "user_version").ok()?;
    refuse_others(&db, version).ok()?;
    check(&db).ok()?;
    meta::check_key(&db, seal).ok()?;
    Some(db)
}

/// Gives the database a second name in the folder of what is set aside: under its first one it is there until another takes its place, so
/// that no moment is without one. What belongs to it goes along: to another database it would do harm.
fn set_aside(file: &Path, moment: &str) -> Result<Option<PathBuf>, StoreError> {
    if !file.exists() {
        return Ok(None);
    }
    let folder = file.with_file_name(ASIDE);
    fs::create_dir_all(&folder).map_err(|error| StoreError::io(&error, &folder))?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut aside = folder.join(format!("{stem}-{moment}.db"));
    let mut number: u32 = 2;
    while aside.exists() {
        aside = folder.join(format!("{stem}-{moment}-{number}.db"));
        number = number.saturating_add(1);
    }
    for end in ["", "-wal", "-shm"] {
        let (from, to) = (side(file, end), side(&aside, end));
        if from.exists() {
            // Where a file system has no second names, it is copied.
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(drop))
                .map_err(|error| StoreError::io(&error, &to))?;
        }
    }
    SIDES.iter().try_for_each(|end| remove(&side(file, end)))?;
    Ok(Some(aside))
}
