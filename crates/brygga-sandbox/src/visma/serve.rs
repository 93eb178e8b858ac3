//! From the socket to the resource and back: faults, quota, permission, counting, record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use brygga_core::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::change::{self, Change};
use super::connect::Company;
use super::exchange::{Call, Content, Reply, pairs, segments};
use super::wire::Scissors;
use super::world::World;
use super::{VismaConfig, background, connect, control, erp, orders, sign_in, trade};
use crate::broken;
use crate::faults::{Fault, Faults, Side};
use crate::record::Recorder;
use crate::visma::data::VismaData;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) world: Mutex<World>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) recorder: Arc<Recorder>,
    /// For a reset.
    pub(crate) origin: (VismaConfig, VismaData),
}

impl Shared {
    pub(crate) fn change(&self, change: Change) -> Option<String> {
        let mut world = self.lock();
        change::apply(&mut world, change)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.arrive(self.clock.now());
        world
    }
}

pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Reply::empty(413).into_http(false);
    };
    let path = parts.uri.path().to_owned();
    let raw_query = parts.uri.query().map(str::to_owned);
    let call = Call {
        method: parts.method.as_str().to_owned(),
        segments: segments(&path),
        query: raw_query.as_deref().map(pairs).unwrap_or_default(),
        path,
        raw_query,
        headers: parts.headers,
        body,
    };
    if call.path.starts_with("/__control") {
        return control::serve(&shared, &call).await.into_http(false);
    }
    let fault = shared
        .faults
        .next_with(&call.method, &call.path, &call.body);
    let (reply, lost) = answer(&shared, &call, fault.as_ref());
    record(&shared, &call, &reply);
    match lost {
        Lost::No => {}
        Lost::Never => return broken::unanswered().await,
        Lost::Cut => {
            scissors.cut();
            return broken::cut();
        }
    }
    match fault {
        Some(Fault::SlowBody { millis }) => {
            broken::pause(Duration::from_millis(millis)).await;
            reply.into_http(false)
        }
        fault => reply.into_http(fault == Some(Fault::TruncatedJson)),
    }
}

/// Does the answer arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    No,
    Never,
    Cut,
}

/// The answer, after its effect unless the fault comes before it.
fn answer(shared: &Shared, call: &Call, fault: Option<&Fault>) -> (Reply, Lost) {
    let mut world = shared.lock();
    let world = &mut *world;
    world.stale = match fault {
        Some(Fault::StaleIndex { seconds }) => TimeDelta::seconds(i64::from(*seconds)),
        _ => TimeDelta::zero(),
    };
    count(world, call);
    let instead = match fault {
        Some(Fault::TooMany { retry_after_s }) => {
            Some((too_many(i64::from(*retry_after_s)), Lost::No))
        }
        Some(Fault::Throttled) => Some((too_many(2), Lost::No)),
        Some(Fault::Status {
            code,
            committed: false,
        }) => Some((failure(*code), Lost::No)),
        Some(Fault::Timeout { committed: false }) => Some((Reply::empty(504), Lost::Never)),
        Some(Fault::Cut { committed: false }) => Some((Reply::empty(502), Lost::Cut)),
        Some(Fault::Html { code }) => Some((Reply::html(*code), Lost::No)),
        Some(Fault::Unauthorized) => {
            world.connect.drop_tokens();
            Some((unauthorized(), Lost::No))
        }
        Some(Fault::RevokedGrant) => {
            world.connect.drop_tokens();
            world.connect.revoked = true;
            let token = is_token(call);
            Some((
                if token {
                    Reply::json_with(400, json!({"error": "invalid_grant"}))
                } else {
                    unauthorized()
                },
                Lost::No,
            ))
        }
        Some(Fault::PreconditionFailed) if call.is_write() && !is_token(call) => Some((
            Reply::problem(
                412,
                "Precondition Failed",
                Some("Somebody else has changed the record."),
            ),
            Lost::No,
        )),
        _ => None,
    };
    let (reply, lost) = instead.unwrap_or_else(|| {
        let reply = dispatch(world, call);
        match fault {
            Some(Fault::Status { code, .. }) => (failure(*code), Lost::No),
            Some(Fault::Timeout { .. }) => (reply, Lost::Never),
            Some(Fault::Cut { .. }) => (reply, Lost::Cut),
            Some(Fault::EmptyPage) if call.method == "GET" => (reply.emptied(), Lost::No),
            _ => (reply, Lost::No),
        }
    });
    let reply = if is_token(call) {
        reply
    } else {
        world.window.mark(world.now, reply)
    };
    let id = Uuid::from_u64_pair(
        0x6970_7000_0000_4000,
        0x8000_0000_0000_0000 | (world.counters.calls + world.counters.tokens),
    );
    (reply.with("ipp-request-id", id.to_string()), lost)
}

