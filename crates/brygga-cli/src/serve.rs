//! `brygga serve`: the screens and their commands on loopback, for a browser of this computer.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::StringRejection;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use brygga_api::contract::Nothing;
use brygga_api::{ApiError, Event, Pair, PairEvent, PairHost, Pairs, Watch, misused};
use brygga_core::Code;
use brygga_http::loopback_only;
use brygga_practice::{PracticeStage, SPEED, practice_host};
use brygga_sandbox::Identity;
use serde::Deserialize;
use serde_json::Value;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;
use tower_http::services::ServeDir;

use crate::arguments::Serve;
use crate::data_dir;
use crate::end::End;
use crate::print;
use crate::stop;

/// A message names its pair here; one that names none is for the pair that is shown.
const PAIR: &str = "x-brygga-pair";

struct Served {
    pairs: Arc<Pairs>,
    token: String,
    host: String,
}

pub(crate) async fn run(options: Serve, folder: Option<PathBuf>) -> Result<End, End> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(|error| End::Fault(error.to_string()))?;
    let address = listener
        .local_addr()
        .map_err(|error| End::Fault(error.to_string()))?;
    let pairs = start(&options, folder).await?;
    let token = uuid::Uuid::new_v4().simple().to_string();
    pairs.keep_in_step();
    let served = Arc::new(Served {
        pairs: Arc::clone(&pairs),
        token: token.clone(),
        host: address.to_string(),
    });
    let app = Router::new()
        .route("/rpc/{name}", post(rpc))
        .route("/events", get(events))
        .with_state(Arc::clone(&served))
        .fallback_service(ServeDir::new(&options.ui))
        .layer(middleware::from_fn_with_state(served, only_here));
    print::line(format_args!("listening on http://{address}/#token={token}"));
    tokio::select! {
        result = async { axum::serve(listener, app).await } => result.map_err(|error| End::Fault(error.to_string()))?,
        () = stop::asked() => {}
    }
    pairs.close(stop::PATIENCE).await;
    Ok(End::Done)
}

/// The pairs that are served: practice alone, or the pair of the folder with practice beside it.
async fn start(options: &Serve, folder: Option<PathBuf>) -> Result<Arc<Pairs>, End> {
    let stage = PracticeStage {
        orders: options.orders,
        seed: options.seed,
        speed: SPEED,
        faults: options.faults.clone(),
        fresh: options.fresh,
    };
    if options.practice {
        let first = stage.staged(1).await?;
        for (name, address) in [
            ("shopify", first.pair.shop_address()),
            ("visma", first.pair.company_address()),
        ] {
            let address = address.unwrap_or_default();
            print::line(format_args!("practice {name} at {address}"));
        }
        return Ok(Pairs::practice(first, Arc::new(stage)));
    }
    let ground = Arc::new(data_dir::open(folder)?);
    let host = match (&options.shopify_url, &options.visma_url) {
        (Some(shopify), Some(visma)) => {
            loopback_only(shopify)?;
            loopback_only(visma)?;
            let patience = PairHost::default().patience;
            practice_host(&Identity::default(), shopify, visma, patience)
        }
        _ => PairHost::default(),
    };
    let pair = Pair::open(ground, Watch::new(), host)?;
    Ok(Pairs::of_one(pair, Some(Arc::new(stage))))
}

/// Only pages of this very server may talk to it: a foreign page in the same browser has another Origin, and a name that
/// was made to point here has another Host.
async fn only_here(
    State(served): State<Arc<Served>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let own_host = text(header::HOST).is_some_and(|host| host == served.host);
    let own_origin =
        text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{}", served.host));
    let mut response = if own_host && own_origin {
        next.run(request).await
    } else {
        refused(
            StatusCode::FORBIDDEN,
            "This address serves its own page only.",
        )
    };
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The same policy as the desktop window's (`tauri.conf.json`), but that commands and events go to this server. A browser must also not
/// guess what a file is, nor tell others of this address, nor show the page in somebody else's.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; \
         script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The command that is handed a whole table, and how long it may be: more than the longest that the page makes. All others keep to the
/// web server's own 2 MB.
const LONG: (&str, usize) = ("spreadsheet", 256 << 20);

async fn rpc(
    State(served): State<Arc<Served>>,
    Path(name): Path<String>,
    mut request: Request,
) -> Response {
    let headers = request.headers().clone();
    // Nobody without the token makes it read anything.
    if headers
        .get("x-brygga-token")
        .and_then(|value| value.to_str().ok())
        != Some(served.token.as_str())
    {
        return refused(
            StatusCode::UNAUTHORIZED,
            "The page was opened without its token. Open the address that was printed.",
        );
    }
    if name == LONG.0 {
        DefaultBodyLimit::max(LONG.1).apply(&mut request);
    }
    let body = String::from_request(request, &()).await;
    let result = match (named(&headers), payload(body)) {
        (Ok(pair), Ok(payload)) => served.pairs.call(pair, &name, payload).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match result {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) if error.code == Code::WrongUse.as_str() => {
            (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error)).into_response(),
    }
}

/// The pair that a message is for. A name that cannot be read is none of ours: it must never reach the pair that happens to be shown.
fn named(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut names = headers.get_all(PAIR).iter();
    match (names.next().map(HeaderValue::to_str), names.next()) {
        (None, _) => Ok(None),
        (Some(Ok(name)), None) => Ok(Some(name)),
        _ => Err(misused("a message is for one pair, named by its id")),
    }
}

/// What was sent, as JSON; a body that is none (too long, no text, cut off) is refused before any command hears of it.
fn payload(body: Result<String, StringRejection>) -> Result<Value, ApiError> {
    let body = body.map_err(|error| misused(&error.body_text()))?;
    if body.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&body).map_err(|error| misused(&error.to_string()))
}

#[derive(Deserialize)]
struct Ticket {
    token: String,
}

async fn events(State(served): State<Arc<Served>>, Query(ticket): Query<Ticket>) -> Response {
    if ticket.token != served.token {
        return refused(
            StatusCode::UNAUTHORIZED,
            "The page was opened without its token.",
        );
    }
    let stream = BroadcastStream::new(served.pairs.events()).map(|event| {
        // What a slow page missed cannot be told again: it reads everything anew.
        let event = event.unwrap_or(PairEvent {
            pair: String::new(),
            event: Event::RecordsChanged(Nothing {}),
        });
        Ok::<_, Infallible>(
            Message::default().data(serde_json::to_string(&event).unwrap_or_default()),
        )
    });
    Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response()
}

fn refused(status: StatusCode, detail: &str) -> Response {
    (status, axum::Json(misused(detail))).into_response()
}
