//! Shared ground of the test suites.

pub mod bench;

use std::path::PathBuf;

pub use bench::Bench;

/// The optional folder with the official specifications and the recorded orders; `None` in a clone that has it not beside it.
pub fn shared() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    folder.join("spec").is_dir().then_some(folder)
}
