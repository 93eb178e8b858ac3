//! From the socket to the answer and back: host, faults, token, version, counting, record.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::graphql::{self, Prepared, Tampering};
use super::token::{self, TokenAnswer};
use super::world::World;
use super::{Shared, control, versions};
use crate::broken;
use crate::faults::{Fault, Side};
use crate::visma::wire::Scissors;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;
/// Where tokens are had.
const TOKEN_PATH: &str = "/admin/oauth/access_token";
/// The text of every refused access token (`facts/shopify 1.5`).
const INVALID_TOKEN: &str =
    "[API] Invalid API key or access token (unrecognized login or wrong password)";

/// An answer before it goes out.
struct Reply {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    text: String,
    html: bool,
}

impl Reply {
    fn json(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            text: body.to_string(),
            html: false,
        }
    }

    fn html(status: StatusCode) -> Self {
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
        );
        Self {
            status,
            headers: Vec::new(),
            text,
            html: true,
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn into_http(self, truncated: bool) -> Response {
        let text = if truncated {
            broken::half(&self.text)
        } else {
            self.text
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let kind = if self.html {
            "text/html; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        };
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Does the answer arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    No,
    Never,
    Cut,
}

pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Reply::html(StatusCode::PAYLOAD_TOO_LARGE).into_http(false);
    };
    if parts.uri.path().starts_with("/__control") {
        let (status, body) = control::serve(&shared, &parts, &body).await;
        return Reply::json(status, &body).into_http(false);
    }
    let Served {
        reply,
        lost,
        fault,
        recorded,
        operation,
    } = answer(&shared, &parts, &body);
    let (method, path, query) = (parts.method.as_str(), parts.uri.path(), parts.uri.query());
    shared.recorder.record(
        Side::Shopify,
        method,
        path,
        query,
        recorded.as_ref(),
        reply.status.as_u16(),
        operation.as_deref(),
        parts
            .headers
            .get("user-agent")
            .and_then(|agent| agent.to_str().ok()),
    );
    match lost {
        Lost::No => {}
        Lost::Never => return broken::unanswered().await,
        Lost::Cut => {
            scissors.cut();
            return broken::cut();
        }
    }
    if let Some(Fault::SlowBody { millis }) = fault {
        broken::pause(Duration::from_millis(millis)).await;
    }
    reply.into_http(fault == Some(Fault::TruncatedJson))
}

/// An answer with what happens to it on its way.
struct Served {
    reply: Reply,
    lost: Lost,
    fault: Option<Fault>,
    recorded: Option<Value>,
    operation: Option<String>,
}

impl Served {
    fn plainly(reply: Reply) -> Self {
        Self {
            reply,
            lost: Lost::No,
            fault: None,
            recorded: None,
            operation: None,
        }
    }
}

fn answer(shared: &Shared, parts: &Parts, body: &Bytes) -> Served {
    let now = shared.clock.now();
    let mut world = shared.lock();
    let request_id = world.request_id(now);
    let domain = world.store.shop["myshopifyDomain"]
        .as_str()
        .unwrap_or_default();
    if !is_this_shop(&parts.headers, domain) {
        // No such shop: not JSON, whatever was asked (`facts/shopify 1.5`).
        return Served::plainly(Reply::html(StatusCode::NOT_FOUND));
    }
    let mut served = match (parts.method.as_str(), version_of(parts.uri.path())) {
        ("POST", _) if parts.uri.path() == TOKEN_PATH => {
            token_request(shared, &mut world, parts, body, now)
        }
        ("POST", Some(asked)) => {
            let version = versions::serving(asked, now);
            let mut served = graphql_request(shared, &mut world, parts, body, (now, &version));
            served.reply = served.reply.with("x-shopify-api-version", version);
            served
        }
        _ => Served::plainly(Reply::html(StatusCode::NOT_FOUND)),
    };
    served.reply = served.reply.with("x-request-id", request_id);
    served
}

/// A loopback host is the practice shop; so is its own domain. Any other domain is another shop.
fn is_this_shop(headers: &HeaderMap, domain: &str) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == domain
        || name == "localhost"
        || name == "[::1]"
        || name
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// `/admin/api/{version}/graphql.json`
fn version_of(path: &str) -> Option<&str> {
    path.strip_prefix("/admin/api/")?
        .strip_suffix("/graphql.json")
        .filter(|version| !version.contains('/'))
}

fn token_request(
    shared: &Shared,
    world: &mut World,
    parts: &Parts,
    body: &Bytes,
    now: DateTime<Utc>,
) -> Served {
    world.counters.tokens += 1;
    let fault = shared
        .faults
        .next(Side::Shopify, parts.method.as_str(), parts.uri.path(), None);
    let run = |world: &mut World| {
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(body);
        match token::fields(kind, &text).map(|fields| token::answer(world, &fields, now)) {
            Some(TokenAnswer::Token(body)) => Reply::json(StatusCode::OK, &body),
            Some(TokenAnswer::Refused(status, body)) => Reply::json(status, &body),
            None => Reply::html(StatusCode::BAD_REQUEST),
        }
    };
    faulty(world, fault, None, run)
}

fn graphql_request(
    shared: &Shared,
    world: &mut World,
    parts: &Parts,
    body: &Bytes,
    (now, version): (DateTime<Utc>, &str),
) -> Served {
    world.counters.calls += 1;
    let recorded: Option<Value> = serde_json::from_slice(body).ok();
    let prepared = recorded.as_ref().map(|body| prepare(world, body));
    if let Some(Ok(prepared)) = &prepared
        && prepared.is_mutation
    {
        if prepared.is_lease {
            world.counters.lease_writes += 1;
        } else {
            world.counters.writes += 1;
        }
    }
    let names: Vec<&str> = match &prepared {
        Some(Ok(prepared)) => prepared.names.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let fault = shared.faults.next_among(
        Side::Shopify,
        parts.method.as_str(),
        parts.uri.path(),
        &names,
    );
    let token = parts
        .headers
        .get("x-shopify-access-token")
        .and_then(|token| token.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let tampering = tampering(fault.as_ref());
    let operation = names.first().map(|&name| name.to_owned());
    let run = |world: &mut World| {
        if !world.admits(&token, now) {
            return unauthorized();
        }
        match &prepared {
            Some(Ok(prepared)) => Reply::json(
                StatusCode::OK,
                &graphql::run(world, prepared, now, tampering, version),
            ),
            Some(Err(refused)) => Reply::json(StatusCode::OK, refused),
            None => Reply::json(
                StatusCode::BAD_REQUEST,
                &json!({ "errors": { "query": "Required parameter missing or invalid" } }),
            ),
        }
    };
    let served = faulty(world, fault, Some(&token), run);
    Served {
        recorded,
        operation,
        ..served
    }
}

fn prepare(world: &mut World, body: &Value) -> Result<Prepared, Value> {
    let request = graphql::Request {
        query: body["query"].as_str().unwrap_or_default().to_owned(),
        variables: body["variables"].clone(),
        operation_name: body["operationName"].as_str().map(str::to_owned),
    };
    graphql::prepare(world, &request)
}

fn tampering(fault: Option<&Fault>) -> Tampering {
    Tampering {
        throttled: fault == Some(&Fault::Throttled),
        empty_lists: fault == Some(&Fault::EmptyPage),
        doubled: fault == Some(&Fault::Duplicate),
        stale_s: if let Some(Fault::StaleIndex { seconds }) = fault {
            *seconds
        } else {
            0
        },
    }
}

fn unauthorized() -> Reply {
    Reply::json(
        StatusCode::UNAUTHORIZED,
        &json!({ "errors": INVALID_TOKEN }),
    )
}

/// Answers by `run`, unless the fault comes before it; a committed fault loses the answer only after its effect.
fn faulty(
    world: &mut World,
    fault: Option<Fault>,
    token: Option<&str>,
    run: impl FnOnce(&mut World) -> Reply,
) -> Served {
    let failed = |code: u16| {
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Reply::json(
            status,
            &json!({ "errors": status.canonical_reason().unwrap_or("Error") }),
        )
    };
    let (reply, lost) = match &fault {
        Some(Fault::TooMany { retry_after_s }) => {
            world.counters.throttled += 1;
            (
                failed(429).with("retry-after", retry_after_s.to_string()),
                Lost::No,
            )
        }
        Some(Fault::Status { code, committed }) => {
            if *committed {
                let _lost = run(world);
            }
            (failed(*code), Lost::No)
        }
        Some(Fault::Timeout { committed: false }) => (failed(504), Lost::Never),
        Some(Fault::Timeout { committed: true }) => (run(world), Lost::Never),
        Some(Fault::Cut { committed: false }) => (failed(502), Lost::Cut),
        Some(Fault::Cut { committed: true }) => (run(world), Lost::Cut),
        Some(Fault::Html { code }) => (
            Reply::html(StatusCode::from_u16(*code).unwrap_or(StatusCode::BAD_GATEWAY)),
            Lost::No,
        ),
        Some(Fault::PreconditionFailed) => (failed(412), Lost::No),
        Some(Fault::Unauthorized) => {
            if let Some(token) = token {
                world.tokens.remove(token);
            }
            (unauthorized(), Lost::No)
        }
        Some(Fault::RevokedGrant) => {
            world.revoked = true;
            world.tokens.clear();
            (
                if token.is_some() {
                    unauthorized()
                } else {
                    run(world)
                },
                Lost::No,
            )
        }
        Some(Fault::Throttled) if token.is_none() => {
            (failed(429).with("retry-after", "2"), Lost::No)
        }
        Some(
            Fault::Throttled
            | Fault::SlowBody { .. }
            | Fault::TruncatedJson
            | Fault::EmptyPage
            | Fault::Duplicate
            | Fault::StaleIndex { .. },
        )
        | None => (run(world), Lost::No),
    };
    Served {
        reply,
        lost,
        fault,
        recorded: None,
        operation: None,
    }
}
