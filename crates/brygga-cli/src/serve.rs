//! `brygga serve`: the screens and their commands on loopback, for a browser of this computer.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use brygga_api::contract::Nothing;
use brygga_api::{Api, ApiError, Event, Host, Watch};
use brygga_core::{Code, Problem};
use brygga_practice::{Practice, watched};
use brygga_sandbox::faults::Faults;
use serde::Deserialize;
use serde_json::Value;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;
use tower_http::services::ServeDir;

use crate::arguments::Serve;
use crate::data_dir;
use crate::end::End;
use crate::print;

struct Served {
    api: Arc<Api>,
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
    // The pair lives as long as the server.
    let mut practice = None;
    let api = if options.practice {
        let started = start_practice(&options).await?;
        let api = Arc::clone(&started.api);
        practice = Some(started);
        api
    } else {
        let ground = data_dir::open(folder)?;
        let watch = Watch::new();
        let engine =
            Arc::new(ground.engine(Arc::clone(&watch) as Arc<dyn brygga_engine::ports::Events>)?);
        let company = ground
            .check_company()
            .await
            .ok()
            .and_then(|report| report.company)
            .unwrap_or_default();
        let shop_admin = ground
            .shop()?
            .filter(|shop| shop.base_url.is_none())
            .map(|shop| format!("https://{}/admin", shop.domain));
        Api::new(
            engine,
            watch,
            Host {
                practice: false,
                company,
                shop_admin,
            },
        )
    };
    let token = uuid::Uuid::new_v4().simple().to_string();
    let served = Arc::new(Served {
        api,
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
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    tokio::select! {
        result = async { axum::serve(listener, app).await } => result.map_err(|error| End::Fault(error.to_string()))?,
        () = stop => {}
    }
    drop(practice);
    Ok(End::Done)
}

async fn start_practice(options: &Serve) -> Result<Practice, End> {
    let faults = Faults::profile(&options.faults, options.seed)
        .ok_or_else(|| End::Use(format!("There is no fault profile {}.", options.faults)))?;
    Ok(watched(options.orders, options.seed, faults).await?)
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
    if own_host && own_origin {
        next.run(request).await
    } else {
        refused(
            StatusCode::FORBIDDEN,
            "This address serves its own page only.",
        )
    }
}

async fn rpc(
    State(served): State<Arc<Served>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
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
    let payload = if body.trim().is_empty() {
        Ok(Value::Null)
    } else {
        serde_json::from_str(&body)
    };
    let result = match payload {
        Ok(payload) => served.api.call(&name, payload).await,
        Err(error) => Err(api_error(
            Problem::new(Code::WrongUse).with("detail", error),
        )),
    };
    match result {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) if error.code == Code::WrongUse.as_str() => {
            (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error)).into_response(),
    }
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
    let stream = BroadcastStream::new(served.api.events()).map(|event| {
        // What a slow page missed cannot be told again: it reads everything anew.
        let event = event.unwrap_or(Event::RecordsChanged(Nothing {}));
        Ok::<_, Infallible>(
            Message::default().data(serde_json::to_string(&event).unwrap_or_default()),
        )
    });
    Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response()
}

fn refused(status: StatusCode, detail: &str) -> Response {
    (
        status,
        axum::Json(api_error(
            Problem::new(Code::WrongUse).with("detail", detail),
        )),
    )
        .into_response()
}

fn api_error(problem: Problem) -> ApiError {
    ApiError {
        code: problem.code.to_string(),
        params: problem.params,
    }
}
