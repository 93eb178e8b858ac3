//! Visma Connect: tokens by client credentials with the company's tenant id, or by the refresh token of a person who signed in
//! (`facts/visma` 1).

use std::time::Duration;

use async_trait::async_trait;
use brygga_core::policy::{Decision, Outcome, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::oauth::{
    ClientCredentials, GrantError, Grants, PublicClient, client_credentials, refresh,
};
use brygga_http::{FreshToken, Http, TokenSource, Url};
use secrecy::SecretString;

use crate::config::{ServiceAccess, SignedInAccess};

pub(crate) const CONNECT: &str = "Visma Connect";

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
                Decision::GiveUp => return Err(problem(&error, &self.tenant, &self.grant.scopes)),
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
pub(crate) struct Refreshed {
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
        Ok(Self {
            http,
            client,
            access: access.clone(),
            policy,
        })
    }
}

#[async_trait]
impl TokenSource for Refreshed {
    async fn fetch(&self) -> Result<FreshToken, Problem> {
        let mut attempt = 1;
        loop {
            // Read anew for each try: somebody may have signed in again meanwhile.
            let Some(token) = self.access.keeper.newest()? else {
                return Err(signed_out("nobody is signed in"));
            };
            let error = match refresh(&self.http, &self.client, &token).await {
                Ok(Grants { access, refresh }) => {
                    if let Some(next) = refresh {
                        self.access.keeper.keep(&next)?;
                    }
                    return Ok(access);
                }
                Err(error) => error,
            };
            // An answer that was lost may have used the token up; in re-use mode and within the grace period the same token works
            // again, else Connect says `invalid_grant` and the person signs in anew (`facts/visma` 1).
            match decide(&self.http, &self.policy, attempt, &error, true) {
                Decision::Again { after } => self.http.clock().sleep(after).await,
                Decision::GiveUp => return Err(sign_in_problem(&error, &[])),
            }
            attempt += 1;
        }
    }
}

pub(crate) fn signed_out(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::ErpSignedOut).with("detail", detail)
}

/// What a refusal means for the person who signed in.
pub(crate) fn sign_in_problem(error: &GrantError, scopes: &[String]) -> Problem {
    match error {
        GrantError::Refused { error, description } if error == "invalid_grant" => {
            signed_out(if description.is_empty() {
                error
            } else {
                description
            })
        }
        _ => problem(error, "", scopes),
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

/// Exchanges the code of a sign-in. `verifier` is PKCE's; `redirect_uri` the one that the browser was sent with.
pub async fn exchange_code(
    http: &Http,
    base_url: Option<&str>,
    client_id: &str,
    sign_in: &CodeExchange,
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
        GrantError::Refused { error, description } if error == "invalid_grant" => {
            Problem::new(Code::SignInRefused).with(
                "detail",
                if description.is_empty() {
                    error
                } else {
                    description
                },
            )
        }
        _ => sign_in_problem(&error, &[]),
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
fn problem(error: &GrantError, tenant: &str, scopes: &[String]) -> Problem {
    match error {
        GrantError::Refused { error, description } => {
            let detail = if description.is_empty() {
                error.clone()
            } else {
                format!("{error}: {description}")
            };
            match error.as_str() {
                // Also when the role API User is missing (`facts/visma` 1).
                "invalid_tenant" => Problem::new(Code::ErpTenant)
                    .with("tenant", tenant)
                    .with("detail", detail),
                "invalid_scope" => Problem::new(Code::ErpScope)
                    .with("action", "get a token")
                    .with("scope", scopes.join(" "))
                    .with("detail", detail),
                "invalid_client" | "unauthorized_client" | "invalid_grant" => {
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
            let at = retry_after.map_or_else(
                || "later".to_owned(),
                |seconds| format!("{seconds} seconds from now"),
            );
            Problem::new(Code::RemoteBusy)
                .with("remote", CONNECT)
                .with("at", at)
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
            assert_eq!(problem(&error, "t", &[]).code, code, "{error}");
        }
    }
}
