//! Which crate may know which, and what must stay out of which.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde_json::Value;

use super::lent;
use crate::project::{self, Project, SHELL};

/// What each crate may depend on among our own: dependencies point down only.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("brygga-core", &[]),
    ("brygga-store", &["brygga-core"]),
    ("brygga-http", &["brygga-core"]),
    ("brygga-shopify", &["brygga-core", "brygga-http"]),
    ("brygga-visma", &["brygga-core", "brygga-http"]),
    (
        "brygga-engine",
        &[
            "brygga-core",
            "brygga-store",
            "brygga-http",
            "brygga-shopify",
            "brygga-visma",
        ],
    ),
    (
        "brygga-api",
        &[
            "brygga-core",
            "brygga-store",
            "brygga-http",
            "brygga-engine",
        ],
    ),
    ("brygga-sandbox", &["brygga-core"]),
    (
        "brygga-practice",
        &[
            "brygga-core",
            "brygga-store",
            "brygga-http",
            "brygga-engine",
            "brygga-api",
            "brygga-sandbox",
        ],
    ),
    (
        "brygga-cli",
        &[
            "brygga-core",
            "brygga-store",
            "brygga-http",
            "brygga-shopify",
            "brygga-visma",
            "brygga-engine",
            "brygga-api",
            "brygga-sandbox",
            "brygga-practice",
        ],
    ),
    (
        SHELL,
        &[
            "brygga-core",
            "brygga-store",
            "brygga-http",
            "brygga-engine",
            "brygga-api",
            "brygga-sandbox",
            "brygga-practice",
        ],
    ),
    ("xtask", &["brygga-core"]),
];

/// The tests may know everything but the shell, which needs a web view to link.
const TESTS: &str = "brygga-tests";

/// What must not be in the tree of the pure crate: effects, and the machine's own clock.
const NOT_IN_CORE: &[&str] = &["tokio", "reqwest", "rusqlite", "tauri", "iana-time-zone"];

/// The feature that lets a test stop the program in the middle.
const CRASH_POINTS: &str = "crash-points";

/// Everything that is wrong.
pub(super) fn check(project: &Project) -> anyhow::Result<Vec<String>> {
    let host = host(project)?;
    let text = project::output(project.cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &host,
    ]))?;
    let metadata = Metadata {
        json: serde_json::from_str(&text)?,
    };
    let mut wrong = metadata.directions()?;
    wrong.extend(purity(project)?);
    wrong.extend(metadata.tauri_only_in_the_shell());
    wrong.extend(metadata.crash_points());
    wrong.extend(metadata.readmes(project));
    wrong.extend(lent::check(project, &metadata.named())?);
    Ok(wrong)
}

