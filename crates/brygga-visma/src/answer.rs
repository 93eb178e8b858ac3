//! What an answer means: data, a refusal, a conflict, or nothing that can be relied on.

use std::time::Duration;

use brygga_core::{Code, Problem};
use brygga_http::HttpResponse;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::client::Visma;
use crate::config::{Api, same_scope};
use crate::error::{CallError, Failed, REMOTE, unexpected};
use crate::fault::{self, Fault};

/// The company has no licence, or the tenant or role is wrong (`facts/visma` 15).
pub(crate) const NO_LICENCE: &str = "12027";

impl Visma {
    /// What an answer that is no success means, apart from what only the caller knows about its record.
    pub(crate) fn refusal(&self, call: &Call, response: &HttpResponse) -> Failed {
        let fault = fault::read(response.status, &response.body);
        let support = fault
            .support
            .clone()
            .or_else(|| response.request_id().map(str::to_owned));
        let mut error = self.classify(call, response, &fault);
        if let Some(support) = support {
            let (CallError::Refused(problem)
            | CallError::NotSent(problem)
            | CallError::Unknown(problem)
            | CallError::Conflict(problem)) = &mut error;
            problem.params.insert("support".to_owned(), support);
        }
        Failed {
            error,
            details: fault.details,
        }
    }

    fn classify(&self, call: &Call, response: &HttpResponse, fault: &Fault) -> CallError {
        if fault.code.as_deref() == Some(NO_LICENCE) {
            return CallError::NotSent(Problem::new(Code::ErpLicence).with("reason", &fault.text));
        }
        match response.status {
            // Also with a fresh token: a person's grant was revoked, or the tenant is not the company's (`facts/visma` 1).
            401 if call.api == Api::Erp && self.inner.erp_by_sign_in => {
                CallError::NotSent(crate::connect::signed_out("status 401"))
            }
            401 => CallError::NotSent(
                Problem::new(Code::ErpTenantCustomer)
                    .with("tenant", &self.inner.tenant)
                    .with("reason", &fault.text),
            ),
            403 => {
                let challenge = response.header("www-authenticate").unwrap_or_default();
                let lacks_scope = challenge.contains("insufficient_scope")
                    || fault.text.to_ascii_lowercase().contains("scope")
                    || self.inner.granted().as_ref().is_some_and(|granted| {
                        granted
                            .split_whitespace()
                            .all(|had| !same_scope(had, call.scope()))
                    });
                let by_person = call.api == Api::Erp && self.inner.erp_by_sign_in;
                let code = match (by_person, lacks_scope) {
                    (true, true) => Code::SignInScope,
                    (true, false) => Code::SignInForbidden,
                    (false, true) => Code::ErpScope,
                    (false, false) => Code::ErpForbidden,
                };
                let mut problem = Problem::new(code)
                    .with("action", call.permission())
                    .with("call", call.asked())
                    .with("scope", self.spelled(call.scope()));
                if !lacks_scope {
                    problem = problem.with("reason", &fault.text);
                }
                CallError::NotSent(problem)
            }
            409 | 412 | 428 => CallError::Conflict(
                Problem::new(Code::RemoteConflict)
                    .with("document", call.document())
                    .with("reason", &fault.text),
            ),
            _ if fault.page => {
                let detail = format!("status {}, {}", response.status, fault.text);
                CallError::NotSent(
                    Problem::new(Code::RemoteNotJson)
                        .with("remote", REMOTE)
                        .with("detail", detail),
                )
            }
            // No redirect is followed: an API that redirects is not the one that was meant.
            300..=399 => CallError::NotSent(unexpected(format!(
                "{}: redirected, status {}",
                call.action, response.status
            ))),
            404 => CallError::Refused(
                Problem::new(Code::DocumentGone)
                    .with("document", call.document())
                    .with("reason", &fault.text),
            ),
            _ => CallError::Refused(
                Problem::new(Code::ErpRefused)
                    .with("reason", &fault.text)
                    .with("status", response.status),
            ),
        }
    }
}

/// `X-RateLimit-Limit`, `-Remaining`, `-Reset` in seconds (`facts/visma` 3).
pub(crate) fn rate_headers(response: &HttpResponse) -> Option<(u32, u32, Duration)> {
    let number = |name: &str| response.header(name)?.trim().parse::<u32>().ok();
    let limit = number("x-ratelimit-limit")?;
    let remaining = number("x-ratelimit-remaining")?;
    let reset_in = number("x-ratelimit-reset")?;
    Some((limit, remaining, Duration::from_secs(u64::from(reset_in))))
}

pub(crate) enum ParseError {
    /// Cut, a page, a text.
    NotJson(String),
    /// JSON, but not of the form that is read here.
    OtherForm(String),
}

/// Reads a body and says where it went wrong, without showing what is in it.
pub(crate) fn parse<T: DeserializeOwned>(body: &str) -> Result<T, ParseError> {
    let body = body.trim_start_matches('\u{feff}');
    if fault::looks_like_page(body) || body.trim().is_empty() {
        return Err(ParseError::NotJson(fault::read(200, body).text));
    }
    let mut inner = serde_json::Deserializer::from_str(body);
    let result = serde_path_to_error::deserialize(&mut inner).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let detail = format!("at {path}: {error}");
        if error.is_data() {
            ParseError::OtherForm(detail)
        } else {
            ParseError::NotJson(detail)
        }
    })?;
    inner
        .end()
        .map_err(|error| ParseError::NotJson(error.to_string()))?;
    Ok(result)
}
