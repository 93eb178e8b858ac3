//! What ships is built by itself, and tested with everything else: features that only the others switch on would be missed the
//! first time somebody builds it. Told from the trees of dependencies, where compiling each program once more would tell it late.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{self, Project, SHELL};

/// What ships, with the feature that it is tested with.
const SHIPPED: [(&str, &str); 2] = [("brygga-cli", "crash-points"), (SHELL, "custom-protocol")];

/// Features by a crate's name and version, `serde v1.0.229`.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Every feature that is lent, of what our crates name themselves: `named`, by crate.
pub(super) fn check(
    project: &Project,
    named: &BTreeMap<&str, BTreeSet<String>>,
) -> anyhow::Result<Vec<String>> {
    let tested = SHIPPED.map(|(name, feature)| format!("{name}/{feature}"));
    let all = tree(
        project,
        &["--workspace", "--features", &tested.join(",")],
        "normal,dev,no-proc-macro",
    )?;
    let mut wrong = Vec::new();
    for (name, feature) in SHIPPED {
        let own = tree(
            project,
            &["-p", name, "--features", feature],
            "normal,no-proc-macro",
        )?;
        let ours = |member: &str| own.keys().any(|one| one.split(' ').next() == Some(member));
        let used: BTreeSet<_> = named
            .iter()
            .filter(|(member, _)| ours(member))
            .flat_map(|(_, others)| others)
            .filter_map(|one| own.get_key_value(one))
            .collect();
        for (dependency, features) in used {
            let lent: Vec<_> = all
                .get(dependency)
                .into_iter()
                .flatten()
                .filter(|feature| !features.contains(*feature))
                .map(String::as_str)
                .collect();
            if !lent.is_empty() {
                wrong.push(format!(
                    "{name} is tested with {dependency}'s features {}, and built by itself without them: name them in Cargo.toml",
                    lent.join(", ")
                ));
            }
        }
    }
    Ok(wrong)
}

fn tree(project: &Project, of: &[&str], edges: &str) -> anyhow::Result<Features> {
    let text = project::output(
        project
            .cargo()
            .args([
                "tree",
                "--locked",
                "--prefix",
                "none",
                "--format",
                "{p} [{f}]",
            ])
            .args(["--edges", edges])
            .args(of),
    )?;
    Ok(read(&text))
}

/// `serde v1.0.229 [derive,std]`, with where it lies for our own, and `(*)` where it was told before.
fn read(tree: &str) -> Features {
    let mut all = Features::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version), Some((_, features))) =
            (words.next(), words.next(), line.rsplit_once('['))
        else {
            continue;
        };
        let features = features.split(']').next().unwrap_or_default();
        let features = features.split(',').filter(|feature| !feature.is_empty());
        all.entry(format!("{name} {version}"))
            .or_default()
            .extend(features.map(str::to_owned));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_by_crate_and_version() {
        let read = read(
            "own v0.1.0 (/somewhere) [on]\nserde v1.0.229 [derive,std]\nserde v1.0.229 [derive,std] (*)\nlog v0.4.1 []\n",
        );
        let of = |name: &str| read[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(of("serde v1.0.229"), ["derive", "std"]);
        assert_eq!(of("own v0.1.0"), ["on"]);
        assert!(of("log v0.4.1").is_empty());
    }
}
