//! The program as a process, and the practice pair that it talks to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use brygga_core::Clock as _;
use brygga_http::SystemClock;
use brygga_sandbox::pair::{Pair, PairConfig, ShopSource};
use brygga_sandbox::practice;
use brygga_sandbox::visma::OrderSnapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

fn program() -> PathBuf {
    PathBuf::from(
        std::env::var_os("BRYGGA_BIN")
            .expect("BRYGGA_BIN names the program built with crash-points: run `cargo xtask test`"),
    )
}

/// The product: a folder, connected and set up.
pub(crate) struct Product {
    folder: TempDir,
}

impl Product {
    pub(crate) fn new(shopify: &str, visma: &str) -> Self {
        let product = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        product.done(&[
            "connect",
            "shopify",
            "--domain",
            practice::SHOP_DOMAIN,
            "--client-id",
            practice::SHOP_CLIENT_ID,
            "--base-url",
            shopify,
        ]);
        product.done(&[
            "connect",
            "visma",
            "--client-id",
            practice::VISMA_CLIENT_ID,
            "--tenant",
            practice::VISMA_COMPANY_TENANT,
            "--base-url",
            visma,
        ]);
        let mut settings =
            product.json(&["settings", "suggest", "--countries", "NO,SE,DK,FI,DE,JP,US"]);
        settings["lookup_gap_seconds"] = json!(1);
        let currencies = ["NOK", "SEK", "DKK", "EUR", "JPY", "USD"];
        settings["customers"]["house"] =
            currencies.iter().map(|currency| json!({ "country": "*", "currency": currency, "customer": format!("HUS-{currency}") })).collect();
        let file = product.folder.path().join("settings.json");
        std::fs::write(&file, settings.to_string()).expect("writable");
        product.done(&["settings", "import", &file.to_string_lossy()]);
        product
    }

    /// Changes the merchant's choices.
    fn choose(&self, change: impl FnOnce(&mut Value)) {
        let file = self.folder.path().join("settings.json");
        let text = std::fs::read(&file).expect("written before");
        let mut settings: Value = serde_json::from_slice(&text).expect("JSON");
        change(&mut settings);
        std::fs::write(&file, settings.to_string()).expect("writable");
        self.done(&["settings", "import", &file.to_string_lossy()]);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(arguments)
            .env("BRYGGA_PASSPHRASE", "kill test")
            .env("BRYGGA_PASSPHRASE_COST", "2")
            .env("BRYGGA_SHOPIFY_SECRET", practice::SHOP_CLIENT_SECRET)
            .env("BRYGGA_VISMA_SECRET", practice::VISMA_CLIENT_SECRET)
            .env_remove("BRYGGA_STOP_AT")
            .stdin(Stdio::null());
        command
    }

    fn done(&self, arguments: &[&str]) {
        let output = self
            .command(arguments)
            .output()
            .expect("the program starts");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self
            .command(arguments)
            .output()
            .expect("the program starts");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "{arguments:?}: {error}: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }

    /// Starts a sync that stops at `point`, and kills it there.
    pub(crate) fn killed_at(&self, point: &str) {
        let mut child = self
            .command(&["sync"])
            .env("BRYGGA_STOP_AT", point)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let wanted = format!("stopped at {point}");
        let stopped = lines.any(|line| line.is_ok_and(|line| line == wanted));
        // SIGKILL: nothing of it runs on. Only this child.
        child.kill().expect("ours to kill");
        child.wait().expect("ended");
        assert!(stopped, "the sync never came to {point}");
    }

    pub(crate) fn until_quiet(&self) {
        for _ in 0..8 {
            let report = self.json(&["sync", "--json"]);
            assert_eq!(report["failure"], Value::Null);
            if report["decided"] == 0 {
                return;
            }
        }
        panic!("it does not get quiet");
    }
}

/// The practice pair in this process, with the product beside it.
pub(crate) struct World {
    pub(crate) pair: Pair,
    product: Product,
}

impl World {
    pub(crate) async fn new() -> Self {
        // The seeded month lies ahead of every clock: only what the test adds is there. Never so far that it ends two years from now:
        // this year's periods would be closed.
        let start = SystemClock.now() + chrono::TimeDelta::days(200);
        let shop = ShopSource::Seeded {
            orders: 40,
            seed: 1,
            start,
        };
        let config = PairConfig {
            index_lag: std::time::Duration::ZERO,
            ..PairConfig::new(shop, Arc::new(SystemClock))
        };
        let pair = Pair::start(config).await.expect("the pair starts");
        let (shopify, visma) = (pair.shopify_url(), pair.visma_url());
        let product = tokio::task::spawn_blocking(move || Product::new(&shopify, &visma))
            .await
            .expect("set up");
        Self { pair, product }
    }

    pub(crate) fn choose(&self, change: impl FnOnce(&mut Value)) {
        tokio::task::block_in_place(|| self.product.choose(change));
    }

    pub(crate) fn put(&self, mut order: Value) {
        let now = SystemClock.now() - chrono::TimeDelta::seconds(1);
        order["updatedAt"] = json!(now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        self.pair.shopify().add_order_version(now, order);
    }

    pub(crate) fn sync_killed_at(&self, point: &str) {
        tokio::task::block_in_place(|| self.product.killed_at(point));
    }

    pub(crate) fn sync_until_quiet(&self) {
        tokio::task::block_in_place(|| self.product.until_quiet());
    }

    pub(crate) fn documents(&self, id: u64) -> Vec<OrderSnapshot> {
        let id = id.to_string();
        self.pair
            .visma()
            .orders()
            .into_iter()
            .filter(|order| order.ref_no.as_deref() == Some(&id))
            .collect()
    }

    pub(crate) fn customers_with(&self, email: &str) -> usize {
        self.pair
            .visma()
            .customers()
            .into_iter()
            .filter(|customer| Value::Object(customer.clone()).to_string().contains(email))
            .count()
    }

    pub(crate) fn record(&self, id: u64) -> Value {
        let all = tokio::task::block_in_place(|| self.product.json(&["records", "--json"]));
        let id = id.to_string();
        let found = all["records"]
            .as_array()
            .expect("records")
            .iter()
            .find(|record| record["id"] == id);
        found
            .cloned()
            .unwrap_or_else(|| panic!("no record {id}: {all}"))
    }

    pub(crate) fn writes(&self) -> u64 {
        let counters = self.pair.counters();
        counters.shopify.writes + counters.visma.writes
    }
}

/// `brygga sandbox` as a process; it ends with this.
pub(crate) struct Sandbox {
    child: Child,
    pub(crate) shopify: String,
    pub(crate) visma: String,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(program())
            .args(["sandbox", "--orders", "12", "--seed", "5"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = |name: &str| {
            let line = lines.next().expect("a line").expect("readable");
            line.strip_prefix(name)
                .unwrap_or_else(|| panic!("{line}"))
                .trim()
                .to_owned()
        };
        let (shopify, visma) = (address("shopify"), address("visma"));
        Self {
            child,
            shopify,
            visma,
        }
    }

    pub(crate) fn state(&self) -> Value {
        let host = self.visma.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("it listens");
        write!(
            stream,
            "GET /__control/state HTTP/1.0\r\nHost: {host}\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str(body).expect("JSON")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
