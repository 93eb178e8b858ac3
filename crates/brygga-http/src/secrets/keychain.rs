use std::fmt;
use std::sync::Arc;

use brygga_core::Problem;
use brygga_core::secret::{SecretName, SecretStore};
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::{key, unavailable};

/// Name under which the entries stand in the keychain.
const SERVICE: &str = "Brygga";

/// The system's keychain: Credential Manager on Windows, Keychain on macOS, Secret Service on Linux.
///
/// Calls block (on Linux over the session bus): make them off the async threads.
pub struct Keychain {
    store: Arc<CredentialStore>,
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("store", &self.store.vendor())
            .finish()
    }
}

impl Keychain {
    /// The keychain of this computer, or `secrets-unavailable` where there is none, such as a Linux without a session bus.
    pub fn open() -> Result<Self, Problem> {
        Ok(Self {
            store: system_store().map_err(|error| problem(&error))?,
        })
    }

    /// Another store of keyring's kind: for tests.
    pub fn over(store: Arc<CredentialStore>) -> Self {
        Self { store }
    }

    fn entry(&self, pair: &str, name: SecretName) -> Result<Entry, Problem> {
        self.store
            .build(SERVICE, &key(pair, name), None)
            .map_err(|error| problem(&error))
    }
}

#[cfg(target_os = "linux")]
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "windows")]
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "windows", target_os = "macos")))]
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}

impl SecretStore for Keychain {
    fn get(&self, pair: &str, name: SecretName) -> Result<Option<SecretString>, Problem> {
        match self.entry(pair, name)?.get_password() {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn set(&self, pair: &str, name: SecretName, value: &SecretString) -> Result<(), Problem> {
        self.entry(pair, name)?
            .set_password(value.expose_secret())
            .map_err(|error| problem(&error))
    }

    fn delete(&self, pair: &str, name: SecretName) -> Result<(), Problem> {
        match self.entry(pair, name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(problem(&error)),
        }
    }
}

/// Only the kind and the platform's own words: an error of keyring may carry the secret itself (`BadEncoding`).
fn problem(error: &Error) -> Problem {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => unavailable(cause),
        Error::TooLong(what, limit) => unavailable(format_args!("{what} is longer than {limit}")),
        Error::NoDefaultStore => unavailable("this system has no keychain"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            unavailable("the entry was not written by Brygga")
        }
        Error::Ambiguous(_) => unavailable("several entries have this name"),
        _ => unavailable("the keychain refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_told_apart_by_pair_and_name() {
        let keychain = Keychain::over(keyring_core::mock::Store::new().unwrap());
        let value = SecretString::from("one".to_owned());
        keychain.set("a", SecretName::DataKey, &value).unwrap();
        assert_eq!(
            keychain
                .get("a", SecretName::DataKey)
                .unwrap()
                .unwrap()
                .expose_secret(),
            "one"
        );
        assert!(keychain.get("b", SecretName::DataKey).unwrap().is_none());
        keychain.delete("a", SecretName::DataKey).unwrap();
        keychain.delete("a", SecretName::DataKey).unwrap();
        assert!(keychain.get("a", SecretName::DataKey).unwrap().is_none());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_session_bus_the_keychain_says_so() {
        if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() {
            println!("skipped: this computer has a session bus");
            return;
        }
        // where a bus runs at its default place the keychain may well open
        if let Err(problem) = Keychain::open() {
            assert_eq!(problem.code, brygga_core::Code::SecretsUnavailable);
        }
    }
}
