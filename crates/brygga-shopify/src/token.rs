//! The token endpoint and its errors (`facts/shopify` 1.2 to 1.5).

use std::time::Duration;

use async_trait::async_trait;
use brygga_core::policy::{Outcome, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::{
    FreshToken, HeaderName, Http, HttpRequest, HttpResponse, TokenSource, TransportError, Url,
    Verdict,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::REMOTE;
use crate::call::{busy, status_problem};

#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) http: Http,
    pub(crate) domain: String,
    pub(crate) url: Url,
    pub(crate) host: Option<String>,
    pub(crate) client_id: String,
    pub(crate) secret: SecretString,
    pub(crate) policy: RetryPolicy,
}

#[async_trait]
impl TokenSource for Issuer {
    async fn fetch(&self) -> Result<FreshToken, Problem> {
        let make = || async {
            let fields = vec![
                (
                    "grant_type".to_owned(),
                    SecretString::from("client_credentials".to_owned()),
                ),
                (
                    "client_id".to_owned(),
                    SecretString::from(self.client_id.clone()),
                ),
                ("client_secret".to_owned(), self.secret.clone()),
            ];
            let mut request = HttpRequest::post(self.url.clone())
                .form(fields)
                .label("token");
            request = request.header(HeaderName::from_static("accept"), "application/json");
            if let Some(host) = &self.host {
                request = request.header(HeaderName::from_static("host"), host);
            }
            Ok(request)
        };
        // a token that was made and lost harms nobody
        self.http
            .send_with_retry(&self.policy, true, make, |result| self.judge(result))
            .await
    }
}

impl Issuer {
    fn judge(&self, result: Result<HttpResponse, TransportError>) -> Verdict<FreshToken, Problem> {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => {
                return Verdict::Again {
                    outcome: error.outcome(),
                    otherwise: error.problem(REMOTE),
                };
            }
        };
        match answer.status {
            200 => match granted(&answer) {
                Ok(token) => Verdict::Done(token),
                Err(problem) => Verdict::Again {
                    outcome: Outcome::Unknown,
                    otherwise: problem,
                },
            },
            400 | 401 | 403 => Verdict::Failed(self.refused(&answer)),
            429 => busy(&answer, self.http.clock().now()),
            status if status >= 500 => Verdict::Again {
                outcome: Outcome::Unknown,
                otherwise: status_problem(&answer, &self.domain),
            },
            _ => Verdict::Failed(status_problem(&answer, &self.domain)),
        }
    }

    /// The codes of this endpoint are only partly documented (`facts/shopify` 1.5): what is not known by name is a wrong id or secret,
    /// shown with Shopify's own words.
    fn refused(&self, answer: &HttpResponse) -> Problem {
        let words = self.scrub(&words(&answer.body));
        let code = if words.contains("shop_not_permitted")
            || words.contains("cannot be performed on this shop")
        {
            Code::ShopOrganization
        } else if words.contains("app_not_installed")
            || words.contains("not installed on this shop")
        {
            Code::ShopAppMissing
        } else {
            Code::ShopCredentials
        };
        Problem::new(code)
            .with("domain", &self.domain)
            .with("detail", words)
    }

    /// An answer may quote what was sent.
    fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in [self.secret.expose_secret(), &self.client_id] {
            if !secret.is_empty() {
                text = text.replace(secret, "…");
            }
        }
        text
    }
}

fn granted(answer: &HttpResponse) -> Result<FreshToken, Problem> {
    let json = answer.json().map_err(|detail| {
        Problem::new(Code::RemoteNotJson)
            .with("remote", REMOTE)
            .with("detail", detail)
    })?;
    let Some(token) = json["access_token"]
        .as_str()
        .filter(|token| !token.is_empty())
    else {
        return Err(Problem::new(Code::RemoteUnexpected)
            .with("remote", REMOTE)
            .with("detail", "a token answer without a token"));
    };
    // some servers write numbers as text
    let life = json["expires_in"]
        .as_u64()
        .or_else(|| json["expires_in"].as_str()?.parse().ok());
    Ok(FreshToken {
        value: SecretString::from(token.to_owned()),
        expires_in: life.map(Duration::from_secs),
        scope: json["scope"].as_str().map(str::to_owned),
    })
}

/// The sentence in an error answer of any form: OAuth's JSON, Shopify's `errors`, or a web page.
fn words(body: &str) -> String {
    let text = match serde_json::from_str::<Value>(body) {
        Ok(json) => {
            let parts: Vec<&str> = ["error", "error_description", "errors"]
                .iter()
                .filter_map(|key| json[*key].as_str())
                .collect();
            if parts.is_empty() {
                "no reason given".to_owned()
            } else {
                parts.join(": ")
            }
        }
        Err(_) => without_tags(body),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        "no reason given".to_owned()
    } else {
        text.chars().take(300).collect()
    }
}

fn without_tags(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_is_found_in_any_form_of_answer() {
        assert_eq!(
            words(r#"{"error":"invalid_request","error_description":"Bad id"}"#),
            "invalid_request: Bad id"
        );
        assert_eq!(words(r#"{"errors":"[API] Invalid"}"#), "[API] Invalid");
        assert_eq!(
            words("<html><p>Oauth error shop_not_permitted:\n Client credentials</p></html>"),
            "Oauth error shop_not_permitted: Client credentials"
        );
        assert_eq!(words(""), "no reason given");
        assert_eq!(words("{}"), "no reason given");
    }
}
