//! Amounts on the wire: JSON numbers read and written by their text, so that no binary fraction stands between (`booking-rules` 1).

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A decimal that is a JSON number on the wire, digit for digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Exact(pub(crate) Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // `Decimal` never writes an exponent, so its text is a JSON number.
        RawValue::from_string(self.0.to_string())
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        parse(raw.get())
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("{} is no amount", raw.get())))
    }
}

/// The decimal that a JSON number shows; some integrations send it in quotes, which is taken too.
fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim_matches('"');
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Holder {
        amount: Option<Exact>,
    }

    fn read(text: &str) -> Option<String> {
        let json = format!("{{\"amount\": {text}}}");
        let mut inner = serde_json::Deserializer::from_str(&json);
        let holder: Holder = serde_path_to_error::deserialize(&mut inner).ok()?;
        Some(
            holder
                .amount
                .map_or_else(|| "none".to_owned(), |amount| amount.0.to_string()),
        )
    }

    #[test]
    fn numbers_are_read_by_their_text() {
        let table = [
            ("0.1", "0.1"),
            ("25", "25"),
            ("-12.50", "-12.50"),
            ("12345678901234567890.12345", "12345678901234567890.12345"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e-7", "0.0000001"),
            ("1.5E2", "150"),
            ("\"7.25\"", "7.25"),
            ("null", "none"),
        ];
        for (text, want) in table {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
        for bad in ["\"abc\"", "true", "{}", "[1]"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(mantissa in any::<i64>(), scale in 0u32..12) {
            let amount = Decimal::new(mantissa, scale);
            let text = serde_json::to_string(&Holder { amount: Some(Exact(amount)) }).expect("JSON");
            prop_assert_eq!(&text, &format!("{{\"amount\":{amount}}}"));
            let back: Holder = serde_json::from_str(&text).expect("JSON");
            prop_assert_eq!(back.amount, Some(Exact(amount)));
        }
    }
}
