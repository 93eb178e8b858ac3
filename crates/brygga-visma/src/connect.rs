//! Visma Connect: tokens by client credentials with the company's tenant id, or by the refresh token of a person who signed in
//! (`facts/visma` 1).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use brygga_core::policy::{Decision, Outcome, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::oauth::{
    ClientCredentials, GrantError, Grants, PublicClient, client_credentials, refresh,
};
use brygga_http::{FreshToken, Http, TokenSource, Url};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};

use crate::client::moment;
use crate::config::{ServiceAccess, SignedInAccess};

pub(crate) const CONNECT: &str = "Visma Connect";
/// Seconds after which it is worth trying again where Connect does not say.
const LATER: u64 = 60;

/// Asks Visma Connect for tokens.
#[derive(Debug)]
pub(crate) struct Connect {
    http: Http,
    grant: ClientCredentials,
    tenant: String,
    policy: RetryPolicy,
}

impl Connect {
    pub(crate) fn new(
        http: Http,
        access: &ServiceAccess,
        host: &Url,
        policy: RetryPolicy,
    ) -> Result<Self, Problem> {
        let grant = ClientCredentials {
            token_url: token_url(host)?,
            client_id: access.client_id.trim().to_owned(),
            client_secret: access.secret.clone(),
            scopes: access.scopes.clone(),
            extra: vec![("tenant_id".to_owned(), access.tenant_id.trim().to_owned())],
        };
        Ok(Self {
            http,
            grant,
            tenant: access.tenant_id.trim().to_owned(),
            policy,
        })
    }
}

pub(crate) fn token_url(host: &Url) -> Result<Url, Problem> {
    host.join("/connect/token")
        .map_err(|error| Problem::new(Code::Internal).with("detail", error))
}

#[async_trait]
impl TokenSource for Connect {
    async fn fetch(&self) -> Result<FreshToken, Problem> {
        let mut attempt = 1;
        loop {
            let error = match client_credentials(&self.http, &self.grant).await {
                Ok(token) => return Ok(token),
                Err(error) => error,
            };
            // Asking twice does no harm, but a no stays a no.
            let decision = decide(&self.http, &self.policy, attempt, &error, true);
            match decision {
                Decision::Again { after } => self.http.clock().sleep(after).await,
                Decision::GiveUp => {
                    let now = self.http.clock().now();
                    return Err(problem(&error, &self.tenant, &self.grant.scopes, now));
                }
            }
            attempt += 1;
        }
    }
}

fn decide(
    http: &Http,
    policy: &RetryPolicy,
    attempt: u32,
    error: &GrantError,
    repeatable: bool,
) -> Decision {
    let outcome = match error {
        GrantError::Transport(error) => Some(error.outcome()),
        GrantError::Odd {
            status: 429,
            retry_after,
            ..
        } => Some(Outcome::Busy {
            retry_after: retry_after.map(Duration::from_secs),
        }),
        // A fault, or a page of something in between that says 200: both may be gone the next time.
        GrantError::Odd { status, .. } if *status >= 500 || *status < 300 => Some(Outcome::Unknown),
        GrantError::Odd { .. } | GrantError::Refused { .. } => None,
    };
    outcome.map_or(Decision::GiveUp, |outcome| {
        policy.decide(attempt, outcome, repeatable, http.ids().jitter())
    })
}

/// Tokens by the refresh token of a person who signed in.
#[derive(Debug)]
pub(crate) struct Refreshed(Arc<Renewal>);

#[derive(Debug)]
struct Renewal {
    http: Http,
    client: PublicClient,
    access: SignedInAccess,
    policy: RetryPolicy,
}

impl Refreshed {
    pub(crate) fn new(
        http: Http,
        access: &SignedInAccess,
        host: &Url,
        policy: RetryPolicy,
    ) -> Result<Self, Problem> {
        let client = PublicClient {
            token_url: token_url(host)?,
            client_id: access.client_id.trim().to_owned(),
        };
        Ok(Self(Arc::new(Renewal {
            http,
            client,
            access: access.clone(),
            policy,
        })))
    }
}

#[async_trait]
impl TokenSource for Refreshed {
    async fn fetch(&self) -> Result<FreshToken, Problem> {
        let renewal = Arc::clone(&self.0);
        // On its own: whoever asked may go away, and between Connect's answer and the keeping the only good token would be lost.
        tokio::spawn(async move { renewal.renewed().await })
            .await
            .unwrap_or_else(|fault| Err(Problem::new(Code::Internal).with("detail", fault)))
    }
}

