//! What can go wrong with the file, each with its stable code.

use std::io;
use std::path::Path;

use brygga_core::{Code, Problem};
use rusqlite::ErrorCode;
use uuid::Uuid;

use crate::table::journal::IntentState;

/// Why the store could not do what it was asked. Nothing of the failed call is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another Brygga has the file open.
    #[error("another process has the database open")]
    InUse,
    /// The file was written by a newer program.
    #[error("the database has version {file}, this program knows {known}")]
    Newer {
        /// Version of the file.
        file: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The file or its folder cannot be written.
    #[error("the database {path} cannot be written")]
    ReadOnly {
        /// The file or folder.
        path: String,
    },
    /// Another program held the file longer than we wait for it.
    #[error("another program holds the database")]
    Busy,
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// The file is no database, is not ours, or its content is broken.
    #[error("the database is damaged: {detail}")]
    Damaged {
        /// What was found.
        detail: String,
    },
    /// The key does not open what is in the file, or is no key.
    #[error("the key of the database does not fit")]
    Key,
    /// An intent with this key is open or done: the effect must not be sent a second time.
    #[error("an intent with this key is already in the journal")]
    AlreadyPlanned,
    /// The journal has no such intent.
    #[error("no intent {id} in the journal")]
    NoIntent {
        /// The id asked for.
        id: Uuid,
    },
    /// The intent cannot go from its state to the one asked for.
    #[error("intent {id} is {from} and cannot become {to}")]
    WrongState {
        /// The intent.
        id: Uuid,
        /// The state it is in.
        from: IntentState,
        /// The state asked for.
        to: IntentState,
    },
    /// Anything else that SQLite or the file system says.
    #[error("{detail}")]
    Fault {
        /// Its words.
        detail: String,
    },
}

impl StoreError {
    /// A stored value that cannot be read back.
    pub(crate) fn unreadable(what: &str, detail: impl std::fmt::Display) -> Self {
        Self::Damaged {
            detail: format!("{what}: {detail}"),
        }
    }

    /// A failure of the file system at `path`.
    pub(crate) fn io(error: &io::Error, path: &Path) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::read_only(path)
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Fault {
                detail: format!("{}: {error}", path.display()),
            },
        }
    }

    pub(crate) fn read_only(path: &Path) -> Self {
        Self::ReadOnly {
            path: path.display().to_string(),
        }
    }

    /// The same error, naming the file where SQLite does not.
    pub(crate) fn at(self, file: Option<&Path>) -> Self {
        match (self, file) {
            (Self::ReadOnly { path }, Some(file)) if path.is_empty() => Self::read_only(file),
            (error, _) => error,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly {
                path: String::new(),
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged {
                detail: error.to_string(),
            },
            _ => Self::Fault {
                detail: error.to_string(),
            },
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => Self::Fault {
                detail: other.to_string(),
            },
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::InUse => Self::new(Code::StoreInUse),
            StoreError::Newer { file, known } => Self::new(Code::StoreNewer)
                .with("file", file)
                .with("known", known),
            StoreError::ReadOnly { path } => Self::new(Code::StoreReadOnly).with("path", path),
            StoreError::Busy => Self::new(Code::StoreBusy),
            StoreError::Full => Self::new(Code::StoreFull),
            StoreError::Damaged { detail } => Self::new(Code::StoreDamaged).with("detail", detail),
            StoreError::Key => Self::new(Code::StoreKey),
            // These are faults of the program, not of the file.
            StoreError::AlreadyPlanned
            | StoreError::NoIntent { .. }
            | StoreError::WrongState { .. } => Self::new(Code::Internal).with("detail", &error),
            StoreError::Fault { detail } => Self::new(Code::StoreFault).with("detail", detail),
        }
    }
}
