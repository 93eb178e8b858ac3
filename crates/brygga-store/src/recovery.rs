//! The key as a person writes it down: letters and digits that are hard to confuse, with a checksum (Bech32m), so that a slip of the pen is
//! noticed before anything is tried.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::StoreError;
use crate::key::DataKey;

/// What every recovery key begins with, so that a paper in a drawer says what it is for.
const WORD: Hrp = Hrp::parse_unchecked("brygga");
/// So many letters stand together.
const GROUP: usize = 4;

impl DataKey {
    /// The key to write down: `BRYGGA1`, then groups of four.
    pub fn to_recovery(&self) -> Result<SecretString, StoreError> {
        let text = bech32::encode_upper::<Bech32m>(WORD, self.bytes());
        let text = Zeroizing::new(text.map_err(|fault| StoreError::Fault {
            detail: fault.to_string(),
        })?);
        let (word, rest) = text.split_at(WORD.len() + 1);
        let mut grouped = Zeroizing::new(String::from(word));
        for (at, letter) in rest.chars().enumerate() {
            if at.is_multiple_of(GROUP) {
                grouped.push(' ');
            }
            grouped.push(letter);
        }
        Ok(SecretString::from(grouped.as_str()))
    }

    /// The key from what was written down, in capitals or not, with any spaces and dashes; `None` if it is none, or a letter is wrong.
    pub fn from_recovery(text: &SecretString) -> Option<Self> {
        let plain: Zeroizing<String> = Zeroizing::new(
            text.expose_secret()
                .chars()
                .filter(|letter| !letter.is_whitespace() && *letter != '-')
                .map(|letter| letter.to_ascii_lowercase())
                .collect(),
        );
        let checked = CheckedHrpstring::new::<Bech32m>(&plain).ok()?;
        if checked.hrp() != WORD {
            return None;
        }
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(checked.byte_iter().collect());
        Self::from_bytes(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_is_the_key() {
        let key = DataKey::generate().unwrap();
        let written = key.to_recovery().unwrap();
        let written = written.expose_secret();
        assert!(written.starts_with("BRYGGA1 "), "{written}");
        assert_eq!(written.split(' ').count(), 16);
        for typed in [
            written.to_owned(),
            written.to_lowercase(),
            written.replace(' ', ""),
            format!(" {} \n", written.replace(' ', "-")),
        ] {
            let again = DataKey::from_recovery(&SecretString::from(typed)).unwrap();
            assert_eq!(again.bytes(), key.bytes());
        }
    }

    #[test]
    fn any_letter_that_is_wrong_left_out_or_twice_is_noticed() {
        let key = DataKey::generate().unwrap();
        let written = key.to_recovery().unwrap();
        let written = written.expose_secret().replace(' ', "");
        let refused = |text: String| DataKey::from_recovery(&SecretString::from(text)).is_none();
        for at in 0..written.len() {
            let (before, after) = written.split_at(at);
            let letter = &after[..1];
            let other = if letter == "Q" { "P" } else { "Q" };
            assert!(refused(format!("{before}{other}{}", &after[1..])), "{at}");
            assert!(refused(format!("{before}{}", &after[1..])), "{at}");
            assert!(refused(format!("{before}{letter}{after}")), "{at}");
        }
        for text in ["", "BRYGGA1", "c2hvcnQ=", "age1qqqq"] {
            assert!(refused(text.into()), "{text}");
        }
    }
}
