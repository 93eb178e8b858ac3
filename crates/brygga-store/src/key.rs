//! The key that seals payloads and personal data. It lives in the keychain, never in the file.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::error::StoreError;

/// Length of a key in bytes.
const LENGTH: usize = 32;

/// 32 secret bytes; wiped from memory when dropped, and never shown.
pub struct DataKey(SecretBox<[u8; LENGTH]>);

impl DataKey {
    /// A new key from the system's random numbers.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Box::new([0_u8; LENGTH]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|error| StoreError::Fault {
            detail: format!("no random numbers: {error}"),
        })?;
        Ok(Self(SecretBox::new(bytes)))
    }

    /// The key from its text in the keychain; [`StoreError::Key`] if it is none.
    pub fn from_base64(text: &SecretString) -> Result<Self, StoreError> {
        let decoded = Zeroizing::new(
            STANDARD
                .decode(text.expose_secret().trim())
                .map_err(|_| StoreError::Key)?,
        );
        Self::from_bytes(&decoded).ok_or(StoreError::Key)
    }

    /// The key of these bytes, if they are as many as a key has.
    pub(crate) fn from_bytes(given: &[u8]) -> Option<Self> {
        if given.len() != LENGTH {
            return None;
        }
        let mut bytes = Box::new([0_u8; LENGTH]);
        bytes.copy_from_slice(given);
        Some(Self(SecretBox::new(bytes)))
    }

    /// The text for the keychain.
    pub fn to_base64(&self) -> SecretString {
        SecretString::from(STANDARD.encode(self.bytes()))
    }

    /// Is it the same.
    pub fn is(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        self.0.expose_secret()
    }
}

impl Clone for DataKey {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.bytes())))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_survives_its_text_and_stays_hidden() {
        let key = DataKey::generate().unwrap();
        let text = key.to_base64();
        let again = DataKey::from_base64(&text).unwrap();
        assert_eq!(key.bytes(), again.bytes());
        assert_eq!(key.clone().bytes(), again.bytes());
        assert_eq!(format!("{key:?}"), "DataKey(..)");
        assert_ne!(key.bytes(), DataKey::generate().unwrap().bytes());
    }

    #[test]
    fn other_text_is_no_key() {
        for text in ["", "%%%", "c2hvcnQ="] {
            let refused = DataKey::from_base64(&SecretString::from(text)).unwrap_err();
            assert_eq!(refused, StoreError::Key, "{text:?}");
        }
    }
}
