//! Opening, running and closing several pairs: each is opened once, no two of them are the same, none lives on after the end, and one that is in
//! disorder is told and hinders no other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use brygga_api::contract::Health;
use brygga_api::{Event, Notice, PRACTICE, PairEvent, Pairs, Tone};
use brygga_core::Code;
use brygga_core::clock::JumpClock;
use brygga_sandbox::pair::seeded_start;
use brygga_sandbox::practice;
use brygga_store::RecordKind;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use super::{Home, SHOP, call, program, set_up, staged, state, until_finished, view};

/// How the next run of a pair ended: its failure, if it failed.
async fn next_failure(events: &mut Receiver<PairEvent>, pair: &str) -> Option<String> {
    let heard = until_finished(events, pair).await;
    match heard.into_iter().next_back().map(|event| event.event) {
        Some(Event::Finished(summary)) => summary.failure.map(|reason| reason.code),
        _ => None,
    }
}

/// An address of this computer at which nobody is.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pairs_run_by_themselves_whoever_begins_it_and_none_after_the_end() {
    let (first, second) = (set_up(1).await, set_up(2).await);
    let pairs = program(
        staged(Arc::clone(&first.served)),
        vec![staged(Arc::clone(&second.served))],
    );
    let mut events = pairs.events();
    let resume = async |pair: &str| call(&pairs, pair, "resume", Value::Null).await.unwrap();
    resume(PRACTICE).await;
    // The thread of a window is none of the runtime's.
    let window = Arc::clone(&pairs);
    std::thread::spawn(move || {
        window.keep_in_step();
        window.keep_in_step();
    })
    .join()
    .expect("it begins on any thread");
    assert_eq!(next_failure(&mut events, PRACTICE).await, None);
    let booked = first.engine.store().counts(RecordKind::Order).unwrap();
    assert!(booked.booked > 0);
    // One that is added later runs too.
    let view = call(&pairs, PRACTICE, "pair_add", Value::Null)
        .await
        .unwrap();
    let other = view["shown"].as_str().unwrap().to_owned();
    resume(&other).await;
    assert_eq!(next_failure(&mut events, &other).await, None);

    assert!(pairs.close(Duration::from_secs(20)).await);
    let calls = || {
        (
            first.pair.counters().visma.calls,
            second.pair.counters().visma.calls,
        )
    };
    let quiet = calls();
    pairs.keep_in_step();
    call(&pairs, PRACTICE, "sync_now", json!({"flow": null}))
        .await
        .unwrap();
    let mut events = pairs.events();
    drop(until_quiet(&mut events).await);
    assert_eq!(calls(), quiet);
}

