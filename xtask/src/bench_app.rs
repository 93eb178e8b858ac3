//! `cargo xtask bench-app`: what the program costs a computer on which it runs all day: its start, its memory and its processor time at rest.
//!
//! Everything is measured from outside, in release builds, and written into `docs/performance.md` as it came out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::prepare::{Needs, prepare};
use crate::project::{self, Project, SHELL};

const PAGE: &str = "docs/performance.md";
/// Starts of the window; the middle one counts.
const STARTS: usize = 5;
/// The first syncs are over by then, and what they needed is given back.
const SETTLE: Duration = Duration::from_mins(2);
/// A start that takes longer has failed.
const TOO_LONG: Duration = Duration::from_mins(1);
/// Clock ticks of a second, as Linux counts processor time for everybody.
const TICKS: u64 = 100;
/// Orders in the practice shop.
const ORDERS: &str = "60";
/// Opens the folders; they hold nothing but practice.
const PASSPHRASE: &str = "for the bench";
/// The desktop program's, below which it keeps its data (`tauri.conf.json`).
const IDENTIFIER: &str = "no.brygga.desktop";

/// Builds, measures, writes the page.
pub(crate) fn bench(project: &Project, words: &[&str]) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("Memory and processor time are read from /proc: this runs on Linux.");
    }
    let (minutes, inside) = match words {
        [] => (10, false),
        ["--minutes", minutes] => (minutes.parse()?, false),
        ["--inside", minutes] => (minutes.parse()?, true),
        _ => bail!("bench-app takes nothing or --minutes N"),
    };
    if inside {
        return measure(project, minutes);
    }
    prepare(project, Needs::Tests)?;
    project::run(project.npm().args(["run", "--silent", "build"]))?;
    project::run(project.cargo().args([
        "build",
        "--release",
        "-p",
        SHELL,
        "--features",
        "custom-protocol",
    ]))?;
    project::run(
        project
            .cargo()
            .args(["build", "--release", "-p", "brygga-cli"]),
    )?;
    // A bus and a screen of its own, as for the tests of the real window.
    let own = std::env::current_exe()?;
    let mut session = project.command("dbus-run-session");
    session
        .args(["--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "--"])
        .arg(own)
        .args(["bench-app", "--inside", &minutes.to_string()]);
    project::run(&mut session)
}

fn measure(project: &Project, minutes: u64) -> anyhow::Result<()> {
    let folder = project.scratch("bench-app");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let rest = Duration::from_secs(minutes * 60);

    let home = folder.join("home");
    let of_window = Connected::set_up(
        project,
        &home.join("data").join(IDENTIFIER).join("pairs/default"),
    )?;
    println!("The window, {STARTS} starts.");
    let mut starts = Vec::with_capacity(STARTS);
    for number in 1..=STARTS {
        let window = Window::start(project, &home)?;
        println!("  {:.2} s", window.usable.as_secs_f64());
        starts.push(window.usable);
        if number == STARTS {
            println!("The window and the headless program at rest, {minutes} min.");
            let headless = Connected::set_up(project, &folder.join("headless"))?;
            let watch = Own(headless.command(project, &["sync", "--watch"]).spawn()?);
            // Side by side: each counts what it and its own processes take, and neither has anything to do.
            let (window_rest, headless_rest) = thread::scope(|scope| {
                let window = scope.spawn(|| at_rest(window.child.id(), rest));
                let headless = at_rest(watch.id(), rest);
                (window.join(), headless)
            });
            let window_rest =
                window_rest.map_err(|_| anyhow::anyhow!("the measurement broke off"))??;
            let headless_rest = headless_rest?;
            println!("  {window_rest:?}\n  {headless_rest:?}");
            let page = page(minutes, &starts, &window_rest, &headless_rest)?;
            fs::write(project.path(PAGE), page)?;
            println!("Written: {PAGE}.");
        }
    }
    drop(of_window);
    Ok(())
}

/// A child that is ended with its place.
struct Own(Child);

impl Own {
    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The quit that a computer sends when it shuts down; then without asking.
        let _ = Command::new("kill")
            .args(["-TERM", &self.0.id().to_string()])
            .status();
        let end = Instant::now() + Duration::from_secs(25);
        while Instant::now() < end {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            thread::park_timeout(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Window {
    child: Own,
    usable: Duration,
}

impl Window {
    /// On the pair that is connected in `home`.
    fn start(project: &Project, home: &std::path::Path) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut child = project
            .command(release(project, SHELL))
            .env("BRYGGA_PASSPHRASE", PASSPHRASE)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("BRYGGA_LOG", "brygga_shell=info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("the window's program starts")?;
        let errors = child.stderr.take().context("piped")?;
        let child = Own(child);
        let (sender, usable) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                if line.contains("the window is usable") && sender.send(began.elapsed()).is_err() {
                    break;
                }
            }
        });
        let usable = usable
            .recv_timeout(TOO_LONG)
            .context("the window did not become usable")?;
        Ok(Self { child, usable })
    }
}

fn release(project: &Project, program: &str) -> PathBuf {
    let debug = project.built(program);
    debug
        .parent()
        .and_then(std::path::Path::parent)
        .unwrap_or(&debug)
        .join("release")
        .join(program)
}

/// What a program and everything below it takes while nothing happens.
#[derive(Debug)]
struct Rest {
    /// Proportional memory in KiB, by the process's name.
    memory: BTreeMap<String, u64>,
    /// Hundredths of a per cent of one core.
    processor: u64,
}

impl Rest {
    /// In MiB.
    fn memory_in_all(&self) -> u64 {
        in_mib(self.memory.values().sum())
    }

    /// Per cent of one core.
    fn processor(&self) -> String {
        format!("{}.{:02}", self.processor / 100, self.processor % 100)
    }
}

fn in_mib(kib: u64) -> u64 {
    (kib + 512) / 1024
}

fn at_rest(pid: u32, rest: Duration) -> anyhow::Result<Rest> {
    thread::park_timeout(SETTLE);
    let before = ticks(pid)?;
    let began = Instant::now();
    thread::park_timeout(rest);
    let spent = ticks(pid)?.saturating_sub(before);
    let elapsed = u64::try_from(began.elapsed().as_millis())?.max(1);
    let mut memory: BTreeMap<String, u64> = BTreeMap::new();
    for pid in below(pid)? {
        // One that ended while we looked takes nothing.
        if let (Ok(name), Ok(rollup)) = (
            fs::read_to_string(format!("/proc/{pid}/comm")),
            fs::read_to_string(format!("/proc/{pid}/smaps_rollup")),
        ) {
            let kib = rollup
                .lines()
                .find_map(|line| line.strip_prefix("Pss:"))
                .and_then(|rest| rest.split_whitespace().next())
                .and_then(|number| number.parse::<u64>().ok())
                .unwrap_or_default();
            *memory.entry(name.trim().to_owned()).or_default() += kib;
        }
    }
    // Ticks to milliseconds, their share of the time to hundredths of a per cent.
    let processor = spent * (1000 / TICKS) * 10_000 / elapsed;
    Ok(Rest { memory, processor })
}

/// A process and all below it.
fn below(root: u32) -> anyhow::Result<BTreeSet<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Some(stat) = stat(pid) {
            parents.insert(pid, stat.parent);
        }
    }
    let mut found = BTreeSet::from([root]);
    loop {
        let more: Vec<_> = parents
            .iter()
            .filter(|(pid, parent)| found.contains(parent) && !found.contains(pid))
            .map(|(pid, _)| *pid)
            .collect();
        if more.is_empty() {
            return Ok(found);
        }
        found.extend(more);
    }
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    parse_stat(&text)
}

