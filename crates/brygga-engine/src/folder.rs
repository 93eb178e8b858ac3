//! The folder of one shop-company pair: its database, and where its secrets are. A folder with nothing in it is a pair that is to be
//! set up.

use std::path::Path;
use std::sync::Arc;

use brygga_core::ids::RandomIds;
use brygga_core::secret::SecretName;
use brygga_core::{Clock, Code, Problem, SecretStore};
use brygga_http::secrets::{EncryptedFile, Keychain};
use brygga_http::{HttpConfig, SystemClock};
use brygga_store::{DataKey, OpenOptions, Store};
use secrecy::SecretString;

use crate::connect::Ground;
use crate::rates::RateHosts;

/// With this passphrase in the environment secrets are in an encrypted file in the folder instead of the keychain.
const PASSPHRASE: &str = "BRYGGA_PASSPHRASE";
/// Cost of a try at the passphrase; tests lower it.
const WORK_FACTOR: &str = "BRYGGA_PASSPHRASE_COST";
/// Milliseconds after which a call counts as unanswered; tests lower it.
const TIMEOUT: &str = "BRYGGA_HTTP_TIMEOUT_MS";

/// Opens the folder; makes it when it is not there.
pub fn open(folder: &Path) -> Result<Ground, Problem> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Problem::new(Code::StoreReadOnly)
            .with("path", folder.display())
            .with("detail", error)
    })?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let secrets = secrets(folder)?;
    let key = if let Some(text) = secrets.get("default", SecretName::DataKey)? {
        DataKey::from_base64(&text)?
    } else {
        let key = DataKey::generate()?;
        secrets.set("default", SecretName::DataKey, &key.to_base64())?;
        key
    };
    let store = Store::open(
        OpenOptions::new(folder.join("brygga.db"), key),
        Arc::clone(&clock),
    )?;
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
    })
}

fn secrets(folder: &Path) -> Result<Arc<dyn SecretStore>, Problem> {
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
