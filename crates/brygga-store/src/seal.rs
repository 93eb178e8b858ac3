//! Sealed columns: XChaCha20-Poly1305 boxes that open only with the key, and only in the place they were made for.

use chacha20poly1305::aead::Aead;
use chacha20poly1305::aead::Payload;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::key::DataKey;

/// First byte of every box, so that another cipher can come later.
const VERSION: u8 = 1;
/// Length of the nonce in bytes. So long a nonce may be drawn at random without fear of a repetition.
const NONCE: usize = 24;

/// Where a box belongs. It is bound to the box: moved elsewhere, the box does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The table.
    pub(crate) table: &'static str,
    /// The kind of record, or empty.
    pub(crate) kind: &'a str,
    /// The id of the record or row, or empty.
    pub(crate) id: &'a str,
}

impl Place<'_> {
    /// The three parts with their lengths, so that no two places have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + self.table.len() + self.kind.len() + self.id.len());
        for part in [self.table, self.kind, self.id] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// Makes and opens boxes.
#[derive(Clone)]
pub(crate) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(crate) fn new(key: &DataKey) -> Self {
        Self(XChaCha20Poly1305::new(key.bytes().into()))
    }

    /// `value` as JSON in a box for `place`.
    pub(crate) fn seal<T: Serialize + ?Sized>(
        &self,
        place: Place<'_>,
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(value).map_err(|error| StoreError::Fault {
            detail: format!("{}: {error}", place.table),
        })?;
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| StoreError::Fault {
            detail: format!("no random numbers: {error}"),
        })?;
        let aad = place.bytes();
        let boxed = self
            .0
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &plain,
                    aad: &aad,
                },
            )
            .map_err(|_| StoreError::Fault {
                detail: format!("{}: too large to seal", place.table),
            })?;
        let mut bytes = Vec::with_capacity(1 + NONCE + boxed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&boxed);
        Ok(bytes)
    }

    /// What is in the box that was made for `place`.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        bytes: &[u8],
    ) -> Result<T, StoreError> {
        parsed(place, &self.opened(place, bytes)?)
    }

    /// The same, if the JSON in the box `looks` as if it were worth reading: a search passes most boxes by.
    pub(crate) fn open_if<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        bytes: &[u8],
        looks: impl FnOnce(&str) -> bool,
    ) -> Result<Option<T>, StoreError> {
        let plain = self.opened(place, bytes)?;
        let text = std::str::from_utf8(&plain).map_err(|error| broken(place, &error))?;
        looks(text).then(|| parsed(place, &plain)).transpose()
    }

    fn opened(&self, place: Place<'_>, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let Some((&VERSION, rest)) = bytes.split_first() else {
            return Err(broken(place, &"unknown cipher"));
        };
        let Some((nonce, boxed)) = rest.split_first_chunk::<NONCE>() else {
            return Err(broken(place, &"too short"));
        };
        let aad = place.bytes();
        let payload = Payload {
            msg: boxed,
            aad: &aad,
        };
        self.0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| broken(place, &"does not open"))
    }
}

fn parsed<T: DeserializeOwned>(place: Place<'_>, plain: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(plain).map_err(|error| broken(place, &error))
}

fn broken(place: Place<'_>, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::unreadable(place.table, format!("{} {}: {why}", place.kind, place.id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn place<'a>(kind: &'a str, id: &'a str) -> Place<'a> {
        Place {
            table: "mirror",
            kind,
            id,
        }
    }

    #[test]
    fn box_opens_only_in_its_place_and_untouched() {
        let seal = Seal::new(&DataKey::generate().unwrap());
        let value = json!({"name": "Kari Nordmann"});
        let bytes = seal.seal(place("order", "1"), &value).unwrap();
        assert_eq!(
            seal.open::<Value>(place("order", "1"), &bytes).unwrap(),
            value
        );
        assert!(seal.open::<Value>(place("order", "2"), &bytes).is_err());
        assert!(seal.open::<Value>(place("orde", "r1"), &bytes).is_err());
        for at in [0, 5, bytes.len() - 1] {
            let mut touched = bytes.clone();
            touched[at] ^= 1;
            assert!(
                seal.open::<Value>(place("order", "1"), &touched).is_err(),
                "byte {at}"
            );
        }
        for short in [0, 1, 20] {
            assert!(
                seal.open::<Value>(place("order", "1"), &bytes[..short])
                    .is_err()
            );
        }
    }

    #[test]
    fn same_value_gives_another_box() {
        let seal = Seal::new(&DataKey::generate().unwrap());
        let one = seal.seal(place("order", "1"), "x").unwrap();
        let two = seal.seal(place("order", "1"), "x").unwrap();
        assert_ne!(one, two, "equal values must not be visible as equal");
    }
}
