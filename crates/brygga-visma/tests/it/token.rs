//! Visma Connect (`facts/visma` 1).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_core::{Clock as _, Code, Problem};
use brygga_visma::{Access, RefreshKeeper, Rotation, SignedInAccess, Visma, VismaConfig};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use wiremock::matchers::{body_string_contains, header as has_header, method, path};
use wiremock::{Mock, Request, ResponseTemplate};

use crate::world::{World, header, ok, raw};

#[tokio::test]
async fn the_token_is_asked_for_as_a_form_with_the_tenant() {
    let world = World::new().await;
    world
        .answer("GET", "/v1/customer/7", raw(404, "", "text/plain"))
        .await;
    assert_eq!(world.visma.customer("7").await, Ok(None));

    let all = world.server.received_requests().await.expect("requests");
    let token = &all[0];
    assert_eq!(token.url.path(), "/connect/token");
    assert!(header(token, "content-type").starts_with("application/x-www-form-urlencoded"));
    assert!(
        header(token, "authorization").is_empty(),
        "the secret goes in the form"
    );
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&token.body)
        .into_owned()
        .collect();
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(field("grant_type"), Some("client_credentials"));
    assert_eq!(
        (
            field("client_id"),
            field("client_secret"),
            field("tenant_id")
        ),
        (Some("isv_test"), Some("hush-hush"), Some("tenant-1"))
    );
    let scopes: Vec<&str> = field("scope").unwrap_or_default().split(' ').collect();
    assert!(
        scopes.contains(&"vismanet_erp_service_api:read")
            && scopes.contains(&"visma.net.erp.salesorder:write"),
        "{scopes:?}"
    );
    assert_eq!(header(&all[1], "authorization"), "Bearer token-1");
    assert!(header(&all[1], "user-agent").starts_with("Brygga/"));
    for name in ["ipp-company-id", "ipp-application-type"] {
        assert!(
            header(&all[1], name).is_empty(),
            "{name} belongs to the old API"
        );
    }
}

#[tokio::test]
async fn one_token_for_many_calls_and_a_new_one_before_it_ends() {
    let world = World::new().await;
    world
        .answer("GET", "/v1/customer/7", raw(404, "", "text/plain"))
        .await;
    let many = (0..12).map(|_| {
        let visma = world.visma.clone();
        tokio::spawn(async move { visma.customer("7").await })
    });
    for call in many.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("no panic"), Ok(None));
    }
    assert_eq!(world.tokens().await, 1);
    world.clock.advance(Duration::from_secs(3600 - 61));
    assert_eq!(world.visma.customer("7").await, Ok(None));
    assert_eq!(world.tokens().await, 1);
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(world.visma.customer("7").await, Ok(None));
    assert_eq!(world.tokens().await, 2, "renewed in its last minute");
}

#[tokio::test]
async fn a_401_is_answered_with_one_new_token_and_no_more() {
    let world = World::new().await;
    world
        .answer_if(
            "GET",
            "/v1/customer/7",
            has_header("authorization", "Bearer token-1"),
            raw(401, "", "text/plain"),
        )
        .await;
    world
        .answer(
            "GET",
            "/v1/customer/7",
            ok(&json!({"number": "7", "internalId": 1})),
        )
        .await;
    let many = (0..8).map(|_| {
        let visma = world.visma.clone();
        tokio::spawn(async move { visma.customer("7").await })
    });
    for call in many.collect::<Vec<_>>() {
        assert_eq!(
            call.await
                .expect("no panic")
                .expect("a customer")
                .expect("there")
                .number,
            "7"
        );
    }
    assert_eq!(world.tokens().await, 2, "once for all");

    let world = World::new().await;
    world
        .answer("GET", "/v1/customer/7", raw(401, "", "text/plain"))
        .await;
    let problem = world.visma.customer("7").await.expect_err("refused");
    assert_eq!(
        (problem.code, problem.params["tenant"].as_str()),
        (Code::ErpTenantCustomer, "tenant-1")
    );
    assert_eq!((world.calls().await.len(), world.tokens().await), (2, 2));
}

