//! The token endpoint: client credentials grant and its errors (`facts/shopify 1.2` to `1.5`).

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::world::{TOKEN_SECONDS, World};
use crate::practice;

/// The answer to a token request.
#[derive(Debug)]
pub(super) enum TokenAnswer {
    /// 200 with a token.
    Token(Value),
    /// An error status with JSON.
    Refused(StatusCode, Value),
}

/// Answers a request for a token. `fields` is the body, whether it came as a form or as JSON.
pub(super) fn answer(
    world: &mut World,
    fields: &BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> TokenAnswer {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if field("client_id") != practice::SHOP_CLIENT_ID {
        // The code for an unknown id is not verified (facts 1.5); the text is the one that issue trackers quote.
        let text = format!(
            "Oauth error invalid_request: Could not find Shopify API application with api_key {}",
            field("client_id")
        );
        return refused("invalid_request", &text);
    }
    if field("client_secret") != practice::SHOP_CLIENT_SECRET || world.revoked {
        return refused(
            "invalid_client",
            "Oauth error invalid_client: The client secret is not valid for this application.",
        );
    }
    if field("grant_type") != "client_credentials" {
        return refused(
            "invalid_request",
            "Oauth error invalid_request: The grant type is missing or not supported.",
        );
    }
    if !world.config.same_organization {
        return refused(
            "shop_not_permitted",
            "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop.",
        );
    }
    if !world.config.app_installed {
        return refused(
            "app_not_installed",
            "The application is not installed on this shop.",
        );
    }
    let token = world.issue_token(now);
    TokenAnswer::Token(
        json!({ "access_token": token, "scope": world.config.granted_scopes.join(","), "expires_in": TOKEN_SECONDS }),
    )
}

fn refused(code: &str, text: &str) -> TokenAnswer {
    TokenAnswer::Refused(
        StatusCode::BAD_REQUEST,
        json!({ "error": code, "error_description": text }),
    )
}

/// Reads the body of a token request: a form as documented, or JSON as the official library sends it.
pub(super) fn fields(content_type: &str, body: &str) -> Option<BTreeMap<String, String>> {
    if content_type.starts_with("application/json") {
        let Ok(Value::Object(object)) = serde_json::from_str(body) else {
            return None;
        };
        return Some(
            object
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
                .collect(),
        );
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Some(
            body.split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(key, value)| (decoded(key), decoded(value)))
                .collect(),
        );
    }
    None
}

/// One part of a form: `+` is a blank, `%XX` a byte.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |at: usize| {
            tail.get(at)
                .and_then(|digit| char::from(*digit).to_digit(16))
                .and_then(|digit| u8::try_from(digit).ok())
        };
        rest = tail;
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                rest = &tail[2..];
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_and_json_say_the_same() {
        let form = fields(
            "application/x-www-form-urlencoded; charset=utf-8",
            "client_id=a%20b&client_secret=%C3%B8+x&grant_type=client_credentials",
        )
        .expect("a form");
        let json = fields(
            "application/json",
            r#"{"client_id":"a b","client_secret":"ø x","grant_type":"client_credentials"}"#,
        )
        .expect("an object");
        assert_eq!(form, json);
        assert_eq!(fields("text/plain", "a=b"), None);
        assert_eq!(decoded("100%"), "100%");
    }
}