impl Renewal {
    async fn renewed(&self) -> Result<FreshToken, Problem> {
        let _turn = self.access.rotation.turn().await;
        let mut attempt = 1;
        let mut looked_again = false;
        loop {
            // Read anew for each try: somebody may have signed in again meanwhile.
            let Some(token) = self.newest()? else {
                return Err(signed_out("nobody is signed in"));
            };
            let error = match refresh(&self.http, &self.client, &token).await {
                Ok(Grants { access, refresh }) => {
                    if let Some(next) = refresh {
                        self.keep(next)?;
                    }
                    return Ok(access);
                }
                Err(error) => error,
            };
            // Another token is there by now: that one was never tried.
            if !looked_again && is_spent(&error) && self.is_another(&token)? {
                looked_again = true;
                continue;
            }
            // An answer that was lost may have used the token up; in re-use mode and within the grace period the same token works
            // again, else Connect says `invalid_grant` and the person signs in anew (`facts/visma` 1).
            match decide(&self.http, &self.policy, attempt, &error, true) {
                Decision::Again { after } => self.http.clock().sleep(after).await,
                Decision::GiveUp => {
                    return Err(sign_in_problem(&error, &[], self.http.clock().now()));
                }
            }
            attempt += 1;
        }
    }

    /// The newest token. One that could not be kept is kept first: it is the only good one.
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        let mut unkept = self.access.rotation.unkept();
        if let Some(token) = unkept.clone() {
            self.access.keeper.keep(&token)?;
            *unkept = None;
            return Ok(Some(token));
        }
        self.access.keeper.newest()
    }

    /// Keeps the successor; what cannot be kept now is held until it can.
    fn keep(&self, token: SecretString) -> Result<(), Problem> {
        let mut unkept = self.access.rotation.unkept();
        if let Err(problem) = self.access.keeper.keep(&token) {
            *unkept = Some(token);
            return Err(problem);
        }
        Ok(())
    }

    fn is_another(&self, sent: &SecretString) -> Result<bool, Problem> {
        let newest = self.newest()?;
        Ok(newest.is_some_and(|newest| newest.expose_secret() != sent.expose_secret()))
    }
}

fn is_spent(error: &GrantError) -> bool {
    matches!(error, GrantError::Refused { error, .. } if error == "invalid_grant")
}

pub(crate) fn signed_out(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::ErpSignedOut).with("detail", detail)
}

/// What a refusal means for the person who signed in.
pub(crate) fn sign_in_problem(
    error: &GrantError,
    scopes: &[String],
    now: DateTime<Utc>,
) -> Problem {
    let GrantError::Refused { error: word, .. } = error else {
        return problem(error, "", scopes, now);
    };
    let detail = told(error);
    match word.as_str() {
        "invalid_grant" => signed_out(detail),
        // A person is asked for no tenant id: there was no company to choose (`facts/visma` 1).
        "invalid_tenant" => Problem::new(Code::SignInRole).with("detail", detail),
        "invalid_scope" => Problem::new(Code::SignInScope)
            .with("scope", scopes.join(" "))
            .with("detail", detail),
        _ => Problem::new(Code::SignInApplication).with("detail", detail),
    }
}

/// What Visma Connect says, for people.
fn told(error: &GrantError) -> String {
    match error {
        GrantError::Refused { error, description } if description.is_empty() => error.clone(),
        GrantError::Refused { error, description } if error == "invalid_grant" => {
            description.clone()
        }
        GrantError::Refused { error, description } => format!("{error}: {description}"),
        other => other.to_string(),
    }
}

/// The person's first tokens, for the code that the browser brought.
#[derive(Debug)]
pub struct FirstTokens {
    /// To keep, before anything else.
    pub refresh: Option<SecretString>,
    /// What was granted, if told.
    pub scope: Option<String>,
}

/// Exchanges the code of a sign-in, which asked for `scopes`. `verifier` is PKCE's; `redirect_uri` the one that the browser was sent with.
pub async fn exchange_code(
    http: &Http,
    base_url: Option<&str>,
    client_id: &str,
    sign_in: &CodeExchange,
    scopes: &[String],
) -> Result<FirstTokens, Problem> {
    let hosts = crate::config::Hosts::at(base_url)?;
    let client = PublicClient {
        token_url: token_url(&hosts.connect)?,
        client_id: client_id.trim().to_owned(),
    };
    let grants = brygga_http::oauth::code(
        http,
        &client,
        &sign_in.code,
        &sign_in.verifier,
        &sign_in.redirect_uri,
    )
    .await
    .map_err(|error| match &error {
        // The code was used, or does not fit: this sign-in is spent (not an older one revoked).
        GrantError::Refused { error: word, .. } if word == "invalid_grant" => {
            Problem::new(Code::SignInRefused).with("detail", told(&error))
        }
        _ => sign_in_problem(&error, scopes, http.clock().now()),
    })?;
    Ok(FirstTokens {
        refresh: grants.refresh,
        scope: grants.access.scope,
    })
}

