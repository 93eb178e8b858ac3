//! The command line.

use std::path::PathBuf;

use brygga_store::RecordKind;
use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Keeps a Shopify store and Visma.net in step, from this computer.
#[derive(Debug, Parser)]
#[command(name = "brygga", version)]
pub(crate) struct Arguments {
    /// Folder of one pair: one shop and one company with their database; made when it is not there. The window keeps each of its pairs in such
    /// a folder.
    #[arg(long, global = true, env = "BRYGGA_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A month of the practice shop, booked and proven, without any account.
    Demo(Demo),
    /// The practice Shopify and the practice Visma.net, to connect to.
    Sandbox(Sandbox),
    /// The screens in a browser of this computer.
    Serve(Serve),
    /// Connect the shop or the company.
    Connect(Connect),
    /// Read, change, export and import the settings.
    Settings(Settings),
    /// Read what changed and book it.
    Sync(Sync),
    /// The records and where each stands.
    Records(Listing),
    /// What happened.
    Activity(Listing),
    /// What needs you, by cause.
    Held(Listing),
    /// Try held records again at the next sync.
    Retry(Retry),
    /// Read every document back and compare it with the shop.
    Proof(Proof),
    /// Copies of the database: list, make, put back; and the key to write down.
    Backup(Backup),
    /// What is connected, permitted, mapped and healthy; each finding with its remedy.
    Doctor(Plain),
}

/// How the practice company computes VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rounding {
    Line,
    Document,
}

