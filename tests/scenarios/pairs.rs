//! Several pairs in one program: each is alone with its shop, its company, its data and its secrets, and all of them are told apart.

mod opening;
mod rescue;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_api::{Event, PRACTICE, PairEvent, Pairs, PairsHost, Stage, Staged, Staging, Tone};
use brygga_core::clock::JumpClock;
use brygga_core::secret::SecretName;
use brygga_core::{Clock, Code, SecretStore as _};
use brygga_engine::pairs_folder::PairsFolder;
use brygga_http::HttpConfig;
use brygga_http::secrets::Memory;
use brygga_practice::{Practice, PracticeOptions, Unconnected};
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use brygga_sandbox::{Identity, practice};
use brygga_store::RecordKind;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

fn options(identity: Identity, seed: u64) -> PracticeOptions {
    let clock: Arc<dyn Clock> = Arc::new(JumpClock::at(seeded_start() + TimeDelta::days(5)));
    PracticeOptions {
        pair: PairConfig {
            identity,
            ..PairConfig::new(ShopSource::seeded(60, seed), clock)
        },
        seed,
        http: HttpConfig::default(),
    }
}

/// A practice pair that is set up, and paused: nothing runs but what a test starts.
async fn set_up(number: u32) -> Practice {
    let started = Practice::start(options(Identity::numbered(number), number.into())).await;
    let started = started.expect("starts");
    started.engine.pause().expect("pauses");
    started
}

fn staged(pair: Arc<brygga_api::Pair>) -> Staged {
    Staged {
        pair,
        servers: Box::new(()),
    }
}

/// Gives pairs that were started before.
struct Shelf(Mutex<Vec<Staged>>);

impl Stage for Shelf {
    fn start(&self, _: u32) -> Staging<'_> {
        let next = self.0.lock().unwrap().pop();
        Box::pin(async move { next.ok_or_else(|| Code::Internal.into()) })
    }
}

fn program(first: Staged, others: Vec<Staged>) -> Arc<Pairs> {
    Pairs::practice(first, Arc::new(Shelf(Mutex::new(others))))
}

async fn call(pairs: &Pairs, pair: &str, name: &str, request: Value) -> Result<Value, String> {
    let answer = pairs.call(Some(pair), name, request).await;
    answer.map_err(|error| error.code)
}

