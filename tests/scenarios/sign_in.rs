//! A person signs in by the browser: everything that can come of it, over real HTTP against the practice Visma Connect.

mod grants;

use std::sync::Arc;
use std::time::Duration;

use brygga_core::Clock;
use brygga_core::secret::SecretName;
use brygga_engine::connect::Ground;
use brygga_engine::sign_in::redirect_uri;
use brygga_http::{Http, HttpConfig, Url};
use brygga_practice::{FastClock, PracticeOptions, Unconnected};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use brygga_sandbox::practice;
use brygga_sandbox::visma::Change;
use chrono::TimeDelta;
use reqwest::header::LOCATION;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// In the middle of the seeded month, so that there are orders.
const INTO_THE_MONTH: TimeDelta = TimeDelta::days(5);

struct World {
    app: Unconnected,
    browser: reqwest::Client,
    port: u16,
}

/// A port that is free now; the practice application gets it registered.
async fn free_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

impl World {
    async fn new() -> Self {
        Self::patient(Duration::from_mins(10)).await
    }

    async fn patient(patience: Duration) -> Self {
        // A person takes time: the clock runs as it does in life.
        let clock: Arc<dyn Clock> = Arc::new(FastClock::from(seeded_start() + INTO_THE_MONTH, 1));
        let options = PracticeOptions {
            pair: PairConfig::new(ShopSource::seeded(60, 1), clock),
            seed: 1,
            http: HttpConfig::default(),
        };
        let app = Unconnected::start(options, patience).await.expect("starts");
        let port = free_port().await;
        app.pair.visma().change(Change::RedirectAddress {
            address: redirect_uri(port),
        });
        // Our own client sets up the one TLS library of the process; the browser's uses it too.
        let ground = &app.ground;
        let ours = Http::new(
            HttpConfig::default(),
            Arc::clone(&ground.clock),
            Arc::clone(&ground.ids),
        );
        drop(ours.unwrap());
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { app, browser, port }
    }

    fn ground(&self) -> &Arc<Ground> {
        &self.app.ground
    }

    async fn call(&self, name: &str, request: Value) -> Result<Value, String> {
        let answer = self.app.served.call(name, request).await;
        answer.map_err(|error| error.code)
    }

    async fn begin_with(&self, client: &str, scopes: &[&str], port: u16) -> Result<String, String> {
        let request = json!({
            "client_id": client, "scopes": scopes, "port": port, "language": "en",
            "done": "You are signed in", "failed": "Not completed", "next": "Close this page",
        });
        let answer = self.call("sign_in", request).await?;
        Ok(answer["address"].as_str().unwrap().to_owned())
    }

    async fn begin(&self) -> String {
        self.begin_with(practice::VISMA_PUBLIC_CLIENT_ID, &[], self.port)
            .await
            .expect("an address")
    }

    /// Opens the page and clicks; gives where the browser is sent.
    async fn click(&self, address: &str, decision: &str, company: &str) -> String {
        let page = self.browser.get(address).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("Allow"));
        let url = Url::parse(address).unwrap();
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("decision".into(), decision.into()));
        form.push(("company".into(), company.into()));
        let mut action = url;
        action.set_query(None);
        let answer = self.browser.post(action).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        answer.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    /// Follows where the browser was sent; gives what it shows.
    async fn land(&self, location: &str) -> String {
        let answer = self.browser.get(location).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// The state of the sign-in once nobody is waited for any more.
    async fn ended(&self) -> Value {
        let mut events = self.app.served.events();
        loop {
            let view = self.call("setup", Value::Null).await.unwrap();
            if view["company"]["sign_in"]["waiting"].is_null() {
                return view["company"].clone();
            }
            tokio::time::timeout(Duration::from_secs(30), events.recv())
                .await
                .expect("something happens")
                .expect("an event");
        }
    }

    async fn trouble(&self) -> String {
        let company = self.ended().await;
        company["sign_in"]["trouble"]["code"]
            .as_str()
            .unwrap_or("none")
            .to_owned()
    }

    /// Signs in from the button to the end.
    async fn sign_in(&self, company: &str) -> String {
        let address = self.begin().await;
        let location = self.click(&address, "allow", company).await;
        self.land(&location).await
    }

    fn refresh_token(&self) -> Option<String> {
        let kept = self
            .ground()
            .secrets
            .get("default", SecretName::VismaRefreshToken)
            .unwrap();
        kept.map(|token| token.expose_secret().to_owned())
    }

    async fn connect_shop(&self) {
        let request = json!({
            "domain": practice::SHOP_DOMAIN, "client_id": practice::SHOP_CLIENT_ID, "secret": practice::SHOP_CLIENT_SECRET,
        });
        self.call("setup_shop", request).await.expect("connected");
    }

    async fn connect_application(&self, scopes: &[&str]) -> Result<Value, String> {
        self.connect_application_of(practice::VISMA_COMPANY_TENANT, scopes)
            .await
    }

    async fn connect_application_of(&self, tenant: &str, scopes: &[&str]) -> Result<Value, String> {
        let request = json!({
            "client_id": practice::VISMA_CLIENT_ID, "tenant_id": tenant,
            "scopes": scopes, "secret": practice::VISMA_CLIENT_SECRET,
        });
        self.call("setup_company", request).await
    }
}

