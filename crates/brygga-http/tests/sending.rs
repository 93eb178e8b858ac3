//! What `Http::send` tells of a call, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by a panic"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_core::clock::JumpClock;
use brygga_core::ids::CountingIds;
use brygga_core::policy::{Outcome, RetryPolicy};
use brygga_core::{Clock, Code};
use brygga_http::{
    Exchange, HeaderName, Http, HttpConfig, HttpRequest, Observer, TransportError, Url, Verdict,
    about,
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn start() -> DateTime<Utc> {
    "2026-10-01T00:00:00Z".parse().unwrap()
}

fn http_with(config: HttpConfig) -> (Http, Arc<JumpClock>) {
    let clock = Arc::new(JumpClock::at(start()));
    let shared: Arc<dyn Clock> = Arc::<JumpClock>::clone(&clock);
    (
        Http::new(config, shared, Arc::new(CountingIds::from_seed(1))).unwrap(),
        clock,
    )
}

fn http() -> (Http, Arc<JumpClock>) {
    http_with(HttpConfig {
        total_timeout: Duration::from_secs(5),
        ..HttpConfig::default()
    })
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A server that takes one request after the other and answers each with these bytes, then hangs up.
async fn raw_server(answer: &'static [u8], wait: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(answer).await;
            // a server that is slow, in real time
            let _ = tokio::time::timeout(wait, std::future::pending::<()>()).await;
        }
    });
    address
}

#[tokio::test]
async fn a_refused_connection_was_surely_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = http()
        .0
        .send(HttpRequest::get(url(&address)))
        .await
        .unwrap_err();
    assert!(matches!(error, TransportError::NotSent { .. }), "{error:?}");
    let problem = error.problem("Shopify");
    assert_eq!(problem.code, Code::RemoteUnreachable);
    assert_eq!(problem.params["remote"], "Shopify");
}

