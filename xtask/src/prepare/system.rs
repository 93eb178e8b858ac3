//! The packages of the operating system: to build the window on Debian and its kin, and to drive it in tests.

use std::path::Path;

use crate::project::{self, Project};

/// To compile and link anything at all.
const TO_COMPILE: &[&str] = &["build-essential", "pkg-config"];
/// To build and run the window (Tauri on WebKitGTK).
const FOR_WINDOW: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    // The tray: looked for at run time.
    "libayatana-appindicator3-1",
];
/// To drive a browser and the real window without a screen.
const FOR_TESTS: &[&str] = &[
    "chromium",
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "dbus",
    "dbus-x11",
    // To click the tray over the bus, as a panel does.
    "libglib2.0-bin",
    // A desktop for the window: windows that are managed, keys that somebody presses, and another window in front.
    "openbox",
    "xdotool",
    "x11-utils",
];

/// How much a task needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Only the command line.
    Terminal,
    /// The window.
    Window,
    /// The window, a browser, and something to drive both.
    Tests,
}

/// Installs what is missing when this user may; else prints the one line that does.
pub(crate) fn prepare(project: &Project, needs: Needs) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        println!(
            "This is not a Debian: see https://v2.tauri.app/start/prerequisites for the packages that the window needs."
        );
        return Ok(());
    }
    let mut wanted = TO_COMPILE.to_vec();
    if needs != Needs::Terminal {
        wanted.extend(FOR_WINDOW);
    }
    if needs == Needs::Tests {
        wanted.extend(FOR_TESTS);
    }
    let missing: Vec<_> = wanted
        .into_iter()
        .filter(|package| !is_installed(project, package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let words = missing.join(" ");
    let Some(prefix) = privilege(project) else {
        println!(
            "Packages are missing. Install them with this line, then run this again:\n  sudo apt-get update && sudo apt-get install -y {words}"
        );
        return Ok(());
    };
    println!("Installing {words}.");
    // A failed update need not matter: the lists may be good enough.
    let _ = project::run(privileged(project, prefix).args(["apt-get", "-qq", "update"]));
    project::run(
        privileged(project, prefix)
            .args([
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "-qq",
                "install",
                "-y",
                "--no-install-recommends",
            ])
            .args(&missing),
    )
}

fn is_installed(project: &Project, package: &str) -> bool {
    project::output(
        project
            .command("dpkg-query")
            .args(["-W", "-f", "${Status}\n", package]),
    )
    .is_ok_and(|status| status.contains("install ok installed"))
}

/// How to become root: not at all, by sudo without a password, or `None`.
fn privilege(project: &Project) -> Option<&'static [&'static str]> {
    let is_root = project::output(project.command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(&["env"]);
    }
    project::succeeds(project.command("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn privileged(project: &Project, prefix: &[&str]) -> std::process::Command {
    let mut words = prefix.iter();
    let mut command = project.command(words.next().copied().unwrap_or("env"));
    command.args(words);
    command
}