/// `proc(5)`: the name may have spaces and brackets; after it the state, the parent, and at places 14 and 15 the processor time.
fn parse_stat(text: &str) -> Option<Stat> {
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        ticks: number(14)? + number(15)?,
    })
}

fn ticks(pid: u32) -> anyhow::Result<u64> {
    Ok(below(pid)?
        .into_iter()
        .filter_map(stat)
        .map(|stat| stat.ticks)
        .sum())
}

/// A folder that is connected to a practice pair in another process, as a merchant's is to the real services.
struct Connected {
    data: PathBuf,
    _sandbox: Own,
}

impl Connected {
    fn set_up(project: &Project, data: &std::path::Path) -> anyhow::Result<Self> {
        fs::create_dir_all(data)?;
        let mut sandbox = project
            .command(release(project, "brygga"))
            .args(["sandbox", "--orders", ORDERS])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let out = sandbox.stderr.take().context("piped")?;
        let connected = Self {
            data: data.to_owned(),
            _sandbox: Own(sandbox),
        };
        let told = Told::read(out)?;
        let shop = [
            "connect",
            "shopify",
            "--domain",
            &told.domain,
            "--client-id",
            &told.shop_client,
            "--base-url",
            &told.shopify,
        ];
        project::run(
            connected
                .command(project, &shop)
                .env("BRYGGA_SHOPIFY_SECRET", &told.shop_secret),
        )?;
        let company = [
            "connect",
            "visma",
            "--client-id",
            &told.visma_client,
            "--tenant",
            &told.tenant,
            "--base-url",
            &told.visma,
        ];
        project::run(
            connected
                .command(project, &company)
                .env("BRYGGA_VISMA_SECRET", &told.visma_secret),
        )?;
        let countries = "NO,SE,DK,FI,DE,JP,US";
        let suggested = project::output(
            connected
                .command(project, &["settings", "suggest", "--countries", countries])
                .stdout(Stdio::piped()),
        )?;
        let file = data.join("suggested.json");
        fs::write(&file, suggested)?;
        project::run(
            &mut connected.command(project, &["settings", "import", &file.to_string_lossy()]),
        )?;
        Ok(connected)
    }