/// What is still told until nothing more comes of it.
async fn until_quiet(events: &mut Receiver<PairEvent>) -> Vec<PairEvent> {
    let mut heard = Vec::new();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        while let Ok(event) = events.try_recv() {
            heard.push(event);
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_many_ask_for_at_once_is_opened_once() {
    let home = Home::new();
    let id = home.connected("t-1", None);
    let repair = home.damage(&id);
    let pairs = home.open();
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "broken");
    repair();
    let barrier = Arc::new(std::sync::Barrier::new(6));
    let asked: Vec<_> = (0..6)
        .map(|_| {
            let (pairs, id, barrier) = (Arc::clone(&pairs), id.clone(), Arc::clone(&barrier));
            tokio::task::spawn_blocking(move || {
                barrier.wait();
                pairs.pair(Some(&id)).expect("opened")
            })
        })
        .collect();
    let mut given = Vec::new();
    for one in asked {
        given.push(one.await.unwrap());
    }
    let now = pairs.pair(Some(&id)).unwrap();
    assert!(
        given.iter().all(|one| Arc::ptr_eq(one, &now)),
        "a second engine over the same database"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_is_opened_while_the_program_ends_does_not_live_on() {
    let home = Home::new();
    let id = home.connected("t-1", Some(&nobody()));
    home.give_secrets(&id);
    let repair = home.damage(&id);
    let pairs = home.open();
    pairs.keep_in_step();
    assert!(pairs.close(Duration::from_secs(20)).await);
    repair();
    let mut events = pairs.events();
    call(&pairs, &id, "sync_now", json!({"flow": null}))
        .await
        .unwrap();
    let failure = next_failure(&mut events, &id).await;
    assert_eq!(failure.as_deref(), Some("stopped"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_folders_of_one_shop_and_company_are_never_both_open() {
    let home = Home::new();
    let first = home.connected("t-1", None);
    // A tenant id is the same in capitals.
    let second = home.connected("T-1", None);
    let third = home.connected("t-3", None);
    let pairs = home.open();
    let seen = view(&pairs).await;
    assert_eq!(state(&seen, &first)["kind"], "works");
    assert_eq!(state(&seen, &third)["kind"], "works");
    assert_eq!(state(&seen, &second)["reason"]["code"], "pair-exists");
    assert_eq!(state(&seen, &second)["reason"]["params"]["pair"], SHOP);
    assert_eq!(
        call(&pairs, &second, "app_info", Value::Null).await,
        Err("pair-exists".into()),
        "also when it is asked for"
    );
    // It is opened when the other has made room.
    let request = json!({"pair": first, "confirmed": SHOP});
    call(&pairs, &first, "pair_put_away", request)
        .await
        .unwrap();
    call(&pairs, &second, "app_info", Value::Null)
        .await
        .unwrap();
    assert_eq!(state(&view(&pairs).await, &second)["kind"], "works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_folder_is_not_opened_beside_it() {
    let home = Home::new();
    let id = home.pairs().make().unwrap();
    drop(home.pairs().open(&id).unwrap());
    let copy = home.path().join("pair-2");
    std::fs::create_dir(&copy).unwrap();
    for file in ["brygga.db", "pair.json"] {
        std::fs::copy(home.path().join(&id).join(file), copy.join(file)).unwrap();
    }
    let pairs = home.open();
    let seen = view(&pairs).await;
    assert_eq!(state(&seen, &id)["kind"], "works");
    assert_eq!(state(&seen, "pair-2")["reason"]["code"], "pair-exists");
}

/// The codes of what is to be told now of pairs that stand still.
fn told(pairs: &Pairs) -> Vec<String> {
    let all = pairs.notices().into_iter();
    all.flat_map(|(_, notices)| notices)
        .map(|notice| match notice {
            Notice::Stopped { reason } => reason.code,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_somebody_else_has_open_at_the_start_is_told_once_and_tried_again_by_itself() {
    let home = Home::new();
    let id = home.connected("t-1", Some(&nobody()));
    home.give_secrets(&id);
    let held = home.pairs().open(&id).unwrap();
    let pairs = home.open_by(Arc::new(JumpClock::at(seeded_start())));
    let mut events = pairs.events();
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "broken");
    assert_eq!(told(&pairs), ["store-in-use"]);
    assert!(told(&pairs).is_empty(), "never twice");
    pairs.keep_in_step();
    drop(held);
    // Nobody asked for it: it is opened, and syncs.
    assert!(next_failure(&mut events, &id).await.is_some());
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "works");
    assert!(pairs.close(Duration::from_secs(20)).await);
    drop(pairs);
    // What has passed is news when it comes again. Whoever tried it again lets go of it in their own time.
    let held = loop {
        if let Ok(held) = home.pairs().open(&id) {
            break held;
        }
        tokio::task::yield_now().await;
    };
    let pairs = home.open();
    assert_eq!(told(&pairs), ["store-in-use"]);
    drop(held);
    pairs.pair(Some(&id)).unwrap();
    assert!(told(&pairs).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_read_is_told_and_read_when_it_can_be() {
    let home = Home::new();
    // Something else stands in its place.
    std::fs::write(home.path(), "not a folder").unwrap();
    let pairs = home.open();
    let seen = view(&pairs).await;
    assert_eq!(seen["shown"], "default");
    assert_eq!(
        state(&seen, "default")["reason"]["code"],
        "store-read-only",
        "{seen}"
    );
    assert_eq!(pairs.standings()[0].tone(), Tone::NeedsYou);
    assert_eq!(told(&pairs), ["store-read-only"]);
    assert_eq!(
        pairs
            .call(None, "app_info", Value::Null)
            .await
            .unwrap_err()
            .code,
        "store-read-only"
    );
    // Where nothing was, the first pair begins.
    std::fs::remove_file(home.path()).unwrap();
    let info = pairs.call(None, "app_info", Value::Null).await.unwrap();
    assert_eq!(info["set_up"], false);
    assert!(told(&pairs).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_for_a_folder_goes_when_the_pairs_in_it_are_there() {
    let home = Home::new();
    for _ in 0..2 {
        home.pairs().make().unwrap();
    }
    home.pairs().put_away("default").unwrap();
    let elsewhere = home.path().with_file_name("elsewhere");
    std::fs::rename(home.path(), &elsewhere).unwrap();
    std::fs::write(home.path(), "a share that is not there").unwrap();
    let pairs = home.open();
    assert_eq!(state(&view(&pairs).await, "default")["kind"], "broken");
    std::fs::remove_file(home.path()).unwrap();
    std::fs::rename(&elsewhere, home.path()).unwrap();
    let mut events = pairs.events();
    let gone = pairs.call(None, "app_info", Value::Null).await.unwrap_err();
    assert_eq!(gone.code, "pair-gone");
    let heard = until_quiet(&mut events).await;
    assert!(
        heard
            .iter()
            .any(|told| matches!(told.event, Event::PairsChanged(_))),
        "the page reads the list anew"
    );
    let seen = view(&pairs).await;
    assert_eq!(seen["shown"], "pair-2");
    assert_eq!(seen["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(state(&seen, "pair-2")["kind"], "works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_lost_a_secret_needs_somebody() {
    let home = Home::new();
    let id = home.connected("t-1", None);
    let pairs = home.open();
    let standing = &pairs.standings()[0];
    assert_eq!((standing.tone(), standing.at_work), (Tone::NeedsYou, false));
    let health = standing.pulse.as_ref().map(|pulse| &pulse.health);
    let Some(Health::Stopped { reason, passing }) = health else {
        panic!("{health:?}");
    };
    assert_eq!((reason.code.as_str(), passing), ("not-connected", &false));
    let seen = view(&pairs).await;
    assert_eq!(seen["pairs"][0]["set_up"], true, "only it cannot run");
    assert_eq!(told(&pairs), ["not-connected"]);
    assert!(told(&pairs).is_empty());
    drop(pairs);
    // With them it is as every other.
    home.give_secrets(&id);
    let pairs = home.open();
    let standing = &pairs.standings()[0];
    assert_eq!((standing.tone(), standing.at_work), (Tone::Unusual, true));
}

/// A remote that answers nobody until it is let, and then refuses everybody.
struct Stubborn {
    address: String,
    let_go: Arc<(Mutex<bool>, Condvar)>,
    asked: Arc<AtomicBool>,
}

impl Stubborn {
    fn start() -> Self {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let let_go = Arc::new((Mutex::new(false), Condvar::new()));
        let asked = Arc::new(AtomicBool::new(false));
        let (gate, met) = (Arc::clone(&let_go), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                met.store(true, Ordering::SeqCst);
                let (mut stream, gate) = (stream.unwrap(), Arc::clone(&gate));
                std::thread::spawn(move || {
                    let (is_open, told) = &*gate;
                    drop(told.wait_while(is_open.lock().unwrap(), |open| !*open));
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request);
                    let _ = stream.write_all(
                        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                    );
                });
            }
        });
        Self {
            address,
            let_go,
            asked,
        }
    }

    async fn is_asked(&self) {
        while !self.asked.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }

    fn let_go(&self) {
        *self.let_go.0.lock().unwrap() = true;
        self.let_go.1.notify_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_whose_run_does_not_end_is_not_put_away_and_goes_on() {
    let home = Home::new();
    let remote = Stubborn::start();
    let id = home.connected("t-1", Some(&remote.address));
    home.give_secrets(&id);
    let pairs = home.open();
    let mut events = pairs.events();
    let sync = json!({"flow": null});
    call(&pairs, &id, "sync_now", sync.clone()).await.unwrap();
    remote.is_asked().await;
    let request = json!({"pair": id, "confirmed": SHOP});
    assert_eq!(
        call(&pairs, &id, "pair_put_away", request.clone()).await,
        Err("sync-under-way".into())
    );
    assert!(home.path().join(&id).join("brygga.db").is_file());
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "works");
    remote.let_go();
    assert!(next_failure(&mut events, &id).await.is_some());
    // It was not ended for good: the next run goes as far as the remote lets it.
    call(&pairs, &id, "sync_now", sync).await.unwrap();
    let failure = next_failure(&mut events, &id).await;
    assert_eq!(failure.as_deref(), Some("shop-credentials"));
    call(&pairs, &id, "pair_put_away", request).await.unwrap();
    assert!(!home.path().join(&id).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_shop_has_not_the_name_of_the_one_before() {
    let (first, second) = (set_up(1).await, set_up(2).await);
    let known = || first.ground.store.remembered("shop").unwrap();
    let connect = async |domain: &str, base: String| {
        let connection = brygga_engine::connect::ShopConnection {
            domain: domain.into(),
            client_id: Some(practice::SHOP_CLIENT_ID.into()),
            base_url: Some(base),
        };
        let secret = secrecy::SecretString::from(practice::SHOP_CLIENT_SECRET);
        first.ground.connect_shop(connection, Some(secret)).await
    };
    first.served.call("app_info", Value::Null).await.unwrap();
    assert!(known().is_some());
    connect(practice::SHOP_DOMAIN, first.pair.shopify_url())
        .await
        .unwrap();
    assert!(known().is_some(), "the same shop is still known");
    connect("havn-og-hav.myshopify.com", second.pair.shopify_url())
        .await
        .unwrap();
    assert_eq!(known(), None);
}

/// Another pair of whatever shop and company one is of.
struct Twin;

impl brygga_engine::Others for Twin {
    fn same(&self, who: &brygga_engine::Who) -> Option<String> {
        let company = who.company.clone()?;
        Some(format!("another of {company}"))
    }

    fn turn(&self) -> Option<Arc<Mutex<()>>> {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_that_is_looked_at_again_may_turn_out_to_be_another_pairs() {
    let one = set_up(1).await;
    one.ground.place.beside(Arc::new(Twin));
    let before = one.ground.company_name().unwrap();
    let refused = one.ground.inspect_company().await.unwrap_err();
    assert_eq!(refused.code, Code::PairExists);
    assert_eq!(refused.params["pair"], "another of Fjord & Fjell AS");
    assert_eq!(one.ground.company_name().unwrap(), before);
}
