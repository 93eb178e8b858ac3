//! Opening the file: one process, a sound file of a known version, the right key; else a clear refusal.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use rusqlite::{Connection, MAIN_DB};

use crate::backup;
use crate::erased;
use crate::error::StoreError;
use crate::key::DataKey;
use crate::migrations::{known_version, migrations};
use crate::restore;
use crate::seal::Seal;
use crate::store::Store;
use crate::table::meta;

/// "BRYG": tells our files from those of other programs.
const APPLICATION_ID: i64 = 0x4252_5947;
/// How long to wait for another program that holds the file, such as a virus scanner or a viewer.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than the statements this crate has, so that each is prepared once.
const STATEMENTS: usize = 128;

/// Which file, and how.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The file. It and its folder are made if they are missing.
    pub path: PathBuf,
    /// The key of what is sealed in it.
    pub key: DataKey,
    /// Upper limit of the file in pages of 4096 bytes; `None` for none. Tests use it as a full disk.
    pub max_page_count: Option<u32>,
    /// How long to wait for another program that holds the file.
    pub patience: Duration,
}

impl OpenOptions {
    /// The file at `path`, sealed with `key`.
    pub fn new(path: impl Into<PathBuf>, key: DataKey) -> Self {
        Self {
            path: path.into(),
            key,
            max_page_count: None,
            patience: PATIENCE,
        }
    }
}

impl Store {
    /// Opens the file, or makes it. Checks it, copies it to `backups` where due, and brings it to the newest version.
    pub fn open(options: OpenOptions, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let path = options.path.as_path();
        let seal = Seal::new(&options.key);
        make_folder(path)?;
        refuse_read_only(path)?;
        let lock = lock(path)?;
        restore::clear_left(path)?;
        let db = open_checked(path, &options, &seal, clock.as_ref())
            .map_err(|error| error.at(Some(path)))?;
        Ok(Self::new(
            db,
            seal,
            clock,
            Some(path.to_owned()),
            Some(lock),
        ))
    }

    /// A store that lives as long as it is open.
    pub fn memory(key: DataKey, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let seal = Seal::new(&key);
        let mut db = Connection::open_in_memory()?;
        configure(&db, None)?;
        migrations().to_latest(&mut db)?;
        meta::check_key(&db, &seal)?;
        Ok(Self::new(db, seal, clock, None, None))
    }
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            fs::create_dir_all(folder).map_err(|error| StoreError::io(&error, folder))
        }
        _ => Ok(()),
    }
}

/// A file or folder marked read-only is meant to be, also where this user could write all the same.
fn refuse_read_only(path: &Path) -> Result<(), StoreError> {
    let marked = |path: &Path| fs::metadata(path).is_ok_and(|meta| meta.permissions().readonly());
    if marked(path) {
        return Err(StoreError::read_only(path));
    }
    // On Windows the mark on a folder means something else.
    if cfg!(unix)
        && let Some(folder) = path.parent().filter(|folder| marked(folder))
    {
        return Err(StoreError::read_only(folder));
    }
    Ok(())
}

/// Takes the lock file beside the database. The system lets it go when the process ends, however it ends.
pub(crate) fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = private_file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(StoreError::io(&error, &path)),
    }
}

/// Opens or makes a file that only this user may read.
pub(crate) fn private_file(path: &Path) -> Result<File, StoreError> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .map_err(|error| StoreError::io(&error, path))
}

fn open_checked(
    path: &Path,
    options: &OpenOptions,
    seal: &Seal,
    clock: &dyn Clock,
) -> Result<Connection, StoreError> {
    // SQLite gives its side files the rights of the database.
    drop(private_file(path)?);
    let mut db = Connection::open(path)?;
    db.busy_timeout(options.patience)?;
    let version = pragma(&db, "user_version")?;
    let known = known_version();
    if version > known {
        return Err(StoreError::Newer {
            file: version,
            known,
        });
    }
    refuse_others(&db, version)?;
    if db.is_readonly(MAIN_DB)? {
        return Err(StoreError::read_only(path));
    }
    configure(&db, options.max_page_count)?;
    check(&db)?;
    if version > 0 {
        meta::check_key(&db, seal)?;
        if version < known {
            backup::before_migration(&db, path, version, clock.now())?;
        }
    }
    if version == 0 {
        db.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    migrations().to_latest(&mut db)?;
    meta::check_key(&db, seal)?;
    // A file from before the list, or one whose list was lost. What cannot be written there is still in the file.
    if let Err(error) = erased::listed(&db)
        .and_then(|listed| erased::keep_beside(path, listed.iter().map(String::as_str)))
    {
        tracing::warn!(%error, "who was erased could not be kept beside the database");
    }
    // An empty file needs no copy. A copy that fails must not keep anybody from working.
    if version > 0
        && let Err(error) = backup::daily(&db, path, clock.now())
    {
        tracing::warn!(%error, "no daily backup");
    }
    Ok(db)
}

pub(crate) fn pragma(db: &Connection, name: &str) -> Result<i64, StoreError> {
    Ok(db.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Refuses a database that another program made.
pub(crate) fn refuse_others(db: &Connection, version: i64) -> Result<(), StoreError> {
    let id = pragma(db, "application_id")?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = id == 0 && version == 0 && tables == 0;
    if id == APPLICATION_ID || empty {
        return Ok(());
    }
    Err(StoreError::Damaged {
        detail: "this is not a database of Brygga".to_owned(),
    })
}

pub(crate) fn configure(db: &Connection, max_page_count: Option<u32>) -> Result<(), StoreError> {
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // Takes effect on a new file only.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // These two answer with what they are now.
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    if let Some(pages) = max_page_count {
        db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    // FULL, not NORMAL: an intent that is on the disk is what keeps a document from being sent twice after a power cut.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// Refuses a file whose pages do not hang together.
pub(crate) fn check(db: &Connection) -> Result<(), StoreError> {
    let answer: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged { detail: answer })
}