#[tokio::test]
async fn every_refusal_of_a_token_has_its_code_and_stops_every_call() {
    let table = [
        (
            raw(400, r#"{"error":"invalid_client"}"#, "application/json"),
            Code::ErpCredentials,
        ),
        (
            raw(
                401,
                r#"{"error":"invalid_client","error_description":"no such client"}"#,
                "application/json",
            ),
            Code::ErpCredentials,
        ),
        (
            raw(400, r#"{"error":"invalid_tenant"}"#, "application/json"),
            Code::ErpTenant,
        ),
        (
            raw(400, r#"{"error":"invalid_scope"}"#, "application/json"),
            Code::ErpScope,
        ),
        (
            raw(200, "<html><title>Proxy</title></html>", "text/html"),
            Code::RemoteNotJson,
        ),
        (
            raw(200, r#"{"access_token": "cut"#, "application/json"),
            Code::RemoteNotJson,
        ),
        (raw(503, "", "text/plain"), Code::RemoteBroken),
        (raw(429, "", "text/plain"), Code::RemoteBusy),
    ];
    for (answer, code) in table {
        let world = World::without_token().await;
        world.answer("POST", "/connect/token", answer).await;
        let problem = world.visma.customer("7").await.expect_err("no token");
        assert_eq!(problem.code, code, "{problem}");
        let error = world
            .visma
            .create_customer(&crate::customers::draft())
            .await
            .expect_err("no token");
        assert!(
            matches!(&error, brygga_visma::CallError::NotSent(problem) if problem.code == code),
            "{error}"
        );
        assert!(world.calls().await.is_empty());
        assert!(!problem.to_string().contains("hush-hush"));
    }
}

#[tokio::test]
async fn a_short_breakdown_of_the_token_service_is_waited_out() {
    let world = World::without_token().await;
    world
        .answer_times(2, "POST", "/connect/token", raw(502, "", "text/html"))
        .await;
    world
        .answer(
            "POST",
            "/connect/token",
            ok(&json!({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})),
        )
        .await;
    world
        .answer("GET", "/v1/customer/7", raw(404, "", "text/plain"))
        .await;
    assert_eq!(world.visma.customer("7").await, Ok(None));
    assert_eq!(world.tokens().await, 3);
}

#[tokio::test]
async fn the_check_tells_what_is_allowed() {
    let world = World::new().await;
    world.answer("GET", "/v1/branch", ok(&json!([{"number": "2", "name": "Lager"}, {"number": "1", "name": "Fjord AS", "isMainBranch": true}]))).await;
    world
        .answer(
            "GET",
            "/api/v3/SalesOrders",
            ok(&json!({"value": [], "totalCount": 0})),
        )
        .await;
    let report = world.visma.connect_check().await.expect("connected");
    assert_eq!(report.company.as_deref(), Some("Fjord AS"));
    assert!(report.complete(), "{report:?}");

    let world = World::new().await;
    world
        .answer(
            "GET",
            "/v1/branch",
            ok(&json!([{"number": "1", "name": "Fjord AS"}])),
        )
        .await;
    world
        .answer("GET", "/api/v3/SalesOrders", raw(403, "", "text/plain"))
        .await;
    let report = world.visma.connect_check().await.expect("connected");
    let denied: Vec<_> = report
        .permissions
        .iter()
        .filter(|permission| !permission.ok)
        .collect();
    assert_eq!(denied.len(), 1);
    assert_eq!(
        (denied[0].what, denied[0].code),
        ("read sales orders", Some(Code::ErpForbidden))
    );

    let world = World::new().await;
    world
        .answer("GET", "/v1/branch", raw(401, "", "text/plain"))
        .await;
    world
        .answer("GET", "/api/v3/SalesOrders", raw(401, "", "text/plain"))
        .await;
    assert_eq!(
        world.visma.connect_check().await.expect_err("refused").code,
        Code::ErpTenantCustomer
    );
}

#[tokio::test]
async fn the_check_names_the_scope_that_is_missing() {
    let world = World::without_token().await;
    Mock::given(method("POST"))
        .and(path("/connect/token"))
        .and(body_string_contains("salesorder%3Awrite"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_scope"})))
        .mount(&world.server)
        .await;
    world
        .answer(
            "POST",
            "/connect/token",
            ok(&json!({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})),
        )
        .await;
    let problem = world.visma.connect_check().await.expect_err("refused");
    assert_eq!(
        (problem.code, problem.params["scope"].as_str()),
        (Code::ErpScope, "visma.net.erp.salesorder:write")
    );
}

#[tokio::test]
async fn another_address_is_only_for_this_computer() {
    let clock = Arc::new(brygga_core::JumpClock::at(crate::world::start()));
    for bad in ["https://connect.visma.com.evil.example", "http://10.0.0.1"] {
        let problem = Visma::new(crate::world::config(bad), crate::world::http(&clock))
            .map(drop)
            .expect_err("refused");
        assert_eq!(problem.code, Code::AddressNotLoopback);
    }
}

/// A keeper in memory whose next `fails` tries to keep go wrong.
#[derive(Debug)]
struct Shelf {
    token: Mutex<String>,
    fails: AtomicUsize,
}

impl Shelf {
    fn with(token: &str) -> Arc<Self> {
        Arc::new(Self {
            token: Mutex::new(token.to_owned()),
            fails: AtomicUsize::new(0),
        })
    }

    fn token(&self) -> String {
        self.token.lock().expect("no panic").clone()
    }
}

impl RefreshKeeper for Shelf {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        Ok(Some(self.token().into()))
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        let failing = self
            .fails
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if failing.is_ok() {
            return Err(Code::StoreFull.into());
        }
        token
            .expose_secret()
            .clone_into(&mut self.token.lock().expect("no panic"));
        Ok(())
    }
}

/// Visma Connect in one-time mode: each refresh token is good once, and only the newest (`facts/visma` 1).
async fn one_time(world: &World, slow: Duration) {
    let given = AtomicUsize::new(1);
    Mock::given(method("POST"))
        .and(path("/connect/token"))
        .respond_with(move |request: &Request| {
            let now = given.load(Ordering::SeqCst);
            let form = String::from_utf8_lossy(&request.body).into_owned();
            if !form.contains(&format!("refresh_token=r{now}&"))
                && !form.ends_with(&format!("refresh_token=r{now}"))
            {
                return ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
            }
            given.store(now + 1, Ordering::SeqCst);
            ResponseTemplate::new(200)
                .set_body_json(json!({
                    "access_token": format!("t{now}"), "expires_in": 3600, "token_type": "Bearer",
                    "refresh_token": format!("r{}", now + 1),
                }))
                .set_delay(slow)
        })
        .mount(&world.server)
        .await;
    world
        .answer("GET", "/v1/customer/7", raw(404, "", "text/plain"))
        .await;
}

fn person(keeper: &Arc<Shelf>, rotation: &Arc<Rotation>) -> SignedInAccess {
    SignedInAccess {
        client_id: "public".into(),
        keeper: Arc::clone(keeper) as Arc<dyn RefreshKeeper>,
        rotation: Arc::clone(rotation),
    }
}

fn client(world: &World, person: SignedInAccess) -> Visma {
    let config = VismaConfig {
        base_url: Some(world.server.uri()),
        ..VismaConfig::with(Access::SignedIn(person))
    };
    Visma::new(config, crate::world::http(&world.clock)).expect("a client")
}

#[tokio::test]
async fn a_successor_that_could_not_be_kept_is_kept_the_next_time() {
    let world = World::without_token().await;
    one_time(&world, Duration::ZERO).await;
    let (shelf, rotation) = (Shelf::with("r1"), Arc::default());
    let visma = client(&world, person(&shelf, &rotation));
    shelf.fails.store(2, Ordering::SeqCst);
    for _ in 0..2 {
        let problem = visma.customer("7").await.expect_err("it cannot be kept");
        assert_eq!(problem.code, Code::StoreFull);
        assert_eq!(shelf.token(), "r1");
    }
    // Another client of the same sign-in has it, too.
    let other = client(&world, person(&shelf, &rotation));
    assert_eq!(other.customer("7").await, Ok(None));
    assert_eq!(shelf.token(), "r3");
    assert_eq!(visma.customer("7").await, Ok(None));
    assert_eq!(shelf.token(), "r4");
}

#[tokio::test]
async fn whoever_asked_may_go_away_and_the_successor_is_kept() {
    let world = World::without_token().await;
    one_time(&world, Duration::from_millis(150)).await;
    let (shelf, rotation) = (Shelf::with("r1"), Arc::default());
    let visma = client(&world, person(&shelf, &rotation));
    tokio::select! {
        answer = visma.customer("7") => panic!("it takes a moment: {answer:?}"),
        () = async {
            while world.tokens().await == 0 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    assert_eq!(visma.customer("7").await, Ok(None));
    assert_eq!(
        shelf.token(),
        "r3",
        "the first came to its end, then the second"
    );
}

#[tokio::test]
async fn two_clients_of_one_sign_in_renew_it_one_after_the_other() {
    let world = World::without_token().await;
    one_time(&world, Duration::from_millis(50)).await;
    let (shelf, rotation) = (Shelf::with("r1"), Arc::default());
    let clients = [(); 4].map(|()| client(&world, person(&shelf, &rotation)));
    let calls = clients.map(|visma| tokio::spawn(async move { visma.customer("7").await }));
    for call in calls {
        assert_eq!(call.await.expect("no panic"), Ok(None));
    }
    assert_eq!(shelf.token(), "r5");
}

/// A keeper that somebody else writes to between the look and the answer.
#[derive(Debug)]
struct Overtaken {
    shelf: Arc<Shelf>,
    looks: AtomicUsize,
}

impl RefreshKeeper for Overtaken {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        let stale = self.looks.fetch_add(1, Ordering::SeqCst) == 0;
        if stale {
            return Ok(Some("r0".into()));
        }
        self.shelf.newest()
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        self.shelf.keep(token)
    }
}

#[tokio::test]
async fn a_token_that_somebody_else_renewed_is_no_lost_sign_in() {
    let world = World::without_token().await;
    one_time(&world, Duration::ZERO).await;
    let shelf = Shelf::with("r1");
    let keeper = Arc::new(Overtaken {
        shelf: Arc::clone(&shelf),
        looks: AtomicUsize::new(0),
    });
    let person = SignedInAccess {
        client_id: "public".into(),
        keeper,
        rotation: Arc::default(),
    };
    assert_eq!(client(&world, person).customer("7").await, Ok(None));
    assert_eq!((shelf.token().as_str(), world.tokens().await), ("r2", 2));
    // What is spent and the newest stays spent.
    let shelf = Shelf::with("r1");
    let visma = client(&world, self::person(&shelf, &Arc::default()));
    let problem = visma.customer("7").await.expect_err("spent");
    assert_eq!(problem.code, Code::ErpSignedOut);
    assert_eq!(world.tokens().await, 3);
}

/// What a person lacks is told in a person's words: no tenant id, no secret, no application's user.
#[tokio::test]
async fn refusals_to_a_person_have_codes_of_their_own() {
    for (word, code) in [
        ("invalid_grant", Code::ErpSignedOut),
        ("invalid_tenant", Code::SignInRole),
        ("invalid_scope", Code::SignInScope),
        ("invalid_client", Code::SignInApplication),
        ("unauthorized_client", Code::SignInApplication),
    ] {
        let world = World::without_token().await;
        let answer = ResponseTemplate::new(400).set_body_json(json!({"error": word}));
        world.answer("POST", "/connect/token", answer).await;
        let visma = client(&world, person(&Shelf::with("r1"), &Arc::default()));
        let problem = visma.customer("7").await.expect_err("no token");
        assert_eq!(problem.code, code, "{word}");
    }
    let world = World::without_token().await;
    one_time(&world, Duration::ZERO).await;
    world
        .answer("GET", "/v1/customer/8", raw(403, "", "text/plain"))
        .await;
    let visma = client(&world, person(&Shelf::with("r1"), &Arc::default()));
    let problem = visma.customer("8").await.expect_err("no role");
    assert_eq!(
        (problem.code, problem.params["action"].as_str()),
        (Code::SignInForbidden, "customers-read")
    );
}

#[tokio::test]
async fn when_it_goes_on_is_a_moment() {
    let world = World::without_token().await;
    let busy = raw(429, "", "text/plain").insert_header("retry-after", "900");
    world.answer("POST", "/connect/token", busy).await;
    let problem = world.visma.customer("7").await.expect_err("too many");
    let at = world.clock.now() + Duration::from_mins(15);
    assert_eq!(
        (problem.code, problem.params["at"].clone()),
        (
            Code::RemoteBusy,
            at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        )
    );
}
