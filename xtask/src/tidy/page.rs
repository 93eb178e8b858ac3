//! The page: every language of its catalogues says everything, and every browser test is run.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde_json::Value;

use crate::project::Project;

/// English is written first; the others follow it.
const FIRST: &str = "en";

/// Everything that is wrong.
pub(super) fn check(project: &Project) -> anyhow::Result<Vec<String>> {
    let Ok(folder) = std::fs::read_dir(project.path("ui/src/i18n")) else {
        return Ok(vec!["ui/src/i18n cannot be read".to_owned()]);
    };
    let mut catalogues = BTreeMap::new();
    for entry in folder {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let language = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let catalogue: Value = serde_json::from_slice(&std::fs::read(&path)?)
                .with_context(|| format!("{} is no JSON", path.display()))?;
            catalogues.insert(language, keys(&catalogue));
        }
    }
    let first = catalogues
        .remove(FIRST)
        .context("there is no English catalogue")?;
    let mut wrong: Vec<String> = catalogues
        .iter()
        .flat_map(|(language, keys)| compare(&first, language, keys))
        .collect();
    wrong.extend(browser_tests(project)?);
    Ok(wrong)
}

/// Node 20 takes the files of a test run by name alone: one that is not named is never run.
fn browser_tests(project: &Project) -> anyhow::Result<Vec<String>> {
    let scripts: Value = serde_json::from_slice(&std::fs::read(project.path("ui/package.json"))?)?;
    let named = scripts["scripts"]["e2e"].as_str().unwrap_or_default();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(project.path("tests/e2e"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") && !named.contains(&format!("/{name}")) {
            wrong.push(format!(
                "tests/e2e/{name} is never run: name it in ui/package.json, scripts.e2e"
            ));
        }
    }
    Ok(wrong)
}

fn compare(first: &BTreeSet<String>, language: &str, keys: &BTreeSet<String>) -> Vec<String> {
    let missing = first
        .difference(keys)
        .map(|key| format!("ui/src/i18n/{language}.json lacks {key}"));
    let extra = keys
        .difference(first)
        .map(|key| format!("ui/src/i18n/{language}.json has {key}, which English has not"));
    missing.chain(extra).collect()
}

fn keys(catalogue: &Value) -> BTreeSet<String> {
    catalogue
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_extra_texts_are_named() {
        let keys = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<BTreeSet<_>>()
        };
        let wrong = compare(&keys(&["a", "b"]), "nb", &keys(&["b", "c"]));
        assert_eq!(
            wrong,
            [
                "ui/src/i18n/nb.json lacks a",
                "ui/src/i18n/nb.json has c, which English has not"
            ]
        );
    }
}