impl From<Rounding> for brygga_sandbox::visma::VatRounding {
    fn from(rounding: Rounding) -> Self {
        match rounding {
            Rounding::Line => Self::Line,
            Rounding::Document => Self::Document,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Orders of the month.
    #[arg(long, default_value_t = 200)]
    pub(crate) orders: u32,
    /// Days of the month.
    #[arg(long, default_value_t = 31, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) days: u32,
    /// The same seed gives the same month.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A folder of recorded orders in place of the seeded shop.
    #[arg(long)]
    pub(crate) shop_data: Option<PathBuf>,
    /// Fault profile: none, rough, storm.
    #[arg(long, default_value = "none")]
    pub(crate) faults: String,
    /// How the practice company computes VAT.
    #[arg(long, value_enum, default_value = "line")]
    pub(crate) vat_rounding: Rounding,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Port of the practice Shopify; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) shopify_port: u16,
    /// Port of the practice Visma.net; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) visma_port: u16,
    /// Orders of the month.
    #[arg(long, default_value_t = 200)]
    pub(crate) orders: u32,
    /// The same seed gives the same month.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A folder of recorded orders in place of the seeded shop.
    #[arg(long)]
    pub(crate) shop_data: Option<PathBuf>,
    /// Fault profile: none, rough, storm.
    #[arg(long, default_value = "none")]
    pub(crate) faults: String,
    /// How the practice company computes VAT.
    #[arg(long, value_enum, default_value = "line")]
    pub(crate) vat_rounding: Rounding,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Serve the practice pair, with an empty database in memory.
    #[arg(long)]
    pub(crate) practice: bool,
    /// Serve the practice pair with nothing connected, so that it begins with the set-up wizard.
    #[arg(long, requires = "practice")]
    pub(crate) fresh: bool,
    /// Address of a practice Shopify, as `brygga sandbox` prints it: the wizard connects there. Only of this computer.
    #[arg(long, requires = "visma_url", conflicts_with = "practice")]
    pub(crate) shopify_url: Option<String>,
    /// Address of a practice Visma.net. Only of this computer.
    #[arg(long, requires = "shopify_url", conflicts_with = "practice")]
    pub(crate) visma_url: Option<String>,
    /// Orders of the practice month.
    #[arg(long, default_value_t = 300)]
    pub(crate) orders: u32,
    /// Seed of the practice month.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Folder of the built screens.
    #[arg(long, default_value = "ui/dist")]
    pub(crate) ui: PathBuf,
    /// Fault profile of the practice pair.
    #[arg(long, default_value = "none")]
    pub(crate) faults: String,
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    #[command(subcommand)]
    pub(crate) remote: Remote,
}

/// Secrets come from the environment, or are asked for on standard input: never from the command line, where others see them.
#[derive(Debug, Subcommand)]
pub(crate) enum Remote {
    /// The shop. The client secret or the legacy token: BRYGGA_SHOPIFY_SECRET, or standard input.
    Shopify {
        /// The shop's own address, something.myshopify.com.
        #[arg(long)]
        domain: String,
        /// Client id of the app; without it the secret is a legacy token.
        #[arg(long)]
        client_id: Option<String>,
        /// Address of the practice pair; only of this computer.
        #[arg(long)]
        base_url: Option<String>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The company. The client secret: BRYGGA_VISMA_SECRET, or standard input.
    Visma {
        /// Client id of the application.
        #[arg(long)]
        client_id: String,
        /// Tenant id of the company.
        #[arg(long)]
        tenant: String,
        /// Address of the practice pair; only of this computer.
        #[arg(long)]
        base_url: Option<String>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(subcommand)]
    pub(crate) action: BackupAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupAction {
    /// The copies, newest first, also where the database cannot be opened.
    List(Plain),
    /// Make a copy now.
    Now,
    /// Put a copy back: one of the list by its name, or a file by its path. What is there is set aside, not deleted.
    Restore {
        /// Name or path.
        copy: String,
        /// The copy is of another computer: its recovery key is asked for on standard input. Never an argument, where others see it.
        #[arg(long)]
        recovery_key: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Show the recovery key. Write it down and keep it away from this computer: it opens every copy.
    Key,
}

#[derive(Debug, Args)]
pub(crate) struct Settings {
    #[command(subcommand)]
    pub(crate) action: SettingsAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsAction {
    /// All settings, or the one at a path such as customers.match_by_email.
    Get {
        /// Path with dots.
        path: Option<String>,
    },
    /// Change the setting at a path; the value is JSON.
    Set {
        /// Path with dots.
        path: String,
        /// JSON, such as 5, true or "SO".
        value: String,
    },
    /// Write all settings to a file.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Take all settings from a file.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Settings read off what Visma.net is set up with: to look at, correct and import.
    Suggest {
        /// Countries to which the shop sells, such as NO,SE,DK.
        #[arg(long, value_delimiter = ',')]
        countries: Vec<String>,
    },
}

/// What can be synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Flow {
    Orders,
    Customers,
    Invoices,
    CreditNotes,
    Payments,
    Payouts,
    Products,
    Stock,
}

impl Flow {
    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Customers => "customers",
            Self::Invoices => "invoices",
            Self::CreditNotes => "credit_notes",
            Self::Payments => "payments",
            Self::Payouts => "payouts",
            Self::Products => "products",
            Self::Stock => "stock",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Only this flow; invoices, credit notes and payments come with their orders, and so do customers, unless all profiles become
    /// customers.
    #[arg(long, value_enum)]
    pub(crate) flow: Vec<Flow>,
    /// Read again from this moment, such as 2026-10-01T00:00:00Z.
    #[arg(long)]
    pub(crate) since: Option<DateTime<Utc>>,
    /// The preview: say what would be done with each record that is due; send nothing.
    ///
    /// With --json: "would" has each record with its row ("line"), heads and fields before and after ("facts"), document lines
    /// ("lines"), VAT ("vat"), accounts ("postings"), steps and what follows; "counts" has counts and money per kind.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Go on by the schedule of the settings until stopped.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    /// Only this kind of record: order, customer, invoice, credit_note, payment, payout, product, stock.
    #[arg(long, value_parser = record_kind)]
    pub(crate) kind: Option<RecordKind>,
    /// Order number, name or other text.
    #[arg(long)]
    pub(crate) search: Option<String>,
    /// At most so many rows.
    #[arg(long, default_value_t = 500)]
    pub(crate) limit: usize,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Order ids or names such as #1042; none means all that are held.
    pub(crate) ids: Vec<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Proof {
    /// Prove what happened from this day on (YYYY-MM-DD, in the shop's time zone). Without it, from the beginning.
    #[arg(long)]
    pub(crate) from: Option<chrono::NaiveDate>,
    /// Prove what happened until this day.
    #[arg(long)]
    pub(crate) to: Option<chrono::NaiveDate>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plain {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Arguments {
    pub(crate) fn wants_json(&self) -> bool {
        match &self.command {
            Command::Demo(options) => options.json,
            Command::Sync(options) => options.json,
            Command::Records(options) | Command::Activity(options) | Command::Held(options) => {
                options.json
            }
            Command::Retry(options) => options.json,
            Command::Proof(options) => options.json,
            Command::Doctor(options) => options.json,
            Command::Connect(Connect {
                remote: Remote::Shopify { json, .. } | Remote::Visma { json, .. },
            }) => *json,
            Command::Backup(Backup { action }) => match action {
                BackupAction::List(options) => options.json,
                BackupAction::Restore { json, .. } => *json,
                BackupAction::Now | BackupAction::Key => false,
            },
            Command::Sandbox(_) | Command::Serve(_) | Command::Settings(_) => false,
        }
    }
}

fn record_kind(text: &str) -> Result<RecordKind, String> {
    text.parse().map_err(|_| {
        let kinds: Vec<_> = RecordKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("There is no kind {text}. There are {}.", kinds.join(", "))
    })
}
