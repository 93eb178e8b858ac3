//! The OAuth 2 client credentials grant (`facts/visma` 1), by the oauth2 crate over our own client.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{AuthType, ClientId, ClientSecret, RequestTokenError, Scope, TokenResponse, TokenUrl};
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

/// Asks for a token, once. The secret goes in the form, as Visma Connect wants it, never in the address.
pub async fn client_credentials(
    http: &Http,
    grant: &ClientCredentials,
) -> Result<FreshToken, GrantError> {
    let odd = |status, detail: String| GrantError::Odd {
        status,
        detail,
        retry_after: None,
    };
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
    // the crate keeps the body of a strange answer, but not its status
    let seen = Arc::new(Mutex::new((0, None)));
    // owned parts: a borrowing closure would make the whole future not `Send`
    let parts = (http.clone(), Arc::clone(&seen));
    let call = move |request: oauth2::HttpRequest| {
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
        Box::pin(future) as Boxed<'static, Result<oauth2::HttpResponse, TransportError>>
    };
    let answer: Boxed<
        '_,
        Result<BasicTokenResponse, RequestTokenError<TransportError, BasicErrorResponse>>,
    > = Box::pin(request.request_async(&call));
    let result = answer.await;
    let (status, retry_after) = seen.lock().map(|seen| *seen).unwrap_or_default();
    match result {
        Ok(token) => Ok(FreshToken {
            value: SecretString::from(token.access_token().secret().clone()),
            expires_in: token.expires_in(),
            scope: token.scopes().map(|scopes| {
                scopes
                    .iter()
                    .map(|scope| scope.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            }),
        }),
        Err(RequestTokenError::Request(error)) => Err(error.into()),
        Err(RequestTokenError::ServerResponse(refusal)) => Err(refused(&refusal)),
        Err(RequestTokenError::Parse(error, _)) => Err(GrantError::Odd {
            status,
            detail: error.to_string(),
            retry_after,
        }),
        Err(RequestTokenError::Other(detail)) => Err(odd(status, detail)),
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
