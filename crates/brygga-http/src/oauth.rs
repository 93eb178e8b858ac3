//! OAuth 2 (`facts/visma` 1), by the oauth2 crate over our own client: client credentials, and the authorization code with PKCE and
//! refresh tokens of a public client.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::client::Http;
use crate::error::TransportError;
use crate::message::{Body, HttpRequest};
use crate::token::FreshToken;

/// Who asks for what.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: Url,
    /// Id of the application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// What for.
    pub scopes: Vec<String>,
    /// Further fields of the form, such as Visma Connect's `tenant_id`.
    pub extra: Vec<(String, String)>,
}

/// Why no token came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The issuer says no, in OAuth's words.
    #[error("{error}: {description}")]
    Refused {
        /// `invalid_client`, `invalid_scope`, `invalid_tenant` ...
        error: String,
        /// The issuer's text.
        description: String,
    },
    /// The issuer answered, but not as OAuth has it.
    #[error("status {status}: {detail}")]
    Odd {
        /// HTTP status.
        status: u16,
        /// For people.
        detail: String,
        /// `Retry-After` in seconds, if given.
        retry_after: Option<u64>,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Named, so that callers' futures are `Send`.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A client without a secret, on whose behalf a person signed in.
#[derive(Debug, Clone)]
pub struct PublicClient {
    /// The token endpoint.
    pub token_url: Url,
    /// Id of the application.
    pub client_id: String,
}

/// What a person's sign-in gives.
#[derive(Debug)]
pub struct Grants {
    /// The token to call with.
    pub access: FreshToken,
    /// The token with which the next one is had; none where the application may not have one.
    pub refresh: Option<SecretString>,
}

/// PKCE with S256: the secret that stays here, and what of it goes with the browser.
#[derive(Debug)]
pub struct Pkce {
    /// Stays here until the code is exchanged.
    pub verifier: SecretString,
    /// `code_challenge`.
    pub challenge: String,
}

impl Pkce {
    /// A new pair.
    pub fn new() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Self {
            verifier: SecretString::from(verifier.into_secret()),
            challenge: challenge.as_str().to_owned(),
        }
    }
}

impl Default for Pkce {
    fn default() -> Self {
        Self::new()
    }
}

/// A value that cannot be guessed, for `state`.
pub fn unguessable() -> String {
    CsrfToken::new_random().into_secret()
}

/// Asks for a token, once. The secret goes in the form, as Visma Connect wants it, never in the address.
pub async fn client_credentials(
    http: &Http,
    grant: &ClientCredentials,
) -> Result<FreshToken, GrantError> {
    let client = BasicClient::new(ClientId::new(grant.client_id.clone()))
        .set_client_secret(ClientSecret::new(
            grant.client_secret.expose_secret().to_owned(),
        ))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(grant.token_url.clone()));
    let mut request = client
        .exchange_client_credentials()
        .add_scopes(grant.scopes.iter().cloned().map(Scope::new));
    for (name, value) in &grant.extra {
        request = request.add_extra_param(name, value);
    }
    let wire = Wire::over(http);
    let call = wire.call();
    let answer: Answer<'_> = Box::pin(request.request_async(&call));
    wire.read(answer.await).map(|grants| grants.access)
}

