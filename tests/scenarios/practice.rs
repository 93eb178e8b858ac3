//! Practice: what one can let happen there is booked like everything else, and nothing of it can reach real books.

use std::sync::Arc;
use std::time::Duration;

use brygga_api::contract::{Play, PracticePlayed};
use brygga_api::{Pair, PairHost, Playground as _, Watch};
use brygga_core::{Clock as _, Code};
use brygga_engine::connect::{CompanyConnection, ShopConnection};
use brygga_practice::{PracticePeople, practice_host};
use brygga_sandbox::visma::VatRounding;
use brygga_sandbox::{Identity, practice};
use brygga_store::{RecordKind, RecordRef, RecordState};
use brygga_tests::Bench;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::{Value, json};

/// Two weeks of the shop, booked.
async fn bench() -> (Bench, Arc<PracticePeople>) {
    let bench = Bench::with(60, VatRounding::Line).await;
    bench
        .clock
        .set(brygga_sandbox::seeded_start() + TimeDelta::days(14));
    bench.quiet().await;
    let people = PracticePeople::new(
        bench.practice.pair.hands(),
        Arc::clone(&bench.clock) as Arc<dyn brygga_practice::Skip>,
    );
    (bench, people)
}

fn state_of(bench: &Bench, kind: RecordKind, id: &str) -> (RecordState, Option<Code>) {
    let record = RecordRef {
        kind,
        id: id.to_owned(),
    };
    let store = bench.practice.engine.store();
    let row = store
        .record(&record)
        .expect("readable")
        .expect("it is known");
    (row.state, row.problem.map(|problem| problem.code))
}

/// Syncs until nothing is new, beginning past the lag of the shop's search index.
async fn quiet(bench: &Bench) {
    bench.clock.advance(Duration::from_mins(1));
    bench.quiet().await;
}

