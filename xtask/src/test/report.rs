//! What ran, how long, with what result; told as it happens and summed up at the end.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::count::Counts;
use crate::project;

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: String,
    outcome: Outcome,
    took: Duration,
    counts: Counts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

impl Report {
    /// A command that passes or fails as a whole.
    pub(crate) fn check(&mut self, name: &str, command: &mut Command) -> bool {
        self.own_check(name, || project::run(command))
    }

    /// A check of this program's own.
    pub(crate) fn own_check(
        &mut self,
        name: &str,
        check: impl FnOnce() -> anyhow::Result<()>,
    ) -> bool {
        let start = begin(name);
        let outcome = match check() {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.end(name, start, outcome, Counts::default())
    }

    /// A test runner: it must end well and must have run something.
    pub(crate) fn tests(&mut self, name: &str, command: &mut Command) -> bool {
        self.counted(name, command, true)
    }

    /// A test runner that may have nothing to run.
    pub(crate) fn tests_if_any(&mut self, name: &str, command: &mut Command) -> bool {
        self.counted(name, command, false)
    }

    /// Something that cannot run here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        let start = begin(name);
        self.end(
            name,
            start,
            Outcome::Skipped(why.to_owned()),
            Counts::default(),
        );
    }

    fn counted(&mut self, name: &str, command: &mut Command, must_run: bool) -> bool {
        let start = begin(name);
        let (outcome, counts) = match stream(command) {
            Ok((true, counts)) if counts.failed == 0 && (counts.passed > 0 || !must_run) => {
                (Outcome::Passed, counts)
            }
            Ok((true, counts)) if counts.failed == 0 => {
                (Outcome::Failed("it ran no test".to_owned()), counts)
            }
            Ok((_, counts)) => (Outcome::Failed(project::line(command)), counts),
            Err(error) => (Outcome::Failed(format!("{error:#}")), Counts::default()),
        };
        self.end(name, start, outcome, counts)
    }

    fn end(&mut self, name: &str, start: Instant, outcome: Outcome, counts: Counts) -> bool {
        let passed = outcome == Outcome::Passed;
        if let Outcome::Failed(why) = &outcome {
            println!("FAILED: {name}: {why}");
        }
        self.steps.push(Step {
            name: name.to_owned(),
            outcome,
            took: start.elapsed(),
            counts,
        });
        passed
    }

    /// Prints the summary. Did everything pass?
    pub(crate) fn close(&self) -> bool {
        println!("\n== summary");
        let mut sum = Counts::default();
        for step in &self.steps {
            let (word, note) = match &step.outcome {
                Outcome::Passed => ("ok", String::new()),
                // A step that failed without a failing test (a lint, a build) counts as one failure.
                Outcome::Failed(_) => ("FAILED", String::new()),
                Outcome::Skipped(why) => ("skipped", format!("  ({why})")),
            };
            let mut counts = step.counts;
            if matches!(step.outcome, Outcome::Failed(_)) {
                counts.failed = counts.failed.max(1);
            }
            sum.add(counts);
            let tests = if step.counts == Counts::default() {
                String::new()
            } else {
                format!("  {}", step.counts)
            };
            println!(
                "{word:>8}  {:<58} {:>5} s{tests}{note}",
                step.name,
                step.took.as_secs()
            );
        }
        println!("\n{sum}");
        sum.failed == 0
    }
}

fn begin(name: &str) -> Instant {
    println!("\n== {name}");
    Instant::now()
}

/// Runs it, shows every line, and counts what the lines tell.
fn stream(command: &mut Command) -> anyhow::Result<(bool, Counts)> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        child
            .stdout
            .take()
            .map(|pipe| read_lines(pipe, sender.clone())),
        child.stderr.take().map(|pipe| read_lines(pipe, sender)),
    ];
    let mut counts = Counts::default();
    for line in lines {
        println!("{line}");
        counts.add(Counts::from_line(&line));
    }
    let status = child.wait()?;
    for reader in readers.into_iter().flatten() {
        // A reader only ends; it has nothing to fail with.
        let _ = reader.join();
    }
    Ok((status.success(), counts))
}

fn read_lines(
    pipe: impl Read + Send + 'static,
    sender: mpsc::Sender<String>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if sender
                .send(String::from_utf8_lossy(&line).trim_end().to_owned())
                .is_err()
            {
                break;
            }
        }
    })
}
