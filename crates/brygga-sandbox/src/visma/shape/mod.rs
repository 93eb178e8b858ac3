//! What a request body may hold: names, types and lengths, as the official OpenAPI files say. A property that is not there is refused.

pub(crate) mod cash;
pub(crate) mod customer;
pub(crate) mod inventory;
pub(crate) mod ledger;
pub(crate) mod sales_order;
pub(crate) mod shipment;

use rust_decimal::Decimal;
use serde_json::Value;

use super::amounts::{amount, decimal};
use super::moment;

/// The type of one value.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A string of at most so many characters; 0 is without limit.
    Text(usize),
    /// A string that holds an e-mail address, or several with semicolons.
    Email(usize),
    /// Any number.
    Number,
    /// A number, or the text of one: integrators send the ERP amounts as text (`examples/visma/customerpayment_create_for_order_integrator.json`).
    Amount,
    /// A number between two others.
    Between(i64, i64),
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// An ISO date-time.
    Moment,
    /// One of these words, spelt exactly.
    Choice(&'static [&'static str]),
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// A list of such values.
    List(&'static Kind),
    /// An object with free names and text values.
    Map,
    /// The ERP's `{"value": x}` (`facts/visma 6`).
    Wrapped(&'static Kind),
}

/// One property of an object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) required: bool,
}

/// A property that may be left out or null.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        nullable: true,
        required: false,
    }
}

/// A property that may be left out but not be null.
pub(crate) const fn solid(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        nullable: false,
        required: false,
    }
}

/// A property that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        nullable: false,
        required: true,
    }
}

