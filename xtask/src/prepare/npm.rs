//! The npm packages of the UI.

use std::fs;

use anyhow::{Context as _, bail};

use crate::project::{self, Project};

/// Installs exactly what the lock file says, unless it is there already.
pub(crate) fn install(project: &Project) -> anyhow::Result<()> {
    let lock = fs::read(project.path("ui/package-lock.json"))
        .context("ui/package-lock.json cannot be read")?;
    let stamp = project.path("ui/node_modules/.brygga-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let version = project::output(project.command("node").arg("--version"))
        .context("Node 20 or newer is needed for the window's page")?;
    let major: u32 = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default()
        .parse()
        .unwrap_or_default();
    if major < 20 {
        bail!("Node {} is too old: 20 or newer is needed.", version.trim());
    }
    println!("Installing the packages of the window's page (npm ci).");
    project::run(project.npm().args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Does `ui/package.json` have this script?
pub(crate) fn has_script(project: &Project, script: &str) -> anyhow::Result<bool> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(project.path("ui/package.json"))?)?;
    Ok(manifest["scripts"][script].is_string())
}
