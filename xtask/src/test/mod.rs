//! `cargo xtask test`: every check there is, on a fresh clone or a warm one. The contract comes last: it judges what the others sent.

mod count;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::prepare::{Needs, has_script, prepare, tauri_driver};
use crate::project::{self, Project, SHELL};
use crate::{codegen, tidy};
use report::Report;

/// What is selected in every build here, so that all of them agree on the features of what they depend on, and nothing
/// is built twice: everything, with the page in the window, and the program with the places where it can be stopped.
const EVERYTHING: [&str; 3] = [
    "--workspace",
    "--features",
    "brygga-desktop/custom-protocol,brygga-cli/crash-points",
];

/// Runs everything, also after a failure, and says at the end what passed.
pub(crate) fn test(project: &Project) -> anyhow::Result<()> {
    prepare(project, Needs::Tests)?;
    let record = project.scratch("record");
    for folder in [&record, &bindings(&record)] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    if !project.path("../shared/spec").exists() {
        println!(
            "SKIPPED: ../shared is not there, so nothing is compared with the official specifications and the recorded orders."
        );
    }

    let mut report = Report::default();
    rules(project, &mut report);
    page(project, &mut report)?;
    lints(project, &mut report);
    suites(project, &record, &mut report);
    if programs(project, &mut report) {
        kill_tests(project, &record, &mut report);
        windows(project, &record, &mut report)?;
    }
    contract(project, &record, &mut report);
    if report.close() {
        return Ok(());
    }
    bail!("Not everything passed.")
}

fn rules(project: &Project, report: &mut Report) {
    report.check(
        "formatting",
        project.cargo().args(["fmt", "--all", "--check"]),
    );
    report.own_check("rules of the architecture", || tidy::tidy(project));
}

/// The page: it comes before the shell, which embeds it.
fn page(project: &Project, report: &mut Report) -> anyhow::Result<()> {
    for script in ["lint", "typecheck"] {
        if has_script(project, script)? {
            report.check(
                &format!("page: {script}"),
                project.npm().args(["run", "--silent", script]),
            );
        }
    }
    report.tests(
        "page: unit tests",
        project.npm().args(["run", "--silent", "test"]),
    );
    report.check(
        "page: build",
        project.npm().args(["run", "--silent", "build"]),
    );
    Ok(())
}

fn lints(project: &Project, report: &mut Report) {
    report.check(
        "lints",
        project
            .cargo()
            .args(["clippy", "--quiet"])
            .args(EVERYTHING)
            .args([
                "--features",
                "brygga-tests/crash-points,brygga-tests/contract",
            ])
            .args(["--all-targets", "--", "-D", "warnings"]),
    );
}

fn suites(project: &Project, record: &Path, report: &mut Report) {
    let mut all = runner(project, record, None);
    report.tests("tests", all.args(EVERYTHING));
    report.own_check("generated files are current", || {
        codegen::compare(project, &bindings(record))
    });
    let mut documents = recorded(project.cargo(), record);
    report.tests_if_any(
        "tests in documents",
        documents.args(["test", "--doc"]).args(EVERYTHING),
    );
}

/// The programs themselves, for the tests that start them.
fn programs(project: &Project, report: &mut Report) -> bool {
    report.check(
        "build: the program and the window",
        project
            .cargo()
            .args(["build", "--quiet"])
            .args(EVERYTHING)
            // A test among them: with it what the tests depend on keeps the features that it was built with.
            .args(["--bins", "--test", "scenarios"]),
    )
}

/// Crashes at every step of the journal.
fn kill_tests(project: &Project, record: &Path, report: &mut Report) {
    let mut kills = runner(project, record, Some("kill"));
    kills
        .env("BRYGGA_BIN", project.built("brygga"))
        .args(EVERYTHING)
        .args(["--features", "brygga-tests/crash-points"]);
    report.tests("tests: killed at every step", &mut kills);
}