/// All events until a run of this pair ends.
async fn until_finished(events: &mut Receiver<PairEvent>, pair: &str) -> Vec<PairEvent> {
    let mut heard = Vec::new();
    loop {
        let event = events.recv().await.expect("events");
        let last = event.pair == pair && matches!(event.event, Event::Finished(_));
        heard.push(event);
        if last {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_one_pair_touches_no_other() {
    let (first, second) = (set_up(1).await, set_up(2).await);
    let pairs = program(
        staged(Arc::clone(&first.served)),
        vec![staged(Arc::clone(&second.served))],
    );
    let mut events = pairs.events();
    let view = call(&pairs, PRACTICE, "pair_add", Value::Null)
        .await
        .unwrap();
    let other = view["shown"].as_str().unwrap().to_owned();
    assert_ne!(other, PRACTICE);
    let names: Vec<&str> = view["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair["shop"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["fjord-og-fjell.myshopify.com", "havn-og-hav.myshopify.com"]
    );

    let quiet = second.pair.counters();
    call(&pairs, PRACTICE, "sync_now", json!({"flow": null}))
        .await
        .unwrap();
    let heard = until_finished(&mut events, PRACTICE).await;
    let of_runs: Vec<&str> = heard
        .iter()
        .filter(|event| {
            matches!(
                event.event,
                Event::Progress(_) | Event::Activity(_) | Event::Finished(_)
            )
        })
        .map(|event| event.pair.as_str())
        .collect();
    assert!(
        of_runs.len() > 2 && of_runs.iter().all(|pair| *pair == PRACTICE),
        "{of_runs:?}"
    );
    let booked = |practice: &Practice| {
        let counts = practice.engine.store().counts(RecordKind::Order);
        counts.expect("readable").booked
    };
    assert!(booked(&first) > 0);
    assert_eq!(booked(&second), 0);
    let after = second.pair.counters();
    assert_eq!(
        (after.shopify.calls, after.visma.calls),
        (quiet.shopify.calls, quiet.visma.calls)
    );

    // The other way round, and the two have not the same orders.
    let before = first.pair.counters();
    call(&pairs, &other, "sync_now", json!({"flow": null}))
        .await
        .unwrap();
    until_finished(&mut events, &other).await;
    assert!(booked(&second) > 0);
    assert_eq!(first.pair.counters().visma.calls, before.visma.calls);
    let orders = async |pair: &str| {
        let query =
            json!({"kind": "order", "search": null, "state": null, "offset": 0, "limit": 500});
        let page = call(&pairs, pair, "records", query).await.unwrap();
        page["rows"].clone()
    };
    assert_ne!(orders(PRACTICE).await, orders(&other).await);
    // A command without a name goes to the pair that is shown.
    let info = pairs.call(None, "app_info", Value::Null).await.unwrap();
    assert_eq!(info["shop"], "Havn & Hav AS");
    let info = call(&pairs, PRACTICE, "app_info", Value::Null)
        .await
        .unwrap();
    assert_eq!(info["shop"], "Fjord & Fjell AS");
    // Each has a pause of its own.
    call(&pairs, &other, "resume", Value::Null).await.unwrap();
    let paused = async |pair: &str| {
        let overview = call(&pairs, pair, "overview", Value::Null).await.unwrap();
        !overview["schedule"]["paused"].is_null()
    };
    assert!(paused(PRACTICE).await && !paused(&other).await);
    assert!(pairs.close(Duration::from_secs(20)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_shop_and_company_are_no_second_pair() {
    let first = set_up(1).await;
    let fresh = Unconnected::start(options(Identity::default(), 2), Duration::from_mins(10)).await;
    let fresh = fresh.expect("starts");
    let pairs = program(
        staged(Arc::clone(&first.served)),
        vec![staged(Arc::clone(&fresh.served))],
    );
    let view = call(&pairs, PRACTICE, "pair_add", Value::Null)
        .await
        .unwrap();
    let other = view["shown"].as_str().unwrap().to_owned();
    let shop = json!({"domain": practice::SHOP_DOMAIN, "client_id": practice::SHOP_CLIENT_ID, "secret": practice::SHOP_CLIENT_SECRET});
    let company = json!({"client_id": practice::VISMA_CLIENT_ID, "tenant_id": practice::VISMA_COMPANY_TENANT, "scopes": [], "secret": practice::VISMA_CLIENT_SECRET});
    // The first one has met its shop.
    call(&pairs, PRACTICE, "app_info", Value::Null)
        .await
        .unwrap();
    // One shop may sell for two companies: alone it is none yet.
    call(&pairs, &other, "setup_shop", shop.clone())
        .await
        .unwrap();
    let refused = pairs
        .call(Some(&other), "setup_company", company.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "pair-exists");
    assert_eq!(refused.params["pair"], "Fjord & Fjell AS");
    let setup = call(&pairs, &other, "setup", Value::Null).await.unwrap();
    assert_eq!(
        setup["company"]["secret_kept"], false,
        "nothing of it is kept"
    );
    assert_eq!(setup["done"], json!(["shop"]));
    // The first one may be connected again.
    call(&pairs, PRACTICE, "setup_company", company.clone())
        .await
        .unwrap();

    // The company first, then the shop.
    let fresh = Unconnected::start(options(Identity::default(), 3), Duration::from_mins(10)).await;
    let fresh = fresh.expect("starts");
    let pairs = program(
        staged(Arc::clone(&first.served)),
        vec![staged(Arc::clone(&fresh.served))],
    );
    let view = call(&pairs, PRACTICE, "pair_add", Value::Null)
        .await
        .unwrap();
    let other = view["shown"].as_str().unwrap().to_owned();
    call(&pairs, &other, "setup_company", company)
        .await
        .unwrap();
    assert_eq!(
        call(&pairs, &other, "setup_shop", shop).await,
        Err("pair-exists".into())
    );
}

/// Address of the shop of [`Home::connected`].
const SHOP: &str = "bro.myshopify.com";

struct Home {
    folder: tempfile::TempDir,
    secrets: Arc<Memory>,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            secrets: Arc::new(Memory::default()),
        }
    }

    fn open(&self) -> Arc<Pairs> {
        self.open_by(brygga_engine::folder::clock())
    }

    /// The same with what the program does by itself by another clock; the pairs keep theirs.
    fn open_by(&self, clock: Arc<dyn Clock>) -> Arc<Pairs> {
        let secrets = Arc::clone(&self.secrets) as Arc<dyn brygga_core::SecretStore>;
        Pairs::open(PairsHost {
            folder: Some(PairsFolder::with_secrets(self.path(), secrets)),
            stage: None,
            clock,
            patience: Duration::from_millis(200),
        })
    }

    /// Its folder, as somebody has it who looks in without the program.
    fn pairs(&self) -> PairsFolder {
        let secrets = Arc::clone(&self.secrets) as Arc<dyn brygga_core::SecretStore>;
        PairsFolder::with_secrets(self.path(), secrets)
    }

    /// One more pair, set up on the command line; `base` is where both remotes are.
    fn connected(&self, tenant: &str, base: Option<&str>) -> String {
        let pairs = self.pairs();
        let id = pairs.make().unwrap();
        let ground = pairs.open(&id).unwrap();
        let put = |name: &str, value: Value| ground.store.put_setting(name, value, "test").unwrap();
        put(
            "connection.shopify",
            json!({"domain": SHOP, "client_id": "id", "base_url": base}),
        );
        put(
            "connection.visma",
            json!({"client_id": "id", "tenant_id": tenant, "base_url": base}),
        );
        let settings = brygga_core::settings::Settings::default();
        put(
            brygga_engine::SETTINGS,
            serde_json::to_value(settings).unwrap(),
        );
        id
    }

    /// The secrets of both remotes.
    fn give_secrets(&self, id: &str) {
        let name = self.pairs().card(id).unwrap().secrets;
        for secret in [
            SecretName::ShopifyClientSecret,
            SecretName::VismaClientSecret,
        ] {
            self.secrets.set(&name, secret, &"secret".into()).unwrap();
        }
    }

    /// Damages the database of a pair that nobody has open; gives what repairs it.
    fn damage(&self, id: &str) -> impl FnOnce() + use<> {
        let file = self.path().join(id).join("brygga.db");
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, vec![0x5a; whole.len()]).unwrap();
        move || std::fs::write(&file, whole).unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("pairs")
    }
}

async fn view(pairs: &Pairs) -> Value {
    pairs.call(None, "pairs", Value::Null).await.unwrap()
}

fn state<'a>(view: &'a Value, id: &str) -> &'a Value {
    let pairs = view["pairs"].as_array().unwrap();
    &pairs.iter().find(|pair| pair["id"] == id).unwrap()["state"]
}

/// Adds a second pair. With the first one nobody began yet, so it gets a name: a new one is made only beside one that is somebody's.
async fn two(pairs: &Pairs) {
    let named = json!({"pair": "default", "label": "Oslo"});
    call(pairs, "default", "pair_rename", named).await.unwrap();
    let after = call(pairs, "default", "pair_add", Value::Null)
        .await
        .unwrap();
    assert_eq!(after["shown"], "pair-2");
    // One with which nobody began is enough.
    let after = call(pairs, "default", "pair_add", Value::Null)
        .await
        .unwrap();
    assert_eq!(after["pairs"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_of_one_pair_stops_no_other() {
    let home = Home::new();
    let pairs = home.open();
    two(&pairs).await;
    call(
        &pairs,
        "default",
        "pair_rename",
        json!({"pair": "pair-2", "label": "Bergen"}),
    )
    .await
    .unwrap();
    drop(pairs);
    let file = home.path().join("pair-2/brygga.db");
    let whole = closed(&file).await;
    std::fs::write(&file, vec![0x5a; whole.len()]).unwrap();
    for beside in ["brygga.db-wal", "brygga.db-shm"] {
        let _ = std::fs::remove_file(home.path().join("pair-2").join(beside));
    }

    let pairs = home.open();
    let seen = view(&pairs).await;
    assert_eq!(
        seen["shown"], "pair-2",
        "what was looked at last is still named"
    );
    assert_eq!(state(&seen, "default")["kind"], "works");
    assert_eq!(state(&seen, "pair-2")["kind"], "broken");
    let why = state(&seen, "pair-2")["reason"]["code"].clone();
    assert_eq!(why, "store-damaged");
    let label = &seen["pairs"][1]["label"];
    assert_eq!(label, "Bergen", "its card still tells which one it is");
    assert_eq!(
        call(&pairs, "pair-2", "app_info", Value::Null).await,
        Err(why.as_str().unwrap().to_owned())
    );
    call(&pairs, "default", "app_info", Value::Null)
        .await
        .unwrap();
    let standings = pairs.standings();
    assert_eq!(standings[1].tone(), Tone::NeedsYou, "and the tray says so");
    // When somebody has put the backup in place, it is opened without a new start.
    std::fs::write(&file, whole).unwrap();
    call(&pairs, "pair-2", "app_info", Value::Null)
        .await
        .unwrap();
    assert_eq!(state(&view(&pairs).await, "pair-2")["kind"], "works");
}

/// The file, once nobody has it open any more: until then not everything is in it.
async fn closed(file: &Path) -> Vec<u8> {
    for _ in 0..200 {
        let log = file.with_file_name("brygga.db-wal");
        if std::fs::metadata(&log).map_or(0, |log| log.len()) == 0 {
            return std::fs::read(file).unwrap();
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody still has {} open", file.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pair_has_secrets_of_its_own_and_the_first_keeps_the_old_name() {
    let home = Home::new();
    // As a program left it that knew only one pair.
    let folder = home.path().join("default");
    std::fs::create_dir_all(&folder).unwrap();
    let key = brygga_store::DataKey::generate().unwrap();
    home.secrets
        .set("default", SecretName::DataKey, &key.to_base64())
        .unwrap();
    let clock = brygga_engine::folder::clock();
    let options = brygga_store::OpenOptions::new(folder.join("brygga.db"), key);
    drop(brygga_store::Store::open(options, clock).unwrap());

    let pairs = home.open();
    assert_eq!(state(&view(&pairs).await, "default")["kind"], "works");
    two(&pairs).await;
    let card = |id: &str| {
        let folder = PairsFolder::at(home.path());
        folder.card(id).unwrap().secrets
    };
    assert_eq!(card("default"), "default");
    let key = |id: &str| {
        let kept = home.secrets.get(&card(id), SecretName::DataKey).unwrap();
        secrecy::ExposeSecret::expose_secret(&kept.expect("a key")).to_owned()
    };
    assert_ne!(card("pair-2"), "default");
    assert_ne!(key("default"), key("pair-2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_put_away_only_by_its_name_and_nothing_of_it_is_lost() {
    let home = Home::new();
    let pairs = home.open();
    two(&pairs).await;
    pairs.keep_in_step();
    for wrong in ["", "oslo", "Bergen"] {
        let request = json!({"pair": "default", "confirmed": wrong});
        let refused = call(&pairs, "default", "pair_put_away", request).await;
        assert_eq!(refused, Err("wrong-use".into()), "{wrong}");
    }
    let request = json!({"pair": "default", "confirmed": "Oslo"});
    let away = call(&pairs, "default", "pair_put_away", request)
        .await
        .unwrap();
    let place = Path::new(away["place"].as_str().unwrap());
    assert!(place.join("brygga.db").is_file() && place.join("pair.json").is_file());
    assert!(!home.path().join("default").exists());
    assert_eq!(away["pairs"]["shown"], "pair-2");
    assert_eq!(
        call(&pairs, "default", "app_info", Value::Null).await,
        Err("pair-gone".into())
    );
    // The last one makes room for a new one, and what is put away can come back.
    let request = json!({"pair": "pair-2", "confirmed": ""});
    let away = call(&pairs, "pair-2", "pair_put_away", request)
        .await
        .unwrap();
    assert_eq!(away["pairs"]["shown"], "pair-3");
    assert!(pairs.close(Duration::from_secs(20)).await);
    drop(pairs);
    std::fs::rename(place, home.path().join("default")).unwrap();
    let pairs = home.open();
    let seen = view(&pairs).await;
    assert_eq!(seen["pairs"][0]["label"], "Oslo");
    assert_eq!(state(&seen, "default")["kind"], "works");
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_beside_real_pairs_begins_when_it_is_chosen_and_never_speaks_for_them() {
    let home = Home::new();
    let practice = set_up(1).await;
    let pairs = Pairs::open(PairsHost {
        folder: Some(PairsFolder::with_secrets(
            home.path(),
            Arc::clone(&home.secrets) as Arc<dyn brygga_core::SecretStore>,
        )),
        stage: Some(Arc::new(Shelf(Mutex::new(vec![staged(Arc::clone(
            &practice.served,
        ))])))),
        clock: brygga_engine::folder::clock(),
        patience: PairsHost::PATIENCE,
    });
    let seen = view(&pairs).await;
    assert_eq!(state(&seen, PRACTICE)["kind"], "asleep");
    assert_eq!(seen["pairs"][1]["practice"], true);
    assert_eq!(
        call(&pairs, PRACTICE, "overview", Value::Null).await,
        Err("pair-gone".into())
    );
    let chosen = call(&pairs, "default", "pair_show", json!({"pair": PRACTICE}))
        .await
        .unwrap();
    assert_eq!(chosen["shown"], PRACTICE);
    let info = pairs.call(None, "app_info", Value::Null).await.unwrap();
    assert_eq!(
        (&info["practice"], &info["set_up"]),
        (&json!(true), &json!(true))
    );
    // The tray and the notifications are of the real ones.
    assert_eq!(pairs.standings().len(), 1);
    assert!(pairs.at_work().is_empty() && pairs.notices().is_empty());
    // The next start is not in practice.
    assert_eq!(
        PairsFolder::at(home.path())
            .shown()
            .as_deref()
            .unwrap_or("default"),
        "default"
    );
    let back = call(&pairs, PRACTICE, "pair_show", json!({"pair": "default"}))
        .await
        .unwrap();
    assert_eq!(back["shown"], "default");
    let info = pairs.call(None, "app_info", Value::Null).await.unwrap();
    assert_eq!(info["practice"], false);
    assert_eq!(
        call(&pairs, "default", "practice_play", json!({"play": "sale"})).await,
        Err("practice-only".into())
    );
}
