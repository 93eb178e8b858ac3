//! `cargo xtask codegen`: the files that are made from others and committed, so that a reader and a diff can see them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brygga_core::Code;
use brygga_core::code::Class;

use crate::project::{self, Project};

/// TypeScript of the contract, made by ts-rs from `brygga-api`.
const BINDINGS: &str = "ui/src/api/generated";
/// Every code with its meaning and remedy, made from `brygga_core::code`.
const ERRORS: &str = "docs/errors.md";

/// Writes them.
pub(crate) fn write(project: &Project) -> anyhow::Result<()> {
    fs::write(project.path(ERRORS), errors())?;
    println!("Written: {ERRORS}.");
    // Elsewhere first: a contract that does not compile must not leave the page without its types.
    let fresh = project.scratch("bindings-fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    export_bindings(project, &fresh)?;
    let folder = project.path(BINDINGS);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (name, text) in files(&fresh)? {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    println!("Written: {BINDINGS}.");
    Ok(())
}

/// Makes them elsewhere and compares.
pub(crate) fn check(project: &Project) -> anyhow::Result<()> {
    let fresh = project.scratch("bindings-check");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    export_bindings(project, &fresh)?;
    compare(project, &fresh)
}

/// Compares with bindings that were made before: every run of `brygga-api`'s tests exports them.
pub(crate) fn compare(project: &Project, fresh: &Path) -> anyhow::Result<()> {
    let mut stale = differences(&files(fresh)?, &files(&project.path(BINDINGS))?);
    if fs::read_to_string(project.path(ERRORS)).unwrap_or_default() != errors() {
        stale.push(ERRORS.into());
    }
    if stale.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = stale
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    bail!(
        "Not current: {}. Run `cargo xtask codegen` and commit.",
        names.join(", ")
    )
}

fn export_bindings(project: &Project, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    project::output(
        project
            .cargo()
            .args([
                "test",
                "--quiet",
                "-p",
                "brygga-api",
                "--lib",
                "export_bindings",
            ])
            .env("TS_RS_EXPORT_DIR", folder),
    )?;
    if files(folder)?.is_empty() {
        bail!("brygga-api exported no bindings");
    }
    Ok(())
}

/// File names and contents below a folder.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)
            .with_context(|| format!("{} cannot be read", current.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(
                    path.strip_prefix(folder)?.to_owned(),
                    fs::read_to_string(&path)?,
                );
            }
        }
    }
    Ok(found)
}

fn differences(
    fresh: &BTreeMap<PathBuf, String>,
    committed: &BTreeMap<PathBuf, String>,
) -> Vec<PathBuf> {
    let mut names: Vec<_> = fresh.keys().chain(committed.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| fresh.get(*name) != committed.get(*name))
        .cloned()
        .collect()
}

/// The page of codes.
fn errors() -> String {
    let mut page = String::from(
        "# Codes\n\n<!-- Made by `cargo xtask codegen` from crates/brygga-core/src/code.rs. Do not edit. -->\n\n\
         Whatever keeps a record out of the books, or a run from running, has one of these codes.\n\
         A code never changes its meaning.\nThe window says it in your language; the words in braces are replaced by names and amounts.\n",
    );
    for (class, heading, about) in [
        (
            Class::Held,
            "Held",
            "The record needs a decision or a repair. Nothing of it is booked until then.",
        ),
        (
            Class::Waiting,
            "Waiting",
            "The record is not due. It is picked up by itself.",
        ),
        (
            Class::Skipped,
            "Skipped",
            "The record will not be booked, and need not be.",
        ),
        (
            Class::Failure,
            "Failures",
            "The run could not go on. Nothing is lost.",
        ),
    ] {
        // Writing to a text cannot fail.
        let _ = write!(
            page,
            "\n## {heading}\n\n{about}\n\n| code | what it says | what to do |\n|--|--|--|\n"
        );
        for code in Code::ALL.iter().filter(|code| code.class() == class) {
            let _ = writeln!(
                page,
                "| `{code}` | {} | {} |",
                code.template(),
                code.remedy()
            );
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_on_the_page_once() {
        let page = errors();
        for code in Code::ALL {
            assert_eq!(page.matches(&format!("| `{code}` |")).count(), 1, "{code}");
        }
    }

    #[test]
    fn a_changed_a_missing_and_an_extra_file_are_named() {
        let map = |files: &[(&str, &str)]| {
            files
                .iter()
                .map(|(name, text)| (PathBuf::from(name), (*text).to_owned()))
                .collect()
        };
        let stale = differences(
            &map(&[("a", "1"), ("b", "1"), ("c", "1")]),
            &map(&[("a", "1"), ("b", "2"), ("d", "1")]),
        );
        assert_eq!(stale, [PathBuf::from("b"), "c".into(), "d".into()]);
    }
}