fn modes(company: &Value) -> Vec<(String, bool)> {
    company["found"]["modes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mode| {
            (
                mode["mode"].as_str().unwrap().to_owned(),
                mode["open"].as_bool().unwrap(),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_is_sent_with_pkce_and_a_state_and_the_company_is_known_afterwards() {
    let world = World::new().await;
    let address = world.begin().await;
    let url = Url::parse(&address).unwrap();
    let field = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    assert_eq!(field("response_type"), "code");
    assert_eq!(field("code_challenge_method"), "S256");
    assert_eq!(field("code_challenge").len(), 43, "a SHA-256 in base64url");
    assert!(field("state").len() >= 16, "cannot be guessed");
    assert_eq!(field("redirect_uri"), redirect_uri(world.port));
    assert!(field("scope").contains("offline_access"));
    assert!(!address.contains("verifier"), "that stays here");

    let location = world.click(&address, "allow", "practice").await;
    assert!(world.land(&location).await.contains("You are signed in"));
    let company = world.ended().await;
    assert_eq!(company["found"]["name"], "Fjord & Fjell AS");
    assert_eq!(company["sign_in"]["signed_in"], true);
    assert_eq!(company["sign_in"]["trouble"], Value::Null);
    // SalesOrder v3 is closed to people (`facts/visma` 1): the program tried, and says which modes are open.
    assert_eq!(
        modes(&company),
        [
            ("sales_order".to_owned(), false),
            ("invoice_order".to_owned(), false),
            ("direct_invoice".to_owned(), true)
        ]
    );
    let text = world.call("setup", Value::Null).await.unwrap().to_string();
    assert!(
        !text.contains(&world.refresh_token().expect("kept")),
        "no secret comes to the page"
    );
    // A second landing with the same address finds nobody: the port is free again.
    assert!(world.browser.get(&location).send().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_sign_in_is_told_and_does_not_end_this_one() {
    let world = World::new().await;
    let address = world.begin().await;
    let location = world.click(&address, "allow", "practice").await;
    let forged = location.replace("state=", "state=x");
    assert_eq!(
        world.browser.get(&forged).send().await.unwrap().status(),
        400
    );
    let view = world.call("setup", Value::Null).await.unwrap();
    assert_eq!(
        view["company"]["sign_in"]["trouble"]["code"],
        "sign-in-mixed-up"
    );
    assert!(view["company"]["sign_in"]["waiting"].is_string());
    // Another path, and another name for this address, are nobody's either.
    let base = redirect_uri(world.port);
    assert_eq!(
        world
            .browser
            .get(format!("{base}/favicon.ico"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    let foreign = world.browser.get(&location).header("host", "evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);

    assert!(world.land(&location).await.contains("You are signed in"));
    assert_eq!(world.trouble().await, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_there_and_here_ends_it() {
    let world = World::new().await;
    let address = world.begin().await;
    let location = world.click(&address, "cancel", "practice").await;
    assert!(world.land(&location).await.contains("Not completed"));
    assert_eq!(world.trouble().await, "sign-in-cancelled");

    world.begin().await;
    world.call("sign_in_cancel", Value::Null).await.unwrap();
    assert_eq!(world.trouble().await, "sign-in-cancelled");
    assert_eq!(world.refresh_token(), None);
    // And again at once, at the same port.
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_coming_ends_it_too() {
    let world = World::patient(Duration::from_millis(200)).await;
    world.begin().await;
    assert_eq!(world.trouble().await, "sign-in-timed-out");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_the_role_is_named() {
    let world = World::new().await;
    let address = world.begin().await;
    // The page of the other account has no company to choose.
    let location = world.click(&address, "allow", "").await;
    assert!(world.land(&location).await.contains("Not completed"));
    assert_eq!(world.trouble().await, "sign-in-role");
    assert_eq!(world.refresh_token(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_company_than_the_applications_is_refused_and_the_earlier_sign_in_stays() {
    let world = World::new().await;
    world.connect_application(&[]).await.expect("connected");
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    let before = world.refresh_token().expect("kept");

    assert!(world.sign_in("other").await.contains("Not completed"));
    assert_eq!(world.trouble().await, "erp-other-company");
    assert_eq!(world.refresh_token(), Some(before));
}

#[tokio::test(flavor = "multi_thread")]
async fn alone_another_company_is_the_merchants_choice() {
    let world = World::new().await;
    assert!(world.sign_in("other").await.contains("You are signed in"));
    let company = world.ended().await;
    assert_eq!(company["found"]["name"], practice::VISMA_OTHER_COMPANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named() {
    let world = World::new().await;
    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = other.local_addr().unwrap().port();
    let refused = world
        .begin_with(practice::VISMA_PUBLIC_CLIENT_ID, &[], port)
        .await;
    assert_eq!(refused, Err("sign-in-port-taken".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_visma_connect_refuses_is_named() {
    let world = World::new().await;
    // A scope that the application does not have comes back at once.
    let address = world
        .begin_with(
            practice::VISMA_PUBLIC_CLIENT_ID,
            &["visma.net.erp.salesorder:read"],
            world.port,
        )
        .await
        .unwrap();
    let answer = world.browser.get(&address).send().await.unwrap();
    let location = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    world.land(&location).await;
    assert_eq!(world.trouble().await, "sign-in-scope");

    // Without offline_access there is no lasting sign-in.
    let address = world
        .begin_with(
            practice::VISMA_PUBLIC_CLIENT_ID,
            &["vismanet_erp_interactive_api:read"],
            world.port,
        )
        .await
        .unwrap();
    let location = world.click(&address, "allow", "practice").await;
    world.land(&location).await;
    assert_eq!(world.trouble().await, "erp-no-refresh-token");

    // An address that is not registered, or an unknown application: a page, and nobody is sent anywhere.
    for (client, port) in [
        (practice::VISMA_PUBLIC_CLIENT_ID, free_port().await),
        ("nobody", world.port),
    ] {
        let address = world.begin_with(client, &[], port).await.unwrap();
        let answer = world.browser.get(&address).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert!(answer.headers().get(LOCATION).is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_only_with_its_verifier() {
    let world = World::new().await;
    let address = world.begin().await;
    let location = world.click(&address, "allow", "practice").await;
    let code = Url::parse(&location)
        .unwrap()
        .query_pairs()
        .find(|(key, _)| key == "code")
        .map(|(_, value)| value.into_owned())
        .unwrap();
    let redirect = redirect_uri(world.port);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", practice::VISMA_PUBLIC_CLIENT_ID),
        ("code", &code),
        ("code_verifier", "stolen-without-the-verifier"),
        ("redirect_uri", &redirect),
    ];
    let token = format!("{}/connect/token", world.app.pair.visma_url());
    let stolen = world.browser.post(&token).form(&form).send().await.unwrap();
    assert_eq!(stolen.status(), 400);
    // Now the code is used up: the sign-in says so, and nothing is kept.
    assert!(world.land(&location).await.contains("Not completed"));
    assert_eq!(world.trouble().await, "sign-in-refused");
    assert_eq!(world.refresh_token(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refresh_token_is_kept_before_its_access_token_is_used() {
    let world = World::new().await;
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        assert!(
            seen.insert(world.refresh_token().expect("kept")),
            "a new one each time"
        );
        world.ground().inspect_company().await.expect("works");
    }
    // The calls after a refresh fail: what came with it is kept all the same, and goes on working.
    let before = world.refresh_token();
    world.app.pair.visma().remove_role(true);
    world.ground().inspect_company().await.expect_err("refused");
    world.app.pair.visma().remove_role(false);
    assert_ne!(before, None);

    // In re-use mode the same token stays good.
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    world
        .app
        .pair
        .visma()
        .change(Change::RefreshTokens { reuse: true });
    for _ in 0..2 {
        world.ground().inspect_company().await.expect("works");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_grant_is_one_state_and_signing_in_again_mends_it() {
    let world = World::new().await;
    world.connect_shop().await;
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    // It can be tried without a browser.
    let company = json!({"shop": false, "company": true});
    let view = world.call("setup_check", company.clone()).await.unwrap();
    assert_eq!(view["company"]["sign_in"]["signed_in"], true);
    world.app.pair.visma().change(Change::SignInsRevoked {});
    assert_eq!(
        world.call("setup_check", company).await,
        Err("erp-signed-out".to_owned())
    );
    let problem = world.ground().inspect_company().await.expect_err("revoked");
    assert_eq!(problem.code.as_str(), "erp-signed-out");
    assert_eq!(
        world.call("mapping", Value::Null).await,
        Err("erp-signed-out".to_owned())
    );

    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    assert!(world.call("mapping", Value::Null).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_ways_can_be_combined() {
    let world = World::new().await;
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    // An application for the sales orders alone: the rest goes by the person.
    let view = world
        .connect_application(&[
            "visma.net.erp.salesorder:read",
            "visma.net.erp.salesorder:write",
        ])
        .await
        .expect("connected");
    assert!(
        modes(&view["company"]).iter().all(|(_, open)| *open),
        "{view}"
    );
    assert_eq!(view["company"]["found"]["name"], "Fjord & Fjell AS");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_sign_in_alone_orders_become_invoices() {
    let world = World::new().await;
    world.connect_shop().await;
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    let settings = world.call("settings", Value::Null).await.unwrap();
    let change = json!({
        "revision": settings["revision"],
        "values": {"booking_mode": "direct_invoice", "start_date": "2026-10-01"},
    });
    world.call("put_settings", change).await.expect("chosen");
    let read = world.call("setup_read", Value::Null).await.expect("read");
    assert!(read["read"].as_u64() > Some(0));
    brygga_tests::proposals::take(&world.app.served).await;
    let list = json!({"kind": "order", "search": null, "state": "new", "offset": 0, "limit": 50});
    let orders = world.call("records", list).await.unwrap();
    let mut planned = 0;
    for row in orders["rows"].as_array().unwrap() {
        let key = json!({"kind": "order", "id": row["id"]});
        let sample = world.call("sample", key.clone()).await.expect("a plan");
        if sample["outcome"] != "book" {
            continue;
        }
        planned += 1;
        let kinds: Vec<_> = sample["documents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|document| document["kind"].as_str().unwrap())
            .collect();
        assert!(!kinds.contains(&"sales_order"), "{kinds:?}");
        assert!(kinds.contains(&"invoice"), "{kinds:?}");
        let sent = world.call("sample_send", key).await.expect("sent");
        assert_eq!(sent["outcome"], "booked", "{sent}");
        break;
    }
    assert_eq!(planned, 1);
    assert!(world.app.pair.visma().orders().is_empty(), "no sales order");
}

const ORDERS_ALONE: [&str; 2] = [
    "visma.net.erp.salesorder:read",
    "visma.net.erp.salesorder:write",
];

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_holds_while_the_permissions_are_tried() {
    let world = World::new().await;
    let slow = Fault::SlowBody { millis: 1500 };
    let rule = FaultRule::next(Side::Visma, slow).path("/v1/branch");
    world.app.pair.faults().add(rule);
    let address = world.begin().await;
    let location = world.click(&address, "allow", "practice").await;
    let landing = world.land(&location);
    let cancel = async {
        while world.app.pair.faults().fired().is_empty() {
            tokio::task::yield_now().await;
        }
        world.call("sign_in_cancel", Value::Null).await.unwrap();
    };
    let (page, ()) = tokio::join!(landing, cancel);
    assert!(page.contains("Not completed"));
    assert_eq!(world.trouble().await, "sign-in-cancelled");
    assert_eq!(world.refresh_token(), None);
    let view = world.call("setup", Value::Null).await.unwrap();
    assert_eq!(view["company"]["found"], Value::Null);
    // A new one begins at once.
    world.sign_in("practice").await;
    assert_eq!(world.trouble().await, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_ends_calls_its_sign_in_off() {
    let world = World::new().await;
    world.begin().await;
    assert!(world.app.served.close(Duration::from_secs(5)).await);
    assert_eq!(world.trouble().await, "sign-in-cancelled");
    let taken = async {
        loop {
            if let Ok(free) = tokio::net::TcpListener::bind(("127.0.0.1", world.port)).await {
                return free;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), taken)
        .await
        .expect("the port is free");
}
