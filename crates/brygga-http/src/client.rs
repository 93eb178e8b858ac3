use std::fmt;
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

use brygga_core::{Clock, Code, Ids, Problem};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use tokio::sync::Semaphore;

use crate::address::is_loopback;
use crate::error::TransportError;
use crate::exchange::{Exchange, Observer};
use crate::message::{Body, HttpRequest, HttpResponse};

/// Bounds of every call.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// For name, connection and TLS.
    pub connect_timeout: Duration,
    /// Between two parts of an answer.
    pub read_timeout: Duration,
    /// For a whole call.
    pub total_timeout: Duration,
    /// `User-Agent`, with the version (`facts/visma` 3).
    pub user_agent: String,
    /// The largest answer that is taken in, in bytes.
    pub max_answer: usize,
    /// Calls under way at once.
    pub max_in_flight: usize,
    /// No call leaves this computer, wherever it is addressed: practice.
    pub only_here: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            // slow list calls of Visma.net take more than half a minute (`facts/visma` 5)
            total_timeout: Duration::from_secs(100),
            user_agent: concat!("Brygga/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_answer: 64 * 1024 * 1024,
            max_in_flight: 16,
            only_here: false,
        }
    }
}

/// The one HTTP client for both remotes. Clones share everything.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
    observer: Option<Arc<dyn Observer>>,
}

struct Inner {
    config: HttpConfig,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// For this computer: never through a proxy, and free of the system's certificates, which a bare machine may lack.
    near: reqwest::Client,
    /// For everything else; made when first needed.
    far: OnceLock<Result<reqwest::Client, String>>,
    in_flight: Semaphore,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("config", &self.inner.config)
            .finish_non_exhaustive()
    }
}

/// One TLS library in the whole program: ring, which the updater uses too.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // an error means that somebody else in this process was first
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Http {
    /// The only constructor of a client.
    pub fn new(
        config: HttpConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, Problem> {
        install_tls();
        let near = Self::builder(&config)
            .no_proxy()
            .tls_certs_only([])
            .build()
            .map_err(|error| Problem::new(Code::Internal).with("detail", error))?;
        let in_flight = Semaphore::new(config.max_in_flight.max(1));
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                clock,
                ids,
                near,
                far: OnceLock::new(),
                in_flight,
            }),
            observer: None,
        })
    }

    /// The same client, telling `observer` of every exchange.
    #[must_use]
    pub fn observed(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The clock by which this client waits.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The source of jitter and ids.
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.inner.ids
    }

    fn builder(config: &HttpConfig) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(config.user_agent.clone())
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.read_timeout)
            .timeout(config.total_timeout)
            // an API that redirects is not the API that was meant; a token must not follow
            .redirect(Policy::none())
    }

    fn client_for(&self, request: &HttpRequest) -> Result<&reqwest::Client, TransportError> {
        if is_loopback(&request.url) {
            return Ok(&self.inner.near);
        }
        if self.inner.config.only_here {
            return Err(TransportError::NotSent {
                detail: "practice never leaves this computer".to_owned(),
            });
        }
        if request.url.scheme() != "https" {
            return Err(TransportError::NotSent {
                detail: "only https leaves this computer".to_owned(),
            });
        }
        self.inner
            .far
            .get_or_init(|| {
                Self::builder(&self.inner.config)
                    .https_only(true)
                    .build()
                    .map_err(|error| error.to_string())
            })
            .as_ref()
            .map_err(|detail| TransportError::NotSent {
                detail: detail.clone(),
            })
    }

    /// Makes one call. Any status is an answer; an error means that none came.
    ///
    /// Logs method, host, path, status, duration and the remote's request id; never a query, header or body.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let trace = self
            .observer
            .as_ref()
            .map(|_| Exchange::begin(&request, self.inner.clock.now()));
        let started = self.inner.clock.now();
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let path = request.url.path().to_owned();
        let method = request.method.clone();
        let label = request.label.clone().unwrap_or_default();
        let confidential = request.confidential;

        let mut result = self.call(request).await;
        let elapsed = (self.inner.clock.now() - started)
            .to_std()
            .unwrap_or_default();
        match &mut result {
            Ok(answer) => {
                answer.elapsed = elapsed;
                tracing::debug!(%method, host, path, label, status = answer.status, ms = elapsed.as_millis(), request_id = answer.request_id(), "call");
            }
            Err(error) => {
                tracing::warn!(%method, host, path, label, ms = elapsed.as_millis(), %error, "call failed");
            }
        }
        if let (Some(observer), Some(trace)) = (&self.observer, trace) {
            observer.exchange(trace.end(&result, elapsed, confidential));
        }
        result
    }

    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let client = self.client_for(&request)?;
        let _permit =
            self.inner
                .in_flight
                .acquire()
                .await
                .map_err(|_| TransportError::NotSent {
                    detail: "the client is closed".to_owned(),
                })?;
        let mut builder = client.request(request.method, request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        for (name, value) in request.secret_headers {
            let mut value =
                reqwest::header::HeaderValue::from_str(value.expose_secret()).map_err(|_| {
                    TransportError::NotSent {
                        detail: format!(
                            "the value of {name} has characters that no header can have"
                        ),
                    }
                })?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        builder = match request.body {
            Body::None => builder,
            Body::Json(value) => builder.json(&value),
            Body::Form(fields) => builder.form(
                &fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.expose_secret()))
                    .collect::<Vec<_>>(),
            ),
            Body::Text { content_type, text } => builder
                .header(reqwest::header::CONTENT_TYPE, content_type)
                .body(text),
        };
        let mut answer = builder.send().await?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > self.inner.config.max_answer {
                return Err(TransportError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(HttpResponse {
            status,
            headers,
            body,
            elapsed: Duration::ZERO,
        })
    }
}
