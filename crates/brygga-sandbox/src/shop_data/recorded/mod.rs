//! Orders recorded from real stores, read from a folder by the rules of `design` 7 (`--shop-data`).

use std::path::{Path, PathBuf};

use super::ShopData;

/// Why a folder of recordings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ShopDataError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no order in it.
    #[error("no recorded order below {0}")]
    Empty(PathBuf),
}

pub(super) fn read(dir: &Path) -> Result<ShopData, ShopDataError> {
    Err(ShopDataError::Empty(dir.to_owned()))
}
