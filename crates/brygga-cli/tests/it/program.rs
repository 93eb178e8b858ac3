//! The command on a folder of its own, and the practice pair that it talks to.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use brygga_core::Clock as _;
use brygga_http::SystemClock;
use brygga_sandbox::pair::{Pair, PairConfig, ShopSource};
use brygga_sandbox::practice;
use chrono::TimeDelta;
use serde_json::Value;
use tempfile::TempDir;

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A folder, and the pair in this process.
pub(crate) struct World {
    pub(crate) pair: Pair,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        // A month of orders that has just ended.
        let start = SystemClock.now() - TimeDelta::days(40);
        let shop = ShopSource::Seeded {
            orders: 12,
            seed: 3,
            start,
        };
        let config = PairConfig::new(shop, Arc::new(SystemClock));
        Self {
            pair: Pair::start(config).await.expect("the pair starts"),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("brygga.db")
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brygga"));
        command
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(arguments)
            .env("BRYGGA_PASSPHRASE", "a passphrase")
            .env("BRYGGA_PASSPHRASE_COST", "2")
            .env("BRYGGA_SHOPIFY_SECRET", practice::SHOP_CLIENT_SECRET)
            .env("BRYGGA_VISMA_SECRET", practice::VISMA_CLIENT_SECRET)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments))
    }

    /// The same on a computer that has no keychain, and without a passphrase.
    pub(crate) fn run_without_secrets(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command
            .env_remove("BRYGGA_PASSPHRASE")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
        ended(command)
    }

    /// `connect shopify` to a shop of this name, with this secret.
    pub(crate) fn connect_shop(&self, domain: &str, secret: &str) -> Ended {
        let url = self.pair.shopify_url();
        let arguments = ["connect", "shopify", "--json", "--domain", domain];
        let mut command = self.command(&arguments);
        command.args(["--client-id", practice::SHOP_CLIENT_ID, "--base-url", &url]);
        command.env("BRYGGA_SHOPIFY_SECRET", secret);
        ended(command)
    }

    /// `connect visma` to this tenant, with this secret.
    pub(crate) fn connect_company(&self, tenant: &str, secret: &str) -> Ended {
        let url = self.pair.visma_url();
        let arguments = ["connect", "visma", "--json", "--tenant", tenant];
        let mut command = self.command(&arguments);
        command.args(["--client-id", practice::VISMA_CLIENT_ID, "--base-url", &url]);
        command.env("BRYGGA_VISMA_SECRET", secret);
        ended(command)
    }

    /// Both sides connected, and the suggested settings taken.
    pub(crate) fn set_up(&self) {
        let shop = self.connect_shop(practice::SHOP_DOMAIN, practice::SHOP_CLIENT_SECRET);
        assert_eq!(shop.code, 0, "{shop:#?}");
        let company = self.connect_company(
            practice::VISMA_COMPANY_TENANT,
            practice::VISMA_CLIENT_SECRET,
        );
        assert_eq!(company.code, 0, "{company:#?}");
        let suggested = self.run(&["settings", "suggest", "--countries", "NO,SE,DK,FI,DE,JP,US"]);
        let file = self.folder.path().join("settings.json");
        std::fs::write(&file, &suggested.out).expect("writable");
        let taken = self.run(&["settings", "import", &file.to_string_lossy()]);
        assert_eq!(taken.code, 0, "{taken:#?}");
    }
}

/// Waiting for a process must not keep the pair, which runs beside, from answering it.
fn ended(mut command: Command) -> Ended {
    let output = tokio::task::block_in_place(|| command.output());
    output.expect("the program starts").into()
}