    /// `brygga` on this folder.
    fn command(&self, project: &Project, arguments: &[&str]) -> Command {
        let mut command = project.command(release(project, "brygga"));
        command
            .arg("--data-dir")
            .arg(&self.data)
            .args(arguments)
            .env("BRYGGA_PASSPHRASE", PASSPHRASE)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        command
    }
}

/// What `brygga sandbox` prints, for whoever connects to it.
struct Told {
    shopify: String,
    visma: String,
    domain: String,
    shop_client: String,
    shop_secret: String,
    visma_client: String,
    visma_secret: String,
    tenant: String,
}

impl Told {
    fn read(out: impl std::io::Read) -> anyhow::Result<Self> {
        let mut text = String::new();
        for line in BufReader::new(out).lines() {
            text.push_str(&line?);
            text.push('\n');
            if let Some(told) = Self::parse(&text) {
                return Ok(told);
            }
        }
        bail!("the practice pair did not say how to connect to it:\n{text}")
    }

    fn parse(text: &str) -> Option<Self> {
        if !text.contains("Ctrl+C") {
            return None;
        }
        let (shop, company) = text.split_once("BRYGGA_VISMA_SECRET=")?;
        let after = |text: &str, mark: &str| {
            let rest = text.split_once(mark)?.1;
            rest.split_whitespace().next().map(str::to_owned)
        };
        Some(Self {
            shopify: after(shop, "--base-url")?,
            visma: after(company, "--base-url")?,
            domain: after(shop, "--domain")?,
            shop_client: after(shop, "--client-id")?,
            shop_secret: after(shop, "BRYGGA_SHOPIFY_SECRET=")?,
            visma_client: after(company, "--client-id")?,
            visma_secret: company.split_whitespace().next()?.to_owned(),
            tenant: after(company, "--tenant")?,
        })
    }
}

