//! What went over the wire for one record, with secrets and persons left out, so that a record's story can be shown.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::TransportError;
use crate::message::{Body, HttpRequest, HttpResponse};
use crate::redact;

tokio::task_local! {
    static SUBJECT: String;
}

/// Runs `work` so that every exchange in it is told to be about `subject`, such as `order:5021`.
///
/// It holds for what is awaited inside, not for tasks that `work` spawns.
pub async fn about<F: Future>(subject: impl Into<String>, work: F) -> F::Output {
    SUBJECT.scope(subject.into(), work).await
}

/// Takes note of exchanges.
pub trait Observer: Send + Sync + Debug {
    /// One call is over. Must not block.
    fn exchange(&self, exchange: Exchange);
}

/// One call and its answer, redacted: no header, no secret, no data of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What [`about`] named, if anything.
    pub subject: Option<String>,
    /// The request's own label, such as the GraphQL operation.
    pub label: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Host and port.
    pub host: String,
    /// Path and query, redacted.
    pub path: String,
    /// Redacted body that was sent.
    pub request: Option<String>,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// Redacted body that came back, or the reason why none did.
    pub answer: Option<String>,
    /// The remote's own id of the answer.
    pub request_id: Option<String>,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

impl Exchange {
    pub(crate) fn begin(request: &HttpRequest, at: DateTime<Utc>) -> Self {
        let url = &request.url;
        let body = match &request.body {
            _ if request.confidential => None,
            Body::None | Body::Form(_) => None,
            Body::Json(value) => Some(redact::body(value)),
            Body::Text { text, .. } => Some(redact::text(text)),
        };
        Self {
            subject: SUBJECT.try_with(Clone::clone).ok(),
            label: request.label.clone(),
            method: request.method.to_string(),
            host: match (url.host_str(), url.port()) {
                (Some(host), Some(port)) => format!("{host}:{port}"),
                (host, _) => host.unwrap_or_default().to_owned(),
            },
            path: redact::path(url),
            request: body,
            status: None,
            answer: None,
            request_id: None,
            at,
            elapsed_ms: 0,
        }
    }

    pub(crate) fn end(
        mut self,
        result: &Result<HttpResponse, TransportError>,
        elapsed: Duration,
        confidential: bool,
    ) -> Self {
        self.elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        match result {
            Ok(answer) => {
                self.status = Some(answer.status);
                self.request_id = answer.request_id().map(str::to_owned);
                if !confidential && !answer.body.is_empty() {
                    self.answer = Some(redact::text(&answer.body));
                }
            }
            Err(error) => self.answer = Some(error.to_string()),
        }
        self
    }
}
