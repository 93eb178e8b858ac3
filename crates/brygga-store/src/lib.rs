#![doc = include_str!("../README.md")]

mod backup;
mod column;
mod erase;
mod erased;
mod error;
mod figures;
mod key;
mod migrations;
mod open;
mod recovery;
mod restore;
mod retention;
mod seal;
mod store;
mod table;
mod text_enum;

pub use backup::{Backup, BackupReason, backups_of};
pub use erase::{Erasure, Holdings};
pub use error::StoreError;
pub use figures::Figures;
pub use key::DataKey;
pub use open::OpenOptions;
pub use restore::{Replacement, opens};
pub use retention::{Pruned, Retention};
pub use store::Store;
pub use table::activity::{Activity, ActivityRow, Level};
pub use table::activity_find::{ActivityFilter, ActivityFound};
pub use table::exchanges::Exchange;
pub use table::journal::{Intent, IntentState, JournalHead, Settle};
pub use table::links::Link;
pub use table::mirror::{MirrorRow, PageEffect};
pub use table::problems::ProblemGroup;
pub use table::records::{Part, RecordKind, RecordRef, RecordRow, RecordState, StateCounts};
pub use table::runs::Run;
pub use table::search::RecordsFound;
pub use table::settings::SettingChange;
