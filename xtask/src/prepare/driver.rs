//! tauri-driver, which drives the real window in tests. Only its source is published, so it is built once, outside the checkout's own build.

use std::path::PathBuf;

use crate::project::{self, Project};

/// The one that goes with the Tauri of the shell. With its own lock file, so that nothing of it changes by itself.
const VERSION: &str = "2.0.5";

/// Where it is, built anew where it is not there yet; `None`, said, where it cannot be.
pub(crate) fn tauri_driver(project: &Project) -> Option<PathBuf> {
    let root = project.scratch(&format!("tauri-driver-{VERSION}"));
    let driver = root.join("bin").join("tauri-driver");
    if driver.exists() {
        return Some(driver);
    }
    let built = project::run(
        project
            .cargo()
            .args(["install", "--quiet", "--locked", "--debug", "--root"])
            .arg(&root)
            .args(["--version", VERSION, "tauri-driver"]),
    );
    if let Err(error) = built {
        println!("The window is driven without tauri-driver, which cannot be built here: {error}");
        return None;
    }
    Some(driver)
}