fn host(project: &Project) -> anyhow::Result<String> {
    let version = project::output(project.command("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc names its host")
}

/// The tree of the pure crate as it is built alone: in the whole workspace others switch on more features.
fn purity(project: &Project) -> anyhow::Result<Vec<String>> {
    let tree = project::output(project.cargo().args([
        "tree",
        "--locked",
        "-p",
        "brygga-core",
        "-e",
        "normal",
        "--prefix",
        "none",
    ]))?;
    let found: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let strangers = NOT_IN_CORE.iter().filter(|name| found.contains(**name));
    Ok(strangers
        .map(|name| format!("brygga-core is pure, but {name} is in its tree"))
        .collect())
}

/// What `cargo metadata` says.
struct Metadata {
    json: Value,
}

impl Metadata {
    fn packages(&self) -> impl Iterator<Item = &Value> {
        self.json["packages"].as_array().into_iter().flatten()
    }

    fn members(&self) -> impl Iterator<Item = &Value> {
        let ids: BTreeSet<_> = self.json["workspace_members"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        self.packages()
            .filter(move |package| package["id"].as_str().is_some_and(|id| ids.contains(id)))
    }

    fn nodes(&self) -> impl Iterator<Item = &Value> {
        self.json["resolve"]["nodes"]
            .as_array()
            .into_iter()
            .flatten()
    }

    /// Own crates that `package` names among its dependencies of this kind (`None` = ordinary ones).
    fn own_dependencies<'a>(
        package: &'a Value,
        kind: Option<&'a str>,
    ) -> impl Iterator<Item = &'a str> {
        package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(move |dependency| {
                dependency["kind"].as_str() == kind && dependency["path"].is_string()
            })
            .map(|dependency| text(&dependency["name"]))
    }

    /// What each of our crates is built with, as a tree of dependencies names it: `serde v1.0.229`.
    fn named(&self) -> BTreeMap<&str, BTreeSet<String>> {
        let called: BTreeMap<&str, String> = self
            .packages()
            .map(|package| {
                let (name, version) = (text(&package["name"]), text(&package["version"]));
                (text(&package["id"]), format!("{name} v{version}"))
            })
            .collect();
        let members: BTreeMap<&str, &str> = self
            .members()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let ordinary = |dependency: &&Value| {
            let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            kinds.any(|kind| kind["kind"].is_null())
        };
        self.nodes()
            .filter_map(|node| {
                let member = members.get(text(&node["id"]))?;
                let with = node["deps"].as_array().into_iter().flatten();
                let with = with
                    .filter(ordinary)
                    .filter(|dependency| !members.contains_key(text(&dependency["pkg"])))
                    .filter_map(|dependency| called.get(text(&dependency["pkg"])).cloned());
                Some((*member, with.collect()))
            })
            .collect()
    }

    fn directions(&self) -> anyhow::Result<Vec<String>> {
        let allowed: BTreeMap<_, _> = MAY_KNOW.iter().copied().collect();
        let mut wrong = Vec::new();
        for package in self.members() {
            let name = text(&package["name"]);
            if name == TESTS {
                wrong.extend(
                    Self::own_dependencies(package, None)
                        .filter(|other| *other == SHELL)
                        .map(|other| format!("{name} must not know {other}")),
                );
                continue;
            }
            let known = allowed.get(name).with_context(|| format!("{name} has no place in the architecture yet: give it one in xtask/src/tidy/crates.rs"))?;
            for other in Self::own_dependencies(package, None)
                .chain(Self::own_dependencies(package, Some("build")))
            {
                if !known.contains(&other) {
                    wrong.push(format!(
                        "{name} must not know {other}: dependencies point down only"
                    ));
                }
            }
            // The practice pair is an independent witness: not even its tests may lean on what they are to judge.
            if name == "brygga-sandbox" {
                let leaning = Self::own_dependencies(package, Some("dev"))
                    .filter(|other| *other != "brygga-core" && *other != name);
                wrong.extend(
                    leaning.map(|other| {
                        format!("{name} must not know {other}, not even in its tests")
                    }),
                );
            }
        }
        Ok(wrong)
    }

    fn tauri_only_in_the_shell(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for package in self.members().filter(|package| package["name"] != SHELL) {
            for dependency in package["dependencies"].as_array().into_iter().flatten() {
                let name = text(&dependency["name"]);
                if name == "tauri" || name.starts_with("tauri-") {
                    wrong.push(format!(
                        "{} must not know {name}: only the shell does",
                        text(&package["name"])
                    ));
                }
            }
        }
        wrong
    }

    /// In no default build: neither by a crate's default features nor by what a dependency asks for.
    fn crash_points(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for node in self.nodes() {
            if node["features"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|feature| feature == CRASH_POINTS)
            {
                wrong.push(format!(
                    "{} has {CRASH_POINTS} on without being asked",
                    text(&node["id"])
                ));
            }
        }
        for package in self.members().filter(|package| package["name"] == SHELL) {
            let features = package["features"].as_object().into_iter().flatten();
            let mut enabling = features
                .filter(|(_, list)| list.to_string().contains(CRASH_POINTS))
                .map(|(name, _)| name);
            if let Some(feature) = enabling.next() {
                wrong.push(format!("the shell's feature {feature} enables {CRASH_POINTS}: it is for the kill tests only"));
            }
        }
        wrong
    }

    /// Each library explains itself, in one text for the folder and for the documentation.
    fn readmes(&self, project: &Project) -> Vec<String> {
        let mut wrong = Vec::new();
        for package in self
            .members()
            .filter(|package| text(&package["name"]).starts_with("brygga-"))
        {
            let name = text(&package["name"]);
            let folder = project.path("crates").join(name);
            if !folder.exists() {
                continue;
            }
            let library = std::fs::read_to_string(folder.join("src/lib.rs")).unwrap_or_default();
            if !folder.join("README.md").exists()
                || !library.contains("include_str!(\"../README.md\")")
            {
                wrong.push(format!("{name}: its README.md is its documentation (`#![doc = include_str!(\"../README.md\")]`)"));
            }
        }
        wrong
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
