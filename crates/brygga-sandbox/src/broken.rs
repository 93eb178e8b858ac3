//! Answers that never arrive whole, for both servers: what a client sees of a fault on the wire.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;

/// How long a request that is never answered is held, in real time; most clients give up before.
const HOLD: Duration = Duration::from_mins(1);

/// Never answers: holds the connection until the client goes, at most a minute of real time, then cuts it.
pub async fn unanswered() -> Response {
    pause(HOLD).await;
    cut()
}

/// Lets real time pass. The practice pair's own clock may jump, but a client's time-outs count real seconds.
pub async fn pause(time: Duration) {
    // A wait for something that never comes: the clock of the pair must not move by it.
    let _elapsed = tokio::time::timeout(time, std::future::pending::<()>()).await;
}

/// Promises a long JSON body and ends the connection after its first bytes.
pub fn cut() -> Response {
    let pieces: [Result<Bytes, std::io::Error>; 2] = [
        Ok(Bytes::from_static(b"{\"")),
        Err(std::io::Error::new(
            std::io::ErrorKind::ConnectionReset,
            "cut by a fault",
        )),
    ];
    let mut response = Response::new(Body::from_stream(stream::iter(pieces)));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// The HTML page that a proxy puts in the way.
pub fn html(status: StatusCode) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

/// The first half of a body, as valid HTTP.
pub fn half(text: &str) -> String {
    let mut end = text.len() / 2;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