/// Exchanges the code that the browser brought, once: a code is good for one exchange.
pub async fn code(
    http: &Http,
    client: &PublicClient,
    code: &SecretString,
    verifier: &SecretString,
    redirect_uri: &str,
) -> Result<Grants, GrantError> {
    let odd = |detail: String| GrantError::Odd {
        status: 0,
        detail,
        retry_after: None,
    };
    let public = BasicClient::new(ClientId::new(client.client_id.clone()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(client.token_url.clone()))
        .set_redirect_uri(
            RedirectUrl::new(redirect_uri.to_owned()).map_err(|error| odd(error.to_string()))?,
        );
    let request = public
        .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
    let wire = Wire::over(http);
    let call = wire.call();
    let answer: Answer<'_> = Box::pin(request.request_async(&call));
    wire.read(answer.await)
}

/// Asks for the next token. The answer may hold a new refresh token: it is kept before the access token is used, since the old one
/// may be dead by then.
pub async fn refresh(
    http: &Http,
    client: &PublicClient,
    token: &SecretString,
) -> Result<Grants, GrantError> {
    let public = BasicClient::new(ClientId::new(client.client_id.clone()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(client.token_url.clone()));
    let token = RefreshToken::new(token.expose_secret().to_owned());
    let request = public.exchange_refresh_token(&token);
    let wire = Wire::over(http);
    let call = wire.call();
    let answer: Answer<'_> = Box::pin(request.request_async(&call));
    wire.read(answer.await)
}

type Answered = Result<BasicTokenResponse, RequestTokenError<TransportError, BasicErrorResponse>>;
type Answer<'a> = Boxed<'a, Answered>;
type Called = Boxed<'static, Result<oauth2::HttpResponse, TransportError>>;

/// One exchange over our client. The crate keeps the body of a strange answer, but not its status: it is noted here.
struct Wire {
    http: Http,
    seen: Arc<Mutex<(u16, Option<u64>)>>,
}

impl Wire {
    fn over(http: &Http) -> Self {
        Self {
            http: http.clone(),
            seen: Arc::default(),
        }
    }

    fn call(&self) -> impl Fn(oauth2::HttpRequest) -> Called + Send + Sync + use<> {
        // owned parts: a borrowing closure would make the whole future not `Send`
        let parts = (self.http.clone(), Arc::clone(&self.seen));
        move |request: oauth2::HttpRequest| {
            let (http, seen) = parts.clone();
            let future = async move {
                let answer = http.send(to_ours(request)?).await?;
                if let Ok(mut seen) = seen.lock() {
                    *seen = (
                        answer.status,
                        answer.retry_after().map(|wait| wait.as_secs()),
                    );
                }
                let mut theirs = oauth2::HttpResponse::new(answer.body.into_bytes());
                *theirs.status_mut() =
                    oauth2::http::StatusCode::from_u16(answer.status).unwrap_or_default();
                *theirs.headers_mut() = answer.headers;
                Ok(theirs)
            };
            Box::pin(future) as Called
        }
    }

    fn read(&self, result: Answered) -> Result<Grants, GrantError> {
        let (status, retry_after) = self.seen.lock().map(|seen| *seen).unwrap_or_default();
        match result {
            Ok(token) => Ok(Grants {
                access: FreshToken {
                    value: SecretString::from(token.access_token().secret().clone()),
                    expires_in: token.expires_in(),
                    scope: token.scopes().map(|scopes| {
                        scopes
                            .iter()
                            .map(|scope| scope.as_str())
                            .collect::<Vec<_>>()
                            .join(" ")
                    }),
                },
                refresh: token
                    .refresh_token()
                    .map(|token| SecretString::from(token.secret().clone())),
            }),
            Err(RequestTokenError::Request(error)) => Err(error.into()),
            Err(RequestTokenError::ServerResponse(refusal)) => Err(refused(&refusal)),
            Err(RequestTokenError::Parse(error, _)) => Err(GrantError::Odd {
                status,
                detail: error.to_string(),
                retry_after,
            }),
            // Such as an answer with an empty body, which may say when to come again all the same.
            Err(RequestTokenError::Other(detail)) => Err(GrantError::Odd {
                status,
                detail,
                retry_after,
            }),
        }
    }
}

fn to_ours(request: oauth2::HttpRequest) -> Result<HttpRequest, TransportError> {
    let (parts, body) = request.into_parts();
    let not_sent = |detail: String| TransportError::NotSent { detail };
    let url = Url::parse(&parts.uri.to_string()).map_err(|error| not_sent(error.to_string()))?;
    let text = String::from_utf8(body).map_err(|error| not_sent(error.utf8_error().to_string()))?;
    let form = url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), SecretString::from(value.into_owned())));
    let ours = HttpRequest::new(parts.method, url)
        .body(Body::Form(form.collect()))
        .confidential()
        .label("token");
    Ok(ours.header(reqwest::header::ACCEPT, "application/json"))
}

fn refused(refusal: &BasicErrorResponse) -> GrantError {
    GrantError::Refused {
        error: refusal.error().as_ref().to_owned(),
        description: refusal.error_description().cloned().unwrap_or_default(),
    }
}