fn is_token(call: &Call) -> bool {
    call.path.starts_with("/connect/")
}

fn count(world: &mut World, call: &Call) {
    let counters = &mut world.counters;
    if is_token(call) {
        counters.tokens += 1;
        return;
    }
    counters.calls += 1;
    if call.is_write() {
        counters.writes += 1;
    }
}

fn too_many(seconds: i64) -> Reply {
    Reply::json_with(429, json!({"message": "Rate limit is exceeded."}))
        .with("retry-after", seconds.to_string())
}

fn failure(code: u16) -> Reply {
    Reply::json_with(code, json!({"message": "An error has occurred."}))
}

fn unauthorized() -> Reply {
    Reply::empty(401).with("www-authenticate", "Bearer")
}

/// Quota, permission, then the resource.
fn dispatch(world: &mut World, call: &Call) -> Reply {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    if is_token(call) {
        return match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["connect", "token"]) => connect::token(world, call),
            (_, ["connect", "token"]) => Reply::empty(405),
            ("GET" | "POST", ["connect", "authorize"]) => sign_in::authorize(world, call),
            _ => Reply::empty(404),
        };
    }
    if let Err(seconds) = world.window.take(world.now) {
        return too_many(seconds);
    }
    let lower: Vec<String> = parts
        .iter()
        .take(3)
        .map(|part| part.to_lowercase())
        .collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let scope = match lower.as_slice() {
        ["api", "v3", ..] if call.is_write() => "visma.net.erp.salesorder:write",
        ["api", "v3", ..] => "visma.net.erp.salesorder:read",
        ["v1" | "v2", ..] => erp::scope(&call.method),
        _ => return Reply::empty(404),
    };
    match world
        .connect
        .admit(call.header("authorization"), scope, world.now)
    {
        Err(401) => unauthorized(),
        Err(status) => Reply::empty(status),
        Ok(Company::Practice) => serve(world, call, &parts, &lower),
        Ok(Company::Other) => {
            let now = world.now;
            let sister = world.sister();
            sister.arrive(now);
            serve(sister, call, &parts, &lower)
        }
    }
}

fn serve(world: &mut World, call: &Call, parts: &[&str], lower: &[&str]) -> Reply {
    match lower {
        ["api", "v3", "salesorders"] => orders::serve(world, call, &parts[3..]),
        ["api", "v3", resource] => trade::serve(world, call, resource, &parts[3..]),
        [version @ ("v1" | "v2"), ..] => background::serve(world, call, version, &parts[1..]),
        _ => Reply::empty(404),
    }
}

fn record(shared: &Shared, call: &Call, reply: &Reply) {
    let text = || String::from_utf8_lossy(&call.body).into_owned();
    let body: Option<Value> = (!call.body.is_empty())
        .then(|| serde_json::from_slice(&call.body).unwrap_or_else(|_| Value::String(text())));
    shared.recorder.record(
        Side::Visma,
        &call.method,
        &call.path,
        call.raw_query.as_deref(),
        body.as_ref(),
        reply.status,
        None,
        call.header("user-agent"),
    );
    if let Content::Problem(problem) = &reply.content {
        tracing::debug!(method = %call.method, path = %call.path, status = reply.status, %problem, "the practice Visma.net refused a request");
    }
}