fn page(
    minutes: u64,
    starts: &[Duration],
    window: &Rest,
    headless: &Rest,
) -> anyhow::Result<String> {
    let mut sorted = starts.to_vec();
    sorted.sort();
    let middle = sorted[sorted.len() / 2].as_secs_f64();
    let all: Vec<_> = starts
        .iter()
        .map(|start| format!("{:.2}", start.as_secs_f64()))
        .collect();
    let cores = thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo")?
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<u64>().ok())
        .map_or(0, |kib| in_mib(in_mib(kib)));
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let mut page = String::from(
        "# What Brygga costs the computer\n\n\
         <!-- Written by `cargo xtask bench-app`. Do not edit the figures by hand. -->\n\n\
         Brygga runs all day on a shop owner's own computer, so its cost at rest counts as much as its haste.\n\n",
    );
    let verdict = |good: bool| if good { "met" } else { "**missed**" };
    let w = &mut page;
    writeln!(
        w,
        "| what | aim | measured | |\n|--|--|--|--|\n\
         | start of the window until it can be used | 1.0 s | {middle:.2} s (of {}) | {} |\n\
         | memory of the window's program, all its processes | under 300 MB | {} MB | {} |\n\
         | processor time of it at rest | under 0.5 % of a core | {} % | {} |\n\
         | memory without a window (`brygga sync --watch`) | under 40 MB | {} MB | {} |\n\
         | processor time of it at rest | under 0.5 % of a core | {} % | {} |\n",
        all.join(", "),
        verdict(middle <= 1.0),
        window.memory_in_all(),
        verdict(window.memory_in_all() < 300),
        window.processor(),
        verdict(window.processor < 50),
        headless.memory_in_all(),
        verdict(headless.memory_in_all() < 40),
        headless.processor(),
        verdict(headless.processor < 50),
    )?;
    writeln!(w, "The window's memory by process:\n")?;
    for (name, kib) in &window.memory {
        writeln!(w, "- `{name}`: {} MB", in_mib(*kib))?;
    }
    writeln!(
        w,
        "\nMeasured with release builds on a computer with {cores} cores and {memory} GB of memory (Linux, Xvfb, no graphics card), \
         over {minutes} minutes of rest, both side by side, while each looks for changes every 60 seconds; load average at the end: {load}.\n\
         Memory is PSS: what a process shares with others counts by its share. A start is the time from starting the program until the page has \
         the overview's figures, in the middle of {STARTS}.\n\
         Both are connected to a practice pair of their own with {ORDERS} orders, which runs in another process, as the real services run \
         elsewhere, and is not counted. Their data is opened by a passphrase, as on a computer without a keychain.\n\n\
         The proof that is made by itself once a day is not among these figures: it reads what changed since the last one, a few calls for each order of two days.\n\n\
         What a search of a long list takes is measured by `cargo bench -p brygga-store`: its [README](../crates/brygga-store/README.md).\n\n\
         ```\ncargo xtask bench-app --minutes {minutes}\n```"
    )?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_any_name() {
        let text =
            "4711 (a (odd) name) S 17 4711 4711 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 9 0 1 2 3";
        let stat = parse_stat(text).unwrap();
        assert_eq!((stat.parent, stat.ticks), (17, 300));
        assert!(parse_stat("4711 no brackets").is_none());
    }

    #[test]
    fn what_the_practice_pair_says_is_read() {
        let text = "Connect with:\n  BRYGGA_SHOPIFY_SECRET=s1 brygga --data-dir DIR connect shopify --domain a.myshopify.com --client-id c1 \
                    --base-url http://127.0.0.1:1\n  BRYGGA_VISMA_SECRET=s2 brygga --data-dir DIR connect visma --client-id c2 --tenant t \
                    --base-url http://127.0.0.1:2\nCtrl+C ends it.\n";
        let told = Told::parse(text).unwrap();
        assert_eq!(
            (told.shop_secret.as_str(), told.visma_secret.as_str()),
            ("s1", "s2")
        );
        assert_eq!(
            (told.shopify.as_str(), told.visma.as_str()),
            ("http://127.0.0.1:1", "http://127.0.0.1:2")
        );
        assert_eq!(
            (told.shop_client.as_str(), told.visma_client.as_str()),
            ("c1", "c2")
        );
        assert!(Told::parse("Connect with:").is_none());
    }

    #[test]
    fn the_page_says_what_was_met_and_what_was_missed() {
        let rest = |memory, processor| Rest {
            memory: BTreeMap::from([("brygga".to_owned(), memory)]),
            processor,
        };
        let seconds = [0.9, 1.4, 1.1].map(Duration::from_secs_f64);
        let page = page(2, &seconds, &rest(310 * 1024, 120), &rest(20 * 1024, 7)).unwrap();
        assert!(
            page.contains("1.10 s (of 0.90, 1.40, 1.10) | **missed**"),
            "{page}"
        );
        assert!(page.contains("310 MB | **missed**") && page.contains("20 MB | met"));
        assert!(page.contains("1.20 % | **missed**") && page.contains("0.07 % | met"));
        assert!(page.contains("bench-app --minutes 2"));
    }
}
