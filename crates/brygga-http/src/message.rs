use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

/// What a request carries.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// JSON.
    Json(Value),
    /// `application/x-www-form-urlencoded`; its values may be secret and are never traced.
    Form(Vec<(String, SecretString)>),
    /// Text of the given content type.
    Text {
        /// `Content-Type`.
        content_type: String,
        /// The text.
        text: String,
    },
}

/// One request, made anew for every try.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) secret_headers: Vec<(HeaderName, SecretString)>,
    pub(crate) body: Body,
    pub(crate) label: Option<String>,
    pub(crate) confidential: bool,
}

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: Body::None,
            label: None,
            confidential: false,
        }
    }

    /// `GET url`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// `POST url`.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// The same with one more header, which is no secret.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with one more header that is never shown anywhere.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: SecretString) -> Self {
        self.secret_headers.push((name, value));
        self
    }

    /// The same with `Authorization: Bearer ...`.
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        use secrecy::ExposeSecret;
        let value = SecretString::from(format!("Bearer {}", token.expose_secret()));
        self.secret_header(reqwest::header::AUTHORIZATION, value)
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// The same with a form as its body; such a request is [confidential](Self::confidential).
    #[must_use]
    pub fn form(mut self, fields: Vec<(String, SecretString)>) -> Self {
        self.body = Body::Form(fields);
        self.confidential()
    }

    /// The same with another body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The same with a word for logs and stories, such as the name of a GraphQL operation.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same, but neither its body nor its answer's is ever traced: for tokens.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    /// Where it goes.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// One answer, whatever its status.
#[derive(Debug, Clone)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as text, bytes that are no UTF-8 replaced.
    pub body: String,
    /// From sending to the last byte, by the clock.
    pub elapsed: Duration,
}

impl HttpResponse {
    /// The first header of this name, whatever its letters' case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Is the status 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `Retry-After` in seconds. The form with a date is not used by either remote and counts as absent.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        // Shopify writes "2.0"
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: u64 = whole.parse().ok()?;
        let more = u64::from(fraction.bytes().any(|digit| digit != b'0'));
        Some(Duration::from_secs(seconds.saturating_add(more)))
    }

    /// The body as JSON, or a sentence why it is none, which names the content type and the beginning of what came instead.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_str(&self.body).map_err(|error| {
            let kind = self.header("content-type").unwrap_or("no content type");
            let start: String = self
                .body
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .take(80)
                .collect();
            if self.body.trim().is_empty() {
                format!("status {}, {kind}, an empty body", self.status)
            } else if self.body.trim_start().starts_with('<') {
                format!("status {}, {kind}, a web page: {start}", self.status)
            } else {
                // serde's text has no content, only a place
                format!("status {}, {kind}, {error}", self.status)
            }
        })
    }

    /// The remote's own id of this answer, for its support.
    pub fn request_id(&self) -> Option<&str> {
        // facts/shopify 4.1; facts/visma 3
        self.header("x-request-id")
            .or_else(|| self.header("ipp-request-id"))
    }
}
