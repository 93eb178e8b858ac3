use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use brygga_core::secret::{SecretName, SecretStore};
use brygga_core::{Code, Problem};
use secrecy::{ExposeSecret, SecretString};

use super::{key, unavailable};

/// Secrets in one file, encrypted with a passphrase (age, scrypt): for computers without a keychain.
pub struct EncryptedFile {
    path: PathBuf,
    passphrase: SecretString,
    work_factor: u8,
    /// What the file held when it was last read: scrypt is slow on purpose.
    kept: Mutex<BTreeMap<String, SecretString>>,
}

impl fmt::Debug for EncryptedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl EncryptedFile {
    /// The usual cost of one try at the passphrase: 2^16 rounds, a fraction of a second.
    pub const WORK_FACTOR: u8 = 16;

    /// Opens the file at `path`; none there is an empty one. Fails with `secrets-wrong-passphrase` if the passphrase does not fit.
    ///
    /// `work_factor` is the binary logarithm of scrypt's rounds; tests take a small one.
    pub fn open(
        path: impl Into<PathBuf>,
        passphrase: SecretString,
        work_factor: u8,
    ) -> Result<Self, Problem> {
        let path = path.into();
        let kept = match fs::read(&path) {
            Ok(bytes) => decrypt(&bytes, &passphrase)?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(unavailable(format_args!("{}: {error}", path.display()))),
        };
        // age refuses other values by a panic
        Ok(Self {
            path,
            passphrase,
            work_factor: work_factor.clamp(1, 22),
            kept: Mutex::new(kept),
        })
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, SecretString>),
    ) -> Result<(), Problem> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = kept.clone();
        change(&mut next);
        let bytes = encrypt(&next, &self.passphrase, self.work_factor)?;
        replace(&self.path, &bytes)
            .map_err(|error| unavailable(format_args!("{}: {error}", self.path.display())))?;
        *kept = next;
        Ok(())
    }
}

impl SecretStore for EncryptedFile {
    fn get(&self, pair: &str, name: SecretName) -> Result<Option<SecretString>, Problem> {
        Ok(self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key(pair, name))
            .cloned())
    }

    fn set(&self, pair: &str, name: SecretName, value: &SecretString) -> Result<(), Problem> {
        self.change(|kept| {
            kept.insert(key(pair, name), value.clone());
        })
    }

    fn delete(&self, pair: &str, name: SecretName) -> Result<(), Problem> {
        self.change(|kept| {
            kept.remove(&key(pair, name));
        })
    }
}

fn encrypt(
    secrets: &BTreeMap<String, SecretString>,
    passphrase: &SecretString,
    work_factor: u8,
) -> Result<Vec<u8>, Problem> {
    let plain: BTreeMap<&str, &str> = secrets
        .iter()
        .map(|(key, value)| (key.as_str(), value.expose_secret()))
        .collect();
    let text = serde_json::to_vec(&plain).map_err(unavailable)?;
    let mut recipient = age::scrypt::Recipient::new(passphrase.expose_secret().to_owned().into());
    recipient.set_work_factor(work_factor);
    age::encrypt(&recipient, &text).map_err(unavailable)
}

fn decrypt(
    bytes: &[u8],
    passphrase: &SecretString,
) -> Result<BTreeMap<String, SecretString>, Problem> {
    let mut identity = age::scrypt::Identity::new(passphrase.expose_secret().to_owned().into());
    // a file made on a faster computer must open on this one too
    identity.set_max_work_factor(22);
    let text = age::decrypt(&identity, bytes).map_err(|error| match error {
        age::DecryptError::DecryptionFailed
        | age::DecryptError::KeyDecryptionFailed
        | age::DecryptError::NoMatchingKeys => Problem::new(Code::SecretsPassphrase),
        other => unavailable(other),
    })?;
    let plain: BTreeMap<String, String> = serde_json::from_slice(&text).map_err(unavailable)?;
    Ok(plain
        .into_iter()
        .map(|(key, value)| (key, SecretString::from(value)))
        .collect())
}

/// Writes beside the file and puts it in its place, so that a crash leaves the old one or the new one.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn what_is_set_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/secrets.age");
        let store = EncryptedFile::open(&path, secret("open sesame"), 2).unwrap();
        assert!(store.get("a", SecretName::DataKey).unwrap().is_none());
        store
            .set(
                "a",
                SecretName::DataKey,
                &secret("the key of the first pair"),
            )
            .unwrap();
        store
            .set(
                "b",
                SecretName::DataKey,
                &secret("the key of the second pair"),
            )
            .unwrap();
        store
            .set("a", SecretName::ShopifyToken, &secret("t"))
            .unwrap();
        store.delete("a", SecretName::ShopifyToken).unwrap();

        let bytes = fs::read(&path).unwrap();
        assert!(
            !bytes
                .windows(2)
                .any(|pair| pair == b"the key of the first pair"),
            "plain text in the file"
        );
        let again = EncryptedFile::open(&path, secret("open sesame"), 2).unwrap();
        assert_eq!(
            again
                .get("a", SecretName::DataKey)
                .unwrap()
                .unwrap()
                .expose_secret(),
            "the key of the first pair"
        );
        assert_eq!(
            again
                .get("b", SecretName::DataKey)
                .unwrap()
                .unwrap()
                .expose_secret(),
            "the key of the second pair"
        );
        assert!(again.get("a", SecretName::ShopifyToken).unwrap().is_none());
        assert!(!format!("{again:?}").contains("sesame"));
    }

    #[test]
    fn a_wrong_passphrase_has_its_own_code_and_harms_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.age");
        EncryptedFile::open(&path, secret("right"), 2)
            .unwrap()
            .set("a", SecretName::DataKey, &secret("k"))
            .unwrap();
        assert_eq!(
            EncryptedFile::open(&path, secret("wrong"), 2)
                .unwrap_err()
                .code,
            Code::SecretsPassphrase
        );
        assert!(
            EncryptedFile::open(&path, secret("right"), 2)
                .unwrap()
                .get("a", SecretName::DataKey)
                .unwrap()
                .is_some()
        );
        fs::write(&path, b"no age file").unwrap();
        assert_eq!(
            EncryptedFile::open(&path, secret("right"), 2)
                .unwrap_err()
                .code,
            Code::SecretsUnavailable
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.age");
        EncryptedFile::open(&path, secret("x"), 2)
            .unwrap()
            .set("a", SecretName::DataKey, &secret("k"))
            .unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