/// The order's own state, and those of its parts of a kind.
fn parts(bench: &Bench, played: &PracticePlayed, kind: RecordKind) -> Vec<RecordState> {
    let order = played.order.as_ref().expect("of an order");
    assert_eq!(
        state_of(bench, RecordKind::Order, &order.record.id),
        (RecordState::Booked, None),
        "{}",
        order.name
    );
    let store = bench.practice.engine.store();
    let (rows, _) = store
        .search_records(kind, Some(&order.name), None, 0, 50)
        .expect("readable");
    rows.into_iter().map(|row| row.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_booked() {
    let (bench, people) = bench().await;
    let played = people.play(Play::Sale).await.expect("somebody buys");
    quiet(&bench).await;
    assert_eq!(parts(&bench, &played, RecordKind::Payment).len(), 1);
    let order = played.order.expect("an order");
    assert_eq!(bench.documents(order.record.id.parse().unwrap()).len(), 1);
    assert!(!order.what.is_empty() && order.name.starts_with('#'));
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_becomes_a_credit_note_and_the_money_goes_back() {
    let (bench, people) = bench().await;
    // Of an order that was booked before, and of one that nobody has synced yet.
    for _ in 0..2 {
        let played = people
            .play(Play::Refund)
            .await
            .expect("somebody sends back");
        quiet(&bench).await;
        let credited = parts(&bench, &played, RecordKind::CreditNote);
        assert_eq!(credited, [RecordState::Booked], "{played:?}");
        let paid = parts(&bench, &played, RecordKind::Payment);
        assert_eq!(paid, [RecordState::Booked; 2], "{played:?}");
    }
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_credits_one_thing_and_invoices_the_other() {
    let (bench, people) = bench().await;
    for _ in 0..2 {
        let played = people.play(Play::Exchange).await.expect("somebody changes");
        quiet(&bench).await;
        let credited = parts(&bench, &played, RecordKind::CreditNote);
        assert_eq!(credited, [RecordState::Booked], "{played:?}");
        let invoiced = parts(&bench, &played, RecordKind::Invoice);
        assert_eq!(invoiced, [RecordState::Booked; 2], "{played:?}");
    }
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fitting_order_somebody_buys_first() {
    let bench = Bench::empty().await;
    let people = PracticePeople::new(
        bench.practice.pair.hands(),
        Arc::clone(&bench.clock) as Arc<dyn brygga_practice::Skip>,
    );
    for play in [Play::Refund, Play::Exchange] {
        let played = people.play(play).await.expect("it happens");
        quiet(&bench).await;
        let order = played.order.expect("an order");
        let state = state_of(&bench, RecordKind::Order, &order.record.id);
        assert_eq!(state, (RecordState::Booked, None), "{play:?}");
    }
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_brings_its_orders_and_never_none() {
    let (bench, people) = bench().await;
    let before = bench.clock.now();
    let seen = |bench: &Bench| {
        let counts = bench.practice.engine.store().counts(RecordKind::Order);
        let counts = counts.expect("readable");
        counts.new + counts.booked + counts.waiting + counts.skipped + counts.held
    };
    let known = seen(&bench);
    let played = people.play(Play::Day).await.expect("a day passes");
    assert_eq!(bench.clock.now() - before, TimeDelta::days(1));
    assert!(played.orders > 0 && played.order.is_none());
    quiet(&bench).await;
    assert!(seen(&bench) >= known + played.orders as usize);
    // After the seeded month.
    bench.clock.set(before + TimeDelta::days(40));
    quiet(&bench).await;
    let known = seen(&bench);
    let played = people.play(Play::Day).await.expect("a day passes");
    quiet(&bench).await;
    assert!(played.orders > 0);
    assert_eq!(seen(&bench), known + played.orders as usize);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_books_nothing_twice() {
    let (bench, people) = bench().await;
    let before = bench.practice.pair.faults().fired().len();
    let other = people.play(Play::Sale).await.expect("somebody buys");
    let played = people.play(Play::Crash).await.expect("and another");
    quiet(&bench).await;
    let fired = bench.practice.pair.faults().fired();
    assert_eq!(
        fired.len(),
        before + 1,
        "the answer was lost once: {fired:?}"
    );
    for played in [&other, &played] {
        let order = played.order.as_ref().expect("an order");
        let id = order.record.id.parse().unwrap();
        assert_eq!(bench.documents(id).len(), 1, "{}", order.name);
        let state = state_of(&bench, RecordKind::Order, &order.record.id);
        assert_eq!(state, (RecordState::Booked, None));
    }
    // Its story tells that it was looked up before anything was sent again.
    let order = played.order.expect("an order");
    let story = bench
        .practice
        .api
        .call("story", json!({"kind": "order", "id": order.record.id}))
        .await
        .expect("a story");
    let events: Vec<&str> = story["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["event"].as_str())
        .collect();
    assert!(
        events
            .iter()
            .any(|event| event.contains("looked-up") || event.contains("unknown")),
        "{events:?}"
    );
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_practice_can_be_played_with() {
    let bench = Bench::empty().await;
    let play = |pair: Arc<Pair>| async move {
        let answer = pair.call("practice_play", json!({"play": "sale"})).await;
        answer.map_err(|error| error.code)
    };
    // A practice pair that nobody plays on, such as one over the addresses of a practice pair elsewhere.
    assert_eq!(
        play(Arc::clone(&bench.practice.served)).await,
        Err("practice-only".into())
    );
    // A real pair stays real, whoever hands it a playground.
    let ground = Arc::clone(&bench.practice.ground);
    let real = Pair::open(ground, Watch::new(), PairHost::default()).expect("opens");
    let people = PracticePeople::new(
        bench.practice.pair.hands(),
        Arc::clone(&bench.clock) as Arc<dyn brygga_practice::Skip>,
    );
    real.play_on(people);
    assert_eq!(play(real).await, Err("practice-only".into()));
    let wrong = bench
        .practice
        .served
        .call("practice_play", json!({"play": "a fire"}))
        .await;
    assert_eq!(wrong.map_err(|error| error.code), Err("wrong-use".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_and_real_can_never_be_taken_for_each_other() {
    let bench = Bench::empty().await;
    let open = |host: PairHost| {
        let ground = Arc::clone(&bench.practice.ground);
        Pair::open(ground, Watch::new(), host)
            .map(|_| ())
            .map_err(|problem| problem.code)
    };
    let here = bench.practice.pair.shopify_url();
    let patience = PairHost::default().patience;
    let host =
        |shopify: &str, visma: &str| practice_host(&Identity::default(), shopify, visma, patience);
    assert_eq!(open(host(&here, &here)), Ok(()));
    assert_eq!(open(PairHost::default()), Ok(()));
    for other in [
        "https://fjord.myshopify.com",
        "https://integration.visma.net",
        "http://192.0.2.1:8080",
        "http://127.0.0.1.example.com",
    ] {
        for host in [host(other, &here), host(&here, other)] {
            assert_eq!(open(host), Err(Code::AddressNotLoopback), "{other}");
        }
    }
    // A practice pair without addresses would go to the real ones; a real pair never has any.
    let without = PairHost {
        shop_base: None,
        ..host(&here, &here)
    };
    assert_eq!(open(without), Err(Code::AddressNotLoopback));
    let real = PairHost {
        practice: false,
        ..host(&here, &here)
    };
    assert_eq!(open(real), Err(Code::AddressNotLoopback));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_connected_to_the_real_services_is_never_served_as_practice() {
    let here = "http://127.0.0.1:9";
    let shop = json!({"domain": "bro.myshopify.com", "client_id": "id", "base_url": null});
    let company = json!({"client_id": "id", "tenant_id": "t-1", "base_url": null});
    let person = json!({"client_id": "id", "scopes": [], "port": 1, "base_url": null});
    for (name, mut connection) in [
        ("connection.shopify", shop),
        ("connection.visma", company),
        ("connection.visma.sign-in", person),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(brygga_http::secrets::Memory::default());
        let ground = brygga_engine::folder::open_with(folder.path(), secrets).unwrap();
        let ground = Arc::new(ground);
        let open = || {
            let patience = PairHost::default().patience;
            let host = practice_host(&Identity::default(), here, here, patience);
            Pair::open(Arc::clone(&ground), Watch::new(), host)
                .map(|_| ())
                .map_err(|problem| problem.code)
        };
        assert_eq!(open(), Ok(()), "with nothing connected");
        let put = |value: &Value| {
            let store = &ground.store;
            store.put_setting(name, value.clone(), "test").unwrap();
        };
        put(&connection);
        assert_eq!(open(), Err(Code::AddressNotLoopback), "{name}");
        connection["base_url"] = here.into();
        put(&connection);
        assert_eq!(open(), Ok(()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_sends_nothing_to_another_computer_even_when_it_is_told_to() {
    let bench = Bench::empty().await;
    let ground = &bench.practice.ground;
    let secret = || Some(SecretString::from("secret"));
    let shop = ShopConnection {
        domain: practice::SHOP_DOMAIN.into(),
        client_id: Some("id".into()),
        base_url: None,
    };
    let problem = ground.connect_shop(shop, secret()).await.unwrap_err();
    assert_eq!(problem.code, Code::RemoteUnreachable);
    assert!(
        problem.params["detail"].contains("never leaves"),
        "{problem}"
    );
    let company = CompanyConnection {
        client_id: "id".into(),
        tenant_id: "tenant".into(),
        base_url: None,
        scopes: Vec::new(),
    };
    let problem = ground.connect_company(company, secret()).await.unwrap_err();
    assert_eq!(problem.code, Code::RemoteUnreachable);
    assert!(
        problem.params["detail"].contains("never leaves"),
        "{problem}"
    );
    let info = bench.practice.served.call("app_info", Value::Null).await;
    assert_eq!(info.expect("answers")["practice"], true);
}
