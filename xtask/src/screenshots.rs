//! `cargo xtask screenshots`: the pictures of the merchant's guide, taken of the real program on the practice pair.

use std::fs;

use anyhow::Context as _;

use crate::prepare::{Needs, prepare};
use crate::project::{self, Project};

const FOLDER: &str = "docs/guide/img";

/// Builds the program and the page, and takes every picture anew.
pub(crate) fn take(project: &Project) -> anyhow::Result<()> {
    prepare(project, Needs::Tests)?;
    project::run(project.npm().args(["run", "--silent", "build"]))?;
    project::run(
        project
            .cargo()
            .args(["build", "--quiet", "-p", "brygga-cli"]),
    )?;
    let folder = project.path(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut pictures = project.command("node");
    pictures
        .env("BRYGGA_BIN", project.built("brygga"))
        .arg("tests/e2e/screenshots.mjs")
        .arg(&folder);
    project::run(&mut pictures).context("the pictures could not be taken")?;
    println!("Written: {FOLDER}.");
    Ok(())
}
