//! Shared ground of the test suites.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and a skipped one says so"
)]

pub mod approvals;
pub mod asked;
pub mod bench;
pub mod books;
pub mod events;
pub mod goods;
pub mod meanwhile;
pub mod orders;
pub mod profile;
pub mod proposals;
pub mod sale;
mod told;

use std::path::PathBuf;

pub use bench::Bench;
pub use events::Back;
pub use sale::Sale;

/// The optional folder with the official specifications and the recorded orders; `None` in a clone that has it not beside it.
pub fn shared() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    folder.join("spec").is_dir().then_some(folder)
}
