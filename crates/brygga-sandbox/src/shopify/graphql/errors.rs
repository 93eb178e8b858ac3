//! Errors in the shapes that Shopify gives them (recorded, see `facts/shopify 4.1`).

use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::DiagnosticList;
use serde_json::{Map, Value, json};

/// Where `ACCESS_DENIED` points to.
const ACCESS_SCOPES: &str = "https://shopify.dev/api/usage/access-scopes";
const RATE_LIMITS: &str = "https://shopify.dev/api/usage/rate-limits";

/// The errors of a document that is not valid; the answer has no data.
pub(super) fn validation(list: &DiagnosticList, operation: &str) -> Vec<Value> {
    let name = |error: &apollo_compiler::validation::DiagnosticData| {
        error.unstable_error_name().unwrap_or_default()
    };
    // A field whose only selection is wrong also counts as one without a selection to the parser, not to Shopify.
    let undefined = list
        .iter()
        .any(|diagnostic| name(diagnostic.error) == "UndefinedField");
    list.iter()
        .filter(|diagnostic| !(undefined && name(diagnostic.error) == "MissingSubselection"))
        .map(|diagnostic| {
            let plain = diagnostic.to_json();
            let (message, extensions) = named(name(diagnostic.error), &plain.message, operation);
            let mut error = Map::new();
            error.insert("message".to_owned(), json!(message));
            error.insert("locations".to_owned(), json!(plain.locations));
            error.insert("extensions".to_owned(), extensions);
            Value::Object(error)
        })
        .collect()
}

/// The message and extensions for one kind of mistake. The names stand between backticks in the parser's own text.
fn named(kind: &str, text: &str, operation: &str) -> (String, Value) {
    let names: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let name = |at: usize| names.get(at).copied().unwrap_or_default();
    // `Type.field` or `Type.field(argument:)`
    let member = |path: &str| {
        path.split_once('.')
            .map_or(path, |(_, member)| member)
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let owner = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    let argument = |path: &str| {
        path.split_once('(')
            .map_or("", |(_, rest)| rest)
            .trim_end_matches([')', ':'])
            .to_owned()
    };
    match kind {
        "UndefinedField" => (
            format!("Field '{}' doesn't exist on type '{}'", name(1), name(0)),
            json!({ "code": "undefinedField", "typeName": name(0), "fieldName": name(1) }),
        ),
        "UndefinedArgument" => {
            let field = member(name(1));
            let what = if name(1).starts_with('@') {
                "Directive"
            } else {
                "Field"
            };
            let field = if what == "Directive" {
                name(1).trim_start_matches('@').to_owned()
            } else {
                field
            };
            (
                format!("{what} '{field}' doesn't accept argument '{}'", name(0)),
                json!({ "code": "argumentNotAccepted", "name": field, "typeName": what, "argumentName": name(0) }),
            )
        }
        "UndefinedInputValue" => (
            format!(
                "InputObject '{}' doesn't accept argument '{}'",
                name(1),
                name(0)
            ),
            json!({ "code": "argumentNotAccepted", "name": name(1), "typeName": "InputObject", "argumentName": name(0) }),
        ),
        "RequiredArgument" => {
            let (field, missing) = (member(name(0)), argument(name(0)));
            (
                format!("Field '{field}' is missing required arguments: {missing}"),
                json!({ "code": "missingRequiredArguments", "className": "Field", "name": field, "arguments": missing }),
            )
        }
        "RequiredField" => {
            let (missing, input) = (member(name(0)), owner(name(0)));
            (
                format!("Argument '{missing}' on InputObject '{input}' is required."),
                json!({ "code": "missingRequiredInputObjectAttribute", "argumentName": missing, "inputObjectType": input }),
            )
        }
        "UndefinedDirective" => {
            let directive = name(0).trim_start_matches('@');
            (
                format!("Directive @{directive} is not defined"),
                json!({ "code": "undefinedDirective", "directiveName": directive }),
            )
        }
        "UnusedVariable" => {
            let variable = name(0).trim_start_matches('$');
            (
                format!("Variable ${variable} is declared by {operation} but not used"),
                json!({ "code": "variableNotUsed", "variableName": variable }),
            )
        }
        "UndefinedVariable" => {
            let variable = name(0).trim_start_matches('$');
            (
                format!("Variable ${variable} is used by {operation} but not declared"),
                json!({ "code": "variableNotDefined", "variableName": variable }),
            )
        }
        // Kinds without a recorded answer keep the parser's words.
        "" => (text.to_owned(), json!({})),
        _ => (text.to_owned(), json!({ "code": lower_first(kind) })),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A field's error: the code stands in brackets before its message, see [`crate::shopify::resolve::field_error`].
pub(super) fn field(error: &GraphQLError) -> Value {
    let text = error
        .message
        .strip_prefix("resolver error: ")
        .unwrap_or(&error.message);
    let (code, message) = match text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((code, message)) => (code, message),
        // The executor's own complaint about a record that does not fit the schema.
        None => ("INTERNAL_SERVER_ERROR", text),
    };
    let mut shown = Map::new();
    shown.insert("message".to_owned(), json!(message));
    shown.insert("locations".to_owned(), json!(error.locations));
    if !code.is_empty() {
        let mut extensions = json!({ "code": code });
        if let ("ACCESS_DENIED", Some((_, required))) =
            (code, message.split_once("Required access: "))
        {
            extensions =
                json!({ "code": code, "documentation": ACCESS_SCOPES, "requiredAccess": required });
        }
        shown.insert("extensions".to_owned(), extensions);
    }
    shown.insert("path".to_owned(), json!(error.path));
    Value::Object(shown)
}

pub(super) fn throttled() -> Value {
    json!({ "message": "Throttled", "extensions": { "code": "THROTTLED", "documentation": RATE_LIMITS } })
}

pub(super) fn too_dear(cost: u32, most: u32) -> Value {
    json!({
        "message": format!("Query cost is {cost}, which exceeds the single query max cost limit ({most})."),
        "extensions": { "code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": most, "documentation": RATE_LIMITS },
    })
}

pub(super) fn bad_variables(message: &str) -> Value {
    json!({ "message": message, "extensions": { "code": "INVALID_VARIABLE" } })
}
