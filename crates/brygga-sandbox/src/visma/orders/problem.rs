//! `SalesOrderValidationProblemDetails` with the official codes (`spec/visma/salesorder-v3_error-codes.json`).

use serde_json::{Map, Value, json};

use crate::visma::exchange::{Call, Content, Reply};
use crate::visma::shape::{Issue, ShapeFault};

/// One reason why a write is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    pub(super) code: &'static str,
    pub(super) message: String,
    /// The property it is about.
    pub(super) property: Option<String>,
}

impl Detail {
    pub(super) fn new(
        code: &'static str,
        property: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            property: Some(property.into()),
        }
    }
}

const TITLE: &str = "One or more validation errors occurred.";

/// The answer for refused content.
pub(super) fn refused(details: &[Detail]) -> Reply {
    let details: Vec<Value> = details
        .iter()
        .map(|detail| json!({"code": detail.code, "message": detail.message, "parameters": detail.property.as_ref().map(|name| json!({"property": name}))}))
        .collect();
    body(&Map::new(), details)
}

/// The answer for a body whose names or types are wrong.
pub(super) fn misshapen(issues: &[Issue]) -> Reply {
    let mut errors = Map::new();
    let mut details = Vec::new();
    for Issue { path, fault } in issues {
        let text = match fault {
            ShapeFault::Unknown => format!("The JSON property '{path}' is not known."),
            ShapeFault::Missing => format!("The {path} field is required."),
            ShapeFault::Null => format!("The {path} field must not be null."),
            ShapeFault::Empty => format!("The {path} field must not be empty."),
            ShapeFault::Type(kind) => {
                format!("The JSON value could not be converted to System.{kind}. Path: $.{path}")
            }
            ShapeFault::TooLong(max) => {
                format!("The field {path} must be a string with a maximum length of {max}.")
            }
            ShapeFault::OutOfRange(low, high) => {
                format!("The field {path} must be between {low} and {high}.")
            }
            ShapeFault::NotAllowed(value) => format!("The value {value} is not valid for {path}."),
            ShapeFault::Email => format!("The {path} field is not a valid e-mail address."),
        };
        let code = match fault {
            ShapeFault::Missing | ShapeFault::Null => Some("0001-NullNotAllowed"),
            ShapeFault::Empty => Some("0001-EmptyNotAllowed"),
            ShapeFault::TooLong(_) => Some("0002-InvalidLength"),
            ShapeFault::OutOfRange(..) => Some("0100-OutsideValidRange"),
            ShapeFault::NotAllowed(_) | ShapeFault::Email => Some("0003-InvalidValue"),
            ShapeFault::Unknown | ShapeFault::Type(_) => None,
        };
        details.extend(
            code.map(
                |code| json!({"code": code, "message": text, "parameters": {"property": path}}),
            ),
        );
        match errors.entry(path.clone()).or_insert_with(|| json!([])) {
            Value::Array(texts) => texts.push(json!(text)),
            _ => unreachable!("an error's texts are a list"),
        }
    }
    body(&errors, details)
}

/// The body as JSON: 415 where it is not sent as such, 400 where it is none.
pub(super) fn read(call: &Call) -> Result<Value, Reply> {
    if !call.is_json() {
        return Err(Reply::problem(415, "Unsupported Media Type", None));
    }
    call.json().ok_or_else(unreadable)
}

fn unreadable() -> Reply {
    let mut errors = Map::new();
    errors.insert(
        "$".to_owned(),
        json!(["The input does not contain any JSON tokens, or is not JSON."]),
    );
    body(&errors, Vec::new())
}

fn body(errors: &Map<String, Value>, details: Vec<Value>) -> Reply {
    let value = json!({
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": TITLE,
        "status": 400,
        "errors": errors,
        "details": details,
    });
    Reply {
        status: 400,
        headers: Vec::new(),
        content: Content::Problem(value),
    }
}
