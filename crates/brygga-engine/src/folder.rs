//! The folder of one shop-company pair: its database, its card, and where its secrets are. A folder with nothing in it is a pair that is to
//! be set up. A folder with several of them is in [`crate::pairs_folder`].

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use brygga_core::ids::RandomIds;
use brygga_core::secret::SecretName;
use brygga_core::{Clock, Code, Ids as _, Problem, SecretStore};
use brygga_http::secrets::{EncryptedFile, Keychain};
use brygga_http::{HttpConfig, SystemClock};
use brygga_store::{DataKey, OpenOptions, Store};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::connect::Ground;
use crate::erased_again::erase_again;
use crate::place::{FIRST, Place, Who};
use crate::rates::RateHosts;

/// Name of the database in the folder.
pub(crate) const DATABASE: &str = "brygga.db";
/// Name of the card in the folder.
pub(crate) const CARD: &str = "pair.json";

/// With this passphrase in the environment secrets are in an encrypted file in the folder instead of the keychain.
const PASSPHRASE: &str = "BRYGGA_PASSPHRASE";
/// Cost of a try at the passphrase; tests lower it.
const WORK_FACTOR: &str = "BRYGGA_PASSPHRASE_COST";
/// Milliseconds after which a call counts as unanswered; tests lower it.
const TIMEOUT: &str = "BRYGGA_HTTP_TIMEOUT_MS";

/// What is known of a pair without its database, which may be damaged: what it is called, and under which name its secrets are kept.
/// Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Under which name its secrets are kept: pairs that share a keychain have a name each.
    pub secrets: String,
    /// What the person calls it.
    #[serde(default)]
    pub label: Option<String>,
    /// The shop's name, as it was last.
    #[serde(default)]
    pub name: Option<String>,
    /// The shop's address.
    #[serde(default)]
    pub shop: Option<String>,
    /// The company's tenant id.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The company's name.
    #[serde(default)]
    pub company: Option<String>,
}

impl Card {
    /// The card of a folder; a folder that has none yet gets one.
    ///
    /// A database without a card was made before there were cards, and its secrets are under the name that all had then. Everything else
    /// is new, and gets a name of its own. Among several pairs only the first can be from before: [`crate::pairs_folder`].
    pub fn of(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(CARD);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|fault| {
                Problem::new(Code::SettingsUnreadable)
                    .with("detail", format!("{}: {fault}", path.display()))
            }),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
                let card = Self {
                    secrets: if folder.join(DATABASE).exists() {
                        FIRST.to_owned()
                    } else {
                        RandomIds.next_id().to_string()
                    },
                    label: None,
                    name: None,
                    shop: None,
                    tenant: None,
                    company: None,
                };
                card.write(folder)?;
                Ok(card)
            }
            Err(fault) => Err(unwritable(&path, &fault)),
        }
    }

    /// Keeps it, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), Problem> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))?;
        put_file(&folder.join(CARD), &text)
    }

    /// Which shop and company it is of.
    pub fn who(&self) -> Who {
        Who {
            shop: self.shop.clone(),
            tenant: self.tenant.clone(),
            company: self.company.clone(),
        }
    }
}

/// Writes beside and then puts in place: a crash leaves the old file or the new one. Two who write at once do not write into each other's.
pub(crate) fn put_file(path: &Path, text: &str) -> Result<(), Problem> {
    let beside = path.with_extension(format!("{}.new", RandomIds.next_id()));
    std::fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|fault| {
            // What was written of it is of no use to anybody.
            let _ = std::fs::remove_file(&beside);
            unwritable(path, &fault)
        })
}

pub(crate) fn unwritable(path: &Path, fault: &std::io::Error) -> Problem {
    Problem::new(Code::StoreReadOnly)
        .with("path", path.display())
        .with("detail", fault)
}

/// The time that a program with real pairs goes by.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Opens the folder; makes it when it is not there.
pub fn open(folder: &Path) -> Result<Ground, Problem> {
    std::fs::create_dir_all(folder).map_err(|fault| unwritable(folder, &fault))?;
    open_with(folder, secrets(folder)?)
}

/// The same with the secrets elsewhere than this computer usually has them.
pub fn open_with(folder: &Path, secrets: Arc<dyn SecretStore>) -> Result<Ground, Problem> {
    std::fs::create_dir_all(folder).map_err(|fault| unwritable(folder, &fault))?;
    let name = Card::of(folder)?.secrets;
    let clock = clock();
    let key = if let Some(text) = secrets.get(&name, SecretName::DataKey)? {
        DataKey::from_base64(&text)?
    } else {
        let key = DataKey::generate()?;
        secrets.set(&name, SecretName::DataKey, &key.to_base64())?;
        key
    };
    let store = Store::open(
        OpenOptions::new(folder.join(DATABASE), key),
        Arc::clone(&clock),
    )?;
    // A copy may have been put in the file's place by hand, or the program have ended while it erased.
    erase_again(&store, &store.not_erased_yet()?, clock.now())?;
    let mut http = HttpConfig::default();
    if let Some(millis) = number(TIMEOUT) {
        http.total_timeout = std::time::Duration::from_millis(millis);
    }
    Ok(Ground {
        store: Arc::new(store),
        secrets,
        clock,
        ids: Arc::new(RandomIds),
        http,
        rates: RateHosts::public()?,
        place: Place::named(name),
    })
}

pub(crate) fn secrets(folder: &Path) -> Result<Arc<dyn SecretStore>, Problem> {
    match std::env::var(PASSPHRASE) {
        Ok(passphrase) if !passphrase.is_empty() => {
            let cost = number(WORK_FACTOR)
                .and_then(|cost| u8::try_from(cost).ok())
                .unwrap_or(EncryptedFile::WORK_FACTOR);
            Ok(Arc::new(EncryptedFile::open(
                folder.join("secrets.age"),
                SecretString::from(passphrase),
                cost,
            )?))
        }
        _ => Ok(Arc::new(Keychain::open()?)),
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