/// The page in a browser, and the real window.
fn windows(project: &Project, record: &Path, report: &mut Report) -> anyhow::Result<()> {
    if !has_browser(project) {
        report.skip(
            "tests: the page in a browser",
            "no Chromium, Chrome or Edge was found; BRYGGA_BROWSER names one",
        );
    } else if has_script(project, "e2e")? {
        let mut browser = recorded(project.npm(), record);
        browser
            .env("BRYGGA_BIN", project.built("brygga"))
            .args(["run", "--silent", "e2e"]);
        report.tests("tests: the page in a browser", &mut browser);
    }
    real_window(project, record, report);
    Ok(())
}

/// What the real window is driven with, and what it stands on: a screen, windows that are managed, a bus.
const TO_DRIVE: &[&str] = &[
    "WebKitWebDriver",
    "Xvfb",
    "xvfb-run",
    "openbox",
    "xdotool",
    "xmessage",
    "xprop",
    "dbus-run-session",
];

/// The real window's tests, one file after the other: two programs of one kind on one bus would hand their starts to each other.
const OF_THE_WINDOW: &[&str] = &[
    "src-tauri/tests/window.test.mjs",
    "src-tauri/tests/wizard.test.mjs",
    "src-tauri/tests/kept.test.mjs",
];

fn real_window(project: &Project, record: &Path, report: &mut Report) {
    let name = "tests: the real window";
    let missing: Vec<_> = TO_DRIVE
        .iter()
        .copied()
        .filter(|program| !is_on_path(program))
        .collect();
    if !missing.is_empty() {
        report.skip(name, &format!("missing: {}", missing.join(", ")));
        return;
    }
    // A bus and a screen of its own: on a shared bus a second start is handed to the window of somebody else.
    let mut window = recorded(project.command("dbus-run-session"), record);
    window
        .env("BRYGGA_DESKTOP", project.built(SHELL))
        .env("BRYGGA_BIN", project.built("brygga"));
    if let Some(driver) = tauri_driver(project) {
        window.env("TAURI_DRIVER", driver);
    }
    window
        .args(["--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24"])
        .args(["node", "--test", "--test-concurrency=1"])
        .args(OF_THE_WINDOW);
    report.tests(name, &mut window);
}

/// The tests know where browsers are.
fn has_browser(project: &Project) -> bool {
    let ask = "import('./tests/e2e/browser.mjs').then(({ BROWSER }) => process.exit(BROWSER === undefined ? 1 : 0))";
    project::succeeds(project.command("node").args(["-e", ask]))
}

/// Judges every request that all the others sent, by the official specifications.
fn contract(project: &Project, record: &Path, report: &mut Report) {
    let mut contract = runner(project, record, Some("contract"));
    report.tests(
        "tests: every request against the official specifications",
        contract.args(EVERYTHING).args([
            "--features",
            "brygga-tests/contract",
            "--test",
            "contract",
        ]),
    );
}

/// nextest where it is installed, else `cargo test`; of one file of tests, or of all.
fn runner(project: &Project, record: &Path, only: Option<&str>) -> Command {
    let mut command = recorded(project.cargo(), record);
    let nextest = project::succeeds(project.cargo().args(["nextest", "--version"]));
    if nextest {
        command.args(["nextest", "run"]);
    } else {
        command.args(["test", "--quiet", "--no-fail-fast"]);
    }
    match only {
        Some(file) => command.args(["--test", file]),
        None if nextest => &mut command,
        None => command.args(["--lib", "--bins", "--tests"]),
    };
    command
}

/// The practice pair records what it is asked; snapshots and bindings in the checkout stay as they are.
fn recorded(mut command: Command, record: &Path) -> Command {
    command
        .env("BRYGGA_RECORD_DIR", record)
        .env("INSTA_UPDATE", "no")
        .env("TS_RS_EXPORT_DIR", bindings(record));
    command
}

/// Where the tests of `brygga-api` export the TypeScript of the contract.
fn bindings(record: &Path) -> PathBuf {
    record.with_file_name("bindings")
}

fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}
