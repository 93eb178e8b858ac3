//! Visma Connect: the token by client credentials with the company's tenant id (`facts/visma` 1).

use std::time::Duration;

use async_trait::async_trait;
use brygga_core::policy::{Decision, Outcome, RetryPolicy};
use brygga_core::{Code, Problem};
use brygga_http::oauth::{ClientCredentials, GrantError, client_credentials};
use brygga_http::{FreshToken, Http, TokenSource, Url};

use crate::config::VismaConfig;

const CONNECT: &str = "Visma Connect";

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
        config: &VismaConfig,
        host: &Url,
        policy: RetryPolicy,
    ) -> Result<Self, Problem> {
        let token_url = host
            .join("/connect/token")
            .map_err(|error| Problem::new(Code::Internal).with("detail", error))?;
        let grant = ClientCredentials {
            token_url,
            client_id: config.client_id.trim().to_owned(),
            client_secret: config.secret.clone(),
            scopes: config.scopes.clone(),
            extra: vec![("tenant_id".to_owned(), config.tenant_id.trim().to_owned())],
        };
        Ok(Self {
            http,
            grant,
            tenant: config.tenant_id.trim().to_owned(),
            policy,
        })
    }
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
            let outcome = match &error {
                GrantError::Transport(error) => Some(error.outcome()),
                GrantError::Odd {
                    status: 429,
                    retry_after,
                    ..
                } => Some(Outcome::Busy {
                    retry_after: retry_after.map(Duration::from_secs),
                }),
                // A fault, or a page of something in between that says 200: both may be gone the next time.
                GrantError::Odd { status, .. } if *status >= 500 || *status < 300 => {
                    Some(Outcome::Unknown)
                }
                GrantError::Odd { .. } | GrantError::Refused { .. } => None,
            };
            let decision = outcome.map_or(Decision::GiveUp, |outcome| {
                self.policy
                    .decide(attempt, outcome, true, self.http.ids().jitter())
            });
            match decision {
                Decision::Again { after } => self.http.clock().sleep(after).await,
                Decision::GiveUp => return Err(problem(&error, &self.tenant, &self.grant.scopes)),
            }
            attempt += 1;
        }
    }
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
