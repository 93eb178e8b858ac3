//! `cargo xtask run`: the app on the practice pair, from a fresh clone.

use std::env;

use crate::prepare::{Needs, prepare};
use crate::project::{self, Project, SHELL};

/// Prepares, builds, opens. Further arguments go to the app (or to the demo).
pub(crate) fn run(project: &Project, arguments: &[&str]) -> anyhow::Result<()> {
    if !has_display() {
        println!(
            "There is no display: running the demo in the terminal. A month of a practice shop's orders goes to a practice company."
        );
        prepare(project, Needs::Terminal)?;
        return project::run(
            project
                .cargo()
                .args([
                    "run",
                    "--quiet",
                    "-p",
                    "brygga-cli",
                    "--bin",
                    "brygga",
                    "--",
                    "demo",
                ])
                .args(arguments),
        );
    }
    prepare(project, Needs::Window)?;
    project::run(project.npm().args(["run", "--silent", "build"]))?;
    project::run(
        project
            .cargo()
            .args([
                "run",
                "-p",
                SHELL,
                "--features",
                "custom-protocol",
                "--",
                "--practice",
            ])
            .args(arguments),
    )
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
