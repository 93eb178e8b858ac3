//! What the sources must not hold, and how long and how named files may be.

use std::path::Path;

use anyhow::Context as _;

use crate::project::{self, Project};

/// More lines than this do not fit in one head.
const LONGEST: usize = 700;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "manager", "service"];
/// Left over from writing. The words are put together here so that this file is not its own first finding.
const LEFTOVERS: &[&str] = &[
    concat!("todo", "!("),
    concat!("dbg", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
    concat!("TO", "DO:"),
];

/// Everything that is wrong.
pub(super) fn check(project: &Project) -> anyhow::Result<Vec<String>> {
    // Files that git knows or would take: build outputs are nobody's business.
    let listing = project::output(project.command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut wrong = Vec::new();
    for name in listing.lines() {
        wrong.extend(check_name(name));
        let path = project.path(name);
        if !is_source(name) || !path.is_file() {
            continue;
        }
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{name} cannot be read"))?;
        wrong.extend(check_text(name, &text));
    }
    Ok(wrong)
}

fn is_source(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    matches!(extension, "rs" | "ts" | "tsx" | "mjs" | "css") && !name.contains("/generated/")
}

fn check_name(name: &str) -> Option<String> {
    let empty = name
        .split('/')
        .map(|part| part.split('.').next().unwrap_or(part))
        .find(|part| EMPTY_NAMES.contains(part))?;
    Some(format!("{name}: `{empty}` does not say what is inside"))
}

fn check_text(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST {
        wrong.push(format!("{name}: {lines} lines, at most {LONGEST}"));
    }
    for (number, line) in text.lines().enumerate() {
        for leftover in LEFTOVERS
            .iter()
            .filter(|leftover| line.contains(**leftover))
        {
            wrong.push(format!("{name}:{}: {leftover} is left over", number + 1));
        }
    }
    if name.starts_with("ui/")
        && !name.starts_with("ui/src/backend/")
        && text.contains(concat!("@tauri", "-apps/"))
    {
        wrong.push(format!(
            "{name}: only ui/src/backend knows how the page is hosted"
        ));
    }
    let outside_shell = !name.starts_with("src-tauri/")
        && Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "rs");
    if outside_shell && text.contains(concat!("tauri", "::")) {
        wrong.push(format!("{name}: only src-tauri knows Tauri"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_anywhere_in_a_path() {
        assert!(check_name("crates/brygga-core/src/utils.rs").is_some());
        assert!(check_name("ui/src/helpers/money.ts").is_some());
        assert!(check_name("crates/brygga-core/src/money.rs").is_none());
    }

    #[test]
    fn leftovers_long_files_and_strangers_are_found() {
        assert_eq!(
            check_text("a.rs", concat!("fn f() { todo", "!() }")).len(),
            1
        );
        assert_eq!(check_text("a.rs", &"x\n".repeat(LONGEST + 1)).len(), 1);
        assert_eq!(
            check_text(
                "ui/src/app/a.ts",
                concat!("import { invoke } from '@tauri", "-apps/api/core'")
            )
            .len(),
            1
        );
        assert_eq!(
            check_text(
                "ui/src/backend/tauri.ts",
                concat!("import { invoke } from '@tauri", "-apps/api/core'")
            )
            .len(),
            0
        );
        assert_eq!(
            check_text("crates/x/src/lib.rs", concat!("use tauri", "::App;")).len(),
            1
        );
    }
}
