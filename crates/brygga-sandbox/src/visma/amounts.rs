//! The practice ERP's own arithmetic, written apart from the product's so that the two can disagree.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// Rounds to `places` decimals, halves away from zero, on the digits themselves.
pub(crate) fn round(amount: Decimal, places: u32) -> Decimal {
    let scale = amount.scale();
    if scale <= places {
        return amount;
    }
    let unit = 10_i128.pow(scale - places);
    let digits = amount.mantissa();
    let (whole, rest) = (digits / unit, digits % unit);
    let up = rest.abs() * 2 >= unit;
    let whole = if up { whole + digits.signum() } else { whole };
    Decimal::from_i128_with_scale(whole, places)
}

/// A JSON number as the decimal that its text shows. Numbers of up to 15 digits, which all amounts are, come through exactly.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    Decimal::from_str(&text)
        .or_else(|_| Decimal::from_scientific(&text))
        .ok()
}

/// A JSON number, or the text of one.
pub(crate) fn amount(value: &Value) -> Option<Decimal> {
    match value.as_str() {
        Some(text) => Decimal::from_str(text.trim()).ok(),
        None => decimal(value),
    }
}

/// A decimal as a JSON number.
pub(crate) fn number(amount: Decimal) -> Value {
    let text = amount.normalize().to_string();
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let cases = [
            ("0.005", 2, "0.01"),
            ("-0.005", 2, "-0.01"),
            ("1.0049", 2, "1.00"),
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("7", 2, "7"),
        ];
        for (amount, places, want) in cases {
            let amount = Decimal::from_str(amount).expect("a number");
            assert_eq!(
                round(amount, places),
                Decimal::from_str(want).expect("a number"),
                "{amount}"
            );
        }
    }

    #[test]
    fn numbers_survive_the_way_through_json() {
        for text in ["0.1", "12345678.99", "999999999.9999", "-0.05", "0", "25.5"] {
            let amount = Decimal::from_str(text).expect("a number");
            let value: Value = serde_json::from_str(&number(amount).to_string()).expect("JSON");
            assert_eq!(decimal(&value), Some(amount));
        }
        assert_eq!(decimal(&json!("1")), None);
        assert_eq!(decimal(&json!(1e-7)), Decimal::from_str("0.0000001").ok());
    }
}
