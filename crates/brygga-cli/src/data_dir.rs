//! The folder of one shop-company pair, as it is named on the command line.

use std::path::PathBuf;

use brygga_engine::connect::Ground;

use crate::end::End;

/// Opens the folder.
pub(crate) fn open(folder: Option<PathBuf>) -> Result<Ground, End> {
    Ok(brygga_engine::folder::open(&named(folder)?)?)
}

/// The folder, as it was named.
pub(crate) fn named(folder: Option<PathBuf>) -> Result<PathBuf, End> {
    folder.ok_or_else(|| {
        End::Use("Say which folder: --data-dir DIR, or BRYGGA_DATA_DIR in the environment.".into())
    })
}