#[tokio::test]
async fn plain_http_never_leaves_this_computer() {
    let error = http()
        .0
        .send(HttpRequest::get(url("http://192.0.2.1/")))
        .await
        .unwrap_err();
    assert!(matches!(error, TransportError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_cut_connection_leaves_the_outcome_unknown() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half",
    ] {
        let address = raw_server(answer, Duration::ZERO).await;
        let error = http()
            .0
            .send(HttpRequest::post(url(&address)).json(json!({})))
            .await
            .unwrap_err();
        assert!(
            matches!(error, TransportError::Unknown { timeout: false, .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn no_answer_in_time_leaves_the_outcome_unknown() {
    let address = raw_server(b"", Duration::from_secs(20)).await;
    let (http, _) = http_with(HttpConfig {
        total_timeout: Duration::from_millis(200),
        ..HttpConfig::default()
    });
    let error = http
        .send(HttpRequest::post(url(&address)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, TransportError::Unknown { timeout: true, .. }),
        "{error:?}"
    );
    assert_eq!(error.problem("Shopify").code, Code::RemoteTimeout);
}

#[tokio::test]
async fn an_answer_without_end_is_not_taken_in() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_string("x".repeat(5000)))
        .mount(&server)
        .await;
    let (http, _) = http_with(HttpConfig {
        max_answer: 1000,
        ..HttpConfig::default()
    });
    assert_eq!(
        http.send(HttpRequest::get(url(&server.uri())))
            .await
            .unwrap_err(),
        TransportError::TooLarge
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_no_token_follows_it() {
    let server = MockServer::start().await;
    Mock::given(path("/a"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/b"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/b"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    let token = SecretString::from("t".to_owned());
    let answer = http()
        .0
        .send(HttpRequest::get(url(&format!("{}/a", server.uri()))).bearer(&token))
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn headers_go_and_come() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(header("host", "fjord.myshopify.com"))
        .and(header("authorization", "Bearer t"))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("X-Request-Id", "abc")
                .insert_header("Retry-After", "2.0")
                .set_body_string("ok"),
        )
        .mount(&server)
        .await;
    let request = HttpRequest::post(url(&server.uri()))
        .header(HeaderName::from_static("host"), "fjord.myshopify.com")
        .bearer(&SecretString::from("t".to_owned()));
    let answer = http().0.send(request).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert_eq!(answer.header("x-REQUEST-id"), Some("abc"));
    assert_eq!(answer.retry_after(), Some(Duration::from_secs(2)));
}

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Exchange>>);

impl Observer for Notes {
    fn exchange(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

#[tokio::test]
async fn the_story_knows_its_subject_and_no_secret() {
    let server = MockServer::start().await;
    Mock::given(path("/api"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"email": "kari@example.no", "total": "10.0"})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"access_token": "hush"})))
        .mount(&server)
        .await;
    let notes = Arc::new(Notes::default());
    let observer: Arc<dyn Observer> = Arc::<Notes>::clone(&notes);
    let http = http().0.observed(observer);
    let secret = || SecretString::from("hush".to_owned());
    about("order:1", async {
        let request = HttpRequest::post(url(&format!(
            "{}/api?email=kari@example.no&page=1",
            server.uri()
        )))
        .secret_header(HeaderName::from_static("x-token"), secret())
        .json(json!({"password": "hush", "lines": [1]}))
        .label("Orders");
        http.send(request).await.unwrap();
        let request = HttpRequest::post(url(&format!("{}/token", server.uri())))
            .form(vec![("client_secret".to_owned(), secret())]);
        http.send(request).await.unwrap();
    })
    .await;
    http.send(HttpRequest::get(url("http://192.0.2.1/")))
        .await
        .unwrap_err();

    let notes = notes.0.lock().unwrap();
    assert_eq!(notes.len(), 3);
    assert_eq!(notes[0].subject.as_deref(), Some("order:1"));
    assert_eq!(notes[0].label.as_deref(), Some("Orders"));
    assert_eq!(notes[0].path, "/api?email=(hidden)&page=1");
    assert_eq!(notes[0].status, Some(200));
    assert!(notes[0].answer.as_deref().unwrap().contains("10.0"));
    assert_eq!((&notes[1].request, &notes[1].answer), (&None, &None));
    assert_eq!((notes[2].status, notes[2].subject.as_deref()), (None, None));
    let told = format!("{notes:?}");
    assert!(!told.contains("hush") && !told.contains("kari"), "{told}");
}

/// 2xx is done, 429 busy, 5xx unknown.
fn judge(result: Result<brygga_http::HttpResponse, TransportError>) -> Verdict<u16, String> {
    match result {
        Ok(answer) if answer.is_success() => Verdict::Done(answer.status),
        Ok(answer) if answer.status == 429 => Verdict::Again {
            outcome: Outcome::Busy {
                retry_after: answer.retry_after(),
            },
            otherwise: "busy".to_owned(),
        },
        Ok(answer) if answer.status >= 500 => Verdict::Again {
            outcome: Outcome::Unknown,
            otherwise: "broken".to_owned(),
        },
        Ok(answer) => Verdict::Failed(answer.status.to_string()),
        Err(error) => Verdict::Again {
            outcome: error.outcome(),
            otherwise: error.to_string(),
        },
    }
}

async fn tries(statuses: &[u16], repeatable: bool) -> (Result<u16, String>, usize, Duration) {
    let server = MockServer::start().await;
    for status in statuses {
        let answer = ResponseTemplate::new(*status).insert_header("Retry-After", "30");
        Mock::given(method("POST"))
            .respond_with(answer)
            .up_to_n_times(1)
            .mount(&server)
            .await;
    }
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(500))
        .mount(&server)
        .await;
    let (http, clock) = http();
    let address = url(&server.uri());
    let result = http
        .send_with_retry(
            &RetryPolicy::default(),
            repeatable,
            || async { Ok(HttpRequest::post(address.clone())) },
            judge,
        )
        .await;
    let sent = server.received_requests().await.unwrap().len();
    (result, sent, (clock.now() - start()).to_std().unwrap())
}

#[tokio::test]
async fn a_read_is_repeated_within_bounds() {
    assert_eq!(tries(&[500, 503, 200], true).await.0, Ok(200));
    let (result, sent, _) = tries(&[], true).await;
    assert_eq!((result, sent), (Err("broken".to_owned()), 5));
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_sent_once() {
    let (result, sent, waited) = tries(&[500, 200], false).await;
    assert_eq!(
        (result, sent, waited),
        (Err("broken".to_owned()), 1, Duration::ZERO)
    );
}

#[tokio::test]
async fn a_write_refused_for_lack_of_time_is_sent_again_after_the_asked_wait() {
    let (result, sent, waited) = tries(&[429, 429, 200], false).await;
    assert_eq!((result, sent), (Ok(200), 3));
    assert!(waited >= Duration::from_mins(1), "{waited:?}");
}

#[tokio::test]
async fn a_refusal_is_final() {
    let (result, sent, _) = tries(&[422, 200], true).await;
    assert_eq!((result, sent), (Err("422".to_owned()), 1));
}
