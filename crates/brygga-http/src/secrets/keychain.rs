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
/// Calls block until the keychain has answered, and it may ask a person to unlock it first.
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
            store: aside(system_store)?,
        })
    }

    /// Another store of keyring's kind: for tests.
    pub fn over(store: Arc<CredentialStore>) -> Self {
        Self { store }
    }

    /// Does something with an entry; `None` if it is not there.
    fn with<T: Send>(
        &self,
        pair: &str,
        name: SecretName,
        what: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send,
    ) -> Result<Option<T>, Problem> {
        aside(|| {
            let entry = self.store.build(SERVICE, &key(pair, name), None)?;
            match what(&entry) {
                Ok(done) => Ok(Some(done)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}

/// On a thread of its own, because a keychain's library may wait for its answer in a runtime of its own, and Tokio panics where that is
/// done on a thread of another runtime: on the thread of every caller in this program. A library that panics is a keychain that cannot be
/// used, and no end of the program.
fn aside<T: Send>(call: impl FnOnce() -> keyring_core::Result<T> + Send) -> Result<T, Problem> {
    let answer = std::thread::scope(|scope| scope.spawn(call).join());
    answer
        .map_err(|_| unavailable("its library broke off"))?
        .map_err(|error| problem(&error))
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
        let text = self.with(pair, name, Entry::get_password)?;
        Ok(text.map(SecretString::from))
    }

    fn set(&self, pair: &str, name: SecretName, value: &SecretString) -> Result<(), Problem> {
        self.with(pair, name, |entry| {
            entry.set_password(value.expose_secret())
        })?
        .ok_or_else(|| unavailable("the entry was not kept"))
    }

    fn delete(&self, pair: &str, name: SecretName) -> Result<(), Problem> {
        // What is not there is deleted.
        self.with(pair, name, Entry::delete_credential).map(drop)
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

    /// A library that waits in a runtime of its own, as that of the Secret Service does.
    #[derive(Debug)]
    struct Waiting(Arc<CredentialStore>);

    impl keyring_core::api::CredentialStoreApi for Waiting {
        fn vendor(&self) -> String {
            "waiting".into()
        }

        fn id(&self) -> String {
            "waiting".into()
        }

        fn build(
            &self,
            service: &str,
            user: &str,
            modifiers: Option<&std::collections::HashMap<&str, &str>>,
        ) -> keyring_core::Result<Entry> {
            let own = tokio::runtime::Builder::new_current_thread().build();
            own.expect("a runtime")
                .block_on(async { self.0.build(service, user, modifiers) })
        }

        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }

    #[tokio::test]
    async fn a_library_with_a_runtime_of_its_own_is_asked_from_ours() {
        let keychain = Keychain::over(Arc::new(Waiting(keyring_core::mock::Store::new().unwrap())));
        let value = SecretString::from("one".to_owned());
        keychain.set("a", SecretName::DataKey, &value).unwrap();
        assert!(keychain.get("a", SecretName::DataKey).unwrap().is_some());
        keychain.delete("a", SecretName::DataKey).unwrap();
    }

    /// The bus can be elsewhere only in a process of its own: this test starts itself there.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn without_a_session_bus_the_keychain_says_so_also_in_a_runtime() {
        const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
        const NOWHERE: &str = "unix:path=/nowhere/bus";
        if std::env::var(BUS).is_ok_and(|bus| bus == NOWHERE) {
            let problem = Keychain::open().unwrap_err();
            assert_eq!(problem.code, brygga_core::Code::SecretsUnavailable);
            assert!(
                problem.params["detail"].contains("/nowhere/bus"),
                "{problem}"
            );
            return;
        }
        let name = "secrets::keychain::tests::without_a_session_bus_the_keychain_says_so_also_in_a_runtime";
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(BUS, NOWHERE)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }
}
