//! Checks the capabilities and the configuration, and makes sure there is a page to embed.

use std::path::Path;

/// What the window shows when the UI has not been built yet.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Brygga</title>\
<p>The user interface has not been built yet. Run <code>cargo xtask run</code>.</p>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    // A first `cargo check` must not need Node: the build of the UI overwrites this page.
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist")?;
        std::fs::write(page, PLACEHOLDER)?;
    }
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(tauri_build::AppManifest::new().commands(&["rpc"])),
    )?;
    Ok(())
}