/// What the browser brought, and what it was sent with.
#[derive(Debug, Clone)]
pub struct CodeExchange {
    /// `code` of the redirect.
    pub code: SecretString,
    /// PKCE's verifier.
    pub verifier: SecretString,
    /// As it was sent.
    pub redirect_uri: String,
}

/// Address of the page on which a person signs in.
pub fn authorize_url(base_url: Option<&str>) -> Result<Url, Problem> {
    crate::config::Hosts::at(base_url)?
        .connect
        .join("/connect/authorize")
        .map_err(|error| Problem::new(Code::Internal).with("detail", error))
}

/// What Visma Connect's refusal means for the person who connects.
fn problem(error: &GrantError, tenant: &str, scopes: &[String], now: DateTime<Utc>) -> Problem {
    match error {
        GrantError::Refused {
            error: word,
            description,
        } => {
            let detail = told(error);
            match word.as_str() {
                // Also when the role API User is missing (`facts/visma` 1).
                "invalid_tenant" => Problem::new(Code::ErpTenant)
                    .with("tenant", tenant)
                    .with("detail", detail),
                "invalid_scope" => Problem::new(Code::ErpScope)
                    .with("action", "token")
                    .with("scope", scopes.join(" "))
                    .with("detail", detail),
                // Not the secret: the company has taken its approval back.
                "invalid_grant" => Problem::new(Code::ErpApproval).with("detail", detail),
                "invalid_client" | "unauthorized_client" => {
                    Problem::new(Code::ErpCredentials).with("detail", detail)
                }
                _ if description.to_ascii_lowercase().contains("tenant") => {
                    Problem::new(Code::ErpTenant)
                        .with("tenant", tenant)
                        .with("detail", detail)
                }
                _ => Problem::new(Code::ErpCredentials).with("detail", detail),
            }
        }
        GrantError::Odd {
            status: status @ 500..,
            ..
        } => Problem::new(Code::RemoteBroken)
            .with("remote", CONNECT)
            .with("status", status),
        GrantError::Odd {
            status: 429,
            retry_after,
            ..
        } => {
            let seconds = i64::try_from(retry_after.unwrap_or(LATER)).unwrap_or(i64::MAX);
            let at = TimeDelta::try_seconds(seconds)
                .and_then(|wait| now.checked_add_signed(wait))
                .unwrap_or(now);
            Problem::new(Code::RemoteBusy)
                .with("remote", CONNECT)
                .with("at", moment(at))
        }
        GrantError::Odd { status: 401, .. } => {
            Problem::new(Code::ErpCredentials).with("detail", "status 401")
        }
        GrantError::Odd { status, detail, .. } => Problem::new(Code::RemoteNotJson)
            .with("remote", CONNECT)
            .with("detail", format!("status {status}, {detail}")),
        GrantError::Transport(error) => error.problem(CONNECT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_named() {
        let refused = |error: &str, description: &str| GrantError::Refused {
            error: error.into(),
            description: description.into(),
        };
        let odd = |status| GrantError::Odd {
            status,
            detail: "a page".into(),
            retry_after: None,
        };
        let table = [
            (refused("invalid_client", ""), Code::ErpCredentials),
            (refused("unauthorized_client", ""), Code::ErpCredentials),
            (refused("invalid_grant", ""), Code::ErpApproval),
            (refused("invalid_tenant", ""), Code::ErpTenant),
            (
                refused("invalid_request", "Tenant not found"),
                Code::ErpTenant,
            ),
            (refused("invalid_scope", ""), Code::ErpScope),
            (refused("something_new", ""), Code::ErpCredentials),
            (odd(503), Code::RemoteBroken),
            (odd(429), Code::RemoteBusy),
            (odd(401), Code::ErpCredentials),
            (odd(200), Code::RemoteNotJson),
        ];
        for (error, code) in table {
            assert_eq!(
                problem(&error, "t", &[], DateTime::UNIX_EPOCH).code,
                code,
                "{error}"
            );
        }
    }
}
