//! Quota, 429, break-downs: what is repeated, what is never sent twice, and how long is waited (`facts/visma` 3, 5, 15).

use std::time::Duration;

use brygga_core::Code;
use brygga_core::policy::RetryPolicy;
use brygga_visma::CallError;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::customers::draft;
use crate::world::{World, ok, raw};

fn customer() -> ResponseTemplate {
    ok(&json!({"number": "7", "internalId": 1}))
}

#[tokio::test]
async fn a_429_is_waited_for_as_long_as_it_says_also_for_a_post() {
    let world = World::new().await;
    world
        .answer_times(
            1,
            "POST",
            "/v1/customer",
            raw(429, "", "text/plain").insert_header("retry-after", "37"),
        )
        .await;
    world
        .answer(
            "POST",
            "/v1/customer",
            ResponseTemplate::new(201).insert_header(
                "location",
                "https://api.finance.visma.net/v1/customer/10045",
            ),
        )
        .await;
    assert_eq!(
        world.visma.create_customer(&draft()).await.as_deref(),
        Ok("10045")
    );
    assert_eq!(world.calls().await.len(), 2);
    let waited = world.waited();
    assert!(
        waited >= Duration::from_secs(37) && waited < Duration::from_secs(90),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_429_without_end_is_given_up_and_was_surely_not_done() {
    let world = World::new().await;
    world
        .answer(
            "POST",
            "/v1/customer",
            raw(429, "", "text/plain").insert_header("retry-after", "5"),
        )
        .await;
    let error = world
        .visma
        .create_customer(&draft())
        .await
        .expect_err("busy");
    assert!(
        matches!(&error, CallError::NotSent(problem) if problem.code == Code::RemoteBusy),
        "{error}"
    );
    assert_eq!(
        world.calls().await.len(),
        RetryPolicy::default().max_attempts as usize
    );

    // Longer than anybody waits: not at all.
    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/customer/7",
            raw(429, "", "text/plain").insert_header("retry-after", "86400"),
        )
        .await;
    assert_eq!(
        world.visma.customer("7").await.expect_err("busy").code,
        Code::RemoteBusy
    );
    assert_eq!(
        (world.calls().await.len(), world.waited()),
        (1, Duration::ZERO)
    );
}

#[tokio::test]
async fn the_quota_is_kept_before_a_429_comes() {
    let world = World::new().await;
    let limits = |remaining: u32, reset: u32| {
        customer()
            .insert_header("x-ratelimit-limit", "500")
            .insert_header("x-ratelimit-remaining", remaining.to_string())
            .insert_header("x-ratelimit-reset", reset.to_string())
    };
    world
        .answer_times(1, "GET", "/v1/customer/7", limits(5, 120))
        .await;
    world
        .answer("GET", "/v1/customer/7", limits(499, 3600))
        .await;
    world.visma.customer("7").await.expect("read");
    assert_eq!(world.waited(), Duration::ZERO);
    assert_eq!(world.visma.calls_left().map(|(left, _)| left), Some(5));
    world.visma.customer("7").await.expect("read");
    assert_eq!(world.waited(), Duration::from_mins(2));
    world.visma.customer("7").await.expect("read");
    assert_eq!(world.waited(), Duration::from_mins(2));
}

#[tokio::test]
async fn the_two_services_have_windows_of_their_own() {
    let world = World::new().await;
    let spent = customer()
        .insert_header("x-ratelimit-limit", "500")
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-reset", "600");
    world.answer("GET", "/v1/customer/7", spent).await;
    world
        .answer(
            "GET",
            "/api/v3/SalesOrders",
            ok(&json!({"value": [], "totalCount": 0})),
        )
        .await;
    world.visma.customer("7").await.expect("read");
    world.visma.find_orders("#1001").await.expect("read");
    assert_eq!(world.waited(), Duration::ZERO);
}

#[tokio::test]
async fn a_broken_read_is_repeated_and_a_broken_write_never() {
    let world = World::new().await;
    world
        .answer_times(
            2,
            "GET",
            "/v1/customer/7",
            raw(503, "<html>Bad gateway</html>", "text/html"),
        )
        .await;
    world.answer("GET", "/v1/customer/7", customer()).await;
    assert!(world.visma.customer("7").await.expect("read").is_some());
    assert_eq!(world.calls().await.len(), 3);

    for status in [500, 502, 503, 504, 408] {
        let world = World::new().await;
        world
            .answer(
                "POST",
                "/v1/customer",
                raw(
                    status,
                    r#"{"message":"VismaId: 1-2. Error creating customer."}"#,
                    "application/json",
                ),
            )
            .await;
        let error = world
            .visma
            .create_customer(&draft())
            .await
            .expect_err("broken");
        assert!(error.may_have_happened(), "{status}: {error}");
        assert_eq!(world.calls().await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn reads_give_up_after_a_bounded_number_of_tries() {
    let mut world = World::new().await;
    world.with_policy(RetryPolicy {
        max_attempts: 3,
        ..RetryPolicy::default()
    });
    world
        .answer(
            "GET",
            "/v1/customer/7",
            raw(
                500,
                r#"{"message":"VismaId: abc-1. Something broke"}"#,
                "application/json",
            ),
        )
        .await;
    let problem = world.visma.customer("7").await.expect_err("broken");
    assert_eq!(
        (
            problem.code,
            problem.params["status"].as_str(),
            problem.params["support"].as_str()
        ),
        (Code::RemoteBroken, "500", "abc-1")
    );
    assert_eq!(world.calls().await.len(), 3);
}

#[tokio::test]
async fn a_timeout_of_a_write_is_an_unknown_outcome() {
    let world = World::new().await;
    world
        .answer(
            "POST",
            "/v1/customer",
            ResponseTemplate::new(201).set_delay(Duration::from_secs(2)),
        )
        .await;
    let error = world
        .visma
        .create_customer(&draft())
        .await
        .expect_err("no answer");
    assert!(
        matches!(&error, CallError::Unknown(problem) if problem.code == Code::RemoteTimeout),
        "{error}"
    );
    assert_eq!(world.calls().await.len(), 1);
}

#[tokio::test]
async fn without_a_server_nothing_was_sent() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let clock = std::sync::Arc::new(brygga_core::JumpClock::at(crate::world::start()));
    let visma =
        brygga_visma::Visma::new(crate::world::config(&address), crate::world::http(&clock))
            .expect("a client");
    let error = visma
        .create_customer(&draft())
        .await
        .expect_err("nobody there");
    assert!(
        matches!(&error, CallError::NotSent(problem) if problem.code == Code::RemoteUnreachable),
        "{error}"
    );
}

#[tokio::test]
async fn at_most_four_calls_are_under_way() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&now), Arc::clone(&most));
    let server = tokio::spawn(async move {
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                return;
            };
            let (now, most) = (Arc::clone(&counters.0), Arc::clone(&counters.1));
            tokio::spawn(serve(socket, now, most));
        }
    });
    let clock = Arc::new(brygga_core::JumpClock::at(crate::world::start()));
    let visma =
        brygga_visma::Visma::new(crate::world::config(&address), crate::world::http(&clock))
            .expect("a client");
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let visma = visma.clone();
            tokio::spawn(async move { visma.customer("7").await })
        })
        .collect();
    for call in calls {
        assert!(call.await.expect("no panic").expect("read").is_some());
    }
    server.abort();
    let most = most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most}");
}

/// Answers every request on one connection after a little while, and counts how many wait.
async fn serve(
    mut socket: tokio::net::TcpStream,
    now: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    most: std::sync::Arc<std::sync::atomic::AtomicUsize>,
) {
    use std::sync::atomic::Ordering;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = socket.read(&mut buffer).await {
        if read == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
        let body = if text.starts_with("POST /connect/token") {
            r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#
        } else {
            let under_way = now.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(under_way, Ordering::SeqCst);
            #[allow(
                clippy::disallowed_methods,
                reason = "the server's own slowness, not the product's waiting"
            )]
            tokio::time::sleep(Duration::from_millis(20)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            r#"{"number":"7"}"#
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