/// What is wrong with one place of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    /// Where, as a dotted path.
    pub(crate) path: String,
    /// What.
    pub(crate) fault: ShapeFault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShapeFault {
    Unknown,
    Missing,
    Null,
    Type(&'static str),
    TooLong(usize),
    Empty,
    OutOfRange(i64, i64),
    NotAllowed(String),
    Email,
}

/// Everything that is wrong with `body` as an object of `fields`.
pub(crate) fn check(body: &Value, fields: &'static [Field]) -> Vec<Issue> {
    let mut issues = Vec::new();
    check_value("", body, &Kind::Object(fields), &mut issues);
    issues
}

fn check_value(path: &str, value: &Value, kind: &Kind, issues: &mut Vec<Issue>) {
    let mut say = |fault| {
        issues.push(Issue {
            path: path.to_owned(),
            fault,
        });
    };
    match kind {
        Kind::Text(max) => match value.as_str() {
            None => say(ShapeFault::Type("String")),
            Some(text) if *max > 0 && text.encode_utf16().count() > *max => {
                say(ShapeFault::TooLong(*max));
            }
            Some(_) => {}
        },
        Kind::Email(max) => match value.as_str() {
            None => say(ShapeFault::Type("String")),
            Some(text) if text.encode_utf16().count() > *max => say(ShapeFault::TooLong(*max)),
            Some(text) if !text.is_empty() && !text.split(';').all(is_email) => {
                say(ShapeFault::Email);
            }
            Some(_) => {}
        },
        Kind::Number => {
            // Beyond any amount or quantity; products of two such still fit the arithmetic.
            let most = Decimal::from(1_000_000_000_000_i64);
            if decimal(value).is_none_or(|number| number.abs() > most) {
                say(ShapeFault::Type("Double"));
            }
        }
        Kind::Amount => {
            let most = Decimal::from(1_000_000_000_000_i64);
            if amount(value).is_none_or(|number| number.abs() > most) {
                say(ShapeFault::Type("Decimal"));
            }
        }
        Kind::Between(low, high) => match decimal(value) {
            None => say(ShapeFault::Type("Double")),
            Some(number) if number < (*low).into() || number > (*high).into() => {
                say(ShapeFault::OutOfRange(*low, *high));
            }
            Some(_) => {}
        },
        Kind::Integer => {
            if value
                .as_i64()
                .is_none_or(|number| i32::try_from(number).is_err())
            {
                say(ShapeFault::Type("Int32"));
            }
        }
        Kind::Flag => {
            if !value.is_boolean() {
                say(ShapeFault::Type("Boolean"));
            }
        }
        Kind::Moment => {
            if value.as_str().and_then(moment::parse_utc).is_none() {
                say(ShapeFault::Type("DateTime"));
            }
        }
        Kind::Choice(words) => {
            if !value.as_str().is_some_and(|word| words.contains(&word)) {
                say(ShapeFault::NotAllowed(value.to_string()));
            }
        }
        Kind::Map => match value.as_object() {
            Some(map)
                if map
                    .values()
                    .all(|value| value.is_string() || value.is_null()) => {}
            _ => say(ShapeFault::Type("Dictionary")),
        },
        Kind::List(of) => match value.as_array() {
            None => say(ShapeFault::Type("List")),
            Some(values) => {
                for (index, value) in values.iter().enumerate() {
                    check_value(&format!("{path}[{index}]"), value, of, issues);
                }
            }
        },
        Kind::Wrapped(of) => match value.as_object() {
            None => say(ShapeFault::Type("DtoValue")),
            Some(map) => {
                for (name, value) in map {
                    if name != "value" {
                        issues.push(Issue {
                            path: join(path, name),
                            fault: ShapeFault::Unknown,
                        });
                    } else if !value.is_null() {
                        check_value(&join(path, name), value, of, issues);
                    }
                }
            }
        },
        Kind::Object(fields) => match value.as_object() {
            None => say(ShapeFault::Type("Object")),
            Some(map) => {
                for (name, value) in map {
                    let here = join(path, name);
                    let Some(field) = fields.iter().find(|field| field.name == name) else {
                        issues.push(Issue {
                            path: here,
                            fault: ShapeFault::Unknown,
                        });
                        continue;
                    };
                    match value {
                        Value::Null if field.nullable => {}
                        Value::Null => issues.push(Issue {
                            path: here,
                            fault: ShapeFault::Null,
                        }),
                        Value::String(text) if field.required && text.is_empty() => {
                            issues.push(Issue {
                                path: here,
                                fault: ShapeFault::Empty,
                            });
                        }
                        _ => check_value(&here, value, &field.kind, issues),
                    }
                }
                for field in fields
                    .iter()
                    .filter(|field| field.required && !map.contains_key(field.name))
                {
                    issues.push(Issue {
                        path: join(path, field.name),
                        fault: ShapeFault::Missing,
                    });
                }
            }
        },
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn is_email(text: &str) -> bool {
    let text = text.trim();
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINE: &[Field] = &[must("id", Kind::Text(0)), solid("count", Kind::Number)];
    const BODY: &[Field] = &[
        must("type", Kind::Text(2)),
        may("lines", Kind::List(&Kind::Object(LINE))),
        may("name", Kind::Wrapped(&Kind::Text(0))),
    ];

    #[test]
    fn names_every_fault_with_its_place() {
        let issues = check(
            &json!({"type": "ABC", "lines": [{"count": null}, {"id": "", "extra": 1}], "name": {"valu": "x"}}),
            BODY,
        );
        let faults: Vec<_> = issues
            .iter()
            .map(|issue| (issue.path.as_str(), &issue.fault))
            .collect();
        assert_eq!(
            faults,
            [
                ("type", &ShapeFault::TooLong(2)),
                ("lines[0].count", &ShapeFault::Null),
                ("lines[0].id", &ShapeFault::Missing),
                ("lines[1].id", &ShapeFault::Empty),
                ("lines[1].extra", &ShapeFault::Unknown),
                ("name.valu", &ShapeFault::Unknown),
            ]
        );
        assert_eq!(
            check(&json!({"type": "SO", "name": {"value": null}}), BODY),
            []
        );
    }
}
