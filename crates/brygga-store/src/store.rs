//! The open store: one connection behind a mutex, and the two ways to use it.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brygga_core::Clock;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;
use crate::seal::Seal;

/// The file of one shop-company pair. Cheap to share in an `Arc`; every method is synchronous and short.
pub struct Store {
    // Dropped first: the connection is closed before the lock is let go.
    db: Mutex<Connection>,
    pub(crate) seal: Seal,
    pub(crate) clock: Arc<dyn Clock>,
    file: Option<PathBuf>,
    _lock: Option<File>,
}

impl Store {
    pub(crate) fn new(
        db: Connection,
        seal: Seal,
        clock: Arc<dyn Clock>,
        file: Option<PathBuf>,
        lock: Option<File>,
    ) -> Self {
        Self {
            db: Mutex::new(db),
            seal,
            clock,
            file,
            _lock: lock,
        }
    }

    /// The file, or `None` for a store in memory.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The moment, by the clock the store was given.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Reads. The mutex makes what is read one state of the file.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&self.lock()).map_err(|error| error.at(self.file()))
    }

    /// Writes in one transaction: all of `work` or, on any error, nothing.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut db = self.lock();
        let changed = (|| {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })();
        changed.map_err(|error: StoreError| error.at(self.file()))
    }

    /// A panic in another thread has rolled its transaction back, so the connection is sound.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// The store is shared by the threads of the runtime; this does not compile if it cannot be.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
};
